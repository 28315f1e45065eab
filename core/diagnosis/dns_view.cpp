// SPDX-License-Identifier: GPL-3.0-or-later
#include "dns_view.h"

#include <algorithm>

namespace frameglass::diagnosis::dns {

using namespace way;
using capture::DnsLookup;

std::optional<Judgement> unlessLookedUp(const ConnectionFacts &facts)
{
    if (auto other = unlessClient(facts))
        return other;
    if (facts.resolved && facts.resolved->value.given)
        return notApplicable(CheckText::tr("The address was given for this host: no name was looked up"));
    const std::string host = lookedUpHost(facts);
    if (host.empty())
        return notApplicable(CheckText::tr("The URL tells no host"));
    if (isAddressLiteral(host))
        return notApplicable(CheckText::tr("%1 is an address: no name was looked up").arg(excerptOf(host)));
    return {};
}

bool asksForAddress(const DnsLookup &lookup)
{
    return lookup.type == "A" || lookup.type == "AAAA";
}

const Lookup *lookupWith(const ConnectionFacts &facts, std::initializer_list<std::string_view> outcomes)
{
    const auto found = std::ranges::find_if(facts.dns, [&](const Lookup &lookup) {
        return asksForAddress(lookup.value) && std::ranges::count(outcomes, lookup.value.outcome) > 0;
    });
    return found == facts.dns.end() ? nullptr : &*found;
}

Evidence lookupEvidence(const Lookup &lookup)
{
    return evidenceOf(lookup.record, CheckText::tr("%1 of %2: %3 after %4")
                                         .arg(excerptOf(lookup.value.type), excerptOf(lookup.value.name),
                                              excerptOf(lookup.value.outcome), durationText(lookup.value.elapsed)));
}

Tries triesOf(const ConnectionFacts &facts, std::optional<bool> v6)
{
    Tries tries;
    for (const auto &tried : facts.addresses)
        if (!v6 || isV6(tried.value.address) == *v6)
            (tried.value.error == 0 ? tries.alive : tries.dead).push_back(&tried);
    return tries;
}

std::vector<Evidence> evidenceOfTries(const std::vector<const Recorded<capture::AddressTried> *> &tries)
{
    std::vector<Evidence> evidence;
    for (const auto *tried : tries)
        evidence.push_back(triedEvidence(*tried));
    return evidence;
}

} // namespace frameglass::diagnosis::dns
