// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "proxy_view.h"
#include "reconnect_view.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using analysis::ConnectionFacts;
using capture::Direction;

/// The server's Close, where it came before the client's.
const analysis::Recorded<analysis::CloseFrameFact> *serversFirstClose(const ConnectionFacts &facts)
{
    const bool serverIsPeer = facts.serverDirection() == Direction::Received;
    const auto order = facts.closeOrder();
    if (!order || order->oursFirst == serverIsPeer)
        return nullptr;
    return serverIsPeer ? &*facts.closeReceived : &*facts.closeSent;
}

/// 1001 going away, 1012 service restart: what a server that leaves says.
bool saysLeaving(const ConnectionFacts &facts)
{
    const auto *close = serversFirstClose(facts);
    return close != nullptr && (close->value.code == 1001 || close->value.code == 1012);
}

/// A declared moment on the capture's clock.
std::optional<Nanoseconds> momentOf(const Evaluation &evaluation, WallMoment moment)
{
    if (moment.ms == 0 || !evaluation.startWallMs)
        return {};
    // A century: times further off are mistakes, and would not fit.
    const std::int64_t apart =
        std::clamp<std::int64_t>(moment.ms - *evaluation.startWallMs, -3'000'000'000'000, 3'000'000'000'000);
    return Nanoseconds(std::chrono::milliseconds(apart));
}

bool endedWithin(const ConnectionFacts &facts, Nanoseconds from, Nanoseconds span)
{
    const auto over = analysis::overAt(facts);
    return over && *over >= from && *over <= from + span;
}

Judgement notice(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto standing = proxy::unlessEnded(facts))
        return *standing;
    const auto &settings = evaluation.settings;
    if (saysLeaving(facts)) {
        const auto &close = *serversFirstClose(facts);
        return pass(CheckText::tr("The server said that it leaves: %1").arg(closeCodeText(*close.value.code)));
    }
    const auto deploy = momentOf(evaluation, settings.deployAt);
    if (!deploy)
        return notApplicable(CheckText::tr("No deploy is declared (setting %1), and no Close spoke of one")
                                 .arg(QLatin1String("deploy.at")));
    if (!endedWithin(facts, *deploy, settings.deploySpan) || analysis::clientWantedEnd(facts))
        return notApplicable(CheckText::tr("It did not end by the server within %1 of the deploy")
                                 .arg(durationText(settings.deploySpan)));
    const auto end =
        diagnosis::evidenceOf(facts.transportEnds.front().record, textOf(facts.transportEnds.front().value.end));
    if (const auto *close = serversFirstClose(facts))
        return warn(close->value.code ? CheckText::tr("The deploy ended it with %1, which does not speak of leaving")
                                            .arg(closeCodeText(*close->value.code))
                                      : CheckText::tr("The deploy ended it with a Close without a code"),
                    {diagnosis::evidenceOf(close->record), end});
    return fail(CheckText::tr("The deploy ended TCP %1 after it began, without a Close")
                    .arg(durationText(facts.transportEnds.front().time - *deploy)),
                {end});
}

/// Connections at the same target that stood when this one ended, and those of them that ended around it.
struct Release
{
    std::size_t stood = 0;
    std::size_t together = 0;
    std::vector<Evidence> evidence;
};

Release releaseOf(const Evaluation &evaluation, const analysis::TargetTrack &target, Nanoseconds span)
{
    Release release;
    const Nanoseconds end = *analysis::overAt(evaluation.facts);
    for (const ConnectionFacts *other : target.connections) {
        const auto over = analysis::overAt(*other);
        if (!other->openedAt || *other->openedAt > end || (over && *over < end - span))
            continue;
        ++release.stood;
        if (!over || *over > end + span || !analysis::wasLost(*other))
            continue;
        ++release.together;
        if (release.evidence.size() < evaluation.settings.clusterEvidence)
            release.evidence.push_back(
                reconnect::attemptEvidence(*other, CheckText::tr("connection %1").arg(other->id)));
    }
    return release;
}

Judgement spread(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto standing = proxy::unlessEnded(facts))
        return *standing;
    const auto &settings = evaluation.settings;
    const auto *target = evaluation.all != nullptr ? evaluation.all->targetOf(facts) : nullptr;
    const auto deploy = momentOf(evaluation, settings.deployAt);
    const bool leaving = saysLeaving(facts) || (deploy && endedWithin(facts, *deploy, settings.deploySpan));
    if (target == nullptr || !leaving)
        return notApplicable(CheckText::tr("No deploy is declared (setting %1), and no Close spoke of one")
                                 .arg(QLatin1String("deploy.at")));
    const Release release = releaseOf(evaluation, *target, settings.massSpan);
    if (release.stood < settings.massEnds)
        return notApplicable(CheckText::tr("Fewer than %1 connections stood at that moment").arg(settings.massEnds));
    const QString text = CheckText::tr("%1 of %2 ended within %3")
                             .arg(release.together)
                             .arg(release.stood)
                             .arg(durationText(settings.massSpan));
    if (release.together > 1 &&
        static_cast<double>(release.together) > settings.spreadShare * static_cast<double>(release.stood))
        return warn(text, release.evidence);
    return pass(text);
}

