// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "proxy_view.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace frameglass::diagnosis {

namespace {

using analysis::ConnectionFacts;

/// An end that the other side, or something between, brought about, or that says so: no Close at all, or one that
/// speaks of leaving, failing or restarting.
bool isUnwanted(const ConnectionFacts &facts)
{
    if (!facts.openedAt || facts.transportEnds.empty())
        return false;
    if (facts.endedWithoutClose())
        return true;
    const auto order = facts.closeOrder();
    if (!order || order->oursFirst || !facts.closeReceived->value.code)
        return false;
    const std::uint16_t code = *facts.closeReceived->value.code;
    return code == 1001 || (code >= 1011 && code <= 1014);
}

Nanoseconds endOf(const ConnectionFacts &facts)
{
    return facts.transportEnds.front().time;
}

Nanoseconds lifeOf(const ConnectionFacts &facts)
{
    return endOf(facts) - *facts.openedAt;
}

/// All ends at the same URL, this one's included.
std::vector<const ConnectionFacts *> endsAtSameTarget(const Evaluation &evaluation)
{
    std::vector<const ConnectionFacts *> ends;
    const auto *target = evaluation.all != nullptr ? evaluation.all->targetOf(evaluation.facts) : nullptr;
    if (target != nullptr)
        std::ranges::copy_if(target->connections, std::back_inserter(ends), [](const ConnectionFacts *other) {
            return other->openedAt && !other->transportEnds.empty();
        });
    return ends;
}

/// Only ends that nobody here asked for tell of a limit: what we closed lived as long as we wanted.
Judgement lifetimeCluster(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto standing = proxy::unlessEnded(facts))
        return *standing;
    const auto &settings = evaluation.settings;
    const auto ends = endsAtSameTarget(evaluation);
    if (ends.size() < settings.clusterEnds)
        return notApplicable(CheckText::tr("%1 of %2 ends at this URL that are needed to tell")
                                 .arg(ends.size())
                                 .arg(settings.clusterEnds));
    if (!isUnwanted(facts) || lifeOf(facts) < settings.clusterLife)
        return pass(CheckText::tr("This end is no part of a cluster"));
    const Nanoseconds life = lifeOf(facts);
    std::vector<Evidence> evidence;
    std::size_t alike = 0;
    for (const auto *other : ends) {
        if (!isUnwanted(*other) || !proxy::isNear(life, lifeOf(*other), Nanoseconds(0), settings.clusterWidth))
            continue;
        ++alike;
        if (evidence.size() < settings.clusterEvidence)
            evidence.push_back(
                {other->transportEnds.front().record, 0, 0,
                 CheckText::tr("connection %1 after %2").arg(other->id).arg(durationText(lifeOf(*other)))});
    }
    if (static_cast<double>(alike) < settings.clusterShare * static_cast<double>(ends.size()))
        return pass(CheckText::tr("%1 of %2 ends are at about the same age").arg(alike).arg(ends.size()));
    return warn(CheckText::tr("%1 of %2 ended at an age of %3").arg(alike).arg(ends.size()).arg(durationText(life)),
                std::move(evidence));
}

Judgement massEvent(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto standing = proxy::unlessEnded(facts))
        return *standing;
    if (evaluation.all == nullptr)
        return notApplicable(CheckText::tr("There is no other connection to compare with"));
    const auto &settings = evaluation.settings;
    std::size_t monitored = 0;
    std::size_t together = 0;
    std::set<std::string> targets;
    std::vector<Evidence> evidence;
    for (const auto &[id, other] : evaluation.all->connections()) {
        if (other->isListener() || !other->openedAt || other->vantage() != facts.vantage() ||
            *other->openedAt > endOf(facts) ||
            (other->isOver() && other->ended->time < endOf(facts) - settings.massSpan))
            continue;
        ++monitored;
        if (!isUnwanted(*other))
            continue;
        const Nanoseconds apart = std::max(endOf(*other), endOf(facts)) - std::min(endOf(*other), endOf(facts));
        if (apart > settings.massSpan)
            continue;
        ++together;
        if (other->started)
            targets.insert(other->started->value.url);
        if (evidence.size() < settings.clusterEvidence)
            evidence.push_back({other->transportEnds.front().record, 0, 0, CheckText::tr("connection %1").arg(id)});
    }
    if (monitored < settings.massEnds)
        return notApplicable(CheckText::tr("Fewer than %1 connections stood at that moment").arg(settings.massEnds));
    const bool many = together >= settings.massEnds &&
                      static_cast<double>(together) >= settings.massShare * static_cast<double>(monitored);
    if (!isUnwanted(facts) || !many)
        return pass(CheckText::tr("%1 of %2 ended within %3")
                        .arg(together)
                        .arg(monitored)
                        .arg(durationText(settings.massSpan)));
    return warn(targets.size() > 1
                    ? CheckText::tr("%1 of %2 ended within %3, at several URLs: rather the network here")
                          .arg(together)
                          .arg(monitored)
                          .arg(durationText(settings.massSpan))
                    : CheckText::tr("%1 of %2 ended within %3, all at one URL: rather a deploy, a reload or a crash")
                          .arg(together)
                          .arg(monitored)
                          .arg(durationText(settings.massSpan)),
                std::move(evidence));
}

} // namespace

std::vector<Check> closeTogetherChecks()
{
    return {
        {"close.lifetime-cluster",
         Phase::Close,
         Severity::High,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Ends at one age"),
         {{QT_TRANSLATE_NOOP("checks", "A limit on age or idle time"),
           QT_TRANSLATE_NOOP("checks",
                             "15 s: Envoy's route; 60 s: nginx, AWS ALB; 100 s: Cloudflare; 300 s: Envoy, idle; 600 s "
                             "and 7,200 s: API Gateway; 3,600 s: a maximum age")}},
         QT_TRANSLATE_NOOP("checks",
                           "Send heartbeats, or replace connections before that age, each at its own moment."),
         "S000 §5; Envoy's FAQ; AWS quotas",
         lifetimeCluster,
         {}},
        {"close.mass-event",
         Phase::Close,
         Severity::High,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Many ends at one moment"),
         {{QT_TRANSLATE_NOOP("checks", "A deploy, a reload or a crash"),
           QT_TRANSLATE_NOOP("checks", "All at one address; a new connection is accepted soon after")},
          {QT_TRANSLATE_NOOP("checks", "The network changed here"),
           QT_TRANSLATE_NOOP("checks", "Connections to other servers ended as well")}},
         QT_TRANSLATE_NOOP("checks",
                           "Drain step by step: stop accepting, then close a few at a time with 1001 or 1012."),
         "S000 §5.4; kubernetes/ingress-nginx: 240 s",
         massEvent,
         {}},
    };
}

} // namespace frameglass::diagnosis
