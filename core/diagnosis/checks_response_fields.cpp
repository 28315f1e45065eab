// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame_view.h"
#include "response_view.h"
#include "wording.h"

#include <QStringList>

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using namespace response;
using protocol::HeadOddity;

Judgement bodyHeaders(const ResponseHead &head, const Evaluation &)
{
    auto evidence = linesOf(head, "Content-Length");
    const auto more = linesOf(head, "Transfer-Encoding");
    evidence.insert(evidence.end(), more.begin(), more.end());
    if (evidence.empty())
        return pass(CheckText::tr("Neither Content-Length nor Transfer-Encoding"));
    const QString text = evidence.front().text;
    return warn(CheckText::tr("\"%1\" on a response that has no body").arg(text), std::move(evidence));
}

Judgement contentEncoding(const ResponseHead &head, const Evaluation &)
{
    std::vector<Evidence> evidence = linesOf(head, "Content-Encoding");
    if (evidence.empty())
        return pass(CheckText::tr("No Content-Encoding"));
    const QString text = evidence.front().text;
    return warn(CheckText::tr("\"%1\" on a response that has no body").arg(text), std::move(evidence));
}

struct SyntaxFault
{
    HeadOddity oddity;
    const char *clients; ///< who still opens ([L1])
};

constexpr SyntaxFault syntaxFaults[] = {
    {HeadOddity::SpaceBeforeColon, QT_TRANSLATE_NOOP("checks", "only Chromium opens")},
    {HeadOddity::MissingColon, QT_TRANSLATE_NOOP("checks", "only the browsers open")},
    {HeadOddity::ControlOctet, nullptr},
    {HeadOddity::ObsoleteFolding, QT_TRANSLATE_NOOP("checks", "ws and websockets (Python) fail")},
    {HeadOddity::BareLineFeed, QT_TRANSLATE_NOOP("checks", "ws, QWebSocket and websockets (Python) fail")},
    {HeadOddity::BareCarriageReturn, nullptr},
    {HeadOddity::InvalidNameOctet, nullptr},
    {HeadOddity::EmptyName, nullptr},
};

Judgement headerSyntax(const Evaluation &evaluation)
{
    const auto *head = wholeResponse(evaluation.facts);
    if (head == nullptr)
        return withoutResponse(evaluation.facts);
    constexpr std::size_t listed = 8;
    QStringList kinds;
    std::vector<Evidence> evidence;
    for (const SyntaxFault &fault : syntaxFaults) {
        bool found = false;
        for (const protocol::OddityAt &at : head->value.oddities) {
            if (at.oddity != fault.oddity)
                continue;
            found = true;
            const auto octets = protocol::textOf(head->value.raw);
            if (evidence.size() < listed && at.offset <= octets.size())
                evidence.push_back(
                    {head->record, at.offset, at.length, printable(octets.substr(at.offset, at.length))});
        }
        if (!found)
            continue;
        const QString name = textOf(fault.oddity);
        kinds << (fault.clients == nullptr ? name : CheckText::tr("%1 (%2)").arg(name, CheckText::tr(fault.clients)));
    }
    if (kinds.isEmpty())
        return pass(CheckText::tr("%1 well-formed field lines").arg(head->value.fields.size()));
    return fail(kinds.join(QStringLiteral("; ")), std::move(evidence));
}

/// The head was given up for a limit of ours.
std::optional<Judgement> overLimit(const ConnectionFacts &facts, protocol::Violation limit)
{
    if (!facts.responsePartial || violationOf(facts, limit) == nullptr)
        return {};
    return fail(textOf(limit), {headOf(*facts.response, octetCount(facts.response->value.raw.size()))});
}

