// SPDX-License-Identifier: GPL-3.0-or-later
#include "quiet_tree.h"

#include "ui/support/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>

namespace frameglass::ui {

QuietTree::QuietTree(QWidget *parent) : QTreeWidget(parent)
{
    setRootIsDecorated(false);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setFrameShape(QFrame::NoFrame);
    setTextElideMode(Qt::ElideRight);
    header()->setHighlightSections(false);
    header()->setStretchLastSection(true);
}

void QuietTree::setPlaceholder(const QString &text)
{
    m_placeholder = text;
    viewport()->update();
}

QString QuietTree::currentText() const
{
    const QTreeWidgetItem *item = currentItem();
    QStringList cells;
    for (int column = 0; item && column < columnCount(); ++column)
        cells += item->text(column);
    return cells.join(QLatin1Char('\t'));
}

void QuietTree::copy() const
{
    QApplication::clipboard()->setText(currentText());
}

void QuietTree::paintEvent(QPaintEvent *event)
{
    QTreeWidget::paintEvent(event);
    if (topLevelItemCount() > 0 || m_placeholder.isEmpty())
        return;
    QPainter painter(viewport());
    painter.setPen(Theme::instance().tokens().quiet);
    constexpr int margin = 2 * Theme::space;
    painter.drawText(viewport()->rect().adjusted(margin, margin, -margin, -margin),
                     static_cast<int>(Qt::AlignTop | Qt::AlignLeft) | Qt::TextWordWrap, m_placeholder);
}

void QuietTree::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy) && currentItem()) {
        copy();
        event->accept();
        return;
    }
    QTreeWidget::keyPressEvent(event);
}

} // namespace frameglass::ui
