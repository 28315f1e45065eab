// SPDX-License-Identifier: GPL-3.0-or-later
#include "batch_table.h"

#include <new>

namespace frameglass::capture {

namespace {

// The C interface asks for structures whose first member is SQLite's own (https://www.sqlite.org/vtab.html).
struct Table
{
    sqlite3_vtab base;
    BatchSource *source;
};

struct Cursor
{
    sqlite3_vtab_cursor base;
    const BatchSource *source;
    std::size_t index;
};

enum Column {
    Id,
    Connection,
    Time,
    Kind,
    FlowDirection,
    FirstOctet,
    StreamOffset,
    Length,
    OctetsStored,
    Header,
    Chunk,
    ChunkOffset,
    Payload,
    Detail,
    InflatedOctets,
    InflatedChunk,
    InflatedOffset,
    Cost
};

constexpr const char *declaration =
    "CREATE TABLE x(id INTEGER, connection INTEGER, t_ns INTEGER, kind INTEGER, direction INTEGER, first_octet INTEGER,"
    " stream_offset INTEGER, length INTEGER, octets INTEGER, header BLOB, chunk INTEGER, chunk_offset INTEGER,"
    " payload BLOB, detail TEXT, inflated_octets INTEGER, inflated_chunk INTEGER, inflated_offset INTEGER,"
    " cost_ns INTEGER)";

int connect(sqlite3 *handle, void *source, int, const char *const *, sqlite3_vtab **table, char **)
{
    if (const int result = sqlite3_declare_vtab(handle, declaration); result != SQLITE_OK)
        return result;
    auto *created = new (std::nothrow) Table{};
    if (!created)
        return SQLITE_NOMEM;
    created->source = static_cast<BatchSource *>(source);
    *table = &created->base;
    return SQLITE_OK;
}

int disconnect(sqlite3_vtab *table)
{
    delete reinterpret_cast<Table *>(table);
    return SQLITE_OK;
}

int bestIndex(sqlite3_vtab *, sqlite3_index_info *)
{
    return SQLITE_OK;
}

int open(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    auto *created = new (std::nothrow) Cursor{};
    if (!created)
        return SQLITE_NOMEM;
    created->source = reinterpret_cast<Table *>(table)->source;
    *cursor = &created->base;
    return SQLITE_OK;
}

int close(sqlite3_vtab_cursor *cursor)
{
    delete reinterpret_cast<Cursor *>(cursor);
    return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor *cursor, int, const char *, int, sqlite3_value **)
{
    reinterpret_cast<Cursor *>(cursor)->index = 0;
    return SQLITE_OK;
}

int next(sqlite3_vtab_cursor *cursor)
{
    ++reinterpret_cast<Cursor *>(cursor)->index;
    return SQLITE_OK;
}

int eof(sqlite3_vtab_cursor *cursor)
{
    const auto *c = reinterpret_cast<const Cursor *>(cursor);
    return !c->source->batch || c->index >= c->source->batch->size();
}

void resultBlob(sqlite3_context *context, OctetView octets)
{
    const void *data = octets.empty() ? static_cast<const void *>("") : octets.data();
    sqlite3_result_blob64(context, data, octets.size(), SQLITE_STATIC);
}

int column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int number)
{
    const auto *c = reinterpret_cast<const Cursor *>(cursor);
    const RecordBatch &batch = *c->source->batch;
    const RecordBatch::Row &row = batch.rows()[c->index];
    const bool isFrame = row.headerOctets != 0;
    const RecordBatch::Inflated *inflated = batch.inflated(row);
    const bool isTransfer = !isFrame && row.detail == RecordBatch::none;
    const auto integer = [context](auto value) { sqlite3_result_int64(context, static_cast<std::int64_t>(value)); };
    switch (static_cast<Column>(number)) { // a column that is not set is NULL
    case Id: integer(c->source->firstId + static_cast<std::int64_t>(c->index)); break;
    case Connection: integer(row.connection); break;
    case Time: integer(row.time); break;
    case Kind: integer(row.kind); break;
    case FlowDirection:
        if (isFrame || isTransfer)
            integer(row.direction);
        break;
    case FirstOctet:
        if (isFrame)
            integer(row.firstOctet);
        break;
    case StreamOffset:
        if (isFrame || isTransfer)
            integer(row.streamOffset);
        break;
    case Length:
        if (isFrame || isTransfer || row.chunk != RecordBatch::none)
            integer(row.length);
        break;
    case OctetsStored:
        if (isFrame && row.octets != row.length)
            integer(row.octets);
        break;
    case Header:
        if (isFrame)
            resultBlob(context, batch.header(row));
        break;
    case Chunk:
        if (row.chunk != RecordBatch::none)
            integer(c->source->firstChunk + row.chunk);
        break;
    case ChunkOffset:
        if (row.chunk != RecordBatch::none)
            integer(row.chunkOffset);
        break;
    case Payload:
        if (const auto payload = batch.payload(row))
            resultBlob(context, *payload);
        break;
    case Detail:
        if (const auto detail = batch.detail(row))
            sqlite3_result_text64(context, detail->data(), detail->size(), SQLITE_STATIC, SQLITE_UTF8);
        break;
    case InflatedOctets:
        if (inflated)
            integer(inflated->octets);
        break;
    case InflatedChunk:
        if (inflated && inflated->chunk != RecordBatch::none)
            integer(c->source->firstChunk + inflated->chunk);
        break;
    case InflatedOffset:
        if (inflated && inflated->chunk != RecordBatch::none)
            integer(inflated->chunkOffset);
        break;
    case Cost:
        if (inflated)
            integer(inflated->cost);
        break;
    }
    return SQLITE_OK;
}

int rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *id)
{
    *id = static_cast<sqlite3_int64>(reinterpret_cast<Cursor *>(cursor)->index);
    return SQLITE_OK;
}

/// Without xCreate: the table exists under its module's name, and nobody can make another.
constexpr sqlite3_module makeModule()
{
    sqlite3_module module{};
    module.xConnect = connect;
    module.xBestIndex = bestIndex;
    module.xDisconnect = disconnect;
    module.xOpen = open;
    module.xClose = close;
    module.xFilter = filter;
    module.xNext = next;
    module.xEof = eof;
    module.xColumn = column;
    module.xRowid = rowid;
    return module;
}

constexpr sqlite3_module module = makeModule();

} // namespace

void registerBatchTable(const Database &database, BatchSource &source)
{
    if (const int result = sqlite3_create_module(database.handle(), "batch", &module, &source); result != SQLITE_OK)
        database.fail(result);
}

} // namespace frameglass::capture
