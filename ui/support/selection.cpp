// SPDX-License-Identifier: GPL-3.0-or-later
#include "selection.h"

namespace frameglass::ui {

void Selection::setConnection(capture::ConnectionId connection)
{
    if (connection == m_connection)
        return;
    m_connection = connection;
    m_record = 0;
    m_offset = m_length = 0;
    emit connectionChanged(connection);
    emit recordChanged(0);
}

void Selection::setRecord(capture::RecordId record, std::size_t offset, std::size_t length, bool reveal)
{
    const bool changed = record != m_record || offset != m_offset || length != m_length;
    m_record = record;
    m_offset = offset;
    m_length = length;
    if (changed)
        emit recordChanged(record);
    if (reveal)
        emit revealRequested(record);
}

} // namespace frameglass::ui
