// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario.h"

namespace frameglass::diagnosis::test {

namespace {

Scenario opened()
{
    return Scenario().opened().received(Opcode::Text, "hi");
}

/// We close first, at 1 s; the reply comes after `wait`.
Scenario replied(Nanoseconds wait, std::optional<std::uint16_t> code = 1000)
{
    return opened().at(1s).closeSent().after(wait).closeReceived(code);
}

Scenario peerCloses(std::optional<std::uint16_t> code, std::string_view reason = {})
{
    return opened().at(5s).closeReceived(code, reason).closeSent(code);
}

/// Our Close, whose octets leave the socket only after `wait`.
Scenario slowWrite(Nanoseconds wait)
{
    Scenario scenario = opened();
    scenario.at(1s);
    FrameHeader header = scenario.headerFor(Direction::Sent, Opcode::Close, 2);
    capture::FrameRecord frame;
    frame.direction = Direction::Sent;
    frame.header = header;
    frame.payloadOctets = 2;
    frame.payload = protocol::octetsOf("\x03\xe8");
    scenario.add(frame).state(Trigger::CloseFrameSent);
    const auto &sent = scenario.facts().sent;
    capture::TransferBoundary written{Direction::Sent, sent.transferred,
                                      static_cast<std::uint32_t>(header.headerOctets() + 2)};
    return scenario.after(wait).add(written);
}

const std::vector<Case> &cases()
{
    using enum Verdict;
    static const std::vector<Case> all = {
        {"alone", "close.lifetime-cluster", NotApplicable, opened().at(60s).fin(), "ends at this URL"},
        {"stands", "close.lifetime-cluster", NotApplicable, opened()},
        {"alone", "close.mass-event", NotApplicable, opened().at(60s).fin(), "no other connection"},

        {"FIN", "close.abnormal", Fail, opened().at(2s).fin(), "1006"},
        {"RST", "close.abnormal", Fail, opened().rst(), "reset"},
        {"time-out", "close.abnormal", Fail, opened().transport(TransportEnd::TimedOut, 110), "timed out"},
        {"FIN after Close", "close.abnormal", Pass, peerCloses(1000).fin()},
        {"we failed it", "close.abnormal", NotApplicable,
         opened().violation(Violation::ReservedBit).closeSent(1002).state(Trigger::FailedByUs).fin()},
        {"we ended TCP", "close.abnormal", NotApplicable, opened().transport(TransportEnd::ClosedByUs)},
        {"TCP stands", "close.abnormal", NotApplicable, opened()},

        {"FIN", "close.fin-without-close", Fail, opened().at(2s).fin(), "received 2.00 s before"},
        {"FIN after Close", "close.fin-without-close", Pass, peerCloses(1000).fin()},
        {"RST", "close.fin-without-close", NotApplicable, opened().rst()},

        {"RST", "close.rst", Fail, opened().sent(Opcode::Text, "data").rst(), "text, 4 octets"},
        {"RST after both Close frames", "close.rst", Info, peerCloses(1000).rst()},
        {"FIN", "close.rst", Pass, opened().fin()},
        {"TCP stands", "close.rst", NotApplicable, opened()},

        {"at once", "close.reply", Pass, replied(2ms), "2.00 ms"},
        {"after 4 s", "close.reply", Warn, replied(4s)},
        {"after 8 s", "close.reply", Warn, replied(8s)},
        {"after 12 s", "close.reply", Fail, replied(12s)},
        {"none in 10 s", "close.reply", Fail, opened().closeSent().at(10s)},
        {"none in 3 s, then we ended TCP", "close.reply", Warn,
         opened().closeSent().at(3s).transport(TransportEnd::ClosedByUs).at(1min), "3.00 s"},
        {"FIN instead", "close.reply", Fail, opened().closeSent().at(50ms).fin(), "instead"},
        {"not due yet", "close.reply", NotApplicable, opened().closeSent().at(500ms)},
        {"the peer closed first", "close.reply", NotApplicable, peerCloses(1000)},

        {"same", "close.reply-code", Pass, replied(2ms)},
        {"other", "close.reply-code", Warn, replied(2ms, 1001), "1001"},
        {"empty", "close.reply-code", Warn, replied(2ms, {}), "no code"},
        {"no reply", "close.reply-code", NotApplicable, opened().closeSent()},

        {"at once", "close.two-phase", Pass, replied(2ms)},
        {"reply after 4 s", "close.two-phase", Warn, replied(4s), "Read phase"},
        {"reply after 11 s", "close.two-phase", Fail, replied(11s), "Read phase"},
        {"written after 6 s", "close.two-phase", Warn, slowWrite(6s).closeReceived(), "Write phase"},
        {"written after 11 s", "close.two-phase", Fail, slowWrite(11s).closeReceived(), "Write phase"},
        {"not written for 11 s", "close.two-phase", Fail, slowWrite(11s).at(1min).closeReceived(), "Write phase"},
        {"the peer closed first", "close.two-phase", NotApplicable, peerCloses(1000)},

        {"the server after 1 s", "close.tcp-end", Pass, replied(2ms).after(1s).fin()},
        {"the server after 10 s", "close.tcp-end", Warn, replied(2ms).after(10s).fin(), "10.0 s"},
        {"the server after 31 s", "close.tcp-end", Fail, replied(2ms).after(31s).fin()},
        {"we, the client, at once", "close.tcp-end", Info, replied(2ms).transport(TransportEnd::FinSent).fin()},
        {"nobody for 3 s", "close.tcp-end", Warn, replied(2ms).after(3s)},
        {"our server at once", "close.tcp-end", Pass,
         Scenario().server().request().response101().open().closeReceived().closeSent().transport(
             TransportEnd::FinSent)},
        {"no Close", "close.tcp-end", NotApplicable, opened().fin()},

        {"31 s", "close.stuck-closing", Fail, opened().closeReceived().after(31s), "31.0 s"},
        {"30 s", "close.stuck-closing", Pass, peerCloses(1000).after(30s).fin()},
        {"under way", "close.stuck-closing", NotApplicable, opened().closeReceived().after(3s)},
        {"no Close", "close.stuck-closing", NotApplicable, opened()},

        {"text after Close", "close.data-after-close", Fail, opened().closeReceived().received(Opcode::Text, "late"),
         "1 data frames"},
        {"ping after Close", "close.data-after-close", Info, opened().closeReceived().received(Opcode::Ping)},
        {"nothing after Close", "close.data-after-close", Pass, peerCloses(1000)},
        {"no Close", "close.data-after-close", NotApplicable, opened()},

        {"1006", "close.reserved-code", Fail, peerCloses(1006), "1006"},
        {"1015 sent by us", "close.reserved-code", Fail, opened().closeSent(1015), "sent 1015"},
        {"1000", "close.reserved-code", Pass, peerCloses(1000)},
        {"no code", "close.reserved-code", NotApplicable, peerCloses({})},

        {"999", "close.unassigned-code", Fail, peerCloses(999)},
        {"1016", "close.unassigned-code", Fail, peerCloses(1016)},
        {"2999", "close.unassigned-code", Fail, peerCloses(2999)},
        {"5000", "close.unassigned-code", Fail, peerCloses(5000)},
        {"4999", "close.unassigned-code", Pass, peerCloses(4999)},
        {"no code", "close.unassigned-code", NotApplicable, peerCloses({})},

        {"1012", "close.newer-code", Info, peerCloses(1012), "1012"},
        {"1011", "close.newer-code", Pass, peerCloses(1011)},
        {"no Close", "close.newer-code", NotApplicable, opened()},

        {"one octet", "close.payload", Fail, opened().received(Opcode::Close, "x"), "one octet"},
        {"124 octets of reason", "close.payload", Fail, peerCloses(1000, std::string(124, 'x')), "124"},
        {"reason not UTF-8", "close.payload", Fail, peerCloses(1000, "\xff"), "UTF-8"},
        {"123 octets of reason", "close.payload", Pass, peerCloses(1000, std::string(123, 'x'))},
        {"no Close", "close.payload", NotApplicable, opened()},

        {"empty", "close.empty", Info, peerCloses({}), "1005"},
        {"empty after a broken frame", "close.empty", Warn, opened().sent(Opcode::Continuation, "x").closeReceived({})},
        {"with a code", "close.empty", Pass, peerCloses(1000)},
        {"no Close", "close.empty", NotApplicable, opened()},

        {"1002", "close.protocol-error", Fail,
         opened().sent(Opcode::Continuation, "x").closeReceived(1002, "bad opcode"), "bad opcode"},
        {"1007", "close.protocol-error", Fail, peerCloses(1007)},
        {"1000", "close.protocol-error", Pass, peerCloses(1000)},
        {"our own 1002 repeated", "close.protocol-error", NotApplicable, opened().closeSent(1002).closeReceived(1002)},
        {"no Close", "close.protocol-error", NotApplicable, opened()},

        {"1008 after 5 s", "close.policy", Fail, peerCloses(1008, "no"), "no"},
        {"1008 at once", "close.policy", Fail, opened().at(20ms).closeReceived(1008), "origin"},
        {"1000", "close.policy", Pass, peerCloses(1000)},
        {"no Close", "close.policy", NotApplicable, opened()},

        {"1009", "close.too-big", Fail, opened().sent(Opcode::Binary, std::string(2000, 'x')).closeReceived(1009),
         "2,000"},
        {"1000", "close.too-big", Pass, peerCloses(1000)},
        {"no Close", "close.too-big", NotApplicable, opened()},

        {"1011", "close.internal-error", Fail, peerCloses(1011)},
        {"1011 of websockets", "close.internal-error", Fail, peerCloses(1011, "keepalive ping timeout"), "Python"},
        {"1000", "close.internal-error", Pass, peerCloses(1000)},
        {"no Close", "close.internal-error", NotApplicable, opened()},

        {"1001", "close.restart-busy", Info, peerCloses(1001)},
        {"1013", "close.restart-busy", Info, peerCloses(1013, "busy"), "busy"},
        {"1000", "close.restart-busy", Pass, peerCloses(1000)},
        {"no Close", "close.restart-busy", NotApplicable, opened()},

        {"FIN without Close", "close.client-misreport", Info, opened().fin(), "1006"},
        {"handshake refused", "close.client-misreport", Info,
         Scenario().client().request().responseRaw("HTTP/1.1 400 Bad Request\r\n\r\n").refused()},
        {"closed cleanly", "close.client-misreport", Pass, peerCloses(1000).fin()},
        {"open", "close.client-misreport", NotApplicable, opened()},

        {"handshake refused", "close.error-event", Info,
         Scenario().client().request().responseRaw("HTTP/1.1 400 Bad Request\r\n\r\n").refused(), "error"},
        {"FIN without Close", "close.error-event", Pass, opened().fin()},
        {"open", "close.error-event", NotApplicable, opened()},

        {"1011 without", "close.reason-missing", Warn, peerCloses(1011), "without a reason"},
        {"1011 with", "close.reason-missing", Pass, peerCloses(1011, "boom")},
        {"1000 without", "close.reason-missing", Pass, peerCloses(1000)},
        {"no code", "close.reason-missing", NotApplicable, peerCloses({})},

    };
    return all;
}

} // namespace

class TestChecksClose : public QObject
{
    Q_OBJECT
private slots:
    void row_data() { addCaseRows(cases()); }
    void row() { runCase(cases()); }
    void everyRowIsTried()
    {
        QCOMPARE(untried(Phase::Close, cases(), {}, {"close.lifetime-cluster", "close.mass-event"}), QStringList());
    }
    void endsAtOneAge_data();
    void endsAtOneAge();
    void endsAtOneMoment_data();
    void endsAtOneMoment();
};

namespace {

/// A connection that opened at `begin` and that the other side cut.
Scenario cut(Nanoseconds begin, Nanoseconds life, std::string url = "ws://peer.test/ws")
{
    return Scenario().at(begin).client(std::move(url)).request().response101().open().after(life).fin().ended();
}

/// The same, closed by us when we had done.
Scenario done(Nanoseconds begin, Nanoseconds life)
{
    return Scenario()
        .at(begin)
        .client()
        .request()
        .response101()
        .open()
        .after(life)
        .closeSent(1000)
        .closeReceived(1000)
        .fin()
        .ended(true, 1000);
}

Judgement judgedAmong(const std::vector<Scenario> &scenarios, std::string_view id)
{
    const auto all = together(scenarios);
    const auto &facts = *all->find(1);
    return checkById(id)->rule({facts, nullptr, all.get(), scenarios.front().now(), {}, startWallMs});
}

} // namespace

void TestChecksClose::endsAtOneAge_data()
{
    QTest::addColumn<std::vector<Scenario>>("ends");
    QTest::addColumn<Verdict>("verdict");
    QTest::addColumn<QString>("has");
    std::vector<Scenario> alike;
    for (int i = 0; i < 6; ++i)
        alike.push_back(cut(i * 100s, 60s + i * 100ms));
    QTest::newRow("six of six at 60 s") << alike << Verdict::Warn << "6 of 6";
    std::vector<Scenario> mixed = alike;
    for (int i = 0; i < 6; ++i)
        mixed.push_back(cut(i * 100s, 10s + i * 5s));
    QTest::newRow("half of them") << mixed << Verdict::Pass << "6 of 12";
    QTest::newRow("too few") << std::vector<Scenario>(alike.begin(), alike.begin() + 4) << Verdict::NotApplicable
                             << "4 of 5";
    std::vector<Scenario> ours;
    for (int i = 0; i < 6; ++i)
        ours.push_back(done(i * 100s, 60s));
    QTest::newRow("we closed them") << ours << Verdict::Pass << "no part";
    std::vector<Scenario> brief;
    for (int i = 0; i < 6; ++i)
        brief.push_back(cut(i * 100s, 1s));
    QTest::newRow("younger than 5 s") << brief << Verdict::Pass << "no part";
    std::vector<Scenario> elsewhere{cut(0s, 60s)};
    for (int i = 0; i < 6; ++i)
        elsewhere.push_back(cut(i * 100s, 60s, "ws://other.test/ws"));
    QTest::newRow("other URLs") << elsewhere << Verdict::NotApplicable << "1 of 5";
}

void TestChecksClose::endsAtOneAge()
{
    QFETCH(std::vector<Scenario>, ends);
    QFETCH(Verdict, verdict);
    QFETCH(QString, has);
    const auto judgement = judgedAmong(ends, "close.lifetime-cluster");
    QVERIFY2(judgement.verdict == verdict, qPrintable(judgement.reason));
    QVERIFY2(judgement.reason.contains(has), qPrintable(judgement.reason));
}

void TestChecksClose::endsAtOneMoment_data()
{
    QTest::addColumn<std::vector<Scenario>>("ends");
    QTest::addColumn<Verdict>("verdict");
    QTest::addColumn<QString>("has");
    const std::vector<Scenario> three{cut(0s, 60s), cut(10s, 50s + 300ms), cut(20s, 40s + 600ms)};
    QTest::newRow("three of three") << three << Verdict::Warn << "3 of 3 ended within 1.00 s, all at one URL";
    const std::vector<Scenario> several{cut(0s, 60s), cut(10s, 50s, "ws://other.test/"), cut(20s, 40s)};
    QTest::newRow("of several servers") << several << Verdict::Warn << "the network here";
    QTest::newRow("two minutes apart") << std::vector<Scenario>{cut(0s, 60s), cut(0s, 180s), cut(0s, 300s)}
                                       << Verdict::Pass << "1 of 3";
    QTest::newRow("we closed them") << std::vector<Scenario>{done(0s, 60s), done(0s, 60s), done(0s, 60s)}
                                    << Verdict::Pass << "0 of 3";
    std::vector<Scenario> crowd{cut(0s, 60s), cut(0s, 60s), cut(0s, 60s)};
    for (int i = 0; i < 20; ++i)
        crowd.push_back(Scenario().client().request().response101().open());
    QTest::newRow("three of many") << crowd << Verdict::Pass << "3 of 23";
    QTest::newRow("two in all") << std::vector<Scenario>{cut(0s, 60s), cut(0s, 60s)} << Verdict::NotApplicable
                                << "Fewer than 3";
}

void TestChecksClose::endsAtOneMoment()
{
    QFETCH(std::vector<Scenario>, ends);
    QFETCH(Verdict, verdict);
    QFETCH(QString, has);
    const auto judgement = judgedAmong(ends, "close.mass-event");
    QVERIFY2(judgement.verdict == verdict, qPrintable(judgement.reason));
    QVERIFY2(judgement.reason.contains(has), qPrintable(judgement.reason));
}

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestChecksClose)
#include "tst_checks_close.moc"
