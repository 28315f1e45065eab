// SPDX-License-Identifier: GPL-3.0-or-later
#include "uniform_table_access.h"

#include "uniform_table.h"

#include <QAccessibleWidget>
#include <QHeaderView>
#include <QPointer>

#include <algorithm>
#include <deque>
#include <limits>
#include <unordered_map>

namespace frameglass::ui {

namespace {

int rowsOf(const UniformTable &table)
{
    return table.model() ? table.model()->rowCount() : 0;
}

int columnsOf(const UniformTable &table)
{
    return table.model() ? table.model()->columnCount() : 0;
}

/// A cell, or with row -1 the head of a column.
class CellAccess final : public QAccessibleInterface, public QAccessibleTableCellInterface
{
public:
    CellAccess(UniformTable *table, int row, int column) : m_table(table), m_row(row), m_column(column) {}

    bool isValid() const override { return m_table && m_row < rowsOf(*m_table) && m_column < columnsOf(*m_table); }
    QObject *object() const override { return nullptr; }
    QAccessibleInterface *parent() const override { return QAccessible::queryAccessibleInterface(m_table.data()); }
    QAccessibleInterface *child(int) const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    void setText(QAccessible::Text, const QString &) override {}
    QAccessible::Role role() const override { return m_row < 0 ? QAccessible::ColumnHeader : QAccessible::Cell; }
    QString text(QAccessible::Text kind) const override
    {
        if (!isValid() || (kind != QAccessible::Name && kind != QAccessible::Description))
            return {};
        if (m_row < 0)
            return m_table->model()
                ->headerData(m_column, Qt::Horizontal, kind == QAccessible::Name ? Qt::DisplayRole : Qt::ToolTipRole)
                .toString();
        if (kind == QAccessible::Description)
            return {};
        const QString spoken = index().data(Qt::AccessibleTextRole).toString();
        return spoken.isEmpty() ? index().data(Qt::DisplayRole).toString() : spoken;
    }
    QRect rect() const override
    {
        if (!isValid())
            return {};
        if (m_row < 0) {
            const QHeaderView *header = m_table->horizontalHeader();
            const QPoint corner(header->sectionViewportPosition(m_column), 0);
            return {header->mapToGlobal(corner), QSize(header->sectionSize(m_column), header->height())};
        }
        const QRect cell = m_table->visualRect(index()).intersected(m_table->viewport()->rect());
        return cell.isEmpty() ? QRect() : QRect(m_table->viewport()->mapToGlobal(cell.topLeft()), cell.size());
    }
    QAccessible::State state() const override
    {
        QAccessible::State state;
        if (!isValid()) {
            state.invalid = true;
            return state;
        }
        state.invisible = m_table->isColumnHidden(m_column) || !m_table->isVisible();
        state.readOnly = true;
        if (m_row < 0)
            return state;
        state.offscreen = rect().isEmpty();
        state.selectable = true;
        state.focusable = true;
        state.selected = isSelected();
        state.focused = m_table->hasFocus() && m_table->currentIndex() == index();
        return state;
    }
    void *interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::TableCellInterface ? static_cast<QAccessibleTableCellInterface *>(this) : nullptr;
    }

    // QAccessibleTableCellInterface
    bool isSelected() const override
    {
        return m_row >= 0 && isValid() && m_table->selectionModel()->isSelected(index());
    }
    QList<QAccessibleInterface *> columnHeaderCells() const override;
    QList<QAccessibleInterface *> rowHeaderCells() const override { return {}; }
    int columnIndex() const override { return m_column; }
    int rowIndex() const override { return std::max(m_row, 0); }
    int columnExtent() const override { return 1; }
    int rowExtent() const override { return 1; }
    QAccessibleInterface *table() const override { return parent(); }

    int row() const { return m_row; }

private:
    QModelIndex index() const { return m_table->model()->index(m_row, m_column); }

    QPointer<UniformTable> m_table;
    int m_row;
    int m_column;
};

class TableAccess final : public QAccessibleWidget, public QAccessibleTableInterface
{
public:
    explicit TableAccess(UniformTable *table) : QAccessibleWidget(table, QAccessible::Table) {}
    ~TableAccess() override { forget(0); }

    UniformTable &table() const { return *static_cast<UniformTable *>(widget()); }

    int childCount() const override
    {
        const qint64 count = (qint64(rowsOf(table())) + 1) * columnsOf(table());
        return static_cast<int>(std::min<qint64>(count, std::numeric_limits<int>::max()));
    }
    QAccessibleInterface *child(int number) const override
    {
        const int columns = columnsOf(table());
        if (number < 0 || number >= childCount() || columns == 0)
            return nullptr;
        return cell(number / columns - 1, number % columns);
    }
    int indexOfChild(const QAccessibleInterface *child) const override
    {
        const auto *cell = dynamic_cast<const CellAccess *>(child);
        return cell && cell->parent() == this ? (cell->row() + 1) * columnsOf(table()) + cell->columnIndex() : -1;
    }
    QAccessibleInterface *childAt(int x, int y) const override
    {
        const QModelIndex index = table().indexAt(table().viewport()->mapFromGlobal(QPoint(x, y)));
        return index.isValid() ? cell(index.row(), index.column()) : nullptr;
    }
    QAccessibleInterface *focusChild() const override
    {
        const QModelIndex index = table().hasFocus() ? table().currentIndex() : QModelIndex();
        return index.isValid() ? cell(index.row(), index.column()) : nullptr;
    }
    void *interface_cast(QAccessible::InterfaceType type) override
    {
        if (type == QAccessible::TableInterface)
            return static_cast<QAccessibleTableInterface *>(this);
        return QAccessibleWidget::interface_cast(type);
    }

