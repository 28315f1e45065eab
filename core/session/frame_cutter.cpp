// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame_cutter.h"

#include "core/protocol/frame.h"

#include <algorithm>

namespace frameglass::session {

std::size_t FrameCutter::next(protocol::OctetView octets)
{
    std::size_t i = 0;
    while (i < octets.size()) {
        if (m_at == At::Payload) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(m_payload, octets.size() - i));
            i += count;
            m_payload -= count;
            if (m_payload == 0)
                m_at = At::FirstOctet;
            continue;
        }
        const auto octet = std::to_integer<std::uint8_t>(octets[i]);
        if (m_at == At::FirstOctet && i > 0 && (octet & 0xF) == static_cast<std::uint8_t>(protocol::Opcode::Close))
            return i;
        headerOctet(octet);
        ++i;
    }
    return i;
}

void FrameCutter::headerOctet(std::uint8_t octet)
{
    switch (m_at) {
    case At::FirstOctet: m_at = At::SecondOctet; break;
    case At::SecondOctet:
        m_masked = (octet & 0x80) != 0;
        m_payload = octet & 0x7F;
        m_left = m_payload == 126 ? 2 : m_payload == 127 ? 8 : 0;
        if (m_left == 0) {
            lengthKnown();
        } else {
            m_payload = 0;
            m_at = At::Length;
        }
        break;
    case At::Length:
        m_payload = m_payload << 8 | octet;
        if (--m_left == 0)
            lengthKnown();
        break;
    case At::MaskKey:
        if (--m_left == 0)
            maskKeyTaken();
        break;
    case At::Payload: break;
    }
}

void FrameCutter::lengthKnown()
{
    if (!m_masked) {
        maskKeyTaken();
        return;
    }
    m_at = At::MaskKey;
    m_left = 4;
}

void FrameCutter::maskKeyTaken()
{
    m_at = m_payload > 0 ? At::Payload : At::FirstOctet;
}

} // namespace frameglass::session
