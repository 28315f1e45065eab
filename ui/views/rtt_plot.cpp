// SPDX-License-Identifier: GPL-3.0-or-later
#include "rtt_plot.h"

#include "ui/support/theme.h"

#include <algorithm>
#include <cmath>

namespace frameglass::ui {

RttPlot::RttPlot(QWidget *parent)
    : QCustomPlot(parent), m_rtt(addGraph()), m_tcp(addGraph()), m_missedMarks(addGraph()), m_chosen(addGraph())
{
    setObjectName(QStringLiteral("heartbeatPlot"));
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(240, 140);
    setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    setNoAntialiasingOnDrag(true);
    m_missedMarks->setLineStyle(QCPGraph::lsNone);
    m_chosen->setLineStyle(QCPGraph::lsNone);
    m_chosen->removeFromLegend();
    legend->setVisible(true);
    axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignTop | Qt::AlignRight);
    axisRect()->setAutoMargins(QCP::msAll);
    connect(this, &QCustomPlot::mousePress, this, [this](QMouseEvent *event) { choose(event->position()); });
    connect(this, &QCustomPlot::mouseMove, this, [this](QMouseEvent *event) {
        if ((event->buttons() & Qt::LeftButton) != 0)
            m_userRange = true;
    });
    connect(this, &QCustomPlot::mouseWheel, this, [this] { m_userRange = true; });
    connect(this, &QCustomPlot::mouseDoubleClick, this, [this] {
        m_userRange = false;
        fit();
        replot(QCustomPlot::rpQueuedReplot);
    });
    retranslate();
    restyle();
    fit();
}

void RttPlot::retranslate()
{
    xAxis->setLabel(tr("since the start (s)"));
    yAxis->setLabel(tr("round trip (ms)"));
    m_rtt->setName(tr("ping → pong"));
    m_tcp->setName(tr("TCP's own"));
    m_missedMarks->setName(tr("missed"));
    setAccessibleName(tr("Round-trip times of pings"));
    setToolTip(tr("Drag to move, wheel to zoom, double click to follow again"));
    replot(QCustomPlot::rpQueuedReplot);
}

void RttPlot::restyle()
{
    const Tokens &tokens = Theme::instance().tokens();
    setBackground(tokens.surface);
    for (QCPAxis *axis : {xAxis, yAxis}) {
        axis->setBasePen(QPen(tokens.line));
        axis->setTickPen(QPen(tokens.line));
        axis->setSubTickPen(Qt::NoPen);
        axis->setLabelColor(tokens.quiet);
        axis->setTickLabelColor(tokens.quiet);
        axis->setLabelFont(font());
        axis->setTickLabelFont(font());
        axis->grid()->setPen(QPen(tokens.line, 1, Qt::DotLine));
        axis->grid()->setZeroLinePen(QPen(tokens.line));
    }
    m_rtt->setPen(QPen(tokens.accent, 1.5));
    m_rtt->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, tokens.accent, tokens.accent, 5));
    m_tcp->setPen(QPen(tokens.quiet, 1.2, Qt::DashLine));
    m_missedMarks->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCross, QPen(tokens.fail, 2), Qt::NoBrush, 9));
    m_missedMarks->setPen(QPen(tokens.fail));
    m_chosen->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(tokens.text, 2), Qt::NoBrush, 11));
    QColor ground = tokens.raised;
    ground.setAlpha(220);
    legend->setBrush(ground);
    legend->setBorderPen(QPen(tokens.line));
    legend->setTextColor(tokens.text);
    legend->setFont(font());
    replot(QCustomPlot::rpQueuedReplot);
}

void RttPlot::clear()
{
    m_points.clear();
    m_missed.clear();
    m_shown = {};
    m_userRange = false;
    for (int i = 0; i < graphCount(); ++i)
        graph(i)->data()->clear();
    fit();
    replot(QCustomPlot::rpQueuedReplot);
}

