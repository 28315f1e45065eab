// SPDX-License-Identifier: GPL-3.0-or-later
// How lanes are moved, zoomed and chosen from.
#include "lane_view.h"

#include "core/diagnosis/wording.h"
#include "ui/models/record_row.h"
#include "ui/support/theme.h"

#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace frameglass::ui {

namespace {
constexpr double zoomStep = 1.25; ///< of one notch of the wheel
}

std::vector<LaneMark> LaneView::marksNear(capture::ConnectionId connection, Nanoseconds time) const
{
    const LaneIndex::Lane *lane = m_index.find(connection);
    if (!lane)
        return {};
    const std::size_t at = std::min(lane->at(time), lane->spans.size() - 1);
    const std::size_t from = at > 1 ? at - 2 : 0;
    const std::size_t to = std::min(at + 2, lane->spans.size() - 1);
    // Spans of a lane lie close together, but others may have sent much in between.
    LaneDetail detail(lane->spans[from].first,
                      std::min(lane->spans[to].last, lane->spans[from].first + 2 * LaneDetail::largest));
    while (!detail.read(m_document->reader())) {}
    const std::vector<LaneMark> *marks = detail.lane(connection);
    return marks ? *marks : std::vector<LaneMark>();
}

void LaneView::select(capture::ConnectionId connection, capture::RecordId id)
{
    m_selection->setConnection(connection);
    m_selection->setRecord(id);
}

void LaneView::selectAt(const QPoint &position)
{
    const int lane = laneAt(position.y());
    if (lane < 0)
        return;
    const capture::ConnectionId connection = connections()[static_cast<std::size_t>(lane)];
    const Nanoseconds time = m_axis.timeAt(pixelAt(position));
    const std::vector<LaneMark> marks = marksNear(connection, time);
    const auto nearest = std::min_element(marks.begin(), marks.end(), [&](const LaneMark &a, const LaneMark &b) {
        return std::chrono::abs(a.time - time) < std::chrono::abs(b.time - time);
    });
    if (position.x() < labelWidth() || nearest == marks.end())
        m_selection->setConnection(connection);
    else
        select(connection, nearest->id);
}

void LaneView::stepRecord(int by)
{
    const capture::ConnectionId connection = m_selection->connection();
    const std::vector<LaneMark> marks = marksNear(connection, m_selectedTime);
    if (marks.empty())
        return;
    auto at = std::find_if(marks.begin(), marks.end(),
                           [this](const LaneMark &mark) { return mark.id >= m_selection->record(); });
    if (m_selection->record() == 0 || at == marks.end())
        at = std::prev(marks.end());
    else if (by > 0 && std::next(at) != marks.end())
        ++at;
    else if (by < 0 && at != marks.begin())
        --at;
    select(connection, at->id);
}

void LaneView::stepLane(int by)
{
    const std::vector<capture::ConnectionId> ids = connections();
    if (ids.empty())
        return;
    const auto at = std::find(ids.begin(), ids.end(), m_selection->connection());
    const auto place = at == ids.end() ? 0 : at - ids.begin() + by;
    const auto last = static_cast<std::ptrdiff_t>(ids.size()) - 1;
    m_selection->setConnection(ids[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(place, 0, last))]);
}

void LaneView::showSelected()
{
    const capture::RecordId id = m_selection->record();
    const auto record = id == 0 ? std::nullopt : m_document->reader().record(id, capture::Payloads::ControlOnly);
    if (record) {
        m_selectedTime = record->time;
        const RecordRow row = makeRow(*record);
        setAccessibleDescription(QStringLiteral("%1 %2 %3").arg(row.type, row.length, row.data));
        const double pixel = m_axis.pixelOf(record->time);
        if (pixel < 0 || pixel >= m_axis.width()) {
            m_axis.show(record->time);
            m_fitted = m_following = false;
            if (isVisible())
                moved();
        }
    }
    viewport()->update();
}

