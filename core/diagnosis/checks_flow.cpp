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
    };
}

} // namespace frameglass::diagnosis
