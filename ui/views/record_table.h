// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "uniform_table.h"

#include "ui/models/record_model.h"

class QMenu;
class QPushButton;

namespace frameglass::ui {

/// The table of records: follows the newest row only while it stands at the bottom and nothing is being read; else a
/// quiet button at the bottom edge counts what came.
class RecordTable : public UniformTable
{
    Q_OBJECT
public:
    explicit RecordTable(RecordModel *model, QWidget *parent = nullptr);
    ~RecordTable() override;

    bool isFollowing() const { return m_following && !m_paused; }
    bool isPaused() const { return m_paused; }
    void setPaused(bool paused);
    int waitingRows() const;
    /// Selects a row without taking part in following; scrolls only as far as needed.
    void showRow(int row);
    /// Selected rows, shown columns, tab between them; at most `longestCopy` rows.
    QString selectedText() const;
    static constexpr int longestCopy = 10'000;
    void retranslate();

public slots:
    void copy();
    void followAgain();

signals:
    void pausedChanged(bool paused);
    void exportRequested();
    /// The finding that marks a row is to be opened.
    void findingRequested(const QString &check);
    /// What stands under the pointer is to be filtered on.
    void filterRequested(const QString &filter);
    /// More rows were selected than are copied.
    void copyCut(int copied, qint64 selected);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void applyMetrics();
    void setUpColumns();
    void addColumnActions(QMenu *menu);
    void showColumnMenu(const QPoint &position);
    void scrolled(int value);
    void rowsChanged();
    void updateWaiting();

    RecordModel *m_model;
    QPushButton *m_waiting;
    bool m_following = true;
    bool m_paused = false;
    bool m_movesItself = false;
    int m_digitWidth = 0; ///< of the font that the columns are as wide for
    int m_seenRows = 0;   ///< rows there were when following stopped
};

} // namespace frameglass::ui
