// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_text.h"

#include "report_document.h"
#include "report_way.h"
#include "rule_support.h"

#include "core/capture/secrets.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

QString fromOctets(std::string_view octets)
{
    return ReportLines::printable(QString::fromUtf8(octets.data(), static_cast<qsizetype>(octets.size())));
}

void addBody(ReportLines &out, const analysis::ConnectionFacts &facts)
{
    constexpr std::size_t shown = 2000;
    if (facts.body.empty())
        return;
    const std::string_view text = protocol::textOf(facts.body).substr(0, shown);
    out.line();
    for (const QString &line : QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).split('\n'))
        out.line(QStringLiteral("    ") + ReportLines::printable(line.endsWith('\r') ? line.chopped(1) : line));
    if (facts.bodyOctets > text.size())
        out.line(out.coloured(QStringLiteral("    ") + ReportText::tr("… %1 in all").arg(octetsText(facts.bodyOctets)),
                              Colour::Quiet));
}

void addCompression(ReportLines &out, const analysis::CompressionTrack &compression)
{
    if (const QString text = diagnosis::compressionText(compression); !text.isEmpty())
        out.line(QStringLiteral("  ") + ReportText::tr("compression: ") + ReportLines::printable(text));
}

void addFinding(ReportLines &out, const Check &check, const Finding &finding, int indent)
{
    const QString id = QString::fromUtf8(check.id.data(), static_cast<qsizetype>(check.id.size()));
    out.line(QString(indent, QLatin1Char(' ')) + out.coloured(signOf(finding.verdict), colourOf(finding.verdict)) +
             QLatin1Char(' ') + check.translatedTitle() + QStringLiteral(" — ") +
             ReportLines::printable(finding.reason) +
             (finding.accepted ? ReportText::tr(" (accepted by the baseline)") : QString()) +
             out.coloured(QStringLiteral("  [") + id + QLatin1Char(']'), Colour::Quiet));
}

void addEnding(ReportLines &out, const Ending &ending)
{
    out.line();
    out.line(out.coloured(ReportText::tr("Who ended it"), Colour::Strong));
    out.line(QStringLiteral("  ") + ReportLines::printable(ending.sentence) +
             out.coloured(QStringLiteral(" (%1)").arg(textOf(ending.confidence)), Colour::Quiet));
    if (ending.cadence)
        out.line(QStringLiteral("  ") + ending.cadence->sentence);
    if (!ending.whatWouldTell.isEmpty())
        out.line(QStringLiteral("  ") + ReportText::tr("what would tell: ") + ending.whatWouldTell);
    for (const EndingFact &fact : ending.facts)
        out.line(out.coloured(QStringLiteral("    %1: %2").arg(fact.name, ReportLines::printable(fact.text)),
                              Colour::Quiet));
}

void addForecast(ReportLines &out, const std::vector<ClientForecast> &lines)
{
    if (lines.empty())
        return;
    out.line();
    out.line(out.coloured(ReportText::tr("What clients do with this answer"), Colour::Strong));
    const auto differs = [&](const ClientForecast &line) {
        return line.reaction != Reaction::Opens || line.end != lines.front().end;
    };
    if (std::ranges::none_of(lines, differs)) {
        out.line(QStringLiteral("  ") + ReportText::tr("all %1 that were tried open it").arg(lines.size()) +
                 (lines.front().end.isEmpty() ? QString() : ReportText::tr("; at the end %1").arg(lines.front().end)));
        return;
    }
    for (const ClientForecast &line : lines) {
        const bool opens = line.reaction == Reaction::Opens;
        QString text = QStringLiteral("  %1 %2").arg(nameOf(line.client), -28).arg(line.sees);
        if (!line.end.isEmpty())
            text += ReportText::tr("; at the end %1").arg(line.end);
        if (line.because != nullptr)
            text += QStringLiteral(" — ") + CheckText::tr(line.because->title);
        out.line(out.coloured(ReportLines::printable(text), opens ? Colour::None : Colour::Bad));
    }
}

} // namespace

