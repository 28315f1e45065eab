// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "reconnect_view.h"
#include "response_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace frameglass::diagnosis {

namespace {

using analysis::ConnectionFacts;
using analysis::PingFact;
using capture::Direction;

/// The newest ping of that direction and the mean time between them; nothing with fewer than three pings.
struct Beat
{
    Nanoseconds last{0};
    Nanoseconds period{0};
    capture::RecordId record = 0;
};

std::optional<Beat> beatOf(const ConnectionFacts &facts, Direction direction)
{
    const auto &heartbeat = facts.heartbeat;
    const auto period = heartbeat.meanInterval(direction);
    if (!period || *period <= Nanoseconds(0) || heartbeat.pingsOf(direction) < 3)
        return {};
    const auto last =
        std::ranges::find(heartbeat.pings().rbegin(), heartbeat.pings().rend(), direction, &PingFact::direction);
    return Beat{last->sent, *period, last->pingRecord};
}

/// Where in the period each connection beats, 0 to 1, and the proofs.
struct Phases
{
    std::vector<double> phases;
    std::vector<Evidence> evidence;
    double concentration = 0; ///< R: the length of the mean of all phases as vectors of length 1
    double mostInSlice = 0;   ///< share
};

Phases phasesOf(const std::vector<Beat> &beats, const Settings &settings)
{
    std::vector<double> periods;
    for (const Beat &beat : beats)
        periods.push_back(reconnect::secondsOf(beat.period));
    const double period = reconnect::median(std::move(periods));
    Phases result;
    double x = 0;
    double y = 0;
    for (const Beat &beat : beats) {
        const double phase = std::fmod(reconnect::secondsOf(beat.last), period) / period;
        x += std::cos(2 * std::numbers::pi * phase);
        y += std::sin(2 * std::numbers::pi * phase);
        result.phases.push_back(phase);
        if (result.evidence.size() < settings.clusterEvidence)
            result.evidence.push_back(evidenceOf(beat.record, CheckText::tr("a ping")));
    }
    const auto count = static_cast<double>(result.phases.size());
    result.concentration = std::hypot(x, y) / count;
    for (const double begin : result.phases) {
        const auto inside = std::ranges::count_if(
            result.phases, [&](double phase) { return std::fmod(phase - begin + 1, 1.0) <= settings.beatsSlice; });
        result.mostInSlice = std::max(result.mostInSlice, static_cast<double>(inside) / count);
    }
    return result;
}

Judgement synchronised(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &settings = evaluation.settings;
    const auto *target = evaluation.all != nullptr ? evaluation.all->targetOf(evaluation.facts) : nullptr;
    std::array<std::vector<Beat>, 2> beats;
    if (target != nullptr)
        for (const ConnectionFacts *other : target->connections)
            for (const Direction direction : {Direction::Sent, Direction::Received})
                if (const auto beat = beatOf(*other, direction))
                    beats[static_cast<std::size_t>(direction)].push_back(*beat);
    auto &most = beats[beats[1].size() > beats[0].size() ? 1 : 0];
    // Phases of pings that are hours apart tell nothing: a period is known to some milliseconds only.
    const auto newest = std::ranges::max_element(most, {}, &Beat::last);
    if (newest != most.end())
        std::erase_if(most, [last = newest->last](const Beat &beat) { return last - beat.last > 2 * beat.period; });
    if (most.size() < settings.beatsTogetherNeeded)
        return notApplicable(CheckText::tr("%1 connections here have a heartbeat to compare; judged from %2 on")
                                 .arg(most.size())
                                 .arg(settings.beatsTogetherNeeded));
    const Phases phases = phasesOf(most, settings);
    const QString text = CheckText::tr("%1 connections; %2 % of them ping within %3 % of the period (concentration %4)")
                             .arg(most.size())
                             .arg(phases.mostInSlice * 100, 0, 'f', 0)
                             .arg(settings.beatsSlice * 100, 0, 'f', 0)
                             .arg(phases.concentration, 0, 'f', 2);
    if (phases.concentration > settings.beatsConcentration || phases.mostInSlice > settings.beatsShare)
        return warn(text, phases.evidence);
    return pass(text);
}

Judgement adaptiveSane(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &settings = evaluation.settings;
    if (!settings.adaptiveHeartbeat)
        return notApplicable(
            CheckText::tr("No adaptive heartbeat is declared (setting %1)").arg(QLatin1String("heartbeat.adaptive")));
    for (const Direction direction : {Direction::Sent, Direction::Received}) {
        const auto beat = beatOf(evaluation.facts, direction);
        if (!beat)
            continue;
        const auto rtt = evaluation.facts.heartbeat.rtt(direction);
        const std::vector<Evidence> evidence{evidenceOf(beat->record, CheckText::tr("the last ping"))};
        if (beat->period < settings.adaptiveShortest || beat->period > settings.adaptiveLongest)
            return warn(CheckText::tr("A ping every %1, outside %2 to %3")
                            .arg(durationText(beat->period), durationText(settings.adaptiveShortest),
                                 durationText(settings.adaptiveLongest)),
                        evidence);
        if (rtt.samples == 0)
            return notApplicable(CheckText::tr("No ping was answered"));
        const double expected =
            std::clamp(settings.adaptiveOfRtt * reconnect::secondsOf(rtt.median),
                       reconnect::secondsOf(settings.adaptiveShortest), reconnect::secondsOf(settings.adaptiveLongest));
        const double period = reconnect::secondsOf(beat->period);
        const QString text = CheckText::tr("A ping every %1; the RTT of %2 would make it %3")
                                 .arg(durationText(beat->period), durationText(rtt.median),
                                      durationText(reconnect::durationOf(expected)));
        return std::abs(period - expected) > settings.adaptiveSlack * expected ? warn(text, evidence) : pass(text);
    }
    return notApplicable(CheckText::tr("Fewer than three pings passed"));
}

bool userAgentHas(const ConnectionFacts &facts, std::initializer_list<std::string_view> parts)
{
    const auto *agent = facts.request ? facts.request->value.find("User-Agent") : nullptr;
    return agent != nullptr && std::ranges::any_of(parts, [&](std::string_view part) {
               return agent->value.find(part) != std::string::npos;
           });
}

/// The timers of a hidden tab run once a minute; what they send comes in steps of a minute.
Judgement backgroundThrottle(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const ConnectionFacts &facts = evaluation.facts;
    if (facts.vantage() == capture::Vantage::Client || !userAgentHas(facts, {"Mozilla/"}))
        return notApplicable(CheckText::tr("The client is no browser"));
    const auto &flow = facts.flow(facts.serverDirection() == Direction::Sent ? Direction::Received : Direction::Sent);
    const auto &cadence = flow.cadence;
    if (cadence.throttledGaps.value < evaluation.settings.throttleSteps || cadence.shorterGaps == 0)
        return pass(CheckText::tr("The page's messages do not come once a minute"));
    return warn(CheckText::tr("%1 messages in a row came 60 s apart, after shorter gaps before: the tab was hidden")
                    .arg(cadence.throttledGaps.value + 1),
                {evidenceOf(cadence.throttledGaps.record, CheckText::tr("the last of them"))});
}

Judgement mobileSuspend(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const ConnectionFacts &facts = evaluation.facts;
    if (facts.vantage() == capture::Vantage::Client ||
        !userAgentHas(facts, {"Mobile", "Android", "iPhone", "iPad", "okhttp", "CFNetwork", "Dart"}))
        return notApplicable(CheckText::tr("The client is no phone by its User-Agent"));
    if (facts.longestSilence < evaluation.settings.suspendFrom)
        return pass(CheckText::tr("The longest silence was %1").arg(durationText(facts.longestSilence)));
    return info(
        CheckText::tr("A phone was silent for %1, pongs included: its system may have put the app to sleep")
            .arg(durationText(facts.longestSilence)),
        {evidenceOf(facts.longestSilenceAfter.value_or(0), CheckText::tr("the last octets before the silence"))});
}

/// From ping to pong of the slowest, where it is slower than usual by more than `slower`.
struct Stall
{
    Nanoseconds begin{0};
    Nanoseconds end{0};
    Nanoseconds slower{0};
    capture::RecordId record = 0;
};

std::optional<Stall> stallOf(const ConnectionFacts &facts, Nanoseconds slower)
{
    const auto &slowest = facts.heartbeat.slowest();
    if (!slowest || !slowest->rtt)
        return {};
    const Nanoseconds usual = facts.heartbeat.rtt(Direction::Sent).median;
    if (*slowest->rtt - usual <= slower)
        return {};
    return Stall{slowest->sent, slowest->sent + *slowest->rtt, *slowest->rtt - usual, slowest->pongRecord};
}

Judgement serverPause(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return *closed;
    const auto &settings = evaluation.settings;
    const auto *target = evaluation.all != nullptr ? evaluation.all->targetOf(evaluation.facts) : nullptr;
    if (target == nullptr || target->connections.size() < settings.pauseConnections)
        return notApplicable(
            CheckText::tr("Fewer than %1 connections to the same server").arg(settings.pauseConnections));
    if (!evaluation.facts.heartbeat.slowest())
        return notApplicable(CheckText::tr("No ping was answered"));
    const auto own = stallOf(evaluation.facts, settings.pauseWarn);
    if (!own)
        return pass(
            CheckText::tr("No pong was later than usual by more than %1").arg(durationText(settings.pauseWarn)));
    std::size_t together = 0;
    Nanoseconds least = own->slower;
    std::vector<Evidence> evidence;
    for (const ConnectionFacts *other : target->connections) {
        const auto stall = stallOf(*other, settings.pauseWarn);
        if (!stall || stall->end < own->begin || stall->begin > own->end)
            continue;
        ++together;
        least = std::min(least, stall->slower);
        if (evidence.size() < settings.clusterEvidence)
            evidence.push_back(evidenceOf(stall->record, CheckText::tr("late pong of connection %1").arg(other->id)));
    }
    if (together < settings.pauseConnections)
        return pass(CheckText::tr("A pong was late here alone: rather this connection than the server"));
    const QString text = CheckText::tr("The pongs of %1 connections were late together, by %2 at least")
                             .arg(together)
                             .arg(durationText(least));
    return least > settings.pauseFail ? fail(text, evidence) : warn(text, evidence);
}

} // namespace

