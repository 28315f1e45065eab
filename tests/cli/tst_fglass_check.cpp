// SPDX-License-Identifier: GPL-3.0-or-later
// `fglass check` against real servers: its exit codes, its JSON, and the right cause for each nginx mistake.
#include "echo_server.h"
#include "fglass_process.h"

#include "need_peer.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <set>

using namespace frameglass;
using testing::EchoServer;
using testing::runFglass;

namespace {

QString urlAt(std::uint16_t port)
{
    return QStringLiteral("ws://127.0.0.1:%1/").arg(port);
}

} // namespace

class TestFglassCheck : public QObject
{
    Q_OBJECT
private slots:
    void goodServerPasses()
    {
        const EchoServer server;
        const auto result = runFglass({"check", server.url(), "--json", "--for", "300ms"});
        QCOMPARE(result.exitCode, 0);
        const auto json = result.json();
        QCOMPARE(json.at("schema").get<int>(), 1);
        QCOMPARE(json.at("verdict").get<std::string>(), "pass");
        QVERIFY(json.at("root_cause").is_null());
        QCOMPARE(json.at("url").get<std::string>(), server.url().toStdString());
        QVERIFY(json.at("connection").is_object());
        QCOMPARE(result.finding("heartbeat.pong-reply").at("verdict").get<std::string>(), "pass");
        QCOMPARE(result.finding("close.reply").at("verdict").get<std::string>(), "pass");
    }

    void everyRowAppearsOnceInTheStableShape()
    {
        const EchoServer server;
        const auto result = runFglass({"check", server.url(), "--json", "--for", "0"});
        std::set<std::string> ids;
        const auto json = result.json();
        for (const auto &finding : json.at("findings")) {
            QVERIFY(ids.insert(finding.at("id")).second);
            for (const char *member : {"phase", "title", "verdict", "severity", "reason", "clause", "fix"})
                QVERIFY2(finding.contains(member), member);
            QVERIFY(finding.at("evidence").is_array());
            QVERIFY(finding.at("causes").is_array());
            const std::set<std::string> verdicts = {"pass", "warn", "fail", "info", "n/a"};
            QVERIFY(verdicts.contains(finding.at("verdict")));
        }
        const auto listed = runFglass({"checks"});
        for (const std::string &id : ids)
            QVERIFY2(listed.out.contains(id.c_str()), id.c_str());
        QVERIFY(ids.size() > 80);
    }

    void refusedPortIsExitCode3WithAFullReport()
    {
        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        const quint16 port = closed.serverPort();
        closed.close();
        const auto result = runFglass({"check", urlAt(port), "--json"});
        QCOMPARE(result.exitCode, 3);
        const auto json = result.json();
        QVERIFY(!json.at("findings").empty());
        QCOMPARE(json.at("root_cause").get<std::string>(), "tcp.refused");
        constexpr int request = 4; // the first phase that was not reached
        for (const auto &finding : json.at("findings"))
            QVERIFY(finding.at("phase").get<int>() < request || finding.at("verdict").get<std::string>() == "n/a");
        QVERIFY(runFglass({"check", urlAt(port)}).out.contains("refused"));
    }

