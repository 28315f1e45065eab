// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_document.h"

#include "report_forms.h"
#include "report_text.h"
#include "rule_support.h"

#include "core/capture/secrets.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

constexpr ReportForm forms[] = {ReportForm::Text,  ReportForm::Json,     ReportForm::Junit,
                                ReportForm::Sarif, ReportForm::Markdown, ReportForm::Html};

bool isFault(Verdict verdict)
{
    return verdict == Verdict::Fail || verdict == Verdict::Warn;
}

} // namespace

std::span<const ReportForm> reportForms()
{
    return forms;
}

std::string_view nameOf(ReportForm form)
{
    switch (form) {
    case ReportForm::Text: return "text";
    case ReportForm::Json: return "json";
    case ReportForm::Junit: return "junit";
    case ReportForm::Sarif: return "sarif";
    case ReportForm::Markdown: return "markdown";
    case ReportForm::Html: return "html";
    }
    return {};
}

std::optional<ReportForm> reportFormNamed(std::string_view name)
{
    const auto found = std::ranges::find(forms, name, [](ReportForm form) { return nameOf(form); });
    return found == std::end(forms) ? std::nullopt : std::optional(*found);
}

QString suffixOf(ReportForm form)
{
    switch (form) {
    case ReportForm::Text: return QStringLiteral("txt");
    case ReportForm::Json: return QStringLiteral("json");
    case ReportForm::Junit: return QStringLiteral("xml");
    case ReportForm::Sarif: return QStringLiteral("sarif");
    case ReportForm::Markdown: return QStringLiteral("md");
    case ReportForm::Html: return QStringLiteral("html");
    }
    return {};
}

QByteArray render(const ReportDocument &document, ReportForm form)
{
    switch (form) {
    case ReportForm::Text: return textReport(document);
    case ReportForm::Json: return jsonReport(document);
    case ReportForm::Junit: return junitReport(document);
    case ReportForm::Sarif: return sarifReport(document);
    case ReportForm::Markdown: return markdownReport(document);
    case ReportForm::Html: return htmlReport(document);
    }
    return {};
}

std::vector<std::size_t> faultsInOrder(const Report &report)
{
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < report.findings.size(); ++i)
        if (isFault(report.findings[i].verdict) && report.findings[i].foldedUnder.empty())
            order.push_back(i);
    const auto rank = [&](std::size_t i) {
        const Finding &finding = report.findings[i];
        if (report.rootCause && finding.id == *report.rootCause)
            return 0;
        return (finding.accepted ? 2 : 0) + (finding.verdict == Verdict::Fail ? 1 : 2);
    };
    std::ranges::stable_sort(order, {}, rank);
    return order;
}

std::vector<std::size_t> foldedUnder(const Report &report, std::string_view id)
{
    std::vector<std::size_t> folded;
    for (std::size_t i = 0; i < report.findings.size(); ++i)
        if (report.findings[i].foldedUnder == id && isFault(report.findings[i].verdict))
            folded.push_back(i);
    return folded;
}

bool isFailed(const Report &report, Verdict failOn)
{
    return report.verdict >= failOn;
}

QByteArray textReport(const ReportDocument &document)
{
    ReportLines out;
    bool first = true;
    for (const ReportSubject &subject : document.subjects) {
        if (!first)
            out.line();
        first = false;
        addChecked(out, *subject.facts, subject.direct, *subject.report);
    }
    return out.text().toUtf8();
}

QString targetOf(const analysis::ConnectionFacts &facts)
{
    if (facts.started && !facts.started->value.url.empty())
        return excerptOf(capture::maskedUrl(facts.started->value.url));
    return facts.firstSocket ? excerptOf(facts.firstSocket->value.remote)
                             : CheckText::tr("connection %1").arg(facts.id);
}

QString programText()
{
    return QStringLiteral("Frameglass " FRAMEGLASS_VERSION);
}

} // namespace frameglass::diagnosis
