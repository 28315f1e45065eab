// SPDX-License-Identifier: GPL-3.0-or-later
// connect, serve, show, demo and checks, as a user runs them.
#include "fglass_process.h"

#include "core/capture/recorder.h"
#include "core/session/server_session.h"

#include <QTemporaryDir>
#include <QTest>

using namespace frameglass;
using testing::runFglass;
using testing::ServingProcess;

class TestFglassCommands : public QObject
{
    Q_OBJECT
private slots:
    void connectSendsLinesAndObeysOrders()
    {
        ServingProcess server;
        QVERIFY2(!server.url.isEmpty(), server.output.constData());
        const auto result = runFglass({"connect", server.url}, "hello there\n/ping beat\n/nonsense\n/close 1000 bye\n");
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(result.out.count("hello there"), 2);
        QVERIFY2(result.out.contains("beat"), result.out.constData());
        QVERIFY2(result.out.contains("bye"), result.out.constData());
        QVERIFY2(result.err.contains("/close"), result.err.constData());
        QVERIFY(testing::stopFglass(server.process));
        QCOMPARE(server.process.exitCode(), 0);
    }

    void connectEndsCleanlyAtTheEndOfInput()
    {
        ServingProcess server;
        const auto result = runFglass({"connect", server.url, "--json"}, "x\n");
        QCOMPARE(result.exitCode, 0);
        nlohmann::json last;
        for (const QByteArray &line : result.out.trimmed().split('\n')) {
            last = nlohmann::json::parse(line.begin(), line.end());
            QVERIFY(last.contains("id"));
            QVERIFY(last.contains("kind"));
        }
        QCOMPARE(last.at("kind").get<std::string>(), "connection-ended");
    }

    void exportWritesLinesThatOthersRead()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath("served.fglass");
        {
            ServingProcess server({"--save", file});
            QCOMPARE(runFglass({"connect", server.url + "/?token=geheim"}, "=SUM(1)\n/close\n").exitCode, 0);
            QVERIFY(testing::stopFglass(server.process));
        }
        const auto lines = runFglass({"export", file});
        QCOMPARE(lines.exitCode, 0);
        QVERIFY(!lines.out.contains("geheim"));
        int frames = 0;
        for (const QByteArray &line : lines.out.trimmed().split('\n'))
            frames += nlohmann::json::parse(line.begin(), line.end()).at("kind") == "frame" ? 1 : 0;
        QVERIFY(frames >= 4);
        QVERIFY(runFglass({"export", file, "--with-secrets"}).out.contains("geheim"));

        const QString csv = folder.filePath("frames.csv");
        const auto written = runFglass({"export", file, "-f", "websocket", "-o", csv});
        QCOMPARE(written.exitCode, 0);
        QVERIFY2(written.err.contains(csv.toUtf8()), written.err.constData());
        QFile table(csv);
        QVERIFY(table.open(QIODevice::ReadOnly));
        const QByteArray rows = table.readAll();
        QCOMPARE(rows.count("\r\n"), frames + 1);
        QVERIFY2(rows.contains(",\"'=SUM(1)\"\r\n"), rows.constData());