    void mistakesOfUsageAreExitCode2_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("said");
        QTest::newRow("no command") << QStringList{} << QByteArray("subcommand");
        QTest::newRow("no URL") << QStringList{"check"} << QByteArray("url");
        QTest::newRow("no scheme") << QStringList{"check", "localhost:80"} << QByteArray("ws://");
        QTest::newRow("scheme") << QStringList{"check", "ftp://localhost"} << QByteArray("scheme");
        QTest::newRow("fragment") << QStringList{"check", "ws://localhost/#a"} << QByteArray("#");
        QTest::newRow("port") << QStringList{"check", "ws://localhost:99999/"} << QByteArray("65535");
        QTest::newRow("duration") << QStringList{"check", "ws://localhost/", "--for", "soon"} << QByteArray("soon");
        QTest::newRow("header") << QStringList{"check", "ws://localhost/", "-H", "no colon"} << QByteArray("no colon");
        QTest::newRow("header value") << QStringList{"check", "ws://localhost/", "-H", "A: b\r\nC: d"}
                                      << QByteArray("line break");
        QTest::newRow("subprotocol") << QStringList{"check", "ws://localhost/", "-s", "a b"} << QByteArray("token");
        QTest::newRow("direct URL") << QStringList{"check", "ws://localhost/", "--direct", "x"} << QByteArray("ws://");
        QTest::newRow("times") << QStringList{"echo", "ws://localhost/", "--times", "0"} << QByteArray("--times");
        QTest::newRow("size") << QStringList{"echo", "ws://localhost/", "--limit-message", "big"} << QByteArray("big");
        QTest::newRow("unknown option") << QStringList{"check", "ws://localhost/", "--fast"} << QByteArray("--fast");
        QTest::newRow("no such capture") << QStringList{"show", "/nonexistent/a.fglass"} << QByteArray("a.fglass");
    }

    void mistakesOfUsageAreExitCode2()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, said);
        const auto result = runFglass(arguments);
        QCOMPARE(result.exitCode, 2);
        QVERIFY2(result.err.contains(said), result.err.constData());
        QVERIFY(result.out.isEmpty());
    }

    void failingAnswerIsExitCode1WithItsBody()
    {
        session::ServerOptions options;
        options.allowedOrigins = {"https://good.example"};
        const EchoServer server(options);
        const auto result = runFglass({"check", server.url(), "--origin", "https://evil.example", "--json"});
        QCOMPARE(result.exitCode, 1);
        QCOMPARE(result.json().at("root_cause").get<std::string>(), "upgrade.403");
        const auto text = runFglass({"check", server.url(), "--origin", "https://evil.example"});
        QVERIFY(text.out.contains("403"));
        QVERIFY2(text.out.contains("Origin: https://evil.example"), text.out.constData());
    }

    void secretsAreMasked()
    {
        const EchoServer server;
        const QStringList arguments = {"check",    server.url() + "?token=tok-secret",
                                       "--for",    "0",
                                       "--bearer", "bearer-secret",
                                       "--cookie", "session=cookie-secret"};
        for (const auto &result : {runFglass(arguments), runFglass(arguments + QStringList{"--json"})}) {
            QCOMPARE(result.exitCode, 0);
            QVERIFY2(!result.out.contains("tok-secret"), result.out.constData());
            QVERIFY2(!result.out.contains("bearer-secret"), result.out.constData());
            QVERIFY2(!result.out.contains("cookie-secret"), result.out.constData());
        }
    }

    void nginxMistakesAreExplained_data()
    {
        QTest::addColumn<QString>("mistake");
        QTest::addColumn<QString>("rootCause");
        QTest::addColumn<QByteArray>("fix");
        QTest::newRow("configured rightly") << "right" << QString() << QByteArray();
        QTest::newRow("no Upgrade header")
            << "no-upgrade"
            << "proxy.nginx-upgrade-missing" << QByteArray("proxy_set_header Upgrade $http_upgrade");
        QTest::newRow("HTTP/1.0 upstream") << "http10"
                                           << "proxy.nginx-http10" << QByteArray("proxy_http_version 1.1");
        QTest::newRow("2 s read time-out") << "read-timeout"
                                           << "proxy.idle-cut" << QByteArray("proxy_read_timeout");
    }

    void nginxMistakesAreExplained()
    {
        QFETCH(QString, mistake);
        QFETCH(QString, rootCause);
        QFETCH(QByteArray, fix);
        const EchoServer server;
        const auto command = peers::nginx(mistake.toStdString(), server.port());
        NEED_PEER(command);
        const peers::PeerProcess nginx(command);
        const auto port = nginx.port();
        QVERIFY2(port, nginx.output().c_str());

        const auto result = runFglass({"check", urlAt(*port), "--json", "--for", "4s"});
        const auto json = result.json();
        if (rootCause.isEmpty()) {
            QCOMPARE(result.exitCode, 0);
            QVERIFY(json.at("root_cause").is_null());
            return;
        }
        QCOMPARE(result.exitCode, 1);
        QCOMPARE(json.at("root_cause").get<std::string>(), rootCause.toStdString());
        const auto finding = result.finding(rootCause.toStdString().c_str());
        QCOMPARE(finding.at("verdict").get<std::string>(), "fail");
        QVERIFY(!finding.at("evidence").empty());
        QVERIFY(!finding.at("causes").empty());
        QVERIFY2(finding.at("fix").get<std::string>().find(fix.toStdString()) != std::string::npos,
                 finding.at("fix").get<std::string>().c_str());
    }

    /// A gorilla server says little in its refusal, so that the second attempt past the proxy decides.
    void directAttemptTellsProxyFromServer()
    {
        const auto gorilla = peers::gorillaEcho();
        NEED_PEER(gorilla);
        const peers::PeerProcess server(gorilla);
        const auto serverPort = server.port();
        QVERIFY2(serverPort, server.output().c_str());
        const auto command = peers::nginx("no-upgrade", *serverPort);
        NEED_PEER(command);
        const peers::PeerProcess nginx(command);
        const auto port = nginx.port();
        QVERIFY2(port, nginx.output().c_str());

        const auto result = runFglass({"check", urlAt(*port), "--direct", urlAt(*serverPort), "--json", "--for", "0"});
        QCOMPARE(result.exitCode, 1);
        QCOMPARE(result.json().at("root_cause").get<std::string>(), "proxy.nginx-upgrade-missing");
    }
};

QTEST_GUILESS_MAIN(TestFglassCheck)
#include "tst_fglass_check.moc"
