// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/time.h"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace frameglass::diagnosis
{

/// Thresholds of the rules, with the catalogue's defaults. Every number that a rule compares with stands here.
struct Settings {
    Nanoseconds noResponseFail = std::chrono::seconds(10);
    Nanoseconds noResponseWarn = std::chrono::seconds(3);
    Nanoseconds upgradeWarn = std::chrono::milliseconds(800);
    Nanoseconds upgradeFail = std::chrono::seconds(5);
    Nanoseconds assumedIdleLimit = std::chrono::seconds(60); ///< L of the catalogue
    Nanoseconds idleCutMinimum = std::chrono::seconds(1);
};

} // namespace frameglass::diagnosis
