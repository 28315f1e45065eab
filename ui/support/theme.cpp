// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme.h"

#include "theme_style.h"

#include <QApplication>
#include <QEvent>
#include <QFontDatabase>
#include <QFontMetrics>

#include <algorithm>

namespace frameglass::ui {

namespace {

const Tokens light{QColor(0xffffff), QColor(0xf5f6f8), QColor(0xd9dde3), QColor(0x1a1d21), QColor(0x5a6270),
                   QColor(0x0b63ce), QColor(0x0a7a3d), QColor(0x7a3fb0), QColor(0x5a6270), QColor(0x0a7a3d),
                   QColor(0x0b63ce), QColor(0x9a5b00), QColor(0xb3261e)};
const Tokens dark{QColor(0x1b1d21), QColor(0x24272c), QColor(0x3a3f47), QColor(0xe8eaed), QColor(0xa2abb8),
                  QColor(0x6cb0ff), QColor(0x5fd08f), QColor(0xc79bf2), QColor(0xa2abb8), QColor(0x5fd08f),
                  QColor(0x6cb0ff), QColor(0xf2b457), QColor(0xff8a80)};

QColor between(const QColor &a, const QColor &b, double share)
{
    const auto mix = [share](double x, double y) { return x + (y - x) * share; };
    return QColor::fromRgbF(float(mix(a.redF(), b.redF())), float(mix(a.greenF(), b.greenF())),
                            float(mix(a.blueF(), b.blueF())));
}

QPalette paletteOf(const Tokens &tokens, bool isDark)
{
    QPalette palette;
    palette.setColor(QPalette::Window, tokens.raised);
    palette.setColor(QPalette::WindowText, tokens.text);
    palette.setColor(QPalette::Base, tokens.surface);
    palette.setColor(QPalette::AlternateBase, tokens.raised);
    palette.setColor(QPalette::Text, tokens.text);
    palette.setColor(QPalette::PlaceholderText, tokens.quiet);
    palette.setColor(QPalette::Button, tokens.raised);
    palette.setColor(QPalette::ButtonText, tokens.text);
    palette.setColor(QPalette::BrightText, tokens.fail);
    palette.setColor(QPalette::ToolTipBase, tokens.raised);
    palette.setColor(QPalette::ToolTipText, tokens.text);
    palette.setColor(QPalette::Highlight, tokens.accent);
    palette.setColor(QPalette::HighlightedText, isDark ? tokens.surface : QColor(Qt::white));
    palette.setColor(QPalette::Link, tokens.accent);
    palette.setColor(QPalette::LinkVisited, tokens.accent);
    palette.setColor(QPalette::Light, between(tokens.raised, tokens.surface, 0.5));
    palette.setColor(QPalette::Midlight, tokens.raised);
    palette.setColor(QPalette::Mid, tokens.line);
    palette.setColor(QPalette::Dark, tokens.line);
    palette.setColor(QPalette::Shadow, isDark ? QColor(0x0d0e10) : QColor(0xa8aeb8));
    const QColor disabled = between(tokens.quiet, tokens.surface, 0.35);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, tokens.line);
    palette.setColor(QPalette::Disabled, QPalette::Base, tokens.raised);
    return palette;
}

} // namespace

Theme &Theme::instance()
{
    // Owned by the application: its style and palette end with it.
    static Theme *theme = new Theme(qApp);
    return *theme;
}

Theme::Theme(QObject *parent) : QObject(parent), m_tokens(light)
{
    m_systemPointSize = QApplication::font().pointSizeF();
    qApp->installEventFilter(this);
}

void Theme::apply(ThemeChoice choice)
{
    m_choice = choice;
    if (!qobject_cast<ThemeStyle *>(QApplication::style()))
        QApplication::setStyle(new ThemeStyle);
    refresh();
}

void Theme::refresh()
{
    m_applying = true;
    if (m_choice == ThemeChoice::System)
        QApplication::setPalette(QPalette()); // back to the system's, to see whether that is dark
    m_dark = m_choice == ThemeChoice::Dark ||
             (m_choice == ThemeChoice::System && QApplication::palette().color(QPalette::Window).lightness() < 128);
    m_tokens = m_dark ? dark : light;
    QApplication::setPalette(paletteOf(m_tokens, m_dark));
    m_applying = false;
    emit changed();
}

void Theme::setZoom(int percent)
{
    m_zoom = std::clamp(percent, minimumZoom, maximumZoom);
    if (m_systemPointSize > 0) {
        QFont font = QApplication::font();
        font.setPointSizeF(m_systemPointSize * m_zoom / 100.0);
        QApplication::setFont(font);
    }
    emit changed();
}

QFont Theme::monospace() const
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setStyleHint(QFont::Monospace);
    font.setPointSizeF(QApplication::font().pointSizeF());
    return font;
}

int Theme::rowPixels() const
{
    return std::max(rowHeight, QFontMetrics(QApplication::font()).height() + 2 * space - 2);
}

// The system announces a changed colour scheme to each window; Qt 6.4 has no signal for it.
bool Theme::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::ThemeChange && !m_applying && m_choice == ThemeChoice::System)
        QMetaObject::invokeMethod(this, &Theme::refresh, Qt::QueuedConnection);
    return QObject::eventFilter(watched, event);
}

} // namespace frameglass::ui
