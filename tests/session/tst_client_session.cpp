// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/client_session.h"
#include "tests/support/raw_server.h"
#include "tests/support/recorded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <future>

using namespace frameglass;
using namespace frameglass::session;
using namespace frameglass::test;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

namespace {

class ClientSessionTest : public testing::Test
{
protected:
    ClientSession &start(const std::string &url)
    {
        options.url = url;
        m_session = std::make_unique<ClientSession>(network, sink, options);
        m_session->start();
        return *m_session;
    }
    bool waitForWord(const std::string &word)
    {
        return sink->waitFor([&](const capture::Record &record) { return wordFor(record) == word; });
    }
    std::vector<std::string> courseToEnd()
    {
        EXPECT_TRUE(m_session->waitEnded(seconds(20)));
        return courseOf(sink->records());
    }
    /// The part of the course after the upgrade.
    std::vector<std::string> courseWhenOpen()
    {
        auto words = courseToEnd();
        const auto open = std::find(words.begin(), words.end(), "upgrade succeeded");
        EXPECT_NE(open, words.end());
        if (open != words.end())
            words.erase(words.begin(), open + 1);
        return words;
    }

    NetworkThread network;
    std::shared_ptr<WaitableSink> sink = std::make_shared<WaitableSink>();
    ClientOptions options;
    std::unique_ptr<ClientSession> m_session;
};

std::string upgrade(RawSocket &client, std::string_view extra = {})
{
    const auto request = client.readUntil("\r\n\r\n");
    client.write(upgradeResponse(request, extra));
    return request;
}

std::string closePayload(int code)
{
    return {static_cast<char>(code >> 8), static_cast<char>(code)};
}

} // namespace

TEST_F(ClientSessionTest, FromResolveToCleanEnd)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        EXPECT_EQ(readFrame(client), std::pair(0x81, std::string("hello")));
        client.write(serverFrame(0x81, "hello"));
        EXPECT_EQ(readFrame(client), std::pair(0x88, closePayload(1000) + "bye"));
        client.write(serverFrame(0x88, closePayload(1000)));
        client.shutdownWrite();
        EXPECT_EQ(client.readEnd(), 0);
    });
    auto &client = start(server.url("/chat?x=1"));
    ASSERT_TRUE(waitForWord("upgrade succeeded"));
    client.sendText("hello");
    ASSERT_TRUE(waitForWord("text received 5"));
    client.close(1000, "bye");
    EXPECT_THAT(courseToEnd(),
                ElementsAre("started", "resolve started", "resolve succeeded", "addresses 1", "tcp started", "tried 0",
                            "tcp succeeded", "upgrade started", "request sent", "response received", "state open",
                            "upgrade succeeded", "text sent 5", "text received 5", "close sent 5", "state close-sent",
                            "close received 2", "state close-done", "fin received", "state closed", "fin sent",
                            "closed by us", "ended 1000 clean"));
    server.finish();
    // Every octet stands in exactly one read or write.
    std::uint64_t next[2] = {0, 0};
    for (const auto &transfer : allOf<capture::TransferBoundary>(sink->records())) {
        auto &offset = next[transfer.direction == capture::Direction::Sent];
        EXPECT_EQ(transfer.offset, offset);
        offset += transfer.length;
    }
    const auto heads = allOf<capture::HeadRecord>(sink->records());
    EXPECT_EQ(next[1], heads[0].raw.size() + 6 + 5 + 6 + 5);
    EXPECT_EQ(next[0], heads[1].raw.size() + 2 + 5 + 2 + 2);
}

