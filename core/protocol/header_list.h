// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace frameglass::protocol {

/// One extension of Sec-WebSocket-Extensions (RFC 6455 §9.1): its token and its parameters in order.
struct Extension
{
    std::string name;
    std::vector<std::pair<std::string, std::optional<std::string>>> parameters;
    friend bool operator==(const Extension &, const Extension &) = default;
};

/// Result of reading a list: what could be read, and where it stopped being one.
template<typename T>
struct ParsedList
{
    std::vector<T> items;
    std::optional<std::size_t> errorOffset; ///< character at which the grammar was left
    friend bool operator==(const ParsedList &, const ParsedList &) = default;
};

/// `1#extension` with quoted-string values whose content must be a token (RFC 6455 §9.1). Empty elements are skipped
/// (RFC 9110 §5.6.1), an entirely empty list is an error at offset 0.
ParsedList<Extension> parseExtensions(std::string_view value);

/// `1#token` (RFC 9110 §5.6.1), as used by Sec-WebSocket-Protocol and Connection.
ParsedList<std::string> parseTokenList(std::string_view value);

std::string formatExtensions(const std::vector<Extension> &extensions);

} // namespace frameglass::protocol
