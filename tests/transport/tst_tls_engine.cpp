// SPDX-License-Identifier: GPL-3.0-or-later
// Two engines that speak with each other, without a socket between them.
#include "core/transport/tls_engine.h"
#include "tests/support/test_pki.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openssl/x509_vfy.h>

#include <algorithm>

using namespace frameglass;
using namespace frameglass::transport;
using capture::TlsContent;
using capture::TlsVerdict;
using protocol::Direction;
using test::Days;
using test::TestPki;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Side = TlsContext::Side;
using Progress = TlsEngine::Progress;

namespace {

std::shared_ptr<const TlsContext> contextOf(Side side, const TlsOptions &options)
{
    auto made = TlsContext::make(side, options);
    if (const auto *error = std::get_if<TlsError>(&made)) {
        ADD_FAILURE() << int(error->code) << ' ' << error->file << ' ' << error->message;
        return nullptr;
    }
    return std::get<std::shared_ptr<TlsContext>>(made);
}

struct End
{
    End(const std::shared_ptr<const TlsContext> &context, TlsPeer peer = {}) : engine(context, std::move(peer)) {}

    /// Hands what the other end sent to us, `step` octets at a time.
    void take(protocol::OctetView sealed, std::size_t step)
    {
        while (!sealed.empty()) {
            const auto piece = sealed.first(std::min(step, sealed.size()));
            engine.feed(piece);
            sealed = sealed.subspan(piece.size());
            if (progress == Progress::Waiting)
                progress = engine.handshake();
            if (progress == Progress::Done)
                readable = engine.read(received) && readable;
        }
        for (const auto &message : engine.takeMessages())
            messages.push_back(message);
    }

    TlsEngine engine;
    Progress progress = Progress::Waiting;
    protocol::Octets received;
    bool readable = true;
    std::vector<capture::TlsMessage> messages;
};

class TlsEngineTest : public testing::Test
{
protected:
    TestPki pki;
    TlsOptions clientOptions;
    TlsOptions serverOptions;
    TlsPeer peer{"localhost", "localhost 443", {}, false};
    std::shared_ptr<const TlsContext> clientContext;
    std::shared_ptr<const TlsContext> serverContext;
    std::optional<End> client;
    std::optional<End> server;

    TlsEngineTest()
    {
        clientOptions.caFile = pki.rootFile();
        serve(pki.leaf("good"));
    }

    void serve(const TestPki::Files &files)
    {
        serverOptions.certificateFile = files.certificate;
        serverOptions.keyFile = files.key;
    }

    /// Both ends until neither has anything to say.
    void exchange(std::size_t step = 1 << 20)
    {
        for (bool quiet = false; !quiet;) {
            const auto toServer = client->engine.takeOutput();
            const auto toClient = server->engine.takeOutput();
            quiet = toServer.empty() && toClient.empty();
            server->take(toServer, step);
            client->take(toClient, step);
        }
    }

    void handshake(std::size_t step = 1 << 20)
    {
        if (!clientContext)
            clientContext = contextOf(Side::Client, clientOptions);
        if (!serverContext)
            serverContext = contextOf(Side::Server, serverOptions);
        client.emplace(clientContext, peer);
        server.emplace(serverContext);
        client->progress = client->engine.handshake();
        for (const auto &message : client->engine.takeMessages())
            client->messages.push_back(message);
        exchange(step);
    }

    std::vector<int> faults() const
    {
        std::vector<int> errors;
        for (const auto &fault : client->engine.facts().faults)
            errors.push_back(fault.error);
        return errors;
    }
};

std::vector<capture::TlsMessage> sentBy(const std::vector<capture::TlsMessage> &messages, Direction direction)
{
    std::vector<capture::TlsMessage> result;
    for (auto message : messages) {
        // The library drops a ChangeCipherSpec that comes in TLS 1.3 (RFC 8446 §5) without a word.
        if (message.direction != direction || message.content == TlsContent::ChangeCipherSpec)
            continue;
        message.direction = Direction::Sent;
        result.push_back(message);
    }
    return result;
}

} // namespace

