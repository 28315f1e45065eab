// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "dns_view.h"

#include <algorithm>
#include <set>

namespace frameglass::diagnosis {

namespace {

using namespace dns;
using namespace way;
using capture::DnsLookup;

std::optional<Judgement> unlessAnswered(const ConnectionFacts &facts)
{
    if (auto other = unlessLookedUp(facts))
        return other;
    if (facts.dns.empty())
        return notApplicable(CheckText::tr("The name servers were not asked; the system's resolver tells no TTL"));
    if (lookupWith(facts, {"answered"}) == nullptr)
        return notApplicable(CheckText::tr("No name server answered with an address"));
    return {};
}

std::set<std::string> addressesOf(const DnsLookup &lookup)
{
    std::set<std::string> addresses;
    for (const auto &resource : lookup.resources)
        if (resource.type == "A" || resource.type == "AAAA")
            addresses.insert(resource.data);
    return addresses;
}

/// A lookup of the same question, long enough before or after, that gave other addresses; null when there is none.
const Lookup *differing(const Evaluation &evaluation, const Lookup &lookup)
{
    const auto differs = [&](const Lookup &other) {
        const Nanoseconds apart = std::max(other.time, lookup.time) - std::min(other.time, lookup.time);
        return other.value.name == lookup.value.name && other.value.type == lookup.value.type &&
               other.value.outcome == "answered" && apart >= evaluation.settings.ttlLookupsApart &&
               addressesOf(other.value) != addressesOf(lookup.value);
    };
    if (evaluation.all == nullptr)
        return nullptr;
    for (const auto &[id, connection] : evaluation.all->connections()) {
        const auto found = std::ranges::find_if(connection->dns, differs);
        if (found != connection->dns.end())
            return &*found;
    }
    return nullptr;
}

Judgement ttl(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessAnswered(facts))
        return std::move(*other);
    const Settings &settings = evaluation.settings;
    std::optional<std::uint32_t> shortest;
    std::vector<Evidence> evidence;
    for (const Lookup &lookup : facts.dns) {
        if (!asksForAddress(lookup.value) || lookup.value.outcome != "answered")
            continue;
        evidence.push_back(lookupEvidence(lookup));
        std::uint32_t lowest = UINT32_MAX;
        for (const auto &resource : lookup.value.resources)
            lowest = std::min(lowest, resource.ttl);
        shortest = std::min(shortest.value_or(lowest), lowest);
        if (lowest > settings.ttlWarn && lowest != UINT32_MAX) {
            if (const Lookup *other = differing(evaluation, lookup)) {
                evidence.push_back(lookupEvidence(*other));
                return warn(
                    CheckText::tr("TTL %1 s, but the addresses changed within %2")
                        .arg(lowest)
                        .arg(durationText(std::max(other->time, lookup.time) - std::min(other->time, lookup.time))),
                    std::move(evidence));
            }
        }
        if (lowest == 0 && addressesOf(lookup.value).size() > settings.ttlZeroAddresses)
            return warn(CheckText::tr("TTL 0 with %1 addresses: every connection asks anew")
                            .arg(addressesOf(lookup.value).size()),
                        std::move(evidence));
    }
    return info(CheckText::tr("TTL %1 s").arg(shortest.value_or(0)), std::move(evidence));
}

Judgement clusterService(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessLookedUp(facts))
        return std::move(*other);
    const std::string host = lookedUpHost(facts);
    if (host.find(".svc.") == std::string::npos && !host.ends_with(".svc"))
        return notApplicable(CheckText::tr("%1 is no name of a Kubernetes service").arg(excerptOf(host)));
    if (!facts.resolved)
        return notApplicable(CheckText::tr("No name was resolved"));
    const Tries tries = triesOf(facts);
    const auto refusedBy =
        std::ranges::find_if(tries.dead, [](const auto *tried) { return isRefusal(tried->value.error); });
    if (refusedBy != tries.dead.end() && !tries.alive.empty())
        return warn(CheckText::tr("%1 is published but refuses: a Pod that is not ready")
                        .arg(excerptOf((*refusedBy)->value.address)),
                    evidenceOfTries(tries.dead));
    const auto count = facts.resolved->value.addresses.size();
    std::vector<Evidence> evidence{evidenceOf(facts.resolved->record, CheckText::tr("%1 addresses").arg(count))};
    if (count > 1)
        return info(CheckText::tr("Headless: %1 Pods to choose from").arg(count), std::move(evidence));
    return advice(warn(CheckText::tr("One ClusterIP: the client cannot choose, each connection stays with one Pod"),
                       std::move(evidence)),
                  evaluation);
}

