// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture.h"
#include "capture_copy.h"
#include "capture_file.h"
#include "capture_schema.h"
#include "record_codec.h"

#include <algorithm>
#include <limits>
#include <utility>

#ifndef _WIN32
#include <fcntl.h>
#include <unistd.h>
#endif

namespace frameglass::capture {

namespace {

/// A file that is only read stays at its version: what it does not have is NULL.
std::string selectRows(std::int64_t version)
{
    return std::string("SELECT id, connection, t_ns, kind, direction, stream_offset, length, octets, chunk,"
                       " chunk_offset, header, payload, detail, ") +
           (version < 2 ? "NULL, NULL, NULL, NULL" : "inflated_octets, inflated_chunk, inflated_offset, cost_ns") +
           " FROM record WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
}

/// Columns that stand before the first blob, so that nothing has to be skipped.
constexpr const char *sketchColumns =
    "SELECT id, connection, t_ns, kind, direction, first_octet, stream_offset, length";
constexpr const char *sketchRows = " FROM record WHERE id BETWEEN ?1 AND ?2 AND (?3 = 0 OR connection = ?3) AND ";
constexpr int conditionValues = 4; ///< the first parameter after those

RecordSketch sketchIn(const Statement &row)
{
    RecordSketch sketch;
    const std::int64_t of = row.integer(1);
    const std::int64_t kind = row.integer(3);
    sketch.id = static_cast<RecordId>(row.integer(0));
    sketch.connection = std::in_range<ConnectionId>(of) ? static_cast<ConnectionId>(of) : 0;
    sketch.time = Nanoseconds(row.integer(2));
    sketch.kind = kind < 0 ? std::variant_size_v<RecordBody> : static_cast<std::size_t>(kind);
    if (sketch.isFrame() || sketch.is<TransferBoundary>()) {
        sketch.direction = row.integer(4) == 0 ? Direction::Sent : Direction::Received;
        sketch.firstOctet = static_cast<std::uint8_t>(row.integer(5));
        sketch.streamOffset = static_cast<std::uint64_t>(row.integer(6));
        sketch.length = static_cast<std::uint64_t>(row.integer(7));
    }
    return sketch;
}

bool hasLog(const std::filesystem::path &path)
{
    std::error_code error;
    const auto size = std::filesystem::file_size(beside(path, "-wal"), error);
    return !error && size > 0;
}

bool isWritable(const std::filesystem::path &path)
{
#ifdef _WIN32
    std::error_code ignored;
    return (std::filesystem::status(path, ignored).permissions() & std::filesystem::perms::owner_write) !=
           std::filesystem::perms::none;
#else
    return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
#endif
}

/// Opens so that nothing is written beside a file that cannot be written, and a log that exists is respected.
Database openForReading(const std::filesystem::path &path)
{
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        throw CaptureError(CaptureErrorCode::NotFound, path, "no such file");
    if (!isWritable(path) && !hasLog(path))
        return Database(path, OpenMode::Immutable);
    if (!isWritable(path) && !std::filesystem::exists(beside(path, "-shm"), ignored))
        return Database(path, OpenMode::ReadOnlyLog);
    try {
        Database database(path, OpenMode::ReadOnly);
        database.integer("SELECT count(*) FROM sqlite_schema");
        return database;
    } catch (const CaptureError &error) {
        if (error.code() != CaptureErrorCode::Io && error.code() != CaptureErrorCode::ReadOnly)
            throw;
    }
    // Its folder cannot be written: no shared memory can be made beside it.
    return Database(path, hasLog(path) ? OpenMode::ReadOnlyLog : OpenMode::Immutable);
}

std::int64_t signedId(RecordId id)
{
    constexpr auto largest = std::numeric_limits<std::int64_t>::max();
    return id > static_cast<RecordId>(largest) ? largest : static_cast<std::int64_t>(id);
}

/// Payloads out of the table `chunk`, a piece at a time: no more is allocated than the file really holds.
class ChunkReader
{
public:
    explicit ChunkReader(const Database &database) : m_database(database) {}
    ~ChunkReader() { sqlite3_blob_close(m_blob); }
    ChunkReader(const ChunkReader &) = delete;
    ChunkReader &operator=(const ChunkReader &) = delete;

