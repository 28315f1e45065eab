// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "system_error.h"

#include "core/capture/record.h"
#include "core/protocol/octets.h"
#include "core/protocol/time.h"

#include <cstddef>
#include <utility>

/// Byte streams and how they end. Everything here belongs to the thread that runs the io_context.
namespace frameglass::transport {

/// Why nothing more will come from a stream, or go into it, apart from FIN: reset, time-out or another errno.
struct StreamBroken
{
    capture::TransportEnd end = capture::TransportEnd::Error; ///< ResetReceived, TimedOut or Error
    SystemError error;
};

/// Told what happens on a stream, in order. Each call comes from the loop, none from inside a call to the stream,
/// except written(), sendEnded() and observed(), which flush() may make.
class StreamHandler
{
public:
    virtual ~StreamHandler() = default;
    /// The octets of one read of the socket; valid during the call only.
    virtual void received(protocol::OctetView octets, TimePoint now) = 0;
    /// FIN: the peer will send no more. Ours may still go out.
    virtual void receiveEnded(TimePoint now) = 0;
    /// One write took this many octets.
    virtual void written(std::size_t octets, TimePoint now) = 0;
    /// Our FIN is out; everything queued before it was handed to the system.
    virtual void sendEnded(TimePoint now) = 0;
    /// Something that passed besides the octets: a TLS message.
    virtual void observed(capture::RecordBody record, TimePoint now) = 0;
    /// The last call: neither direction works any more. What had arrived before was delivered first.
    virtual void broken(const StreamBroken &how, TimePoint now) = 0;
};

/// A connected stream: TCP, or TLS over another one.
class Stream
{
public:
    virtual ~Stream() = default;

    /// Begins to read, or hands the stream over to another handler. `handler` must outlive the stream, its close() or
    /// the next handler's start.
    virtual void start(StreamHandler &handler) = 0;

    /// Gives back octets of the present received(), for the handler that is started before that call returns.
    void putBack(protocol::OctetView octets) { protocol::append(m_putBack, octets); }

    /// Queues octets; flush() hands all that is queued to the system in one gathered write where it takes them.
    /// While more than the limit is queued, reading stands still until half of it has gone.
    virtual void send(protocol::Octets octets) = 0;
    virtual void flush(TimePoint now) = 0;
    virtual std::size_t queuedOctets() const = 0;

    /// FIN after what is queued; at the next flush().
    virtual void shutdownSend() = 0;

    /// Reads what has arrived but was not read (bounded), handing it to the handler; for an end without RST.
    virtual void drain(TimePoint now) = 0;

    /// Ends both ways now; no call to the handler follows. Says ResetByUs where octets were left unread, since the
    /// system then sends RST instead of FIN (RFC 2525 §2.17), otherwise ClosedByUs.
    virtual capture::TransportEnd close() = 0;
    /// Ends both ways with RST on purpose.
    virtual capture::TransportEnd reset() = 0;

    /// As far as the system tells; the addresses stay known after the end.
    virtual capture::SocketFacts facts() const = 0;

protected:
    /// Hands octets to `handler`, and what that gives back to the one which follows it.
    void deliver(StreamHandler *&handler, protocol::OctetView octets, TimePoint now)
    {
        handler->received(octets, now);
        while (handler && !m_putBack.empty()) {
            const auto again = std::exchange(m_putBack, {});
            handler->received(again, now);
        }
    }

private:
    protocol::Octets m_putBack;
};

} // namespace frameglass::transport
