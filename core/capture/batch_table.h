// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record_codec.h"
#include "sqlite_database.h"

namespace frameglass::capture {

/// What the virtual table `batch` of a connection shows: the rows of `batch`, numbered from `firstId`, their chunks
/// from `firstChunk`. One `INSERT INTO record SELECT * FROM batch` moves a hundred thousand rows without a hundred
/// thousand times binding, stepping and resetting.
struct BatchSource
{
    const RecordBatch *batch = nullptr;
    std::int64_t firstId = 1;
    std::int64_t firstChunk = 1;
};

/// Registers the table; `source` must outlive the connection.
void registerBatchTable(const Database &database, BatchSource &source);

} // namespace frameglass::capture
