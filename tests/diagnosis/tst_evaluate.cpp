// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario.h"

namespace frameglass::diagnosis::test {

namespace {

QString text(std::string_view octets)
{
    return QString::fromUtf8(octets.data(), static_cast<qsizetype>(octets.size()));
}

QString rootOf(const Report &report)
{
    return report.rootCause ? text(*report.rootCause) : QString();
}

Verdict verdictOf(const Report &report, std::string_view id)
{
    return report.find(id)->verdict;
}

QString foldedUnder(const Report &report, std::string_view id)
{
    return text(report.find(id)->foldedUnder);
}

/// What our echo server answers to a request that came through a hop.
Scenario refusedThroughNginx(const std::string &requestAtBackend)
{
    const auto head = protocol::parseHead(protocol::HeadKind::Request, protocol::viewOf(requestAtBackend));
    const auto refusal = protocol::refusalFor(head, protocol::judgeRequest(head));
    return Scenario()
        .client()
        .request()
        .responseRaw("HTTP/1.1 " + std::to_string(refusal.status) +
                     " Refused\r\nServer: nginx/1.22.1\r\nContent-Type: text/plain\r\nContent-Length: " +
                     std::to_string(refusal.body.size()) + "\r\nConnection: keep-alive\r\n\r\n" + refusal.body)
        .refused()
        .fin()
        .ended();
}

} // namespace

class TestEvaluate : public QObject
{
    Q_OBJECT
private slots:
    void oneFindingForEachRow();
    void nothingWrong();
    void rootCauseIsTheEarliestPhase();
    void foldsWhatItImplies();
    void warningIsRootWhenNothingFails();
    void blockerGatesLaterPhases();
    void nginxWithoutUpgrade();
    void nginxWithHttp10();
    void nginxCutsAfterSilence();
    void neverConnected();
    void stillResolving();
    void waitingForTheAnswer();
    void listenerHasNoRows();
    void countLeavesFoldedOut();
    void causesAndFixOnlyWithAFault();
};

void TestEvaluate::oneFindingForEachRow()
{
    for (const Scenario &scenario :
         {Scenario(), Scenario().client(), Scenario().opened(), Scenario().opened().at(3s).fin()}) {
        const Report all = report(scenario);
        QCOMPARE(all.findings.size(), checks().size());
        for (std::size_t i = 0; i < checks().size(); ++i) {
            QCOMPARE(all.findings[i].id, checks()[i].id);
            QVERIFY2(!all.findings[i].reason.isEmpty(), qPrintable(text(all.findings[i].id)));
        }
    }
}

void TestEvaluate::nothingWrong()
{
    const Report good = report(Scenario()
                                   .opened()
                                   .sent(Opcode::Text, "hi")
                                   .received(Opcode::Text, "hi")
                                   .ping(1, "p")
                                   .after(1ms)
                                   .pong(1, "p", 1ms)
                                   .closeSent()
                                   .after(1ms)
                                   .closeReceived()
                                   .fin()
                                   .ended(true, 1000));
    QCOMPARE(rootOf(good), QString());
    QCOMPARE(good.verdict, Verdict::Pass);
    QCOMPARE(good.summary, QStringLiteral("Nothing wrong found: %1 checks passed, %2 do not apply.")
                               .arg(good.count(Verdict::Pass) + good.count(Verdict::Info))
                               .arg(good.count(Verdict::NotApplicable)));
}

void TestEvaluate::rootCauseIsTheEarliestPhase()
{
    // Two failures that do not explain each other: an unmasked rule of frames and a Close code.
    const Report both = report(Scenario().opened().received(Opcode::Ping, "x", false).closeReceived(1006));
    QCOMPARE(verdictOf(both, "frame.control-fragmented"), Verdict::Fail);
    QCOMPARE(verdictOf(both, "close.reserved-code"), Verdict::Fail);
    QCOMPARE(rootOf(both), QStringLiteral("frame.control-fragmented"));
    QCOMPARE(foldedUnder(both, "close.reserved-code"), QString());
    QVERIFY2(both.summary.startsWith(QStringLiteral("Control frame with FIN=0: ")), qPrintable(both.summary));
}

void TestEvaluate::foldsWhatItImplies()
{
    const Report cut = report(Scenario().opened().at(500ms).received(Opcode::Text, "hi").at(900ms).rst());
    QCOMPARE(rootOf(cut), QStringLiteral("close.rst"));
    QCOMPARE(verdictOf(cut, "close.abnormal"), Verdict::Fail);
    QCOMPARE(foldedUnder(cut, "close.abnormal"), QStringLiteral("close.rst"));
}

void TestEvaluate::warningIsRootWhenNothingFails()
{
    const Report warned =
        report(Scenario().opened().at(2s).closeReceived(4001).closeSent(4001).fin().ended(true, 4001));
    QCOMPARE(warned.verdict, Verdict::Warn);
    QCOMPARE(rootOf(warned), QStringLiteral("close.reason-missing"));
}

void TestEvaluate::blockerGatesLaterPhases()
{
    const Report refused =
        report(Scenario()
                   .client()
                   .request()
                   .responseRaw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
                   .refused()
                   .ended());
    QCOMPARE(rootOf(refused), QStringLiteral("upgrade.accept-missing"));
    const Finding *frames = refused.find("frame.rsv-bits");
    QCOMPARE(frames->verdict, Verdict::NotApplicable);
    QVERIFY2(frames->reason.startsWith(QStringLiteral("Not judged, because")), qPrintable(frames->reason));
    // Phase 12 may explain.
    QCOMPARE(verdictOf(refused, "close.client-misreport"), Verdict::Info);
    QCOMPARE(verdictOf(refused, "heartbeat.rtt"), Verdict::NotApplicable);
}

void TestEvaluate::nginxWithoutUpgrade()
{
    const Report missing =
        report(refusedThroughNginx("GET /ws HTTP/1.1\r\nHost: backend\r\nConnection: close\r\nSec-WebSocket-Key: " +
                                   std::string(sampleKey) + "\r\nSec-WebSocket-Version: 13\r\n\r\n"));
    QCOMPARE(rootOf(missing), QStringLiteral("proxy.nginx-upgrade-missing"));
    QCOMPARE(missing.verdict, Verdict::Fail);
}

void TestEvaluate::nginxWithHttp10()
{
    const Report old = report(refusedThroughNginx(
        "GET /ws HTTP/1.0\r\nHost: backend\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Key: " +
        std::string(sampleKey) + "\r\nSec-WebSocket-Version: 13\r\n\r\n"));
    QCOMPARE(rootOf(old), QStringLiteral("proxy.nginx-http10"));
    QCOMPARE(old.verdict, Verdict::Fail);
}

void TestEvaluate::nginxCutsAfterSilence()
{
    const Report cut = report(Scenario().opened().received(Opcode::Text, "hi").at(2s).fin().ended());
    QCOMPARE(rootOf(cut), QStringLiteral("proxy.idle-cut"));
    QCOMPARE(foldedUnder(cut, "close.abnormal"), QStringLiteral("proxy.idle-cut"));
    QCOMPARE(foldedUnder(cut, "close.fin-without-close"), QStringLiteral("proxy.idle-cut"));
    QVERIFY2(cut.summary.contains(QStringLiteral("2.00 s")), qPrintable(cut.summary));
}

void TestEvaluate::neverConnected()
{
    Scenario scenario;
    capture::ConnectionStarted started;
    started.url = "ws://127.0.0.1:9001/";
    scenario.add(started)
        .stage(Stage::Resolve, StageOutcome::Succeeded, 1ms)
        .stage(Stage::Tcp, StageOutcome::Started, 0ms)
        .stage(Stage::Tcp, StageOutcome::Failed, 3ms, 111, "Connection refused")
        .ended();
    const Report none = report(scenario);
    for (std::size_t i = 0; i < checks().size(); ++i)
        QVERIFY(checks()[i].phase <= Phase::Tls || none.findings[i].verdict == Verdict::NotApplicable);
    QCOMPARE(none.verdict, Verdict::Fail);
    QCOMPARE(rootOf(none), QString());
    QCOMPARE(none.summary, QStringLiteral("No connection: TCP connect failed after 3.00 ms: Connection refused."));
    QVERIFY(none.find("request.complete")->reason.contains(QStringLiteral("Connection refused")));
}

void TestEvaluate::stillResolving()
{
    Scenario scenario;
    scenario.add(capture::ConnectionStarted{}).stage(Stage::Resolve, StageOutcome::Started, 0ms).at(1500ms);
    const Report early = report(scenario);
    QCOMPARE(early.verdict, Verdict::Pass);
    QCOMPARE(early.count(Verdict::NotApplicable), checks().size());
    QCOMPARE(early.summary, QStringLiteral("Connecting: Name resolution, for 1.50 s now."));
}

void TestEvaluate::waitingForTheAnswer()
{
    const Report waiting = report(Scenario().client().request().at(1s));
    QCOMPARE(waiting.verdict, Verdict::Pass);
    QCOMPARE(waiting.summary, QStringLiteral("Waiting for the answer to the upgrade request for 1.00 s."));
}

void TestEvaluate::listenerHasNoRows()
{
    Scenario scenario;
    capture::ListenerRecord listener;
    listener.address = "127.0.0.1:9001";
    listener.responder = "echo";
    scenario.add(listener);
    const Report none = report(scenario);
    QVERIFY(none.findings.empty());
    QCOMPARE(none.verdict, Verdict::Pass);
    QVERIFY2(none.summary.startsWith(QStringLiteral("Listening on 127.0.0.1:9001")), qPrintable(none.summary));
}

void TestEvaluate::countLeavesFoldedOut()
{
    const Report cut = report(Scenario().opened().received(Opcode::Text, "hi").at(2s).fin().ended());
    const auto failed = std::ranges::count(cut.findings, Verdict::Fail, &Finding::verdict);
    const auto folded = std::ranges::count_if(cut.findings, [](const Finding &finding) {
        return finding.verdict == Verdict::Fail && !finding.foldedUnder.empty();
    });
    QVERIFY(folded >= 2);
    QCOMPARE(cut.count(Verdict::Fail), static_cast<std::size_t>(failed - folded));
}

void TestEvaluate::causesAndFixOnlyWithAFault()
{
    const Report cut = report(Scenario().opened().received(Opcode::Text, "hi").at(2s).fin().ended());
    for (const Finding &finding : cut.findings) {
        const bool fault = finding.verdict == Verdict::Fail || finding.verdict == Verdict::Warn;
        QCOMPARE(finding.fix.isEmpty(), !fault);
        QCOMPARE(finding.causes.size(), fault ? checkById(finding.id)->causes.size() : 0u);
    }
}

} // namespace frameglass::diagnosis::test

QTEST_GUILESS_MAIN(frameglass::diagnosis::test::TestEvaluate)
#include "tst_evaluate.moc"
