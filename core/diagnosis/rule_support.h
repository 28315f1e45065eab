// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "check.h"
#include "wording.h"

#include <QCoreApplication>

/// Internal to diagnosis: what many rules need.
namespace frameglass::diagnosis {

/// Gives `CheckText::tr` the context of reasons and of the table's texts.
struct CheckText
{
    Q_DECLARE_TR_FUNCTIONS(checks)
};

Judgement pass(const QString &reason);
Judgement notApplicable(const QString &reason);
Judgement info(const QString &reason, std::vector<Evidence> evidence = {});
Judgement warn(const QString &reason, std::vector<Evidence> evidence);
Judgement fail(const QString &reason, std::vector<Evidence> evidence);

/// A whole record as proof.
Evidence evidenceOf(capture::RecordId record, const QString &text = {});

/// Nothing of phase 7 or later can be judged: the reason why the connection is not open, or nothing when it was.
std::optional<Judgement> unlessOpened(const Evaluation &evaluation);

/// Whether this connection was cut, or an answer to a ping was late or missing.
bool showsLoss(const analysis::ConnectionFacts &facts);
/// Whether this capture shows any loss, refusal or violation.
bool showsTrouble(const analysis::ConnectionFacts &facts);

/// The catalogue's "Advice is not a warning": what only advises becomes information while there is no such `trouble`.
Judgement advice(Judgement judgement, bool trouble);
/// The same with showsTrouble().
Judgement advice(Judgement judgement, const Evaluation &evaluation);

/// "Pong good" of the catalogue: max(1 s, 5 RTT), RTT being the time the TCP connect took.
Nanoseconds goodPong(const Evaluation &evaluation);

/// "sent" or "received", for "A frame that was …".
QString directionText(capture::Direction direction);

QString utf8(std::string_view text);

} // namespace frameglass::diagnosis
