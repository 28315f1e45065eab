// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connection_state.h"
#include "frame.h"
#include "handshake.h"
#include "http_head.h"
#include "limits.h"
#include "message_assembler.h"
#include "permessage_deflate.h"
#include "violation.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace frameglass::protocol {

enum class Role : std::uint8_t { Client, Server };

/// The two ways to read a wire (law 2).
enum class Reading : std::uint8_t {
    Endpoint, ///< as strict as RFC 6455 asks; fails the connection with the right close code
    /// Notes violations and goes on as long as frames can be told apart. Fed with receive() alone it produces no
    /// output: a client's observer reads one response and the server's frames, a server's one request and the client's
    /// frames, and is open after a head that passes, after any 101 and after any request. Once open() was called, or
    /// with PeerOptions::awaitsAnswer, it is an endpoint told to keep going: it sends and answers, but fails nothing
    /// that can still be told apart.
    Observer,
};

enum class Direction : std::uint8_t { Sent, Received };

// ---- Events: what happened, in order. A closed set; visit without a default. ----------------------------------

/// A whole head went out or came in. Its octets are complete, also those before the start line.
struct HeadEvent
{
    Direction direction;
    std::shared_ptr<const HttpHead> head; ///< never null; shared so that events stay small
};

/// A head that never became whole: the limit was reached or the transport ended.
struct PartialHead
{
    Direction direction;
    HeadKind kind;
    Octets raw;
};

/// Body octets of a response that is not 101 (chunked framing included), as they arrive; kept up to Limits::bodyOctets.
/// Also what follows a 101 that did not establish the connection.
struct BodyEvent
{
    Direction direction;
    Octets octets;
    std::uint64_t skipped = 0; ///< octets over the limit, counted only
};

/// The payload of a compressed frame as meant: what it inflated to, or what was deflated into it. A message that a
/// violation stopped ends early.
struct Inflated
{
    Octets payload;
    std::chrono::nanoseconds cost{0}; ///< spent on (de)compression, by PeerOptions::stopwatch
};

/// A frame, legal or not. For a received frame that a violation or the transport's end cut short,
/// payload.size() < header.payloadLength. An endpoint fails at the header where the header is wrong, so such a frame
/// has no payload; one over Limits::framePayloadOctets has none either.
struct FrameEvent
{
    Direction direction;
    FrameHeader header;
    Octets payload;                     ///< unmasked, otherwise as sent (compressed)
    std::uint64_t streamOffset = 0;     ///< of the header's first octet, counted from the first octet after the head
    std::shared_ptr<Inflated> inflated; ///< of a frame of a compressed message; the receiver of the event may empty it

    bool complete() const { return payload.size() == header.payloadLength; }
    /// As the sender meant it.
    OctetView meant() const { return inflated ? OctetView(inflated->payload) : OctetView(payload); }
};

/// A data message is whole. For a message in one frame the payload is in that frame's event and `payload` is empty.
struct MessageEvent
{
    Direction direction;
    Opcode opcode;
    std::uint64_t octets = 0;      ///< as sent, over all fragments
    std::uint64_t octetsMeant = 0; ///< as meant: inflated where it is compressed
    std::uint32_t fragments = 1;
    bool compressed = false;
    Octets payload; ///< as meant; only when fragments > 1 and PeerOptions::deliverMessages
};

struct StateEvent
{
    ConnectionState from;
    ConnectionState to;
    Trigger trigger;
};

struct ViolationEvent
{
    Direction direction; ///< of the octets that broke the rule
    Violation violation;
    std::uint64_t streamOffset = 0; ///< of the frame; for heads, the offset inside the head
    std::string detail;             ///< the offending value or name, bounded, printable
};

/// The server's peer has read a request and waits for accept() or refuse(). Frames glued to the request wait.
struct RequestArrived
{
    std::vector<HandshakeFault> faults; ///< empty: a valid opening handshake
};

/// The opening handshake is done.
struct Established
{
    std::optional<std::string> subprotocol;
    std::vector<Extension> extensions;
};

using PeerEvent = std::variant<HeadEvent, PartialHead, BodyEvent, FrameEvent, MessageEvent, StateEvent, ViolationEvent,
                               RequestArrived, Established>;

// ---- Output: what the transport must do, in order. -------------------------------------------------------------

struct SendOctets
{
    Octets octets;
};
struct HalfClose // send FIN, keep reading; the caller bounds the wait for the peer's end
{};
struct EndTransport // close both ways at once
{};
using PeerOutput = std::variant<SendOctets, HalfClose, EndTransport>;

/// Fills four octets with unpredictable ones (RFC 6455 §5.3, §10.3). Tests give a counter.
using MaskSource = std::function<MaskKey()>;

/// Reads a monotonic clock, to tell what compression costs: the peer itself knows no time (law 3).
using Stopwatch = std::function<std::chrono::nanoseconds()>;

