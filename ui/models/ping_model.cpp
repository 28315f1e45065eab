// SPDX-License-Identifier: GPL-3.0-or-later
#include "ping_model.h"

#include "record_row.h"

#include "core/diagnosis/wording.h"
#include "ui/support/theme.h"

#include <QLocale>

#include <algorithm>

namespace frameglass::ui {

namespace {

bool same(const analysis::PingFact &a, const analysis::PingFact &b)
{
    return a.pingRecord == b.pingRecord && a.pongRecord == b.pongRecord && a.rtt == b.rtt && a.missed == b.missed &&
           a.late == b.late && a.payloadMatched == b.payloadMatched && a.tcpRtt == b.tcpRtt;
}

} // namespace

PingOutcome outcomeOf(const analysis::PingFact &ping)
{
    if (ping.late)
        return PingOutcome::Late;
    if (ping.missed)
        return PingOutcome::Missed;
    if (!ping.payloadMatched)
        return PingOutcome::Mismatched;
    return ping.rtt || ping.pongRecord != 0 ? PingOutcome::Answered : PingOutcome::Waiting;
}

QString textOf(PingOutcome outcome)
{
    switch (outcome) {
    case PingOutcome::Waiting: return PingModel::tr("waiting for its pong");
    case PingOutcome::Answered: return PingModel::tr("answered");
    case PingOutcome::Late: return PingModel::tr("answered late");
    case PingOutcome::Mismatched: return PingModel::tr("answered with another payload");
    case PingOutcome::Missed: return PingModel::tr("missed");
    }
    return {};
}

QString signOf(PingOutcome outcome)
{
    switch (outcome) {
    case PingOutcome::Waiting: return QStringLiteral("…");
    case PingOutcome::Answered: return QStringLiteral("✓");
    case PingOutcome::Late: return QStringLiteral("!");
    case PingOutcome::Mismatched:
    case PingOutcome::Missed: return QStringLiteral("✕");
    }
    return {};
}

void PingModel::setPings(const std::deque<analysis::PingFact> &pings, Nanoseconds started, capture::Vantage vantage)
{
    const std::size_t count = std::min(pings.size(), maximumRows);
    const auto first = pings.end() - static_cast<std::ptrdiff_t>(count);
    // The oldest leave at the end of the list when there are too many.
    const auto stays = std::find_if(m_pings.begin(), m_pings.end(), [&](const analysis::PingFact &ping) {
        return count > 0 && ping.pingRecord >= first->pingRecord;
    });
    if (stays != m_pings.begin() && stays != m_pings.end()) {
        const auto gone = static_cast<int>(stays - m_pings.begin());
        beginRemoveRows({}, rowCount() - gone, rowCount() - 1);
        m_pings.erase(m_pings.begin(), stays);
        endRemoveRows();
    }
    const bool grows = m_started == started && m_vantage == vantage && m_pings.size() <= count &&
                       std::equal(m_pings.begin(), m_pings.end(), first,
                                  [](const auto &a, const auto &b) { return a.pingRecord == b.pingRecord; });
    if (!grows) {
        beginResetModel();
        m_pings.assign(first, pings.end());
        m_started = started;
        m_vantage = vantage;
        endResetModel();
        return;
    }
    for (std::size_t i = 0; i < m_pings.size(); ++i) {
        const analysis::PingFact &now = first[static_cast<std::ptrdiff_t>(i)];
        if (same(m_pings[i], now))
            continue;
        m_pings[i] = now;
        const int row = static_cast<int>(m_pings.size() - 1 - i);
        emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    }
    const std::size_t added = count - m_pings.size();
    if (added == 0)
        return;
    beginInsertRows({}, 0, static_cast<int>(added) - 1);
    m_pings.insert(m_pings.end(), first + static_cast<std::ptrdiff_t>(m_pings.size()), pings.end());
    endInsertRows();
}

void PingModel::retranslate()
{
    if (!m_pings.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

capture::RecordId PingModel::recordAt(int row) const
{
    return row >= 0 && row < rowCount() ? pingAt(row).pingRecord : 0;
}

int PingModel::rowOf(capture::RecordId record) const
{
    for (int row = 0; record != 0 && row < rowCount(); ++row) {
        if (pingAt(row).pingRecord == record || pingAt(row).pongRecord == record)
            return row;
    }
    return -1;
}

int PingModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_pings.size());
}

int PingModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString PingModel::text(const analysis::PingFact &ping, int column) const
{
    switch (column) {
    case Time: return diagnosis::durationText(ping.sent - m_started);
    case Dir: return arrowOf(ping.direction) + QLatin1Char(' ') + directionWord(ping.direction, m_vantage);
    case Outcome: return signOf(outcomeOf(ping)) + QLatin1Char(' ') + textOf(outcomeOf(ping));
    case Rtt: return ping.rtt ? diagnosis::durationText(*ping.rtt) : QStringLiteral("–");
    case TcpRtt: return ping.tcpRtt ? diagnosis::durationText(*ping.tcpRtt) : QStringLiteral("–");
    default: return {};
    }
}

QVariant PingModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const analysis::PingFact &ping = pingAt(index.row());
    const Tokens &tokens = Theme::instance().tokens();
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole: return text(ping, index.column());
    case Qt::TextAlignmentRole:
        if (index.column() == Dir || index.column() == Outcome)
            return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::ForegroundRole:
        if (index.column() == Dir)
            return ping.direction == capture::Direction::Sent ? tokens.sent : tokens.received;
        if (index.column() == Outcome) {
            switch (outcomeOf(ping)) {
            case PingOutcome::Waiting: return tokens.quiet;
            case PingOutcome::Answered: return tokens.pass;
            case PingOutcome::Late: return tokens.warn;
            case PingOutcome::Mismatched:
            case PingOutcome::Missed: return tokens.fail;
            }
        }
        return {};
    case RecordIdRole: return QVariant::fromValue<qulonglong>(ping.pingRecord);
    default: return {};
    }
}

QVariant PingModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return section == Dir || section == Outcome ? QVariant(Qt::AlignLeft | Qt::AlignVCenter)
                                                    : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time: return PingModel::tr("Sent at");
    case Dir: return PingModel::tr("Ping");
    case Outcome: return PingModel::tr("Outcome");
    case Rtt: return PingModel::tr("Round trip");
    case TcpRtt: return PingModel::tr("TCP's own");
    default: return {};
    }
}

} // namespace frameglass::ui
