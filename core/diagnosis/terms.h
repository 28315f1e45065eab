// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "check.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <variant>
#include <vector>

namespace frameglass::diagnosis {

/// A fault that was known before: it is told, and counts no more unless it became graver.
struct AcceptedFault
{
    std::string id;
    Verdict upTo = Verdict::Fail; ///< Warn or Fail
};

/// What a user asks of a report. Patterns are ids, or the beginning of ids with a "*" ("upgrade.*").
struct Terms
{
    std::vector<std::string> only; ///< empty: all
    std::vector<std::string> skip;
    std::vector<AcceptedFault> baseline;

    bool wants(const Check &check) const;
    bool accepts(const Finding &finding) const;
    /// The first pattern that no check matches; nothing when all are right.
    std::optional<std::string> unknownPattern() const;
};

/// What is wrong with a baseline, in the current language, with the place in the text where it can be told.
struct BaselineError
{
    QString message;
};

/// Reads `{"schema":1,"accepted":[{"id":…,"verdict":"warn|fail"},…]}`, or a report of `fglass check --json` or
/// `fglass show --json`, whose warnings and failures are then the accepted ones. Ids that no check has any more are
/// passed over: a baseline outlives versions.
std::variant<std::vector<AcceptedFault>, BaselineError> readBaseline(std::string_view json);

/// The warnings and failures of reports as a baseline.
nlohmann::ordered_json baselineOf(const std::vector<const Report *> &reports);

} // namespace frameglass::diagnosis
