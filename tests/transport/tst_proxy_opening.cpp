// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transport/connector.h"
#include "core/transport/proxy_opening.h"
#include "core/transport/socks5_opening.h"
#include "course.h"
#include "tests/support/raw_server.h"
#include "tests/support/recorded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace frameglass;
using namespace frameglass::transport;
using capture::ProxyKind;
using test::RawServer;
using test::RawSocket;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

namespace {

/// What came through the tunnel.
class Received final : public StreamHandler
{
public:
    std::string octets;
    bool ended = false;

private:
    void received(protocol::OctetView more, TimePoint) override { octets += protocol::textOf(more); }
    void receiveEnded(TimePoint) override { ended = true; }
    void written(std::size_t, TimePoint) override {}
    void sendEnded(TimePoint) override {}
    void observed(capture::RecordBody, TimePoint) override {}
    void broken(const StreamBroken &, TimePoint) override { ended = true; }
};

class ProxyOpeningTest : public testing::Test
{
protected:
    void SetUp() override { course.next = &received; }

    void connect(std::uint16_t port)
    {
        proxy.host = "127.0.0.1";
        proxy.port = port;
        Connector::Options options;
        options.host = proxy.host;
        options.port = port;
        options.resolveLimit = options.tcpLimit = std::chrono::seconds(20);
        options.queueLimit = 1 << 20;
        options.steps.push_back(makeProxyOpening(context, proxy, target, limit, limits));
        connector = std::make_shared<Connector>(context, std::move(options));
        connector->start(course);
    }
    template<typename Wanted>
    void runUntil(Wanted wanted)
    {
        const auto deadline = test::soon();
        while (!wanted() && std::chrono::steady_clock::now() < deadline) {
            context.restart();
            context.run_one_for(std::chrono::milliseconds(50));
        }
        ASSERT_TRUE(wanted());
    }
    void runToEnd()
    {
        runUntil([this] { return course.over; });
    }
    /// The way through a proxy that plays `script`.
    void through(RawServer::Script script)
    {
        RawServer server(std::move(script));
        connect(server.port());
        runToEnd();
        if (course.stream)
            runUntil([this] { return received.ended; });
        server.finish();
    }
    std::vector<capture::ProxyAnswered> answers() const { return test::allOf<capture::ProxyAnswered>(course.records); }
    capture::StageChanged lastStage() const { return test::allOf<capture::StageChanged>(course.records).back(); }
    std::vector<std::string> heads() const
    {
        std::vector<std::string> texts;
        for (const auto &head : test::allOf<capture::HeadRecord>(course.records)) {
            EXPECT_EQ(head.hop, capture::Hop::Proxy);
            texts.emplace_back(protocol::textOf(head.raw));
        }
        return texts;
    }

    asio::io_context context{1};
    Received received;
    test::Course course;
    Proxy proxy;
    ProxyTarget target{"example.test", 443};
    Nanoseconds limit = std::chrono::seconds(20);
    protocol::Limits limits;
    std::shared_ptr<Connector> connector;
};

using HttpTunnelTest = ProxyOpeningTest;

class Socks5Test : public ProxyOpeningTest
{
protected:
    void SetUp() override
    {
        ProxyOpeningTest::SetUp();
        proxy.kind = ProxyKind::Socks5;
    }
};

std::string octets(std::initializer_list<int> values)
{
    std::string text;
    for (const int value : values)
        text.push_back(static_cast<char>(value));
    return text;
}

const std::string socksGood = octets({5, 0, 0, 1, 127, 0, 0, 1, 0, 80});

} // namespace

// -- HTTP CONNECT ---------------------------------------------------------------------------------------------------

