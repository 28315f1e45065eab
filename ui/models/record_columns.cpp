// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_model.h"

#include "core/analysis/filter_fields.h"
#include "core/capture/record_kind.h"
#include "core/diagnosis/wording.h"
#include "ui/support/theme.h"

#include <QDateTime>
#include <QFont>
#include <QLocale>

namespace frameglass::ui {

namespace {

QString secondsText(Nanoseconds time)
{
    return QLocale().toString(static_cast<double>(time.count()) / 1e9, 'f', 6);
}

QVariant alignmentOf(int column)
{
    switch (column) {
    case RecordModel::Number:
    case RecordModel::Time:
    case RecordModel::Delta:
    case RecordModel::Length: return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    case RecordModel::Dir:
    case RecordModel::Fin:
    case RecordModel::Rsv: return QVariant(Qt::AlignCenter);
    default: return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    }
}

bool isFrame(RowKind kind)
{
    return kind == RowKind::Data || kind == RowKind::Close || kind == RowKind::Heartbeat;
}

bool isControl(RowKind kind)
{
    return kind == RowKind::Close || kind == RowKind::Heartbeat;
}

} // namespace

capture::Vantage RecordModel::vantage() const
{
    const auto *facts = m_document->facts(m_connection);
    return facts ? facts->vantage() : capture::Vantage::Client;
}

QString RecordModel::timeText(int row) const
{
    const Nanoseconds time = timeAt(row);
    switch (m_timeFormat) {
    case TimeFormat::WallClock:
        return QDateTime::fromMSecsSinceEpoch(m_document->reader().startWallMs() + time.count() / 1'000'000)
            .toString(QStringLiteral("HH:mm:ss.zzz"));
    case TimeFormat::SinceStart: return secondsText(time - startTime());
    case TimeFormat::SincePrevious: return secondsText(row == 0 ? Nanoseconds(0) : time - timeAt(row - 1));
    }
    return {};
}

QString RecordModel::dataText(const Row &row) const
{
    const RecordRow &words = row.words;
    if (!row.beat)
        return words.data;
    // A payload of our schedule is a number and a time, which say nothing in hexadecimal.
    QString text = row.beat->id != 0 && !words.isText ? tr("id %1").arg(row.beat->id) : words.data;
    if (row.beat->rtt)
        text += QStringLiteral(" · ") + diagnosis::durationText(*row.beat->rtt);
    return text;
}

QString RecordModel::signAt(int row) const
{
    const Row &entry = rowAt(row);
    const RowMark *mark = markAt(row);
    if (entry.violates || (mark != nullptr && mark->verdict == diagnosis::Verdict::Fail))
        return QStringLiteral("✕ ");
    return entry.words.warns || mark != nullptr ? QStringLiteral("! ") : QString();
}

QVariant RecordModel::displayText(int row, int column) const
{
    const Row &entry = rowAt(row);
    const RecordRow &words = entry.words;
    switch (column) {
    case Number: return entry.number == 0 ? QString() : QLocale().toString(static_cast<qulonglong>(entry.number));
    case Time: return timeText(row);
    case Delta: return row == 0 ? QString() : secondsText(timeAt(row) - timeAt(row - 1));
    case Dir: return words.direction ? arrowOf(*words.direction) : QString();
    case Type: return signAt(row) + words.type;
    case Fin: return !words.isFrame ? QString() : words.fin ? QStringLiteral("●") : QStringLiteral("○");
    case Rsv: return words.rsv;
    case Length: return words.length;
    case Data: return dataText(entry);
    default: return {};
    }
}

QVariant RecordModel::colourAt(int at, int column) const
{
    const Row &row = rowAt(at);
    const RowMark *mark = column == Type ? markAt(at) : nullptr;
    const Tokens &tokens = Theme::instance().tokens();
    if (column == Dir && row.words.direction)
        return *row.words.direction == capture::Direction::Sent ? tokens.sent : tokens.received;
    if (column == Type && (row.violates || (mark != nullptr && mark->verdict == diagnosis::Verdict::Fail)))
        return tokens.fail;
    if (mark != nullptr)
        return tokens.warn;
    if ((column == Type || column == Data) && row.words.warns)
        return tokens.warn;
    if (!isFrame(row.kind))
        return tokens.quiet;
    return isControl(row.kind) ? tokens.control : QVariant();
}

QVariant RecordModel::spokenText(int row, int column) const
{
    const RecordRow &words = rowAt(row).words;
    if (column == Dir)
        return words.direction ? directionWord(*words.direction, vantage()) : QString();
    if (column == Fin && words.isFrame)
        return words.fin ? tr("FIN set: last fragment of its message") : tr("FIN clear: more fragments follow");
    if (const RowMark *mark = column == Type ? markAt(row) : nullptr)
        return QStringLiteral("%1; %2").arg(words.type, mark->text);
    if (column == Type && rowAt(row).violates)
        return tr("%1; breaks a rule of the protocol").arg(words.type);
    return displayText(row, column);
}

QStringList RecordModel::filtersFor(const QModelIndex &cell) const
{
    const auto record = cell.isValid() ? m_document->reader().record(idAt(cell.row())) : std::nullopt;
    if (!record)
        return {};
    const auto *frame = capture::as<capture::FrameRecord>(*record);
    const auto named = [](std::string_view field, std::string_view name) {
        return QStringLiteral("%1 == %2")
            .arg(QString::fromUtf8(field.data(), qsizetype(field.size())),
                 QString::fromUtf8(name.data(), qsizetype(name.size())));
    };
    const QString kind = named("kind", capture::nameOf(record->body));
    if (!frame)
        return {kind, QStringLiteral("!(%1)").arg(kind)};
    QString filter = QStringLiteral("websocket.opcode == %1").arg(frame->header.opcode);
    for (const analysis::FilterName &name : analysis::filterNames(analysis::FilterFieldId::Opcode))
        if (name.number == frame->header.opcode)
            filter = named("websocket.opcode", name.name);
    if (cell.column() == Dir)
        filter = named("dir", capture::nameOf(frame->direction));
    else if (cell.column() == Length)
        filter = QStringLiteral("websocket.payload_length == %1").arg(frame->header.payloadLength);
    else if (cell.column() == Fin)
        filter = QStringLiteral("websocket.fin == %1")
                     .arg(frame->header.fin ? QLatin1String("true") : QLatin1String("false"));
    else if (cell.column() == Rsv)
        filter = QStringLiteral("websocket.rsv == %1").arg(frame->header.rsv);
    return {filter, QStringLiteral("!(%1)").arg(filter)};
}

QVariant RecordModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const int row = index.row();
    switch (role) {
    case Qt::DisplayRole: return displayText(row, index.column());
    case Qt::TextAlignmentRole: return alignmentOf(index.column());
    case Qt::ForegroundRole: return colourAt(row, index.column());
    case Qt::FontRole:
        if (isControl(rowAt(row).kind)) {
            QFont italic;
            italic.setItalic(true);
            return italic;
        }
        return {};
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole: return spokenText(row, index.column());
    case RecordIdRole: return QVariant::fromValue<qulonglong>(idAt(row));
    case IsFrameRole: return isFrame(rowAt(row).kind);
    case IsControlRole: return isControl(rowAt(row).kind);
    case ViolatesRole: return rowAt(row).violates;
    default: return {};
    }
}

