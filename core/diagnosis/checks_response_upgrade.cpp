// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/header_list.h"
#include "response_view.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using namespace response;

/// A field that the 101 must have, and the token in it (RFC 6455 §4.2.2).
struct RequiredField
{
    std::string_view name;
    std::string_view token;
};
constexpr RequiredField upgradeField{"Upgrade", "websocket"};
constexpr RequiredField connectionField{"Connection", "Upgrade"};

QString missingText(const RequiredField &field)
{
    return CheckText::tr("There is no field %1").arg(utf8(field.name));
}

template<const RequiredField &required>
Judgement fieldMissing(const ResponseHead &head, const Evaluation &)
{
    if (const HeaderField *field = head.value.find(required.name))
        return pass(printable(field->value));
    return fail(CheckText::tr("Status 101 without the field %1").arg(utf8(required.name)),
                {headOf(head, printable(head.value.startLine))});
}

template<const RequiredField &required>
Judgement fieldWithoutToken(const ResponseHead &head, const Evaluation &)
{
    if (head.value.find(required.name) == nullptr)
        return notApplicable(missingText(required));
    const QString text = printable(head.value.joined(required.name));
    if (!head.value.hasToken(required.name, required.token))
        return fail(CheckText::tr("\"%1\" does not contain \"%2\"").arg(text, utf8(required.token)),
                    linesOf(head, required.name));
    return pass(text);
}

Judgement upgradeCase(const ResponseHead &head, const Evaluation &)
{
    if (!head.value.hasToken("Upgrade", "websocket"))
        return notApplicable(CheckText::tr("Upgrade does not name websocket"));
    const std::string value = head.value.joined("Upgrade");
    if (value.find("websocket") != std::string::npos)
        return pass(printable(value));
    return info(CheckText::tr("\"%1\" is not in lower case; every tested client accepts it").arg(printable(value)),
                linesOf(head, "Upgrade"));
}

Judgement upgradeList(const ResponseHead &head, const Evaluation &)
{
    const std::size_t lines = head.value.count("Upgrade");
    if (lines == 0)
        return notApplicable(missingText(upgradeField));
    const std::string value = head.value.joined("Upgrade");
    if (lines == 1 && head.value.tokens("Upgrade").size() <= 1)
        return pass(CheckText::tr("One value"));
    return warn(
        CheckText::tr("\"%1\": Chromium, WebKitGTK, ws, websockets (Python) and QWebSocket fail").arg(printable(value)),
        linesOf(head, "Upgrade"));
}

Judgement connectionExtra(const ResponseHead &head, const Evaluation &)
{
    if (!head.value.hasToken("Connection", "upgrade"))
        return notApplicable(CheckText::tr("Connection does not contain the token upgrade"));
    if (head.value.count("Connection") == 1 && head.value.tokens("Connection").size() == 1)
        return pass(CheckText::tr("One value"));
    return warn(CheckText::tr("\"%1\" is legal, but QWebSocket and OkHttp compare the whole value and fail")
                    .arg(printable(head.value.joined("Connection"))),
                linesOf(head, "Connection"));
}

constexpr std::string_view protocolName = "Sec-WebSocket-Protocol";

/// What the client offered, in its own letter case.
std::vector<std::string> offered(const ConnectionFacts &facts)
{
    if (!facts.request)
        return {};
    return protocol::parseTokenList(facts.request->value.joined(protocolName)).items;
}

QString offersText(const ConnectionFacts &facts)
{
    return shownValues(facts.request->value, protocolName);
}

Judgement subprotocolMissing(const ResponseHead &head, const Evaluation &evaluation)
{
    const auto offers = offered(evaluation.facts);
    if (offers.empty())
        return notApplicable(CheckText::tr("No sub-protocol was offered"));
    if (const HeaderField *field = head.value.find(protocolName))
        return pass(shownValue(head.value, *field));
    return warn(
        CheckText::tr("None of \"%1\" was acknowledged: Chromium and ws fail").arg(offersText(evaluation.facts)),
        {headOf(head, printable(head.value.startLine)),
         lineOf(*evaluation.facts.request, *evaluation.facts.request->value.find(protocolName))});
}

Judgement subprotocolUnrequested(const ResponseHead &head, const Evaluation &evaluation)
{
    if (!evaluation.facts.request)
        return notApplicable(CheckText::tr("The request was not recorded"));
    if (!offered(evaluation.facts).empty())
        return notApplicable(CheckText::tr("Sub-protocols were offered"));
    const HeaderField *field = head.value.find(protocolName);
    if (field == nullptr)
        return pass(CheckText::tr("None offered, none sent"));
    return fail(CheckText::tr("\"%1\" was sent, none was offered: Chromium, WebKitGTK, ws, websockets (Python) and "
                              "QWebSocket fail")
                    .arg(shownValue(head.value, *field)),
                linesOf(head, protocolName));
}

