// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "response_view.h"

#include <optional>
#include <string_view>
#include <vector>

/// Internal to diagnosis: what the rows of phase 6 need to tell who stands between and what it did.
namespace frameglass::diagnosis::proxy {

using analysis::ConnectionFacts;
using analysis::Recorded;
using response::HttpHead;
using response::ResponseHead;

Evidence serverLine(const ResponseHead &head);
/// What every nginx row starts from: why it does not apply, or nothing.
std::optional<Judgement> unlessNginx(const Evaluation &evaluation);
/// An error page of nginx's own: no server behind it spoke.
bool isNginxPage(const Evaluation &evaluation);
std::vector<Evidence> nginxEvidence(const Evaluation &evaluation);

/// Field names without one capital: HAProxy writes them so, and every hop over HTTP/2.
bool isLowerCase(const HttpHead &head);
bool isFromEnvoy(const HttpHead &head);
bool isFromHaproxy(const HttpHead &head);
bool isFromApache(const HttpHead &head);
bool isFromIis(const HttpHead &head);
bool isFromCloudflare(const HttpHead &head);
/// By the host's name, the Server field or the balancer's cookies.
bool isAws(const ConnectionFacts &facts);

/// What the rows of a product start from: why they do not apply, or nothing.
std::optional<Judgement> unlessFrom(const Evaluation &evaluation, bool (*isFrom)(const HttpHead &),
                                    const char *product);
/// What rows about an end start from: never open, or still open.
std::optional<Judgement> unlessEnded(const ConnectionFacts &facts);

/// At most `least` or that share of `one` apart, whichever is more.
bool isNear(Nanoseconds one, Nanoseconds other, Nanoseconds least, double share);
/// At most 2 s or 2 % away, whichever is more.
bool fits(Nanoseconds silence, Nanoseconds from, Nanoseconds to);
/// The silence after which the peer ended TCP, without a Close from either side.
std::optional<Recorded<Nanoseconds>> idleCutOf(const ConnectionFacts &facts, const Settings &settings);
/// How long it was open, where the peer ended TCP without a Close; with the record of that end.
std::optional<Recorded<Nanoseconds>> cutLifetime(const ConnectionFacts &facts);
/// The end, and the answer that tells who is in between.
std::vector<Evidence> cutEvidence(const ConnectionFacts &facts);
/// How many other connections to the same host were cut at the same time.
std::size_t endedTogether(const Evaluation &evaluation, Nanoseconds within);
/// Rows that a product's cut explains.
std::vector<std::string_view> impliedByCut();

} // namespace frameglass::diagnosis::proxy

namespace frameglass::diagnosis {

/// Phase 6 by nouns; checks_intermediaries.cpp joins them in catalogue order.
std::vector<Check> signatureChecks();
std::vector<Check> nginxUpgradeChecks(); ///< what of the upgrade nginx forwards
std::vector<Check> nginxChecks();        ///< its buffers, HTTP/2 and sub-requests
std::vector<Check> envoyChecks();
std::vector<Check> haproxyChecks();
std::vector<Check> apacheChecks();
std::vector<Check> iisChecks();
std::vector<Check> cloudChecks();             ///< AWS, Cloudflare, Kubernetes
std::vector<Check> applicationAnswerChecks(); ///< Engine.IO, SignalR, caches, firewalls of applications
std::vector<Check> idleCutChecks();

} // namespace frameglass::diagnosis
