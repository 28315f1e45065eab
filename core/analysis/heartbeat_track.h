// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"

#include <array>
#include <deque>
#include <optional>
#include <vector>

namespace frameglass::analysis {

/// One ping of either side and what became of it.
struct PingFact
{
    capture::RecordId pingRecord = 0;
    capture::RecordId pongRecord = 0;                        ///< 0 while unanswered
    capture::Direction direction = capture::Direction::Sent; ///< of the ping
    std::uint64_t id = 0;                                    ///< of our own pings
    Nanoseconds sent{0};
    std::optional<Nanoseconds> rtt;    ///< ping → pong with the same payload
    bool missed = false;               ///< its time-out passed without a pong
    bool late = false;                 ///< answered after the time-out
    bool payloadMatched = true;        ///< false: answered by a pong with another payload
    bool superseded = false;           ///< a later ping was answered instead (RFC 6455 §5.5.3 allows it)
    bool underLoad = false;            ///< data frames passed between ping and pong
    std::optional<Nanoseconds> tcpRtt; ///< the kernel's, measured with it
};

/// Fold over frames and heartbeat records of one connection: both sides' pings, RTT, what was missed, who pings.
/// Pongs are matched by payload, so that observed and imported connections have the same figures as our own;
/// heartbeat records add the ids, time-outs and schedule that only our own end knows. `matched`, `late`, `missed` and
/// `unsolicited` are about the pings that were sent, and the pongs that were received.
class HeartbeatTrack
{
public:
    /// Kept for the plot and the table; older ones are only counted.
    static constexpr std::size_t maximumPings = 100'000;
    /// Unanswered pings whose payload is remembered.
    static constexpr std::size_t maximumOpen = 1000;

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
    std::uint64_t superseded = 0;
    std::uint64_t withheld = 0;     ///< peer's pings that auto-pong off left unanswered
    std::uint32_t missedInARow = 0; ///< now
    std::uint32_t maximumMissedInARow = 0;
    std::optional<capture::RecordId> firstMissed;
    std::optional<capture::RecordId> firstUnsolicited;
    std::optional<capture::RecordId> firstMismatch; ///< pong that echoed another payload than its ping
    std::optional<capture::RecordId> firstSuperseded;

    std::optional<Nanoseconds> lastRtt;
    std::optional<Nanoseconds> nextDue; ///< of our schedule

    struct RttSummary
    {
        std::size_t samples = 0;
        Nanoseconds minimum{0}, median{0}, p99{0}, maximum{0};
    };
    /// Over pings of that direction.
    RttSummary rtt(capture::Direction pingDirection) const;
    /// The same for our pings with, or without, data frames on the way.
    RttSummary rttUnderLoad(bool loaded) const;
    /// Our ping that took longest to be answered; nothing before the first answer.
    const std::optional<PingFact> &slowest() const { return m_slowest; }
    /// Our oldest ping that waits for any answer; nullptr when none does.
    const PingFact *oldestUnanswered() const;
    /// Mean time between pings of that direction; nothing with fewer than two.
    std::optional<Nanoseconds> meanInterval(capture::Direction pingDirection) const;
    std::uint64_t pingsOf(capture::Direction direction) const
    {
        return direction == capture::Direction::Sent ? pingsSent : pingsReceived;
    }

    /// Our pings by stretches of `span`, for the share that was late or missed.
    struct Window
    {
        static constexpr Nanoseconds span = std::chrono::minutes(5);
        Nanoseconds begin{0};
        std::uint32_t sent = 0;
        std::uint32_t lateOrMissed = 0;
    };
    const std::deque<Window> &windows() const { return m_windows; }

private:
    struct Open
    {
        std::size_t ordinal = 0; ///< of the ping, from the connection's first
        capture::Direction direction = capture::Direction::Sent;
        protocol::Octets payload;
    };
    void addPing(const capture::Record &record, const capture::FrameRecord &frame);
    void addPong(const capture::Record &record, const capture::FrameRecord &frame);
    void addHeartbeat(const capture::Record &record, const capture::HeartbeatRecord &heartbeat);
    void answer(std::deque<Open>::iterator open, const capture::Record &record);
    PingFact *at(std::size_t ordinal);
    PingFact *byId(std::uint64_t id);
    void countLate(const PingFact &ping);

    std::deque<PingFact> m_pings;
    std::deque<Open> m_open;
    std::size_t m_forgotten = 0; ///< pings no longer in m_pings
    std::uint64_t m_pendingId = 0;
    std::uint64_t m_measuredId = 0; ///< of the ping whose pong was just matched
    std::uint64_t m_dataFrames = 0;
    std::deque<std::uint64_t> m_dataFramesAtPing;     ///< beside m_pings
    std::array<std::vector<Nanoseconds>, 2> m_rtts;   ///< ascending, by direction of the ping
    std::array<std::vector<Nanoseconds>, 2> m_loaded; ///< ascending, of sent pings: without and with data on the way
    std::optional<PingFact> m_slowest;
    struct Span
    {
        std::optional<Nanoseconds> first;
        Nanoseconds last{0};
    };
    std::array<Span, 2> m_spans;
    std::deque<Window> m_windows;
};

} // namespace frameglass::analysis
