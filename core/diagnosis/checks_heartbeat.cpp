// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "rule_support.h"

#include <algorithm>
#include <iterator>

namespace frameglass::diagnosis {

namespace {

using analysis::HeartbeatTrack;
using capture::Direction;

/// Why our own pings cannot be judged, or nothing.
std::optional<Judgement> unlessPinged(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return closed;
    if (evaluation.facts.heartbeat.pingsSent == 0)
        return notApplicable(CheckText::tr("We sent no ping"));
    return {};
}

/// How long our oldest unanswered ping has waited, or waited when TCP ended; and whether it waits no more.
struct Waiting
{
    const analysis::PingFact *ping = nullptr;
    Nanoseconds time{0};
    bool over = false;
};

Waiting waitingPing(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    Waiting waiting;
    waiting.ping = facts.heartbeat.oldestUnanswered();
    if (waiting.ping == nullptr)
        return waiting;
    waiting.over = !facts.transportEnds.empty() || facts.isOver();
    const Nanoseconds until = !facts.transportEnds.empty() ? facts.transportEnds.front().time
                              : facts.ended                ? facts.ended->time
                                                           : evaluation.now;
    waiting.time = until - waiting.ping->sent;
    return waiting;
}

Judgement pongReply(const Evaluation &evaluation)
{
    if (auto silent = unlessPinged(evaluation))
        return *silent;
    const auto &facts = evaluation.facts;
    const auto &settings = evaluation.settings;
    const auto &heartbeat = facts.heartbeat;
    const Waiting waiting = waitingPing(evaluation);
    if (waiting.ping != nullptr) {
        const std::vector<Evidence> evidence{
            evidenceOf(waiting.ping->pingRecord, CheckText::tr("the unanswered ping"))};
        const QString text = CheckText::tr("No pong for %1").arg(durationText(waiting.time));
        if (waiting.time >= settings.pongDead)
            return fail(text, evidence);
        if (waiting.over && facts.peerEnd() != nullptr && heartbeat.matched == 0)
            return fail(CheckText::tr("%1, then the other side ended the connection").arg(text), evidence);
        if (waiting.time > goodPong(evaluation))
            return warn(text, evidence);
    }
    const auto &slowest = heartbeat.slowest();
    if (!slowest)
        return notApplicable(heartbeat.firstMismatch
                                 ? CheckText::tr("A pong came, but with another payload (heartbeat.pong-payload)")
                                 : CheckText::tr("The pong is not due yet"));
    const QString text = CheckText::tr("%1 of %2 pings answered, the slowest after %3")
                             .arg(heartbeat.matched)
                             .arg(heartbeat.pingsSent)
                             .arg(durationText(*slowest->rtt));
    const std::vector<Evidence> evidence{evidenceOf(slowest->pingRecord, CheckText::tr("ping")),
                                         evidenceOf(slowest->pongRecord, CheckText::tr("its pong"))};
    if (*slowest->rtt >= settings.pongDead)
        return fail(text, evidence);
    if (*slowest->rtt > goodPong(evaluation))
        return warn(text, evidence);
    return pass(text);
}

Judgement pongPayload(const Evaluation &evaluation)
{
    if (auto silent = unlessPinged(evaluation))
        return *silent;
    const auto &heartbeat = evaluation.facts.heartbeat;
    if (heartbeat.firstMismatch)
        return fail(CheckText::tr("A pong came with another payload than the ping that waited for it"),
                    {evidenceOf(*heartbeat.firstMismatch, CheckText::tr("the pong"))});
    if (heartbeat.superseded > 0)
        return info(CheckText::tr("%1 of %2 pings were left out: only the latest was answered")
                        .arg(heartbeat.superseded)
                        .arg(heartbeat.pingsSent),
                    {evidenceOf(*heartbeat.firstSuperseded, CheckText::tr("the first ping left out"))});
    if (heartbeat.matched == 0)
        return notApplicable(CheckText::tr("No pong was received"));
    return pass(CheckText::tr("All %1 pongs carry the octets of their ping").arg(heartbeat.matched));
}

Judgement unsolicitedPong(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &heartbeat = evaluation.facts.heartbeat;
    if (heartbeat.unsolicited == 0)
        return pass(CheckText::tr("Each pong answers a ping"));
    return info(CheckText::tr("%1 pongs that no ping asked for, which is legal").arg(heartbeat.unsolicited),
                {evidenceOf(*heartbeat.firstUnsolicited, CheckText::tr("the first"))});
}

Judgement missedPongs(const Evaluation &evaluation)
{
    if (auto silent = unlessPinged(evaluation))
        return *silent;
    const auto &heartbeat = evaluation.facts.heartbeat;
    if (heartbeat.missed == 0)
        return pass(CheckText::tr("No pong was missed"));
    const QString text =
        CheckText::tr("%1 pongs missed, up to %2 in a row").arg(heartbeat.missed).arg(heartbeat.maximumMissedInARow);
    const std::vector<Evidence> evidence{evidenceOf(*heartbeat.firstMissed, CheckText::tr("the first time-out"))};
    return heartbeat.maximumMissedInARow >= evaluation.settings.missedFail ? fail(text, evidence)
                                                                           : warn(text, evidence);
}

Judgement timeoutRate(const Evaluation &evaluation)
{
    if (auto silent = unlessPinged(evaluation))
        return *silent;
    const auto &settings = evaluation.settings;
    const auto &heartbeat = evaluation.facts.heartbeat;
    double worst = 0;
    std::uint32_t above = 0;
    std::uint32_t longestRun = 0;
    bool judged = false;
    for (const auto &window : heartbeat.windows()) {
        if (evaluation.now - window.begin < HeartbeatTrack::Window::span || window.sent == 0)
            continue;
        judged = true;
        const double share = static_cast<double>(window.lateOrMissed) / static_cast<double>(window.sent);
        worst = std::max(worst, share);
        above = share > settings.lateShareFail ? above + 1 : 0;
        longestRun = std::max(longestRun, above);
    }
    if (!judged)
        return notApplicable(CheckText::tr("Pings for less than 5 minutes"));
    const QString text = CheckText::tr("Up to %1 % late or missed pongs in 5 minutes").arg(worst * 100, 0, 'f', 1);
    const std::vector<Evidence> evidence{
        evidenceOf(heartbeat.pings().back().pingRecord, CheckText::tr("the last ping"))};
    if (longestRun >= settings.lateWindowsFail)
        return fail(text, evidence);
    return worst > settings.lateShareWarn ? warn(text, evidence) : pass(text);
}

Judgement rttSpread(const Evaluation &evaluation)
{
    if (auto silent = unlessPinged(evaluation))
        return *silent;
    const auto &settings = evaluation.settings;
    const auto &heartbeat = evaluation.facts.heartbeat;
    const auto rtt = heartbeat.rtt(Direction::Sent);
    if (rtt.samples == 0)
        return notApplicable(CheckText::tr("No pong was received"));
    const QString text = CheckText::tr("RTT of %1 pings: minimum %2, median %3, P99 %4")
                             .arg(rtt.samples)
                             .arg(durationText(rtt.minimum), durationText(rtt.median), durationText(rtt.p99));
    const std::vector<Evidence> evidence{
        evidenceOf(heartbeat.slowest()->pongRecord, CheckText::tr("the slowest pong"))};
    if (rtt.p99 > settings.rttFail)
        return fail(text, evidence);
    if (rtt.p99 > std::max(rtt.median * settings.rttSpread, rtt.median + settings.rttSpreadFloor))
        return warn(text, evidence);
    return info(text, evidence);
}

Judgement underLoad(const Evaluation &evaluation)
{
    if (auto silent = unlessPinged(evaluation))
        return *silent;
    const auto &settings = evaluation.settings;
    const auto &heartbeat = evaluation.facts.heartbeat;
    const auto loaded = heartbeat.rttUnderLoad(true);
    const auto idle = heartbeat.rttUnderLoad(false);
    if (loaded.samples == 0 || idle.samples == 0)
        return notApplicable(loaded.samples == 0 ? CheckText::tr("No data passed between a ping and its pong")
                                                 : CheckText::tr("Data passed between each ping and its pong"));
    const QString text = CheckText::tr("Median RTT %1 while data flows, %2 otherwise")
                             .arg(durationText(loaded.median), durationText(idle.median));
    const std::vector<Evidence> evidence{
        evidenceOf(heartbeat.slowest()->pongRecord, CheckText::tr("the slowest pong"))};
    if (loaded.median > settings.loadedRttFail)
        return fail(text, evidence);
    if (loaded.median > idle.median * settings.loadedRttSpread)
        return advice(warn(text, evidence), showsLoss(evaluation.facts));
    return pass(text);
}

Judgement latePongAfterClose(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &facts = evaluation.facts;
    if (!facts.closeSent && !facts.closeReceived)
        return notApplicable(CheckText::tr("No Close frame has passed"));
    if (facts.pongsAfterClose == 0)
        return pass(CheckText::tr("No pong came after a Close of its sender"));
    return info(CheckText::tr("%1 pongs after a Close of their sender").arg(facts.pongsAfterClose),
                {evidenceOf(*facts.firstPongAfterClose, CheckText::tr("the first"))});
}

constexpr std::string_view section551 = "https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1";
constexpr std::string_view section552 = "https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2";
constexpr std::string_view section553 = "https://www.rfc-editor.org/rfc/rfc6455#section-5.5.3";

} // namespace

std::vector<Check> heartbeatChecks()
{
    std::vector<Check> rows{
        {"heartbeat.pong-reply",
         Phase::Heartbeat,
         Severity::High,
         Kind::A0,
         "RFC 6455 §5.5.2",
         section552,
         QT_TRANSLATE_NOOP("checks", "Peer answers Ping"),
         {{QT_TRANSLATE_NOOP("checks",
                             "The reader is blocked: the handler does not read (gorilla answers only inside a read)"),
           QT_TRANSLATE_NOOP("checks", "Pongs come as soon as the handler reads again")},
          {QT_TRANSLATE_NOOP("checks", "The event loop is blocked"),
           QT_TRANSLATE_NOOP("checks", "Data messages wait as long as pongs")},
          {QT_TRANSLATE_NOOP("checks", "A proxy buffers"),
           QT_TRANSLATE_NOOP("checks", "A direct connection answers at once")},
          {QT_TRANSLATE_NOOP("checks", "The pong handler was replaced by one that does not reply"),
           QT_TRANSLATE_NOOP("checks", "Data is answered, pings never are")}},
         QT_TRANSLATE_NOOP("checks", "Keep a reader running; do not block handlers."),
         "S001 §2.1; S000 ch.1; gorilla conn.go:1163-1179; websockets faq 1011",
         pongReply,
         {"heartbeat.missed", "heartbeat.timeout-rate", "heartbeat.rtt"}},
        {"heartbeat.pong-payload",
         Phase::Heartbeat,
         Severity::High,
         Kind::A0,
         "RFC 6455 §5.5.3",
         section553,
         QT_TRANSLATE_NOOP("checks", "Pong echoes the payload"),
         {{QT_TRANSLATE_NOOP("checks", "A handler of the application sends empty or own pongs"),
           QT_TRANSLATE_NOOP("checks", "All pongs of that server carry the same octets")}},
         QT_TRANSLATE_NOOP("checks", "Echo the application data of the ping."),
         "S001 §2.1",
         pongPayload,
         {}},
        {"heartbeat.unsolicited-pong",
         Phase::Heartbeat,
         Severity::Info,
         Kind::Passive,
         "RFC 6455 §5.5.3",
         section553,
         QT_TRANSLATE_NOOP("checks", "Unsolicited Pong"),
         {{QT_TRANSLATE_NOOP("checks", "Keepalive in the style of IE and ASP.NET"),
           QT_TRANSLATE_NOOP("checks", "The pongs come at a steady interval")},
          {QT_TRANSLATE_NOOP("checks", "A timer writes pongs instead of pings"),
           QT_TRANSLATE_NOOP("checks", "The sender never sends a ping")}},
         QT_TRANSLATE_NOOP("checks", "Nothing has to change."),
         "S001 §2.4; [L1] f-unsolicited-pong",
         unsolicitedPong,
         {}}};
    auto intervals = heartbeatIntervalChecks();
    std::ranges::move(intervals, std::back_inserter(rows));
    std::vector<Check> more{
        {"heartbeat.missed",
         Phase::Heartbeat,
         Severity::High,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Consecutive missed Pongs"),
         {{QT_TRANSLATE_NOOP("checks", "The peer is stalled"), QT_TRANSLATE_NOOP("checks", "Its data stops as well")},
          {QT_TRANSLATE_NOOP("checks", "The path loses packets"),
           QT_TRANSLATE_NOOP("checks", "TCP retransmits rise (TCP_INFO)")}},
         QT_TRANSLATE_NOOP("checks", "Close the connection and connect again."),
         "S001 §2.2 (3 periods)",
         missedPongs,
         {}},
        {"heartbeat.timeout-rate",
         Phase::Heartbeat,
         Severity::High,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Share of late Pongs"),
         {{QT_TRANSLATE_NOOP("checks", "The server is overloaded"),
           QT_TRANSLATE_NOOP("checks", "Late pongs on all its connections at the same time")},
          {QT_TRANSLATE_NOOP("checks", "A radio link"),
           QT_TRANSLATE_NOOP("checks", "Late pongs on this client only, with TCP retransmits")}},
         QT_TRANSLATE_NOOP("checks", "Scale the server, or adapt the period."),
         "S001 §5 (5 %, 3 times)",
         timeoutRate,
         {}},
        {"heartbeat.rtt",
         Phase::Heartbeat,
         Severity::Low,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "RTT and its spread"),
         {{QT_TRANSLATE_NOOP("checks", "Full buffers on the path"),
           QT_TRANSLATE_NOOP("checks", "TCP RTT rises with it while data flows")},
          {QT_TRANSLATE_NOOP("checks", "Pauses of the server, such as garbage collection"),
           QT_TRANSLATE_NOOP("checks", "TCP RTT stays low")},
          {QT_TRANSLATE_NOOP("checks", "Packet loss"), QT_TRANSLATE_NOOP("checks", "TCP retransmits rise")}},
         QT_TRANSLATE_NOOP("checks", "See the other rows of this phase."),
         "S001 §2.1 (payload timestamp)",
         rttSpread,
         {}},
        {"heartbeat.under-load",
         Phase::Heartbeat,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §5.5.2",
         section552,
         QT_TRANSLATE_NOOP("checks", "Pong delay while data flows"),
         {{QT_TRANSLATE_NOOP("checks", "The writer holds a lock"),
           QT_TRANSLATE_NOOP("checks", "Pongs come right after a message ends")},
          {QT_TRANSLATE_NOOP("checks", "Large messages stand before the pong"),
           QT_TRANSLATE_NOOP("checks", "The delay grows with the size of the messages")},
          {QT_TRANSLATE_NOOP("checks", "Messages are not fragmented"),
           QT_TRANSLATE_NOOP("checks", "Each message is one large frame")}},
         QT_TRANSLATE_NOOP("checks", "One writer that sends control frames first; fragment large messages."),
         "S001 §2.4",
         underLoad,
         {}},
        {"heartbeat.late-pong-after-close",
         Phase::Heartbeat,
         Severity::Info,
         Kind::Passive,
         "RFC 6455 §5.5.1",
         section551,
         QT_TRANSLATE_NOOP("checks", "Ping answered after Close"),
         {{QT_TRANSLATE_NOOP("checks", "A race between the answer and the Close"),
           QT_TRANSLATE_NOOP("checks", "The pong follows the Close within one round trip")}},
         QT_TRANSLATE_NOOP("checks", "Nothing has to change."),
         "RFC 6455",
         latePongAfterClose,
         {}},
    };
    std::ranges::move(more, std::back_inserter(rows));
    auto together = heartbeatTogetherChecks();
    std::ranges::move(together, std::back_inserter(rows));
    return rows;
}

} // namespace frameglass::diagnosis
