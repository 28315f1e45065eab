// SPDX-License-Identifier: GPL-3.0-or-later
#include "wrap_delegate.h"

#include "ui/support/theme.h"

#include <QApplication>
#include <QHeaderView>
#include <QPainter>
#include <QTextLayout>
#include <QTreeView>

#include <algorithm>
#include <utility>

namespace frameglass::ui {

namespace {

constexpr int sideMargin = Theme::space + 1;
constexpr qsizetype mostCharacters = 4096; // of what is laid out: more never fits

struct Lines
{
    QStringList texts;
    bool isCut = false;
};

Lines linesOf(const QString &text, const QFont &font, int width)
{
    Lines lines;
    const QString shown = text.left(mostCharacters);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    QTextLayout layout(shown, font);
    layout.setTextOption(option);
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(std::max(width, 1));
        if (lines.texts.size() + 1 == WrapDelegate::mostLines) {
            const QString rest = shown.mid(line.textStart());
            lines.texts += QFontMetrics(font).elidedText(rest, Qt::ElideRight, width);
            lines.isCut = lines.texts.last() != rest;
            break;
        }
        lines.texts += shown.mid(line.textStart(), line.textLength());
    }
    layout.endLayout();
    lines.isCut = lines.isCut || shown.size() < text.size();
    return lines;
}

} // namespace

WrapDelegate::WrapDelegate(QTreeView *tree) : QStyledItemDelegate(tree), m_tree(tree)
{
    tree->setItemDelegate(this);
    tree->setUniformRowHeights(false);
    connect(tree->header(), &QHeaderView::sectionResized, this, [this] { emit sizeHintChanged({}); });
}

void WrapDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QString text = std::exchange(cell.text, QString());
    const QStyle *style = cell.widget ? cell.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, cell.widget);

    const QFontMetrics metrics(cell.font);
    const QRect area = cell.rect.adjusted(sideMargin, 0, -sideMargin, 0);
    const bool selected = cell.state & QStyle::State_Selected;
    painter->save();
    painter->setClipRect(cell.rect);
    painter->setFont(cell.font);
    painter->setPen(cell.palette.color(selected ? QPalette::HighlightedText : QPalette::Text));
    int top = area.top() + (Theme::instance().rowPixels() - metrics.height()) / 2;
    for (const QString &line : linesOf(text, cell.font, area.width()).texts) {
        painter->drawText(area.left(), top + metrics.ascent(), line);
        top += metrics.lineSpacing();
    }
    painter->restore();
}

QSize WrapDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QFontMetrics metrics(cell.font);
    // A column that fits its contents is asked before it has a width: then one line is what it wants.
    const int wanted = metrics.horizontalAdvance(cell.text.left(mostCharacters)) + 2 * sideMargin + 1;
    const auto lines = linesOf(cell.text, cell.font, widthOf(index)).texts.size();
    const int more = int(std::max<qsizetype>(lines, 1) - 1);
    return {wanted, Theme::instance().rowPixels() + more * metrics.lineSpacing()};
}

/// Room for the text of a cell: the first column is indented.
int WrapDelegate::widthOf(const QModelIndex &index) const
{
    int width = m_tree->isFirstColumnSpanned(index.row(), index.parent()) ? m_tree->viewport()->width()
                                                                          : m_tree->columnWidth(index.column());
    if (index.column() == 0) {
        int levels = m_tree->rootIsDecorated() ? 1 : 0;
        for (QModelIndex above = index.parent(); above.isValid(); above = above.parent())
            ++levels;
        width -= levels * m_tree->indentation();
    }
    return width - 2 * sideMargin;
}

bool WrapDelegate::isCut(const QModelIndex &index) const
{
    QStyleOptionViewItem cell;
    cell.font = m_tree->font();
    initStyleOption(&cell, index);
    return linesOf(cell.text, cell.font, widthOf(index)).isCut;
}

} // namespace frameglass::ui