    std::optional<Octets> read(std::int64_t chunk, std::uint64_t offset, std::uint64_t length)
    {
        Octets result;
        while (result.size() < length) {
            if (!seek(chunk))
                return std::nullopt;
            const auto size = static_cast<std::uint64_t>(sqlite3_blob_bytes(m_blob));
            if (offset >= size)
                return std::nullopt;
            const auto piece = std::min(size - offset, length - result.size());
            const std::size_t had = result.size();
            result.resize(had + piece);
            const int got =
                sqlite3_blob_read(m_blob, result.data() + had, static_cast<int>(piece), static_cast<int>(offset));
            if (got != SQLITE_OK)
                m_database.fail(got);
            offset = 0;
            ++chunk;
        }
        return result;
    }

private:
    bool seek(std::int64_t chunk)
    {
        if (m_blob && chunk == m_chunk)
            return true;
        const int result = m_blob
                               ? sqlite3_blob_reopen(m_blob, chunk)
                               : sqlite3_blob_open(m_database.handle(), "main", "chunk", "octets", chunk, 0, &m_blob);
        if (result == SQLITE_OK) {
            m_chunk = chunk;
            return true;
        }
        sqlite3_blob_close(m_blob);
        m_blob = nullptr;
        if ((result & 0xff) != SQLITE_ERROR) // "no such rowid", or a value that is no blob
            m_database.fail(result);
        return false;
    }

    const Database &m_database;
    sqlite3_blob *m_blob = nullptr;
    std::int64_t m_chunk = 0;
};

/// Payloads that stand near each other in chunks, as views: a chunk is read once for all of them.
class ChunkCache
{
public:
    explicit ChunkCache(const Database &database) : m_database(database), m_chunks(database) {}

    /// Valid until the next call; empty when it is not all there.
    OctetView view(std::int64_t chunk, std::int64_t offset, std::int64_t length)
    {
        if (offset < 0 || length <= 0)
            return {};
        if (chunk != m_number || !m_isRead) {
            m_number = chunk;
            m_isRead = true;
            Statement select(m_database, "SELECT octets FROM chunk WHERE id = ?1");
            select.bind(1, chunk);
            m_octets = select.step() ? protocol::copyOf(select.blob(0)) : Octets();
        }
        const OctetView whole = m_octets;
        if (static_cast<std::uint64_t>(offset) < whole.size() &&
            static_cast<std::uint64_t>(length) <= whole.size() - static_cast<std::uint64_t>(offset))
            return whole.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
        auto spread = m_chunks.read(chunk, static_cast<std::uint64_t>(offset), static_cast<std::uint64_t>(length));
        m_spread = spread ? std::move(*spread) : Octets();
        return m_spread;
    }

private:
    const Database &m_database;
    ChunkReader m_chunks;
    std::int64_t m_number = 0;
    bool m_isRead = false;
    Octets m_octets;
    Octets m_spread; ///< of a payload that goes on in the next chunk
};

/// Statements that are reset however a loop is left, so that none keeps an old snapshot alive.
class ResetGuard
{
public:
    explicit ResetGuard(Statement &statement) : m_statement(statement) {}
    ~ResetGuard() { m_statement.reset(); }
    ResetGuard(const ResetGuard &) = delete;
    ResetGuard &operator=(const ResetGuard &) = delete;

private:
    Statement &m_statement;
};

} // namespace

class CaptureReader::Private
{
public:
    explicit Private(const std::filesystem::path &path) : database(openForReading(path))
    {
        checkSchema(database);
        version = database.integer("PRAGMA user_version");
        rowsSql = selectRows(version);
        rows.emplace(database, rowsSql);
        secrets.emplace(database, "SELECT field, item, offset, octets FROM secret WHERE record = ?1");
        last.emplace(database, "SELECT max(id) FROM record");
        next.emplace(database, "SELECT id FROM record WHERE id > ?1 ORDER BY id LIMIT 1");
        startWallMs = metaInteger(database, meta::startWallMs);
    }

