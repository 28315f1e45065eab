// SPDX-License-Identifier: GPL-3.0-or-later
#include "proxy_choice.h"

#include "core/protocol/http_head.h"

#include <asio/ip/address.hpp>
#include <asio/ip/network_v4.hpp>
#include <asio/ip/network_v6.hpp>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <utility>

namespace frameglass::session {

using capture::ProxyKind;

namespace {

constexpr std::uint16_t httpPort = 80;
constexpr std::uint16_t socksPort = 1080;            // RFC 1928 §3
constexpr std::size_t maximumSocksCredential = 255;  // RFC 1929 §2
constexpr std::size_t maximumHttpCredential = 4'096; // more than any proxy takes in one field

std::optional<asio::ip::address> addressOf(std::string_view text)
{
    asio::error_code error;
    auto address = asio::ip::make_address(std::string(text), error);
    if (error)
        return {};
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return address;
}

ProxyError errorOf(TargetError error)
{
    switch (error) {
    case TargetError::Empty:
    case TargetError::HostMissing: return ProxyError::HostMissing;
    case TargetError::PortInvalid: return ProxyError::PortInvalid;
    case TargetError::InvalidOctet: return ProxyError::InvalidOctet;
    case TargetError::SchemeMissing:
    case TargetError::SchemeUnsupported:
    case TargetError::HostInvalid:
    case TargetError::HasFragment: return ProxyError::HostInvalid;
    }
    return ProxyError::HostInvalid;
}

std::variant<ProxyKind, ProxyError> kindOf(const std::string &scheme)
{
    if (scheme == "http")
        return ProxyKind::HttpConnect;
    if (scheme == "socks5" || scheme == "socks5h" || scheme == "socks")
        return ProxyKind::Socks5;
    return scheme == "https" ? ProxyError::TlsUnsupported : ProxyError::KindUnsupported;
}

bool credentialsFit(const transport::Proxy &proxy)
{
    const auto most = proxy.kind == ProxyKind::Socks5 ? maximumSocksCredential : maximumHttpCredential;
    // RFC 1929 §2: each has at least one octet; a server that asks for them refuses an empty one by itself.
    return proxy.user.size() <= most && proxy.password.size() <= most;
}

bool isInBlock(const asio::ip::address &address, const std::string &block)
{
    asio::error_code error;
    if (address.is_v4()) {
        const auto network = asio::ip::make_network_v4(block, error);
        return !error && address.to_v4().to_uint() >= network.network().to_uint() &&
               address.to_v4().to_uint() <= network.broadcast().to_uint();
    }
    const auto network = asio::ip::make_network_v6(block, error);
    if (error)
        return false;
    return asio::ip::network_v6(address.to_v6(), network.prefix_length()).network() == network.network();
}

/// One entry of NO_PROXY, small letters, not empty.
bool matches(const Target &target, const std::string &host, const std::optional<asio::ip::address> &address,
             std::string entry)
{
    if (entry.find('/') != std::string::npos)
        return address && isInBlock(*address, entry);
    if (!addressOf(entry)) { // an IPv6 address without brackets has no port
        const auto colon = entry.rfind(':');
        if (colon != std::string::npos && entry.find(']', colon) == std::string::npos) {
            if (entry.substr(colon + 1) != std::to_string(target.port))
                return false;
            entry.erase(colon);
        }
        if (entry.starts_with('[') && entry.ends_with(']'))
            entry = entry.substr(1, entry.size() - 2);
    }
    if (const auto wanted = addressOf(entry))
        return address == wanted;
    if (entry.starts_with("*."))
        entry.erase(0, 1);
    if (entry.empty())
        return false;
    if (entry.starts_with('.'))
        return host.ends_with(entry);
    return host == entry || host.ends_with('.' + entry);
}

std::string firstOf(const Environment &environment, std::initializer_list<const char *> names, std::string &found)
{
    for (const char *name : names) {
        auto value = environment(name);
        if (!value.empty()) {
            found = name;
            return value;
        }
    }
    return {};
}

} // namespace

std::string_view textOf(ProxyError error)
{
    switch (error) {
    case ProxyError::Empty: return "the proxy's URL is empty";
    case ProxyError::KindUnsupported: return "proxies of this kind are not supported: use http:// or socks5://";
    case ProxyError::TlsUnsupported: return "proxies that are spoken to over TLS (https://) are not supported";
    case ProxyError::HostMissing: return "the proxy's URL names no host";
    case ProxyError::HostInvalid: return "the proxy's host is not valid";
    case ProxyError::PortInvalid: return "the proxy's port must be a number from 1 to 65535";
    case ProxyError::CredentialsTooLong: return "user or password for the proxy are too long";
    case ProxyError::InvalidOctet:
        return "a space, control or non-ASCII character in the proxy's URL must be percent-encoded";
    }
    return {};
}

std::variant<transport::Proxy, ProxyError> parseProxy(std::string_view url)
{
    if (url.empty())
        return ProxyError::Empty;
    if (std::any_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c > '~'; }))
        return ProxyError::InvalidOctet;
    const auto slashes = url.find("://");
    const auto kind = kindOf(slashes == std::string_view::npos ? "http" : lowered(url.substr(0, slashes)));
    if (const auto *error = std::get_if<ProxyError>(&kind))
        return *error;
    transport::Proxy proxy;
    proxy.kind = std::get<ProxyKind>(kind);
    if (slashes != std::string_view::npos)
        url.remove_prefix(slashes + 3);
    auto parsed = parseAuthority(url.substr(0, std::min(url.find_first_of("/?#"), url.size())));
    if (const auto *fault = std::get_if<TargetFault>(&parsed))
        return errorOf(fault->error);
    auto &authority = std::get<Authority>(parsed);
    proxy.host = std::move(authority.host);
    proxy.port = authority.port.value_or(proxy.kind == ProxyKind::Socks5 ? socksPort : httpPort);
    const auto colon = authority.userInfo.find(':');
    proxy.user = authority.userInfo.substr(0, colon);
    if (colon != std::string::npos)
        proxy.password = authority.userInfo.substr(colon + 1);
    if (!credentialsFit(proxy))
        return ProxyError::CredentialsTooLong;
    return proxy;
}

