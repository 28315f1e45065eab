// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.h"
#include "tests/vectors/rfc6455.h"

#include <gtest/gtest.h>

namespace frameglass::protocol {

namespace {
Driven open(Role role, PeerOptions options = {})
{
    options.role = role;
    Driven driven(options);
    if (role == Role::Client) {
        driven.peer.open(sampleHandshake(vectors::sampleKey));
        driven.receive(viewOf(vectors::sampleResponse));
    } else {
        driven.receive(viewOf(vectors::sampleRequest));
    }
    EXPECT_EQ(driven.peer.state(), ConnectionState::Open);
    driven.events.clear();
    driven.outputs.clear();
    return driven;
}
} // namespace

// Two peers, joined by nothing but their octets, until neither has anything to say.
TEST(Peer, BothRolesTalkToEachOther)
{
    PeerOptions options;
    Driven client(options);
    options.role = Role::Server;
    Driven server(options);
    client.peer.open(sampleHandshake(vectors::sampleKey));
    const auto pump = [&] {
        for (bool moved = true; moved;) {
            moved = false;
            for (auto [from, to] : {std::pair(&client, &server), std::pair(&server, &client)}) {
                from->drain();
                for (const PeerOutput &output : std::exchange(from->outputs, {})) {
                    moved = true;
                    if (const auto *octets = std::get_if<SendOctets>(&output))
                        to->receive(octets->octets);
                    else
                        to->end();
                }
            }
        }
    };
    pump();
    EXPECT_EQ(client.peer.state(), ConnectionState::Open);
    EXPECT_EQ(server.peer.state(), ConnectionState::Open);
    EXPECT_EQ(textOf(server.peer.request()->raw), textOf(client.peer.request()->raw));
    client.events.clear();
    server.events.clear();

    EXPECT_TRUE(client.peer.sendText("na\xC3\xAFve", 3));
    EXPECT_TRUE(server.peer.ping(viewOf("id")));
    pump();
    const std::vector<std::string> atServer = {
        "> frame fin rsv0 op9 len2/0 @0 6964", "< frame rsv0 op1 len2/0 @0 6e61",
        "< frame rsv0 op0 len2/0 @8 c3af",     "< frame fin rsv0 op0 len2/0 @16 7665",
        "< message op1 6 in 3 6e61c3af7665",   "< frame fin rsv0 op10 len2/0 @24 6964"};
    EXPECT_EQ(server.lines(), atServer);

    EXPECT_TRUE(client.peer.close(1000, "bye"));
    EXPECT_FALSE(client.peer.sendText("late"));
    pump();
    EXPECT_EQ(client.peer.state(), ConnectionState::Closed);
    EXPECT_EQ(server.peer.state(), ConnectionState::Closed);
    EXPECT_EQ(server.peer.closeReceived()->reason, "bye");
    EXPECT_EQ(client.peer.closeReceived()->code, 1000);
    EXPECT_EQ(client.peer.closeSent()->code, 1000);
}

TEST(Peer, EverythingOfOneReadGoesOutInOneWrite)
{
    Driven server = open(Role::Server);
    server.receive(frameOctets(0x89, viewOf("a"), sampleMask) + frameOctets(0x01, viewOf("b"), sampleMask) +
                   frameOctets(0x89, viewOf("c"), sampleMask));
    EXPECT_EQ(server.outputs.size(), 1u);
    EXPECT_EQ(server.sent(), "8a01618a0163");
}

TEST(Peer, AutoPongCanBeLeftToTheCaller)
{
    Driven client = open(Role::Client);
    client.peer.setAutoPong(false);
    client.receive(fromHex("890161"));
    EXPECT_EQ(client.sent(), "");
    EXPECT_TRUE(client.peer.pong(viewOf("a")));
    client.drain();
    EXPECT_EQ(client.lines().back(), "> frame fin rsv0 op10 len1/0 @0 61");
}

TEST(Peer, CloseIsAnsweredInKind)
{
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"8800", "8800 FIN"}, {"880203e9", "880203e9 FIN"}, {"88050fa0627965", "88020fa0 FIN"}};
    for (const auto &[received, sent] : rows) {
        Driven server = open(Role::Server);
        const auto parsed = parseFrameHeader(fromHex(received));
        server.receive(frameOctets(0x88, OctetView(fromHex(received)).subspan(parsed->octets), sampleMask));
        EXPECT_EQ(server.sent(), sent);
        EXPECT_EQ(server.peer.state(), ConnectionState::CloseDone);
        server.end();
        EXPECT_EQ(server.peer.state(), ConnectionState::Closed);
        EXPECT_EQ(server.sent(), std::string(sent) + " END");
    }
    Driven client = open(Role::Client);
    client.receive(fromHex("8800"));
    EXPECT_EQ(client.sent(), "888001020304") << "a client leaves the end of TCP to the server";
    EXPECT_EQ(client.peer.closeReceived()->code, 1005);
}

