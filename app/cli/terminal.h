// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diagnosis/report_lines.h"

#include <QString>

#include <optional>
#include <string>

namespace frameglass::cli {

using diagnosis::Colour;

/// Standard output and error as UTF-8. Colour is used on a terminal only, and not when NO_COLOR is set.
class Terminal
{
public:
    static Terminal &out();
    static Terminal &err();

    QString coloured(const QString &text, Colour colour) const;
    /// As ReportLines does.
    static QString printable(const QString &text) { return diagnosis::ReportLines::printable(text); }
    void line(const QString &text = {});
    /// Without line end; flushed.
    void write(const QString &text);
    /// A line typed without being shown, with `prompt` on standard error; nothing where no one sits at a terminal.
    static std::optional<std::string> askSecret(const QString &prompt);
    bool isTerminal() const { return m_isTerminal; }

private:
    explicit Terminal(std::FILE *file);
    std::FILE *m_file;
    bool m_isTerminal;
};

} // namespace frameglass::cli
