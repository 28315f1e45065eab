// SPDX-License-Identifier: GPL-3.0-or-later
// Clients by other people against our echo server.
#include "peer_test.h"

#include "core/session/server_session.h"

using namespace frameglass;
using namespace frameglass::peers;
using namespace std::chrono_literals;

namespace {

struct Client
{
    const char *name;
    Command (*command)(const Arguments &);
};

class OurServerAndClient : public testing::TestWithParam<Client>
{
protected:
    void listen(session::ServerOptions options = {})
    {
        m_server = std::make_unique<session::ServerSession>(m_network, m_sink, std::move(options));
        ASSERT_TRUE(m_server->start()) << m_server->error().message;
    }

    /// Starts the client and waits for its connection.
    void connect(Arguments arguments)
    {
        arguments.push_back(m_server->url());
        const Command command = GetParam().command(arguments);
        NEED_PEER(command);
        m_client = std::make_unique<PeerProcess>(command);
        const auto accepted = waitForAccepted(*m_sink, m_server->id());
        ASSERT_TRUE(accepted) << m_client->output();
        m_connection = *accepted;
        ASSERT_TRUE(waitForOpen(*m_sink, m_connection)) << m_client->output();
    }

    session::NetworkThread m_network;
    std::shared_ptr<WaitableSink> m_sink = std::make_shared<WaitableSink>();
    std::unique_ptr<session::ServerSession> m_server;
    std::unique_ptr<PeerProcess> m_client;
    capture::ConnectionId m_connection = 0;
};

/// Clients that can send pings and fragments at will. A page in a browser cannot.
class OurServerAndScriptedClient : public OurServerAndClient
{};

#define CONNECT(...)                                                                                                   \
    connect(__VA_ARGS__);                                                                                              \
    if (IsSkipped() || HasFatalFailure())                                                                              \
    return

TEST_P(OurServerAndClient, EchoesTextAndBinary)
{
    session::ServerOptions options;
    options.subprotocols = {"superchat", "chat"};
    listen(options);
    const auto octets = countingOctets(300);
    const std::string hex = protocol::toHex(octets);
    CONNECT({"--subprotocol", "chat", "--text", "héllo 你好 🎈", "--binary", hex, "--binary", "", "--close-code", "4002",
             "--close-reason", "bye ü"});
    EXPECT_EQ(m_client->waitForExit(), 0) << m_client->output();
    EXPECT_EQ(eventsOf(*m_client, "message"),
              (std::vector<std::string>{textEvent("héllo 你好 🎈"), binaryEvent(octets), binaryEvent({})}));
    const auto opened = eventsOf(*m_client, "open");
    ASSERT_EQ(opened.size(), 1u);
    EXPECT_NE(opened[0].find(R"("subprotocol":"chat")"), std::string::npos) << opened[0];

    const auto end = waitForEnd(*m_sink, m_connection);
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->wasClean);
    EXPECT_EQ(end->code, 4002);
    EXPECT_EQ(end->reason, "bye ü");
}

TEST_P(OurServerAndScriptedClient, EchoesFragmentsAsTheyCame)
{
    listen();
    const std::string text = "a message that its sender cuts into several frames";
    CONNECT({"--fragmented", text});
    EXPECT_EQ(m_client->waitForExit(), 0) << m_client->output();
    EXPECT_EQ(eventsOf(*m_client, "message"), std::vector<std::string>{textEvent(text)});
    ASSERT_TRUE(waitForEnd(*m_sink, m_connection)); // the client may be done before what it did is recorded
    const auto came = messages(m_sink->records(), m_connection, capture::Direction::Received);
    ASSERT_EQ(came.size(), 1u);
    EXPECT_GT(came[0].fragments, 1u);
    EXPECT_EQ(messages(m_sink->records(), m_connection, capture::Direction::Sent), came);
}

TEST_P(OurServerAndScriptedClient, AnswersPings)
{
    listen();
    CONNECT({"--ping", "abc"});
    EXPECT_EQ(m_client->waitForExit(), 0) << m_client->output();
    EXPECT_EQ(eventsOf(*m_client, "pong"), std::vector<std::string>{R"({"data":"616263","event":"pong"})"});
}

TEST_P(OurServerAndClient, MatchesThePongsOfTheClient)
{
    session::ServerOptions options;
    options.heartbeat.pingInterval = 50ms;
    listen(options);
    CONNECT({"--wait-close"});
    const auto matched = waitForHeartbeat(*m_sink, m_connection, capture::HeartbeatKind::PongMatched);
    ASSERT_TRUE(matched) << m_client->output();
    EXPECT_EQ(matched->id, 1u);
    ASSERT_TRUE(matched->rtt);
    EXPECT_GT(matched->rtt->count(), 0);
    m_server->close(m_connection, 1000);
    EXPECT_EQ(m_client->waitForExit(), 0) << m_client->output();
}

TEST_P(OurServerAndClient, OurCloseArrivesWithCodeAndReason)
{
    listen();
    CONNECT({"--text", "one", "--wait-close"});
    ASSERT_EQ(waitForMessages(*m_sink, m_connection, 1).size(), 1u) << m_client->output();
    ASSERT_TRUE(waitForEvent(*m_client, textEvent("one"))) << m_client->output();
    m_server->close(m_connection, 4001, "enough ü");
    EXPECT_EQ(m_client->waitForExit(), 0) << m_client->output();
    const auto closed = eventsOf(*m_client, "close");
    ASSERT_EQ(closed.size(), 1u) << m_client->output();
    EXPECT_NE(closed[0].find(R"("code":4001)"), std::string::npos) << closed[0];
    EXPECT_NE(closed[0].find(R"("reason":"enough ü")"), std::string::npos) << closed[0];
    const auto end = waitForEnd(*m_sink, m_connection);
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->wasClean);
    EXPECT_EQ(end->code, 4001);
}

std::string nameOf(const testing::TestParamInfo<Client> &client)
{
    return client.param.name;
}

constexpr Client gorilla{"gorilla", gorillaClient};
constexpr Client python{"python", pythonClient};
constexpr Client ws{"ws", nodeClient};
constexpr Client qt{"QWebSocket", qtClient};
constexpr Client beast{"Beast", beastClient};
constexpr Client websocketpp{"websocketpp", websocketppClient};
constexpr Client lws{"libwebsockets", lwsClient};
constexpr Client chromium{"Chromium", chromiumClient};

INSTANTIATE_TEST_SUITE_P(Peers, OurServerAndClient,
                         testing::Values(gorilla, python, ws, qt, beast, websocketpp, lws, chromium), nameOf);
INSTANTIATE_TEST_SUITE_P(Peers, OurServerAndScriptedClient,
                         testing::Values(gorilla, python, ws, qt, beast, websocketpp, lws), nameOf);

} // namespace
