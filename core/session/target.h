// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace frameglass::session {

/// A ws: or wss: URL taken apart (RFC 6455 §3, RFC 3986).
struct Target
{
    std::string scheme;      ///< "ws" or "wss" (or "http" or "https", which mean the same)
    std::string host;        ///< as needed by the resolver: no brackets around IPv6
    std::uint16_t port = 80; ///< RFC 6455 §3: 443 with wss
    std::string resource;    ///< path and query, begins with "/"
    std::string userInfo;    ///< "user:password", percent-decoded; empty when absent

    bool isSecure() const { return scheme == "wss" || scheme == "https"; }
    std::string hostHeader() const; ///< brackets for IPv6, no default port
};

enum class TargetError {
    Empty,
    SchemeMissing,
    SchemeUnsupported, ///< neither ws, wss, http nor https
    HostMissing,
    HostInvalid,
    PortInvalid,
    HasFragment,  ///< RFC 6455 §3: fragments must not be used
    InvalidOctet, ///< a space, control or non-ASCII octet that is not percent-encoded
};

struct TargetFault
{
    TargetError error;
    std::size_t position = 0; ///< in the text, where the fault is
};

std::variant<Target, TargetFault> parseTarget(std::string_view url);

} // namespace frameglass::session
