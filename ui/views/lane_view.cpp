// SPDX-License-Identifier: GPL-3.0-or-later
#include "lane_view.h"

#include "lane_painter.h"

#include "ui/models/connection_list_model.h"
#include "ui/support/theme.h"

#include <QElapsedTimer>
#include <QEvent>
#include <QLocale>
#include <QPainter>
#include <QScopedValueRollback>
#include <QScrollBar>

#include <algorithm>
#include <cmath>
#include <utility>

namespace frameglass::ui {

LaneView::LaneView(Document *document, Selection *selection, QWidget *parent)
    : QAbstractScrollArea(parent), m_document(document), m_selection(selection)
{
    setObjectName(QStringLiteral("timelineLanes"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    m_work.setInterval(0);
    constexpr int coalesceMs = 80;
    m_soon.setSingleShot(true);
    m_soon.setInterval(coalesceMs);
    connect(&m_soon, &QTimer::timeout, this, &LaneView::grew);
    connect(&m_work, &QTimer::timeout, this, &LaneView::work);
    connect(document, &Document::recordsAdded, this, &LaneView::take);
    connect(document, &Document::captureReset, this, &LaneView::forget);
    connect(selection, &Selection::recordChanged, this, &LaneView::showSelected);
    connect(selection, &Selection::connectionChanged, this, [this] { viewport()->update(); });
    connect(&Theme::instance(), &Theme::changed, this, [this] { updateBars(); });
    retranslate();
    m_work.start(); // what the document read before there was this view
}

void LaneView::retranslate()
{
    setAccessibleName(tr("Lanes: connections along the time"));
    viewport()->update();
}

// -- reading

void LaneView::forget()
{
    m_index.clear();
    m_detail = m_reading = {};
    m_indexedTo = 0;
    m_fitted = m_following = true;
    m_work.stop();
    viewport()->update();
}

void LaneView::take(const std::vector<capture::Record> &records)
{
    if (records.empty() || records.front().id > m_indexedTo + 1)
        return m_work.start(); // the past is still being read
    for (const capture::Record &record : records)
        if (record.id > m_indexedTo)
            m_index.add(record);
    m_indexedTo = std::max(m_indexedTo, records.back().id);
    if (!m_soon.isActive())
        m_soon.start();
}

void LaneView::work()
{
    if (!indexSlice() || (!m_reading.isRead() && !m_reading.read(m_document->reader())))
        return;
    m_work.stop();
    if (!m_reading.isEmpty()) {
        m_detail = std::exchange(m_reading, {});
        viewport()->update();
    }
}

// Returns whether everything is in the index.
bool LaneView::indexSlice()
{
    constexpr qint64 sliceMs = 6;
    const capture::RecordId last = m_document->foldedTo();
    if (m_indexedTo >= last)
        return true;
    QElapsedTimer clock;
    clock.start();
    m_document->reader().forEach(m_indexedTo + 1, last, capture::Payloads::ControlOnly, [&](capture::Record &&record) {
        m_index.add(record);
        m_indexedTo = record.id;
        return record.id % 64 != 0 || clock.elapsed() < sliceMs;
    });
    grew();
    return m_indexedTo >= last;
}

void LaneView::grew()
{
    m_axis.setExtent(m_index.begin(), m_index.end());
    if (m_fitted)
        m_axis.fit();
    else if (m_following)
        m_axis.goToEnd();
    if (isVisible())
        moved();
}

/// Reads the records in view, with as many again on both sides, unless they are too many to be told apart.
void LaneView::wantDetail()
{
    capture::RecordId first = ~capture::RecordId(0);
    capture::RecordId last = 0;
    const auto reach = [&](Nanoseconds from, Nanoseconds to) {
        for (const auto &[id, lane] : m_index.lanes()) {
            std::size_t at = lane.at(from);
            if (at > 0)
                --at; // silence and joins reach back to the record before
            if (at < lane.spans.size())
                first = std::min(first, lane.spans[at].first);
            const std::size_t end = std::min(lane.at(to), lane.spans.size() - 1);
            last = std::max(last, lane.spans[end].last);
        }
    };
    reach(m_axis.left(), m_axis.right());
    if (last < first || last - first >= LaneDetail::largest) {
        m_detail = m_reading = {};
        return;
    }
    if (m_detail.covers(first, last) || (!m_reading.isRead() && m_reading.spans(first, last)))
        return;
    const capture::RecordId more = (LaneDetail::largest - (last - first)) / 4;
    const capture::RecordId from = first > more ? first - more : 1;
    m_reading = LaneDetail(from, std::min(last + more, m_indexedTo));
    m_work.start();
}

bool LaneView::isReady() const
{
    return m_indexedTo >= m_document->foldedTo() && !m_work.isActive() && !m_soon.isActive();
}

bool LaneView::showsRecords() const
{
    return m_detail.isRead() && !m_detail.isEmpty();
}

// -- geometry

int LaneView::labelWidth() const
{
    return fontMetrics().averageCharWidth() * 22;
}

int LaneView::rulerHeight() const
{
    return fontMetrics().height() + 2 * Theme::space;
}

int LaneView::laneHeight() const
{
    return fontMetrics().height() * 3 + 5 * Theme::space;
}

std::vector<capture::ConnectionId> LaneView::connections() const
{
    std::vector<capture::ConnectionId> ids;
    for (const auto &[id, lane] : m_index.lanes()) {
        const auto *facts = m_document->facts(id);
        if (!facts || !facts->isListener())
            ids.push_back(id);
    }
    return ids;
}

QRect LaneView::laneArea(int lane) const
{
    const int top = rulerHeight() + lane * laneHeight() - verticalScrollBar()->value();
    return QRect(labelWidth(), top, viewport()->width() - labelWidth(), laneHeight());
}

int LaneView::laneAt(int y) const
{
    const int lane = (y - rulerHeight() + verticalScrollBar()->value()) / laneHeight();
    return y < rulerHeight() || lane >= static_cast<int>(connections().size()) ? -1 : lane;
}

QPoint LaneView::placeOf(capture::ConnectionId connection, Nanoseconds time) const
{
    const std::vector<capture::ConnectionId> ids = connections();
    const auto lane = static_cast<int>(std::find(ids.begin(), ids.end(), connection) - ids.begin());
    const QRect area = laneArea(lane);
    return {area.left() + static_cast<int>(std::lround(m_axis.pixelOf(time))), area.center().y()};
}

void LaneView::updateBars()
{
    const QScopedValueRollback guard(m_movesBars, true);
    const int content = static_cast<int>(connections().size()) * laneHeight();
    const int room = viewport()->height() - rulerHeight();
    verticalScrollBar()->setRange(0, std::max(0, content - room));
    verticalScrollBar()->setPageStep(std::max(1, room));
    verticalScrollBar()->setSingleStep(laneHeight() / 2);
    const double whole = static_cast<double>((m_index.end() - m_index.begin()).count());
    const double seen = m_axis.width() * m_axis.nanosecondsPerPixel();
    const int page = whole > 0 ? static_cast<int>(std::clamp(seen / whole, 0.0, 1.0) * scrollSteps) : scrollSteps;
    horizontalScrollBar()->setRange(0, scrollSteps - page);
    horizontalScrollBar()->setPageStep(std::max(1, page));
    horizontalScrollBar()->setSingleStep(std::max(1, page / 20));
    if (whole > 0) {
        const double left = static_cast<double>((m_axis.left() - m_index.begin()).count()) / whole;
        horizontalScrollBar()->setValue(static_cast<int>(std::clamp(left, 0.0, 1.0) * scrollSteps));
    }
    viewport()->update();
}

void LaneView::scrollContentsBy(int dx, int)
{
    if (m_movesBars)
        return;
    if (dx != 0) {
        const double whole = static_cast<double>((m_index.end() - m_index.begin()).count());
        const double left = whole * horizontalScrollBar()->value() / scrollSteps;
        m_axis.moveTo(m_index.begin() + Nanoseconds(static_cast<std::int64_t>(left)));
        m_fitted = false;
        m_following = m_axis.isAtEnd();
        wantDetail();
    }
    viewport()->update();
}

/// Another piece of time is in view.
void LaneView::moved()
{
    updateBars();
    wantDetail();
}

void LaneView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    m_axis.setWidth(viewport()->width() - labelWidth());
    grew();
}

void LaneView::showEvent(QShowEvent *event)
{
    QAbstractScrollArea::showEvent(event);
    grew();
}

void LaneView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::ApplicationFontChange) {
        m_axis.setWidth(viewport()->width() - labelWidth());
        grew();
    }
}

