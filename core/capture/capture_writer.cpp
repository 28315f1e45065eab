// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture.h"
#include "capture_file.h"
#include "capture_lock.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace frameglass::capture {

namespace {

using namespace std::chrono_literals;

/// What may wait for the disk, queued and in the hands of the writer together.
constexpr std::size_t mostRecords = 500'000;
constexpr std::size_t mostOctets = 64 << 20;

/// A batch is written when it is this old, or this large.
constexpr auto batchAge = 50ms;
constexpr std::size_t batchRecords = 64 * 1024;
constexpr std::size_t batchOctets = 4 << 20; // while the processor still has most of it in its caches

/// How often a failed writer tries the disk again.
constexpr auto retryInterval = 1s;

std::filesystem::path resolved(const std::filesystem::path &path)
{
    std::error_code error;
    const auto result = std::filesystem::weakly_canonical(path, error);
    return error ? path : result;
}

} // namespace

class CaptureWriter::Private
{
public:
    explicit Private(const std::filesystem::path &wanted)
        : path(wanted), lock(resolved(wanted)), file(resolved(wanted)), anchor(std::chrono::steady_clock::now()),
          lastConnection(file.lastConnection()), lastTime(file.timeOffset())
    {
        committed = static_cast<std::uint64_t>(file.lastId());
        if (const auto at = file.interruptedAt()) {
            queue.add(0, file.timeOffset(), Interrupted{*at});
            accepted = 1;
            std::swap(writing, queue);
            if (!commitBatch())
                throw CaptureError(*failure);
        }
        thread = std::thread([this] { run(); });
    }

    ~Private()
    {
        {
            const std::lock_guard guard(mutex);
            closing = true;
        }
        wake.notify_all();
        thread.join();
        try {
            file.close();
        } catch (const CaptureError &) { // stays marked as open: the next reader will say so
        }
    }

    void add(ConnectionId connection, Nanoseconds time, RecordBody &&body);
    void run();
    void flush();

    const std::filesystem::path path;
    CaptureLock lock;
    CaptureFile file; ///< the writer thread's, once it runs
    const TimePoint anchor;
    std::atomic<ConnectionId> lastConnection;
    std::atomic<std::uint64_t> committed = 0;

    mutable std::mutex mutex; ///< of all below
    std::condition_variable wake;
    std::condition_variable room;
    std::condition_variable done;
    RecordBatch queue;
    std::size_t pendingRecords = 0; ///< in `queue` and `writing`
    std::size_t pendingOctets = 0;
    std::uint64_t accepted = 0;  ///< since the start of this writer
    std::uint64_t processed = 0; ///< of these, committed or given up
    std::uint64_t octets = 0;
    std::uint64_t dropped = 0;
    Dropped unsaid; ///< dropped and not yet noted in the file
    Nanoseconds lastTime{0};
    bool failing = false;
    bool flushing = false;
    bool closing = false;
    std::optional<CaptureError> failure;
    std::function<void(RecordId)> onCommit;

private:
    bool isFull(std::size_t weight) const
    {
        // What is larger than the bound passes alone.
        return pendingRecords > 0 &&
               (pendingRecords >= mostRecords || weight > mostOctets || pendingOctets > mostOctets - weight);
    }

    bool commitBatch();
    void giveUp(const CaptureError &error);
    void tryAgain();
    void drop(std::size_t records, std::size_t weight)
    {
        dropped += records;
        unsaid.records += records;
        unsaid.octets += weight;
    }

    RecordBatch writing; ///< the writer thread's
    std::thread thread;
};

void CaptureWriter::Private::add(ConnectionId connection, Nanoseconds time, RecordBody &&body)
{
    const std::size_t weight = RecordBatch::weightOf(body);
    bool notify = false;
    {
        std::unique_lock guard(mutex);
        if (isFull(weight) && !failing)
            room.wait(guard, [&] { return !isFull(weight) || failing; });
        lastTime = time;
        if (failing) {
            drop(1, weight);
            return;
        }
        const std::size_t before = queue.size();
        const std::size_t weightBefore = queue.weight();
        queue.add(connection, time, std::move(body));
        ++accepted;
        ++pendingRecords;
        pendingOctets += weight;
        octets += weight;
        notify = before == 0 || before + 1 == batchRecords ||
                 (weightBefore < batchOctets && weightBefore + weight >= batchOctets);
    }
    if (notify)
        wake.notify_one();
}

