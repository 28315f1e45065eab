// SPDX-License-Identifier: GPL-3.0-or-later
// Who ended a connection: what follows from the records, and no more.
#include "tls_scenarios.h"

namespace frameglass::diagnosis::test {

namespace {

Scenario opened()
{
    return Scenario().opened().received(Opcode::Text, "hi");
}

std::optional<Ending> endingAmong(const std::vector<Scenario> &scenarios)
{
    const auto all = together(scenarios);
    return endingOf({*all->find(1), nullptr, all.get(), scenarios.front().now(), {}, startWallMs});
}

Scenario cut(Nanoseconds begin, Nanoseconds silence, Nanoseconds talk = 1s)
{
    return Scenario()
        .at(begin)
        .client()
        .request()
        .response101()
        .open()
        .after(talk)
        .received(Opcode::Text, "hi")
        .after(silence)
        .fin()
        .ended();
}

QString textOfFact(const Ending &ending, const QString &name)
{
    for (const EndingFact &fact : ending.facts)
        if (fact.name == name)
            return fact.text;
    return {};
}

struct EndCase
{
    const char *name;
    Scenario scenario;
    Ender ender;
    Confidence confidence;
    const char *has;
};

const std::vector<EndCase> &cases()
{
    using enum Ender;
    using enum Confidence;
    static const std::vector<EndCase> all = {
        {"we close", opened().closeSent(1000).closeReceived(1000).fin().ended(true, 1000), Us, Certain,
         "We closed it: 1000"},
        {"the server closes", opened().closeReceived(1001, "bye").closeSent(1001).fin().ended(true, 1001), Peer,
         Certain, "The server closed it: 1001 Going Away, “bye”"},
        {"the client closes on our server",
         Scenario().server().request().response101().open().closeReceived(1000).closeSent(1000).fin().ended(true, 1000),
         Peer, Certain, "The client closed it"},
        {"a gateway's code", opened().closeReceived(1014).closeSent(1014).fin().ended(), Between, Likely, "1014"},
        {"no answer to our Close", opened().closeSent(1000).after(3s).transport(TransportEnd::ClosedByUs).ended(), Us,
         Certain, "never came"},
        {"we fail it",
         opened().violation(Violation::ReservedBit).closeSent(1002).state(Trigger::FailedByUs).fin().ended(), Us,
         Certain, "A reserved bit is set"},
        {"FIN after silence", opened().after(60s).fin().ended(), Far, Open, "after 60.0 s of silence"},
        {"FIN while data passes", opened().fin().ended(), Far, Open, "while data still passed"},
        {"RST after silence", opened().after(120s).sent(Opcode::Text, "x").rst().ended(), Far, Open, "had forgotten"},
        {"RST at once", opened().rst().ended(), Far, Open, "reset TCP without a Close"},
        {"no acknowledgement", opened().transport(TransportEnd::TimedOut, 110).ended(), Nobody, Likely,
         "no longer acknowledged"},
        {"we drop it", opened().transport(TransportEnd::ClosedByUs).ended(), Us, Certain,
         "We ended TCP without a Close"},
        {"refused", Scenario().client().request().responseRaw("HTTP/1.1 403 Forbidden\r\n\r\n").refused().ended(), Peer,
         Certain, "The server refused the upgrade with 403"},
        {"refused by a gateway",
         Scenario().client().request().responseRaw("HTTP/1.1 502 Bad Gateway\r\n\r\n").refused().ended(), Far, Likely,
         "502"},
        {"cut before the answer", Scenario().client().request().fin().ended(), Far, Likely, "before the opening"},
        {"we give up", Scenario().client().request().transport(TransportEnd::ClosedByUs).ended(), Us, Certain,
         "gave up"},
        {"never connected",
         Scenario()
             .dialled("ws://peer.test/")
             .stage(Stage::Resolve, StageOutcome::Failed, 2ms, -2, "no such name")
             .ended(),
         Nobody, Certain, "never came about"},
    };
    return all;
}

} // namespace

class TestEnding : public QObject
{
    Q_OBJECT
private slots:
    void sentence_data();
    void sentence();
    void whileItStands();
    void aHalfCloseIsNoEnd();
    void facts();
    void closeNotify();
    void cadenceOfSilence();
    void cadenceOfAge();
    void noCadence();
};

void TestEnding::sentence_data()
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < cases().size(); ++i)
        QTest::addRow("%s", cases()[i].name) << static_cast<int>(i);
}

