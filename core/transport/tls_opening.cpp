// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_opening.h"

#include <utility>

namespace frameglass::transport {

using capture::Stage;
using capture::StageOutcome;
using Clock = std::chrono::steady_clock;

namespace {

/// How long the other end has to read our alert before we close: closing with unread octets would send RST.
constexpr auto lingerLimit = std::chrono::seconds(1);

} // namespace

TlsOpening::TlsOpening(asio::io_context &context, std::shared_ptr<const TlsContext> tls, TlsPeer peer,
                       Nanoseconds limit)
    : m_timer(context), m_context(std::move(tls)), m_peer(std::move(peer)), m_limit(limit)
{}

void TlsOpening::start(std::shared_ptr<Stream> below, OpeningHandler &handler)
{
    m_handler = &handler;
    m_start = Clock::now();
    stage(StageOutcome::Started, m_start);
    m_timer.expires_after(m_limit);
    m_timer.async_wait([self = shared_from_this()](const std::error_code &error) {
        if (!error && self->m_handler)
            self->timedOut(Clock::now());
    });
    m_stream = std::make_shared<TlsStream>(std::move(below), m_context, std::move(m_peer));
    m_stream->handshake(*this, m_start);
}

void TlsOpening::stage(StageOutcome outcome, TimePoint now, const SystemError &error)
{
    m_handler->connecting(capture::StageChanged{Stage::Tls, outcome, now - m_start, error.number, error.message}, now);
}

void TlsOpening::giveUp(StageOutcome outcome, TimePoint now)
{
    m_timer.cancel();
    m_handler->connecting(m_stream->abandon(), now);
    stage(outcome, now);
    m_handler->connecting(capture::TransportEnded{std::exchange(m_stream, nullptr)->close(), 0, {}}, now);
}

void TlsOpening::cancel()
{
    if (!m_handler)
        return;
    giveUp(StageOutcome::Cancelled, Clock::now());
    m_handler = nullptr;
}

void TlsOpening::timedOut(TimePoint now)
{
    giveUp(StageOutcome::TimedOut, now);
    std::exchange(m_handler, nullptr)->notConnected(now);
}

void TlsOpening::handshakeObserved(capture::RecordBody record, TimePoint now)
{
    m_handler->connecting(std::move(record), now);
}

void TlsOpening::established(TimePoint now)
{
    m_timer.cancel();
    stage(StageOutcome::Succeeded, now);
    std::exchange(m_handler, nullptr)->connected(std::exchange(m_stream, nullptr), now);
}

void TlsOpening::failed(const StreamBroken &why, TimePoint now)
{
    stage(StageOutcome::Failed, now, why.error);
    m_handler->connecting(capture::TransportEnded{why.end, 0, {}}, now);
    m_timer.cancel();
    if (why.end == capture::TransportEnd::ClosedByUs) {
        m_timer.expires_after(lingerLimit);
        m_timer.async_wait(
            [self = shared_from_this(), stream = m_stream](const std::error_code &) { stream->close(); });
    }
    m_stream.reset();
    std::exchange(m_handler, nullptr)->notConnected(now);
}

} // namespace frameglass::transport
