// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_model.h"

#include <QElapsedTimer>

#include <algorithm>

namespace frameglass::ui {

using capture::Record;
using capture::RecordId;

RecordModel::RecordModel(const Document *document, QObject *parent) : QAbstractTableModel(parent), m_document(document)
{
    m_loader.setInterval(0);
    connect(&m_loader, &QTimer::timeout, this, &RecordModel::loadSlice);
    connect(document, &Document::recordsAdded, this, &RecordModel::take);
    connect(document, &Document::captureReset, this, &RecordModel::restart);
}

void RecordModel::setConnection(capture::ConnectionId connection)
{
    if (connection == m_connection)
        return;
    m_connection = connection;
    restart();
}

RowMarks marksOf(const diagnosis::Report &report)
{
    RowMarks marks;
    for (const diagnosis::Finding &finding : report.findings) {
        if (finding.verdict < diagnosis::Verdict::Warn || !finding.foldedUnder.empty() || finding.accepted)
            continue;
        const diagnosis::Check *check = diagnosis::checkById(finding.id);
        for (const diagnosis::Evidence &evidence : finding.evidence) {
            if (evidence.record == 0 || check == nullptr)
                continue;
            RowMark &mark = marks[evidence.record];
            if (!mark.check.empty() && mark.verdict >= finding.verdict && finding.id != report.rootCause)
                continue;
            mark = {finding.verdict, finding.id, check->translatedTitle() + QStringLiteral(": ") + finding.reason};
        }
    }
    return marks;
}

void RecordModel::setMarks(RowMarks marks)
{
    if (marks == m_marks)
        return;
    m_marks = std::move(marks);
    if (const int rows = rowCount(); rows > 0)
        emit dataChanged(index(0, Type), index(rows - 1, Type));
}

const RowMark *RecordModel::markAt(int row) const
{
    const auto found = m_marks.find(idAt(row));
    return found == m_marks.end() ? nullptr : &found->second;
}

void RecordModel::restart()
{
    beginResetModel();
    m_index.clear();
    m_marks.clear();
    m_shown.clear();
    m_matches.reset();
    m_hiddenBefore = 0;
    m_new.clear();
    m_start.reset();
    forgetPages();
    m_scannedTo = 0;
    endResetModel();
    // The first record of a connection is known to the facts: nothing before it has to be read.
    if (const auto *facts = m_connection == 0 ? nullptr : m_document->facts(m_connection)) {
        if (facts->started)
            m_scannedTo = facts->started->record - 1;
        else if (facts->listener)
            m_scannedTo = facts->listener->record - 1;
    }
    if (m_connection != 0) {
        setLoading(true);
        loadSlice();
    } else {
        setLoading(false);
    }
}

void RecordModel::setLoading(bool loading)
{
    if (loading == m_loader.isActive())
        return;
    if (loading)
        m_loader.start();
    else
        m_loader.stop();
    emit loadingChanged(loading);
}

void RecordModel::take(const std::vector<Record> &records)
{
    // While the past is still being read the loader comes to these by itself.
    if (m_connection == 0 || records.empty() || m_loader.isActive())
        return;
    if (records.front().id > m_scannedTo + 1) {
        setLoading(true);
        return;
    }
    for (const Record &record : records) {
        if (record.id > m_scannedTo && record.connection == m_connection && shows(m_index.add(record)) &&
            isMatch(record.id))
            m_new.push_back(record.id);
    }
    m_scannedTo = std::max(m_scannedTo, records.back().id);
    publish();
}

void RecordModel::loadSlice()
{
    constexpr qint64 sliceMs = 6;
    constexpr RecordId step = 8192; // a few milliseconds; the clock is looked at between steps
    const capture::CaptureReader &reader = m_document->reader();
    const RecordId last = reader.lastId();
    const RecordIndex::Fetch fetch = [&reader](RecordId id) {
        return reader.record(id, capture::Payloads::ControlOnly);
    };
    QElapsedTimer clock;
    clock.start();
    while (m_scannedTo < last && clock.elapsed() < sliceMs) {
        const auto next = reader.nextId(m_scannedTo); // leaps over what a damaged file lacks
        if (!next)
            break;
        m_scannedTo = std::max(m_scannedTo, *next - 1);
        const RecordId until = last - m_scannedTo > step ? m_scannedTo + step : last;
        reader.forEachSketch(m_scannedTo + 1, until, m_connection, [&](const capture::RecordSketch &sketch) {
            if (shows(m_index.add(sketch, fetch)) && isMatch(sketch.id))
                m_new.push_back(sketch.id);
            return true;
        });
        m_scannedTo = until;
    }
    publish();
    setLoading(m_scannedTo < last);
}

void RecordModel::publish()
{
    const int before = rowCount();
    // Those that are hidden come first: ids ascend.
    const auto firstSeen = std::upper_bound(m_new.begin(), m_new.end(), m_hiddenThrough);
    const auto seen = static_cast<int>(m_new.end() - firstSeen);
    if (seen > 0)
        beginInsertRows({}, before, before + seen - 1);
    for (const RecordId id : m_new)
        m_shown.add(id);
    m_hiddenBefore += static_cast<std::uint64_t>(firstSeen - m_new.begin());
    m_new.clear();
    if (seen > 0)
        endInsertRows();
    for (const RecordId id : m_index.takeChanged()) {
        const int row = rowOf(id);
        if (row < 0 || row >= before)
            continue;
        if (const auto page = m_pages.find(row / pageRows); page != m_pages.end()) {
            const auto place = static_cast<std::size_t>(row % pageRows);
            if (place < page->second.rows.size())
                page->second.rows[place] = readRow(id);
        }
        emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    }
}

bool RecordModel::shows(RowKind kind) const
{
    switch (kind) {
    case RowKind::Hidden: return false;
    case RowKind::Data:
    case RowKind::Close:
    case RowKind::Alert: return true;
    case RowKind::Heartbeat: return !m_heartbeatsHidden;
    case RowKind::Event: return m_eventsShown;
    case RowKind::Tls: return m_tlsShown;
    case RowKind::HeartbeatEvent: return m_eventsShown && !m_heartbeatsHidden;
    }
    return true;
}

void RecordModel::rebuildShown()
{
    beginResetModel();
    RecordIndex::Kinds kinds{};
    for (std::size_t kind = 0; kind < rowKinds; ++kind)
        kinds[kind] = shows(static_cast<RowKind>(kind));
    m_shown = m_index.rows(kinds);
    if (m_matches)
        m_shown = intersect(m_shown, *m_matches);
    m_hiddenBefore = m_shown.rank(m_hiddenThrough);
    forgetPages();
    endResetModel();
}

void RecordModel::forgetPages()
{
    m_pages.clear();
    m_pageUse.clear();
}

void RecordModel::beginFilter()
{
    m_matches.emplace();
    rebuildShown();
}

void RecordModel::endFilter()
{
    if (!m_matches)
        return;
    m_matches.reset();
    rebuildShown();
}

void RecordModel::addMatches(const std::vector<RecordId> &records)
{
    if (!m_matches)
        return;
    for (const RecordId id : records) {
        m_matches->add(id);
        // What the loader has not come to yet, it will look up itself.
        const auto kind = m_index.kindOf(id);
        if (kind && shows(*kind))
            m_new.push_back(id);
    }
    publish();
}

void RecordModel::setEventsShown(bool shown)
{
    if (shown == m_eventsShown)
        return;
    m_eventsShown = shown;
    rebuildShown();
}

void RecordModel::setTlsShown(bool shown)
{
    if (shown == m_tlsShown)
        return;
    m_tlsShown = shown;
    rebuildShown();
}

void RecordModel::setHeartbeatsHidden(bool hidden)
{
    if (hidden == m_heartbeatsHidden)
        return;
    m_heartbeatsHidden = hidden;
    rebuildShown();
}

void RecordModel::setHiddenThrough(RecordId id)
{
    if (id == m_hiddenThrough)
        return;
    m_hiddenThrough = id;
    rebuildShown();
}

int RecordModel::hiddenRows() const
{
    return m_hiddenThrough == 0 ? 0 : static_cast<int>(m_index.rowsThrough(m_hiddenThrough));
}

void RecordModel::setTimeFormat(TimeFormat format)
{
    if (format == m_timeFormat)
        return;
    m_timeFormat = format;
    if (rowCount() > 0)
        emit dataChanged(index(0, Time), index(rowCount() - 1, Time));
    emit headerDataChanged(Qt::Horizontal, Time, Time);
}

void RecordModel::retranslate()
{
    forgetPages();
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

RecordId RecordModel::idAt(int row) const
{
    return row >= 0 && row < rowCount() ? m_shown.at(m_hiddenBefore + static_cast<std::uint64_t>(row)) : 0;
}

Nanoseconds RecordModel::timeAt(int row) const
{
    return row >= 0 && row < rowCount() ? rowAt(row).time : Nanoseconds(0);
}

Nanoseconds RecordModel::startTime() const
{
    const auto first = m_start ? std::nullopt : m_index.first();
    if (first) {
        const auto record = m_document->reader().record(*first, capture::Payloads::ControlOnly);
        m_start = record ? record->time : Nanoseconds(0);
    }
    return m_start.value_or(Nanoseconds(0));
}

int RecordModel::rowOf(RecordId id, bool nearest) const
{
    if (!nearest && !m_shown.contains(id))
        return -1;
    const std::uint64_t through = m_shown.rank(id);
    return through <= m_hiddenBefore ? -1 : static_cast<int>(through - m_hiddenBefore) - 1;
}

analysis::RecordSet RecordModel::records(int first, int last) const
{
    const int rows = rowCount();
    if (rows == 0 || first > last || first >= rows)
        return {};
    return slice(m_shown, idAt(std::max(first, 0)), idAt(std::min(last, rows - 1)));
}

bool RecordModel::reveal(RecordId id)
{
    if (rowOf(id) >= 0)
        return true;
    const auto kind = m_index.kindOf(id);
    if (!kind)
        return false;
    m_eventsShown = m_eventsShown || kind == RowKind::Event || kind == RowKind::HeartbeatEvent;
    m_tlsShown = m_tlsShown || kind == RowKind::Tls;
    m_heartbeatsHidden = m_heartbeatsHidden && kind != RowKind::Heartbeat && kind != RowKind::HeartbeatEvent;
    if (!isMatch(id))
        m_matches.reset();
    rebuildShown();
    return rowOf(id) >= 0;
}

int RecordModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size() - m_hiddenBefore);
}

int RecordModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

const RecordModel::Row &RecordModel::rowAt(int row) const
{
    const int number = row / pageRows;
    auto found = m_pages.find(number);
    if (found == m_pages.end()) {
        if (m_pages.size() >= maximumPages) {
            m_pages.erase(m_pageUse.back());
            m_pageUse.pop_back();
        }
        m_pageUse.push_front(number);
        found = m_pages.emplace(number, Page{{}, m_pageUse.begin()}).first;
    } else if (found->second.use != m_pageUse.begin()) {
        m_pageUse.splice(m_pageUse.begin(), m_pageUse, found->second.use);
    }
    std::vector<Row> &rows = found->second.rows;
    const auto wanted = static_cast<std::size_t>(row % pageRows);
    if (wanted >= rows.size())
        fillPage(number, rows);
    return rows[wanted];
}

void RecordModel::fillPage(int page, std::vector<Row> &rows) const
{
    const int end = std::min((page + 1) * pageRows, rowCount());
    for (int row = page * pageRows + static_cast<int>(rows.size()); row < end; ++row)
        rows.push_back(readRow(idAt(row)));
}

RecordModel::Row RecordModel::readRow(RecordId id) const
{
    const capture::CaptureReader &reader = m_document->reader();
    auto record = reader.record(id, capture::Payloads::ControlOnly);
    Row row;
    row.kind = m_index.kindOf(id).value_or(RowKind::Event);
    row.violates = m_index.violates(id);
    if (record) {
        const auto *frame = capture::as<capture::FrameRecord>(*record);
        if (frame && frame->payload.empty() && frame->payloadOctets > 0 &&
            std::max(frame->payloadOctets, frame->octetsMeant()) <= maximumPreviewPayload)
            record = reader.record(id, capture::Payloads::Full);
    }
    if (record) {
        row.words = makeRow(*record);
        row.time = record->time;
        row.number = row.words.isFrame ? m_index.frameNumber(id) : 0;
        row.beat = beatOf(*record);
    }
    row.words.id = id;
    return row;
}

