// SPDX-License-Identifier: GPL-3.0-or-later
#include "ping_match.h"

#include <algorithm>

namespace frameglass::analysis {

void PingMatch::addPing(capture::Direction direction, Nanoseconds time, const capture::Octets &payload)
{
    if (m_waiting.size() >= most)
        m_waiting.erase(m_waiting.begin());
    m_waiting.push_back({direction, time, payload});
}

std::optional<Nanoseconds> PingMatch::takeAnswered(capture::Direction direction, const capture::Octets &payload)
{
    const auto answered = std::find_if(m_waiting.rbegin(), m_waiting.rend(), [&](const Ping &ping) {
        return ping.direction != direction && ping.payload == payload;
    });
    if (answered == m_waiting.rend())
        return std::nullopt;
    const Nanoseconds time = answered->time;
    std::erase_if(m_waiting, [&](const Ping &ping) { return ping.direction != direction && ping.time <= time; });
    return time;
}

} // namespace frameglass::analysis
