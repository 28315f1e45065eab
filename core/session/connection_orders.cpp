// SPDX-License-Identifier: GPL-3.0-or-later
// What the owner of a connection may ask of it.
#include "connection.h"

#include "core/protocol/close_code.h"

#include <algorithm>

namespace frameglass::session {

using protocol::ConnectionState;
using Clock = std::chrono::steady_clock;

/// Orders over the bound of the queue are dropped and counted.
bool Connection::mayQueue(std::size_t octets, TimePoint now)
{
    if (m_finished)
        return false;
    if (m_stream->queuedOctets() <= m_queueLimit)
        return true;
    m_journal.add(now, capture::Dropped{1, octets, "output-queue-full"});
    m_journal.flush();
    return false;
}

void Connection::sendText(std::string_view text, std::uint32_t fragments)
{
    const auto now = Clock::now();
    if (!mayQueue(text.size(), now))
        return;
    m_peer.sendText(text, fragments);
    pump(now);
}

void Connection::sendBinary(protocol::OctetView payload, std::uint32_t fragments)
{
    const auto now = Clock::now();
    if (!mayQueue(payload.size(), now))
        return;
    m_peer.sendBinary(payload, fragments);
    pump(now);
}

void Connection::ping()
{
    const auto now = Clock::now();
    if (!mayQueue(0, now))
        return;
    m_heartbeat.pingNow(now);
    pump(now);
}

void Connection::ping(protocol::OctetView payload)
{
    const auto now = Clock::now();
    if (!mayQueue(0, now))
        return;
    m_heartbeat.pingNow(payload.first(std::min(payload.size(), protocol::maximumControlPayload)), now);
    pump(now);
}

void Connection::pong(protocol::OctetView payload)
{
    const auto now = Clock::now();
    if (!mayQueue(payload.size(), now))
        return;
    m_peer.pong(payload);
    pump(now);
}

void Connection::sendRaw(const protocol::RawFrame &frame)
{
    const auto now = Clock::now();
    if (!mayQueue(frame.payload.size(), now))
        return;
    const bool ping = frame.header.is(protocol::Opcode::Ping) && frame.header.payloadLength == frame.payload.size();
    if (m_peer.sendRaw(frame) && ping) {
        drainPeer(now);
        m_heartbeat.pingLeft(frame.payload, now);
    }
    pump(now);
}

void Connection::setAutoPong(AutoPong mode, Nanoseconds delay)
{
    m_heartbeat.setAutoPong(mode, delay);
    m_peer.setAutoPong(mode == AutoPong::On);
    arm();
}

protocol::RawFrame Connection::rawClose(std::uint16_t code, std::string_view reason) const
{
    protocol::RawFrame frame;
    frame.header.opcode = static_cast<std::uint8_t>(protocol::Opcode::Close);
    if (m_maskSource)
        frame.header.maskKey = m_maskSource();
    frame.payload = {static_cast<std::byte>(code >> 8), static_cast<std::byte>(code & 0xFF)};
    protocol::append(frame.payload, protocol::viewOf(reason.substr(0, protocol::maximumReasonOctets)));
    frame.header.payloadLength = frame.payload.size();
    return frame;
}

void Connection::close(std::optional<std::uint16_t> code, std::string_view reason)
{
    if (m_finished)
        return;
    if (m_peer.state() == ConnectionState::Opening) {
        disconnect(false);
        return;
    }
    if (code && !protocol::isLegalOnTheWire(*code))
        m_peer.sendRaw(rawClose(*code, reason)); // sending an illegal code is a use of this program
    else
        m_peer.close(code, reason);
    pump(Clock::now());
}

void Connection::halfClose()
{
    if (m_finished)
        return;
    m_heartbeat.stopped();
    m_peer.halfClose();
    pump(Clock::now());
}

void Connection::disconnect(bool reset)
{
    if (m_finished)
        return;
    const auto self = shared_from_this();
    const auto now = Clock::now();
    if (!reset)
        m_stream->drain(now);
    if (m_finished)
        return;
    if (m_upgrading)
        endUpgrade(capture::StageOutcome::Cancelled, now);
    finish(reset ? Ending::Reset : Ending::Close, now);
}

} // namespace frameglass::session
