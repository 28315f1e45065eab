// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rule_support.h"

#include <string>
#include <string_view>

/// Internal to diagnosis: what the rows of phases 0 to 2 need to look at the way to the server.
namespace frameglass::diagnosis::way {

using analysis::ConnectionFacts;
using analysis::Recorded;

/// Why no row about the way can be judged: it was walked by the other end. Nothing for a client.
std::optional<Judgement> unlessClient(const ConnectionFacts &facts);

/// The host that was looked up: the URL's, or the proxy's where one is used. Empty: not known.
std::string lookedUpHost(const ConnectionFacts &facts);
bool isAddressLiteral(const std::string &host);
/// A name that no public name server answers for: single labels, and those of RFC 6761, RFC 6762, RFC 8375 and habit.
bool isLocalName(const std::string &host);
/// The host of "192.0.2.1:443" or "[2001:db8::1]:443", without brackets.
std::string_view hostOf(std::string_view address);
/// Of such an address.
bool isV6(const std::string &address);
/// An address of private use, loopback or link-local (RFC 1918, RFC 6598, RFC 4193, RFC 4291, RFC 3927).
bool isPrivate(const std::string &address);

/// errno of a connect as Linux, BSD and Windows number it: captures travel between systems.
bool isRefusal(int error);
bool isTimeout(int error);
bool isUnreachable(int error);

/// Whether TCP to any address was established.
bool isConnected(const ConnectionFacts &facts);
/// TCP was tried and no address was left.
bool failedToConnect(const ConnectionFacts &facts);
/// Why no row about a failed connect can be judged; nothing when it failed.
std::optional<Judgement> unlessFailedToConnect(const ConnectionFacts &facts);

Evidence triedEvidence(const Recorded<capture::AddressTried> &tried);
Evidence stageEvidence(const Recorded<capture::StageChanged> &stage);

} // namespace frameglass::diagnosis::way