std::vector<Check> heartbeatTogetherChecks()
{
    return {
        {"heartbeat.synchronised",
         Phase::Heartbeat,
         Severity::Medium,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Clients beat in lockstep"),
         {{QT_TRANSLATE_NOOP("checks", "One ticker of the server, or of a load generator, pings all"),
           QT_TRANSLATE_NOOP("checks", "All pings leave within milliseconds")},
          {QT_TRANSLATE_NOOP("checks", "All clients connected at the same moment"),
           QT_TRANSLATE_NOOP("checks", "Their connections began together too")}},
         QT_TRANSLATE_NOOP("checks", "Give each tick a chance of ±30 %."),
         "S001 §2.3",
         synchronised,
         {}},
        {"heartbeat.adaptive-sane",
         Phase::Heartbeat,
         Severity::Low,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Adaptive interval out of bounds"),
         {{QT_TRANSLATE_NOOP("checks", "The scheduler does not follow the RTT"),
           QT_TRANSLATE_NOOP("checks", "The interval stays when the RTT changes")}},
         QT_TRANSLATE_NOOP("checks", "Interval = 1.5 × RTT within bounds that suit the path, for example 15 to 30 s."),
         "S001 §2.3",
         adaptiveSane,
         {}},
        {"heartbeat.background-throttle",
         Phase::Heartbeat,
         Severity::Medium,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Heartbeats of a hidden tab"),
         {{QT_TRANSLATE_NOOP("checks",
                             "The tab was hidden for more than 5 min, and the page's script sends the heartbeat"),
           QT_TRANSLATE_NOOP("checks", "The messages come once a minute, to the second")}},
         QT_TRANSLATE_NOOP("checks",
                           "Let the server ping; or run the timer in a Worker; or let the server wait for 70 s "
                           "at least."),
         "Chrome 88 intensive throttling; vertx-eventbus-bridge-clients#51; nextcloud/text#8005; stompjs#335",
         backgroundThrottle,
         {}},
        {"heartbeat.mobile-suspend",
         Phase::Heartbeat,
         Severity::Low,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "The app was asleep"),
         {},
         QT_TRANSLATE_NOOP("checks", "Connect again when the app comes to the front; reach a sleeping one by push."),
         "S001 ch.1",
         mobileSuspend,
         {}},
        {"heartbeat.server-pause",
         Phase::Heartbeat,
         Severity::Medium,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "The server paused"),
         {{QT_TRANSLATE_NOOP("checks", "A garbage collector stopped the world"),
           QT_TRANSLATE_NOOP("checks", "Its log of collections has one at that time")},
          {QT_TRANSLATE_NOOP("checks", "The event loop was blocked by one handler"),
           QT_TRANSLATE_NOOP("checks", "Messages to all connections stopped, TCP went on")},
          {QT_TRANSLATE_NOOP("checks", "The container's CPU limit held it back"),
           QT_TRANSLATE_NOOP("checks", "container_cpu_cfs_throttled_periods_total counts up")}},
         QT_TRANSLATE_NOOP("checks",
                           "Tune the collector, move work off the loop, and take no pause for a death: let the "
                           "deadline be longer than the longest pause."),
         "S001 §5; websockets#1620, #625",
         serverPause,
         {}},
    };
}

} // namespace frameglass::diagnosis