TEST(Peer, ReasonIsCutAtACharacter)
{
    Driven server = open(Role::Server);
    EXPECT_FALSE(server.peer.close(1005));
    EXPECT_FALSE(server.peer.close(999));
    EXPECT_TRUE(server.peer.close(1001, std::string(121, 'x') + "\xE4\xB8\x96"));
    EXPECT_EQ(server.peer.closeSent()->reason, std::string(121, 'x'));
    EXPECT_FALSE(server.peer.close(1001)) << "once";
    EXPECT_EQ(server.peer.state(), ConnectionState::CloseSent);
}

TEST(Peer, PongIsOwedUntilTheClosesCross)
{
    Driven server = open(Role::Server);
    server.peer.close(1001);
    server.drain();
    server.outputs.clear();
    server.receive(frameOctets(0x89, viewOf("x"), sampleMask) + frameOctets(0x81, viewOf("y"), sampleMask) +
                   frameOctets(0x88, {}, sampleMask) + frameOctets(0x89, viewOf("z"), sampleMask));
    EXPECT_EQ(server.sent(), "8a0178 FIN");
    EXPECT_FALSE(server.saw(Violation::DataAfterClose));
    EXPECT_EQ(server.peer.state(), ConnectionState::CloseDone);
}

TEST(Peer, FragmentsUnderTheCallersControl)
{
    Driven server = open(Role::Server);
    EXPECT_FALSE(server.peer.sendFragment(Opcode::Continuation, true, {}));
    EXPECT_FALSE(server.peer.sendFragment(Opcode::Ping, true, {}));
    EXPECT_TRUE(server.peer.sendFragment(Opcode::Binary, false, viewOf("a")));
    EXPECT_FALSE(server.peer.sendFragment(Opcode::Text, true, viewOf("b")));
    EXPECT_FALSE(server.peer.sendText("b"));
    EXPECT_TRUE(server.peer.ping(viewOf("p")));
    EXPECT_TRUE(server.peer.sendFragment(Opcode::Continuation, true, viewOf("c")));
    EXPECT_TRUE(server.peer.sendText("d"));
    server.drain();
    EXPECT_EQ(server.sent(), "0201618901708001"
                             "63"
                             "810164");
    EXPECT_EQ(server.lines()[3], "> message op2 2 in 2 6163");
    EXPECT_EQ(server.lines().back(), "> message op1 1 in 1 ");
}

TEST(Peer, SendsOnlyWhatMayBeSent)
{
    Driven server = open(Role::Server);
    EXPECT_FALSE(server.peer.sendText("\xFF"));
    EXPECT_FALSE(server.peer.ping(Octets(126)));
    EXPECT_TRUE(server.peer.ping(Octets(125)));
    Driven waiting{PeerOptions{}};
    EXPECT_FALSE(waiting.peer.sendText("too early"));
    EXPECT_FALSE(waiting.peer.close(1000));
}

TEST(Peer, RawFramesGoOutAsDescribed)
{
    Driven client = open(Role::Client);
    RawFrame raw;
    raw.header.fin = false;
    raw.header.rsv = 5;
    raw.header.opcode = 0xB;
    raw.header.lengthOctets = 8;
    raw.header.payloadLength = 9;
    raw.payload = octetsOf("abc");
    EXPECT_TRUE(client.peer.sendRaw(raw));
    raw.header.maskKey = MaskKey{};
    raw.header.lengthOctets = 0;
    raw.header.payloadLength = 300;
    EXPECT_TRUE(client.peer.sendRaw(raw));
    client.drain();
    EXPECT_EQ(client.sent(), "5b7f0000000000000009616263"
                             "5bfe012c00000000616263");
    const auto &frame = std::get<FrameEvent>(client.events.back());
    EXPECT_EQ(frame.header.lengthOctets, 2);
    EXPECT_EQ(frame.streamOffset, 13u);
    EXPECT_FALSE(frame.complete());

    raw = {};
    raw.header.opcode = 8;
    raw.header.payloadLength = 2;
    raw.payload = fromHex("03ed");
    EXPECT_TRUE(client.peer.sendRaw(raw));
    EXPECT_EQ(client.peer.state(), ConnectionState::CloseSent);
    EXPECT_EQ(client.peer.closeSent()->code, 1005);
}

