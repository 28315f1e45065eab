// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame.h"

#include <algorithm>
#include <cstring>

namespace frameglass::protocol {

namespace detail {

// Blocks of four words let the compiler use its widest registers.
void maskInto(std::byte *to, const std::byte *from, std::size_t size, const MaskKey &key, std::uint64_t position)
{
    MaskKey turned;
    for (std::size_t i = 0; i < turned.size(); ++i)
        turned[i] = key[(position + i) % key.size()];
    std::array<std::uint64_t, 4> mask;
    for (std::size_t i = 0; i < sizeof mask; i += turned.size())
        std::memcpy(reinterpret_cast<std::byte *>(mask.data()) + i, turned.data(), turned.size());

    std::size_t i = 0;
    for (; size - i >= sizeof mask; i += sizeof mask) {
        std::array<std::uint64_t, 4> block;
        std::memcpy(block.data(), from + i, sizeof block);
        for (std::size_t word = 0; word < mask.size(); ++word)
            block[word] ^= mask[word];
        std::memcpy(to + i, block.data(), sizeof block);
    }
    maskSmall(to + i, from + i, size - i, turned);
}

} // namespace detail

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

} // namespace frameglass::protocol
