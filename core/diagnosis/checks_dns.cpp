// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "dns_view.h"
#include "response_view.h"

#include <QStringList>

#include <algorithm>
#include <set>

namespace frameglass::diagnosis {

namespace {

using namespace dns;
using namespace way;
using capture::Stage;
using capture::StageOutcome;
using response::causesWithFirst;

// -- whether it resolves --------------------------------------------------------------------------------------------

/// EAI_* of glibc, BSD and macOS, and what Windows has in their place.
bool isNoSuchName(int error)
{
    return error == -2 || error == 8 || error == 11001; // EAI_NONAME
}

bool isNoData(int error)
{
    return error == -5 || error == 7 || error == 11004; // EAI_NODATA
}

bool isTemporary(int error)
{
    return error == -3 || error == 2 || error == 11002; // EAI_AGAIN
}

enum ResolveCause : std::size_t { NoRecord, OtherView, ResolverDown, OtherTypes, ResolveCauses };

struct ResolveFault
{
    QString what;
    ResolveCause cause;
};

/// Name servers say more than the system's resolver does.
ResolveFault resolveFault(const ConnectionFacts &facts, const capture::StageChanged &stage)
{
    if (lookupWith(facts, {"answered"}) != nullptr)
        return {CheckText::tr("the system's resolver fails, but a name server answers"), OtherView};
    if (lookupWith(facts, {"nxdomain"}) != nullptr)
        return {CheckText::tr("there is no such name (NXDOMAIN)"), NoRecord};
    if (lookupWith(facts, {"servfail", "refused"}) != nullptr)
        return {CheckText::tr("the name server fails (SERVFAIL or REFUSED)"), ResolverDown};
    if (lookupWith(facts, {"nodata"}) != nullptr)
        return {CheckText::tr("the name exists without an address (NODATA)"), OtherTypes};
    if (stage.outcome == StageOutcome::TimedOut || lookupWith(facts, {"timed-out"}) != nullptr)
        return {CheckText::tr("no answer within %1").arg(durationText(stage.elapsed)), ResolverDown};
    if (isNoData(stage.error))
        return {CheckText::tr("the name exists without an address (NODATA)"), OtherTypes};
    if (isTemporary(stage.error))
        return {CheckText::tr("the resolver fails or gives no answer (SERVFAIL)"), ResolverDown};
    if (isNoSuchName(stage.error))
        return {CheckText::tr("there is no such name, or it has no address (NXDOMAIN or NODATA)"), NoRecord};
    return {excerptOf(stage.message), NoRecord};
}

QString addressesText(const std::vector<std::string> &addresses)
{
    constexpr qsizetype shown = 4;
    QStringList list;
    for (const auto &address : addresses) {
        if (list.size() == shown) {
            list << QStringLiteral("…");
            break;
        }
        list << excerptOf(address);
    }
    return list.join(QStringLiteral(", "));
}

/// Addresses that name servers gave; empty where none answered.
std::set<std::string> answeredAddresses(const ConnectionFacts &facts)
{
    std::set<std::string> answered;
    for (const Lookup &lookup : facts.dns)
        for (const auto &resource : lookup.value.resources)
            if (resource.type == "A" || resource.type == "AAAA")
                answered.insert(resource.data);
    return answered;
}

/// The connection uses what the system's resolver says; that name servers say otherwise is worth knowing.
Judgement resolvedTo(const ConnectionFacts &facts, const QString &host)
{
    if (!facts.resolved)
        return pass(CheckText::tr("%1 was resolved").arg(host));
    const auto &addresses = facts.resolved->value.addresses;
    const QString here = CheckText::tr("%1 is %2").arg(host, addressesText(addresses));
    const auto answered = answeredAddresses(facts);
    const bool shared = std::ranges::any_of(
        addresses, [&](const std::string &address) { return answered.contains(std::string(hostOf(address))); });
    if (answered.empty() || shared)
        return pass(here);
    std::vector<Evidence> evidence{evidenceOf(facts.resolved->record, addressesText(addresses))};
    for (const Lookup &lookup : facts.dns)
        if (asksForAddress(lookup.value))
            evidence.push_back(lookupEvidence(lookup));
    return info(
        CheckText::tr("%1 for the system's resolver, but %2 for the name servers: a hosts file, another view of the "
                      "zone, or an answer that changes")
            .arg(here, addressesText({answered.begin(), answered.end()})),
        std::move(evidence));
}

Judgement resolve(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessLookedUp(facts))
        return std::move(*other);
    const auto *stage = facts.lastOf(Stage::Resolve);
    if (stage == nullptr)
        return notApplicable(CheckText::tr("No name was looked up"));
    const QString host = excerptOf(lookedUpHost(facts));
    switch (stage->value.outcome) {
    case StageOutcome::Started: return notApplicable(CheckText::tr("%1 is being looked up").arg(host));
    case StageOutcome::Cancelled: return notApplicable(CheckText::tr("Looking up %1 was cancelled").arg(host));
    case StageOutcome::Succeeded: return resolvedTo(facts, host);
    case StageOutcome::Failed:
    case StageOutcome::TimedOut: break;
    }
    const ResolveFault why = resolveFault(facts, stage->value);
    std::vector<Evidence> evidence{stageEvidence(*stage)};
    for (const Lookup &lookup : facts.dns)
        if (asksForAddress(lookup.value))
            evidence.push_back(lookupEvidence(lookup));
    return response::fail(facts.proxy ? CheckText::tr("The proxy's name %1 does not resolve: %2").arg(host, why.what)
                                      : CheckText::tr("%1 does not resolve: %2").arg(host, why.what),
                          std::move(evidence), causesWithFirst({why.cause}, ResolveCauses));
}

Judgement slow(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessLookedUp(facts))
        return std::move(*other);
    const auto *stage = facts.lastOf(Stage::Resolve);
    if (stage == nullptr || stage->value.outcome != StageOutcome::Succeeded)
        return notApplicable(CheckText::tr("No name was resolved"));
    const Nanoseconds took = stage->value.elapsed;
    const QString text = CheckText::tr("Resolved in %1").arg(durationText(took));
    if (took > evaluation.settings.resolveFail)
        return fail(text, {stageEvidence(*stage)});
    if (took >= evaluation.settings.resolveGood)
        return warn(text, {stageEvidence(*stage)});
    return pass(text);
}

