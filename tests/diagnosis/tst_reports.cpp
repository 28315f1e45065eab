// SPDX-License-Identifier: GPL-3.0-or-later
// The forms of a report, what may be left out of it, and baselines.
#include "core/capture/record_sketch.h"
#include "core/diagnosis/report_document.h"
#include "core/diagnosis/report_lines.h"
#include "core/diagnosis/report_picture.h"
#include "core/diagnosis/terms.h"
#include "scenario.h"

#include <nlohmann/json.hpp>

#include <QXmlStreamReader>

namespace frameglass::diagnosis::test {

namespace {

using nlohmann::json;

/// A refusal whose words would like to be markup, with secrets in the request.
Scenario hostile()
{
    return Scenario()
        .client("ws://peer.test/ws?token=hunter2")
        .requestRaw("GET /ws?token=hunter2 HTTP/1.1\r\nHost: peer.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                    "Authorization: Bearer hunter2\r\n\r\n")
        .responseRaw("HTTP/1.1 403 <script>alert(1)</script> ]]> [x](http://evil.test) \x1b[31m|```\r\n"
                     "Server: \"><img src=x>\r\nSet-Cookie: sid=hunter2\r\nContent-Length: 0\r\n\r\n")
        .refused()
        .fin()
        .ended();
}

Scenario cutAfterSilence()
{
    return Scenario().opened().received(Opcode::Text, "hi").at(60s).fin().ended();
}

/// Facts, their report, and a document about both.
struct Subject
{
    explicit Subject(const Scenario &scenario, const Terms *terms = nullptr)
        : facts(scenario.facts()), report(evaluate({facts, nullptr, nullptr, scenario.now(), {}, startWallMs, terms}))
    {}
    ReportDocument document() const { return {{{&facts, &report, nullptr, {}}}, startWallMs, false, Verdict::Fail}; }
    QByteArray render(ReportForm form) const { return diagnosis::render(document(), form); }

    analysis::ConnectionFacts facts;
    Report report;
};

/// Attributes of each test case, with the name of its child element.
std::vector<QStringList> testCases(const QByteArray &junit, QString *error)
{
    QXmlStreamReader xml(junit);
    std::vector<QStringList> cases;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        if (xml.name() == QStringLiteral("testcase"))
            cases.push_back({xml.attributes().value("name").toString(), {}, {}});
        else if (!cases.empty() && xml.name() != QStringLiteral("testsuite") && cases.back()[1].isEmpty())
            cases.back() = {cases.back()[0], xml.name().toString(), xml.attributes().value("message").toString()};
    }
    *error = xml.errorString();
    return cases;
}

QStringList caseNamed(const std::vector<QStringList> &cases, const QString &id)
{
    for (const QStringList &one : cases)
        if (one[0].startsWith(id + ':'))
            return one;
    return {};
}

std::vector<AcceptedFault> baselineFrom(const std::string &text)
{
    auto read = readBaseline(text);
    if (const auto *faults = std::get_if<std::vector<AcceptedFault>>(&read))
        return *faults;
    return {{"error", Verdict::Fail}};
}

QString baselineError(const std::string &text)
{
    auto read = readBaseline(text);
    const auto *error = std::get_if<BaselineError>(&read);
    return error ? error->message : QString();
}

} // namespace

class TestReports : public QObject
{
    Q_OBJECT
private slots:
    void namesOfForms();
    void noFormHoldsSecrets_data();
    void noFormHoldsSecrets();
    void junitTellsEachCheckOnce();
    void junitFailsFromTheVerdictAskedFor();
    void junitIsXmlWhateverThePeerSays();
    void sarif();
    void markdownHoldsNoMarkupOfThePeer();
    void htmlRunsNothing();
    void htmlSaysWhatIsWrong();
    void linesWithEvidenceAreMarked();
    void jsonOfOneAndOfSeveral();
    void nothingTurnsTheText();
    void onlyAndSkip();
    void patternsThatMatchNothing();
    void aBaselineTakesTheRootCause();
    void aGraverFaultIsNotAccepted();
    void baselines();
    void brokenBaselines_data();
    void brokenBaselines();
    void pictureIsBounded();
};

void TestReports::namesOfForms()
{
    for (const ReportForm form : reportForms()) {
        QVERIFY(reportFormNamed(nameOf(form)) == form);
        QVERIFY(!suffixOf(form).isEmpty());
    }
    QVERIFY(!reportFormNamed("pdf"));
}

void TestReports::noFormHoldsSecrets_data()
{
    QTest::addColumn<ReportForm>("form");
    for (const ReportForm form : reportForms())
        QTest::addRow("%s", std::string(nameOf(form)).c_str()) << form;
}

void TestReports::noFormHoldsSecrets()
{
    QFETCH(ReportForm, form);
    const QByteArray octets = Subject(hostile()).render(form);
    QVERIFY(octets.size() > 1000);
    QVERIFY(!octets.contains("hunter2"));
    // Nor what a terminal would obey.
    QVERIFY(!octets.contains('\x1b'));
}

void TestReports::junitTellsEachCheckOnce()
{
    QString error;
    const auto cases = testCases(Subject(cutAfterSilence()).render(ReportForm::Junit), &error);
    QCOMPARE(error, QString());
    QCOMPARE(cases.size(), checks().size());
    QCOMPARE(caseNamed(cases, "proxy.idle-cut")[1], QString("failure"));
    QVERIFY(caseNamed(cases, "close.abnormal")[2].startsWith("explained by proxy.idle-cut"));
    QCOMPARE(caseNamed(cases, "close.abnormal")[1], QString("skipped"));
    QCOMPARE(caseNamed(cases, "obs.fd-usage")[1], QString("skipped"));
}

void TestReports::junitFailsFromTheVerdictAskedFor()
{
    const Subject subject(Scenario().client().requestRaw("GET /ws?token=a HTTP/1.1\r\nHost: peer.test\r\n\r\n"));
    QCOMPARE(subject.report.find("sec.token-in-url")->verdict, Verdict::Warn);
    ReportDocument document = subject.document();
    QString error;
    QCOMPARE(caseNamed(testCases(render(document, ReportForm::Junit), &error), "sec.token-in-url")[1],
             QString("system-out"));
    document.failOn = Verdict::Warn;
    QCOMPARE(caseNamed(testCases(render(document, ReportForm::Junit), &error), "sec.token-in-url")[1],
             QString("failure"));
}

void TestReports::junitIsXmlWhateverThePeerSays()
{
    QString error;
    const auto cases = testCases(Subject(hostile()).render(ReportForm::Junit), &error);
    QCOMPARE(error, QString());
    QVERIFY(caseNamed(cases, "upgrade.403")[2].contains("<script>"));
}

void TestReports::sarif()
{
    const Subject subject(cutAfterSilence());
    const auto log = json::parse(subject.render(ReportForm::Sarif).toStdString());
    QCOMPARE(log["version"].get<std::string>(), std::string("2.1.0"));
    const auto &run = log["runs"][0];
    const auto &rules = run["tool"]["driver"]["rules"];
    QCOMPARE(rules.size(), checks().size());
    QCOMPARE(run["results"].size(), checks().size());
    for (const auto &result : run["results"]) {
        QCOMPARE(rules[result["ruleIndex"].get<std::size_t>()]["id"], result["ruleId"]);
        // SARIF §3.27.10: only what is of kind "fail" has a level.
        QCOMPARE(result["level"] == "none", result["kind"] != "fail");
        QVERIFY(!result["message"]["text"].get<std::string>().empty());
        const bool folded = !subject.report.find(result["ruleId"].get<std::string>())->foldedUnder.empty();
        QCOMPARE(result.contains("suppressions"), folded);
        QCOMPARE(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].get<std::string>(),
                 std::string("ws://peer.test/ws"));
    }
}

