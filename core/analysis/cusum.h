// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/time.h"

#include <cstddef>
#include <deque>
#include <optional>

namespace frameglass::analysis {

/// One-sided cumulative sum (Page 1954): g = max(0, g + x - μ - drift), an alarm when g > threshold. μ is the mean of
/// the samples of the last `baseline` without an alarm; g begins anew with an alarm, and two alarms are at least
/// `quiet` apart. Tells a small shift that stays, which no threshold on single samples finds. Feed samples in the order
/// of their time; O(1) for each. To find falling values feed them negated.
class Cusum
{
public:
    struct Limits
    {
        double drift = 2;
        double threshold = 15;
        Nanoseconds baseline = std::chrono::seconds(60);
        Nanoseconds quiet = std::chrono::seconds(30);
        std::size_t samplesNeeded = 10; ///< before there is a mean to compare with
    };
    struct Alarm
    {
        Nanoseconds began{0}; ///< when g left 0
        Nanoseconds time{0};
        double before = 0; ///< μ
        double since = 0;  ///< mean of the samples from `began` on
    };

    explicit Cusum(const Limits &limits) : m_limits(limits) {}

    std::optional<Alarm> add(Nanoseconds time, double value);

private:
    struct Sample
    {
        Nanoseconds time;
        double value;
    };
    Limits m_limits;
    std::deque<Sample> m_baseline;
    double m_sum = 0; ///< of m_baseline
    double m_g = 0;
    Nanoseconds m_began{0};
    double m_risen = 0; ///< sum of the samples since m_began
    std::size_t m_risenCount = 0;
    std::optional<Nanoseconds> m_lastAlarm;
};

} // namespace frameglass::analysis
