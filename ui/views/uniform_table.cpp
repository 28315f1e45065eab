// SPDX-License-Identifier: GPL-3.0-or-later
#include "uniform_table.h"

#include "uniform_table_access.h"

#include <QAccessible>
#include <QApplication>
#include <QHeaderView>
#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cstdlib>

namespace frameglass::ui {

namespace {
constexpr int farthest = 1 << 30; ///< pixels; twice as much still fits into an int
}

UniformTable::UniformTable(QWidget *parent) : QAbstractItemView(parent), m_header(new QHeaderView(Qt::Horizontal, this))
{
    installUniformTableAccess();
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollMode(ScrollPerPixel);
    setTabKeyNavigation(false);
    m_header->setSectionsClickable(true);
    m_header->setHighlightSections(false);
    const auto relayout = [this] {
        updateGeometries();
        viewport()->update();
    };
    connect(m_header, &QHeaderView::sectionResized, this, relayout);
    connect(m_header, &QHeaderView::sectionMoved, this, relayout);
    connect(m_header, &QHeaderView::sectionCountChanged, this, relayout);
    connect(m_header, &QHeaderView::geometriesChanged, this, relayout);
    connect(m_header, &QHeaderView::sectionHandleDoubleClicked, this, &UniformTable::fitColumn);
}

UniformTable::~UniformTable()
{
    delete m_header; // whose last signals still want a table
}

void UniformTable::setModel(QAbstractItemModel *model)
{
    m_header->setModel(model);
    QAbstractItemView::setModel(model);
}

void UniformTable::reset()
{
    QAbstractItemView::reset();
    updateGeometries();
}

bool UniformTable::isColumnHidden(int column) const
{
    return m_header->isSectionHidden(column);
}

void UniformTable::setColumnHidden(int column, bool hidden)
{
    m_header->setSectionHidden(column, hidden);
}

void UniformTable::setRowHeight(int pixels)
{
    m_rowHeight = std::max(1, pixels);
    updateGeometries();
    viewport()->update();
}

int UniformTable::topRow() const
{
    return verticalScrollBar()->value();
}

int UniformTable::wholeRows() const
{
    return std::max(1, viewport()->height() / m_rowHeight);
}

int UniformTable::rowAt(int y) const
{
    const qint64 row = topRow() + qint64(y) / m_rowHeight;
    return y < 0 || !model() || row >= model()->rowCount(rootIndex()) ? -1 : static_cast<int>(row);
}

int UniformTable::clampedRow(qint64 y) const
{
    const qint64 steps = y >= 0 ? y / m_rowHeight : -((-y + m_rowHeight - 1) / m_rowHeight);
    return static_cast<int>(std::clamp<qint64>(topRow() + steps, 0, model()->rowCount(rootIndex()) - 1));
}

// -- geometry

QRect UniformTable::visualRect(const QModelIndex &index) const
{
    if (!index.isValid() || isIndexHidden(index))
        return {};
    const qint64 y = (qint64(index.row()) - topRow()) * m_rowHeight;
    return QRect(m_header->sectionViewportPosition(index.column()),
                 static_cast<int>(std::clamp<qint64>(y, -farthest, farthest)), m_header->sectionSize(index.column()),
                 m_rowHeight);
}

QModelIndex UniformTable::indexAt(const QPoint &point) const
{
    const int row = rowAt(point.y());
    const int column = m_header->logicalIndexAt(point.x());
    return row < 0 || column < 0 ? QModelIndex() : model()->index(row, column, rootIndex());
}

bool UniformTable::isIndexHidden(const QModelIndex &index) const
{
    return isColumnHidden(index.column());
}

int UniformTable::horizontalOffset() const
{
    return m_header->offset();
}

int UniformTable::verticalOffset() const
{
    return static_cast<int>(std::min<qint64>(qint64(topRow()) * m_rowHeight, farthest));
}

void UniformTable::updateGeometries()
{
    const int headerHeight = m_header->isHidden() ? 0 : m_header->sizeHint().height();
    setViewportMargins(0, headerHeight, 0, 0);
    const QRect area = viewport()->geometry();
    m_header->setGeometry(area.left(), area.top() - headerHeight, area.width(), headerHeight);

    const int rows = model() ? model()->rowCount(rootIndex()) : 0;
    verticalScrollBar()->setRange(0, std::max(0, rows - wholeRows()));
    verticalScrollBar()->setPageStep(wholeRows());
    verticalScrollBar()->setSingleStep(1);
    horizontalScrollBar()->setRange(0, std::max(0, m_header->length() - area.width()));
    horizontalScrollBar()->setPageStep(area.width());
    horizontalScrollBar()->setSingleStep(std::max(area.width() / 20, 8));
    m_header->setOffset(horizontalScrollBar()->value());
    QAbstractItemView::updateGeometries();
}

void UniformTable::scrollContentsBy(int dx, int dy)
{
    if (dx != 0)
        m_header->setOffset(horizontalScrollBar()->value());
    if (std::abs(dy) > wholeRows())
        viewport()->update();
    else
        viewport()->scroll(dx, dy * m_rowHeight);
}

void UniformTable::scrollTo(const QModelIndex &index, ScrollHint hint)
{
    if (!index.isValid() || isIndexHidden(index))
        return;
    const int row = index.row();
    const int whole = wholeRows();
    int top = topRow();
    if (hint == PositionAtTop)
        top = row;
    else if (hint == PositionAtBottom)
        top = row - whole + 1;
    else if (hint == PositionAtCenter || row < top - whole || row >= top + 2 * whole)
        top = row - whole / 2; // from far away its neighbours are of interest too
    else if (row < top)
        top = row;
    else if (row >= top + whole)
        top = row - whole + 1;
    verticalScrollBar()->setValue(top);

    const int left = m_header->sectionPosition(index.column());
    const int size = m_header->sectionSize(index.column());
    QScrollBar *bar = horizontalScrollBar();
    if (left < bar->value() || size > viewport()->width())
        bar->setValue(left);
    else if (left + size > bar->value() + viewport()->width())
        bar->setValue(left + size - viewport()->width());
}

// -- selection

std::vector<UniformTable::RowRange> UniformTable::selectedRanges() const
{
    std::vector<RowRange> ranges;
    if (!selectionModel())
        return ranges;
    for (const QItemSelectionRange &range : selectionModel()->selection())
        ranges.push_back({range.top(), range.bottom()});
    std::sort(ranges.begin(), ranges.end(), [](RowRange a, RowRange b) { return a.first < b.first; });
    std::vector<RowRange> merged;
    for (const RowRange range : ranges) {
        if (!merged.empty() && range.first <= merged.back().last + 1)
            merged.back().last = std::max(merged.back().last, range.last);
        else
            merged.push_back(range);
    }
    return merged;
}

void UniformTable::selectRow(int row)
{
    if (model() && row >= 0 && row < model()->rowCount(rootIndex()))
        selectionModel()->setCurrentIndex(model()->index(row, 0, rootIndex()),
                                          QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void UniformTable::setSelection(const QRect &rect, QItemSelectionModel::SelectionFlags command)
{
    if (!model() || model()->rowCount(rootIndex()) == 0)
        return;
    // The rectangle may be drawn upwards.
    const int first = clampedRow(std::min(rect.top(), rect.bottom()));
    const int last = clampedRow(std::max(rect.top(), rect.bottom()));
    const QModelIndex from = model()->index(first, 0, rootIndex());
    const QModelIndex to = model()->index(last, model()->columnCount(rootIndex()) - 1, rootIndex());
    selectionModel()->select(QItemSelection(from, to), command);
}

QRegion UniformTable::visualRegionForSelection(const QItemSelection &selection) const
{
    QRegion region;
    const int top = topRow();
    const int bottom = top + wholeRows() + 1;
    for (const QItemSelectionRange &range : selection) {
        const int first = std::max(range.top(), top);
        const int last = std::min(range.bottom(), bottom);
        if (first <= last)
            region += QRect(0, (first - top) * m_rowHeight, viewport()->width(), (last - first + 1) * m_rowHeight);
    }
    return region;
}

std::vector<int> UniformTable::visibleColumns() const
{
    std::vector<int> columns;
    for (int visual = 0; visual < m_header->count(); ++visual) {
        const int column = m_header->logicalIndex(visual);
        if (!isColumnHidden(column))
            columns.push_back(column);
    }
    return columns;
}

int UniformTable::columnToward(int column, int step) const
{
    const std::vector<int> columns = visibleColumns();
    const auto at = std::find(columns.begin(), columns.end(), column);
    if (at == columns.end())
        return columns.empty() ? 0 : columns.front();
    const auto place =
        std::clamp<std::ptrdiff_t>(at - columns.begin() + step, 0, static_cast<std::ptrdiff_t>(columns.size()) - 1);
    return columns[static_cast<std::size_t>(place)];
}

QModelIndex UniformTable::moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers)
{
    const int rows = model() ? model()->rowCount(rootIndex()) : 0;
    if (rows == 0)
        return {};
    const QModelIndex now = currentIndex();
    int row = now.isValid() ? now.row() : topRow();
    int column = columnToward(now.isValid() ? now.column() : 0, 0);
    if (!now.isValid())
        return model()->index(row, column, rootIndex());
    const bool right = isRightToLeft() == (action == MoveLeft);
    switch (action) {
    case MoveUp:
    case MovePrevious: --row; break;
    case MoveDown:
    case MoveNext: ++row; break;
    case MovePageUp: row -= wholeRows() - 1; break;
    case MovePageDown: row += wholeRows() - 1; break;
    case MoveHome: row = 0; break;
    case MoveEnd: row = rows - 1; break;
    case MoveLeft:
    case MoveRight: column = columnToward(column, right ? 1 : -1); break;
    }
    if ((modifiers & Qt::ControlModifier) && action == MoveUp)
        row = 0;
    else if ((modifiers & Qt::ControlModifier) && action == MoveDown)
        row = rows - 1;
    return model()->index(std::clamp(row, 0, rows - 1), column, rootIndex());
}

void UniformTable::keyboardSearch(const QString &) {}

// -- changes

void UniformTable::rowsInserted(const QModelIndex &parent, int start, int end)
{
    QAbstractItemView::rowsInserted(parent, start, end);
    updateGeometries();
    if (start <= topRow() + wholeRows())
        viewport()->update();
}

void UniformTable::rowsAboutToBeRemoved(const QModelIndex &parent, int start, int end)
{
    QAbstractItemView::rowsAboutToBeRemoved(parent, start, end);
    viewport()->update();
}

void UniformTable::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QAbstractItemView::currentChanged(current, previous);
    if (!QAccessible::isActive() || !current.isValid() || !hasFocus())
        return;
    QAccessibleEvent event(this, QAccessible::Focus);
    event.setChild(accessibleChildOf(*this, current));
    QAccessible::updateAccessibility(&event);
}

void UniformTable::fitColumn(int column)
{
    int width = m_header->sectionSizeHint(column);
    const int end = std::min(topRow() + wholeRows() + 1, model()->rowCount(rootIndex()));
    for (int row = topRow(); row < end; ++row)
        width = std::max(width, sizeHintForIndex(model()->index(row, column, rootIndex())).width());
    m_header->resizeSection(column, width);
}

// -- painting

void UniformTable::paintEvent(QPaintEvent *event)
{
    if (!model() || !itemDelegate())
        return;
    QPainter painter(viewport());
    QStyleOptionViewItem base;
    initViewItemOption(&base);
    base.state &= ~(QStyle::State_MouseOver | QStyle::State_HasFocus);
    const bool enabled = base.state & QStyle::State_Enabled;
    const bool active = base.state & QStyle::State_Active;
    base.palette.setCurrentColorGroup(!enabled ? QPalette::Disabled : active ? QPalette::Normal : QPalette::Inactive);
    std::vector<int> columns;
    for (const int column : visibleColumns()) {
        const int left = m_header->sectionViewportPosition(column);
        if (left <= event->rect().right() && left + m_header->sectionSize(column) > event->rect().left())
            columns.push_back(column);
    }
    const int first = topRow() + event->rect().top() / m_rowHeight;
    const int last = std::min(topRow() + event->rect().bottom() / m_rowHeight, model()->rowCount(rootIndex()) - 1);
    const QModelIndex hovered =
        viewport()->underMouse() ? indexAt(viewport()->mapFromGlobal(QCursor::pos())) : QModelIndex();
    const QModelIndex focused = hasFocus() ? currentIndex() : QModelIndex();
    for (int row = first; row <= last; ++row) {
        base.state.setFlag(QStyle::State_Selected, selectionModel()->isSelected(model()->index(row, 0, rootIndex())));
        for (const int column : columns) {
            const QModelIndex index = model()->index(row, column, rootIndex());
            QStyleOptionViewItem option = base;
            option.index = index;
            option.rect = visualRect(index);
            option.state.setFlag(QStyle::State_MouseOver, index == hovered);
            option.state.setFlag(QStyle::State_HasFocus, index == focused);
            style()->drawPrimitive(QStyle::PE_PanelItemViewRow, &option, &painter, this);
            itemDelegateForIndex(index)->paint(&painter, option, index);
        }
    }
}

} // namespace frameglass::ui
