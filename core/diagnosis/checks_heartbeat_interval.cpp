// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "rule_support.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using capture::Direction;

struct Silence
{
    Nanoseconds longest{0};
    capture::RecordId after = 0;
};

/// The longest silence, the one that still goes on included.
Silence silenceOf(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    Silence silence{facts.longestSilence, facts.longestSilenceAfter.value_or(0)};
    if (facts.transportEnds.empty() && !facts.isOver() && facts.lastActivity &&
        evaluation.now - *facts.lastActivity > silence.longest)
        silence = {evaluation.now - *facts.lastActivity, facts.lastActivityRecord.value_or(0)};
    return silence;
}

Judgement heartbeatAbsent(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &facts = evaluation.facts;
    const auto &settings = evaluation.settings;
    const Silence silence = silenceOf(evaluation);
    const std::vector<Evidence> evidence{
        evidenceOf(silence.after, CheckText::tr("the last octets before the silence"))};
    const bool cut = facts.endedWithoutClose() && facts.silenceBeforeEnd &&
                     facts.silenceBeforeEnd->value >= settings.heartbeatAbsent - settings.idleTolerance;
    if (cut)
        return fail(CheckText::tr("Nobody sent anything for %1, then TCP was ended without a Close")
                        .arg(durationText(facts.silenceBeforeEnd->value)),
                    {evidenceOf(facts.silenceBeforeEnd->record, CheckText::tr("the last octets before the silence")),
                     evidenceOf(facts.peerEnd()->record, textOf(facts.peerEnd()->value.end))});
    if (silence.longest >= settings.heartbeatAbsent)
        return warn(CheckText::tr("Nobody sent anything for %1").arg(durationText(silence.longest)), evidence);
    const Nanoseconds until = facts.transportEnds.empty() ? evaluation.now : facts.transportEnds.front().time;
    const auto &heartbeat = facts.heartbeat;
    if (heartbeat.pingsSent + heartbeat.pingsReceived + heartbeat.pongsSent + heartbeat.pongsReceived > 0)
        return pass(
            CheckText::tr("Pings or pongs pass; the longest silence was %1").arg(durationText(silence.longest)));
    if (until - *facts.openedAt < settings.heartbeatAbsent)
        return notApplicable(CheckText::tr("Open for %1 only; judged after %2")
                                 .arg(durationText(until - *facts.openedAt), durationText(settings.heartbeatAbsent)));
    return pass(CheckText::tr("The longest silence was %1").arg(durationText(silence.longest)));
}

Judgement heartbeatInterval(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &settings = evaluation.settings;
    const Silence silence = silenceOf(evaluation);
    if (silence.longest == Nanoseconds(0))
        return notApplicable(CheckText::tr("Nothing was silent yet"));
    const double share =
        std::chrono::duration<double>(silence.longest) / std::chrono::duration<double>(settings.assumedIdleLimit);
    const QString text = CheckText::tr("Longest silence %1, %2 % of the assumed idle limit of %3")
                             .arg(durationText(silence.longest))
                             .arg(share * 100, 0, 'f', 0)
                             .arg(durationText(settings.assumedIdleLimit));
    const std::vector<Evidence> evidence{
        evidenceOf(silence.after, CheckText::tr("the last octets before the silence"))};
    if (share > settings.silenceWarnShare)
        return advice(fail(text, evidence), showsLoss(evaluation.facts));
    if (share > settings.silencePassShare)
        return advice(warn(text, evidence), showsLoss(evaluation.facts));
    return pass(text);
}

/// Who pings, and how often; the peer only where we do not.
struct Schedule
{
    Nanoseconds period{0};
    Direction direction = Direction::Sent;
    bool configured = false;
};

std::optional<Schedule> scheduleOf(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    if (facts.started && facts.started->value.pingInterval)
        return Schedule{*facts.started->value.pingInterval, Direction::Sent, true};
    for (const Direction direction : {Direction::Sent, Direction::Received})
        if (const auto mean = facts.heartbeat.meanInterval(direction))
            return Schedule{*mean, direction, false};
    return {};
}

