// SPDX-License-Identifier: GPL-3.0-or-later
#include "rule_support.h"

#include <algorithm>

namespace frameglass::diagnosis {

Judgement pass(const QString &reason)
{
    return {Verdict::Pass, reason, {}, {}};
}

Judgement notApplicable(const QString &reason)
{
    return {Verdict::NotApplicable, reason, {}, {}};
}

Judgement info(const QString &reason, std::vector<Evidence> evidence)
{
    return {Verdict::Info, reason, std::move(evidence), {}};
}

Judgement warn(const QString &reason, std::vector<Evidence> evidence)
{
    return {Verdict::Warn, reason, std::move(evidence), {}};
}

Judgement fail(const QString &reason, std::vector<Evidence> evidence)
{
    return {Verdict::Fail, reason, std::move(evidence), {}};
}

Evidence evidenceOf(capture::RecordId record, const QString &text)
{
    return {record, 0, 0, text};
}

std::optional<Judgement> unlessOpened(const Evaluation &evaluation)
{
    if (evaluation.facts.openedAt)
        return {};
    return notApplicable(protocol::isFinal(evaluation.facts.state)
                             ? CheckText::tr("The opening handshake did not succeed")
                             : CheckText::tr("The opening handshake is not done yet"));
}

bool showsLoss(const analysis::ConnectionFacts &facts)
{
    return facts.endedWithoutClose() || facts.heartbeat.missed > 0 || facts.heartbeat.late > 0;
}

bool showsTrouble(const analysis::ConnectionFacts &facts)
{
    const bool refused = facts.response && !facts.responsePartial && facts.response->value.status != 101;
    const auto code = facts.closeReceived ? facts.closeReceived->value.code : std::nullopt;
    const bool complained = code && *code != 1000 && *code != 1001;
    return showsLoss(facts) || refused || complained || facts.violationCount > 0 ||
           facts.framesSent.faultyFrames + facts.framesReceived.faultyFrames > 0;
}

Judgement advice(Judgement judgement, bool trouble)
{
    if (judgement.verdict > Verdict::Info && !trouble)
        judgement.verdict = Verdict::Info;
    return judgement;
}

Judgement advice(Judgement judgement, const Evaluation &evaluation)
{
    return advice(std::move(judgement), showsTrouble(evaluation.facts));
}

Nanoseconds goodPong(const Evaluation &evaluation)
{
    const auto &settings = evaluation.settings;
    const Nanoseconds rtt = evaluation.facts.connectTime.value_or(Nanoseconds(0));
    return std::max(settings.pongGood, rtt * settings.pongGoodRtts);
}

QString directionText(capture::Direction direction)
{
    return direction == capture::Direction::Sent ? CheckText::tr("sent") : CheckText::tr("received");
}

QString utf8(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

} // namespace frameglass::diagnosis