void CaptureWriter::Private::run()
{
    std::unique_lock guard(mutex);
    while (true) {
        if (failing) {
            wake.wait_for(guard, retryInterval, [&] { return closing; });
            guard.unlock();
            tryAgain();
            guard.lock();
            if (closing)
                return;
            continue;
        }
        wake.wait(guard, [&] { return closing || !queue.empty(); });
        if (queue.empty())
            return;
        wake.wait_for(guard, batchAge, [&] {
            return closing || flushing || queue.size() >= batchRecords || queue.weight() >= batchOctets;
        });
        std::swap(writing, queue);
        guard.unlock();
        commitBatch();
        guard.lock();
    }
}

/// Writes `writing` and empties it. False when it had to be given up.
bool CaptureWriter::Private::commitBatch()
{
    const std::size_t records = writing.size();
    const std::size_t weight = writing.weight();
    bool written = true;
    try {
        writing.encode();
        file.checkPlace();
        file.write(writing, lastConnection);
        committed = static_cast<std::uint64_t>(file.lastId());
    } catch (const CaptureError &error) {
        written = false;
        const std::lock_guard guard(mutex);
        drop(records, weight);
        giveUp(error);
    }
    writing.clear();
    std::function<void(RecordId)> callback;
    {
        const std::lock_guard guard(mutex);
        pendingRecords -= std::min(records, pendingRecords);
        pendingOctets -= std::min(weight, pendingOctets);
        processed += records;
        flushing = flushing && processed < accepted;
        callback = onCommit;
    }
    room.notify_all();
    done.notify_all();
    if (written && callback)
        callback(committed);
    return written;
}

/// Under the mutex: from now on records are dropped, those that wait too.
void CaptureWriter::Private::giveUp(const CaptureError &error)
{
    failing = true;
    if (!failure)
        failure = error;
    unsaid.reason = error.what();
    drop(queue.size(), queue.weight());
    processed += queue.size();
    pendingRecords -= queue.size();
    pendingOctets -= queue.weight();
    queue.clear();
}

/// Writes down what was dropped; when that works, so will the rest.
void CaptureWriter::Private::tryAgain()
{
    Dropped said;
    {
        const std::lock_guard guard(mutex);
        said = unsaid;
        writing.add(0, lastTime, said);
    }
    try {
        writing.encode();
        file.checkPlace();
        file.write(writing, lastConnection);
        committed = static_cast<std::uint64_t>(file.lastId());
    } catch (const CaptureError &) {
        writing.clear();
        return;
    }
    writing.clear();
    std::function<void(RecordId)> callback;
    {
        const std::lock_guard guard(mutex);
        unsaid.records -= said.records;
        unsaid.octets -= said.octets;
        failing = unsaid.records > 0; // more were dropped meanwhile: say them first
        callback = onCommit;
    }
    if (callback)
        callback(committed);
}

void CaptureWriter::Private::flush()
{
    std::unique_lock guard(mutex);
    const std::uint64_t target = accepted;
    if (processed >= target)
        return;
    flushing = true;
    wake.notify_one();
    done.wait(guard, [&] { return processed >= target; });
}

CaptureWriter::CaptureWriter(const std::filesystem::path &path) : d(std::make_unique<Private>(path)) {}

CaptureWriter::~CaptureWriter() = default;

ConnectionId CaptureWriter::newConnection()
{
    return ++d->lastConnection;
}

void CaptureWriter::add(ConnectionId connection, TimePoint now, RecordBody body)
{
    d->add(connection, sinceStart(now), std::move(body));
}

Nanoseconds CaptureWriter::sinceStart(TimePoint now) const
{
    return now - d->anchor + d->file.timeOffset();
}

void CaptureWriter::flush()
{
    d->flush();
}

CaptureCounters CaptureWriter::counters() const
{
    const std::lock_guard guard(d->mutex);
    return {d->accepted, d->committed, d->octets, d->dropped};
}

std::optional<CaptureError> CaptureWriter::failure() const
{
    const std::lock_guard guard(d->mutex);
    return d->failure;
}

void CaptureWriter::onCommit(std::function<void(RecordId)> callback)
{
    const std::lock_guard guard(d->mutex);
    d->onCommit = std::move(callback);
}

const std::filesystem::path &CaptureWriter::path() const
{
    return d->path;
}

} // namespace frameglass::capture
