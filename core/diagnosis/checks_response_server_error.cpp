// SPDX-License-Identifier: GPL-3.0-or-later
#include "status_view.h"

namespace frameglass::diagnosis {

namespace {

using namespace response;

Judgement status500(const Evaluation &evaluation)
{
    if (auto other = unlessStatus(evaluation, {500}))
        return std::move(*other);
    if (isFromGorilla(wholeResponse(evaluation.facts)->value))
        return fail(CheckText::tr("%1: gorilla could not take over the connection, or the application set the "
                                  "extension field")
                        .arg(statusAndServer(evaluation)),
                    answer(evaluation, {"Server", "Sec-WebSocket-Version", "X-Content-Type-Options"}));
    return fail(statusAndServer(evaluation), answer(evaluation, {"Server"}), causesWithFirst({1}, 3));
}

Judgement status502(const Evaluation &evaluation)
{
    if (auto other = unlessStatus(evaluation, {502}))
        return std::move(*other);
    return fail(withDirect(statusAndServer(evaluation), evaluation), answer(evaluation, {"Server", "Via"}),
                directGot101(evaluation) ? causesWithFirst({2, 3}, 4) : std::vector<std::size_t>());
}

Judgement status503(const Evaluation &evaluation)
{
    if (auto other = unlessStatus(evaluation, {503}))
        return std::move(*other);
    const QString reason = withRetryAfter(statusAndServer(evaluation), evaluation);
    if (bodyHas(evaluation, "WebSockets are disabled"))
        return fail(CheckText::tr("%1: WebSockets are disabled in IIS").arg(reason),
                    answer(evaluation, {"Server", "Retry-After"}), causesWithFirst({2}, 3));
    return fail(reason, answer(evaluation, {"Server", "Retry-After"}));
}

Judgement status504(const Evaluation &evaluation)
{
    if (auto other = unlessStatus(evaluation, {504}))
        return std::move(*other);
    const auto took = answerTime(evaluation.facts);
    return fail(took ? CheckText::tr("%1 after %2").arg(statusAndServer(evaluation), durationText(*took))
                     : statusAndServer(evaluation),
                answer(evaluation, {"Server"}));
}

bool hasOwnRow(int status)
{
    switch (status) {
    case 101:
    case 200:
    case 400:
    case 401:
    case 403:
    case 404:
    case 405:
    case 407:
    case 414:
    case 426:
    case 429:
    case 431:
    case 500:
    case 501:
    case 502:
    case 503:
    case 504: return true;
    default: return status >= 300 && status <= 399;
    }
}

Judgement statusOther(const Evaluation &evaluation)
{
    const auto *head = wholeResponse(evaluation.facts);
    if (head == nullptr || head->value.status == 0 || hasOwnRow(head->value.status))
        return std::move(*unlessStatus(evaluation, {}));
    return fail(withDirect(CheckText::tr("%1 instead of 101").arg(statusAndServer(evaluation)), evaluation),
                answer(evaluation, {"Server", "Content-Type"}));
}

} // namespace

std::vector<Check> responseServerErrorChecks()
{
    return {
        {"upgrade.500",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §15.6.1",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.1",
         QT_TRANSLATE_NOOP("checks", "500 Internal Server Error"),
         {{QT_TRANSLATE_NOOP("checks",
                             "A middleware wraps the response without Hijacker (gzip, metrics, TimeoutHandler)"),
           QT_TRANSLATE_NOOP("checks", "gorilla's fields and a tiny text body; it goes away without the middleware")},
          {QT_TRANSLATE_NOOP("checks", "The handler panics"),
           QT_TRANSLATE_NOOP("checks", "The server's log shows a stack trace")},
          {QT_TRANSLATE_NOOP("checks", "The request came over HTTP/2, which cannot be taken over"),
           QT_TRANSLATE_NOOP("checks", "The server's log shows HTTP/2.0")}},
         QT_TRANSLATE_NOOP("checks", "Exempt the route from the middleware, or forward Hijack or Unwrap."),
         "S000 §2.2; [L3] two wrappers reproduced; slok/go-http-metrics#28; go-chi/chi#915; go-swagger/go-swagger#2288",
         status500,
         {}},
        {"upgrade.502",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §15.6.3",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3",
         QT_TRANSLATE_NOOP("checks", "502 Bad Gateway"),
         {{QT_TRANSLATE_NOOP("checks", "The backend is down"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt is refused; the proxy's log says connect() failed")},
          {QT_TRANSLATE_NOOP("checks", "The backend closed before it sent a head"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt ends without a reply")},
          {QT_TRANSLATE_NOOP("checks", "The backend's head is too large, or invalid"),
           QT_TRANSLATE_NOOP("checks",
                             "A direct attempt gets 101 with a head above 4,096 octets, or without Accept or "
                             "Connection (HAProxy); nginx logs \"too big header\", Apache AH01102 or AH01106")},
          {QT_TRANSLATE_NOOP("checks", "The protocols differ, TLS to a plain port or the reverse"),
           QT_TRANSLATE_NOOP("checks", "The proxy's log names the handshake")}},
         QT_TRANSLATE_NOOP("checks", "Correct the backend or the proxy's limits."),
         "[L2]; nginx/nginx#1228",
         status502,
         {}},
        {"upgrade.503",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §15.6.4",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4",
         QT_TRANSLATE_NOOP("checks", "503 Service Unavailable"),
         {{QT_TRANSLATE_NOOP("checks", "No healthy endpoint"),
           QT_TRANSLATE_NOOP("checks", "A plain GET of the same host gets 503 too")},
          {QT_TRANSLATE_NOOP("checks", "The server is draining"),
           QT_TRANSLATE_NOOP("checks", "It passes after the deployment; ws answers 503 while it shuts down")},
          {QT_TRANSLATE_NOOP("checks", "The feature is switched off"),
           QT_TRANSLATE_NOOP("checks", "IIS says \"WebSockets are disabled\"")}},
         QT_TRANSLATE_NOOP("checks", "Wait and try again with backoff; enable the feature."),
         "tjanczuk/iisnode#322; ws websocket-server.js:385",
         status503,
         {}},
        {"upgrade.504",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §15.6.5",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.5",
         QT_TRANSLATE_NOOP("checks", "504 Gateway Timeout"),
         {{QT_TRANSLATE_NOOP("checks", "The backend hangs in its handler"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt hangs too; 60 ± 1 s is the usual limit of a proxy")}},
         QT_TRANSLATE_NOOP("checks", "Correct the handler; a longer time-out only hides it."),
         "nginx proxy_read_timeout 60 s default (source l.3735)",
         status504,
         {"upgrade.slow", "upgrade.no-response"}},
        {"upgrade.status-other",
         Phase::Response,
         Severity::Blocker,
         Kind::Passive,
         "RFC 6455 §4.1 client step 1",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
         QT_TRANSLATE_NOOP("checks", "Any other status than 101"),
         {{QT_TRANSLATE_NOOP("checks", "Another handler or a hop answered the request"),
           QT_TRANSLATE_NOOP("checks", "Server and the body tell who; a direct attempt gets 101")},
          {QT_TRANSLATE_NOOP("checks", "The application refuses with a code of its own"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt gets the same code")}},
         QT_TRANSLATE_NOOP("checks", "Let the WebSocket handler answer this path with 101."),
         "own",
         statusOther,
         {}},
    };
}

} // namespace frameglass::diagnosis
