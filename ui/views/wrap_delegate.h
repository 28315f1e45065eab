// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

class QTreeView;

namespace frameglass::ui {

/// Breaks a cell's text over as many lines as its column needs, up to a limit; only what is longer ends in "…".
class WrapDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    /// Serves all columns of the tree and lays its rows out anew when a column's width changes.
    explicit WrapDelegate(QTreeView *tree);

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    /// Whether the cell's text is longer than what is shown of it.
    bool isCut(const QModelIndex &index) const;

    static constexpr int mostLines = 8; ///< a value may be as long as a peer likes

private:
    int widthOf(const QModelIndex &index) const;

    QTreeView *m_tree;
};

} // namespace frameglass::ui
