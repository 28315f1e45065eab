// SPDX-License-Identifier: GPL-3.0-or-later
// permessage-deflate through the whole peer: both roles, both readings, every split (RFC 7692 §5-§7).
#include "support.h"
#include "tests/vectors/rfc7692.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace frameglass::protocol {

namespace {
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";

HandshakeRequest handshakeOffering(std::string_view offers)
{
    HandshakeRequest request;
    request.host = "server.example.com";
    request.target = "/";
    request.key = key;
    request.extensions = parseExtensions(offers).items;
    return request;
}

Octets requestOffering(std::string_view offers)
{
    return formatRequest(handshakeOffering(offers));
}

Octets responseAgreeing(std::string_view answer)
{
    HandshakeResponse response;
    response.extensions = parseExtensions(answer).items;
    return formatResponse(response, key);
}

PeerOptions optionsFor(Role role, Reading reading = Reading::Endpoint, Limits limits = {})
{
    PeerOptions options;
    options.role = role;
    options.reading = reading;
    options.limits = limits;
    return options;
}

/// A client that offered and got what it offered.
std::unique_ptr<Driven> clientWith(std::string_view agreed, Limits limits = {})
{
    auto client = std::make_unique<Driven>(optionsFor(Role::Client, Reading::Endpoint, limits));
    client->peer.open(handshakeOffering(agreed));
    client->receive(responseAgreeing(agreed));
    EXPECT_EQ(client->peer.state(), ConnectionState::Open);
    return client;
}

/// A server that accepts what the client offers.
std::unique_ptr<Driven> serverWith(std::string_view offered, Limits limits = {}, DeflatePreferences wanted = {})
{
    auto server = std::make_unique<Driven>(optionsFor(Role::Server, Reading::Endpoint, limits));
    server->acceptAll = false;
    server->receive(requestOffering(offered));
    HandshakeResponse response;
    if (const auto answer = answerDeflate(parseExtensions(offered).items, wanted))
        response.extensions = {extensionOf(*answer)};
    server->peer.accept(response);
    server->drain();
    EXPECT_EQ(server->peer.state(), ConnectionState::Open);
    return server;
}

std::vector<FrameEvent> framesOf(const Driven &driven, Direction direction)
{
    std::vector<FrameEvent> frames;
    for (const PeerEvent &event : driven.events)
        if (const auto *frame = std::get_if<FrameEvent>(&event); frame && frame->direction == direction)
            frames.push_back(*frame);
    return frames;
}

std::optional<std::uint16_t> closeCodeSent(const Driven &driven)
{
    const auto &close = driven.peer.closeSent();
    return close ? std::optional(close->code) : std::nullopt;
}
} // namespace

TEST(PeerDeflate, ReadsTheExamplesOfTheRfcAtEverySplit)
{
    for (const auto &row : vectors::rfc7692) {
        SCOPED_TRACE(row.name);
        const Octets octets = frameOctets(0xC1, fromHex(row.hex));
        for (std::size_t split = 0; split <= octets.size(); ++split) {
            auto client = clientWith("permessage-deflate");
            client->receive(OctetView(octets).first(split));
            client->receive(OctetView(octets).subspan(split));
            const auto frames = framesOf(*client, Direction::Received);
            ASSERT_EQ(frames.size(), 1u);
            EXPECT_EQ(toHex(frames[0].payload), row.hex); // as sent
            EXPECT_EQ(textOf(frames[0].meant()), row.meant);
            EXPECT_EQ(client->peer.state(), ConnectionState::Open);
        }
    }
}

TEST(PeerDeflate, FragmentsAndControlFramesBetween)
{
    auto server = serverWith("permessage-deflate");
    const Octets first = fromHex("f248cd");
    const Octets rest = fromHex("c9c90700");
    server->receive(frameOctets(0x41, first, sampleMask) + frameOctets(0x89, viewOf("x"), sampleMask) +
                    frameOctets(0x80, rest, sampleMask));
    const auto frames = framesOf(*server, Direction::Received);
    ASSERT_EQ(frames.size(), 3u);
    EXPECT_EQ(textOf(frames[0].meant()), "He");
    EXPECT_EQ(frames[1].inflated, nullptr);
    EXPECT_EQ(textOf(frames[2].meant()), "llo");
    const auto *message = std::get_if<MessageEvent>(&server->events.back());
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->compressed);
    EXPECT_EQ(message->octets, 7u);
    EXPECT_EQ(message->octetsMeant, 5u);
    EXPECT_EQ(textOf(message->payload), "Hello");
}

