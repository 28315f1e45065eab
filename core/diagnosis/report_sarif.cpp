// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_forms.h"
#include "rule_support.h"

#include <QDateTime>

#include <nlohmann/json.hpp>

namespace frameglass::diagnosis {

namespace {

using nlohmann::ordered_json;

std::string words(const QString &text)
{
    return text.toUtf8().toStdString();
}

ordered_json message(const QString &text)
{
    return {{"text", words(text)}};
}

/// SARIF 2.1.0 §3.27.10: the level of what is not of kind "fail" is "none".
std::string_view levelOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Fail: return "error";
    case Verdict::Warn: return "warning";
    default: return "none";
    }
}

/// §3.27.9
std::string_view kindOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Fail:
    case Verdict::Warn: return "fail";
    case Verdict::Pass: return "pass";
    case Verdict::Info: return "informational";
    case Verdict::NotApplicable: return "notApplicable";
    }
    return {};
}

ordered_json ruleOf(const Check &check)
{
    QString help;
    for (const auto &cause : check.causes)
        help += QStringLiteral("- %1\n").arg(CheckText::tr(cause.cause));
    help += CheckText::tr("Fix: %1").arg(check.translatedFix());
    ordered_json rule{{"id", check.id},
                      {"shortDescription", message(check.translatedTitle())},
                      {"help", message(help)},
                      {"defaultConfiguration", {{"level", check.severity >= Severity::High ? "error" : "warning"}}},
                      {"properties", {{"severity", nameOf(check.severity)}, {"clause", check.clause}}}};
    if (!check.url.empty())
        rule["helpUri"] = check.url;
    return rule;
}

/// A connection is no file: its URL stands for the artifact, since viewers want one.
ordered_json locationOf(const ReportSubject &subject)
{
    const std::string url = words(targetOf(*subject.facts));
    return {
        {"physicalLocation", {{"artifactLocation", {{"uri", url}}}}},
        {"logicalLocations", {{{"name", "connection " + std::to_string(subject.facts->id)}, {"kind", "resource"}}}}};
}

ordered_json resultOf(const ReportSubject &subject, const Finding &finding, std::size_t index)
{
    ordered_json result{{"ruleId", finding.id},
                        {"ruleIndex", index},
                        {"kind", kindOf(finding.verdict)},
                        {"level", levelOf(finding.verdict)},
                        {"message", message(finding.reason.isEmpty() ? textOf(finding.verdict) : finding.reason)},
                        {"locations", ordered_json::array({locationOf(subject)})}};
    auto evidence = ordered_json::array();
    for (const Evidence &piece : finding.evidence)
        evidence.push_back({{"record", piece.record},
                            {"offset", piece.offset},
                            {"length", piece.length},
                            {"text", words(piece.text)}});
    ordered_json properties{{"connection", subject.facts->id}, {"evidence", std::move(evidence)}};
    if (!finding.fix.isEmpty())
        properties["fix"] = words(finding.fix);
    result["properties"] = std::move(properties);
    // §3.35: "external" is what is not written in the artifact itself.
    if (finding.accepted)
        result["suppressions"] = {{{"kind", "external"}, {"justification", words(CheckText::tr("in the baseline"))}}};
    else if (!finding.foldedUnder.empty())
        result["suppressions"] = {
            {{"kind", "external"},
             {"justification", words(CheckText::tr("explained by %1").arg(utf8(finding.foldedUnder)))}}};
    return result;
}

} // namespace

QByteArray sarifReport(const ReportDocument &document)
{
    auto rules = ordered_json::array();
    for (const Check &check : checks())
        rules.push_back(ruleOf(check));
    auto results = ordered_json::array();
    for (const ReportSubject &subject : document.subjects) {
        std::size_t index = 0;
        for (const Finding &finding : subject.report->findings)
            results.push_back(resultOf(subject, finding, index++));
    }
    ordered_json invocation{{"executionSuccessful", true}};
    if (document.startWallMs)
        invocation["startTimeUtc"] =
            words(QDateTime::fromMSecsSinceEpoch(*document.startWallMs, Qt::UTC).toString(Qt::ISODateWithMs));
    ordered_json run{
        {"tool", {{"driver", {{"name", "Frameglass"}, {"version", FRAMEGLASS_VERSION}, {"rules", std::move(rules)}}}}},
        {"invocations", ordered_json::array({std::move(invocation)})},
        {"results", std::move(results)},
        {"columnKind", "utf16CodeUnits"}};
    const ordered_json log{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                           {"version", "2.1.0"},
                           {"runs", ordered_json::array({std::move(run)})}};
    return QByteArray::fromStdString(log.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n');
}

} // namespace frameglass::diagnosis
