// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_text.h"

#include "terminal.h"
#include "text.h"
#include "way_text.h"

#include "core/capture/record_json.h"
#include "core/capture/record_secrets.h"
#include "core/capture/secrets.h"
#include "core/diagnosis/wording.h"

#include <nlohmann/json.hpp>

#include <QLocale>

#include <algorithm>

namespace frameglass::cli {

using namespace diagnosis;

namespace {

QString fromOctets(std::string_view octets)
{
    return Terminal::printable(QString::fromUtf8(octets.data(), static_cast<qsizetype>(octets.size())));
}

void printBody(const analysis::ConnectionFacts &facts)
{
    constexpr std::size_t shown = 2000;
    if (facts.body.empty())
        return;
    auto &out = Terminal::out();
    const std::string_view text = protocol::textOf(facts.body).substr(0, shown);
    out.line();
    for (const QString &line : QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).split('\n'))
        out.line(QStringLiteral("    ") + Terminal::printable(line.endsWith('\r') ? line.chopped(1) : line));
    if (facts.bodyOctets > text.size())
        out.line(
            out.coloured(QStringLiteral("    ") + translate("fglass", "… %1 in all").arg(octetsText(facts.bodyOctets)),
                         Colour::Quiet));
}

QString flowText(const analysis::FlowCounters &flow)
{
    return translate("fglass", "%1 messages, %2 frames, %3")
        .arg(flow.messages)
        .arg(flow.frames)
        .arg(octetsText(flow.payloadOctets));
}

void printCompression(const analysis::CompressionTrack &compression)
{
    if (const QString text = diagnosis::compressionText(compression); !text.isEmpty())
        Terminal::out().line(QStringLiteral("  ") + translate("fglass", "compression: ") + Terminal::printable(text));
}

void printDetails(const Check &check, const Finding &finding)
{
    auto &out = Terminal::out();
    for (const Evidence &evidence : finding.evidence) {
        const QString place = evidence.record ? translate("fglass", " (record %1)").arg(evidence.record) : QString();
        out.line(QStringLiteral("      ") + translate("fglass", "evidence: ") + Terminal::printable(evidence.text) +
                 out.coloured(place, Colour::Quiet));
    }
    int number = 0;
    for (const Cause &cause : finding.causes) {
        out.line(QStringLiteral("      ") + translate("fglass", "cause %1: ").arg(++number) + cause.cause);
        if (!cause.howToTell.isEmpty())
            out.line(QStringLiteral("               ") + translate("fglass", "how to tell: ") + cause.howToTell);
    }
    if (!finding.fix.isEmpty())
        out.line(QStringLiteral("      ") + translate("fglass", "fix: ") + finding.fix);
    if (check.clause != "none")
        out.line(out.coloured(QStringLiteral("      ") +
                                  QString::fromUtf8(check.clause.data(), static_cast<qsizetype>(check.clause.size())),
                              Colour::Quiet));
}

void printFinding(const Check &check, const Finding &finding, int indent)
{
    auto &out = Terminal::out();
    const QString id = QString::fromUtf8(check.id.data(), static_cast<qsizetype>(check.id.size()));
    out.line(QString(indent, QLatin1Char(' ')) + out.coloured(signOf(finding.verdict), colourOf(finding.verdict)) +
             QLatin1Char(' ') + check.translatedTitle() + QStringLiteral(" — ") + Terminal::printable(finding.reason) +
             out.coloured(QStringLiteral("  [") + id + QLatin1Char(']'), Colour::Quiet));
}

} // namespace

Report reportOf(const analysis::ConnectionFacts &facts, const analysis::ConnectionFacts *direct,
                const analysis::CaptureFacts &all, std::int64_t startWallMs)
{
    return evaluate({facts, direct, &all, facts.lastTime.value_or(Nanoseconds(0)), {}, startWallMs});
}

ExitCode exitCodeFor(const analysis::ConnectionFacts &facts, const Report &report)
{
    if (!facts.firstSocket)
        return NotConnected;
    return report.verdict == Verdict::Fail ? Findings : Good;
}

void printConnection(const analysis::ConnectionFacts &facts)
{
    auto &out = Terminal::out();
    if (facts.started)
        out.line(out.coloured(fromOctets(capture::maskedUrl(facts.started->value.url)), Colour::Strong));
    printWay(facts);
    if (facts.request)
        printHead(*facts.request, facts.vantage() == capture::Vantage::Client);
    for (const auto &head : facts.informational)
        printHead(head, facts.vantage() != capture::Vantage::Client);
    if (facts.response)
        printHead(*facts.response, facts.vantage() != capture::Vantage::Client);
    printBody(facts);
    if (facts.openedAt) {
        out.line(QStringLiteral("  ") + translate("fglass", "sent: ") + flowText(facts.sent));
        out.line(QStringLiteral("  ") + translate("fglass", "received: ") + flowText(facts.received));
        printCompression(facts.compression);
        if (facts.heartbeat.lastRtt)
            out.line(QStringLiteral("  ") + translate("fglass", "ping to pong: ") +
                     durationText(*facts.heartbeat.lastRtt));
    }
    if (facts.ended) {
        const QString reason = fromOctets(facts.ended->value.reason);
        out.line(QStringLiteral("  ") + translate("fglass", "ended: ") + closeCodeText(facts.ended->value.code) +
                 (reason.isEmpty() ? QString() : QStringLiteral(" “") + reason + QStringLiteral("”")));
    }
}

