// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "opening.h"
#include "proxy.h"

#include "core/protocol/limits.h"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>

namespace frameglass::transport {

/// Where a proxy is asked to connect to. It resolves the name.
struct ProxyTarget
{
    std::string host;
    std::uint16_t port = 0;
};

/// The steps that lead through a forward proxy, within a limit of time: what HttpTunnel and Socks5Opening share. The
/// stream is handed on as it is; octets behind the proxy's last one belong to who comes next.
class ProxyOpening : public Opening, protected StreamHandler, public std::enable_shared_from_this<ProxyOpening>
{
public:
    void start(std::shared_ptr<Stream> below, OpeningHandler &handler) final;
    void cancel() final;

protected:
    ProxyOpening(asio::io_context &context, Proxy proxy, ProxyTarget target, Nanoseconds limit);

    /// Sends the first octets.
    virtual void begin(TimePoint now) = 0;
    /// Octets of the proxy. After each of the calls below that end the step, nothing else may be done.
    virtual void answered(protocol::OctetView octets, TimePoint now) = 0;
    /// The proxy will send no more, or the time is over: records what is on hand. An answer that was whole but for its
    /// body is one.
    virtual std::optional<capture::ProxyAnswered> cutShort(TimePoint now) = 0;

    void send(protocol::Octets octets, TimePoint now);
    void record(capture::RecordBody body, TimePoint now);
    /// Ends the step: the tunnel stands, and `rest` came through it already.
    void established(capture::ProxyAnswered answer, protocol::OctetView rest, TimePoint now);
    /// Ends the step: the proxy said no.
    void refused(capture::ProxyAnswered answer, TimePoint now);
    /// Ends the step: this is no answer of such a proxy. `why` is untranslated.
    void failed(const std::string &why, TimePoint now);

    const Proxy &proxy() const { return m_proxy; }
    const ProxyTarget &target() const { return m_target; }
    void limitTo(Nanoseconds after);

private:
    void received(protocol::OctetView octets, TimePoint now) override;
    void receiveEnded(TimePoint now) override;
    void written(std::size_t, TimePoint) override {}
    void sendEnded(TimePoint) override {}
    void observed(capture::RecordBody body, TimePoint now) override { record(std::move(body), now); }
    void broken(const StreamBroken &how, TimePoint now) override;

    void stage(capture::StageOutcome outcome, TimePoint now, const SystemError &error = {});
    void timedOut(TimePoint now);
    void end(capture::StageOutcome outcome, const StreamBroken &how, TimePoint now);

    asio::steady_timer m_timer;
    Proxy m_proxy;
    ProxyTarget m_target;
    Nanoseconds m_limit;
    std::shared_ptr<Stream> m_stream;
    OpeningHandler *m_handler = nullptr;
    TimePoint m_start;
};

/// The step for `proxy`, by its kind.
std::shared_ptr<Opening> makeProxyOpening(asio::io_context &context, Proxy proxy, ProxyTarget target, Nanoseconds limit,
                                          const protocol::Limits &limits);

} // namespace frameglass::transport
