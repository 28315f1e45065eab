// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "check.h"

#include <QString>

#include <functional>

namespace frameglass::diagnosis {

/// What a piece of text is, for a reader with a colour terminal.
enum class Colour { None, Good, Info, Warn, Bad, Quiet, Sent, Received, Strong };

Colour colourOf(Verdict verdict);

/// Lines of text for a reader, put together for a terminal or a file.
class ReportLines
{
public:
    using Paint = std::function<QString(const QString &text, Colour colour)>;
    /// Without `paint` the text stays plain.
    explicit ReportLines(Paint paint = {}) : m_paint(std::move(paint)) {}

    void line(const QString &text = {}) { m_text += text + QLatin1Char('\n'); }
    QString coloured(const QString &text, Colour colour) const { return m_paint ? m_paint(text, colour) : text; }
    /// The text without what a terminal or a reader would obey: controls are shown as \xNN, marks that turn the
    /// direction of text as \uNNNN.
    static QString printable(const QString &text);
    const QString &text() const { return m_text; }

private:
    Paint m_paint;
    QString m_text;
};

} // namespace frameglass::diagnosis
