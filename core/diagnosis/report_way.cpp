// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_way.h"

#include "rule_support.h"
#include "wording_tls.h"

#include "core/capture/secrets.h"

#include <QDateTime>
#include <QStringList>

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

void addLine(ReportLines &out, const QString &text)
{
    out.line(QStringLiteral("  ") + ReportLines::printable(text));
}

void addBad(ReportLines &out, const QString &text)
{
    out.line(QStringLiteral("    ") + out.coloured(QStringLiteral("✕ ") + ReportLines::printable(text), Colour::Bad));
}

/// What the record list says of it.
QString describe(capture::RecordBody body)
{
    return summaryOf(capture::Record{0, 0, Nanoseconds(0), std::move(body)});
}

void addProxy(ReportLines &out, const analysis::ConnectionFacts &facts)
{
    if (!facts.proxy)
        return;
    addLine(out, describe(facts.proxy->value));
    if (facts.proxyRequest)
        addHead(out, *facts.proxyRequest, true);
    if (facts.proxyResponse)
        addHead(out, *facts.proxyResponse, false);
    else if (facts.proxyAnswer)
        addLine(out, describe(facts.proxyAnswer->value));
}

QString dateText(std::int64_t seconds)
{
    return QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC).toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

QString namesText(const capture::Certificate &certificate)
{
    constexpr std::size_t shown = 12;
    QStringList names;
    for (std::size_t i = 0; i < std::min(shown, certificate.names.size()); ++i)
        names << excerptOf(certificate.names[i]);
    if (certificate.names.size() > shown)
        names << ReportText::tr("%1 more").arg(certificate.names.size() - shown);
    return names.join(QStringLiteral(", "));
}

void addChain(ReportLines &out, const std::vector<capture::Certificate> &chain, const QString &whose)
{
    int number = 0;
    for (const auto &certificate : chain) {
        addLine(out,
                ReportText::tr("%1 certificate %2: %3").arg(whose).arg(++number).arg(excerptOf(certificate.subject)));
        QStringList parts{ReportText::tr("issued by %1").arg(excerptOf(certificate.issuer)),
                          ReportText::tr("valid from %1 until %2 UTC")
                              .arg(dateText(certificate.notBefore), dateText(certificate.notAfter)),
                          excerptOf(certificate.key)};
        if (!certificate.names.empty())
            parts << namesText(certificate);
        out.line(out.coloured(QStringLiteral("    ") + ReportLines::printable(parts.join(QStringLiteral(" · "))),
                              Colour::Quiet));
    }
}

QString agreementText(const capture::TlsFacts &tls)
{
    QStringList parts;
    for (const std::string &part : {tls.version, tls.cipher, tls.group})
        if (!part.empty())
            parts << excerptOf(part);
    if (!tls.alpnChosen.empty())
        parts << ReportText::tr("ALPN %1").arg(excerptOf(tls.alpnChosen));
    if (!tls.sni.empty())
        parts << ReportText::tr("SNI %1").arg(excerptOf(tls.sni));
    if (tls.resumed)
        parts << ReportText::tr("session resumed");
    if (tls.clientCertificateWanted)
        parts << ReportText::tr("client certificate asked for");
    return parts.join(QStringLiteral(" · "));
}

void addTls(ReportLines &out, const analysis::ConnectionFacts &facts)
{
    if (!facts.tls)
        return;
    const capture::TlsFacts &tls = facts.tls->value;
    const auto *stage = facts.lastOf(capture::Stage::Tls);
    QString line = tls.notTls.empty() ? agreementText(tls) : summaryOf(tls);
    if (line.isEmpty())
        line = summaryOf(tls);
    if (stage != nullptr)
        line += QStringLiteral(" (%1, %2)").arg(textOf(stage->value.outcome), durationText(stage->value.elapsed));
    addLine(out, ReportText::tr("TLS: %1").arg(line));
    addChain(out, tls.chain, ReportText::tr("server"));
    addChain(out, tls.clientChain, ReportText::tr("client"));
    if (tls.verdict != capture::TlsVerdict::NotReached) {
        const QString verdict = textOf(tls.verdict);
        addLine(out, tls.anchor.empty() ? ReportText::tr("certificate: %1").arg(verdict)
                                        : ReportText::tr("certificate: %1, by %2").arg(verdict, excerptOf(tls.anchor)));
    }
    for (const auto &fault : tls.faults)
        addBad(out, ReportText::tr("certificate %1: %2 (%3)")
                        .arg(fault.depth + 1)
                        .arg(excerptOf(fault.message))
                        .arg(fault.error));
    if (tls.staple)
        addLine(out, ReportText::tr("OCSP staple: %1 %2")
                         .arg(textOf(tls.staple->status), excerptOf(tls.staple->message))
                         .trimmed());
    if (facts.fatalAlert) {
        const bool sent = facts.fatalAlert->value.direction == capture::Direction::Sent;
        addBad(out, (sent ? QStringLiteral("↑ ") : QStringLiteral("↓ ")) + summaryOf(facts.fatalAlert->value));
    }
}

/// The gravest fault with evidence inside these octets of a head.
Verdict faultIn(const Report *report, capture::RecordId record, std::size_t begin, std::size_t end)
{
    Verdict worst = Verdict::NotApplicable;
    if (report == nullptr)
        return worst;
    for (const Finding &finding : report->findings) {
        if (finding.verdict < Verdict::Warn || finding.verdict <= worst)
            continue;
        const bool here = std::ranges::any_of(finding.evidence, [&](const Evidence &evidence) {
            return evidence.record == record && evidence.length > 0 && evidence.offset >= begin &&
                   evidence.offset + evidence.length <= end;
        });
        if (here)
            worst = finding.verdict;
    }
    return worst;
}

} // namespace

void addHead(ReportLines &out, const analysis::Recorded<protocol::HttpHead> &head, bool sent, const Report *report)
{
    const auto masked = capture::masked(head.value.raw, capture::secretsInHead(head.value.raw));
    const QString arrow =
        out.coloured(sent ? QStringLiteral("↑ ") : QStringLiteral("↓ "), sent ? Colour::Sent : Colour::Received);
    const std::string_view text = protocol::textOf(masked);
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
        std::string_view line = text.substr(begin, end - begin);
        while (line.ends_with('\n') || line.ends_with('\r'))
            line.remove_suffix(1);
        const Verdict fault = faultIn(report, head.record, begin, end);
        begin = end;
        if (line.empty())
            continue;
        const QString mark = fault == Verdict::NotApplicable
                                 ? QStringLiteral("  ")
                                 : out.coloured(signOf(fault), colourOf(fault)) + QLatin1Char(' ');
        out.line(mark + arrow +
                 ReportLines::printable(QString::fromUtf8(line.data(), static_cast<qsizetype>(line.size()))));
    }
}

void addWay(ReportLines &out, const analysis::ConnectionFacts &facts)
{
    for (const auto &lookup : facts.dns)
        addLine(out, describe(lookup.value));
    for (const auto &tried : facts.addresses) {
        const QString result = tried.value.error ? excerptOf(tried.value.message) : ReportText::tr("connected");
        addLine(out, QStringLiteral("TCP %1: %2 (%3)")
                         .arg(excerptOf(tried.value.address), result, durationText(tried.value.elapsed)));
    }
    addProxy(out, facts);
    addTls(out, facts);
}

} // namespace frameglass::diagnosis
