// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace frameglass::protocol {

/// Status codes of RFC 6455 §7.4.1 and the IANA WebSocket Close Code Number Registry.
enum class CloseCode : std::uint16_t {
    NormalClosure = 1000,
    GoingAway = 1001,
    ProtocolError = 1002,
    UnsupportedData = 1003,
    Reserved = 1004,
    NoStatusReceived = 1005,
    AbnormalClosure = 1006,
    InvalidPayload = 1007,
    PolicyViolation = 1008,
    MessageTooBig = 1009,
    MandatoryExtension = 1010,
    InternalError = 1011,
    ServiceRestart = 1012,
    TryAgainLater = 1013,
    BadGateway = 1014,
    TlsHandshake = 1015,
};

/// The longest reason that fits a Close frame: 125 octets less the two of the code (RFC 6455 §5.5.1).
inline constexpr std::size_t maximumReasonOctets = 123;

/// The registry's name ("Normal Closure"), "Private Use" for 4000-4999, "Registered" for other 3000-3999,
/// empty where the registry has none.
std::string_view closeCodeName(std::uint16_t code);

/// Whether the code may appear in a Close frame (RFC 6455 §7.4; 1012-1014 from the registry).
bool isLegalOnTheWire(std::uint16_t code);

} // namespace frameglass::protocol