void LaneView::setTimeFormat(TimeFormat format)
{
    m_format = format;
    viewport()->update();
}

// -- zoom

void LaneView::zoomBy(double factor, double pixel)
{
    m_axis.zoom(factor, pixel);
    m_fitted = m_axis.isFitted();
    m_following = m_axis.isAtEnd();
    moved();
}

void LaneView::zoomIn()
{
    const double pixel = m_axis.pixelOf(m_selectedTime);
    const bool aimed = m_selection->record() != 0 && pixel >= 0 && pixel < m_axis.width();
    zoomBy(0.5, aimed ? pixel : m_axis.width() / 2.0);
}

void LaneView::zoomOut()
{
    zoomBy(2, m_axis.width() / 2.0);
}

void LaneView::fit()
{
    m_fitted = m_following = true;
    m_axis.fit();
    moved();
}

// -- painting

LaneLife LaneView::lifeOf(capture::ConnectionId id) const
{
    LaneLife life{m_index.begin(), {}, {}};
    if (const LaneIndex::Lane *lane = m_index.find(id))
        life.begin = lane->begin();
    if (const auto *facts = m_document->facts(id)) {
        life.opened = facts->openedAt;
        if (facts->ended)
            life.ended = facts->ended->time;
    }
    return life;
}

void LaneView::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = Theme::instance().tokens();
    QPainter painter(viewport());
    painter.setFont(font());
    painter.fillRect(viewport()->rect(), tokens.surface);
    const std::vector<capture::ConnectionId> ids = connections();
    if (ids.empty())
        return;
    LanePainter lanes(painter, m_axis);
    for (int number = 0; number < static_cast<int>(ids.size()); ++number) {
        const QRect area = laneArea(number);
        if (area.bottom() < rulerHeight() || area.top() > viewport()->height())
            continue;
        const capture::ConnectionId id = ids[static_cast<std::size_t>(number)];
        const bool current = id == m_selection->connection();
        painter.save();
        painter.setClipRect(area);
        lanes.lane(area, lifeOf(id), *m_index.find(id), showsRecords() ? m_detail.lane(id) : nullptr);
        if (current && m_selection->record() != 0)
            lanes.selected(area, m_selectedTime);
        painter.restore();

        const QRect label(0, area.top(), labelWidth(), area.height());
        painter.fillRect(label, current ? tokens.raised : tokens.surface);
        painter.fillRect(QRect(label.left(), label.bottom(), label.width(), 1), tokens.line);
        if (current)
            painter.fillRect(QRect(0, area.top(), 3, area.height() - 1), tokens.accent);
        const QRect words = label.adjusted(3 * Theme::space, Theme::space, -Theme::space, -Theme::space);
        if (const auto *facts = m_document->facts(id)) {
            const int room = words.width() - painter.fontMetrics().horizontalAdvance(QStringLiteral("↑ "));
            painter.setPen(current ? tokens.text : tokens.quiet);
            painter.drawText(
                words, Qt::AlignLeft | Qt::AlignVCenter,
                painter.fontMetrics().elidedText(ConnectionListModel::titleOf(*facts), Qt::ElideMiddle, room));
        }
        painter.setPen(tokens.sent);
        painter.drawText(words, Qt::AlignRight | Qt::AlignTop, QStringLiteral("↑"));
        painter.setPen(tokens.received);
        painter.drawText(words, Qt::AlignRight | Qt::AlignBottom, QStringLiteral("↓"));
    }
    painter.fillRect(QRect(0, 0, labelWidth(), rulerHeight()), tokens.raised);
    const QRect ruler(labelWidth(), 0, viewport()->width() - labelWidth(), rulerHeight());
    painter.setClipRect(ruler);
    lanes.ruler(ruler, m_format, m_index.begin(), m_document->reader().startWallMs());
    painter.setClipping(false);
    painter.fillRect(QRect(labelWidth() - 1, 0, 1, viewport()->height()), tokens.line);
    if (hasFocus()) {
        painter.setPen(QPen(tokens.accent, 2));
        painter.drawRect(viewport()->rect().adjusted(1, 1, -1, -1));
    }
}

} // namespace frameglass::ui
