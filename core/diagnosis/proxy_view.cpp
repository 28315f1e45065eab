// SPDX-License-Identifier: GPL-3.0-or-later
#include "proxy_view.h"

#include "way_view.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <iterator>

namespace frameglass::diagnosis::proxy {

using namespace response;
using namespace std::chrono_literals;

Evidence serverLine(const ResponseHead &head)
{
    return lineOf(head, *head.value.find("Server"));
}

std::optional<Judgement> unlessNginx(const Evaluation &evaluation)
{
    const auto *head = wholeResponse(evaluation.facts);
    if (head == nullptr)
        return withoutResponse(evaluation.facts);
    if (isFromNginx(head->value))
        return {};
    const HeaderField *server = head->value.find("Server");
    return notApplicable(server == nullptr
                             ? CheckText::tr("No Server field that names nginx")
                             : CheckText::tr("The Server field names %1, not nginx").arg(printable(server->value)));
}

bool isNginxPage(const Evaluation &evaluation)
{
    return bodyText(evaluation.facts).find("<hr><center>nginx") != std::string_view::npos;
}

std::vector<Evidence> nginxEvidence(const Evaluation &evaluation)
{
    const ResponseHead &head = *wholeResponse(evaluation.facts);
    std::vector<Evidence> evidence{serverLine(head), statusLineOf(head)};
    if (!evaluation.facts.body.empty())
        evidence.push_back(bodyOf(evaluation.facts));
    return evidence;
}

bool isLowerCase(const HttpHead &head)
{
    constexpr std::size_t enough = 2;
    return head.fields.size() >= enough && std::ranges::all_of(head.fields, [](const HeaderField &field) {
               return std::ranges::none_of(field.name, [](unsigned char c) { return std::isupper(c) != 0; });
           });
}

bool isFromEnvoy(const HttpHead &head)
{
    return containsIgnoringCase(valueOf(head, "Server"), "envoy");
}

bool isFromHaproxy(const HttpHead &head)
{
    return isLowerCase(head) && !isFromEnvoy(head) && !isFromNginx(head);
}

bool isFromApache(const HttpHead &head)
{
    if (containsIgnoringCase(valueOf(head, "Server"), "apache"))
        return true;
    // mod_proxy writes a 101 of its own, in this order and without Date or Server.
    constexpr std::string_view order[] = {"sec-websocket-accept", "connection", "upgrade"};
    return head.status == 101 && head.fields.size() >= std::size(order) && head.find("Server") == nullptr &&
           std::equal(std::begin(order), std::end(order), head.fields.begin(),
                      [](std::string_view name, const HeaderField &field) {
                          return protocol::equalsIgnoringCase(field.name, name);
                      });
}

bool isFromIis(const HttpHead &head)
{
    return containsIgnoringCase(valueOf(head, "Server"), "IIS") ||
           containsIgnoringCase(head.joined("X-Powered-By"), "ARR/") ||
           containsIgnoringCase(head.joined("X-Powered-By"), "ASP.NET");
}

bool isFromCloudflare(const HttpHead &head)
{
    return head.find("CF-Ray") != nullptr || containsIgnoringCase(valueOf(head, "Server"), "cloudflare");
}

bool isAws(const ConnectionFacts &facts)
{
    if (way::lookedUpHost(facts).ends_with(".amazonaws.com"))
        return true;
    const auto *head = wholeResponse(facts);
    return head != nullptr && (containsIgnoringCase(valueOf(head->value, "Server"), "awselb") ||
                               containsIgnoringCase(head->value.joined("Set-Cookie"), "AWSALB"));
}

std::optional<Judgement> unlessFrom(const Evaluation &evaluation, bool (*isFrom)(const HttpHead &), const char *product)
{
    const auto *head = wholeResponse(evaluation.facts);
    if (head == nullptr)
        return withoutResponse(evaluation.facts);
    if (isFrom(head->value))
        return {};
    return notApplicable(CheckText::tr("Nothing in the answer points to %1").arg(QLatin1String(product)));
}

std::optional<Judgement> unlessEnded(const ConnectionFacts &facts)
{
    if (!facts.openedAt)
        return notApplicable(CheckText::tr("The connection was never open"));
    if (facts.peerEnd() == nullptr && !facts.isOver())
        return notApplicable(CheckText::tr("The connection still stands"));
    return {};
}

bool isNear(Nanoseconds one, Nanoseconds other, Nanoseconds least, double share)
{
    const Nanoseconds apart = std::max(one, other) - std::min(one, other);
    return apart <= std::max(least, std::chrono::duration_cast<Nanoseconds>(one * share));
}

bool fits(Nanoseconds silence, Nanoseconds from, Nanoseconds to)
{
    const auto slack = [](Nanoseconds value) { return std::max<Nanoseconds>(2s, value / 50); };
    return silence >= from - slack(from) && silence <= to + slack(to);
}

std::optional<Recorded<Nanoseconds>> idleCutOf(const ConnectionFacts &facts, const Settings &settings)
{
    const auto *end = facts.peerEnd();
    if (!facts.endedWithoutClose() || end == nullptr || !facts.silenceBeforeEnd ||
        facts.silenceBeforeEnd->value < settings.idleCutMinimum)
        return {};
    if (facts.closeSent && facts.closeSent->record < end->record)
        return {};
    return facts.silenceBeforeEnd;
}

std::optional<Recorded<Nanoseconds>> cutLifetime(const ConnectionFacts &facts)
{
    const auto *end = facts.peerEnd();
    if (!facts.endedWithoutClose() || end == nullptr)
        return {};
    return Recorded<Nanoseconds>{end->record, end->time, end->time - *facts.openedAt};
}

std::vector<Evidence> cutEvidence(const ConnectionFacts &facts)
{
    std::vector<Evidence> evidence;
    if (const auto *end = facts.peerEnd())
        evidence.push_back({end->record, 0, 0, textOf(end->value.end)});
    if (const auto *head = wholeResponse(facts))
        evidence.push_back(statusLineOf(*head));
    return evidence;
}

std::size_t endedTogether(const Evaluation &evaluation, Nanoseconds within)
{
    const auto *end = evaluation.facts.peerEnd();
    if (evaluation.all == nullptr || end == nullptr || !evaluation.facts.endedWithoutClose())
        return 0;
    const std::string host = way::lookedUpHost(evaluation.facts);
    return static_cast<std::size_t>(std::ranges::count_if(evaluation.all->connections(), [&](const auto &entry) {
        const ConnectionFacts &other = *entry.second;
        const auto *theirs = other.peerEnd();
        // One client that comes and goes is no event: they must have stood side by side.
        return other.id != evaluation.facts.id && theirs != nullptr && other.endedWithoutClose() &&
               way::lookedUpHost(other) == host && *other.openedAt < end->time &&
               *evaluation.facts.openedAt < theirs->time &&
               std::max(theirs->time, end->time) - std::min(theirs->time, end->time) <= within;
    }));
}

std::vector<std::string_view> impliedByCut()
{
    return {"proxy.idle-cut", "close.abnormal", "close.fin-without-close", "close.rst", "close.tcp-end"};
}

} // namespace frameglass::diagnosis::proxy
