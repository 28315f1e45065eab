// SPDX-License-Identifier: GPL-3.0-or-later
#include "violation.h"

#include <algorithm>
#include <array>

namespace frameglass::protocol {

namespace {
using V = Violation;
using C = CloseCode;
constexpr auto none = std::nullopt;

constexpr auto table = std::to_array<ViolationInfo>({
    {V::HeadTooLarge, "head-too-large", "RFC 6585 §5", none, 431, false},
    {V::HeadTooManyLines, "head-too-many-lines", "RFC 6585 §5", none, 431, false},
    {V::StartLineMalformed, "start-line-malformed", "RFC 9112 §3, §4", none, 400, false},
    {V::HttpVersionNot11, "http-version-not-11", "RFC 6455 §4.2.1", none, 400, true},
    {V::FieldLineMalformed, "field-line-malformed", "RFC 9112 §5", none, 400, true},
    {V::HeadTruncated, "head-truncated", "RFC 9112 §8", none, 400, false},
    {V::HeadIsTls, "head-is-tls", "RFC 6455 §3", none, 400, false},

    {V::MethodNotGet, "method-not-get", "RFC 6455 §4.2.1", none, 405, true},
    {V::HostMissing, "host-missing", "RFC 6455 §4.2.1", none, 400, true},
    {V::UpgradeHeaderMissing, "upgrade-header-missing", "RFC 6455 §4.1, §4.2.1", none, 400, true},
    {V::UpgradeHeaderWrong, "upgrade-header-wrong", "RFC 6455 §4.1, §4.2.1", none, 400, true},
    {V::ConnectionHeaderMissing, "connection-header-missing", "RFC 6455 §4.1, §4.2.1", none, 400, true},
    {V::ConnectionHeaderWrong, "connection-header-wrong", "RFC 6455 §4.1, §4.2.1", none, 400, true},
    {V::KeyMissing, "key-missing", "RFC 6455 §4.2.1", none, 400, true},
    {V::KeyInvalid, "key-invalid", "RFC 6455 §4.2.1", none, 400, true},
    {V::KeyDuplicate, "key-duplicate", "RFC 6455 §11.3.1", none, 400, true},
    {V::VersionMissing, "version-missing", "RFC 6455 §4.2.1", none, 426, true},
    {V::VersionUnsupported, "version-unsupported", "RFC 6455 §4.2.2, §4.4", none, 426, true},
    {V::OctetsBeforeResponse, "octets-before-response", "RFC 9112 §2.2", none, 0, true},
    {V::OriginRefused, "origin-refused", "RFC 6455 §4.2.2", none, 403, true},
    {V::SubprotocolRepeated, "subprotocol-repeated", "RFC 6455 §4.1", none, 400, true},

    {V::StatusNot101, "status-not-101", "RFC 6455 §4.1", none, 0, false},
    {V::AcceptMissing, "accept-missing", "RFC 6455 §4.1", none, 0, true},
    {V::AcceptWrong, "accept-wrong", "RFC 6455 §4.1", none, 0, true},
    {V::AcceptDuplicate, "accept-duplicate", "RFC 6455 §11.3.3", none, 0, true},
    {V::SubprotocolUnrequested, "subprotocol-unrequested", "RFC 6455 §4.1", none, 0, true},
    {V::SubprotocolMismatch, "subprotocol-mismatch", "RFC 6455 §4.1", none, 0, true},
    {V::SubprotocolDuplicate, "subprotocol-duplicate", "RFC 6455 §11.3.4", none, 0, true},
    {V::ExtensionUnrequested, "extension-unrequested", "RFC 6455 §4.1", none, 0, true},
    {V::ExtensionMalformed, "extension-malformed", "RFC 6455 §9.1", none, 400, true},

    {V::ExtensionDuplicate, "extension-duplicate", "RFC 7692 §5", none, 0, true},
    {V::DeflateOfferInvalid, "deflate-offer-invalid", "RFC 7692 §7.1", none, 0, true},
    {V::DeflateAnswerInvalid, "deflate-answer-invalid", "RFC 7692 §7.1", none, 0, true},
    {V::DeflateAnswerIncompatible, "deflate-answer-incompatible", "RFC 7692 §7.1.1, §7.1.2", none, 0, true},

    {V::ReservedBit, "reserved-bit", "RFC 6455 §5.2", C::ProtocolError, 0, true},
    {V::ReservedOpcode, "reserved-opcode", "RFC 6455 §5.2", C::ProtocolError, 0, true},
    {V::MaskMissing, "mask-missing", "RFC 6455 §5.1", C::ProtocolError, 0, true},
    {V::MaskUnexpected, "mask-unexpected", "RFC 6455 §5.1", C::ProtocolError, 0, true},
    {V::LengthNotMinimal, "length-not-minimal", "RFC 6455 §5.2", C::ProtocolError, 0, true},
    {V::LengthTopBitSet, "length-top-bit-set", "RFC 6455 §5.2", C::ProtocolError, 0, false},
    {V::ControlFragmented, "control-fragmented", "RFC 6455 §5.5", C::ProtocolError, 0, true},
    {V::ControlTooLong, "control-too-long", "RFC 6455 §5.5", C::ProtocolError, 0, true},
    {V::ContinuationWithoutStart, "continuation-without-start", "RFC 6455 §5.4", C::ProtocolError, 0, true},
    {V::MessageInterleaved, "message-interleaved", "RFC 6455 §5.4", C::ProtocolError, 0, true},
    {V::FrameTruncated, "frame-truncated", "RFC 6455 §7.1.5", C::AbnormalClosure, 0, false},
    {V::CompressedBitMisplaced, "compressed-bit-misplaced", "RFC 7692 §6.1", C::ProtocolError, 0, true},
    {V::InflateFailed, "inflate-failed", "RFC 7692 §7.2.2", C::InvalidPayload, 0, true},

    {V::InvalidUtf8, "invalid-utf8", "RFC 6455 §8.1", C::InvalidPayload, 0, true},
    {V::ClosePayloadOneOctet, "close-payload-one-octet", "RFC 6455 §5.5.1", C::ProtocolError, 0, true},
    {V::CloseCodeIllegal, "close-code-illegal", "RFC 6455 §7.4", C::ProtocolError, 0, true},
    {V::CloseReasonInvalidUtf8, "close-reason-invalid-utf8", "RFC 6455 §5.5.1", C::InvalidPayload, 0, true},
    {V::DataAfterClose, "data-after-close", "RFC 6455 §5.5.1", C::ProtocolError, 0, true},

    {V::FrameTooBig, "frame-too-big", "RFC 6455 §10.4", C::MessageTooBig, 0, true},
    {V::MessageTooBig, "message-too-big", "RFC 6455 §10.4", C::MessageTooBig, 0, true},
    {V::TooManyFragments, "too-many-fragments", "RFC 6455 §10.4", C::PolicyViolation, 0, true},
    {V::InflatedTooBig, "inflated-too-big", "RFC 6455 §10.4", C::MessageTooBig, 0, true},
    {V::OutputStalled, "output-stalled", "RFC 6455 §7.4.1", C::PolicyViolation, 0, true},
});

constexpr bool inEnumOrder()
{
    for (std::size_t i = 0; i < table.size(); ++i)
        if (static_cast<std::size_t>(table[i].violation) != i)
            return false;
    return table.size() == static_cast<std::size_t>(V::OutputStalled) + 1;
}
static_assert(inEnumOrder());
} // namespace

std::span<const ViolationInfo> violations()
{
    return table;
}

const ViolationInfo &infoOf(Violation violation)
{
    return table.at(static_cast<std::size_t>(violation));
}

std::optional<CloseCode> closeCodeFor(Violation violation)
{
    return infoOf(violation).closeCode;
}

std::optional<Violation> violationFromId(std::string_view id)
{
    const auto row = std::ranges::find(table, id, &ViolationInfo::id);
    if (row == table.end())
        return std::nullopt;
    return row->violation;
}

} // namespace frameglass::protocol
