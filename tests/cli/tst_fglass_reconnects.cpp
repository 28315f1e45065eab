// SPDX-License-Identifier: GPL-3.0-or-later
// `fglass serve` under clients of ws that connect again, and what `fglass show` then says of their policies.
#include "fglass_process.h"

#include "need_peer.h"
#include "peer_process.h"

#include <QTemporaryDir>
#include <QTest>

using namespace frameglass;
using peers::PeerProcess;
using testing::runFglass;

class TestFglassReconnects : public QObject
{
    Q_OBJECT

private slots:
    void policy_data();
    void policy();
};

void TestFglassReconnects::policy_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("shape");
    QTest::addColumn<QString>("storm");
    QTest::addColumn<QString>("flapping");
    QTest::newRow("at once") << QStringList{"--delay", "5", "--attempts", "14"} << "fail"
                             << "warn"
                             << "fail";
    QTest::newRow("a fixed timer") << QStringList{"--delay", "250", "--attempts", "8"} << "warn"
                                   << "pass"
                                   << "warn";
    QTest::newRow("backing off") << QStringList{"--delay", "250", "--factor", "2", "--jitter", "0.2", "--attempts", "5"}
                                 << "pass"
                                 << "pass"
                                 << "pass";
    // Each was closed as the user wished: nothing was tried again.
    QTest::newRow("a new one after each Close")
        << QStringList{"--delay", "5", "--close-code", "1000", "--attempts", "14"} << "n/a"
        << "n/a"
        << "n/a";
}

void TestFglassReconnects::policy()
{
    QFETCH(QStringList, arguments);
    QTemporaryDir folder;
    const QString capture = folder.filePath(QStringLiteral("reconnects.fglass"));
    {
        testing::ServingProcess server({"--save", capture, "--quiet"});
        peers::Arguments words{server.url.toStdString()};
        for (const QString &argument : arguments)
            words.push_back(argument.toStdString());
        const auto command = peers::nodeReconnecting(words);
        NEED_PEER(command);
        const PeerProcess client(command);
        QVERIFY2(client.waitForExit() == 0, client.output().c_str());
        QVERIFY(testing::stopFglass(server.process));
    }
    const auto shown = runFglass({"show", "--json", "--only", "reconnect.*", capture}).json();
    const auto &connections = shown.at("connections");
    QCOMPARE(connections.size(), arguments.last().toULongLong());
    const auto verdictOf = [&](std::size_t connection, const char *id) {
        for (const auto &finding : connections.at(connection).at("findings"))
            if (finding.at("id") == id)
                return QString::fromStdString(finding.at("verdict").get<std::string>());
        return QString();
    };
    QTEST(verdictOf(connections.size() - 1, "reconnect.backoff-shape"), "shape");
    QTEST(verdictOf(connections.size() - 1, "reconnect.storm"), "storm");
    QTEST(verdictOf(connections.size() - 1, "reconnect.flapping"), "flapping");
    // Told once, at the newest attempt.
    QCOMPARE(verdictOf(0, "reconnect.backoff-shape"), QStringLiteral("n/a"));
}

QTEST_GUILESS_MAIN(TestFglassReconnects)
#include "tst_fglass_reconnects.moc"
