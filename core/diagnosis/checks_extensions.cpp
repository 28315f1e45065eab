// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "frame_view.h"
#include "response_view.h"

#include "core/protocol/header_list.h"

#include <QStringList>

#include <algorithm>

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
    const auto offered = protocol::parseExtensions(evaluation.facts.request->value.joined(extensionsField)).items;
    QStringList foreign;
    for (const auto &chosen : protocol::parseExtensions(head->value.joined(extensionsField)).items)
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

constexpr std::string_view section91 = "https://www.rfc-editor.org/rfc/rfc6455#section-9.1";

} // namespace

std::vector<Check> extensionChecks()
{
    return {
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
         {}},
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
    };
}

} // namespace frameglass::diagnosis
