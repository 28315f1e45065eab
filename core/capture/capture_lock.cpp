// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture_lock.h"

namespace frameglass::capture {

namespace {

constexpr int attempts = 100;

/// Locks the file and tells whether it is still the one that has the name: its last holder may have removed it
/// between our opening and our locking.
bool lockNamed(const Database &database)
{
    sqlite3_busy_timeout(database.handle(), 0);
    database.exec("PRAGMA journal_mode=MEMORY");
    database.exec("BEGIN EXCLUSIVE");
    int moved = 0;
    sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved == 0;
}

} // namespace

CaptureLock::CaptureLock(const std::filesystem::path &capture) : m_path(beside(capture, "-lock"))
{
    for (int i = 0; i < attempts; ++i) {
        try {
            m_database.emplace(m_path, OpenMode::ReadWriteCreate);
            if (lockNamed(*m_database))
                return;
        } catch (const CaptureError &error) {
            throw CaptureError(error.code(), capture, error.what());
        }
    }
    throw CaptureError(CaptureErrorCode::InUse, capture, "the lock changes hands all the time");
}

CaptureLock::~CaptureLock()
{
    std::error_code ignored;
    std::filesystem::remove(m_path, ignored); // while it is held; elsewhere than on POSIX only after that
    m_database.reset();
#ifdef _WIN32
    std::filesystem::remove(m_path, ignored);
#endif
}

bool CaptureLock::isHeld(const std::filesystem::path &capture)
{
    std::error_code ignored;
    const std::filesystem::path path = beside(capture, "-lock");
    if (!std::filesystem::exists(path, ignored))
        return false;
    try {
        const Database database(path, OpenMode::ReadOnly);
        sqlite3_busy_timeout(database.handle(), 0);
        database.integer("SELECT count(*) FROM sqlite_schema");
        return false;
    } catch (const CaptureError &error) {
        return error.code() == CaptureErrorCode::InUse;
    }
}

} // namespace frameglass::capture
