// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "report_lines.h"

namespace frameglass::diagnosis {

/// The facts of one connection (addresses, stages, heads, counters, end) for a reader; lines of its heads in which
/// evidence of `report` (may be null) lies are marked.
void addConnection(ReportLines &out, const analysis::ConnectionFacts &facts, const Report *report = nullptr);

/// The checklist: the sentence, then failing and warning rows with evidence, causes and fix, who ended it, what other
/// clients do, then the rest by phase, a line each.
void addReport(ReportLines &out, const Report &report);

/// The evidence, causes, fix and clause of one finding, indented.
void addDetails(ReportLines &out, const Check &check, const Finding &finding);

/// The connection, the attempt past the proxy where there was one, and what is to be said of them.
void addChecked(ReportLines &out, const analysis::ConnectionFacts &facts, const analysis::ConnectionFacts *direct,
                const Report &report);

} // namespace frameglass::diagnosis
