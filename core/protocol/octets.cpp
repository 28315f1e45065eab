// SPDX-License-Identifier: GPL-3.0-or-later
#include "octets.h"

#include <algorithm>

namespace frameglass::protocol {

std::string toHex(OctetView octets)
{
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(octets.size() * 2);
    for (const std::byte octet : octets) {
        text += digits[std::to_integer<unsigned>(octet >> 4)];
        text += digits[std::to_integer<unsigned>(octet & std::byte{0x0F})];
    }
    return text;
}

std::string toBase64(OctetView octets)
{
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((octets.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        const std::size_t present = std::min<std::size_t>(3, octets.size() - i);
        unsigned group = 0;
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 | (j < present ? std::to_integer<unsigned>(octets[i + j]) : 0u);
        text += alphabet[group >> 18];
        text += alphabet[group >> 12 & 0x3F];
        text += present > 1 ? alphabet[group >> 6 & 0x3F] : '=';
        text += present > 2 ? alphabet[group & 0x3F] : '=';
    }
    return text;
}

} // namespace frameglass::protocol
