// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.h"
#include "tests/vectors/rfc6455.h"

#include <gtest/gtest.h>

#include <set>

namespace frameglass::protocol {

namespace {
using V = Violation;

Limits smallLimits()
{
    Limits limits;
    limits.headOctets = 600;
    limits.headLines = 12;
    limits.framePayloadOctets = 1000;
    limits.messageOctets = 1500;
    limits.fragmentsPerMessage = 4;
    return limits;
}

struct FrameFault
{
    const char *name;
    Violation violation;
    Role receiver; ///< who judges
    const char *hex;
    unsigned closeCode; ///< 0: no Close frame goes out
    bool ends = false;  ///< the peer ends after these octets
};

// Octets of the sender, masked by 00000000 where the receiver is a server.
const FrameFault frameFaults[] = {
    {"RSV1 without an extension", V::ReservedBit, Role::Client, "c100", 1002},
    {"RSV3 on a Ping", V::ReservedBit, Role::Client, "9900", 1002},
    {"opcode 3", V::ReservedOpcode, Role::Client, "8300", 1002},
    {"opcode 15", V::ReservedOpcode, Role::Client, "8f00", 1002},
    {"unmasked frame to a server", V::MaskMissing, Role::Server, "810141", 1002},
    {"masked frame to a client", V::MaskUnexpected, Role::Client, "81810000000041", 1002},
    {"16-bit length for one octet", V::LengthNotMinimal, Role::Client, "827e000141", 1002},
    {"64-bit length for one octet", V::LengthNotMinimal, Role::Server,
     "82ff000000000000000100000000"
     "41",
     1002},
    {"top bit of the length", V::LengthTopBitSet, Role::Client, "827f8000000000000000", 1002},
    {"Ping without FIN", V::ControlFragmented, Role::Client, "0900", 1002},
    {"continuation without a start", V::ContinuationWithoutStart, Role::Client, "800141", 1002},
    {"text inside a fragmented text", V::MessageInterleaved, Role::Client,
     "010141"
     "810142",
     1002},
    {"end inside a payload", V::FrameTruncated, Role::Client, "810541", 0, true},
    {"end inside a header", V::FrameTruncated, Role::Server, "81850000", 0, true},
    {"text with C0", V::InvalidUtf8, Role::Client,
     "8103"
     "41c080",
     1007},
    {"text that ends inside a character", V::InvalidUtf8, Role::Client,
     "8102"
     "e282",
     1007},
    {"surrogate over two fragments", V::InvalidUtf8, Role::Server,
     "018100000000"
     "ed"
     "808200000000"
     "a080",
     1007},
    {"Close of one octet", V::ClosePayloadOneOctet, Role::Client, "880103", 1002},
    {"Close with 1005", V::CloseCodeIllegal, Role::Client, "880203ed", 1002},
    {"Close with 999", V::CloseCodeIllegal, Role::Server, "88820000000003e7", 1002},
    {"Close with 5000", V::CloseCodeIllegal, Role::Client, "88021388", 1002},
    {"Close reason with FF", V::CloseReasonInvalidUtf8, Role::Client, "880303e8ff", 1007},
    {"data after Close", V::DataAfterClose, Role::Client,
     "880203e8"
     "810141",
     1000},
    {"1,001 octets, limit 1,000", V::FrameTooBig, Role::Client, "827e03e9", 1009},
    {"2^62 octets", V::FrameTooBig, Role::Server, "82ff400000000000000000000000", 1009},
    {"five fragments, limit four", V::TooManyFragments, Role::Client,
     "0200"
     "0000"
     "0000"
     "0000"
     "0000",
     1008},
};

PeerOptions optionsFor(Role role, Reading reading)
{
    PeerOptions options;
    options.role = role;
    options.reading = reading;
    options.limits = smallLimits();
    return options;
}

/// A peer whose opening handshake is done.
Driven established(Role role, Reading reading, bool pure = false)
{
    PeerOptions options = optionsFor(role, reading);
    options.awaitsAnswer = !pure;
    Driven driven(options);
    if (role == Role::Server) {
        driven.receive(viewOf(vectors::sampleRequest));
    } else {
        if (!pure)
            driven.peer.open(sampleHandshake(vectors::sampleKey));
        driven.receive(viewOf(vectors::sampleResponse));
    }
    driven.drain();
    EXPECT_EQ(driven.peer.state(), ConnectionState::Open);
    driven.events.clear();
    driven.outputs.clear();
    return driven;
}

/// Code of the first Close frame that was sent.
unsigned closeCodeSent(const Driven &driven)
{
    for (const PeerEvent &event : driven.events)
        if (const auto *frame = std::get_if<FrameEvent>(&event))
            if (frame->direction == Direction::Sent && frame->header.is(Opcode::Close) && frame->payload.size() >= 2)
                return std::to_integer<unsigned>(frame->payload[0]) << 8 | std::to_integer<unsigned>(frame->payload[1]);
    return 0;
}

Octets longPing()
{
    return frameOctets(0x89, Octets(126));
}

Octets tooBigMessage()
{
    return frameOctets(0x02, Octets(1000)) + frameOctets(0x80, Octets(501));
}

struct HeadFault
{
    const char *name;
    Violation violation;
    const char *from; ///< in the sample head
    const char *to;
    int status; ///< of the server's refusal; 0 for a client
};

const HeadFault requestFaults[] = {
    {"no target", V::StartLineMalformed, "GET /chat HTTP/1.1", "GET HTTP/1.1", 400},
    {"BOM before GET", V::StartLineMalformed, "GET", "\xEF\xBB\xBFGET", 400},
    {"HTTP/1.0", V::HttpVersionNot11, "HTTP/1.1", "HTTP/1.0", 400},
    {"space before colon", V::FieldLineMalformed, "Origin:", "Origin :", 400},
    {"second Host", V::FieldLineMalformed, "Origin:", "Host: b\r\nOrigin:", 400},
    {"POST", V::MethodNotGet, "GET", "POST", 405},
    {"no Host", V::HostMissing, "Host:", "X-Host:", 400},
    {"no Upgrade", V::UpgradeHeaderMissing, "Upgrade: websocket\r\n", "", 400},
    {"Upgrade: h2c", V::UpgradeHeaderWrong, "Upgrade: websocket", "Upgrade: h2c", 400},
    {"no Connection", V::ConnectionHeaderMissing, "Connection: Upgrade\r\n", "", 400},
    {"Connection: close", V::ConnectionHeaderWrong, "Connection: Upgrade", "Connection: close", 400},
    {"no key", V::KeyMissing, "Sec-WebSocket-Key", "X-Key", 400},
    {"key of 15 octets", V::KeyInvalid, "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j", 400},
    {"two keys", V::KeyDuplicate, "Origin: http://example.com", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", 400},
    {"no version", V::VersionMissing, "Sec-WebSocket-Version: 13\r\n", "", 426},
    {"version 8", V::VersionUnsupported, "Version: 13", "Version: 8", 426},
    {"extension list with a stray ;", V::ExtensionMalformed, "Origin: http://example.com",
     "Sec-WebSocket-Extensions: permessage-deflate;", 400},
};

const HeadFault responseFaults[] = {
    {"empty line first", V::OctetsBeforeResponse, "HTTP/1.1 101", "\r\nHTTP/1.1 101", 0},
    {"status of four digits", V::StartLineMalformed, "101", "1010", 0},
    {"HTTP/1.0", V::HttpVersionNot11, "HTTP/1.1", "HTTP/1.0", 0},
    {"line without colon", V::FieldLineMalformed, "Upgrade: websocket", "Upgrade: websocket\r\nnonsense", 0},
    {"200", V::StatusNot101, "101 Switching Protocols", "200 OK", 0},
    {"no Upgrade", V::UpgradeHeaderMissing, "Upgrade: websocket\r\n", "", 0},
    {"Upgrade: websocket, h2c", V::UpgradeHeaderWrong, "Upgrade: websocket", "Upgrade: websocket, h2c", 0},
    {"no Connection", V::ConnectionHeaderMissing, "Connection: Upgrade\r\n", "", 0},
    {"Connection: keep-alive", V::ConnectionHeaderWrong, "Connection: Upgrade", "Connection: keep-alive", 0},
    {"no Accept", V::AcceptMissing, "Sec-WebSocket-Accept", "X-Accept", 0},
    {"Accept of another key", V::AcceptWrong, "s3pP", "S3pP", 0},
    {"two Accepts", V::AcceptDuplicate, "Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Accept: x", 0},
    {"subprotocol never offered", V::SubprotocolMismatch, "Protocol: chat", "Protocol: Chat", 0},
    {"two subprotocols", V::SubprotocolDuplicate, "Protocol: chat", "Protocol: chat\r\nSec-WebSocket-Protocol: chat",
     0},
    {"extension never offered", V::ExtensionUnrequested, "Sec-WebSocket-Protocol: chat",
     "Sec-WebSocket-Extensions: permessage-deflate", 0},
    {"extension list with a stray =", V::ExtensionMalformed, "Sec-WebSocket-Protocol: chat",
     "Sec-WebSocket-Extensions: a; b=", 0},
};

Octets changed(std::string_view head, const HeadFault &row)
{
    std::string text(head);
    const std::size_t at = text.find(row.from);
    EXPECT_NE(at, std::string::npos) << row.name;
    return octetsOf(text.replace(at, std::string_view(row.from).size(), row.to));
}

void expectFrameBefore(const Driven &driven, Violation violation, const char *name)
{
    bool frame = false;
    for (const PeerEvent &event : driven.events) {
        if (const auto *f = std::get_if<FrameEvent>(&event))
            frame = frame || f->direction == Direction::Received;
        if (const auto *v = std::get_if<ViolationEvent>(&event); v && v->violation == violation) {
            EXPECT_TRUE(frame) << name;
            return;
        }
    }
    ADD_FAILURE() << name << ": no violation";
}
} // namespace

TEST(PeerViolations, EndpointFailsFramesWithTheCloseCode)
{
    for (const FrameFault &row : frameFaults) {
        Driven driven = established(row.receiver, Reading::Endpoint);
        driven.receive(fromHex(row.hex));
        if (row.ends)
            driven.end();
        EXPECT_TRUE(driven.saw(row.violation)) << row.name;
        EXPECT_EQ(closeCodeSent(driven), row.closeCode) << row.name;
        if (row.violation == V::DataAfterClose) {
            EXPECT_EQ(driven.peer.state(), ConnectionState::CloseDone) << row.name;
            continue;
        }
        EXPECT_EQ(driven.peer.state(), ConnectionState::Failed) << row.name;
        EXPECT_TRUE(driven.sent().ends_with(row.ends ? " END" : " FIN")) << row.name << driven.sent();
        if (std::string_view(row.name) != "end inside a header")
            expectFrameBefore(driven, row.violation, row.name);
        if (row.closeCode != 0) {
            EXPECT_EQ(static_cast<unsigned>(*closeCodeFor(row.violation)), row.closeCode) << row.name;
        }
    }
}

TEST(PeerViolations, EndpointFailsLongFrames)
{
    const std::tuple<Octets, Violation, unsigned> rows[] = {{longPing(), V::ControlTooLong, 1002},
                                                            {tooBigMessage(), V::MessageTooBig, 1009}};
    for (const auto &[octets, violation, code] : rows) {
        Driven driven = established(Role::Client, Reading::Endpoint);
        driven.receive(octets);
        EXPECT_TRUE(driven.saw(violation));
        EXPECT_EQ(closeCodeSent(driven), code);
        EXPECT_EQ(driven.peer.state(), ConnectionState::Failed);
    }
}

// Both kinds of observer: one that only listens and an endpoint told to keep going.
TEST(PeerViolations, ObserverNotesAndGoesOn)
{
    for (const bool pure : {true, false}) {
        for (const FrameFault &row : frameFaults) {
            Driven driven = established(row.receiver, Reading::Observer, pure);
            Octets octets = fromHex(row.hex);
            if (row.violation == V::FrameTooBig && infoOf(row.violation).keepsFraming)
                octets = row.receiver == Role::Client ? octets + Octets(1001) : octets;
            driven.receive(octets);
            if (row.ends)
                driven.end();
            EXPECT_TRUE(driven.saw(row.violation)) << row.name;
            if (pure) {
                EXPECT_EQ(driven.sent(), "") << row.name;
            }
            const bool huge = std::string_view(row.name) == "2^62 octets";
            if (!infoOf(row.violation).keepsFraming || huge)
                continue;
            driven.events.clear();
            const bool server = row.receiver == Role::Server;
            driven.receive(frameOctets(0x89, viewOf("next"), server ? std::optional(sampleMask) : std::nullopt));
            ASSERT_FALSE(driven.events.empty()) << row.name;
            const auto *next = std::get_if<FrameEvent>(&driven.events.front());
            ASSERT_TRUE(next) << row.name;
            EXPECT_EQ(textOf(next->payload), "next") << row.name;
            EXPECT_FALSE(isFinal(driven.peer.state())) << row.name;
        }
        for (const Octets &octets : {longPing(), tooBigMessage()}) {
            Driven driven = established(Role::Client, Reading::Observer, pure);
            driven.receive(octets);
            driven.events.clear();
            driven.receive(fromHex("810141"));
            EXPECT_EQ(driven.lines().front(), "< frame fin rsv0 op1 len1/0 @" + std::to_string(octets.size()) + " 41");
            EXPECT_EQ(driven.lines().size(), 2u);
        }
    }
}

TEST(PeerViolations, ObserverStopsWhereFramesAreLost)
{
    Driven pure = established(Role::Client, Reading::Observer, true);
    pure.receive(fromHex("827f8000000000000000"));
    EXPECT_EQ(pure.peer.state(), ConnectionState::Failed);
    EXPECT_EQ(pure.sent(), "");
    Driven speaking = established(Role::Client, Reading::Observer);
    speaking.receive(fromHex("827f8000000000000000"));
    EXPECT_EQ(closeCodeSent(speaking), 1002u);
}

TEST(PeerViolations, ServerAnswersWithAStatus)
{
    for (const HeadFault &row : requestFaults) {
        Driven driven(optionsFor(Role::Server, Reading::Endpoint));
        driven.acceptAll = false;
        driven.receive(changed(vectors::sampleRequest, row));
        ASSERT_TRUE(driven.saw(row.violation)) << row.name;
        const auto *arrived = std::get_if<RequestArrived>(&driven.events.back());
        ASSERT_TRUE(arrived) << row.name;
        EXPECT_EQ(arrived->faults.front().violation, row.violation) << row.name;
        driven.peer.refuse(refusalFor(*driven.peer.request(), arrived->faults));
        driven.drain();
        ASSERT_TRUE(driven.peer.response()) << row.name;
        EXPECT_EQ(driven.peer.response()->status, row.status) << row.name;
        EXPECT_EQ(driven.peer.response()->joined("Sec-WebSocket-Version"), row.status == 426 ? "13" : "") << row.name;
        EXPECT_EQ(driven.peer.state(), ConnectionState::Failed) << row.name;
        EXPECT_TRUE(driven.sent().ends_with(" FIN")) << row.name;
    }
}

TEST(PeerViolations, ServerRefusesAnOrigin)
{
    Driven driven(optionsFor(Role::Server, Reading::Endpoint));
    driven.acceptAll = false;
    driven.receive(viewOf(vectors::sampleRequest));
    driven.peer.refuse(refusalFor(*driven.peer.request(), {{V::OriginRefused, "Origin", "http://example.com"}}));
    EXPECT_EQ(driven.peer.response()->status, 403);
}

TEST(PeerViolations, ServerAnswersHeadsItCannotRead)
{
    const std::tuple<std::string, Violation, int, bool> rows[] = {
        {"GET / HTTP/1.1\r\nX: " + std::string(600, 'x'), V::HeadTooLarge, 431, false},
        {"GET / HTTP/1.1\r\n" + std::string("A: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n"
                                            "A: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n"),
         V::HeadTooManyLines, 431, false},
        {"GET / HTTP/1.1\r\nHost: a\r\n", V::HeadTruncated, 400, true},
    };
    for (const auto &[text, violation, status, ends] : rows) {
        Driven driven(optionsFor(Role::Server, Reading::Endpoint));
        driven.receive(viewOf(text));
        if (ends)
            driven.end();
        EXPECT_TRUE(driven.saw(violation));
        ASSERT_TRUE(driven.peer.response());
        EXPECT_EQ(driven.peer.response()->status, status);
        EXPECT_EQ(infoOf(violation).httpStatus, status);
        EXPECT_EQ(driven.peer.state(), ConnectionState::Failed);

        PeerOptions client = optionsFor(Role::Client, Reading::Endpoint);
        Driven other(client);
        other.peer.open(sampleHandshake(vectors::sampleKey));
        other.drain();
        other.outputs.clear();
        other.receive(viewOf("HTTP/1.1 101 S\r\n" + text.substr(text.find('\n') + 1)));
        if (ends)
            other.end();
        EXPECT_TRUE(other.saw(violation));
        EXPECT_EQ(other.sent(), " END");
    }
}

TEST(PeerViolations, ClientEndsTcpWithoutAWord)
{
    for (const HeadFault &row : responseFaults) {
        Driven driven(optionsFor(Role::Client, Reading::Endpoint));
        driven.peer.open(sampleHandshake(vectors::sampleKey));
        driven.drain();
        driven.outputs.clear();
        driven.receive(changed(vectors::sampleResponse, row));
        driven.end();
        EXPECT_TRUE(driven.saw(row.violation)) << row.name;
        EXPECT_EQ(driven.sent(), " END") << row.name;
        EXPECT_EQ(driven.peer.state(), ConnectionState::Failed) << row.name;

        const bool switched = driven.peer.response()->status == 101;
        for (const bool pure : {true, false}) {
            Driven observer(optionsFor(Role::Client, Reading::Observer));
            if (pure)
                observer.peer.observeRequest(parseHead(HeadKind::Request, viewOf(vectors::sampleRequest)));
            else
                observer.peer.open(sampleHandshake(vectors::sampleKey));
            observer.receive(changed(vectors::sampleResponse, row));
            EXPECT_TRUE(observer.saw(row.violation)) << row.name;
            EXPECT_EQ(observer.peer.state(), switched ? ConnectionState::Open : ConnectionState::Opening) << row.name;
        }
    }
}

TEST(PeerViolations, SubprotocolThatNobodyAskedFor)
{
    HandshakeRequest request = sampleHandshake(vectors::sampleKey);
    request.subprotocols.clear();
    Driven driven(optionsFor(Role::Client, Reading::Endpoint));
    driven.peer.open(request);
    driven.receive(viewOf(vectors::sampleResponse));
    EXPECT_TRUE(driven.saw(V::SubprotocolUnrequested));
    EXPECT_EQ(driven.peer.state(), ConnectionState::Failed);
}

TEST(PeerViolations, EveryOneIsReachedHere)
{
    std::set<Violation> reached = {V::HeadTooLarge,   V::HeadTooManyLines, V::HeadTruncated,         V::OriginRefused,
                                   V::ControlTooLong, V::MessageTooBig,    V::SubprotocolUnrequested};
    // In tst_peer_deflate.
    reached.insert({V::ExtensionDuplicate, V::DeflateOfferInvalid, V::DeflateAnswerInvalid,
                    V::DeflateAnswerIncompatible, V::CompressedBitMisplaced, V::InflateFailed, V::InflatedTooBig});
    for (const FrameFault &row : frameFaults)
        reached.insert(row.violation);
    for (const HeadFault &row : requestFaults)
        reached.insert(row.violation);
    for (const HeadFault &row : responseFaults)
        reached.insert(row.violation);
    for (const ViolationInfo &info : violations())
        EXPECT_TRUE(reached.contains(info.violation)) << info.id;
}

} // namespace frameglass::protocol
