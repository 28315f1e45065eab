// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "report_forms.h"
#include "response_view.h"
#include "way_view.h"

#include "core/session/target.h"

#include <algorithm>
#include <optional>

namespace frameglass::diagnosis {

namespace {

using namespace way;

/// Fetch standard, "bad port": what browsers refuse before they send anything.
constexpr std::uint16_t blockedPorts[] = {
    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,   37,    42,   43,   53,
    69,   77,   79,   87,   95,   101,  102,  103,  104,  109,  110,  111,  113,  115,   117,  119,  123,
    135,  137,  139,  143,  161,  179,  389,  427,  465,  512,  513,  514,  515,  526,   530,  531,  532,
    540,  548,  554,  556,  563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720,  1723, 2049, 3659,
    4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
};

struct TargetView
{
    std::string url;
    std::optional<session::Target> target; ///< nothing where it cannot be read as one
    Evidence evidence;
};

/// Why the URL cannot be judged: it was another's to choose. Nothing for a client of ours.
std::optional<Judgement> unlessTarget(const Evaluation &evaluation, TargetView &view)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessClient(facts))
        return other;
    if (!facts.started || facts.started->value.url.empty())
        return notApplicable(CheckText::tr("The URL is not known"));
    view.url = facts.started->value.url;
    auto parsed = session::parseTarget(view.url);
    if (auto *target = std::get_if<session::Target>(&parsed))
        view.target = std::move(*target);
    view.evidence = evidenceOf(facts.started->record, targetOf(facts));
    return {};
}

Judgement withoutTarget()
{
    return notApplicable(CheckText::tr("The URL cannot be read"));
}

Judgement scheme(const Evaluation &evaluation)
{
    TargetView view;
    if (auto none = unlessTarget(evaluation, view))
        return *none;
    const std::string name = session::lowered(view.url.substr(0, view.url.find(':')));
    const QString shown = excerptOf(name);
    if (name == "ws" || name == "wss")
        return pass(CheckText::tr("The scheme is %1").arg(shown));
    if (name == "http" || name == "https")
        return info(CheckText::tr("%1 stands for %2 in browsers and ws; gorilla and websockets (Python) refuse it")
                        .arg(shown, name == "http" ? QStringLiteral("ws") : QStringLiteral("wss")),
                    {view.evidence});
    if (view.target && view.target->isLocal())
        return info(CheckText::tr("%1 leads to a Unix socket: tools know it, browsers do not").arg(shown),
                    {view.evidence});
    return fail(CheckText::tr("%1 is no scheme of WebSocket").arg(shown), {view.evidence});
}

Judgement fragment(const Evaluation &evaluation)
{
    TargetView view;
    if (auto none = unlessTarget(evaluation, view))
        return *none;
    const std::size_t hash = view.url.find('#');
    if (hash == std::string::npos)
        return pass(CheckText::tr("No fragment"));
    return fail(CheckText::tr("A fragment at character %1: browsers throw a SyntaxError").arg(hash + 1),
                {view.evidence});
}

Judgement userInfo(const Evaluation &evaluation)
{
    TargetView view;
    if (auto none = unlessTarget(evaluation, view))
        return *none;
    if (!view.target)
        return withoutTarget();
    if (view.target->userInfo.empty())
        return pass(CheckText::tr("No user name or password in the URL"));
    return warn(CheckText::tr("The URL carries credentials: gorilla refuses it, ws and websockets (Python) send Basic, "
                              "browsers open it"),
                {view.evidence});
}

Judgement blockedPort(const Evaluation &evaluation)
{
    TargetView view;
    if (auto none = unlessTarget(evaluation, view))
        return *none;
    if (!view.target || view.target->isLocal())
        return view.target ? notApplicable(CheckText::tr("A Unix socket has no port")) : withoutTarget();
    if (!std::ranges::binary_search(blockedPorts, view.target->port))
        return pass(CheckText::tr("Browsers connect to port %1").arg(view.target->port));
    return warn(CheckText::tr("Browsers refuse to connect to port %1").arg(view.target->port), {view.evidence});
}

bool isLoopback(const std::string &host)
{
    return host == "localhost" || host.ends_with(".localhost") || host == "::1" || host.starts_with("127.");
}

Judgement mixedContent(const Evaluation &evaluation)
{
    TargetView view;
    if (auto none = unlessTarget(evaluation, view))
        return *none;
    const ConnectionFacts &facts = evaluation.facts;
    const auto *origin = facts.request ? facts.request->value.find("Origin") : nullptr;
    if (origin == nullptr)
        return notApplicable(CheckText::tr("No page is named: the request has no Origin"));
    if (!view.target)
        return withoutTarget();
    const QString page = excerptOf(origin->value);
    if (!session::lowered(origin->value).starts_with("https:"))
        return pass(CheckText::tr("The page %1 is not a secure one").arg(page));
    if (view.target->isSecure())
        return pass(CheckText::tr("A secure page opens a secure connection"));
    if (isLoopback(view.target->host))
        return pass(CheckText::tr("The host is this machine: browsers let it through"));
    return fail(CheckText::tr("The page %1 is secure, the connection is not: browsers block it").arg(page),
                {view.evidence, response::lineOf(*facts.request, *origin)});
}

