// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/lane_detail.h"
#include "ui/models/time_axis.h"
#include "ui/support/settings.h"

#include <QFontMetrics>
#include <QRect>

#include <optional>
#include <vector>

class QPainter;

namespace frameglass::ui {

/// When the connection of a lane began, opened and ended.
struct LaneLife
{
    Nanoseconds begin{0};
    std::optional<Nanoseconds> opened;
    std::optional<Nanoseconds> ended;
};

/// Draws lanes and their ruler: frames as bars of the height of their size, sent above the line and received below it,
/// pings joined to their pongs, fragments of a message bracketed, silence, changes of state, faults.
class LanePainter
{
public:
    LanePainter(QPainter &painter, const TimeAxis &axis) : m_painter(painter), m_axis(axis) {}

    /// `area` begins where the axis does. `start` is the time that counts as 0, `wallMs` its time of day.
    void ruler(const QRect &area, TimeFormat format, Nanoseconds start, qint64 wallMs);
    void lane(const QRect &area, const LaneLife &life, const LaneIndex::Lane &lane,
              const std::vector<LaneMark> *detail);
    void selected(const QRect &area, Nanoseconds time);

    /// Pixels from one label of the ruler to the next.
    static int tickApart(const QFontMetrics &metrics);

private:
    /// A lane's area with what is asked of it again and again.
    struct Place
    {
        QRect area;
        int middle;
        int half;
        int left() const { return area.left(); }
    };

    void life(const Place &place, const LaneLife &life);
    void spans(const Place &place, const LaneIndex::Lane &lane);
    void marks(const Place &place, const std::vector<LaneMark> &marks);
    void frame(const Place &place, const LaneMark &mark, double x);
    void heartbeat(const Place &place, const LaneMark &mark, double x);
    void event(const Place &place, const LaneMark &mark, double x);
    void bracket(const Place &place, const LaneMark &mark, double x);
    void fault(const Place &place, double x);
    void silence(const Place &place, double from, double to, Nanoseconds time);
    static int heightOf(std::uint8_t bits, int half);

    QPainter &m_painter;
    const TimeAxis &m_axis;
    double m_wordsTo = -1; ///< where the last label of a lane ended
};

} // namespace frameglass::ui