TEST(PeerDeflate, TwoPeersUnderstandEachOtherInEveryAgreement)
{
    const std::string_view offers[] = {
        "permessage-deflate",
        "permessage-deflate; server_no_context_takeover",
        "permessage-deflate; client_no_context_takeover",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8; "
        "client_max_window_bits=8",
        "permessage-deflate; server_max_window_bits=9; client_max_window_bits=15",
    };
    std::string text;
    for (int i = 0; i < 2000; ++i)
        text += "message " + std::to_string(i * 7919 % 1000) + (i % 3 ? " 消息 " : " ");
    for (const std::string_view offer : offers) {
        SCOPED_TRACE(offer);
        auto client = clientWith(offer);
        auto server = serverWith(offer);
        client->outputs.clear();
        server->outputs.clear();
        const auto carry = [](Driven &from, Driven &to) {
            for (const PeerOutput &output : std::exchange(from.outputs, {}))
                if (const auto *send = std::get_if<SendOctets>(&output))
                    to.receive(send->octets);
        };
        for (auto *side : {client.get(), server.get()}) {
            for (const std::uint32_t fragments : {1u, 3u, 1u})
                ASSERT_TRUE(side->peer.sendText(text, fragments));
            ASSERT_TRUE(side->peer.sendText("", 1));
            ASSERT_TRUE(side->peer.sendBinary(viewOf("x"), 2));
            side->drain();
        }
        carry(*client, *server);
        carry(*server, *client);
        for (auto *side : {client.get(), server.get()}) {
            std::vector<std::string> got;
            for (const FrameEvent &frame : framesOf(*side, Direction::Received)) {
                EXPECT_TRUE(frame.inflated);
                if (!frame.header.is(Opcode::Continuation)) {
                    EXPECT_EQ(frame.header.rsv, rsv1);
                    got.emplace_back();
                } else {
                    EXPECT_EQ(frame.header.rsv, 0);
                }
                got.back() += textOf(frame.meant());
            }
            EXPECT_EQ(got, (std::vector<std::string>{text, text, text, "", "x"}));
            EXPECT_EQ(side->peer.state(), ConnectionState::Open);
            // What was sent is known as meant, too.
            const auto sent = framesOf(*side, Direction::Sent);
            ASSERT_FALSE(sent.empty());
            EXPECT_EQ(textOf(sent.front().meant()), text);
            EXPECT_LT(sent.front().payload.size(), text.size());
        }
    }
}

TEST(PeerDeflate, NothingIsCompressedWithoutAnAgreement)
{
    auto server = serverWith("permessage-deflate; mode=unknown");
    EXPECT_FALSE(server->peer.deflate());
    EXPECT_TRUE(server->saw(Violation::DeflateOfferInvalid));
    server->peer.sendText("plain");
    server->drain();
    const auto frames = framesOf(*server, Direction::Sent);
    ASSERT_EQ(frames.size(), 1u);
    EXPECT_EQ(frames[0].header.rsv, 0);
    server->receive(frameOctets(0xC1, fromHex("f248cdc9c90700"), sampleMask));
    EXPECT_TRUE(server->saw(Violation::ReservedBit));
    EXPECT_EQ(closeCodeSent(*server), 1002);
}

TEST(PeerDeflate, APlainMessageMayComeBetween)
{
    auto client = clientWith("permessage-deflate");
    client->receive(frameOctets(0xC1, fromHex("f248cdc9c90700")) + frameOctets(0x81, viewOf("plain")) +
                    frameOctets(0xC1, fromHex(vectors::rfc7692SecondHello)));
    const auto frames = framesOf(*client, Direction::Received);
    ASSERT_EQ(frames.size(), 3u);
    EXPECT_EQ(frames[1].inflated, nullptr);
    EXPECT_EQ(textOf(frames[2].meant()), "Hello");
}

namespace {
struct Faulty
{
    const char *name;
    std::string_view frames; ///< unmasked, to a client
    Violation violation;
    std::uint16_t code;
    std::string_view detail;
};

const Faulty faulty[] = {
    {"RSV1 on a continuation",
     "4103f248cd"
     "c004c9c90700",
     Violation::CompressedBitMisplaced, 1002, "0"},
    {"RSV1 on a ping", "c900", Violation::CompressedBitMisplaced, 1002, "9"},
    {"RSV1 on a Close", "c80203e8", Violation::CompressedBitMisplaced, 1002, "8"},
    {"RSV2 stays reserved", "e107f248cdc9c90700", Violation::ReservedBit, 1002, "6"},
    {"no such block type", "c10107", Violation::InflateFailed, 1007, "invalid block type"},
    {"a window that was never sent", "c105f200110000", Violation::InflateFailed, 1007, "invalid distance too far back"},
    {"the message ends inside a block", "c104f248cdc9", Violation::InflateFailed, 1007,
     "the message ends inside a block"},
    {"text that is not UTF-8", "c108000200fdff41ff00", Violation::InvalidUtf8, 1007, "ff @1"},
    {"text that ends inside a character", "c108000200fdff41c300", Violation::InvalidUtf8, 1007, "@2"},
};

Octets octetsOfRow(const Faulty &row)
{
    std::string hex(row.frames);
    std::erase(hex, ' ');
    return fromHex(hex);
}
} // namespace

