// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "recorded.h"

#include <cstdint>
#include <optional>

namespace frameglass::analysis {

/// How evenly the messages of one direction come: their count in each second, their gaps. O(1) for each message.
class CadenceTrack
{
public:
    /// A hidden tab's timers run once a minute (HTML "intensive throttling", Chrome 88): gaps of 60 ± 1 s.
    static constexpr Nanoseconds throttledGap = std::chrono::seconds(60);
    static constexpr Nanoseconds throttledTolerance = std::chrono::seconds(1);

    void add(capture::RecordId record, Nanoseconds time);

    /// Whole seconds seen since the first message, quiet ones included.
    std::uint64_t seconds() const { return m_seconds; }
    /// Variance of the messages a second against their mean (index of dispersion); 1 for independent arrivals. 0 while
    /// there is no whole second.
    double dispersion() const;

    std::optional<Recorded<Nanoseconds>> longestGap; ///< with the message after it
    std::uint64_t shorterGaps = 0;                   ///< than a throttled timer's
    /// Most throttled gaps in a row, with the message after the last of them.
    Recorded<std::uint64_t> throttledGaps;

private:
    std::optional<Nanoseconds> m_first;
    Nanoseconds m_last{0};
    std::uint64_t m_seconds = 0;
    std::uint64_t m_inSecond = 0;
    double m_sum = 0;
    double m_squares = 0;
    std::uint64_t m_throttledNow = 0;
};

} // namespace frameglass::analysis
