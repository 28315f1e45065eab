// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection_trust.h"

#include "core/session/target.h"

#include <QCoreApplication>

#include <variant>

namespace frameglass::ui {

bool isSecure(const analysis::ConnectionFacts &facts)
{
    if (facts.tls || facts.lastOf(capture::Stage::Tls))
        return true;
    if (!facts.started)
        return false;
    const auto parsed = session::parseTarget(facts.started->value.url);
    const auto *target = std::get_if<session::Target>(&parsed);
    return target && target->isSecure();
}

bool isTrustOverridden(const analysis::ConnectionFacts &facts)
{
    return facts.tls && facts.tls->value.verdict == capture::TlsVerdict::Overridden;
}

bool isRefusedByTrust(const analysis::ConnectionFacts &facts)
{
    return facts.tls && facts.tls->value.verdict == capture::TlsVerdict::Untrusted && !facts.openedAt &&
           facts.vantage() == capture::Vantage::Client;
}

QString notTrustedText()
{
    return QCoreApplication::translate("ConnectionTrust", "certificate not trusted");
}

QByteArray pemOf(const capture::Certificate &certificate)
{
    constexpr qsizetype lineLength = 64;
    const QByteArray base64 = QByteArray(reinterpret_cast<const char *>(certificate.der.data()),
                                         static_cast<qsizetype>(certificate.der.size()))
                                  .toBase64();
    QByteArray pem = "-----BEGIN CERTIFICATE-----\n";
    for (qsizetype at = 0; at < base64.size(); at += lineLength)
        pem += base64.mid(at, lineLength) + '\n';
    return pem + "-----END CERTIFICATE-----\n";
}

} // namespace frameglass::ui