struct PeerOptions
{
    Role role = Role::Client;
    Reading reading = Reading::Endpoint;
    Limits limits;
    bool autoPong = true;           ///< answer each Ping at once; off when a policy answers later or never
    bool deliverMessages = true;    ///< keep fragments so that MessageEvent carries the joined payload
    bool reportSentMessages = true; ///< MessageEvents also for sent messages of one frame
    /// Server, Observer: wait for accept() or refuse() after a request, as an Endpoint always does.
    bool awaitsAnswer = false;
    /// receive() stops at a Close frame, and at what fails an open connection, until proceed().
    bool pausesBeforeEnd = false;
    MaskSource maskSource; ///< needed by a client endpoint
    Stopwatch stopwatch;   ///< absent: costs are not measured
};

/// A frame to send exactly as described, also an illegal one (the raw header editor). `header.payloadLength` may
/// differ from the payload's size.
struct RawFrame
{
    FrameHeader header;
    Octets payload; ///< unmasked; masked with header.maskKey on the way out
};

/// One end of one connection without socket, thread or clock: octets in, octets and events out. Not thread-safe.
/// After each call drain takeOutput(), then takeEvents(), before returning to the loop.
class Peer
{
public:
    explicit Peer(PeerOptions options);
    ~Peer();
    Peer(Peer &&) noexcept;
    Peer &operator=(Peer &&) noexcept;

    // -- opening
    /// Client: sends the opening handshake (RFC 6455 §4.1).
    void open(const HandshakeRequest &request);
    /// Client, pure Observer: the request that the response will answer, so that its Accept value can be judged.
    void observeRequest(HttpHead request);
    /// Server, pure Observer: the response to the request that it read, so that it is known what was agreed. Until then
    /// permessage-deflate counts as agreed where the request offers it.
    void observeResponse(HttpHead response);
    /// Server, after RequestArrived: answers 101 and goes on with octets that waited.
    void accept(const HandshakeResponse &response);
    /// Server, after RequestArrived: answers, half-closes, fails.
    void refuse(const HandshakeResponse &response);
    /// Server, after RequestArrived: octets of the caller's own instead of a well-formed answer (scripted responder).
    /// Without `established` it half-closes after them and fails.
    void answerRaw(OctetView octets, bool established);

    // -- octets
    /// A client ends TCP on a response that fails it (RFC 6455 §4.1), after the body of one that is not 101: until then
    /// the state stays Opening. 1xx responses other than 101 are passed over (RFC 9110 §15.2). A server answers a head
    /// over the limits and one that was cut short by itself (431, 400), everything else waits for accept() or refuse().
    void receive(OctetView octets);
    /// With PeerOptions::pausesBeforeEnd, where the connection is about to end: the frame and its violations are told,
    /// the answer to it (Close) is not given yet, and what came before can still be answered. This goes on, also with
    /// the octets that followed. False when there was nothing to go on with. Call it before the next receive().
    bool proceed();
    /// The peer sent FIN: no more octets will arrive. Ours may still go out.
    void receiveEnd();
    /// Reset, time-out or a local end: neither direction works any more.
    void transportEnded();

    // -- sending; each is ignored (returns false) in a state where it may not be sent
    /// Text that is not UTF-8 is not sent; sendRaw() can.
    bool sendText(std::string_view text, std::uint32_t fragments = 1);
    bool sendBinary(OctetView payload, std::uint32_t fragments = 1);
    /// A fragment under the caller's control: `opcode` Continuation for all but the first.
    bool sendFragment(Opcode opcode, bool fin, OctetView payload);
    bool ping(OctetView payload);
    bool pong(OctetView payload);
    /// Close with a code and a reason cut to fit at a character boundary; without a code for an empty payload. A code
    /// that is not legal on the wire is not sent; sendRaw() can.
    bool close(std::optional<std::uint16_t> code, std::string_view reason = {});
    /// Sends as described in any state after the handshake until we half-close. Never judged, always recorded; a whole
    /// Close frame counts as ours.
    bool sendRaw(const RawFrame &frame);
    /// Fail the connection for a reason of ours (time-out, limit): Close where allowed, then end both ways. After the
    /// closing handshake it only ends TCP, and the connection is closed cleanly.
    void fail(CloseCode code, std::string_view reason);

    /// Sends FIN: from now on nothing leaves any more, answers included, and no state says that it did.
    void halfClose();

    void setAutoPong(bool on);

    // -- results
    std::vector<PeerOutput> takeOutput();
    std::vector<PeerEvent> takeEvents();

    ConnectionState state() const;
    Role role() const;
    Reading reading() const;
    /// The request that was sent or received, once it was.
    const HttpHead *request() const;
    const HttpHead *response() const;
    /// How messages are compressed, once that is agreed.
    const std::optional<DeflateAgreement> &deflate() const;
    /// Code and reason of the peer's Close frame; nothing before it. A frame without code: 1005.
    struct CloseInfo
    {
        std::uint16_t code;
        std::string reason;
    };
    /// The reason is as received, also when it is not UTF-8.
    const std::optional<CloseInfo> &closeReceived() const;
    const std::optional<CloseInfo> &closeSent() const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace frameglass::protocol
