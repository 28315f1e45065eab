// SPDX-License-Identifier: GPL-3.0-or-later
// TLS as a stage of a session: what stalls, what speaks something else, what ends early, what is written down.
#include "core/capture/capture.h"
#include "core/session/client_session.h"
#include "core/session/server_session.h"
#include "tests/support/raw_server.h"
#include "tests/support/recorded.h"
#include "tests/support/test_pki.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

using namespace frameglass;
using namespace frameglass::session;
using namespace frameglass::test;
using capture::TlsFacts;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using transport::TlsContext;

namespace {

class SessionTls : public testing::Test
{
protected:
    SessionTls()
    {
        clientTls.caFile = pki.rootFile();
        options.timeouts.tls = options.timeouts.upgrade = seconds(20);
        serverOptions.limits.handshakeTime = seconds(20);
    }

    std::shared_ptr<const TlsContext> contextOf(TlsContext::Side side, const transport::TlsOptions &tls) const
    {
        auto made = TlsContext::make(side, tls);
        auto *context = std::get_if<std::shared_ptr<TlsContext>>(&made);
        EXPECT_TRUE(context);
        return context ? *context : nullptr;
    }
    void connect(std::uint16_t port, const std::string &scheme = "wss")
    {
        options.tls = contextOf(TlsContext::Side::Client, clientTls);
        options.url = scheme + "://localhost:" + std::to_string(port) + "/";
        client = std::make_unique<ClientSession>(network, sink, options);
        client->start();
    }
    void serve()
    {
        const auto files = pki.leaf("good");
        transport::TlsOptions tls;
        tls.certificateFile = files.certificate;
        tls.keyFile = files.key;
        serverOptions.tls = contextOf(TlsContext::Side::Server, tls);
        server = std::make_unique<ServerSession>(network, sink, serverOptions);
        ASSERT_TRUE(server->start());
    }
    std::vector<std::string> course() const
    {
        EXPECT_TRUE(client->waitEnded(seconds(20)));
        return courseOf(sink->records(client->id()));
    }
    /// At the client's end.
    bool waitForWord(const std::string &word) const
    {
        return sink->waitFor([&](const capture::Record &record) {
            return record.connection == client->id() && wordFor(record) == word;
        });
    }
    std::optional<TlsFacts> facts(capture::ConnectionId connection) const
    {
        const auto all = allOf<TlsFacts>(sink->records(connection));
        return all.empty() ? std::nullopt : std::optional(all.front());
    }
    /// The first connection that the server accepted, when it has ended.
    capture::ConnectionId accepted() const
    {
        capture::ConnectionId id = 0;
        EXPECT_TRUE(sink->waitFor([&](const capture::Record &record) {
            const auto *started = capture::as<capture::ConnectionStarted>(record);
            if (id == 0 && started && started->listener)
                id = record.connection;
            return record.connection == id && id != 0 && capture::as<capture::ConnectionEnded>(record);
        }));
        return id;
    }

