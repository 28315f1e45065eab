// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

/// Payloads of RFC 7692 §7.2.3, each with what it means.
namespace frameglass::vectors {

struct Deflated
{
    const char *name;
    std::string_view hex;
    std::string_view meant;
};

inline constexpr Deflated rfc7692[] = {
    {"§7.2.3.1 one block", "f248cdc9c90700", "Hello"},
    {"§7.2.3.3 a stored block", "000500faff48656c6c6f00", "Hello"},
    {"§7.2.3.4 BFINAL set", "f348cdc9c9070000", "Hello"},
    {"§7.2.3.5 two blocks", "f24805000000ffffcac9c90700", "Hello"},
    {"§7.2.3.6 nothing", "00", ""},
};

/// §7.2.3.2: the second of two equal messages that share a window.
inline constexpr std::string_view rfc7692SecondHello = "f200110000";

} // namespace frameglass::vectors
