// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QPalette>

namespace frameglass::ui {

enum class ThemeChoice { System, Light, Dark };

/// The colour tokens of the design, resolved for the current theme.
struct Tokens
{
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
    /// Text size in percent of the system's, 80 to 200; other values are brought into that range.
    void setZoom(int percent);
    int zoom() const { return m_zoom; }
    /// The monospaced family for octets and headers, at the size of the interface font.
    QFont monospace() const;
    static constexpr int space = 4; ///< spacing comes in steps of this
    static constexpr int rowHeight = 22;
    /// rowHeight, or more where the zoomed font needs it.
    int rowPixels() const;

    static constexpr int minimumZoom = 80;
    static constexpr int maximumZoom = 200;

signals:
    void changed();

private:
    explicit Theme(QObject *parent = nullptr);
    bool eventFilter(QObject *watched, QEvent *event) override;
    void refresh();

    ThemeChoice m_choice = ThemeChoice::System;
    bool m_dark = false;
    bool m_applying = false;
    int m_zoom = 100;
    double m_systemPointSize = 0;
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
    Lock,
};
QIcon icon(Icon which);

} // namespace frameglass::ui
