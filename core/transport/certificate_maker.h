// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace frameglass::transport {

/// A certificate and its private key, both PEM.
struct Credentials
{
    std::string certificate;
    std::string key;
};

struct CertificateWish
{
    std::string commonName;
    std::vector<std::string> names; ///< SANs as "DNS:localhost", "IP:127.0.0.1"
    bool authority = false;         ///< may issue others
    std::chrono::system_clock::time_point from;
    std::chrono::system_clock::time_point until;
    std::string issuerUrl; ///< AIA caIssuers; empty: none
};

/// Makes an EC P-256 key and a certificate for it (RFC 5280), signed by `issuer`, or by itself without one. Nothing
/// when OpenSSL refuses, as it does for a name it cannot read.
std::optional<Credentials> makeCertificate(const CertificateWish &wish, const Credentials *issuer);

} // namespace frameglass::transport
