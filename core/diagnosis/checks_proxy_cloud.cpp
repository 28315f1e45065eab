// SPDX-License-Identifier: GPL-3.0-or-later
#include "proxy_view.h"
#include "status_view.h"
#include "way_view.h"

#include <chrono>

namespace frameglass::diagnosis {

namespace {

using namespace proxy;
using namespace response;
using namespace std::chrono_literals;

// -- AWS ------------------------------------------------------------------------------------------------------------

constexpr Nanoseconds albIdle = 60s;       // idle_timeout.timeout_seconds
constexpr Nanoseconds nlbIdle = 350s;      // tcp.idle_timeout.seconds
constexpr Nanoseconds gatewayIdle = 600s;  // API Gateway quotas
constexpr Nanoseconds gatewayLife = 7200s; // likewise
constexpr Nanoseconds heartbeatRace = 5s;  // "55-65 s"

std::optional<Judgement> unlessAws(const analysis::ConnectionFacts &facts)
{
    if (isAws(facts))
        return {};
    return notApplicable(CheckText::tr("Nothing points to AWS"));
}

Judgement albIdleCut(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    if (auto other = unlessAws(facts))
        return std::move(*other);
    if (!facts.openedAt)
        return notApplicable(CheckText::tr("The connection was never open"));
    const auto cut = idleCutOf(facts, evaluation.settings);
    if (cut && fits(cut->value, albIdle, albIdle))
        return fail(
            CheckText::tr("Cut after %1 of silence: the balancer's idle time-out").arg(durationText(cut->value)),
            cutEvidence(facts));
    const auto interval = facts.heartbeat.meanInterval(capture::Direction::Sent);
    if (interval && *interval >= albIdle - heartbeatRace && *interval <= albIdle + heartbeatRace)
        return warn(CheckText::tr("A heartbeat every %1 races with the balancer's idle time-out of 60 s")
                        .arg(durationText(*interval)),
                    cutEvidence(facts));
    return pass(CheckText::tr("No cut at the balancer's 60 s"));
}

Judgement nlbIdleCut(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    if (auto other = unlessEnded(facts))
        return std::move(*other);
    const auto *end = facts.peerEnd();
    const bool lost = end != nullptr && (end->value.end == capture::TransportEnd::ResetReceived ||
                                         end->value.end == capture::TransportEnd::TimedOut);
    if (!lost)
        return pass(CheckText::tr("It did not end by a reset"));
    if (!fits(facts.longestSilence, nlbIdle, nlbIdle))
        return pass(
            CheckText::tr("The longest silence before the reset was %1").arg(durationText(facts.longestSilence)));
    auto evidence = cutEvidence(facts);
    if (facts.longestSilenceAfter)
        evidence.push_back(evidenceOf(*facts.longestSilenceAfter, CheckText::tr("The last octet before the silence")));
    return fail(CheckText::tr("%1 of silence, and what was sent afterwards was answered by a reset: the balancer had "
                              "forgotten the connection")
                    .arg(durationText(facts.longestSilence)),
                std::move(evidence));
}

Judgement gatewayLimits(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    const std::string host = way::lookedUpHost(facts);
    if (host.find(".execute-api.") == std::string::npos || !host.ends_with(".amazonaws.com"))
        return notApplicable(CheckText::tr("%1 is no address of API Gateway").arg(excerptOf(host)));
    if (auto other = unlessEnded(facts))
        return std::move(*other);
    constexpr std::uint16_t tooBig = 1009; // RFC 6455 §7.4.1
    if (facts.closeReceived && facts.closeReceived->value.code == tooBig)
        return fail(CheckText::tr("1009: more than 32 KB in a frame or 128 KB in a message"),
                    {evidenceOf(facts.closeReceived->record, closeCodeText(tooBig))});
    const auto *end = facts.peerEnd();
    const auto life = end != nullptr ? std::optional(end->time - *facts.openedAt) : std::nullopt;
    if (life && fits(*life, gatewayLife, gatewayLife))
        return fail(CheckText::tr("Ended after %1, the longest life of a connection").arg(durationText(*life)),
                    cutEvidence(facts));
    const auto cut = facts.silenceBeforeEnd;
    if (cut && fits(cut->value, gatewayIdle, gatewayIdle))
        return fail(CheckText::tr("Ended after %1 of silence, the longest allowed").arg(durationText(cut->value)),
                    cutEvidence(facts));
    return pass(CheckText::tr("It did not end at one of the quotas"));
}

// -- Cloudflare -----------------------------------------------------------------------------------------------------

/// The 52x codes, as Cloudflare's documentation of 5xx errors names them.
const char *cloudflareStatus(int status)
{
    switch (status) {
    case 520: return QT_TRANSLATE_NOOP("checks", "the origin answered what Cloudflare cannot read");
    case 521: return QT_TRANSLATE_NOOP("checks", "the origin refuses the connection");
    case 522: return QT_TRANSLATE_NOOP("checks", "the origin does not answer");
    case 523: return QT_TRANSLATE_NOOP("checks", "the origin cannot be reached");
    case 524: return QT_TRANSLATE_NOOP("checks", "the origin gave no reply in time");
    case 525: return QT_TRANSLATE_NOOP("checks", "the TLS handshake with the origin failed");
    case 526: return QT_TRANSLATE_NOOP("checks", "the origin's certificate is not valid");
    case 530: return QT_TRANSLATE_NOOP("checks", "the origin's name does not resolve");
    default: return nullptr;
    }
}

Judgement cloudflare(const Evaluation &evaluation)
{
    if (auto other = unlessFrom(evaluation, isFromCloudflare, "Cloudflare"))
        return std::move(*other);
    const auto &facts = evaluation.facts;
    const ResponseHead &head = *wholeResponse(facts);
    if (const char *meaning = cloudflareStatus(head.value.status))
        return fail(CheckText::tr("%1 of Cloudflare: %2").arg(head.value.status).arg(CheckText::tr(meaning)),
                    answer(evaluation, {"CF-Ray", "Server"}));
    constexpr std::size_t many = 3;
    constexpr Nanoseconds atOnce = 5s;
    const auto others = endedTogether(evaluation, atOnce);
    if (others + 1 >= many)
        return fail(CheckText::tr("%1 connections ended without a Close at the same time: a restart at the edge")
                        .arg(others + 1),
                    cutEvidence(facts));
    constexpr Nanoseconds idle = 100s;
    if (facts.openedAt && facts.longestSilence > idle)
        return warn(CheckText::tr("%1 without a frame: Cloudflare cuts idle connections, often after 100 s")
                        .arg(durationText(facts.longestSilence)),
                    answer(evaluation, {"CF-Ray"}));
    return info(CheckText::tr("Cloudflare is in between"), answer(evaluation, {"CF-Ray", "Server"}));
}

// -- Kubernetes -----------------------------------------------------------------------------------------------------

Judgement ingress(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    if (auto other = unlessEnded(facts))
        return std::move(*other);
    if (!facts.endedWithoutClose())
        return pass(CheckText::tr("It did not end without a Close"));
    constexpr std::size_t many = 3;
    constexpr Nanoseconds atOnce = 1s;
    const auto others = endedTogether(evaluation, atOnce);
    if (others + 1 >= many)
        return fail(CheckText::tr("%1 connections to this host were cut within %2: a worker was shut down")
                        .arg(others + 1)
                        .arg(durationText(atOnce)),
                    cutEvidence(facts));
    return notApplicable(CheckText::tr("It was cut alone: proxy.idle-cut tells the time-outs that fit"));
}

} // namespace

std::vector<Check> cloudChecks()
{
    return {
        {"proxy.alb-idle",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Idle time-out of AWS ALB"),
         {{QT_TRANSLATE_NOOP("checks", "idle_timeout.timeout_seconds is 60, its default"),
           QT_TRANSLATE_NOOP("checks", "aws elbv2 describe-load-balancer-attributes shows it")}},
         QT_TRANSLATE_NOOP("checks", "Raise idle_timeout.timeout_seconds to 300, or ping every 25-30 s."),
         "mattermost/docs#8929; buildbot/buildbot#4078",
         albIdleCut,
         impliedByCut()},
        {"proxy.nlb-idle",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "RFC 5382 REQ-5",
         "https://www.rfc-editor.org/rfc/rfc5382#section-5",
         QT_TRANSLATE_NOOP("checks", "Idle table of a layer-4 balancer"),
         {{QT_TRANSLATE_NOOP("checks", "The balancer's entry expired: AWS NLB after 350 s"),
           QT_TRANSLATE_NOOP("checks", "No FIN comes; the next write is answered by RST")}},
         QT_TRANSLATE_NOOP("checks", "Ping more often than every 300 s, or raise tcp.idle_timeout.seconds (60-6000)."),
         "AWS NLB update-idle-timeout page",
         nlbIdleCut,
         impliedByCut()},
        {"proxy.apigw-limits",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §7.4.1",
         "https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1",
         QT_TRANSLATE_NOOP("checks", "Limits of AWS API Gateway"),
         {{QT_TRANSLATE_NOOP("checks",
                             "Quotas that cannot be raised: 32 KB a frame, 128 KB a message, 10 minutes idle, 2 "
                             "hours in all"),
           QT_TRANSLATE_NOOP("checks", "The end comes at one of them, every time")}},
         QT_TRANSLATE_NOOP("checks",
                           "Frames of 32 KB at most, a ping within 10 minutes, a new connection within 2 hours."),
         "AWS WebSocket API quotas page",
         gatewayLimits,
         {"proxy.idle-cut", "close.abnormal", "close.fin-without-close", "close.too-big", "close.tcp-end"}},
        {"proxy.cloudflare",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Cloudflare's edge"),
         {{QT_TRANSLATE_NOOP("checks", "The WebSockets switch of the zone is off, or the origin fails"),
           QT_TRANSLATE_NOOP("checks", "Network → WebSockets in the dashboard; the origin answered directly")},
          {QT_TRANSLATE_NOOP("checks", "Idle connections are cut"),
           QT_TRANSLATE_NOOP("checks", "After about 100 s; pings prevent it")},
          {QT_TRANSLATE_NOOP("checks", "A release restarts servers of the edge"),
           QT_TRANSLATE_NOOP("checks", "Many connections end at once, without a Close")}},
         QT_TRANSLATE_NOOP("checks", "Switch WebSockets on; ping every 30 s or less; always reconnect."),
         "cloudflare-docs network/websockets.mdx; aspnet/WebSockets#134; Menci/Floway#324",
         cloudflare,
         {"upgrade.status-other", "close.abnormal", "close.fin-without-close", "close.rst"}},
        {"proxy.k8s-ingress",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Workers of ingress-nginx"),
         {{QT_TRANSLATE_NOOP("checks", "An Ingress changed: nginx reloads, and the old workers end within "
                                       "worker-shutdown-timeout (240 s)"),
           QT_TRANSLATE_NOOP("checks", "The controller's log has \"Backend successfully reloaded\" of that time")},
          {QT_TRANSLATE_NOOP("checks", "A roll-out ended the Pods behind it"),
           QT_TRANSLATE_NOOP("checks", "kubectl get events shows Killing")}},
         QT_TRANSLATE_NOOP("checks",
                           "Annotations proxy-read-timeout: \"3600\" and proxy-send-timeout: \"3600\"; ConfigMap "
                           "worker-shutdown-timeout; external balancer in TCP mode; clients that reconnect."),
         "ingress-nginx docs miscellaneous.md, configmap.md:780; S002 §2, §4",
         ingress,
         {"proxy.idle-cut", "close.abnormal", "close.fin-without-close", "close.rst"}},
    };
}

} // namespace frameglass::diagnosis
