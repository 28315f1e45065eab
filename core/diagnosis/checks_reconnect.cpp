// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "reconnect_view.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

namespace frameglass::diagnosis {

namespace {

using namespace reconnect;

std::vector<double> secondsOfAll(const std::vector<Delay> &delays)
{
    std::vector<double> seconds;
    for (const Delay &delay : delays)
        seconds.push_back(secondsOf(delay.waited));
    return seconds;
}

/// The later half's median against the earlier half's: chance in single delays, as jitter wants it, hides no growth.
double growthOf(const std::vector<double> &seconds)
{
    const auto half = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
    const double before = median({seconds.begin(), half});
    return before > 0 ? median({half, seconds.end()}) / before : 0;
}

/// From one delay to the next, up to where the largest is reached.
double stepOf(const std::vector<double> &seconds)
{
    const double most = *std::ranges::max_element(seconds);
    std::vector<double> ratios;
    for (std::size_t i = 1; i < seconds.size() && seconds[i - 1] < 0.9 * most; ++i)
        if (seconds[i - 1] > 0)
            ratios.push_back(seconds[i] / seconds[i - 1]);
    return median(std::move(ratios));
}

std::optional<Judgement> unlessFailures(const Evaluation &evaluation, const Chain *&chain, Run &run)
{
    if (auto none = unlessRetried(evaluation, chain))
        return none;
    run = longestRun(*chain, evaluation.settings);
    if (run.failures < evaluation.settings.backoffFailures || run.delays.size() < 2)
        return notApplicable(CheckText::tr("%1 failures in a row; judged from %2 on")
                                 .arg(run.failures)
                                 .arg(evaluation.settings.backoffFailures));
    return {};
}

Judgement backoffShape(const Evaluation &evaluation)
{
    const Chain *chain = nullptr;
    Run run;
    if (auto none = unlessFailures(evaluation, chain, run))
        return *none;
    const auto &settings = evaluation.settings;
    std::size_t shortInARow = 0;
    for (std::size_t i = 0, now = 0; i < run.delays.size(); ++i) {
        now = run.delays[i].waited < settings.backoffTooShort ? now + 1 : 0;
        shortInARow = std::max(shortInARow, now);
    }
    if (shortInARow >= settings.backoffTooShortTimes)
        return fail(CheckText::tr("%1 attempts in a row, each less than %2 after the failure before")
                        .arg(shortInARow)
                        .arg(durationText(settings.backoffTooShort)),
                    evidenceOf(run.delays));
    const auto seconds = secondsOfAll(run.delays);
    const bool shrinks = seconds.size() >= 3 && std::ranges::adjacent_find(seconds, [](double one, double next) {
                                                    return next > 0.9 * one;
                                                }) == seconds.end();
    if (shrinks)
        return fail(CheckText::tr("The delays shrink: %1").arg(listed(run.delays)), evidenceOf(run.delays));
    if (growthOf(seconds) < settings.backoffGrowth)
        return warn(
            CheckText::tr("The delays do not grow over %1 failures: %2").arg(run.failures).arg(listed(run.delays)),
            evidenceOf(run.delays));
    const double step = stepOf(seconds);
    const QString text =
        CheckText::tr("The delays grow, by %1 from one to the next: %2").arg(step, 0, 'f', 1).arg(listed(run.delays));
    return step > settings.backoffGrowthMost ? info(text, evidenceOf(run.delays)) : pass(text);
}

/// Delays after the n-th failure of all clients at the same target.
std::map<std::size_t, std::vector<double>> delaysByNumber(const Evaluation &evaluation)
{
    std::map<std::size_t, std::vector<double>> byNumber;
    for (const Chain *chain : chainsBeside(evaluation))
        for (const Run &run : runsOf(*chain, evaluation.settings))
            for (std::size_t i = 0; i < run.delays.size(); ++i)
                byNumber[i].push_back(secondsOf(run.delays[i].waited));
    return byNumber;
}

Judgement jitter(const Evaluation &evaluation)
{
    const Chain *chain = nullptr;
    if (auto none = unlessRetried(evaluation, chain))
        return *none;
    const auto &settings = evaluation.settings;
    std::vector<double> variations;
    std::size_t compared = 0;
    for (const auto &[number, seconds] : delaysByNumber(evaluation)) {
        if (seconds.size() < settings.jitterDelays)
            continue;
        variations.push_back(variation(seconds));
        compared += seconds.size();
    }
    const Run run = longestRun(*chain, settings);
    if (variations.empty()) {
        // A fixed timer shows itself in one outage: its delays are meant to be alike.
        const auto seconds = secondsOfAll(run.delays);
        const bool fixed = seconds.size() >= settings.jitterDelays && growthOf(seconds) < settings.backoffGrowth &&
                           growthOf(seconds) > 1 / settings.backoffGrowth;
        if (!fixed)
            return notApplicable(CheckText::tr("Fewer than %1 delays after equally many failures to compare")
                                     .arg(settings.jitterDelays));
        variations.push_back(variation(seconds));
        compared = seconds.size();
    }
    const double spread = median(std::move(variations));
    const QString text = CheckText::tr("%1 delays after equally many failures are spread by %2 %")
                             .arg(compared)
                             .arg(spread * 100, 0, 'f', 1);
    if (spread < settings.jitterWarn)
        return warn(text,
                    evidenceOf(run.delays.empty() ? std::vector<Delay>{{Nanoseconds(0), chain->back()}} : run.delays));
    return spread < settings.jitterGood ? info(text) : pass(text);
}

Judgement cap(const Evaluation &evaluation)
{
    const Chain *chain = nullptr;
    Run run;
    if (auto none = unlessFailures(evaluation, chain, run))
        return *none;
    const auto &settings = evaluation.settings;
    const auto longest = std::ranges::max_element(run.delays, {}, &Delay::waited);
    const QString text = CheckText::tr("The longest delay was %1, over %2 failures")
                             .arg(durationText(longest->waited))
                             .arg(run.failures);
    if (longest->waited > settings.capWarn)
        return warn(text, evidenceOf({*longest}));
    return longest->waited > settings.capGood ? info(text) : pass(text);
}

/// What a profile of the catalogue lets one wait after the n-th failure, n from 0.
struct Profile
{
    QString name;
    double shortest = 0;
    double longest = 0;
    double factor = 1;
    double most = 0;
    std::size_t tries = 0;

