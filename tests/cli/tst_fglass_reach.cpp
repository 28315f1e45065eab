// SPDX-License-Identifier: GPL-3.0-or-later
// How `fglass` gets to a server: proxies, given addresses, name servers, redirects, Unix sockets.
#include "echo_server.h"
#include "fglass_process.h"

#include "need_peer.h"
#include "tests/support/dns_responder.h"
#include "tests/support/raw_server.h"

#include <QTemporaryDir>
#include <QTest>

using namespace frameglass;
using testing::EchoServer;
using testing::FglassResult;
using testing::runFglass;

namespace {

/// The records that `fglass connect --json` printed, of one kind.
std::vector<nlohmann::json> recordsOf(const FglassResult &result, const std::string &kind)
{
    std::vector<nlohmann::json> records;
    for (const QByteArray &line : result.out.split('\n')) {
        if (line.isEmpty())
            continue;
        auto record = nlohmann::json::parse(line.begin(), line.end());
        if (record.at("kind") == kind)
            records.push_back(std::move(record));
    }
    return records;
}

/// Answers one client with a redirect to `location`.
test::RawServer::Script redirectTo(const std::string &location)
{
    return [location](test::RawSocket &client) {
        client.readUntil("\r\n\r\n");
        client.write("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n");
        client.readEnd();
    };
}

} // namespace

