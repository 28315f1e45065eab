// SPDX-License-Identifier: GPL-3.0-or-later
#include "sqlite_database.h"

#include <cerrno>
#include <utility>

namespace frameglass::capture {

namespace {

constexpr int busyMilliseconds = 5000;
constexpr int longestValue = 128 << 20; // twice the largest chunk: what a hostile file can make one column cost

std::string utf8Of(const std::filesystem::path &path)
{
    const auto text = path.u8string();
    return {reinterpret_cast<const char *>(text.data()), text.size()};
}

/// https://www.sqlite.org/uri.html §3.1
std::string immutableUri(const std::filesystem::path &path)
{
    std::string uri = "file:";
    for (const char c : utf8Of(path)) {
        if (c == '%')
            uri += "%25";
        else if (c == '?')
            uri += "%3f";
        else if (c == '#')
            uri += "%23";
        else
            uri += c;
    }
    return uri + "?immutable=1";
}

/// SQLite tells the errno of a failed statement, but not of a failed COMMIT: that is kept with the log's file.
int errnoOfLog(sqlite3 *handle, int otherwise)
{
    sqlite3_file *log = nullptr;
    int systemError = 0;
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log && log->pMethods)
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &systemError);
    return systemError != 0 ? systemError : otherwise;
}

} // namespace

Statement::Statement(const Database &database, std::string_view sql) : m_database(&database)
{
    sqlite3_stmt *statement = nullptr;
    const int result = sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    m_statement.reset(statement);
    if (result != SQLITE_OK)
        database.fail(result);
}

Statement &Statement::bind(int parameter, std::int64_t value)
{
    if (const int result = sqlite3_bind_int64(m_statement.get(), parameter, value); result != SQLITE_OK)
        m_database->fail(result);
    return *this;
}

Statement &Statement::bind(int parameter, std::string_view text)
{
    const int result = sqlite3_bind_text64(m_statement.get(), parameter, text.data() ? text.data() : "", text.size(),
                                           SQLITE_STATIC, SQLITE_UTF8);
    if (result != SQLITE_OK)
        m_database->fail(result);
    return *this;
}

Statement &Statement::bind(int parameter, OctetView blob)
{
    const void *data = blob.empty() ? static_cast<const void *>("") : blob.data(); // a null pointer would bind NULL
    const int result = sqlite3_bind_blob64(m_statement.get(), parameter, data, blob.size(), SQLITE_STATIC);
    if (result != SQLITE_OK)
        m_database->fail(result);
    return *this;
}

bool Statement::step()
{
    const int result = sqlite3_step(m_statement.get());
    if (result == SQLITE_ROW)
        return true;
    if (result == SQLITE_DONE)
        return false;
    const CaptureError error = m_database->errorOf(result); // before reset() touches errno
    reset();
    throw error;
}

void Statement::run()
{
    while (step()) {}
    reset();
}

void Statement::reset()
{
    sqlite3_reset(m_statement.get());
}

bool Statement::isNull(int column) const
{
    return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement.get(), column);
}

std::string_view Statement::text(int column) const
{
    const auto *data = reinterpret_cast<const char *>(sqlite3_column_text(m_statement.get(), column));
    if (!data)
        return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column))};
}

OctetView Statement::blob(int column) const
{
    const auto *data = static_cast<const std::byte *>(sqlite3_column_blob(m_statement.get(), column));
    if (!data)
        return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column))};
}

Database::Database(const std::filesystem::path &path, OpenMode mode) : m_path(path)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const char *vfs = nullptr;
    std::string name = utf8Of(path);
    switch (mode) {
    case OpenMode::ReadWriteCreate: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE; break;
    case OpenMode::ReadWrite: flags |= SQLITE_OPEN_READWRITE; break;
    case OpenMode::ReadOnly: flags |= SQLITE_OPEN_READONLY; break;
    case OpenMode::Immutable:
        flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
        name = immutableUri(path);
        break;
    case OpenMode::ReadOnlyLog:
        flags |= SQLITE_OPEN_READONLY;
        vfs = "unix-none";
        break;
    }
    sqlite3 *handle = nullptr;
    const int result = sqlite3_open_v2(name.c_str(), &handle, flags, vfs);
    m_handle.reset(handle);
    if (result != SQLITE_OK)
        fail(result);
    sqlite3_busy_timeout(handle, busyMilliseconds);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, longestValue);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    exec("PRAGMA cell_size_check=ON");
    // With an exclusive lock (which that VFS gives for nothing) the index of the log lives in memory
    // (https://www.sqlite.org/wal.html §8).
    if (mode == OpenMode::ReadOnlyLog)
        exec("PRAGMA locking_mode=EXCLUSIVE");
}

void Database::exec(const char *sql) const
{
    if (const int result = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr); result != SQLITE_OK)
        fail(result);
}

std::int64_t Database::integer(std::string_view sql) const
{
    Statement statement(*this, sql);
    return statement.step() ? statement.integer(0) : 0;
}

void Database::fail(int result) const
{
    throw errorOf(result);
}

CaptureError Database::errorOf(int result) const
{
    int systemError = m_handle ? sqlite3_system_errno(handle()) : 0;
    if (m_handle && (result & 0xff) == SQLITE_IOERR)
        systemError = errnoOfLog(handle(), systemError);
    const char *text = m_handle ? sqlite3_errmsg(handle()) : sqlite3_errstr(result);
    return {codeOf(result, systemError, m_path), m_path, std::string(text) + " (" + std::to_string(result) + ")"};
}

Transaction::Transaction(const Database &database, const char *begin) : m_database(database)
{
    database.exec(begin);
}

Transaction::~Transaction()
{
    // An error inside the transaction may have rolled it back already; then this has nothing to do.
    if (!m_done && !sqlite3_get_autocommit(m_database.handle()))
        sqlite3_exec(m_database.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit()
{
    m_database.exec("COMMIT");
    m_done = true;
}

CaptureErrorCode codeOf(int result, int systemError, const std::filesystem::path &path)
{
    std::error_code ignored;
    switch (result & 0xff) {
    case SQLITE_FULL: return CaptureErrorCode::DiskFull;
    case SQLITE_IOERR:
#ifdef EDQUOT
        if (systemError == EDQUOT)
            return CaptureErrorCode::DiskFull;
#endif
        return systemError == ENOSPC || systemError == EFBIG ? CaptureErrorCode::DiskFull : CaptureErrorCode::Io;
    case SQLITE_NOTADB: return CaptureErrorCode::NotACapture;
    case SQLITE_CORRUPT:
    case SQLITE_ERROR:      // a table or column that is not there
    case SQLITE_TOOBIG:     // a value over longestValue
    case SQLITE_CONSTRAINT: // a row that should not be there
    case SQLITE_MISMATCH: return CaptureErrorCode::Corrupted;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return CaptureErrorCode::InUse;
    case SQLITE_READONLY:
    case SQLITE_PERM: return CaptureErrorCode::ReadOnly;
    case SQLITE_CANTOPEN:
        if (systemError == EACCES || systemError == EROFS || systemError == EPERM)
            return CaptureErrorCode::ReadOnly;
        return std::filesystem::exists(path, ignored) ? CaptureErrorCode::Io : CaptureErrorCode::NotFound;
    default: return CaptureErrorCode::Io;
    }
}

std::filesystem::path beside(const std::filesystem::path &path, const char *suffix)
{
    std::filesystem::path result = path;
    result += suffix;
    return result;
}

} // namespace frameglass::capture