TEST_F(ClientSessionTest, TheRequestCarriesWhatWasAsked)
{
    std::promise<std::string> seen;
    RawServer server([&](RawSocket &client) { seen.set_value(client.readUntil("\r\n\r\n")); });
    options.headers = {{"X-One", "1"}, {"x-two", "2"}, {"X-One", "3"}};
    options.subprotocols = {"a", "b"};
    options.origin = "http://o.example";
    options.cookies = "k=v";
    options.basicUser = "user";
    options.basicPassword = "pass";
    start(server.url("/p?q=1"));
    const auto request = seen.get_future().get();
    EXPECT_THAT(request,
                testing::StartsWith("GET /p?q=1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port())));
    EXPECT_THAT(request, HasSubstr("\r\nOrigin: http://o.example\r\n"));
    EXPECT_THAT(request, HasSubstr("\r\nSec-WebSocket-Protocol: a, b\r\n"));
    EXPECT_THAT(request, HasSubstr("\r\nAuthorization: Basic dXNlcjpwYXNz\r\n"));
    EXPECT_THAT(request, HasSubstr("\r\nCookie: k=v\r\nX-One: 1\r\nx-two: 2\r\nX-One: 3\r\n"));
}

TEST_F(ClientSessionTest, UserInfoOfTheUrlAuthorizesUnlessAHeaderDoes)
{
    for (const bool own : {false, true}) {
        std::promise<std::string> seen;
        RawServer server([&](RawSocket &client) { seen.set_value(client.readUntil("\r\n\r\n")); });
        options.headers.clear();
        if (own)
            options.headers.push_back({"authorization", "Own"});
        start("ws://us%65r:pass@127.0.0.1:" + std::to_string(server.port()));
        const auto request = seen.get_future().get();
        EXPECT_EQ(request.find("Basic dXNlcjpwYXNz") != std::string::npos, !own) << request;
        EXPECT_THAT(request, Not(HasSubstr("user")));
        EXPECT_TRUE(m_session->waitEnded(seconds(20)));
    }
}

TEST_F(ClientSessionTest, TheResponseSplitAtEveryOctet)
{
    RawServer server([&](RawSocket &client) {
        const auto response = upgradeResponse(client.readUntil("\r\n\r\n")) + serverFrame(0x81, "glued");
        std::uint64_t written = 0;
        for (const char octet : response) {
            client.write({&octet, 1});
            ++written;
            EXPECT_TRUE(sink->waitFor([&](const capture::Record &record) {
                const auto *transfer = capture::as<capture::TransferBoundary>(record);
                return transfer && transfer->direction == capture::Direction::Received &&
                       transfer->offset + transfer->length == written;
            }));
        }
    });
    start(server.url());
    EXPECT_THAT(courseWhenOpen(), testing::Contains("text received 5"));
    for (const auto &transfer : allOf<capture::TransferBoundary>(sink->records())) {
        if (transfer.direction == capture::Direction::Received) {
            EXPECT_EQ(transfer.length, 1u);
        }
    }
}

TEST_F(ClientSessionTest, FramesGluedToTheResponse)
{
    RawServer server([](RawSocket &client) {
        const auto request = client.readUntil("\r\n\r\n");
        client.write(upgradeResponse(request) + serverFrame(0x01, "he") + serverFrame(0x89, "p") +
                     serverFrame(0x80, "llo"));
        EXPECT_EQ(readFrame(client), std::pair(0x8A, std::string("p")));
    });
    start(server.url());
    EXPECT_THAT(courseWhenOpen(), ElementsAre("text received 2", "ping received 1", "pong sent 1",
                                              "continuation received 3", "message received 5", "fin received",
                                              "state failed", "fin sent", "closed by us", "ended 1006"));
}

TEST_F(ClientSessionTest, AnAnswerThatIsNot101KeepsItsBody)
{
    const std::string body = R"({"error":"no token"})";
    RawServer server([&](RawSocket &client) {
        client.readUntil("\r\n\r\n");
        client.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                     body.substr(0, 5));
        client.write(body.substr(5));
        EXPECT_EQ(client.readEnd(), 0); // we end it although the server would keep the connection
    });
    start(server.url());
    EXPECT_THAT(courseToEnd(), Contains("upgrade failed"));
    std::string got;
    for (const auto &part : allOf<capture::BodyRecord>(sink->records()))
        got += protocol::textOf(part.octets);
    EXPECT_EQ(got, body);
}

TEST_F(ClientSessionTest, ABodyOverTheLimitIsCounted)
{
    RawServer server([](RawSocket &client) {
        client.readUntil("\r\n\r\n");
        client.write("HTTP/1.1 502 Bad Gateway\r\n\r\n" + std::string(5000, 'x'));
    });
    options.limits.bodyOctets = 1000;
    start(server.url());
    courseToEnd();
    std::uint64_t kept = 0;
    std::uint64_t skipped = 0;
    for (const auto &part : allOf<capture::BodyRecord>(sink->records())) {
        kept += part.octets.size();
        skipped += part.skipped;
    }
    EXPECT_EQ(kept, 1000u);
    EXPECT_EQ(skipped, 4000u);
}

TEST_F(ClientSessionTest, ARedirectIsRecordedNotFollowed)
{
    RawServer server([](RawSocket &client) {
        client.readUntil("\r\n\r\n");
        client.write("HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n");
        EXPECT_EQ(client.readEnd(), 0);
    });
    start(server.url());
    courseToEnd();
    const auto heads = allOf<capture::HeadRecord>(sink->records());
    ASSERT_EQ(heads.size(), 2u);
    EXPECT_THAT(std::string(protocol::textOf(heads[1].raw)), HasSubstr("Location: http://elsewhere/"));
}

TEST_F(ClientSessionTest, GarbageInsteadOfAResponse)
{
    RawServer server([](RawSocket &client) {
        client.readUntil("\r\n\r\n");
        client.write("SSH-2.0-OpenSSH_9.2\r\n");
        client.readEnd();
    });
    options.timeouts.upgrade = milliseconds(100);
    start(server.url());
    const auto course = courseToEnd();
    EXPECT_THAT(course, testing::IsSupersetOf({"upgrade timed out", "response received partly", "state failed"}));
    EXPECT_EQ(course.back(), "ended 1006");
}

TEST_F(ClientSessionTest, NoResponseTimesOut)
{
    RawServer server([](RawSocket &client) { EXPECT_EQ(client.readEnd(), 0); });
    options.timeouts.upgrade = milliseconds(100);
    start(server.url());
    const auto course = courseToEnd();
    EXPECT_THAT(course, Contains("upgrade timed out"));
    EXPECT_THAT(course, Not(Contains("upgrade failed")));
    EXPECT_EQ(course.back(), "ended 1006");
}

TEST_F(ClientSessionTest, FinWithoutClose)
{
    RawServer server([](RawSocket &client) { upgrade(client); });
    start(server.url());
    EXPECT_THAT(courseWhenOpen(),
                ElementsAre("fin received", "state failed", "fin sent", "closed by us", "ended 1006"));
}

TEST_F(ClientSessionTest, ResetWithoutClose)
{
    std::promise<void> open;
    RawServer server([&](RawSocket &client) {
        upgrade(client);
        open.get_future().wait();
        client.reset();
    });
    start(server.url());
    ASSERT_TRUE(waitForWord("upgrade succeeded"));
    open.set_value();
    EXPECT_THAT(courseWhenOpen(), ElementsAre("reset received", "state failed", "ended 1006"));
    EXPECT_EQ(allOf<capture::TransportEnded>(sink->records())[0].error, ECONNRESET);
}

TEST_F(ClientSessionTest, ResetDuringTheUpgradeKeepsErrno)
{
    RawServer server([](RawSocket &client) {
        client.readUntil("\r\n\r\n");
        client.reset();
    });
    start(server.url());
    courseToEnd();
    const auto stages = allOf<capture::StageChanged>(sink->records());
    EXPECT_EQ(stages.back().stage, capture::Stage::Upgrade);
    EXPECT_EQ(stages.back().outcome, capture::StageOutcome::Failed);
    EXPECT_EQ(stages.back().error, ECONNRESET);
}

TEST_F(ClientSessionTest, HalfCloseKeepsReading)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        EXPECT_EQ(client.readToEnd(), "");
        client.write(serverFrame(0x81, "still here"));
    });
    auto &client = start(server.url());
    ASSERT_TRUE(waitForWord("upgrade succeeded"));
    client.halfClose();
    EXPECT_THAT(courseWhenOpen(), ElementsAre("fin sent", "text received 10", "fin received", "state failed",
                                              "closed by us", "ended 1006"));
    server.finish();
}

