// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rule_support.h"

#include <initializer_list>
#include <optional>
#include <string_view>

/// Internal to diagnosis: what the rows of phases 5 and 6 need to look at a response and to say what they saw.
namespace frameglass::diagnosis::response {

using analysis::ConnectionFacts;
using analysis::Recorded;
using protocol::HeaderField;
using protocol::HttpHead;
using ResponseHead = Recorded<HttpHead>;

/// Verdicts whose causes have an order of their own.
Judgement warn(const QString &reason, std::vector<Evidence> evidence, std::vector<std::size_t> causeOrder);
Judgement fail(const QString &reason, std::vector<Evidence> evidence, std::vector<std::size_t> causeOrder);

/// Octets of a peer as one bounded, printable line: control octets and octets outside UTF-8 as \xNN, the end cut off
/// with an ellipsis.
QString printable(std::string_view octets, std::size_t maximum = 60);

/// "1,904 octets"
QString octetCount(std::size_t octets);

/// A whole response head; null while there is none.
const ResponseHead *wholeResponse(const ConnectionFacts &facts);
/// A whole response head with status 101; null otherwise.
const ResponseHead *response101(const ConnectionFacts &facts);
/// Why a rule about the 101 cannot be judged: no response, a cut one, or another status.
Judgement without101(const ConnectionFacts &facts);
/// A rule about the 101 as a row's rule.
template<Judgement (*rule)(const ResponseHead &, const Evaluation &)>
Judgement on101(const Evaluation &evaluation)
{
    const auto *head = response101(evaluation.facts);
    return head != nullptr ? rule(*head, evaluation) : without101(evaluation.facts);
}
/// Why a rule about any response cannot be judged.
Judgement withoutResponse(const ConnectionFacts &facts);

/// Octets of the server right after a 101, bounded; empty when there are none.
struct OctetsAfterHead
{
    capture::RecordId record = 0;
    std::string_view octets;
};
OctetsAfterHead octetsAfterHead(const ConnectionFacts &facts);
/// Whether these octets are there and are something else than a frame.
bool isFollowedByNoFrame(const HttpHead &head, const ConnectionFacts &facts);

/// A field's value as it may be shown: secrets overwritten, bounded, printable.
QString shownValue(const HttpHead &head, const HeaderField &field);
/// All values of that name, joined by ", ".
QString shownValues(const HttpHead &head, std::string_view name);
/// The start line, likewise.
QString shownStartLine(const HttpHead &head);

/// The field line, lit.
Evidence lineOf(const ResponseHead &head, const HeaderField &field);
std::vector<Evidence> linesOf(const ResponseHead &head, std::string_view name);
Evidence statusLineOf(const ResponseHead &head);
/// The whole head, for faults of absence.
Evidence headOf(const ResponseHead &head, QString text);
/// The response's body, or its head where the body is empty.
Evidence bodyOf(const ConnectionFacts &facts);
std::string_view bodyText(const ConnectionFacts &facts);

/// The first value of a field, empty when absent.
std::string_view valueOf(const HttpHead &head, std::string_view name);
bool containsIgnoringCase(std::string_view text, std::string_view part);
/// `Server: nginx…`
bool isFromNginx(const HttpHead &response);
/// A direct attempt past the proxy was answered with 101.
bool directGot101(const Evaluation &evaluation);

/// Ranks of `count` causes with `first` moved to the front.
std::vector<std::size_t> causesWithFirst(std::initializer_list<std::size_t> first, std::size_t count);

/// Time from the request's head to the end of the response's head; nothing when either is missing.
std::optional<Nanoseconds> answerTime(const ConnectionFacts &facts);

} // namespace frameglass::diagnosis::response

namespace frameglass::diagnosis {

/// Phase 5 by nouns, each in catalogue order; checks_response.cpp joins them.
std::vector<Check> responseArrivalChecks();     ///< whether, when and with what status line it came
std::vector<Check> responseAcceptChecks();      ///< Sec-WebSocket-Accept
std::vector<Check> responseWireChecks();        ///< octets around the head
std::vector<Check> responseFieldChecks();       ///< fields that are not the handshake's
std::vector<Check> responseUpgradeChecks();     ///< Upgrade, Connection, Sec-WebSocket-Protocol
std::vector<Check> responseStatusChecks();      ///< 200, 3xx, 4xx
std::vector<Check> responseServerErrorChecks(); ///< 5xx, and any status without a row of its own
std::vector<Check> responseAfterwardsChecks();  ///< what followed a 101

} // namespace frameglass::diagnosis
