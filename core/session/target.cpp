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

std::string lowered(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
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

Fault takeHostAndPort(std::string_view text, std::size_t position, Target &target)
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
        target.host = *literal;
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
        target.host = host;
    }
    if (hostEnd + 1 >= text.size())
        return {}; // no port, or an empty one (RFC 3986 §3.2.3)
    const auto digits = text.substr(hostEnd + 1);
    const auto bad = std::find_if_not(digits.begin(), digits.end(), isDigit);
    if (bad != digits.end())
        return fault(TargetError::PortInvalid, hostEnd + 1 + static_cast<std::size_t>(bad - digits.begin()));
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), target.port);
    if (parsed.ec != std::errc() || target.port == 0)
        return fault(TargetError::PortInvalid, hostEnd + 1);
    return {};
}

} // namespace

std::string Target::hostHeader() const
{
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
        !std::all_of(url.begin(), url.begin() + static_cast<std::ptrdiff_t>(colon), isSchemeOctet) ||
        url.substr(colon + 1, 2) != "//")
        return TargetFault{TargetError::SchemeMissing, 0};
    Target target;
    target.scheme = lowered(url.substr(0, colon));
    if (target.scheme != "ws" && target.scheme != "http" && !target.isSecure())
        return TargetFault{TargetError::SchemeUnsupported, 0};
    target.port = target.isSecure() ? securePort : plainPort;
    if (const auto hash = url.find('#'); hash != std::string_view::npos)
        return TargetFault{TargetError::HasFragment, hash};

    auto position = colon + 3;
    const auto authorityEnd = std::min(url.find_first_of("/?", position), url.size());
    auto authority = url.substr(position, authorityEnd - position);
    if (const auto at = authority.find('@'); at != std::string_view::npos) {
        target.userInfo = percentDecoded(authority.substr(0, at));
        authority.remove_prefix(at + 1);
        position += at + 1;
    }
    if (authority.empty())
        return TargetFault{TargetError::HostMissing, position};
    if (const auto fault = takeHostAndPort(authority, position, target))
        return *fault;

    target.resource = url.substr(authorityEnd);
    if (!target.resource.starts_with('/')) // RFC 6455 §3: an empty path is "/"
        target.resource.insert(target.resource.begin(), '/');
    return target;
}

} // namespace frameglass::session
