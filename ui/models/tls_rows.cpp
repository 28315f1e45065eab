// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_rows.h"

#include "connection_trust.h"

#include "core/diagnosis/wording.h"
#include "core/diagnosis/wording_certificate.h"
#include "core/diagnosis/wording_tls.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QStringList>

namespace frameglass::ui {

namespace {

/// Gives `tr` the context of every text of this file.
struct TlsRowsText
{
    Q_DECLARE_TR_FUNCTIONS(TlsRows)
};

QString listOf(const std::vector<std::string> &values, const QString &separator = QStringLiteral(", "))
{
    QStringList list;
    for (const std::string &value : values)
        list << diagnosis::excerptOf(value);
    return list.join(separator);
}

QString momentText(std::int64_t secondsSince1970)
{
    return QLocale().toString(QDateTime::fromSecsSinceEpoch(secondsSince1970, Qt::UTC), QLocale::ShortFormat) +
           QStringLiteral(" UTC");
}

TlsRow verdictRow(const capture::TlsFacts &tls)
{
    TlsRow row{TlsRowsText::tr("certificate"), diagnosis::textOf(tls.verdict)};
    switch (tls.verdict) {
    case capture::TlsVerdict::NotReached: break;
    case capture::TlsVerdict::Trusted:
        row.verdict = LineVerdict::Ok;
        if (!tls.anchor.empty())
            row.words = TlsRowsText::tr("by %1").arg(diagnosis::excerptOf(tls.anchor));
        break;
    case capture::TlsVerdict::Untrusted: row.verdict = LineVerdict::Wrong; break;
    case capture::TlsVerdict::Overridden: row.verdict = LineVerdict::Odd; break;
    }
    return row;
}

TlsRow alpnRow(const capture::TlsFacts &tls)
{
    TlsRow row{TlsRowsText::tr("ALPN"),
               tls.alpnChosen.empty() ? TlsRowsText::tr("none chosen") : diagnosis::excerptOf(tls.alpnChosen),
               tls.alpnOffered.empty() ? TlsRowsText::tr("none offered")
                                       : TlsRowsText::tr("offered: %1").arg(listOf(tls.alpnOffered))};
    return row;
}

TlsRow stapleRow(const capture::OcspStaple &staple)
{
    TlsRow row{TlsRowsText::tr("OCSP staple"), diagnosis::textOf(staple.status)};
    QStringList words;
    if (!staple.trusted)
        words << TlsRowsText::tr("its signature is not trusted");
    if (staple.thisUpdate != 0)
        words << TlsRowsText::tr("as of %1").arg(momentText(staple.thisUpdate));
    if (staple.nextUpdate != 0)
        words << TlsRowsText::tr("next %1").arg(momentText(staple.nextUpdate));
    if (staple.revokedAt != 0)
        words << TlsRowsText::tr("revoked at %1").arg(momentText(staple.revokedAt));
    if (!staple.message.empty())
        words << diagnosis::excerptOf(staple.message);
    row.words = words.join(QStringLiteral(", "));
    row.verdict = staple.status == capture::StapleStatus::Revoked                   ? LineVerdict::Wrong
                  : staple.status != capture::StapleStatus::Good || !staple.trusted ? LineVerdict::Odd
                                                                                    : LineVerdict::Ok;
    return row;
}

QString roleOf(const capture::Certificate &certificate, bool leaf, bool server)
{
    if (leaf)
        return server ? TlsRowsText::tr("server") : TlsRowsText::tr("client");
    if (certificate.selfIssued)
        return TlsRowsText::tr("root");
    return certificate.authority ? TlsRowsText::tr("intermediate") : TlsRowsText::tr("no authority");
}

std::vector<TlsRow> rowsOf(const capture::Certificate &certificate)
{
    std::vector<TlsRow> rows;
    const auto add = [&rows](const QString &name, const QString &value) {
        if (!value.isEmpty())
            rows.push_back({name, value});
    };
    const auto text = [](const std::string &value) { return diagnosis::excerptOf(value); };
    add(TlsRowsText::tr("subject"), text(certificate.subject));
    add(TlsRowsText::tr("issuer"), certificate.selfIssued ? TlsRowsText::tr("itself") : text(certificate.issuer));
    add(TlsRowsText::tr("names"), listOf(certificate.names));
    add(TlsRowsText::tr("valid from"), momentText(certificate.notBefore));
    add(TlsRowsText::tr("valid until"), momentText(certificate.notAfter));
    add(TlsRowsText::tr("key"), text(certificate.key));
    add(TlsRowsText::tr("signature"), text(certificate.signature));
    add(TlsRowsText::tr("authority"), certificate.authority ? TlsRowsText::tr("yes") : TlsRowsText::tr("no"));
    add(TlsRowsText::tr("serial"), text(certificate.serial));
    add(QStringLiteral("SHA-256"), text(certificate.sha256));
    add(QStringLiteral("SHA-1"), text(certificate.sha1));
    add(TlsRowsText::tr("issuer is at"), listOf(certificate.issuerUrls));
    return rows;
}

} // namespace

std::vector<TlsRow> agreementRows(const capture::TlsFacts &tls, capture::Vantage vantage)
{
    std::vector<TlsRow> rows;
    const auto add = [&rows](const QString &name, const QString &value) { rows.push_back({name, value}); };
    const auto agreed = [](const std::string &value) {
        return value.empty() ? TlsRowsText::tr("not agreed on") : diagnosis::excerptOf(value);
    };
    if (!tls.notTls.empty())
        rows.push_back({TlsRowsText::tr("not TLS"), diagnosis::excerptOf(tls.notTls),
                        TlsRowsText::tr("the other end does not speak TLS here"), LineVerdict::Wrong});
    rows.push_back(verdictRow(tls));
    add(TlsRowsText::tr("version"), agreed(tls.version));
    add(TlsRowsText::tr("cipher suite"), agreed(tls.cipher));
    if (!tls.group.empty())
        add(TlsRowsText::tr("key exchange"), diagnosis::excerptOf(tls.group));
    rows.push_back(alpnRow(tls));
    add(TlsRowsText::tr("SNI"), tls.sni.empty() ? TlsRowsText::tr("none sent") : diagnosis::excerptOf(tls.sni));
    add(TlsRowsText::tr("session"), tls.resumed ? TlsRowsText::tr("resumed") : TlsRowsText::tr("new"));
    if (tls.clientCertificateWanted || !tls.clientChain.empty())
        add(TlsRowsText::tr("client certificate"), tls.clientChain.empty()
                                                       ? TlsRowsText::tr("asked for, none sent")
                                                       : diagnosis::excerptOf(tls.clientChain.front().subject));
    if (tls.staple)
        rows.push_back(stapleRow(*tls.staple));
    else if (vantage == capture::Vantage::Client && !tls.chain.empty())
        add(TlsRowsText::tr("OCSP staple"), TlsRowsText::tr("none"));
    return rows;
}

std::vector<CertificateRows> chainRows(const capture::TlsFacts &tls, capture::Vantage vantage, std::int64_t moment)
{
    // Faults are about the chain that this end verified.
    const bool server = vantage != capture::Vantage::Server || tls.clientChain.empty();
    const auto &chain = server ? tls.chain : tls.clientChain;
    const bool judged = server == (vantage != capture::Vantage::Server);
    std::vector<CertificateRows> list;
    for (const capture::Certificate &certificate : chain) {
        CertificateRows rows{diagnosis::nameOf(certificate),
                             roleOf(certificate, list.empty(), server),
                             diagnosis::validityText(certificate, moment),
                             LineVerdict::Ok,
                             {},
                             rowsOf(certificate),
                             pemOf(certificate)};
        QStringList faults;
        for (const capture::CertificateFault &fault : tls.faults)
            if (judged && diagnosis::certificateOf(chain, fault) == &certificate)
                faults << diagnosis::textOf(fault, chain);
        faults.removeDuplicates();
        rows.faults = faults.join(QStringLiteral("; "));
        if (!faults.isEmpty())
            rows.verdict = tls.verdict == capture::TlsVerdict::Overridden ? LineVerdict::Odd : LineVerdict::Wrong;
        list.push_back(std::move(rows));
    }
    return list;
}

} // namespace frameglass::ui
