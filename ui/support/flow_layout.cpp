// SPDX-License-Identifier: GPL-3.0-or-later
#include "flow_layout.h"

#include "theme.h"

#include <QWidget>

#include <algorithm>

namespace frameglass::ui {

FlowLayout::FlowLayout(QWidget *parent) : QLayout(parent)
{
    setSpacing(2 * Theme::space);
}

FlowLayout::~FlowLayout() = default;

void FlowLayout::alignRight()
{
    m_firstRight = m_items.size();
}

void FlowLayout::setStretching(bool stretching)
{
    m_stretching = stretching;
}

void FlowLayout::addItem(QLayoutItem *item)
{
    m_items.emplace_back(item);
    invalidate();
}

int FlowLayout::count() const
{
    return int(m_items.size());
}

QLayoutItem *FlowLayout::itemAt(int index) const
{
    return index >= 0 && index < count() ? m_items[std::size_t(index)].get() : nullptr;
}

QLayoutItem *FlowLayout::takeAt(int index)
{
    if (index < 0 || index >= count())
        return nullptr;
    const auto at = m_items.begin() + index;
    QLayoutItem *item = at->release();
    m_items.erase(at);
    return item;
}

int FlowLayout::heightForWidth(int width) const
{
    return arrange(QRect(0, 0, width, 0), false);
}

QSize FlowLayout::sizeHint() const
{
    int width = 0;
    int height = 0;
    for (const auto &item : m_items) {
        if (item->isEmpty())
            continue;
        const QSize hint = item->sizeHint();
        width += (width > 0 ? spacing() : 0) + hint.width();
        height = std::max(height, hint.height());
    }
    const QMargins margins = contentsMargins();
    return {width + margins.left() + margins.right(), height + margins.top() + margins.bottom()};
}

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const auto &item : m_items)
        if (!item->isEmpty())
            size = size.expandedTo(item->minimumSize());
    const QMargins margins = contentsMargins();
    return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

void FlowLayout::setGeometry(const QRect &rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

// Returns the height that the items need in this width.
int FlowLayout::arrange(const QRect &rect, bool apply) const
{
    const QRect area = rect.marginsRemoved(contentsMargins());
    std::vector<QLayoutItem *> line;
    int used = 0;
    int height = 0;
    int top = area.top();
    bool first = true;
    const auto endLine = [&](bool last) {
        if (apply)
            placeLine(line, QRect(area.left(), top, area.width(), height), first && last);
        top += height + (last ? 0 : spacing());
        line.clear();
        used = height = 0;
        first = false;
    };
    for (const auto &item : m_items) {
        if (item->isEmpty())
            continue;
        const QSize hint = item->sizeHint();
        if (!line.empty() && used + spacing() + hint.width() > area.width())
            endLine(false);
        used += (line.empty() ? 0 : spacing()) + hint.width();
        height = std::max(height, hint.height());
        line.push_back(item.get());
    }
    endLine(true);
    return top - rect.top() + contentsMargins().bottom();
}

void FlowLayout::placeLine(const std::vector<QLayoutItem *> &line, const QRect &rect, bool onlyLine) const
{
    int wanted = 0;
    for (const QLayoutItem *item : line)
        wanted += item->sizeHint().width() + (item == line.front() ? 0 : spacing());
    int left = std::max(0, rect.width() - wanted);
    int x = rect.left();
    int remaining = int(line.size());
    for (QLayoutItem *item : line) {
        const bool isFirstRight = m_firstRight < m_items.size() && item == m_items[m_firstRight].get();
        if (onlyLine && isFirstRight) {
            x += left;
            left = 0;
        }
        int width = std::min(item->sizeHint().width(), rect.width());
        if (m_stretching) {
            width += left / remaining;
            left -= left / remaining;
        }
        --remaining;
        item->setGeometry(QRect(x, rect.top(), width, rect.height()));
        x += width + spacing();
    }
}

} // namespace frameglass::ui
