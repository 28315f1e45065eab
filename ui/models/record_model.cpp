// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_model.h"

#include "core/diagnosis/wording.h"
#include "ui/support/theme.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QFont>
#include <QLocale>

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

void RecordModel::restart()
{
    beginResetModel();
    m_entries.clear();
    m_shown.clear();
    m_published = 0;
    m_changed.clear();
    m_frames = 0;
    m_beats.clear();
    m_lastPing.reset();
    m_lastPong.reset();
    m_lastFrames[0].reset();
    m_lastFrames[1].reset();
    m_pages.clear();
    m_pageUse.clear();
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
        if (record.id > m_scannedTo)
            append(record);
    }
    m_scannedTo = std::max(m_scannedTo, records.back().id);
    publish();
}

void RecordModel::loadSlice()
{
    constexpr qint64 sliceMs = 6;
    const RecordId last = m_document->reader().lastId();
    QElapsedTimer clock;
    clock.start();
    RecordId reached = last;
    std::uint32_t visited = 0;
    m_document->reader().forEach(m_scannedTo + 1, last, capture::Payloads::ControlOnly, [&](Record &&record) {
        append(record);
        reached = record.id;
        return (++visited % 64) != 0 || clock.elapsed() < sliceMs;
    });
    // Ids have no gaps in a capture; should a file have lost its tail, the walk still ends.
    m_scannedTo = visited == 0 ? std::max(m_scannedTo, last) : std::max(m_scannedTo, reached);
    publish();
    if (m_scannedTo >= last)
        setLoading(false);
    else
        setLoading(true);
}

void RecordModel::append(const Record &record)
{
    if (record.connection != m_connection)
        return;
    if (const auto *heartbeat = capture::as<capture::HeartbeatRecord>(record))
        noteHeartbeat(*heartbeat);
    else if (const auto *violation = capture::as<capture::ViolationRecord>(record))
        noteViolation(*violation);
    const RowKind kind = rowKindOf(record.body);
    if (kind == RowKind::Hidden)
        return;
    Entry entry{};
    entry.id = record.id;
    entry.kind = static_cast<std::uint64_t>(kind) & 0x7f;
    entry.time = record.time.count();
    if (const auto *frame = capture::as<capture::FrameRecord>(record)) {
        entry.number = ++m_frames;
        const auto index = static_cast<std::uint32_t>(m_entries.size());
        m_lastFrames[static_cast<int>(frame->direction)] = LastFrame{index, frame->streamOffset};
        if (frame->header.is(protocol::Opcode::Pong) && frame->direction == capture::Direction::Received)
            m_lastPong = index;
        if (frame->header.is(protocol::Opcode::Ping) && frame->direction == capture::Direction::Sent)
            m_lastPing = index;
    }
    m_entries.push_back(entry);
}

void RecordModel::noteHeartbeat(const capture::HeartbeatRecord &heartbeat)
{
    const bool isPing = heartbeat.kind == capture::HeartbeatKind::PingSent;
    const bool isPong =
        heartbeat.kind == capture::HeartbeatKind::PongMatched || heartbeat.kind == capture::HeartbeatKind::PongLate;
    const std::optional<std::uint32_t> &frame = isPing ? m_lastPing : m_lastPong;
    if ((!isPing && !isPong) || !frame || m_beats.size() >= maximumBeats)
        return;
    m_beats[m_entries[*frame].id] = {heartbeat.id, heartbeat.rtt};
    m_changed.push_back(*frame);
}

void RecordModel::noteViolation(const capture::ViolationRecord &violation)
{
    const auto &last = m_lastFrames[static_cast<int>(violation.direction)];
    if (!last || last->streamOffset != violation.streamOffset)
        return;
    m_entries[last->entry].violates = 1;
    m_changed.push_back(last->entry);
}

void RecordModel::publish()
{
    std::vector<std::uint32_t> added;
    added.reserve(m_entries.size() - m_published);
    for (std::size_t i = m_published; i < m_entries.size(); ++i) {
        if (shows(m_entries[i]))
            added.push_back(static_cast<std::uint32_t>(i));
    }
    const std::size_t before = m_published;
    m_published = m_entries.size();
    if (!added.empty()) {
        const int first = static_cast<int>(m_shown.size());
        beginInsertRows({}, first, first + static_cast<int>(added.size()) - 1);
        m_shown.insert(m_shown.end(), added.begin(), added.end());
        endInsertRows();
    }
    for (const std::uint32_t entry : std::exchange(m_changed, {})) {
        const int row = entry < before ? rowOf(m_entries[entry].id) : -1;
        if (row >= 0)
            emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    }
}

