// SPDX-License-Identifier: GPL-3.0-or-later
#include "heartbeat_policy.h"

#include <algorithm>

namespace frameglass::session {

using capture::HeartbeatKind;

namespace {

void appendBigEndian(protocol::Octets &to, std::uint64_t value)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        to.push_back(static_cast<std::byte>(value >> shift));
}

protocol::Octets payloadFor(std::uint64_t id, TimePoint now)
{
    protocol::Octets payload;
    payload.reserve(16);
    appendBigEndian(payload, id);
    appendBigEndian(payload, static_cast<std::uint64_t>(Nanoseconds(now.time_since_epoch()).count()));
    return payload;
}

} // namespace

HeartbeatPolicy::HeartbeatPolicy(const HeartbeatOptions &options) : m_options(options)
{
    if (m_options.pingInterval && *m_options.pingInterval <= Nanoseconds(0))
        m_options.pingInterval.reset();
}

void HeartbeatPolicy::opened(TimePoint now)
{
    m_running = true;
    if (m_options.pingInterval)
        m_nextPing = now + *m_options.pingInterval;
}

void HeartbeatPolicy::stopped()
{
    m_running = false;
    m_nextPing.reset();
    m_delayed.clear();
    m_outstanding.clear();
    m_actions.clear();
}

void HeartbeatPolicy::setAutoPong(AutoPong mode, Nanoseconds delay)
{
    m_options.autoPong = mode;
    m_options.pongDelay = delay;
    if (mode == AutoPong::Off)
        m_delayed.clear();
}

void HeartbeatPolicy::pingReceived(protocol::OctetView payload, TimePoint now)
{
    if (!m_running || m_options.autoPong == AutoPong::On)
        return; // the peer answers by itself
    if (m_options.autoPong == AutoPong::Off) {
        record(HeartbeatKind::AutoPongWithheld);
        return;
    }
    if (m_delayed.size() == maximumDelayed) {
        m_delayed.pop_front();
        record(HeartbeatKind::AutoPongWithheld);
    }
    m_delayed.push_back({protocol::copyOf(payload), now + m_options.pongDelay});
    record(HeartbeatKind::AutoPongDelayed, 0, m_options.pongDelay);
}

void HeartbeatPolicy::pongReceived(protocol::OctetView payload, TimePoint now)
{
    if (!m_running)
        return;
    const auto found = std::find_if(m_outstanding.begin(), m_outstanding.end(), [payload](const Outstanding &ping) {
        return std::equal(ping.payload.begin(), ping.payload.end(), payload.begin(), payload.end());
    });
    if (found == m_outstanding.end()) {
        record(HeartbeatKind::PongUnsolicited);
        return;
    }
    const auto rtt = now - found->sent;
    // The deadline may not have been served yet when the pong comes: it is late all the same.
    if (!found->missed && rtt > m_options.pingTimeout)
        record(HeartbeatKind::PongMissed, found->id);
    record(rtt > m_options.pingTimeout ? HeartbeatKind::PongLate : HeartbeatKind::PongMatched, found->id, rtt);
    m_outstanding.erase(found);
}

void HeartbeatPolicy::pingNow(TimePoint now)
{
    if (!m_running)
        return;
    const auto id = ++m_lastId;
    send(id, payloadFor(id, now), now);
}

void HeartbeatPolicy::pingNow(protocol::OctetView payload, TimePoint now)
{
    if (m_running)
        send(++m_lastId, protocol::copyOf(payload), now);
}

void HeartbeatPolicy::pingLeft(protocol::OctetView payload, TimePoint now)
{
    if (m_running)
        remember(++m_lastId, protocol::copyOf(payload), now);
}

std::optional<TimePoint> HeartbeatPolicy::nextDeadline() const
{
    auto next = m_nextPing;
    const auto consider = [&next](TimePoint due) {
        if (!next || due < *next)
            next = due;
    };
    // Time-outs fall due in the order of sending; only the first that is not missed yet counts.
    for (const auto &ping : m_outstanding) {
        if (!ping.missed) {
            consider(ping.sent + m_options.pingTimeout);
            break;
        }
    }
    for (const auto &pong : m_delayed)
        consider(pong.due);
    return next;
}

void HeartbeatPolicy::advanceTo(TimePoint now)
{
    for (auto &ping : m_outstanding) {
        if (!ping.missed && now >= ping.sent + m_options.pingTimeout) {
            ping.missed = true;
            record(HeartbeatKind::PongMissed, ping.id);
        }
    }
    for (auto pong = m_delayed.begin(); pong != m_delayed.end();) {
        if (now < pong->due) {
            ++pong;
            continue;
        }
        m_actions.push_back(SendPong{std::move(pong->payload)});
        pong = m_delayed.erase(pong);
    }
    if (m_nextPing && now >= *m_nextPing) {
        *m_nextPing += *m_options.pingInterval;
        if (*m_nextPing <= now) // after a pause of ours (suspend) no burst of the pings that fell out
            m_nextPing = now + *m_options.pingInterval;
        pingNow(now);
    }
}

std::vector<HeartbeatPolicy::Action> HeartbeatPolicy::takeActions()
{
    return std::exchange(m_actions, {});
}

void HeartbeatPolicy::send(std::uint64_t id, protocol::Octets payload, TimePoint now)
{
    m_actions.push_back(SendPing{payload});
    remember(id, std::move(payload), now);
}

void HeartbeatPolicy::remember(std::uint64_t id, protocol::Octets payload, TimePoint now)
{
    if (m_outstanding.size() == maximumOutstanding)
        m_outstanding.pop_front();
    m_outstanding.push_back({id, std::move(payload), now, false});
    record(HeartbeatKind::PingSent, id);
}

void HeartbeatPolicy::record(HeartbeatKind kind, std::uint64_t id, std::optional<Nanoseconds> rtt)
{
    m_actions.push_back(capture::HeartbeatRecord{kind, id, rtt, {}});
}

} // namespace frameglass::session
