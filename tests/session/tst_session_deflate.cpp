// SPDX-License-Identifier: GPL-3.0-or-later
// permessage-deflate over real sockets: our client and our server, and what the capture says of it.
#include "core/session/client_session.h"
#include "core/session/server_session.h"
#include "tests/support/recorded.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace frameglass;
using namespace frameglass::session;
using namespace frameglass::capture;
using namespace std::chrono_literals;
using protocol::Direction;

namespace {

struct Exchange
{
    std::vector<Record> client;
    std::vector<Record> server;
};

std::vector<FrameRecord> dataFrames(const std::vector<Record> &records, Direction direction)
{
    std::vector<FrameRecord> frames;
    for (const Record &record : records)
        if (const auto *frame = as<FrameRecord>(record);
            frame && frame->direction == direction && !frame->header.isControl())
            frames.push_back(*frame);
    return frames;
}

std::string headLine(const std::vector<Record> &records, Direction direction)
{
    for (const Record &record : records)
        if (const auto *head = as<HeadRecord>(record); head && head->direction == direction)
            return protocol::parseHead(head->kind, head->raw).joined("Sec-WebSocket-Extensions");
    return "no head";
}

/// Sends all texts, waits for as many echoes, closes.
Exchange talk(std::vector<protocol::DeflateParameters> offers, std::optional<protocol::DeflatePreferences> preferences,
              const std::vector<std::string> &texts, std::uint32_t fragments = 1)
{
    NetworkThread network;
    const auto records = std::make_shared<test::WaitableSink>();
    ServerOptions serverOptions;
    serverOptions.deflate = std::move(preferences);
    ServerSession server(network, records, std::move(serverOptions));
    EXPECT_TRUE(server.start());
    ClientOptions options;
    options.url = server.url();
    options.deflateOffers = std::move(offers);
    ClientSession client(network, records, std::move(options));
    client.start();
    EXPECT_TRUE(records->waitFor([&](const Record &record) {
        const auto *state = as<StateRecord>(record);
        return record.connection == client.id() && state && state->to == protocol::ConnectionState::Open;
    }));
    for (const auto &text : texts)
        client.sendText(text, fragments);
    std::size_t ends = 0;
    EXPECT_TRUE(records->waitFor([&](const Record &record) {
        const auto *frame = as<FrameRecord>(record);
        ends +=
            record.connection == client.id() && frame && frame->direction == Direction::Received && frame->header.fin;
        return ends >= texts.size();
    }));
    client.close(1000);
    EXPECT_TRUE(client.waitEnded(10s));
    server.stop();
    return {records->records(client.id()), records->records(client.id() + 1)};
}

const std::vector<std::string> texts = {"Hello", std::string(5000, 'a'), "", "Hello", "消息 消息 消息"};

} // namespace

TEST(SessionDeflate, BothEndsRecordAsSentAndAsMeant)
{
    protocol::DeflateParameters plain;
    plain.clientWindowBits = true;
    const auto exchange = talk({plain}, protocol::DeflatePreferences{}, texts);
    EXPECT_EQ(headLine(exchange.client, Direction::Sent), "permessage-deflate; client_max_window_bits");
    EXPECT_EQ(headLine(exchange.client, Direction::Received), "permessage-deflate");
    for (const auto &[records, direction] :
         {std::pair(&exchange.client, Direction::Sent), std::pair(&exchange.client, Direction::Received),
          std::pair(&exchange.server, Direction::Sent), std::pair(&exchange.server, Direction::Received)}) {
        const auto frames = dataFrames(*records, direction);
        ASSERT_EQ(frames.size(), texts.size());
        for (std::size_t i = 0; i < texts.size(); ++i) {
            EXPECT_EQ(frames[i].header.rsv, protocol::rsv1);
            ASSERT_TRUE(frames[i].inflated);
            EXPECT_EQ(protocol::textOf(frames[i].inflated->payload), texts[i]);
            EXPECT_EQ(frames[i].octetsMeant(), texts[i].size());
            EXPECT_GT(frames[i].inflated->cost, 0ns);
        }
        EXPECT_EQ(protocol::toHex(frames[0].payload), "f248cdc9c90700");
        EXPECT_LT(frames[1].payload.size(), 60u);
        EXPECT_EQ(protocol::toHex(frames[2].payload), "00");
    }
    for (const Record &record : exchange.client)
        EXPECT_FALSE(as<ViolationRecord>(record)) << as<ViolationRecord>(record)->detail;
}

TEST(SessionDeflate, FragmentsAreEchoedAsFragments)
{
    const auto exchange =
        talk({protocol::DeflateParameters{}}, protocol::DeflatePreferences{}, {"Hello, fragments"}, 3);
    const auto frames = dataFrames(exchange.client, Direction::Received);
    ASSERT_EQ(frames.size(), 3u);
    std::string text;
    for (const auto &frame : frames)
        text += protocol::textOf(frame.payloadMeant());
    EXPECT_EQ(text, "Hello, fragments");
    const auto message =
        std::ranges::find_if(exchange.client, [](const Record &record) { return as<MessageRecord>(record); });
    ASSERT_NE(message, exchange.client.end());
    EXPECT_TRUE(as<MessageRecord>(*message)->compressed);
    EXPECT_EQ(as<MessageRecord>(*message)->octetsMeant, 16u);
}

TEST(SessionDeflate, WhoeverDoesNotWantItGetsPlainMessages)
{
    for (const bool offered : {true, false}) {
        std::vector<protocol::DeflateParameters> offers;
        std::optional<protocol::DeflatePreferences> preferences;
        if (offered)
            offers.emplace_back();
        else
            preferences.emplace();
        const auto exchange = talk(offers, preferences, texts);
        EXPECT_EQ(headLine(exchange.client, Direction::Received), "");
        const auto frames = dataFrames(exchange.client, Direction::Received);
        ASSERT_EQ(frames.size(), texts.size());
        for (std::size_t i = 0; i < texts.size(); ++i) {
            EXPECT_EQ(frames[i].header.rsv, 0);
            EXPECT_FALSE(frames[i].inflated);
            EXPECT_EQ(protocol::textOf(frames[i].payload), texts[i]);
        }
    }
}

TEST(SessionDeflate, TheServersWishesReachTheWire)
{
    protocol::DeflateParameters offer;
    offer.clientWindowBits = true;
    protocol::DeflatePreferences wanted;
    wanted.serverNoContextTakeover = true;
    wanted.clientMaxWindowBits = 9;
    const auto exchange = talk({offer}, wanted, {"Hello", "Hello"});
    EXPECT_EQ(headLine(exchange.client, Direction::Received),
              "permessage-deflate; server_no_context_takeover; client_max_window_bits=9");
    const auto sent = dataFrames(exchange.client, Direction::Sent);
    const auto received = dataFrames(exchange.client, Direction::Received);
    ASSERT_EQ(sent.size(), 2u);
    ASSERT_EQ(received.size(), 2u);
    EXPECT_EQ(protocol::toHex(sent[1].payload), "f200110000"); // the client keeps its context
    EXPECT_EQ(protocol::toHex(received[1].payload), "f248cdc9c90700");
}
