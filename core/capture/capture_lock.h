// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sqlite_database.h"

#include <filesystem>
#include <optional>

namespace frameglass::capture {

/// The right to write one capture, held from construction to destruction or the death of the process. It is an
/// exclusive lock on an empty database beside the capture (`-lock`), so that SQLite's own care for each system's locks
/// serves here too, and readers of the capture are not touched.
class CaptureLock
{
public:
    /// Throws InUse when somebody has it.
    explicit CaptureLock(const std::filesystem::path &capture);
    ~CaptureLock();
    CaptureLock(const CaptureLock &) = delete;
    CaptureLock &operator=(const CaptureLock &) = delete;

    static bool isHeld(const std::filesystem::path &capture);

private:
    std::filesystem::path m_path;
    std::optional<Database> m_database;
};

} // namespace frameglass::capture
