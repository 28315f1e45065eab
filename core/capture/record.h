// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/connection_state.h"
#include "core/protocol/frame.h"
#include "core/protocol/http_head.h"
#include "core/protocol/peer.h"
#include "core/protocol/time.h"
#include "core/protocol/violation.h"
#include "tls_record.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// Records are what everything downstream folds over: immutable, ordered, and the same whether a connection is live,
/// reopened or imported. Every field is a fact; nothing is judged here.
namespace frameglass::capture {

using protocol::Direction;
using protocol::Octets;
using protocol::OctetView;

/// Position in the capture, from 1, without gaps.
using RecordId = std::uint64_t;

/// A connection (one attempt, or one accepted socket) or a listener; from 1 in order of appearance.
using ConnectionId = std::uint32_t;

/// From which end the records of a connection were made. For an Observer, Sent means client → server.
enum class Vantage : std::uint8_t { Client, Server, Observer };

/// Proxy: through the forward proxy to the server.
enum class Stage : std::uint8_t { Resolve, Tcp, Proxy, Tls, Upgrade };
enum class StageOutcome : std::uint8_t { Started, Succeeded, Failed, TimedOut, Cancelled };

/// First record of a connection.
struct ConnectionStarted
{
    Vantage vantage = Vantage::Client;
    std::string url;                      ///< with secrets; the file keeps them apart
    std::string label;                    ///< what the user calls it; empty: derived from the URL
    std::optional<ConnectionId> listener; ///< of an accepted connection
    std::uint32_t attempt = 1;            ///< counts the attempts of one series
    std::optional<ConnectionId> series;   ///< first attempt of the series; absent for the first
    std::vector<std::string> offeredSubprotocols;
    bool autoPong = true;
    std::optional<Nanoseconds> pingInterval;
    std::optional<Nanoseconds> pingTimeout;
    std::optional<ConnectionId> redirectedFrom; ///< whose redirect this attempt follows
    bool anyCertificate = false;                ///< the user wanted to go on whatever the certificate
};

/// A stage of getting connected began or ended.
struct StageChanged
{
    Stage stage = Stage::Resolve;
    StageOutcome outcome = StageOutcome::Started;
    Nanoseconds elapsed{0}; ///< since the stage began
    int error = 0;          ///< errno, or EAI_* for Resolve; 0 where none
    std::string message;    ///< the system's text for `error`, untranslated
};

struct AddressesResolved
{
    std::string host;
    std::vector<std::string> addresses; ///< "127.0.0.1:9001", "[::1]:9001", in the order they will be tried
    bool given = false;                 ///< by the user for this host, not by the system's resolver
};

/// A resource record of an answer (RFC 1035 §3.2.1).
struct DnsResource
{
    std::string name;
    std::string type;      ///< "A", "AAAA", "CNAME", "SRV"
    std::string data;      ///< "192.0.2.1"; of SRV "priority weight port target"
    std::uint32_t ttl = 0; ///< s
    friend bool operator==(const DnsResource &, const DnsResource &) = default;
};

/// One question that was asked of the name servers themselves, beside the system's resolver that the connection uses.
struct DnsLookup
{
    std::string name;
    std::string type;    ///< asked for
    std::string outcome; ///< "answered", "nxdomain", "nodata", "servfail", "refused", "timed-out", "failed"
    std::string message; ///< the library's text of a failure
    std::string server;  ///< "192.0.2.53:53"; empty: not known which one answered
    Nanoseconds elapsed{0};
    std::vector<DnsResource> resources;
};

enum class ProxyKind : std::uint8_t { HttpConnect, Socks5 };
enum class ProxySource : std::uint8_t { User, Environment, System };

/// The connection goes through a forward proxy.
struct ProxyUsed
{
    ProxyKind kind = ProxyKind::HttpConnect;
    std::string address; ///< "proxy.example:3128", without credentials
    ProxySource source = ProxySource::User;
    bool credentials = false; ///< there are some for it
    std::string target;       ///< what it is asked to connect to, "example.com:443"
};

/// The proxy's verdict on our CONNECT (its heads are HeadRecords of Hop::Proxy) or SOCKS request.
struct ProxyAnswered
{
    int code = 0; ///< status of HTTP; REP of SOCKS5 (RFC 1928 §6), or -1 where it accepts no method we know
    std::string message;
};

/// One address tried.
struct AddressTried
{
    std::string address;
    Nanoseconds elapsed{0};
    int error = 0; ///< errno; 0: connected
    std::string message;
};

/// Facts of a connected socket, recorded at the connect, with each heartbeat and at the end.
struct SocketFacts
{
    std::string local;
    std::string remote;
    bool noDelay = false;
    std::optional<Nanoseconds> tcpRtt; ///< TCP_INFO, where the system has it
    std::optional<Nanoseconds> tcpRttVar;
    std::optional<std::uint32_t> retransmits; ///< segments, whole life
    std::optional<std::uint32_t> unacked;     ///< segments in flight
};

/// One read from (or write to) the socket: where its octets stand in the connection's stream of that direction. Over
/// TLS the octets are those inside it, what one read of the socket brought to light together.
struct TransferBoundary
{
    Direction direction = Direction::Received;
    std::uint64_t offset = 0; ///< octets since the connection was made, heads included
    std::uint32_t length = 0;
};

/// Whose head or body it is: the server's, or that of a forward proxy on the way to it.
enum class Hop : std::uint8_t { Server, Proxy };

/// A request or response head, octet for octet. Parse with protocol::parseHead.
struct HeadRecord
{
    Direction direction = Direction::Sent;
    protocol::HeadKind kind = protocol::HeadKind::Request;
    bool complete = true;
    Octets raw;
    Hop hop = Hop::Server;
};

/// Octets of a body that followed a head which is not 101.
struct BodyRecord
{
    Direction direction = Direction::Received;
    Octets octets;
    std::uint64_t skipped = 0; ///< octets over the limit that were counted, not kept
    Hop hop = Hop::Server;
};

/// What a frame of a compressed message means (RFC 7692): its share of the message, inflated.
struct InflatedPayload
{
    std::uint64_t octets = 0;
    Nanoseconds cost{0}; ///< spent on inflating it, or on deflating what we sent
    Octets payload;      ///< empty when read without payload
    /// The first octets, zeros behind a shorter one. They come without payload too, so that folds see what it is.
    std::array<std::byte, 4> begin{};