TEST_F(ClientSessionTest, AfterOurHalfCloseACloseIsNotAnswered)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        EXPECT_EQ(client.readToEnd(), "");
        client.write(serverFrame(0x89, "?") + serverFrame(0x88, closePayload(1000)));
    });
    auto &client = start(server.url());
    ASSERT_TRUE(waitForWord("upgrade succeeded"));
    client.halfClose();
    client.sendText("too late");
    client.close(1000);
    EXPECT_THAT(courseWhenOpen(), ElementsAre("fin sent", "ping received 1", "close received 2", "state close-received",
                                              "fin received", "state failed", "closed by us", "ended 1000"));
    server.finish();
}

TEST_F(ClientSessionTest, AfterOurHalfCloseAServerThatStaysIsNotWaitedForForever)
{
    options.timeouts.closeReply = milliseconds(50);
    std::promise<void> over;
    RawServer server([&](RawSocket &client) {
        upgrade(client);
        EXPECT_EQ(client.readToEnd(), "");
        client.write(serverFrame(0x88, closePayload(1001)));
        over.get_future().wait();
    });
    auto &client = start(server.url());
    ASSERT_TRUE(waitForWord("upgrade succeeded"));
    client.halfClose();
    EXPECT_THAT(courseWhenOpen(), ElementsAre("fin sent", "close received 2", "state close-received", "closed by us",
                                              "state failed", "ended 1001"));
    over.set_value();
    server.finish();
}

