// SPDX-License-Identifier: GPL-3.0-or-later
// What is made of the table of clients. tests/peers holds the table itself against the clients.
#include "core/diagnosis/rule_support.h"
#include "scenario.h"

#include <set>

namespace frameglass::diagnosis::test {

namespace {

ClientForecast lineOf(const std::vector<ClientForecast> &lines, Client client)
{
    for (const ClientForecast &line : lines)
        if (line.client == client)
            return line;
    return {};
}

Scenario keepAliveList()
{
    return Scenario()
        .client()
        .request()
        .responseRaw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
                     "Sec-WebSocket-Accept: " +
                     std::string(sampleAccept) + "\r\n\r\n")
        .open();
}

} // namespace

class TestClientForecast : public QObject
{
    Q_OBJECT
private slots:
    void theTableIsWhole();
    void aValidAnswerOpensEverywhere();
    void oneClientIsStricter();
    void whatTheScriptSees();
    void aRedirectIsFollowedBySome();
    void nothingIsSaidBeforeAnAnswer();
    void noAnswerAtAll();
    void closeCodes_data();
    void closeCodes();
    void theEndAtHand();
    void theRow();
};

void TestClientForecast::theTableIsWhole()
{
    std::set<std::string_view> ids;
    for (const Deviation &deviation : deviations()) {
        const QString id = utf8(deviation.id);
        QVERIFY2(ids.insert(deviation.id).second, qPrintable(id));
        QVERIFY2(deviation.cells.size() == clientCount, qPrintable(id));
        QVERIFY2(deviation.cells.find_first_not_of("oefx") == std::string_view::npos, qPrintable(id));
        // One that every client takes as if it were not there is no deviation.
        QVERIFY2(deviation.cells.find_first_not_of('o') != std::string_view::npos, qPrintable(id));
        for (std::size_t i = 0; i < clientCount; ++i)
            QVERIFY2(deviation.words[i] == nullptr || deviation.cells[i] != 'o', qPrintable(id));
    }
}

void TestClientForecast::aValidAnswerOpensEverywhere()
{
    const auto lines = forecast(Scenario().opened().facts());
    QCOMPARE(lines.size(), clientCount);
    for (const ClientForecast &line : lines) {
        QCOMPARE(nameOf(line.reaction), std::string_view("opens"));
        QCOMPARE(line.because, nullptr);
        QVERIFY(line.end.isEmpty());
    }
}

void TestClientForecast::oneClientIsStricter()
{
    const auto lines = forecast(keepAliveList().facts());
    for (const ClientForecast &line : lines)
        QCOMPARE(line.reaction == Reaction::Fails, line.client == Client::QWebSocket);
    QCOMPARE(utf8(lineOf(lines, Client::QWebSocket).because->id), QString("connection-list"));
}

void TestClientForecast::whatTheScriptSees()
{
    const auto lines =
        forecast(Scenario().client().request().responseRaw("HTTP/1.1 502 Bad Gateway\r\n\r\n").refused().facts());
    QCOMPARE(lineOf(lines, Client::Chromium).sees,
             QString("error, then close 1006; its console says “Unexpected response code: 502”"));
    QCOMPARE(lineOf(lines, Client::Firefox).sees, QString("error, then close 1006"));
    QCOMPARE(lineOf(lines, Client::Gorilla).sees, QString("Dial returns “websocket: bad handshake”"));
    QCOMPARE(lineOf(lines, Client::PythonWebsockets).sees,
             QString("connect() raises “server rejected WebSocket connection: HTTP 502”"));
}

void TestClientForecast::aRedirectIsFollowedBySome()
{
    const auto lines = forecast(
        Scenario().client().request().responseRaw("HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n").refused().facts());
    QCOMPARE(nameOf(lineOf(lines, Client::PythonWebsockets).reaction), std::string_view("follows"));
    QCOMPARE(nameOf(lineOf(lines, Client::Chromium).reaction), std::string_view("fails"));
}