    TestPki pki;
    transport::TlsOptions clientTls;
    ClientOptions options;
    ServerOptions serverOptions;
    NetworkThread network;
    std::shared_ptr<WaitableSink> sink = std::make_shared<WaitableSink>();
    std::unique_ptr<ServerSession> server;
    std::unique_ptr<ClientSession> client;
};

std::string contentOf(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_F(SessionTls, StagesInOrder)
{
    serve();
    connect(server->port());
    ASSERT_TRUE(waitForWord("upgrade succeeded"));
    client->close(1000);
    const auto words = course();
    const auto at = [&](const std::string &word) {
        return std::find(words.begin(), words.end(), word) - words.begin();
    };
    EXPECT_LT(at("tcp succeeded"), at("tls started"));
    EXPECT_LT(at("tls started"), at("tls succeeded"));
    EXPECT_LT(at("tls succeeded"), at("upgrade started"));
    EXPECT_THAT(words, Contains("ended 1000 clean"));
}

TEST_F(SessionTls, AHandshakeThatStalls)
{
    RawServer stalls([](RawSocket &socket) {
        EXPECT_FALSE(socket.read().empty()); // ClientHello, and no answer
        socket.readEnd();
    });
    options.timeouts.tls = milliseconds(50);
    connect(stalls.port());
    const auto words = course();
    EXPECT_THAT(words, Contains("tls timed out"));
    EXPECT_THAT(words, Contains("closed by us"));
    EXPECT_EQ(words.back(), "ended 1006");
    const auto messages = allOf<capture::TlsMessage>(sink->records(client->id()));
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_EQ(messages[0].type, 1); // ClientHello
    EXPECT_TRUE(facts(client->id()));
}

TEST_F(SessionTls, AServerThatGoesAwayMeanwhile)
{
    RawServer leaves([](RawSocket &socket) { EXPECT_FALSE(socket.read().empty()); });
    connect(leaves.port());
    const auto words = course();
    EXPECT_THAT(words, Contains("tls failed"));
    EXPECT_THAT(words, Contains("fin received"));
}

TEST_F(SessionTls, AServerThatResetsMeanwhile)
{
    RawServer resets([](RawSocket &socket) {
        EXPECT_FALSE(socket.read().empty());
        socket.reset();
    });
    connect(resets.port());
    EXPECT_THAT(course(), Contains("reset received"));
}

TEST_F(SessionTls, TheUserGivesUpMeanwhile)
{
    RawServer stalls([](RawSocket &socket) { socket.readEnd(); });
    connect(stalls.port());
    ASSERT_TRUE(waitForWord("tls started"));
    client->disconnect();
    EXPECT_THAT(course(), Contains("tls cancelled"));
}

TEST_F(SessionTls, APlainServerOnTheTlsPort)
{
    RawServer plain([](RawSocket &socket) {
        socket.read();
        socket.write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    });
    connect(plain.port());
    EXPECT_THAT(course(), Contains("tls failed"));
    ASSERT_TRUE(facts(client->id()));
    EXPECT_THAT(facts(client->id())->notTls, testing::StartsWith("HTTP/1.1 400 Bad Request"));
}

TEST_F(SessionTls, APlainClientOnOurTlsPortIsToldSo)
{
    serve();
    connect(server->port(), "ws");
    ASSERT_TRUE(client->waitEnded(seconds(20)));
    const auto bodies = allOf<capture::BodyRecord>(sink->records(client->id()));
    ASSERT_FALSE(bodies.empty());
    EXPECT_THAT(std::string(protocol::textOf(bodies[0].octets)), HasSubstr("speaks TLS"));
    const auto theirs = facts(accepted());
    ASSERT_TRUE(theirs);
    EXPECT_THAT(theirs->notTls, testing::StartsWith("GET / HTTP/1.1"));
}

TEST_F(SessionTls, ASilentClientOfOurServerHasSoLong)
{
    serverOptions.limits.handshakeTime = milliseconds(50);
    serve();
    auto silent = RawSocket::connectTo(server->port());
    EXPECT_EQ(silent.readEnd(), 0);
    const auto words = courseOf(sink->records(accepted()));
    EXPECT_THAT(words, Contains("tls timed out"));
    server->stop();
    EXPECT_EQ(server->connectionCount(), 0u);
}

TEST_F(SessionTls, HandshakesUnderWayCountAndEndWithTheServer)
{
    serverOptions.limits.connections = 2;
    serve();
    auto first = RawSocket::connectTo(server->port());
    auto second = RawSocket::connectTo(server->port());
    ASSERT_TRUE(sink->waitFor([](const capture::Record &record) {
        const auto *listener = capture::as<capture::ListenerRecord>(record);
        return listener && listener->message == "connection-limit";
    }));
    EXPECT_EQ(server->connectionCount(), 2u);
    server->stop(milliseconds(1));
    EXPECT_EQ(first.readEnd(), 0);
    EXPECT_EQ(second.readEnd(), 0);
    EXPECT_EQ(server->connectionCount(), 0u);
}

TEST_F(SessionTls, WritesAreToldByTheirPlainOctets)
{
    serve();
    connect(server->port());
    ASSERT_TRUE(waitForWord("upgrade succeeded"));
    client->sendBinary(protocol::Octets(200'000, std::byte{7}));
    ASSERT_TRUE(waitForWord("binary received 200000"));
    client->close(1000);
    ASSERT_TRUE(client->waitEnded(seconds(20)));
    std::uint64_t plain = 0;
    std::uint64_t frames = 0;
    for (const auto &record : sink->records(client->id())) {
        if (const auto *transfer = capture::as<capture::TransferBoundary>(record)) {
            if (transfer->direction == capture::Direction::Sent) {
                EXPECT_EQ(transfer->offset, plain);
                plain += transfer->length;
            }
        } else if (const auto *head = capture::as<capture::HeadRecord>(record)) {
            frames += head->direction == capture::Direction::Sent ? head->raw.size() : 0;
        } else if (const auto *frame = capture::as<capture::FrameRecord>(record)) {
            if (frame->direction == capture::Direction::Sent)
                frames += frame->header.headerOctets() + frame->payloadOctets;
        }
    }
    EXPECT_EQ(plain, frames);
}

TEST_F(SessionTls, NoSecretOfTlsReachesTheCapture)
{
    serve();
    const auto folder = std::filesystem::path(pki.file("capture"));
    std::filesystem::create_directory(folder);
    const auto path = folder / "run.fglass";
    clientTls.keyLogFile = pki.file("keys.log");
    clientTls.passphrase = "open sesame, please";
    options.tls = contextOf(TlsContext::Side::Client, clientTls);
    options.url = "wss://localhost:" + std::to_string(server->port()) + "/";
    {
        auto writer = std::make_shared<capture::CaptureWriter>(path);
        ClientSession recorded(network, writer, options);
        recorded.start();
        // At the server's end: the client's records go to the file.
        ASSERT_TRUE(
            sink->waitFor([](const capture::Record &record) { return wordFor(record) == "upgrade succeeded"; }));
        recorded.close(1000);
        ASSERT_TRUE(recorded.waitEnded(seconds(20)));
    }
    std::istringstream log(contentOf(clientTls.keyLogFile));
    std::vector<std::string> secrets{clientTls.passphrase, contentOf(pki.leaf("good").key).substr(30, 40)};
    for (std::string line; std::getline(log, line);)
        secrets.push_back(line.substr(line.rfind(' ') + 1));
    ASSERT_THAT(secrets, SizeIs(testing::Ge(6u)));
    for (const auto &entry : std::filesystem::directory_iterator(folder)) {
        const auto content = contentOf(entry.path());
        for (const auto &secret : secrets)
            EXPECT_THAT(content, Not(HasSubstr(secret)));
    }
}
