// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "reconnect_view.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using namespace reconnect;

std::vector<Nanoseconds> startsOf(const Chain &chain)
{
    std::vector<Nanoseconds> starts;
    for (const ConnectionFacts *attempt : chain)
        starts.push_back(attempt->started->time);
    return starts;
}

/// The attempt from which a breaker should have let nothing through: enough failed in the span before it.
std::optional<std::size_t> shouldOpenAt(const Chain &chain, Nanoseconds span, double share, std::uint64_t least)
{
    std::size_t failed = 0;
    for (std::size_t begin = 0, end = 0; end < chain.size(); ++end) {
        failed += analysis::neverOpened(*chain[end]) ? 1 : 0;
        for (; chain[end]->started->time - chain[begin]->started->time > span; ++begin)
            failed -= analysis::neverOpened(*chain[begin]) ? 1 : 0;
        const std::size_t attempts = end - begin + 1;
        if (attempts >= least && static_cast<double>(failed) >= share * static_cast<double>(attempts))
            return end;
    }
    return {};
}

Judgement breaker(const Evaluation &evaluation)
{
    const Chain *chain = nullptr;
    if (auto none = unlessRetried(evaluation, chain))
        return *none;
    const auto &settings = evaluation.settings;
    if (chain->size() < settings.breakerAttempts)
        return notApplicable(
            CheckText::tr("%1 attempts; judged from %2 on").arg(chain->size()).arg(settings.breakerAttempts));
    if (const auto opens =
            shouldOpenAt(*chain, settings.breakerOpenSpan, settings.breakerOpenShare, settings.breakerAttempts)) {
        const Nanoseconds moment = (*chain)[*opens]->started->time;
        const auto after = static_cast<std::size_t>(
            std::ranges::count_if(chain->begin() + static_cast<std::ptrdiff_t>(*opens) + 1, chain->end(),
                                  [&](const ConnectionFacts *attempt) {
                                      return attempt->started->time <= moment + settings.breakerOpenSpan;
                                  }));
        const QString text = CheckText::tr("%1 % of the attempts had failed by connection %2, and %3 more were made in "
                                           "the %4 after it")
                                 .arg(settings.breakerOpenShare * 100, 0, 'f', 0)
                                 .arg((*chain)[*opens]->id)
                                 .arg(after)
                                 .arg(durationText(settings.breakerOpenSpan));
        if (after > settings.breakerAttemptsFail)
            return fail(text, attemptsFrom(*chain, *opens, after + 1));
        if (after >= settings.breakerAttemptsWarn)
            return warn(text, attemptsFrom(*chain, *opens, after + 1));
    }
    if (const auto warns =
            shouldOpenAt(*chain, settings.breakerWarnSpan, settings.breakerWarnShare, settings.breakerAttempts))
        return warn(CheckText::tr("%1 % or more of at least %2 attempts failed within %3")
                        .arg(settings.breakerWarnShare * 100, 0, 'f', 0)
                        .arg(settings.breakerAttempts)
                        .arg(durationText(settings.breakerWarnSpan)),
                    attemptsFrom(*chain, *warns + 1 - std::min<std::size_t>(*warns + 1, settings.breakerAttempts),
                                 settings.breakerAttempts));
    return pass(CheckText::tr("The attempts stay under both limits of a circuit breaker"));
}

/// Second and later attempts of all clients at the same target, by time, and how many clients there are.
struct Crowd
{
    std::size_t clients = 0;
    std::vector<Nanoseconds> returns;
    Chain attempts;
};

Crowd crowdOf(const Evaluation &evaluation)
{
    Crowd crowd;
    for (const Chain *chain : chainsBeside(evaluation)) {
        ++crowd.clients;
        crowd.attempts.insert(crowd.attempts.end(), chain->begin() + 1, chain->end());
    }
    std::ranges::sort(crowd.attempts, {}, [](const ConnectionFacts *attempt) { return attempt->started->time; });
    crowd.returns = startsOf(crowd.attempts);
    return crowd;
}