TEST(PeerDeflate, AnEndpointFailsTheConnection)
{
    for (const Faulty &row : faulty) {
        SCOPED_TRACE(row.name);
        const Octets octets = octetsOfRow(row);
        for (std::size_t split = 0; split <= octets.size(); ++split) {
            auto client = clientWith("permessage-deflate");
            client->receive(OctetView(octets).first(split));
            client->receive(OctetView(octets).subspan(split));
            ASSERT_TRUE(client->saw(row.violation));
            EXPECT_EQ(closeCodeSent(*client), row.code);
            EXPECT_EQ(client->peer.state(), ConnectionState::Failed);
            const auto *violation = std::get_if<ViolationEvent>(&*std::ranges::find_if(
                client->events, [](const auto &e) { return std::holds_alternative<ViolationEvent>(e); }));
            EXPECT_EQ(violation->detail, row.detail);
        }
    }
}

TEST(PeerDeflate, AnObserverNotesAndReadsOn)
{
    for (const Faulty &row : faulty) {
        SCOPED_TRACE(row.name);
        if (row.frames.starts_with("c8"))
            continue; // after a Close no message is read
        Driven observer(optionsFor(Role::Client, Reading::Observer));
        observer.peer.observeRequest(parseHead(HeadKind::Request, requestOffering("permessage-deflate")));
        observer.receive(responseAgreeing("permessage-deflate") + octetsOfRow(row) +
                         frameOctets(0x81, viewOf("after")) + frameOctets(0xC1, fromHex("f248cdc9c90700")));
        EXPECT_TRUE(observer.saw(row.violation));
        EXPECT_TRUE(observer.outputs.empty());
        const auto frames = framesOf(observer, Direction::Received);
        ASSERT_GE(frames.size(), 3u);
        EXPECT_EQ(textOf(frames[frames.size() - 2].payload), "after");
        EXPECT_EQ(textOf(frames.back().meant()), "Hello") << "a message that stands alone is read again";
    }
}

TEST(PeerDeflate, Utf8FailsInsideALongCompressedFrame)
{
    Deflater deflater(DeflateWindow{});
    Octets payload;
    deflater.append(viewOf(std::string(5000, 'a') + "\xff" + std::string(5000, 'b')), true, payload);
    const Octets frame = frameOctets(0xC1, payload);
    auto client = clientWith("permessage-deflate");
    std::size_t fed = 0;
    while (client->peer.state() == ConnectionState::Open && fed < frame.size())
        client->receive(OctetView(frame).subspan(fed++, 1));
    EXPECT_TRUE(client->saw(Violation::InvalidUtf8));
    EXPECT_LT(fed, frame.size()) << "before the frame was complete";
    EXPECT_EQ(closeCodeSent(*client), 1007);
}

TEST(PeerDeflate, ABombStopsAtTheLimit)
{
    Limits limits;
    limits.inflatedOctets = 100'000;
    Deflater deflater(DeflateWindow{});
    Octets bomb;
    deflater.append(viewOf(std::string(10 << 20, '\0')), true, bomb);

    auto server = serverWith("permessage-deflate", limits);
    server->receive(frameOctets(0xC2, bomb, sampleMask));
    EXPECT_TRUE(server->saw(Violation::InflatedTooBig));
    EXPECT_EQ(closeCodeSent(*server), 1009);
    const auto frames = framesOf(*server, Direction::Received);
    ASSERT_EQ(frames.size(), 1u);
    ASSERT_TRUE(frames[0].inflated);
    EXPECT_EQ(frames[0].inflated->payload.size(), limits.inflatedOctets);

    Driven observer(optionsFor(Role::Server, Reading::Observer, limits));
    observer.receive(requestOffering("permessage-deflate") + frameOctets(0xC2, bomb, sampleMask) +
                     frameOctets(0x82, viewOf("after"), sampleMask));
    EXPECT_TRUE(observer.saw(Violation::InflatedTooBig));
    EXPECT_EQ(textOf(framesOf(observer, Direction::Received).back().payload), "after");
}

