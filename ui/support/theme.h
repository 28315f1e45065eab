// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QPalette>

namespace frameglass::ui
{

enum class ThemeChoice { System, Light, Dark };

/// The colour tokens of the design, resolved for the current theme.
struct Tokens {
    QColor surface, raised, line, text, quiet, accent, sent, received, control, pass, info, warn, fail;
};

/// The one door for looks: tokens, palette, fonts. Switches at once; every widget that paints with tokens repaints on
/// changed().
class Theme : public QObject
{
    Q_OBJECT
public:
    static Theme &instance();

    void apply(ThemeChoice choice);
    ThemeChoice choice() const { return m_choice; }
    bool isDark() const { return m_dark; }
    const Tokens &tokens() const { return m_tokens; }
    /// The monospaced family for octets and headers, at the size of the interface font.
    QFont monospace() const;
    static constexpr int space = 4; ///< spacing comes in steps of this
    static constexpr int rowHeight = 22;

signals:
    void changed();

private:
    explicit Theme(QObject *parent = nullptr);
    ThemeChoice m_choice = ThemeChoice::System;
    bool m_dark = false;
    Tokens m_tokens;
};

/// Symbols, one mask each, tinted from the palette.
enum class Icon {
    Connect,
    Disconnect,
    Options,
    Server,
    Add,
    Remove,
    Search,
    Pause,
    Resume,
    Tail,
    Heart,
    Settings,
    Send,
    Ping,
    Close,
    Open,
    Save,
    Copy,
    Warning,
    Report,
    Retry,
};
QIcon icon(Icon which);

} // namespace frameglass::ui
