// SPDX-License-Identifier: GPL-3.0-or-later
#include "hex_view.h"

#include "ui/support/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace frameglass::ui {

namespace {
constexpr int margin = 2 * Theme::space;
constexpr std::size_t none = static_cast<std::size_t>(-1);
} // namespace

HexView::HexView(QWidget *parent) : QAbstractScrollArea(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    viewport()->setMouseTracking(true);
    viewport()->setCursor(Qt::IBeamCursor);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        applyFont();
        viewport()->update();
    });
    applyFont();
}

void HexView::applyFont()
{
    setFont(Theme::instance().monospace());
    const QFontMetrics metrics(font());
    m_charWidth = std::max(1, metrics.horizontalAdvance(QLatin1Char('0')));
    m_rowHeight = metrics.height() + 2;
    measure();
}

void HexView::setOctets(protocol::Octets octets, std::size_t header)
{
    const bool sameStart = !m_octets.empty() && octets.size() >= m_octets.size() && m_header == header &&
                           std::equal(m_octets.begin(), m_octets.end(), octets.begin());
    m_octets = std::move(octets);
    m_header = header;
    if (!sameStart) {
        m_lit = m_marked = {};
        m_anchor.reset();
        m_cursor = 0;
        verticalScrollBar()->setValue(0);
    }
    measure();
    viewport()->update();
}

void HexView::setLit(std::size_t offset, std::size_t length, bool scroll)
{
    m_lit = {offset, length};
    if (length > 0 && scroll && offset < m_octets.size())
        scrollTo(offset);
    viewport()->update();
}

void HexView::setMarked(std::size_t offset, std::size_t length)
{
    if (m_marked.offset == offset && m_marked.length == length)
        return;
    m_marked = {offset, length};
    viewport()->update();
}

void HexView::setPlaceholder(const QString &text)
{
    m_placeholder = text;
    viewport()->update();
}

void HexView::setLineEndingsVisible(bool visible)
{
    m_lineEndings = visible;
    viewport()->update();
}

QSize HexView::sizeHint() const
{
    return {textX(m_perRow) + margin, 8 * m_rowHeight};
}

int HexView::hexX(std::size_t column) const
{
    // Two blanks after the offset, one between octets, one more in the middle of a row of 16.
    const std::size_t gaps = column + (m_perRow > 8 && column >= 8 ? 1 : 0);
    return margin + m_charWidth * (m_offsetDigits + 2 + static_cast<int>(2 * column + gaps));
}

int HexView::textX(std::size_t column) const
{
    return hexX(m_perRow) + m_charWidth * static_cast<int>(1 + column);
}

void HexView::measure()
{
    m_offsetDigits = m_octets.size() > 0xffff ? 8 : 4;
    m_perRow = 16;
    if (textX(16) + margin > viewport()->width())
        m_perRow = 8;
    const int visible = std::max(1, viewport()->height() / m_rowHeight);
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(rowCount()) - visible));
    verticalScrollBar()->setPageStep(visible);
    const int width = textX(m_perRow) + margin;
    horizontalScrollBar()->setRange(0, std::max(0, width - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
}

void HexView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    measure();
}

void HexView::scrollTo(std::size_t offset)
{
    const int row = static_cast<int>(offset / m_perRow);
    QScrollBar *bar = verticalScrollBar();
    if (row < bar->value())
        bar->setValue(row);
    else if (row >= bar->value() + bar->pageStep())
        bar->setValue(row - bar->pageStep() + 1);
}

QChar HexView::glyphOf(std::byte octet) const
{
    const auto value = std::to_integer<ushort>(octet);
    if (m_lineEndings && (value == '\r' || value == '\n' || value == '\t' || value == 0))
        return QChar(0x2400 + value);
    return value >= 0x20 && value < 0x7f ? QChar(value) : QChar(0x00b7);
}

HexView::Range HexView::selection() const
{
    if (!m_anchor)
        return {};
    const std::size_t from = std::min(*m_anchor, m_cursor);
    return {from, std::max(*m_anchor, m_cursor) - from + 1};
}

void HexView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    const Tokens &tokens = Theme::instance().tokens();
    painter.fillRect(viewport()->rect(), tokens.surface);
    if (m_octets.empty()) {
        painter.setPen(tokens.quiet);
        painter.setFont(QApplication::font());
        painter.drawText(viewport()->rect().adjusted(margin, margin, -margin, -margin),
                         static_cast<int>(Qt::AlignTop | Qt::AlignLeft) | Qt::TextWordWrap, m_placeholder);
        return;
    }
    painter.setFont(font());
    painter.translate(-horizontalScrollBar()->value(), 0);
    int y = Theme::space;
    for (auto row = static_cast<std::size_t>(verticalScrollBar()->value());
         row < rowCount() && y < viewport()->height(); ++row, y += m_rowHeight)
        paintRow(painter, row, y);
    if (hasFocus()) {
        painter.resetTransform();
        painter.setPen(QPen(tokens.accent, 2));
        painter.drawRect(viewport()->rect().adjusted(1, 1, -1, -1));
    }
}

