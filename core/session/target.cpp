// SPDX-License-Identifier: GPL-3.0-or-later
#include "target.h"

#include <asio/ip/address_v6.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace frameglass::session {

namespace {

constexpr std::size_t maximumHostOctets = 253; // RFC 1035 §2.3.4, without the root's dot
constexpr std::uint16_t plainPort = 80;        // RFC 6455 §3
constexpr std::uint16_t securePort = 443;      // RFC 6455 §3
constexpr std::size_t maximumPathOctets = 107; // sockaddr_un::sun_path of Linux, without its NUL

bool isAlpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isSchemeOctet(char c)
{
    return isAlpha(c) || isDigit(c) || c == '+' || c == '-' || c == '.';
}

std::optional<unsigned> hexDigit(char c)
{
    if (isDigit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return {};
}

/// A '%' that no two hexadecimal digits follow stays as it is.
std::string percentDecoded(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const auto high = hexDigit(text[i + 1]);
            const auto low = hexDigit(text[i + 2]);
            if (high && low) {
                result.push_back(static_cast<char>(*high * 16 + *low));
                i += 2;
                continue;
            }
        }
        result.push_back(text[i]);
    }
    return result;
}

/// Letters, digits and what resolvers accept besides: RFC 3986 also allows sub-delims and percent-encoding, which no
/// name that can be looked up has.
bool isNameOctet(char c)
{
    return isAlpha(c) || isDigit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// What is between the brackets; RFC 6874 writes the zone's '%' as "%25".
std::optional<std::string> ipv6Literal(std::string_view text)
{
    std::string literal(text);
    const auto zone = literal.find('%');
    if (zone != std::string::npos) {
        if (literal.compare(zone, 3, "%25") == 0 && literal.size() > zone + 3)
            literal.erase(zone + 1, 2);
        else if (literal.size() == zone + 1)
            return {};
        if (!std::all_of(literal.begin() + static_cast<std::ptrdiff_t>(zone) + 1, literal.end(), isNameOctet))
            return {};
    }
    asio::error_code error;
    asio::ip::make_address_v6(literal.substr(0, zone), error);
    return error ? std::nullopt : std::optional(literal);
}

using Fault = std::optional<TargetFault>;

Fault takeHostAndPort(std::string_view text, std::size_t position, Authority &authority)
{
    const auto fault = [position](TargetError error, std::size_t at) { return TargetFault{error, position + at}; };
    std::size_t hostEnd = 0;
    if (text.starts_with('[')) {
        const auto bracket = text.find(']');
        if (bracket == std::string_view::npos)
            return fault(TargetError::HostInvalid, 0);
        const auto literal = ipv6Literal(text.substr(1, bracket - 1));
        if (!literal)
            return fault(TargetError::HostInvalid, 1);
        authority.host = *literal;
        hostEnd = bracket + 1;
        if (hostEnd < text.size() && text[hostEnd] != ':')
            return fault(TargetError::HostInvalid, hostEnd);
    } else {
        hostEnd = std::min(text.find(':'), text.size());
        const auto host = text.substr(0, hostEnd);
        if (host.empty())
            return fault(TargetError::HostMissing, 0);
        const auto bad = std::find_if_not(host.begin(), host.end(), isNameOctet);
        if (bad != host.end())
            return fault(TargetError::HostInvalid, static_cast<std::size_t>(bad - host.begin()));
        if (host.size() > maximumHostOctets)
            return fault(TargetError::HostInvalid, maximumHostOctets);
        authority.host = host;
    }
    if (hostEnd + 1 >= text.size())
        return {}; // no port, or an empty one (RFC 3986 §3.2.3)
    const auto digits = text.substr(hostEnd + 1);
    const auto bad = std::find_if_not(digits.begin(), digits.end(), isDigit);
    if (bad != digits.end())
        return fault(TargetError::PortInvalid, hostEnd + 1 + static_cast<std::size_t>(bad - digits.begin()));
    std::uint16_t port = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (parsed.ec != std::errc() || port == 0)
        return fault(TargetError::PortInvalid, hostEnd + 1);
    authority.port = port;
    return {};
}

/// What follows "ws+unix:", as node's ws writes it: the socket's path, then ':' and the resource. An empty authority
/// ("//") may stand before it. The path is percent-decoded.
Fault takeSocketPath(std::string_view text, std::size_t position, Target &target)
{
    if (text.starts_with("//")) {
        text.remove_prefix(2);
        position += 2;
    }
    const auto end = std::min(text.find_first_of(":?"), text.size());
    target.host = "localhost";
    target.socketPath = percentDecoded(text.substr(0, end));
    if (target.socketPath.empty())
        return TargetFault{TargetError::HostMissing, position};
    if (!target.socketPath.starts_with('/') || target.socketPath.size() > maximumPathOctets ||
        target.socketPath.find('\0') != std::string::npos)
        return TargetFault{TargetError::HostInvalid, position};
    target.resource = text.substr(end < text.size() && text[end] == ':' ? end + 1 : end);
    return {};
}

} // namespace

