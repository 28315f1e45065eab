// SPDX-License-Identifier: GPL-3.0-or-later
#include "proxy_view.h"
#include "status_view.h"

#include <algorithm>
#include <array>

namespace frameglass::diagnosis {

namespace {

using namespace proxy;
using namespace response;

// -- servers of two steps -------------------------------------------------------------------------------------------

/// The number behind "code" of Engine.IO's JSON: {"code":1,"message":"Session ID unknown"}.
std::optional<std::size_t> engineCode(std::string_view body)
{
    constexpr std::string_view key = "\"code\":";
    const auto at = body.find(key);
    if (!body.starts_with('{') || at == std::string_view::npos || body.find("\"message\"") == std::string_view::npos)
        return {};
    std::string_view rest = body.substr(at + key.size());
    while (rest.starts_with(' '))
        rest.remove_prefix(1);
    if (rest.empty() || rest.front() < '0' || rest.front() > '5' ||
        (rest.size() > 1 && rest[1] >= '0' && rest[1] <= '9'))
        return {};
    return static_cast<std::size_t>(rest.front() - '0');
}

/// By code, in the order of the row's causes.
constexpr std::array<const char *, 6> engineCodes = {
    QT_TRANSLATE_NOOP("checks", "transport unknown (0)"),
    QT_TRANSLATE_NOOP("checks", "session id unknown (1): this node did not give it"),
    QT_TRANSLATE_NOOP("checks", "bad handshake method (2)"),
    QT_TRANSLATE_NOOP("checks", "bad request (3): transport=websocket without Upgrade"),
    QT_TRANSLATE_NOOP("checks", "forbidden (4)"),
    QT_TRANSLATE_NOOP("checks", "unsupported protocol version (5)"),
};

bool asksEngine(const analysis::ConnectionFacts &facts)
{
    return facts.request && containsIgnoringCase(facts.request->value.target, "transport=websocket");
}

Judgement engineErrors(const Evaluation &evaluation)
{
    const auto *head = wholeResponse(evaluation.facts);
    if (head == nullptr)
        return withoutResponse(evaluation.facts);
    const auto code = engineCode(bodyText(evaluation.facts));
    const int status = head->value.status;
    if (code && (status == 400 || status == 403))
        return fail(CheckText::tr("Engine.IO refuses: %1").arg(CheckText::tr(engineCodes[*code])),
                    answer(evaluation, {}), causesWithFirst({*code}, engineCodes.size()));
    if (status == 101 && asksEngine(evaluation.facts))
        return pass(CheckText::tr("Engine.IO took the upgrade"));
    return notApplicable(CheckText::tr("No answer of Engine.IO"));
}

Judgement signalR(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    const auto *head = wholeResponse(facts);
    if (head == nullptr)
        return withoutResponse(facts);
    const bool unknown = bodyHas(evaluation, "No Connection with that ID");
    const bool cancelled = bodyHas(evaluation, "Handshake was canceled");
    if (head->value.status >= 400 && (unknown || cancelled))
        return fail(unknown ? CheckText::tr("SignalR does not know this connection id: another node gave it")
                            : CheckText::tr("SignalR cancelled its handshake"),
                    answer(evaluation, {}));
    const bool asks = facts.request && (containsIgnoringCase(facts.request->value.target, "?id=") ||
                                        containsIgnoringCase(facts.request->value.target, "connectionToken="));
    if (head->value.status == 101 && asks)
        return pass(CheckText::tr("The connection id was accepted"));
    return notApplicable(CheckText::tr("No answer of SignalR"));
}

// -- others that answer in the server's place -----------------------------------------------------------------------

Judgement cached(const Evaluation &evaluation)
{
    const auto *head = wholeResponse(evaluation.facts);
    if (head == nullptr)
        return withoutResponse(evaluation.facts);
    constexpr std::string_view hits[] = {"X-Cache", "CF-Cache-Status", "X-Cache-Status", "X-Proxy-Cache"};
    for (const std::string_view name : hits)
        if (containsIgnoringCase(head->value.joined(name), "hit"))
            return warn(CheckText::tr("A cache gave this answer: %1").arg(lineOf(*head, *head->value.find(name)).text),
                        linesOf(*head, name));
    if (head->value.find("Age") != nullptr)
        return warn(CheckText::tr("A cache gave this answer: %1").arg(lineOf(*head, *head->value.find("Age")).text),
                    linesOf(*head, "Age"));
    return pass(CheckText::tr("Nothing says that a cache gave this answer"));
}

/// Who filters requests before applications, by fields of their answers.
const char *firewallOf(const HttpHead &head)
{
    const auto server = valueOf(head, "Server");
    if (isFromCloudflare(head))
        return "Cloudflare";
    if (containsIgnoringCase(server, "AkamaiGHost"))
        return "Akamai";
    if (containsIgnoringCase(server, "CloudFront") || head.find("x-amzn-waf-action") != nullptr)
        return "AWS WAF";
    if (containsIgnoringCase(server, "Sucuri") || head.find("X-Sucuri-ID") != nullptr)
        return "Sucuri";
    if (head.find("X-Iinfo") != nullptr || containsIgnoringCase(head.joined("Set-Cookie"), "incap_ses"))
        return "Imperva";
    if (containsIgnoringCase(server, "BigIP") || containsIgnoringCase(server, "F5"))
        return "F5";
    if (head.find("X-DataDome") != nullptr)
        return "DataDome";
    return nullptr;
}

Judgement waf(const Evaluation &evaluation)
{
    const auto *head = wholeResponse(evaluation.facts);
    if (head == nullptr)
        return withoutResponse(evaluation.facts);
    const int status = head->value.status;
    if (status == 101)
        return pass(CheckText::tr("Nothing refused the handshake"));
    if (status != 403 && status != 406 && status != 429)
        return notApplicable(CheckText::tr("Status %1 is not what such a filter gives").arg(status));
    const char *product = firewallOf(head->value);
    if (product == nullptr || !isHtml(evaluation))
        return notApplicable(CheckText::tr("The %1 is no page of a known filter").arg(status));
    const QString text =
        CheckText::tr("A page of %1 refuses the handshake (%2)").arg(QLatin1String(product)).arg(status);
    auto evidence = answer(evaluation, {"Server", "CF-Ray", "X-Iinfo", "X-Sucuri-ID", "x-amzn-waf-action"});
    if (directGot101(evaluation))
        return fail(withDirect(text, evaluation), std::move(evidence));
    return warn(text, std::move(evidence));
}

Judgement upstreamKeepalive(const Evaluation &)
{
    return notApplicable(CheckText::tr("How often the proxy reuses its connections shows in its metrics alone"));
}

} // namespace

std::vector<Check> applicationAnswerChecks()
{
    return {
        {"proxy.engineio-errors",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Errors of Engine.IO"),
         {{QT_TRANSLATE_NOOP("checks", "The server does not offer this transport"),
           QT_TRANSLATE_NOOP("checks", "Its option transports lacks websocket")},
          {QT_TRANSLATE_NOOP("checks", "The request came to another node than the one that gave the session id"),
           QT_TRANSLATE_NOOP("checks", "With one node, or with cookie affinity, it succeeds")},
          {QT_TRANSLATE_NOOP("checks", "The handshake was sent by another method than GET"),
           QT_TRANSLATE_NOOP("checks", "The request line shows it")},
          {QT_TRANSLATE_NOOP("checks", "A hop removed Upgrade"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt (--direct) gets 101")},
          {QT_TRANSLATE_NOOP("checks", "allowRequest or the origin rule refuses"),
           QT_TRANSLATE_NOOP("checks", "The server's cors or allowRequest option")},
          {QT_TRANSLATE_NOOP("checks", "Client and server are of different major versions"),
           QT_TRANSLATE_NOOP("checks", "EIO=3 against EIO=4 in the URL")}},
         QT_TRANSLATE_NOOP("checks",
                           "Sticky sessions, or transports: [\"websocket\"] in the client; forward Upgrade; align "
                           "the major versions (allowEIO3)."),
         "engine.io server.ts:296-339, 649-663",
         engineErrors,
         {"upgrade.400", "upgrade.403"}},
        {"proxy.signalr-404",
         Phase::Intermediaries,
         Severity::High,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "SignalR connection id of another node"),
         {{QT_TRANSLATE_NOOP("checks", "No affinity between negotiate and connect"),
           QT_TRANSLATE_NOOP("checks", "With one node it succeeds; with n nodes about one attempt in n does")}},
         QT_TRANSLATE_NOOP("checks", "Sticky sessions, or SkipNegotiation with WebSockets alone."),
         "dotnet/aspnetcore#9917, #17369, #23679",
         signalR,
         {"upgrade.404", "upgrade.400", "upgrade.status-other"}},
        {"proxy.cached-response",
         Phase::Intermediaries,
         Severity::Medium,
         Kind::Passive,
         "RFC 9111 §3",
         "https://www.rfc-editor.org/rfc/rfc9111#section-3",
         QT_TRANSLATE_NOOP("checks", "Handshake answered from a cache"),
         {{QT_TRANSLATE_NOOP("checks", "A cache rule covers the route"),
           QT_TRANSLATE_NOOP("checks", "Age grows with each attempt; another query gets another answer")}},
         QT_TRANSLATE_NOOP("checks", "Let the cache pass this route by (proxy_cache off, Cache-Control: no-store)."),
         "own",
         cached,
         {}},
        {"proxy.waf",
         Phase::Intermediaries,
         Severity::Medium,
         Kind::Passive,
         "RFC 9110 §15.5.4",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.4",
         QT_TRANSLATE_NOOP("checks", "Application firewall or bot page"),
         {{QT_TRANSLATE_NOOP("checks", "A managed rule minds the handshake (frames are not looked at)"),
           QT_TRANSLATE_NOOP("checks",
                             "With a browser's User-Agent and Origin it is 101; the product's log names the rule")}},
         QT_TRANSLATE_NOOP("checks", "Allow the path in the firewall's rules."),
         "cloudflare-docs websockets.mdx (WAF row)",
         waf,
         {"upgrade.403", "upgrade.429", "upgrade.status-other"}},
        {"proxy.upstream-keepalive-low",
         Phase::Intermediaries,
         Severity::Low,
         Kind::Passive,
         "RFC 9112 §9.3",
         "https://www.rfc-editor.org/rfc/rfc9112#section-9.3",
         QT_TRANSLATE_NOOP("checks", "Upstream connections not reused"),
         {{QT_TRANSLATE_NOOP("checks", "Connection: close on plain locations"),
           QT_TRANSLATE_NOOP("checks", "Fewer than 50 requests for each upstream connection")}},
         QT_TRANSLATE_NOOP("checks", "upstream { keepalive 32; } for routes without sockets."),
         "S000 §5 metric list",
         upstreamKeepalive,
         {}},
    };
}

} // namespace frameglass::diagnosis
