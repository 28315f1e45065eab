// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sqlite_database.h"

#include <filesystem>
#include <functional>

namespace frameglass::capture {

/// The name of a copy in the making, beside its target; the file is removed with all that SQLite put beside it unless
/// it took the target's place.
class UnfinishedCopy
{
public:
    explicit UnfinishedCopy(const std::filesystem::path &target);
    ~UnfinishedCopy();
    UnfinishedCopy(const UnfinishedCopy &) = delete;
    UnfinishedCopy &operator=(const UnfinishedCopy &) = delete;
    const std::filesystem::path &path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

/// Throws InUse when `to` is the capture itself or somebody writes there.
void refuseOccupied(const std::filesystem::path &from, const std::filesystem::path &to);

/// Removes what SQLite left beside a file that is about to be replaced.
void removeLog(const std::filesystem::path &path);

/// Renames a finished copy to its target, replacing what was there. Throws.
void takePlace(const std::filesystem::path &copy, const std::filesystem::path &to);

/// CaptureReader::saveCopy().
bool copyCapture(const Database &from, const std::filesystem::path &to, bool withSecrets,
                 const std::function<bool(double)> &progress);

} // namespace frameglass::capture
