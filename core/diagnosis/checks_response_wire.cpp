// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/frame.h"
#include "response_view.h"
#include "wording.h"

#include <QStringList>

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using namespace response;
using protocol::HeadOddity;

const protocol::OddityAt *oddityOf(const HttpHead &head, HeadOddity wanted)
{
    const auto found =
        std::ranges::find_if(head.oddities, [&](const protocol::OddityAt &at) { return at.oddity == wanted; });
    return found == head.oddities.end() ? nullptr : &*found;
}

/// A status line where the first frame should begin. Empty lines before it do not hide it. An endpoint that stopped at
/// the frame header kept only its two octets: "HT" alone would be a Close frame with FIN clear and RSV1 set.
std::string_view secondStatusLine(const OctetsAfterHead &after)
{
    auto octets = after.octets;
    while (!octets.empty() && (octets.front() == '\r' || octets.front() == '\n'))
        octets.remove_prefix(1);
    constexpr std::string_view prefix = "HTTP/1.";
    if (octets.size() < 2 || octets.substr(0, prefix.size()) != prefix.substr(0, octets.size()))
        return {};
    return octets.substr(0, octets.find_first_of("\r\n"));
}

Judgement double101(const ResponseHead &head, const Evaluation &evaluation)
{
    const auto after = octetsAfterHead(evaluation.facts);
    const auto line = secondStatusLine(after);
    const auto *oddity = oddityOf(head.value, HeadOddity::SecondStatusLine);
    if (line.empty() && oddity == nullptr)
        return pass(CheckText::tr("One status line"));
    std::vector<Evidence> evidence{statusLineOf(head)};
    if (!line.empty())
        evidence.push_back(
            {after.record, static_cast<std::size_t>(line.data() - after.octets.data()), line.size(), printable(line)});
    else
        evidence.push_back({head.record, oddity->offset, oddity->length, textOf(HeadOddity::SecondStatusLine)});
    const QString text = line.empty() ? QStringLiteral("HTTP/1.") : printable(line);
    return fail(CheckText::tr("A second status line \"%1\" follows a first head with %2 field lines")
                    .arg(text, QString::number(head.value.fields.size())),
                std::move(evidence));
}

Judgement leadingBytes(const Evaluation &evaluation)
{
    const auto *head = wholeResponse(evaluation.facts);
    if (head == nullptr)
        return withoutResponse(evaluation.facts);
    const auto *oddity = oddityOf(head->value, HeadOddity::LeadingOctets);
    if (oddity == nullptr)
        return pass(CheckText::tr("The head begins with the status line"));
    const auto octets = protocol::textOf(head->value.raw).substr(oddity->offset, oddity->length);
    const auto only = [&](std::string_view set) { return octets.find_first_not_of(set) == std::string_view::npos; };
    QString clients;
    if (only("\r\n"))
        clients = CheckText::tr("empty lines: opens in Chromium, Firefox, WebKitGTK and ws only");
    else if (octets == "\xef\xbb\xbf")
        clients = CheckText::tr("a byte order mark: opens in Chromium and Firefox only");
    else if (only(std::string_view("\0", 1)))
        clients = CheckText::tr("NUL octets: opens in Firefox only");
    else if (octets.size() <= 3)
        clients = CheckText::tr("stray octets: opens in Chromium and Firefox only");
    else
        clients = CheckText::tr("no client opens");
    return fail(CheckText::tr("%1 octets \"%2\" before the status line; %3")
                    .arg(octets.size())
                    .arg(printable(octets, 24), clients),
                {{head->record, oddity->offset, oddity->length, printable(octets)}});
}

Judgement informational(const ResponseHead &, const Evaluation &evaluation)
{
    const auto &before = evaluation.facts.informational;
    if (before.empty())
        return pass(CheckText::tr("The 101 came first"));
    std::vector<Evidence> evidence;
    for (std::size_t i = 0; i < std::min<std::size_t>(before.size(), 8); ++i)
        evidence.push_back(statusLineOf(before[i]));
    return warn(CheckText::tr("%1 before the 101: Chromium, gorilla, websockets (Python) and QWebSocket fail")
                    .arg(before.front().value.status),
                std::move(evidence));
}

