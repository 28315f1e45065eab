// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deflate_stream.h"
#include "header_list.h"
#include "violation.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Negotiation of permessage-deflate (RFC 7692 §5, §7.1).
namespace frameglass::protocol {

inline constexpr std::string_view permessageDeflate = "permessage-deflate";

/// One element of Sec-WebSocket-Extensions that names permessage-deflate: a client's offer or the server's answer.
struct DeflateParameters
{
    bool serverNoContextTakeover = false;
    bool clientNoContextTakeover = false;
    std::optional<int> serverMaxWindowBits; ///< 8 to 15
    /// client_max_window_bits is there; its value, 8 to 15, may be missing in an offer only (RFC 7692 §7.1.2.2).
    bool clientWindowBits = false;
    std::optional<int> clientMaxWindowBits;

    friend bool operator==(const DeflateParameters &, const DeflateParameters &) = default;
};

Extension extensionOf(const DeflateParameters &parameters);

/// In what place an element stands.
enum class DeflateSide : std::uint8_t { Offer, Answer };

struct ParsedDeflate
{
    DeflateParameters parameters;
    std::optional<std::string> fault; ///< the parameter that is unknown, stands twice or has no legal value, as sent
};

/// RFC 7692 §7.1: `extension` is one that is named permessage-deflate.
ParsedDeflate parseDeflate(const Extension &extension, DeflateSide side);

/// What a server asks of and grants to its clients.
struct DeflatePreferences
{
    bool serverNoContextTakeover = false;   ///< our own context ends with each message, asked for or not
    bool clientNoContextTakeover = false;   ///< the client's shall
    std::optional<int> serverMaxWindowBits; ///< our window is no larger
    std::optional<int> clientMaxWindowBits; ///< the client's shall be no larger, where its offer allows us to say so
    friend bool operator==(const DeflatePreferences &, const DeflatePreferences &) = default;
};

/// The parameters that a server's owner wrote, as what it wants.
DeflatePreferences preferencesOf(const DeflateParameters &written);

/// RFC 7692 §5.1: the answer to the first legal offer; nothing where none is.
std::optional<DeflateParameters> answerDeflate(std::span<const Extension> offers, const DeflatePreferences &wanted);

/// What is wrong with a server's answer.
struct DeflateFault
{
    Violation violation; ///< ExtensionDuplicate, DeflateAnswerInvalid or DeflateAnswerIncompatible
    std::string detail;
};

/// RFC 7692 §5.1, §7.1: judges all elements of the answer that name permessage-deflate; with `offered`, also whether
/// one of the legal offers permits them.
std::vector<DeflateFault> judgeDeflateAnswer(std::span<const Extension> answered,
                                             const std::vector<Extension> *offered);

/// How both directions are compressed once an answer is agreed.
struct DeflateAgreement
{
    DeflateWindow server; ///< of messages from the server
    DeflateWindow client; ///< of messages from the client
    friend bool operator==(const DeflateAgreement &, const DeflateAgreement &) = default;
};

/// The agreement that the extensions of an answer state, illegal parameters passed over: what both ends will most
/// likely do. Nothing when permessage-deflate is not among them. With `offered` the client keeps to the window that its
/// offer named, also where the answer says nothing of it (RFC 7692 §7.1.2.2).
std::optional<DeflateAgreement> deflateAgreement(std::span<const Extension> answered,
                                                 const std::vector<Extension> *offered);

/// Offers that a person wrote, as "server_max_window_bits=10; client_max_window_bits"; several with commas between, an
/// empty one offers without parameters. On failure `error` is the part that is no legal offer.
struct WrittenOffers
{
    std::vector<DeflateParameters> offers;
    std::optional<std::string> error;
};
WrittenOffers parseWrittenOffers(std::string_view text);

} // namespace frameglass::protocol
