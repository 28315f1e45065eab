// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "batch_table.h"
#include "record_codec.h"
#include "sqlite_database.h"

#include <optional>

namespace frameglass::capture {

/// The write connection of one capture: what the writer's thread does with batches. Not thread-safe.
class CaptureFile
{
public:
    /// Creates or opens for appending. The caller holds the CaptureLock.
    explicit CaptureFile(const std::filesystem::path &path);

    /// Writes all rows of an encoded batch in one transaction, or none.
    void write(RecordBatch &batch, ConnectionId lastConnection);
    /// Throws NotFound when the file is no longer where it was: what is written then nobody will find.
    void checkPlace() const;
    /// Marks the capture as closed, checkpoints, and leaves one file unless a reader still has the log.
    void close();

    std::int64_t lastId() const { return m_lastId; }
    ConnectionId lastConnection() const { return m_lastConnection; }
    /// Where the time of new records goes on.
    Nanoseconds timeOffset() const { return m_timeOffset; }
    /// Of a capture whose last writer did not close it: the wall clock of its last commit.
    std::optional<std::int64_t> interruptedAt() const { return m_interruptedAt; }

private:
    void readStart();
    void writeSecrets(const RecordBatch &batch);

    Database m_database;
    BatchSource m_source;
    std::optional<Statement> m_insertRows;
    std::optional<Statement> m_insertChunk;
    std::optional<Statement> m_insertSecret;
    std::optional<Statement> m_setMeta;
    std::int64_t m_lastId = 0;
    std::int64_t m_lastChunk = 0;
    ConnectionId m_lastConnection = 0;
    Nanoseconds m_timeOffset{0};
    std::optional<std::int64_t> m_interruptedAt;
};

/// Turns a closed capture whose last reader leaves back into one file without a log. Does nothing when anybody still
/// uses it.
void foldLog(const std::filesystem::path &path);

} // namespace frameglass::capture
