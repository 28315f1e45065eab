// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "live_view.h"

#include <QSet>

#include <string_view>

class QLabel;
class QSplitter;
class QToolButton;
class QTreeView;

namespace frameglass::ui {

class ChecklistModel;
class FindingPanel;

/// Every check with its verdict, the root cause first; the chosen one opened beside the list.
class ChecklistView : public LiveView
{
    Q_OBJECT
public:
    explicit ChecklistView(Document *document, Selection *selection, QWidget *parent = nullptr);

    /// Opens a check, showing the rows that could not be judged when it is one of them.
    void showFinding(std::string_view id);
    ChecklistModel *model() const { return m_model; }
    FindingPanel *panel() const { return m_panel; }
    QString openedFinding() const; ///< id; empty: none

signals:
    /// The user wants to change what the checks judge by.
    void settingsWanted();

protected:
    void refresh() override;
    void retranslate() override;
    void restyle() override;
    void switched() override;

private:
    void open();
    void rememberLayout();
    void restoreLayout();

    ChecklistModel *m_model;
    QLabel *m_summary;
    QToolButton *m_notApplicable;
    QToolButton *m_settings;
    QSplitter *m_splitter;
    QTreeView *m_tree;
    FindingPanel *m_panel;
    QSet<QString> m_collapsed; ///< groups the user closed; folded findings are closed unless in m_expanded
    QSet<QString> m_expanded;
    QString m_opened;
    int m_scrolled = 0;
    bool m_restoring = false;
};

} // namespace frameglass::ui
