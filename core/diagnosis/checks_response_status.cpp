// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/secrets.h"
#include "core/protocol/handshake.h"
#include "status_view.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using namespace response;

Judgement status200(const Evaluation &evaluation)
{
    if (auto other = unlessStatus(evaluation, {200}))
        return std::move(*other);
    const HttpHead &head = wholeResponse(evaluation.facts)->value;
    QString kind;
    std::vector<std::size_t> order;
    constexpr std::size_t causes = 5;
    if (head.hasToken("Upgrade", "websocket"))
        kind = CheckText::tr("200 instead of 101 although the upgrade fields are there");
    else if (isHtml(evaluation))
        kind = CheckText::tr("200 with an HTML page: a web application, a login page or a captive portal");
    else if (containsIgnoringCase(valueOf(head, "Content-Type"), "json"))
        kind = CheckText::tr("200 with JSON: a REST handler answered");
    else
        kind = CheckText::tr("200 instead of 101");
    if (containsIgnoringCase(valueOf(head, "Server"), "IIS"))
        order = causesWithFirst({4}, causes);
    return fail(withDirect(kind, evaluation), answer(evaluation, {"Server", "Content-Type", "Upgrade"}),
                std::move(order));
}

Judgement redirect(const Evaluation &evaluation)
{
    const auto *head = wholeResponse(evaluation.facts);
    if (head == nullptr || head->value.status < 300 || head->value.status > 399)
        return std::move(*unlessStatus(evaluation, {}));
    const HeaderField *location = head->value.find("Location");
    if (location == nullptr)
        return fail(CheckText::tr("%1 without a Location").arg(statusText(evaluation)), {statusLineOf(*head)});
    const QString target = printable(capture::maskedUrl(location->value), 200);
    return fail(CheckText::tr("%1 to %2").arg(statusText(evaluation), target),
                {statusLineOf(*head), {head->record, location->offset, location->length, target}});
}

Judgement status400(const Evaluation &evaluation)
{
    if (auto other = unlessStatus(evaluation, {400}))
        return std::move(*other);
    const HttpHead &head = wholeResponse(evaluation.facts)->value;
    constexpr std::size_t causes = 5;
    QString who;
    std::vector<std::size_t> order;
    if (bodyHas(evaluation, "Request Header Or Cookie Too Large")) {
        who = CheckText::tr("nginx finds the request head too large");
        order = causesWithFirst({3}, causes);
    } else if (protocol::parseRefusalBody(bodyText(evaluation.facts))) {
        who = CheckText::tr("Frameglass's server refused the request; its body says what it saw");
    } else if (bodyHas(evaluation, "Sec-WebSocket-Key")) {
        who = CheckText::tr("the server misses a valid Sec-WebSocket-Key");
        order = causesWithFirst({4}, causes);
    } else if (isFromGorilla(head)) {
        who = CheckText::tr("gorilla refused the fields of the request");
    } else if (bodyText(evaluation.facts).starts_with("{") && bodyHas(evaluation, "\"code\":")) {
        who = CheckText::tr("Engine.IO refused the request");
        order = causesWithFirst({2}, causes);
    }
    const QString reason =
        who.isEmpty() ? statusAndServer(evaluation) : CheckText::tr("%1: %2").arg(statusAndServer(evaluation), who);
    return fail(withDirect(reason, evaluation),
                answer(evaluation, {"Server", "Sec-WebSocket-Version", "X-Content-Type-Options"}), std::move(order));
}

Judgement status401(const Evaluation &evaluation)
{
    if (auto other = unlessStatus(evaluation, {401, 407}))
        return std::move(*other);
    const HttpHead &head = wholeResponse(evaluation.facts)->value;
    const bool proxy = head.status == 407;
    const std::string_view name = proxy ? "Proxy-Authenticate" : "WWW-Authenticate";
    const auto challenge = valueOf(head, name);
    const QString reason = challenge.empty() ? CheckText::tr("%1 without a challenge").arg(statusAndServer(evaluation))
                                             : CheckText::tr("%1 asks for %2")
                                                   .arg(statusAndServer(evaluation),
                                                        printable(challenge.substr(0, challenge.find(' ')), 40));
    return fail(reason, answer(evaluation, {name}), proxy ? causesWithFirst({1}, 2) : std::vector<std::size_t>());
}

