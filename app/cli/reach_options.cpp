// SPDX-License-Identifier: GPL-3.0-or-later
#include "reach_options.h"

#include "command.h"
#include "terminal.h"

#include "core/capture/secrets.h"
#include "core/diagnosis/wording.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace frameglass::cli {

namespace {

QString wordsFor(session::ProxyError error)
{
    using session::ProxyError;
    switch (error) {
    case ProxyError::Empty: return translate("fglass", "the URL is empty");
    case ProxyError::KindUnsupported: return translate("fglass", "it must begin with http:// or socks5://");
    case ProxyError::TlsUnsupported:
        return translate("fglass", "proxies that are spoken to over TLS are not supported; most of them take http:// "
                                   "too, and wss:// stays encrypted through it");
    case ProxyError::HostMissing: return translate("fglass", "the URL names no host");
    case ProxyError::HostInvalid: return translate("fglass", "the host name is not valid");
    case ProxyError::PortInvalid: return translate("fglass", "the port must be a number from 1 to 65535");
    case ProxyError::CredentialsTooLong:
        return translate("fglass", "user or password are longer than such a proxy can take");
    case ProxyError::InvalidOctet:
        return translate("fglass", "a space, control or non-ASCII character must be percent-encoded");
    }
    return {};
}

/// Without a scheme nothing would say where the credentials are.
std::string maskedProxy(const std::string &url)
{
    constexpr std::string_view scheme = "http://";
    if (url.find("://") != std::string::npos)
        return capture::maskedUrl(url);
    return capture::maskedUrl(std::string(scheme) + url).substr(scheme.size());
}

std::string_view idOf(session::RedirectError error)
{
    using session::RedirectError;
    switch (error) {
    case RedirectError::LocationMissing: return "location-missing";
    case RedirectError::LocationInvalid: return "location-invalid";
    case RedirectError::SchemeUnsupported: return "scheme-unsupported";
    case RedirectError::Loop: return "loop";
    case RedirectError::TooMany: return "too-many";
    }
    return {};
}

QString shown(const std::string &text)
{
    return Terminal::printable(QString::fromStdString(text));
}

} // namespace

void ReachArguments::addTo(CLI::App &command)
{
    command
        .add_option("--proxy", m_proxy,
                    help("fglass", "Go through this proxy: http://[USER:PASSWORD@]HOST:PORT or socks5://…; 'none' for "
                                   "none (default 'system': HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, else the "
                                   "system's settings; never to this machine itself)"))
        ->type_name("URL");
    command
        .add_option("--proxy-timeout", m_proxyTimeout, help("fglass", "Time limit of the proxy's answer (default 10s)"))
        ->check(isDuration());
    command
        .add_option("--resolve", m_resolve,
                    help("fglass", "Connect to ADDRESS where HOST and PORT are those of the URL; may be repeated, the "
                                   "addresses are tried in this order (not through a proxy)"))
        ->type_name("HOST:PORT:ADDRESS")
        ->allow_extra_args(false);
    command
        .add_option("--address", m_addresses,
                    help("fglass", "Connect to this address instead of those of the URL's host; may be repeated"))
        ->type_name("ADDRESS")
        ->allow_extra_args(false);
    command.add_flag("--no-dns-detail", m_noDnsDetail,
                     help("fglass", "Do not ask the name servers themselves beside the system's resolver"));
    command.add_flag("--srv", m_services,
                     help("fglass", "Ask the name servers for SRV records of the host too (_ws._tcp, _wss._tcp)"));
    command
        .add_option("--dns-server", m_nameServer, help("fglass", "Ask this name server (default: those of the system)"))
        ->type_name("ADDRESS[:PORT]");
    command
        .add_option("--follow", m_follow,
                    help("fglass", "Follow at most this many redirects, each with a connection of its own; credentials "
                                   "and cookies stay with their server (default 0: none)"))
        ->check(CLI::Range(0u, session::mostRedirects).description(""))
        ->type_name("NUMBER");
}

bool ReachArguments::applyTo(session::ClientOptions &options) const
{
    return applyProxy(options) && applyAddresses(options) && applyDns(options);
}

bool ReachArguments::applyProxy(session::ClientOptions &options) const
{
    using Kind = session::ProxyChoice::Kind;
    if (const auto limit = parseDuration(m_proxyTimeout))
        options.timeouts.proxy = *limit;
    if (m_proxy == "system" || m_proxy == "none") {
        options.proxy.kind = m_proxy == "none" ? Kind::None : Kind::System;
        return true;
    }
    auto parsed = session::parseProxy(m_proxy);
    if (const auto *error = std::get_if<session::ProxyError>(&parsed)) {
        complain(translate("fglass", "--proxy '%1': %2").arg(shown(maskedProxy(m_proxy)), wordsFor(*error)));
        return false;
    }
    options.proxy = {Kind::Given, std::get<transport::Proxy>(std::move(parsed))};
    return true;
}

bool ReachArguments::applyAddresses(session::ClientOptions &options) const
{
    for (const std::string &text : m_resolve) {
        auto given = session::parseGivenAddress(text);
        if (!given) {
            complain(translate("fglass", "--resolve '%1' is not of the form HOST:PORT:ADDRESS, with a numeric address")
                         .arg(shown(text)));
            return false;
        }
        options.addresses.push_back(std::move(*given));
    }
    for (const std::string &text : m_addresses) {
        const auto address = session::parseAddress(text);
        if (!address) {
            complain(translate("fglass", "--address '%1' is no numeric address").arg(shown(text)));
            return false;
        }
        options.addresses.push_back({{}, 0, *address});
    }
    return true;
}

bool ReachArguments::applyDns(session::ClientOptions &options) const
{
    options.dns.detail = !m_noDnsDetail;
    options.dns.services = m_services;
    if (m_nameServer.empty())
        return true;
    const auto server = session::parseNameServer(m_nameServer);
    if (!server) {
        complain(translate("fglass", "--dns-server '%1' is no numeric address with an optional port")
                     .arg(shown(m_nameServer)));
        return false;
    }
    options.dns.server = *server;
    return true;
}

bool goesOn(session::RedirectSeries &series, const analysis::ConnectionFacts &facts)
{
    if (!facts.response || facts.openedAt)
        return false;
    if (series.follow(facts.response->value, facts.id))
        return true;
    if (series.error())
        complain(translate("fglass", "The redirect is not followed: %1").arg(diagnosis::textOf(*series.error())));
    return false;
}

void printHops(const session::RedirectSeries &series)
{
    for (const auto &hop : series.hops())
        Terminal::out().line(translate("fglass", "Redirected by %1: %2 → %3")
                                 .arg(QString::number(hop.status), shown(capture::maskedUrl(hop.url)),
                                      shown(capture::maskedUrl(hop.to))));
}

void addHops(nlohmann::ordered_json &json, const session::RedirectSeries &series)
{
    if (!series.hops().empty() || series.error())
        json["redirects"] = nlohmann::ordered_json::array();
    for (const auto &hop : series.hops())
        json["redirects"].push_back({{"connection", hop.connection},
                                     {"status", hop.status},
                                     {"url", capture::maskedUrl(hop.url)},
                                     {"to", capture::maskedUrl(hop.to)}});
    if (series.error())
        json["redirect_error"] = idOf(*series.error());
}

} // namespace frameglass::cli
