// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rule_support.h"

/// Internal to diagnosis: what the rows about frames share.
namespace frameglass::diagnosis {

/// "text, header 8105"
QString headerText(const protocol::FrameHeader &header);
/// The header's octets inside the frame, lit.
Evidence headerEvidence(capture::RecordId record, const protocol::FrameHeader &header);

/// Why frames cannot be judged, or nothing.
std::optional<Judgement> unlessFrames(const Evaluation &evaluation);

/// The fault in what the peer sent, else in what we sent; nullptr when in neither.
const analysis::FrameFaultFact *faultOf(const analysis::ConnectionFacts &facts, analysis::FrameFault fault,
                                        capture::Direction &direction);

/// F with the first such frame of either direction, else P.
Judgement judgeFault(const Evaluation &evaluation, analysis::FrameFault fault, const QString &wrong,
                     const QString &right);

/// The first violation of that kind; nullptr when there is none.
const analysis::ViolationFact *violationOf(const analysis::ConnectionFacts &facts, protocol::Violation violation);

} // namespace frameglass::diagnosis
