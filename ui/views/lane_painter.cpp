// SPDX-License-Identifier: GPL-3.0-or-later
#include "lane_painter.h"

#include "core/diagnosis/wording.h"
#include "ui/support/theme.h"

#include <QDateTime>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace frameglass::ui {

namespace {

constexpr int shortest = 4;           ///< pixels of an empty frame's bar
constexpr std::uint8_t tallBits = 17; ///< 64 KiB and more take the whole height
constexpr double leastSilence = 70;   ///< pixels in which silence is written

const Tokens &tokens()
{
    return Theme::instance().tokens();
}

QColor veil(QColor colour, int alpha)
{
    colour.setAlpha(alpha);
    return colour;
}

QColor colourOf(capture::Direction direction)
{
    return direction == capture::Direction::Sent ? tokens().sent : tokens().received;
}

QString rulerText(Nanoseconds time, int digits, TimeFormat format, Nanoseconds start, qint64 wallMs)
{
    if (format == TimeFormat::WallClock) {
        const auto ns = time.count();
        const qint64 ms = ns / 1'000'000 - (ns % 1'000'000 < 0 ? 1 : 0);
        QString text = QDateTime::fromMSecsSinceEpoch(wallMs + ms)
                           .toString(digits == 0 ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm:ss.zzz"));
        if (digits > 3)
            text += QStringLiteral(" +%1 µs").arg(QLocale().toString(static_cast<double>(ns - ms * 1'000'000) / 1e3,
                                                                     'f', digits - 6 > 0 ? digits - 6 : 0));
        return text;
    }
    return QLocale().toString(static_cast<double>((time - start).count()) / 1e9, 'f', digits) + QStringLiteral(" s");
}

} // namespace

int LanePainter::tickApart(const QFontMetrics &metrics)
{
    return metrics.horizontalAdvance(QStringLiteral("00:00:00.000 +000 µs"));
}

void LanePainter::ruler(const QRect &area, TimeFormat format, Nanoseconds start, qint64 wallMs)
{
    m_painter.fillRect(area, tokens().raised);
    m_painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), tokens().line);
    const int apart = tickApart(m_painter.fontMetrics());
    const int digits = m_axis.digits(apart);
    for (const TimeAxis::Tick &tick : m_axis.ticks(apart)) {
        const double x = area.left() + tick.pixel;
        m_painter.setPen(tokens().line);
        m_painter.drawLine(QPointF(x, area.bottom() - 5), QPointF(x, area.bottom()));
        m_painter.setPen(tokens().quiet);
        m_painter.drawText(QRectF(x + 4, area.top(), apart, area.height() - 2), Qt::AlignLeft | Qt::AlignVCenter,
                           rulerText(tick.time, digits, format, start, wallMs));
    }
}

void LanePainter::lane(const QRect &area, const LaneLife &laneLife, const LaneIndex::Lane &lane,
                       const std::vector<LaneMark> *detail)
{
    const Place place{area, area.center().y(), area.height() / 2 - 8};
    m_wordsTo = -1;
    life(place, laneLife);
    if (detail)
        marks(place, *detail);
    else
        spans(place, lane);
    m_painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), tokens().line);
}

void LanePainter::life(const Place &place, const LaneLife &life)
{
    const auto clamped = [&](Nanoseconds time) {
        return static_cast<int>(std::clamp(m_axis.pixelOf(time), -1.0, m_axis.width() + 1.0));
    };
    const int begin = clamped(life.begin);
    const int end = clamped(life.ended.value_or(m_axis.end()));
    const int opened = life.opened ? clamped(*life.opened) : end;
    const int top = place.area.top() + 4;
    const int height = place.area.height() - 8;
    m_painter.fillRect(QRect(place.left() + begin, top, opened - begin, height), veil(tokens().line, 110));
    m_painter.fillRect(QRect(place.left() + opened, top, end - opened, height), tokens().raised);
    m_painter.fillRect(QRect(place.left() + begin, place.middle, std::max(1, end - begin), 1), tokens().line);
}

int LanePainter::heightOf(std::uint8_t bits, int half)
{
    // Bent, so that the sizes that most messages have are told apart.
    const double share = std::pow(static_cast<double>(std::min(bits, tallBits)) / tallBits, 1.5);
    return shortest + static_cast<int>((half - shortest) * share);
}