Judgement headerSize(const Evaluation &evaluation)
{
    // Head sizes above which a client gives up whatever else fits ([L1] ladder of 8, 16, 64 and 300 KB).
    constexpr std::size_t webKitHeadOctets = 64 * 1024;
    constexpr std::size_t chromiumHeadOctets = 256 * 1024;
    if (!evaluation.facts.response)
        return withoutResponse(evaluation.facts);
    if (auto given = overLimit(evaluation.facts, protocol::Violation::HeadTooLarge))
        return *given;
    const ResponseHead &head = *evaluation.facts.response;
    const Settings &settings = evaluation.settings;
    const std::size_t total = head.value.raw.size();
    const auto longest = std::ranges::max_element(head.value.fields, {}, &HeaderField::length);
    const std::size_t line = longest == head.value.fields.end() ? 0 : longest->length;
    const auto evidence = [&]() -> std::vector<Evidence> {
        std::vector<Evidence> proof{headOf(head, octetCount(total))};
        if (longest != head.value.fields.end())
            proof.push_back({head.record, longest->offset, longest->length,
                             CheckText::tr("%1: %2").arg(printable(longest->name, 40), octetCount(line))});
        return proof;
    };
    if (total > chromiumHeadOctets)
        return fail(CheckText::tr("%1 in all: over the limit of Chromium and all below").arg(octetCount(total)),
                    evidence());
    if (total > webKitHeadOctets)
        return fail(CheckText::tr("%1 in all: over the limit of WebKitGTK, ws and HAProxy").arg(octetCount(total)),
                    evidence());
    if (total > settings.responseHeadFail)
        return fail(CheckText::tr("%1 in all: over the limit of ws (Node) and HAProxy").arg(octetCount(total)),
                    evidence());
    if (line > settings.responseLineFail)
        return fail(CheckText::tr("A field line of %1: over the limit of websockets (Python)").arg(octetCount(line)),
                    evidence());
    if (evaluation.facts.responsePartial)
        return withoutResponse(evaluation.facts);
    if (total >= settings.responseHeadWarn)
        return warn(
            CheckText::tr("%1 in all: nginx with its default proxy_buffer_size answers 502").arg(octetCount(total)),
            evidence());
    return pass(octetCount(total));
}

Judgement headerCount(const Evaluation &evaluation)
{
    if (auto given = overLimit(evaluation.facts, protocol::Violation::HeadTooManyLines))
        return *given;
    const auto *head = wholeResponse(evaluation.facts);
    if (head == nullptr)
        return withoutResponse(evaluation.facts);
    const std::size_t count = head->value.fields.size();
    const QString text = CheckText::tr("%1 field lines").arg(count);
    if (count > evaluation.settings.responseFieldsFail)
        return fail(CheckText::tr("%1 field lines: websockets (Python) and QWebSocket refuse them").arg(count),
                    {headOf(*head, text)});
    if (count > evaluation.settings.responseFieldsWarn)
        return warn(CheckText::tr("%1 field lines: QWebSocket refuses them").arg(count), {headOf(*head, text)});
    return pass(text);
}

struct Cookie
{
    std::string_view name;
    bool secure = false;
    bool httpOnly = false;
    std::string_view sameSite;
};

Cookie readCookie(std::string_view value)
{
    Cookie cookie;
    bool first = true;
    while (!value.empty()) {
        const auto end = value.find(';');
        const auto part = protocol::trimmed(value.substr(0, end));
        value = end == std::string_view::npos ? std::string_view() : value.substr(end + 1);
        const auto equals = part.find('=');
        const auto name = protocol::trimmed(part.substr(0, equals));
        if (first)
            cookie.name = name;
        else if (protocol::equalsIgnoringCase(name, "Secure"))
            cookie.secure = true;
        else if (protocol::equalsIgnoringCase(name, "HttpOnly"))
            cookie.httpOnly = true;
        else if (protocol::equalsIgnoringCase(name, "SameSite") && equals != std::string_view::npos)
            cookie.sameSite = protocol::trimmed(part.substr(equals + 1));
        first = false;
    }
    return cookie;
}

Judgement setCookie(const ResponseHead &head, const Evaluation &evaluation)
{
    const auto fields = head.value.all("Set-Cookie");
    if (fields.empty())
        return pass(CheckText::tr("No cookie"));
    constexpr std::size_t listed = 8;
    QStringList names;
    QString dropped;
    bool lacking = false;
    for (std::size_t i = 0; i < std::min(fields.size(), listed); ++i) {
        const Cookie cookie = readCookie(fields[i]->value);
        QStringList missing;
        if (!cookie.secure)
            missing << QStringLiteral("Secure");
        if (!cookie.httpOnly)
            missing << QStringLiteral("HttpOnly");
        if (cookie.sameSite.empty())
            missing << QStringLiteral("SameSite");
        lacking = lacking || !missing.isEmpty();
        const QString name = printable(cookie.name, 40);
        if (dropped.isEmpty() && protocol::equalsIgnoringCase(cookie.sameSite, "None") && !cookie.secure)
            dropped = name;
        names << (missing.isEmpty() ? name
                                    : CheckText::tr("%1 without %2").arg(name, missing.join(QStringLiteral(", "))));
    }
    if (fields.size() > listed)
        names << QStringLiteral("…");
    std::vector<Evidence> evidence = linesOf(head, "Set-Cookie");
    if (!dropped.isEmpty())
        return warn(CheckText::tr("Browsers drop the cookie %1: SameSite=None without Secure").arg(dropped),
                    std::move(evidence));
    const QString reason = CheckText::tr("Cookies on the 101: %1").arg(names.join(QStringLiteral("; ")));
    // Attributes that a cookie lacks cost nothing by themselves.
    return lacking ? advice(warn(reason, std::move(evidence)), evaluation) : info(reason, std::move(evidence));
}

} // namespace

