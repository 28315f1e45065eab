// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "socket_facts.h"
#include "stream.h"

#include <deque>
#include <memory>
#include <optional>

namespace frameglass::transport {

/// A TCP connection, or one over a Unix socket. Reads through one buffer that all streams of the thread share, so an
/// idle connection holds none.
class SocketStream final : public Stream, public std::enable_shared_from_this<SocketStream>
{
public:
    /// `socket` is connected. Reading stands still while more than `queueLimit` octets wait to be sent.
    SocketStream(StreamSocket socket, std::size_t queueLimit);
    ~SocketStream() override;

    void start(StreamHandler &handler) override;
    void send(protocol::Octets octets) override;
    void flush(TimePoint now) override;
    std::size_t queuedOctets() const override { return m_queued; }
    void shutdownSend() override;
    void drain(TimePoint now) override;
    capture::TransportEnd close() override;
    capture::TransportEnd reset() override;
    capture::SocketFacts facts() const override;

    /// True while the output queue keeps the stream from reading.
    bool readingPaused() const { return m_paused; }

private:
    enum class ReadResult { More, Drained, Ended };
    void waitReadable();
    void readable();
    ReadResult readOnce(TimePoint now);
    void waitWritable();
    void writeQueue(TimePoint now);
    void writeFailed(const std::error_code &error);
    void waitBroken();
    void breakNow(const std::error_code &error, TimePoint now);
    void forget();

    mutable StreamSocket m_socket;
    StreamHandler *m_handler = nullptr;
    std::deque<protocol::Octets> m_queue;
    std::size_t m_frontSent = 0; ///< octets of the first entry that are out
    std::size_t m_queued = 0;
    std::size_t m_queueLimit;
    std::string m_local;
    std::string m_remote;
    std::error_code m_writeError;
    bool m_waitingReadable = false;
    bool m_waitingWritable = false;
    bool m_paused = false;
    bool m_receiveEnded = false;
    bool m_shutdownWanted = false;
    bool m_sendEnded = false;
};

} // namespace frameglass::transport