QString scheduleText(const Schedule &schedule)
{
    return (schedule.direction == Direction::Sent ? CheckText::tr("We ping every %1")
                                                  : CheckText::tr("The other side pings every %1"))
        .arg(durationText(schedule.period));
}

std::vector<Evidence> lastPing(const Evaluation &evaluation, Direction direction)
{
    const auto &pings = evaluation.facts.heartbeat.pings();
    const auto found = std::ranges::find(pings.rbegin(), pings.rend(), direction, &analysis::PingFact::direction);
    if (found != pings.rend())
        return {evidenceOf(found->pingRecord, CheckText::tr("the last ping"))};
    const auto &started = evaluation.facts.started;
    return {evidenceOf(started ? started->record : 0, CheckText::tr("the schedule"))};
}

std::optional<Judgement> unlessScheduled(const Evaluation &evaluation, std::optional<Schedule> &schedule)
{
    if (auto closed = unlessOpened(evaluation))
        return closed;
    schedule = scheduleOf(evaluation);
    if (!schedule)
        return notApplicable(CheckText::tr("Fewer than two pings, so there is no interval"));
    return {};
}

Judgement intervalRace(const Evaluation &evaluation)
{
    std::optional<Schedule> schedule;
    if (auto none = unlessScheduled(evaluation, schedule))
        return *none;
    const Nanoseconds limit = evaluation.settings.assumedIdleLimit;
    const Nanoseconds distance = schedule->period > limit ? schedule->period - limit : limit - schedule->period;
    const QString text =
        CheckText::tr("%1; the assumed idle limit is %2").arg(scheduleText(*schedule), durationText(limit));
    if (distance <= evaluation.settings.intervalRace)
        return advice(fail(text, lastPing(evaluation, schedule->direction)), showsLoss(evaluation.facts));
    return pass(text);
}

Judgement tooFrequent(const Evaluation &evaluation)
{
    std::optional<Schedule> schedule;
    if (auto none = unlessScheduled(evaluation, schedule))
        return *none;
    const QString text = scheduleText(*schedule);
    if (schedule->period < evaluation.settings.intervalDense)
        return advice(warn(text, lastPing(evaluation, schedule->direction)), showsLoss(evaluation.facts));
    return pass(text);
}

/// The time after which our heartbeat knows that the peer is dead; nothing without one.
std::optional<Nanoseconds> detectionOf(const Evaluation &evaluation)
{
    const auto schedule = scheduleOf(evaluation);
    if (!schedule)
        return {};
    const auto &started = evaluation.facts.started;
    const Nanoseconds timeout =
        started && started->value.pingTimeout ? *started->value.pingTimeout : evaluation.settings.pongDead;
    return schedule->period * evaluation.settings.missedFail + timeout;
}

Judgement againstKeepalive(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const QString tcp = durationText(evaluation.settings.tcpKeepalive);
    const auto detection = detectionOf(evaluation);
    if (detection)
        return info(CheckText::tr("The heartbeat notices a dead peer after %1, TCP keepalive after %2")
                        .arg(durationText(*detection), tcp));
    const auto &started = evaluation.facts.started;
    return advice(warn(CheckText::tr("No heartbeat runs; TCP keepalive would notice a dead peer after %1").arg(tcp),
                       {evidenceOf(started ? started->record : 0, CheckText::tr("the connection"))}),
                  showsLoss(evaluation.facts));
}

Judgement againstSla(const Evaluation &evaluation)
{
    std::optional<Schedule> schedule;
    if (auto none = unlessScheduled(evaluation, schedule))
        return *none;
    const Nanoseconds detection = *detectionOf(evaluation);
    const QString text = CheckText::tr("A dead peer is noticed after %1; wanted are %2")
                             .arg(durationText(detection), durationText(evaluation.settings.detectionLimit));
    if (detection > evaluation.settings.detectionLimit)
        return advice(fail(text, lastPing(evaluation, schedule->direction)), showsLoss(evaluation.facts));
    return pass(text);
}

constexpr std::string_view section552 = "https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2";
constexpr std::string_view keepaliveClause = "https://www.rfc-editor.org/rfc/rfc1122#page-101";

} // namespace

