// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "check.h"

#include <QByteArray>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace frameglass::diagnosis {

/// What a report says of one connection. The pointed-to outlive it.
struct ReportSubject
{
    const analysis::ConnectionFacts *facts = nullptr;
    const Report *report = nullptr;
    const analysis::ConnectionFacts *direct = nullptr; ///< the attempt past a proxy, or null
    QString picture;                                   ///< of the timeline, as SVG; empty: left out
};

struct ReportDocument
{
    std::vector<ReportSubject> subjects;
    std::optional<std::int64_t> startWallMs; ///< wall clock at the capture's start, ms since 1970
    bool interrupted = false;                ///< the capture was not closed: up to its last second may be missing
    Verdict failOn = Verdict::Fail;          ///< Warn or Fail: what counts as failed
};

enum class ReportForm : std::uint8_t {
    Text,
    Json,     ///< schema 1, see report_json.h and docs/user-guide/reports.md
    Junit,    ///< a test suite a connection, a test case a check
    Sarif,    ///< 2.1.0
    Markdown, ///< for an issue or a chat
    Html,     ///< one page that needs nothing else
};
std::span<const ReportForm> reportForms();

/// "text", "json", "junit", "sarif", "markdown", "html".
std::string_view nameOf(ReportForm form);
std::optional<ReportForm> reportFormNamed(std::string_view name);
/// Without the dot: "txt", "json", "xml", "sarif", "md", "html".
QString suffixOf(ReportForm form);

/// The whole report as UTF-8, in the current language where it is for people. Secrets are masked.
QByteArray render(const ReportDocument &document, ReportForm form);

/// The fails and warnings that no other explains, the root cause first, then by gravity; accepted ones last. Indices
/// into findings and checks().
std::vector<std::size_t> faultsInOrder(const Report &report);
/// Those folded under the finding of that id.
std::vector<std::size_t> foldedUnder(const Report &report, std::string_view id);
/// The URL without its secrets, or the address of a connection that has none.
QString targetOf(const analysis::ConnectionFacts &facts);
/// Whether this verdict counts as failed.
bool isFailed(const Report &report, Verdict failOn);

} // namespace frameglass::diagnosis
