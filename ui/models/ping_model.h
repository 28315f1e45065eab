// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/connection_facts.h"

#include <QAbstractTableModel>

#include <vector>

namespace frameglass::ui {

/// What became of a ping, in the order of gravity.
enum class PingOutcome { Waiting, Answered, Late, Mismatched, Missed };
PingOutcome outcomeOf(const analysis::PingFact &ping);
QString textOf(PingOutcome outcome);
QString signOf(PingOutcome outcome);

/// The pings of one connection, newest first, so that the list is read from the top without following anything.
class PingModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Time, Dir, Outcome, Rtt, TcpRtt, ColumnCount };
    enum Role { RecordIdRole = Qt::UserRole + 1 };
    static constexpr std::size_t maximumRows = 2000;

    using QAbstractTableModel::QAbstractTableModel;

    /// Takes the last `maximumRows` pings; rows that stayed the same are not touched.
    void setPings(const std::deque<analysis::PingFact> &pings, Nanoseconds started, capture::Vantage vantage);
    void retranslate();
    capture::RecordId recordAt(int row) const;
    /// The row of a ping or of its pong; -1 when there is none.
    int rowOf(capture::RecordId record) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    const analysis::PingFact &pingAt(int row) const
    {
        return m_pings[m_pings.size() - 1 - static_cast<std::size_t>(row)];
    }
    QString text(const analysis::PingFact &ping, int column) const;

    std::vector<analysis::PingFact> m_pings; ///< oldest first
    Nanoseconds m_started{0};
    capture::Vantage m_vantage = capture::Vantage::Client;
};

} // namespace frameglass::ui