Judgement status403(const Evaluation &evaluation)
{
    if (auto other = unlessStatus(evaluation, {403}))
        return std::move(*other);
    const HttpHead &head = wholeResponse(evaluation.facts)->value;
    constexpr std::size_t causes = 4;
    QString reason = statusAndServer(evaluation);
    std::vector<std::size_t> order;
    const bool envoy = containsIgnoringCase(valueOf(head, "Server"), "envoy") ||
                       containsIgnoringCase(valueOf(head, "Server"), "istio");
    if (envoy && evaluation.facts.bodyOctets == 0) {
        order = causesWithFirst({1}, causes);
    } else if (protocol::parseRefusalBody(bodyText(evaluation.facts)) || bodyHas(evaluation, "origin")) {
        const HeaderField *origin = evaluation.facts.request ? evaluation.facts.request->value.find("Origin") : nullptr;
        reason = origin == nullptr
                     ? CheckText::tr("%1: the answer speaks of the origin, none was sent").arg(reason)
                     : CheckText::tr("%1: the origin %2 is not allowed").arg(reason, printable(origin->value));
    } else if (isHtml(evaluation)) {
        order = causesWithFirst({2}, causes);
    }
    return fail(reason, answer(evaluation, {"Server"}), std::move(order));
}

Judgement status404(const Evaluation &evaluation)
{
    if (auto other = unlessStatus(evaluation, {404}))
        return std::move(*other);
    QString target;
    if (evaluation.facts.request)
        target = printable(capture::maskedUrl(evaluation.facts.request->value.target), 80);
    if (bodyHas(evaluation, "No Connection with that ID"))
        return fail(CheckText::tr("%1: SignalR does not know the connection id (proxy.signalr-404)")
                        .arg(statusAndServer(evaluation)),
                    answer(evaluation, {"Server"}), causesWithFirst({2}, 3));
    return fail(CheckText::tr("%1 for %2").arg(statusAndServer(evaluation), target), answer(evaluation, {"Server"}));
}

Judgement status405(const Evaluation &evaluation)
{
    if (auto other = unlessStatus(evaluation, {405, 501}))
        return std::move(*other);
    const auto allow = valueOf(wholeResponse(evaluation.facts)->value, "Allow");
    return fail(allow.empty() ? statusAndServer(evaluation)
                              : CheckText::tr("%1, Allow: %2").arg(statusAndServer(evaluation), printable(allow)),
                answer(evaluation, {"Allow", "Server"}));
}

Judgement status426(const Evaluation &evaluation)
{
    if (auto other = unlessStatus(evaluation, {426}))
        return std::move(*other);
    const HttpHead &head = wholeResponse(evaluation.facts)->value;
    const bool otherVersion =
        head.find("Sec-WebSocket-Version") != nullptr && !head.hasToken("Sec-WebSocket-Version", "13");
    QString reason =
        CheckText::tr("%1: the server is there, but saw no upgrade request").arg(statusAndServer(evaluation));
    std::vector<std::size_t> order;
    if (otherVersion) {
        reason = CheckText::tr("%1: the server wants version %2")
                     .arg(statusAndServer(evaluation), printable(head.joined("Sec-WebSocket-Version")));
        order = causesWithFirst({2}, 3);
    }
    return fail(withDirect(reason, evaluation), answer(evaluation, {"Server", "Sec-WebSocket-Version", "Upgrade"}),
                std::move(order));
}

std::string_view urlOf(const ConnectionFacts &facts)
{
    return facts.started ? std::string_view(facts.started->value.url) : std::string_view();
}

