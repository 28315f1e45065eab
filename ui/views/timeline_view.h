// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "live_view.h"

#include "core/analysis/filter.h"
#include "ui/models/record_model.h"

class QComboBox;
class QLabel;
class QSplitter;
class QStackedWidget;
class QToolButton;

namespace frameglass::ui {

class FilterBar;
class FilterSearch;
class FindBar;
class LaneView;
class NoticeBar;
class RecordDetail;
class RecordTable;

/// Every frame and what happened between them, with the selected one taken apart below.
class TimelineView : public LiveView
{
    Q_OBJECT
public:
    explicit TimelineView(Document *document, Selection *selection, QWidget *parent = nullptr);

    RecordModel *model() const { return m_model; }
    RecordTable *table() const { return m_table; }
    LaneView *lanes() const { return m_lanes; }
    /// The same records as a table or as lanes along the time.
    void setLanesShown(bool shown);
    FilterBar *filterBar() const { return m_filterBar; }
    /// Puts the cursor into the filter.
    void focusFilter();
    FindBar *findBar() const { return m_findBar; }
    RecordDetail *detail() const { return m_detail; }
    /// Hides the rows that there are, until Undo or "Show them".
    void clear();
    QString note() const;       ///< the sentence where nothing is there yet
    QString difference() const; ///< between two selected rows
    analysis::RecordSet shownRecords() const;
    analysis::RecordSet selectedRecords() const;

signals:
    /// The selected rows are to be written to a file.
    void exportRequested();
    /// The checklist is to open this check.
    void findingRequested(const QString &check);

protected:
    void refresh() override;
    void retranslate() override;
    void restyle() override;
    void switched() override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void showFilterWhereThereIsRoom();
    void buildBar();
    void followTimeFormat();
    void setClearedThrough(capture::ConnectionId connection, capture::RecordId record);
    void showSelected();
    void rowChosen();
    void filter(const std::optional<analysis::Filter> &chosen);
    void showMatches();
    QString waitingText(const analysis::ConnectionFacts &facts) const;

    RecordModel *m_model;
    RecordTable *m_table;
    FilterBar *m_filterBar;
    FilterSearch *m_search;
    FindBar *m_findBar;
    LaneView *m_lanes;
    QStackedWidget *m_forms;
    RecordDetail *m_detail;
    QSplitter *m_splitter;
    QWidget *m_bar;
    QLabel *m_timeLabel;
    QComboBox *m_time;
    QToolButton *m_events;
    QToolButton *m_tls;
    QToolButton *m_hearts;
    QToolButton *m_pause;
    QToolButton *m_asTable;
    QToolButton *m_asLanes;
    QToolButton *m_zoomIn;
    QToolButton *m_zoomOut;
    QToolButton *m_fit;
    QLabel *m_difference;
    QLabel *m_note;
    NoticeBar *m_cleared;
    std::map<capture::ConnectionId, capture::RecordId> m_clearedThrough;
    bool m_choosing = false;
    std::optional<analysis::Filter> m_filter;
    double m_searched = 1; ///< share of the records
};

} // namespace frameglass::ui
