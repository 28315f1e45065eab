// SPDX-License-Identifier: GPL-3.0-or-later
#include "wording.h"

#include <QCoreApplication>

namespace frameglass::diagnosis {

namespace {

/// Gives `tr` the context of every text of this file.
struct WordingText
{
    Q_DECLARE_TR_FUNCTIONS(wording)
};

} // namespace

QString textOf(protocol::Violation violation)
{
    switch (violation) {
    case protocol::Violation::HeadTooLarge: return WordingText::tr("The head is larger than the limit");
    case protocol::Violation::HeadTooManyLines: return WordingText::tr("The head has more lines than the limit");
    case protocol::Violation::StartLineMalformed: return WordingText::tr("The first line of the head cannot be read");
    case protocol::Violation::HttpVersionNot11: return WordingText::tr("The HTTP version is not 1.1");
    case protocol::Violation::FieldLineMalformed: return WordingText::tr("A header line is malformed");
    case protocol::Violation::HeadTruncated: return WordingText::tr("TCP ended inside the head");
    case protocol::Violation::HeadIsTls: return WordingText::tr("TLS is spoken to a port without TLS");
    case protocol::Violation::MethodNotGet: return WordingText::tr("The method is not GET");
    case protocol::Violation::HostMissing: return WordingText::tr("No Host field");
    case protocol::Violation::UpgradeHeaderMissing: return WordingText::tr("No Upgrade field");
    case protocol::Violation::UpgradeHeaderWrong: return WordingText::tr("Upgrade does not name websocket");
    case protocol::Violation::ConnectionHeaderMissing: return WordingText::tr("No Connection field");
    case protocol::Violation::ConnectionHeaderWrong: return WordingText::tr("Connection does not contain Upgrade");
    case protocol::Violation::KeyMissing: return WordingText::tr("No Sec-WebSocket-Key field");
    case protocol::Violation::KeyInvalid: return WordingText::tr("Sec-WebSocket-Key is not 16 octets in Base64");
    case protocol::Violation::KeyDuplicate: return WordingText::tr("Sec-WebSocket-Key appears more than once");
    case protocol::Violation::VersionMissing: return WordingText::tr("No Sec-WebSocket-Version field");
    case protocol::Violation::VersionUnsupported: return WordingText::tr("Sec-WebSocket-Version is not 13");
    case protocol::Violation::OctetsBeforeResponse:
        return WordingText::tr("The client sent octets before it had the answer");
    case protocol::Violation::OriginRefused: return WordingText::tr("The origin is not allowed");
    case protocol::Violation::SubprotocolRepeated:
        return WordingText::tr("A subprotocol that is offered more than once");
    case protocol::Violation::StatusNot101: return WordingText::tr("The status is not 101");
    case protocol::Violation::AcceptMissing: return WordingText::tr("No Sec-WebSocket-Accept field");
    case protocol::Violation::AcceptWrong: return WordingText::tr("Sec-WebSocket-Accept does not belong to the key");
    case protocol::Violation::AcceptDuplicate: return WordingText::tr("Sec-WebSocket-Accept appears more than once");
    case protocol::Violation::SubprotocolUnrequested: return WordingText::tr("A subprotocol that was not offered");
    case protocol::Violation::SubprotocolMismatch: return WordingText::tr("The subprotocol is not one of the offered");
    case protocol::Violation::SubprotocolDuplicate:
        return WordingText::tr("Sec-WebSocket-Protocol appears more than once");
    case protocol::Violation::ExtensionUnrequested: return WordingText::tr("An extension that was not offered");
    case protocol::Violation::ExtensionMalformed: return WordingText::tr("Sec-WebSocket-Extensions cannot be read");
    case protocol::Violation::ExtensionDuplicate: return WordingText::tr("permessage-deflate is answered twice");
    case protocol::Violation::DeflateOfferInvalid:
        return WordingText::tr("An offer of permessage-deflate with an illegal parameter");
    case protocol::Violation::DeflateAnswerInvalid:
        return WordingText::tr("The answer to permessage-deflate has an illegal parameter");
    case protocol::Violation::DeflateAnswerIncompatible:
        return WordingText::tr("The answer to permessage-deflate does not fit any offer");
    case protocol::Violation::ReservedBit: return WordingText::tr("A reserved bit is set");
    case protocol::Violation::ReservedOpcode: return WordingText::tr("The opcode is reserved");
    case protocol::Violation::MaskMissing: return WordingText::tr("A frame from the client is not masked");
    case protocol::Violation::MaskUnexpected: return WordingText::tr("A frame from the server is masked");
    case protocol::Violation::LengthNotMinimal: return WordingText::tr("The length is not in its shortest form");
    case protocol::Violation::LengthTopBitSet: return WordingText::tr("The top bit of the 64-bit length is set");
    case protocol::Violation::ControlFragmented: return WordingText::tr("A control frame without FIN");
    case protocol::Violation::ControlTooLong: return WordingText::tr("A control frame with more than 125 octets");
    case protocol::Violation::ContinuationWithoutStart:
        return WordingText::tr("A continuation without a message to continue");
    case protocol::Violation::MessageInterleaved: return WordingText::tr("A new message inside a fragmented one");
    case protocol::Violation::FrameTruncated: return WordingText::tr("TCP ended inside a frame");
    case protocol::Violation::CompressedBitMisplaced:
        return WordingText::tr("RSV1 on a frame that does not begin a message");
    case protocol::Violation::InflateFailed: return WordingText::tr("A compressed message that cannot be inflated");
    case protocol::Violation::InflatedTooBig: return WordingText::tr("A message that inflates to more than the limit");
    case protocol::Violation::InvalidUtf8: return WordingText::tr("Text that is not UTF-8");
    case protocol::Violation::ClosePayloadOneOctet: return WordingText::tr("A Close payload of one octet");
    case protocol::Violation::CloseCodeIllegal: return WordingText::tr("A close code that may not be sent");
    case protocol::Violation::CloseReasonInvalidUtf8: return WordingText::tr("A close reason that is not UTF-8");
    case protocol::Violation::DataAfterClose: return WordingText::tr("Data after Close");
    case protocol::Violation::FrameTooBig: return WordingText::tr("A frame larger than the limit");
    case protocol::Violation::MessageTooBig: return WordingText::tr("A message larger than the limit");
    case protocol::Violation::TooManyFragments: return WordingText::tr("A message of more fragments than the limit");
    case protocol::Violation::OutputStalled:
        return WordingText::tr("The other side does not read, and more waits for it than the limit");
    }
    return {};
}

QString textOf(protocol::HeadOddity oddity)
{
    switch (oddity) {
    case protocol::HeadOddity::LeadingOctets: return WordingText::tr("octets before the first line");
    case protocol::HeadOddity::BareLineFeed: return WordingText::tr("a line that ends with LF alone");
    case protocol::HeadOddity::BareCarriageReturn: return WordingText::tr("CR without LF");
    case protocol::HeadOddity::ObsoleteFolding: return WordingText::tr("a folded line");
    case protocol::HeadOddity::SpaceBeforeColon: return WordingText::tr("a space before the colon");
    case protocol::HeadOddity::MissingColon: return WordingText::tr("a line without a colon");
    case protocol::HeadOddity::InvalidNameOctet:
        return WordingText::tr("a field name with an octet that is not allowed");
    case protocol::HeadOddity::ControlOctet: return WordingText::tr("a control octet in a value");
    case protocol::HeadOddity::EmptyName: return WordingText::tr("an empty field name");
    case protocol::HeadOddity::StatusLineNoSpace: return WordingText::tr("no space after the status code");
    case protocol::HeadOddity::StartLineMalformed: return WordingText::tr("a first line that cannot be read");
    case protocol::HeadOddity::SecondStatusLine: return WordingText::tr("a second status line");
    }
    return {};
}

QString textOf(protocol::ConnectionState state)
{
    switch (state) {
    case protocol::ConnectionState::Opening: return WordingText::tr("opening");
    case protocol::ConnectionState::Open: return WordingText::tr("open");
    case protocol::ConnectionState::CloseSent: return WordingText::tr("close sent");
    case protocol::ConnectionState::CloseReceived: return WordingText::tr("close received");
    case protocol::ConnectionState::CloseDone: return WordingText::tr("close done");
    case protocol::ConnectionState::Closed: return WordingText::tr("closed");
    case protocol::ConnectionState::Failed: return WordingText::tr("failed");
    }
    return {};
}

QString textOf(protocol::Trigger trigger)
{
    switch (trigger) {
    case protocol::Trigger::HandshakeSucceeded: return WordingText::tr("handshake succeeded");
    case protocol::Trigger::HandshakeFailed: return WordingText::tr("handshake failed");
    case protocol::Trigger::CloseFrameSent: return WordingText::tr("Close frame sent");
    case protocol::Trigger::CloseFrameReceived: return WordingText::tr("Close frame received");
    case protocol::Trigger::TransportEnded: return WordingText::tr("TCP ended");
    case protocol::Trigger::FailedByUs: return WordingText::tr("failed by us");
    }
    return {};
}

QString textOf(capture::TransportEnd end)
{
    switch (end) {
    case capture::TransportEnd::FinReceived: return WordingText::tr("The other side ended TCP (FIN)");
    case capture::TransportEnd::FinSent: return WordingText::tr("We half-closed TCP (FIN)");
    case capture::TransportEnd::ResetReceived: return WordingText::tr("The other side reset TCP (RST)");
    case capture::TransportEnd::Error: return WordingText::tr("TCP failed");
    case capture::TransportEnd::TimedOut: return WordingText::tr("TCP timed out");
    case capture::TransportEnd::ClosedByUs: return WordingText::tr("We closed TCP");
    case capture::TransportEnd::ResetByUs: return WordingText::tr("We reset TCP (RST)");
    }
    return {};
}

QString textOf(capture::Stage stage)
{
    switch (stage) {
    case capture::Stage::Resolve: return WordingText::tr("Name resolution");
    case capture::Stage::Tcp: return WordingText::tr("TCP connect");
    case capture::Stage::Proxy: return WordingText::tr("Proxy");
    case capture::Stage::Tls: return WordingText::tr("TLS handshake");
    case capture::Stage::Upgrade: return WordingText::tr("Upgrade");
    }
    return {};
}

QString textOf(capture::StageOutcome outcome)
{
    switch (outcome) {
    case capture::StageOutcome::Started: return WordingText::tr("started");
    case capture::StageOutcome::Succeeded: return WordingText::tr("succeeded");
    case capture::StageOutcome::Failed: return WordingText::tr("failed");
    case capture::StageOutcome::TimedOut: return WordingText::tr("timed out");
    case capture::StageOutcome::Cancelled: return WordingText::tr("cancelled");
    }
    return {};
}

QString textOf(session::RedirectError error)
{
    using session::RedirectError;
    switch (error) {
    case RedirectError::LocationMissing: return WordingText::tr("it has no Location");
    case RedirectError::LocationInvalid: return WordingText::tr("its Location is no URL that can be connected to");
    case RedirectError::SchemeUnsupported:
        return WordingText::tr("its Location has a scheme that is neither ws, wss, http nor https");
    case RedirectError::Loop: return WordingText::tr("it leads back to a URL that was tried before: a loop");
    case RedirectError::TooMany: return WordingText::tr("it would be one more than allowed");
    }
    return {};
}

QString textOf(capture::CaptureErrorCode code, const QString &path)
{
    using capture::CaptureErrorCode;
    switch (code) {
    case CaptureErrorCode::NotFound: return WordingText::tr("There is no file %1.").arg(path);
    case CaptureErrorCode::NotACapture: return WordingText::tr("%1 is not a Frameglass capture.").arg(path);
    case CaptureErrorCode::NewerVersion:
        return WordingText::tr("%1 was written by a newer version of Frameglass.").arg(path);
    case CaptureErrorCode::Corrupted: return WordingText::tr("%1 is damaged and cannot be read.").arg(path);
    case CaptureErrorCode::ReadOnly: return WordingText::tr("%1 cannot be written.").arg(path);
    case CaptureErrorCode::InUse: return WordingText::tr("%1 is being written by another program.").arg(path);
    case CaptureErrorCode::DiskFull: return WordingText::tr("There is no room left for %1.").arg(path);
    case CaptureErrorCode::Io: return WordingText::tr("%1 could not be read or written.").arg(path);
    }
    return {};
}

} // namespace frameglass::diagnosis