TEST_F(ClientSessionTest, TheServerClosesFirst)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        client.write(serverFrame(0x88, closePayload(4001) + "later"));
        EXPECT_EQ(readFrame(client), std::pair(0x88, closePayload(4001)));
    });
    start(server.url());
    EXPECT_THAT(courseWhenOpen(),
                ElementsAre("close received 7", "state close-received", "close sent 2", "state close-done",
                            "fin received", "state closed", "fin sent", "closed by us", "ended 4001 clean"));
    EXPECT_EQ(allOf<capture::ConnectionEnded>(sink->records())[0].reason, "later");
}

TEST_F(ClientSessionTest, ACloseWithoutCodeIs1005)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        client.write(serverFrame(0x88, ""));
        EXPECT_EQ(readFrame(client), std::pair(0x88, std::string()));
    });
    start(server.url());
    EXPECT_EQ(courseToEnd().back(), "ended 1005 clean");
}

TEST_F(ClientSessionTest, NoReplyToOurCloseEndsTcpInTime)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        EXPECT_EQ(readFrame(client).first, 0x88);
        EXPECT_EQ(client.readEnd(), 0); // FIN, no reset
    });
    options.timeouts.closeReply = milliseconds(100);
    auto &client = start(server.url());
    ASSERT_TRUE(waitForWord("upgrade succeeded"));
    client.close(1000);
    EXPECT_THAT(courseWhenOpen(),
                ElementsAre("close sent 2", "state close-sent", "closed by us", "state failed", "ended 1006"));
    server.finish();
}

TEST_F(ClientSessionTest, AnIllegalCloseCodeCanBeSent)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        EXPECT_EQ(readFrame(client), std::pair(0x88, closePayload(1005)));
    });
    auto &client = start(server.url());
    ASSERT_TRUE(waitForWord("upgrade succeeded"));
    client.close(1005);
    EXPECT_THAT(courseWhenOpen(), Contains("state close-sent"));
    server.finish();
}

