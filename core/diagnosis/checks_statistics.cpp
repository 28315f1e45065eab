// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "core/analysis/cusum.h"
#include "reconnect_view.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace frameglass::diagnosis {

namespace {

using analysis::ConnectionFacts;
using analysis::Cusum;
using analysis::TargetTrack;
using reconnect::maximumEvidence;
using reconnect::secondsOf;

/// What is about all attempts at a target is told once, at the newest of them.
std::optional<Judgement> unlessNewest(const Evaluation &evaluation, const TargetTrack *&target)
{
    target = evaluation.all != nullptr ? evaluation.all->targetOf(evaluation.facts) : nullptr;
    if (target == nullptr)
        return notApplicable(CheckText::tr("There is no other connection to compare with"));
    if (target->connections.back() != &evaluation.facts)
        return notApplicable(CheckText::tr("Told at the newest connection to this target, connection %1")
                                 .arg(target->connections.back()->id));
    return {};
}

Judgement setupP95(const Evaluation &evaluation)
{
    const TargetTrack *target = nullptr;
    if (auto none = unlessNewest(evaluation, target))
        return *none;
    const auto &settings = evaluation.settings;
    if (target->setups.size() < settings.setupsNeeded)
        return notApplicable(CheckText::tr("%1 of %2 opened connections that are needed to tell")
                                 .arg(target->setups.size())
                                 .arg(settings.setupsNeeded));
    std::vector<const analysis::Recorded<TargetTrack::Setup> *> sorted;
    TargetTrack::Setup sum;
    for (const auto &setup : target->setups) {
        sorted.push_back(&setup);
        sum.dns += setup.value.dns;
        sum.tcp += setup.value.tcp;
        sum.tls += setup.value.tls;
        sum.upgrade += setup.value.upgrade;
    }
    std::ranges::sort(sorted, {}, [](const auto *setup) { return setup->value.total; });
    const std::size_t index = (sorted.size() * 95 + 99) / 100 - 1;
    const auto &p95 = *sorted[index];
    const QString text = CheckText::tr("95 of 100 setups took %1 or less, over %2")
                             .arg(durationText(p95.value.total))
                             .arg(sorted.size());
    if (p95.value.total <= settings.setupP95)
        return pass(text);
    const auto count = static_cast<std::int64_t>(sorted.size());
    return fail(text,
                {evidenceOf(p95.record, CheckText::tr("on average DNS %1, TCP %2, TLS %3, upgrade %4")
                                            .arg(durationText(sum.dns / count), durationText(sum.tcp / count),
                                                 durationText(sum.tls / count), durationText(sum.upgrade / count)))});
}

Judgement cusumFailures(const Evaluation &evaluation)
{
    const TargetTrack *target = nullptr;
    if (auto none = unlessNewest(evaluation, target))
        return *none;
    const auto &settings = evaluation.settings;
    const Nanoseconds now = std::max(evaluation.now, evaluation.all->lastTime);
    // A week of seconds at most, whatever the times in the file are.
    const Nanoseconds begin =
        std::max(target->connections.front()->started->time, now - Nanoseconds(std::chrono::hours(7 * 24)));
    if (now - begin < settings.cusumBaseline)
        return notApplicable(CheckText::tr("Watched for %1 only; judged after %2")
                                 .arg(durationText(now - begin), durationText(settings.cusumBaseline)));
    Cusum cusum({settings.cusumDrift, settings.cusumThreshold, settings.cusumBaseline, settings.cusumQuiet});
    std::vector<Evidence> evidence;
    std::size_t alarms = 0;
    double before = 0;
    double since = 0;
    auto next = std::ranges::lower_bound(target->failures, begin, {}, &analysis::Recorded<TargetTrack::Failure>::time);
    // Quiet seconds count: they are what a failure is held against. After the last failure nothing can rise.
    const Nanoseconds end = target->failures.empty() ? begin : target->failures.back().time;
    for (Nanoseconds second = begin; second <= end; second += std::chrono::seconds(1)) {
        double failures = 0;
        capture::RecordId record = 0;
        for (; next != target->failures.end() && next->time < second + std::chrono::seconds(1); ++next) {
            ++failures;
            record = next->record;
        }
        const auto alarm = cusum.add(second, failures);
        if (!alarm)
            continue;
        ++alarms;
        before = alarm->before;
        since = alarm->since;
        if (evidence.size() < maximumEvidence)
            evidence.push_back(
                evidenceOf(record, CheckText::tr("alarm %1 after the start").arg(durationText(alarm->time - begin))));
    }
    if (alarms == 0)
        return pass(CheckText::tr("%1 failures, and no change of their rate").arg(target->failures.size()));
    return warn(CheckText::tr("%1 alarms; at the last one %2 failures a second after %3 before")
                    .arg(alarms)
                    .arg(since, 0, 'f', 1)
                    .arg(before, 0, 'f', 2),
                std::move(evidence));
}

/// RTTs in units of their usual spread, so that one threshold fits a LAN and a satellite. The scale is the median
/// absolute deviation of the first pings, made comparable to a standard deviation by 1.4826; single outliers count for
/// three at most, else one lost packet would be a shift.
Judgement cusumLatency(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &settings = evaluation.settings;
    std::vector<const analysis::PingFact *> pings;
    for (const auto &ping : evaluation.facts.heartbeat.pings())
        if (ping.direction == capture::Direction::Sent && ping.rtt)
            pings.push_back(&ping);
    if (pings.size() < settings.latencyPings)
        return notApplicable(CheckText::tr("%1 of %2 answered pings that are needed to tell")
                                 .arg(pings.size())
                                 .arg(settings.latencyPings));
    const std::size_t baseline = settings.latencyPings / 2;
    std::vector<double> first;
    for (std::size_t i = 0; i < baseline; ++i)
        first.push_back(secondsOf(*pings[i]->rtt));
    const double usual = reconnect::median(first);
    for (double &value : first)
        value = std::abs(value - usual);
    constexpr double madToDeviation = 1.4826;
    constexpr double least = 0.05; // of the median: a clock's steps are no spread
    const double scale = std::max(madToDeviation * reconnect::median(std::move(first)), least * usual);
    if (scale <= 0)
        return notApplicable(CheckText::tr("The RTTs are too short to compare"));
    Cusum::Limits limits{settings.latencyDrift, settings.latencyThreshold, Nanoseconds::max() / 2, settings.cusumQuiet};
    limits.samplesNeeded = baseline;
    Cusum rising(limits);
    Cusum falling(limits);
    constexpr double most = 3;
    for (std::size_t i = 0; i < pings.size(); ++i) {
        const double value = std::clamp((secondsOf(*pings[i]->rtt) - usual) / scale, -most, most);
        const auto up = rising.add(pings[i]->sent, value);
        const auto down = falling.add(pings[i]->sent, -value);
        if (!up && !down)
            continue;
        // The shift in real units, over the pings since it began.
        const Nanoseconds began = up ? up->began : down->began;
        std::vector<double> since;
        for (std::size_t j = i + 1; j-- > 0 && pings[j]->sent >= began;)
            since.push_back(secondsOf(*pings[j]->rtt));
        const double now = reconnect::median(std::move(since));
        if (std::abs(now - usual) < settings.latencyShiftLeast * usual)
            continue;
        const auto text = [](double seconds) { return durationText(reconnect::durationOf(seconds)); };
        const std::vector<Evidence> evidence{evidenceOf(pings[i]->pongRecord, CheckText::tr("the pong at the alarm"))};
        if (up)
            return warn(CheckText::tr("The RTT rose from %1 to %2 and stayed").arg(text(usual), text(now)), evidence);
        return info(CheckText::tr("The RTT fell from %1 to %2 and stayed: another path, or something nearer answers")
                        .arg(text(usual), text(now)),
                    evidence);
    }
    return pass(CheckText::tr("No shift of the RTT over %1 pings").arg(pings.size()));
}

/// Failed attempts of those decided since `from`.
struct ErrorRate
{
    std::size_t attempts = 0;
    std::size_t failed = 0;
    double rate() const { return attempts > 0 ? static_cast<double>(failed) / static_cast<double>(attempts) : 0; }
};

ErrorRate errorsSince(const TargetTrack &target, Nanoseconds from)
{
    ErrorRate errors;
    for (auto attempt = target.attempts.rbegin(); attempt != target.attempts.rend() && attempt->time >= from;
         ++attempt) {
        ++errors.attempts;
        errors.failed += attempt->failed ? 1 : 0;
    }
    return errors;
}

/// Pings of all connections to the target: how many were missed, and the RTT that 99 of 100 stay under.
struct PingSum
{
    std::uint64_t sent = 0;
    std::uint64_t missed = 0;
    std::size_t samples = 0;
    Nanoseconds worstP99{0};
};

PingSum pingsOf(const TargetTrack &target)
{
    PingSum sum;
    for (const ConnectionFacts *connection : target.connections) {
        const auto &heartbeat = connection->heartbeat;
        sum.sent += heartbeat.pingsSent;
        sum.missed += heartbeat.missed;
        const auto rtt = heartbeat.rtt(capture::Direction::Sent);
        sum.samples += rtt.samples;
        if (rtt.samples > 0)
            sum.worstP99 = std::max(sum.worstP99, rtt.p99);
    }
    return sum;
}

Judgement slo(const Evaluation &evaluation)
{
    const TargetTrack *target = nullptr;
    if (auto none = unlessNewest(evaluation, target))
        return *none;
    const auto &settings = evaluation.settings;
    const ErrorRate all = errorsSince(*target, Nanoseconds(0));
    const PingSum pings = pingsOf(*target);
    if (all.attempts < settings.sloSamples && pings.samples < settings.sloSamples)
        return notApplicable(CheckText::tr("%1 attempts and %2 pongs; judged from %3 of either on")
                                 .arg(all.attempts)
                                 .arg(pings.samples)
                                 .arg(settings.sloSamples));
    const Nanoseconds now = std::max(evaluation.now, evaluation.all->lastTime);
    const auto percent = [](double share) { return QString::number(share * 100, 'f', 2); };
    const std::vector<Evidence> evidence{
        evidenceOf(target->failures.empty() ? evaluation.facts.started->record : target->failures.back().record,
                   CheckText::tr("the last failure"))};
    const auto burn = [&](Nanoseconds span, double limit) -> std::optional<double> {
        const ErrorRate errors = errorsSince(*target, now - span);
        const double rate = errors.rate() / settings.sloErrors;
        return errors.attempts >= settings.sloSamples && rate > limit ? std::optional(rate) : std::nullopt;
    };
    if (const auto rate = burn(std::chrono::hours(1), settings.burnFail))
        return fail(CheckText::tr("The errors of the last hour are %1 times what the objective of %2 % allows")
                        .arg(*rate, 0, 'f', 0)
                        .arg(percent(settings.sloErrors)),
                    evidence);
    if (const auto rate = burn(std::chrono::hours(6), settings.burnWarn))
        return warn(CheckText::tr("The errors of the last six hours are %1 times what the objective of %2 % allows")
                        .arg(*rate, 0, 'f', 0)
                        .arg(percent(settings.sloErrors)),
                    evidence);
    if (all.attempts >= settings.sloSamples && all.rate() > settings.sloErrors)
        return warn(CheckText::tr("%1 % of the attempts failed; the objective is %2 %")
                        .arg(percent(all.rate()), percent(settings.sloErrors)),
                    evidence);
    if (pings.samples >= settings.sloSamples && pings.worstP99 > settings.sloLatency)
        return warn(CheckText::tr("99 of 100 pongs came within %1; the objective is %2")
                        .arg(durationText(pings.worstP99), durationText(settings.sloLatency)),
                    evidence);
    const double loss = pings.sent > 0 ? static_cast<double>(pings.missed) / static_cast<double>(pings.sent) : 0;
    if (pings.sent >= settings.sloSamples && loss > settings.sloHeartbeatLoss)
        return warn(CheckText::tr("%1 % of the pings were not answered in time; the objective is %2 %")
                        .arg(percent(loss), percent(settings.sloHeartbeatLoss)),
                    evidence);
    return pass(CheckText::tr("Within the objectives: %1 % of %2 attempts failed, %3 % of %4 pings were missed")
                    .arg(percent(all.rate()))
                    .arg(all.attempts)
                    .arg(percent(loss))
                    .arg(pings.sent));
}

/// Ends that lie within a second of each other are one event.
std::vector<analysis::Recorded<Nanoseconds>> eventsOf(const TargetTrack &target)
{
    std::vector<analysis::Recorded<Nanoseconds>> events;
    for (const auto &lost : target.losts)
        if (events.empty() || lost.time - events.back().time > std::chrono::seconds(1))
            events.push_back(lost);
    return events;
}

/// Share of the events that stand at the same place within `period`, by the wall clock.
double shareInStep(const std::vector<analysis::Recorded<Nanoseconds>> &events, std::int64_t startWallMs, double period,
                   double width)
{
    std::vector<double> phases;
    for (const auto &event : events)
        phases.push_back(std::fmod(static_cast<double>(startWallMs) / 1000 + secondsOf(event.time), period) / period);
    std::size_t most = 0;
    for (const double begin : phases)
        most = std::max(most, static_cast<std::size_t>(std::ranges::count_if(
                                  phases, [&](double phase) { return std::fmod(phase - begin + 1, 1.0) <= width; })));
    return static_cast<double>(most) / static_cast<double>(phases.size());
}

Judgement periodicity(const Evaluation &evaluation)
{
    const TargetTrack *target = nullptr;
    if (auto none = unlessNewest(evaluation, target))
        return *none;
    const auto &settings = evaluation.settings;
    const auto events = eventsOf(*target);
    if (events.size() < settings.periodicEnds)
        return notApplicable(CheckText::tr("%1 of %2 ends apart from each other that are needed to tell")
                                 .arg(events.size())
                                 .arg(settings.periodicEnds));
    std::vector<double> lives;
    std::vector<double> gaps;
    for (std::size_t i = 0; i < events.size(); ++i) {
        lives.push_back(secondsOf(events[i].value));
        if (i > 0)
            gaps.push_back(secondsOf(events[i].time - events[i - 1].time));
    }
    constexpr double alike = 0.05;
    if (reconnect::variation(lives) < alike)
        return pass(CheckText::tr("The ends follow the age of each connection, not a clock"));
    const std::int64_t wall = evaluation.startWallMs.value_or(0);
    // The gap that is usual, and the marks at which cron jobs and rotations run; shorter than the events are apart,
    // chance alone would put them in step.
    const double usual = reconnect::median(gaps);
    for (const double period : {usual, 3600.0, 300.0, 60.0}) {
        if (period < usual * 0.9 || period < 10)
            continue;
        const double share = shareInStep(events, wall, period, settings.periodicWidth);
        const double span = secondsOf(events.back().time - events.front().time);
        if (share <= settings.periodicShare || span < 3 * period)
            continue;
        std::vector<Evidence> evidence;
        for (std::size_t i = 0; i < events.size() && i < maximumEvidence; ++i)
            evidence.push_back(evidenceOf(events[i].record, CheckText::tr("an end")));
        return warn(CheckText::tr("%1 % of %2 ends follow a period of %3")
                        .arg(share * 100, 0, 'f', 0)
                        .arg(events.size())
                        .arg(durationText(reconnect::durationOf(period))),
                    std::move(evidence));
    }
    return pass(CheckText::tr("%1 ends follow no clock").arg(events.size()));
}

} // namespace