void LanePainter::spans(const Place &place, const LaneIndex::Lane &lane)
{
    const int width = m_axis.width();
    struct Column
    {
        std::array<int, 2> height{};
        bool event = false;
        bool fault = false;
        bool ends = false;
    };
    std::vector<Column> columns(static_cast<std::size_t>(width));
    const LaneSpan *before = nullptr;
    for (std::size_t i = lane.at(m_axis.left()); i < lane.spans.size(); ++i) {
        const LaneSpan &span = lane.spans[i];
        if (span.begin > m_axis.right())
            break;
        if (before)
            silence(place, m_axis.pixelOf(before->end), m_axis.pixelOf(span.begin), span.begin - before->end);
        before = &span;
        const auto from = static_cast<int>(std::clamp(m_axis.pixelOf(span.begin), 0.0, width - 1.0));
        const auto to = static_cast<int>(std::clamp(m_axis.pixelOf(span.end), 0.0, width - 1.0));
        for (int x = from; x <= to; ++x) {
            Column &column = columns[static_cast<std::size_t>(x)];
            for (std::size_t way = 0; way < 2; ++way)
                if (span.frames[way] > 0)
                    column.height[way] = std::max(column.height[way], heightOf(span.largest[way], place.half));
            column.event = column.event || span.frames[0] + span.frames[1] < span.records;
            column.ends = column.ends || span.ends;
        }
        if (span.faults)
            columns[static_cast<std::size_t>(from)].fault = true;
    }
    std::array<std::vector<QRect>, 2> bars;
    std::vector<QRect> ticks;
    for (int x = 0; x < width; ++x) {
        const Column &column = columns[static_cast<std::size_t>(x)];
        if (column.height[0] > 0)
            bars[0].emplace_back(place.left() + x, place.middle - column.height[0], 1, column.height[0]);
        if (column.height[1] > 0)
            bars[1].emplace_back(place.left() + x, place.middle + 1, 1, column.height[1]);
        if (column.event && column.height[0] == 0 && column.height[1] == 0)
            ticks.emplace_back(place.left() + x, place.middle - 3, 1, 7);
    }
    m_painter.setPen(Qt::NoPen);
    for (std::size_t way = 0; way < 2; ++way) {
        m_painter.setBrush(colourOf(static_cast<capture::Direction>(way)));
        m_painter.drawRects(bars[way].data(), static_cast<int>(bars[way].size()));
    }
    m_painter.setBrush(tokens().quiet);
    m_painter.drawRects(ticks.data(), static_cast<int>(ticks.size()));
    int last = -100;
    for (int x = 0; x < width; ++x) {
        const Column &column = columns[static_cast<std::size_t>(x)];
        if (column.ends)
            m_painter.fillRect(QRect(place.left() + x, place.area.top() + 4, 1, place.area.height() - 8),
                               tokens().text);
        if (column.fault && x > last + 8) {
            fault(place, place.left() + x);
            last = x;
        }
    }
}

void LanePainter::marks(const Place &place, const std::vector<LaneMark> &marks)
{
    const auto first = std::lower_bound(marks.begin(), marks.end(), m_axis.left(),
                                        [](const LaneMark &mark, Nanoseconds time) { return mark.time < time; });
    m_painter.setRenderHint(QPainter::Antialiasing);
    // Brackets and joins may begin left of the window and end right of it.
    for (const LaneMark &mark : marks) {
        if (mark.messageFrom && mark.time >= m_axis.left() && *mark.messageFrom <= m_axis.right())
            bracket(place, mark, place.left() + m_axis.pixelOf(mark.time));
    }
    const LaneMark *before = first == marks.begin() ? nullptr : &*std::prev(first);
    for (auto mark = first; mark != marks.end(); ++mark) {
        const double x = place.left() + m_axis.pixelOf(mark->time);
        if (before)
            silence(place, m_axis.pixelOf(before->time), m_axis.pixelOf(mark->time), mark->time - before->time);
        before = &*mark;
        if (mark->time > m_axis.right())
            break;
        if (mark->kind == RowKind::Heartbeat)
            heartbeat(place, *mark, x);
        else if (mark->isFrame)
            frame(place, *mark, x);
        else
            event(place, *mark, x);
        if (mark->isFault)
            fault(place, x);
    }
    m_painter.setRenderHint(QPainter::Antialiasing, false);
}

void LanePainter::frame(const Place &place, const LaneMark &mark, double x)
{
    const bool sent = mark.direction == capture::Direction::Sent;
    const bool closes = mark.kind == RowKind::Close;
    const int height = closes ? place.half : heightOf(LaneSpan::bitsOf(mark.length), place.half);
    const QRectF bar(x - 1, sent ? place.middle - height : place.middle + 1, 2, height);
    m_painter.fillRect(bar, closes ? tokens().text : colourOf(mark.direction));
    if (!closes)
        return;
    const double end = sent ? bar.top() : bar.bottom();
    m_painter.setPen(QPen(tokens().text, 1.5));
    m_painter.drawLine(QPointF(x - 3, end - 3), QPointF(x + 3, end + 3));
    m_painter.drawLine(QPointF(x - 3, end + 3), QPointF(x + 3, end - 3));
}

