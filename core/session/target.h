// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace frameglass::session {

/// A ws: or wss: URL taken apart (RFC 6455 §3, RFC 3986), or one of a Unix socket: "ws+unix:/run/app.sock:/chat".
struct Target
{
    std::string scheme;      ///< "ws" or "wss" (or "http" or "https", which mean the same), "ws+unix", "wss+unix"
    std::string host;        ///< as needed by the resolver: no brackets around IPv6. "localhost" with a Unix socket
    std::uint16_t port = 80; ///< RFC 6455 §3: 443 with wss
    std::string resource;    ///< path and query, begins with "/"
    std::string userInfo;    ///< "user:password", percent-decoded; empty when absent
    std::string socketPath;  ///< of a Unix socket; empty otherwise

    bool isSecure() const { return scheme == "wss" || scheme == "https" || scheme == "wss+unix"; }
    bool isLocal() const { return !socketPath.empty(); }
    std::string hostHeader() const; ///< brackets for IPv6, no default port
};

enum class TargetError {
    Empty,
    SchemeMissing,
    SchemeUnsupported, ///< neither ws, wss, http, https, ws+unix nor wss+unix
    HostMissing,       ///< or the path of a Unix socket
    HostInvalid,       ///< or that path is not absolute, or too long
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

/// The part of a URL between "//" and the path (RFC 3986 §3.2).
struct Authority
{
    std::string userInfo; ///< percent-decoded
    std::string host;
    std::optional<std::uint16_t> port;
};
/// `position` is where `text` stands in the URL.
std::variant<Authority, TargetFault> parseAuthority(std::string_view text, std::size_t position = 0);

/// ASCII letters in lower case: how schemes and hosts are compared (RFC 3986 §6.2.2.1).
std::string lowered(std::string_view text);

} // namespace frameglass::session
