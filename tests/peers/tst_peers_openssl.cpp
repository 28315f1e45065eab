// SPDX-License-Identifier: GPL-3.0-or-later
// `openssl s_server` and `s_client` as judges of versions, ciphers, resumption and staples; tshark of what is inside.
#include "tls_test.h"

#include "wire_capture.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

using namespace frameglass;
using namespace frameglass::peers;
using capture::TlsVerdict;
using test::TestPki;
using testing::HasSubstr;

namespace {

class WithOpenssl : public TlsPeerTest
{
protected:
    ~WithOpenssl() override { endServer(); }

    /// It does not end by itself when its input does.
    void endServer()
    {
        if (m_server)
            m_server->kill();
        m_server.reset();
    }

    /// Starts s_server with the certificate on a port of its own choice.
    void startServer(const TestPki::Files &files, const Arguments &more = {})
    {
        Arguments words{"s_server", "-accept", "localhost:0", "-cert", files.certificate, "-key", files.key, "-www"};
        words.insert(words.end(), more.begin(), more.end());
        const auto command = openssl(words);
        NEED_PEER(command);
        endServer();
        m_server = std::make_unique<PeerProcess>(command);
        readPort();
    }

    void readPort()
    {
        const auto line = m_server->waitForLine([](const std::string &text) { return text.starts_with("ACCEPT "); });
        ASSERT_TRUE(line) << m_server->output();
        m_port = static_cast<std::uint16_t>(std::stoi(line->substr(line->rfind(':') + 1)));
    }

    /// Whether the server said that it would send no more (RFC 8446 §6.1).
    bool wasNotified() const
    {
        constexpr std::uint8_t closeNotify = 0;
        const auto messages = test::allOf<capture::TlsMessage>(sink->records(client->id()));
        return std::any_of(messages.begin(), messages.end(), [](const capture::TlsMessage &message) {
            return message.content == capture::TlsContent::Alert && message.type == closeNotify &&
                   message.direction == capture::Direction::Received;
        });
    }

    /// Runs openssl to its end and returns what it printed.
    std::string run(const Arguments &words)
    {
        const PeerProcess process(openssl(words));
        EXPECT_EQ(process.waitForExit(), 0) << process.output();
        return process.output();
    }

    /// An OCSP answer about the certificate, signed by the root. `status`: a line of openssl's index before the serial.
    std::string staple(const TestPki::Files &files, const std::string &status)
    {
        const auto line = run({"x509", "-in", files.certificate, "-noout", "-serial"});
        const auto serial = line.substr(line.find("serial=") + 7,
                                        line.find_first_of("\r\n", line.find("serial=")) - line.find("serial=") - 7);
        const auto index = pki.write("index.txt", status + '\t' + serial + "\tunknown\t/CN=any\n");
        const auto file = pki.file("staple.der");
        run({"ocsp", "-index", index, "-rsigner", pki.root().certificate, "-rkey", pki.root().key, "-CA",
             pki.root().certificate, "-issuer", pki.root().certificate, "-cert", files.certificate, "-respout", file,
             "-ndays", "7", "-noverify"});
        return file;
    }

