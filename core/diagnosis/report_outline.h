// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "report_document.h"

#include <QStringList>

#include <vector>

/// Internal to diagnosis: what a report for people says, in its order, before it becomes Markdown or HTML.
namespace frameglass::diagnosis {

struct ReportBlock
{
    enum class Kind : std::uint8_t {
        Heading,   ///< `level` 1 to 4, `text`
        Verdict,   ///< `verdict`, `text`: a sentence with its sign
        Paragraph, ///< `text`
        Labelled,  ///< `label`, `text`
        Link,      ///< `label`, `text`, leading to `target`
        Bullets,   ///< `items`
        Numbers,   ///< `items`, ranked
        Code,      ///< `items` are lines, octets of a peer among them
        Table,     ///< `items` are column titles, `rows`
        Picture,   ///< `text` is SVG; only HTML shows it
        FoldBegin, ///< what follows up to FoldEnd is closed at first; `text` is its title
        FoldEnd,
    };
    Kind kind = Kind::Paragraph;
    int level = 0;
    Verdict verdict = Verdict::NotApplicable;
    QString label;
    QString text;
    QString target;
    QStringList items;
    std::vector<QStringList> rows;
};

std::vector<ReportBlock> outlineOf(const ReportDocument &document);

} // namespace frameglass::diagnosis
