// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "body_extent.h"
#include "peer.h"

namespace frameglass::protocol {

/// The peer's parts share this state: peer_opening.cpp (heads), peer_frames.cpp (frames that arrive), peer_sending.cpp
/// (frames that leave) and peer.cpp (states, ends, results).
class Peer::Private
{
public:
    explicit Private(PeerOptions given);

    // -- states and ends (peer.cpp)
    void change(Trigger trigger);
    void receiveEnd();
    void transportEnded();
    /// Everything unfinished becomes a record, then the trigger.
    void endOfInput();
    void failFor(Violation violation);
    void halfClose();
    void endTransport();
    /// True when what ends the connection has to wait for proceed().
    bool pauseAt(std::variant<Violation, Octets> end);
    bool proceed();

    /// Whether this is an end of the connection: an endpoint, or an observer that was told to open or accept.
    bool takesPart() const { return options.reading == Reading::Endpoint || opened || options.awaitsAnswer; }
    /// Whether anything may be sent at all.
    bool speaks() const { return takesPart() && !halfClosed; }
    /// Whether a violation is only noted: always for an observer; for all once the peer's Close arrived.
    bool keepsGoing() const { return options.reading == Reading::Observer || closeReceived.has_value(); }
    bool isServer() const { return options.role == Role::Server; }

    template<typename Event>
    void emit(Event &&event)
    {
        if (events.empty()) // as many as the last time: growing moves them all
            events.reserve(expectedEvents);
        events.emplace_back(std::forward<Event>(event));
    }
    void emitViolation(Direction direction, Violation violation, std::uint64_t offset, std::string_view detail);
    Octets &outputOctets();

    // -- opening (peer_opening.cpp)
    void open(const HandshakeRequest &wanted);
    void accept(const HandshakeResponse &answer);
    void refuse(const HandshakeResponse &answer);
    void answerRaw(OctetView octets, bool established);
    void receive(OctetView octets);
    OctetView receiveHead(OctetView octets);
    void headArrived(HttpHead head);
    void requestArrived();
    void responseArrived();
    void headFailed(Violation violation);
    void headEnded();
    void sendHead(HeadKind kind, OctetView octets);
    void becomeOpen(std::optional<std::string> subprotocol, std::vector<Extension> extensions);
    void observeResponse(HttpHead head);
    void emitOfferFaults();
    void agreeOn(const std::optional<DeflateAgreement> &agreement);
    void receiveBody(OctetView octets);
    void keepWaiting(OctetView octets);
    void emitFaults(const std::vector<HandshakeFault> &faults);
    std::vector<HandshakeFault> judgedResponse() const;

    // -- frames that arrive (peer_frames.cpp)
    void receiveFrames(OctetView octets);
    OctetView readHeader(OctetView octets);
    void beginFrame(const FrameHeader &header, std::size_t headerOctets);
    void judgeHeader(const FrameHeader &header);
    void beginData(const FrameHeader &header);
    void takePayload(OctetView octets);
    void notePayload(Violation violation);
    void endFrame();
    void emitFrame();
    void endControl(const FrameHeader &header, const Octets &payload);
    void closeArrived(const Octets &payload);
    void emitMessage(Message message);
    void frameCutShort();
    bool isTooBig(const FrameHeader &header) const { return header.payloadLength > options.limits.framePayloadOctets; }
    std::optional<Violation> judgeClose(OctetView payload) const;

    // -- frames that leave (peer_sending.cpp)
    bool sendMessage(Opcode opcode, OctetView payload, std::uint32_t fragments);
    bool sendFragment(Opcode opcode, bool fin, OctetView payload);
    bool sendControl(Opcode opcode, OctetView payload);
    bool sendClose(std::optional<std::uint16_t> code, std::string_view reason);
    bool sendRaw(const RawFrame &frame);
    /// Returns how many octets of payload went out: fewer or more than given where they are compressed.
    std::uint64_t sendFrame(Opcode opcode, bool fin, OctetView payload);
    void writeFrame(const FrameHeader &header, Octets payload, std::shared_ptr<Inflated> meant = {});
    std::shared_ptr<Inflated> compress(OctetView payload, bool fin);
    void closeFrameSent(OctetView payload);

    /// What `work` does costs, by the stopwatch.
    template<typename Work>
    std::chrono::nanoseconds timed(Work work)
    {
        if (!options.stopwatch) {
            work();
            return {};
        }
        const auto before = options.stopwatch();
        work();
        return options.stopwatch() - before;
    }

    /// Gives the frame under way to the assembler; where it inflates, that costs.
    template<typename Work>
    void assemble(Work work)
    {
        if (frameInflated)
            inflateCost += timed(work);
        else
            work();
    }

    struct Noted
    {
        Violation violation;
        std::string detail;
    };

    /// What the octets that arrive belong to.
    enum class Stage {
        Head,    ///< the peer's request or response
        Waiting, ///< server: the answer to the request is not given yet
        Body,    ///< client: of a response that did not establish the connection
        Frames,
        Paused,  ///< before the end, until proceed()
        Ignored, ///< nothing is read any more
    };

    PeerOptions options;
    ConnectionState state = ConnectionState::Opening;
    Stage stage = Stage::Head;
    std::vector<PeerOutput> output;
    std::vector<PeerEvent> events;
    std::size_t expectedEvents = 0; ///< how many were taken the last time
    bool opened = false;            ///< client: the request is out
    bool inputEnded = false;        ///< the peer sent FIN
    bool halfClosed = false;        ///< we sent FIN
    bool transportEnding = false;   ///< EndTransport is out, or nothing stands any more

    Limits headLimits; ///< what is left for the heads to come
    HttpHeadReader headReader;
    std::shared_ptr<const HttpHead> request;
    std::shared_ptr<const HttpHead> response;
    std::optional<BodyExtent> body;
    std::uint64_t bodyKept = 0;
    Octets waiting; ///< octets glued to the request, or behind what paused us

    std::array<std::byte, maximumHeaderOctets> headerPart; ///< a header that has not arrived whole
    std::size_t headerPartOctets = 0;
    bool inFrame = false;
    FrameEvent frame;
    std::uint64_t frameReceived = 0; ///< payload octets so far
    std::uint64_t toSkip = 0;        ///< payload of a frame over the limit: told at its header, then only counted
    bool frameAssembled = false;     ///< its payload goes to the assembler
    bool frameInflated = false;      ///< and is inflated there
    bool messageAbandoned = false;   ///< observer: the rest of a message over a limit passes unjudged
    std::vector<Noted> noted;        ///< violations of the frame under way, told after it
    std::uint64_t receivedOffset = 0;
    MessageAssembler assembler;
    std::variant<Violation, Octets> pausedAt; ///< the violation that fails the connection, or the Close's payload
    std::chrono::nanoseconds inflateCost{0};  ///< of the frame under way

    std::optional<DeflateAgreement> deflate;
    std::optional<Deflater> deflater;
    bool deflating = false; ///< the message that is being sent is compressed
    Octets deflated;        ///< buffer of the frame that is being sent

    std::uint64_t sentOffset = 0;
    std::optional<Message> sending; ///< a fragmented message whose last fragment is not out yet
    std::optional<CloseInfo> closeReceived;
    std::optional<CloseInfo> closeSent;
};

} // namespace frameglass::protocol
