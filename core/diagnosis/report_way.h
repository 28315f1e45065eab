// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "report_lines.h"

#include <QCoreApplication>

/// Internal to diagnosis: a connection's way in the text report.
namespace frameglass::diagnosis {

/// Gives `ReportText::tr` the context of what reports say around findings.
struct ReportText
{
    Q_DECLARE_TR_FUNCTIONS(report)
};

/// How a connection came about, for a reader: what name servers said, each address that was tried, the proxy with its
/// heads, and TLS with the chain of certificates and all that speaks against it.
void addWay(ReportLines &out, const analysis::ConnectionFacts &facts);

/// "3 messages, 5 frames, 412 octets"
QString flowText(const analysis::FlowCounters &flow);

/// The lines of a head, each with an arrow; secrets masked. A line in which evidence of a warning or failure of
/// `report` (may be null) lies begins with its sign.
void addHead(ReportLines &out, const analysis::Recorded<protocol::HttpHead> &head, bool sent,
             const Report *report = nullptr);

} // namespace frameglass::diagnosis