std::vector<Check> responseFieldChecks()
{
    return {
        {"upgrade.body-headers",
         Phase::Response,
         Severity::Low,
         Kind::Passive,
         "RFC 9110 §8.6; RFC 9112 §6.1",
         "https://www.rfc-editor.org/rfc/rfc9112#section-6.1",
         QT_TRANSLATE_NOOP("checks", "Content-Length or Transfer-Encoding on 101"),
         {{QT_TRANSLATE_NOOP("checks", "A generic response writer adds it; nginx forwards Content-Length"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt has the field too")}},
         QT_TRANSLATE_NOOP("checks", "Remove the field from the 101."),
         "[L1] all seven clients still opened; [L2]",
         on101<bodyHeaders>,
         {}},
        {"upgrade.content-encoding",
         Phase::Response,
         Severity::Low,
         Kind::Passive,
         "RFC 9110 §8.4",
         "https://www.rfc-editor.org/rfc/rfc9110#section-8.4",
         QT_TRANSLATE_NOOP("checks", "Content-Encoding on 101"),
         {{QT_TRANSLATE_NOOP("checks", "A gzip middleware wraps the response"),
           QT_TRANSLATE_NOOP("checks", "Other routes of the server are compressed as well")}},
         QT_TRANSLATE_NOOP("checks", "Exclude the route from the compression middleware."),
         "S000 §2.2 (gzip wrapper); [L1] clients opened",
         on101<contentEncoding>,
         {}},
        {"upgrade.header-syntax",
         Phase::Response,
         Severity::Medium,
         Kind::Passive,
         "RFC 9112 §5; §5.1; §5.2; §2.2",
         "https://www.rfc-editor.org/rfc/rfc9112#section-5",
         QT_TRANSLATE_NOOP("checks", "Malformed field lines"),
         {{QT_TRANSLATE_NOOP("checks", "The head is put together from strings"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt has the same lines")}},
         QT_TRANSLATE_NOOP("checks", "Write \"Name: value\" and end each line with CR LF."),
         "[L1] (bare LF: ok in browsers and gorilla; fails ws, QWebSocket, websockets(py))",
         headerSyntax,
         {}},
        {"upgrade.header-size",
         Phase::Response,
         Severity::Medium,
         Kind::Passive,
         "RFC 9110 §5.4",
         "https://www.rfc-editor.org/rfc/rfc9110#section-5.4",
         QT_TRANSLATE_NOOP("checks", "Size of the response head"),
         {{QT_TRANSLATE_NOOP("checks", "A huge Set-Cookie or Content-Security-Policy on the 101"),
           QT_TRANSLATE_NOOP("checks", "The evidence names the longest line")}},
         QT_TRANSLATE_NOOP("checks", "Trim the fields of the 101; nginx: proxy_buffer_size 16k;"),
         "S000 §2.4; [L1] 8 k/16 k/64 k/300 k ladder; [L2]",
         headerSize,
         {}},
        {"upgrade.header-count",
         Phase::Response,
         Severity::Low,
         Kind::Passive,
         "RFC 9110 §5.4",
         "https://www.rfc-editor.org/rfc/rfc9110#section-5.4",
         QT_TRANSLATE_NOOP("checks", "Number of fields"),
         {{QT_TRANSLATE_NOOP("checks", "Debug fields"), QT_TRANSLATE_NOOP("checks", "Their names tell who adds them")}},
         QT_TRANSLATE_NOOP("checks", "Remove fields that no client needs."),
         "[L1]; qtws qwebsocket_p.h:83; pyws http11.py:44",
         headerCount,
         {}},
        {"upgrade.set-cookie",
         Phase::Response,
         Severity::Low,
         Kind::Passive,
         "RFC 6265 §4.1; RFC 6455 §4.1",
         "https://www.rfc-editor.org/rfc/rfc6265#section-4.1",
         QT_TRANSLATE_NOOP("checks", "Cookie on the 101"),
         {{QT_TRANSLATE_NOOP("checks", "A sticky session by cookie; native clients ignore it"),
           QT_TRANSLATE_NOOP("checks", "The name is the load balancer's; the next attempt does not send it back")}},
         QT_TRANSLATE_NOOP("checks", "Set Secure, HttpOnly and SameSite; let the client keep a cookie jar."),
         "S002 §4; gorilla client.go:354-358",
         on101<setCookie>,
         {}},
    };
}

} // namespace frameglass::diagnosis
