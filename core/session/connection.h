// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "heartbeat_policy.h"
#include "journal.h"
#include "responder.h"

#include "core/protocol/peer.h"
#include "core/transport/stream.h"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>

namespace frameglass::session {

class Connection;

/// Who made a connection. Calls come on the network thread.
class ConnectionOwner
{
public:
    virtual ~ConnectionOwner() = default;
    /// Server: decide by peer().accept() or refuse().
    virtual void requestArrived(Connection &connection, const std::vector<protocol::HandshakeFault> &faults) = 0;
    /// ConnectionEnded is recorded. The connection may be released now.
    virtual void connectionEnded(Connection &connection) = 0;
};

struct ConnectionOptions
{
    protocol::PeerOptions peer;
    HeartbeatOptions heartbeat;
    Nanoseconds upgradeLimit{0}; ///< connected → response or request head complete
    Nanoseconds closeLimit{0};   ///< our Close → the peer's Close, and Close exchanged → TCP end
};

/// The pump between one connected stream and one peer: octets in, output out, events to records. Also the only place
/// that knows when a connection is over. Network thread only.
class Connection final : public transport::StreamHandler, public std::enable_shared_from_this<Connection>
{
public:
    Connection(asio::io_context &context, std::shared_ptr<transport::Stream> stream, Journal journal,
               const ConnectionOptions &options, ConnectionOwner &owner, Responder *responder = nullptr);

    ~Connection() override;

    /// Records the socket's facts, begins the upgrade and reading.
    void start(TimePoint now);
    /// Client: sends the opening handshake; after start().
    void open(const protocol::HandshakeRequest &request, TimePoint now);

    capture::ConnectionId id() const { return m_journal.connection(); }
    protocol::Peer &peer() { return m_peer; }
    Journal &journal() { return m_journal; }

    void sendText(std::string_view text, std::uint32_t fragments);
    void sendBinary(protocol::OctetView payload, std::uint32_t fragments);
    void ping();
    void ping(protocol::OctetView payload);
    void pong(protocol::OctetView payload);
    void sendRaw(const protocol::RawFrame &frame);
    void setAutoPong(AutoPong mode, Nanoseconds delay);
    /// Before the connection is open this is disconnect().
    void close(std::optional<std::uint16_t> code, std::string_view reason);
    void halfClose();
    void disconnect(bool reset);

private:
    void received(protocol::OctetView octets, TimePoint now) override;
    void receiveEnded(TimePoint now) override;
    void written(std::size_t octets, TimePoint now) override;
    void sendEnded(TimePoint now) override;
    void observed(capture::RecordBody record, TimePoint now) override;
    void broken(const transport::StreamBroken &how, TimePoint now) override;

    void pump(TimePoint now);
    void takeOutput();
    bool drainPeer(TimePoint now);
    void drainHeartbeat(TimePoint now);
    void handle(protocol::HeadEvent &event, TimePoint now);
    void handle(protocol::PartialHead &event, TimePoint now);
    void handle(protocol::BodyEvent &event, TimePoint now);
    void handle(protocol::FrameEvent &event, TimePoint now);
    void handle(protocol::MessageEvent &event, TimePoint now);
    void handle(protocol::StateEvent &event, TimePoint now);
    void handle(protocol::ViolationEvent &event, TimePoint now);
    void handle(protocol::RequestArrived &event, TimePoint now);
    void handle(protocol::Established &event, TimePoint now);
    void awaitBody(const protocol::HttpHead &head, TimePoint now);
    protocol::RawFrame rawClose(std::uint16_t code, std::string_view reason) const;
    void actOnFrame(const protocol::FrameEvent &frame, TimePoint now);
    void settle(TimePoint now);
    void noMoreComes(TimePoint now);
    void endSoon(TimePoint now);
    enum class Ending { Close, Reset };
    void finish(Ending ending, TimePoint now);
    void finish(const transport::StreamBroken &how, TimePoint now);
    void recordEnd(TimePoint now);
    void endUpgrade(capture::StageOutcome outcome, TimePoint now, const transport::SystemError &error = {});
    void recordFacts(TimePoint now);
    bool mayQueue(std::size_t octets, TimePoint now);
    void watchQueue(TimePoint now);
    void outputStalled(TimePoint now);

    std::optional<TimePoint> nextDeadline() const;
    void arm();
    void timerFired();

    std::shared_ptr<transport::Stream> m_stream;
    Journal m_journal;
    protocol::Peer m_peer;
    HeartbeatPolicy m_heartbeat;
    ConnectionOwner &m_owner;
    Responder *m_responder;
    asio::steady_timer m_timer;
    std::optional<TimePoint> m_armedFor;

    protocol::MaskSource m_maskSource;
    Nanoseconds m_upgradeLimit;
    Nanoseconds m_closeLimit;
    Nanoseconds m_stallLimit;
    std::size_t m_queueLimit;
    TimePoint m_upgradeStart;
    TimePoint m_bodyLatest;
    std::optional<TimePoint> m_upgradeDeadline;
    std::optional<TimePoint> m_bodyDeadline;  ///< while the body of an answer that is not 101 comes in
    std::optional<TimePoint> m_closeDeadline; ///< the closing handshake, then the end of TCP
    std::optional<TimePoint> m_stallDeadline; ///< while the peer takes too little of a full output queue
    std::uint64_t m_sentAtStall = 0;          ///< octets sent when that deadline was set
    std::uint64_t m_octetsReceived = 0;
    std::uint64_t m_octetsSent = 0;
    bool m_upgrading = false;
    bool m_pumping = false;
    bool m_violates = false;    ///< the event that is being handled breaks a rule, which the next event says
    bool m_endWanted = false;   ///< the peer, or we, want no more of this connection
    bool m_ending = false;      ///< FIN is ordered; what comes in is no longer given to the peer
    bool m_nothingMore = false; ///< the peer said that it will send no more: FIN, or close_notify of TLS
    bool m_receiveEnded = false;
    bool m_sendEnded = false;
    bool m_finished = false;
};

} // namespace frameglass::session
