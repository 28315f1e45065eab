// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnosis/rule_support.h"
#include "response_cases.h"

#include <iterator>
#include <memory>

namespace frameglass::diagnosis::test {

namespace {

const std::vector<Case> &cases()
{
    static const std::vector<Case> all = [] {
        std::vector<Case> joined;
        for (auto part : {arrivalCases, acceptCases, wireCases, fieldCases, upgradeFieldCases, statusCases}) {
            auto more = part();
            std::ranges::move(more, std::back_inserter(joined));
        }
        return joined;
    }();
    return all;
}

Judgement judgeFirst(std::string_view id, const std::vector<Scenario> &scenarios)
{
    const auto all = together(scenarios);
    return checkById(id)->rule({*all->find(1), nullptr, all.get(), scenarios[0].now(), {}});
}

/// A 101 with this Accept for a request with this key.
Scenario withKey(std::string_view key, std::string_view accept)
{
    Scenario scenario;
    return scenario.client()
        .requestRaw("GET / HTTP/1.1\r\nHost: peer.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
                    std::string(key) + "\r\n\r\n")
        .at(5ms)
        .responseRaw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Accept: " +
                     std::string(accept) + "\r\nAge: 3\r\n\r\n")
        .refused();
}

QString foldedUnder(const Report &report, std::string_view id)
{
    const auto *finding = report.find(id);
    return finding == nullptr ? QStringLiteral("no such row") : utf8(finding->foldedUnder);
}

} // namespace