TEST(Peer, FailClosesAndEnds)
{
    Driven client = open(Role::Client);
    client.peer.fail(CloseCode::PolicyViolation, "slow");
    client.drain();
    EXPECT_EQ(client.peer.state(), ConnectionState::Failed);
    EXPECT_EQ(client.peer.closeSent()->code, 1008);
    EXPECT_TRUE(client.sent().ends_with(" END"));
    client.receive(fromHex("810141"));
    EXPECT_EQ(client.lines().back(), "state close-sent failed-by-us failed");

    Driven unheard = open(Role::Client);
    unheard.peer.fail(CloseCode::AbnormalClosure, {});
    unheard.drain();
    EXPECT_EQ(unheard.sent(), " END") << "1006 never stands in a Close frame";

    Driven done = open(Role::Client);
    done.receive(fromHex("8800"));
    done.peer.fail(CloseCode::GoingAway, {});
    EXPECT_EQ(done.peer.state(), ConnectionState::Closed);
}

TEST(Peer, TransportEndIsSilent)
{
    Driven server = open(Role::Server);
    server.receive(fromHex("81850000000041"));
    server.peer.transportEnded();
    server.drain();
    EXPECT_EQ(server.sent(), "");
    EXPECT_TRUE(server.saw(Violation::FrameTruncated));
    EXPECT_EQ(server.peer.state(), ConnectionState::Failed);
    EXPECT_FALSE(server.peer.sendText("x"));
}

TEST(Peer, AnswerWaitsForTheCaller)
{
    PeerOptions options;
    options.role = Role::Server;
    Driven server(options);
    server.acceptAll = false;
    server.receive(octetsOf(vectors::sampleRequest) + frameOctets(0x89, viewOf("glued"), sampleMask));
    server.receive(frameOctets(0x89, viewOf("early"), sampleMask));
    server.end();
    EXPECT_EQ(server.peer.state(), ConnectionState::Opening);
    EXPECT_EQ(server.sent(), "");
    HandshakeResponse response;
    response.subprotocol = "chat";
    server.peer.accept(response);
    server.drain();
    EXPECT_EQ(server.sent(), toHex(viewOf(vectors::sampleResponse)) + "8a05676c756564" + "8a056561726c79" + " END");
    EXPECT_EQ(server.peer.state(), ConnectionState::Failed) << "FIN without a Close";
    server.peer.accept(response);
    EXPECT_TRUE(server.peer.takeOutput().empty());
}

TEST(Peer, WaitingOctetsAreBounded)
{
    PeerOptions options;
    options.role = Role::Server;
    options.limits.queuedOutputOctets = 10;
    Driven server(options);
    server.acceptAll = false;
    server.receive(octetsOf(vectors::sampleRequest) + Octets(10));
    EXPECT_EQ(server.sent(), "");
    server.receive(Octets(1));
    EXPECT_EQ(server.peer.response()->status, 431);
    EXPECT_EQ(server.peer.state(), ConnectionState::Failed);
}

TEST(Peer, AnswersOfTheCallersOwn)
{
    for (const bool established : {true, false}) {
        PeerOptions options;
        options.role = Role::Server;
        Driven server(options);
        server.acceptAll = false;
        server.receive(viewOf(vectors::sampleRequest));
        server.events.clear();
        server.peer.answerRaw(octetsOf(vectors::sampleResponse) + octetsOf("junk"), established);
        server.drain();
        EXPECT_EQ(server.lines()[0], "> head HTTP/1.1 101 Switching Protocols");
        EXPECT_EQ(server.lines()[1], "> body 6a756e6b");
        EXPECT_EQ(server.lines().back(), established ? "established chat " : "state opening handshake-failed failed");
        EXPECT_EQ(server.sent().ends_with(" FIN"), !established);
    }
    PeerOptions options;
    options.role = Role::Server;
    Driven server(options);
    server.acceptAll = false;
    server.receive(viewOf(vectors::sampleRequest));
    server.peer.answerRaw(viewOf("HTTP/1.1 1"), false);
    EXPECT_EQ(linesOf(server.peer.takeEvents())[0], "> partial head 485454502f312e312031");
}

TEST(Peer, BodiesAreKeptToTheLimit)
{
    PeerOptions options;
    options.limits.bodyOctets = 4;
    Driven client(options);
    client.peer.open(sampleHandshake(vectors::sampleKey));
    client.receive(viewOf("HTTP/1.1 503 Busy\r\nContent-Length: 12\r\n\r\nabc"));
    EXPECT_EQ(client.peer.state(), ConnectionState::Opening);
    client.receive(viewOf("defghi"));
    const auto &body = std::get<BodyEvent>(client.events.back());
    EXPECT_EQ(textOf(body.octets), "d");
    EXPECT_EQ(body.skipped, 5u);
    client.receive(viewOf("jkl"));
    EXPECT_EQ(client.peer.state(), ConnectionState::Failed);
    EXPECT_TRUE(client.sent().ends_with(" END"));
}

