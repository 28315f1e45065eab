// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/peer.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// One row for each way in which the other end can break a requirement of RFC 6455 §4-§8 or RFC 7692 §5-§7 that its
/// octets show. Tests of the peer and of the checks read the same table.
///
/// Not here, because octets alone do not tell: that a client waits for the answer before it sends (§4.1; what is glued
/// to a request is taken as if it had waited), an Origin that a server does not want (§4.2.2, its own decision),
/// answers that never come: to a request, a Ping (§5.5.2) or a Close (§5.5.1), which time limits judge, and that keys
/// cannot be predicted (§5.3), of which only zero and repeated ones can be told.
namespace frameglass::protocol::conformance {

/// How a strict endpoint goes on.
enum class Then : std::uint8_t {
    Fails,       ///< Close with Row::closeCode, then FIN (§7.1.7)
    Refuses,     ///< server: answers Row::httpStatus, then FIN (§4.2.2)
    EndsTcp,     ///< without a word (client: §4.1; or the other end has gone)
    AnswersEcho, ///< the closing handshake runs its course
    GoesOn,
};

struct Row
{
    std::string clause; ///< "RFC 6455 §5.1"
    std::string level;  ///< "MUST", "MUST NOT", "SHOULD"; "limit" for what §10.4 leaves to us
    std::string name;   ///< what is wrong; with clause and reader unique
    Role reader = Role::Client;
    std::string head;  ///< what the other end opens with: a request or a response
    Octets frames;     ///< what follows its head
    bool ends = false; ///< FIN after that
    std::optional<Violation> violation;
    Then then = Then::Fails;
    unsigned closeCode = 0;
    int httpStatus = 0;
    std::string_view finding; ///< check that fails or warns on the capture of such a run
    bool offers = true;       ///< client: subprotocols "chat" and "superchat" were offered
    std::string extensions;   ///< client: what Sec-WebSocket-Extensions offered; a server agrees to what is legal
    Octets rest;              ///< of a frame that an observer reads over; an endpoint has failed before

    std::string title() const;
};

const std::vector<Row> &rows();

/// What must be taken without complaint, though it is unusual.
struct LegalRow
{
    std::string clause;
    std::string name;
    Role reader = Role::Client;
    std::string head;
    Octets frames;
};
const std::vector<LegalRow> &legalRows();

/// Small ones, which the rows about limits exceed.
Limits limits();

// Internal to the table: its parts.
std::vector<Row> headRows();
std::vector<Row> frameRows();
std::vector<Row> deflateRows();
std::vector<LegalRow> legalHeads();
std::vector<LegalRow> legalFrames();

} // namespace frameglass::protocol::conformance
