// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcp_stream.h"

#include "socket_facts.h"

#include <asio/buffer.hpp>
#include <asio/post.hpp>

#include <array>
#include <span>

namespace frameglass::transport {

namespace {

constexpr std::size_t readOctets = 64 * 1024;
constexpr int readsPerWakeUp = 4; // one busy peer must not starve the others
constexpr int readsPerDrain = 64;
constexpr std::size_t buffersPerWrite = 64; // Asio gathers no more in one system call

std::span<std::byte> sharedReadBuffer()
{
    static thread_local std::vector<std::byte> buffer(readOctets);
    return buffer;
}

bool isReset(const std::error_code &error)
{
    return error == asio::error::connection_reset || error == asio::error::broken_pipe ||
           error == asio::error::connection_aborted;
}

bool isWouldBlock(const std::error_code &error)
{
    return error == asio::error::would_block || error == asio::error::try_again || error == asio::error::interrupted;
}

} // namespace

TcpStream::TcpStream(asio::ip::tcp::socket socket, std::size_t queueLimit)
    : m_socket(std::move(socket)), m_queueLimit(queueLimit)
{
    asio::error_code ignored;
    m_socket.non_blocking(true, ignored);
    m_socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    asio::error_code error;
    if (const auto local = m_socket.local_endpoint(error); !error)
        m_local = endpointText(local);
    if (const auto remote = m_socket.remote_endpoint(error); !error)
        m_remote = endpointText(remote);
}

TcpStream::~TcpStream() = default;

void TcpStream::start(StreamHandler &handler)
{
    m_handler = &handler;
    waitReadable();
}

void TcpStream::send(protocol::Octets octets)
{
    if (octets.empty() || m_shutdownWanted || m_writeError)
        return;
    m_queued += octets.size();
    m_queue.push_back(std::move(octets));
}

void TcpStream::flush(TimePoint now)
{
    if (!m_waitingWritable)
        writeQueue(now);
}

void TcpStream::shutdownSend()
{
    m_shutdownWanted = true;
}

void TcpStream::drain(TimePoint now)
{
    for (int i = 0; i < readsPerDrain; ++i) {
        if (!m_handler || m_receiveEnded || readOnce(now) != ReadResult::More)
            return;
    }
}

capture::TransportEnd TcpStream::close()
{
    asio::error_code error;
    const bool unread = !m_receiveEnded && m_socket.available(error) > 0;
    forget();
    return unread ? capture::TransportEnd::ResetByUs : capture::TransportEnd::ClosedByUs;
}

capture::TransportEnd TcpStream::reset()
{
    asio::error_code ignored;
    m_socket.set_option(asio::socket_base::linger(true, 0), ignored);
    forget();
    return capture::TransportEnd::ResetByUs;
}

capture::SocketFacts TcpStream::facts() const
{
    capture::SocketFacts facts;
    facts.local = m_local;
    facts.remote = m_remote;
    readTcpInfo(m_socket, facts);
    return facts;
}

void TcpStream::forget()
{
    m_handler = nullptr;
    asio::error_code ignored;
    m_socket.close(ignored);
    m_queue.clear();
    m_queued = 0;
}

// -- reading --------------------------------------------------------------------------------------------------------

void TcpStream::waitReadable()
{
    if (m_waitingReadable || m_receiveEnded || !m_handler)
        return;
    m_waitingReadable = true;
    m_socket.async_wait(asio::socket_base::wait_read, [self = shared_from_this()](const std::error_code &error) {
        self->m_waitingReadable = false;
        if (!error && self->m_handler)
            self->readable();
    });
}

void TcpStream::readable()
{
    for (int i = 0; i < readsPerWakeUp; ++i) {
        if (m_queued > m_queueLimit && !m_writeError) {
            m_paused = true; // writeQueue() takes up reading again
            return;
        }
        const auto result = readOnce(std::chrono::steady_clock::now());
        if (result == ReadResult::Ended || !m_handler)
            return;
        if (result == ReadResult::Drained)
            break;
    }
    waitReadable();
}

TcpStream::ReadResult TcpStream::readOnce(TimePoint now)
{
    const auto buffer = sharedReadBuffer();
    asio::error_code error;
    const auto count = m_socket.read_some(asio::buffer(buffer.data(), buffer.size()), error);
    if (count > 0) {
        deliver(m_handler, buffer.first(count), now);
        // A short read has emptied the socket; whatever comes next wakes us again.
        return count == buffer.size() ? ReadResult::More : ReadResult::Drained;
    }
    if (isWouldBlock(error))
        return ReadResult::Drained;
    m_receiveEnded = true;
    // A failed write may have taken the socket's pending error, after which the read side only shows an end.
    if (m_writeError) {
        breakNow(m_writeError, now);
    } else if (error == asio::error::eof) {
        m_handler->receiveEnded(now);
        if (m_handler)
            waitBroken();
    } else {
        breakNow(error, now);
    }
    return ReadResult::Ended;
}

/// After FIN no read tells of a reset any more; the error condition of the socket does.
void TcpStream::waitBroken()
{
    m_socket.async_wait(asio::socket_base::wait_error, [self = shared_from_this()](const std::error_code &failed) {
        if (failed || !self->m_handler || self->m_writeError)
            return;
        asio::detail::socket_option::integer<SOL_SOCKET, SO_ERROR> pending;
        asio::error_code error;
        self->m_socket.get_option(pending, error);
        if (!error && pending.value() != 0)
            error.assign(pending.value(), asio::error::get_system_category());
        if (error)
            self->breakNow(error, std::chrono::steady_clock::now());
    });
}

void TcpStream::breakNow(const std::error_code &error, TimePoint now)
{
    auto *handler = m_handler;
    if (!handler)
        return;
    StreamBroken how;
    how.error = systemErrorOf(error);
    if (isReset(error))
        how.end = capture::TransportEnd::ResetReceived;
    else if (error == asio::error::timed_out)
        how.end = capture::TransportEnd::TimedOut;
    m_handler = nullptr;
    m_queue.clear();
    m_queued = 0;
    handler->broken(how, now);
}

// -- writing --------------------------------------------------------------------------------------------------------

void TcpStream::waitWritable()
{
    m_waitingWritable = true;
    m_socket.async_wait(asio::socket_base::wait_write, [self = shared_from_this()](const std::error_code &error) {
        self->m_waitingWritable = false;
        if (!error && self->m_handler)
            self->writeQueue(std::chrono::steady_clock::now());
    });
}

void TcpStream::writeQueue(TimePoint now)
{
    while (!m_queue.empty() && !m_writeError) {
        std::array<asio::const_buffer, buffersPerWrite> buffers;
        std::size_t used = 0;
        for (const auto &octets : m_queue) {
            if (used == buffers.size())
                break;
            const auto skip = used == 0 ? m_frontSent : 0;
            buffers[used++] = asio::buffer(octets.data() + skip, octets.size() - skip);
        }
        asio::error_code error;
        auto count = m_socket.write_some(std::span(buffers).first(used), error);
        if (error && !isWouldBlock(error)) {
            writeFailed(error);
            return;
        }
        if (error || count == 0) {
            waitWritable();
            break;
        }
        m_queued -= count;
        const auto taken = count;
        while (count > 0) {
            const auto left = m_queue.front().size() - m_frontSent;
            if (count < left) {
                m_frontSent += count;
                break;
            }
            count -= left;
            m_frontSent = 0;
            m_queue.pop_front();
        }
        if (m_handler)
            m_handler->written(taken, now);
    }
    if (m_queue.empty() && m_shutdownWanted && !m_sendEnded && !m_writeError) {
        m_sendEnded = true;
        asio::error_code error;
        m_socket.shutdown(asio::socket_base::shutdown_send, error);
        if (error)
            writeFailed(error);
        else if (m_handler)
            m_handler->sendEnded(now);
    }
    if (m_paused && m_queued <= m_queueLimit / 2) {
        m_paused = false;
        waitReadable();
    }
}

/// What arrived before the reset is delivered before the reset is told.
void TcpStream::writeFailed(const std::error_code &error)
{
    m_writeError = error;
    m_queue.clear();
    m_queued = 0;
    asio::post(m_socket.get_executor(), [self = shared_from_this()] {
        const auto now = std::chrono::steady_clock::now();
        self->m_paused = false;
        self->drain(now);
        self->breakNow(self->m_writeError, now);
    });
}

} // namespace frameglass::transport
