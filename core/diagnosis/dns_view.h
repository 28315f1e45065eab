// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "way_view.h"

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

/// Internal to diagnosis: what the rows of phase 1 need to look at lookups and at the addresses that were tried.
namespace frameglass::diagnosis::dns {

using way::ConnectionFacts;
using way::Recorded;
using Lookup = Recorded<capture::DnsLookup>;

/// Why a rule about a lookup cannot be judged: there was none.
std::optional<Judgement> unlessLookedUp(const ConnectionFacts &facts);

bool asksForAddress(const capture::DnsLookup &lookup);
/// The first lookup for addresses with one of these outcomes; null when there is none.
const Lookup *lookupWith(const ConnectionFacts &facts, std::initializer_list<std::string_view> outcomes);
Evidence lookupEvidence(const Lookup &lookup);

struct Tries
{
    std::vector<const Recorded<capture::AddressTried> *> dead;
    std::vector<const Recorded<capture::AddressTried> *> alive;
};
/// Of all addresses that were tried, or of one family.
Tries triesOf(const ConnectionFacts &facts, std::optional<bool> v6 = {});
std::vector<Evidence> evidenceOfTries(const std::vector<const Recorded<capture::AddressTried> *> &tries);

} // namespace frameglass::diagnosis::dns
