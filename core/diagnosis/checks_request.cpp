// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "frame_view.h"
#include "response_view.h"

#include "core/capture/secrets.h"

#include <QStringList>

#include <algorithm>
#include <iterator>

namespace frameglass::diagnosis {

namespace {

using namespace response;
using protocol::Violation;
using RequestHead = analysis::Recorded<HttpHead>;

constexpr std::string_view protocolField = "Sec-WebSocket-Protocol";

const RequestHead *wholeRequest(const ConnectionFacts &facts)
{
    return facts.request && !facts.requestPartial ? &*facts.request : nullptr;
}

Judgement withoutRequest(const ConnectionFacts &facts)
{
    return notApplicable(facts.request ? CheckText::tr("The request head never became whole")
                                       : CheckText::tr("No request so far"));
}

/// Whether the server gave up waiting for the request.
const analysis::Recorded<capture::StageChanged> *timedOut(const ConnectionFacts &facts)
{
    const auto found = std::ranges::find_if(facts.stages, [](const auto &stage) {
        return stage.value.stage == capture::Stage::Upgrade && stage.value.outcome == capture::StageOutcome::TimedOut;
    });
    return facts.vantage() == capture::Vantage::Server && found != facts.stages.end() ? &*found : nullptr;
}

/// Faults that have a row of their own.
bool isJudgedElsewhere(const protocol::HandshakeFault &fault)
{
    return fault.violation == Violation::SubprotocolRepeated || fault.violation == Violation::ExtensionMalformed ||
           fault.violation == Violation::OriginRefused ||
           (fault.violation == Violation::FieldLineMalformed && fault.field == protocolField);
}

Evidence lineAt(const RequestHead &head, const protocol::HandshakeFault &fault)
{
    for (const HeaderField &field : head.value.fields)
        if (field.offset == fault.offset)
            return lineOf(head, field);
    const auto line = std::ranges::find(head.value.raw, std::byte{'\n'});
    return {head.record, 0, static_cast<std::size_t>(line - head.value.raw.begin()), shownStartLine(head.value)};
}

Judgement complete(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    const auto *head = wholeRequest(facts);
    if (head == nullptr) {
        if (const auto *late = timedOut(facts))
            return fail(CheckText::tr("No whole request came within %1").arg(durationText(late->value.elapsed)),
                        {evidenceOf(late->record, textOf(late->value.outcome))});
        if (const auto *cut = violationOf(facts, Violation::HeadTruncated); cut != nullptr && facts.requestPartial)
            return fail(textOf(Violation::HeadTruncated),
                        {headOf(*facts.request, octetCount(facts.request->value.raw.size()))});
        return withoutRequest(facts);
    }
    QStringList texts;
    std::vector<Evidence> evidence;
    for (const auto &fault : protocol::judgeRequest(head->value)) {
        if (isJudgedElsewhere(fault))
            continue;
        texts << textOf(fault.violation);
        if (evidence.size() < 8)
            evidence.push_back(lineAt(*head, fault));
    }
    texts.removeDuplicates();
    if (texts.isEmpty())
        return pass(CheckText::tr("All that an opening handshake needs"));
    return fail(texts.join(QStringLiteral("; ")), std::move(evidence));
}

Judgement headerBudget(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    const auto &settings = evaluation.settings;
    if (!facts.request)
        return withoutRequest(facts);
    const RequestHead &head = *facts.request;
    for (const auto limit : {Violation::HeadTooLarge, Violation::HeadTooManyLines})
        if (const auto *struck = violationOf(facts, limit); struck != nullptr && facts.requestPartial)
            return fail(textOf(limit), {headOf(head, octetCount(head.value.raw.size()))});
    const std::size_t total = head.value.raw.size();
    const auto longest = std::ranges::max_element(head.value.fields, {}, &HeaderField::length);
    const std::size_t line = longest == head.value.fields.end() ? 0 : longest->length;
    if (line > settings.requestLineFail)
        return fail(CheckText::tr("A field line of %1: nginx and Apache answer 400").arg(octetCount(line)),
                    {lineOf(head, *longest)});
    if (total > settings.requestHeadFail)
        return fail(CheckText::tr("%1 in all: HAProxy answers 400").arg(octetCount(total)),
                    {headOf(head, octetCount(total))});
    if (facts.requestPartial)
        return withoutRequest(facts);
    if (total >= settings.requestHeadWarn)
        return advice(warn(CheckText::tr("%1 in all, not far from the limit of a proxy").arg(octetCount(total)),
                           {headOf(head, octetCount(total))}),
                      evaluation);
    return pass(octetCount(total));
}

Judgement underscoreHeader(const Evaluation &evaluation)
{
    const auto *head = wholeRequest(evaluation.facts);
    if (head == nullptr)
        return withoutRequest(evaluation.facts);
    const auto found = std::ranges::find_if(
        head->value.fields, [](const HeaderField &field) { return field.name.find('_') != std::string::npos; });
    if (found == head->value.fields.end())
        return pass(CheckText::tr("No field name with an underscore"));
    return advice(
        warn(CheckText::tr("nginx drops the field \"%1\"").arg(printable(found->name, 40)), {lineOf(*head, *found)}),
        evaluation);
}

Judgement emptyProtocol(const Evaluation &evaluation)
{
    const auto *head = wholeRequest(evaluation.facts);
    if (head == nullptr)
        return withoutRequest(evaluation.facts);
    const auto fields = head->value.all(protocolField);
    if (fields.empty())
        return pass(CheckText::tr("No subprotocol is offered"));
    if (protocol::parseTokenList(head->value.joined(protocolField)).items.empty() &&
        std::ranges::all_of(fields, [](const HeaderField *field) { return field->value.empty(); }))
        return fail(CheckText::tr("The field is there, but names no subprotocol"), linesOf(*head, protocolField));
    return pass(CheckText::tr("Subprotocols are offered"));
}

Judgement protocolTokens(const Evaluation &evaluation)
{
    const auto *head = wholeRequest(evaluation.facts);
    if (head == nullptr)
        return withoutRequest(evaluation.facts);
    if (head->value.joined(protocolField).empty())
        return notApplicable(CheckText::tr("No subprotocol is offered"));
    for (const auto &fault : protocol::judgeRequest(head->value)) {
        if (fault.violation == Violation::SubprotocolRepeated)
            return fail(CheckText::tr("A subprotocol is offered twice"), linesOf(*head, protocolField));
        if (fault.violation == Violation::FieldLineMalformed && fault.field == protocolField)
            return fail(CheckText::tr("A subprotocol is no token: it has a space or a sign such as \"=\" or \"/\""),
                        linesOf(*head, protocolField));
    }
    const auto offered = protocol::parseTokenList(head->value.joined(protocolField)).items;
    for (std::size_t i = 0; i < offered.size(); ++i)
        if (!capture::secretsInSubprotocol(offered[i], i > 0 ? std::string_view(offered[i - 1]) : std::string_view())
                 .empty())
            return advice(warn(CheckText::tr("A subprotocol looks like a secret"), linesOf(*head, protocolField)),
                          evaluation);
    return pass(CheckText::tr("%1 subprotocols, all tokens, all different").arg(offered.size()));
}

Judgement origin(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    const auto *head = wholeRequest(facts);
    if (head == nullptr)
        return withoutRequest(facts);
    const auto *answer = wholeResponse(facts);
    const bool forbidden = answer != nullptr && answer->value.status == 403;
    const auto lines = linesOf(*head, "Origin");
    if (lines.empty()) {
        const QString text = CheckText::tr("No Origin, as from a program that is no browser");
        return forbidden ? warn(CheckText::tr("The answer is 403, and no Origin was sent"), {statusLineOf(*answer)})
                         : info(text, {headOf(*head, text)});
    }
    if (violationOf(facts, Violation::OriginRefused) != nullptr)
        return warn(CheckText::tr("This server lets in no page of %1").arg(shownValues(head->value, "Origin")), lines);
    return info(lines.front().text, lines);
}

constexpr std::string_view section41 = "https://www.rfc-editor.org/rfc/rfc6455#section-4.1";

} // namespace

std::vector<Check> requestChecks()
{
    return {
        {"request.complete",
         Phase::Request,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §4.1; §4.2.1",
         section41,
         QT_TRANSLATE_NOOP("checks", "Request is no opening handshake"),
         {{QT_TRANSLATE_NOOP("checks", "Header fields were edited by hand"),
           QT_TRANSLATE_NOOP("checks", "Without the edits the request is whole")},
          {QT_TRANSLATE_NOOP("checks", "A proxy drops Upgrade and Connection"),
           QT_TRANSLATE_NOOP("checks", "Key and version are there; a direct connection has all fields")},
          {QT_TRANSLATE_NOOP("checks", "It is no WebSocket client"),
           QT_TRANSLATE_NOOP("checks", "Key and version are missing as well: a page, a probe or a scanner")}},
         QT_TRANSLATE_NOOP("checks", "Send GET, HTTP/1.1, Host, Upgrade, Connection, Sec-WebSocket-Key and "
                                     "Sec-WebSocket-Version: 13."),
         "S000 §2.3, §4.2",
         complete,
         {"upgrade.400", "upgrade.405", "upgrade.426"}},
        {"request.header-budget",
         Phase::Request,
         Severity::Medium,
         Kind::Passive,
         "RFC 9110 §5.4; RFC 6585 §5",
         "https://www.rfc-editor.org/rfc/rfc6585#section-5",
         QT_TRANSLATE_NOOP("checks", "Large request head"),
         {{QT_TRANSLATE_NOOP("checks", "Cookies of other applications on the same host"),
           QT_TRANSLATE_NOOP("checks", "Cookie is the longest field")},
          {QT_TRANSLATE_NOOP("checks", "A token in a field"),
           QT_TRANSLATE_NOOP("checks", "Authorization is the longest field")}},
         QT_TRANSLATE_NOOP("checks", "Trim cookies and tokens, or raise the limit of the hop that refuses."),
         "S000 §2.4; [L2] nginx ok 7,000, 400 at 9,000; HAProxy ok 15,000, 400 at 20,000",
         headerBudget,
         {"upgrade.431"}},
        {"request.underscore-header",
         Phase::Request,
         Severity::Low,
         Kind::Passive,
         "RFC 9110 §5.1",
         "https://www.rfc-editor.org/rfc/rfc9110#section-5.1",
         QT_TRANSLATE_NOOP("checks", "Underscore in a field name"),
         {{QT_TRANSLATE_NOOP("checks", "nginx drops such fields unless underscores_in_headers is on"),
           QT_TRANSLATE_NOOP("checks", "The field is missing behind the proxy only")}},
         QT_TRANSLATE_NOOP("checks", "Write the name with hyphens."),
         "S000 §2.4; nginx ngx_http_core_module.c:3607",
         underscoreHeader,
         {}},
        {"request.empty-protocol",
         Phase::Request,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §4.1 item 10",
         section41,
         QT_TRANSLATE_NOOP("checks", "Empty Sec-WebSocket-Protocol"),
         {{QT_TRANSLATE_NOOP("checks", "The library was given an empty list"),
           QT_TRANSLATE_NOOP("checks", "The field has no value at all")}},
         QT_TRANSLATE_NOOP("checks", "Leave the field out."),
         "cloud-in-a-bottle#7",
         emptyProtocol,
         {"request.protocol-tokens", "upgrade.400"}},
        {"request.protocol-tokens",
         Phase::Request,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §4.1 item 10; RFC 9110 §5.6.2",
         section41,
         QT_TRANSLATE_NOOP("checks", "Offered subprotocols"),
         {{QT_TRANSLATE_NOOP("checks", "An access token travels as subprotocol"),
           QT_TRANSLATE_NOOP("checks", "The value is long and has \"=\" or \"/\"")},
          {QT_TRANSLATE_NOOP("checks", "The list is put together from two sources"),
           QT_TRANSLATE_NOOP("checks", "The same name stands there twice")}},
         QT_TRANSLATE_NOOP("checks", "Offer each name once; base64url without padding makes a token."),
         "[L1] duplicates throw SyntaxError in 3 browsers; ws websocket.js:780-788",
         protocolTokens,
         {"upgrade.400"}},
        {"request.origin",
         Phase::Request,
         Severity::Low,
         Kind::Passive,
         "RFC 6455 §4.1 item 8; §10.2",
         section41,
         QT_TRANSLATE_NOOP("checks", "Origin of the request"),
         {{QT_TRANSLATE_NOOP("checks", "The list of allowed origins lacks this one"),
           QT_TRANSLATE_NOOP("checks", "Another origin is let in")},
          {QT_TRANSLATE_NOOP("checks", "Scheme, port or a proxy's Host differ"),
           QT_TRANSLATE_NOOP("checks", "The origin differs from the allowed one in a detail only")}},
         QT_TRANSLATE_NOOP("checks", "Send the right Origin, or allow this one."),
         "gorilla server.go:88-98",
         origin,
         {}},
    };
}

} // namespace frameglass::diagnosis
