// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/recorder.h"

#include <memory>
#include <vector>

namespace frameglass::session {

/// The records of one connection on their way to the sink: those of one instant go as one batch. Network thread only.
class Journal
{
public:
    Journal(std::shared_ptr<capture::RecordSink> sink, capture::ConnectionId connection);

    /// Keeps the record until flush() or until one of another instant comes.
    void add(TimePoint now, capture::RecordBody body)
    {
        if (now != m_now) {
            flush();
            m_now = now;
        }
        m_waiting.push_back(std::move(body));
    }
    void flush();

    capture::ConnectionId connection() const { return m_connection; }
    capture::RecordSink &sink() const { return *m_sink; }

private:
    std::shared_ptr<capture::RecordSink> m_sink;
    capture::ConnectionId m_connection;
    TimePoint m_now;
    std::vector<capture::RecordBody> m_waiting;
};

} // namespace frameglass::session
