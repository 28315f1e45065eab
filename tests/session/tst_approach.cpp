// SPDX-License-Identifier: GPL-3.0-or-later
// How a client gets to its server: proxies by choice, environment and system; given addresses; name servers beside.
#include "core/session/client_session.h"
#include "core/session/server_session.h"
#include "tests/support/dns_responder.h"
#include "tests/support/raw_server.h"
#include "tests/support/recorded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>

using namespace frameglass;
using namespace frameglass::session;
using namespace frameglass::test;
using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

namespace {

/// The environment of the test's machine has no say.
class Variables
{
public:
    Variables()
    {
        for (const char *name : {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}) {
            ::unsetenv(name);
            ::unsetenv(lowered(name).c_str());
        }
    }
    ~Variables()
    {
        NetworkThread::setSystemProxies({});
        ::unsetenv("HTTP_PROXY");
    }
    static void set(const char *name, const std::string &value) { ::setenv(name, value.c_str(), 1); }
};

class ApproachTest : public testing::Test
{
protected:
    ClientSession &start(const std::string &url)
    {
        if (!network)
            network = std::make_unique<NetworkThread>();
        options.url = url;
        session = std::make_unique<ClientSession>(*network, sink, options);
        session->start();
        return *session;
    }
    template<typename T>
    std::vector<T> all() const
    {
        return allOf<T>(sink->records());
    }
    std::string url(const RawServer &server, const char *host) const
    {
        return "ws://" + std::string(host) + ':' + std::to_string(server.port()) + "/x";
    }
    /// Names are those of loopback.
    void setLookup()
    {
        network = std::make_unique<NetworkThread>();
        network->setLookup([](const std::string &, std::uint16_t port) {
            return transport::LookupResult{{}, {{asio::ip::address_v4::loopback(), port}}};
        });
    }

    Variables variables;
    std::unique_ptr<NetworkThread> network;
    std::shared_ptr<WaitableSink> sink = std::make_shared<WaitableSink>();
    ClientOptions options;
    std::unique_ptr<ClientSession> session;
};

/// The server, and whatever proxy is before it.
void serveThroughProxy(RawSocket &client)
{
    EXPECT_THAT(client.readUntil("\r\n\r\n"), HasSubstr("CONNECT example.test:80 HTTP/1.1"));
    client.write("HTTP/1.1 200 OK\r\n\r\n");
    client.write(upgradeResponse(client.readUntil("\r\n\r\n")) + serverFrame(0x81, "through"));
    readFrame(client);
}

transport::Proxy proxyAt(const RawServer &server)
{
    return {capture::ProxyKind::HttpConnect, "127.0.0.1", server.port(), {}, {}};
}

} // namespace

TEST_F(ApproachTest, ThroughAGivenProxy)
{
    RawServer proxy(serveThroughProxy);
    options.proxy = {ProxyChoice::Kind::Given, proxyAt(proxy)};
    options.proxy.proxy.user = "alice";
    options.proxy.proxy.password = "secret-word";
    auto &client = start("ws://user:hidden@example.test/x");
    ASSERT_TRUE(sink->waitForAny<capture::FrameRecord>());
    client.close(1000);
    client.waitEnded(seconds(20));
    const auto used = all<capture::ProxyUsed>();
    ASSERT_EQ(used.size(), 1u);
    EXPECT_EQ(used[0].kind, capture::ProxyKind::HttpConnect);
    EXPECT_EQ(used[0].address, "127.0.0.1:" + std::to_string(proxy.port()));
    EXPECT_EQ(used[0].source, capture::ProxySource::User);
    EXPECT_TRUE(used[0].credentials);
    EXPECT_EQ(used[0].target, "example.test:80");
    EXPECT_EQ(all<capture::AddressesResolved>().at(0).host, "127.0.0.1"); // the proxy's: it resolves the name itself
    const auto course = courseOf(sink->records());
    EXPECT_THAT(course, Contains("proxy succeeded"));
    EXPECT_THAT(course, Contains("upgrade succeeded"));
    EXPECT_TRUE(all<capture::DnsLookup>().empty());
    // Offsets count what passed inside the tunnel.
    EXPECT_EQ(all<capture::TransferBoundary>().at(0).offset, 0u);
}

