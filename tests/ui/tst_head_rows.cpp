// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/head_rows.h"

#include <QTest>

using namespace frameglass;
using namespace frameglass::ui;

class TestHeadRows : public QObject
{
    Q_OBJECT
private:
    static constexpr const char *goodRequest = "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                                               "Connection: Upgrade\r\n"
                                               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                               "Sec-WebSocket-Version: 13\r\n\r\n";
    static const HeadRow *named(const std::vector<HeadRow> &rows, const QString &name)
    {
        for (const HeadRow &row : rows) {
            if (row.name == name)
                return &row;
        }
        return nullptr;
    }
    static std::vector<HeadRow> judgeResponseText(const std::string &text)
    {
        const auto request = protocol::parseHead(protocol::HeadKind::Request, protocol::viewOf(goodRequest));
        const auto response = protocol::parseHead(protocol::HeadKind::Response, protocol::viewOf(text));
        return judgeHead(response, protocol::judgeResponse(request, response), response.raw, 1);
    }

private slots:
    void aGoodRequestIsOk()
    {
        const auto head = protocol::parseHead(protocol::HeadKind::Request, protocol::viewOf(goodRequest));
        const auto rows = judgeHead(head, protocol::judgeRequest(head), head.raw, 1);
        QCOMPARE(rows.size(), std::size_t{6});
        QCOMPARE(rows.front().value, QStringLiteral("GET /chat HTTP/1.1"));
        for (const HeadRow &row : rows)
            QVERIFY2(row.verdict == LineVerdict::Ok, qPrintable(row.name + row.words));
    }

    void verdicts_data()
    {
        QTest::addColumn<QString>("response");
        QTest::addColumn<QString>("field");
        QTest::addColumn<int>("verdict");
        const QString status = QStringLiteral("HTTP/1.1 101 Switching Protocols\r\n");
        const QString rest = QStringLiteral("Upgrade: websocket\r\nConnection: Upgrade\r\n");
        const QString accept = QStringLiteral("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        QTest::newRow("accept right") << status + rest + accept << "Sec-WebSocket-Accept"
                                      << static_cast<int>(LineVerdict::Ok);
        QTest::newRow("accept missing") << status + rest + "\r\n"
                                        << "Sec-WebSocket-Accept" << static_cast<int>(LineVerdict::Missing);
        QTest::newRow("accept wrong") << status + rest + "Sec-WebSocket-Accept: AAAA\r\n\r\n"
                                      << "Sec-WebSocket-Accept" << static_cast<int>(LineVerdict::Wrong);
        QTest::newRow("upgrade to something else") << status + "Upgrade: h2c\r\nConnection: Upgrade\r\n" + accept
                                                   << "Upgrade" << static_cast<int>(LineVerdict::Wrong);
        QTest::newRow("bare LF") << status + "Upgrade: websocket\nConnection: Upgrade\r\n" + accept << "Upgrade"
                                 << static_cast<int>(LineVerdict::Odd);
        QTest::newRow("a field of no concern")
            << status + rest + "Server: x\r\n" + accept << "Server" << static_cast<int>(LineVerdict::Plain);
    }
    void verdicts()
    {
        QFETCH(QString, response);
        QFETCH(QString, field);
        QFETCH(int, verdict);
        const auto rows = judgeResponseText(response.toStdString());
        const HeadRow *row = named(rows, field);
        QVERIFY(row);
        QVERIFY2(static_cast<int>(row->verdict) == verdict, qPrintable(textOf(row->verdict) + row->words));
        QVERIFY(!row->words.isEmpty());
    }

    void findingsAreSaidAtTheirLine()
    {
        const auto head = protocol::parseHead(protocol::HeadKind::Request, protocol::viewOf(goodRequest));
        const auto *host = head.find("Host");
        QVERIFY(host);
        diagnosis::Report report;
        diagnosis::Finding finding;
        finding.id = "test";
        finding.verdict = diagnosis::Verdict::Warn;
        finding.reason = QStringLiteral("strange host");
        finding.evidence.push_back({5, host->offset, host->length, {}});
        report.findings.push_back(finding);
        const auto rows = judgeHead(head, {}, head.raw, 5, &report);
        QVERIFY(named(rows, QStringLiteral("Host"))->verdict == LineVerdict::Odd);
        QCOMPARE(named(rows, QStringLiteral("Host"))->words, QStringLiteral("strange host"));
        // Evidence of another record says nothing of this one.
        QVERIFY(named(judgeHead(head, {}, head.raw, 6, &report), QStringLiteral("Host"))->verdict == LineVerdict::Ok);
    }
};

QTEST_MAIN(TestHeadRows)
#include "tst_head_rows.moc"
