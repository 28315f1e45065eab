// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/filter.h"

#include <QWidget>

#include <optional>

class QCompleter;
class QLabel;
class QLineEdit;
class QMenu;
class QStringListModel;
class QToolButton;

namespace frameglass::ui {

class FaultLabel;

/// Where a filter is typed: completes what may stand there, says what is wrong, remembers what was asked, and tells how
/// far the search is.
class FilterBar : public QWidget
{
    Q_OBJECT
public:
    explicit FilterBar(QWidget *parent = nullptr);

    QString text() const;
    /// As if it was typed and Enter pressed.
    void apply(const QString &text);
    QLineEdit *line() const { return m_line; }
    /// What is said beside the line.
    void setStatus(const QString &text);
    void setSearching(bool searching);
    void retranslate();
    void restyle();

signals:
    /// Enter on a filter that is one; nothing: the line was emptied.
    void filterChosen(const std::optional<frameglass::analysis::Filter> &filter);
    void stopRequested();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void edited();
    void entered();
    void complete();
    void insertCompletion(const QString &word);
    void fillMenu();
    bool showFault(bool withUnfinished);

    QLineEdit *m_line;
    QToolButton *m_history;
    QToolButton *m_stop;
    QLabel *m_status;
    FaultLabel *m_fault;
    QMenu *m_menu;
    QCompleter *m_completer;
    QStringListModel *m_words;
    analysis::FilterCompletions m_completions;
    QString m_applied;
};

} // namespace frameglass::ui
