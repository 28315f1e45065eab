// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"
#include "core/protocol/octets.h"
#include "core/protocol/time.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

namespace frameglass::session {

enum class AutoPong : std::uint8_t { On, Off, Delayed };

struct HeartbeatOptions
{
    std::optional<Nanoseconds> pingInterval;            ///< absent: only manual pings
    Nanoseconds pingTimeout = std::chrono::seconds(20); ///< a pong after that is late, none is missed
    AutoPong autoPong = AutoPong::On;
    Nanoseconds pongDelay{0}; ///< for Delayed
    friend bool operator==(const HeartbeatOptions &, const HeartbeatOptions &) = default;
};

/// Who pings, who answers, and what a pong means. No clock, no socket: told of frames, asked for its next deadline.
/// The payload of a ping of ours is 16 octets: its id (64 bits) and its time (ns, 64 bits), both big-endian, so that a
/// pong is matched by what it echoes and not by its order.
class HeartbeatPolicy
{
public:
    explicit HeartbeatPolicy(const HeartbeatOptions &options);

    /// The connection is open; the schedule starts.
    void opened(TimePoint now);
    /// No more pings and pongs may be sent.
    void stopped();

    void pingReceived(protocol::OctetView payload, TimePoint now);
    void pongReceived(protocol::OctetView payload, TimePoint now);
    /// A ping now, apart from the schedule.
    void pingNow(TimePoint now);
    /// A ping whose payload the user chose; pongs with that payload match it.
    void pingNow(protocol::OctetView payload, TimePoint now);
    /// A ping that left by another way (the raw header editor); its pong is matched like any other.
    void pingLeft(protocol::OctetView payload, TimePoint now);
    /// From the next ping of the peer on. Pongs that wait are still sent, unless it is Off.
    void setAutoPong(AutoPong mode, Nanoseconds delay);

    std::optional<TimePoint> nextDeadline() const;
    void advanceTo(TimePoint now);
    /// When the next scheduled ping is due.
    std::optional<TimePoint> nextPing() const { return m_nextPing; }

    struct SendPing
    {
        protocol::Octets payload;
    };
    struct SendPong
    {
        protocol::Octets payload;
    };
    using Action = std::variant<SendPing, SendPong, capture::HeartbeatRecord>;
    /// What to send and what to record, in order. `nextDue` of records is filled by the session.
    std::vector<Action> takeActions();
    bool hasActions() const { return !m_actions.empty(); }

    const HeartbeatOptions &options() const { return m_options; }

    /// Bounds on what pings can make us remember. Over them the oldest is forgotten: a ping of ours whose pong then
    /// counts as unsolicited, a ping of the peer that stays unanswered (RFC 6455 §5.5.3 allows to answer the latest).
    static constexpr std::size_t maximumOutstanding = 1024;
    static constexpr std::size_t maximumDelayed = 4096;

private:
    void send(std::uint64_t id, protocol::Octets payload, TimePoint now);
    void remember(std::uint64_t id, protocol::Octets payload, TimePoint now);
    void record(capture::HeartbeatKind kind, std::uint64_t id = 0, std::optional<Nanoseconds> rtt = {});

    struct Outstanding
    {
        std::uint64_t id;
        protocol::Octets payload;
        TimePoint sent;
        bool missed;
    };
    struct Delayed
    {
        protocol::Octets payload;
        TimePoint due;
    };
    HeartbeatOptions m_options;
    std::vector<Action> m_actions;
    std::deque<Outstanding> m_outstanding; ///< oldest first
    std::deque<Delayed> m_delayed;         ///< in the order in which the pings came
    std::optional<TimePoint> m_nextPing;
    std::uint64_t m_lastId = 0;
    bool m_running = false;
};

} // namespace frameglass::session
