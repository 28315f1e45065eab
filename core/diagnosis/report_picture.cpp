// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_picture.h"

#include "rule_support.h"

#include <algorithm>
#include <cmath>

namespace frameglass::diagnosis {

namespace {

using analysis::ConnectionFacts;
using capture::Direction;

constexpr double width = 960;
constexpr double height = 190;
constexpr double left = 12;
constexpr double right = 12;
constexpr double middle = 88;    ///< of the axis, from the top
constexpr double tallest = 66;   ///< of a mark
constexpr double baseline = 172; ///< of the time labels
constexpr std::size_t mostJoins = 200;

/// 1, 2 or 5 times a power of ten, so that at most `most` steps fit.
double stepFor(double span, int most)
{
    const double wanted = span / most;
    const double power = std::pow(10.0, std::floor(std::log10(wanted)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= wanted)
            return factor * power;
    return 10 * power;
}

/// A frame of 1 octet is a small mark, one of 64 KiB a full one: sizes differ by powers.
double heightOf(std::uint64_t octets)
{
    constexpr double smallest = 6;
    constexpr double full = 16; // log2 of 64 KiB
    const double share = std::min(std::log2(static_cast<double>(octets) + 1) / full, 1.0);
    return smallest + share * (tallest - smallest);
}

QString number(double value)
{
    return QString::number(value, 'f', 1);
}

QString line(const char *name, double x1, double y1, double x2, double y2)
{
    return QStringLiteral("<line class=\"%1\" x1=\"%2\" y1=\"%3\" x2=\"%4\" y2=\"%5\"/>")
        .arg(QLatin1String(name), number(x1), number(y1), number(x2), number(y2));
}

QString textAt(double x, double y, const char *anchor, const QString &text)
{
    return QStringLiteral("<text x=\"%1\" y=\"%2\" text-anchor=\"%3\">%4</text>")
        .arg(number(x), number(y), QLatin1String(anchor), text.toHtmlEscaped());
}

} // namespace

ReportPicture::ReportPicture(const ConnectionFacts &facts) : m_facts(facts)
{
    m_begin = facts.started ? facts.started->time : Nanoseconds(0);
    m_end = std::max(facts.lastTime.value_or(m_begin), m_begin + Nanoseconds(1));
    for (auto &direction : m_columns)
        direction.resize(columns);
}

double ReportPicture::share(Nanoseconds time) const
{
    const double whole = static_cast<double>((m_end - m_begin).count());
    return std::clamp(static_cast<double>((time - m_begin).count()) / whole, 0.0, 1.0);
}

double ReportPicture::x(Nanoseconds time) const
{
    return left + share(time) * (width - left - right);
}

void ReportPicture::add(const capture::RecordSketch &sketch)
{
    if (!sketch.isFrame())
        return;
    const auto index = std::min<std::size_t>(static_cast<std::size_t>(share(sketch.time) * columns), columns - 1);
    Column &column = m_columns[sketch.direction == Direction::Received][index];
    ++column.frames;
    column.largest = std::max(column.largest, sketch.length);
    column.data = column.data || (sketch.firstOctet & 0x08) == 0;
}

QString ReportPicture::marks() const
{
    constexpr double room = (width - left - right) / columns;
    QString svg;
    for (std::size_t direction = 0; direction < m_columns.size(); ++direction) {
        for (std::size_t i = 0; i < m_columns[direction].size(); ++i) {
            const Column &column = m_columns[direction][i];
            if (column.frames == 0)
                continue;
            const double tall = heightOf(column.largest);
            const char *name = !column.data ? "c" : direction == 0 ? "s" : "r";
            const double y = direction == 0 ? middle - tall : middle;
            svg += QStringLiteral("<rect class=\"%1\" x=\"%2\" y=\"%3\" width=\"%4\" height=\"%5\"/>")
                       .arg(QLatin1String(name), number(left + room * static_cast<double>(i)), number(y),
                            number(room - 0.4), number(tall));
        }
    }
    return svg;
}

QString ReportPicture::axis() const
{
    constexpr int ticks = 8;
    QString svg = line("axis", left, middle, width - right, middle);
    const double span = static_cast<double>((m_end - m_begin).count());
    const double step = stepFor(span, ticks);
    for (double at = 0; at <= span; at += step) {
        const Nanoseconds time(static_cast<std::int64_t>(at));
        const double place = x(m_begin + time);
        svg += line("axis", place, baseline - 14, place, baseline - 10);
        const char *anchor = at == 0 ? "start" : place > width - 60 ? "end" : "middle";
        svg += textAt(place, baseline, anchor, at == 0 ? QStringLiteral("0") : durationText(time));
    }
    return svg + textAt(width - right, 14, "end", CheckText::tr("↑ sent   ↓ received"));
}

QString ReportPicture::events() const
{
    QString svg;
    if (m_facts.openedAt)
        svg += line("open", x(*m_facts.openedAt), 20, x(*m_facts.openedAt), baseline - 16) +
               textAt(x(*m_facts.openedAt) + 3, 16, "start", CheckText::tr("open"));
    std::size_t joins = 0;
    for (const auto &ping : m_facts.heartbeat.pings()) {
        if (!ping.rtt || ++joins > mostJoins)
            continue;
        const double down = ping.direction == Direction::Sent ? 10 : -10;
        svg += line("join", x(ping.sent), middle - down, x(ping.sent + *ping.rtt), middle + down);
    }
    for (const auto &violation : m_facts.violations) {
        const double at = x(violation.time);
        svg +=
            QStringLiteral("<path class=\"v\" d=\"M%1 %2l-5 9h10z\"/>").arg(number(at), number(middle + tallest + 4));
    }
    if (!m_facts.transportEnds.empty()) {
        const double at = x(m_facts.transportEnds.front().time);
        svg += line("end", at, 20, at, baseline - 16) + textAt(at - 3, 28, "end", CheckText::tr("end"));
    }
    return svg;
}

QString ReportPicture::svg() const
{
    QString idle;
    if (m_facts.longestSilence > Nanoseconds(0)) {
        const double from = x(m_facts.longestSilenceBegan);
        const double to = x(m_facts.longestSilenceBegan + m_facts.longestSilence);
        constexpr double visible = 24;
        if (to - from >= visible)
            idle = QStringLiteral("<rect class=\"idle\" x=\"%1\" y=\"36\" width=\"%2\" height=\"110\"/>")
                       .arg(number(from), number(to - from)) +
                   textAt((from + to) / 2, 50, "middle",
                          CheckText::tr("%1 of silence").arg(durationText(m_facts.longestSilence)));
    }
    return QStringLiteral("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1 %2\" role=\"img\" "
                          "aria-label=\"%3\">")
               .arg(number(width), number(height), CheckText::tr("The timeline of the connection").toHtmlEscaped()) +
           idle + axis() + marks() + events() + QStringLiteral("</svg>");
}

QString pictureOf(const ConnectionFacts &facts, const capture::CaptureReader &reader,
                  const std::function<bool(capture::RecordId)> &goOn)
{
    if (facts.sent.frames + facts.received.frames == 0)
        return {};
    ReportPicture picture(facts);
    constexpr capture::RecordId stride = 4096;
    bool stopped = false;
    reader.forEachSketch(1, reader.lastId(), facts.id, [&](const capture::RecordSketch &sketch) {
        stopped = goOn && sketch.id % stride == 0 && !goOn(sketch.id);
        picture.add(sketch);
        return !stopped;
    });
    return stopped ? QString() : picture.svg();
}

} // namespace frameglass::diagnosis