    std::pair<double, double> allowed(std::size_t number, double slack) const
    {
        const double grown = std::pow(factor, static_cast<double>(number));
        return {std::min(shortest * grown, most) * (1 - slack), std::min(longest * grown, most) * (1 + slack)};
    }
};

Profile profileOf(ReconnectProfile profile)
{
    switch (profile) {
    case ReconnectProfile::Trading: return {CheckText::tr("trading"), 1, 1, 1.8, 3, 5};
    case ReconnectProfile::Orders: return {CheckText::tr("orders"), 1.5, 1.5, 1, 1.5, 8};
    case ReconnectProfile::Notifications: return {CheckText::tr("notifications"), 0.5, 3, 1, 3, 12};
    case ReconnectProfile::None: break;
    }
    return {};
}

Judgement profile(const Evaluation &evaluation)
{
    const auto &settings = evaluation.settings;
    if (settings.reconnectProfile == ReconnectProfile::None)
        return notApplicable(
            CheckText::tr("No profile is declared (setting %1)").arg(QLatin1String("reconnect.profile")));
    const Chain *chain = nullptr;
    if (auto none = unlessRetried(evaluation, chain))
        return *none;
    const Profile wanted = profileOf(settings.reconnectProfile);
    std::size_t compared = 0;
    for (const Run &run : runsOf(*chain, settings)) {
        for (std::size_t i = 0; i < run.delays.size(); ++i) {
            const auto [from, to] = wanted.allowed(i, settings.profileSlack);
            const double waited = secondsOf(run.delays[i].waited);
            ++compared;
            if (i >= wanted.tries)
                return warn(
                    CheckText::tr("More than the %1 tries of profile \"%2\"").arg(wanted.tries).arg(wanted.name),
                    evidenceOf({run.delays[i]}));
            if (waited < from || waited > to)
                return warn(CheckText::tr("Delay %1 was %2; profile \"%3\" allows %4 to %5 s")
                                .arg(i + 1)
                                .arg(durationText(run.delays[i].waited), wanted.name)
                                .arg(from, 0, 'f', 2)
                                .arg(to, 0, 'f', 2),
                            evidenceOf({run.delays[i]}));
        }
    }
    if (compared == 0)
        return notApplicable(CheckText::tr("No attempt failed"));
    return pass(CheckText::tr("%1 delays are as profile \"%2\" wants them").arg(compared).arg(wanted.name));
}

} // namespace

std::vector<Check> reconnectChecks()
{
    std::vector<Check> rows{
        {"reconnect.backoff-shape",
         Phase::Reconnect,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §7.2.3",
         "https://www.rfc-editor.org/rfc/rfc6455#section-7.2.3",
         QT_TRANSLATE_NOOP("checks", "Delays that do not grow"),
         {{QT_TRANSLATE_NOOP("checks", "A timer with a fixed interval"),
           QT_TRANSLATE_NOOP("checks", "All delays are alike, to some milliseconds")},
          {QT_TRANSLATE_NOOP("checks",
                             "The counter of attempts begins anew with each TCP connect, not with each stable "
                             "connection"),
           QT_TRANSLATE_NOOP("checks", "The first delay comes back after each connection that opened and died")}},
         QT_TRANSLATE_NOOP("checks", "Double the delay after each failure, up to 30 s; begin anew only after the "
                                     "connection stood for 30 s."),
         "RFC 6455 §7.2.3; S001 §2.5",
         backoffShape,
         {}},
        {"reconnect.jitter",
         Phase::Reconnect,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §7.2.3",
         "https://www.rfc-editor.org/rfc/rfc6455#section-7.2.3",
         QT_TRANSLATE_NOOP("checks", "Delays without chance"),
         {{QT_TRANSLATE_NOOP("checks", "The delay is computed from the number of the attempt alone"),
           QT_TRANSLATE_NOOP("checks", "Clients that lost their connections together come back together")},
          {QT_TRANSLATE_NOOP("checks", "The chance is too small beside the delay, for example 100 ms of 30 s"), ""}},
         QT_TRANSLATE_NOOP("checks", "Wait a random time between zero and the computed delay (full jitter); spread the "
                                     "first one over 0 to 5 s."),
         "RFC 6455 §7.2.3; gecko FailDelay; websockets client.py; socket.io-client",
         jitter,
         {}},
        {"reconnect.cap",
         Phase::Reconnect,
         Severity::Low,
         Kind::Passive,
         "RFC 6455 §7.2.3",
         "https://www.rfc-editor.org/rfc/rfc6455#section-7.2.3",
         QT_TRANSLATE_NOOP("checks", "Longest delay"),
         {{QT_TRANSLATE_NOOP("checks", "The delay doubles without a limit"), ""}},
         QT_TRANSLATE_NOOP("checks", "Let no delay be longer than 30 s."),
         "RFC 6455 §7.2.3; S001 §2.5",
         cap,
         {}},
    };
    for (auto phase : {reconnectCauseChecks, reconnectRateChecks}) {
        auto more = phase();
        std::ranges::move(more, std::back_inserter(rows));
    }
    rows.push_back({"reconnect.profile",
                    Phase::Reconnect,
                    Severity::Low,
                    Kind::Passive,
                    "none",
                    "",
                    QT_TRANSLATE_NOOP("checks", "Delays of the declared profile"),
                    {{QT_TRANSLATE_NOOP("checks", "Another profile is configured for this stream"), ""}},
                    QT_TRANSLATE_NOOP("checks", "Configure the profile of this stream."),
                    "S001 §5",
                    profile,
                    {}});
    return rows;
}

} // namespace frameglass::diagnosis
