// SPDX-License-Identifier: GPL-3.0-or-later
#include "recorder.h"

#include <mutex>
#include <utility>

namespace frameglass::capture {

class MemorySink::Private
{
public:
    TimePoint start;
    mutable std::mutex mutex;
    ConnectionId lastConnection = 0;
    std::vector<Record> records;
};

MemorySink::MemorySink(TimePoint start) : d(std::make_unique<Private>())
{
    d->start = start;
}

MemorySink::~MemorySink() = default;

ConnectionId MemorySink::newConnection()
{
    const std::lock_guard lock(d->mutex);
    return ++d->lastConnection;
}

void MemorySink::add(ConnectionId connection, TimePoint now, RecordBody body)
{
    const std::lock_guard lock(d->mutex);
    d->records.push_back({d->records.size() + 1, connection, sinceStart(now), std::move(body)});
}

Nanoseconds MemorySink::sinceStart(TimePoint now) const
{
    return now - d->start;
}

std::vector<Record> MemorySink::records() const
{
    const std::lock_guard lock(d->mutex);
    return d->records;
}

ConnectionId NullSink::newConnection()
{
    return ++m_last;
}

} // namespace frameglass::capture
