// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "octets.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
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
inline std::uint8_t minimalLengthOctets(std::uint64_t payloadLength)
{
    return payloadLength <= 125 ? 0 : payloadLength <= 0xFFFF ? 2 : 8;
}

struct ParsedFrameHeader
{
    FrameHeader header;
    std::size_t octets = 0; ///< how many the header took
};

/// Reads one header from the start of `octets`. Nothing when more octets are needed; never an error: every
/// sequence of octets is some header, and who may send it is the peer's judgement. Inline, since small messages cost
/// little else.
inline std::optional<ParsedFrameHeader> parseFrameHeader(OctetView octets)
{
    std::optional<ParsedFrameHeader> result; // filled where it is returned: a copy would wait for its own stores
    if (octets.size() < 2)
        return result;
    const auto first = std::to_integer<std::uint8_t>(octets[0]);
    const auto second = std::to_integer<std::uint8_t>(octets[1]);
    const bool masked = (second & 0x80) != 0;
    const std::uint8_t shortLength = second & 0x7F;
    const std::uint8_t lengthOctets = shortLength < 126 ? 0 : shortLength == 126 ? 2 : 8;
    const std::size_t whole = 2u + lengthOctets + (masked ? 4u : 0u);
    if (octets.size() < whole)
        return result;

    ParsedFrameHeader &parsed = result.emplace();
    parsed.octets = whole;
    FrameHeader &header = parsed.header;
    header.fin = (first & 0x80) != 0;
    header.rsv = first >> 4 & 0x7;
    header.opcode = first & 0x0F;
    header.lengthOctets = lengthOctets;
    header.payloadLength = lengthOctets == 0 ? shortLength : 0;
    for (const std::byte octet : octets.subspan(2, lengthOctets))
        header.payloadLength = header.payloadLength << 8 | std::to_integer<std::uint64_t>(octet);
    if (masked)
        std::memcpy(header.maskKey.emplace().data(), octets.data() + whole - 4, 4);
    return result;
}

/// Appends the header exactly as described, also an illegal one. `lengthOctets` 0 with a length above 125, or 2
/// with one above 65,535, cannot be written: the smallest sufficient form is used instead.
void appendFrameHeader(Octets &to, const FrameHeader &header);

namespace detail {

/// `to` and `from` are the same place or do not overlap.
void maskInto(std::byte *to, const std::byte *from, std::size_t size, const MaskKey &key, std::uint64_t position);

inline constexpr std::size_t smallPayload = 64; ///< below this a call costs more than the work

inline void maskSmall(std::byte *to, const std::byte *from, std::size_t size, const MaskKey &key)
{
    std::array<std::byte, 8> twice;
    std::memcpy(twice.data(), key.data(), key.size());
    std::memcpy(twice.data() + key.size(), key.data(), key.size());
    std::uint64_t word;
    std::memcpy(&word, twice.data(), sizeof word);
    std::size_t i = 0;
    for (; size - i >= sizeof word; i += sizeof word) {
        std::uint64_t one;
        std::memcpy(&one, from + i, sizeof one);
        one ^= word;
        std::memcpy(to + i, &one, sizeof one);
    }
    for (; i < size; ++i)
        to[i] = from[i] ^ key[i % key.size()];
}

} // namespace detail

/// XORs `payload` in place; `position` is the offset of its first octet inside the frame's payload (RFC 6455 §5.3).
inline void applyMask(std::span<std::byte> payload, const MaskKey &key, std::uint64_t position = 0)
{
    detail::maskInto(payload.data(), payload.data(), payload.size(), key, position);
}

/// Copies `from` to `to` (same size) under the mask: one pass instead of copy, then XOR.
inline void copyMasked(std::span<std::byte> to, OctetView from, const MaskKey &key, std::uint64_t position = 0)
{
    const std::size_t size = std::min(to.size(), from.size());
    if (size <= detail::smallPayload && position == 0)
        detail::maskSmall(to.data(), from.data(), size, key);
    else
        detail::maskInto(to.data(), from.data(), size, key, position);
}

} // namespace frameglass::protocol
