// SPDX-License-Identifier: GPL-3.0-or-later
// `fglass check` against servers and proxies by other people, built wrong in the ways users build them wrong: the true
// cause comes first. And against the same ones built right: nothing is wrong with them.
#include "echo_server.h"
#include "fglass_process.h"

#include "need_peer.h"
#include "peer_process.h"

#include <QTest>

#include <functional>
#include <memory>
#include <vector>

using namespace frameglass;
using peers::PeerProcess;
using testing::EchoServer;
using testing::runFglass;

namespace {

/// What a front is set before.
enum class Behind { Gorilla, Ours };

struct Front
{
    const char *name;
    std::function<peers::Command(std::uint16_t upstream)> command;
    Behind behind;
    const char *path;
    const char *root; ///< empty: nothing is wrong
};

std::function<peers::Command(std::uint16_t)> nginx(const char *mistake)
{
    return [mistake](std::uint16_t upstream) { return peers::nginx(mistake, upstream); };
}

std::function<peers::Command(std::uint16_t)> haproxy(const peers::Arguments &more = {})
{
    return [more](std::uint16_t upstream) { return peers::haproxy(upstream, more); };
}

std::function<peers::Command(std::uint16_t)> apache(const char *mistake)
{
    return [mistake](std::uint16_t upstream) { return peers::apache(mistake, upstream); };
}

/// What nginx makes of our own server is in tst_fglass_check.
const std::vector<Front> &fronts()
{
    static const std::vector<Front> all = {
        {"nginx", nginx("right"), Behind::Gorilla, "right", ""},
        {"nginx without upgrade", nginx("no-upgrade"), Behind::Gorilla, "right", "proxy.nginx-upgrade-missing"},
        {"nginx that clears Connection", nginx("connection-cleared"), Behind::Ours, "",
         "proxy.nginx-connection-cleared"},
        {"nginx that cuts", nginx("read-timeout"), Behind::Gorilla, "right", "proxy.idle-cut"},
        {"nginx with a small buffer", nginx("small-buffer"), Behind::Gorilla, "large-head",
         "proxy.nginx-response-buffer"},
        {"HAProxy", haproxy(), Behind::Gorilla, "right", ""},
        {"HAProxy that cuts", haproxy({"--tunnel", "2s"}), Behind::Gorilla, "right", "proxy.idle-cut"},
        {"HAProxy before a bad 101", haproxy(), Behind::Gorilla, "no-accept", "proxy.haproxy-invalid-head"},
        {"Apache", apache("right"), Behind::Gorilla, "right", ""},
        {"Apache without upgrade", apache("no-upgrade"), Behind::Gorilla, "right", "proxy.apache-upgrade"},
    };
    return all;
}

} // namespace

class TestFglassServers : public QObject
{
    Q_OBJECT
private:
    static QString urlAt(std::uint16_t port, const QString &path)
    {
        return QStringLiteral("ws://127.0.0.1:%1/%2").arg(port).arg(path);
    }
    /// The verdict is the root cause's, which is `root`; empty: nothing is wrong, not even a little.
    static void expectRoot(const QStringList &arguments, const QString &root)
    {
        // Long enough for every time-out that these servers have. How fast this machine is just now says nothing of
        // them.
        const auto result = runFglass(QStringList{"check", "--json", "--for", "2500ms", "--skip",
                                                  "dns.slow,tcp.connect-slow,upgrade.slow,heartbeat.rtt"} +
                                      arguments);
        const auto json = result.json();
        if (root.isEmpty()) {
            QVERIFY2(json.at("root_cause").is_null(), json.at("summary").get<std::string>().c_str());
            QCOMPARE(json.at("verdict").get<std::string>(), "pass");
            return;
        }
        QVERIFY2(json.at("root_cause") == root.toStdString(), json.at("summary").get<std::string>().c_str());
        const auto finding = result.finding(root.toLatin1().constData());
        QCOMPARE(finding.at("verdict"), json.at("verdict"));
        QVERIFY(!finding.at("evidence").empty() && !finding.at("causes").empty());
    }

private slots:
    void server_data();
    void server();
    void front_data();
    void front();
};

void TestFglassServers::server_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QStringList>("more");
    QTest::addColumn<QString>("root");
    const auto row = [](const char *path, const char *root, const QStringList &more = {}) {
        QTest::newRow(path) << QString(path) << more << QString(root);
    };
    row("right", "");
    row("strict-origin", "upgrade.403", {"-H", "Origin: https://elsewhere.test"});
    row("write-header-first", "upgrade.double-101");
    row("gzip", "upgrade.500");
    row("no-accept", "upgrade.accept-missing");
    row("wrong-guid", "upgrade.accept-wrong");
    row("decoded-key", "upgrade.accept-wrong");
    row("unoffered-subprotocol", "upgrade.subprotocol-unrequested");
    row("unrequested-extension", "ext.unrequested");
    row("no-reader", "heartbeat.pong-reply");
    row("no-close-answer", "close.reply");
    row("deadline", "proxy.idle-cut");
}

void TestFglassServers::server()
{
    const auto command = peers::gorillaMisbuilt();
    NEED_PEER(command);
    const PeerProcess gorilla(command);
    const auto port = gorilla.port();
    QVERIFY2(port, gorilla.output().c_str());
    QFETCH(QString, path);
    QFETCH(QStringList, more);
    QFETCH(QString, root);
    expectRoot(QStringList{urlAt(*port, path)} + more, root);
}

void TestFglassServers::front_data()
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < fronts().size(); ++i)
        QTest::addRow("%s", fronts()[i].name) << static_cast<int>(i);
}

void TestFglassServers::front()
{
    QFETCH(int, index);
    const Front &front = fronts()[static_cast<std::size_t>(index)];
    const EchoServer ours;
    std::unique_ptr<PeerProcess> gorilla;
    std::uint16_t upstream = ours.port();
    if (front.behind == Behind::Gorilla) {
        const auto misbuilt = peers::gorillaMisbuilt();
        NEED_PEER(misbuilt);
        gorilla = std::make_unique<PeerProcess>(misbuilt);
        const auto port = gorilla->port();
        QVERIFY2(port, gorilla->output().c_str());
        upstream = *port;
    }
    const auto words = front.command(upstream);
    NEED_PEER(words);
    const PeerProcess proxy(words);
    const auto port = proxy.port();
    QVERIFY2(port, proxy.output().c_str());
    expectRoot({urlAt(*port, front.path), "--direct", urlAt(upstream, front.path)}, front.root);
}

QTEST_GUILESS_MAIN(TestFglassServers)
#include "tst_fglass_servers.moc"
