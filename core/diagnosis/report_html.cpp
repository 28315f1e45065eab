// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_forms.h"
#include "report_lines.h"
#include "report_outline.h"
#include "rule_support.h"

#include <QLocale>

namespace frameglass::diagnosis {

namespace {

using Kind = ReportBlock::Kind;

/// The colours of the window, light and dark.
constexpr const char *style = R"(
:root { --surface:#ffffff; --raised:#f5f6f8; --line:#d9dde3; --text:#1a1d21; --quiet:#5a6270; --accent:#0b63ce;
  --sent:#0a7a3d; --received:#7a3fb0; --pass:#0a7a3d; --info:#0b63ce; --warn:#9a5b00; --fail:#b3261e; }
@media (prefers-color-scheme: dark) { :root { --surface:#1b1d21; --raised:#24272c; --line:#3a3f47; --text:#e8eaed;
  --quiet:#a2abb8; --accent:#6cb0ff; --sent:#5fd08f; --received:#c79bf2; --pass:#5fd08f; --info:#6cb0ff;
  --warn:#f2b457; --fail:#ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1000px; padding: 24px 16px 64px; background: var(--surface); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 22px; } h2 { font-size: 18px; margin-top: 40px; border-top: 1px solid var(--line); padding-top: 20px; }
h3 { font-size: 16px; margin: 28px 0 8px; } h4 { font-size: 15px; margin: 20px 0 4px; }
h4 code { font-weight: normal; color: var(--quiet); margin-left: 8px; }
p { margin: 4px 0; } ul, ol { margin: 4px 0 8px; padding-left: 24px; } a { color: var(--accent); }
.label { color: var(--quiet); } .pass { color: var(--pass); } .info { color: var(--info); }
.warn { color: var(--warn); } .fail { color: var(--fail); } .na { color: var(--quiet); }
.verdict { font-size: 17px; font-weight: 600; background: var(--raised); border: 1px solid var(--line);
  border-radius: 6px; padding: 12px 16px; margin: 8px 0 12px; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 12px; overflow-x: auto;
  font: 13px/1.45 ui-monospace, monospace; margin: 8px 0; overflow-wrap: normal; }
code { font: 13px ui-monospace, monospace; } mark { background: none; font-weight: 600; }
mark.warn { color: var(--warn); } mark.fail { color: var(--fail); }
table { border-collapse: collapse; width: 100%; margin: 8px 0; font-size: 14px; }
th { text-align: left; color: var(--quiet); font-weight: 600; }
th, td { border-bottom: 1px solid var(--line); padding: 5px 8px 5px 0; vertical-align: top; }
summary { cursor: pointer; margin-top: 28px; font-weight: 600; }
svg { width: 100%; height: auto; margin: 12px 0; background: var(--raised); border: 1px solid var(--line);
  border-radius: 6px; } svg text { fill: var(--quiet); font: 11px system-ui, sans-serif; }
.axis { stroke: var(--line); } .s { fill: var(--sent); } .r { fill: var(--received); } .c { fill: var(--quiet); }
.v { fill: var(--fail); } .end { stroke: var(--fail); } .open { stroke: var(--pass); }
.join { stroke: var(--quiet); stroke-opacity: .6; } .idle { fill: var(--line); fill-opacity: .55; }
)";

std::string_view classOf(Verdict verdict)
{
    return verdict == Verdict::NotApplicable ? "na" : nameOf(verdict);
}

QString escaped(const QString &text)
{
    return ReportLines::printable(text).toHtmlEscaped();
}

QString signedText(Verdict verdict, const QString &text)
{
    return QStringLiteral("<span class=\"%1\">%2</span> %3")
        .arg(utf8(classOf(verdict)), signOf(verdict), escaped(text));
}

QString listItems(const QStringList &items)
{
    QString html;
    for (const QString &item : items)
        html += QStringLiteral("<li>%1</li>").arg(escaped(item));
    return html;
}

QString cells(const QStringList &row, const char *tag)
{
    QString html;
    for (const QString &cell : row)
        html += QStringLiteral("<%1>%2</%1>").arg(QLatin1String(tag), escaped(cell));
    return QStringLiteral("<tr>%1</tr>").arg(html);
}

/// Lines that begin with a sign, as addHead() makes them, stand out: nothing of a peer's begins a line.
QString codeLines(const QStringList &lines)
{
    QStringList html;
    for (const QString &line : lines) {
        QString text = line.toHtmlEscaped();
        for (const Verdict verdict : {Verdict::Fail, Verdict::Warn})
            if (line.startsWith(signOf(verdict)))
                text = QStringLiteral("<mark class=\"%1\">%2</mark>").arg(utf8(classOf(verdict)), text);
        html << text;
    }
    return html.join(QLatin1Char('\n'));
}

QString html(const ReportBlock &block)
{
    switch (block.kind) {
    case Kind::Heading: {
        const QString text =
            block.verdict == Verdict::NotApplicable ? escaped(block.text) : signedText(block.verdict, block.text);
        const QString id =
            block.label.isEmpty() ? QString() : QStringLiteral("<code>%1</code>").arg(escaped(block.label));
        return QStringLiteral("<h%1>%2%3</h%1>").arg(block.level).arg(text, id);
    }
    case Kind::Verdict: return QStringLiteral("<p class=\"verdict\">%1</p>").arg(signedText(block.verdict, block.text));
    case Kind::Paragraph: return QStringLiteral("<p>%1</p>").arg(escaped(block.text));
    case Kind::Labelled:
        return QStringLiteral("<p><span class=\"label\">%1</span> %2</p>")
            .arg(escaped(block.label), escaped(block.text));
    case Kind::Link:
        return block.target.isEmpty() ? QStringLiteral("<p><span class=\"label\">%1</span> %2</p>")
                                            .arg(escaped(block.label), escaped(block.text))
                                      : QStringLiteral("<p><span class=\"label\">%1</span> <a href=\"%2\">%3</a></p>")
                                            .arg(escaped(block.label), escaped(block.target), escaped(block.text));
    case Kind::Bullets: return QStringLiteral("<ul>%1</ul>").arg(listItems(block.items));
    case Kind::Numbers: return QStringLiteral("<ol>%1</ol>").arg(listItems(block.items));
    case Kind::Code: return QStringLiteral("<pre>%1</pre>").arg(codeLines(block.items));
    case Kind::Table: {
        QString rows;
        for (const QStringList &row : block.rows)
            rows += cells(row, "td") + QLatin1Char('\n');
        return QStringLiteral("<table><thead>%1</thead><tbody>%2</tbody></table>").arg(cells(block.items, "th"), rows);
    }
    case Kind::Picture: return block.text;
    case Kind::FoldBegin: return QStringLiteral("<details><summary>%1</summary>").arg(escaped(block.text));
    case Kind::FoldEnd: return QStringLiteral("</details>");
    }
    return {};
}

} // namespace

/// Nothing is fetched and nothing runs: the page says so to the browser, whatever a peer's words may hold.
QByteArray htmlReport(const ReportDocument &document)
{
    const auto outline = outlineOf(document);
    QString page =
        QStringLiteral("<!DOCTYPE html>\n<html lang=\"%1\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                       "'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
                       "<title>%2</title>\n<style>%3</style>\n</head>\n<body>\n")
            .arg(QLocale().bcp47Name(), escaped(outline.front().text), QLatin1String(style));
    for (const ReportBlock &block : outline)
        page += html(block) + QLatin1Char('\n');
    page += QStringLiteral("</body>\n</html>\n");
    return page.toUtf8();
}

} // namespace frameglass::diagnosis