/// How many connections to the same URL were answered with 429, this one included.
std::size_t rateLimitedTimes(const Evaluation &evaluation)
{
    if (evaluation.all == nullptr)
        return 1;
    const auto refused = [&](const auto &entry) {
        const auto *head = wholeResponse(*entry.second);
        return head != nullptr && head->value.status == 429 && urlOf(*entry.second) == urlOf(evaluation.facts);
    };
    return static_cast<std::size_t>(
        std::max<std::ptrdiff_t>(1, std::ranges::count_if(evaluation.all->connections(), refused)));
}

Judgement status429(const Evaluation &evaluation)
{
    if (auto other = unlessStatus(evaluation, {429}))
        return std::move(*other);
    const std::size_t times = rateLimitedTimes(evaluation);
    const QString reason = withRetryAfter(statusAndServer(evaluation), evaluation);
    auto evidence = answer(evaluation, {"Retry-After", "Server"});
    if (times >= evaluation.settings.rateLimitedFail)
        return fail(CheckText::tr("%1 attempts got %2").arg(times).arg(reason), std::move(evidence),
                    causesWithFirst({1}, 2));
    return warn(reason, std::move(evidence));
}

Judgement status431(const Evaluation &evaluation)
{
    if (auto other = unlessStatus(evaluation, {431, 414}))
        return std::move(*other);
    QString reason = statusAndServer(evaluation);
    auto evidence = answer(evaluation, {"Server"});
    if (const auto &request = evaluation.facts.request) {
        reason = CheckText::tr("%1 for a request of %2").arg(reason, octetCount(request->value.raw.size()));
        evidence.push_back({request->record, 0, request->value.raw.size(), octetCount(request->value.raw.size())});
    }
    return fail(reason, std::move(evidence));
}

} // namespace

