// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "octets.h"

#include <cstdint>

namespace frameglass::protocol {

/// Streaming validation of UTF-8 (RFC 3629; RFC 6455 §8.1). A wrong octet is found when it arrives: overlong forms,
/// surrogates and values above U+10FFFF fail at their first impossible octet, not at the end of the sequence.
class Utf8Validator
{
public:
    /// Takes the next octets. Returns how many were good: fewer than `octets.size()` means that the octet at that
    /// index is wrong; nothing may be fed after that.
    std::size_t feed(OctetView octets);

    /// True where a text may end: not inside a character.
    bool atBoundary() const { return m_state == 0; }

    void reset() { m_state = 0; }

private:
    std::uint8_t m_state = 0;
};

/// Whole-text convenience over Utf8Validator.
bool isValidUtf8(OctetView octets);

} // namespace frameglass::protocol
