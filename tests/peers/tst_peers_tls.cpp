// SPDX-License-Identifier: GPL-3.0-or-later
// wss:// with libraries by other people, both ways, and through proxies that terminate TLS.
#include "tls_test.h"

#include <gmock/gmock.h>

#include <openssl/x509_vfy.h>

using namespace frameglass;
using namespace frameglass::peers;
using capture::TlsVerdict;
using test::TestPki;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

struct Library
{
    const char *name;
    Command (*echo)(const Arguments &);
    Command (*client)(const Arguments &);
};

class WithLibrary : public TlsPeerTest, public testing::WithParamInterface<Library>
{};

#define START(peer, command)                                                                                           \
    NEED_PEER(command);                                                                                                \
    const PeerProcess peer(command)

TEST_P(WithLibrary, OurClientAndItsServer)
{
    const auto files = pki.leaf("good", {.by = TestPki::By::Intermediate});
    const auto command = GetParam().echo({"--cert", files.certificate, "--key", files.key});
    START(peer, command);
    const auto port = peer.port();
    ASSERT_TRUE(port) << peer.output();
    connect(*port);
    const auto tls = facts();
    ASSERT_TRUE(tls) << peer.output();
    EXPECT_EQ(tls->version, "TLSv1.3");
    EXPECT_EQ(tls->verdict, TlsVerdict::Trusted);
    EXPECT_THAT(tls->faults, IsEmpty());
    EXPECT_EQ(tls->chain.size(), 2u) << "leaf and intermediate, as they were sent";
    EXPECT_EQ(tls->sni, "localhost");
    ASSERT_NO_FATAL_FAILURE(expectEcho()) << peer.output();
}

TEST_P(WithLibrary, ItsClientAndOurServer)
{
    serve(pki.leaf("good", {.by = TestPki::By::Intermediate}));
    const auto command =
        GetParam().client({"--ca", pki.rootFile(), "--text", "over TLS", "--close-code", "1000", "--close-reason",
                           "done", "wss://localhost:" + std::to_string(server->port()) + "/chat"});
    START(peer, command);
    EXPECT_EQ(peer.waitForExit(), 0) << peer.output();
    EXPECT_THAT(eventsOf(peer, "message"), ElementsAre(textEvent("over TLS")));
    const auto accepted = waitForAccepted(*sink, server->id());
    ASSERT_TRUE(accepted);
    const auto end = waitForEnd(*sink, *accepted);
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->wasClean);
    const auto tls = factsOf(*accepted);
    ASSERT_TRUE(tls);
    EXPECT_EQ(tls->version, "TLSv1.3");
    EXPECT_EQ(tls->sni, "localhost");
    EXPECT_EQ(tls->chain.size(), 2u);
}

TEST_P(WithLibrary, ItsClientRefusesOurServersCertificate)
{
    serve(pki.leaf("selfSigned", {.by = TestPki::By::Itself}));
    const auto command = GetParam().client(
        {"--ca", pki.rootFile(), "--text", "never", "wss://localhost:" + std::to_string(server->port()) + "/chat"});
    START(peer, command);
    EXPECT_NE(peer.waitForExit(), std::nullopt) << peer.output();
    const auto accepted = waitForAccepted(*sink, server->id());
    ASSERT_TRUE(accepted);
    ASSERT_TRUE(waitForEnd(*sink, *accepted));
    const auto messages = test::allOf<capture::TlsMessage>(sink->records(*accepted));
    const bool refused = std::any_of(messages.begin(), messages.end(), [](const capture::TlsMessage &message) {
        return message.content == capture::TlsContent::Alert && message.direction == capture::Direction::Received;
    });
    const auto ends = test::allOf<capture::TransportEnded>(sink->records(*accepted));
    EXPECT_TRUE(refused || !ends.empty()) << peer.output();
}

INSTANTIATE_TEST_SUITE_P(Tls, WithLibrary,
                         testing::Values(Library{"gorilla", gorillaEcho, gorillaClient},
                                         Library{"websockets", pythonEcho, pythonClient},
                                         Library{"ws", nodeEcho, nodeClient}, Library{"QWebSocket", qtEcho, qtClient}),
                         [](const auto &param) { return std::string(param.param.name); });

// -- terminated before the server -----------------------------------------------------------------------------------

struct Terminator
{
    const char *name;
    Command (*command)(std::uint16_t, const Arguments &);
};

Command nginxRight(std::uint16_t port, const Arguments &more)
{
    return nginx("right", port, more);
}

class Terminated : public TlsPeerTest, public testing::WithParamInterface<Terminator>
{
protected:
    /// Starts our plain echo server and the terminator with this certificate before it.
    void terminate(const TestPki::Files &files, const Arguments &more = {})
    {
        server = std::make_unique<session::ServerSession>(network, sink, session::ServerOptions{});
        ASSERT_TRUE(server->start()) << server->error().message;
        Arguments all{"--cert", files.certificate, "--key", files.key};
        all.insert(all.end(), more.begin(), more.end());
        const auto command = GetParam().command(server->port(), all);
        NEED_PEER(command);
        m_front = std::make_unique<PeerProcess>(command);
        const auto port = m_front->port();
        ASSERT_TRUE(port) << m_front->output();
        m_port = *port;
    }

