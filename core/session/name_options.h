// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What a user may say about names and addresses of a connection.
namespace frameglass::session {

/// An address that stands for a name, whatever the resolver would say.
struct GivenAddress
{
    std::string host; ///< the name it is given for; empty: any
    std::uint16_t port = 0;
    std::string address; ///< numeric, no brackets around IPv6
    bool operator==(const GivenAddress &) const = default;
};

/// "HOST:PORT:ADDRESS" as curl's --resolve writes it; IPv6 in brackets or not. Nothing for anything else.
std::optional<GivenAddress> parseGivenAddress(std::string_view text);

/// A numeric address, IPv6 in brackets or not, as text without brackets. Nothing for anything else.
std::optional<std::string> parseAddress(std::string_view text);

/// Which questions are asked of name servers beside the system's resolver, whose answer the connection uses.
struct DnsOptions
{
    bool detail = true;    ///< A and AAAA of the host
    bool services = false; ///< SRV of _ws._tcp or _wss._tcp
    std::string server;    ///< "192.0.2.53", "[2001:db8::53]:5353"; empty: those of the system
    bool operator==(const DnsOptions &) const = default;
};

/// "ADDRESS[:PORT]" of a name server in the form of DnsOptions::server. Nothing for anything else.
std::optional<std::string> parseNameServer(std::string_view text);

} // namespace frameglass::session
