// SPDX-License-Identifier: GPL-3.0-or-later
// Our client and our echo server with a real nginx between them: configured rightly, and with three mistakes.
#include "peer_test.h"

#include "core/protocol/http_head.h"
#include "core/session/client_session.h"
#include "core/session/server_session.h"

using namespace frameglass;
using namespace frameglass::peers;
using namespace std::chrono_literals;

namespace {

class ThroughNginx : public testing::Test
{
protected:
    void connect(const std::string &mistake)
    {
        ASSERT_TRUE(m_server.start()) << m_server.error().message;
        const Command command = nginx(mistake, m_server.port());
        NEED_PEER(command);
        m_nginx = std::make_unique<PeerProcess>(command);
        const auto port = m_nginx->port();
        ASSERT_TRUE(port) << m_nginx->output();
        session::ClientOptions options;
        options.url = "ws://127.0.0.1:" + std::to_string(*port) + "/chat";
        m_client = std::make_unique<session::ClientSession>(m_network, m_sink, options);
        m_client->start();
    }

    std::string responseHead() const
    {
        for (const capture::Record &record : m_sink->records(m_client->id())) {
            const auto *head = capture::as<capture::HeadRecord>(record);
            if (head && head->direction == capture::Direction::Received)
                return std::string(protocol::textOf(head->raw));
        }
        return {};
    }

    std::string responseBody() const
    {
        std::string body;
        for (const capture::Record &record : m_sink->records(m_client->id())) {
            if (const auto *part = capture::as<capture::BodyRecord>(record))
                body += protocol::textOf(part->octets);
        }
        return body;
    }

    session::NetworkThread m_network;
    std::shared_ptr<WaitableSink> m_sink = std::make_shared<WaitableSink>();
    session::ServerSession m_server{m_network, m_sink, {}};
    std::unique_ptr<PeerProcess> m_nginx;
    std::unique_ptr<session::ClientSession> m_client;
};

#define CONNECT(mistake)                                                                                               \
    connect(mistake);                                                                                                  \
    if (IsSkipped() || HasFatalFailure())                                                                              \
    return

TEST_F(ThroughNginx, RightlyConfiguredIsTransparent)
{
    CONNECT("right");
    ASSERT_TRUE(waitForOpen(*m_sink, m_client->id())) << responseHead() << responseBody() << m_nginx->output();
    m_client->sendText("héllo", 2);
    const auto large = countingOctets(70'000);
    m_client->sendBinary(large);
    const auto echoed = waitForMessages(*m_sink, m_client->id(), 2);
    EXPECT_EQ(echoed, (std::vector<Message>{{protocol::Opcode::Text, "héllo", 2},
                                            {protocol::Opcode::Binary, std::string(protocol::textOf(large)), 1}}));
    m_client->ping();
    EXPECT_TRUE(waitForHeartbeat(*m_sink, m_client->id(), capture::HeartbeatKind::PongMatched));
    m_client->close(4002, "bye");
    ASSERT_TRUE(m_client->waitEnded(patience));
    const auto end = waitForEnd(*m_sink, m_client->id());
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->wasClean);
    EXPECT_EQ(end->code, 4002);
}

TEST_F(ThroughNginx, WithoutUpgradeTheServerSaysWhatItSaw)
{
    CONNECT("no-upgrade");
    ASSERT_TRUE(m_client->waitEnded(patience));
    EXPECT_TRUE(responseHead().starts_with("HTTP/1.1 4")) << responseHead();
    EXPECT_NE(responseBody().find("Upgrade: absent"), std::string::npos) << responseBody();
    EXPECT_NE(responseBody().find("HTTP version: 1.1"), std::string::npos) << responseBody();
}

TEST_F(ThroughNginx, OverHttp10TheServerSaysWhatItSaw)
{
    CONNECT("http10");
    ASSERT_TRUE(m_client->waitEnded(patience));
    EXPECT_TRUE(responseHead().starts_with("HTTP/1.1 4")) << responseHead();
    EXPECT_NE(responseBody().find("HTTP version: 1.0"), std::string::npos) << responseBody();
}

TEST_F(ThroughNginx, TheReadTimeoutCutsASilentConnection)
{
    CONNECT("read-timeout");
    ASSERT_TRUE(waitForOpen(*m_sink, m_client->id())) << responseHead() << m_nginx->output();
    const auto opened = std::chrono::steady_clock::now();
    ASSERT_TRUE(m_client->waitEnded(patience));
    const auto silent = std::chrono::steady_clock::now() - opened;
    EXPECT_GT(silent, 1500ms);
    EXPECT_LT(silent, 10s);
    const auto ends = test::allOf<capture::TransportEnded>(m_sink->records(m_client->id()));
    ASSERT_FALSE(ends.empty());
    EXPECT_EQ(ends[0].end, capture::TransportEnd::FinReceived);
    const auto end = waitForEnd(*m_sink, m_client->id());
    ASSERT_TRUE(end);
    EXPECT_FALSE(end->wasClean);
    EXPECT_EQ(end->code, 1006);
}

} // namespace
