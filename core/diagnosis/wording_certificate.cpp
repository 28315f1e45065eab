// SPDX-License-Identifier: GPL-3.0-or-later
#include "wording_certificate.h"

#include "wording.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QStringList>

#include <openssl/x509_vfy.h>

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

/// Gives `tr` the context of every text of this file.
struct WordingText
{
    Q_DECLARE_TR_FUNCTIONS(wording)
};

constexpr std::int64_t dayInSeconds = 86'400;

QString dateText(std::int64_t secondsSince1970)
{
    return QLocale().toString(QDateTime::fromSecsSinceEpoch(secondsSince1970, Qt::UTC).date(), QLocale::ShortFormat);
}

QString namesText(const capture::Certificate &certificate)
{
    constexpr std::size_t most = 6;
    QStringList names;
    for (std::size_t i = 0; i < std::min(certificate.names.size(), most); ++i)
        names << excerptOf(certificate.names[i]);
    if (certificate.names.size() > most)
        names << QStringLiteral("…");
    return names.isEmpty() ? WordingText::tr("no name at all") : names.join(QStringLiteral(", "));
}

} // namespace

const capture::Certificate *certificateOf(const std::vector<capture::Certificate> &chain,
                                          const capture::CertificateFault &fault)
{
    return chain.empty() ? nullptr : &chain[std::min<std::size_t>(fault.depth, chain.size() - 1)];
}

QString nameOf(const capture::Certificate &certificate)
{
    if (!certificate.commonName.empty())
        return excerptOf(certificate.commonName);
    return excerptOf(certificate.names.empty() ? certificate.subject : certificate.names.front());
}

QString textOf(const capture::CertificateFault &fault, const std::vector<capture::Certificate> &chain)
{
    const capture::Certificate *certificate = certificateOf(chain, fault);
    if (!certificate)
        return excerptOf(fault.message);
    const QString name = nameOf(*certificate);
    switch (fault.error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return WordingText::tr("The certificate of %1 expired on %2").arg(name, dateText(certificate->notAfter));
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return WordingText::tr("The certificate of %1 is not valid before %2")
            .arg(name, dateText(certificate->notBefore));
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return WordingText::tr("The certificate of %1 is for another name: it is for %2")
            .arg(name, namesText(*certificate));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return WordingText::tr("The certificate of %1 is signed by itself, by no authority that is trusted").arg(name);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return WordingText::tr("The chain ends at %1, an authority that is not trusted here").arg(name);
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        return WordingText::tr("The issuer of %1 was not sent and is not trusted here: %2")
            .arg(name, excerptOf(certificate->issuer));
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return WordingText::tr("Who signed the certificate of %1 cannot be verified").arg(name);
    case X509_V_ERR_CERT_REVOKED: return WordingText::tr("The certificate of %1 was revoked").arg(name);
    default: return WordingText::tr("The certificate of %1: %2").arg(name, excerptOf(fault.message));
    }
}

QString adviceFor(const capture::CertificateFault &fault, const std::vector<capture::Certificate> &chain)
{
    const capture::Certificate *certificate = certificateOf(chain, fault);
    switch (fault.error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return WordingText::tr("Install a renewed certificate on the server, and check this computer's clock.");
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return WordingText::tr("Check this computer's clock; else the certificate is for later.");
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return WordingText::tr("Connect by a name that is in the certificate, or give the server one for this name.");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return WordingText::tr("If it is your own server, name its certificate as CA file in the options under TLS.");
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return WordingText::tr(
            "If you trust this authority, name its certificate as CA file in the options under TLS.");
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
        const QString url =
            certificate && !certificate->issuerUrls.empty() ? excerptOf(certificate->issuerUrls.front()) : QString();
        return url.isEmpty() ? WordingText::tr("Have the server send its intermediate certificates too, or name the "
                                               "authority as CA file in the options under TLS.")
                             : WordingText::tr("Have the server send the intermediate certificate too (it is at %1), "
                                               "or name the authority as CA file in the options under TLS.")
                                   .arg(url);
    }
    case X509_V_ERR_CERT_REVOKED:
        return WordingText::tr("Install another certificate on the server; its issuer "
                               "withdrew this one.");
    default: return {};
    }
}

QString validityText(const capture::Certificate &certificate, std::int64_t moment)
{
    if (certificate.notBefore > moment)
        return WordingText::tr("not valid before %1").arg(dateText(certificate.notBefore));
    const std::int64_t left = certificate.notAfter - moment;
    if (left < 0)
        return WordingText::tr("expired on %1, %n days before", nullptr, int(-left / dayInSeconds))
            .arg(dateText(certificate.notAfter));
    return WordingText::tr("until %1, %n days left", nullptr, int(left / dayInSeconds))
        .arg(dateText(certificate.notAfter));
}

} // namespace frameglass::diagnosis
