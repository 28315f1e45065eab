// SPDX-License-Identifier: GPL-3.0-or-later
#include "time_axis.h"

#include <algorithm>
#include <cmath>

namespace frameglass::ui {

namespace {

constexpr double nearest = 1;        ///< ns a pixel
constexpr double margin = 0.02;      ///< of the width, left free on both sides of what is fitted
constexpr double smallestSpan = 1e3; ///< ns that are fitted at least

double count(Nanoseconds time)
{
    return static_cast<double>(time.count());
}

} // namespace

void TimeAxis::setExtent(Nanoseconds begin, Nanoseconds end)
{
    m_begin = begin;
    m_end = std::max(begin, end);
}

void TimeAxis::setWidth(int pixels)
{
    m_width = std::max(1, pixels);
}

double TimeAxis::pixelOf(Nanoseconds time) const
{
    return (count(time) - m_left) / m_scale;
}

Nanoseconds TimeAxis::timeAt(double pixel) const
{
    constexpr double largest = 9e18;
    return Nanoseconds(static_cast<std::int64_t>(std::clamp(m_left + pixel * m_scale, -largest, largest)));
}

void TimeAxis::fit()
{
    const double span = std::max(count(m_end) - count(m_begin), smallestSpan);
    m_scale = span / (m_width * (1 - 2 * margin));
    m_left = count(m_begin) - m_width * margin * m_scale;
}

bool TimeAxis::isFitted() const
{
    TimeAxis fitted = *this;
    fitted.fit();
    return std::abs(fitted.m_scale - m_scale) < m_scale * 1e-6 && std::abs(fitted.m_left - m_left) < m_scale;
}

void TimeAxis::zoom(double factor, double pixel)
{
    const double under = m_left + pixel * m_scale;
    TimeAxis all = *this;
    all.fit();
    m_scale = std::clamp(m_scale * factor, nearest, std::max(all.m_scale * 2, nearest));
    m_left = under - pixel * m_scale;
    keepNear();
}

void TimeAxis::scroll(double pixels)
{
    m_left += pixels * m_scale;
    keepNear();
}

void TimeAxis::moveTo(Nanoseconds left)
{
    m_left = count(left);
    keepNear();
}

void TimeAxis::show(Nanoseconds time)
{
    const double pixel = pixelOf(time);
    if (pixel >= 0 && pixel < m_width)
        return;
    m_left = count(time) - m_width * m_scale / 2;
}

// At least a tenth of the window shows something.
void TimeAxis::keepNear()
{
    const double tenth = m_width * m_scale / 10;
    m_left = std::clamp(m_left, count(m_begin) - 9 * tenth, std::max(count(m_end) - tenth, count(m_begin) - 9 * tenth));
}

bool TimeAxis::isAtEnd() const
{
    const double pixel = pixelOf(m_end);
    return pixel >= 0 && pixel <= m_width;
}

void TimeAxis::goToEnd()
{
    m_left = count(m_end) - m_width * (1 - margin) * m_scale;
}

double TimeAxis::tickStep(int apart) const
{
    const double least = m_scale * apart;
    constexpr double second = 1e9;
    if (least > second) {
        for (const double step :
             {2., 5., 10., 15., 30., 60., 120., 300., 600., 900., 1800., 3600., 7200., 10800., 21600., 43200., 86400.})
            if (step * second >= least)
                return step * second;
        constexpr double day = 86400 * second;
        return day * std::ceil(least / day);
    }
    const double power = std::pow(10, std::floor(std::log10(least)));
    for (const double step : {1., 2., 5.})
        if (step * power >= least)
            return step * power;
    return 10 * power;
}

std::vector<TimeAxis::Tick> TimeAxis::ticks(int apart) const
{
    const double step = std::max(1.0, std::round(tickStep(apart)));
    std::vector<Tick> ticks;
    const double first = std::ceil((m_left - count(m_begin)) / step);
    for (double number = first;; ++number) {
        const double time = count(m_begin) + number * step;
        const double pixel = (time - m_left) / m_scale;
        if (pixel > m_width)
            return ticks;
        ticks.push_back({pixel, Nanoseconds(static_cast<std::int64_t>(std::llround(time)))});
    }
}

int TimeAxis::digits(int apart) const
{
    const double step = tickStep(apart);
    return step >= 1e9 ? 0 : std::clamp(static_cast<int>(std::ceil(9 - std::log10(step) - 1e-9)), 1, 9);
}

} // namespace frameglass::ui
