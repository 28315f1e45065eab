// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_stream.h"

#include <utility>

namespace frameglass::transport {

namespace {

constexpr std::size_t gatheredOctets = 16 * 1024; ///< RFC 8446 §5.1: one record carries no more
constexpr std::size_t largeOctets = 4 * 1024;     ///< from here on copying costs more than a record of its own

/// What a server says to a client that speaks HTTP without TLS.
constexpr std::string_view plainHttpAnswer = "HTTP/1.1 400 Bad Request\r\n"
                                             "Content-Type: text/plain; charset=utf-8\r\n"
                                             "Content-Length: 58\r\n"
                                             "Connection: close\r\n"
                                             "\r\n"
                                             "This port speaks TLS. Use wss:// (or https://) to reach it";

bool looksLikeHttp(std::string_view octets)
{
    for (const std::string_view method : {"GET ", "POST ", "HEAD ", "OPTIONS ", "CONNECT ", "PUT "}) {
        if (octets.starts_with(method))
            return true;
    }
    return false;
}

protocol::Octets &spareBuffer()
{
    static thread_local protocol::Octets buffer;
    return buffer;
}

} // namespace

TlsStream::TlsStream(std::shared_ptr<Stream> below, std::shared_ptr<const TlsContext> context, TlsPeer peer)
    : m_below(std::move(below)), m_isServer(context->side() == TlsContext::Side::Server),
      m_engine(std::move(context), std::move(peer))
{}

TlsStream::~TlsStream()
{
    m_below->close();
}

// -- the handshake --------------------------------------------------------------------------------------------------

void TlsStream::handshake(TlsHandshakeHandler &handler, TimePoint now)
{
    m_handshaking = &handler;
    m_below->start(*this);
    goOn(now);
}

capture::TlsFacts TlsStream::abandon()
{
    m_handshaking = nullptr;
    return m_engine.facts();
}

void TlsStream::goOn(TimePoint now)
{
    const auto progress = m_engine.handshake();
    takeSealed(0);
    tell(now);
    if (progress == TlsEngine::Progress::Failed) {
        const auto error = m_engine.error();
        if (m_isServer && looksLikeHttp(m_engine.facts().notTls))
            m_below->send(protocol::octetsOf(plainHttpAnswer));
        m_below->shutdownSend();
        m_below->flush(now);
        fail({capture::TransportEnd::ClosedByUs, error}, now);
        return;
    }
    m_below->flush(now);
    if (progress != TlsEngine::Progress::Done || !m_handshaking)
        return;
    m_handshaking->handshakeObserved(m_engine.facts(), now);
    std::exchange(m_handshaking, nullptr)->established(now);
    if (m_handler)
        readAll(now); // what came with the last flight
}

void TlsStream::fail(const StreamBroken &why, TimePoint now)
{
    auto *handler = std::exchange(m_handshaking, nullptr);
    if (!handler)
        return;
    handler->handshakeObserved(m_engine.facts(), now);
    handler->failed(why, now);
}

/// Hands on what passed since the last time.
void TlsStream::tell(TimePoint now)
{
    for (const auto &message : m_engine.takeMessages()) {
        if (m_handshaking)
            m_handshaking->handshakeObserved(message, now);
        else if (m_handler)
            m_handler->observed(message, now);
    }
}

// -- what the stream below tells ------------------------------------------------------------------------------------

void TlsStream::received(protocol::OctetView octets, TimePoint now)
{
    const auto self = shared_from_this(); // whoever is told may let go of us
    m_engine.feed(octets);
    if (m_handshaking)
        goOn(now);
    else if (m_handler)
        readAll(now);
}

void TlsStream::readAll(TimePoint now)
{
    auto plain = std::exchange(spareBuffer(), {}); // the handler may make us read again
    plain.clear();
    const bool sound = m_engine.read(plain);
    takeSealed(0); // an answer to KeyUpdate, an alert
    if (!plain.empty())
        deliver(m_handler, plain, now);
    spareBuffer() = std::move(plain);
    tell(now);
    m_below->flush(now);
    if (!sound && m_handler) {
        auto *handler = std::exchange(m_handler, nullptr);
        m_below->shutdownSend();
        m_below->flush(now);
        handler->broken({capture::TransportEnd::Error, m_engine.error()}, now);
    }
}

void TlsStream::receiveEnded(TimePoint now)
{
    const auto self = shared_from_this();
    m_receiveEnded = true;
    if (m_handshaking)
        fail({capture::TransportEnd::FinReceived, {}}, now);
    else if (m_handler)
        m_handler->receiveEnded(now);
}

void TlsStream::broken(const StreamBroken &how, TimePoint now)
{
    const auto self = shared_from_this();
    if (m_handshaking)
        fail(how, now);
    else if (auto *handler = std::exchange(m_handler, nullptr))
        handler->broken(how, now);
}

void TlsStream::written(std::size_t octets, TimePoint now)
{
    m_written += octets;
    std::size_t plain = 0;
    while (!m_marks.empty() && m_marks.front().sealed <= m_written) {
        plain += m_marks.front().plain;
        m_marks.pop_front();
    }
    if (plain > 0 && m_handler)
        m_handler->written(plain, now);
}

/// TLS in TLS, through a proxy that is spoken to over TLS itself.
void TlsStream::observed(capture::RecordBody record, TimePoint now)
{
    if (m_handshaking)
        m_handshaking->handshakeObserved(std::move(record), now);
    else if (m_handler)
        m_handler->observed(std::move(record), now);
}

void TlsStream::sendEnded(TimePoint now)
{
    if (m_handler)
        m_handler->sendEnded(now);
}

// -- what the connection asks for -----------------------------------------------------------------------------------

void TlsStream::start(StreamHandler &handler)
{
    m_handler = &handler;
}

void TlsStream::send(protocol::Octets octets)
{
    if (octets.empty() || m_shutdownWanted)
        return;
    m_queued += octets.size();
    m_queue.push_back(std::move(octets));
}

void TlsStream::flush(TimePoint now)
{
    const auto self = shared_from_this();
    seal();
    if (m_shutdownWanted && !m_shutdownDone) {
        m_shutdownDone = true;
        m_engine.shutdown();
        takeSealed(0);
        m_below->shutdownSend();
    }
    tell(now);
    m_below->flush(now);
}

/// Small pieces share a record, as they would share a segment.
void TlsStream::seal()
{
    protocol::Octets gathered;
    const auto sealGathered = [&] {
        m_engine.write(gathered);
        takeSealed(gathered.size());
        gathered.clear();
    };
    for (const auto &octets : m_queue) {
        if (gathered.size() + octets.size() > gatheredOctets || octets.size() >= largeOctets)
            sealGathered();
        if (octets.size() >= largeOctets) {
            m_engine.write(octets);
            takeSealed(octets.size());
        } else {
            protocol::append(gathered, octets);
        }
    }
    sealGathered();
    m_queue.clear();
    m_queued = 0;
}

void TlsStream::takeSealed(std::size_t plain)
{
    auto sealed = m_engine.takeOutput();
    if (sealed.empty())
        return;
    m_sealed += sealed.size();
    m_marks.push_back({m_sealed, plain});
    m_below->send(std::move(sealed));
}

std::size_t TlsStream::queuedOctets() const
{
    return m_queued + m_below->queuedOctets();
}

void TlsStream::shutdownSend()
{
    m_shutdownWanted = true;
}

void TlsStream::drain(TimePoint now)
{
    m_below->drain(now);
}

capture::TransportEnd TlsStream::close()
{
    m_handler = nullptr;
    m_handshaking = nullptr;
    return m_below->close();
}

capture::TransportEnd TlsStream::reset()
{
    m_handler = nullptr;
    m_handshaking = nullptr;
    return m_below->reset();
}

capture::SocketFacts TlsStream::facts() const
{
    return m_below->facts();
}

} // namespace frameglass::transport
