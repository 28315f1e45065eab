// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/server_session.h"

#include "core/protocol/handshake.h"
#include "core/session/client_session.h"
#include "tests/support/raw_socket.h"
#include "tests/support/recorded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

using namespace frameglass;
using namespace frameglass::session;
using namespace frameglass::test;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;

namespace {

class ServerSessionTest : public testing::Test
{
protected:
    ServerSession &start()
    {
        server = std::make_unique<ServerSession>(network, sink, options);
        EXPECT_TRUE(server->start()) << server->error().message;
        return *server;
    }
    RawSocket openRaw(std::string_view extra = {})
    {
        auto client = RawSocket::connectTo(server->port());
        client.write(upgradeRequest(extra));
        response = client.readUntil("\r\n\r\n");
        return client;
    }
    bool waitForWord(const std::string &word, std::size_t count = 1)
    {
        std::size_t seen = 0;
        return sink->waitFor([&](const capture::Record &record) { return wordFor(record) == word && ++seen == count; });
    }

    NetworkThread network;
    std::shared_ptr<WaitableSink> sink = std::make_shared<WaitableSink>();
    ServerOptions options;
    std::unique_ptr<ServerSession> server;
    std::string response;
};

const std::string close1000("\x03\xE8", 2);
const std::string close1001("\x03\xE9", 2);

} // namespace