std::vector<Check> responseStatusChecks()
{
    return {
        {"upgrade.status-200",
         Phase::Response,
         Severity::Blocker,
         Kind::Passive,
         "RFC 6455 §4.1 client step 1",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
         QT_TRANSLATE_NOOP("checks", "200 instead of 101"),
         {{QT_TRANSLATE_NOOP("checks", "A proxy dropped Upgrade and the application answered a plain GET "
                                       "(nginx: proxy.nginx-upgrade-missing)"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt past the proxy (--direct) gets 101")},
          {QT_TRANSLATE_NOOP("checks", "Wrong path or virtual host"),
           QT_TRANSLATE_NOOP("checks", "The body is the site's page; another path gets 101")},
          {QT_TRANSLATE_NOOP("checks", "A captive portal"),
           QT_TRANSLATE_NOOP("checks", "Other sites show the same page; wss fails on the certificate")},
          {QT_TRANSLATE_NOOP("checks", "The hop to the server speaks HTTP/1.0 (nginx: proxy.nginx-http10)"),
           QT_TRANSLATE_NOOP("checks", "The server's log shows HTTP/1.0")},
          {QT_TRANSLATE_NOOP("checks", "IIS without the WebSocket module"),
           QT_TRANSLATE_NOOP("checks", "Server names IIS")}},
         QT_TRANSLATE_NOOP("checks", "Correct the route, or forward the upgrade fields."),
         "gorilla/websocket#507; [L1] 7/7 clients fail",
         status200,
         {}},
        {"upgrade.redirect",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §4.1; WHATWG WebSockets",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
         QT_TRANSLATE_NOOP("checks", "3xx: a redirect"),
         {{QT_TRANSLATE_NOOP("checks", "From http to https"),
           QT_TRANSLATE_NOOP("checks", "The Location differs in its scheme only")},
          {QT_TRANSLATE_NOOP("checks", "A missing or extra slash at the end"),
           QT_TRANSLATE_NOOP("checks", "The Location differs in the last slash only")},
          {QT_TRANSLATE_NOOP("checks", "A login page"),
           QT_TRANSLATE_NOOP("checks", "The Location names login or auth")}},
         QT_TRANSLATE_NOOP("checks", "Put the final URL into the client: browsers, gorilla, ws and QWebSocket never "
                                     "follow."),
         "[L1] redirect-*; WHATWG establish step; pyws asyncio/client.py:486-541; ws websocket.js:905-928",
         redirect,
         {}},
        {"upgrade.400",
         Phase::Response,
         Severity::Blocker,
         Kind::Passive,
         "RFC 6455 §4.2.1; RFC 9110 §15.5.1",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1",
         QT_TRANSLATE_NOOP("checks", "400 Bad Request"),
         {{QT_TRANSLATE_NOOP("checks", "A proxy stripped Connection and Upgrade (nginx: proxy.nginx-upgrade-missing)"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt past the proxy (--direct) gets 101")},
          {QT_TRANSLATE_NOOP("checks", "The hop to the server speaks HTTP/1.0 (nginx: proxy.nginx-http10)"),
           QT_TRANSLATE_NOOP("checks", "The refusal or the server's log shows HTTP/1.0")},
          {QT_TRANSLATE_NOOP("checks", "The client's request is wrong"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt gets 400 too")},
          {QT_TRANSLATE_NOOP("checks", "The request head is too large"),
           QT_TRANSLATE_NOOP("checks", "It goes away without cookies and long fields")},
          {QT_TRANSLATE_NOOP("checks", "Sec-WebSocket-Key is missing or wrong"),
           QT_TRANSLATE_NOOP("checks", "The body names it")}},
         QT_TRANSLATE_NOOP("checks", "See the proxy row that fits; otherwise correct the request."),
         "gorilla server.go:127-159; [L2]; realvnc-labs/rport#1222",
         status400,
         {}},
        {"upgrade.401",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §15.5.2; §15.5.8",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2",
         QT_TRANSLATE_NOOP("checks", "401 or 407: authentication"),
         {{QT_TRANSLATE_NOOP("checks", "The token is missing or expired"),
           QT_TRANSLATE_NOOP("checks", "A fresh token gets 101")},
          {QT_TRANSLATE_NOOP("checks", "A forward proxy wants authentication"),
           QT_TRANSLATE_NOOP("checks", "The status is 407")}},
         QT_TRANSLATE_NOOP("checks", "Browsers cannot add fields: use a cookie, a ticket in the query, or authenticate "
                                     "with the first message."),
         "[L1]; chromium websocket_stream.cc; qtws qwebsocket_p.cpp:1107-1148 (Qt ≥ 6.6 answers Basic/Digest)",
         status401,
         {}},
        {"upgrade.403",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §4.2.2 item 4; §10.2",
         "https://www.rfc-editor.org/rfc/rfc6455#section-10.2",
         QT_TRANSLATE_NOOP("checks", "403 Forbidden"),
         {{QT_TRANSLATE_NOOP("checks", "The server checks the Origin"),
           QT_TRANSLATE_NOOP("checks", "The same request without Origin gets 101")},
          {QT_TRANSLATE_NOOP("checks", "Envoy has no upgrade configured, or no endpoint"),
           QT_TRANSLATE_NOOP("checks", "Server: envoy, empty body, upgrade_failed in its log")},
          {QT_TRANSLATE_NOOP("checks", "A web application firewall or a country block"),
           QT_TRANSLATE_NOOP("checks", "The body is a block page with the vendor's fields")},
          {QT_TRANSLATE_NOOP("checks", "Authorization"), QT_TRANSLATE_NOOP("checks", "Another account gets 101")}},
         QT_TRANSLATE_NOOP("checks", "Add the origin to the server's list (CheckOrigin); Envoy: upgrade_configs."),
         "S002 §1; gorilla server.go:152; envoyproxy/envoy#27056; envoyproxy/gateway#9452",
         status403,
         {}},
        {"upgrade.404",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §15.5.5",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.5",
         QT_TRANSLATE_NOOP("checks", "404 Not Found"),
         {{QT_TRANSLATE_NOOP("checks", "Wrong path or virtual host"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt gets 404 too")},
          {QT_TRANSLATE_NOOP("checks", "The ingress has no rule for the path"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt gets 101")},
          {QT_TRANSLATE_NOOP("checks", "Sticky sessions are missing"),
           QT_TRANSLATE_NOOP("checks", "It works now and then; the body names a connection id")}},
         QT_TRANSLATE_NOOP("checks", "Correct the route."),
         "aspnet/SignalR#984",
         status404,
         {}},
        {"upgrade.405",
         Phase::Response,
         Severity::Medium,
         Kind::Passive,
         "RFC 9110 §15.5.6",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6",
         QT_TRANSLATE_NOOP("checks", "405 or 501: method"),
         {{QT_TRANSLATE_NOOP("checks", "The route is registered for other methods"),
           QT_TRANSLATE_NOOP("checks", "Allow does not list GET")}},
         QT_TRANSLATE_NOOP("checks", "Allow GET."),
         "gorilla server.go:136",
         status405,
         {}},
        {"upgrade.426",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §15.5.22; RFC 6455 §4.4",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.22",
         QT_TRANSLATE_NOOP("checks", "426 Upgrade Required"),
         {{QT_TRANSLATE_NOOP("checks", "A proxy removed Upgrade (nginx: proxy.nginx-upgrade-missing)"),
           QT_TRANSLATE_NOOP("checks",
                             "A direct attempt past the proxy (--direct) gets 101; releases of gorilla answer "
                             "400 instead")},
          {QT_TRANSLATE_NOOP("checks", "The hop to the server speaks HTTP/1.0 (nginx: proxy.nginx-http10)"),
           QT_TRANSLATE_NOOP("checks", "The refusal or the server's log shows HTTP/1.0")},
          {QT_TRANSLATE_NOOP("checks", "The server wants another version"),
           QT_TRANSLATE_NOOP("checks", "Sec-WebSocket-Version of the answer does not list 13")}},
         QT_TRANSLATE_NOOP("checks", "Forward Upgrade, with HTTP/1.1."),
         "gorilla server.go:131-134 (commit 6426a30, unreleased); ws websocket-server.js:106",
         status426,
         {}},
        {"upgrade.429",
         Phase::Response,
         Severity::Medium,
         Kind::Passive,
         "RFC 6585 §4",
         "https://www.rfc-editor.org/rfc/rfc6585#section-4",
         QT_TRANSLATE_NOOP("checks", "429 Too Many Requests"),
         {{QT_TRANSLATE_NOOP("checks", "A rate limit on handshakes"),
           QT_TRANSLATE_NOOP("checks", "It goes away after the time of Retry-After")},
          {QT_TRANSLATE_NOOP("checks", "A storm of reconnects"),
           QT_TRANSLATE_NOOP("checks", "Many attempts within seconds")}},
         QT_TRANSLATE_NOOP("checks", "Honour Retry-After."),
         "S003 §3.3 (rate limiting)",
         status429,
         {}},
        {"upgrade.431",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 6585 §5; RFC 9110 §15.5.15",
         "https://www.rfc-editor.org/rfc/rfc6585#section-5",
         QT_TRANSLATE_NOOP("checks", "431 or 414: the request is too large"),
         {{QT_TRANSLATE_NOOP("checks",
                             "The limit of the hop that answers: Envoy max_request_headers_kb, Go 1 MB, Node 16 KB"),
           QT_TRANSLATE_NOOP("checks", "Server names the hop; a shorter request passes")}},
         QT_TRANSLATE_NOOP("checks", "Shrink the request, or raise the limit."),
         "S000 §2.4; [L2] Go 431 above 1 MB",
         status431,
         {}},
    };
}

} // namespace frameglass::diagnosis