class TestFglassReach : public QObject
{
    Q_OBJECT
private slots:
    void whatCannotBeUsedIsSaid_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("says");
        QTest::newRow("a proxy over TLS") << QStringList{"--proxy", "https://u:hidden@h:1"} << "over TLS";
        QTest::newRow("a proxy of another kind") << QStringList{"--proxy", "socks4://u:hidden@h:1"} << "socks5://";
        QTest::newRow("a port that is none") << QStringList{"--proxy", "u:hidden@h:99999"} << "65535";
        QTest::newRow("a name for an address") << QStringList{"--resolve", "h:80:other.test"} << "HOST:PORT:ADDRESS";
        QTest::newRow("no address") << QStringList{"--address", "h"} << "numeric";
        QTest::newRow("a name server by name") << QStringList{"--dns-server", "dns.test"} << "numeric";
    }
    void whatCannotBeUsedIsSaid()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, says);
        const auto result = runFglass(QStringList{"check", "ws://127.0.0.1:1/"} + arguments);
        QCOMPARE(result.exitCode, 2);
        QVERIFY2(result.err.contains(says.toUtf8()), result.err.constData());
        QVERIFY2(!result.err.contains("hidden"), result.err.constData());
        QCOMPARE(result.out, QByteArray());
    }

    void throughTinyproxy()
    {
        const auto command = peers::tinyproxy({"--user", "alice", "--password", "open-sesame"});
        NEED_PEER(command);
        const peers::PeerProcess proxy(command);
        const auto port = proxy.port();
        QVERIFY(port);
        const EchoServer server;
        const auto at = [&](const char *credentials) {
            return "http://" + QString::fromLatin1(credentials) + "127.0.0.1:" + QString::number(*port);
        };
        const auto good = runFglass({"connect", server.url(), "--json", "--proxy", at("alice:open-sesame@")}, "hi\n");
        QCOMPARE(good.exitCode, 0);
        QVERIFY(!good.out.contains("open-sesame") && !good.out.contains("YWxpY2U6b3Blbi1zZXNhbWU="));
        const auto used = recordsOf(good, "proxy");
        QCOMPARE(used.size(), 1u);
        QCOMPARE(used[0].at("address").get<std::string>(), "127.0.0.1:" + std::to_string(*port));
        QCOMPARE(recordsOf(good, "proxy-answered").at(0).at("code").get<int>(), 200);

        const auto refused = runFglass({"connect", server.url(), "--json", "--proxy", at("")});
        QCOMPARE(refused.exitCode, 1);
        QCOMPARE(recordsOf(refused, "proxy-answered").at(0).at("code").get<int>(), 407);
        QVERIFY(refused.out.contains("Proxy-Authenticate: Basic"));
    }

    void throughMicrosocks()
    {
        const auto command = peers::microsocks();
        NEED_PEER(command);
        const peers::PeerProcess proxy(command);
        QVERIFY(proxy.port());
        const EchoServer server;
        const auto result = runFglass({"check", server.urlOf("localhost"), "--for", "0s", "--json", "--proxy",
                                       QStringLiteral("socks5://127.0.0.1:%1").arg(*proxy.port())});
        QCOMPARE(result.exitCode, 0);
    }

    void aProxyIsOnlyUsedWhereItIsWanted()
    {
        const EchoServer server;
        const QString dead = QStringLiteral("http://127.0.0.1:%1").arg(test::closedPort());
        QCOMPARE(runFglass({"check", server.url(), "--for", "0s", "--proxy", dead}).exitCode, 3);
        QCOMPARE(runFglass({"check", server.url(), "--for", "0s", "--proxy", "none"}).exitCode, 0);
        QCOMPARE(runFglass({"check", server.url(), "--for", "0s", "--proxy", "system"}).exitCode, 0);
    }

    void eachAddressIsListedWithItsResult()
    {
        const EchoServer server;
        const QString name = QStringLiteral("example.test:%1:").arg(server.port());
        const auto result = runFglass({"connect", server.urlOf("example.test"), "--json", "--resolve",
                                       name + "127.0.0.2", "--resolve", name + "127.0.0.1"});
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(recordsOf(result, "addresses-resolved").at(0).at("given").get<bool>(), true);
        const auto tried = recordsOf(result, "address-tried");
        QCOMPARE(tried.size(), 2u);
        QVERIFY(tried[0].contains("error"));
        QVERIFY(!tried[1].contains("error"));
        const auto address =
            runFglass({"check", server.urlOf("example.test"), "--for", "0s", "--address", "127.0.0.1"});
        QCOMPARE(address.exitCode, 0);
    }

    void nameServersAreAsked()
    {
        test::DnsResponder responder([](const std::string &name, int type) {
            test::DnsResponder::Answer answer{type == 1 ? 0 : 3, {}, {}};
            if (type == 1)
                answer.resources.push_back({name, 1, 42, std::string("\x7f\0\0\x01", 4)});
            return std::optional(answer);
        });
        // The system's resolver knows no such name: what the name servers say is waited for.
        const auto result = runFglass({"connect", "ws://host.invalid/", "--json", "--srv", "--dns-server",
                                       QString::fromStdString(responder.address())});
        QCOMPARE(result.exitCode, 3);
        const auto lookups = recordsOf(result, "dns");
        QCOMPARE(lookups.size(), 3u);
        const auto silent = runFglass({"connect", "ws://host.invalid/", "--json", "--no-dns-detail", "--dns-server",
                                       QString::fromStdString(responder.address())});
        QCOMPARE(recordsOf(silent, "dns").size(), 0u);
    }

    void redirectsAreFollowedWhereAskedFor()
    {
        const EchoServer server;
        const auto to = server.url().toStdString();
        {
            test::RawServer first(redirectTo(to));
            const auto unasked = runFglass({"check", QString::fromStdString(first.url("/a")), "--for", "0s", "--json"});
            QCOMPARE(unasked.exitCode, 1);
            QVERIFY(!unasked.json().contains("redirects"));
        }
        test::RawServer second(redirectTo(to));
        test::RawServer first(redirectTo(second.url("/b?token=versteckt")));
        const auto result = runFglass({"check", QString::fromStdString(first.url("/a")), "--for", "0s", "--json",
                                       "--follow", "2", "--bearer", "geheim"});
        QCOMPARE(result.exitCode, 0);
        const auto json = result.json();
        QCOMPARE(json.at("url").get<std::string>(), to);
        QCOMPARE(json.at("redirects").size(), 2u);
        QCOMPARE(json.at("redirects")[0].at("status").get<int>(), 302);
        QVERIFY(!result.out.contains("versteckt"));
        QVERIFY(!json.contains("redirect_error"));
    }

    void loopsAndTheLimitOfRedirectsAreSaid()
    {
        test::RawServer itself(redirectTo("/a"));
        const auto loop =
            runFglass({"check", QString::fromStdString(itself.url("/a")), "--for", "0s", "--json", "--follow", "9"});
        QCOMPARE(loop.exitCode, 1);
        QCOMPARE(loop.json().at("redirect_error").get<std::string>(), "loop");
        QVERIFY2(loop.err.contains("loop"), loop.err.constData());

        test::RawServer second(redirectTo("/c"));
        test::RawServer first(redirectTo(second.url("/b")));
        const auto many =
            runFglass({"check", QString::fromStdString(first.url("/a")), "--for", "0s", "--json", "--follow", "1"});
        QCOMPARE(many.exitCode, 1);
        QCOMPARE(many.json().at("redirect_error").get<std::string>(), "too-many");
        QCOMPARE(many.json().at("redirects").size(), 1u);
    }

    void overAUnixSocket()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("app.sock");
        QProcess serving;
        testing::startFglass(serving, {"serve", "--unix", path, "-q"});
        QByteArray output;
        while (!output.contains("ws+unix:") && serving.waitForReadyRead(60'000))
            output += serving.readAllStandardOutput();
        QVERIFY2(output.contains("ws+unix:" + path.toUtf8() + ":/"), output.constData());
        const auto result = runFglass({"check", "ws+unix:" + path + ":/chat", "--for", "0s", "--json"});
        QCOMPARE(result.exitCode, 0);
        QVERIFY(testing::stopFglass(serving));
        QVERIFY(!QFile::exists(path));
        QCOMPARE(runFglass({"check", "ws+unix:" + path, "--for", "0s"}).exitCode, 3);
    }
};

QTEST_GUILESS_MAIN(TestFglassReach)
#include "tst_fglass_reach.moc"
