// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stream.h"
#include "tls_engine.h"

#include <deque>
#include <memory>

namespace frameglass::transport {

/// Told how the handshake goes; calls come from the loop or from inside handshake().
class TlsHandshakeHandler
{
public:
    virtual ~TlsHandshakeHandler() = default;
    /// TlsMessage for each message, then one TlsFacts.
    virtual void handshakeObserved(capture::RecordBody record, TimePoint now) = 0;
    /// The last call, one of these two. From inside established() the stream is started or closed.
    virtual void established(TimePoint now) = 0;
    /// FinReceived and what breaks a stream: the other end went away. ClosedByUs: we sent an alert (or the peer did)
    /// and FIN; the owner closes the stream when the peer has had time to read it.
    virtual void failed(const StreamBroken &why, TimePoint now) = 0;
};

/// TLS over another stream, by OpenSSL through memory BIOs: everything that passes is seen.
/// Offsets and lengths it tells are those of the octets inside TLS; an octet counts as written when the record that
/// carries it has left.
class TlsStream final : public Stream, private StreamHandler, public std::enable_shared_from_this<TlsStream>
{
public:
    TlsStream(std::shared_ptr<Stream> below, std::shared_ptr<const TlsContext> context, TlsPeer peer);
    ~TlsStream() override;

    /// Starts the stream below and the handshake.
    void handshake(TlsHandshakeHandler &handler, TimePoint now);
    /// Ends the handshake; no call to its handler follows. What is known so far.
    capture::TlsFacts abandon();

    void start(StreamHandler &handler) override;
    void send(protocol::Octets octets) override;
    void flush(TimePoint now) override;
    std::size_t queuedOctets() const override;
    void shutdownSend() override;
    void drain(TimePoint now) override;
    capture::TransportEnd close() override;
    capture::TransportEnd reset() override;
    capture::SocketFacts facts() const override;

private:
    /// Up to which octet of the sealed stream how many of the plain ones are carried.
    struct Mark
    {
        std::uint64_t sealed = 0;
        std::size_t plain = 0;
    };

    void received(protocol::OctetView octets, TimePoint now) override;
    void receiveEnded(TimePoint now) override;
    void written(std::size_t octets, TimePoint now) override;
    void sendEnded(TimePoint now) override;
    void observed(capture::RecordBody record, TimePoint now) override;
    void broken(const StreamBroken &how, TimePoint now) override;

    void goOn(TimePoint now);
    void readAll(TimePoint now);
    void seal();
    void takeSealed(std::size_t plain);
    void tell(TimePoint now);
    void fail(const StreamBroken &why, TimePoint now);

    std::shared_ptr<Stream> m_below;
    bool m_isServer;
    TlsEngine m_engine;
    TlsHandshakeHandler *m_handshaking = nullptr;
    StreamHandler *m_handler = nullptr;
    std::deque<protocol::Octets> m_queue; ///< not sealed yet
    std::size_t m_queued = 0;
    std::deque<Mark> m_marks; ///< sealed, not written yet
    std::uint64_t m_sealed = 0;
    std::uint64_t m_written = 0;
    bool m_shutdownWanted = false;
    bool m_shutdownDone = false;
    bool m_receiveEnded = false;
};

} // namespace frameglass::transport