TEST_F(TlsEngineTest, TrustedServer)
{
    handshake();
    ASSERT_EQ(client->progress, Progress::Done);
    ASSERT_EQ(server->progress, Progress::Done);
    const auto facts = client->engine.facts();
    EXPECT_EQ(facts.version, "TLSv1.3");
    EXPECT_EQ(facts.cipher, "TLS_AES_256_GCM_SHA384");
    EXPECT_EQ(facts.group, "x25519");
    EXPECT_EQ(facts.sni, "localhost");
    EXPECT_THAT(facts.alpnOffered, ElementsAre("http/1.1"));
    EXPECT_EQ(facts.alpnChosen, "http/1.1");
    EXPECT_FALSE(facts.resumed);
    EXPECT_EQ(facts.verdict, TlsVerdict::Trusted);
    EXPECT_THAT(facts.faults, IsEmpty());
    EXPECT_EQ(facts.anchor, "CN=Test Root");
    ASSERT_EQ(facts.chain.size(), 1u);
    const auto &leaf = facts.chain.front();
    EXPECT_EQ(leaf.subject, "CN=good");
    EXPECT_EQ(leaf.issuer, "CN=Test Root");
    EXPECT_EQ(leaf.commonName, "good");
    EXPECT_THAT(leaf.names, ElementsAre("DNS:localhost", "IP:127.0.0.1", "IP:::1"));
    EXPECT_EQ(leaf.key, "EC P-256");
    EXPECT_EQ(leaf.signature, "ecdsa-with-SHA256");
    EXPECT_EQ(leaf.sha256.size(), 95u);
    EXPECT_EQ(leaf.notAfter - leaf.notBefore, 91 * 86400);
    EXPECT_FALSE(leaf.selfIssued);
    EXPECT_FALSE(leaf.authority);

    const auto other = server->engine.facts();
    EXPECT_EQ(other.sni, "localhost");
    EXPECT_THAT(other.alpnOffered, ElementsAre("http/1.1"));
    EXPECT_EQ(other.chain, facts.chain);
    EXPECT_EQ(other.verdict, TlsVerdict::NotReached);
}

TEST_F(TlsEngineTest, EveryMessageIsSeenAtBothEnds)
{
    for (const auto version : {TlsVersion::Tls12, TlsVersion::Tls13}) {
        clientOptions.maximum = version;
        clientContext.reset();
        handshake();
        ASSERT_EQ(client->progress, Progress::Done);
        client->engine.shutdown();
        exchange();
        server->engine.shutdown();
        exchange();
        EXPECT_EQ(sentBy(client->messages, Direction::Sent), sentBy(server->messages, Direction::Received));
        EXPECT_EQ(sentBy(client->messages, Direction::Received), sentBy(server->messages, Direction::Sent));
        const auto &last = client->messages.back();
        EXPECT_EQ(last.content, TlsContent::Alert);
        EXPECT_EQ(last.type, 0); // close_notify
        EXPECT_FALSE(last.fatal);
    }
}

