// SPDX-License-Identifier: GPL-3.0-or-later
#include "response_view.h"
#include "wording.h"

#include <cctype>
#include <chrono>

namespace frameglass::diagnosis {

namespace {

using namespace response;
using namespace std::chrono_literals;

// A proxy's read time-out with its default value ends the wait at 60 ± 1 s.
constexpr Nanoseconds proxyReadTimeout = 60s;
constexpr Nanoseconds proxyReadTimeoutSlack = 1s;

Evidence requestOf(const ConnectionFacts &facts)
{
    return {facts.request->record, 0, facts.request->value.raw.size(), shownStartLine(facts.request->value)};
}

bool cancelledByUs(const ConnectionFacts &facts)
{
    return !facts.stages.empty() && facts.stages.back().value.stage == capture::Stage::Upgrade &&
           facts.stages.back().value.outcome == capture::StageOutcome::Cancelled;
}

/// No octet of a final response has come.
Judgement withoutReply(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    const auto *end = facts.peerEnd();
    const bool over = facts.isOver() || end != nullptr;
    Nanoseconds until = evaluation.now;
    if (end != nullptr)
        until = end->time;
    else if (facts.ended)
        until = facts.ended->time;
    const Nanoseconds waited = std::max(until - facts.request->time, Nanoseconds(0));
    const QString duration = durationText(waited);

    std::vector<Evidence> evidence{requestOf(facts)};
    if (end != nullptr)
        evidence.push_back({end->record, 0, 0, textOf(end->value.end)});
    constexpr std::size_t causes = 4;
    const bool proxyTimedOut = over && waited >= proxyReadTimeout - proxyReadTimeoutSlack &&
                               waited <= proxyReadTimeout + proxyReadTimeoutSlack;
    const auto order = proxyTimedOut ? causesWithFirst({3}, causes) : std::vector<std::size_t>();

    if (!facts.informational.empty() && over)
        return fail(CheckText::tr("Only a %1 came, no final response in %2")
                        .arg(facts.informational.back().value.status)
                        .arg(duration),
                    std::move(evidence), order);
    if (end != nullptr)
        return fail(CheckText::tr("%1 after %2, without one octet of a reply").arg(textOf(end->value.end), duration),
                    std::move(evidence), order);
    if (waited >= evaluation.settings.noResponseFail)
        return fail(CheckText::tr("No octet for %1").arg(duration), std::move(evidence), order);
    if (over && !cancelledByUs(facts))
        return fail(CheckText::tr("No octet for %1, then the wait was given up").arg(duration), std::move(evidence),
                    order);
    if (waited >= evaluation.settings.noResponseWarn)
        return warn(CheckText::tr("No octet for %1 so far").arg(duration), std::move(evidence), order);
    if (over)
        return notApplicable(CheckText::tr("Cancelled after %1, before a reply").arg(duration));
    return notApplicable(CheckText::tr("Waiting for the reply for %1").arg(duration));
}

Judgement noResponse(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (!facts.request)
        return withoutResponse(facts);
    if (!facts.response)
        return withoutReply(evaluation);
    const Nanoseconds first =
        std::max(facts.firstReplyOctets.value_or(facts.response->time) - facts.request->time, Nanoseconds(0));
    if (first > evaluation.settings.noResponseWarn)
        return warn(CheckText::tr("The first octet came after %1").arg(durationText(first)),
                    {requestOf(facts), statusLineOf(*facts.response)});
    return pass(CheckText::tr("First octet after %1").arg(durationText(first)));
}

Judgement slow(const Evaluation &evaluation)
{
    const auto took = answerTime(evaluation.facts);
    if (!took)
        return withoutResponse(evaluation.facts);
    const QString duration = durationText(*took);
    std::vector<Evidence> evidence{requestOf(evaluation.facts), statusLineOf(*evaluation.facts.response)};
    if (*took > evaluation.settings.upgradeFail)
        return fail(CheckText::tr("%1 from the request to the end of the response head, limit %2")
                        .arg(duration, durationText(evaluation.settings.upgradeFail)),
                    std::move(evidence));
    if (*took > evaluation.settings.upgradeWarn)
        return warn(CheckText::tr("%1 from the request to the end of the response head, should stay below %2")
                        .arg(duration, durationText(evaluation.settings.upgradeWarn)),
                    std::move(evidence));
    return pass(CheckText::tr("Answered in %1").arg(duration));
}

struct StatusLine
{
    bool version11 = false;
    bool version10 = false;
    bool wellFormed = false; ///< HTTP/d.d SP 3DIGIT SP [reason] (RFC 9112 §4)
    bool noFinalSpace = false;
};

StatusLine readStatusLine(std::string_view line)
{
    StatusLine read;
    const auto digit = [&](std::size_t at) {
        return at < line.size() && std::isdigit(static_cast<unsigned char>(line[at])) != 0;
    };
    if (!line.starts_with("HTTP/") || !digit(5) || line.substr(6, 1) != "." || !digit(7))
        return read;
    read.version11 = line.substr(5, 3) == "1.1";
    read.version10 = line.substr(5, 3) == "1.0";
    if (line.substr(8, 1) != " " || !digit(9) || !digit(10) || !digit(11))
        return read;
    read.noFinalSpace = line.size() == 12;
    read.wellFormed = read.noFinalSpace || line[12] == ' ';
    return read;
}

Judgement statusLine(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (!facts.response)
        return withoutResponse(facts);
    const ResponseHead &head = *facts.response;
    const std::string &line = head.value.startLine;
    const StatusLine read = readStatusLine(line);
    const QString text = printable(line);
    if (facts.responsePartial && (line.empty() || head.value.raw.size() <= evaluation.settings.responseHeadFail))
        return fail(
            CheckText::tr("The head was cut off after %1 octets, before its empty line").arg(head.value.raw.size()),
            {headOf(head, printable(protocol::textOf(head.value.raw)))});
    if (!read.wellFormed || head.value.has(protocol::HeadOddity::StartLineMalformed))
        return fail(CheckText::tr("\"%1\" is no HTTP status line").arg(text), {statusLineOf(head)});
    if (!read.version11 && !read.version10)
        return fail(CheckText::tr("\"%1\" is not HTTP/1.1").arg(text), {statusLineOf(head)});
    if (read.noFinalSpace)
        return warn(CheckText::tr("\"%1\" lacks the space after the code: websockets (Python) rejects it").arg(text),
                    {statusLineOf(head)});
    return pass(text);
}

Judgement http10Status(const ResponseHead &head, const Evaluation &)
{
    if (head.value.versionMajor == 1 && head.value.versionMinor == 0)
        return fail(CheckText::tr("\"%1\": Firefox, WebKitGTK, QWebSocket and websockets (Python) refuse it")
                        .arg(printable(head.value.startLine)),
                    {statusLineOf(head)});
    return pass(CheckText::tr("HTTP/%1.%2").arg(head.value.versionMajor).arg(head.value.versionMinor));
}

} // namespace

std::vector<Check> responseArrivalChecks()
{
    return {
        {"upgrade.no-response",
         Phase::Response,
         Severity::Blocker,
         Kind::Passive,
         "RFC 6455 §4.1; RFC 9112 §9.5",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
         QT_TRANSLATE_NOOP("checks", "No reply to the upgrade"),
         {{QT_TRANSLATE_NOOP("checks", "The handler blocks before it upgrades"),
           QT_TRANSLATE_NOOP("checks", "A plain GET of the same URL is slow too")},
          {QT_TRANSLATE_NOOP("checks", "A middlebox swallows Upgrade on port 80"),
           QT_TRANSLATE_NOOP("checks", "The same server answers over wss")},
          {QT_TRANSLATE_NOOP("checks", "The server's accept queue is full"),
           QT_TRANSLATE_NOOP("checks", "Connecting is slow as well, and every path of that port is")},
          {QT_TRANSLATE_NOOP("checks", "A proxy waits for a backend that never answers"),
           QT_TRANSLATE_NOOP("checks", "A cut or a 504 after 60 s; a direct attempt behaves otherwise")}},
         QT_TRANSLATE_NOOP("checks", "Bound the time of authentication and database work before the upgrade; use wss."),
         "S000 ch.1; chromium handshake limit 240 s, Firefox 20 s, gorilla 45 s, websockets(py) 10 s",
         noResponse,
         {"upgrade.slow"}},
        {"upgrade.slow",
         Phase::Response,
         Severity::Medium,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Upgrade latency"),
         {{QT_TRANSLATE_NOOP("checks", "An authentication call inside the handshake"),
           QT_TRANSLATE_NOOP("checks", "A path without authentication answers at once")},
          {QT_TRANSLATE_NOOP("checks", "A cold start of the server"),
           QT_TRANSLATE_NOOP("checks", "Only the first attempt is slow")},
          {QT_TRANSLATE_NOOP("checks", "TLS between proxy and origin"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt past the proxy is fast")},
          {QT_TRANSLATE_NOOP("checks", "Requests queue up"),
           QT_TRANSLATE_NOOP("checks", "The time grows with the number of connections")}},
         QT_TRANSLATE_NOOP("checks", "Cache authentication, keep instances warm."),
         "S001 §5; S000 §5.3 (800 ms gateway timeout)",
         slow,
         {}},
        {"upgrade.status-line",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 9112 §4",
         "https://www.rfc-editor.org/rfc/rfc9112#section-4",
         QT_TRANSLATE_NOOP("checks", "Status line syntax"),
         {{QT_TRANSLATE_NOOP("checks", "The server writes its response by hand"),
           QT_TRANSLATE_NOOP("checks", "Every response has the same fault")},
          {QT_TRANSLATE_NOOP("checks", "Another protocol answers on this port (TLS, HTTP/2, something else)"),
           QT_TRANSLATE_NOOP("checks", "The octets are no text, or do not begin with HTTP/")}},
         QT_TRANSLATE_NOOP("checks", "Send \"HTTP/1.1 101 Switching Protocols\" and end the head with an empty line."),
         "S000 §2.3 (12 traps); [L1]",
         statusLine,
         {}},
        {"upgrade.http10-status",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §7.8",
         "https://www.rfc-editor.org/rfc/rfc9110#section-7.8",
         QT_TRANSLATE_NOOP("checks", "101 with HTTP/1.0"),
         {{QT_TRANSLATE_NOOP("checks", "The server writes 1.0"),
           QT_TRANSLATE_NOOP("checks",
                             "A direct attempt shows it; HAProxy forwards it as it is, nginx hides it, Apache "
                             "turns it into 502")},
          {QT_TRANSLATE_NOOP("checks", "An old proxy writes 1.0"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt shows HTTP/1.1")}},
         QT_TRANSLATE_NOOP("checks", "Answer with HTTP/1.1."),
         "[L1],[L2]; gecko OnStartRequest; qtws qwebsocket_p.cpp:1064",
         on101<http10Status>,
         {}},
    };
}

} // namespace frameglass::diagnosis