TEST(PeerDeflate, TheLimitHoldsOverAllFragments)
{
    Limits limits;
    limits.inflatedOctets = 1000;
    auto server = serverWith("permessage-deflate", limits);
    Deflater deflater(DeflateWindow{});
    for (int i = 0; i < 11; ++i) {
        Octets part;
        deflater.append(viewOf(std::string(100, 'a')), false, part);
        EXPECT_EQ(server->peer.state(), i <= 10 ? ConnectionState::Open : ConnectionState::Failed) << i;
        server->receive(frameOctets(i == 0 ? 0x41 : 0x00, part, sampleMask));
    }
    EXPECT_TRUE(server->saw(Violation::InflatedTooBig));
}

TEST(PeerDeflate, AClientEndsOnAnIllegalAnswer)
{
    const std::pair<std::string_view, Violation> rows[] = {
        {"permessage-deflate, permessage-deflate", Violation::ExtensionDuplicate},
        {"permessage-deflate; server_max_window_bits=99", Violation::DeflateAnswerInvalid},
        {"permessage-deflate; client_max_window_bits=10", Violation::DeflateAnswerIncompatible},
    };
    for (const auto &[answer, violation] : rows) {
        Driven client(optionsFor(Role::Client));
        client.peer.open(handshakeOffering("permessage-deflate"));
        client.receive(responseAgreeing(answer));
        EXPECT_TRUE(client.saw(violation)) << answer;
        EXPECT_EQ(client.peer.state(), ConnectionState::Failed);
        EXPECT_FALSE(client.peer.deflate());
    }
}

TEST(PeerDeflate, OffersInSeveralLinesAreOneList)
{
    Driven server(optionsFor(Role::Server));
    server.acceptAll = false;
    server.receive(viewOf("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Extensions: permessage-deflate; x\r\n"
                          "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9\r\n\r\n"));
    const auto answer =
        answerDeflate(parseExtensions(server.peer.request()->joined("Sec-WebSocket-Extensions")).items, {});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->serverMaxWindowBits, 9);
}

TEST(PeerDeflate, AServersObserverLearnsWhatWasAgreed)
{
    const Octets compressed = frameOctets(0xC1, fromHex("f248cdc9c90700"), sampleMask);
    for (const bool agreed : {true, false}) {
        Driven observer(optionsFor(Role::Server, Reading::Observer));
        observer.receive(requestOffering("permessage-deflate; client_no_context_takeover"));
        observer.peer.observeResponse(
            parseHead(HeadKind::Response, responseAgreeing(agreed ? "permessage-deflate" : "")));
        EXPECT_EQ(observer.peer.deflate().has_value(), agreed);
        observer.receive(compressed);
        EXPECT_EQ(observer.saw(Violation::ReservedBit), !agreed);
        EXPECT_EQ(framesOf(observer, Direction::Received).back().inflated != nullptr, agreed);
    }
}

TEST(PeerDeflate, CostsAreMeasuredWhereThereIsAStopwatch)
{
    PeerOptions options = optionsFor(Role::Server);
    options.stopwatch = [n = 0]() mutable { return std::chrono::nanoseconds(n += 5); };
    Driven server(std::move(options));
    server.acceptAll = false;
    server.receive(requestOffering("permessage-deflate"));
    HandshakeResponse response;
    response.extensions = parseExtensions("permessage-deflate").items;
    server.peer.accept(response);
    server.receive(frameOctets(0xC1, fromHex("f248cdc9c90700"), sampleMask));
    server.peer.sendText("Hello");
    server.drain();
    EXPECT_EQ(framesOf(server, Direction::Received).at(0).inflated->cost.count(), 10); // its payload and its end
    EXPECT_EQ(framesOf(server, Direction::Sent).at(0).inflated->cost.count(), 5);
}

// Frames glued to the 101 and to the request are read with what the heads agree.
TEST(PeerDeflate, WhatIsGluedToTheHeadsIsInflated)
{
    Driven client(optionsFor(Role::Client));
    client.peer.open(handshakeOffering("permessage-deflate"));
    client.receive(responseAgreeing("permessage-deflate") + frameOctets(0xC1, fromHex("f248cdc9c90700")));
    ASSERT_EQ(framesOf(client, Direction::Received).size(), 1u);
    EXPECT_EQ(textOf(framesOf(client, Direction::Received)[0].meant()), "Hello");
}

} // namespace frameglass::protocol
