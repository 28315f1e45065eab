// SPDX-License-Identifier: GPL-3.0-or-later
#include "proxy_view.h"
#include "status_view.h"

#include <chrono>

namespace frameglass::diagnosis {

namespace {

using namespace proxy;
using namespace response;
using namespace std::chrono_literals;

Judgement upgrade403(const Evaluation &evaluation)
{
    if (auto other = unlessFrom(evaluation, isFromEnvoy, "Envoy"))
        return std::move(*other);
    const auto &facts = evaluation.facts;
    if (wholeResponse(facts)->value.status != 403)
        return pass(CheckText::tr("The status is %1").arg(wholeResponse(facts)->value.status));
    if (facts.bodyOctets > 0)
        return notApplicable(CheckText::tr("The 403 has a body: it is the server's, not Envoy's"));
    return fail(withDirect(CheckText::tr("Envoy refuses the upgrade with an empty 403"), evaluation),
                answer(evaluation, {"Server"}));
}

Judgement envoy431(const Evaluation &evaluation)
{
    if (auto other = unlessFrom(evaluation, isFromEnvoy, "Envoy"))
        return std::move(*other);
    if (wholeResponse(evaluation.facts)->value.status != 431)
        return pass(CheckText::tr("Envoy took our request head"));
    const std::size_t octets = evaluation.facts.request ? evaluation.facts.request->value.raw.size() : 0;
    return fail(
        CheckText::tr("Envoy finds the request head of %1 too large, or its fields too many").arg(octetCount(octets)),
        answer(evaluation, {"Server"}));
}

/// Time-outs that Envoy has without being told.
constexpr Nanoseconds routeTimeout = 15s;
constexpr Nanoseconds streamIdleTimeout = 300s;
constexpr Nanoseconds connectionIdleTimeout = 3600s;

Judgement timeouts(const Evaluation &evaluation)
{
    if (auto other = unlessFrom(evaluation, isFromEnvoy, "Envoy"))
        return std::move(*other);
    const auto &facts = evaluation.facts;
    if (auto other = unlessEnded(facts))
        return std::move(*other);
    if (const auto cut = idleCutOf(facts, evaluation.settings)) {
        for (const Nanoseconds limit : {streamIdleTimeout, connectionIdleTimeout})
            if (fits(cut->value, limit, limit))
                return fail(CheckText::tr("Envoy ended the stream after %1 of silence").arg(durationText(cut->value)),
                            cutEvidence(facts));
    }
    const auto life = cutLifetime(facts);
    if (life && fits(life->value, routeTimeout, routeTimeout))
        return fail(CheckText::tr("Envoy ended the stream %1 after it was opened: the route's time-out")
                        .arg(durationText(life->value)),
                    cutEvidence(facts));
    return pass(CheckText::tr("It did not end after one of Envoy's default times"));
}

} // namespace

std::vector<Check> envoyChecks()
{
    return {
        {"proxy.envoy-upgrade-403",
         Phase::Intermediaries,
         Severity::Blocker,
         Kind::Passive,
         "RFC 9110 §15.5.4",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.4",
         QT_TRANSLATE_NOOP("checks", "Envoy refuses upgrades"),
         {{QT_TRANSLATE_NOOP("checks", "upgrade_configs is missing on listener or route"),
           QT_TRANSLATE_NOOP("checks", "The access log's detail says upgrade_failed")},
          {QT_TRANSLATE_NOOP("checks", "No endpoint is ready, and the route became a direct response"),
           QT_TRANSLATE_NOOP("checks", "A plain GET gets 503")},
          {QT_TRANSLATE_NOOP("checks", "A proxy before it doubled the value of Upgrade"),
           QT_TRANSLATE_NOOP("checks", "The access log shows websocket,websocket")},
          {QT_TRANSLATE_NOOP("checks", "The hop is HTTP/2 without allow_connect"),
           QT_TRANSLATE_NOOP("checks", "Only the way over HTTP/2 fails")}},
         QT_TRANSLATE_NOOP("checks", "upgrade_configs: [{upgrade_type: websocket}]; for an HTTP/2 hop "
                                     "http2_protocol_options.allow_connect: true."),
         "envoy upgrades.rst; envoyproxy/envoy#27056; envoyproxy/gateway#9452; istio/istio#29427",
         upgrade403,
         {"upgrade.403"}},
        {"proxy.envoy-431",
         Phase::Intermediaries,
         Severity::Medium,
         Kind::Passive,
         "RFC 6585 §5",
         "https://www.rfc-editor.org/rfc/rfc6585#section-5",
         QT_TRANSLATE_NOOP("checks", "Envoy's limit of the request head"),
         {{QT_TRANSLATE_NOOP("checks", "Large cookies or tokens: 60 KB and 100 fields by default"),
           QT_TRANSLATE_NOOP("checks", "Without cookies the same request passes")}},
         QT_TRANSLATE_NOOP("checks", "max_request_headers_kb and common_http_protocol_options.max_headers_count."),
         "S000 §2.4; envoy header constants (two versions seen, second unverified)",
         envoy431,
         {"upgrade.431"}},
        {"proxy.envoy-timeouts",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Envoy ends streams"),
         {{QT_TRANSLATE_NOOP("checks", "The route's default time-out of 15 s"),
           QT_TRANSLATE_NOOP("checks", "Every connection lives 15 s, also while messages flow")},
          {QT_TRANSLATE_NOOP("checks", "stream_idle_timeout (300 s) or idle_timeout of the connection (3,600 s)"),
           QT_TRANSLATE_NOOP("checks", "Pings in the gap prevent it")}},
         QT_TRANSLATE_NOOP("checks", "On the route: timeout: 0s, and idle_timeout of three heartbeats or more."),
         "envoy faq timeouts.rst",
         timeouts,
         impliedByCut()},
    };
}

} // namespace frameglass::diagnosis
