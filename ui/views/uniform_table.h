// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemView>

#include <vector>

class QHeaderView;

namespace frameglass::ui {

/// A table whose rows are all of one height, so that it holds nothing per row: ten million rows cost what ten do.
/// Whole rows are selected; columns are moved, resized and hidden in the header. The vertical scroll bar counts rows.
/// Distances are pixels in an int: a selection drawn with the pointer reaches 2^30 pixels far (48 million rows of 22).
class UniformTable : public QAbstractItemView
{
    Q_OBJECT
public:
    explicit UniformTable(QWidget *parent = nullptr);
    ~UniformTable() override;

    void setModel(QAbstractItemModel *model) override;
    QHeaderView *horizontalHeader() const { return m_header; }
    bool isColumnHidden(int column) const;
    void setColumnHidden(int column, bool hidden);

    int rowHeight() const { return m_rowHeight; }
    void setRowHeight(int pixels);
    /// The row at the top, and how many are seen whole.
    int topRow() const;
    int wholeRows() const;
    int rowAt(int y) const; ///< of the viewport; -1 where there is none

    struct RowRange
    {
        int first;
        int last;
        int size() const { return last - first + 1; }
    };
    /// In order, not overlapping.
    std::vector<RowRange> selectedRanges() const;
    void selectRow(int row);

    QRect visualRect(const QModelIndex &index) const override;
    void scrollTo(const QModelIndex &index, ScrollHint hint = EnsureVisible) override;
    QModelIndex indexAt(const QPoint &point) const override;
    void keyboardSearch(const QString &search) override; ///< does nothing: it would ask each row
    void reset() override;

protected:
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    int horizontalOffset() const override;
    int verticalOffset() const override;
    bool isIndexHidden(const QModelIndex &index) const override;
    void setSelection(const QRect &rect, QItemSelectionModel::SelectionFlags command) override;
    QRegion visualRegionForSelection(const QItemSelection &selection) const override;
    void paintEvent(QPaintEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void updateGeometries() override;
    void rowsInserted(const QModelIndex &parent, int start, int end) override;
    void rowsAboutToBeRemoved(const QModelIndex &parent, int start, int end) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;

private:
    std::vector<int> visibleColumns() const; ///< logical numbers, from left to right
    int columnToward(int column, int step) const;
    int clampedRow(qint64 y) const;
    void fitColumn(int column);

    QHeaderView *m_header;
    int m_rowHeight = 22;
};

} // namespace frameglass::ui