std::vector<Check> statisticsChecks()
{
    return {
        {"stat.cusum-failures",
         Phase::Statistics,
         Severity::Medium,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Failures become more"),
         {{QT_TRANSLATE_NOOP("checks", "Something changed at the first alarm: a deploy, a certificate, a limit"),
           QT_TRANSLATE_NOOP("checks", "What the first failures after it have in common")}},
         QT_TRANSLATE_NOOP("checks", "Look at what changed just before the first alarm."),
         "S001 §4.4",
         cusumFailures,
         {}},
        {"stat.cusum-latency",
         Phase::Statistics,
         Severity::Medium,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "The RTT shifted"),
         {{QT_TRANSLATE_NOOP("checks", "Another route, or another server behind the balancer"),
           QT_TRANSLATE_NOOP("checks", "TCP RTT shifted as well")},
          {QT_TRANSLATE_NOOP("checks", "A queue in the server grows"), QT_TRANSLATE_NOOP("checks", "TCP RTT stayed")}},
         QT_TRANSLATE_NOOP("checks", "Compare the addresses, and TCP RTT with the ping's, before and after."),
         "S001 §4.4, made free of scale here",
         cusumLatency,
         {}},
        {"stat.setup-p95",
         Phase::Statistics,
         Severity::Medium,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Setups take long"),
         {{QT_TRANSLATE_NOOP("checks", "The stage with the largest share"),
           QT_TRANSLATE_NOOP("checks", "The averages beside the evidence")}},
         QT_TRANSLATE_NOOP("checks", "Mend the stage with the largest share: see its own checks."),
         "S001 §5",
         setupP95,
         {}},
        {"stat.slo",
         Phase::Statistics,
         Severity::Low,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Service-level objectives"),
         {{QT_TRANSLATE_NOOP("checks", "See the failures themselves"), ""}},
         QT_TRANSLATE_NOOP("checks", "Mend what fails most; or set objectives that fit (settings stat.slo.*)."),
         "S001 §4.2; burn rates as in site reliability engineering",
         slo,
         {}},
        {"stat.periodicity",
         Phase::Statistics,
         Severity::Low,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Ends follow a clock"),
         {{QT_TRANSLATE_NOOP("checks", "A cron job, a rotation of keys, a balancer that scales"),
           QT_TRANSLATE_NOOP("checks", "What else runs at that time")}},
         QT_TRANSLATE_NOOP("checks", "Move it, or let the server announce it with Close 1001 or 1012."),
         "S000 §5",
         periodicity,
         {}},
    };
}

} // namespace frameglass::diagnosis
