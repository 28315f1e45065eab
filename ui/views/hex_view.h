// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/octets.h"

#include <QAbstractScrollArea>

#include <optional>

namespace frameglass::ui {

/// Octets as rows of hexadecimal and text. Only what can be seen is painted, so size does not matter. Octets can be
/// lit (the selection), marked (hover) and selected with mouse or keys for copying.
class HexView : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit HexView(QWidget *parent = nullptr);

    /// The first `header` octets are shown set apart. Keeps the scroll position when only the tail changed.
    void setOctets(protocol::Octets octets, std::size_t header = 0);
    const protocol::Octets &octets() const { return m_octets; }
    void setLit(std::size_t offset, std::size_t length, bool scroll = true);
    void setMarked(std::size_t offset, std::size_t length);
    void setPlaceholder(const QString &text);
    /// Line endings drawn as ␍␊ instead of dots.
    void setLineEndingsVisible(bool visible);

    std::size_t litOffset() const { return m_lit.offset; }
    std::size_t litLength() const { return m_lit.length; }
    QString selectedHex() const; ///< of the selection, else of the lit octets, else of all
    QSize sizeHint() const override;

public slots:
    void copy() const;

signals:
    void hovered(std::optional<std::size_t> offset);
    void clicked(std::size_t offset);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    struct Range
    {
        std::size_t offset = 0;
        std::size_t length = 0;
        bool holds(std::size_t at) const { return at >= offset && at - offset < length; }
    };
    void measure();
    void applyFont();
    void scrollTo(std::size_t offset);
    std::optional<std::size_t> octetAt(const QPoint &position) const;
    std::size_t rowCount() const { return (m_octets.size() + m_perRow - 1) / m_perRow; }
    int hexX(std::size_t column) const;
    int textX(std::size_t column) const;
    QChar glyphOf(std::byte octet) const;
    void paintRow(QPainter &painter, std::size_t row, int y) const;
    Range selection() const;

    protocol::Octets m_octets;
    std::size_t m_header = 0;
    Range m_lit;
    Range m_marked;
    std::optional<std::size_t> m_anchor; ///< of a selection by mouse or keys
    std::size_t m_cursor = 0;
    QString m_placeholder;
    bool m_lineEndings = false;
    std::size_t m_perRow = 16;
    int m_charWidth = 8;
    int m_rowHeight = 18;
    int m_offsetDigits = 4;
};

} // namespace frameglass::ui
