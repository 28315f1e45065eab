// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"
#include "core/protocol/octets.h"
#include "core/protocol/time.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace frameglass::session
{

enum class AutoPong : std::uint8_t { On, Off, Delayed };

struct HeartbeatOptions {
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

    std::optional<TimePoint> nextDeadline() const;
    void advanceTo(TimePoint now);

    struct SendPing {
        protocol::Octets payload;
    };
    struct SendPong {
        protocol::Octets payload;
    };
    using Action = std::variant<SendPing, SendPong, capture::HeartbeatRecord>;
    /// What to send and what to record, in order. `nextDue` of records is filled by the session.
    std::vector<Action> takeActions();

    const HeartbeatOptions &options() const { return m_options; }

private:
    struct Outstanding {
        std::uint64_t id;
        protocol::Octets payload;
        TimePoint sent;
        bool missed;
    };
    struct Delayed {
        protocol::Octets payload;
        TimePoint due;
    };
    HeartbeatOptions m_options;
    std::vector<Action> m_actions;
    std::vector<Outstanding> m_outstanding;
    std::vector<Delayed> m_delayed;
    std::optional<TimePoint> m_nextPing;
    std::uint64_t m_lastId = 0;
    bool m_running = false;
};

} // namespace frameglass::session
