// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sqlite_database.h"

/// The tables of a capture file and their versions.
namespace frameglass::capture {

/// PRAGMA application_id of a capture: "FGls".
inline constexpr std::int64_t applicationId = 0x46476c73;
/// PRAGMA user_version this program writes, and the newest it reads.
inline constexpr std::int64_t schemaVersion = 3;

/// Keys of the table `meta`.
namespace meta {
inline constexpr std::string_view startWallMs = "start_wall_ms";          ///< wall clock at t_ns = 0
inline constexpr std::string_view lastWriteWallMs = "last_write_wall_ms"; ///< wall clock of the last commit
inline constexpr std::string_view lastConnection = "last_connection";
inline constexpr std::string_view open = "open"; ///< 1 from the writer's start to its clean end
inline constexpr std::string_view program = "program";
} // namespace meta

/// True for a file without tables and without an application id: one that was only just created.
bool isBlank(const Database &database);

/// Throws unless the file is a capture of a version that can be read, whose tables are plain tables.
void checkSchema(const Database &database);

/// Tables and views of a new capture, inside the caller's transaction.
void createSchema(const Database &database);

/// Brings an older capture to schemaVersion, inside the caller's transaction.
void migrateSchema(const Database &database);

std::int64_t metaInteger(const Database &database, std::string_view key);
void setMeta(const Database &database, std::string_view key, std::int64_t value);

} // namespace frameglass::capture
