// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/recorder.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace frameglass::test {

/// A sink that tests can wait on.
class WaitableSink final : public capture::RecordSink
{
public:
    capture::ConnectionId newConnection() override;
    void add(capture::ConnectionId connection, TimePoint now, capture::RecordBody body) override;
    Nanoseconds sinceStart(TimePoint now) const override { return now - m_start; }

    std::vector<capture::Record> records() const;
    std::vector<capture::Record> records(capture::ConnectionId connection) const;

    /// Waits until a record of any connection satisfies `wanted`; false when the deadline passed.
    bool waitFor(const std::function<bool(const capture::Record &)> &wanted) const;
    /// Until `count` records of kind T are there.
    template<typename T>
    bool waitForCount(std::size_t count) const
    {
        std::size_t seen = 0;
        return waitFor([&](const capture::Record &record) { return capture::as<T>(record) && ++seen >= count; });
    }
    template<typename T>
    bool waitForAny() const
    {
        return waitForCount<T>(1);
    }

private:
    const TimePoint m_start = std::chrono::steady_clock::now();
    mutable std::mutex m_mutex;
    mutable std::condition_variable m_changed;
    std::vector<capture::Record> m_records;
    capture::ConnectionId m_last = 0;
};

template<typename T>
std::vector<T> allOf(const std::vector<capture::Record> &records)
{
    std::vector<T> found;
    for (const auto &record : records) {
        if (const auto *body = capture::as<T>(record))
            found.push_back(*body);
    }
    return found;
}

/// One word a record, for comparing the course of a connection: "tcp succeeded", "text received 5", "fin received".
std::string wordFor(const capture::Record &record);
/// The words of all that matter for the course (no reads, writes and socket facts).
std::vector<std::string> courseOf(const std::vector<capture::Record> &records);

} // namespace frameglass::test
