// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace frameglass::protocol {

/// Octets that somebody owns. Sizes are always octets, never characters.
using Octets = std::vector<std::byte>;

/// Octets that somebody else owns; valid only as long as their owner.
using OctetView = std::span<const std::byte>;

inline OctetView viewOf(std::string_view text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

/// The octets as characters, without any judgement on their encoding.
inline std::string_view textOf(OctetView octets)
{
    return {reinterpret_cast<const char *>(octets.data()), octets.size()};
}

inline Octets copyOf(OctetView octets)
{
    return {octets.begin(), octets.end()};
}

inline Octets octetsOf(std::string_view text)
{
    return copyOf(viewOf(text));
}

inline void append(Octets &to, OctetView more)
{
    to.insert(to.end(), more.begin(), more.end());
}

/// Lower-case hexadecimal, two digits an octet, no separators.
std::string toHex(OctetView octets);

/// RFC 4648 §4, with padding.
std::string toBase64(OctetView octets);

} // namespace frameglass::protocol
