// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_outline.h"

#include "report_forms.h"
#include "report_way.h"
#include "rule_support.h"

#include "core/capture/secrets.h"

#include <QDateTime>

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using analysis::ConnectionFacts;
using Kind = ReportBlock::Kind;

QString wallText(std::int64_t startWallMs, Nanoseconds time)
{
    const auto ms = startWallMs + std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) +
           QStringLiteral(" UTC");
}

class Outline
{
public:
    explicit Outline(const ReportDocument &document) : m_document(document) {}

    std::vector<ReportBlock> run()
    {
        heading(1, ReportText::tr("Frameglass report"));
        if (m_document.startWallMs)
            labelled(ReportText::tr("Recorded"), wallText(*m_document.startWallMs, Nanoseconds(0)));
        labelled(ReportText::tr("By"), programText());
        if (m_document.interrupted)
            paragraph(ReportText::tr("The capture was not closed: up to its last second may be missing."));
        if (m_document.subjects.empty())
            paragraph(ReportText::tr("There is no connection to report on."));
        for (const ReportSubject &subject : m_document.subjects)
            add(subject);
        return std::move(m_blocks);
    }

private:
    ReportBlock &block(Kind kind, const QString &text = {})
    {
        ReportBlock &added = m_blocks.emplace_back();
        added.kind = kind;
        added.text = text;
        return added;
    }
    void heading(int level, const QString &text) { block(Kind::Heading, text).level = level; }
    void paragraph(const QString &text) { block(Kind::Paragraph, text); }
    void labelled(const QString &label, const QString &text) { block(Kind::Labelled, text).label = label; }
    void list(Kind kind, QStringList items) { block(kind).items = std::move(items); }

    void add(const ReportSubject &subject)
    {
        const ConnectionFacts &facts = *subject.facts;
        const Report &report = *subject.report;
        heading(2, QStringLiteral("#%1 %2").arg(facts.id).arg(targetOf(facts)));
        block(Kind::Verdict, report.summary).verdict = report.verdict;
        summary(facts);
        if (!subject.picture.isEmpty())
            block(Kind::Picture, subject.picture);
        faults(report);
        if (report.ending)
            ending(*report.ending);
        clients(report);
        handshake(facts, ReportText::tr("Handshake"), &report);
        if (subject.direct != nullptr)
            handshake(*subject.direct, ReportText::tr("Handshake of the attempt past the proxy"), nullptr);
        all(report);
    }

    void summary(const ConnectionFacts &facts)
    {
        if (m_document.startWallMs && facts.started)
            labelled(ReportText::tr("Begun"), wallText(*m_document.startWallMs, facts.started->time));
        if (facts.firstSocket)
            labelled(ReportText::tr("Addresses"),
                     ReportText::tr("%1 to %2")
                         .arg(excerptOf(facts.firstSocket->value.local), excerptOf(facts.firstSocket->value.remote)));
        if (facts.openedAt) {
            labelled(ReportText::tr("Sent"), flowText(facts.sent));
            labelled(ReportText::tr("Received"), flowText(facts.received));
            if (const QString text = compressionText(facts.compression); !text.isEmpty())
                labelled(ReportText::tr("Compression"), text);
            if (facts.heartbeat.lastRtt)
                labelled(ReportText::tr("Ping to pong"), durationText(*facts.heartbeat.lastRtt));
        }
        if (facts.ended)
            labelled(ReportText::tr("Ended"), closeCodeText(facts.ended->value.code));
    }

    void faults(const Report &report)
    {
        const auto order = faultsInOrder(report);
        if (order.empty())
            return;
        heading(3, ReportText::tr("What is wrong"));
        for (const std::size_t i : order)
            fault(report, i);
    }

