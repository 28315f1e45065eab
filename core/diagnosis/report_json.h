// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "check.h"

#include <nlohmann/json_fwd.hpp>

namespace frameglass::diagnosis
{

/// The object of `fglass check --json` (schema 1): url, verdict, root_cause, findings, connection. Texts are in the
/// current language, ids and verdicts are stable words. Secrets are masked.
nlohmann::ordered_json toJson(const Report &report, const Evaluation &evaluation);

/// Facts of one connection: addresses, stages with times, heads, counters, heartbeat, state steps, end.
nlohmann::ordered_json toJson(const analysis::ConnectionFacts &facts);

} // namespace frameglass::diagnosis