void HexView::paintRow(QPainter &painter, std::size_t row, int y) const
{
    const Tokens &tokens = Theme::instance().tokens();
    const int baseline = y + painter.fontMetrics().ascent() + 1;
    const std::size_t first = row * m_perRow;
    painter.setPen(tokens.quiet);
    painter.drawText(margin, baseline, QStringLiteral("%1").arg(first, m_offsetDigits, 16, QLatin1Char('0')));
    const Range selected = selection();
    for (std::size_t column = 0; column < m_perRow && first + column < m_octets.size(); ++column) {
        const std::size_t at = first + column;
        QColor ground;
        if (selected.holds(at) || m_lit.holds(at)) {
            ground = tokens.accent;
            ground.setAlpha(m_lit.holds(at) ? 110 : 70);
        } else if (m_marked.holds(at)) {
            ground = tokens.line;
        }
        if (ground.isValid()) {
            const bool joins = column + 1 < m_perRow && (selected.holds(at) ? selected.holds(at + 1)
                                                         : m_lit.holds(at)  ? m_lit.holds(at + 1)
                                                                            : m_marked.holds(at + 1));
            const int width = joins ? hexX(column + 1) - hexX(column) : 2 * m_charWidth;
            painter.fillRect(hexX(column), y, width, m_rowHeight, ground);
            painter.fillRect(textX(column), y, m_charWidth, m_rowHeight, ground);
        }
        painter.setPen(at < m_header ? tokens.accent : tokens.text);
        const auto value = std::to_integer<unsigned>(m_octets[at]);
        painter.drawText(hexX(column), baseline, QStringLiteral("%1").arg(value, 2, 16, QLatin1Char('0')));
        const QChar glyph = glyphOf(m_octets[at]);
        if (at >= m_header && (glyph == QChar(0x00b7) || glyph.unicode() >= 0x2400))
            painter.setPen(tokens.quiet);
        painter.drawText(textX(column), baseline, glyph);
    }
}

std::optional<std::size_t> HexView::octetAt(const QPoint &position) const
{
    if (m_octets.empty() || position.y() < Theme::space)
        return std::nullopt;
    const int x = position.x() + horizontalScrollBar()->value();
    const auto row =
        static_cast<std::size_t>(verticalScrollBar()->value() + (position.y() - Theme::space) / m_rowHeight);
    for (std::size_t column = 0; column < m_perRow; ++column) {
        const bool overHex = x >= hexX(column) - m_charWidth / 2 && x < hexX(column + 1) - m_charWidth / 2;
        const bool overText = x >= textX(column) && x < textX(column + 1);
        if (overHex || overText) {
            const std::size_t at = row * m_perRow + column;
            return at < m_octets.size() ? std::optional(at) : std::nullopt;
        }
    }
    return std::nullopt;
}

void HexView::mouseMoveEvent(QMouseEvent *event)
{
    const auto at = octetAt(event->position().toPoint());
    if ((event->buttons() & Qt::LeftButton) != 0 && at) {
        m_cursor = *at;
        viewport()->update();
    }
    emit hovered(at);
}

void HexView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_anchor = octetAt(event->position().toPoint());
    m_cursor = m_anchor.value_or(m_cursor);
    viewport()->update();
}

void HexView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !m_anchor || *m_anchor != m_cursor)
        return;
    m_anchor.reset();
    emit clicked(m_cursor);
}

void HexView::leaveEvent(QEvent *event)
{
    QAbstractScrollArea::leaveEvent(event);
    emit hovered(std::nullopt);
}

void HexView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy();
        return;
    }
    if (event->matches(QKeySequence::SelectAll) && !m_octets.empty()) {
        m_anchor = 0;
        m_cursor = m_octets.size() - 1;
        viewport()->update();
        return;
    }
    const std::size_t row = m_perRow;
    const auto page = static_cast<std::size_t>(verticalScrollBar()->pageStep()) * row;
    std::size_t to = none;
    switch (event->key()) {
    case Qt::Key_Left: to = m_cursor > 0 ? m_cursor - 1 : 0; break;
    case Qt::Key_Right: to = m_cursor + 1; break;
    case Qt::Key_Up: to = m_cursor >= row ? m_cursor - row : m_cursor; break;
    case Qt::Key_Down: to = m_cursor + row; break;
    case Qt::Key_PageUp: to = m_cursor > page ? m_cursor - page : 0; break;
    case Qt::Key_PageDown: to = m_cursor + page; break;
    case Qt::Key_Home: to = 0; break;
    case Qt::Key_End: to = none - 1; break;
    default: QAbstractScrollArea::keyPressEvent(event); return;
    }
    if (m_octets.empty())
        return;
    if ((event->modifiers() & Qt::ShiftModifier) == 0)
        m_anchor.reset();
    else if (!m_anchor)
        m_anchor = m_cursor;
    m_cursor = std::min(to, m_octets.size() - 1);
    scrollTo(m_cursor);
    if (!m_anchor)
        emit clicked(m_cursor);
    viewport()->update();
}

QString HexView::selectedHex() const
{
    Range range = selection();
    if (range.length == 0)
        range = m_lit.length > 0 ? m_lit : Range{0, m_octets.size()};
    if (range.offset >= m_octets.size())
        return {};
    const std::size_t length = std::min(range.length, m_octets.size() - range.offset);
    return QString::fromLatin1(
        QByteArray(reinterpret_cast<const char *>(m_octets.data() + range.offset), static_cast<qsizetype>(length))
            .toHex(' '));
}

void HexView::copy() const
{
    QApplication::clipboard()->setText(selectedHex());
}

void HexView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *copyHex = menu->addAction(tr("Copy as hexadecimal"), this, &HexView::copy);
    copyHex->setShortcut(QKeySequence::Copy);
    copyHex->setEnabled(!m_octets.empty());
    menu->popup(event->globalPos());
}

void HexView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange)
        applyFont();
}

} // namespace frameglass::ui