QString flowText(const analysis::FlowCounters &flow)
{
    return ReportText::tr("%1 messages, %2 frames, %3")
        .arg(flow.messages)
        .arg(flow.frames)
        .arg(countOctets(flow.payloadOctets));
}

void addDetails(ReportLines &out, const Check &check, const Finding &finding)
{
    for (const Evidence &evidence : finding.evidence) {
        const QString place = evidence.record ? ReportText::tr(" (record %1)").arg(evidence.record) : QString();
        out.line(QStringLiteral("      ") + ReportText::tr("evidence: ") + ReportLines::printable(evidence.text) +
                 out.coloured(place, Colour::Quiet));
    }
    int number = 0;
    for (const Cause &cause : finding.causes) {
        out.line(QStringLiteral("      ") + ReportText::tr("cause %1: ").arg(++number) + cause.cause);
        if (!cause.howToTell.isEmpty())
            out.line(QStringLiteral("               ") + ReportText::tr("how to tell: ") + cause.howToTell);
    }
    if (!finding.fix.isEmpty())
        out.line(QStringLiteral("      ") + ReportText::tr("fix: ") + finding.fix);
    if (check.clause != "none")
        out.line(out.coloured(QStringLiteral("      ") +
                                  QString::fromUtf8(check.clause.data(), static_cast<qsizetype>(check.clause.size())),
                              Colour::Quiet));
}

void addConnection(ReportLines &out, const analysis::ConnectionFacts &facts, const Report *report)
{
    if (facts.started)
        out.line(out.coloured(fromOctets(capture::maskedUrl(facts.started->value.url)), Colour::Strong));
    addWay(out, facts);
    if (facts.request)
        addHead(out, *facts.request, facts.vantage() == capture::Vantage::Client, report);
    for (const auto &head : facts.informational)
        addHead(out, head, facts.vantage() != capture::Vantage::Client, report);
    if (facts.response)
        addHead(out, *facts.response, facts.vantage() != capture::Vantage::Client, report);
    addBody(out, facts);
    if (facts.openedAt) {
        out.line(QStringLiteral("  ") + ReportText::tr("sent: ") + flowText(facts.sent));
        out.line(QStringLiteral("  ") + ReportText::tr("received: ") + flowText(facts.received));
        addCompression(out, facts.compression);
        if (facts.heartbeat.lastRtt)
            out.line(QStringLiteral("  ") + ReportText::tr("ping to pong: ") + durationText(*facts.heartbeat.lastRtt));
    }
    if (facts.ended) {
        const QString reason = fromOctets(facts.ended->value.reason);
        out.line(QStringLiteral("  ") + ReportText::tr("ended: ") + closeCodeText(facts.ended->value.code) +
                 (reason.isEmpty() ? QString() : QStringLiteral(" “") + reason + QStringLiteral("”")));
    }
}

void addReport(ReportLines &out, const Report &report)
{
    out.line();
    out.line(out.coloured(signOf(report.verdict) + QLatin1Char(' ') + ReportLines::printable(report.summary),
                          colourOf(report.verdict)));
    const auto table = checks();
    for (const std::size_t i : faultsInOrder(report)) {
        out.line();
        addFinding(out, table[i], report.findings[i], 2);
        addDetails(out, table[i], report.findings[i]);
        for (const std::size_t folded : foldedUnder(report, table[i].id))
            addFinding(out, table[folded], report.findings[folded], 6);
    }
    if (report.ending)
        addEnding(out, *report.ending);
    addForecast(out, report.forecast);
    std::optional<Phase> phase;
    std::size_t notApplicable = 0;
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
        if (report.findings[i].verdict > Verdict::Info)
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
        addFinding(out, table[i], report.findings[i], 2);
    }
    if (notApplicable > 0) {
        out.line();
        out.line(out.coloured(
            ReportText::tr("%1 checks do not apply here; --json lists each with its reason.").arg(notApplicable),
            Colour::Quiet));
    }
}

void addChecked(ReportLines &out, const analysis::ConnectionFacts &facts, const analysis::ConnectionFacts *direct,
                const Report &report)
{
    addConnection(out, facts, &report);
    if (direct)
        addConnection(out, *direct);
    addReport(out, report);
}

} // namespace frameglass::diagnosis
