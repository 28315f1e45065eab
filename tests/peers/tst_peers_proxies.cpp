// SPDX-License-Identifier: GPL-3.0-or-later
// Our client and our echo server with real forward proxies between them, over ws and wss.
#include "peer_test.h"

#include "core/session/client_session.h"
#include "core/session/server_session.h"
#include "tests/support/raw_server.h"
#include "tests/support/test_pki.h"

#include <algorithm>

using namespace frameglass;
using namespace frameglass::peers;

namespace {

class ThroughProxy : public testing::Test
{
protected:
    void start(const Command &command, const std::string &scheme)
    {
        NEED_PEER(command);
        m_peer = std::make_unique<PeerProcess>(command);
        const auto port = m_peer->port();
        ASSERT_TRUE(port) << m_peer->output();
        m_scheme = scheme;
        m_port = *port;
    }
    /// `credentials`: "user:password@" or nothing.
    session::ClientSession &connect(const std::string &credentials, const std::string &url)
    {
        const auto text = m_scheme + "://" + credentials + "127.0.0.1:" + std::to_string(m_port);
        options.proxy = {session::ProxyChoice::Kind::Given, std::get<transport::Proxy>(session::parseProxy(text))};
        options.url = url;
        m_client = std::make_unique<session::ClientSession>(m_network, m_sink, options);
        m_client->start();
        return *m_client;
    }
    /// Echoes a message through the proxy and closes.
    void talk(const std::string &credentials, session::ServerOptions how = {})
    {
        session::ServerSession server(m_network, m_sink, std::move(how));
        ASSERT_TRUE(server.start()) << server.error().message;
        auto &client = connect(credentials, server.url());
        ASSERT_TRUE(waitForOpen(*m_sink, client.id())) << m_peer->output();
        client.sendText("héllo", 2);
        EXPECT_EQ(waitForMessages(*m_sink, client.id(), 1),
                  (std::vector<Message>{{protocol::Opcode::Text, "héllo", 2}}));
        client.close(1000);
        ASSERT_TRUE(client.waitEnded(patience));
        EXPECT_TRUE(waitForEnd(*m_sink, client.id())->wasClean);
        EXPECT_EQ(all<capture::ProxyUsed>().at(0).target, "127.0.0.1:" + std::to_string(server.port()));
    }
    template<typename T>
    std::vector<T> all() const
    {
        return test::allOf<T>(m_sink->records(m_client->id()));
    }
    std::vector<std::string> course() const { return test::courseOf(m_sink->records(m_client->id())); }

