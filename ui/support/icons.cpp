// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme.h"

#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>

#include <array>
#include <utility>

// Resources live in a static library: named once, or the linker leaves them out.
static void keepResources()
{
    Q_INIT_RESOURCE(frameglass);
}

namespace frameglass::ui {

namespace {

constexpr std::array<const char *, 22> names{
    "connect",  "disconnect", "options", "server", "add",  "remove", "search", "pause",   "resume", "tail",  "heart",
    "settings", "send",       "ping",    "close",  "open", "save",   "copy",   "warning", "report", "retry", "lock"};

/// Tints the mask when it is painted, so that a changed theme needs no new icons.
class MaskEngine final : public QIconEngine
{
public:
    explicit MaskEngine(QString name) : m_name(std::move(name)) {}

    QIconEngine *clone() const override { return new MaskEngine(m_name); }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        const double ratio = painter->device()->devicePixelRatioF();
        painter->drawPixmap(rect, scaledPixmap(rect.size(), mode, state, ratio));
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1);
    }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State, qreal scale) override
    {
        const Tokens &tokens = Theme::instance().tokens();
        const QColor colour = mode == QIcon::Disabled   ? tokens.line
                              : mode == QIcon::Selected ? tokens.accent
                                                        : tokens.text;
        const QSize pixels = scale > 1 && size.width() < 48 ? size * scale : size;
        const QString key = QStringLiteral("fg:%1:%2:%3").arg(m_name).arg(pixels.width()).arg(colour.rgba());
        QPixmap result;
        if (QPixmapCache::find(key, &result))
            return result;
        const QString suffix = pixels.width() <= 16 ? QString() : pixels.width() <= 32 ? "@2x" : "@3x";
        QImage mask(QStringLiteral(":/icons/%1%2.png").arg(m_name, suffix));
        if (mask.isNull())
            return {};
        mask.setDevicePixelRatio(1);
        if (mask.size() != pixels)
            mask = mask.scaled(pixels, Qt::KeepAspectRatio, Qt::SmoothTransformation);
        mask = mask.convertToFormat(QImage::Format_ARGB32_Premultiplied);
        QPainter painter(&mask);
        painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
        painter.fillRect(mask.rect(), colour);
        painter.end();
        result = QPixmap::fromImage(mask);
        QPixmapCache::insert(key, result);
        return result;
    }

private:
    QString m_name;
};

} // namespace

QIcon icon(Icon which)
{
    static const bool kept = (keepResources(), true);
    Q_UNUSED(kept)
    return QIcon(new MaskEngine(QString::fromLatin1(names.at(static_cast<std::size_t>(which)))));
}

} // namespace frameglass::ui
