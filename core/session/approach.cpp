// SPDX-License-Identifier: GPL-3.0-or-later
#include "approach.h"

#include "core/protocol/http_head.h"
#include "core/transport/proxy_opening.h"
#include "core/transport/tls_opening.h"

#include <algorithm>
#include <utility>

namespace frameglass::session {

using capture::ProxySource;
using capture::Stage;
using capture::StageOutcome;
using Clock = std::chrono::steady_clock;

namespace {

/// How long the system may take to say which proxy it wants; some settings make it fetch a script.
constexpr auto systemLimit = std::chrono::seconds(3);

bool isAddress(const std::string &host)
{
    asio::error_code error;
    asio::ip::make_address(host, error);
    return !error;
}

} // namespace

Approach::Approach(NetworkThread &network, const ClientOptions &options, Target target)
    : m_network(network), m_options(options), m_target(std::move(target)), m_system(network.context()),
      m_systemTimer(network.context()), m_dns(network.context())
{}

void Approach::start(transport::OpeningHandler &handler)
{
    m_handler = &handler;
    chooseProxy();
}

void Approach::cancel()
{
    m_system.abandon();
    m_systemTimer.cancel();
    m_dns.cancel();
    if (m_connector)
        std::exchange(m_connector, nullptr)->cancel();
    m_handler = nullptr;
}

// -- which proxy ----------------------------------------------------------------------------------------------------

void Approach::chooseProxy()
{
    using Kind = ProxyChoice::Kind;
    if (m_target.isLocal() || m_options.proxy.kind == Kind::None ||
        (m_options.proxy.kind == Kind::System && isThisMachine(m_target)))
        goDirectly();
    else if (m_options.proxy.kind == Kind::Given)
        goThrough(m_options.proxy.proxy, ProxySource::User);
    else if (const auto advice = adviceOfEnvironment(m_target, processEnvironment()))
        advised(*advice, ProxySource::Environment);
    else if (m_network.systemProxies())
        askSystem();
    else
        goDirectly();
}

void Approach::askSystem()
{
    const auto answered = [weak = weak_from_this()](const ProxyAdvice &advice) {
        const auto alive = weak.lock();
        if (!alive || !alive->m_handler)
            return;
        alive->m_system.abandon();
        alive->m_systemTimer.cancel();
        alive->advised(advice, ProxySource::System);
    };
    m_systemTimer.expires_after(systemLimit);
    m_systemTimer.async_wait([answered](const std::error_code &error) {
        if (!error)
            answered({}); // connecting goes on without it
    });
    const auto work = [ask = m_network.systemProxies(), target = m_target](const auto &report) { report(ask(target)); };
    if (m_system.start(work, answered))
        answered({});
}

void Approach::advised(const ProxyAdvice &advice, ProxySource source)
{
    if (advice.proxy) {
        goThrough(*advice.proxy, source);
    } else if (advice.fault.empty()) {
        goDirectly();
    } else {
        const auto now = Clock::now();
        connecting(capture::StageChanged{Stage::Proxy, StageOutcome::Failed, {}, 0, advice.fault}, now);
        notConnected(now);
    }
}

// -- the way --------------------------------------------------------------------------------------------------------

void Approach::goThrough(const transport::Proxy &proxy, ProxySource source)
{
    connecting(capture::ProxyUsed{proxy.kind, transport::hostAndPort(proxy.host, proxy.port), source,
                                  proxy.hasCredentials(), transport::hostAndPort(m_target.host, m_target.port)},
               Clock::now());
    transport::Connector::Options how;
    how.host = proxy.host;
    how.port = proxy.port;
    how.steps.push_back(transport::makeProxyOpening(m_network.context(), proxy, {m_target.host, m_target.port},
                                                    m_options.timeouts.proxy, m_options.limits));
    connect(std::move(how));
}

void Approach::goDirectly()
{
    transport::Connector::Options how;
    how.host = m_target.host;
    how.port = m_target.port;
    how.given = givenFor(how.host, how.port);
    if (how.given.empty() && !m_target.isLocal())
        lookUp();
    connect(std::move(how));
}

void Approach::connect(transport::Connector::Options how)
{
    how.resolveLimit = m_options.timeouts.resolve;
    how.tcpLimit = m_options.timeouts.tcp;
    how.lookup = m_network.lookup();
    how.queueLimit = m_options.limits.queuedOutputOctets;
    if (m_target.isSecure())
        how.steps.push_back(tlsStep());
    m_connector = std::make_shared<transport::Connector>(m_network.context(), std::move(how));
    m_connector->start(*this);
}

std::vector<asio::ip::tcp::endpoint> Approach::givenFor(const std::string &host, std::uint16_t port) const
{
    std::vector<asio::ip::tcp::endpoint> endpoints;
    for (const auto &given : m_options.addresses) {
        asio::error_code error;
        const auto address = asio::ip::make_address(given.address, error);
        const bool fits = given.host.empty() || (protocol::equalsIgnoringCase(given.host, host) && given.port == port);
        if (!error && fits)
            endpoints.emplace_back(address, port);
    }
    return endpoints;
}

std::shared_ptr<transport::Opening> Approach::tlsStep() const
{
    transport::TlsPeer peer;
    peer.host = m_target.host;
    peer.serverName = m_options.serverName;
    peer.anyCertificate = m_options.anyCertificate;
    peer.session =
        m_target.host + ' ' + std::to_string(m_target.port) + ' ' + m_options.serverName.value_or(m_target.host);
    return std::make_shared<transport::TlsOpening>(m_network.context(), m_options.tls ? m_options.tls : m_network.tls(),
                                                   std::move(peer), m_options.timeouts.tls);
}

// -- name servers ---------------------------------------------------------------------------------------------------

void Approach::lookUp()
{
    const auto &host = m_target.host;
    transport::DnsLookups::Options how;
    how.server = m_options.dns.server;
    const bool asked = m_network.usesSystemLookup() || !how.server.empty();
    if (asked && !isAddress(host) && !isThisMachine(m_target)) {
        if (m_options.dns.detail)
            how.questions = {{host, transport::DnsType::A}, {host, transport::DnsType::Aaaa}};
        if (m_options.dns.services)
            how.questions.push_back(
                {(m_target.isSecure() ? "_wss._tcp." : "_ws._tcp.") + host, transport::DnsType::Srv});
    }
    if (how.questions.empty())
        return;
    m_dns.start(std::move(how), [weak = weak_from_this()](std::optional<capture::DnsLookup> lookup) {
        const auto self = weak.lock();
        if (!self || !self->m_handler)
            return;
        if (lookup)
            self->m_handler->connecting(std::move(*lookup), Clock::now());
        else if (self->m_failedWaiting)
            std::exchange(self->m_handler, nullptr)->notConnected(Clock::now());
    });
}

// -- what the connector tells ---------------------------------------------------------------------------------------

void Approach::connecting(capture::RecordBody record, TimePoint now)
{
    if (const auto *stage = std::get_if<capture::StageChanged>(&record))
        m_resolveFailed = stage->stage == Stage::Resolve &&
                          (stage->outcome == StageOutcome::Failed || stage->outcome == StageOutcome::TimedOut);
    if (m_handler)
        m_handler->connecting(std::move(record), now);
}

void Approach::connected(std::shared_ptr<transport::Stream> stream, TimePoint now)
{
    m_connector.reset();
    if (m_handler)
        m_handler->connected(std::move(stream), now);
}

void Approach::notConnected(TimePoint now)
{
    const auto self = shared_from_this(); // whoever is told may let go of us
    m_connector.reset();
    m_failedWaiting = m_resolveFailed && m_dns.busy();
    if (m_failedWaiting)
        return;
    m_dns.cancel();
    if (m_handler)
        std::exchange(m_handler, nullptr)->notConnected(now);
}

} // namespace frameglass::session
