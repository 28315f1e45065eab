// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/heartbeat_track.h"

#include <qcustomplot.h>

#include <optional>
#include <vector>

namespace frameglass::ui {

/// Round-trip times of our pings over time, the kernel's own beside them, missed pings marked. Follows the newest
/// ping until the user drags or zooms; a double click follows again.
class RttPlot : public QCustomPlot
{
    Q_OBJECT
public:
    explicit RttPlot(QWidget *parent = nullptr);

    /// Replots only when something changed.
    void setPings(const analysis::HeartbeatTrack &track, Nanoseconds started);
    void clear();
    void setSelected(capture::RecordId record);
    void retranslate();
    void restyle();
    std::size_t pointCount() const { return m_points.size(); } ///< answered pings drawn
    std::size_t missedCount() const { return m_missed.size(); }

signals:
    void recordClicked(frameglass::capture::RecordId record);

private:
    /// What a plot of this width can show apart, with room for zooming.
    static constexpr std::size_t maximumPoints = 20'000;
    struct Point
    {
        capture::RecordId ping;
        capture::RecordId pong;
        double seconds;
        double milliseconds;
    };
    struct Signature
    {
        std::size_t pings = 0;
        std::uint64_t matched = 0;
        std::uint64_t missed = 0;
        capture::RecordId first = 0;
        friend bool operator==(const Signature &, const Signature &) = default;
    };
    void fit();
    void draw();
    void choose(const QPointF &position);

    QCPGraph *m_rtt;
    QCPGraph *m_tcp;
    QCPGraph *m_missedMarks;
    QCPGraph *m_chosen;
    std::vector<Point> m_points;
    std::vector<Point> m_missed;
    Signature m_shown;
    capture::RecordId m_selected = 0;
    bool m_userRange = false;
};

} // namespace frameglass::ui
