// SPDX-License-Identifier: GPL-3.0-or-later
#include "message_assembler.h"

#include <utility>

namespace frameglass::protocol {

MessageAssembler::MessageAssembler(const Limits &limits, Keep keep) : m_limits(limits), m_keep(keep) {}

std::optional<Violation> MessageAssembler::begin(const FrameHeader &header)
{
    const bool continues = header.is(Opcode::Continuation);
    if (continues && !m_inMessage)
        return Violation::ContinuationWithoutStart;
    if (!continues && m_inMessage)
        return Violation::MessageInterleaved;
    if (header.payloadLength > m_limits.messageOctets - m_message.octets)
        return Violation::MessageTooBig;
    if (m_message.fragments >= m_limits.fragmentsPerMessage)
        return Violation::TooManyFragments;

    if (!continues) {
        m_message.opcode = static_cast<Opcode>(header.opcode);
        m_message.compressed = (header.rsv & rsv1) != 0;
        m_inMessage = true;
    }
    ++m_message.fragments;
    m_finPending = header.fin;
    return std::nullopt;
}

bool MessageAssembler::isKept() const
{
    const bool fragmented = m_message.fragments > 1 || !m_finPending;
    return m_keep == Keep::All || (m_keep == Keep::Fragmented && fragmented);
}

std::optional<Violation> MessageAssembler::payload(OctetView octets)
{
    const std::uint64_t before = m_message.octets;
    m_message.octets += octets.size();
    if (isKept())
        append(m_message.payload, octets);
    if (m_message.opcode != Opcode::Text || m_message.compressed || m_utf8Failed)
        return std::nullopt;
    const std::size_t good = m_utf8.feed(octets);
    if (good == octets.size())
        return std::nullopt;
    m_utf8Failed = true;
    m_badOctet = before + good;
    return Violation::InvalidUtf8;
}

MessageAssembler::Ended MessageAssembler::end()
{
    if (!m_finPending)
        return {};
    Ended ended;
    if (!m_utf8Failed && !m_utf8.atBoundary()) {
        m_badOctet = m_message.octets;
        ended.violation = Violation::InvalidUtf8;
    }
    ended.message = std::move(m_message);
    reset();
    return ended;
}

void MessageAssembler::reset()
{
    m_message = {};
    m_utf8.reset();
    m_inMessage = false;
    m_finPending = false;
    m_utf8Failed = false;
}

} // namespace frameglass::protocol
