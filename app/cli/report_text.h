// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

#include "core/diagnosis/check.h"

#include <nlohmann/json_fwd.hpp>

namespace frameglass::cli {

/// The checklist of a connection as of its last record. `direct`: a second attempt past a proxy, or null.
/// `startWallMs`: wall clock at the capture's start. `terms`: what counts, or null for all.
diagnosis::Report reportOf(const analysis::ConnectionFacts &facts, const analysis::ConnectionFacts *direct,
                           const analysis::CaptureFacts &all, std::int64_t startWallMs,
                           const diagnosis::Terms *terms = nullptr, const diagnosis::Settings &settings = {});

/// What a command that made this connection returns. `failOn`: from which verdict on it is Findings.
ExitCode exitCodeFor(const analysis::ConnectionFacts &facts, const diagnosis::Report &report,
                     diagnosis::Verdict failOn = diagnosis::Verdict::Fail);

/// Prints the checklist: the sentence, then failing and warning rows with evidence, causes and fix, then the rest by
/// phase, a line each.
void printReport(const diagnosis::Report &report);

/// The connection, the attempt past the proxy where there was one, and what is to be said of them.
void printChecked(const analysis::ConnectionFacts &facts, const analysis::ConnectionFacts *direct,
                  const diagnosis::Report &report);

/// Whether `record` tells a reader of a live connection anything: reads, writes and socket facts do not.
bool isForReaders(const capture::Record &record);

/// One line a record, as `connect` and `show` print them.
void printRecord(const capture::Record &record, bool withConnection);

/// The same as a line of JSON, secrets masked.
void printRecordJson(const capture::Record &record);

enum class JsonForm { Indented, Line };
/// Octets that are not UTF-8 are replaced: nothing that a peer sent makes this throw.
void printJson(const nlohmann::ordered_json &json, JsonForm form = JsonForm::Indented);

} // namespace frameglass::cli