TEST_F(HttpTunnelTest, EveryOctetBehindTheHeadBelongsToTheTunnel)
{
    through([](RawSocket &client) {
        EXPECT_EQ(client.readUntil("\r\n\r\n"), "CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n\r\n");
        client.write("HTTP/1.1 200 Connection established\r\nContent-Length: 5\r\n\r\nfirst");
        client.write(" second");
        client.shutdownWrite();
    });
    EXPECT_EQ(received.octets, "first second");
    ASSERT_EQ(answers().size(), 1u);
    EXPECT_EQ(answers()[0].code, 200);
    EXPECT_EQ(answers()[0].message, "Connection established");
    EXPECT_EQ(test::courseOf(course.records).back(), "proxy succeeded");
    EXPECT_TRUE(test::allOf<capture::BodyRecord>(course.records).empty());
}

TEST_F(HttpTunnelTest, CredentialsAndIpv6)
{
    proxy.user = "Aladdin";
    proxy.password = "open sesame";
    target = {"2001:db8::1", 8443};
    through([](RawSocket &client) {
        EXPECT_EQ(client.readUntil("\r\n\r\n"), "CONNECT [2001:db8::1]:8443 HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n"
                                                "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
        client.write("HTTP/1.0 204 Fine\r\n\r\n"); // RFC 9110 §9.3.6: any 2xx
        client.shutdownWrite();
    });
    EXPECT_TRUE(course.stream);
    EXPECT_EQ(answers()[0].code, 204);
}

TEST_F(HttpTunnelTest, InterimAnswersComeBeforeTheAnswer)
{
    through([](RawSocket &client) {
        client.readUntil("\r\n\r\n");
        client.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx");
        client.shutdownWrite();
    });
    EXPECT_EQ(received.octets, "x");
    EXPECT_EQ(heads().size(), 4u);
}

TEST_F(HttpTunnelTest, InterimAnswersWithoutEndEnd)
{
    through([](RawSocket &client) {
        client.readUntil("\r\n\r\n");
        for (int i = 0; i < 20; ++i)
            client.write("HTTP/1.1 100 Continue\r\n\r\n");
        client.readEnd();
    });
    EXPECT_FALSE(course.stream);
    EXPECT_EQ(lastStage().outcome, capture::StageOutcome::Failed);
    EXPECT_LE(heads().size(), 10u);
}

TEST_F(HttpTunnelTest, ARefusalIsRecordedWhole)
{
    through([](RawSocket &client) {
        client.readUntil("\r\n\r\n");
        client.write("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                     "Content-Length: 12\r\n\r\nWho ");
        client.write("are you?");
        client.readEnd();
    });
    EXPECT_FALSE(course.stream);
    EXPECT_THAT(heads().back(), HasSubstr("Proxy-Authenticate: Basic"));
    std::string body;
    for (const auto &part : test::allOf<capture::BodyRecord>(course.records)) {
        EXPECT_EQ(part.hop, capture::Hop::Proxy);
        body += protocol::textOf(part.octets);
    }
    EXPECT_EQ(body, "Who are you?");
    ASSERT_EQ(answers().size(), 1u);
    EXPECT_EQ(answers()[0].code, 407);
    EXPECT_EQ(lastStage().stage, capture::Stage::Proxy);
    EXPECT_EQ(lastStage().outcome, capture::StageOutcome::Failed);
    EXPECT_EQ(test::allOf<capture::TransportEnded>(course.records).size(), 1u);
}

TEST_F(HttpTunnelTest, TheBodyOfARefusalIsKeptUpToTheLimit)
{
    limits.bodyOctets = 10;
    through([](RawSocket &client) {
        client.readUntil("\r\n\r\n");
        client.write("HTTP/1.1 502 Bad Gateway\r\n\r\n" + std::string(100, 'x'));
        client.shutdownWrite();
        client.readEnd();
    });
    std::size_t kept = 0;
    std::size_t skipped = 0;
    for (const auto &part : test::allOf<capture::BodyRecord>(course.records)) {
        kept += part.octets.size();
        skipped += static_cast<std::size_t>(part.skipped);
    }
    EXPECT_EQ(kept, 10u);
    EXPECT_EQ(skipped, 90u);
    EXPECT_EQ(answers().at(0).code, 502);
}

TEST_F(HttpTunnelTest, ABodyThatNeverEndsIsNotWaitedFor)
{
    limit = std::chrono::milliseconds(200);
    through([](RawSocket &client) {
        client.readUntil("\r\n\r\n");
        client.write("HTTP/1.1 403 Forbidden\r\n\r\nsome");
        client.readEnd();
    });
    EXPECT_EQ(answers().at(0).code, 403);
    EXPECT_EQ(lastStage().outcome, capture::StageOutcome::Failed);
}

TEST_F(HttpTunnelTest, NoAnswerIsATimeOut)
{
    limit = std::chrono::milliseconds(100);
    through([](RawSocket &client) { client.readEnd(); });
    EXPECT_EQ(test::courseOf(course.records).at(test::courseOf(course.records).size() - 2), "proxy timed out");
    EXPECT_TRUE(answers().empty());
}

TEST_F(HttpTunnelTest, ASlowAnswerIsATimeOutAndKept)
{
    limit = std::chrono::milliseconds(200);
    through([](RawSocket &client) {
        client.readUntil("\r\n\r\n");
        client.write("HTTP/1.1 200 O");
        client.readEnd();
    });
    EXPECT_EQ(lastStage().outcome, capture::StageOutcome::TimedOut);
    EXPECT_EQ(heads().back(), "HTTP/1.1 200 O");
    EXPECT_FALSE(test::allOf<capture::HeadRecord>(course.records).back().complete);
}

TEST_F(HttpTunnelTest, AHeadOverTheLimitEnds)
{
    limits.headOctets = 1000;
    through([](RawSocket &client) {
        client.readUntil("\r\n\r\n");
        client.write("HTTP/1.1 200 OK\r\nX: " + std::string(2000, 'x'));
        client.readEnd();
    });
    EXPECT_FALSE(course.stream);
    EXPECT_EQ(lastStage().outcome, capture::StageOutcome::Failed);
    EXPECT_THAT(lastStage().message, HasSubstr("limit"));
    EXPECT_LE(heads().back().size(), 1000u);
}

TEST_F(HttpTunnelTest, FinInsteadOfAnAnswer)
{
    through([](RawSocket &client) {
        client.readUntil("\r\n\r\n");
        client.write("garb");
        client.shutdownWrite();
        client.readEnd();
    });
    EXPECT_EQ(lastStage().outcome, capture::StageOutcome::Failed);
    EXPECT_EQ(heads().back(), "garb");
    EXPECT_EQ(test::allOf<capture::TransportEnded>(course.records).at(0).end, capture::TransportEnd::FinReceived);
}

TEST_F(HttpTunnelTest, CancelRecordsTheStage)
{
    RawServer server([](RawSocket &client) { client.readEnd(); });
    connect(server.port());
    runUntil([this] { return !heads().empty(); });
    connector->cancel();
    EXPECT_EQ(lastStage().stage, capture::Stage::Proxy);
    EXPECT_EQ(lastStage().outcome, capture::StageOutcome::Cancelled);
    EXPECT_FALSE(course.over);
}

// -- SOCKS5 ---------------------------------------------------------------------------------------------------------

TEST_F(Socks5Test, TheProxyResolvesTheName)
{
    through([](RawSocket &client) {
        EXPECT_EQ(client.readExactly(3), octets({5, 1, 0}));
        client.write(octets({5, 0}));
        EXPECT_EQ(client.readExactly(4 + 1 + 12 + 2), octets({5, 1, 0, 3, 12}) + "example.test" + octets({0x01, 0xbb}));
        client.write(socksGood + "first");
        client.write(" second");
        client.shutdownWrite();
    });
    EXPECT_EQ(received.octets, "first second");
    ASSERT_EQ(answers().size(), 1u);
    EXPECT_EQ(answers()[0].code, 0);
    EXPECT_EQ(test::courseOf(course.records).back(), "proxy succeeded");
}

TEST_F(Socks5Test, AddressesGoAsAddresses)
{
    target = {"192.0.2.7", 80};
    through([](RawSocket &client) {
        client.readExactly(3);
        client.write(octets({5, 0}));
        EXPECT_EQ(client.readExactly(10), octets({5, 1, 0, 1, 192, 0, 2, 7, 0, 80}));
        client.write(socksGood);
        client.shutdownWrite();
    });
    EXPECT_TRUE(course.stream);
}

TEST_F(Socks5Test, UserAndPassword)
{
    proxy.user = "bob";
    proxy.password = "pw";
    through([](RawSocket &client) {
        EXPECT_EQ(client.readExactly(4), octets({5, 2, 0, 2}));
        client.write(octets({5, 2}));
        EXPECT_EQ(client.readExactly(8), octets({1, 3}) + "bob" + octets({2}) + "pw");
        client.write(octets({1, 0}));
        client.readExactly(4 + 1 + 12 + 2);
        // An answer octet by octet, with a name in it.
        for (const char octet : octets({5, 0, 0, 3, 2}) + "ab" + octets({0, 1}))
            client.write(std::string(1, octet));
        client.shutdownWrite();
    });
    EXPECT_TRUE(course.stream);
    EXPECT_EQ(received.octets, "");
}

TEST_F(Socks5Test, RefusedCredentials)
{
    proxy.user = "bob";
    through([](RawSocket &client) {
        client.readExactly(4);
        client.write(octets({5, 2}));
        client.readExactly(6);
        client.write(octets({1, 1}));
        client.readEnd();
    });
    EXPECT_EQ(answers().at(0).code, Socks5Opening::refusedCredentials);
}

TEST_F(Socks5Test, NoMethodInCommon)
{
    through([](RawSocket &client) {
        client.readExactly(3);
        client.write(octets({5, 0xff}));
        client.readEnd();
    });
    EXPECT_EQ(answers().at(0).code, Socks5Opening::refusedMethods);
}

/// A method that was not offered is not taken, whatever the proxy likes.
TEST_F(Socks5Test, PasswordsAreNotSentUnlessThereAreSome)
{
    through([](RawSocket &client) {
        client.readExactly(3);
        client.write(octets({5, 2}));
        EXPECT_EQ(client.readToEnd(), "");
    });
    EXPECT_EQ(answers().at(0).code, Socks5Opening::refusedMethods);
}

TEST_F(Socks5Test, RefusalsKeepTheirCode)
{
    for (const bool cut : {false, true}) { // some end after the code
        course = {};
        course.next = &received;
        through([cut](RawSocket &client) {
            client.readExactly(3);
            client.write(octets({5, 0}));
            client.readExactly(4 + 1 + 12 + 2);
            client.write(octets({5, 4, 0, 1, 0, 0, 0, 0, 0, 0}).substr(0, cut ? 2 : 10));
            client.shutdownWrite();
            client.readEnd();
        });
        ASSERT_EQ(answers().size(), 1u);
        EXPECT_EQ(answers()[0].code, 4);
        EXPECT_EQ(answers()[0].message, "Host unreachable");
        EXPECT_EQ(lastStage().outcome, capture::StageOutcome::Failed);
    }
}

TEST_F(Socks5Test, WhatIsNoSocksIsSaid)
{
    through([](RawSocket &client) {
        client.readExactly(3);
        client.write("HTTP/1.1 400 Bad Request\r\n\r\n");
        client.readEnd();
    });
    EXPECT_TRUE(answers().empty());
    EXPECT_THAT(lastStage().message, HasSubstr("0x48"));
}

TEST_F(Socks5Test, SilenceIsATimeOut)
{
    limit = std::chrono::milliseconds(100);
    through([](RawSocket &client) { client.readEnd(); });
    EXPECT_EQ(lastStage().outcome, capture::StageOutcome::TimedOut);
}
