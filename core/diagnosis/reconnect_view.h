// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rule_support.h"

#include <optional>
#include <vector>

/// Internal to diagnosis: what the rows of phase 13 see of one client's attempts.
namespace frameglass::diagnosis::reconnect {

using analysis::ConnectionFacts;
using Chain = analysis::Reconnects::Chain;

/// As many connections are named as proof.
inline constexpr std::size_t maximumEvidence = 8;

/// The chain whose newest attempt this is, or why there is none to judge: it is told once, at its newest attempt.
/// Attempts of ours that a user made by hand follow no policy.
std::optional<Judgement> unlessRetried(const Evaluation &evaluation, const Chain *&chain);

/// Chains of all clients at the same target as this connection, its own among them. `evaluation.all` is there.
std::vector<const Chain *> chainsBeside(const Evaluation &evaluation);

/// A failed attempt, or one whose connection died at once: what a policy backs off from.
bool isFailure(const ConnectionFacts &facts, const Settings &settings);

/// What a client waited between the end of one attempt and the begin of the next.
struct Delay
{
    Nanoseconds waited{0};
    const ConnectionFacts *next = nullptr;
};
/// Delays after each failure of the longest run of failures; `failures` counts them all, the last one's included.
struct Run
{
    std::size_t failures = 0;
    std::vector<Delay> delays;
};
/// All runs of failures of a chain, in order.
std::vector<Run> runsOf(const Chain &chain, const Settings &settings);
Run longestRun(const Chain &chain, const Settings &settings);

/// "1.00 s, 2.00 s, 4.00 s …"
QString listed(const std::vector<Delay> &delays);
std::vector<Evidence> evidenceOf(const std::vector<Delay> &delays);
Evidence attemptEvidence(const ConnectionFacts &facts, const QString &text);
/// The begin of `count` attempts from that index on, as far as there are so many, maximumEvidence at most.
std::vector<Evidence> attemptsFrom(const Chain &attempts, std::size_t first, std::size_t count);

double median(std::vector<double> values);
/// Coefficient of variation; 0 for fewer than two.
double variation(const std::vector<double> &values);
double secondsOf(Nanoseconds duration);
Nanoseconds durationOf(double seconds);

/// Most of `times` (ascending) that lie within one `span`; `first` becomes the index where they begin.
std::size_t mostWithin(const std::vector<Nanoseconds> &times, Nanoseconds span, std::size_t &first);

} // namespace frameglass::diagnosis::reconnect
