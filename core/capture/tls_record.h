// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/octets.h"
#include "core/protocol/peer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What is recorded of TLS (RFC 8446, RFC 5246). No secret, no key and no octet of a protected message is among it.
namespace frameglass::capture {

enum class TlsContent : std::uint8_t { Handshake, Alert, ChangeCipherSpec };

/// One message of the handshake, or an alert, in the order they passed.
struct TlsMessage
{
    protocol::Direction direction = protocol::Direction::Sent;
    TlsContent content = TlsContent::Handshake;
    std::uint8_t type = 0;    ///< HandshakeType (RFC 8446 §4); of an alert its AlertDescription (§6)
    bool fatal = false;       ///< of an alert: its level
    std::uint32_t octets = 0; ///< of the message, its own header included
    friend bool operator==(const TlsMessage &, const TlsMessage &) = default;
};

/// An X.509 certificate (RFC 5280) as its sender wrote it. Texts are UTF-8, names in the form of RFC 4514.
struct Certificate
{
    std::string subject;
    std::string issuer;
    std::string commonName;         ///< the subject's; no client matches it against a host any more
    std::vector<std::string> names; ///< SANs: "DNS:a.example", "IP:127.0.0.1", "URI:…", "email:…"
    std::string serial;             ///< hexadecimal
    std::int64_t notBefore = 0;     ///< s since 1970
    std::int64_t notAfter = 0;      ///< s since 1970
    std::string key;                ///< "RSA 2048", "EC P-256", "Ed25519"
    std::string signature;          ///< algorithm the issuer signed it with
    std::string sha256;             ///< of the certificate, "AB:CD:…"
    std::string sha1;
    bool selfIssued = false;             ///< subject and issuer are the same name
    bool authority = false;              ///< basicConstraints: cA
    std::vector<std::string> issuerUrls; ///< where the issuer's certificate can be had (AIA caIssuers)
    protocol::Octets der;
    friend bool operator==(const Certificate &, const Certificate &) = default;
};

enum class StapleStatus : std::uint8_t { Good, Revoked, Unknown, Unreadable };

/// The OCSP answer that the server stapled (RFC 6066 §8, RFC 6960).
struct OcspStaple
{
    StapleStatus status = StapleStatus::Good;
    bool trusted = false;        ///< its signature leads to the certificate's issuer and its dates include now
    std::int64_t thisUpdate = 0; ///< s since 1970; 0: not said
    std::int64_t nextUpdate = 0;
    std::int64_t revokedAt = 0;
    std::string message; ///< reason of the revocation, or why it is not trusted; the library's text
    friend bool operator==(const OcspStaple &, const OcspStaple &) = default;
};

/// Why a path of certificates is not trusted (RFC 5280 §6, RFC 9525).
struct CertificateFault
{
    int error = 0;           ///< X509_V_ERR_* of OpenSSL
    std::string message;     ///< the library's text
    std::uint32_t depth = 0; ///< of the certificate: 0 the leaf, counted along the path
    friend bool operator==(const CertificateFault &, const CertificateFault &) = default;
};

enum class TlsVerdict : std::uint8_t {
    NotReached, ///< no certificate came, or none was asked for
    Trusted,
    Untrusted, ///< the handshake ended there
    Overridden ///< untrusted, but the user wanted to go on: once, for this connection
};

/// What one TLS handshake agreed on, or how far it came: one record when it ends. For a client "offered" is what we
/// sent; for a server what came.
struct TlsFacts
{
    std::string version; ///< "TLSv1.3"; empty: none was agreed on
    std::string cipher;  ///< IANA name, "TLS_AES_256_GCM_SHA384"
    std::string group;   ///< of the key exchange, "x25519"
    std::string sni;     ///< the name the client asked for; empty: none
    std::vector<std::string> alpnOffered;
    std::string alpnChosen;
    bool resumed = false;
    bool clientCertificateWanted = false;
    std::vector<Certificate> chain;       ///< of the server, leaf first, as it was sent
    std::vector<Certificate> clientChain; ///< of the client, where one was sent
    TlsVerdict verdict = TlsVerdict::NotReached;
    std::vector<CertificateFault> faults; ///< all that speaks against the certificates, not only the first
    std::string anchor;                   ///< subject of the trust anchor the path ends at; empty: none was found
    std::optional<OcspStaple> staple;
    std::string notTls; ///< the first octets from the peer (at most 256) where they are no TLS record
    friend bool operator==(const TlsFacts &, const TlsFacts &) = default;
};

} // namespace frameglass::capture