TEST(Peer, AnnouncedLengthAllocatesNothing)
{
    PeerOptions options;
    options.limits.framePayloadOctets = options.limits.messageOctets = ~0ull >> 1;
    Driven client = open(Role::Client, options);
    client.receive(fromHex("827f4000000000000000") + octetsOf("abc"));
    client.end();
    const auto &frame = std::get<FrameEvent>(client.events.front());
    EXPECT_EQ(textOf(frame.payload), "abc");
    EXPECT_LT(frame.payload.capacity(), 100u);
}

TEST(Peer, ListenerReadsBothSidesWithoutAWord)
{
    PeerOptions options;
    options.reading = Reading::Observer;
    options.role = Role::Server;
    Driven fromClient(options);
    fromClient.receive(viewOf("GET / HTTP/1.0\r\n\r\n"));
    EXPECT_EQ(fromClient.peer.state(), ConnectionState::Open) << "after any request";
    fromClient.receive(frameOctets(0x89, viewOf("p"), sampleMask) + frameOctets(0x88, {}, sampleMask));
    EXPECT_EQ(fromClient.peer.state(), ConnectionState::CloseReceived);
    EXPECT_EQ(fromClient.sent(), "");

    options.role = Role::Client;
    Driven fromServer(options);
    fromServer.receive(octetsOf(vectors::sampleResponse) + fromHex("810141"));
    EXPECT_FALSE(fromServer.saw(Violation::AcceptWrong)) << "the request is not known";
    EXPECT_EQ(fromServer.lines().back(), "< message op1 1 in 1 ");
    EXPECT_EQ(fromServer.sent(), "");
}

TEST(Peer, PausesBeforeTheEndSoThatWhatCameBeforeCanBeAnswered)
{
    PeerOptions options;
    options.pausesBeforeEnd = true;
    Driven server = open(Role::Server, options);
    server.peer.receive(frameOctets(0x81, viewOf("a"), sampleMask) + frameOctets(0xC1, viewOf("b"), sampleMask) +
                        frameOctets(0x81, viewOf("c"), sampleMask));
    server.drain();
    EXPECT_TRUE(server.saw(Violation::ReservedBit));
    EXPECT_EQ(server.peer.state(), ConnectionState::Open);
    EXPECT_TRUE(server.peer.sendText("a"));
    EXPECT_TRUE(server.peer.proceed());
    EXPECT_FALSE(server.peer.proceed());
    server.drain();
    EXPECT_EQ(server.sent(), "810161880e03ea72657365727665642d626974 FIN");
    EXPECT_EQ(server.peer.state(), ConnectionState::Failed);
}

TEST(Peer, FinMayArriveDuringThePause)
{
    PeerOptions options;
    options.pausesBeforeEnd = true;
    Driven server = open(Role::Server, options);
    server.peer.receive(frameOctets(0x88, {}, sampleMask));
    server.peer.receiveEnd();
    server.drain();
    EXPECT_EQ(server.peer.state(), ConnectionState::Open);
    EXPECT_TRUE(server.peer.proceed());
    server.drain();
    EXPECT_EQ(server.sent(), "8800 END");
    EXPECT_EQ(server.peer.state(), ConnectionState::Closed);
}

TEST(Peer, AfterOurHalfCloseNothingLeaves)
{
    for (const char *received : {"880203e8", "c10161"}) {
        Driven client = open(Role::Client);
        client.peer.halfClose();
        EXPECT_FALSE(client.peer.sendText("a"));
        EXPECT_FALSE(client.peer.close(1000));
        client.receive(fromHex("8901"
                               "61"));
        client.receive(fromHex(received));
        EXPECT_EQ(client.sent(), " FIN") << received;
        EXPECT_NE(client.peer.state(), ConnectionState::CloseDone) << received;
        client.end();
        EXPECT_EQ(client.peer.state(), ConnectionState::Failed) << received;
    }
}

TEST(Peer, EndpointToldToKeepGoingStillAnswers)
{
    PeerOptions options;
    options.reading = Reading::Observer;
    Driven client(options);
    client.peer.open(sampleHandshake(vectors::sampleKey));
    client.receive(viewOf("HTTP/1.1 101 Odd\r\n\r\n"));
    EXPECT_EQ(client.peer.state(), ConnectionState::Open);
    client.drain();
    client.outputs.clear();
    client.receive(fromHex("c90161"
                           "880203ed"));
    EXPECT_EQ(client.sent(), "8a810102030460"
                             "88820202030401e8")
        << "1005 is answered with 1002";
    EXPECT_EQ(client.peer.state(), ConnectionState::CloseDone);
}

} // namespace frameglass::protocol