class TestChecksResponse : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }
    void everyRowIsTried()
    {
        // These two compare connections; acceptOfAnotherConnection() and acceptThatNeverChanges() see them fail.
        // The clients' row is tried by tst_client_forecast.
        const QStringList elsewhere{"upgrade.accept-foreign: fail, warn or info",
                                    "upgrade.accept-static: fail, warn or info",
                                    "upgrade.client-forecast: fail, warn or info", "upgrade.client-forecast: pass",
                                    "upgrade.client-forecast: n/a"};
        QCOMPARE(untried(Phase::Response, cases()), elsewhere);
    }

    void acceptOfAnotherConnection()
    {
        const std::vector<Scenario> two{withKey("AAAAAAAAAAAAAAAAAAAAAA==", sampleAccept),
                                        withKey(sampleKey, sampleAccept)};
        const auto foreign = judgeFirst("upgrade.accept-foreign", two);
        QCOMPARE(foreign.verdict, Verdict::Fail);
        QVERIFY2(foreign.reason.contains("connection 2"), qPrintable(foreign.reason));
        QCOMPARE(foreign.evidence.size(), 2u);
    }

    void acceptThatNeverChanges()
    {
        const std::vector<Scenario> two{withKey("AAAAAAAAAAAAAAAAAAAAAA==", "same"),
                                        withKey("BBBBBBBBBBBBBBBBBBBBBA==", "same")};
        const auto fixed = judgeFirst("upgrade.accept-static", two);
        QCOMPARE(fixed.verdict, Verdict::Fail);
        QVERIFY2(fixed.reason.contains("Connection 2"), qPrintable(fixed.reason));
        QCOMPARE(fixed.evidence.back().text, QStringLiteral("Age: 3"));
        QCOMPARE(judgeFirst("upgrade.accept-foreign", two).verdict, Verdict::Pass);
    }

    void rateLimitedThreeTimes()
    {
        const Scenario refused = status("429 Too Many Requests", "Retry-After: 7\r\n");
        QCOMPARE(judgeFirst("upgrade.429", {refused, refused}).verdict, Verdict::Warn);
        QCOMPARE(judgeFirst("upgrade.429", {refused, refused, refused}).verdict, Verdict::Fail);
    }

    void evidenceLightsTheField()
    {
        const Scenario scenario = switchedWithAccept("wrong");
        const auto judgement = judge("upgrade.accept-wrong", scenario);
        const auto facts = scenario.facts();
        const auto &evidence = judgement.evidence.at(0);
        QCOMPARE(evidence.record, facts.response->record);
        const auto raw = protocol::textOf(facts.response->value.raw);
        QCOMPARE(utf8(raw.substr(evidence.offset, evidence.length)), QStringLiteral("Sec-WebSocket-Accept: wrong\r\n"));
    }

    void cookieValuesStayHidden()
    {
        const auto judgement = judge("upgrade.set-cookie", switchedWith("Set-Cookie: sid=s3cret; Secure\r\n"));
        QVERIFY(!judgement.reason.contains("s3cret"));
        QVERIFY(!judgement.evidence.at(0).text.contains("s3cret"));
    }

    void secretsStayHidden_data()
    {
        QTest::addColumn<QByteArray>("id");
        QTest::addColumn<QByteArray>("response");
        QTest::newRow("no reply") << QByteArray("upgrade.no-response") << QByteArray();
        QTest::newRow("404") << QByteArray("upgrade.404") << QByteArray("HTTP/1.1 404 \r\n\r\n");
        QTest::newRow("redirect") << QByteArray("upgrade.redirect")
                                  << QByteArray("HTTP/1.1 302 \r\nLocation: /login?token=Zx81-s3cretS3cret\r\n\r\n");
    }
    void secretsStayHidden()
    {
        QFETCH(QByteArray, id);
        QFETCH(QByteArray, response);
        Scenario scenario;
        scenario.client().requestRaw("GET /ws?token=Zx81-s3cretS3cret HTTP/1.1\r\nHost: peer.test\r\n\r\n").at(20ms);
        if (response.isEmpty())
            scenario.fin().ended();
        else
            scenario.responseRaw({response.constData(), static_cast<std::size_t>(response.size())}).refused();
        const auto judgement = judge({id.constData(), static_cast<std::size_t>(id.size())}, scenario);
        QCOMPARE(judgement.verdict, Verdict::Fail);
        QVERIFY2(!judgement.reason.contains("s3cret"), qPrintable(judgement.reason));
        for (const Evidence &evidence : judgement.evidence)
            QVERIFY2(!evidence.text.contains("s3cret"), qPrintable(evidence.text));
    }

    void longValuesAreCut()
    {
        const auto judgement = judge("upgrade.upgrade-value", switched("Upgrade: " + std::string(5000, 'x') + "\r\n"));
        QCOMPARE(judgement.verdict, Verdict::Fail);
        QVERIFY(judgement.reason.size() < 200);
    }

    void rootCause_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<QString>("root");
        QTest::addColumn<QStringList>("folded");
        m_scenarios.clear();
        const auto row = [&](const char *name, Scenario scenario, const char *root, QStringList folded) {
            QTest::newRow(name) << static_cast<int>(m_scenarios.size()) << QString::fromUtf8(root) << folded;
            m_scenarios.push_back(std::move(scenario));
        };
        row("two heads", answered("HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n"),
            "upgrade.double-101",
            {"upgrade.accept-missing", "upgrade.upgrade-missing", "upgrade.connection-missing",
             "upgrade.trailing-bytes"});
        row("Accept with underscores",
            switched("Upgrade: websocket\r\nConnection: Upgrade\r\nSec_WebSocket_Accept: x\r\n"), "upgrade.accept-name",
            {"upgrade.accept-missing"});
        row("no Accept", switched("Upgrade: websocket\r\nConnection: Upgrade\r\n"), "upgrade.accept-missing", {});
        row("FIN right after the 101", Scenario().opened().at(20ms).fin().ended(), "upgrade.101-then-close",
            {"close.abnormal", "close.fin-without-close"});
        Scenario late;
        late.client().request().at(60s).responseRaw("HTTP/1.1 504 Gateway Timeout\r\n\r\n").refused();
        row("504 after 60 s", late, "upgrade.504", {"upgrade.slow", "upgrade.no-response"});
        row("an unknown status", status("418 I'm a teapot"), "upgrade.status-other", {});
    }
    void rootCause()
    {
        QFETCH(int, index);
        QFETCH(QString, root);
        QFETCH(QStringList, folded);
        const auto result = report(m_scenarios[static_cast<std::size_t>(index)]);
        QVERIFY(result.rootCause.has_value());
        QCOMPARE(utf8(*result.rootCause), root);
        for (const QString &id : std::as_const(folded))
            QCOMPARE(id + " under " + foldedUnder(result, id.toStdString()), id + " under " + root);
    }

private:
    std::vector<Scenario> m_scenarios;
};

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestChecksResponse)
#include "tst_checks_response.moc"
