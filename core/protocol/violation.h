// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "close_code.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace frameglass::protocol {

/// One value for every rule that a peer can break. Words for people are in diagnosis/wording.
enum class Violation : std::uint16_t {
    // HTTP head (RFC 9112)
    HeadTooLarge,
    HeadTooManyLines,
    StartLineMalformed,
    HttpVersionNot11,
    FieldLineMalformed,
    HeadTruncated,
    HeadIsTls, ///< a TLS record where the head should stand (RFC 8446 §5.1)

    // Opening handshake, seen by the server (RFC 6455 §4.2.1)
    MethodNotGet,
    HostMissing,
    UpgradeHeaderMissing,
    UpgradeHeaderWrong,
    ConnectionHeaderMissing,
    ConnectionHeaderWrong,
    KeyMissing,
    KeyInvalid,
    KeyDuplicate,
    VersionMissing,
    VersionUnsupported,
    OctetsBeforeResponse,
    OriginRefused,
    SubprotocolRepeated,

    // Opening handshake, seen by the client (RFC 6455 §4.1)
    StatusNot101,
    AcceptMissing,
    AcceptWrong,
    AcceptDuplicate,
    SubprotocolUnrequested,
    SubprotocolMismatch,
    SubprotocolDuplicate,
    ExtensionUnrequested,
    ExtensionMalformed,

    // Negotiation of permessage-deflate (RFC 7692 §5, §7.1)
    ExtensionDuplicate,
    DeflateOfferInvalid, ///< seen by the server; declined, which refuses nothing
    DeflateAnswerInvalid,
    DeflateAnswerIncompatible,

    // Frames (RFC 6455 §5)
    ReservedBit,
    ReservedOpcode,
    MaskMissing,
    MaskUnexpected,
    LengthNotMinimal,
    LengthTopBitSet,
    ControlFragmented,
    ControlTooLong,
    ContinuationWithoutStart,
    MessageInterleaved,
    FrameTruncated,
    CompressedBitMisplaced, ///< RFC 7692 §6.1
    InflateFailed,          ///< RFC 7692 §7.2.2

    // Messages and closing (RFC 6455 §5.5.1, §7.4, §8.1)
    InvalidUtf8,
    ClosePayloadOneOctet,
    CloseCodeIllegal,
    CloseReasonInvalidUtf8,
    DataAfterClose,

    // Limits of ours
    FrameTooBig,
    MessageTooBig,
    TooManyFragments,
    InflatedTooBig,
    OutputStalled,
};

/// How an endpoint fails the connection for a violation.
struct ViolationInfo
{
    Violation violation;
    std::string_view id;     ///< stable kebab-case name for files, JSON and tests: "reserved-bit"
    std::string_view clause; ///< "RFC 6455 §5.2"
    /// §5, §7, §8: the code the connection fails with; none for §4. FrameTruncated has 1006, which no Close frame
    /// carries (§7.4.1); DataAfterClose has 1002, which an endpoint that answered the Close can no longer send.
    std::optional<CloseCode> closeCode;
    std::uint16_t httpStatus; ///< §4 as server: 400, 403, 405, 426 or 431; 0 where TCP is ended without a word
    bool keepsFraming;        ///< an observer can still tell the frames after it apart
};

/// One row for each violation, in enum order.
std::span<const ViolationInfo> violations();
const ViolationInfo &infoOf(Violation violation);
std::optional<CloseCode> closeCodeFor(Violation violation);
std::optional<Violation> violationFromId(std::string_view id);

} // namespace frameglass::protocol