void TestClientForecast::nothingIsSaidBeforeAnAnswer()
{
    QVERIFY(forecast(Scenario().client().request().facts()).empty());
    Scenario listener;
    listener.add(capture::ListenerRecord());
    QVERIFY(forecast(listener.facts()).empty());
}

void TestClientForecast::noAnswerAtAll()
{
    const auto lines = forecast(Scenario().client().request().fin().ended().facts());
    QCOMPARE(lines.size(), clientCount);
    QCOMPARE(lineOf(lines, Client::Ws).sees, QString("error “socket hang up”, then close 1006"));
}

void TestClientForecast::closeCodes_data()
{
    QTest::addColumn<int>("code"); // -1: an empty payload
    QTest::addColumn<QStringList>("reported");
    const auto row = [](int code, const char *reported) {
        QTest::addRow("%d", code) << code << QString(reported).split(' ');
    };
    row(1000, "1000 1000 1000 1000 1000 1000 1000");
    row(-1, "1005 1005 1005 1005 1005 1005 1000");
    row(999, "999 999 error error error error error");
    row(1005, "error 1005 error error error error error");
    row(1012, "1012 1012 error 1012 1012 1012 error");
    row(1014, "1014 1014 error error 1014 1014 error");
    row(1015, "error 1015 error error error error error");
    row(1016, "1016 1016 error error error error error");
    row(2999, "2999 2999 error error error error error");
    row(3000, "3000 3000 3000 3000 3000 3000 3000");
    row(4999, "4999 4999 4999 4999 4999 4999 4999");
    row(5000, "5000 5000 error error error error error");
}

void TestClientForecast::closeCodes()
{
    QFETCH(int, code);
    QFETCH(QStringList, reported);
    const auto row = reportedFor(code < 0 ? std::nullopt : std::optional<std::uint16_t>(code));
    QCOMPARE(QStringList(row.begin(), row.end()), reported);
}

void TestClientForecast::theEndAtHand()
{
    auto lines = forecast(Scenario().opened().closeReceived(1012).closeSent(1012).fin().ended().facts());
    QCOMPARE(lineOf(lines, Client::Chromium).end, QString("close 1012"));
    QCOMPARE(lineOf(lines, Client::QWebSocket).end, QString("an error"));
    lines = forecast(Scenario().opened().at(60s).fin().ended().facts());
    QCOMPARE(lineOf(lines, Client::Firefox).end, QString("close 1006 unclean"));
    QCOMPARE(lineOf(lines, Client::QWebSocket).end, QString("close 1000"));
    lines = forecast(Scenario().opened().at(60s).rst().ended().facts());
    QCOMPARE(lineOf(lines, Client::Gorilla).end, QString("an error"));
    // What our own server sent is what a client would have got.
    lines = forecast(Scenario().server().request().response101().open().closeSent(1012).fin().ended().facts());
    QCOMPARE(lineOf(lines, Client::WebKitGtk).end, QString("an error"));
}

void TestClientForecast::theRow()
{
    const auto id = "upgrade.client-forecast";
    QCOMPARE(judge(id, Scenario().opened()).verdict, Verdict::Pass);
    const auto stricter = judge(id, keepAliveList());
    QCOMPARE(stricter.verdict, Verdict::Info);
    QCOMPARE(stricter.reason, QString("QWebSocket 6.4 fail: Connection contains more than Upgrade"));
    const auto none = judge(id, Scenario().client().request().responseRaw("HTTP/1.1 200 OK\r\n\r\n").refused());
    QCOMPARE(none.verdict, Verdict::Info);
    QVERIFY(none.reason.startsWith("No client opens it"));
    QCOMPARE(judge(id, Scenario().client().request()).verdict, Verdict::NotApplicable);
}

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestClientForecast)
#include "tst_client_forecast.moc"
