// SPDX-License-Identifier: GPL-3.0-or-later
// The reports of `fglass check` and `fglass show`, and what may be left out of the verdict.
#include "echo_server.h"
#include "fglass_process.h"

#include "need_peer.h"

#include <QFile>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

using namespace frameglass;
using testing::EchoServer;
using testing::FglassResult;
using testing::runFglass;

namespace {

/// One that refuses every origin but its own.
session::ServerOptions strict()
{
    session::ServerOptions options;
    options.allowedOrigins = {"https://good.test"};
    return options;
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

nlohmann::json jsonIn(const QString &path)
{
    const QByteArray octets = contentOf(path);
    return nlohmann::json::parse(octets.begin(), octets.end());
}

} // namespace

class TestFglassReports : public QObject
{
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    QString at(const char *name) const { return m_folder.filePath(QLatin1String(name)); }

    static FglassResult check(const QString &url, const QStringList &more)
    {
        return runFglass(QStringList{"check", url, "--for", "100ms"} + more);
    }

private slots:
    void everyFormIsWritten();
    void aFormCanTakeThePlaceOfTheText();
    void jsonKeepsToItsSchema();
    void aBaselineMakesTheBuildPass();
    void failOnWarn();
    void onlyAndSkip();
    void aSavedCaptureIsReportedOn();
    void settingsDecide();
    void mistakes_data();
    void mistakes();
    void aTargetThatCannotBeWritten();
};

void TestFglassReports::everyFormIsWritten()
{
    const EchoServer server;
    const auto result = check(server.url() + "?token=hunter2",
                              {"-H", "Authorization: Bearer hunter2", "--report", at("a.txt"), "--report", at("a.json"),
                               "--report", at("a.xml"), "--report", at("a.sarif"), "--report", at("a.md"), "--report",
                               at("a.html"), "--report", "markdown=" + at("named.txt")});
    QCOMPARE(result.exitCode, 0);
    QVERIFY(result.out.contains("Who ended it"));
    QVERIFY(contentOf(at("a.txt")).contains("We closed it: 1000"));
    QCOMPARE(jsonIn(at("a.json"))["ending"]["ended_by"].get<std::string>(), "us");
    QCOMPARE(jsonIn(at("a.sarif"))["version"].get<std::string>(), "2.1.0");
    QVERIFY(contentOf(at("a.md")).startsWith("# Frameglass report"));
    QCOMPARE(contentOf(at("named.txt")), contentOf(at("a.md")));
    QVERIFY(contentOf(at("a.html")).contains("<svg"));
    QXmlStreamReader xml(contentOf(at("a.xml")));
    while (!xml.atEnd())
        xml.readNext();
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    for (const char *name : {"a.txt", "a.json", "a.xml", "a.sarif", "a.md", "a.html"})
        QVERIFY2(!contentOf(at(name)).contains("hunter2"), name);
}

void TestFglassReports::aFormCanTakeThePlaceOfTheText()
{
    const EchoServer server;
    const auto result = check(server.url(), {"--report", "html"});
    QCOMPARE(result.exitCode, 0);
    QVERIFY(result.out.startsWith("<!DOCTYPE html>"));
    QVERIFY(result.out.endsWith("</html>\n"));
}

/// By a validator of other people's.
void TestFglassReports::jsonKeepsToItsSchema()
{
    const QString python = QStandardPaths::findExecutable("python3");
    QProcess validator;
    validator.start(python, {"-c", "import jsonschema"});
    const bool there = validator.waitForFinished() && validator.exitCode() == 0;
    if (!there && qEnvironmentVariable("FRAMEGLASS_REQUIRE_PEERS") == "1")
        QFAIL("peer missing, install: python3-jsonschema");
    if (!there)
        QSKIP("peer missing, install: python3-jsonschema");

    const EchoServer good;
    const EchoServer refusing(strict());
    const QString capture = at("schema.fglass");
    check(good.url(), {"--save", capture, "--report", at("good.json")});
    check(refusing.url(), {"-H", "Origin: https://bad.test", "--save", capture, "--report", at("refused.json")});
    check("ws://127.0.0.1:1/", {"--report", at("none.json")});
    QCOMPARE(runFglass({"show", capture, "--report", at("both.json")}).exitCode, 1);
    for (const char *name : {"good.json", "refused.json", "none.json", "both.json"}) {
        QVERIFY2(!contentOf(at(name)).isEmpty(), name);
        validator.start(python, {"-c",
                                 "import json, sys, jsonschema\n"
                                 "jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate("
                                 "json.load(open(sys.argv[2])))",
                                 FRAMEGLASS_SOURCE_DIR "/docs/user-guide/report.schema.json", at(name)});
        QVERIFY(validator.waitForFinished());
        QVERIFY2(validator.exitCode() == 0, validator.readAllStandardError().right(2000).constData());
    }
}

void TestFglassReports::aBaselineMakesTheBuildPass()
{
    const EchoServer server(strict());
    const QStringList origin{"-H", "Origin: https://bad.test"};
    QCOMPARE(check(server.url(), origin + QStringList{"--write-baseline", at("known.json")}).exitCode, 1);
    const auto known = jsonIn(at("known.json"));
    QCOMPARE(known["accepted"][0]["verdict"].get<std::string>(), "fail");
    const auto accepted = check(server.url(), origin + QStringList{"--baseline", at("known.json"), "--json"});
    QCOMPARE(accepted.exitCode, 0);
    QVERIFY(accepted.finding("upgrade.403").at("accepted").get<bool>());
    QCOMPARE(accepted.finding("upgrade.403").at("verdict").get<std::string>(), "fail");
    QVERIFY(accepted.json().at("root_cause").is_null());
}

void TestFglassReports::failOnWarn()
{
    const EchoServer server;
    QCOMPARE(check(server.url() + "?token=a", {}).exitCode, 0);
    QCOMPARE(check(server.url() + "?token=a", {"--fail-on", "warn"}).exitCode, 1);
    QCOMPARE(check(server.url() + "?token=a", {"--fail-on", "warn", "--skip", "sec.token-in-url"}).exitCode, 0);
}

void TestFglassReports::onlyAndSkip()
{
    const EchoServer server(strict());
    // Each option takes one word: the URL may follow.
    QCOMPARE(runFglass(
                 {"check", "--for", "100ms", "--only", "tcp.*", "--skip", "dns.slow", "--report", "json", server.url()})
                 .json()
                 .at("verdict")
                 .get<std::string>(),
             "pass");
    const QStringList origin{"-H", "Origin: https://bad.test", "--json"};
    const auto only = check(server.url(), origin + QStringList{"--only", "tcp.*,dns.slow"});
    QCOMPARE(only.exitCode, 0);
    QCOMPARE(only.finding("upgrade.403").at("verdict").get<std::string>(), "n/a");
    QCOMPARE(only.finding("tcp.refused").at("verdict").get<std::string>(), "pass");
    QVERIFY(check(server.url(), origin + QStringList{"--skip", "upgrade.403"}).json().at("root_cause") !=
            "upgrade.403");
}

void TestFglassReports::aSavedCaptureIsReportedOn()
{
    const EchoServer server;
    const QString capture = at("saved.fglass");
    check(server.url(), {"--save", capture});
    check(server.url(), {"--save", capture});
    QCOMPARE(runFglass({"show", capture, "--report", at("saved.html"), "--report", at("saved.xml")}).exitCode, 0);
    QCOMPARE(contentOf(at("saved.html")).count("<svg"), 2);
    QCOMPARE(contentOf(at("saved.xml")).count("<testsuite "), 2);
    QCOMPARE(runFglass({"show", capture, "-c", "2", "--report", at("one.html")}).exitCode, 0);
    QCOMPARE(contentOf(at("one.html")).count("<svg"), 1);
}

/// A text message where binary is declared: by --set, by a file, and by the file that `settings --json` prints.
void TestFglassReports::settingsDecide()
{
    const EchoServer server;
    const QByteArray row = "frame.type-mismatch";
    const QStringList only{"--only", row, "--fail-on", "warn"};
    QCOMPARE(check(server.url(), only).exitCode, 0);
    const auto set = check(server.url(), only + QStringList{"--set", "messages.type=binary"});
    QCOMPARE(set.exitCode, 1);
    QVERIFY2(set.out.contains("A text message came where binary is declared"), set.out.constData());
    const auto write = [&](const char *name, const QByteArray &octets) {
        QFile file(at(name));
        return file.open(QIODevice::WriteOnly) && file.write(octets) == octets.size();
    };
    QVERIFY(write("settings.json", R"({"schema":1,"settings":{"messages.type":"binary"}})"));
    QCOMPARE(check(server.url(), only + QStringList{"--settings", at("settings.json")}).exitCode, 1);
    QCOMPARE(check(server.url(), only + QStringList{"--settings", at("settings.json"), "--set", "messages.type=text"})
                 .exitCode,
             0);
    const auto defaults = runFglass({"settings", "--json"});
    QCOMPARE(defaults.exitCode, 0);
    QVERIFY(write("defaults.json", defaults.out));
    QCOMPARE(check(server.url(), only + QStringList{"--settings", at("defaults.json")}).exitCode, 0);
}

void TestFglassReports::mistakes_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("has");
    QFile broken(at("broken.json"));
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write("{\"schema\":1}");
    broken.close();
    const auto row = [](const char *name, const QStringList &arguments, const char *has) {
        QTest::newRow(name) << arguments << QByteArray(has);
    };
    row("a check that is none", {"--only", "upgrade.acept"}, "No check is named 'upgrade.acept'");
    row("a beginning of none", {"--skip", "nothing.*"}, "'nothing.*'");
    row("a form that is none", {"--report", "pdf=a.pdf"}, "text, json, junit, sarif, markdown, html");
    row("a suffix that tells none", {"--report", "a.pdf"}, "a.pdf");
    row("a form without its file", {"--report", "html="}, "html=");
    row("two for standard output", {"--report", "html", "--report", "json"}, "Only one report");
    row("no such baseline", {"--baseline", at("nowhere.json")}, "nowhere.json");
    row("no baseline", {"--baseline", at("broken.json")}, "neither");
    row("a verdict that is none", {"--fail-on", "info"}, "info");
    row("a setting that is none", {"--set", "no.such=1"}, "no setting \"no.such\"");
    row("a value that is none", {"--set", "stat.slo.latency=soon"}, "write it for example as 200ms");
    row("no such settings", {"--settings", at("nowhere.json")}, "nowhere.json");
    row("no settings", {"--settings", at("broken.json")}, "\"settings\" must be an object");
}

void TestFglassReports::mistakes()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, has);
    // Nothing listens there: it is told before anything is connected.
    const auto result = runFglass(QStringList{"check", "ws://127.0.0.1:1/"} + arguments);
    QCOMPARE(result.exitCode, 2);
    QVERIFY2(result.err.contains(has), result.err.constData());
    QVERIFY(result.out.isEmpty());
}

void TestFglassReports::aTargetThatCannotBeWritten()
{
    const EchoServer server;
    const auto result = check(server.url(), {"--report", at("no/such/a.html")});
    QCOMPARE(result.exitCode, 2);
    QVERIFY2(result.err.contains("a.html"), result.err.constData());
}

QTEST_GUILESS_MAIN(TestFglassReports)
#include "tst_fglass_reports.moc"