TEST_F(ClientSessionTest, AFloodOfPingsIsAnsweredInOrder)
{
    constexpr int count = 2000;
    RawServer server([](RawSocket &client) {
        upgrade(client);
        std::string flood;
        for (int i = 0; i < count; ++i)
            flood += serverFrame(0x89, std::to_string(i));
        client.write(flood);
        for (int i = 0; i < count; ++i)
            ASSERT_EQ(readFrame(client), std::pair(0x8A, std::to_string(i)));
    });
    start(server.url());
    const auto course = courseToEnd();
    server.finish();
    EXPECT_EQ(std::count_if(course.begin(), course.end(), [](auto &word) { return word.starts_with("pong sent"); }),
              count);
}

TEST_F(ClientSessionTest, AutoPongOffLeavesPingsUnanswered)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        client.write(serverFrame(0x89, "x"));
        EXPECT_EQ(readFrame(client), std::pair(0x8A, std::string("by hand")));
    });
    options.heartbeat.autoPong = AutoPong::Off;
    auto &client = start(server.url());
    ASSERT_TRUE(waitForWord("pong withheld"));
    client.pong(protocol::octetsOf("by hand"));
    courseToEnd();
    server.finish();
}

TEST_F(ClientSessionTest, DelayedPong)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        client.write(serverFrame(0x89, "x"));
        EXPECT_EQ(readFrame(client), std::pair(0x8A, std::string("x")));
    });
    options.heartbeat.autoPong = AutoPong::Delayed;
    options.heartbeat.pongDelay = milliseconds(50);
    start(server.url());
    EXPECT_THAT(courseWhenOpen(), testing::IsSupersetOf({"pong delayed", "pong sent 1"}));
    const auto records = sink->records();
    Nanoseconds ping{0};
    for (const auto &record : records) {
        if (wordFor(record) == "ping received 1")
            ping = record.time;
        if (wordFor(record) == "pong sent 1") {
            EXPECT_GE(record.time - ping, milliseconds(50));
        }
    }
}

TEST_F(ClientSessionTest, PongsMatchedAndUnsolicited)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        client.write(serverFrame(0x8A, "nobody asked"));
        const auto ping = readFrame(client);
        EXPECT_EQ(ping.first, 0x89);
        client.write(serverFrame(0x8A, ping.second));
        client.readEnd();
    });
    auto &client = start(server.url());
    ASSERT_TRUE(waitForWord("pong unsolicited"));
    client.ping();
    ASSERT_TRUE(waitForWord("pong matched"));
    client.disconnect();
    EXPECT_THAT(courseWhenOpen(),
                ElementsAre("pong received 12", "pong unsolicited", "ping sent 16", "ping left", "pong received 16",
                            "pong matched", "closed by us", "state failed", "ended 1006"));
}

TEST_F(ClientSessionTest, ScheduledPingsSayWhenTheNextIsDue)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(readFrame(client).first, 0x89);
    });
    options.heartbeat.pingInterval = milliseconds(20);
    options.heartbeat.pingTimeout = milliseconds(10);
    start(server.url());
    courseToEnd();
    server.finish();
    const auto beats = allOf<capture::HeartbeatRecord>(sink->records());
    ASSERT_GE(beats.size(), 4u);
    EXPECT_EQ(beats[0].kind, capture::HeartbeatKind::PingSent);
    EXPECT_TRUE(beats[0].nextDue);
    EXPECT_EQ(beats[1].kind, capture::HeartbeatKind::PongMissed);
    EXPECT_EQ(beats[1].id, 1u);
}

TEST_F(ClientSessionTest, AnIllegalFrameLeavesAsDescribed)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        EXPECT_EQ(protocol::toHex(protocol::viewOf(client.readExactly(8))), "f37f000000000000"); // RSV, opcode 3
        EXPECT_EQ(client.readExactly(4), std::string("\x00\x02hi", 4));
    });
    auto &client = start(server.url());
    ASSERT_TRUE(waitForWord("upgrade succeeded"));
    protocol::RawFrame frame;
    frame.header.rsv = 7;
    frame.header.opcode = 3;
    frame.header.lengthOctets = 8; // not minimal
    frame.header.payloadLength = 2;
    frame.payload = protocol::octetsOf("hi"); // and not masked
    client.sendRaw(frame);
    EXPECT_THAT(courseWhenOpen(), Contains("opcode-3 sent 2"));
    server.finish();
}

