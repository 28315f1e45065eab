// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"

#include <deque>
#include <optional>
#include <vector>

namespace frameglass::analysis
{

/// One ping of either side and what became of it.
struct PingFact {
    capture::RecordId pingRecord = 0;
    capture::RecordId pongRecord = 0;                        ///< 0 while unanswered
    capture::Direction direction = capture::Direction::Sent; ///< of the ping
    std::uint64_t id = 0;                                    ///< of our own pings
    Nanoseconds sent{0};
    std::optional<Nanoseconds> rtt;    ///< ping → pong with the same payload
    bool missed = false;               ///< its time-out passed without a pong
    bool late = false;                 ///< answered after the time-out
    bool payloadMatched = true;        ///< false: answered by a pong with another payload
    std::optional<Nanoseconds> tcpRtt; ///< the kernel's, measured with it
};

/// Fold over frames and heartbeat records of one connection: both sides' pings, RTT, what was missed, who pings.
class HeartbeatTrack
{
public:
    /// Kept for the plot and the table; older ones are only counted.
    static constexpr std::size_t maximumPings = 100'000;

    void add(const capture::Record &record);

    const std::deque<PingFact> &pings() const { return m_pings; }
    std::uint64_t pingsSent = 0;
    std::uint64_t pingsReceived = 0;
    std::uint64_t pongsSent = 0;
    std::uint64_t pongsReceived = 0;
    std::uint64_t matched = 0;
    std::uint64_t late = 0;
    std::uint64_t missed = 0;
    std::uint64_t unsolicited = 0;
    std::uint64_t withheld = 0;     ///< peer's pings that auto-pong off left unanswered
    std::uint32_t missedInARow = 0; ///< now
    std::uint32_t maximumMissedInARow = 0;
    std::optional<capture::RecordId> firstMissed;
    std::optional<capture::RecordId> firstUnsolicited;
    std::optional<capture::RecordId> firstMismatch; ///< pong that echoed another payload than its ping

    std::optional<Nanoseconds> lastRtt;
    std::optional<Nanoseconds> nextDue; ///< of our schedule

    struct RttSummary {
        std::size_t samples = 0;
        Nanoseconds minimum{0}, median{0}, p99{0}, maximum{0};
    };
    /// Over pings of that direction.
    RttSummary rtt(capture::Direction pingDirection) const;
    /// Mean time between pings of that direction; nothing with fewer than two.
    std::optional<Nanoseconds> meanInterval(capture::Direction pingDirection) const;

private:
    std::deque<PingFact> m_pings;
    std::deque<std::pair<std::size_t, protocol::Octets>> m_open; ///< ordinal of the ping, its payload
    std::size_t m_forgotten = 0;
};

} // namespace frameglass::analysis
