// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sqlite_database.h"

#include <filesystem>
#include <functional>

namespace frameglass::capture {

/// CaptureReader::saveCopy().
bool copyCapture(const Database &from, const std::filesystem::path &to, bool withSecrets,
                 const std::function<bool(double)> &progress);

} // namespace frameglass::capture
