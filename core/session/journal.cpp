// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal.h"

namespace frameglass::session {

namespace {
constexpr std::size_t keptCapacity = 64; // an idle connection holds no more than this many records' room
}

Journal::Journal(std::shared_ptr<capture::RecordSink> sink, capture::ConnectionId connection)
    : m_sink(std::move(sink)), m_connection(connection)
{}

void Journal::flush()
{
    if (m_waiting.empty())
        return;
    m_sink->addBatch(m_connection, m_now, m_waiting);
    m_waiting.clear();
    if (m_waiting.capacity() > keptCapacity)
        m_waiting.shrink_to_fit();
}

} // namespace frameglass::session
