// SPDX-License-Identifier: GPL-3.0-or-later
#include "reconnect_view.h"

#include <QStringList>

#include <algorithm>
#include <cmath>

namespace frameglass::diagnosis::reconnect {

namespace {

/// Our own attempts follow a policy only where they are a series.
bool isByHand(const Chain &chain)
{
    return chain.back()->vantage() == capture::Vantage::Client && !chain.back()->started->value.series;
}

} // namespace

std::optional<Judgement> unlessRetried(const Evaluation &evaluation, const Chain *&chain)
{
    chain = evaluation.all != nullptr ? evaluation.all->reconnects().chainOf(evaluation.facts) : nullptr;
    if (chain == nullptr || chain->size() < 2)
        return notApplicable(CheckText::tr("The client did not connect again"));
    if (isByHand(*chain))
        return notApplicable(CheckText::tr("These attempts were made by hand here"));
    if (chain->back() != &evaluation.facts)
        return notApplicable(
            CheckText::tr("Told at the newest attempt of this client, connection %1").arg(chain->back()->id));
    return {};
}

std::vector<const Chain *> chainsBeside(const Evaluation &evaluation)
{
    std::vector<const Chain *> beside;
    const auto *target = evaluation.all->targetOf(evaluation.facts);
    for (const auto &chain : evaluation.all->reconnects().chains())
        if (evaluation.all->targetOf(*chain->front()) == target)
            beside.push_back(chain.get());
    return beside;
}

bool isFailure(const ConnectionFacts &facts, const Settings &settings)
{
    return analysis::neverOpened(facts) ||
           (analysis::wasLost(facts) && *analysis::overAt(facts) - *facts.openedAt < settings.flappingLife);
}

std::vector<Run> runsOf(const Chain &chain, const Settings &settings)
{
    std::vector<Run> runs;
    Run run;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        const bool failed = isFailure(*chain[i], settings);
        if (failed) {
            ++run.failures;
            if (i + 1 < chain.size())
                run.delays.push_back({chain[i + 1]->started->time - *analysis::overAt(*chain[i]), chain[i + 1]});
        }
        if (run.failures > 0 && (!failed || i + 1 == chain.size())) {
            runs.push_back(std::move(run));
            run = {};
        }
    }
    return runs;
}

Run longestRun(const Chain &chain, const Settings &settings)
{
    const auto runs = runsOf(chain, settings);
    const auto longest = std::ranges::max_element(runs, {}, &Run::failures);
    return longest == runs.end() ? Run() : *longest;
}

QString listed(const std::vector<Delay> &delays)
{
    QStringList texts;
    for (std::size_t i = 0; i < delays.size() && i < maximumEvidence; ++i)
        texts << durationText(delays[i].waited);
    return texts.join(QStringLiteral(", ")) + (delays.size() > maximumEvidence ? QStringLiteral(" …") : QString());
}

Evidence attemptEvidence(const ConnectionFacts &facts, const QString &text)
{
    return {facts.started->record, 0, 0, text};
}

std::vector<Evidence> attemptsFrom(const Chain &attempts, std::size_t first, std::size_t count)
{
    std::vector<Evidence> evidence;
    for (std::size_t i = first; i < attempts.size() && i < first + std::min(count, maximumEvidence); ++i)
        evidence.push_back(attemptEvidence(*attempts[i], CheckText::tr("connection %1").arg(attempts[i]->id)));
    return evidence;
}

std::vector<Evidence> evidenceOf(const std::vector<Delay> &delays)
{
    std::vector<Evidence> evidence;
    for (std::size_t i = 0; i < delays.size() && i < maximumEvidence; ++i)
        evidence.push_back(attemptEvidence(*delays[i].next, CheckText::tr("connection %1, %2 after the end before")
                                                                .arg(delays[i].next->id)
                                                                .arg(durationText(delays[i].waited))));
    return evidence;
}

double median(std::vector<double> values)
{
    if (values.empty())
        return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    if (values.size() % 2 != 0)
        return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

double variation(const std::vector<double> &values)
{
    if (values.size() < 2)
        return 0;
    double sum = 0;
    for (const double value : values)
        sum += value;
    const double mean = sum / static_cast<double>(values.size());
    double squares = 0;
    for (const double value : values)
        squares += (value - mean) * (value - mean);
    return mean > 0 ? std::sqrt(squares / static_cast<double>(values.size())) / mean : 0;
}

double secondsOf(Nanoseconds duration)
{
    return std::chrono::duration<double>(duration).count();
}

Nanoseconds durationOf(double seconds)
{
    return Nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

std::size_t mostWithin(const std::vector<Nanoseconds> &times, Nanoseconds span, std::size_t &first)
{
    std::size_t most = 0;
    for (std::size_t begin = 0, end = 0; end < times.size(); ++end) {
        while (times[end] - times[begin] > span)
            ++begin;
        if (end - begin + 1 > most) {
            most = end - begin + 1;
            first = begin;
        }
    }
    return most;
}

} // namespace frameglass::diagnosis::reconnect