QString LaneView::textAt(const QPoint &position) const
{
    constexpr double reach = 5; // pixels
    const int lane = laneAt(position.y());
    if (lane < 0 || position.x() < labelWidth())
        return {};
    const capture::ConnectionId connection = connections()[static_cast<std::size_t>(lane)];
    const LaneIndex::Lane *index = m_index.find(connection);
    const Nanoseconds from = m_axis.timeAt(pixelAt(position) - reach);
    const Nanoseconds to = m_axis.timeAt(pixelAt(position) + reach);
    const QString since = diagnosis::durationText(m_axis.timeAt(pixelAt(position)) - m_index.begin());
    if (showsRecords()) {
        const std::vector<LaneMark> *marks = m_detail.lane(connection);
        const LaneMark *best = nullptr;
        for (const LaneMark &mark : marks ? *marks : std::vector<LaneMark>())
            if (mark.time >= from && mark.time <= to)
                best = !best || std::abs(m_axis.pixelOf(mark.time) - pixelAt(position)) <
                                    std::abs(m_axis.pixelOf(best->time) - pixelAt(position))
                           ? &mark
                           : best;
        const auto record = best ? m_document->reader().record(best->id, capture::Payloads::ControlOnly) : std::nullopt;
        if (!record)
            return {};
        const RecordRow row = makeRow(*record);
        const QString arrow = row.direction ? arrowOf(*row.direction) + u' ' : QString();
        return QStringLiteral("%1%2 %3\n%4\n%5")
            .arg(arrow, row.type, row.length, diagnosis::durationText(best->time - m_index.begin()), row.data.left(120))
            .trimmed();
    }
    std::uint64_t records = 0;
    for (std::size_t i = index->at(from); i < index->spans.size() && index->spans[i].begin <= to; ++i)
        records += index->spans[i].records;
    return records == 0 ? QString()
                        : tr("about %1 records at %2; zoom in to tell them apart")
                              .arg(QLocale().toString(static_cast<qulonglong>(records)), since);
}

bool LaneView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const QString text = textAt(help->pos());
        if (text.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), text.toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")),
                               viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void LaneView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_pressed = event->pos();
    m_dragging = false;
}

void LaneView::mouseMoveEvent(QMouseEvent *event)
{
    if (!(event->buttons() & Qt::LeftButton))
        return;
    const QPoint moved = event->pos() - m_pressed;
    if (!m_dragging && moved.manhattanLength() < QApplication::startDragDistance())
        return;
    if (!m_dragging)
        viewport()->setCursor(Qt::ClosedHandCursor);
    m_dragging = true;
    m_axis.scroll(-moved.x());
    verticalScrollBar()->setValue(verticalScrollBar()->value() - moved.y());
    m_pressed = event->pos();
    m_fitted = false;
    m_following = m_axis.isAtEnd();
    this->moved();
}

void LaneView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    viewport()->unsetCursor();
    if (!m_dragging)
        selectAt(event->pos());
    m_dragging = false;
}

void LaneView::wheelEvent(QWheelEvent *event)
{
    const QPoint turned = event->angleDelta();
    if (event->modifiers() & Qt::ControlModifier) {
        zoomBy(std::pow(zoomStep, -turned.y() / 120.0), pixelAt(event->position().toPoint()));
    } else if ((event->modifiers() & Qt::ShiftModifier) || std::abs(turned.x()) > std::abs(turned.y()) ||
               verticalScrollBar()->maximum() == 0) {
        const int by = std::abs(turned.x()) > std::abs(turned.y()) ? turned.x() : turned.y();
        m_axis.scroll(-by * m_axis.width() / 1200.0);
        m_fitted = false;
        m_following = m_axis.isAtEnd();
        moved();
    } else {
        verticalScrollBar()->setValue(verticalScrollBar()->value() - turned.y() * laneHeight() / 240);
    }
    event->accept();
}

void LaneView::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal: zoomIn(); break;
    case Qt::Key_Minus: zoomOut(); break;
    case Qt::Key_0: fit(); break;
    case Qt::Key_Left: stepRecord(-1); break;
    case Qt::Key_Right: stepRecord(1); break;
    case Qt::Key_Up: stepLane(-1); break;
    case Qt::Key_Down: stepLane(1); break;
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
        m_axis.scroll(m_axis.width() * (event->key() == Qt::Key_PageUp ? -0.9 : 0.9));
        m_fitted = false;
        m_following = m_axis.isAtEnd();
        moved();
        break;
    case Qt::Key_Home:
        m_axis.moveTo(m_index.begin());
        m_fitted = false;
        m_following = m_axis.isAtEnd();
        moved();
        break;
    case Qt::Key_End:
        m_axis.goToEnd();
        m_fitted = m_axis.isFitted();
        m_following = true;
        moved();
        break;
    default: QAbstractScrollArea::keyPressEvent(event); return;
    }
    event->accept();
}

} // namespace frameglass::ui