    static InflatedPayload of(Octets &&payload, Nanoseconds cost)
    {
        InflatedPayload inflated{payload.size(), cost, std::move(payload), {}};
        inflated.setBegin(inflated.payload);
        return inflated;
    }
    void setBegin(OctetView of) { std::ranges::copy(of.first(std::min(of.size(), begin.size())), begin.begin()); }
    friend bool operator==(const InflatedPayload &, const InflatedPayload &) = default;
};

struct FrameRecord
{
    Direction direction = Direction::Received;
    protocol::FrameHeader header;
    std::uint64_t streamOffset = 0;  ///< of the header, from the first octet after the head
    std::uint64_t payloadOctets = 0; ///< on hand; less than header.payloadLength where it was cut short
    Octets payload;                  ///< unmasked; empty when read without payload (control payloads always come)
    std::optional<InflatedPayload> inflated; ///< of a compressed message, as far as it could be inflated

    bool complete() const { return payloadOctets == header.payloadLength; }
    /// Octets as meant: inflated where it was compressed.
    std::uint64_t octetsMeant() const { return inflated ? inflated->octets : payloadOctets; }
    const Octets &payloadMeant() const { return inflated ? inflated->payload : payload; }
};

/// A message of more than one fragment is whole. (A message in one frame is that frame.)
struct MessageRecord
{
    Direction direction = Direction::Received;
    protocol::Opcode opcode = protocol::Opcode::Text;
    std::uint64_t octets = 0; ///< as sent
    std::uint32_t fragments = 1;
    bool compressed = false;
    std::uint64_t octetsMeant = 0; ///< inflated; the same as `octets` where it is not compressed
};

struct StateRecord
{
    protocol::ConnectionState from;
    protocol::ConnectionState to;
    protocol::Trigger trigger;
};

struct ViolationRecord
{
    Direction direction = Direction::Received;
    protocol::Violation violation;
    std::uint64_t streamOffset = 0;
    std::string detail;
};

enum class HeartbeatKind : std::uint8_t {
    PingSent,        ///< a scheduled or manual ping left; the frame is its own record
    PongMatched,     ///< `rtt` is known
    PongLate,        ///< matched after its time-out; `rtt` is known
    PongUnsolicited, ///< no ping of ours carries this payload
    PongMissed,      ///< the time-out of ping `id` passed
    AutoPongDelayed, ///< our answer to the peer's ping waits for `rtt`
    AutoPongWithheld ///< auto-pong is off: the peer's ping stays unanswered
};

struct HeartbeatRecord
{
    HeartbeatKind kind = HeartbeatKind::PingSent;
    std::uint64_t id = 0; ///< of our ping, from 1; 0 where there is none
    std::optional<Nanoseconds> rtt;
    std::optional<Nanoseconds> nextDue; ///< PingSent: time of the next scheduled ping, since the capture's start
};

/// How one direction of the transport ended. FIN, RST and local ends are told apart.
enum class TransportEnd : std::uint8_t {
    FinReceived,   ///< the peer will send no more; we still can
    FinSent,       ///< we half-closed
    ResetReceived, ///< ECONNRESET, EPIPE after a reset
    Error,         ///< any other errno
    TimedOut,      ///< ETIMEDOUT of the kernel
    ClosedByUs,    ///< close() after both directions were done, or by the user
    ResetByUs,     ///< close with unread octets or linger 0
};

struct TransportEnded
{
    TransportEnd end = TransportEnd::FinReceived;
    int error = 0;
    std::string message;
};

/// Last record of a connection.
struct ConnectionEnded
{
    bool wasClean = false;     ///< closing handshake complete and TCP ended
    std::uint16_t code = 1006; ///< as RFC 6455 §7.1.5 defines it for this end
    std::string reason;
};

/// A listening socket came or went.
struct ListenerRecord
{
    bool listening = true;
    std::string address;   ///< "127.0.0.1:9001"
    std::string responder; ///< "echo"
    std::vector<std::string> subprotocols;
    std::string originRule;
    std::optional<Nanoseconds> pingInterval;
    int error = 0; ///< why it could not listen
    std::string message;
};

/// Something was not recorded. Nothing is lost silently (law 5).
struct Dropped
{
    std::uint64_t records = 0;
    std::uint64_t octets = 0;
    std::string reason;
};

/// The capture was reopened after its writer had not closed it.
struct Interrupted
{
    std::int64_t lastWriteWallMs = 0; ///< wall clock of the last commit, ms since 1970
};

struct Note
{
    std::string text;
};

using RecordBody = std::variant<ConnectionStarted, StageChanged, AddressesResolved, AddressTried, SocketFacts,
                                TransferBoundary, HeadRecord, BodyRecord, FrameRecord, MessageRecord, StateRecord,
                                ViolationRecord, HeartbeatRecord, TransportEnded, ConnectionEnded, ListenerRecord,
                                Dropped, Interrupted, Note, TlsMessage, TlsFacts, DnsLookup, ProxyUsed, ProxyAnswered>;

/// Index of a body in the variant is its stable number in the file: append new kinds at the end only.
struct Record
{
    RecordId id = 0;
    ConnectionId connection = 0; ///< 0: the capture itself
    Nanoseconds time{0};         ///< since the capture's start
    RecordBody body;
};

template<typename T>
const T *as(const Record &record)
{
    return std::get_if<T>(&record.body);
}

} // namespace frameglass::capture