void printReport(const Report &report)
{
    auto &out = Terminal::out();
    out.line();
    out.line(out.coloured(signOf(report.verdict) + QLatin1Char(' ') + Terminal::printable(report.summary),
                          colourOf(report.verdict)));
    const auto table = checks();
    const auto grave = [](Verdict verdict) { return verdict == Verdict::Fail || verdict == Verdict::Warn; };
    const auto printGrave = [&](std::size_t i) {
        printFinding(table[i], report.findings[i], 2);
        printDetails(table[i], report.findings[i]);
        for (std::size_t k = 0; k < report.findings.size(); ++k) {
            if (report.findings[k].foldedUnder == table[i].id && grave(report.findings[k].verdict))
                printFinding(table[k], report.findings[k], 6);
        }
    };
    std::size_t root = table.size();
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
        if (report.rootCause && table[i].id == *report.rootCause)
            root = i;
    }
    if (root < table.size()) {
        out.line();
        printGrave(root);
    }
    for (const Verdict verdict : {Verdict::Fail, Verdict::Warn}) {
        for (std::size_t i = 0; i < report.findings.size(); ++i) {
            if (i != root && report.findings[i].verdict == verdict && report.findings[i].foldedUnder.empty()) {
                out.line();
                printGrave(i);
            }
        }
    }
    std::optional<Phase> phase;
    std::size_t notApplicable = 0;
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
        if (grave(report.findings[i].verdict))
            continue;
        if (report.findings[i].verdict == Verdict::NotApplicable) {
            ++notApplicable;
            continue;
        }
        if (phase != table[i].phase) {
            phase = table[i].phase;
            out.line();
            out.line(out.coloured(titleOf(*phase), Colour::Strong));
        }
        printFinding(table[i], report.findings[i], 2);
    }
    if (notApplicable > 0) {
        out.line();
        out.line(out.coloured(
            translate("fglass", "%1 checks do not apply here; --json lists each with its reason.").arg(notApplicable),
            Colour::Quiet));
    }
}

void printChecked(const analysis::ConnectionFacts &facts, const analysis::ConnectionFacts *direct, const Report &report)
{
    printConnection(facts);
    if (direct)
        printConnection(*direct);
    printReport(report);
}

bool isForReaders(const capture::Record &record)
{
    return !std::holds_alternative<capture::TransferBoundary>(record.body) &&
           !std::holds_alternative<capture::SocketFacts>(record.body);
}

void printRecord(const capture::Record &record, bool withConnection)
{
    auto &out = Terminal::out();
    const double seconds = std::chrono::duration<double>(record.time).count();
    QString line = QStringLiteral("%1 s  ").arg(seconds, 10, 'f', 6);
    if (withConnection)
        line += QStringLiteral("#%1  ").arg(record.connection);
    QString arrow = QStringLiteral("· ");
    Colour colour = Colour::Quiet;
    if (const auto *frame = capture::as<capture::FrameRecord>(record)) {
        const bool sent = frame->direction == capture::Direction::Sent;
        arrow = sent ? QStringLiteral("↑ ") : QStringLiteral("↓ ");
        colour = sent ? Colour::Sent : Colour::Received;
    } else if (const auto *message = capture::as<capture::TlsMessage>(record)) {
        const bool sent = message->direction == capture::Direction::Sent;
        arrow = sent ? QStringLiteral("↑ ") : QStringLiteral("↓ ");
        colour = message->fatal ? Colour::Bad : sent ? Colour::Sent : Colour::Received;
    } else if (capture::as<capture::ViolationRecord>(record)) {
        arrow = QStringLiteral("✕ ");
        colour = Colour::Bad;
    }
    out.line(out.coloured(line, Colour::Quiet) + out.coloured(arrow, colour) + Terminal::printable(summaryOf(record)));
}

void printRecordJson(const capture::Record &record)
{
    capture::Record masked = record;
    capture::takeSecrets(masked.body);
    printJson(capture::jsonOf(masked), JsonForm::Line);
}

void printJson(const nlohmann::ordered_json &json, JsonForm form)
{
    constexpr auto replace = nlohmann::ordered_json::error_handler_t::replace;
    Terminal::out().line(QString::fromStdString(json.dump(form == JsonForm::Line ? -1 : 2, ' ', false, replace)));
}

} // namespace frameglass::cli
