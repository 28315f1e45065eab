// SPDX-License-Identifier: GPL-3.0-or-later
#include "wording_certificate.h"

#include "tls_view.h"
#include "wording.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using tls::dateText;

/// Gives `tr` the context of every text of this file.
struct WordingText
{
    Q_DECLARE_TR_FUNCTIONS(wording)
};

constexpr std::int64_t dayInSeconds = 86'400;

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
    return tls::shortName(certificate);
}

QString textOf(const capture::CertificateFault &fault, const std::vector<capture::Certificate> &chain)
{
    const capture::Certificate *certificate = certificateOf(chain, fault);
    if (!certificate)
        return excerptOf(fault.message);
    const QString name = tls::shortName(*certificate);
    switch (fault.error) {
    case tls::fault::expired:
        return WordingText::tr("The certificate of %1 expired on %2").arg(name, dateText(certificate->notAfter));
    case tls::fault::notYetValid:
        return WordingText::tr("The certificate of %1 is not valid before %2")
            .arg(name, dateText(certificate->notBefore));
    case tls::fault::hostMismatch:
    case tls::fault::addressMismatch:
        return WordingText::tr("The certificate of %1 is for another name: it is for %2")
            .arg(name, namesText(*certificate));
    case tls::fault::selfSigned:
        return WordingText::tr("The certificate of %1 is signed by itself, by no authority that is trusted").arg(name);
    case tls::fault::selfSignedInChain:
        return WordingText::tr("The chain ends at %1, an authority that is not trusted here").arg(name);
    case tls::fault::leafUnverified: // comes with one of the two
    case tls::fault::issuerMissing:
    case tls::fault::issuerMissingLocally:
        return WordingText::tr("The issuer of %1 was not sent and is not trusted here: %2")
            .arg(name, excerptOf(certificate->issuer));
    case tls::fault::revoked: return WordingText::tr("The certificate of %1 was revoked").arg(name);
    default: return WordingText::tr("The certificate of %1: %2").arg(name, excerptOf(fault.message));
    }
}

QString adviceFor(const capture::CertificateFault &fault, const std::vector<capture::Certificate> &chain)
{
    const capture::Certificate *certificate = certificateOf(chain, fault);
    switch (fault.error) {
    case tls::fault::expired:
        return WordingText::tr("Install a renewed certificate on the server, and check this computer's clock.");
    case tls::fault::notYetValid:
        return WordingText::tr("Check this computer's clock; else the certificate is for later.");
    case tls::fault::hostMismatch:
    case tls::fault::addressMismatch:
        return WordingText::tr("Connect by a name that is in the certificate, or give the server one for this name.");
    case tls::fault::selfSigned:
        return WordingText::tr("If it is your own server, name its certificate as CA file in the options under TLS.");
    case tls::fault::selfSignedInChain:
        return WordingText::tr(
            "If you trust this authority, name its certificate as CA file in the options under TLS.");
    case tls::fault::issuerMissing:
    case tls::fault::issuerMissingLocally:
    case tls::fault::leafUnverified: {
        const QString url =
            certificate && !certificate->issuerUrls.empty() ? excerptOf(certificate->issuerUrls.front()) : QString();
        return url.isEmpty() ? WordingText::tr("Have the server send its intermediate certificates too, or name the "
                                               "authority as CA file in the options under TLS.")
                             : WordingText::tr("Have the server send the intermediate certificate too (it is at %1), "
                                               "or name the authority as CA file in the options under TLS.")
                                   .arg(url);
    }
    case tls::fault::revoked:
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
