// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diagnosis/check.h"

namespace frameglass::cli {

/// Prints the facts of one connection (addresses, stages, heads, counters, end) for a reader.
void printConnection(const analysis::ConnectionFacts &facts);

/// Prints the checklist: the sentence, then failing and warning rows with evidence, causes and fix, then the rest by
/// phase, a line each.
void printReport(const diagnosis::Report &report);

/// One line a record, as `connect` and `show` print them.
void printRecord(const capture::Record &record, bool withConnection);

/// The same as a line of JSON, secrets masked.
void printRecordJson(const capture::Record &record);

} // namespace frameglass::cli
