// SPDX-License-Identifier: GPL-3.0-or-later
#include "way_view.h"

#include "core/session/target.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <string_view>

namespace frameglass::diagnosis::way {

namespace {

std::optional<std::array<unsigned, 4>> v4Of(std::string_view host)
{
    std::array<unsigned, 4> parts{};
    const char *at = host.data();
    const char *end = host.data() + host.size();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto [next, error] = std::from_chars(at, end, parts[i]);
        if (error != std::errc() || parts[i] > 255 || (i < 3 && (next == end || *next != '.')) ||
            (i == 3 && next != end))
            return {};
        at = i < 3 ? next + 1 : next;
    }
    return parts;
}

bool isPrivateV4(const std::array<unsigned, 4> &a)
{
    return a[0] == 10 || (a[0] == 172 && a[1] >= 16 && a[1] <= 31) || (a[0] == 192 && a[1] == 168) ||
           (a[0] == 100 && a[1] >= 64 && a[1] <= 127) || a[0] == 127 || (a[0] == 169 && a[1] == 254);
}

std::string lower(std::string_view text)
{
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return result;
}

bool isOneOf(int error, std::initializer_list<int> errors)
{
    return std::ranges::count(errors, error) > 0;
}

} // namespace

std::string_view hostOf(std::string_view address)
{
    if (address.starts_with('['))
        return address.substr(1, address.find(']') - 1);
    return address.substr(0, address.rfind(':'));
}

std::optional<Judgement> unlessClient(const ConnectionFacts &facts)
{
    if (facts.isListener())
        return notApplicable(CheckText::tr("A listener, not a connection"));
    if (facts.vantage() != capture::Vantage::Client)
        return notApplicable(CheckText::tr("The other end connected to us"));
    return {};
}

std::string lookedUpHost(const ConnectionFacts &facts)
{
    if (facts.resolved)
        return facts.resolved->value.host;
    if (facts.proxy)
        return std::string(hostOf(facts.proxy->value.address));
    const auto target = session::parseTarget(facts.started ? facts.started->value.url : std::string());
    const auto *parsed = std::get_if<session::Target>(&target);
    return parsed != nullptr ? parsed->host : std::string();
}

bool isAddressLiteral(const std::string &host)
{
    return host.find(':') != std::string::npos || v4Of(host);
}

bool isLocalName(const std::string &host)
{
    std::string name = lower(host);
    if (name.ends_with('.'))
        name.pop_back();
    constexpr std::string_view endings[] = {".localhost", ".local",       ".test",     ".internal", ".lan",
                                            ".home.arpa", ".localdomain", ".intranet", ".corp",     ".home",
                                            ".private",   ".svc",         ".example",  ".invalid",  ".onion"};
    return name.find('.') == std::string::npos ||
           std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

bool isV6(const std::string &address)
{
    return address.starts_with('[');
}

bool isPrivate(const std::string &address)
{
    std::string host = lower(hostOf(address));
    constexpr std::string_view mapped = "::ffff:";
    if (host.starts_with(mapped))
        host.erase(0, mapped.size());
    if (const auto v4 = v4Of(host))
        return isPrivateV4(*v4);
    if (host == "::1")
        return true;
    const std::string_view group = std::string_view(host).substr(0, host.find(':'));
    if (group.size() != 4)
        return false;
    const bool uniqueLocal = group.starts_with("fc") || group.starts_with("fd");
    const bool linkLocal = group >= "fe80" && group <= "febf";
    return uniqueLocal || linkLocal;
}

bool isRefusal(int error)
{
    return isOneOf(error, {111, 61, 10061}); // ECONNREFUSED
}

bool isTimeout(int error)
{
    return isOneOf(error, {110, 60, 10060}); // ETIMEDOUT
}

bool isUnreachable(int error)
{
    // EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN
    return isOneOf(error, {113, 101, 112, 100, 65, 51, 64, 50, 10065, 10051, 10064, 10050});
}

bool isConnected(const ConnectionFacts &facts)
{
    const auto *stage = facts.lastOf(capture::Stage::Tcp);
    return stage != nullptr && stage->value.outcome == capture::StageOutcome::Succeeded;
}

bool failedToConnect(const ConnectionFacts &facts)
{
    const auto *stage = facts.lastOf(capture::Stage::Tcp);
    return stage != nullptr && (stage->value.outcome == capture::StageOutcome::Failed ||
                                stage->value.outcome == capture::StageOutcome::TimedOut);
}

std::optional<Judgement> unlessFailedToConnect(const ConnectionFacts &facts)
{
    if (auto other = unlessClient(facts))
        return other;
    if (failedToConnect(facts))
        return {};
    const auto *stage = facts.lastOf(capture::Stage::Tcp);
    if (stage == nullptr)
        return notApplicable(CheckText::tr("TCP was not reached"));
    switch (stage->value.outcome) {
    case capture::StageOutcome::Started: return notApplicable(CheckText::tr("TCP is still being connected"));
    case capture::StageOutcome::Cancelled: return notApplicable(CheckText::tr("Connecting was cancelled"));
    case capture::StageOutcome::Succeeded: break;
    case capture::StageOutcome::Failed:
    case capture::StageOutcome::TimedOut: return {};
    }
    return pass(CheckText::tr("TCP was connected"));
}

Evidence triedEvidence(const Recorded<capture::AddressTried> &tried)
{
    const QString address = excerptOf(tried.value.address);
    const QString took = durationText(tried.value.elapsed);
    const QString text = tried.value.error == 0
                             ? CheckText::tr("%1: connected in %2").arg(address, took)
                             : CheckText::tr("%1: %2 after %3").arg(address, excerptOf(tried.value.message), took);
    return {tried.record, 0, 0, text};
}

Evidence stageEvidence(const Recorded<capture::StageChanged> &stage)
{
    return {stage.record, 0, 0,
            CheckText::tr("%1: %2 after %3")
                .arg(textOf(stage.value.stage), textOf(stage.value.outcome), durationText(stage.value.elapsed))};
}

} // namespace frameglass::diagnosis::way
