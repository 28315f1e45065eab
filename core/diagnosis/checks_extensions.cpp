// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "frame_view.h"
#include "response_view.h"

#include "core/protocol/handshake.h"
#include "core/protocol/permessage_deflate.h"

#include <QStringList>

#include <algorithm>
#include <iterator>

namespace frameglass::diagnosis {

namespace {

using namespace response;

constexpr std::string_view extensionsField = "Sec-WebSocket-Extensions";

/// The request's and the response's head, as far as they are there.
std::vector<const ResponseHead *> headsOf(const ConnectionFacts &facts)
{
    std::vector<const ResponseHead *> heads;
    if (facts.request && !facts.requestPartial)
        heads.push_back(&*facts.request);
    if (const auto *head = wholeResponse(facts))
        heads.push_back(head);
    return heads;
}

bool namesNothing(const HttpHead &head)
{
    const auto fields = head.all(extensionsField);
    return !fields.empty() &&
           std::ranges::all_of(fields, [](const HeaderField *field) { return field->value.empty(); });
}

/// Why extensions cannot be judged, or nothing.
std::optional<Judgement> unlessNamed(const std::vector<const ResponseHead *> &heads)
{
    if (heads.empty())
        return notApplicable(CheckText::tr("No head so far"));
    if (std::ranges::none_of(heads, [](const auto *head) { return head->value.count(extensionsField) > 0; }))
        return notApplicable(CheckText::tr("No extension is offered or chosen"));
    return {};
}

Judgement unrequested(const Evaluation &evaluation)
{
    const auto *head = response101(evaluation.facts);
    if (head == nullptr)
        return without101(evaluation.facts);
    if (head->value.count(extensionsField) == 0)
        return pass(CheckText::tr("The response chooses no extension"));
    if (!evaluation.facts.request || evaluation.facts.requestPartial)
        return notApplicable(CheckText::tr("The request is not known"));
    const auto offered = protocol::extensionsOf(evaluation.facts.request->value);
    QStringList foreign;
    for (const auto &chosen : protocol::extensionsOf(head->value))
        if (std::ranges::find(offered, chosen.name, &protocol::Extension::name) == offered.end())
            foreign << printable(chosen.name, 40);
    foreign.removeDuplicates();
    if (foreign.isEmpty())
        return pass(CheckText::tr("Each chosen extension was offered"));
    return fail(CheckText::tr("Not offered: %1").arg(foreign.join(QStringLiteral(", "))),
                linesOf(*head, extensionsField));
}

Judgement malformed(const Evaluation &evaluation)
{
    const auto heads = headsOf(evaluation.facts);
    if (auto none = unlessNamed(heads))
        return *none;
    for (const auto *head : heads) {
        if (head->value.count(extensionsField) == 0 || namesNothing(head->value))
            continue;
        const auto list = protocol::parseExtensions(head->value.joined(extensionsField));
        if (list.errorOffset)
            return fail(CheckText::tr("The list cannot be read from its character %1 on").arg(*list.errorOffset + 1),
                        linesOf(*head, extensionsField));
    }
    return pass(CheckText::tr("Each list of extensions can be read"));
}

Judgement emptyList(const Evaluation &evaluation)
{
    const auto heads = headsOf(evaluation.facts);
    if (auto none = unlessNamed(heads))
        return *none;
    for (const auto *head : heads)
        if (namesNothing(head->value))
            return warn(CheckText::tr("The field is there, but names no extension: Chromium, ws and websockets "
                                      "(Python) refuse it"),
                        linesOf(*head, extensionsField));
    return pass(CheckText::tr("Each list names an extension"));
}

/// Why the choice of permessage-deflate cannot be judged, or nothing.
std::optional<Judgement> unlessChosen(const ConnectionFacts &facts)
{
    if (response101(facts) == nullptr)
        return without101(facts);
    if (!facts.compression.answered)
        return notApplicable(CheckText::tr("The response does not choose permessage-deflate"));
    return {};
}

QString shown(const protocol::Extension &extension)
{
    return printable(protocol::formatExtensions({extension}), 120);
}

Judgement deflateParameters(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    const auto &compression = facts.compression;
    if (headsOf(facts).empty())
        return notApplicable(CheckText::tr("No head so far"));
    if (compression.offered.empty() && !compression.answered)
        return notApplicable(CheckText::tr("permessage-deflate is neither offered nor chosen"));
    QStringList wrong;
    std::vector<Evidence> evidence;
    const auto add = [&](const QString &text, const ResponseHead &head) {
        wrong << text;
        for (Evidence &line : linesOf(head, extensionsField))
            if (evidence.empty() || evidence.back().record != line.record)
                evidence.push_back(std::move(line));
    };
    for (const auto &offer : compression.offered)
        if (const auto fault = protocol::parseDeflate(offer, protocol::DeflateSide::Offer).fault)
            add(CheckText::tr("the offer has an illegal parameter: %1").arg(printable(*fault)), *facts.request);
    if (const auto *head = response101(facts)) {
        const auto chosen = protocol::extensionsOf(head->value);
        const bool requestKnown = facts.request && !facts.requestPartial;
        for (const auto &fault : protocol::judgeDeflateAnswer(chosen, requestKnown ? &compression.offered : nullptr)) {
            if (fault.violation == protocol::Violation::DeflateAnswerInvalid)
                add(CheckText::tr("the response has an illegal parameter: %1").arg(printable(fault.detail)), *head);
            else if (fault.violation == protocol::Violation::DeflateAnswerIncompatible)
                add(CheckText::tr("no offer allows the response: %1").arg(printable(fault.detail, 120)), *head);
        }
    }
    wrong.removeDuplicates();
    if (wrong.isEmpty())
        return pass(compression.answered ? shown(*compression.answered)
                                         : CheckText::tr("Offered: %1").arg(shown(compression.offered.front())));
    return fail(wrong.join(QStringLiteral("; ")), std::move(evidence));
}

Judgement deflateTwice(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    if (auto none = unlessChosen(facts))
        return *none;
    const auto *head = response101(facts);
    const auto chosen = protocol::extensionsOf(head->value);
    const auto count = std::ranges::count(chosen, protocol::permessageDeflate, &protocol::Extension::name);
    if (count > 1)
        return fail(CheckText::tr("The response chooses permessage-deflate %1 times").arg(count),
                    linesOf(*head, extensionsField));
    return pass(CheckText::tr("The response chooses permessage-deflate once"));
}

Judgement contextTakeover(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    if (auto none = unlessChosen(facts))
        return *none;
    const auto answer = protocol::parseDeflate(*facts.compression.answered, protocol::DeflateSide::Answer).parameters;
    if (answer.serverNoContextTakeover && answer.clientNoContextTakeover)
        return pass(CheckText::tr("Both no_context_takeover parameters are there: gorilla clients accept it"));
    QStringList missing;
    if (!answer.serverNoContextTakeover)
        missing << QStringLiteral("server_no_context_takeover");
    if (!answer.clientNoContextTakeover)
        missing << QStringLiteral("client_no_context_takeover");
    return advice(warn(CheckText::tr("Clients built with gorilla refuse a response without %1")
                           .arg(missing.join(QStringLiteral(", "))),
                       linesOf(*response101(facts), extensionsField)),
                  evaluation);
}

Judgement appleClients(const Evaluation &evaluation)
{
    if (auto none = unlessChosen(evaluation.facts))
        return *none;
    if (!evaluation.settings.appleClients)
        return notApplicable(CheckText::tr("That Safari, WKWebView or URLSession are among the clients is not declared "
                                           "(setting %1)")
                                 .arg(QLatin1String("clients.apple")));
    return warn(CheckText::tr("permessage-deflate is agreed, and Apple clients are declared"),
                linesOf(*response101(evaluation.facts), extensionsField));
}

constexpr std::string_view section5 = "https://www.rfc-editor.org/rfc/rfc7692#section-5";
constexpr std::string_view section71 = "https://www.rfc-editor.org/rfc/rfc7692#section-7.1";
constexpr std::string_view section711 = "https://www.rfc-editor.org/rfc/rfc7692#section-7.1.1";
constexpr std::string_view section91 = "https://www.rfc-editor.org/rfc/rfc6455#section-9.1";

} // namespace

std::vector<Check> extensionChecks()
{
    std::vector<Check> rows{
        {"ext.unrequested",
         Phase::Extensions,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §4.1; §9.1",
         section91,
         QT_TRANSLATE_NOOP("checks", "Extension nobody offered"),
         {{QT_TRANSLATE_NOOP("checks", "The server writes the field in any case"),
           QT_TRANSLATE_NOOP("checks", "The field is the same whatever is offered")},
          {QT_TRANSLATE_NOOP("checks", "A proxy removed the offer, but not the answer"),
           QT_TRANSLATE_NOOP("checks", "A direct connection agrees on the extension")}},
         QT_TRANSLATE_NOOP("checks", "Answer only what was offered."),
         "[L1] ext-unknown; qtws qwebsocket_p.cpp:1041-1044",
         unrequested,
         {"ext.context-takeover"}},
        {"ext.malformed",
         Phase::Extensions,
         Severity::High,
         Kind::Passive,
         "RFC 6455 §9.1",
         section91,
         QT_TRANSLATE_NOOP("checks", "Malformed list of extensions"),
         {{QT_TRANSLATE_NOOP("checks", "The field is put together from strings"),
           QT_TRANSLATE_NOOP("checks", "A sign stands at its end, or a value is missing")}},
         QT_TRANSLATE_NOOP("checks", "Write names and parameters as RFC 6455 §9.1 shows them."),
         "RFC 6455 §9.1",
         malformed,
         {"upgrade.400"}},
        {"ext.params",
         Phase::Extensions,
         Severity::High,
         Kind::Passive,
         "RFC 7692 §7.1; §7.1.2",
         section71,
         QT_TRANSLATE_NOOP("checks", "permessage-deflate parameters legal"),
         {{QT_TRANSLATE_NOOP("checks", "The libraries at both ends understand the parameters differently"),
           QT_TRANSLATE_NOOP("checks", "With another client or server, or without parameters in the offer, it opens")},
          {QT_TRANSLATE_NOOP("checks", "The parameters are set by hand"),
           QT_TRANSLATE_NOOP("checks", "The program's configuration names a window outside 8 to 15, or a misspelt "
                                       "parameter")}},
         QT_TRANSLATE_NOOP("checks", "Correct the parameters: windows are 8 to 15, each parameter stands once, and "
                                     "client_max_window_bits is answered only where it was offered."),
         "[L1] ext-pmd-badparam, ext-pmd-unkparam",
         deflateParameters,
         {}},
        {"ext.duplicate",
         Phase::Extensions,
         Severity::Medium,
         Kind::Passive,
         "RFC 7692 §5",
         section5,
         QT_TRANSLATE_NOOP("checks", "permessage-deflate twice"),
         {{QT_TRANSLATE_NOOP("checks", "A proxy and the server both add it"),
           QT_TRANSLATE_NOOP("checks", "A direct connection has it once")},
          {QT_TRANSLATE_NOOP("checks", "The library and the application both write the field"),
           QT_TRANSLATE_NOOP("checks", "A direct connection has it twice as well")}},
         QT_TRANSLATE_NOOP("checks",
                           "Let one place answer it. (ws and WebKitGTK open such a connection, others fail.)"),
         "[L1] ext-pmd-twice",
         deflateTwice,
         {}},
        {"ext.empty",
         Phase::Extensions,
         Severity::Medium,
         Kind::Passive,
         "RFC 6455 §9.1",
         section91,
         QT_TRANSLATE_NOOP("checks", "Empty Sec-WebSocket-Extensions"),
         {{QT_TRANSLATE_NOOP("checks", "The field is written although nothing was agreed"),
           QT_TRANSLATE_NOOP("checks", "It has no value at all")}},
         QT_TRANSLATE_NOOP("checks", "Leave the field out."),
         "[L1]; uNetworking/uWebSockets.js#76",
         emptyList,
         {}},
        {"ext.context-takeover",
         Phase::Extensions,
         Severity::Medium,
         Kind::Passive,
         "RFC 7692 §7.1.1",
         section711,
         QT_TRANSLATE_NOOP("checks", "gorilla client needs both no_context_takeover"),
         {{QT_TRANSLATE_NOOP("checks", "The server keeps its context from message to message"),
           QT_TRANSLATE_NOOP("checks", "Clients built with gorilla report \"invalid compression negotiation\"; "
                                       "others open")}},
         QT_TRANSLATE_NOOP("checks", "Answer both no_context_takeover parameters where such clients connect."),
         "[L1] ext-pmd; gorilla client.go:373-385",
         contextTakeover,
         {}},
        {"ext.safari",
         Phase::Extensions,
         Severity::High,
         Kind::Passive,
         "RFC 7692",
         "https://www.rfc-editor.org/rfc/rfc7692",
         QT_TRANSLATE_NOOP("checks", "Compression with Apple clients"),
         {{QT_TRANSLATE_NOOP("checks", "The network stack of several Apple systems fails to inflate, or assumes "
                                       "compression"),
           QT_TRANSLATE_NOOP("checks", "Only clients on Apple systems fail, and only with compression")}},
         QT_TRANSLATE_NOOP("checks", "Do not answer permessage-deflate to these clients."),
         "gorilla/websocket#731; coder/websocket#218; VirtualFlyBrain/geppetto-vfb#1719; openai/codex#12236; "
         "wandenberg/nginx-push-stream-module#295",
         appleClients,
         {}},
    };
    auto more = compressionChecks();
    std::ranges::move(more, std::back_inserter(rows));
    return rows;
}

} // namespace frameglass::diagnosis
