// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "octets.h"

#include <cstdint>
#include <cstring>

namespace frameglass::protocol {

namespace detail {

/// Whether 8 to 64 octets are all below 0x80; false for other sizes. Inline, since most messages are short and plain.
inline bool isShortAscii(OctetView octets)
{
    constexpr std::size_t wordOctets = sizeof(std::uint64_t);
    const std::size_t size = octets.size();
    if (size < wordOctets || size > 64)
        return false;
    std::uint64_t all;
    std::memcpy(&all, octets.data() + size - wordOctets, wordOctets); // overlaps the last whole word
    for (std::size_t i = 0; i + wordOctets < size; i += wordOctets) {
        std::uint64_t word;
        std::memcpy(&word, octets.data() + i, wordOctets);
        all |= word;
    }
    return (all & 0x8080808080808080u) == 0;
}

} // namespace detail

/// Streaming validation of UTF-8 (RFC 3629; RFC 6455 §8.1). A wrong octet is found when it arrives: overlong forms,
/// surrogates and values above U+10FFFF fail at their first impossible octet, not at the end of the sequence.
class Utf8Validator
{
public:
    /// Takes the next octets. Returns how many were good: fewer than `octets.size()` means that the octet at that
    /// index is wrong; nothing may be fed after that.
    std::size_t feed(OctetView octets)
    {
        return m_state == 0 && detail::isShortAscii(octets) ? octets.size() : feedAny(octets);
    }

    /// True where a text may end: not inside a character.
    bool atBoundary() const { return m_state == 0; }

    void reset() { m_state = 0; }

private:
    std::size_t feedAny(OctetView octets);
    std::uint8_t m_state = 0;
};

/// Whole-text convenience over Utf8Validator.
inline bool isValidUtf8(OctetView octets)
{
    Utf8Validator validator;
    return validator.feed(octets) == octets.size() && validator.atBoundary();
}

} // namespace frameglass::protocol
