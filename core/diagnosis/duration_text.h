// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/time.h"

#include <optional>
#include <string>
#include <string_view>

namespace frameglass::diagnosis {

/// "500ms", "5s", "2.5min", "1h"; a number alone is seconds. Nothing where it is none of these, negative, or longer
/// than 100 days.
std::optional<Nanoseconds> parseDuration(std::string_view text);
/// The shortest text that parseDuration() reads back: "250ms", "90s", "2.5s".
std::string durationToText(Nanoseconds duration);

} // namespace frameglass::diagnosis