Judgement urlLength(const Evaluation &evaluation)
{
    TargetView view;
    if (auto none = unlessTarget(evaluation, view))
        return *none;
    if (!view.target)
        return withoutTarget();
    const auto &settings = evaluation.settings;
    const std::size_t octets = view.target->resource.size();
    const QString size = countOctets(octets);
    const bool gateway = view.target->host.ends_with(".amazonaws.com");
    if (octets > settings.requestLineFail)
        return fail(CheckText::tr("The request target has %1: Apache and nginx refuse the line").arg(size),
                    {view.evidence});
    if (gateway && octets > settings.targetGatewayFail)
        return fail(CheckText::tr("The request target has %1: more than API Gateway takes").arg(size), {view.evidence});
    if (octets > settings.targetWarn)
        return warn(CheckText::tr("The request target has %1").arg(size), {view.evidence});
    return pass(CheckText::tr("The request target has %1").arg(size));
}

} // namespace

std::vector<Check> targetUrlChecks()
{
    return {
        {"target.scheme",
         Phase::Target,
         Severity::Blocker,
         Kind::Passive,
         "RFC 6455 §3",
         "https://www.rfc-editor.org/rfc/rfc6455#section-3",
         QT_TRANSLATE_NOOP("checks", "Scheme of the URL"),
         {{QT_TRANSLATE_NOOP("checks", "A URL taken from a browser's address bar, or mistyped"), ""}},
         QT_TRANSLATE_NOOP("checks", "Write ws:// or wss://."),
         "WHATWG WebSockets; gorilla client.go:190-197; ws websocket.js:725-733; [L1]",
         scheme,
         {}},
        {"target.fragment",
         Phase::Target,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §3",
         "https://www.rfc-editor.org/rfc/rfc6455#section-3",
         QT_TRANSLATE_NOOP("checks", "Fragment in the URL"),
         {{QT_TRANSLATE_NOOP("checks", "The hash of a page's router was pasted with the URL"), ""}},
         QT_TRANSLATE_NOOP("checks", "Leave out the # and all behind it."),
         "[L1]; ws websocket.js:731",
         fragment,
         {}},
        {"target.userinfo",
         Phase::Target,
         Severity::Low,
         Kind::Passive,
         "RFC 3986 §3.2.1; RFC 6455 §3",
         "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1",
         QT_TRANSLATE_NOOP("checks", "Credentials inside the URL"),
         {{QT_TRANSLATE_NOOP("checks", "A habit from Basic authentication"), ""}},
         QT_TRANSLATE_NOOP("checks", "Send Authorization as a header field, or a short-lived ticket."),
         "gorilla client.go:199-202; ws websocket.js:803; websockets client.py:111; [L1]",
         userInfo,
         {}},
        {"target.blocked-port",
         Phase::Target,
         Severity::Medium,
         Kind::Passive,
         "Fetch, port blocking",
         "https://fetch.spec.whatwg.org/#port-blocking",
         QT_TRANSLATE_NOOP("checks", "Port that browsers block"),
         {{QT_TRANSLATE_NOOP("checks", "The service was put on a port of X11, IRC or mail"), ""}},
         QT_TRANSLATE_NOOP("checks", "Use 443, or a port outside that list."),
         "[L1]: port 6000 failed in three browsers without a SYN",
         blockedPort,
         {}},
        {"target.mixed-content",
         Phase::Target,
         Severity::High,
         Kind::Passive,
         "W3C Mixed Content; RFC 6455 §10.6",
         "https://www.w3.org/TR/mixed-content/",
         QT_TRANSLATE_NOOP("checks", "Secure page, insecure connection"),
         {{QT_TRANSLATE_NOOP("checks", "TLS was added to the site but not to its WebSocket"), ""}},
         QT_TRANSLATE_NOOP("checks", "Serve wss:// (the proxy can end TLS)."),
         "S003 §3.2",
         mixedContent,
         {"sec.plain-transport"}},
        {"target.url-length",
         Phase::Target,
         Severity::Medium,
         Kind::Passive,
         "RFC 9112 §3; RFC 9110 §15.5.15",
         "https://www.rfc-editor.org/rfc/rfc9112#section-3",
         QT_TRANSLATE_NOOP("checks", "Length of the request target"),
         {{QT_TRANSLATE_NOOP("checks", "A token or state packed into the query"), ""}},
         QT_TRANSLATE_NOOP("checks", "Move it to a header field, a cookie or the first message."),
         "AWS API Gateway quotas; httpd include/httpd.h:195; nginx ngx_http_core_module.c:3590",
         urlLength,
         {}},
    };
}

} // namespace frameglass::diagnosis