std::vector<Check> heartbeatIntervalChecks()
{
    return {{"heartbeat.absent",
             Phase::Heartbeat,
             Severity::High,
             Kind::Passive,
             "RFC 6455 §5.5.2",
             section552,
             QT_TRANSLATE_NOOP("checks", "Nobody sends heartbeats"),
             {{QT_TRANSLATE_NOOP("checks", "Neither side has a timer"),
               QT_TRANSLATE_NOOP("checks", "No ping or pong in the whole capture")},
              {QT_TRANSLATE_NOOP("checks", "Only the client has a timer, and it was throttled"),
               QT_TRANSLATE_NOOP("checks", "Pings of the client stop after the page went into the background")}},
             QT_TRANSLATE_NOOP("checks", "Let the server ping every 20-30 s."),
             "S001 ch.1; S003 item 5; websockets keepalive.rst",
             heartbeatAbsent,
             {"heartbeat.interval", "heartbeat.vs-tcp-keepalive"}},
            {"heartbeat.interval",
             Phase::Heartbeat,
             Severity::High,
             Kind::Passive,
             "none",
             "",
             QT_TRANSLATE_NOOP("checks", "Interval against the idle limit of the path"),
             {{QT_TRANSLATE_NOOP("checks", "The interval was chosen without proxies in mind"),
               QT_TRANSLATE_NOOP("checks", "A shorter interval keeps the connection")}},
             QT_TRANSLATE_NOOP("checks", "Ping every 25-30 s on a path that cuts after 60 s."),
             "S001 ch.1 (25 s/30 s), S003 item 5 (30 s), S002 §2 (60 s)",
             heartbeatInterval,
             {}},
            {"heartbeat.interval-race",
             Phase::Heartbeat,
             Severity::High,
             Kind::Passive,
             "none",
             "",
             QT_TRANSLATE_NOOP("checks", "Interval equals the time-out"),
             {{QT_TRANSLATE_NOOP("checks", "Both were left at 60 s"),
               QT_TRANSLATE_NOOP("checks", "The proxy's configuration shows no other value")}},
             QT_TRANSLATE_NOOP("checks", "Ping at no more than half the idle limit."),
             "mattermost/docs#8929",
             intervalRace,
             {}},
            {"heartbeat.too-frequent",
             Phase::Heartbeat,
             Severity::Low,
             Kind::Passive,
             "none",
             "",
             QT_TRANSLATE_NOOP("checks", "Heartbeats too dense"),
             {{QT_TRANSLATE_NOOP("checks", "A wish to notice failures within seconds was put on the socket"),
               QT_TRANSLATE_NOOP("checks", "The interval is a few seconds or less")}},
             QT_TRANSLATE_NOOP("checks", "Raise the interval, or detect failures elsewhere."),
             "S001 §2.2 (≤ 1 s only for ≤ 3 s SLA)",
             tooFrequent,
             {}},
            {"heartbeat.vs-tcp-keepalive",
             Phase::Heartbeat,
             Severity::Low,
             Kind::Passive,
             "RFC 1122 §4.2.3.6",
             keepaliveClause,
             QT_TRANSLATE_NOOP("checks", "Who detects a dead peer first"),
             {{QT_TRANSLATE_NOOP("checks", "The program relies on TCP"),
               QT_TRANSLATE_NOOP("checks", "No ping in the capture")}},
             QT_TRANSLATE_NOOP("checks", "Enable a heartbeat."),
             "S001 §2.2",
             againstKeepalive,
             {}},
            {"heartbeat.vs-sla",
             Phase::Heartbeat,
             Severity::Medium,
             Kind::Passive,
             "none",
             "",
             QT_TRANSLATE_NOOP("checks", "Detection time against the wanted one"),
             {{QT_TRANSLATE_NOOP("checks", "The period or the number of allowed misses is too large"),
               QT_TRANSLATE_NOOP("checks", "Period × misses + time-out is the detection time")}},
             QT_TRANSLATE_NOOP("checks", "Period = wanted time / (misses + 1)."),
             "S001 §2.2",
             againstSla,
             {}}};
}

} // namespace frameglass::diagnosis
