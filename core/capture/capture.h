// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record_sketch.h"
#include "recorder.h"
#include "row_condition.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace frameglass::capture {

/// What went wrong with a capture file. `what()` is for logs; windows build their sentence from the code.
enum class CaptureErrorCode {
    NotFound,
    NotACapture,  ///< no SQLite file, or another application's
    NewerVersion, ///< schema version above ours
    Corrupted,
    ReadOnly,
    InUse, ///< another writer has it
    DiskFull,
    Io,
};

class CaptureError : public std::runtime_error
{
public:
    CaptureError(CaptureErrorCode code, std::filesystem::path path, const std::string &detail);
    CaptureErrorCode code() const { return m_code; }
    const std::filesystem::path &path() const { return m_path; }

private:
    CaptureErrorCode m_code;
    std::filesystem::path m_path;
};

/// How much of each frame a reader wants. Control payloads (≤ 125 octets) and heads always come.
enum class Payloads { ControlOnly, Full };

/// The read side: an SQLite connection of its own, confined to the thread that made it. Sees what was committed.
class CaptureReader
{
public:
    /// Opens without writing beside a file that cannot be written. Throws CaptureError.
    explicit CaptureReader(const std::filesystem::path &path);
    ~CaptureReader();
    CaptureReader(CaptureReader &&) noexcept;

    RecordId lastId() const;
    /// The first record with an id above this one. Ids have gaps only in a damaged file.
    std::optional<RecordId> nextId(RecordId after) const;

    /// Calls `visit` for the committed records [first, last] in order until it returns false.
    void forEach(RecordId first, RecordId last, Payloads payloads, const std::function<bool(Record &&)> &visit) const;
    std::optional<Record> record(RecordId id, Payloads payloads = Payloads::Full) const;
    /// The same walk over what takes no decoding; several times as fast. `connection` 0: of all.
    void forEachSketch(RecordId first, RecordId last, ConnectionId connection,
                       const std::function<bool(const RecordSketch &)> &visit) const;
    void forEachSketch(RecordId first, RecordId last, ConnectionId connection, const RowCondition &condition,
                       const std::function<bool(const RecordSketch &)> &visit) const;
    /// With each frame's payload as meant: inflated where it was compressed, empty where the file does not hold it.
    /// The view is valid until `visit` returns. Other records come without.
    void forEachPayload(RecordId first, RecordId last, ConnectionId connection, const RowCondition &condition,
                        const std::function<bool(const RecordSketch &, OctetView)> &visit) const;

    /// The start of the capture, ms since 1970: the wall-clock anchor of Record::time.
    std::int64_t startWallMs() const;
    /// True until the writer closed the file: a crash left it, or it is live.
    bool wasLeftOpen() const;

    /// Writes a consistent copy by the backup API, atomically (temporary file, then rename). Without `withSecrets` the
    /// copy's table of secrets is empty and no octet of one is left in its file. `progress` gets 0-1 and may cancel by
    /// returning false (then false is returned).
    bool saveCopy(const std::filesystem::path &to, bool withSecrets,
                  const std::function<bool(double)> &progress = {}) const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

struct CaptureCounters
{
    std::uint64_t records = 0;   ///< accepted by add()
    std::uint64_t committed = 0; ///< on disk and visible to readers: equals the last id
    std::uint64_t octets = 0;    ///< payload octets accepted
    std::uint64_t dropped = 0;
};

/// A capture being written: a RecordSink whose writer thread owns the file's write connection. At most one second of
/// records is ever uncommitted (usually 50 ms).
class CaptureWriter final : public RecordSink
{
public:
    /// Creates the file, or appends to an existing capture (new records carry on its time and ids). Throws.
    explicit CaptureWriter(const std::filesystem::path &path);
    /// Commits all, checkpoints and leaves one file.
    ~CaptureWriter() override;

    ConnectionId newConnection() override;
    void add(ConnectionId connection, TimePoint now, RecordBody body) override;
    Nanoseconds sinceStart(TimePoint now) const override;

    /// Waits until all that was added before the call is committed.
    void flush();

    CaptureCounters counters() const;
    /// The writer's failure (disk full, file gone), once there was one. Records after it are counted as dropped.
    std::optional<CaptureError> failure() const;

    /// Called on the writer thread after each commit with the last committed id. Set before the first add().
    void onCommit(std::function<void(RecordId)> callback);

    const std::filesystem::path &path() const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace frameglass::capture