Judgement storm(const Evaluation &evaluation)
{
    const Chain *chain = nullptr;
    if (auto none = unlessRetried(evaluation, chain))
        return *none;
    const auto &settings = evaluation.settings;
    std::size_t first = 0;
    const std::size_t most = mostWithin(startsOf(*chain), std::chrono::minutes(1), first);
    const QString text = CheckText::tr("%1 attempts of this client within a minute").arg(most);
    if (most > settings.stormFail)
        return fail(text, attemptsFrom(*chain, first, most));
    if (most > settings.stormWarn)
        return warn(text, attemptsFrom(*chain, first, most));
    const Crowd crowd = crowdOf(evaluation);
    if (crowd.clients >= settings.stormClients) {
        const std::size_t together = mostWithin(crowd.returns, settings.stormSpan, first);
        if (static_cast<double>(together) > settings.stormShare * static_cast<double>(crowd.clients))
            return warn(CheckText::tr("%1 of %2 clients came back within %3")
                            .arg(together)
                            .arg(crowd.clients)
                            .arg(durationText(settings.stormSpan)),
                        attemptsFrom(crowd.attempts, first, together));
    }
    return pass(text);
}

Judgement flapping(const Evaluation &evaluation)
{
    const Chain *chain = nullptr;
    if (auto none = unlessRetried(evaluation, chain))
        return *none;
    const auto &settings = evaluation.settings;
    Chain brief;
    std::ranges::copy_if(*chain, std::back_inserter(brief), [&](const ConnectionFacts *attempt) {
        return analysis::wasLost(*attempt) && isFailure(*attempt, settings);
    });
    std::size_t first = 0;
    const std::size_t most = mostWithin(startsOf(brief), std::chrono::minutes(1), first);
    const QString text = CheckText::tr("%1 connections within a minute opened and were lost in less than %2 each")
                             .arg(most)
                             .arg(durationText(settings.flappingLife));
    if (most > settings.flappingFail)
        return fail(text, attemptsFrom(brief, first, most));
    if (most > settings.flappingWarn)
        return warn(text, attemptsFrom(brief, first, most));
    return pass(text);
}

} // namespace

std::vector<Check> reconnectRateChecks()
{
    return {
        {"reconnect.breaker",
         Phase::Reconnect,
         Severity::Medium,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Attempts go on while nearly all fail"),
         {{QT_TRANSLATE_NOOP("checks", "The client has no circuit breaker"),
           QT_TRANSLATE_NOOP("checks", "It goes on at the same pace however long the server is away")},
          {QT_TRANSLATE_NOOP("checks", "The server is away for long"), ""}},
         QT_TRANSLATE_NOOP("checks", "Warn at 40 % failures in 60 s; at 70 % in 300 s stop for 300 s, then try once."),
         "S001 §2.5",
         breaker,
         {}},
        {"reconnect.storm",
         Phase::Reconnect,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §7.2.3",
         "https://www.rfc-editor.org/rfc/rfc6455#section-7.2.3",
         QT_TRANSLATE_NOOP("checks", "Too many attempts"),
         {{QT_TRANSLATE_NOOP("checks", "The client waits hardly or not at all"),
           QT_TRANSLATE_NOOP("checks", "The delays of \"Delays that do not grow\" are short")},
          {QT_TRANSLATE_NOOP("checks", "The server accepts, then closes; the client takes the open for a success"),
           QT_TRANSLATE_NOOP("checks", "\"Connections that die at once\" warns too")},
          {QT_TRANSLATE_NOOP("checks", "Many clients lost their connections together"), ""}},
         QT_TRANSLATE_NOOP("checks",
                           "Back off with chance in the client; let the server answer 503 with Retry-After, or "
                           "close with 1013, while it is overloaded."),
         "RFC 6455 §7.2.3; S002 §4",
         storm,
         {}},
        {"reconnect.flapping",
         Phase::Reconnect,
         Severity::High,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Connections that die at once"),
         {{QT_TRANSLATE_NOOP("checks", "The server refuses only after the upgrade, for want of credentials"),
           QT_TRANSLATE_NOOP("checks", "It closes with 1008, 3000 or 4401")},
          {QT_TRANSLATE_NOOP("checks", "The server crashes on the first message, again and again"),
           QT_TRANSLATE_NOOP("checks", "TCP ends without a Close after the same message")},
          {QT_TRANSLATE_NOOP("checks", "A deadline of the heartbeat is too short"), ""}},
         QT_TRANSLATE_NOOP("checks", "Begin the count of attempts anew only after the connection stood for 30 s; mend "
                                     "what ends it."),
         "S001 §5",
         flapping,
         {"reconnect.storm"}},
    };
}

} // namespace frameglass::diagnosis
