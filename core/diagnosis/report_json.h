// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "report_document.h"

#include <nlohmann/json_fwd.hpp>

namespace frameglass::diagnosis {

/// The object of `fglass check --json` (schema 1): schema, url, verdict, root_cause, summary, findings, ending,
/// clients, connection, and `direct` (like connection) where there was a second attempt. Each row of the table appears
/// once, in its order. Texts are in the current language; ids, verdicts and severities are stable words, `phase` is the
/// catalogue's number. Octets that are not UTF-8 are read as Latin-1. Secrets are masked.
nlohmann::ordered_json toJson(const Report &report, const analysis::ConnectionFacts &facts,
                              const analysis::ConnectionFacts *direct = nullptr);

/// Facts of one connection: addresses, stages with times, heads, counters, heartbeat, state steps, end.
nlohmann::ordered_json toJson(const analysis::ConnectionFacts &facts);

/// The report form: that object for one connection, else `{"schema":1,"interrupted":…,"connections":[…]}`.
nlohmann::ordered_json toJson(const ReportDocument &document);

} // namespace frameglass::diagnosis