TEST_F(ApproachTest, ThisMachineIsNeverProxiedByDefault)
{
    RawServer server(
        [](RawSocket &client) { EXPECT_THAT(client.readUntil("\r\n\r\n"), HasSubstr("GET /x HTTP/1.1")); });
    Variables::set("HTTP_PROXY", "http://127.0.0.1:" + std::to_string(closedPort()));
    EXPECT_TRUE(start(url(server, "localhost")).waitEnded(seconds(20)));
    EXPECT_TRUE(all<capture::ProxyUsed>().empty());
    server.finish();
}

TEST_F(ApproachTest, TheEnvironmentChoosesOtherwise)
{
    RawServer proxy(serveThroughProxy);
    Variables::set("HTTP_PROXY", "http://127.0.0.1:" + std::to_string(proxy.port()));
    auto &client = start("ws://example.test/x");
    ASSERT_TRUE(sink->waitForAny<capture::FrameRecord>());
    client.close(1000);
    EXPECT_TRUE(client.waitEnded(seconds(20)));
    EXPECT_EQ(all<capture::ProxyUsed>().at(0).source, capture::ProxySource::Environment);
}

TEST_F(ApproachTest, NoneMeansNone)
{
    setLookup();
    RawServer server(
        [](RawSocket &client) { EXPECT_THAT(client.readUntil("\r\n\r\n"), HasSubstr("GET /x HTTP/1.1")); });
    Variables::set("HTTP_PROXY", "http://127.0.0.1:" + std::to_string(closedPort()));
    options.proxy.kind = ProxyChoice::Kind::None;
    EXPECT_TRUE(start(url(server, "example.test")).waitEnded(seconds(20)));
    EXPECT_TRUE(all<capture::ProxyUsed>().empty());
    server.finish();
}

TEST_F(ApproachTest, AProxyOfTheEnvironmentThatCannotBeUsedEndsTheAttempt)
{
    Variables::set("HTTP_PROXY", "https://alice:secret-word@proxy.test");
    EXPECT_TRUE(start("ws://example.test/x").waitEnded(seconds(20)));
    const auto stages = all<capture::StageChanged>();
    ASSERT_EQ(stages.size(), 1u);
    EXPECT_EQ(stages[0].stage, capture::Stage::Proxy);
    EXPECT_EQ(stages[0].outcome, capture::StageOutcome::Failed);
    EXPECT_THAT(stages[0].message, HasSubstr("HTTP_PROXY"));
    EXPECT_THAT(stages[0].message, Not(HasSubstr("secret-word")));
}

TEST_F(ApproachTest, TheSystemIsAskedLast)
{
    RawServer proxy(serveThroughProxy);
    NetworkThread::setSystemProxies([&](const Target &target) {
        EXPECT_EQ(target.host, "example.test");
        return ProxyAdvice{proxyAt(proxy), {}};
    });
    auto &client = start("ws://example.test/x");
    ASSERT_TRUE(sink->waitForAny<capture::FrameRecord>());
    client.close(1000);
    EXPECT_TRUE(client.waitEnded(seconds(20)));
    EXPECT_EQ(all<capture::ProxyUsed>().at(0).source, capture::ProxySource::System);
}

TEST_F(ApproachTest, TheFirstOctetsAfterAProxysHeadAreTheServers)
{
    RawServer proxy([](RawSocket &client) {
        client.readUntil("\r\n\r\n");
        // Both heads and a frame in one segment would be a server that answers before it is asked: it fails the
        // connection, but no octet is lost.
        client.write("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 418 Teapot\r\nContent-Length: 3\r\n\r\nabc");
        client.readEnd();
    });
    options.proxy = {ProxyChoice::Kind::Given, proxyAt(proxy)};
    EXPECT_TRUE(start("ws://example.test/x").waitEnded(seconds(20)));
    const auto heads = all<capture::HeadRecord>();
    ASSERT_EQ(heads.size(), 4u);
    EXPECT_EQ(heads[3].hop, capture::Hop::Server);
    EXPECT_THAT(std::string(protocol::textOf(heads[3].raw)), HasSubstr("418 Teapot"));
    EXPECT_EQ(protocol::textOf(all<capture::BodyRecord>().at(0).octets), "abc");
}

