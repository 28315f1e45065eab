// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/connection_list_model.h"
#include "ui/support/selection.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QToolButton;
class QTreeView;

namespace frameglass::ui {

class NoticeBar;

/// The list of connections with its small tools: new, find, and Undo after a removal.
class ConnectionPanel : public QWidget
{
    Q_OBJECT
public:
    ConnectionPanel(Document *document, Selection *selection, QWidget *parent = nullptr);

    ConnectionListModel *model() const { return m_model; }
    QTreeView *view() const { return m_view; }
    /// Undo brings back what was removed. Asks only where something live would end.
    void removeSelected();

signals:
    void newRequested();
    void contextMenuRequested(const QPoint &globalPosition);

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    void restyle();
    void showSelection();
    class Removal;
    void takeOut(const std::vector<capture::ConnectionId> &ids);
    void showUndo();

    Document *m_document;
    Selection *m_selection;
    ConnectionListModel *m_model;
    QSortFilterProxyModel *m_filtered;
    QLabel *m_title;
    QToolButton *m_add;
    QToolButton *m_find;
    QLineEdit *m_filter;
    QTreeView *m_view;
    NoticeBar *m_undo;
    bool m_showing = false;
};

} // namespace frameglass::ui
