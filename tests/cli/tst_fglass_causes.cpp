// SPDX-License-Identifier: GPL-3.0-or-later
// `fglass check` names the true cause first, for each way in which TLS can be set up wrong.
#include "fglass_process.h"
#include "tests/support/test_pki.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <memory>

using namespace frameglass;
using test::TestPki;
using testing::runFglass;
using testing::ServingProcess;

namespace {

using Files = TestPki::Files;

QStringList serving(const Files &files, const QStringList &more = {})
{
    return QStringList{"--cert", QString::fromStdString(files.certificate), "--key",
                       QString::fromStdString(files.key)} +
           more;
}

QStringList client(const Files &files)
{
    return {"--cert", QString::fromStdString(files.certificate), "--key", QString::fromStdString(files.key)};
}

} // namespace

class TestFglassCauses : public QObject
{
    Q_OBJECT
private slots:
    void cause_data();
    void cause();
    void trustedPasses();
    void plainServerUnderWss();
    void tlsServerUnderWs();
    void stalledHandshake();
    void theServerTellsThatItsClientDoesNotTrustIt();

private:
    testing::FglassResult check(const QString &url, const QStringList &more = {})
    {
        return runFglass(QStringList{"check", url, "--json", "--for", "0", "--ca", root()} + more);
    }
    QString root() const { return QString::fromStdString(m_pki.rootFile()); }
    static QString at(const ServingProcess &server, const char *scheme = "wss")
    {
        return QStringLiteral("%1://localhost:%2/").arg(QLatin1String(scheme)).arg(server.port);
    }

    TestPki m_pki;
};

void TestFglassCauses::cause_data()
{
    QTest::addColumn<QStringList>("server");
    QTest::addColumn<QStringList>("client");
    QTest::addColumn<QString>("root");
    using By = TestPki::By;
    using Days = test::Days;
    const auto row = [](const char *name, const QStringList &server, const QStringList &client, const char *root) {
        QTest::newRow(name) << server << client << QString::fromLatin1(root);
    };
    const std::vector<std::string> here{"DNS:localhost"};
    row("self-signed", serving(m_pki.leaf("self", {here, By::Itself})), {}, "tls.self-signed");
    row("expired", serving(m_pki.leaf("expired", {here, By::Root, Days(-90), Days(-3)})), {}, "tls.cert-dates");
    row("not yet valid", serving(m_pki.leaf("early", {here, By::Root, Days(3), Days(90)})), {}, "tls.cert-dates");
    row("another name", serving(m_pki.leaf("other", {{"DNS:other.test"}})), {}, "tls.cert-name");
    row("leaf alone", serving(m_pki.leaf("bare", {here, By::Intermediate, Days(-1), Days(90), false})), {},
        "tls.chain-incomplete");
    const auto good = m_pki.leaf("good");
    const QStringList strict{"--client-ca", root(), "--require-client-cert"};
    row("client certificate missing", serving(good, strict), {}, "tls.mtls");
    row("client certificate missing, TLS 1.2", serving(good, strict), {"--tls-max", "1.2"}, "tls.mtls");
    row("client certificate of another authority", serving(good, strict),
        client(m_pki.leaf("stranger", {here, By::Itself})), "tls.mtls");
    row("no version in common", serving(good, {"--tls-min", "1.3"}), {"--tls-max", "1.2"}, "tls.version");
}

void TestFglassCauses::cause()
{
    QFETCH(QStringList, server);
    QFETCH(QStringList, client);
    QFETCH(QString, root);
    const ServingProcess serving(server);
    QVERIFY2(serving.port != 0, serving.output.constData());
    const auto result = check(at(serving), client);
    const auto json = result.json();
    QVERIFY2(json.at("root_cause").is_string(), result.out.constData());
    QCOMPARE(QString::fromStdString(json.at("root_cause")), root);
    QCOMPARE(result.exitCode, 1);
    const auto finding = result.finding(root.toLatin1().constData());
    QVERIFY(!finding.at("causes").empty());
    QVERIFY(QString::fromStdString(json.at("summary")).contains(QString::fromStdString(finding.at("reason"))));
}