// -- several addresses ----------------------------------------------------------------------------------------------

Judgement familyGap(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessLookedUp(facts))
        return std::move(*other);
    if (!facts.resolved)
        return notApplicable(CheckText::tr("No name was resolved"));
    const auto &addresses = facts.resolved->value.addresses;
    const auto sixes = std::ranges::count_if(addresses, isV6);
    const bool fours = static_cast<std::size_t>(sixes) < addresses.size();
    const Tries v6 = triesOf(facts, true);
    const Tries v4 = triesOf(facts, false);
    if (sixes == 0)
        return notApplicable(CheckText::tr("Only IPv4 addresses"));
    if (!fours && !v6.dead.empty() && v6.alive.empty())
        return fail(CheckText::tr("Only IPv6 addresses, and none of those that were tried can be reached"),
                    evidenceOfTries(v6.dead));
    if (!fours)
        return notApplicable(CheckText::tr("Only IPv6 addresses"));
    if (v6.dead.empty() && v6.alive.empty())
        return notApplicable(CheckText::tr("Both families, but no IPv6 address was tried"));
    if (v6.alive.empty() && v4.alive.empty())
        return notApplicable(CheckText::tr("No address of either family could be reached"));
    if (v6.alive.empty()) {
        auto evidence = evidenceOfTries(v6.dead);
        evidence.push_back(triedEvidence(*v4.alive.front()));
        return warn(CheckText::tr("IPv6 is published but cannot be reached, IPv4 can"), std::move(evidence));
    }
    const Nanoseconds six = v6.alive.front()->value.elapsed;
    if (!v4.alive.empty() && six > v4.alive.front()->value.elapsed + evaluation.settings.familyGap)
        return warn(CheckText::tr("IPv6 takes %1 to connect, IPv4 %2")
                        .arg(durationText(six), durationText(v4.alive.front()->value.elapsed)),
                    evidenceOfTries(v6.alive));
    return pass(CheckText::tr("IPv6 works"));
}

Judgement staleAddress(const Evaluation &evaluation)
{
    const ConnectionFacts &facts = evaluation.facts;
    if (auto other = unlessLookedUp(facts))
        return std::move(*other);
    const Tries tries = triesOf(facts);
    if (tries.alive.empty())
        return notApplicable(CheckText::tr("No address could be reached, or none was tried"));
    if (!facts.resolved || facts.resolved->value.addresses.size() < 2)
        return notApplicable(CheckText::tr("Only one address"));
    if (tries.dead.empty())
        return pass(CheckText::tr("The first address works; the others were not needed"));
    const bool onlySixes =
        std::ranges::all_of(tries.dead, [](const auto *tried) { return isV6(tried->value.address); }) &&
        std::ranges::none_of(tries.alive, [](const auto *tried) { return isV6(tried->value.address); });
    if (onlySixes)
        return notApplicable(CheckText::tr("The families differ, not the addresses (dns.family-gap)"));
    const auto total = facts.resolved->value.addresses.size();
    const double share = static_cast<double>(tries.dead.size()) / static_cast<double>(total);
    const QString text =
        CheckText::tr("%1 of %2 addresses cannot be reached, another can").arg(tries.dead.size()).arg(total);
    auto evidence = evidenceOfTries(tries.dead);
    evidence.push_back(triedEvidence(*tries.alive.front()));
    return share >= evaluation.settings.deadAddressesFail ? fail(text, std::move(evidence))
                                                          : warn(text, std::move(evidence));
}

} // namespace

