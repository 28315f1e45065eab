// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_forms.h"
#include "report_lines.h"
#include "report_outline.h"
#include "rule_support.h"

#include <algorithm>

namespace frameglass::diagnosis {

namespace {

using Kind = ReportBlock::Kind;

/// Text in which nothing is markup: a peer's words cannot make links, pictures or headings.
QString escaped(const QString &text)
{
    static const QString special = QStringLiteral("\\`*_[]<>#|~&");
    QString result;
    for (const QChar c : ReportLines::printable(text)) {
        if (special.contains(c))
            result += QLatin1Char('\\');
        result += c;
    }
    return result;
}

/// A fence longer than any run of backticks inside.
QString fenceFor(const QStringList &lines)
{
    qsizetype longest = 2;
    for (const QString &line : lines) {
        qsizetype run = 0;
        for (const QChar c : line) {
            run = c == QLatin1Char('`') ? run + 1 : 0;
            longest = std::max(longest, run);
        }
    }
    return QString(longest + 1, QLatin1Char('`'));
}

QString tableRow(const QStringList &cells)
{
    QStringList parts;
    for (const QString &cell : cells)
        parts << escaped(cell);
    return QStringLiteral("| %1 |").arg(parts.join(QStringLiteral(" | ")));
}

void add(ReportLines &out, const ReportBlock &block)
{
    switch (block.kind) {
    case Kind::Heading: {
        const QString sign =
            block.verdict == Verdict::NotApplicable ? QString() : signOf(block.verdict) + QLatin1Char(' ');
        const QString id = block.label.isEmpty() ? QString() : QStringLiteral(" `%1`").arg(block.label);
        out.line(
            QStringLiteral("%1 %2%3%4").arg(QString(block.level, QLatin1Char('#')), sign, escaped(block.text), id));
        break;
    }
    case Kind::Verdict: out.line(QStringLiteral("**%1 %2**").arg(signOf(block.verdict), escaped(block.text))); break;
    case Kind::Paragraph: out.line(escaped(block.text)); break;
    case Kind::Labelled:
        out.line(block.text.isEmpty() ? QStringLiteral("**%1**").arg(escaped(block.label))
                                      : QStringLiteral("**%1:** %2").arg(escaped(block.label), escaped(block.text)));
        break;
    case Kind::Link:
        out.line(block.target.isEmpty()
                     ? QStringLiteral("**%1:** %2").arg(escaped(block.label), escaped(block.text))
                     : QStringLiteral("**%1:** [%2](%3)").arg(escaped(block.label), escaped(block.text), block.target));
        break;
    case Kind::Bullets:
        for (const QString &item : block.items)
            out.line(QStringLiteral("- ") + escaped(item));
        break;
    case Kind::Numbers:
        for (qsizetype i = 0; i < block.items.size(); ++i)
            out.line(QStringLiteral("%1. %2").arg(i + 1).arg(escaped(block.items[i])));
        break;
    case Kind::Code: {
        const QString fence = fenceFor(block.items);
        out.line(fence + QStringLiteral("text"));
        for (const QString &item : block.items)
            out.line(item);
        out.line(fence);
        break;
    }
    case Kind::Table:
        out.line(tableRow(block.items));
        out.line(QLatin1Char('|') + QString(QStringLiteral(" --- |")).repeated(block.items.size()));
        for (const QStringList &row : block.rows)
            out.line(tableRow(row));
        break;
    case Kind::Picture: return;
    case Kind::FoldBegin:
        out.line(QStringLiteral("<details><summary>%1</summary>").arg(block.text.toHtmlEscaped()));
        break;
    case Kind::FoldEnd: out.line(QStringLiteral("</details>")); break;
    }
    out.line();
}

} // namespace

QByteArray markdownReport(const ReportDocument &document)
{
    ReportLines out;
    for (const ReportBlock &block : outlineOf(document))
        add(out, block);
    return out.text().toUtf8();
}

} // namespace frameglass::diagnosis
