// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "octets.h"

#include <array>
#include <cstdint>
#include <optional>

namespace frameglass::protocol {

/// Defined opcodes (RFC 6455 §5.2). A header keeps the raw nibble, since a reserved one must survive.
enum class Opcode : std::uint8_t {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
};

using MaskKey = std::array<std::byte, 4>;

inline constexpr std::uint8_t rsv1 = 0b100;
inline constexpr std::uint8_t rsv2 = 0b010;
inline constexpr std::uint8_t rsv3 = 0b001;

inline constexpr std::size_t maximumControlPayload = 125;
inline constexpr std::size_t maximumHeaderOctets = 14;

/// A frame header as it stands on the wire, legal or not. Encoding it again gives the same octets.
struct FrameHeader
{
    bool fin = true;
    std::uint8_t rsv = 0;           ///< the three reserved bits, RSV1 highest
    std::uint8_t opcode = 0;        ///< raw nibble, 0-15
    std::uint8_t lengthOctets = 0;  ///< extended length octets as sent: 0, 2 or 8; may be longer than needed
    std::optional<MaskKey> maskKey; ///< absent: MASK bit clear. All zero is a real key.
    std::uint64_t payloadLength = 0;

    bool isControl() const { return (opcode & 0x8) != 0; }
    bool isReservedOpcode() const { return (opcode > 0x2 && opcode < 0x8) || opcode > 0xA; }
    bool is(Opcode wanted) const { return opcode == static_cast<std::uint8_t>(wanted); }
    std::size_t headerOctets() const { return 2u + lengthOctets + (maskKey ? 4u : 0u); }

    friend bool operator==(const FrameHeader &, const FrameHeader &) = default;
};

/// The smallest lengthOctets that can carry `payloadLength` (RFC 6455 §5.2).
std::uint8_t minimalLengthOctets(std::uint64_t payloadLength);

struct ParsedFrameHeader
{
    FrameHeader header;
    std::size_t octets = 0; ///< how many the header took
};

/// Reads one header from the start of `octets`. Nothing when more octets are needed; never an error: every
/// sequence of octets is some header, and who may send it is the peer's judgement.
std::optional<ParsedFrameHeader> parseFrameHeader(OctetView octets);

/// Appends the header exactly as described, also an illegal one. `lengthOctets` 0 with a length above 125, or 2
/// with one above 65,535, cannot be written: the smallest sufficient form is used instead.
void appendFrameHeader(Octets &to, const FrameHeader &header);

/// XORs `payload` in place; `position` is the offset of its first octet inside the frame's payload (RFC 6455 §5.3).
void applyMask(std::span<std::byte> payload, const MaskKey &key, std::uint64_t position = 0);

/// Copies `from` to `to` (same size) under the mask: one pass instead of copy, then XOR.
void copyMasked(std::span<std::byte> to, OctetView from, const MaskKey &key, std::uint64_t position = 0);

} // namespace frameglass::protocol
