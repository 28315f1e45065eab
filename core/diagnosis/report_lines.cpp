// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_lines.h"

namespace frameglass::diagnosis {

Colour colourOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::NotApplicable: return Colour::Quiet;
    case Verdict::Pass: return Colour::Good;
    case Verdict::Info: return Colour::Info;
    case Verdict::Warn: return Colour::Warn;
    case Verdict::Fail: return Colour::Bad;
    }
    return Colour::None;
}

namespace {

/// Marks, embeddings, overrides and isolates of the bidirectional algorithm (UAX #9): they would let a peer's words
/// change the order in which those around them are read.
bool turnsText(ushort code)
{
    return code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

} // namespace

QString ReportLines::printable(const QString &text)
{
    QString result;
    result.reserve(text.size());
    for (const QChar c : text) {
        const ushort code = c.unicode();
        if (code < 0x20 || (code >= 0x7f && code < 0xa0))
            result += QStringLiteral("\\x%1").arg(code, 2, 16, QLatin1Char('0'));
        else if (turnsText(code))
            result += QStringLiteral("\\u%1").arg(code, 4, 16, QLatin1Char('0'));
        else
            result += c;
    }
    return result;
}

} // namespace frameglass::diagnosis