    // QAccessibleTableInterface
    QAccessibleInterface *caption() const override { return nullptr; }
    QAccessibleInterface *summary() const override { return nullptr; }
    QAccessibleInterface *cellAt(int row, int column) const override
    {
        const bool is = row >= 0 && row < rowsOf(table()) && column >= 0 && column < columnsOf(table());
        return is ? cell(row, column) : nullptr;
    }
    int rowCount() const override { return rowsOf(table()); }
    int columnCount() const override { return columnsOf(table()); }
    QString columnDescription(int column) const override
    {
        return table().model() ? table().model()->headerData(column, Qt::Horizontal).toString() : QString();
    }
    QString rowDescription(int) const override { return {}; }
    int selectedRowCount() const override
    {
        qint64 count = 0;
        for (const UniformTable::RowRange range : table().selectedRanges())
            count += range.size();
        return static_cast<int>(count);
    }
    int selectedColumnCount() const override { return 0; }
    int selectedCellCount() const override { return static_cast<int>(selectedCells().size()); }
    QList<int> selectedRows() const override
    {
        QList<int> rows;
        for (const UniformTable::RowRange range : table().selectedRanges())
            for (int row = range.first; row <= range.last && rows.size() < longestList; ++row)
                rows.append(row);
        return rows;
    }
    QList<int> selectedColumns() const override { return {}; }
    QList<QAccessibleInterface *> selectedCells() const override
    {
        QList<QAccessibleInterface *> cells;
        const int columns = columnsOf(table());
        for (const int row : selectedRows())
            for (int column = 0; column < columns && cells.size() < longestList; ++column)
                cells.append(cell(row, column));
        return cells;
    }
    bool isColumnSelected(int) const override { return false; }
    bool isRowSelected(int row) const override
    {
        return cellAt(row, 0) && table().selectionModel()->isSelected(table().model()->index(row, 0));
    }
    bool selectRow(int row) override
    {
        if (!cellAt(row, 0))
            return false;
        table().selectRow(row);
        return true;
    }
    bool selectColumn(int) override { return false; }
    bool unselectRow(int row) override
    {
        if (!cellAt(row, 0))
            return false;
        table().selectionModel()->select(table().model()->index(row, 0),
                                         QItemSelectionModel::Deselect | QItemSelectionModel::Rows);
        return true;
    }
    bool unselectColumn(int) override { return false; }
    void modelChange(QAccessibleTableModelChangeEvent *) override { forget(0); }

    /// Interfaces are made when asked for; those asked for last are kept.
    QAccessibleInterface *cell(int row, int column) const
    {
        const qint64 key = (qint64(row) + 1) << 16 | column;
        if (const auto found = m_cells.find(key); found != m_cells.end())
            return QAccessible::accessibleInterface(found->second);
        forget(keptCells - 1);
        QAccessibleInterface *made = new CellAccess(&table(), row, column);
        m_cells.emplace(key, QAccessible::registerAccessibleInterface(made));
        m_order.push_back(key);
        return made;
    }

private:
    static constexpr qsizetype longestList = 10'000;
    static constexpr std::size_t keptCells = 2 * longestList;

    void forget(std::size_t but) const
    {
        for (; m_order.size() > but; m_order.pop_front()) {
            const auto found = m_cells.find(m_order.front());
            QAccessible::deleteAccessibleInterface(found->second);
            m_cells.erase(found);
        }
    }

    mutable std::unordered_map<qint64, QAccessible::Id> m_cells;
    mutable std::deque<qint64> m_order; ///< oldest first
};

QList<QAccessibleInterface *> CellAccess::columnHeaderCells() const
{
    auto *access = m_row < 0 ? nullptr : dynamic_cast<TableAccess *>(parent());
    return access ? QList<QAccessibleInterface *>{access->cell(-1, m_column)} : QList<QAccessibleInterface *>();
}

QAccessibleInterface *accessOf(const QString &, QObject *object)
{
    auto *table = qobject_cast<UniformTable *>(object);
    return table ? new TableAccess(table) : nullptr;
}

} // namespace

void installUniformTableAccess()
{
    static const bool once = [] {
        QAccessible::installFactory(accessOf);
        return true;
    }();
    Q_UNUSED(once)
}

int accessibleChildOf(const UniformTable &table, const QModelIndex &cell)
{
    return (cell.row() + 1) * columnsOf(table) + cell.column();
}

} // namespace frameglass::ui
