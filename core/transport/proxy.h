// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"

#include <cstdint>
#include <string>

namespace frameglass::transport {

/// A forward proxy: how it is spoken to, and where.
struct Proxy
{
    capture::ProxyKind kind = capture::ProxyKind::HttpConnect;
    std::string host; ///< as the resolver needs it: no brackets around IPv6
    std::uint16_t port = 0;
    std::string user; ///< with `password`: sent to the proxy alone. Both empty: none
    std::string password;

    bool hasCredentials() const { return !user.empty() || !password.empty(); }
    friend bool operator==(const Proxy &, const Proxy &) = default;
};

/// "example.com:443", "[::1]:443".
std::string hostAndPort(const std::string &host, std::uint16_t port);

} // namespace frameglass::transport