Judgement subprotocolMismatch(const ResponseHead &head, const Evaluation &evaluation)
{
    const auto offers = offered(evaluation.facts);
    if (offers.empty())
        return notApplicable(CheckText::tr("No sub-protocol was offered"));
    const auto fields = head.value.all(protocolName);
    if (fields.empty())
        return notApplicable(CheckText::tr("No sub-protocol was sent"));
    auto evidence = linesOf(head, protocolName);
    evidence.push_back(lineOf(*evaluation.facts.request, *evaluation.facts.request->value.find(protocolName)));
    const std::string &value = fields.front()->value;
    const QString text = shownValues(head.value, protocolName);
    if (fields.size() > 1)
        return fail(CheckText::tr("The field was sent %1 times: \"%2\"").arg(fields.size()).arg(text),
                    std::move(evidence));
    if (std::ranges::count(offers, value) != 0)
        return pass(text);
    if (value.find(',') != std::string::npos)
        return fail(CheckText::tr("A list \"%1\" instead of one value").arg(text), std::move(evidence));
    for (const std::string &offer : offers) {
        if (protocol::equalsIgnoringCase(offer, value))
            return fail(CheckText::tr("\"%1\" instead of \"%2\": the letter case was changed")
                            .arg(text, offersText(evaluation.facts)),
                        std::move(evidence));
    }
    return fail(CheckText::tr("\"%1\" is none of the offered \"%2\"").arg(text, offersText(evaluation.facts)),
                std::move(evidence));
}

