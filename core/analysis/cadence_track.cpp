// SPDX-License-Identifier: GPL-3.0-or-later
#include "cadence_track.h"

namespace frameglass::analysis {

void CadenceTrack::add(capture::RecordId record, Nanoseconds time)
{
    if (!m_first) {
        m_first = m_last = time;
        m_inSecond = 1;
        return;
    }
    const auto second = static_cast<std::uint64_t>((time - *m_first) / std::chrono::seconds(1));
    if (second > m_seconds) {
        m_sum += static_cast<double>(m_inSecond);
        m_squares += static_cast<double>(m_inSecond) * static_cast<double>(m_inSecond);
        m_seconds = second; // those between were empty and add nothing to either sum
        m_inSecond = 0;
    }
    ++m_inSecond;

    const Nanoseconds gap = time - m_last;
    m_last = time;
    if (!longestGap || gap > longestGap->value)
        longestGap = {record, time, gap};
    if (gap < throttledGap - throttledTolerance)
        ++shorterGaps;
    const bool throttled = gap >= throttledGap - throttledTolerance && gap <= throttledGap + throttledTolerance;
    m_throttledNow = throttled ? m_throttledNow + 1 : 0;
    if (m_throttledNow > throttledGaps.value)
        throttledGaps = {record, time, m_throttledNow};
}

double CadenceTrack::dispersion() const
{
    if (m_seconds == 0 || m_sum == 0)
        return 0;
    const auto count = static_cast<double>(m_seconds);
    const double mean = m_sum / count;
    return (m_squares / count - mean * mean) / mean;
}

} // namespace frameglass::analysis