void TestReports::markdownHoldsNoMarkupOfThePeer()
{
    const QString text = QString::fromUtf8(Subject(hostile()).render(ReportForm::Markdown));
    QVERIFY(text.contains("# Frameglass report"));
    bool code = false;
    for (const QString &line : text.split('\n')) {
        if (line.startsWith("```"))
            code = !code;
        else if (!code && line.contains("<script"))
            QVERIFY2(line.contains("\\<script\\>"), qPrintable(line));
        if (!code)
            QVERIFY2(!line.contains("[x]("), qPrintable(line));
    }
    QVERIFY(!code);
}

void TestReports::htmlRunsNothing()
{
    const QByteArray page = Subject(hostile()).render(ReportForm::Html);
    QVERIFY(page.contains("default-src 'none'"));
    QVERIFY(!page.contains("<script"));
    QVERIFY(!page.contains("<img"));
    QVERIFY(page.contains("&lt;script&gt;"));
}

void TestReports::htmlSaysWhatIsWrong()
{
    const Subject subject(cutAfterSilence());
    ReportDocument document = subject.document();
    document.subjects[0].picture = "<svg>picture</svg>";
    const QString page = QString::fromUtf8(render(document, ReportForm::Html));
    QVERIFY(page.contains(subject.report.summary));
    QVERIFY(page.contains(subject.report.ending->sentence));
    QVERIFY(page.contains(subject.report.find("proxy.idle-cut")->fix));
    QVERIFY(page.contains("<svg>picture</svg>"));
    QVERIFY(page.contains("<td>QWebSocket 6.4</td>"));
    QVERIFY(page.contains("Sec-WebSocket-Accept: " + QString::fromUtf8(sampleAccept.data(), sampleAccept.size())));
    // Written in the user's language: the page says which.
    QVERIFY(page.contains("<html lang=\"en"));
}

