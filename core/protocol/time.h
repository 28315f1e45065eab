// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace frameglass {

/// A monotonic instant. Protocol, policies and folds only ever receive one as an argument; whoever owns a
/// socket or a timer reads the clock.
using TimePoint = std::chrono::steady_clock::time_point;

/// The resolution of everything that is recorded.
using Nanoseconds = std::chrono::nanoseconds;

} // namespace frameglass
