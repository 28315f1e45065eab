// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "report_document.h"

#include <filesystem>
#include <functional>
#include <vector>

namespace frameglass::diagnosis {

/// Folds the capture at `source` and writes the report of these connections (empty: of all but listeners) to `target`,
/// which takes its place only when it is whole. Needs nothing but the file, so it can run on any thread beside what is
/// recorded. `settings`: what the checks judge by. False: `progress` (0-1, asked often) said to stop; nothing was
/// written. Throws capture::CaptureError.
bool writeReport(const std::filesystem::path &source, const std::filesystem::path &target, ReportForm form,
                 const std::vector<capture::ConnectionId> &connections, const Settings &settings,
                 const std::function<bool(double)> &progress);

/// Writes a report's octets; the file takes its place only when it is whole. Throws capture::CaptureError.
void saveReport(const std::filesystem::path &target, const QByteArray &octets);

} // namespace frameglass::diagnosis