TEST_F(TlsEngineTest, WhatTheReadsAreDoesNotMatter)
{
    handshake(1);
    ASSERT_EQ(client->progress, Progress::Done);
    const protocol::Octets payload(40'000, std::byte{'x'});
    client->engine.write(payload);
    server->engine.write(protocol::octetsOf("short"));
    exchange(7);
    EXPECT_EQ(server->received, payload);
    EXPECT_EQ(protocol::textOf(client->received), "short");
}

TEST_F(TlsEngineTest, VersionsAndCiphers)
{
    serverOptions.maximum = TlsVersion::Tls12;
    clientOptions.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
    handshake();
    ASSERT_EQ(client->progress, Progress::Done);
    EXPECT_EQ(client->engine.facts().version, "TLSv1.2");
    EXPECT_EQ(client->engine.facts().cipher, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    EXPECT_EQ(client->engine.facts().group, "x25519");
}

TEST_F(TlsEngineTest, AnOldVersionWhenAskedFor)
{
    serverOptions.minimum = clientOptions.minimum = TlsVersion::Tls10;
    serverOptions.maximum = TlsVersion::Tls11;
    handshake();
    ASSERT_EQ(client->progress, Progress::Done);
    EXPECT_EQ(client->engine.facts().version, "TLSv1.1");
}

TEST_F(TlsEngineTest, NoVersionInCommon)
{
    serverOptions.minimum = TlsVersion::Tls13;
    clientOptions.maximum = TlsVersion::Tls12;
    handshake();
    EXPECT_EQ(client->progress, Progress::Failed);
    EXPECT_EQ(server->progress, Progress::Failed);
    EXPECT_THAT(client->messages, Contains(capture::TlsMessage{Direction::Received, TlsContent::Alert, 70, true, 2}));
    EXPECT_EQ(client->engine.facts().version, "");
}

TEST_F(TlsEngineTest, NoApplicationProtocolInCommon)
{
    clientOptions.alpn = {"h2"};
    handshake();
    EXPECT_EQ(client->progress, Progress::Failed);
    EXPECT_THAT(client->messages, Contains(capture::TlsMessage{Direction::Received, TlsContent::Alert, 120, true, 2}));
    EXPECT_THAT(server->engine.facts().alpnOffered, ElementsAre("h2"));
}

TEST_F(TlsEngineTest, NoAlpnAtAll)
{
    clientOptions.alpn.clear();
    handshake();
    ASSERT_EQ(client->progress, Progress::Done);
    EXPECT_EQ(client->engine.facts().alpnChosen, "");
}

TEST_F(TlsEngineTest, SniCanBeAnotherNameOrNone)
{
    peer.serverName = "other.example";
    handshake();
    EXPECT_EQ(server->engine.facts().sni, "other.example");
    EXPECT_EQ(client->progress, Progress::Done) << "the certificate is still judged for the host";
    peer.serverName = "";
    handshake();
    EXPECT_EQ(server->engine.facts().sni, "");
}

// -- certificates ---------------------------------------------------------------------------------------------------

namespace {

struct BadCertificate
{
    const char *name;
    TestPki::Leaf leaf;
    const char *host;
    std::vector<int> errors;
    std::uint8_t alert;
};

} // namespace

TEST_F(TlsEngineTest, EveryFaultOfACertificateIsFound)
{
    using By = TestPki::By;
    const std::vector<std::string> other{"DNS:other.example"};
    const BadCertificate rows[] = {
        {"selfSigned", {.by = By::Itself}, "localhost", {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT}, 48},
        {"expired", {.from = Days(-20), .until = Days(-1)}, "localhost", {X509_V_ERR_CERT_HAS_EXPIRED}, 45},
        {"notYet", {.from = Days(2)}, "localhost", {X509_V_ERR_CERT_NOT_YET_VALID}, 42},
        {"wrongName", {.names = other}, "localhost", {X509_V_ERR_HOSTNAME_MISMATCH}, 42},
        {"wrongAddress", {.names = {"IP:127.0.0.2"}}, "127.0.0.1", {X509_V_ERR_IP_ADDRESS_MISMATCH}, 42},
        {"noChain",
         {.by = By::Intermediate, .withIntermediate = false},
         "localhost",
         {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE},
         48},
        {"all",
         {.names = other, .by = By::Itself, .from = Days(-20), .until = Days(-1)},
         "localhost",
         {X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_CERT_HAS_EXPIRED},
         0},
    };
    for (const auto &row : rows) {
        SCOPED_TRACE(row.name);
        serve(pki.leaf(row.name, row.leaf));
        serverContext.reset();
        peer = {row.host, {}, {}, false};
        handshake();
        EXPECT_EQ(client->progress, Progress::Failed);
        EXPECT_THAT(faults(), testing::UnorderedElementsAreArray(row.errors));
        const auto facts = client->engine.facts();
        EXPECT_EQ(facts.verdict, TlsVerdict::Untrusted);
        ASSERT_FALSE(facts.chain.empty()) << "shown although it failed";
        EXPECT_EQ(facts.chain.front().commonName, row.name);
        EXPECT_EQ(client->engine.error().message, "certificate verify failed");
        if (row.alert != 0) {
            EXPECT_THAT(server->messages,
                        Contains(capture::TlsMessage{Direction::Received, TlsContent::Alert, row.alert, true, 2}));
        }

        peer.anyCertificate = true;
        handshake();
        EXPECT_EQ(client->progress, Progress::Done);
        EXPECT_EQ(client->engine.facts().verdict, TlsVerdict::Overridden);
        EXPECT_THAT(faults(), testing::UnorderedElementsAreArray(row.errors));
    }
}

TEST_F(TlsEngineTest, NamesThatMatch)
{
    struct Row
    {
        const char *name;
        const char *host;
        bool good;
    };
    const Row rows[] = {{"DNS:*.example.com", "a.example.com", true},
                        {"DNS:*.example.com", "A.EXAMPLE.com", true},
                        {"DNS:*.example.com", "a.b.example.com", false},
                        {"DNS:*.example.com", "example.com", false},
                        {"DNS:a*.example.com", "ab.example.com", false},
                        {"IP:::1", "::1", true},
                        {"IP:127.0.0.1", "127.0.0.1", true},
                        {"DNS:127.0.0.1", "127.0.0.1", false}};
    int number = 0;
    for (const auto &row : rows) {
        SCOPED_TRACE(row.name + std::string(" for ") + row.host);
        serve(pki.leaf("name" + std::to_string(number++), {.names = {row.name}}));
        serverContext.reset();
        peer = {row.host, {}, {}, false};
        handshake();
        EXPECT_EQ(client->progress == Progress::Done, row.good);
    }
}

TEST_F(TlsEngineTest, AWholeChain)
{
    serve(pki.leaf("chained", {.by = TestPki::By::Intermediate}));
    handshake();
    ASSERT_EQ(client->progress, Progress::Done);
    const auto facts = client->engine.facts();
    ASSERT_EQ(facts.chain.size(), 2u);
    EXPECT_EQ(facts.chain[1].subject, "CN=Test Intermediate");
    EXPECT_TRUE(facts.chain[1].authority);
    EXPECT_EQ(facts.anchor, "CN=Test Root");
}

TEST_F(TlsEngineTest, ClientCertificates)
{
    serverOptions.caFile = pki.rootFile();
    serverOptions.clientCertificates = ClientCertificates::Required;
    serverOptions.maximum = TlsVersion::Tls12; // with 1.3 the client is done before it is refused
    handshake();
    EXPECT_EQ(client->progress, Progress::Failed);
    EXPECT_TRUE(client->engine.facts().clientCertificateWanted);
    EXPECT_THAT(client->messages, Contains(capture::TlsMessage{Direction::Received, TlsContent::Alert, 40, true, 2}));

    serverOptions.maximum.reset();
    serverContext.reset();
    handshake();
    EXPECT_THAT(client->messages, Contains(capture::TlsMessage{Direction::Received, TlsContent::Alert, 116, true, 2}));
    EXPECT_FALSE(client->readable);

    const auto mine = pki.leaf("client", {.names = {}});
    clientOptions.certificateFile = mine.certificate;
    clientOptions.keyFile = mine.key;
    clientContext.reset();
    handshake();
    ASSERT_EQ(client->progress, Progress::Done);
    ASSERT_EQ(server->progress, Progress::Done);
    const auto facts = server->engine.facts();
    ASSERT_EQ(facts.clientChain.size(), 1u);
    EXPECT_EQ(facts.clientChain.front().subject, "CN=client");
    EXPECT_EQ(facts.verdict, TlsVerdict::Trusted);
}

// -- sessions -------------------------------------------------------------------------------------------------------

TEST_F(TlsEngineTest, ASessionIsResumed)
{
    for (const auto version : {TlsVersion::Tls12, TlsVersion::Tls13}) {
        clientOptions.maximum = version;
        clientContext.reset();
        handshake();
        ASSERT_EQ(client->progress, Progress::Done);
        EXPECT_FALSE(client->engine.facts().resumed);
        handshake();
        ASSERT_EQ(client->progress, Progress::Done);
        const auto facts = client->engine.facts();
        EXPECT_TRUE(facts.resumed);
        EXPECT_TRUE(server->engine.facts().resumed);
        EXPECT_EQ(facts.verdict, TlsVerdict::Trusted);
        ASSERT_FALSE(facts.chain.empty());
        EXPECT_EQ(facts.chain.front().commonName, "good");
    }
}

TEST_F(TlsEngineTest, AnExceptionIsNotResumed)
{
    serve(pki.leaf("selfSigned", {.by = TestPki::By::Itself}));
    peer.anyCertificate = true;
    handshake();
    ASSERT_EQ(client->progress, Progress::Done);
    peer.anyCertificate = false;
    handshake();
    EXPECT_EQ(client->progress, Progress::Failed);
}

TEST_F(TlsEngineTest, AnotherTargetGetsNoSession)
{
    handshake();
    peer.session = "localhost 444";
    handshake();
    ASSERT_EQ(client->progress, Progress::Done);
    EXPECT_FALSE(client->engine.facts().resumed);
}

// -- what is not TLS ------------------------------------------------------------------------------------------------

TEST_F(TlsEngineTest, AServerThatSpeaksPlainHttp)
{
    clientContext = contextOf(Side::Client, clientOptions);
    client.emplace(clientContext, peer);
    client->progress = client->engine.handshake();
    client->take(protocol::viewOf("HTTP/1.1 400 Bad Request\r\n\r\n"), 1 << 20);
    EXPECT_EQ(client->progress, Progress::Failed);
    EXPECT_EQ(client->engine.facts().notTls, "HTTP/1.1 400 Bad Request\r\n\r\n");
    EXPECT_EQ(client->engine.error().message, "wrong version number");
}

TEST_F(TlsEngineTest, AClientThatSpeaksPlainHttp)
{
    serverContext = contextOf(Side::Server, serverOptions);
    server.emplace(serverContext);
    const std::string request = "GET / HTTP/1.1\r\n" + std::string(1000, 'x');
    server->take(protocol::viewOf(request), 1 << 20);
    EXPECT_EQ(server->progress, Progress::Failed);
    EXPECT_EQ(server->engine.facts().notTls, request.substr(0, 256));
}

TEST_F(TlsEngineTest, ARecordThatWasTamperedWith)
{
    handshake();
    client->engine.write(protocol::octetsOf("payload"));
    auto sealed = client->engine.takeOutput();
    sealed.back() ^= std::byte{1};
    server->take(sealed, 1 << 20);
    EXPECT_FALSE(server->readable);
    EXPECT_THAT(server->engine.error().message, HasSubstr("bad record mac"));
    EXPECT_THAT(server->received, IsEmpty());
}