QVariant RecordModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        if (section == Number || section == Time || section == Delta || section == Length)
            return QVariant(Qt::AlignRight | Qt::AlignVCenter);
        if (section == Type || section == Data)
            return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
        return QVariant(Qt::AlignCenter);
    }
    if (role == Qt::DisplayRole) {
        switch (section) {
        case Number: return tr("No.");
        case Time: return m_timeFormat == TimeFormat::WallClock ? tr("Time") : tr("Time (s)");
        case Delta: return tr("Δ (s)");
        case Dir: return tr("Dir");
        case Type: return tr("Type");
        case Fin: return QStringLiteral("FIN");
        case Rsv: return QStringLiteral("RSV");
        case Length: return tr("Length");
        case Data: return tr("Data");
        default: return {};
        }
    }
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case Number: return tr("Number of the frame in this connection");
        case Time:
            return m_timeFormat == TimeFormat::WallClock    ? tr("Time of day")
                   : m_timeFormat == TimeFormat::SinceStart ? tr("Seconds since the connection began")
                                                            : tr("Seconds since the row above");
        case Delta: return tr("Seconds since the row above");
        case Dir: return tr("Direction: ↑ sent, ↓ received");
        case Type: return tr("Opcode of the frame, or what happened");
        case Fin: return tr("● last fragment, ○ more follow");
        case Rsv: return tr("Reserved bits that are set");
        case Length: return tr("Payload length in octets");
        default: return tr("Payload, or what happened");
        }
    }
    return {};
}

} // namespace frameglass::ui