void RttPlot::setPings(const analysis::HeartbeatTrack &track, Nanoseconds started)
{
    const auto &pings = track.pings();
    const Signature now{pings.size(), track.matched, track.missed, pings.empty() ? 0 : pings.front().pingRecord};
    if (now == m_shown)
        return;
    m_shown = now;
    m_points.clear();
    m_missed.clear();
    QVector<QCPGraphData> tcp;
    const std::size_t skipped = pings.size() > maximumPoints ? pings.size() - maximumPoints : 0;
    for (std::size_t i = skipped; i < pings.size(); ++i) {
        const analysis::PingFact &ping = pings[i];
        if (ping.direction != capture::Direction::Sent)
            continue;
        const double seconds = std::chrono::duration<double>(ping.sent - started).count();
        const auto milliseconds = [](Nanoseconds value) {
            return std::chrono::duration<double, std::milli>(value).count();
        };
        if (ping.rtt)
            m_points.push_back({ping.pingRecord, ping.pongRecord, seconds, milliseconds(*ping.rtt)});
        if (ping.missed)
            m_missed.push_back({ping.pingRecord, 0, seconds, 0});
        if (ping.tcpRtt)
            tcp.push_back({seconds, milliseconds(*ping.tcpRtt)});
    }
    m_tcp->data()->set(tcp, true);
    draw();
}

void RttPlot::draw()
{
    QVector<QCPGraphData> points;
    for (const Point &point : m_points)
        points.push_back({point.seconds, point.milliseconds});
    m_rtt->data()->set(points, true);
    QVector<QCPGraphData> marks;
    for (const Point &point : m_missed)
        marks.push_back({point.seconds, 0});
    m_missedMarks->data()->set(marks, true);
    if (!m_userRange)
        fit();
    setSelected(m_selected);
}

void RttPlot::fit()
{
    bool found = false;
    QCPRange x = m_rtt->data()->keyRange(found);
    for (QCPGraph *other : {m_missedMarks, m_tcp}) {
        bool more = false;
        const QCPRange range = other->data()->keyRange(more);
        if (more)
            x = found ? QCPRange(std::min(x.lower, range.lower), std::max(x.upper, range.upper)) : range;
        found = found || more;
    }
    double highest = 0;
    for (const QCPGraph *values : {m_rtt, m_tcp}) {
        bool more = false;
        const QCPRange range = values->data()->valueRange(more);
        if (more)
            highest = std::max(highest, range.upper);
    }
    if (!found)
        x = QCPRange(0, 10);
    const double pad = std::max(0.5, x.size() * 0.03);
    xAxis->setRange(std::max(0.0, x.lower - pad), x.upper + pad);
    // Room below zero for the crosses of missed pings, above for the legend.
    const double top = highest > 0 ? highest * 1.35 : 10;
    yAxis->setRange(-0.06 * top, top);
}

void RttPlot::setSelected(capture::RecordId record)
{
    m_selected = record;
    QVector<QCPGraphData> chosen;
    for (const auto *points : {&m_points, &m_missed}) {
        for (const Point &point : *points) {
            if (record != 0 && (point.ping == record || point.pong == record))
                chosen.push_back({point.seconds, point.milliseconds});
        }
    }
    m_chosen->data()->set(chosen, true);
    replot(QCustomPlot::rpQueuedReplot);
}

void RttPlot::choose(const QPointF &position)
{
    constexpr double reach = 12;
    double nearest = reach;
    const Point *found = nullptr;
    for (const auto *points : {&m_points, &m_missed}) {
        for (const Point &point : *points) {
            const double distance = std::hypot(xAxis->coordToPixel(point.seconds) - position.x(),
                                               yAxis->coordToPixel(point.milliseconds) - position.y());
            if (distance < nearest) {
                nearest = distance;
                found = &point;
            }
        }
    }
    if (found)
        emit recordClicked(found->ping);
}

} // namespace frameglass::ui
