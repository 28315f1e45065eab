// SPDX-License-Identifier: GPL-3.0-or-later
#include "proxy_opening.h"

#include "http_tunnel.h"
#include "socks5_opening.h"

#include <algorithm>
#include <utility>

namespace frameglass::transport {

using capture::Stage;
using capture::StageOutcome;
using capture::TransportEnd;
using Clock = std::chrono::steady_clock;

std::string hostAndPort(const std::string &host, std::uint16_t port)
{
    const auto text = host.find(':') == std::string::npos ? host : '[' + host + ']';
    return text + ':' + std::to_string(port);
}

ProxyOpening::ProxyOpening(asio::io_context &context, Proxy proxy, ProxyTarget target, Nanoseconds limit)
    : m_timer(context), m_proxy(std::move(proxy)), m_target(std::move(target)), m_limit(limit)
{}

void ProxyOpening::start(std::shared_ptr<Stream> below, OpeningHandler &handler)
{
    m_handler = &handler;
    m_stream = std::move(below);
    m_start = Clock::now();
    stage(StageOutcome::Started, m_start);
    limitTo(m_limit);
    m_stream->start(*this);
    begin(m_start);
}

/// Never later than the limit of the whole step.
void ProxyOpening::limitTo(Nanoseconds after)
{
    m_timer.expires_at(std::min<TimePoint>(m_start + m_limit, Clock::now() + after));
    m_timer.async_wait([self = shared_from_this()](const std::error_code &error) {
        const auto now = Clock::now();
        if (!error && self->m_handler && now >= self->m_timer.expiry()) // not one that was replaced meanwhile
            self->timedOut(now);
    });
}

void ProxyOpening::cancel()
{
    if (!m_handler)
        return;
    const auto now = Clock::now();
    m_timer.cancel();
    stage(StageOutcome::Cancelled, now);
    record(capture::TransportEnded{std::exchange(m_stream, nullptr)->close(), 0, {}}, now);
    m_handler = nullptr;
}

// -- what the stream tells ------------------------------------------------------------------------------------------

void ProxyOpening::received(protocol::OctetView octets, TimePoint now)
{
    const auto self = shared_from_this(); // whoever is told may let go of us
    answered(octets, now);
}

void ProxyOpening::receiveEnded(TimePoint now)
{
    const auto self = shared_from_this();
    if (auto answer = cutShort(now))
        refused(std::move(*answer), now);
    else
        end(StageOutcome::Failed, {TransportEnd::FinReceived, {}}, now);
}

void ProxyOpening::broken(const StreamBroken &how, TimePoint now)
{
    const auto self = shared_from_this();
    if (auto answer = cutShort(now))
        record(std::move(*answer), now);
    end(StageOutcome::Failed, how, now);
}

void ProxyOpening::timedOut(TimePoint now)
{
    if (auto answer = cutShort(now))
        refused(std::move(*answer), now);
    else
        end(StageOutcome::TimedOut, {m_stream->close(), {}}, now);
}

// -- what the kinds of proxies do -----------------------------------------------------------------------------------

void ProxyOpening::send(protocol::Octets octets, TimePoint now)
{
    m_stream->send(std::move(octets));
    m_stream->flush(now);
}

void ProxyOpening::record(capture::RecordBody body, TimePoint now)
{
    if (m_handler)
        m_handler->connecting(std::move(body), now);
}

void ProxyOpening::established(capture::ProxyAnswered answer, protocol::OctetView rest, TimePoint now)
{
    m_timer.cancel();
    record(std::move(answer), now);
    stage(StageOutcome::Succeeded, now);
    m_stream->putBack(rest);
    std::exchange(m_handler, nullptr)->connected(std::exchange(m_stream, nullptr), now);
}

void ProxyOpening::refused(capture::ProxyAnswered answer, TimePoint now)
{
    record(std::move(answer), now);
    end(StageOutcome::Failed, {m_stream->close(), {}}, now);
}

void ProxyOpening::failed(const std::string &why, TimePoint now)
{
    end(StageOutcome::Failed, {m_stream->close(), {0, why}}, now);
}

void ProxyOpening::stage(StageOutcome outcome, TimePoint now, const SystemError &error)
{
    record(capture::StageChanged{Stage::Proxy, outcome, now - m_start, error.number, error.message}, now);
}

void ProxyOpening::end(StageOutcome outcome, const StreamBroken &how, TimePoint now)
{
    m_timer.cancel();
    stage(outcome, now, how.error);
    std::exchange(m_stream, nullptr)->close();
    record(
        capture::TransportEnded{how.end, how.error.number, how.error.number == 0 ? std::string() : how.error.message},
        now);
    std::exchange(m_handler, nullptr)->notConnected(now);
}

std::shared_ptr<Opening> makeProxyOpening(asio::io_context &context, Proxy proxy, ProxyTarget target, Nanoseconds limit,
                                          const protocol::Limits &limits)
{
    if (proxy.kind == capture::ProxyKind::Socks5)
        return std::make_shared<Socks5Opening>(context, std::move(proxy), std::move(target), limit);
    return std::make_shared<HttpTunnel>(context, std::move(proxy), std::move(target), limit, limits);
}

} // namespace frameglass::transport