void LanePainter::heartbeat(const Place &place, const LaneMark &mark, double x)
{
    constexpr double away = 9;
    const auto yOf = [&](bool sent) { return place.middle + (sent ? -away : away); };
    const bool sent = mark.direction == capture::Direction::Sent;
    const bool ping = mark.opcode == static_cast<std::uint8_t>(protocol::Opcode::Ping);
    const QPointF at(x, yOf(sent));
    if (mark.answers) {
        const double from = place.left() + m_axis.pixelOf(*mark.answers);
        m_painter.setPen(QPen(tokens().control, 1));
        m_painter.drawLine(QPointF(from, yOf(!sent)), at);
        const QString time = diagnosis::durationText(mark.time - *mark.answers);
        const double room = x - from;
        if (room > m_painter.fontMetrics().horizontalAdvance(time) + 8)
            m_painter.drawText(QRectF(from, place.middle - place.half, room, place.half - away), Qt::AlignCenter, time);
    }
    m_painter.setPen(QPen(colourOf(mark.direction), 1.5));
    m_painter.setBrush(ping ? tokens().surface : colourOf(mark.direction)); // an answer is filled
    m_painter.drawEllipse(at, 3, 3);
}

void LanePainter::event(const Place &place, const LaneMark &mark, double x)
{
    const QColor colour = mark.isFault ? tokens().fail : tokens().quiet;
    m_painter.setPen(QPen(colour, 1, Qt::DotLine));
    m_painter.drawLine(QPointF(x, place.area.top() + 4), QPointF(x, place.area.bottom() - 4));
    const int width = m_painter.fontMetrics().horizontalAdvance(mark.label);
    if (mark.label.isEmpty() || x < m_wordsTo)
        return;
    m_painter.setPen(colour);
    m_painter.drawText(QPointF(x + 4, place.area.top() + 4 + m_painter.fontMetrics().ascent()), mark.label);
    m_wordsTo = x + width + 12;
}

void LanePainter::bracket(const Place &place, const LaneMark &mark, double x)
{
    const bool sent = mark.direction == capture::Direction::Sent;
    const double y = sent ? place.area.top() + 5 : place.area.bottom() - 5;
    const double inward = sent ? 4 : -4;
    const double from = place.left() + m_axis.pixelOf(*mark.messageFrom);
    m_painter.setPen(QPen(colourOf(mark.direction), 1.5));
    m_painter.setBrush(Qt::NoBrush);
    m_painter.drawPolyline(
        QPolygonF({QPointF(from, y + inward), QPointF(from, y), QPointF(x, y), QPointF(x, y + inward)}));
}

void LanePainter::fault(const Place &place, double x)
{
    const double y = place.area.top() + 3;
    m_painter.setPen(Qt::NoPen);
    m_painter.setBrush(tokens().fail);
    m_painter.drawPolygon(QPolygonF({QPointF(x - 4, y), QPointF(x + 4, y), QPointF(x, y + 7)}));
}

void LanePainter::silence(const Place &place, double from, double to, Nanoseconds time)
{
    const double left = std::max(from, 0.0) + 4;
    const double right = std::min(to, static_cast<double>(m_axis.width())) - 4;
    const QString text = diagnosis::durationText(time);
    const int width = m_painter.fontMetrics().horizontalAdvance(text) + 10;
    if (right - left < std::max<double>(leastSilence, width + 20))
        return;
    const double y = place.middle + 0.5;
    const double centre = (left + right) / 2;
    m_painter.setPen(QPen(tokens().quiet, 1));
    m_painter.drawLine(QPointF(place.left() + left, y), QPointF(place.left() + centre - width / 2.0, y));
    m_painter.drawLine(QPointF(place.left() + centre + width / 2.0, y), QPointF(place.left() + right, y));
    m_painter.drawText(QRectF(place.left() + centre - width / 2.0, place.middle - place.half, width, 2 * place.half),
                       Qt::AlignCenter, text);
}

void LanePainter::selected(const QRect &area, Nanoseconds time)
{
    const double pixel = m_axis.pixelOf(time);
    if (pixel < -2 || pixel > m_axis.width() + 2)
        return;
    const double x = area.left() + pixel;
    m_painter.setRenderHint(QPainter::Antialiasing);
    m_painter.setPen(QPen(tokens().accent, 2));
    m_painter.drawLine(QPointF(x, area.top() + 1), QPointF(x, area.bottom() - 1));
    m_painter.setRenderHint(QPainter::Antialiasing, false);
}

} // namespace frameglass::ui
