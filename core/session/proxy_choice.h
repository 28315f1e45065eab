// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "target.h"

#include "core/transport/proxy.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// Which forward proxy a connection goes through.
namespace frameglass::session {

/// What the user chose for one connection.
struct ProxyChoice
{
    enum class Kind : std::uint8_t {
        System, ///< the environment's, else the system's; none to this machine itself
        None,
        Given ///< `proxy`, whatever the target
    };
    Kind kind = Kind::System;
    transport::Proxy proxy;
    bool operator==(const ProxyChoice &) const = default;
};

enum class ProxyError : std::uint8_t {
    Empty,
    KindUnsupported, ///< neither http, socks5 nor socks5h
    TlsUnsupported,  ///< https: a proxy that is itself spoken to over TLS
    HostMissing,
    HostInvalid,
    PortInvalid,
    CredentialsTooLong, ///< SOCKS5 takes 255 octets of each (RFC 1929 §2); ':' cannot stand in a Basic user (RFC 7617)
    InvalidOctet,       ///< a space, control or non-ASCII octet that is not percent-encoded
};
/// Untranslated, without any part of the URL.
std::string_view textOf(ProxyError error);

/// "http://user:pw@host:port", "socks5://host:port"; without a scheme http is meant. Ports default to 80 and 1080.
std::variant<transport::Proxy, ProxyError> parseProxy(std::string_view url);

/// What settings say about one target.
struct ProxyAdvice
{
    std::optional<transport::Proxy> proxy; ///< none: connect directly
    std::string fault;                     ///< they cannot be used: why, untranslated, without credentials
};

/// The value of an environment variable; empty where it is not set.
using Environment = std::function<std::string(const char *)>;
Environment processEnvironment();

/// HTTPS_PROXY for wss and HTTP_PROXY for ws, else ALL_PROXY, each also in small letters; NO_PROXY (or no_proxy) is
/// read as Go's httpproxy does: "*", hosts with their subdomains, ".suffix", addresses and CIDR blocks, each with an
/// optional port. Nothing where none of them says anything.
std::optional<ProxyAdvice> adviceOfEnvironment(const Target &target, const Environment &environment);

/// Whether `noProxy` names the target.
bool isExempt(const Target &target, std::string_view noProxy);

/// "localhost", a name below it, or a loopback address: never proxied unless the proxy is given.
bool isThisMachine(const Target &target);

} // namespace frameglass::session