std::vector<Check> upgradeFieldChecks()
{
    return {
        {"upgrade.upgrade-missing",
         Phase::Response,
         Severity::Blocker,
         Kind::Passive,
         "RFC 6455 §4.2.2 item 5.2",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2",
         QT_TRANSLATE_NOOP("checks", "No Upgrade field"),
         {{QT_TRANSLATE_NOOP("checks", "A proxy removed the hop-by-hop fields from the 101"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt has it; Connection is missing as well")},
          {QT_TRANSLATE_NOOP("checks", "A 101 written by hand"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt lacks it too")},
          {QT_TRANSLATE_NOOP("checks", "A hop translates HTTP/2 to HTTP/1.1"),
           QT_TRANSLATE_NOOP("checks", "All field names are in lower case")}},
         QT_TRANSLATE_NOOP("checks", "Send and forward \"Upgrade: websocket\"."),
         "TecFancy/dsh-auth-gate#50; [L1] ws text 'Unexpected server response: 101'; [L2] nginx/HAProxy pass the gap "
         "on, "
         "Apache 502",
         on101<fieldMissing<upgradeField>>,
         {}},
        {"upgrade.upgrade-value",
         Phase::Response,
         Severity::Blocker,
         Kind::Passive,
         "RFC 6455 §4.1 client step 2",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
         QT_TRANSLATE_NOOP("checks", "Upgrade is not websocket"),
         {{QT_TRANSLATE_NOOP("checks", "Another protocol's handler answers"),
           QT_TRANSLATE_NOOP("checks", "The value names it, for example h2c")},
          {QT_TRANSLATE_NOOP("checks", "A version was appended"),
           QT_TRANSLATE_NOOP("checks", "The value begins with websocket/")}},
         QT_TRANSLATE_NOOP("checks", "Send \"Upgrade: websocket\"."),
         "S000 §2.3; [L1]",
         on101<fieldWithoutToken<upgradeField>>,
         {}},
        {"upgrade.upgrade-case",
         Phase::Response,
         Severity::Info,
         Kind::Passive,
         "RFC 6455 §4.1 client step 2",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
         QT_TRANSLATE_NOOP("checks", "Letter case of the Upgrade value"),
         {{QT_TRANSLATE_NOOP("checks", "Old servers send WebSocket"),
           QT_TRANSLATE_NOOP("checks", "The value's letters")}},
         QT_TRANSLATE_NOOP("checks", "Nothing needs to change."),
         "S000 §2.3; [L1] (7/7 clients open)",
         on101<upgradeCase>,
         {}},
        {"upgrade.upgrade-list",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 9110 §7.8; RFC 6455 §4.1",
         "https://www.rfc-editor.org/rfc/rfc9110#section-7.8",
         QT_TRANSLATE_NOOP("checks", "Upgrade repeated or a list"),
         {{QT_TRANSLATE_NOOP("checks", "Proxy and backend both add it; Envoy behind them answers 403"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt has one value")}},
         QT_TRANSLATE_NOOP("checks", "Send one value."),
         "[L1]; istio/istio#29427 (websocket,websocket)",
         on101<upgradeList>,
         {}},
    };
}

std::vector<Check> connectionFieldChecks()
{
    return {
        {"upgrade.connection-missing",
         Phase::Response,
         Severity::Blocker,
         Kind::Passive,
         "RFC 6455 §4.2.2 item 5.3",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2",
         QT_TRANSLATE_NOOP("checks", "No Connection field"),
         {{QT_TRANSLATE_NOOP("checks", "The server omitted it"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt lacks it; behind nginx and Apache it does not show, they add "
                                       "their own")},
          {QT_TRANSLATE_NOOP("checks", "A proxy stripped it"), QT_TRANSLATE_NOOP("checks", "A direct attempt has it")}},
         QT_TRANSLATE_NOOP("checks", "Send \"Connection: Upgrade\"."),
         "gorilla/websocket#335; dcaoyuan/spray-websocket#13; [L1],[L2]",
         on101<fieldMissing<connectionField>>,
         {}},
        {"upgrade.connection-value",
         Phase::Response,
         Severity::Blocker,
         Kind::Passive,
         "RFC 6455 §4.1 client step 3",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
         QT_TRANSLATE_NOOP("checks", "Connection lacks the upgrade token"),
         {{QT_TRANSLATE_NOOP("checks", "A proxy rewrote the hop-by-hop value"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt has the token")}},
         QT_TRANSLATE_NOOP("checks", "Set \"Connection: Upgrade\" at each hop."),
         "S000 §2.3; [L1]",
         on101<fieldWithoutToken<connectionField>>,
         {}},
        {"upgrade.connection-extra",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §4.1 client step 3; RFC 9110 §7.6.1",
         "https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1",
         QT_TRANSLATE_NOOP("checks", "Extra tokens in Connection"),
         {{QT_TRANSLATE_NOOP("checks", "An inspecting proxy adds keep-alive"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt has Upgrade alone")},
          {QT_TRANSLATE_NOOP("checks", "The server's framework adds it"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt has it too")}},
         QT_TRANSLATE_NOOP("checks", "Send exactly \"Connection: Upgrade\"."),
         "[L1] QWebSocket rejects; qtws qwebsocket_p.cpp:1066; OkHttp checkUpgradeSuccess; gorilla/websocket#604",
         on101<connectionExtra>,
         {}},
    };
}

std::vector<Check> subprotocolChecks()
{
    return {
        {"upgrade.subprotocol-missing",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "WHATWG WebSockets; RFC 6455 §4.1 step 6",
         "https://websockets.spec.whatwg.org/",
         QT_TRANSLATE_NOOP("checks", "Offered sub-protocol not acknowledged"),
         {{QT_TRANSLATE_NOOP("checks", "The server ignores the field"),
           QT_TRANSLATE_NOOP("checks", "A direct attempt gets none either")},
          {QT_TRANSLATE_NOOP("checks", "A proxy strips it"), QT_TRANSLATE_NOOP("checks", "A direct attempt gets one")}},
         QT_TRANSLATE_NOOP("checks", "Answer with one of the offered values."),
         "[L1] p-none; sitegui/nodejs-websocket#29",
         on101<subprotocolMissing>,
         {}},
        {"upgrade.subprotocol-unrequested",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §4.1 client step 6",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
         QT_TRANSLATE_NOOP("checks", "Sub-protocol nobody offered"),
         {{QT_TRANSLATE_NOOP("checks", "The field is hard-coded"),
           QT_TRANSLATE_NOOP("checks", "The same value whatever is offered")}},
         QT_TRANSLATE_NOOP("checks", "Send the field only with a value that was offered."),
         "[L1]; chromium ValidateSubProtocol; gorilla client.go:388",
         on101<subprotocolUnrequested>,
         {}},
        {"upgrade.subprotocol-mismatch",
         Phase::Response,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §4.2.2 item 5.5; §11.3.4",
         "https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2",
         QT_TRANSLATE_NOOP("checks", "Different, re-cased, listed or repeated sub-protocol"),
         {{QT_TRANSLATE_NOOP("checks", "The server answers with its whole list"),
           QT_TRANSLATE_NOOP("checks", "The value has commas or the field is repeated")},
          {QT_TRANSLATE_NOOP("checks", "The server folds the letter case"),
           QT_TRANSLATE_NOOP("checks", "The value differs from an offer in case only")},
          {QT_TRANSLATE_NOOP("checks", "The value is hard-coded"),
           QT_TRANSLATE_NOOP("checks", "The same value whatever is offered")}},
         QT_TRANSLATE_NOOP("checks", "Answer with exactly one offered token, as it was written."),
         "[L1] p-mismatch, p-case, p-two, p-two-lines",
         on101<subprotocolMismatch>,
         {}},
    };
}

} // namespace

std::vector<Check> responseUpgradeChecks()
{
    std::vector<Check> rows = upgradeFieldChecks();
    for (auto part : {connectionFieldChecks, subprotocolChecks}) {
        auto more = part();
        std::ranges::move(more, std::back_inserter(rows));
    }
    return rows;
}

} // namespace frameglass::diagnosis
