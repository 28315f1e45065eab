// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture_file.h"

#include "capture_schema.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace frameglass::capture {

namespace {

constexpr std::int64_t farthestMs = 86'400'000ll * 100'000; // some 270 years: in nanoseconds it still leaves room
constexpr std::int64_t lastUsableId = std::int64_t(1) << 62;
constexpr std::int64_t nanosecondsPerMs = 1'000'000;

std::int64_t wallMs()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace

CaptureFile::CaptureFile(const std::filesystem::path &path) : m_database(path, OpenMode::ReadWriteCreate)
{
    if (sqlite3_db_readonly(m_database.handle(), "main") == 1)
        throw CaptureError(CaptureErrorCode::ReadOnly, path, "the file cannot be written");
    const bool blank = isBlank(m_database);
    if (!blank)
        checkSchema(m_database);
    // The log is written page by page, and each page again when it is folded: large pages mean few calls, yet a commit
    // of one small record writes three of them. Only a blank file takes another page size.
    m_database.exec("PRAGMA page_size=32768");
    m_database.exec("PRAGMA journal_mode=WAL");
    m_database.exec("PRAGMA synchronous=NORMAL");
    m_database.exec("PRAGMA wal_autocheckpoint=1000"); // 32 MiB of log
    m_database.exec("PRAGMA journal_size_limit=67108864");
    m_database.exec("PRAGMA cache_size=-4096"); // rows are only appended: what was written is not looked at again
    registerBatchTable(m_database, m_source);

    Transaction transaction(m_database);
    if (blank) {
        createSchema(m_database);
        setMeta(m_database, meta::startWallMs, wallMs());
        Statement(m_database, "INSERT INTO meta VALUES (?1, ?2)")
            .bind(1, meta::program)
            .bind(2, std::string_view("Frameglass " FRAMEGLASS_VERSION))
            .run();
    } else {
        migrateSchema(m_database);
        readStart();
    }
    setMeta(m_database, meta::open, 1);
    setMeta(m_database, meta::lastWriteWallMs, wallMs());
    transaction.commit();

    // OR ROLLBACK: the whole transaction is given up on an error, so no journal for this statement alone is needed.
    m_insertRows.emplace(m_database, "INSERT OR ROLLBACK INTO record SELECT * FROM batch");
    m_insertChunk.emplace(m_database, "INSERT INTO chunk VALUES (?1, ?2)");
    m_insertSecret.emplace(m_database, "INSERT INTO secret VALUES (?1, ?2, ?3, ?4, ?5)");
    m_setMeta.emplace(m_database, "INSERT OR REPLACE INTO meta VALUES (?1, ?2)");
}

void CaptureFile::readStart()
{
    m_lastId = m_database.integer("SELECT max(id) FROM record");
    m_lastChunk = m_database.integer("SELECT max(id) FROM chunk");
    const std::int64_t connection = metaInteger(m_database, meta::lastConnection);
    if (m_lastId < 0 || m_lastId > lastUsableId || m_lastChunk < 0 || m_lastChunk > lastUsableId || connection < 0 ||
        connection > std::numeric_limits<ConnectionId>::max())
        throw CaptureError(CaptureErrorCode::Corrupted, m_database.path(), "numbers out of range");
    m_lastConnection = static_cast<ConnectionId>(connection);
    if (metaInteger(m_database, meta::open) != 0)
        m_interruptedAt = metaInteger(m_database, meta::lastWriteWallMs);

    const std::int64_t lastTime = m_database.integer("SELECT t_ns FROM record WHERE id = (SELECT max(id) FROM record)");
    const std::int64_t started = metaInteger(m_database, meta::startWallMs);
    // Wall clocks jump; a capture's own time does not go back. What is absurd counts as nothing or as the bound.
    const std::int64_t now = std::min(wallMs(), farthestMs);
    const std::int64_t elapsed = started > 0 && started <= now ? (now - started) * nanosecondsPerMs : 0;
    m_timeOffset = Nanoseconds(std::max(elapsed, std::min(lastTime, farthestMs * nanosecondsPerMs)));
}

void CaptureFile::write(RecordBatch &batch, ConnectionId lastConnection)
{
    Transaction transaction(m_database);
    std::int64_t chunk = m_lastChunk;
    for (const Octets &octets : batch.chunks())
        m_insertChunk->bind(1, ++chunk).bind(2, OctetView(octets)).run();
    m_source = {&batch, m_lastId + 1, m_lastChunk + 1};
    try {
        m_insertRows->run();
        writeSecrets(batch);
    } catch (...) {
        m_source.batch = nullptr;
        throw;
    }
    m_source.batch = nullptr;
    m_setMeta->bind(1, meta::lastWriteWallMs).bind(2, wallMs()).run();
    if (lastConnection != m_lastConnection)
        m_setMeta->bind(1, meta::lastConnection).bind(2, std::int64_t(lastConnection)).run();
    transaction.commit();
    m_lastId += static_cast<std::int64_t>(batch.size());
    m_lastChunk = chunk;
    m_lastConnection = lastConnection;
}

void CaptureFile::writeSecrets(const RecordBatch &batch)
{
    if (batch.rests().empty())
        return;
    std::int64_t id = m_source.firstId;
    for (const RecordBatch::Row &row : batch.rows()) {
        if (const RecordBatch::Rest *rest = batch.rest(row)) {
            for (const Secret &secret : rest->secrets) {
                m_insertSecret->bind(1, id)
                    .bind(2, std::string_view(secret.field))
                    .bind(3, std::int64_t(secret.item))
                    .bind(4, static_cast<std::int64_t>(secret.offset))
                    .bind(5, OctetView(secret.octets))
                    .run();
            }
        }
        ++id;
    }
}

void CaptureFile::checkPlace() const
{
    int moved = 0;
    sqlite3_file_control(m_database.handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved != 0)
        throw CaptureError(CaptureErrorCode::NotFound, m_database.path(), "the file was moved or removed");
}

void CaptureFile::close()
{
    setMeta(m_database, meta::open, 0);
    m_insertRows.reset();
    m_insertChunk.reset();
    m_insertSecret.reset();
    m_setMeta.reset();
    sqlite3_busy_timeout(m_database.handle(), 0);
    sqlite3_wal_checkpoint_v2(m_database.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    // Fails while a reader is there; then the reader folds the log when it leaves.
    sqlite3_exec(m_database.handle(), "PRAGMA journal_mode=DELETE", nullptr, nullptr, nullptr);
}

void foldLog(const std::filesystem::path &path)
{
    try {
        const Database database(path, OpenMode::ReadWrite);
        sqlite3_busy_timeout(database.handle(), 0);
        if (metaInteger(database, meta::open) == 0)
            database.exec("PRAGMA journal_mode=DELETE");
    } catch (const CaptureError &) { // somebody uses it, or it cannot be written: nothing is lost, the log stays
    }
}

} // namespace frameglass::capture
