// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture.h"

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

/// SQLite's C API with owners and with CaptureError instead of result codes. Private to the capture layer.
namespace frameglass::capture {

class Database;

/// A prepared statement. Parameters count from 1, columns from 0. Texts and blobs are bound without a copy: they must
/// live until reset(); columns are valid until the next step().
class Statement
{
public:
    Statement(const Database &database, std::string_view sql);

    Statement &bind(int parameter, std::int64_t value);
    Statement &bind(int parameter, std::string_view text);
    Statement &bind(int parameter, OctetView blob);

    /// True while there is a row. Throws what SQLite complains about.
    bool step();
    /// step() to the end, then reset().
    void run();
    void reset();

    bool isNull(int column) const;
    std::int64_t integer(int column) const;
    std::string_view text(int column) const;
    OctetView blob(int column) const;

private:
    struct Finalize
    {
        void operator()(sqlite3_stmt *statement) const { sqlite3_finalize(statement); }
    };
    const Database *m_database;
    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
};

/// How a database is opened.
enum class OpenMode {
    ReadWriteCreate,
    ReadWrite,
    ReadOnly,
    Immutable,  ///< no locks, no write-ahead log, nothing beside the file
    ReadOnlyLog ///< reads the write-ahead log without a shared-memory file; where only reading is possible at all
};

/// A connection that distrusts the file: no triggers, no views, no functions out of the schema, bounded values.
class Database
{
public:
    Database(const std::filesystem::path &path, OpenMode mode);

    void exec(const char *sql) const;
    std::int64_t integer(std::string_view sql) const;

    sqlite3 *handle() const { return m_handle.get(); }
    const std::filesystem::path &path() const { return m_path; }
    [[noreturn]] void fail(int result) const;
    CaptureError errorOf(int result) const;

private:
    struct Close
    {
        void operator()(sqlite3 *handle) const { sqlite3_close(handle); }
    };
    std::filesystem::path m_path;
    std::unique_ptr<sqlite3, Close> m_handle;
};

/// Rolls back unless commit() was reached.
class Transaction
{
public:
    explicit Transaction(const Database &database, const char *begin = "BEGIN IMMEDIATE");
    ~Transaction();
    Transaction(const Transaction &) = delete;
    Transaction &operator=(const Transaction &) = delete;
    void commit();

private:
    const Database &m_database;
    bool m_done = false;
};

/// SQLite's result (and the system's errno beneath it, 0 if none) as what a user can do something about.
CaptureErrorCode codeOf(int result, int systemError, const std::filesystem::path &path);

/// The path with `suffix` appended to its last component: "a.fglass-wal".
std::filesystem::path beside(const std::filesystem::path &path, const char *suffix);

} // namespace frameglass::capture
