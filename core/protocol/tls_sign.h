// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "octets.h"

namespace frameglass::protocol {

/// As many octets tell a TLS record from an HTTP head.
inline constexpr std::size_t tlsSignOctets = 3;

/// Whether octets where an HTTP head should stand are a TLS record: ContentType alert or handshake, then
/// legacy_record_version (RFC 8446 §5.1). False while there are fewer than tlsSignOctets.
constexpr bool isTlsRecord(OctetView octets)
{
    return octets.size() >= tlsSignOctets && (octets[0] == std::byte{0x15} || octets[0] == std::byte{0x16}) &&
           octets[1] == std::byte{0x03} && octets[2] <= std::byte{0x04};
}

} // namespace frameglass::protocol