TEST_F(ClientSessionTest, AViolationIsARecordAfterItsFrame)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        client.write(serverFrame(0xC1, "x"));
        EXPECT_EQ(readFrame(client).second.substr(0, 2), closePayload(1002));
        EXPECT_EQ(client.readEnd(), 0);
    });
    start(server.url());
    const auto course = courseWhenOpen();
    server.finish();
    ASSERT_GE(course.size(), 3u);
    EXPECT_EQ(course[0].substr(0, 13), "text received");
    EXPECT_EQ(course[1], "violation reserved-bit");
    EXPECT_EQ(course.back(), "ended 1006");
}

TEST_F(ClientSessionTest, AnObserverNotesViolationsAndGoesOn)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        client.write(serverFrame(0xC1, "x") + serverFrame(0x81, "fine"));
        EXPECT_EQ(readFrame(client), std::pair(0x81, std::string("ok")));
    });
    options.reading = protocol::Reading::Observer;
    auto &client = start(server.url());
    ASSERT_TRUE(waitForWord("text received 4"));
    client.sendText("ok");
    EXPECT_THAT(courseWhenOpen(), testing::IsSupersetOf({"violation reserved-bit", "text sent 2"}));
    server.finish();
}

TEST_F(ClientSessionTest, DisconnectWithReset)
{
    int end = -1;
    RawServer server([&](RawSocket &client) {
        upgrade(client);
        end = client.readEnd();
    });
    auto &client = start(server.url());
    ASSERT_TRUE(waitForWord("upgrade succeeded"));
    client.disconnect(true);
    EXPECT_THAT(courseWhenOpen(), ElementsAre("reset by us", "state failed", "ended 1006"));
    server.finish();
    EXPECT_EQ(end, ECONNRESET);
}

TEST_F(ClientSessionTest, DisconnectWhileResolving)
{
    std::promise<void> release;
    network.setLookup([done = release.get_future().share()](const std::string &, std::uint16_t) {
        done.wait();
        return transport::LookupResult{};
    });
    auto &client = start("ws://hangs.test/");
    ASSERT_TRUE(waitForWord("resolve started"));
    client.disconnect();
    EXPECT_THAT(courseToEnd(), ElementsAre("started", "resolve started", "resolve cancelled", "ended 1006"));
    release.set_value();
}

TEST_F(ClientSessionTest, CloseWhileConnecting)
{
    DeafListener deaf;
    auto &client = start("ws://127.0.0.1:" + std::to_string(deaf.port()));
    ASSERT_TRUE(waitForWord("tcp started"));
    client.close(1000);
    EXPECT_THAT(courseToEnd(), testing::IsSupersetOf({"tcp cancelled", "ended 1006"}));
}

TEST_F(ClientSessionTest, RefusedEnds)
{
    start("ws://127.0.0.1:" + std::to_string(closedPort()));
    EXPECT_THAT(courseToEnd(),
                testing::IsSupersetOf({"tried " + std::to_string(ECONNREFUSED), std::string("tcp failed")}));
}

TEST_F(ClientSessionTest, DestroyedWhileBusy)
{
    RawServer server([](RawSocket &client) {
        upgrade(client);
        try {
            for (;;)
                client.write(serverFrame(0x81, std::string(1000, 'x')));
        } catch (const std::runtime_error &) { // the client is gone
        }
    });
    start(server.url());
    ASSERT_TRUE(waitForWord("text received 1000"));
    m_session.reset();
    EXPECT_EQ(courseOf(sink->records()).back(), "ended 1006");
}

TEST_F(ClientSessionTest, NeverStartedRecordsNothing)
{
    options.url = "ws://127.0.0.1:1";
    m_session = std::make_unique<ClientSession>(network, sink, options);
    m_session.reset();
    EXPECT_TRUE(sink->records().empty());
}