std::vector<Check> dnsChecks()
{
    return {
        {"dns.resolve",
         Phase::Dns,
         Severity::Blocker,
         Kind::Passive,
         "RFC 1034; RFC 8020",
         "https://www.rfc-editor.org/rfc/rfc1034",
         QT_TRANSLATE_NOOP("checks", "Name resolves"),
         {{QT_TRANSLATE_NOOP("checks", "A typing error, or the record was deleted"),
           QT_TRANSLATE_NOOP("checks", "dig NAME at the domain's own servers says NXDOMAIN")},
          {QT_TRANSLATE_NOOP("checks", "Another network sees another zone: VPN or split horizon"),
           QT_TRANSLATE_NOOP("checks", "Another resolver answers (dig @1.1.1.1 NAME)")},
          {QT_TRANSLATE_NOOP("checks", "The resolver is down or cannot reach the zone's servers"),
           QT_TRANSLATE_NOOP("checks", "SERVFAIL or no answer, for every name")},
          {QT_TRANSLATE_NOOP("checks", "The name exists, but without an A or AAAA record"),
           QT_TRANSLATE_NOOP("checks",
                             "dig ANY NAME shows other types; in Kubernetes: a headless Service without ready "
                             "Pods")}},
         QT_TRANSLATE_NOOP("checks", "Mend the record or the resolver (/etc/resolv.conf, VPN, CoreDNS)."),
         "S002 §4; WHATWG: scripts only ever see 1006 for this",
         resolve,
         {}},
        {"dns.slow",
         Phase::Dns,
         Severity::Low,
         Kind::Passive,
         "RFC 8305 §3",
         "https://www.rfc-editor.org/rfc/rfc8305#section-3",
         QT_TRANSLATE_NOOP("checks", "Resolution time"),
         {{QT_TRANSLATE_NOOP("checks", "The search domains are walked first (ndots:5 in Pods)"),
           QT_TRANSLATE_NOOP("checks", "With a dot at the end of the name it is fast")},
          {QT_TRANSLATE_NOOP("checks", "The forwarder is slow"),
           QT_TRANSLATE_NOOP("checks", "dig @FORWARDER NAME takes as long")},
          {QT_TRANSLATE_NOOP("checks", "AAAA questions are dropped"),
           QT_TRANSLATE_NOOP("checks", "The time is about the resolver's retry of 5 s")}},
         QT_TRANSLATE_NOOP("checks",
                           "Use the full name with a dot at its end, or dnsConfig ndots:1; mend the forwarder."),
         "k8s dns-pod-service.md (ndots 5)",
         slow,
         {}},
        {"dns.family-gap",
         Phase::Dns,
         Severity::Medium,
         Kind::Passive,
         "RFC 8305 §5",
         "https://www.rfc-editor.org/rfc/rfc8305#section-5",
         QT_TRANSLATE_NOOP("checks", "IPv6 published but dead"),
         {{QT_TRANSLATE_NOOP("checks", "The server does not listen on IPv6"),
           QT_TRANSLATE_NOOP("checks", "It refuses at once; ss -ltn shows 0.0.0.0 but no [::]")},
          {QT_TRANSLATE_NOOP("checks", "No IPv6 route from here"),
           QT_TRANSLATE_NOOP("checks", "Every IPv6 host is unreachable")},
          {QT_TRANSLATE_NOOP("checks", "The firewall has no rules for IPv6"),
           QT_TRANSLATE_NOOP("checks", "Silence instead of an answer; clients without Happy Eyeballs wait it out")}},
         QT_TRANSLATE_NOOP("checks", "Listen on [::] and open the IPv6 firewall, or withdraw the AAAA record."),
         "RFC8305; S002 §4",
         familyGap,
         {}},
        {"dns.stale-address",
         Phase::Dns,
         Severity::High,
         Kind::Passive,
         "RFC 1035 §3.2.1",
         "https://www.rfc-editor.org/rfc/rfc1035#section-3.2.1",
         QT_TRANSLATE_NOOP("checks", "Dead addresses still published"),
         {{QT_TRANSLATE_NOOP("checks", "A Pod moved and the record's TTL has not passed"),
           QT_TRANSLATE_NOOP("checks", "A later lookup no longer has the address")},
          {QT_TRANSLATE_NOOP("checks", "A record that is kept by hand"),
           QT_TRANSLATE_NOOP("checks", "The address belongs to a machine that is gone")},
          {QT_TRANSLATE_NOOP("checks", "Records without a health check"),
           QT_TRANSLATE_NOOP("checks", "The machine is there, its service is down")}},
         QT_TRANSLATE_NOOP("checks", "Tie records to readiness or health checks and keep the TTL at 60 s or less."),
         "S002 §4",
         staleAddress,
         {}},
    };
}

} // namespace frameglass::diagnosis