/// The status line of the refusal is what is wrong, in every form for people; a peer's own words cannot mark a line.
void TestReports::linesWithEvidenceAreMarked()
{
    const Subject refused(Scenario()
                              .client()
                              .request()
                              .responseRaw("HTTP/1.1 404 Not Found\r\nX-One: 1\r\nX-Note: \u2715 y\r\n\r\n")
                              .refused()
                              .fin()
                              .ended());
    QCOMPARE(refused.report.rootCause, std::optional<std::string_view>("upgrade.404"));
    const QString html = QString::fromUtf8(refused.render(ReportForm::Html));
    QVERIFY2(html.contains(QStringLiteral("<mark class=\"fail\">✕ ↓ HTTP/1.1 404 Not Found</mark>")), qPrintable(html));
    QVERIFY(html.contains(QStringLiteral("\n  ↓ X-One: 1\n  ↓ X-Note: ✕ y</pre>")));
    const QString text = QString::fromUtf8(refused.render(ReportForm::Text));
    QVERIFY2(text.contains(QStringLiteral("\n✕ ↓ HTTP/1.1 404 Not Found\n")), qPrintable(text));
    QVERIFY(text.contains(QStringLiteral("\n  ↑ GET /ws HTTP/1.1\n")));
    QVERIFY(QString::fromUtf8(refused.render(ReportForm::Markdown)).contains(QStringLiteral("\n✕ ↓ HTTP/1.1 404")));
}

void TestReports::jsonOfOneAndOfSeveral()
{
    const Subject one(cutAfterSilence());
    const Subject other(hostile());
    auto document = one.document();
    const auto alone = json::parse(render(document, ReportForm::Json).toStdString());
    QCOMPARE(alone["root_cause"].get<std::string>(), std::string("proxy.idle-cut"));
    QCOMPARE(alone["ending"]["ended_by"].get<std::string>(), std::string("peer-or-between"));
    QCOMPARE(alone["clients"].size(), clientCount);
    document.subjects.push_back(other.document().subjects[0]);
    document.interrupted = true;
    const auto both = json::parse(render(document, ReportForm::Json).toStdString());
    QCOMPARE(both["connections"].size(), std::size_t(2));
    QCOMPARE(both["interrupted"].get<bool>(), true);
    QCOMPARE(both["connections"][0], alone);
}

void TestReports::nothingTurnsTheText()
{
    QCOMPARE(ReportLines::printable(QStringLiteral("a\u202eb\u2066c\u200f\x1b[1m\u4f60\u200d")),
             QStringLiteral("a\\u202eb\\u2066c\\u200f\\x1b[1m\u4f60\u200d"));
}

void TestReports::onlyAndSkip()
{
    const Terms only{{"close.*", "dns.slow"}, {"close.rst"}, {}};
    const Subject subject(cutAfterSilence(), &only);
    QCOMPARE(subject.report.findings.size(), checks().size());
    QVERIFY(subject.report.rootCause->starts_with("close."));
    QCOMPARE(subject.report.find("proxy.idle-cut")->verdict, Verdict::NotApplicable);
    QCOMPARE(subject.report.find("proxy.idle-cut")->reason, QString("Left out as asked for"));
    QCOMPARE(subject.report.find("close.rst")->reason, QString("Left out as asked for"));
}

void TestReports::patternsThatMatchNothing()
{
    QVERIFY(!(Terms{{"close.*"}, {"dns.slow"}, {}}.unknownPattern()));
    QCOMPARE(*(Terms{{"close.*"}, {"dns.slwo"}, {}}.unknownPattern()), std::string("dns.slwo"));
    QCOMPARE(*(Terms{{"nothing.*"}, {}, {}}.unknownPattern()), std::string("nothing.*"));
}