void TestEnding::sentence()
{
    QFETCH(int, index);
    const EndCase &one = cases()[static_cast<std::size_t>(index)];
    const auto ending = report(one.scenario).ending;
    QVERIFY(ending);
    QVERIFY2(ending->sentence.contains(QString::fromUtf8(one.has)), qPrintable(ending->sentence));
    QCOMPARE(nameOf(ending->ender), nameOf(one.ender));
    QCOMPARE(nameOf(ending->confidence), nameOf(one.confidence));
    QVERIFY(!ending->facts.empty() || one.ender == Ender::Nobody);
    // Where it is open, the user is told what would decide it.
    if (one.confidence == Confidence::Open)
        QVERIFY(!ending->whatWouldTell.isEmpty());
}

void TestEnding::whileItStands()
{
    QVERIFY(!report(opened()).ending);
    QVERIFY(!report(Scenario().client().request()).ending);
}

void TestEnding::aHalfCloseIsNoEnd()
{
    QVERIFY(!report(opened().transport(TransportEnd::FinSent)).ending);
}

void TestEnding::facts()
{
    const auto ending =
        report(opened().at(2s).ping(1, "a").at(5s).sent(Opcode::Text, "four").at(65s).fin().ended()).ending;
    QVERIFY(ending);
    QCOMPARE(textOfFact(*ending, "First Close"), QString("none from either side"));
    QCOMPARE(textOfFact(*ending, "TCP"), QString("The other side ended TCP (FIN)"));
    QCOMPARE(textOfFact(*ending, "Last frame sent"), QString("text, 4 octets, 60.0 s before the end"));
    QCOMPARE(textOfFact(*ending, "Last ping"), QString("We, 63.0 s before the end, not answered"));
    QCOMPARE(textOfFact(*ending, "Silence before the end"), QString("60.0 s"));
    QVERIFY(textOfFact(*ending, "The kernel's last word").startsWith("RTT 1.00 ms"));
    QCOMPARE(textOfFact(*ending, "TLS close_notify"), QString());
}

void TestEnding::closeNotify()
{
    Scenario scenario = done().request().response101().open().at(2s);
    QCOMPARE(textOfFact(*report(Scenario(scenario).fin().ended()).ending, "TLS close_notify"), QString("not received"));
    QCOMPARE(
        textOfFact(*report(scenario.alert(Direction::Received, 0, false).fin().ended()).ending, "TLS close_notify"),
        QString("received"));
}

void TestEnding::cadenceOfSilence()
{
    const auto ending = endingAmong({cut(0s, 60s), cut(100s, 60s + 50ms, 9s), cut(200s, 59s + 950ms, 3s)});
    QVERIFY(ending && ending->cadence);
    QCOMPARE(ending->cadence->measure, Cadence::Measure::Silence);
    QCOMPARE(ending->cadence->alike, std::size_t(3));
    QVERIFY2(ending->cadence->sentence.startsWith("3 of 3 ended 60.0 s after the last octet: an idle limit"),
             qPrintable(ending->cadence->sentence));
    QCOMPARE(ending->ender, Ender::Far);
    QCOMPARE(ending->confidence, Confidence::Likely);
    QVERIFY(ending->sentence.contains("time-out of a proxy or of the server"));
}

void TestEnding::cadenceOfAge()
{
    // Busy until the end: the silences differ, the ages do not.
    const auto ending = endingAmong({cut(0s, 100ms, 299s), cut(400s, 900ms, 299s), cut(800s, 10ms, 300s)});
    QVERIFY(ending && ending->cadence);
    QCOMPARE(ending->cadence->measure, Cadence::Measure::Age);
    QVERIFY2(ending->cadence->sentence.contains("a limit on age"), qPrintable(ending->cadence->sentence));
}

void TestEnding::noCadence()
{
    QVERIFY(!endingAmong({cut(0s, 60s)})->cadence);
    QVERIFY(!endingAmong({cut(0s, 60s), cut(100s, 20s), cut(200s, 40s)})->cadence);
    // The others were at another URL.
    Scenario other = Scenario().client("ws://other.test/").request().response101().open().after(60s).fin().ended();
    QVERIFY(!endingAmong({cut(0s, 60s), other, other})->cadence);
}

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestEnding)
#include "tst_ending.moc"
