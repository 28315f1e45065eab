// SPDX-License-Identifier: GPL-3.0-or-later
#include "wording_tls.h"

#include "wording.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <array>
#include <iterator>

namespace frameglass::diagnosis {

namespace {

/// Gives `tr` the context of every text of this file.
struct WordingText
{
    Q_DECLARE_TR_FUNCTIONS(wording)
};

struct Named
{
    std::uint8_t number;
    const char *name;
};

// RFC 8446 §4, RFC 5246 §7.4, and the IANA registry of TLS HandshakeType for the rest.
constexpr Named handshakeTypes[] = {
    {0, "HelloRequest"},        {1, "ClientHello"},         {2, "ServerHello"},        {4, "NewSessionTicket"},
    {5, "EndOfEarlyData"},      {8, "EncryptedExtensions"}, {11, "Certificate"},       {12, "ServerKeyExchange"},
    {13, "CertificateRequest"}, {14, "ServerHelloDone"},    {15, "CertificateVerify"}, {16, "ClientKeyExchange"},
    {20, "Finished"},           {22, "CertificateStatus"},  {24, "KeyUpdate"},         {25, "CompressedCertificate"}};

// RFC 8446 §6 and the IANA registry of TLS Alerts.
constexpr Named alerts[] = {{0, "close_notify"},
                            {10, "unexpected_message"},
                            {20, "bad_record_mac"},
                            {21, "decryption_failed"},
                            {22, "record_overflow"},
                            {40, "handshake_failure"},
                            {41, "no_certificate"},
                            {42, "bad_certificate"},
                            {43, "unsupported_certificate"},
                            {44, "certificate_revoked"},
                            {45, "certificate_expired"},
                            {46, "certificate_unknown"},
                            {47, "illegal_parameter"},
                            {48, "unknown_ca"},
                            {49, "access_denied"},
                            {50, "decode_error"},
                            {51, "decrypt_error"},
                            {70, "protocol_version"},
                            {71, "insufficient_security"},
                            {80, "internal_error"},
                            {86, "inappropriate_fallback"},
                            {90, "user_canceled"},
                            {100, "no_renegotiation"},
                            {109, "missing_extension"},
                            {110, "unsupported_extension"},
                            {112, "unrecognized_name"},
                            {113, "bad_certificate_status_response"},
                            {115, "unknown_psk_identity"},
                            {116, "certificate_required"},
                            {120, "no_application_protocol"}};

template<std::size_t size>
QString nameIn(const Named (&table)[size], std::uint8_t number)
{
    const auto found = std::ranges::find(table, number, &Named::number);
    return found == std::end(table) ? QString::number(number) : QString::fromLatin1(found->name);
}

} // namespace

QString alertName(std::uint8_t description)
{
    return nameIn(alerts, description);
}

QString tlsMessageName(const capture::TlsMessage &message)
{
    switch (message.content) {
    case capture::TlsContent::Handshake: return nameIn(handshakeTypes, message.type);
    case capture::TlsContent::Alert: return alertName(message.type);
    case capture::TlsContent::ChangeCipherSpec: return QStringLiteral("ChangeCipherSpec");
    }
    return {};
}

QString textOf(capture::TlsVerdict verdict)
{
    switch (verdict) {
    case capture::TlsVerdict::NotReached: return WordingText::tr("not judged");
    case capture::TlsVerdict::Trusted: return WordingText::tr("trusted");
    case capture::TlsVerdict::Untrusted: return WordingText::tr("not trusted");
    case capture::TlsVerdict::Overridden: return WordingText::tr("not trusted, connected anyway");
    }
    return {};
}

QString textOf(capture::StapleStatus status)
{
    switch (status) {
    case capture::StapleStatus::Good: return WordingText::tr("good");
    case capture::StapleStatus::Revoked: return WordingText::tr("revoked");
    case capture::StapleStatus::Unknown: return WordingText::tr("unknown to the responder");
    case capture::StapleStatus::Unreadable: return WordingText::tr("unreadable");
    }
    return {};
}

QString textOf(capture::ProxyKind kind)
{
    return kind == capture::ProxyKind::HttpConnect ? QStringLiteral("HTTP CONNECT") : QStringLiteral("SOCKS5");
}

QString textOf(const transport::TlsError &error)
{
    using transport::TlsErrorCode;
    const QString file = QString::fromStdString(error.file);
    const QString why = excerptOf(error.message);
    switch (error.code) {
    case TlsErrorCode::CannotOpen: return WordingText::tr("%1 cannot be opened: %2").arg(file, why);
    case TlsErrorCode::NoCertificate:
        return file.isEmpty() ? WordingText::tr("A server needs a certificate: choose a PEM or PKCS#12 file")
                              : WordingText::tr("%1 holds no certificate that can be read (PEM or PKCS#12)").arg(file);
    case TlsErrorCode::NoKey:
        return WordingText::tr("%1 holds no private key that can be read; name the file that does").arg(file);
    case TlsErrorCode::PassphraseNeeded: return WordingText::tr("The key in %1 needs its passphrase").arg(file);
    case TlsErrorCode::PassphraseWrong: return WordingText::tr("The passphrase does not open %1").arg(file);
    case TlsErrorCode::KeyMismatch:
        return WordingText::tr("The private key in %1 does not belong to the certificate").arg(file);
    case TlsErrorCode::BadCiphers:
        return WordingText::tr("No cipher suite of the list is known: names are OpenSSL's, separated by ':'");
    case TlsErrorCode::BadVersions:
        return WordingText::tr("No TLS version is left: the oldest allowed is newer than the newest, or the library "
                               "was built without them");
    case TlsErrorCode::BadAlpn: return WordingText::tr("A name for ALPN has 1 to 255 octets");
    case TlsErrorCode::Library: return WordingText::tr("TLS cannot be set up: %1").arg(why);
    }
    return {};
}

QString summaryOf(const capture::TlsMessage &message)
{
    const QString name = tlsMessageName(message);
    if (message.content != capture::TlsContent::Alert)
        return WordingText::tr("TLS %1, %2").arg(name, countOctets(message.octets));
    return (message.fatal ? WordingText::tr("TLS alert %1 (%2), fatal") : WordingText::tr("TLS alert %1 (%2)"))
        .arg(name, QString::number(message.type));
}

QString summaryOf(const capture::TlsFacts &tls)
{
    if (!tls.notTls.empty())
        return WordingText::tr("What came is not TLS: %1").arg(excerptOf(tls.notTls));
    QStringList parts;
    for (const std::string &part : {tls.version, tls.cipher, tls.group, tls.alpnChosen}) {
        if (!part.empty())
            parts << excerptOf(part);
    }
    if (tls.resumed)
        parts << WordingText::tr("session resumed");
    if (tls.verdict != capture::TlsVerdict::NotReached && !tls.chain.empty())
        parts
            << WordingText::tr("certificate of %1: %2").arg(excerptOf(tls.chain.front().subject), textOf(tls.verdict));
    for (const auto &fault : tls.faults)
        parts << excerptOf(fault.message);
    return parts.isEmpty() ? WordingText::tr("Nothing was agreed on") : parts.join(QStringLiteral(" · "));
}

} // namespace frameglass::diagnosis