    void fault(const Report &report, std::size_t index)
    {
        const Finding &finding = report.findings[index];
        const Check &check = checks()[index];
        ReportBlock &title = block(Kind::Heading, check.translatedTitle());
        title.level = 4;
        title.verdict = finding.verdict;
        title.label = utf8(check.id);
        paragraph(finding.accepted ? ReportText::tr("%1 (accepted by the baseline)").arg(finding.reason)
                                   : finding.reason);
        QStringList evidence;
        for (const Evidence &piece : finding.evidence)
            evidence << (piece.record != 0 ? ReportText::tr("%1 (record %2)").arg(piece.text).arg(piece.record)
                                           : piece.text);
        if (!evidence.isEmpty()) {
            labelled(ReportText::tr("Evidence"), {});
            list(Kind::Bullets, std::move(evidence));
        }
        QStringList causes;
        for (const Cause &cause : finding.causes)
            causes << (cause.howToTell.isEmpty()
                           ? cause.cause
                           : ReportText::tr("%1 — how to tell: %2").arg(cause.cause, cause.howToTell));
        if (!causes.isEmpty()) {
            labelled(ReportText::tr("Causes"), {});
            list(Kind::Numbers, std::move(causes));
        }
        if (!finding.fix.isEmpty())
            labelled(ReportText::tr("Fix"), finding.fix);
        if (check.clause != "none") {
            ReportBlock &clause = block(Kind::Link, utf8(check.clause));
            clause.label = ReportText::tr("Clause");
            clause.target = utf8(check.url);
        }
        QStringList folded;
        for (const std::size_t i : foldedUnder(report, check.id))
            folded << QStringLiteral("%1: %2").arg(checks()[i].translatedTitle(), report.findings[i].reason);
        if (!folded.isEmpty()) {
            labelled(ReportText::tr("This explains"), {});
            list(Kind::Bullets, std::move(folded));
        }
    }

    void ending(const Ending &ending)
    {
        heading(3, ReportText::tr("Who ended it"));
        paragraph(QStringLiteral("%1 (%2)").arg(ending.sentence, textOf(ending.confidence)));
        if (ending.cadence)
            paragraph(ending.cadence->sentence);
        if (!ending.whatWouldTell.isEmpty())
            labelled(ReportText::tr("What would tell"), ending.whatWouldTell);
        ReportBlock &table = block(Kind::Table);
        table.items = {ReportText::tr("Fact"), ReportText::tr("Observed")};
        for (const EndingFact &fact : ending.facts)
            table.rows.push_back({fact.name, fact.text});
    }

    void clients(const Report &report)
    {
        if (report.forecast.empty())
            return;
        heading(3, ReportText::tr("What clients do with this answer"));
        ReportBlock &table = block(Kind::Table);
        table.items = {ReportText::tr("Client"), ReportText::tr("Reaction"), ReportText::tr("Its script sees"),
                       ReportText::tr("Because of")};
        for (const ClientForecast &line : report.forecast)
            table.rows.push_back(
                {nameOf(line.client), textOf(line.reaction),
                 line.end.isEmpty() ? line.sees : ReportText::tr("%1; at the end %2").arg(line.sees, line.end),
                 line.because != nullptr ? CheckText::tr(line.because->title) : QString()});
    }

    void handshake(const ConnectionFacts &facts, const QString &title, const Report *report)
    {
        ReportLines lines;
        addWay(lines, facts);
        const bool client = facts.vantage() == capture::Vantage::Client;
        if (facts.request)
            addHead(lines, *facts.request, client, report);
        for (const auto &head : facts.informational)
            addHead(lines, head, !client, report);
        if (facts.response)
            addHead(lines, *facts.response, !client, report);
        if (lines.text().isEmpty())
            return;
        heading(3, title);
        QStringList items = lines.text().split(QLatin1Char('\n'));
        items.removeLast();
        list(Kind::Code, std::move(items));
    }

    void all(const Report &report)
    {
        if (report.findings.empty())
            return;
        block(Kind::FoldBegin, ReportText::tr("All %1 checks").arg(report.findings.size()));
        ReportBlock &table = block(Kind::Table);
        table.items = {QString(), ReportText::tr("Check"), ReportText::tr("Title"), ReportText::tr("Reason")};
        for (std::size_t i = 0; i < report.findings.size(); ++i)
            table.rows.push_back({signOf(report.findings[i].verdict), utf8(checks()[i].id),
                                  checks()[i].translatedTitle(), report.findings[i].reason});
        block(Kind::FoldEnd);
    }

    const ReportDocument &m_document;
    std::vector<ReportBlock> m_blocks;
};

} // namespace

std::vector<ReportBlock> outlineOf(const ReportDocument &document)
{
    return Outline(document).run();
}

} // namespace frameglass::diagnosis
