// SPDX-License-Identifier: GPL-3.0-or-later
#include "cusum.h"

#include <algorithm>

namespace frameglass::analysis {

std::optional<Cusum::Alarm> Cusum::add(Nanoseconds time, double value)
{
    while (!m_baseline.empty() && m_baseline.front().time <= time - m_limits.baseline) {
        m_sum -= m_baseline.front().value;
        m_baseline.pop_front();
    }
    std::optional<Alarm> alarm;
    if (m_baseline.size() >= m_limits.samplesNeeded) {
        const double mean = m_sum / static_cast<double>(m_baseline.size());
        const double g = std::max(0.0, m_g + value - mean - m_limits.drift);
        if (m_g == 0 && g > 0) {
            m_began = time;
            m_risen = 0;
            m_risenCount = 0;
        }
        m_g = g;
        m_risen += value;
        ++m_risenCount;
        if (m_g > m_limits.threshold && (!m_lastAlarm || time - *m_lastAlarm >= m_limits.quiet)) {
            alarm = Alarm{m_began, time, mean, m_risen / static_cast<double>(m_risenCount)};
            m_lastAlarm = time;
            m_g = 0;
        }
    }
    // While g is up the shift may be real: it must not become the mean that it is compared with.
    if (m_g == 0 || m_baseline.size() < m_limits.samplesNeeded) {
        m_baseline.push_back({time, value});
        m_sum += value;
    }
    return alarm;
}

} // namespace frameglass::analysis
