// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"

#include <QObject>

namespace frameglass::ui {

/// The one selection of a window: which connection, which record of it, which octets of that record. Every view reads
/// and writes this object and none keeps a selection of its own.
class Selection : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    capture::ConnectionId connection() const { return m_connection; }
    capture::RecordId record() const { return m_record; } ///< 0: none
    std::size_t offset() const { return m_offset; }       ///< of lit octets inside the record
    std::size_t length() const { return m_length; }       ///< 0: none lit

    void setConnection(capture::ConnectionId connection);
    /// Selects a record of the current connection. With `reveal`, the window also shows the view where its octets are
    /// (Handshake for heads and bodies, Timeline for all else).
    void setRecord(capture::RecordId record, std::size_t offset = 0, std::size_t length = 0, bool reveal = false);

signals:
    void connectionChanged(frameglass::capture::ConnectionId connection);
    void recordChanged(frameglass::capture::RecordId record);
    void revealRequested(frameglass::capture::RecordId record);

private:
    capture::ConnectionId m_connection = 0;
    capture::RecordId m_record = 0;
    std::size_t m_offset = 0;
    std::size_t m_length = 0;
};

} // namespace frameglass::ui
