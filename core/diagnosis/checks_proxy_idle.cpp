// SPDX-License-Identifier: GPL-3.0-or-later
#include "proxy_view.h"

#include <QStringList>

#include <algorithm>
#include <chrono>

namespace frameglass::diagnosis {

namespace {

using namespace proxy;
using namespace response;
using namespace std::chrono_literals;

/// A time that products are known for; a cut fits when it is at most 2 s or 2 % away, whichever is more.
struct IdleOwner
{
    Nanoseconds from;
    Nanoseconds to;
    const char *owner;
};

constexpr IdleOwner idleOwners[] = {
    {60s, 60s, QT_TRANSLATE_NOOP("checks", "nginx (proxy_read_timeout), AWS ALB, ingress-nginx")},
    {50s, 60s, QT_TRANSLATE_NOOP("checks", "HAProxy")},
    {100s, 100s, QT_TRANSLATE_NOOP("checks", "Cloudflare")},
    {240s, 240s, QT_TRANSLATE_NOOP("checks", "Azure Load Balancer")},
    {300s, 300s, QT_TRANSLATE_NOOP("checks", "Envoy")},
    {350s, 350s, QT_TRANSLATE_NOOP("checks", "AWS NLB")},
    {600s, 600s, QT_TRANSLATE_NOOP("checks", "AWS API Gateway")},
};

QString ownersOf(Nanoseconds silence)
{
    QStringList owners;
    for (const IdleOwner &owner : idleOwners) {
        if (fits(silence, owner.from, owner.to))
            owners << CheckText::tr(owner.owner);
    }
    return owners.isEmpty() ? CheckText::tr("a configured value")
                            : CheckText::tr("as with %1").arg(owners.join(QStringLiteral(", ")));
}

/// Other connections to the same URL that were cut after the same silence, within 5 %.
std::size_t agreeing(const Evaluation &evaluation, Nanoseconds silence)
{
    if (evaluation.all == nullptr || !evaluation.facts.started)
        return 0;
    const auto agrees = [&](const auto &entry) {
        const ConnectionFacts &other = *entry.second;
        if (other.id == evaluation.facts.id || !other.started ||
            other.started->value.url != evaluation.facts.started->value.url)
            return false;
        const auto cut = idleCutOf(other, evaluation.settings);
        return cut && std::max(cut->value, silence) - std::min(cut->value, silence) <= silence / 20;
    };
    return static_cast<std::size_t>(std::ranges::count_if(evaluation.all->connections(), agrees));
}

Judgement withoutIdleCut(const ConnectionFacts &facts)
{
    if (facts.closeReceived || facts.closeSent)
        return pass(CheckText::tr("The end came with a Close frame"));
    const auto *end = facts.peerEnd();
    if (end == nullptr)
        return pass(
            CheckText::tr("The peer did not end TCP; longest silence %1").arg(durationText(facts.longestSilence)));
    if (facts.failedByUs())
        return pass(CheckText::tr("We failed the connection before TCP ended"));
    const Nanoseconds silence = facts.silenceBeforeEnd ? facts.silenceBeforeEnd->value : Nanoseconds(0);
    return pass(CheckText::tr("TCP ended %1 after the last octet: no silence").arg(durationText(silence)));
}

Judgement idleCut(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (!facts.openedAt)
        return notApplicable(CheckText::tr("The connection was never open"));
    const auto *end = facts.peerEnd();
    if (end == nullptr && !facts.isOver() && !facts.closeReceived && !facts.closeSent)
        return notApplicable(CheckText::tr("The connection still stands"));
    const auto cut = idleCutOf(facts, evaluation.settings);
    if (!cut)
        return withoutIdleCut(facts);

    const QString silence = durationText(cut->value);
    QString reason = CheckText::tr("%1 without a Close after %2 without an octet either way (%3)")
                         .arg(textOf(end->value.end), silence, ownersOf(cut->value));
    if (const auto others = agreeing(evaluation, cut->value))
        reason = CheckText::tr("%1; the same with other attempts: %2").arg(reason).arg(others);
    std::vector<Evidence> evidence{
        {cut->record, 0, 0, CheckText::tr("The last octet")},
        {end->record, 0, 0, CheckText::tr("%1 after %2 of silence").arg(textOf(end->value.end), silence)}};
    // A proxy's timer ends with FIN; state lost on the way shows as a reset or as no end at all.
    constexpr std::size_t causes = 3;
    if (end->value.end != capture::TransportEnd::FinReceived)
        return fail(reason, std::move(evidence), causesWithFirst({2}, causes));
    return fail(reason, std::move(evidence));
}

} // namespace

std::vector<Check> idleCutChecks()
{
    return {
        {"proxy.idle-cut",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Cut after silence"),
         {{QT_TRANSLATE_NOOP("checks", "A read or tunnel time-out of a proxy"),
           QT_TRANSLATE_NOOP("checks",
                             "FIN, after the same time with every attempt; pings or data in the gap prevent it")},
          {QT_TRANSLATE_NOOP("checks", "A read deadline of the server without a pong handler"),
           QT_TRANSLATE_NOOP("checks", "The time stays the same although the client pings")},
          {QT_TRANSLATE_NOOP("checks", "A NAT or firewall forgot the connection"),
           QT_TRANSLATE_NOOP("checks", "No FIN at all: a reset or a time-out after the next write")}},
         QT_TRANSLATE_NOOP("checks",
                           "Send heartbeats at no more than half of that time; raise proxy_read_timeout (nginx) "
                           "or timeout tunnel (HAProxy)."),
         "own",
         idleCut,
         {"close.abnormal", "close.fin-without-close", "close.rst", "close.tcp-end", "heartbeat.absent",
          "heartbeat.interval", "heartbeat.interval-race", "heartbeat.missed", "heartbeat.vs-tcp-keepalive",
          "proxy.haproxy-tunnel-timeout"}},
    };
}

} // namespace frameglass::diagnosis
