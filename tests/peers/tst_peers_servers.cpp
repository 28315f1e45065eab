// SPDX-License-Identifier: GPL-3.0-or-later
// Our client against servers by other people.
#include "peer_test.h"

#include "core/session/client_session.h"

using namespace frameglass;
using namespace frameglass::peers;
using namespace std::chrono_literals;

namespace {

struct Server
{
    const char *name;
    Command (*command)(const Arguments &);
};

class OurClientAndServer : public testing::TestWithParam<Server>
{
protected:
    /// Starts the server and connects. Each test begins so; see NEED_PEER for why it is no SetUp().
    void connect(const Arguments &arguments, std::vector<std::string> subprotocols = {})
    {
        const Command command = GetParam().command(arguments);
        NEED_PEER(command);
        m_server = std::make_unique<PeerProcess>(command);
        const auto port = m_server->port();
        ASSERT_TRUE(port) << m_server->output();
        session::ClientOptions options;
        options.url = "ws://127.0.0.1:" + std::to_string(*port) + "/chat?room=1";
        options.subprotocols = std::move(subprotocols);
        m_client = std::make_unique<session::ClientSession>(m_network, m_sink, options);
        m_client->start();
        ASSERT_TRUE(waitForOpen(*m_sink, m_client->id())) << m_server->output();
    }

    session::NetworkThread m_network;
    std::shared_ptr<WaitableSink> m_sink = std::make_shared<WaitableSink>();
    std::unique_ptr<PeerProcess> m_server;
    std::unique_ptr<session::ClientSession> m_client;
};

#define CONNECT(...)                                                                                                   \
    connect(__VA_ARGS__);                                                                                              \
    if (IsSkipped() || HasFatalFailure())                                                                              \
    return

TEST_P(OurClientAndServer, EchoesTextBinaryAndFragments)
{
    CONNECT({"--subprotocol", "chat"}, {"superchat", "chat"});
    const auto large = countingOctets(70'000);
    const std::vector<std::string> wanted = {"héllo 你好 🎈", "three fragments, one message",
                                             std::string(protocol::textOf(large))};
    m_client->sendText(wanted[0]);
    m_client->sendText(wanted[1], 3);
    m_client->sendBinary(large);

    const auto echoed = waitForMessages(*m_sink, m_client->id(), 3);
    ASSERT_EQ(echoed.size(), 3u) << m_server->output();
    for (std::size_t i = 0; i < wanted.size(); ++i)
        EXPECT_EQ(echoed[i].octets, wanted[i]) << "message " << i;
    EXPECT_EQ(echoed[0].opcode, protocol::Opcode::Text);
    EXPECT_EQ(echoed[2].opcode, protocol::Opcode::Binary);

    const auto sent = messages(m_sink->records(), m_client->id(), capture::Direction::Sent);
    ASSERT_EQ(sent.size(), 3u);
    EXPECT_EQ(sent[1].fragments, 3u);
    EXPECT_TRUE(waitForEvent(*m_server, textEvent(wanted[1]))) << m_server->output();
    const auto opened = eventsOf(*m_server, "open");
    ASSERT_EQ(opened.size(), 1u);
    EXPECT_NE(opened[0].find(R"("subprotocol":"chat")"), std::string::npos) << opened[0];
}

TEST_P(OurClientAndServer, MatchesThePongToThePing)
{
    CONNECT({});
    m_client->ping();
    const auto sent = waitForHeartbeat(*m_sink, m_client->id(), capture::HeartbeatKind::PingSent);
    const auto matched = waitForHeartbeat(*m_sink, m_client->id(), capture::HeartbeatKind::PongMatched);
    ASSERT_TRUE(sent && matched) << m_server->output();
    EXPECT_EQ(matched->id, sent->id);
    ASSERT_TRUE(matched->rtt);
    EXPECT_GT(matched->rtt->count(), 0);
    EXPECT_LT(*matched->rtt, 10s);
}

TEST_P(OurClientAndServer, AnswersTheServersPings)
{
    CONNECT({"--ping-interval", "50"});
    std::string payload;
    ASSERT_TRUE(m_sink->waitFor([&](const capture::Record &record) {
        const auto *frame = capture::as<capture::FrameRecord>(record);
        if (!frame || frame->direction != capture::Direction::Sent || !frame->header.is(protocol::Opcode::Pong))
            return false;
        payload = protocol::toHex(frame->payload);
        return true;
    })) << m_server->output();
    EXPECT_TRUE(waitForEvent(*m_server, R"({"event":"pong","data":")" + payload + R"("})")) << m_server->output();
}

TEST_P(OurClientAndServer, OurCloseArrivesWithCodeAndReason)
{
    CONNECT({});
    m_client->close(4002, "bye ü");
    ASSERT_TRUE(m_client->waitEnded(patience));
    EXPECT_TRUE(waitForEvent(*m_server, closeEvent(4002, "bye ü"))) << m_server->output();
    const auto end = waitForEnd(*m_sink, m_client->id());
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->wasClean);
    EXPECT_EQ(end->code, 4002);
}

TEST_P(OurClientAndServer, TheirCloseArrivesWithCodeAndReason)
{
    CONNECT({"--close-after", "1", "--close-code", "4001", "--close-reason", "enough ü"});
    m_client->sendText("one");
    ASSERT_TRUE(m_client->waitEnded(patience)) << m_server->output();
    const auto end = waitForEnd(*m_sink, m_client->id());
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->wasClean);
    EXPECT_EQ(end->code, 4001);
    EXPECT_EQ(end->reason, "enough ü");
    const auto echoed = messages(m_sink->records(), m_client->id(), capture::Direction::Received);
    EXPECT_EQ(echoed, (std::vector<Message>{{protocol::Opcode::Text, "one", 1}}));
}

INSTANTIATE_TEST_SUITE_P(Peers, OurClientAndServer,
                         testing::Values(Server{"gorilla", gorillaEcho}, Server{"python", pythonEcho},
                                         Server{"ws", nodeEcho}, Server{"QWebSocketServer", qtEcho},
                                         Server{"Beast", beastEcho}, Server{"websocketpp", websocketppEcho},
                                         Server{"libwebsockets", lwsEcho}),
                         [](const auto &server) { return std::string(server.param.name); });

} // namespace