Judgement trailingBytes(const ResponseHead &head, const Evaluation &evaluation)
{
    const auto after = octetsAfterHead(evaluation.facts);
    if (after.octets.empty())
        return pass(CheckText::tr("Nothing after the head"));
    if (!isFollowedByNoFrame(head.value, evaluation.facts))
        return pass(CheckText::tr("A frame follows the head"));
    return fail(CheckText::tr("\"%1\" follows the head; that is no frame").arg(printable(after.octets, 24)),
                {{after.record, 0, after.octets.size(), printable(after.octets)}});
}

Judgement closedAfter101(const ResponseHead &head, const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (!facts.openedAt)
        return notApplicable(CheckText::tr("The handshake had failed before"));
    if (facts.vantage() == capture::Vantage::Server)
        return pass(CheckText::tr("The server is ours; its peer is the client"));
    if (facts.flow(facts.serverDirection()).frames > 0)
        return pass(CheckText::tr("A frame of the server came after the 101"));
    const auto *end = facts.peerEnd();
    if (end == nullptr || (facts.closeSent && facts.closeSent->time <= end->time)) {
        if (end != nullptr || facts.isOver())
            return pass(CheckText::tr("The server did not end it"));
        if (evaluation.now - head.time < evaluation.settings.earlyEnd)
            return notApplicable(
                CheckText::tr("Open for less than %1 so far").arg(durationText(evaluation.settings.earlyEnd)));
        return pass(CheckText::tr("Still open"));
    }
    const Nanoseconds lived = std::max(end->time - head.time, Nanoseconds(0));
    if (lived >= evaluation.settings.earlyEnd)
        return pass(CheckText::tr("TCP stood for %1 after the 101").arg(durationText(lived)));
    return fail(
        CheckText::tr("%1 %2 after the 101, without a single frame").arg(textOf(end->value.end), durationText(lived)),
        {statusLineOf(head), {end->record, 0, 0, textOf(end->value.end)}});
}

/// Only tells: what the answer has wrong is judged by rows of its own.
Judgement clientForecast(const Evaluation &evaluation)
{
    const auto lines = forecast(evaluation.facts);
    if (lines.empty())
        return withoutResponse(evaluation.facts);
    QStringList failing;
    const Deviation *because = nullptr;
    for (const ClientForecast &line : lines) {
        if (line.reaction == Reaction::Opens || line.reaction == Reaction::Follows)
            continue;
        failing << nameOf(line.client);
        if (because == nullptr)
            because = line.because;
    }
    if (failing.isEmpty())
        return pass(CheckText::tr("All clients that were tried open it"));
    const QString why = CheckText::tr(because->title);
    if (failing.size() == static_cast<qsizetype>(lines.size()))
        return info(CheckText::tr("No client opens it: %1").arg(why));
    return info(CheckText::tr("%1 fail: %2").arg(failing.join(QStringLiteral(", ")), why));
}

} // namespace

