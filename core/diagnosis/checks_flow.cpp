// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_phases.h"
#include "frame_view.h"

namespace frameglass::diagnosis {

namespace {

Judgement sendQueue(const Evaluation &evaluation)
{
    if (auto silent = unlessFrames(evaluation))
        return *silent;
    const auto *stalled = violationOf(evaluation.facts, protocol::Violation::OutputStalled);
    if (stalled == nullptr)
        return pass(CheckText::tr("What was sent has been taken in time"));
    return fail(
        CheckText::tr("%1 octets waited, and the other side took almost none").arg(excerptOf(stalled->value.detail)),
        {evidenceOf(stalled->record, textOf(protocol::Violation::OutputStalled))});
}

/// Arrivals that are independent of each other have a dispersion of 1; what waits somewhere and is let go together, far
/// more.
Judgement burst(const Evaluation &evaluation)
{
    if (auto silent = unlessFrames(evaluation))
        return *silent;
    const auto &settings = evaluation.settings;
    const auto &cadence = evaluation.facts.received.cadence;
    if (cadence.seconds() < settings.burstSeconds)
        return notApplicable(CheckText::tr("Messages came over %1 s only; judged from %2 s on")
                                 .arg(cadence.seconds())
                                 .arg(settings.burstSeconds));
    const double dispersion = cadence.dispersion();
    const QString text = CheckText::tr("Index of dispersion %1 over %2 s; longest gap %3")
                             .arg(dispersion, 0, 'f', 1)
                             .arg(cadence.seconds())
                             .arg(durationText(cadence.longestGap->value));
    if (dispersion > settings.burstDispersion && cadence.longestGap->value > settings.burstGap)
        return warn(text, {evidenceOf(cadence.longestGap->record, CheckText::tr("after the longest gap"))});
    return info(text);
}

} // namespace

std::vector<Check> flowChecks()
{
    return {
        {"flow.send-queue",
         Phase::Flow,
         Severity::High,
         Kind::Passive,
         "none",
         {},
         QT_TRANSLATE_NOOP("checks", "The other side does not read"),
         {{QT_TRANSLATE_NOOP("checks", "Its reader waits for something else, or for its own writer"),
           QT_TRANSLATE_NOOP("checks", "Pings are not answered either, although TCP stands")},
          {QT_TRANSLATE_NOOP("checks", "The way is slower than what is sent"),
           QT_TRANSLATE_NOOP("checks", "It took octets all the time, only too few")},
          {QT_TRANSLATE_NOOP("checks", "An attack on the sender's memory"),
           QT_TRANSLATE_NOOP("checks", "It asks for much and reads nothing, with each connection again")}},
         QT_TRANSLATE_NOOP("checks", "Let reading never wait for the handling of what was read; send less."),
         "S001 §5; WHATWG bufferedAmount",
         sendQueue,
         {}},
        {"flow.burst",
         Phase::Flow,
         Severity::Low,
         Kind::Passive,
         "none",
         {},
         QT_TRANSLATE_NOOP("checks", "Messages come in bursts"),
         {{QT_TRANSLATE_NOOP("checks", "The application collects messages and sends them together"),
           QT_TRANSLATE_NOOP("checks", "The gaps are alike: a timer of the application")},
          {QT_TRANSLATE_NOOP("checks", "Something between holds them back, or packets were lost"),
           QT_TRANSLATE_NOOP("checks", "The gaps differ; retransmits count up; past the proxy there are none")}},
         QT_TRANSLATE_NOOP("checks",
                           "Look at how the application batches: after the 101 `proxy_buffering` of nginx has "
                           "no effect."),
         "S002 §2",
         burst,
         {}},
    };
}

} // namespace frameglass::diagnosis
