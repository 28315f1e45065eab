// SPDX-License-Identifier: GPL-3.0-or-later
#include "summary.h"

#include "rule_support.h"

namespace frameglass::diagnosis {

namespace {

using analysis::ConnectionFacts;
using capture::StageOutcome;

QString listenerText(const capture::ListenerRecord &listener)
{
    const QString address = excerptOf(listener.address);
    if (listener.error != 0 && listener.listening)
        return CheckText::tr("Could not accept a connection on %1: %2").arg(address, excerptOf(listener.message));
    if (listener.error != 0)
        return CheckText::tr("Could not listen on %1: %2").arg(address, excerptOf(listener.message));
    return listener.listening
               ? CheckText::tr("Listening on %1; each accepted connection has a checklist of its own.").arg(address)
               : CheckText::tr("Stopped listening on %1.").arg(address);
}

QString liveText(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    if (facts.vantage() == capture::Vantage::Server)
        return CheckText::tr("Waiting for the client's upgrade request.");
    const Nanoseconds since = facts.request ? facts.request->time : Nanoseconds(0);
    return CheckText::tr("Waiting for the answer to the upgrade request for %1.")
        .arg(durationText(evaluation.now - since));
}

QString rootText(const Finding &root)
{
    // A reason that already begins with the title says it all.
    const QString title = checkById(root.id)->translatedTitle();
    return root.reason.startsWith(title) ? CheckText::tr("%1.").arg(root.reason)
                                         : CheckText::tr("%1: %2.").arg(title, root.reason);
}

} // namespace

Reach reachOf(const ConnectionFacts &facts)
{
    if (facts.isListener())
        return Reach::Listener;
    const bool spoke =
        facts.request || facts.response || facts.openedAt || facts.sent.frames + facts.received.frames > 0;
    if (spoke || facts.vantage() != capture::Vantage::Client)
        return Reach::Connected;
    bool over = facts.isOver();
    for (const auto &stage : facts.stages) {
        if (stage.value.stage == capture::Stage::Upgrade)
            return Reach::Connected;
        over = over || stage.value.outcome == StageOutcome::Failed || stage.value.outcome == StageOutcome::TimedOut ||
               stage.value.outcome == StageOutcome::Cancelled;
    }
    return over ? Reach::NotConnected : Reach::Connecting;
}

QString stageText(const Evaluation &evaluation)
{
    const auto &facts = evaluation.facts;
    if (facts.stages.empty())
        return facts.isOver() ? CheckText::tr("It ended before a name was resolved") : CheckText::tr("Connecting");
    const auto &last = facts.stages.back();
    const QString name = textOf(last.value.stage);
    if (last.value.outcome == StageOutcome::Started)
        return CheckText::tr("%1, for %2 now").arg(name, durationText(evaluation.now - last.time));
    QString text =
        CheckText::tr("%1 %2 after %3").arg(name, textOf(last.value.outcome), durationText(last.value.elapsed));
    if (!last.value.message.empty())
        text = CheckText::tr("%1: %2").arg(text, excerptOf(last.value.message));
    return text;
}

QString summaryOf(const Report &report, const Evaluation &evaluation)
{
    const Finding *root = report.rootCause ? report.find(*report.rootCause) : nullptr;
    switch (reachOf(evaluation.facts)) {
    case Reach::Listener: return listenerText(evaluation.facts.listener->value);
    case Reach::Connecting: return CheckText::tr("Connecting: %1.").arg(stageText(evaluation));
    case Reach::NotConnected:
        return root != nullptr && root->verdict == Verdict::Fail
                   ? rootText(*root)
                   : CheckText::tr("No connection: %1.").arg(stageText(evaluation));
    case Reach::Connected: break;
    }
    if (root != nullptr)
        return rootText(*root);
    if (!evaluation.facts.openedAt && !protocol::isFinal(evaluation.facts.state) && !evaluation.facts.isOver())
        return liveText(evaluation);
    return CheckText::tr("Nothing wrong found: %1 checks passed, %2 do not apply.")
        .arg(report.count(Verdict::Pass) + report.count(Verdict::Info))
        .arg(report.count(Verdict::NotApplicable));
}

} // namespace frameglass::diagnosis
