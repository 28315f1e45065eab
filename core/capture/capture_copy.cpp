// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture_copy.h"

#include "capture_lock.h"
#include "capture_schema.h"

#include <algorithm>
#include <random>
#include <string>

namespace frameglass::capture {

namespace {

constexpr int pagesAStep = 256;
constexpr int instructionsACheck = 10'000; // of SQLite's machine, between two questions whether to go on
constexpr double shareBeforeCleaning = 0.6;

struct Progress
{
    const std::function<bool(double)> &report;
    double copyShare; ///< of the whole; the rest is cleaning
    bool cancelled = false;

    bool goOn(double share)
    {
        cancelled = cancelled || (report && !report(share));
        return !cancelled;
    }
};

bool copyPages(const Database &from, const Database &to, Progress &progress)
{
    sqlite3_backup *backup = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
    if (!backup)
        to.fail(sqlite3_extended_errcode(to.handle()));
    int result = SQLITE_OK;
    while (result == SQLITE_OK && !progress.cancelled) {
        result = sqlite3_backup_step(backup, pagesAStep);
        const int all = std::max(1, sqlite3_backup_pagecount(backup));
        progress.goOn(progress.copyShare * (all - sqlite3_backup_remaining(backup)) / all);
    }
    sqlite3_backup_finish(backup);
    if (result != SQLITE_OK && result != SQLITE_DONE)
        to.fail(result);
    return !progress.cancelled;
}

/// Empties the table of secrets and builds the file anew, so that no freed page and no slack inside a page still
/// carries one.
bool removeSecrets(const Database &copy, Progress &progress)
{
    sqlite3_progress_handler(
        copy.handle(), instructionsACheck,
        [](void *context) {
            auto *state = static_cast<Progress *>(context);
            return state->goOn(state->copyShare) ? 0 : 1;
        },
        &progress);
    try {
        copy.exec("PRAGMA secure_delete=ON");
        copy.exec("DELETE FROM secret");
        copy.exec("VACUUM");
    } catch (const CaptureError &) {
        if (!progress.cancelled)
            throw;
    }
    sqlite3_progress_handler(copy.handle(), 0, nullptr, nullptr);
    return !progress.cancelled;
}

} // namespace

UnfinishedCopy::UnfinishedCopy(const std::filesystem::path &target)
{
    std::random_device random;
    m_path = beside(target, (".part-" + std::to_string(random())).c_str());
}

UnfinishedCopy::~UnfinishedCopy()
{
    for (const char *suffix : {"", "-journal", "-wal", "-shm"}) {
        std::error_code ignored;
        std::filesystem::remove(beside(m_path, suffix), ignored);
    }
}

void refuseOccupied(const std::filesystem::path &from, const std::filesystem::path &to)
{
    std::error_code ignored;
    if (std::filesystem::equivalent(from, to, ignored))
        throw CaptureError(CaptureErrorCode::InUse, to, "a capture cannot be copied onto itself");
    const auto target = std::filesystem::weakly_canonical(to, ignored);
    if (CaptureLock::isHeld(ignored ? to : target))
        throw CaptureError(CaptureErrorCode::InUse, to, "a capture is being written there");
}

void removeLog(const std::filesystem::path &path)
{
    std::error_code ignored;
    for (const char *suffix : {"-journal", "-wal", "-shm"})
        std::filesystem::remove(beside(path, suffix), ignored);
}

void takePlace(const std::filesystem::path &copy, const std::filesystem::path &to)
{
    removeLog(to);
    std::error_code error;
    std::filesystem::rename(copy, to, error);
    if (error)
        throw CaptureError(CaptureErrorCode::Io, to, error.message());
}

bool copyCapture(const Database &from, const std::filesystem::path &to, bool withSecrets,
                 const std::function<bool(double)> &progress)
{
    refuseOccupied(from.path(), to);
    std::error_code ignored;
    const auto source = std::filesystem::weakly_canonical(from.path(), ignored);
    const bool live = CaptureLock::isHeld(ignored ? from.path() : source);
    const UnfinishedCopy temporary(to);
    Progress state{progress, withSecrets ? 1.0 : shareBeforeCleaning};
    {
        const Database copy(temporary.path(), OpenMode::ReadWriteCreate);
        copy.exec("PRAGMA journal_mode=OFF");
        {
            // One snapshot for the whole copy: without it each commit of the writer would start the copy anew.
            Transaction snapshot(from, "BEGIN");
            from.integer("SELECT count(*) FROM meta");
            if (!copyPages(from, copy, state))
                return false;
        }
        copy.exec("PRAGMA journal_mode=DELETE");
        if (live)
            setMeta(copy, meta::open, 0);
        if (!withSecrets && !removeSecrets(copy, state))
            return false;
    }
    if (!state.goOn(1.0))
        return false;
    takePlace(temporary.path(), to);
    return true;
}

} // namespace frameglass::capture
