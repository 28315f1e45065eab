// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QModelIndex;

namespace frameglass::ui {

class UniformTable;

/// Makes every UniformTable a table for screen readers (QAccessibleTableInterface): its header is the first row of
/// children, then come the cells. May be called often. GUI thread.
void installUniformTableAccess();

/// The child of the table's accessible interface that stands for a cell.
int accessibleChildOf(const UniformTable &table, const QModelIndex &cell);

} // namespace frameglass::ui
