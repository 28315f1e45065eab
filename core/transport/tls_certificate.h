// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/tls_record.h"

#include <openssl/ssl.h>

#include <vector>

/// Internal to transport: certificates and staples as records. Everything here comes from a peer and is not trusted.
namespace frameglass::transport {

/// Certificates beyond this many of one chain are left out: no path is longer, and a peer may send what it likes.
inline constexpr int maximumChain = 16;

capture::Certificate certificateOf(X509 *certificate);
/// Leaf first, as it was sent; `leaf` may be null.
std::vector<capture::Certificate> chainOf(X509 *leaf, const STACK_OF(X509) * others);
/// One line, RFC 4514.
std::string nameText(const X509_NAME *name);

/// The stapled answer about `leaf`, judged with its issuer's certificate and the store that was used for the chain.
capture::OcspStaple stapleOf(const unsigned char *der, long octets, X509 *leaf, STACK_OF(X509) * chain,
                             X509_STORE *trusted);

} // namespace frameglass::transport
