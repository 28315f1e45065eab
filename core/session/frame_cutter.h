// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/octets.h"

#include <cstddef>
#include <cstdint>

namespace frameglass::session {

/// Finds where, in the octets of a read, a Close frame begins behind other frames. A peer answers a Close at once and
/// sends no data after that, so a responder must have had its turn for all that came before.
class FrameCutter
{
public:
    /// How many of these octets, which follow those of the call before, to hand over first. Call again with the rest.
    std::size_t next(protocol::OctetView octets);

private:
    enum class At { FirstOctet, SecondOctet, Length, MaskKey, Payload };
    void headerOctet(std::uint8_t octet);
    void lengthKnown();
    void maskKeyTaken();

    At m_at = At::FirstOctet;
    bool m_masked = false;
    int m_left = 0; ///< octets of the length or the key
    std::uint64_t m_payload = 0;
};

} // namespace frameglass::session
