// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record.h"

#include <atomic>
#include <memory>
#include <span>
#include <utility>

namespace frameglass::capture {

/// Where sessions put records. Thread-safe: each call appends one record with the next id.
class RecordSink
{
public:
    virtual ~RecordSink() = default;

    /// The next connection number.
    virtual ConnectionId newConnection() = 0;

    /// Appends a record; `now` is turned into time since the capture's start. May wait while the writer is behind by
    /// more than its bound, so that a slow disk slows the sockets instead of losing records.
    virtual void add(ConnectionId connection, TimePoint now, RecordBody body) = 0;

    /// Appends all of `bodies`, in order and with no other record between them where the sink can. They are moved from.
    virtual void addBatch(ConnectionId connection, TimePoint now, std::span<RecordBody> bodies)
    {
        for (auto &body : bodies)
            add(connection, now, std::move(body));
    }

    /// `now` in the capture's own time.
    virtual Nanoseconds sinceStart(TimePoint now) const = 0;
};

/// Keeps records in memory. For tests and folds without a file.
class MemorySink final : public RecordSink
{
public:
    explicit MemorySink(TimePoint start = {});
    ~MemorySink() override;
    ConnectionId newConnection() override;
    void add(ConnectionId connection, TimePoint now, RecordBody body) override;
    Nanoseconds sinceStart(TimePoint now) const override;
    std::vector<Record> records() const; ///< a copy of all so far

private:
    class Private;
    std::unique_ptr<Private> d;
};

/// Throws records away ("recording off").
class NullSink final : public RecordSink
{
public:
    ConnectionId newConnection() override;
    void add(ConnectionId, TimePoint, RecordBody) override {}
    void addBatch(ConnectionId, TimePoint, std::span<RecordBody>) override {}
    Nanoseconds sinceStart(TimePoint) const override { return {}; }

private:
    std::atomic<ConnectionId> m_last = 0;
};

} // namespace frameglass::capture