Judgement cnameChain(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessAnswered(facts))
        return std::move(*other);
    const Settings &settings = evaluation.settings;
    const Lookup *longest = nullptr;
    std::size_t links = 0;
    for (const Lookup &lookup : facts.dns) {
        const auto count = static_cast<std::size_t>(
            std::ranges::count(lookup.value.resources, std::string("CNAME"), &capture::DnsResource::type));
        if (count > links) {
            longest = &lookup;
            links = count;
        }
    }
    if (longest == nullptr)
        return pass(CheckText::tr("No alias: the name has addresses of its own"));
    constexpr qsizetype shown = 8;
    QStringList chain{excerptOf(longest->value.name)};
    for (const auto &resource : longest->value.resources)
        if (resource.type == "CNAME" && chain.size() < shown)
            chain << excerptOf(resource.data);
    const QString text = chain.join(QStringLiteral(" → "));
    if (links > settings.cnameLinksWarn)
        return warn(CheckText::tr("%1 links: %2").arg(links).arg(text), {lookupEvidence(*longest)});
    if (longest->value.elapsed > settings.cnameTimeWarn)
        return warn(CheckText::tr("%1 for %2").arg(durationText(longest->value.elapsed), text),
                    {lookupEvidence(*longest)});
    return info(text, {lookupEvidence(*longest)});
}

Judgement privateAnswer(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessLookedUp(facts))
        return std::move(*other);
    const std::string host = lookedUpHost(facts);
    if (facts.proxy)
        return notApplicable(CheckText::tr("The proxy resolves the server's name"));
    if (isLocalName(host))
        return notApplicable(CheckText::tr("%1 is a local name").arg(excerptOf(host)));
    if (!facts.resolved)
        return notApplicable(CheckText::tr("No name was resolved"));
    for (const auto &address : facts.resolved->value.addresses)
        if (isPrivate(address))
            return warn(
                CheckText::tr("%1 leads to %2, an address of private use").arg(excerptOf(host), excerptOf(address)),
                {evidenceOf(facts.resolved->record, excerptOf(address))});
    return pass(CheckText::tr("Every address is a public one"));
}

} // namespace

std::vector<Check> dnsRecordChecks()
{
    return {
        {"dns.ttl",
         Phase::Dns,
         Severity::Low,
         Kind::Passive,
         "RFC 1035 §3.2.1; RFC 2181 §8",
         "https://www.rfc-editor.org/rfc/rfc2181#section-8",
         QT_TRANSLATE_NOOP("checks", "TTL fits how fast addresses change"),
         {{QT_TRANSLATE_NOOP("checks", "Records made for fixed machines, backends that come and go"),
           QT_TRANSLATE_NOOP("checks", "The addresses differ between lookups")}},
         QT_TRANSLATE_NOOP("checks", "TTL 30-60 s."),
         "S002 §4",
         ttl,
         {}},
        {"dns.cluster-service",
         Phase::Dns,
         Severity::Medium,
         Kind::Passive,
         "none",
         "",
         QT_TRANSLATE_NOOP("checks", "Kubernetes service type"),
         {{QT_TRANSLATE_NOOP("checks", "publishNotReadyAddresses: true shows Pods before they are ready"),
           QT_TRANSLATE_NOOP("checks", "kubectl get service -o yaml has it; the Pod is not ready")},
          {QT_TRANSLATE_NOOP("checks", "A Service with a ClusterIP"),
           QT_TRANSLATE_NOOP("checks", "kubectl get service shows the address")}},
         QT_TRANSLATE_NOOP("checks", "clusterIP: None only for clients that pool and retry; keep "
                                     "publishNotReadyAddresses false."),
         "S002 §4 (its advice to set it true is rejected, see Corrections)",
         clusterService,
         {}},
        {"dns.cname-chain",
         Phase::Dns,
         Severity::Low,
         Kind::Passive,
         "RFC 1034 §3.6.2",
         "https://www.rfc-editor.org/rfc/rfc1034#section-3.6.2",
         QT_TRANSLATE_NOOP("checks", "Chain of aliases"),
         {{QT_TRANSLATE_NOOP("checks", "One delivery network in front of another"),
           QT_TRANSLATE_NOOP("checks", "The names belong to different companies")}},
         QT_TRANSLATE_NOOP("checks",
                           "Shorten the chain: let the name point at the last one, or use the provider's ALIAS "
                           "record."),
         "general practice, no number in a spec",
         cnameChain,
         {}},
        {"dns.private-answer",
         Phase::Dns,
         Severity::Medium,
         Kind::Passive,
         "RFC 1918; RFC 6598; RFC 4193",
         "https://www.rfc-editor.org/rfc/rfc1918",
         QT_TRANSLATE_NOOP("checks", "Public name, private address"),
         {{QT_TRANSLATE_NOOP("checks", "An entry of the hosts file"),
           QT_TRANSLATE_NOOP("checks", "getent hosts NAME and dig NAME differ")},
          {QT_TRANSLATE_NOOP("checks", "The zone of the inner network is seen outside, or the VPN's inside"),
           QT_TRANSLATE_NOOP("checks", "Another resolver gives a public address")},
          {QT_TRANSLATE_NOOP("checks", "A captive portal answers every name"),
           QT_TRANSLATE_NOOP("checks", "Every name leads to the same address")}},
         QT_TRANSLATE_NOOP("checks", "Ask another resolver, remove the override."),
         "S003 item 7",
         privateAnswer,
         {}},
    };
}

} // namespace frameglass::diagnosis