void TestFglassCauses::trustedPasses()
{
    const ServingProcess server(serving(m_pki.leaf("right", {{"DNS:localhost"}, TestPki::By::Intermediate})));
    const auto result = check(at(server));
    QCOMPARE(result.exitCode, 0); // however slow this machine is
    for (const char *row : {"tls.cert-dates", "tls.cert-name", "tls.chain-incomplete", "tls.self-signed", "tls.version",
                            "tls.handshake-failed", "tls.mtls"})
        QCOMPARE(QString::fromStdString(result.finding(row).at("verdict")), QStringLiteral("pass"));
    QCOMPARE(result.json().at("connection").at("tls").at("verdict").get<std::string>(), "trusted");
    const auto text = runFglass({"check", at(server), "--for", "0", "--ca", root()});
    QVERIFY2(text.out.contains("TLSv1.3") && text.out.contains("DNS:localhost"), text.out.constData());
}

void TestFglassCauses::plainServerUnderWss()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QProcess client;
    testing::startFglass(client, {"check", QStringLiteral("wss://127.0.0.1:%1/").arg(server.serverPort()), "--json"});
    constexpr int limitMs = 20'000;
    QVERIFY(server.waitForNewConnection(limitMs));
    const std::unique_ptr<QTcpSocket> socket(server.nextPendingConnection());
    QVERIFY(socket->waitForReadyRead(limitMs));
    socket->write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    QVERIFY(socket->waitForBytesWritten(limitMs));
    QVERIFY(client.waitForFinished(limitMs));
    const QByteArray out = client.readAllStandardOutput();
    const auto json = nlohmann::json::parse(out.begin(), out.end());
    QCOMPARE(QString::fromStdString(json.at("root_cause")), QStringLiteral("tls.plain-on-tls-port"));
    QVERIFY2(out.contains("HTTP/1.1 400 Bad Request"), out.constData());
}

void TestFglassCauses::tlsServerUnderWs()
{
    const ServingProcess server(serving(m_pki.leaf("good")));
    const auto result = check(at(server, "ws"));
    QCOMPARE(QString::fromStdString(result.json().at("root_cause")), QStringLiteral("tls.tls-on-plain-port"));
}

void TestFglassCauses::stalledHandshake()
{
    QTcpServer silent; // the system accepts for it; nobody reads
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    const auto result =
        check(QStringLiteral("wss://127.0.0.1:%1/").arg(silent.serverPort()), {"--tls-timeout", "300ms"});
    QCOMPARE(QString::fromStdString(result.json().at("root_cause")), QStringLiteral("tls.handshake-failed"));
    QVERIFY2(result.out.contains("No answer to our ClientHello"), result.out.constData());
}

void TestFglassCauses::theServerTellsThatItsClientDoesNotTrustIt()
{
    const auto files = m_pki.leaf("self", {{"DNS:localhost"}, TestPki::By::Itself});
    const QString capture = QString::fromStdString(m_pki.file("server.fglass"));
    {
        const ServingProcess server(serving(files, {"--save", capture}));
        QCOMPARE(check(at(server)).exitCode, 1);
    }
    const auto shown = runFglass({"show", capture, "--json"});
    const auto connection = shown.json().at("connections").at(0);
    QCOMPARE(QString::fromStdString(connection.at("root_cause")), QStringLiteral("tls.self-signed"));
    QVERIFY2(shown.out.contains("unknown_ca") && shown.out.contains("fglass ca --export"), shown.out.constData());
    const auto records = runFglass({"show", capture, "--records"});
    QVERIFY2(records.out.contains("↓ TLS ClientHello") && records.out.contains("↑ TLS ServerHello"),
             records.out.constData());
}

QTEST_GUILESS_MAIN(TestFglassCauses)
#include "tst_fglass_causes.moc"
