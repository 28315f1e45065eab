// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture_schema.h"

#include "record_kind.h"

#include <string>

namespace frameglass::capture {

namespace {

// Columns of `record` that a kind does not use are NULL (one octet each). The
// view `frame` shows what they mean: first_octet is FIN, RSV and opcode of a frame's header; `octets` the payload on
// hand where that is not `length`; inflated_* the payload of a compressed frame as meant. Rows whose payloads are
// alike may refer to the same octets of a chunk.
constexpr const char *tables = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY NOT NULL, value) WITHOUT ROWID;
CREATE TABLE kind(number INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE direction(number INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE record(
    id INTEGER PRIMARY KEY,
    connection INTEGER NOT NULL,
    t_ns INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    direction INTEGER,
    first_octet INTEGER,
    stream_offset INTEGER,
    length INTEGER,
    octets INTEGER,
    header BLOB,
    chunk INTEGER,
    chunk_offset INTEGER,
    payload BLOB,
    detail TEXT,
    inflated_octets INTEGER,
    inflated_chunk INTEGER,
    inflated_offset INTEGER,
    cost_ns INTEGER);
CREATE TABLE chunk(id INTEGER PRIMARY KEY, octets BLOB NOT NULL);
CREATE TABLE secret(
    record INTEGER NOT NULL,
    field TEXT NOT NULL,
    item INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    octets BLOB NOT NULL,
    PRIMARY KEY(record, field, item, offset)) WITHOUT ROWID;
INSERT INTO direction VALUES (0, 'sent'), (1, 'received');
CREATE VIEW event AS
SELECT r.id, r.connection, r.t_ns, k.name AS kind, r.detail
FROM record r JOIN kind k ON k.number = r.kind;
)sql";

constexpr const char *frameView = R"sql(
CREATE VIEW frame AS
SELECT r.id, r.connection, r.t_ns, d.name AS direction,
    r.first_octet >> 7 AS fin, r.first_octet >> 4 & 7 AS rsv, r.first_octet & 15 AS opcode,
    substr(hex(r.header), 3, 1) >= '8' AS masked,
    r.length, coalesce(r.octets, r.length) AS octets, r.stream_offset, r.header,
    coalesce(r.payload,
        (SELECT substr(c.octets, r.chunk_offset + 1, coalesce(r.octets, r.length)) FROM chunk c WHERE c.id = r.chunk),
        x'') AS payload,
    r.inflated_octets,
    CASE WHEN r.inflated_octets = 0 THEN x'' ELSE
        (SELECT substr(c.octets, r.inflated_offset + 1, r.inflated_octets) FROM chunk c WHERE c.id = r.inflated_chunk)
    END AS inflated,
    r.cost_ns
FROM record r JOIN direction d ON d.number = r.direction
WHERE r.kind = 8;
)sql";

/// Step n brings a file of version n + 1 to n + 2. Version 1 is the first there ever was.
using Migration = std::initializer_list<const char *>;
constexpr Migration toInflated = {"ALTER TABLE record ADD COLUMN inflated_octets INTEGER",
                                  "ALTER TABLE record ADD COLUMN inflated_chunk INTEGER",
                                  "ALTER TABLE record ADD COLUMN inflated_offset INTEGER",
                                  "ALTER TABLE record ADD COLUMN cost_ns INTEGER",
                                  "DROP VIEW IF EXISTS frame",
                                  frameView};
// The view `event` names the kinds by this table.
constexpr Migration toTls = {"INSERT INTO kind VALUES (19, 'tls-message'), (20, 'tls'), (21, 'dns'), (22, 'proxy'), "
                             "(23, 'proxy-answered')"};
constexpr std::initializer_list<Migration> migrations = {toInflated, toTls};
static_assert(migrations.size() + 1 == schemaVersion, "each version but the first has a step that leads to it");

static_assert(static_cast<int>(Direction::Sent) == 0 && static_cast<int>(Direction::Received) == 1);
static_assert(std::is_same_v<std::variant_alternative_t<8, RecordBody>, FrameRecord>);

bool isPlainTable(const Database &database, std::string_view name)
{
    Statement schema(database, "SELECT type = 'table' AND rootpage > 0 FROM sqlite_schema WHERE name = ?1");
    schema.bind(1, name);
    if (!schema.step() || schema.integer(0) != 1)
        return false;
    Statement hidden(database, "SELECT count(*) FROM pragma_table_xinfo(?1) WHERE hidden <> 0");
    hidden.bind(1, name);
    return hidden.step() && hidden.integer(0) == 0;
}

} // namespace

bool isBlank(const Database &database)
{
    return database.integer("PRAGMA application_id") == 0 &&
           database.integer("SELECT count(*) FROM sqlite_schema") == 0;
}

void checkSchema(const Database &database)
{
    if (database.integer("PRAGMA application_id") != applicationId)
        throw CaptureError(CaptureErrorCode::NotACapture, database.path(), "another application's database");
    const std::int64_t version = database.integer("PRAGMA user_version");
    if (version > schemaVersion)
        throw CaptureError(CaptureErrorCode::NewerVersion, database.path(),
                           "schema version " + std::to_string(version));
    if (version < 1)
        throw CaptureError(CaptureErrorCode::Corrupted, database.path(), "no schema version");
    for (const char *name : {"meta", "record", "chunk", "secret"}) {
        if (!isPlainTable(database, name))
            throw CaptureError(CaptureErrorCode::Corrupted, database.path(), std::string("no table ") + name);
    }
}

void createSchema(const Database &database)
{
    database.exec(tables);
    database.exec(frameView);
    Statement insert(database, "INSERT INTO kind VALUES (?1, ?2)");
    for (std::size_t kind = 0; kind < std::variant_size_v<RecordBody>; ++kind)
        insert.bind(1, static_cast<std::int64_t>(kind)).bind(2, kindName(kind)).run();
    database.exec(("PRAGMA application_id=" + std::to_string(applicationId)).c_str());
    database.exec(("PRAGMA user_version=" + std::to_string(schemaVersion)).c_str());
}

void migrateSchema(const Database &database)
{
    const std::int64_t from = database.integer("PRAGMA user_version");
    std::int64_t version = 1;
    for (const Migration &step : migrations) {
        if (version++ < from)
            continue;
        for (const char *statement : step)
            database.exec(statement);
    }
    if (from != schemaVersion)
        database.exec(("PRAGMA user_version=" + std::to_string(schemaVersion)).c_str());
}

std::int64_t metaInteger(const Database &database, std::string_view key)
{
    Statement select(database, "SELECT value FROM meta WHERE key = ?1");
    select.bind(1, key);
    return select.step() ? select.integer(0) : 0;
}

void setMeta(const Database &database, std::string_view key, std::int64_t value)
{
    Statement(database, "INSERT OR REPLACE INTO meta VALUES (?1, ?2)").bind(1, key).bind(2, value).run();
}

} // namespace frameglass::capture
