// SPDX-License-Identifier: GPL-3.0-or-later
#include "way_text.h"

#include "terminal.h"
#include "text.h"

#include "core/capture/secrets.h"
#include "core/diagnosis/wording.h"
#include "core/diagnosis/wording_tls.h"

#include <QDateTime>
#include <QStringList>

#include <algorithm>

namespace frameglass::cli {

using namespace diagnosis;

namespace {

void printLine(const QString &text)
{
    Terminal::out().line(QStringLiteral("  ") + Terminal::printable(text));
}

void printBad(const QString &text)
{
    auto &out = Terminal::out();
    out.line(QStringLiteral("    ") + out.coloured(QStringLiteral("✕ ") + Terminal::printable(text), Colour::Bad));
}

/// What the record list says of it.
QString describe(capture::RecordBody body)
{
    return summaryOf(capture::Record{0, 0, Nanoseconds(0), std::move(body)});
}

void printProxy(const analysis::ConnectionFacts &facts)
{
    if (!facts.proxy)
        return;
    printLine(describe(facts.proxy->value));
    if (facts.proxyRequest)
        printHead(*facts.proxyRequest, true);
    if (facts.proxyResponse)
        printHead(*facts.proxyResponse, false);
    else if (facts.proxyAnswer)
        printLine(describe(facts.proxyAnswer->value));
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
        names << translate("fglass", "%1 more").arg(certificate.names.size() - shown);
    return names.join(QStringLiteral(", "));
}

void printChain(const std::vector<capture::Certificate> &chain, const QString &whose)
{
    auto &out = Terminal::out();
    int number = 0;
    for (const auto &certificate : chain) {
        printLine(
            translate("fglass", "%1 certificate %2: %3").arg(whose).arg(++number).arg(excerptOf(certificate.subject)));
        QStringList parts{translate("fglass", "issued by %1").arg(excerptOf(certificate.issuer)),
                          translate("fglass", "valid from %1 until %2 UTC")
                              .arg(dateText(certificate.notBefore), dateText(certificate.notAfter)),
                          excerptOf(certificate.key)};
        if (!certificate.names.empty())
            parts << namesText(certificate);
        out.line(out.coloured(QStringLiteral("    ") + Terminal::printable(parts.join(QStringLiteral(" · "))),
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
        parts << translate("fglass", "ALPN %1").arg(excerptOf(tls.alpnChosen));
    if (!tls.sni.empty())
        parts << translate("fglass", "SNI %1").arg(excerptOf(tls.sni));
    if (tls.resumed)
        parts << translate("fglass", "session resumed");
    if (tls.clientCertificateWanted)
        parts << translate("fglass", "client certificate asked for");
    return parts.join(QStringLiteral(" · "));
}

void printTls(const analysis::ConnectionFacts &facts)
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
    printLine(translate("fglass", "TLS: %1").arg(line));
    printChain(tls.chain, translate("fglass", "server"));
    printChain(tls.clientChain, translate("fglass", "client"));
    if (tls.verdict != capture::TlsVerdict::NotReached) {
        const QString verdict = textOf(tls.verdict);
        printLine(tls.anchor.empty()
                      ? translate("fglass", "certificate: %1").arg(verdict)
                      : translate("fglass", "certificate: %1, by %2").arg(verdict, excerptOf(tls.anchor)));
    }
    for (const auto &fault : tls.faults)
        printBad(translate("fglass", "certificate %1: %2 (%3)")
                     .arg(fault.depth + 1)
                     .arg(excerptOf(fault.message))
                     .arg(fault.error));
    if (tls.staple)
        printLine(translate("fglass", "OCSP staple: %1 %2")
                      .arg(textOf(tls.staple->status), excerptOf(tls.staple->message))
                      .trimmed());
    if (facts.fatalAlert) {
        const bool sent = facts.fatalAlert->value.direction == capture::Direction::Sent;
        printBad((sent ? QStringLiteral("↑ ") : QStringLiteral("↓ ")) + summaryOf(facts.fatalAlert->value));
    }
}

} // namespace

void printHead(const analysis::Recorded<protocol::HttpHead> &head, bool sent)
{
    auto &out = Terminal::out();
    const auto masked = capture::masked(head.value.raw, capture::secretsInHead(head.value.raw));
    const QString arrow =
        out.coloured(sent ? QStringLiteral("↑ ") : QStringLiteral("↓ "), sent ? Colour::Sent : Colour::Received);
    std::string_view rest = protocol::textOf(masked);
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!line.empty())
            out.line(QStringLiteral("  ") + arrow +
                     Terminal::printable(QString::fromUtf8(line.data(), static_cast<qsizetype>(line.size()))));
    }
}

void printWay(const analysis::ConnectionFacts &facts)
{
    for (const auto &lookup : facts.dns)
        printLine(describe(lookup.value));
    for (const auto &tried : facts.addresses) {
        const QString result = tried.value.error ? excerptOf(tried.value.message) : translate("fglass", "connected");
        printLine(QStringLiteral("TCP %1: %2 (%3)")
                      .arg(excerptOf(tried.value.address), result, durationText(tried.value.elapsed)));
    }
    printProxy(facts);
    printTls(facts);
}

} // namespace frameglass::cli
