// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame.h"

#include <algorithm>
#include <cstring>

namespace frameglass::protocol {

namespace {
std::uint64_t bigEndian(OctetView octets)
{
    std::uint64_t value = 0;
    for (const std::byte octet : octets)
        value = value << 8 | std::to_integer<std::uint64_t>(octet);
    return value;
}

// `to` and `from` are the same place or do not overlap. Blocks of four words let the compiler use its widest registers.
void maskInto(std::byte *to, const std::byte *from, std::size_t size, const MaskKey &key, std::uint64_t position)
{
    std::array<std::byte, 8> turned;
    for (std::size_t i = 0; i < turned.size(); ++i)
        turned[i] = key[(position + i) % key.size()];
    std::uint64_t word;
    std::memcpy(&word, turned.data(), sizeof word);

    std::size_t i = 0;
    for (; size - i >= 32; i += 32) {
        std::array<std::uint64_t, 4> block;
        std::memcpy(block.data(), from + i, sizeof block);
        block[0] ^= word;
        block[1] ^= word;
        block[2] ^= word;
        block[3] ^= word;
        std::memcpy(to + i, block.data(), sizeof block);
    }
    for (; size - i >= 8; i += 8) {
        std::uint64_t one;
        std::memcpy(&one, from + i, sizeof one);
        one ^= word;
        std::memcpy(to + i, &one, sizeof one);
    }
    for (; i < size; ++i)
        to[i] = from[i] ^ turned[i % key.size()];
}
} // namespace

std::uint8_t minimalLengthOctets(std::uint64_t payloadLength)
{
    if (payloadLength <= 125)
        return 0;
    return payloadLength <= 0xFFFF ? 2 : 8;
}

std::optional<ParsedFrameHeader> parseFrameHeader(OctetView octets)
{
    if (octets.size() < 2)
        return std::nullopt;
    const auto first = std::to_integer<std::uint8_t>(octets[0]);
    const auto second = std::to_integer<std::uint8_t>(octets[1]);
    const bool masked = (second & 0x80) != 0;
    const std::uint8_t shortLength = second & 0x7F;

    FrameHeader header;
    header.fin = (first & 0x80) != 0;
    header.rsv = first >> 4 & 0x7;
    header.opcode = first & 0x0F;
    header.lengthOctets = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;

    const std::size_t whole = 2u + header.lengthOctets + (masked ? 4u : 0u);
    if (octets.size() < whole)
        return std::nullopt;
    header.payloadLength = header.lengthOctets == 0 ? shortLength : bigEndian(octets.subspan(2, header.lengthOctets));
    if (masked) {
        MaskKey key;
        std::copy_n(octets.begin() + 2 + header.lengthOctets, key.size(), key.begin());
        header.maskKey = key;
    }
    return ParsedFrameHeader{header, whole};
}

void appendFrameHeader(Octets &to, const FrameHeader &header)
{
    const std::uint8_t needed = minimalLengthOctets(header.payloadLength);
    const std::uint8_t wanted = header.lengthOctets == 0 ? 0 : header.lengthOctets <= 2 ? 2 : 8;
    const std::uint8_t lengthOctets = std::max(needed, wanted);

    std::array<std::byte, maximumHeaderOctets> octets;
    std::size_t size = 0;
    octets[size++] = static_cast<std::byte>((header.fin ? 0x80 : 0) | (header.rsv & 0x7) << 4 | (header.opcode & 0xF));
    const unsigned shortLength = lengthOctets == 0   ? static_cast<unsigned>(header.payloadLength)
                                 : lengthOctets == 2 ? 126u
                                                     : 127u;
    octets[size++] = static_cast<std::byte>((header.maskKey ? 0x80u : 0u) | shortLength);
    for (unsigned shift = lengthOctets * 8u; shift > 0; shift -= 8)
        octets[size++] = static_cast<std::byte>(header.payloadLength >> (shift - 8));
    if (header.maskKey)
        for (const std::byte octet : *header.maskKey)
            octets[size++] = octet;
    to.insert(to.end(), octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size));
}

void applyMask(std::span<std::byte> payload, const MaskKey &key, std::uint64_t position)
{
    maskInto(payload.data(), payload.data(), payload.size(), key, position);
}

void copyMasked(std::span<std::byte> to, OctetView from, const MaskKey &key, std::uint64_t position)
{
    maskInto(to.data(), from.data(), std::min(to.size(), from.size()), key, position);
}

} // namespace frameglass::protocol