std::string lowered(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

std::string Target::hostHeader() const
{
    if (isLocal())
        return host;
    auto header = host;
    if (host.find(':') != std::string::npos) // RFC 6874 §4: a zone means nothing to the server
        header = '[' + host.substr(0, host.find('%')) + ']';
    if (port != (isSecure() ? securePort : plainPort))
        header += ':' + std::to_string(port);
    return header;
}

std::variant<Target, TargetFault> parseTarget(std::string_view url)
{
    if (url.empty())
        return TargetFault{TargetError::Empty, 0};
    const auto invalid = std::find_if(url.begin(), url.end(), [](char c) { return c <= ' ' || c > '~'; });
    if (invalid != url.end())
        return TargetFault{TargetError::InvalidOctet, static_cast<std::size_t>(invalid - url.begin())};

    const auto colon = url.find(':');
    if (colon == std::string_view::npos || colon == 0 || !isAlpha(url.front()) ||
        !std::all_of(url.begin(), url.begin() + static_cast<std::ptrdiff_t>(colon), isSchemeOctet))
        return TargetFault{TargetError::SchemeMissing, 0};
    Target target;
    target.scheme = lowered(url.substr(0, colon));
    const bool local = target.scheme == "ws+unix" || target.scheme == "wss+unix";
    if (!local && url.substr(colon + 1, 2) != "//")
        return TargetFault{TargetError::SchemeMissing, 0};
    if (target.scheme != "ws" && target.scheme != "http" && !local && !target.isSecure())
        return TargetFault{TargetError::SchemeUnsupported, 0};
    target.port = target.isSecure() ? securePort : plainPort;
    if (const auto hash = url.find('#'); hash != std::string_view::npos)
        return TargetFault{TargetError::HasFragment, hash};

    if (local) {
        if (const auto fault = takeSocketPath(url.substr(colon + 1), colon + 1, target))
            return *fault;
    } else {
        const auto position = colon + 3;
        const auto authorityEnd = std::min(url.find_first_of("/?", position), url.size());
        auto parsed = parseAuthority(url.substr(position, authorityEnd - position), position);
        if (const auto *fault = std::get_if<TargetFault>(&parsed))
            return *fault;
        auto &authority = std::get<Authority>(parsed);
        target.userInfo = std::move(authority.userInfo);
        target.host = std::move(authority.host);
        target.port = authority.port.value_or(target.port);
        target.resource = url.substr(authorityEnd);
    }
    if (!target.resource.starts_with('/')) // RFC 6455 §3: an empty path is "/"
        target.resource.insert(target.resource.begin(), '/');
    return target;
}

std::variant<Authority, TargetFault> parseAuthority(std::string_view text, std::size_t position)
{
    Authority authority;
    if (const auto at = text.find('@'); at != std::string_view::npos) {
        authority.userInfo = percentDecoded(text.substr(0, at));
        text.remove_prefix(at + 1);
        position += at + 1;
    }
    if (text.empty())
        return TargetFault{TargetError::HostMissing, position};
    if (const auto fault = takeHostAndPort(text, position, authority))
        return *fault;
    return authority;
}

} // namespace frameglass::session