    void forEach(Statement &select, RecordId first, RecordId lastId, Payloads payloads,
                 const std::function<bool(Record &&)> &visit);
    void addSecrets(Record &record);
    Statement selectWhere(const std::string &columns, RecordId first, RecordId lastId, ConnectionId connection,
                          const RowCondition &condition) const;

    Database database;
    std::int64_t version = 0;
    std::string rowsSql;
    std::optional<Statement> rows;
    std::optional<Statement> secrets;
    std::optional<Statement> last;
    std::optional<Statement> next;
    std::int64_t startWallMs = 0;
    bool inUse = false; ///< `rows`, by a forEach whose visitor asks again
};

void CaptureReader::Private::forEach(Statement &select, RecordId first, RecordId lastId, Payloads payloads,
                                     const std::function<bool(Record &&)> &visit)
{
    ChunkReader chunks(database);
    const ReadChunk readChunk = [&chunks](std::int64_t chunk, std::uint64_t offset, std::uint64_t length) {
        return chunks.read(chunk, offset, length);
    };
    const auto optional = [&select](int column) {
        return select.isNull(column) ? std::nullopt : std::optional(select.integer(column));
    };
    const ResetGuard guard(select);
    select.bind(1, signedId(first)).bind(2, signedId(lastId));
    while (select.step()) {
        const StoredRow row{.id = select.integer(0),
                            .connection = select.integer(1),
                            .time = select.integer(2),
                            .kind = select.integer(3),
                            .direction = select.integer(4),
                            .streamOffset = select.integer(5),
                            .length = select.integer(6),
                            .octets = optional(7),
                            .chunk = optional(8),
                            .chunkOffset = select.integer(9),
                            .inflatedOctets = optional(13),
                            .inflatedChunk = optional(14),
                            .inflatedOffset = select.integer(15),
                            .cost = select.integer(16),
                            .header = select.blob(10),
                            .payload = select.blob(11),
                            .detail = select.text(12)};
        Record record = recordOf(row, payloads == Payloads::Full, readChunk);
        addSecrets(record);
        if (!visit(std::move(record)))
            return;
    }
}

Statement CaptureReader::Private::selectWhere(const std::string &columns, RecordId first, RecordId lastId,
                                              ConnectionId connection, const RowCondition &condition) const
{
    std::vector<std::int64_t> values;
    const std::string where = condition.sql(conditionValues, values);
    Statement select(database, columns + sketchRows + where + " ORDER BY id");
    select.bind(1, signedId(first)).bind(2, signedId(lastId)).bind(3, static_cast<std::int64_t>(connection));
    for (std::size_t i = 0; i < values.size(); ++i)
        select.bind(conditionValues + static_cast<int>(i), values[i]);
    return select;
}

void CaptureReader::Private::addSecrets(Record &record)
{
    if (!as<HeadRecord>(record) && !as<ConnectionStarted>(record) && !as<ViolationRecord>(record))
        return;
    const ResetGuard guard(*secrets);
    secrets->bind(1, static_cast<std::int64_t>(record.id));
    while (secrets->step()) {
        const std::int64_t item = secrets->integer(1);
        const std::int64_t offset = secrets->integer(2);
        if (!std::in_range<std::uint32_t>(item) || offset < 0)
            continue;
        putSecret(record.body, {std::string(secrets->text(0)), static_cast<std::uint32_t>(item),
                                static_cast<std::uint64_t>(offset), protocol::copyOf(secrets->blob(3))});
    }
}

CaptureReader::CaptureReader(const std::filesystem::path &path) : d(std::make_unique<Private>(path)) {}

CaptureReader::~CaptureReader()
{
    if (!d)
        return;
    const std::filesystem::path path = d->database.path();
    d.reset();
    std::error_code ignored;
    if (std::filesystem::exists(beside(path, "-wal"), ignored) && isWritable(path))
        foldLog(path);
}

CaptureReader::CaptureReader(CaptureReader &&) noexcept = default;

RecordId CaptureReader::lastId() const
{
    const ResetGuard guard(*d->last);
    return d->last->step() ? static_cast<RecordId>(std::max<std::int64_t>(d->last->integer(0), 0)) : 0;
}

std::optional<RecordId> CaptureReader::nextId(RecordId after) const
{
    const ResetGuard guard(*d->next);
    d->next->bind(1, signedId(after));
    return d->next->step() ? std::optional(static_cast<RecordId>(d->next->integer(0))) : std::nullopt;
}

void CaptureReader::forEach(RecordId first, RecordId last, Payloads payloads,
                            const std::function<bool(Record &&)> &visit) const
{
    if (d->inUse) {
        Statement select(d->database, d->rowsSql);
        d->forEach(select, first, last, payloads, visit);
        return;
    }
    struct Release
    {
        bool &inUse;
        ~Release() { inUse = false; }
    };
    d->inUse = true;
    const Release release{d->inUse};
    d->forEach(*d->rows, first, last, payloads, visit);
}

std::optional<Record> CaptureReader::record(RecordId id, Payloads payloads) const
{
    std::optional<Record> result;
    forEach(id, id, payloads, [&](Record &&record) {
        result = std::move(record);
        return false;
    });
    return result;
}

void CaptureReader::forEachSketch(RecordId first, RecordId last, ConnectionId connection,
                                  const std::function<bool(const RecordSketch &)> &visit) const
{
    forEachSketch(first, last, connection, RowCondition::always(), visit);
}

void CaptureReader::forEachSketch(RecordId first, RecordId last, ConnectionId connection, const RowCondition &condition,
                                  const std::function<bool(const RecordSketch &)> &visit) const
{
    Statement rows = d->selectWhere(sketchColumns, first, last, connection, condition);
    while (rows.step())
        if (!visit(sketchIn(rows)))
            return;
}

void CaptureReader::forEachPayload(RecordId first, RecordId last, ConnectionId connection,
                                   const RowCondition &condition,
                                   const std::function<bool(const RecordSketch &, OctetView)> &visit) const
{
    const bool knowsInflated = d->version >= 2;
    const std::string columns =
        std::string(sketchColumns) + ", octets, payload, chunk, chunk_offset, " +
        (knowsInflated ? "inflated_octets, inflated_chunk, inflated_offset" : "NULL, NULL, NULL");
    Statement rows = d->selectWhere(columns, first, last, connection, condition);
    ChunkCache chunks(d->database);
    ChunkCache inflated(d->database);
    while (rows.step()) {
        const RecordSketch sketch = sketchIn(rows);
        OctetView payload;
        if (sketch.isFrame() && !rows.isNull(12))
            payload =
                rows.isNull(13) ? OctetView() : inflated.view(rows.integer(13), rows.integer(14), rows.integer(12));
        else if (sketch.isFrame() && !rows.isNull(10))
            payload =
                chunks.view(rows.integer(10), rows.integer(11), rows.isNull(8) ? rows.integer(7) : rows.integer(8));
        else if (sketch.isFrame())
            payload = rows.blob(9);
        if (!visit(sketch, payload))
            return;
    }
}

std::int64_t CaptureReader::startWallMs() const
{
    return d->startWallMs;
}

bool CaptureReader::wasLeftOpen() const
{
    return metaInteger(d->database, meta::open) != 0;
}

bool CaptureReader::saveCopy(const std::filesystem::path &to, bool withSecrets,
                             const std::function<bool(double)> &progress) const
{
    return copyCapture(d->database, to, withSecrets, progress);
}

} // namespace frameglass::capture