// The schedule's record of a ping, and of a pong that was matched, follows its frame.
std::optional<RecordModel::Beat> RecordModel::beatOf(const Record &record) const
{
    constexpr RecordId reach = 256;
    const auto *frame = capture::as<capture::FrameRecord>(record);
    if (!frame)
        return std::nullopt;
    const bool isPing = frame->header.is(protocol::Opcode::Ping) && frame->direction == capture::Direction::Sent;
    const bool isPong = frame->header.is(protocol::Opcode::Pong) && frame->direction == capture::Direction::Received;
    if (!isPing && !isPong)
        return std::nullopt;
    const protocol::Opcode opcode = isPing ? protocol::Opcode::Ping : protocol::Opcode::Pong;
    const capture::CaptureReader &reader = m_document->reader();
    std::optional<Beat> beat;
    const auto visit = [&](const capture::RecordSketch &sketch) {
        if (sketch.is(opcode) && sketch.direction == frame->direction)
            return false; // what follows belongs to that one
        if (!sketch.is<capture::HeartbeatRecord>())
            return true;
        const auto following = reader.record(sketch.id, capture::Payloads::ControlOnly);
        const auto *heartbeat = following ? capture::as<capture::HeartbeatRecord>(*following) : nullptr;
        if (!heartbeat)
            return true;
        const bool belongs = isPing ? heartbeat->kind == capture::HeartbeatKind::PingSent
                                    : heartbeat->kind == capture::HeartbeatKind::PongMatched ||
                                          heartbeat->kind == capture::HeartbeatKind::PongLate;
        if (belongs)
            beat = Beat{heartbeat->id, heartbeat->rtt};
        return !belongs;
    };
    reader.forEachSketch(record.id + 1, record.id + reach, record.connection, visit);
    return beat;
}

} // namespace frameglass::ui
