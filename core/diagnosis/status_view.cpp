// SPDX-License-Identifier: GPL-3.0-or-later
#include "status_view.h"

#include <algorithm>

namespace frameglass::diagnosis::response {

namespace {
constexpr std::size_t bodySearched = 8192;
}

std::optional<Judgement> unlessStatus(const Evaluation &evaluation, std::initializer_list<int> codes)
{
    const auto *head = wholeResponse(evaluation.facts);
    if (head == nullptr)
        return withoutResponse(evaluation.facts);
    if (head->value.status == 0)
        return notApplicable(CheckText::tr("The status line could not be read"));
    if (std::ranges::count(codes, head->value.status) == 0)
        return pass(CheckText::tr("The status is %1").arg(head->value.status));
    return {};
}

bool bodyHas(const Evaluation &evaluation, std::string_view part)
{
    return containsIgnoringCase(bodyText(evaluation.facts).substr(0, bodySearched), part);
}

std::vector<Evidence> answer(const Evaluation &evaluation, std::initializer_list<std::string_view> names)
{
    const ResponseHead &head = *wholeResponse(evaluation.facts);
    std::vector<Evidence> evidence{statusLineOf(head)};
    for (std::string_view name : names) {
        if (const HeaderField *field = head.value.find(name))
            evidence.push_back(lineOf(head, *field));
    }
    if (!evaluation.facts.body.empty())
        evidence.push_back(bodyOf(evaluation.facts));
    return evidence;
}

QString statusText(const Evaluation &evaluation)
{
    const HttpHead &head = wholeResponse(evaluation.facts)->value;
    const QString code = QString::number(head.status);
    return head.reason.empty() ? code : code + QLatin1Char(' ') + printable(head.reason, 40);
}

QString statusAndServer(const Evaluation &evaluation)
{
    const auto server = valueOf(wholeResponse(evaluation.facts)->value, "Server");
    if (server.empty())
        return statusText(evaluation);
    return CheckText::tr("%1 from %2").arg(statusText(evaluation), printable(server, 40));
}

QString withDirect(const QString &reason, const Evaluation &evaluation)
{
    if (!directGot101(evaluation))
        return reason;
    return CheckText::tr("%1; the direct attempt got 101").arg(reason);
}

bool isFromGorilla(const HttpHead &head)
{
    return valueOf(head, "Sec-WebSocket-Version") == "13" &&
           protocol::equalsIgnoringCase(valueOf(head, "X-Content-Type-Options"), "nosniff");
}

QString withRetryAfter(const QString &reason, const Evaluation &evaluation)
{
    const auto value = valueOf(wholeResponse(evaluation.facts)->value, "Retry-After");
    if (value.empty())
        return CheckText::tr("%1, without Retry-After").arg(reason);
    return CheckText::tr("%1, Retry-After: %2").arg(reason, printable(value));
}

bool isHtml(const Evaluation &evaluation)
{
    return containsIgnoringCase(valueOf(wholeResponse(evaluation.facts)->value, "Content-Type"), "html") ||
           bodyHas(evaluation, "<html") || bodyHas(evaluation, "<!doctype html");
}

} // namespace frameglass::diagnosis::response