        const auto nowhere = runFglass({"export", file, "-o", folder.filePath("no/such/place.csv")});
        QCOMPARE(nowhere.exitCode, 2);
        QVERIFY2(nowhere.err.contains("place.csv"), nowhere.err.constData());
        QCOMPARE(runFglass({"export", file, "--format", "xml"}).exitCode, 2);
        QCOMPARE(runFglass({"export", file, "-o", file}).exitCode, 2); // not over itself
        QCOMPARE(runFglass({"show", file}).exitCode, 0);
    }

    void serveRecordsEachClientAndShowReadsIt()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath("served.fglass");
        {
            ServingProcess server({"--save", file, "--subprotocol", "chat"});
            QCOMPARE(runFglass({"check", server.url, "--for", "0", "-s", "chat"}).exitCode, 0);
            QCOMPARE(runFglass({"check", server.url, "--for", "0"}).exitCode, 0);
            QVERIFY(testing::stopFglass(server.process));
        }
        const auto shown = runFglass({"show", file, "--json"});
        QCOMPARE(shown.exitCode, 0);
        const auto json = shown.json();
        QCOMPARE(json.at("interrupted").get<bool>(), false);
        QCOMPARE(json.at("connections").size(), 2u);
        const auto records = runFglass({"show", file, "--records"});
        QVERIFY2(records.out.contains("Hello from Frameglass") || records.out.contains("text"),
                 records.out.constData());
        QCOMPARE(runFglass({"show", file, "-c", "999"}).exitCode, 2);
        QVERIFY(runFglass({"show", file}).out.contains("#"));
    }

    void deflateIsOfferedAsWritten()
    {
        const auto extensions = [](const QStringList &served, const QStringList &connecting) {
            ServingProcess server(served);
            const auto result = runFglass(QStringList{"connect", server.url, "--json"} + connecting, "x\n");
            std::vector<std::string> fields;
            for (const QByteArray &line : result.out.trimmed().split('\n')) {
                const auto record = nlohmann::json::parse(line.begin(), line.end());
                if (record.at("kind") != "head")
                    continue;
                const auto raw = record.at("raw").get<std::string>();
                const auto head = protocol::parseHead(record.at("head") == "request" ? protocol::HeadKind::Request
                                                                                     : protocol::HeadKind::Response,
                                                      protocol::viewOf(raw));
                fields.push_back(head.joined("Sec-WebSocket-Extensions"));
            }
            testing::stopFglass(server.process);
            return fields;
        };
        using Fields = std::vector<std::string>;
        QCOMPARE(extensions({}, {}), (Fields{"", ""}));
        QCOMPARE(extensions({}, {"--deflate"}),
                 (Fields{"permessage-deflate; client_max_window_bits", "permessage-deflate"}));
        QCOMPARE(extensions({}, {"--deflate=server_max_window_bits=10,"}),
                 (Fields{"permessage-deflate; server_max_window_bits=10, permessage-deflate",
                         "permessage-deflate; server_max_window_bits=10"}));
        QCOMPARE(extensions({"--deflate=off"}, {"--deflate"}),
                 (Fields{"permessage-deflate; client_max_window_bits", ""}));
        QCOMPARE(extensions({"--deflate=server_no_context_takeover; client_max_window_bits=9"}, {"--deflate"}),
                 (Fields{"permessage-deflate; client_max_window_bits",
                         "permessage-deflate; server_no_context_takeover; client_max_window_bits=9"}));
    }

    void deflateParametersAreJudgedAtOnce()
    {
        for (const char *wrong : {"--deflate=server_max_window_bits=16", "--deflate=fast"}) {
            const auto result = runFglass({"connect", "ws://127.0.0.1:9/", wrong});
            QCOMPARE(result.exitCode, 2);
            QVERIFY2(result.err.contains(QByteArray(wrong).mid(10)), result.err.constData());
        }
        QCOMPARE(runFglass({"serve", "--deflate=server_no_context_takeover,"}).exitCode, 2);
    }

    void savedCheckCanBeShown()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath("check.fglass");
        ServingProcess server;
        const auto checked = runFglass({"check", server.url, "--for", "0", "--json", "--save", file});
        QCOMPARE(checked.exitCode, 0);
        const auto shown = runFglass({"show", file, "--json"});
        // A live connection and its reopened capture give the same findings.
        QCOMPARE(shown.json().at("connections").at(0).at("findings").dump(), checked.json().at("findings").dump());
    }

    void serveSaysWhyItCannotListen()
    {
        ServingProcess first;
        const QString port = first.url.section(':', 2).section('/', 0, 0);
        const auto second = runFglass({"serve", "--port", port});
        QCOMPARE(second.exitCode, 3);
        QVERIFY2(second.err.contains(port.toUtf8()), second.err.constData());
    }

    void demoTeaches()
    {
        const auto result = runFglass({"demo"});
        QCOMPARE(result.exitCode, 0);
        QVERIFY(result.out.contains("101 Switching Protocols"));
        QVERIFY(result.out.contains("你好"));
        QVERIFY(result.out.contains("[upgrade."));
    }

    void checksExplainsARow()
    {
        const auto result = runFglass({"checks", "upgrade.accept-missing"});
        QCOMPARE(result.exitCode, 0);
        QVERIFY(result.out.contains("RFC 6455"));
        QCOMPARE(runFglass({"checks", "no.such"}).exitCode, 2);
    }

    void checksAreTheGuidesPage()
    {
        const QByteArray table = runFglass({"checks", "--markdown"}).out;
        QVERIFY(table.contains("### `close.rst`"));
        QFile page(QStringLiteral(FRAMEGLASS_SOURCE_DIR "/docs/user-guide/checks.md"));
        QVERIFY(page.open(QIODevice::ReadOnly));
        QVERIFY2(page.readAll() == table, "fglass checks --markdown > docs/user-guide/checks.md");
    }

    void settingsAreTheGuidesTable()
    {
        const QByteArray table = runFglass({"settings", "--markdown"}).out;
        QFile page(QStringLiteral(FRAMEGLASS_SOURCE_DIR "/docs/user-guide/settings.md"));
        QVERIFY(page.open(QIODevice::ReadOnly));
        QVERIFY2(table.size() > 1000 && page.readAll().endsWith(table), "fglass settings --markdown has changed");
        QVERIFY(runFglass({"settings", "reconnect.cap"}).out.contains("120s"));
        QCOMPARE(runFglass({"settings", "no.such"}).exitCode, 2);
    }

    void fieldsAreTheGuidesTable()
    {
        const QByteArray table = runFglass({"fields", "--markdown"}).out;
        QFile page(QStringLiteral(FRAMEGLASS_SOURCE_DIR "/docs/user-guide/filters.md"));
        QVERIFY(page.open(QIODevice::ReadOnly));
        QVERIFY2(table.size() > 1000 && page.readAll().endsWith(table), "fglass fields --markdown has changed");
        QVERIFY(runFglass({"fields", "websocket.opcode"}).out.contains("continuation"));
        const auto wrong = runFglass({"fields", "websocket.opcod"});
        QCOMPARE(wrong.exitCode, 2);
        QVERIFY2(wrong.err.contains("Did you mean websocket.opcode?"), wrong.err.constData());
    }

    void aFilterChoosesRecordsAndSaysWhatIsWrongWithIt()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath("served.fglass");
        {
            ServingProcess server({"--save", file});
            QCOMPARE(runFglass({"connect", server.url}, "apple\nbanana\n/close\n").exitCode, 0);
            QVERIFY(testing::stopFglass(server.process));
        }
        const auto found = runFglass({"show", file, "--json", "--filter", "websocket.payload.text contains \"nan\""});
        QCOMPARE(found.exitCode, 0);
        QCOMPARE(found.out.trimmed().split('\n').size(), 2); // it came, and was sent back
        QVERIFY(!found.out.contains(protocol::toHex(protocol::viewOf("apple")).c_str()));
        const auto wrong = runFglass({"show", file, "--filter", "conn == 1 && websocket.opcode == pingg"});
        QCOMPARE(wrong.exitCode, 2);
        QVERIFY2(
            wrong.err.contains("\n  conn == 1 && websocket.opcode == pingg\n" + QByteArray(2 + 33, ' ') + "^^^^^\n"),
            wrong.err.constData());
        QVERIFY(wrong.out.isEmpty());
    }

    void versionAndHelp()
    {
        QCOMPARE(runFglass({"--version"}).out.trimmed(), QByteArray("fglass " FRAMEGLASS_VERSION));
        const auto help = runFglass({"--help"});
        QCOMPARE(help.exitCode, 0);
        for (const char *command : {"check", "connect", "echo", "serve", "show", "demo", "checks"})
            QVERIFY(help.out.contains(command));
    }
};

QTEST_GUILESS_MAIN(TestFglassCommands)
#include "tst_fglass_commands.moc"