    std::unique_ptr<PeerProcess> m_server;
    std::uint16_t m_port = 0;
};

#define START_SERVER(...)                                                                                              \
    startServer(__VA_ARGS__);                                                                                          \
    if (IsSkipped() || HasFatalFailure())                                                                              \
    return

TEST_F(WithOpenssl, VersionsAndCiphers)
{
    struct Row
    {
        const char *version;
        const char *cipher;
        const char *wantedVersion;
        const char *wantedCipher;
    };
    for (const auto &row :
         {Row{"-tls1_2", "ECDHE-ECDSA-CHACHA20-POLY1305", "TLSv1.2", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
          Row{"-tls1_3", "DEFAULT", "TLSv1.3", "TLS_AES_256_GCM_SHA384"},
          Row{"-tls1_2", "ECDHE-ECDSA-AES128-SHA", "TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"}}) {
        SCOPED_TRACE(row.wantedCipher);
        START_SERVER(pki.leaf("good"), {row.version, "-cipher", row.cipher});
        connect(m_port);
        const auto tls = facts();
        ASSERT_TRUE(tls) << m_server->output();
        EXPECT_EQ(tls->version, row.wantedVersion);
        EXPECT_EQ(tls->cipher, row.wantedCipher);
        EXPECT_EQ(tls->verdict, TlsVerdict::Trusted);
    }
}

TEST_F(WithOpenssl, AVersionThatIsTooOldIsRefusedByAlert)
{
    START_SERVER(pki.leaf("good"), {"-tls1_2"});
    clientTls.minimum = transport::TlsVersion::Tls13;
    connect(m_port);
    ASSERT_TRUE(client->waitEnded(patience));
    const auto messages = test::allOf<capture::TlsMessage>(sink->records(client->id()));
    ASSERT_FALSE(messages.empty());
    EXPECT_EQ(messages.back().content, capture::TlsContent::Alert);
    EXPECT_EQ(messages.back().type, 70); // protocol_version
    EXPECT_EQ(messages.back().direction, capture::Direction::Received);
}

TEST_F(WithOpenssl, ASessionIsResumed)
{
    START_SERVER(pki.leaf("good"));
    clientTls.caFile = pki.rootFile();
    connect(m_port);
    ASSERT_TRUE(client->waitEnded(patience)); // s_server is no WebSocket server; its answer ends the connection
    EXPECT_FALSE(facts()->resumed);
    const auto again = options; // the same context, and so its sessions
    client = std::make_unique<session::ClientSession>(network, sink, again);
    client->start();
    const auto tls = facts();
    ASSERT_TRUE(tls);
    EXPECT_TRUE(tls->resumed);
    EXPECT_EQ(tls->verdict, TlsVerdict::Trusted);
    ASSERT_EQ(tls->chain.size(), 1u) << "nothing is sent; it is known from before";
}

TEST_F(WithOpenssl, Staples)
{
    const auto files = pki.leaf("stapled");
    NEED_PEER(openssl({}));
    struct Row
    {
        const char *index;
        capture::StapleStatus status;
        const char *message;
    };
    for (const auto &row :
         {Row{"V\t400101000000Z\t", capture::StapleStatus::Good, ""},
          Row{"R\t400101000000Z\t260101000000Z,keyCompromise", capture::StapleStatus::Revoked, "keyCompromise"}}) {
        START_SERVER(files, {"-status_file", staple(files, row.index)});
        connect(m_port);
        const auto tls = facts();
        ASSERT_TRUE(tls) << m_server->output();
        ASSERT_TRUE(tls->staple) << m_server->output();
        EXPECT_EQ(tls->staple->status, row.status);
        EXPECT_TRUE(tls->staple->trusted) << tls->staple->message;
        EXPECT_EQ(tls->staple->message, row.message);
        EXPECT_GT(tls->staple->nextUpdate, tls->staple->thisUpdate);
    }
    START_SERVER(files);
    connect(m_port);
    EXPECT_FALSE(facts()->staple);
}

TEST_F(WithOpenssl, AStapleAboutAnotherCertificateIsNotTrusted)
{
    const auto files = pki.leaf("stapled");
    NEED_PEER(openssl({}));
    START_SERVER(files, {"-status_file", staple(pki.leaf("another"), "V\t400101000000Z\t")});
    connect(m_port);
    const auto tls = facts();
    ASSERT_TRUE(tls && tls->staple) << m_server->output();
    EXPECT_FALSE(tls->staple->trusted);
}

TEST_F(WithOpenssl, AKilledServerSendsNoCloseNotify)
{
    START_SERVER(pki.leaf("good"));
    connect(m_port);
    ASSERT_TRUE(client->waitEnded(patience));
    EXPECT_TRUE(wasNotified()) << "the end of its answer";

    const auto files = pki.leaf("good");
    const auto mute = openssl({"s_server", "-accept", "localhost:0", "-cert", files.certificate, "-key", files.key});
    endServer();
    m_server = std::make_unique<PeerProcess>(mute);
    ASSERT_NO_FATAL_FAILURE(readPort());
    connect(m_port);
    ASSERT_TRUE(facts());
    m_server->kill();
    ASSERT_TRUE(client->waitEnded(patience));
    EXPECT_FALSE(wasNotified());
    EXPECT_FALSE(waitForEnd(*sink, client->id())->wasClean);
}

TEST_F(WithOpenssl, ItsClientAndOurServer)
{
    serve(pki.leaf("good", {.by = TestPki::By::Intermediate}));
    const auto address = "localhost:" + std::to_string(server->port());
    for (const auto &[option, version] : {std::pair{"-tls1_2", "TLSv1.2"}, {"-tls1_3", "TLSv1.3"}}) {
        const auto command =
            openssl({"s_client", "-connect", address, "-CAfile", pki.rootFile(), "-verify_return_error", "-servername",
                     "localhost", "-alpn", "h2,http/1.1", option});
        NEED_PEER(command);
        const PeerProcess peer(command);
        EXPECT_TRUE(peer.waitForLine([](const std::string &line) {
            return line == "Verify return code: 0 (ok)" || line == "    Verify return code: 0 (ok)";
        })) << peer.output();
        EXPECT_THAT(peer.output(), HasSubstr("ALPN protocol: http/1.1"));
        EXPECT_THAT(peer.output(), HasSubstr(version));
    }
}

TEST_F(WithOpenssl, ItsClientResumesASessionWithOurServer)
{
    serve(pki.leaf("good"));
    const auto address = "localhost:" + std::to_string(server->port());
    const auto session = pki.file("session.pem");
    const auto connectWith = [&](const char *option) {
        return openssl({"s_client", "-connect", address, "-CAfile", pki.rootFile(), option, session, "-tls1_2"});
    };
    NEED_PEER(connectWith("-sess_out"));
    {
        const PeerProcess first(connectWith("-sess_out"));
        EXPECT_TRUE(first.waitForLine([](const std::string &line) { return line.starts_with("New, "); }))
            << first.output();
        ASSERT_TRUE(first.waitForLine([](const std::string &line) { return line == "---"; }));
    }
    const PeerProcess second(connectWith("-sess_in"));
    EXPECT_TRUE(second.waitForLine([](const std::string &line) { return line.starts_with("Reused, "); }))
        << second.output();
}

// -- inside, as another program sees it -----------------------------------------------------------------------------

TEST_F(WithOpenssl, TsharkWithOurKeyLogSeesInsideWhatWeRecorded)
{
    serve(pki.leaf("good"));
    const WireCapture wire(server->port());
    NEED_CAPTURE(wire);
    clientTls.keyLogFile = pki.file("keys.log");
    connect(server->port());
    ASSERT_TRUE(waitForOpen(*sink, client->id()));
    client->sendText("secret text");
    ASSERT_EQ(waitForMessages(*sink, client->id(), 1).size(), 1u);
    client->sendBinary(countingOctets(70'000));
    ASSERT_EQ(waitForMessages(*sink, client->id(), 2).size(), 2u);
    client->ping();
    ASSERT_TRUE(waitForHeartbeat(*sink, client->id(), capture::HeartbeatKind::PongMatched));
    client->close(4002, "bye");
    ASSERT_TRUE(client->waitEnded(patience));
    const auto ours = recordedFrames(*sink, client->id());
    ASSERT_EQ(ours.size(), 8u);
    EXPECT_EQ(wire.frames(ours.size(), clientTls.keyLogFile), ours) << wire.output();

    std::ifstream file(clientTls.keyLogFile);
    const std::string log{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(log, HasSubstr("CLIENT_TRAFFIC_SECRET_0 "));
    EXPECT_THAT(log, HasSubstr("SERVER_TRAFFIC_SECRET_0 "));
}

} // namespace
