// SPDX-License-Identifier: GPL-3.0-or-later
#include "heartbeat_track.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace frameglass::analysis {

using capture::Direction;
using capture::HeartbeatKind;

namespace {

constexpr std::size_t maximumWindows = 1000;

/// A ping's frame and its heartbeat record are made in one turn of the loop.
constexpr Nanoseconds sameMoment = std::chrono::milliseconds(10);

std::size_t indexOf(Direction direction)
{
    return direction == Direction::Sent ? 0 : 1;
}

Direction opposite(Direction direction)
{
    return direction == Direction::Sent ? Direction::Received : Direction::Sent;
}

/// Keeps the values ascending; the oldest ones cannot be told apart any more, so that beyond the bound every second
/// value is left out, which keeps the quantiles.
void insertSorted(std::vector<Nanoseconds> &values, Nanoseconds value)
{
    if (values.size() >= HeartbeatTrack::maximumPings) {
        for (std::size_t i = 1; 2 * i < values.size(); ++i)
            values[i] = values[2 * i];
        values.resize(values.size() / 2);
    }
    values.insert(std::ranges::upper_bound(values, value), value);
}

/// Nearest rank: the smallest value that at least that share of the values does not exceed.
Nanoseconds quantile(const std::vector<Nanoseconds> &sorted, double share)
{
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

HeartbeatTrack::RttSummary summaryOf(const std::vector<Nanoseconds> &sorted)
{
    if (sorted.empty())
        return {};
    return {sorted.size(), sorted.front(), quantile(sorted, 0.5), quantile(sorted, 0.99), sorted.back()};
}

} // namespace

void HeartbeatTrack::add(const capture::Record &record)
{
    if (const auto *frame = capture::as<capture::FrameRecord>(record)) {
        if (frame->header.is(protocol::Opcode::Ping))
            addPing(record, *frame);
        else if (frame->header.is(protocol::Opcode::Pong))
            addPong(record, *frame);
        else if (!frame->header.isControl())
            ++m_dataFrames;
    } else if (const auto *heartbeat = capture::as<capture::HeartbeatRecord>(record)) {
        addHeartbeat(record, *heartbeat);
    } else if (const auto *socket = capture::as<capture::SocketFacts>(record)) {
        // The kernel is asked right after a pong was matched.
        if (PingFact *ping = m_measuredId == 0 ? nullptr : byId(std::exchange(m_measuredId, 0)))
            ping->tcpRtt = socket->tcpRtt;
    }
}

void HeartbeatTrack::addPing(const capture::Record &record, const capture::FrameRecord &frame)
{
    PingFact ping;
    ping.pingRecord = record.id;
    ping.direction = frame.direction;
    ping.sent = record.time;
    const bool ours = frame.direction == Direction::Sent;
    if (ours) {
        ++pingsSent;
        ping.id = std::exchange(m_pendingId, 0);
        if (m_windows.empty() || record.time - m_windows.back().begin >= Window::span) {
            m_windows.push_back({record.time, 0, 0});
            if (m_windows.size() > maximumWindows)
                m_windows.pop_front();
        }
        ++m_windows.back().sent;
    } else {
        ++pingsReceived;
    }
    Span &span = m_spans[indexOf(frame.direction)];
    span.last = record.time;
    if (!span.first)
        span.first = record.time;

    m_open.push_back({m_forgotten + m_pings.size(), frame.direction, frame.payload});
    if (m_open.size() > maximumOpen)
        m_open.pop_front();
    m_pings.push_back(ping);
    m_dataFramesAtPing.push_back(m_dataFrames);
    if (m_pings.size() > maximumPings) {
        m_pings.pop_front();
        m_dataFramesAtPing.pop_front();
        ++m_forgotten;
    }
}

void HeartbeatTrack::addPong(const capture::Record &record, const capture::FrameRecord &frame)
{
    const bool toOurs = frame.direction == Direction::Received;
    ++(toOurs ? pongsReceived : pongsSent);
    const Direction asked = opposite(frame.direction);
    const auto found = std::ranges::find_if(
        m_open, [&](const Open &open) { return open.direction == asked && open.payload == frame.payload; });
    if (found != m_open.end()) {
        answer(found, record);
        return;
    }
    // No ping has this payload: a wrong answer to the oldest one that waits, unless its right answer still comes.
    for (const Open &open : m_open) {
        PingFact *ping = at(open.ordinal);
        if (open.direction != asked || ping == nullptr || ping->superseded || !ping->payloadMatched)
            continue;
        ping->payloadMatched = false;
        ping->pongRecord = record.id;
        if (toOurs && !firstMismatch)
            firstMismatch = record.id;
        return;
    }
    if (toOurs) {
        ++unsolicited;
        if (!firstUnsolicited)
            firstUnsolicited = record.id;
    }
}

void HeartbeatTrack::answer(std::deque<Open>::iterator open, const capture::Record &record)
{
    const Open answered = std::move(*open);
    const bool ours = answered.direction == Direction::Sent;
    for (auto older = m_open.begin(); older != open; ++older) {
        PingFact *ping = at(older->ordinal);
        if (older->direction != answered.direction || ping == nullptr || ping->superseded || !ping->payloadMatched)
            continue;
        ping->superseded = true;
        if (ours) {
            ++superseded;
            if (!firstSuperseded)
                firstSuperseded = ping->pingRecord;
        }
    }
    m_open.erase(open);
    PingFact *ping = at(answered.ordinal);
    if (ping == nullptr)
        return;
    if (!ping->payloadMatched) { // the pong before was unsolicited after all
        ping->payloadMatched = true;
        if (ours) {
            ++unsolicited;
            if (!firstUnsolicited)
                firstUnsolicited = ping->pongRecord;
            if (firstMismatch == ping->pongRecord)
                firstMismatch.reset();
        }
    }
    if (ours && ping->superseded)
        --superseded;
    ping->superseded = false;
    ping->pongRecord = record.id;
    ping->rtt = record.time - ping->sent;
    ping->underLoad = m_dataFramesAtPing[answered.ordinal - m_forgotten] != m_dataFrames;
    insertSorted(m_rtts[indexOf(answered.direction)], *ping->rtt);
    if (!ours)
        return;
    ++matched;
    missedInARow = 0;
    lastRtt = ping->rtt;
    insertSorted(m_loaded[ping->underLoad ? 1 : 0], *ping->rtt);
    if (!m_slowest || *ping->rtt > *m_slowest->rtt)
        m_slowest = *ping;
}

void HeartbeatTrack::addHeartbeat(const capture::Record &record, const capture::HeartbeatRecord &heartbeat)
{
    switch (heartbeat.kind) {
    case HeartbeatKind::PingSent: {
        nextDue = heartbeat.nextDue;
        // The frame's own record may stand before or after this one.
        PingFact *last = byId(0);
        if (last != nullptr && record.time - last->sent < sameMoment)
            last->id = heartbeat.id;
        else
            m_pendingId = heartbeat.id;
        break;
    }
    case HeartbeatKind::PongMatched: m_measuredId = heartbeat.id; break;
    case HeartbeatKind::PongLate:
        m_measuredId = heartbeat.id;
        ++late;
        if (PingFact *ping = byId(heartbeat.id)) {
            ping->late = true;
            countLate(*ping);
        }
        break;
    case HeartbeatKind::PongMissed:
        ++missed;
        ++missedInARow;
        maximumMissedInARow = std::max(maximumMissedInARow, missedInARow);
        if (!firstMissed)
            firstMissed = record.id;
        if (PingFact *ping = byId(heartbeat.id)) {
            ping->missed = true;
            countLate(*ping);
        }
        break;
    case HeartbeatKind::AutoPongWithheld: ++withheld; break;
    case HeartbeatKind::PongUnsolicited:
    case HeartbeatKind::AutoPongDelayed: break;
    }
}

void HeartbeatTrack::countLate(const PingFact &ping)
{
    if (ping.late && ping.missed)
        return; // counted when its time-out passed
    const auto window = std::ranges::find_if(m_windows.rbegin(), m_windows.rend(),
                                             [&](const Window &one) { return one.begin <= ping.sent; });
    if (window != m_windows.rend())
        ++window->lateOrMissed;
}

PingFact *HeartbeatTrack::at(std::size_t ordinal)
{
    return ordinal < m_forgotten ? nullptr : &m_pings[ordinal - m_forgotten];
}

PingFact *HeartbeatTrack::byId(std::uint64_t id)
{
    // A time-out concerns one of the last pings: this looks back no further than the unanswered ones can lie.
    std::size_t looked = 0;
    for (auto ping = m_pings.rbegin(); ping != m_pings.rend() && looked < maximumOpen; ++ping, ++looked)
        if (ping->direction == Direction::Sent && ping->id == id)
            return &*ping;
    return nullptr;
}

HeartbeatTrack::RttSummary HeartbeatTrack::rtt(Direction pingDirection) const
{
    return summaryOf(m_rtts[indexOf(pingDirection)]);
}

HeartbeatTrack::RttSummary HeartbeatTrack::rttUnderLoad(bool loaded) const
{
    return summaryOf(m_loaded[loaded ? 1 : 0]);
}

const PingFact *HeartbeatTrack::oldestUnanswered() const
{
    for (const Open &open : m_open) {
        if (open.direction != Direction::Sent || open.ordinal < m_forgotten)
            continue;
        const PingFact &ping = m_pings[open.ordinal - m_forgotten];
        if (!ping.superseded && ping.payloadMatched)
            return &ping;
    }
    return nullptr;
}

std::optional<Nanoseconds> HeartbeatTrack::meanInterval(Direction pingDirection) const
{
    const auto count = pingsOf(pingDirection);
    if (count < 2)
        return {};
    const Span &span = m_spans[indexOf(pingDirection)];
    return (span.last - *span.first) / static_cast<std::int64_t>(count - 1);
}

} // namespace frameglass::analysis
