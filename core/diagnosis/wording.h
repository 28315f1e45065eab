// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/capture.h"
#include "core/capture/record.h"
#include "core/session/redirect.h"

#include <QString>

#include <string_view>

/// Words for codes: the one place where values of the lower layers become sentences in the user's language. Used by
/// the window, `fglass` and reports alike.
namespace frameglass::analysis {
class CompressionTrack;
}

namespace frameglass::diagnosis {

QString textOf(protocol::Violation violation);
QString textOf(protocol::HeadOddity oddity);
QString textOf(protocol::ConnectionState state);
QString textOf(protocol::Trigger trigger);
QString textOf(capture::TransportEnd end);
QString textOf(capture::Stage stage);
QString textOf(capture::StageOutcome outcome);
QString textOf(capture::CaptureErrorCode code, const QString &path);
/// Why a redirect was not followed, to stand behind a colon.
QString textOf(session::RedirectError error);
QString opcodeName(std::uint8_t opcode); ///< "text", "ping", "reserved 0x3"
/// "1006 Abnormal Closure"
QString closeCodeText(std::uint16_t code);
/// "3.1 ms", "60.0 s", "4:12 min": three significant digits, never more than was measured.
QString durationText(Nanoseconds duration);
/// "412", "1,904", "3.1 MiB" with the locale's separators.
QString octetsText(std::uint64_t octets);
/// "1 octet", "1,904 octets".
QString countOctets(std::uint64_t octets);
/// What permessage-deflate was agreed on and did in each direction: octets as sent and as meant, and what it cost.
/// Empty where it was not offered.
QString compressionText(const analysis::CompressionTrack &compression);
/// Octets of a peer as one bounded, printable line: text where they are UTF-8, hexadecimal otherwise.
QString excerptOf(std::string_view octets);
/// One line that says what a record is: the Data column, `fglass show` and evidence use it.
QString summaryOf(const capture::Record &record);

} // namespace frameglass::diagnosis
