// SPDX-License-Identifier: GPL-3.0-or-later
#include "rule_support.h"
#include "summary.h"
#include "terms.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

/// Phases whose rows may explain why an earlier one failed.
bool mayExplain(Phase phase)
{
    return phase == Phase::Intermediaries || phase == Phase::Close || phase == Phase::Reconnect ||
           phase == Phase::Evidence;
}

bool isFault(Verdict verdict)
{
    return verdict == Verdict::Fail || verdict == Verdict::Warn;
}

Finding findingFor(const Check &check, Judgement judgement)
{
    Finding finding;
    finding.id = check.id;
    finding.verdict = judgement.verdict;
    finding.reason = std::move(judgement.reason);
    finding.evidence = std::move(judgement.evidence);
    if (!isFault(finding.verdict))
        return finding;
    finding.fix = check.translatedFix();
    std::vector<std::size_t> order = std::move(judgement.causeOrder);
    for (std::size_t i = 0; order.size() < check.causes.size() && i < check.causes.size(); ++i)
        if (std::ranges::find(order, i) == order.end())
            order.push_back(i);
    for (const std::size_t index : order) {
        if (index >= check.causes.size())
            continue;
        const auto &cause = check.causes[index];
        finding.causes.push_back(
            {CheckText::tr(cause.cause), *cause.howToTell == '\0' ? QString() : CheckText::tr(cause.howToTell)});
    }
    return finding;
}

/// Rows that `check` implies, also by way of others; never itself.
void collectImplied(const Check &check, std::vector<std::string_view> &implied)
{
    for (const std::string_view id : check.implies) {
        if (std::ranges::find(implied, id) != implied.end())
            continue;
        implied.push_back(id);
        if (const Check *next = checkById(id))
            collectImplied(*next, implied);
    }
}

class Engine
{
public:
    explicit Engine(const Evaluation &evaluation) : m_evaluation(evaluation) {}

    Report run()
    {
        const Reach reach = reachOf(m_evaluation.facts);
        if (reach != Reach::Listener)
            judge(reach);
        chooseRootCause();
        if (reach == Reach::NotConnected)
            m_report.verdict = Verdict::Fail;
        m_report.summary = summaryOf(m_report, m_evaluation);
        m_report.ending = endingOf(m_evaluation);
        m_report.forecast = forecast(m_evaluation.facts);
        return std::move(m_report);
    }

private:
    /// Before the upgrade request only the way there can be judged.
    void judge(Reach reach)
    {
        const Terms *terms = m_evaluation.terms;
        const QString stage = reach == Reach::Connected ? QString() : stageText(m_evaluation);
        const Check *blocker = nullptr;
        for (const Check &check : checks()) {
            if (terms != nullptr && !terms->wants(check)) {
                m_report.findings.push_back(findingFor(check, notApplicable(CheckText::tr("Left out as asked for"))));
                continue;
            }
            // How a client tries again, and the sums over all attempts, are also about those that got nowhere.
            const bool reached = reach == Reach::Connected || check.phase <= Phase::Tls ||
                                 check.phase == Phase::Reconnect || check.phase == Phase::Statistics;
            auto finding = findingFor(check, reached ? check.rule(m_evaluation) : notApplicable(stage));
            const bool gated = blocker != nullptr && check.phase > blocker->phase;
            const bool explains = mayExplain(check.phase) && finding.verdict > Verdict::Pass;
            if (gated && !explains)
                finding = findingFor(
                    check,
                    notApplicable(CheckText::tr("Not judged, because \"%1\" failed").arg(blocker->translatedTitle())));
            if (blocker == nullptr && check.severity == Severity::Blocker && finding.verdict == Verdict::Fail)
                blocker = &check;
            finding.accepted = terms != nullptr && terms->accepts(finding);
            m_report.findings.push_back(std::move(finding));
        }
    }

    /// The best of those with that verdict which no other of them implies: earliest phase, then severity, then order.
    std::optional<std::size_t> gravest(Verdict verdict) const
    {
        std::optional<std::size_t> best;
        const auto table = checks();
        for (std::size_t i = 0; i < m_report.findings.size(); ++i) {
            const Finding &finding = m_report.findings[i];
            if (finding.verdict != verdict || !finding.foldedUnder.empty() || finding.accepted)
                continue;
            if (!best || table[i].phase < table[*best].phase ||
                (table[i].phase == table[*best].phase && table[i].severity > table[*best].severity))
                best = i;
        }
        return best;
    }

    void fold()
    {
        const auto table = checks();
        for (std::size_t i = 0; i < m_report.findings.size(); ++i) {
            const Finding &upper = m_report.findings[i];
            if (!isFault(upper.verdict))
                continue;
            std::vector<std::string_view> implied;
            collectImplied(table[i], implied);
            for (Finding &lower : m_report.findings) {
                if (lower.id == upper.id || !isFault(lower.verdict) || lower.verdict > upper.verdict ||
                    std::ranges::find(implied, lower.id) == implied.end() || lower.id == upper.foldedUnder)
                    continue;
                lower.foldedUnder = upper.id;
            }
        }
        // Under the topmost: a row that is folded itself hands on what it folded.
        for (Finding &finding : m_report.findings) {
            for (std::size_t steps = 0; !finding.foldedUnder.empty() && steps < m_report.findings.size(); ++steps) {
                const Finding *upper = m_report.find(finding.foldedUnder);
                if (upper == nullptr || upper->foldedUnder.empty() || upper->foldedUnder == finding.id)
                    break;
                finding.foldedUnder = upper->foldedUnder;
            }
        }
    }

    void chooseRootCause()
    {
        fold();
        std::optional<std::size_t> root = gravest(Verdict::Fail);
        if (root)
            m_report.verdict = Verdict::Fail;
        else if ((root = gravest(Verdict::Warn)))
            m_report.verdict = Verdict::Warn;
        if (!root)
            return;
        const Check &check = checks()[*root];
        m_report.rootCause = check.id;
        std::vector<std::string_view> implied;
        collectImplied(check, implied);
        for (Finding &finding : m_report.findings)
            if (finding.id != check.id && isFault(finding.verdict) &&
                std::ranges::find(implied, finding.id) != implied.end())
                finding.foldedUnder = check.id;
    }

    const Evaluation &m_evaluation;
    Report m_report;
};

} // namespace

Report evaluate(const Evaluation &evaluation)
{
    return Engine(evaluation).run();
}

const Finding *Report::find(std::string_view id) const
{
    const auto found = std::ranges::find(findings, id, &Finding::id);
    return found == findings.end() ? nullptr : &*found;
}

std::size_t Report::count(Verdict wanted) const
{
    return static_cast<std::size_t>(std::ranges::count_if(findings, [&](const Finding &finding) {
        return finding.verdict == wanted && finding.foldedUnder.empty() && !finding.accepted;
    }));
}

} // namespace frameglass::diagnosis
