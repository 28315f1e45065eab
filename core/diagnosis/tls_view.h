// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rule_support.h"

#include <initializer_list>
#include <optional>
#include <string_view>

/// Internal to diagnosis: what the rows of phase 3 need to look at a handshake and to say what they saw.
namespace frameglass::diagnosis::tls {

using analysis::ConnectionFacts;
using analysis::Recorded;
using capture::Certificate;
using capture::CertificateFault;
using capture::Direction;
using capture::TlsContent;
using capture::TlsFacts;
using capture::TlsMessage;
using capture::TlsVerdict;

/// HandshakeType: RFC 8446 §4, RFC 5246 §7.4.
namespace handshake {
inline constexpr std::uint8_t clientHello = 1;
inline constexpr std::uint8_t serverHello = 2;
inline constexpr std::uint8_t certificate = 11;
inline constexpr std::uint8_t certificateRequest = 13;
inline constexpr std::uint8_t serverHelloDone = 14;
inline constexpr std::uint8_t finished = 20;
} // namespace handshake

/// AlertDescription: RFC 8446 §6.2, RFC 7301 §3.2.
namespace alert {
inline constexpr std::uint8_t handshakeFailure = 40;
inline constexpr std::uint8_t badCertificate = 42;
inline constexpr std::uint8_t unsupportedCertificate = 43;
inline constexpr std::uint8_t certificateRevoked = 44;
inline constexpr std::uint8_t certificateExpired = 45;
inline constexpr std::uint8_t certificateUnknown = 46;
inline constexpr std::uint8_t unknownCa = 48;
inline constexpr std::uint8_t accessDenied = 49;
inline constexpr std::uint8_t protocolVersion = 70;
inline constexpr std::uint8_t insufficientSecurity = 71;
inline constexpr std::uint8_t unrecognizedName = 112;
inline constexpr std::uint8_t certificateRequired = 116;
inline constexpr std::uint8_t noApplicationProtocol = 120;
} // namespace alert

/// X509_V_ERR_* as OpenSSL 3 numbers them (include/openssl/x509_vfy.h.in); the numbers are part of its ABI.
namespace fault {
inline constexpr int issuerMissing = 2; // X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT
inline constexpr int notYetValid = 9;
inline constexpr int expired = 10;
inline constexpr int selfSigned = 18;           // X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT
inline constexpr int selfSignedInChain = 19;    // X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN
inline constexpr int issuerMissingLocally = 20; // X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
inline constexpr int leafUnverified = 21;       // X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE
inline constexpr int revoked = 23;
inline constexpr int untrusted = 27;
inline constexpr int hostMismatch = 62;
inline constexpr int addressMismatch = 64;
} // namespace fault

/// Why no row about TLS can be judged: it is not used, or not that far. Nothing once there are facts of a handshake.
std::optional<Judgement> unlessTls(const ConnectionFacts &facts);
/// The same for rows about the server's certificates.
std::optional<Judgement> unlessChain(const ConnectionFacts &facts);
/// The same for rows about what was agreed on: no ServerHello passed.
std::optional<Judgement> unlessAgreed(const ConnectionFacts &facts);

/// Whether the URL asks for TLS.
bool isWanted(const ConnectionFacts &facts);
bool isServer(const ConnectionFacts &facts);
/// Whether the handshake came to its end.
bool isDone(const ConnectionFacts &facts);
/// Wall clock of the handshake, s since 1970.
std::optional<std::int64_t> wallSeconds(const Evaluation &evaluation);

/// The first fault with one of these numbers; null when there is none.
const CertificateFault *faultOf(const ConnectionFacts &facts, std::initializer_list<int> errors);
/// A fatal alert from the other end with one of these numbers; null when there is none.
const Recorded<TlsMessage> *fatalReceived(const ConnectionFacts &facts, std::initializer_list<std::uint8_t> alerts);
/// The first handshake message of that type; null when there is none.
const Recorded<TlsMessage> *messageOf(const ConnectionFacts &facts, Direction direction, std::uint8_t type);

/// The record of what the handshake agreed on.
Evidence agreement(const ConnectionFacts &facts, const QString &text);
Evidence messageEvidence(const Recorded<TlsMessage> &message);
/// "CN=a.example, issued by CN=b, valid from 2026-01-01 until 2026-04-01"
Evidence certificateEvidence(const ConnectionFacts &facts, const Certificate &certificate);
Evidence faultEvidence(const ConnectionFacts &facts, const CertificateFault &fault);

/// The name a reader knows a certificate by.
QString shortName(const Certificate &certificate);
/// "2026-11-26" in UTC.
QString dateText(std::int64_t seconds);

/// How many certificates, from the leaf on, were each issued by the next one that was sent.
std::size_t linkedLength(const std::vector<Certificate> &chain);

} // namespace frameglass::diagnosis::tls

namespace frameglass::diagnosis {

/// Phase 3 by nouns, each in catalogue order; checks_tls.cpp joins them.
std::vector<Check> tlsPortChecks();        ///< TLS and plain text on each other's port
std::vector<Check> tlsCertificateChecks(); ///< dates and names
std::vector<Check> tlsIssuerChecks();      ///< chain, trust, revocation
std::vector<Check> tlsParameterChecks();   ///< version, cipher, ALPN
std::vector<Check> tlsHandshakeChecks();   ///< how it went and ended

} // namespace frameglass::diagnosis