TEST_F(ApproachTest, GivenAddressesAreTriedInOrder)
{
    setLookup();
    RawServer server(
        [](RawSocket &client) { EXPECT_THAT(client.readUntil("\r\n\r\n"), HasSubstr("\r\nHost: example.test:")); });
    options.addresses = {{"other.test", server.port(), "127.0.0.9"},
                         {"EXAMPLE.test", server.port(), "127.0.0.2"}, // nothing listens there
                         {"example.test", server.port(), "127.0.0.1"},
                         {"example.test", 1, "127.0.0.9"}};
    EXPECT_TRUE(start(url(server, "example.test")).waitEnded(seconds(20)));
    EXPECT_TRUE(all<capture::AddressesResolved>().at(0).given);
    const auto tried = all<capture::AddressTried>();
    ASSERT_EQ(tried.size(), 2u);
    EXPECT_EQ(tried[0].error, ECONNREFUSED);
    EXPECT_THAT(tried[0].address, HasSubstr("127.0.0.2:"));
    EXPECT_EQ(tried[1].error, 0);
    server.finish();
}

TEST_F(ApproachTest, NameServersAreAskedBesideTheConnection)
{
    setLookup();
    RawServer server([](RawSocket &client) {
        client.write(upgradeResponse(client.readUntil("\r\n\r\n")));
        readFrame(client);
    });
    // It answers once the connection stands: so nothing waits for it.
    DnsResponder responder([this](const std::string &name, int type) -> std::optional<DnsResponder::Answer> {
        EXPECT_TRUE(sink->waitFor([](const auto &record) { return wordFor(record) == "upgrade succeeded"; }));
        if (type == 33)
            return DnsResponder::Answer{3, {}, {}};
        return DnsResponder::Answer{0, {{name, 1, 60, "\x7f\x01\x01\x01"}}, {}};
    });
    options.dns.server = responder.address();
    options.dns.services = true;
    auto &client = start(url(server, "example.test"));
    ASSERT_TRUE(sink->waitForCount<capture::DnsLookup>(3));
    client.close(1000);
    EXPECT_TRUE(client.waitEnded(seconds(20)));
    std::vector<std::string> asked;
    for (const auto &lookup : all<capture::DnsLookup>())
        asked.push_back(lookup.type + ' ' + lookup.name + ' ' + lookup.outcome);
    EXPECT_THAT(asked, testing::UnorderedElementsAre("A example.test answered", "AAAA example.test nodata",
                                                     "SRV _ws._tcp.example.test nxdomain"));
}

TEST_F(ApproachTest, AFailedLookupWaitsForTheNameServers)
{
    network = std::make_unique<NetworkThread>();
    network->setLookup([](const std::string &, std::uint16_t) {
        return transport::LookupResult{transport::lookupErrorOf(EAI_NONAME, 0), {}};
    });
    DnsResponder responder([this](const std::string &, int) -> std::optional<DnsResponder::Answer> {
        EXPECT_TRUE(sink->waitFor([](const auto &record) { return wordFor(record) == "resolve failed"; }));
        return DnsResponder::Answer{3, {}, {}};
    });
    options.dns.server = responder.address();
    EXPECT_TRUE(start("ws://missing.test/").waitEnded(seconds(20)));
    EXPECT_EQ(all<capture::DnsLookup>().size(), 2u);
    const auto records = sink->records();
    EXPECT_TRUE(capture::as<capture::ConnectionEnded>(records.back()));
}

TEST_F(ApproachTest, NothingIsAskedWhereNothingIsToBeKnown)
{
    setLookup();
    DnsResponder responder([](const std::string &, int) { return DnsResponder::Answer{}; });
    options.dns.server = responder.address();
    RawServer address([](RawSocket &client) { client.readUntil("\r\n\r\n"); });
    EXPECT_TRUE(start(address.url()).waitEnded(seconds(20)));
    RawServer local([](RawSocket &client) { client.readUntil("\r\n\r\n"); });
    EXPECT_TRUE(start(url(local, "localhost")).waitEnded(seconds(20)));
    options.dns.detail = false;
    RawServer silent([](RawSocket &client) { client.readUntil("\r\n\r\n"); });
    EXPECT_TRUE(start(url(silent, "example.test")).waitEnded(seconds(20)));
    EXPECT_EQ(responder.asked(), 0);
    EXPECT_TRUE(all<capture::DnsLookup>().empty());
}