void TestReports::aBaselineTakesTheRootCause()
{
    const Subject before(cutAfterSilence());
    QVERIFY(isFailed(before.report, Verdict::Fail));
    const Terms terms{{}, {}, baselineFrom(baselineOf({&before.report}).dump())};
    const Subject after(cutAfterSilence(), &terms);
    QVERIFY(after.report.find("proxy.idle-cut")->accepted);
    QCOMPARE(after.report.verdict, Verdict::Pass);
    QCOMPARE(after.report.rootCause, std::nullopt);
    QCOMPARE(after.report.count(Verdict::Fail), std::size_t(0));
    QVERIFY(after.render(ReportForm::Text).contains("accepted by the baseline"));
    QString error;
    const auto cases = testCases(after.render(ReportForm::Junit), &error);
    QCOMPARE(caseNamed(cases, "proxy.idle-cut")[1], QString("skipped"));
}

void TestReports::aGraverFaultIsNotAccepted()
{
    const Terms terms{{}, {}, {{"proxy.idle-cut", Verdict::Warn}}};
    QVERIFY(!Subject(cutAfterSilence(), &terms).report.find("proxy.idle-cut")->accepted);
}

void TestReports::baselines()
{
    const auto written = baselineFrom(
        R"({"schema":1,"accepted":[{"id":"a.b","verdict":"warn"},{"id":"a.b"},{"id":"c.d","verdict":"warn"}]})");
    QCOMPARE(written.size(), std::size_t(2));
    QCOMPARE(written[0].id, std::string("a.b"));
    QCOMPARE(written[0].upTo, Verdict::Fail); // the graver of two
    QCOMPARE(written[1].upTo, Verdict::Warn);
    // A whole report, of one connection and of several.
    const Subject subject(cutAfterSilence());
    auto document = subject.document();
    const auto has = [](const std::vector<AcceptedFault> &faults) {
        return std::ranges::count(faults, "proxy.idle-cut", &AcceptedFault::id) == 1 &&
               std::ranges::count(faults, "dns.resolve", &AcceptedFault::id) == 0;
    };
    QVERIFY(has(baselineFrom(render(document, ReportForm::Json).toStdString())));
    document.subjects.push_back(document.subjects[0]);
    QVERIFY(has(baselineFrom(render(document, ReportForm::Json).toStdString())));
}

void TestReports::brokenBaselines_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<QString>("has");
    QTest::newRow("no JSON") << std::string("{") << "not JSON";
    QTest::newRow("empty") << std::string() << "not JSON";
    QTest::newRow("a list") << std::string("[]") << "schema";
    QTest::newRow("another schema") << std::string(R"({"schema":2,"accepted":[]})") << "schema";
    QTest::newRow("neither") << std::string(R"({"schema":1})") << "neither";
    QTest::newRow("no list") << std::string(R"({"schema":1,"accepted":7})") << "not a list";
    QTest::newRow("no id") << std::string(R"({"schema":1,"accepted":[{"verdict":"fail"}]})") << "\"id\"";
    QTest::newRow("a number") << std::string(R"({"schema":1,"accepted":[{"id":7}]})") << "\"id\"";
    QTest::newRow("a verdict of its own")
        << std::string(R"({"schema":1,"accepted":[{"id":"a.b","verdict":"bad"}]})") << "a.b";
    QTest::newRow("deep") << std::string(200'000, '[') << "not JSON";
    QTest::newRow("connections that are none") << std::string(R"({"schema":1,"connections":[7]})") << "not a list";
}

void TestReports::brokenBaselines()
{
    QFETCH(std::string, text);
    QFETCH(QString, has);
    QVERIFY2(baselineError(text).contains(has), qPrintable(baselineError(text)));
}

void TestReports::pictureIsBounded()
{
    Scenario scenario = Scenario().opened();
    for (int i = 0; i < 5000; ++i)
        scenario.after(2ms).sent(Opcode::Text, "hello");
    scenario.violation(Violation::ReservedBit).after(1s).fin().ended();
    const auto facts = scenario.facts();
    ReportPicture picture(facts);
    for (const auto &record : scenario.records())
        picture.add(capture::sketchOf(record));
    QXmlStreamReader xml(picture.svg());
    int marks = 0;
    int ends = 0;
    int violations = 0;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        const auto kind = xml.attributes().value("class");
        marks += kind == QStringLiteral("s");
        ends += kind == QStringLiteral("end");
        violations += kind == QStringLiteral("v");
    }
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QVERIFY(marks > 100 && marks <= ReportPicture::columns);
    QCOMPARE(ends, 1);
    QCOMPARE(violations, 1);
}

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestReports)
#include "tst_reports.moc"
