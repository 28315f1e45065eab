// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame_view.h"

#include <algorithm>

namespace frameglass::diagnosis {

using analysis::ConnectionFacts;
using analysis::FrameFault;
using analysis::FrameFaultFact;
using capture::Direction;

namespace {

QString timesText(std::uint64_t count)
{
    return count == 1 ? CheckText::tr("once") : CheckText::tr("%1 times").arg(count);
}

} // namespace

QString headerText(const protocol::FrameHeader &header)
{
    protocol::Octets octets;
    protocol::appendFrameHeader(octets, header);
    return CheckText::tr("%1, header %2")
        .arg(opcodeName(header.opcode), utf8(protocol::toHex(protocol::OctetView(octets).first(2))));
}

Evidence headerEvidence(capture::RecordId record, const protocol::FrameHeader &header)
{
    return {record, 0, header.headerOctets(), headerText(header)};
}

std::optional<Judgement> unlessFrames(const Evaluation &evaluation)
{
    if (auto closed = unlessOpened(evaluation))
        return closed;
    if (evaluation.facts.sent.frames + evaluation.facts.received.frames == 0)
        return notApplicable(CheckText::tr("No frame has passed yet"));
    return {};
}

const FrameFaultFact *faultOf(const ConnectionFacts &facts, FrameFault fault, Direction &direction)
{
    for (const Direction one : {Direction::Received, Direction::Sent}) {
        direction = one;
        if (const auto &found = facts.frames(one).fault(fault))
            return &*found;
    }
    return nullptr;
}

Judgement judgeFault(const Evaluation &evaluation, FrameFault fault, const QString &wrong, const QString &right)
{
    if (auto silent = unlessFrames(evaluation))
        return *silent;
    Direction direction{};
    const FrameFaultFact *found = faultOf(evaluation.facts, fault, direction);
    if (found == nullptr)
        return pass(right);
    return fail(CheckText::tr("%1: %2 %3 (%4), first at stream offset %5")
                    .arg(wrong, directionText(direction), timesText(found->count), headerText(found->header))
                    .arg(found->streamOffset),
                {headerEvidence(found->record, found->header)});
}

const analysis::ViolationFact *violationOf(const ConnectionFacts &facts, protocol::Violation violation)
{
    const auto found =
        std::ranges::find_if(facts.violations, [&](const auto &fact) { return fact.value.violation == violation; });
    return found == facts.violations.end() ? nullptr : &*found;
}

} // namespace frameglass::diagnosis
