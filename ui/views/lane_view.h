// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/document.h"
#include "ui/models/lane_detail.h"
#include "ui/models/time_axis.h"
#include "ui/support/selection.h"
#include "ui/support/settings.h"

#include <QAbstractScrollArea>
#include <QTimer>

#include <vector>

namespace frameglass::ui {

struct LaneLife;

/// The timeline as lanes on a time axis: one for each connection, what was sent above its line and what was received
/// below. Drawn from an index of the whole capture, and of the records themselves where they can be told apart.
/// Dragging and the horizontal scroll bar move in time, Ctrl+wheel, + and - zoom, arrow keys go from record to record.
class LaneView : public QAbstractScrollArea
{
    Q_OBJECT
public:
    LaneView(Document *document, Selection *selection, QWidget *parent = nullptr);

    const TimeAxis &axis() const { return m_axis; }
    const LaneIndex &index() const { return m_index; }
    /// The connections with a lane, from top to bottom.
    std::vector<capture::ConnectionId> connections() const;
    /// Every record that there is, is in the index, and what is seen was read.
    bool isReady() const;
    bool showsRecords() const; ///< single records, not spans
    void setTimeFormat(TimeFormat format);
    void retranslate();
    /// Where a record's time and lane is drawn, in the viewport.
    QPoint placeOf(capture::ConnectionId connection, Nanoseconds time) const;

public slots:
    void zoomIn();
    void zoomOut();
    void fit();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    bool viewportEvent(QEvent *event) override;

private:
    static constexpr int scrollSteps = 1'000'000; ///< of the horizontal scroll bar over the whole capture

    void forget();
    void take(const std::vector<capture::Record> &records);
    void work();
    bool indexSlice();
    void wantDetail();
    void grew();
    void moved();
    void updateBars();
    void zoomBy(double factor, double pixel);
    void selectAt(const QPoint &position);
    void stepRecord(int by);
    void stepLane(int by);
    void select(capture::ConnectionId connection, capture::RecordId id);
    void showSelected();
    /// The marks of a few spans around `time`.
    std::vector<LaneMark> marksNear(capture::ConnectionId connection, Nanoseconds time) const;
    QString textAt(const QPoint &position) const;

    int labelWidth() const;
    int rulerHeight() const;
    int laneHeight() const;
    QRect laneArea(int lane) const; ///< right of its label, in the viewport
    int laneAt(int y) const;        ///< -1: none
    double pixelAt(const QPoint &position) const { return position.x() - labelWidth(); }
    LaneLife lifeOf(capture::ConnectionId id) const;

    Document *m_document;
    Selection *m_selection;
    LaneIndex m_index;
    TimeAxis m_axis;
    LaneDetail m_detail;  ///< what is drawn where it covers the view
    LaneDetail m_reading; ///< on its way to become m_detail
    capture::RecordId m_indexedTo = 0;
    QTimer m_work;
    QTimer m_soon; ///< what came is drawn a few times a second
    TimeFormat m_format = TimeFormat::SinceStart;
    Nanoseconds m_selectedTime{0};
    bool m_fitted = true;    ///< the whole capture is in view and stays so
    bool m_following = true; ///< the newest is in view and stays so
    QPoint m_pressed;
    bool m_dragging = false;
    bool m_movesBars = false;
};

} // namespace frameglass::ui
