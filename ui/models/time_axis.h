// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/time.h"

#include <QString>

#include <vector>

namespace frameglass::ui {

/// The piece of a capture's time that is drawn, from more than a day across the window to a nanosecond a pixel.
/// Pixels count from the left edge of what is drawn.
class TimeAxis
{
public:
    /// What there is to see at all; the view is kept near it.
    void setExtent(Nanoseconds begin, Nanoseconds end);
    Nanoseconds begin() const { return m_begin; }
    Nanoseconds end() const { return m_end; }
    void setWidth(int pixels);
    int width() const { return m_width; }

    Nanoseconds left() const { return Nanoseconds(static_cast<std::int64_t>(m_left)); }
    Nanoseconds right() const { return timeAt(m_width); }
    double nanosecondsPerPixel() const { return m_scale; }

    double pixelOf(Nanoseconds time) const;
    Nanoseconds timeAt(double pixel) const;

    void fit();
    bool isFitted() const;
    /// Larger or smaller by `factor` (< 1 comes nearer) with the time under `pixel` staying where it is.
    void zoom(double factor, double pixel);
    void scroll(double pixels);
    /// The time comes into view, in the middle when it was not.
    void show(Nanoseconds time);
    void moveTo(Nanoseconds left);
    /// The last time there is stands near the right edge.
    bool isAtEnd() const;
    void goToEnd();

    struct Tick
    {
        double pixel;
        Nanoseconds time;
    };
    /// At 1, 2 or 5 times a power of ten (seconds, minutes and hours above one second), at least `apart` pixels apart.
    std::vector<Tick> ticks(int apart) const;
    /// Digits of a second that tell neighbouring ticks apart.
    int digits(int apart) const;

private:
    void keepNear();
    double tickStep(int apart) const;

    Nanoseconds m_begin{0};
    Nanoseconds m_end{0};
    double m_left = 0;    ///< ns
    double m_scale = 1e6; ///< ns a pixel
    int m_width = 1;
};

} // namespace frameglass::ui
