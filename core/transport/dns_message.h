// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace frameglass::transport {

enum class DnsType : std::uint16_t { A = 1, Cname = 5, Aaaa = 28, Srv = 33 }; ///< RFC 1035 §3.2.2, RFC 3596, RFC 2782
const char *nameOf(DnsType type);

inline constexpr int dnsInternetClass = 1; ///< RFC 1035 §3.2.4

/// Reads what a name server answered (RFC 1035 §4.1.3): the records of the answer section of types that are known, a
/// hundred at most. Nothing where the octets are no such message.
std::optional<std::vector<capture::DnsResource>> dnsResourcesOf(protocol::OctetView message);

} // namespace frameglass::transport