bool RecordModel::shows(const Entry &entry) const
{
    if (entry.id <= m_hiddenThrough)
        return false;
    switch (static_cast<RowKind>(entry.kind)) {
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
    m_shown.clear();
    for (std::size_t i = 0; i < m_published; ++i) {
        if (shows(m_entries[i]))
            m_shown.push_back(static_cast<std::uint32_t>(i));
    }
    m_pages.clear();
    m_pageUse.clear();
    endResetModel();
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
    const auto shown = std::upper_bound(m_entries.begin(), m_entries.end(), m_hiddenThrough,
                                        [](RecordId wanted, const Entry &entry) { return wanted < entry.id; });
    return static_cast<int>(shown - m_entries.begin());
}

void RecordModel::setTimeFormat(TimeFormat format)
{
    if (format == m_timeFormat)
        return;
    m_timeFormat = format;
    if (!m_shown.empty())
        emit dataChanged(index(0, Time), index(rowCount() - 1, Time));
    emit headerDataChanged(Qt::Horizontal, Time, Time);
}

void RecordModel::retranslate()
{
    m_pages.clear();
    m_pageUse.clear();
    if (!m_shown.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

RecordId RecordModel::idAt(int row) const
{
    return row >= 0 && row < rowCount() ? entryAt(row).id : 0;
}

Nanoseconds RecordModel::timeAt(int row) const
{
    return Nanoseconds(row >= 0 && row < rowCount() ? entryAt(row).time : 0);
}

int RecordModel::rowOf(RecordId id, bool nearest) const
{
    const auto after = std::upper_bound(m_shown.begin(), m_shown.end(), id,
                                        [this](RecordId wanted, std::uint32_t i) { return wanted < m_entries[i].id; });
    if (after == m_shown.begin())
        return -1;
    const auto at = after - 1;
    return nearest || m_entries[*at].id == id ? static_cast<int>(at - m_shown.begin()) : -1;
}

bool RecordModel::reveal(RecordId id)
{
    if (rowOf(id) >= 0)
        return true;
    const auto at = std::lower_bound(m_entries.begin(), m_entries.end(), id,
                                     [](const Entry &entry, RecordId wanted) { return entry.id < wanted; });
    if (at == m_entries.end() || at->id != id)
        return false;
    const auto kind = static_cast<RowKind>(at->kind);
    m_eventsShown = m_eventsShown || kind == RowKind::Event || kind == RowKind::HeartbeatEvent;
    m_tlsShown = m_tlsShown || kind == RowKind::Tls;
    m_heartbeatsHidden = m_heartbeatsHidden && kind != RowKind::Heartbeat && kind != RowKind::HeartbeatEvent;
    rebuildShown();
    return rowOf(id) >= 0;
}

int RecordModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int RecordModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

const RecordRow &RecordModel::rowAt(int row) const
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
    std::vector<RecordRow> &rows = found->second.rows;
    const auto wanted = static_cast<std::size_t>(row % pageRows);
    if (wanted >= rows.size())
        fillPage(number, rows);
    return rows[wanted];
}

void RecordModel::fillPage(int page, std::vector<RecordRow> &rows) const
{
    const int end = std::min((page + 1) * pageRows, rowCount());
    for (int row = page * pageRows + static_cast<int>(rows.size()); row < end; ++row) {
        const RecordId id = entryAt(row).id;
        auto record = m_document->reader().record(id, capture::Payloads::ControlOnly);
        if (record) {
            const auto *frame = capture::as<capture::FrameRecord>(*record);
            if (frame && frame->payload.empty() && frame->payloadOctets > 0 &&
                std::max(frame->payloadOctets, frame->octetsMeant()) <= maximumPreviewPayload)
                record = m_document->reader().record(id, capture::Payloads::Full);
        }
        RecordRow words;
        if (record)
            words = makeRow(*record);
        words.id = id;
        rows.push_back(std::move(words));
    }
}

capture::Vantage RecordModel::vantage() const
{
    const auto *facts = m_document->facts(m_connection);
    return facts ? facts->vantage() : capture::Vantage::Client;
}

namespace {

QString secondsText(std::int64_t nanoseconds)
{
    return QLocale().toString(static_cast<double>(nanoseconds) / 1e9, 'f', 6);
}

} // namespace

QString RecordModel::timeText(const Entry &entry, int row) const
{
    switch (m_timeFormat) {
    case TimeFormat::WallClock:
        return QDateTime::fromMSecsSinceEpoch(m_document->reader().startWallMs() + entry.time / 1'000'000)
            .toString(QStringLiteral("HH:mm:ss.zzz"));
    case TimeFormat::SinceStart: return secondsText(entry.time - (m_entries.empty() ? 0 : m_entries.front().time));
    case TimeFormat::SincePrevious: return secondsText(row == 0 ? 0 : entry.time - entryAt(row - 1).time);
    }
    return {};
}

QString RecordModel::dataText(RecordId id, const RecordRow &words) const
{
    const auto beat = m_beats.find(id);
    if (beat == m_beats.end())
        return words.data;
    // A payload of our schedule is a number and a time, which say nothing in hexadecimal.
    QString text = beat->second.id != 0 && !words.isText ? tr("id %1").arg(beat->second.id) : words.data;
    if (beat->second.rtt)
        text += QStringLiteral(" · ") + diagnosis::durationText(*beat->second.rtt);
    return text;
}

QVariant RecordModel::displayText(int row, int column) const
{
    const Entry &entry = entryAt(row);
    switch (column) {
    case Number: return entry.number == 0 ? QString() : QLocale().toString(entry.number);
    case Time: return timeText(entry, row);
    case Delta: return row == 0 ? QString() : secondsText(entry.time - entryAt(row - 1).time);
    default: break;
    }
    const RecordRow &words = rowAt(row);
    switch (column) {
    case Dir: return words.direction ? arrowOf(*words.direction) : QString();
    case Type:
        return (entry.violates ? QStringLiteral("✕ ") : words.warns ? QStringLiteral("! ") : QString()) + words.type;
    case Fin: return !words.isFrame ? QString() : words.fin ? QStringLiteral("●") : QStringLiteral("○");
    case Rsv: return words.rsv;
    case Length: return words.length;
    case Data: return dataText(entry.id, words);
    default: return {};
    }
}

QVariant RecordModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const int row = index.row();
    const Entry &entry = entryAt(row);
    const auto kind = static_cast<RowKind>(entry.kind);
    const bool isEvent =
        kind == RowKind::Event || kind == RowKind::Tls || kind == RowKind::Alert || kind == RowKind::HeartbeatEvent;
    const bool isControl = kind == RowKind::Close || kind == RowKind::Heartbeat;
    switch (role) {
    case Qt::DisplayRole: return displayText(row, index.column());
    case Qt::TextAlignmentRole:
        switch (index.column()) {
        case Number:
        case Time:
        case Delta:
        case Length: return QVariant(Qt::AlignRight | Qt::AlignVCenter);
        case Dir:
        case Fin:
        case Rsv: return QVariant(Qt::AlignCenter);
        default: return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
        }
    case Qt::ForegroundRole: {
        const Tokens &tokens = Theme::instance().tokens();
        if (index.column() == Dir && rowAt(row).direction)
            return *rowAt(row).direction == capture::Direction::Sent ? tokens.sent : tokens.received;
        if (index.column() == Type && entry.violates)
            return tokens.fail;
        if ((index.column() == Type || index.column() == Data) && rowAt(row).warns)
            return tokens.warn;
        if (isEvent)
            return tokens.quiet;
        return isControl ? tokens.control : QVariant();
    }
    case Qt::FontRole:
        if (isControl) {
            QFont italic;
            italic.setItalic(true);
            return italic;
        }
        return {};
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        if (index.column() == Dir)
            return rowAt(row).direction ? directionWord(*rowAt(row).direction, vantage()) : QString();
        if (index.column() == Fin && rowAt(row).isFrame)
            return rowAt(row).fin ? tr("FIN set: last fragment of its message")
                                  : tr("FIN clear: more fragments follow");
        if (index.column() == Type && entry.violates)
            return tr("%1; breaks a rule of the protocol").arg(rowAt(row).type);
        return displayText(row, index.column());
    case RecordIdRole: return QVariant::fromValue<qulonglong>(entry.id);
    case IsFrameRole: return !isEvent;
    case IsControlRole: return isControl;
    case ViolatesRole: return entry.violates != 0;
    default: return {};
    }
}

} // namespace frameglass::ui