// -- Unix sockets ---------------------------------------------------------------------------------------------------

namespace {

/// A folder of its own for the sockets of one test.
class SocketFolder
{
public:
    SocketFolder()
    {
        char name[] = "/tmp/frameglass-sockets-XXXXXX";
        m_path = ::mkdtemp(name);
    }
    ~SocketFolder() { std::filesystem::remove_all(m_path); }
    std::string file(const char *name) const { return m_path + '/' + name; }

private:
    std::string m_path;
};

} // namespace

TEST_F(ApproachTest, ServerAndClientOverAUnixSocket)
{
    const SocketFolder folder;
    network = std::make_unique<NetworkThread>();
    ServerOptions how;
    how.socketPath = folder.file("app.sock");
    ServerSession server(*network, sink, how);
    ASSERT_TRUE(server.start()) << server.error().message;
    EXPECT_EQ(server.url(), "ws+unix:" + how.socketPath + ":/");
    auto &client = start("ws+unix:" + how.socketPath + ":/chat?x=1");
    ASSERT_TRUE(sink->waitFor([&](const auto &record) {
        return record.connection == client.id() && wordFor(record) == "upgrade succeeded";
    }));
    client.sendText("hello");
    ASSERT_TRUE(sink->waitFor(
        [&](const auto &record) { return record.connection == client.id() && wordFor(record) == "text received 5"; }));
    client.close(1000);
    ASSERT_TRUE(client.waitEnded(seconds(20)));
    const auto records = sink->records(client.id());
    const auto request = std::string(protocol::textOf(allOf<capture::HeadRecord>(records).at(0).raw));
    EXPECT_THAT(request, testing::StartsWith("GET /chat?x=1 HTTP/1.1\r\nHost: localhost\r\n"));
    EXPECT_EQ(allOf<capture::AddressTried>(records).at(0).address, "unix:" + how.socketPath);
    EXPECT_EQ(allOf<capture::SocketFacts>(records).at(0).remote, "unix:" + how.socketPath);
    EXPECT_TRUE(allOf<capture::ConnectionEnded>(records).at(0).wasClean);
    EXPECT_TRUE(allOf<capture::DnsLookup>(records).empty());
    server.stop();
    EXPECT_FALSE(std::filesystem::exists(how.socketPath));
}

TEST_F(ApproachTest, AUnixSocketThatIsNotThere)
{
    const SocketFolder folder;
    EXPECT_TRUE(start("ws+unix:" + folder.file("none.sock")).waitEnded(seconds(20)));
    EXPECT_EQ(all<capture::AddressTried>().at(0).error, ENOENT);
    EXPECT_THAT(courseOf(sink->records()), Contains("tcp failed"));
}

TEST_F(ApproachTest, ASocketLeftBehindIsReplacedAndALivingOneIsNot)
{
    const SocketFolder folder;
    network = std::make_unique<NetworkThread>();
    ServerOptions how;
    how.socketPath = folder.file("app.sock");
    {
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        how.socketPath.copy(at.sun_path, sizeof at.sun_path - 1);
        const RawSocket dead(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        ASSERT_EQ(::bind(dead.descriptor(), reinterpret_cast<sockaddr *>(&at), sizeof at), 0);
    }
    ServerSession first(*network, sink, how);
    EXPECT_TRUE(first.start()) << first.error().message;
    ServerSession second(*network, sink, how);
    EXPECT_FALSE(second.start());
    EXPECT_EQ(second.error().number, EADDRINUSE);
    const auto client = RawSocket::connectTo(how.socketPath);
    std::ofstream(folder.file("file")) << "no socket";
    how.socketPath = folder.file("file");
    ServerSession third(*network, sink, how);
    EXPECT_FALSE(third.start());
    EXPECT_TRUE(std::filesystem::exists(how.socketPath));
}