    session::NetworkThread m_network;
    std::shared_ptr<WaitableSink> m_sink = std::make_shared<WaitableSink>();
    session::ClientOptions options;
    std::unique_ptr<PeerProcess> m_peer;
    std::unique_ptr<session::ClientSession> m_client;
    std::string m_scheme;
    std::uint16_t m_port = 0;
};

#define START(...)                                                                                                     \
    start(__VA_ARGS__);                                                                                                \
    if (IsSkipped() || HasFatalFailure())                                                                              \
    return

std::shared_ptr<const transport::TlsContext> contextOf(transport::TlsContext::Side side,
                                                       const transport::TlsOptions &options)
{
    return std::get<std::shared_ptr<transport::TlsContext>>(transport::TlsContext::make(side, options));
}

TEST_F(ThroughProxy, TinyproxyLetsUsThrough)
{
    START(tinyproxy(), "http");
    talk("");
    const auto answer = all<capture::ProxyAnswered>();
    ASSERT_EQ(answer.size(), 1u);
    EXPECT_EQ(answer[0].code, 200);
    EXPECT_FALSE(all<capture::ProxyUsed>().at(0).credentials);
}

TEST_F(ThroughProxy, TinyproxyWithPassword)
{
    START(tinyproxy({"--user", "alice", "--password", "open-sesame"}), "http");
    talk("alice:open-sesame@");
    EXPECT_TRUE(all<capture::ProxyUsed>().at(0).credentials);
}

TEST_F(ThroughProxy, TinyproxyWithoutPasswordShowsIts407Whole)
{
    START(tinyproxy({"--user", "alice", "--password", "open-sesame"}), "http");
    auto &client = connect("", "ws://127.0.0.1:" + std::to_string(test::closedPort()) + "/");
    ASSERT_TRUE(client.waitEnded(patience));
    const auto answer = all<capture::ProxyAnswered>();
    ASSERT_EQ(answer.size(), 1u);
    EXPECT_EQ(answer[0].code, 407);
    const auto heads = all<capture::HeadRecord>();
    ASSERT_EQ(heads.size(), 2u);
    EXPECT_EQ(heads[1].hop, capture::Hop::Proxy);
    EXPECT_NE(protocol::textOf(heads[1].raw).find("Proxy-Authenticate: Basic"), std::string_view::npos);
    std::string body;
    for (const auto &part : all<capture::BodyRecord>())
        body += protocol::textOf(part.octets);
    EXPECT_NE(body.find("</html>"), std::string::npos) << body;
    EXPECT_EQ(all<capture::StageChanged>().back().stage, capture::Stage::Proxy);
}

TEST_F(ThroughProxy, TinyproxyThatForbidsThePort)
{
    START(tinyproxy({"--connect-port", "443"}), "http");
    auto &client = connect("", "ws://127.0.0.1:" + std::to_string(test::closedPort()) + "/");
    ASSERT_TRUE(client.waitEnded(patience));
    EXPECT_EQ(all<capture::ProxyAnswered>().at(0).code, 403);
}

TEST_F(ThroughProxy, TlsGoesInsideTheTunnel)
{
    START(tinyproxy(), "http");
    test::TestPki pki;
    transport::TlsOptions serverTls;
    const auto files = pki.leaf("server");
    serverTls.certificateFile = files.certificate;
    serverTls.keyFile = files.key;
    transport::TlsOptions clientTls;
    clientTls.caFile = pki.rootFile();
    options.tls = contextOf(transport::TlsContext::Side::Client, clientTls);
    session::ServerOptions how;
    how.tls = contextOf(transport::TlsContext::Side::Server, serverTls);
    talk("", how);
    const auto tls = all<capture::TlsFacts>();
    ASSERT_EQ(tls.size(), 1u);
    EXPECT_EQ(tls[0].verdict, capture::TlsVerdict::Trusted);
    const auto words = course();
    const auto place = [&words](const char *word) {
        return std::find(words.begin(), words.end(), word) - words.begin();
    };
    EXPECT_LT(place("proxy succeeded"), place("tls started"));
    EXPECT_LT(place("tls succeeded"), place("upgrade started"));
}

TEST_F(ThroughProxy, MicrosocksLetsUsThrough)
{
    START(microsocks(), "socks5");
    talk("");
    EXPECT_EQ(all<capture::ProxyAnswered>().at(0).code, 0);
    EXPECT_EQ(all<capture::ProxyUsed>().at(0).kind, capture::ProxyKind::Socks5);
}

TEST_F(ThroughProxy, MicrosocksWithPassword)
{
    START(microsocks({"--user", "bob", "--password", "pw"}), "socks5");
    talk("bob:pw@");
}

TEST_F(ThroughProxy, MicrosocksRefusesWrongAndMissingPasswords)
{
    START(microsocks({"--user", "bob", "--password", "pw"}), "socks5");
    for (const auto &[credentials, code] : {std::pair("bob:no@", -2), std::pair("", -1)}) {
        auto &client = connect(credentials, "ws://127.0.0.1:" + std::to_string(test::closedPort()) + "/");
        ASSERT_TRUE(client.waitEnded(patience));
        EXPECT_EQ(all<capture::ProxyAnswered>().at(0).code, code);
    }
}

TEST_F(ThroughProxy, MicrosocksSaysThatTheServerRefused)
{
    START(microsocks(), "socks5");
    auto &client = connect("", "ws://127.0.0.1:" + std::to_string(test::closedPort()) + "/");
    ASSERT_TRUE(client.waitEnded(patience));
    EXPECT_EQ(all<capture::ProxyAnswered>().at(0).code, 5);
}

TEST_F(ThroughProxy, ANameIsTheProxysBusiness)
{
    START(microsocks(), "socks5");
    m_network.setLookup([](const std::string &host, std::uint16_t port) {
        EXPECT_NE(host, "localhost");
        return transport::systemLookup(host, port);
    });
    session::ServerSession server(m_network, m_sink, {});
    ASSERT_TRUE(server.start());
    auto &client = connect("", "ws://localhost:" + std::to_string(server.port()) + "/");
    EXPECT_TRUE(waitForOpen(*m_sink, client.id())) << m_peer->output();
    client.close(1000);
    EXPECT_TRUE(client.waitEnded(patience));
}

} // namespace