Environment processEnvironment()
{
    return [](const char *name) {
        const char *value = std::getenv(name);
        return std::string(value ? value : "");
    };
}

std::optional<ProxyAdvice> adviceOfEnvironment(const Target &target, const Environment &environment)
{
    std::string name;
    auto url = target.isSecure() ? firstOf(environment, {"HTTPS_PROXY", "https_proxy"}, name)
                                 : firstOf(environment, {"HTTP_PROXY", "http_proxy"}, name);
    if (url.empty())
        url = firstOf(environment, {"ALL_PROXY", "all_proxy"}, name);
    std::string ignored;
    if (isExempt(target, firstOf(environment, {"NO_PROXY", "no_proxy"}, ignored)))
        return ProxyAdvice{};
    if (url.empty())
        return {};
    auto parsed = parseProxy(url);
    if (const auto *error = std::get_if<ProxyError>(&parsed))
        return ProxyAdvice{{}, name + ": " + std::string(textOf(*error))};
    return ProxyAdvice{std::get<transport::Proxy>(std::move(parsed)), {}};
}

bool isExempt(const Target &target, std::string_view noProxy)
{
    auto host = lowered(target.host);
    if (host.ends_with('.'))
        host.pop_back();
    const auto address = addressOf(host);
    for (std::size_t start = 0; start <= noProxy.size();) {
        const auto end = std::min(noProxy.find(',', start), noProxy.size());
        const auto entry = lowered(protocol::trimmed(noProxy.substr(start, end - start)));
        if (entry == "*" || (!entry.empty() && matches(target, host, address, entry)))
            return true;
        start = end + 1;
    }
    return false;
}

bool isThisMachine(const Target &target)
{
    auto host = lowered(target.host);
    if (host.ends_with('.'))
        host.pop_back();
    if (const auto address = addressOf(host))
        return address->is_loopback();
    return target.isLocal() || host == "localhost" || host.ends_with(".localhost");
}

} // namespace frameglass::session