    std::string responseHead() const
    {
        const auto heads = test::allOf<capture::HeadRecord>(sink->records(client->id()));
        return heads.empty() ? std::string() : std::string(protocol::textOf(heads.back().raw));
    }

    std::unique_ptr<PeerProcess> m_front;
    std::uint16_t m_port = 0;
};

#define TERMINATE(...)                                                                                                 \
    terminate(__VA_ARGS__);                                                                                            \
    if (IsSkipped() || HasFatalFailure())                                                                              \
    return

TEST_P(Terminated, RightlyConfigured)
{
    TERMINATE(pki.leaf("good", {.by = TestPki::By::Intermediate}));
    connect(m_port);
    ASSERT_NO_FATAL_FAILURE(expectEcho()) << m_front->output();
    const auto tls = facts();
    ASSERT_TRUE(tls);
    EXPECT_EQ(tls->alpnChosen, "http/1.1");
    EXPECT_EQ(tls->verdict, TlsVerdict::Trusted);
    EXPECT_EQ(tls->anchor, "CN=Test Root");
}

TEST_P(Terminated, LeafWithoutItsIntermediate)
{
    TERMINATE(pki.leaf("alone", {.by = TestPki::By::Intermediate, .withIntermediate = false}));
    connect(m_port);
    EXPECT_THAT(faults(), Contains(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY));
    ASSERT_TRUE(client->waitEnded(patience));
    EXPECT_EQ(facts()->chain.size(), 1u);
    EXPECT_EQ(facts()->verdict, TlsVerdict::Untrusted);
}

TEST_P(Terminated, DefaultCertificateForAnotherName)
{
    TERMINATE(pki.leaf("other", {.names = {"DNS:other.example"}}));
    connect(m_port);
    EXPECT_THAT(faults(), ElementsAre(X509_V_ERR_HOSTNAME_MISMATCH));
    ASSERT_TRUE(client->waitEnded(patience));

    options.anyCertificate = true;
    connect(m_port);
    ASSERT_NO_FATAL_FAILURE(expectEcho()) << m_front->output();
    EXPECT_EQ(facts()->verdict, TlsVerdict::Overridden);
}

TEST_P(Terminated, WithoutTheClientCertificateItWants)
{
    TERMINATE(pki.leaf("good"), {"--client-ca", pki.rootFile()});
    connect(m_port);
    ASSERT_TRUE(client->waitEnded(patience));
    const auto tls = facts();
    ASSERT_TRUE(tls);
    EXPECT_TRUE(tls->clientCertificateWanted);
    // nginx lets the handshake pass and says it in HTTP; HAProxy sends an alert.
    const auto messages = test::allOf<capture::TlsMessage>(sink->records(client->id()));
    const bool alert = std::any_of(messages.begin(), messages.end(), [](const capture::TlsMessage &message) {
        return message.content == capture::TlsContent::Alert && message.fatal;
    });
    EXPECT_TRUE(alert || responseHead().starts_with("HTTP/1.1 400")) << responseHead();
}

TEST_P(Terminated, WithTheClientCertificateItWants)
{
    TERMINATE(pki.leaf("good"), {"--client-ca", pki.rootFile()});
    const auto mine = pki.leaf("me", {.names = {}});
    clientTls.certificateFile = mine.certificate;
    clientTls.keyFile = mine.key;
    connect(m_port);
    ASSERT_NO_FATAL_FAILURE(expectEcho()) << m_front->output();
}

INSTANTIATE_TEST_SUITE_P(Tls, Terminated,
                         testing::Values(Terminator{"nginx", nginxRight}, Terminator{"HAProxy", haproxy}),
                         [](const auto &param) { return std::string(param.param.name); });

TEST_F(TlsPeerTest, HaproxyThatOnlyOffersH2)
{
    const auto files = pki.leaf("good");
    server = std::make_unique<session::ServerSession>(network, sink, session::ServerOptions{});
    ASSERT_TRUE(server->start());
    const auto command = haproxy(server->port(), {"--cert", files.certificate, "--key", files.key, "--alpn", "h2"});
    START(front, command);
    const auto port = front.port();
    ASSERT_TRUE(port) << front.output();
    clientTls.alpn = {"h2", "http/1.1"};
    connect(*port);
    const auto tls = facts();
    ASSERT_TRUE(tls);
    EXPECT_EQ(tls->alpnChosen, "h2");
    ASSERT_TRUE(client->waitEnded(patience));
    EXPECT_FALSE(waitForEnd(*sink, client->id())->wasClean);
}

} // namespace
