// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_model.h"

namespace frameglass::ui {

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