TEST_F(ServerSessionTest, EchoesFramesAsTheyCame)
{
    start();
    auto client = openRaw();
    EXPECT_THAT(response, testing::StartsWith("HTTP/1.1 101 "));
    EXPECT_THAT(response, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    client.write(clientFrame(0x81, "text") + clientFrame(0x02, "fr") + clientFrame(0x89, "!") +
                 clientFrame(0x00, "agm") + clientFrame(0x80, "ents"));
    std::string got = client.readExactly(6 + 4 + 3 + 5 + 6);
    // The pong may overtake echoes of the same read, but data keeps its order.
    const auto pong = serverFrame(0x8A, "!");
    ASSERT_NE(got.find(pong), std::string::npos);
    got.erase(got.find(pong), pong.size());
    EXPECT_EQ(got, serverFrame(0x81, "text") + serverFrame(0x02, "fr") + serverFrame(0x00, "agm") +
                       serverFrame(0x80, "ents"));
}

TEST_F(ServerSessionTest, ALargeMessageComesBackWhole)
{
    start();
    auto client = openRaw();
    const std::string big(3'000'000, 'b');
    client.write(clientFrame(0x82, big));
    const auto expected = serverFrame(0x82, big);
    EXPECT_TRUE(client.readExactly(expected.size()) == expected);
}

TEST_F(ServerSessionTest, TextBeforeACloseInTheSameReadIsStillEchoed)
{
    start();
    auto client = openRaw();
    client.write(clientFrame(0x81, "last") + clientFrame(0x88, close1000));
    EXPECT_EQ(client.readToEnd(), serverFrame(0x81, "last") + serverFrame(0x88, close1000));
    client.close();
    ASSERT_TRUE(waitForWord("ended 1000 clean"));
}

TEST_F(ServerSessionTest, InvalidUtf8IsNotEchoed)
{
    start();
    auto client = openRaw();
    client.write(clientFrame(0x81, "\xC3("));
    const auto got = client.readToEnd();
    EXPECT_EQ(got.substr(0, 1), "\x88");
    EXPECT_EQ(got.substr(2, 2), std::string("\x03\xEF")); // 1007
    EXPECT_TRUE(waitForWord("violation invalid-utf8"));
}

TEST_F(ServerSessionTest, EachConnectionIsASeriesOfItsOwn)
{
    auto &session = start();
    const auto first = openRaw();
    const auto second = openRaw();
    ASSERT_TRUE(waitForWord("upgrade succeeded", 2));
    EXPECT_EQ(session.connectionCount(), 2u);
    const auto starts = allOf<capture::ConnectionStarted>(sink->records());
    ASSERT_EQ(starts.size(), 2u);
    for (const auto &begin : starts) {
        EXPECT_EQ(begin.vantage, capture::Vantage::Server);
        EXPECT_EQ(begin.listener, session.id());
        EXPECT_EQ(begin.url, session.url());
    }
    const auto listener = allOf<capture::ListenerRecord>(sink->records(session.id()));
    ASSERT_EQ(listener.size(), 1u);
    EXPECT_EQ(listener[0].address, "127.0.0.1:" + std::to_string(session.port()));
    EXPECT_EQ(listener[0].responder, "echo");
}

TEST_F(ServerSessionTest, SubprotocolChoiceFollowsTheServersPreference)
{
    options.subprotocols = {"v2", "v1"};
    start();
    openRaw("Sec-WebSocket-Protocol: v0, v1\r\nSec-WebSocket-Protocol: v2\r\n");
    EXPECT_THAT(response, HasSubstr("Sec-WebSocket-Protocol: v2\r\n"));
    openRaw("Sec-WebSocket-Protocol: other\r\n");
    EXPECT_THAT(response, testing::Not(HasSubstr("Sec-WebSocket-Protocol")));
}

TEST_F(ServerSessionTest, OriginRule)
{
    options.allowedOrigins = {"https://a.example"};
    start();
    openRaw("Origin: https://a.example\r\n");
    EXPECT_THAT(response, testing::StartsWith("HTTP/1.1 101 "));
    openRaw();
    EXPECT_THAT(response, testing::StartsWith("HTTP/1.1 101 "));
    auto refused = openRaw("Origin: https://b.example\r\n");
    EXPECT_THAT(response, testing::StartsWith("HTTP/1.1 403 "));
    EXPECT_THAT(refused.readToEnd(), HasSubstr("https://b.example"));
    EXPECT_TRUE(waitForWord("violation origin-refused"));
}

TEST_F(ServerSessionTest, ARefusalNamesWhatItSaw)
{
    start();
    auto client = RawSocket::connectTo(server->port());
    client.write("GET / HTTP/1.0\r\nHost: test\r\nConnection: close\r\n\r\n");
    const auto head = client.readUntil("\r\n\r\n");
    EXPECT_THAT(head, testing::StartsWith("HTTP/1.1 400 "));
    const auto report = protocol::parseRefusalBody(client.readToEnd());
    ASSERT_TRUE(report);
    EXPECT_EQ(report->method, "GET");
    EXPECT_EQ(report->httpVersion, "1.0");
    EXPECT_FALSE(report->upgrade);
    EXPECT_EQ(report->connection, "close");
    EXPECT_FALSE(report->keyPresent);
}

TEST_F(ServerSessionTest, SilentClientsTimeOut)
{
    options.limits.handshakeTime = milliseconds(50);
    start();
    auto client = RawSocket::connectTo(server->port());
    EXPECT_EQ(client.readEnd(), 0);
    client.close();
    EXPECT_TRUE(waitForWord("upgrade timed out"));
    EXPECT_TRUE(waitForWord("ended 1006"));
}

TEST_F(ServerSessionTest, HeartbeatOfTheServer)
{
    options.heartbeat.pingInterval = milliseconds(20);
    start();
    ClientOptions how;
    how.url = server->url();
    ClientSession client(network, std::make_shared<capture::NullSink>(), how);
    client.start();
    EXPECT_TRUE(waitForWord("pong matched", 3));
}

TEST_F(ServerSessionTest, OrdersReachTheirConnection)
{
    auto &session = start();
    auto first = openRaw();
    ASSERT_TRUE(waitForWord("upgrade succeeded", 1));
    auto second = openRaw();
    ASSERT_TRUE(waitForWord("upgrade succeeded", 2));
    std::vector<capture::ConnectionId> ids;
    for (const auto &record : sink->records()) {
        if (capture::as<capture::ConnectionStarted>(record))
            ids.push_back(record.connection);
    }
    ASSERT_EQ(ids.size(), 2u);
    session.sendText(ids[1], "for two");
    session.ping(ids[0], protocol::octetsOf("one?"));
    session.sendText(999, "for nobody");
    EXPECT_EQ(second.readExactly(9), serverFrame(0x81, "for two"));
    EXPECT_EQ(first.readExactly(6), serverFrame(0x89, "one?"));
    session.disconnect(ids[0], true);
    EXPECT_EQ(first.readEnd(), ECONNRESET);
}

TEST_F(ServerSessionTest, StopSends1001)
{
    auto &session = start();
    auto client = openRaw();
    ASSERT_TRUE(waitForWord("upgrade succeeded"));
    std::thread stopper([&] { session.stop(seconds(10)); });
    EXPECT_EQ(client.readExactly(4), serverFrame(0x88, close1001));
    client.write(clientFrame(0x88, close1001));
    EXPECT_EQ(client.readEnd(), 0);
    client.close();
    stopper.join();
    EXPECT_EQ(session.connectionCount(), 0u);
    const auto course = courseOf(sink->records());
    EXPECT_THAT(course, Contains("ended 1001 clean"));
    EXPECT_THAT(course, Contains("not listening"));
    EXPECT_THROW(RawSocket::connectTo(session.port()), std::runtime_error);
}

TEST_F(ServerSessionTest, StopDoesNotWaitForThoseWhoDoNotAnswer)
{
    auto &session = start();
    auto client = openRaw();
    ASSERT_TRUE(waitForWord("upgrade succeeded"));
    session.stop(milliseconds(20));
    EXPECT_EQ(session.connectionCount(), 0u);
    EXPECT_TRUE(waitForWord("ended 1006"));
}

TEST_F(ServerSessionTest, AddressInUseIsSaidAndRecorded)
{
    auto &first = start();
    auto other = options;
    other.port = first.port();
    ServerSession second(network, sink, other);
    EXPECT_FALSE(second.start());
    EXPECT_EQ(second.error().number, EADDRINUSE);
    const auto records = allOf<capture::ListenerRecord>(sink->records(second.id()));
    ASSERT_EQ(records.size(), 1u);
    EXPECT_FALSE(records[0].listening);
    EXPECT_EQ(records[0].error, EADDRINUSE);
}

TEST_F(ServerSessionTest, TheConnectionLimitHoldsTheRestInTheBacklog)
{
    options.limits.connections = 1;
    auto &session = start();
    auto first = openRaw();
    auto second = RawSocket::connectTo(session.port());
    second.write(upgradeRequest());
    first.write(clientFrame(0x81, "x"));
    EXPECT_EQ(first.readExactly(3), serverFrame(0x81, "x"));
    EXPECT_EQ(session.connectionCount(), 1u);
    first.close();
    EXPECT_THAT(second.readUntil("\r\n\r\n"), testing::StartsWith("HTTP/1.1 101 "));
}

TEST_F(ServerSessionTest, TwoHundredClientsAtOnce)
{
    constexpr std::size_t count = 200;
    auto &session = start();
    ClientOptions how;
    how.url = session.url();
    auto clientSink = std::make_shared<WaitableSink>();
    std::vector<std::unique_ptr<ClientSession>> clients;
    for (std::size_t i = 0; i < count; ++i) {
        clients.push_back(std::make_unique<ClientSession>(network, clientSink, how));
        clients.back()->start();
    }
    std::size_t open = 0;
    ASSERT_TRUE(clientSink->waitFor(
        [&](const capture::Record &record) { return wordFor(record) == "upgrade succeeded" && ++open == count; }));
    EXPECT_EQ(session.connectionCount(), count);
    for (const auto &client : clients)
        client->sendText("number " + std::to_string(client->id()), 2);
    std::size_t echoed = 0;
    ASSERT_TRUE(clientSink->waitFor([&](const capture::Record &record) {
        return wordFor(record).starts_with("message received") && ++echoed == count;
    }));
    for (const auto &client : clients)
        client->close(1000);
    for (const auto &client : clients)
        EXPECT_TRUE(client->waitEnded(seconds(20)));
    for (const auto &client : clients) {
        const auto ended = allOf<capture::ConnectionEnded>(clientSink->records(client->id()));
        ASSERT_EQ(ended.size(), 1u);
        EXPECT_TRUE(ended[0].wasClean);
        EXPECT_EQ(ended[0].code, 1000);
    }
}

TEST_F(ServerSessionTest, DestroyedWhileBusy)
{
    start();
    ClientOptions how;
    how.url = server->url();
    const auto clientSink = std::make_shared<WaitableSink>();
    ClientSession client(network, clientSink, how);
    client.start();
    ASSERT_TRUE(clientSink->waitFor([](const auto &record) { return wordFor(record) == "upgrade succeeded"; }));
    for (int i = 0; i < 100; ++i)
        client.sendBinary(protocol::Octets(10'000));
    ASSERT_TRUE(waitForWord("binary received 10000"));
    server.reset();
    EXPECT_TRUE(client.waitEnded(seconds(20)));
    EXPECT_TRUE(waitForWord("not listening"));
}
