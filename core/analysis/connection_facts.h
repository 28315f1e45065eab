// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cadence_track.h"
#include "compression_track.h"
#include "core/capture/record.h"
#include "frame_track.h"
#include "heartbeat_track.h"
#include "reconnects.h"
#include "target_track.h"

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace frameglass::analysis {

using capture::ConnectionId;
using capture::Direction;
using capture::RecordId;

/// One record of a state machine's way, for the state diagram.
using StateStep = Recorded<capture::StateRecord>;

struct ViolationFact : Recorded<capture::ViolationRecord>
{
    RecordId frame = 0; ///< the frame it is about; 0 for heads and for octets that never became a frame
};

struct CloseFrameFact
{
    std::optional<std::uint16_t> code; ///< absent: empty payload
    std::string reason;                ///< octets as sent
    std::size_t payloadOctets = 0;
};

/// Frames of one direction, counted.
struct FlowCounters
{
    std::uint64_t frames = 0;
    std::uint64_t dataFrames = 0;
    std::uint64_t controlFrames = 0;
    std::uint64_t messages = 0;
    std::uint64_t payloadOctets = 0;
    std::uint64_t wireOctets = 0; ///< headers included
    std::optional<Recorded<protocol::FrameHeader>> lastFrame;
    std::optional<Recorded<protocol::FrameHeader>> lastDataFrame;
    std::uint64_t lastFrameOffset = 0;     ///< FrameRecord::streamOffset of lastFrame
    std::optional<Nanoseconds> lastOctets; ///< last read or write of any octets
    CadenceTrack cadence;                  ///< of data frames that begin a message
    std::uint64_t transferred = 0;         ///< octets that left or reached the socket, heads included
    std::uint64_t transfers = 0;           ///< reads or writes
    std::uint64_t headOctets = 0;          ///< of all heads of this direction
};

/// Our Close frame and the peer's, in the order they passed.
struct CloseOrder
{
    bool oursFirst = false;
    bool both = false;
    Nanoseconds first{0};
    Nanoseconds second{0};
    RecordId secondRecord = 0;
};

/// All that one connection's records say, folded in one pass and in O(1) for each record; lists are bounded by
/// `maximumListed` and their true length is counted beside them. Checks, life line, tables and reports read this and
/// nothing else. The fold needs frames without data payloads (Payloads::ControlOnly).
class ConnectionFacts
{
public:
    static constexpr std::size_t maximumListed = 1000;

    explicit ConnectionFacts(ConnectionId connection = 0) : id(connection) {}

    /// Folds one record of this connection. Records come in ascending order.
    void add(const capture::Record &record);

    ConnectionId id;
    std::optional<Recorded<capture::ConnectionStarted>> started;
    std::optional<Recorded<capture::ListenerRecord>> listener; ///< this series is a listener's
    std::vector<Recorded<capture::StageChanged>> stages;
    std::optional<Recorded<capture::AddressesResolved>> resolved;
    std::vector<Recorded<capture::AddressTried>> addresses;
    std::optional<Recorded<capture::SocketFacts>> firstSocket; ///< at the connect
    std::optional<Recorded<capture::SocketFacts>> lastSocket;

    std::vector<Recorded<capture::DnsLookup>> dns;
    std::optional<Recorded<capture::ProxyUsed>> proxy;
    std::optional<Recorded<protocol::HttpHead>> proxyRequest; ///< our CONNECT
    std::optional<Recorded<protocol::HttpHead>> proxyResponse;
    std::optional<Recorded<capture::ProxyAnswered>> proxyAnswer;
    std::optional<Recorded<capture::TlsFacts>> tls;
    std::vector<Recorded<capture::TlsMessage>> tlsMessages; ///< bounded
    /// The first fatal alert of either side: why a handshake failed.
    std::optional<Recorded<capture::TlsMessage>> fatalAlert;
    std::optional<RecordId> closeNotifySent;
    std::optional<RecordId> closeNotifyReceived;
    const Recorded<capture::StageChanged> *lastOf(capture::Stage stage) const; ///< nullptr: never begun

    std::optional<Recorded<protocol::HttpHead>> request;
    bool requestPartial = false;                             ///< `request` never became whole
    std::optional<Recorded<protocol::HttpHead>> response;    ///< the last head of the response side (the 101)
    std::vector<Recorded<protocol::HttpHead>> informational; ///< 1xx heads before it, 101 excepted
    bool responsePartial = false;                            ///< `response` never became whole
    std::optional<RecordId> firstBodyRecord;
    protocol::Octets body;                                                ///< of an answer that is not 101, bounded
    std::uint64_t bodyOctets = 0;                                         ///< true length
    std::optional<Nanoseconds> firstReplyOctets;                          ///< first read after the request went out
    std::optional<Recorded<std::vector<std::byte>>> firstOctetsAfterHead; ///< bounded to 64, for trailing-bytes checks
    std::optional<Nanoseconds> connectTime; ///< the catalogue's RTT: how long the TCP connect took

    protocol::ConnectionState state = protocol::ConnectionState::Opening;
    std::vector<StateStep> steps;
    std::optional<Nanoseconds> openedAt;

    FlowCounters sent;
    FlowCounters received;
    const FlowCounters &flow(Direction direction) const { return direction == Direction::Sent ? sent : received; }

    std::vector<ViolationFact> violations; ///< bounded
    std::uint64_t violationCount = 0;

    FrameTrack framesSent;
    FrameTrack framesReceived;
    const FrameTrack &frames(Direction direction) const
    {
        return direction == Direction::Sent ? framesSent : framesReceived;
    }
    /// The received frame in which the stream ended. Its payload is not kept.
    std::optional<Recorded<capture::FrameRecord>> truncatedFrame;

    HeartbeatTrack heartbeat;
    CompressionTrack compression;
    /// Both ends keep streams for this connection at present.
    bool holdsStreams() const { return compression.agreed && openedAt && !ended; }

    std::optional<Recorded<CloseFrameFact>> closeSent;
    std::optional<Recorded<CloseFrameFact>> closeReceived;
    std::uint64_t dataFramesAfterClose = 0; ///< received after the peer's Close
    std::optional<RecordId> firstDataAfterClose;
    std::uint64_t controlFramesAfterClose = 0;
    std::uint64_t pongsAfterClose = 0; ///< of either side, after a Close of its own
    std::optional<RecordId> firstPongAfterClose;
    /// When the last octet of our Close left the socket, by the write boundaries.
    std::optional<Recorded<bool>> closeWritten;
    std::optional<CloseOrder> closeOrder() const;
    std::vector<Recorded<capture::TransportEnded>> transportEnds;
    std::optional<Recorded<capture::ConnectionEnded>> ended;

    /// Longest time without an octet either way while open, and when it began.
    Nanoseconds longestSilence{0};
    Nanoseconds longestSilenceBegan{0};
    std::optional<RecordId> longestSilenceAfter; ///< last record with octets before it
    std::optional<Nanoseconds> lastActivity;     ///< of octets either way
    std::optional<RecordId> lastActivityRecord;
    /// Before the first end that the peer caused: how long no octet had passed, since when, and after which record.
    std::optional<Recorded<Nanoseconds>> silenceBeforeEnd;

    std::uint64_t droppedRecords = 0;
    std::optional<Nanoseconds> lastTime; ///< of any record: "now" for a reopened capture

    bool isListener() const { return listener.has_value(); }
    bool isOver() const { return ended.has_value(); }
    capture::Vantage vantage() const;
    /// The direction in which the server's octets travel.
    Direction serverDirection() const;
    /// First transport end that the peer caused (FIN, RST, error), before one of ours.
    const Recorded<capture::TransportEnded> *peerEnd() const;
    /// The peer ended TCP although it had not sent a Close and we had not failed the connection: §7.1.5 code 1006.
    bool endedWithoutClose() const;
    /// We failed the connection (§7.1.7) before the peer ended it.
    bool failedByUs() const;

private:
    void addHead(const capture::Record &record, const capture::HeadRecord &head);
    void addBody(const capture::Record &record, const capture::BodyRecord &more);
    void addFrame(const capture::Record &record, const capture::FrameRecord &frame);
    void addTlsMessage(const capture::Record &record, const capture::TlsMessage &message);
    void addProxyHead(const capture::Record &record, const capture::HeadRecord &head);
    void addControl(const capture::Record &record, const capture::FrameRecord &frame);
    void addViolation(const capture::Record &record, const capture::ViolationRecord &violation);
    void addTransfer(const capture::Record &record, const capture::TransferBoundary &transfer);
    void addTransportEnd(const capture::Record &record, const capture::TransportEnded &end);
    void noteOctets(const capture::Record &record, Direction direction);
    void noteSilenceUntil(Nanoseconds time);

    std::optional<std::uint64_t> m_closeEndsAt; ///< octets sent when our Close has left
};

/// All connections of a capture, folded together: feed every record once, in order.
class CaptureFacts
{
public:
    void add(const capture::Record &record);
    const ConnectionFacts *find(ConnectionId id) const;
    const std::map<ConnectionId, std::unique_ptr<ConnectionFacts>> &connections() const { return m_connections; }
    std::vector<Recorded<capture::Dropped>> dropped;
    std::vector<Recorded<capture::Interrupted>> interrupted;
    Nanoseconds lastTime{0}; ///< of any record
    /// Which attempts belong together.
    const Reconnects &reconnects() const { return m_reconnects; }
    /// All attempts at the same target as this one; nullptr before it has begun.
    const TargetTrack *targetOf(const ConnectionFacts &facts) const;
    /// Most connections of one vantage that compressed at the same time.
    std::uint64_t mostCompressing(capture::Vantage vantage) const;

private:
    struct Compressing
    {
        std::uint64_t now = 0;
        std::uint64_t most = 0;
    };
    void noteTarget(const ConnectionFacts &facts, const TargetTrack::Before &before, const capture::Record &record);

    std::array<Compressing, 3> m_compressing; ///< by vantage
    std::map<ConnectionId, std::unique_ptr<ConnectionFacts>> m_connections;
    Reconnects m_reconnects;
    std::map<std::string, TargetTrack> m_targets;
    std::map<ConnectionId, TargetTrack *> m_targetOf;
};

} // namespace frameglass::analysis