Judgement signalChoice(const Evaluation &evaluation)
{
    if (!saysLeaving(evaluation.facts) && evaluation.settings.deployAt == WallMoment())
        return notApplicable(CheckText::tr("No deploy is declared (setting %1), and no Close spoke of one")
                                 .arg(QLatin1String("deploy.at")));
    return info(CheckText::tr("Kubernetes and systemd stop a program with SIGTERM: that is the signal on which to send "
                              "1001 to every socket"));
}

Judgement reloadCut(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto standing = proxy::unlessEnded(facts))
        return *standing;
    const auto &settings = evaluation.settings;
    const auto reload = momentOf(evaluation, settings.reloadAt);
    const auto *target = evaluation.all != nullptr ? evaluation.all->targetOf(facts) : nullptr;
    if (!reload || target == nullptr)
        return notApplicable(
            CheckText::tr("No reload of a proxy is declared (setting %1)").arg(QLatin1String("reload.at")));
    if (!endedWithin(facts, *reload, settings.reloadSpan) || !analysis::wasLost(facts))
        return pass(CheckText::tr("It did not end by the other side within %1 of the reload")
                        .arg(durationText(settings.reloadSpan)));
    const Release release = releaseOf(evaluation, *target, settings.massSpan);
    const QString text = CheckText::tr("%1 of %2 ended within %3, %4 after the reload")
                             .arg(release.together)
                             .arg(release.stood)
                             .arg(durationText(settings.massSpan), durationText(*analysis::overAt(facts) - *reload));
    return release.together >= settings.massEnds ? warn(text, release.evidence) : pass(text);
}

} // namespace

std::vector<Check> drainChecks()
{
    return {
        {"drain.notice",
         Phase::Draining,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §7.4.1",
         "https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1",
         QT_TRANSLATE_NOOP("checks", "A deploy ends connections without a word"),
         {{QT_TRANSLATE_NOOP("checks",
                             "`Shutdown` of Go's net/http leaves hijacked connections alone: they end with the "
                             "program"),
           QT_TRANSLATE_NOOP("checks", "FIN comes at the moment the program exits")},
          {QT_TRANSLATE_NOOP("checks", "The program was killed after its grace period"),
           QT_TRANSLATE_NOOP("checks", "The end comes a round time after the deploy began: 30 s")}},
         QT_TRANSLATE_NOOP("checks", "On SIGTERM send Close 1001 (or 1012) to each socket, in Go from "
                                     "`RegisterOnShutdown`, and wait for the answers."),
         "RFC 6455 §7.4.1; IANA 1012; net/http server.go:2774-2778",
         notice,
         {}},
        {"drain.spread",
         Phase::Draining,
         Severity::Medium,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "All clients are let go at once"),
         {{QT_TRANSLATE_NOOP("checks", "One loop closes every socket"), ""}},
         QT_TRANSLATE_NOOP("checks", "Spread the Closes over the drain window, with chance."),
         "S000 §5.4",
         spread,
         {}},
        {"drain.signal-choice",
         Phase::Draining,
         Severity::Info,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Signal that stops the server"),
         {},
         QT_TRANSLATE_NOOP("checks", "Handle SIGTERM, with a preStop hook where the balancer needs time."),
         "Kubernetes pod lifecycle; S002 §3 (corrected), S003 item 6",
         signalChoice,
         {}},
        {"drain.reload-cut",
         Phase::Draining,
         Severity::Medium,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "The reload of a proxy cut connections"),
         {{QT_TRANSLATE_NOOP("checks",
                             "nginx ends its old workers at `worker_shutdown_timeout` (ingress-nginx: 240 s)"),
           QT_TRANSLATE_NOOP("checks", "All end that time after the reload, together")}},
         QT_TRANSLATE_NOOP("checks", "Raise `worker_shutdown_timeout`, and let clients come back with chance in their "
                                     "delays."),
         "ingress-nginx configmap.md:780",
         reloadCut,
         {"drain.spread"}},
    };
}

} // namespace frameglass::diagnosis