std::vector<Check> responseWireChecks()
{
    return {
        {"upgrade.double-101",
         Phase::Response,
         Severity::Blocker,
         Kind::Passive,
         "RFC 9112 §4; RFC 6455 §4.2.2",
         "https://www.rfc-editor.org/rfc/rfc9112#section-4",
         QT_TRANSLATE_NOOP("checks", "Two status lines"),
         {{QT_TRANSLATE_NOOP("checks", "The handler or a middleware wrote status 101 before it called the upgrade"),
           QT_TRANSLATE_NOOP("checks", "The first head has no or only general fields, the second is the library's")},
          {QT_TRANSLATE_NOOP("checks", "Two upgrade handlers on one socket"),
           QT_TRANSLATE_NOOP("checks", "Both heads are whole and carry the same Accept")}},
         QT_TRANSLATE_NOOP("checks", "Never write a status before the upgrade; keep one upgrade listener."),
         "[L3] Go WriteHeader(101) + gorilla; websockets/ws#1315; S000 §2.2",
         on101<double101>,
         {"upgrade.accept-missing", "upgrade.upgrade-missing", "upgrade.connection-missing", "upgrade.trailing-bytes",
          "upgrade.body-headers", "upgrade.subprotocol-missing", "frame.rsv-bits", "frame.reserved-opcode",
          "frame.http-in-stream", "frame.truncated"}},
        {"upgrade.leading-bytes",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 9112 §2.2",
         "https://www.rfc-editor.org/rfc/rfc9112#section-2.2",
         QT_TRANSLATE_NOOP("checks", "Bytes before the status line"),
         {{QT_TRANSLATE_NOOP("checks", "A script prints something or begins with a byte order mark"),
           QT_TRANSLATE_NOOP("checks", "The same octets with every attempt, also directly")},
          {QT_TRANSLATE_NOOP("checks", "Left-over body of an earlier response on a reused upstream connection"),
           QT_TRANSLATE_NOOP("checks", "Only behind a proxy, and not every time")}},
         QT_TRANSLATE_NOOP("checks", "Write nothing before the response; do not reuse that upstream connection."),
         "[L1]; nginx hangs, Apache passes it as 200 HTTP/0.9, HAProxy 502 [L2]",
         leadingBytes,
         {}},
        {"upgrade.informational",
         Phase::Response,
         Severity::Medium,
         Kind::Passive,
         "RFC 9110 §15.2",
         "https://www.rfc-editor.org/rfc/rfc9110#section-15.2",
         QT_TRANSLATE_NOOP("checks", "1xx before 101"),
         {{QT_TRANSLATE_NOOP("checks", "Early hints are switched on"),
           QT_TRANSLATE_NOOP("checks", "The status is 103 and carries Link fields")},
          {QT_TRANSLATE_NOOP("checks", "Handling of Expect"),
           QT_TRANSLATE_NOOP("checks", "The status is 100; it goes away without an Expect field in the request")}},
         QT_TRANSLATE_NOOP("checks", "Switch early hints off for this route."),
         "[L1],[L2]",
         on101<informational>,
         {}},
        {"upgrade.trailing-bytes",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §5.2; §4.2.2",
         "https://www.rfc-editor.org/rfc/rfc6455#section-5.2",
         QT_TRANSLATE_NOOP("checks", "Bytes right after the head"),
         {{QT_TRANSLATE_NOOP("checks", "The handler prints after the upgrade"),
           QT_TRANSLATE_NOOP("checks", "The text is the application's")},
          {QT_TRANSLATE_NOOP("checks", "The framework appends a page or an empty line"),
           QT_TRANSLATE_NOOP("checks", "The text is HTML, an error message or a line ending")}},
         QT_TRANSLATE_NOOP("checks", "Write nothing to the HTTP response once the connection was taken over."),
         "[L1] post-garbage: opcode 13 error in gorilla/ws/QWebSocket/websockets(py); browsers open then error or hang",
         on101<trailingBytes>,
         {"frame.rsv-bits", "frame.reserved-opcode", "frame.control-fragmented", "frame.http-in-stream",
          "frame.truncated", "frame.masked-server", "frame.length-encoding"}},
    };
}

std::vector<Check> responseAfterwardsChecks()
{
    return {
        {"upgrade.101-then-close",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §7.1.7",
         "https://www.rfc-editor.org/rfc/rfc6455#section-7.1.7",
         QT_TRANSLATE_NOOP("checks", "101 followed at once by FIN or RST"),
         {{QT_TRANSLATE_NOOP("checks", "IIS: the module forwards the upgrade, the WebSocket feature is not installed"),
           QT_TRANSLATE_NOOP("checks", "Server names IIS; every path behaves like this")},
          {QT_TRANSLATE_NOOP("checks", "The server panics after the upgrade"),
           QT_TRANSLATE_NOOP("checks", "Its log shows a stack trace at that moment")},
          {QT_TRANSLATE_NOOP("checks", "IIS ARR with compression"),
           QT_TRANSLATE_NOOP("checks", "It stays open without the Sec-WebSocket-Extensions offer")},
          {QT_TRANSLATE_NOOP("checks", "A late check of origin or authentication that sends no Close"),
           QT_TRANSLATE_NOOP("checks", "Another Origin or token stays open")}},
         QT_TRANSLATE_NOOP("checks",
                           "Install the WebSocket feature; refuse with an HTTP status, or with Close 1008 and a "
                           "reason."),
         "aspnet/AspNetCoreModule#135; open-webui/open-webui#24579; [L1] Firefox then never fires open",
         on101<closedAfter101>,
         {"close.abnormal", "close.fin-without-close", "close.rst", "close.tcp-end"}},
        {"upgrade.client-forecast",
         Phase::Response,
         Severity::Info,
         Kind::Passive,
         "RFC 6455 §4.1",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
         QT_TRANSLATE_NOOP("checks", "Which clients open this handshake"),
         {{QT_TRANSLATE_NOOP("checks", "The answer differs in a way that one client forgives and another does not"),
           ""}},
         QT_TRANSLATE_NOOP("checks", "Correct what the failing rows above name."),
         "[L1] clients.md",
         clientForecast,
         {}},
    };
}

} // namespace frameglass::diagnosis
