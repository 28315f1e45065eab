// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client_session.h"

#include "core/transport/connector.h"
#include "core/transport/dns_lookups.h"
#include "core/transport/helper_thread.h"

#include <asio/steady_timer.hpp>

#include <memory>

namespace frameglass::session {

/// The way of a client from its target to the stream on which it speaks: which proxy, which addresses, TLS; and what
/// name servers say beside it. Network thread only.
class Approach final : private transport::OpeningHandler, public std::enable_shared_from_this<Approach>
{
public:
    /// `network` and `options` must outlive this.
    Approach(NetworkThread &network, const ClientOptions &options, Target target);

    /// `handler` may be told records of name servers also after connected(), until cancel(). A failure to resolve is
    /// told when these are whole.
    void start(transport::OpeningHandler &handler);
    /// Records the stage under way as cancelled; no call to the handler follows.
    void cancel();

private:
    void connecting(capture::RecordBody record, TimePoint now) override;
    void connected(std::shared_ptr<transport::Stream> stream, TimePoint now) override;
    void notConnected(TimePoint now) override;

    void chooseProxy();
    void askSystem();
    void advised(const ProxyAdvice &advice, capture::ProxySource source);
    void goThrough(const transport::Proxy &proxy, capture::ProxySource source);
    void goDirectly();
    void connect(transport::Connector::Options how);
    void lookUp();
    std::vector<asio::ip::tcp::endpoint> givenFor(const std::string &host, std::uint16_t port) const;
    std::shared_ptr<transport::Opening> tlsStep() const;

    NetworkThread &m_network;
    const ClientOptions &m_options;
    Target m_target;
    transport::OpeningHandler *m_handler = nullptr;
    transport::HelperThread<ProxyAdvice> m_system;
    asio::steady_timer m_systemTimer;
    std::shared_ptr<transport::Connector> m_connector;
    transport::DnsLookups m_dns;
    bool m_resolveFailed = false;
    bool m_failedWaiting = false; ///< the failure is told when the name servers have answered
};

} // namespace frameglass::session
