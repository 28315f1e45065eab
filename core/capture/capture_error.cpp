// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture.h"

#include <utility>

namespace frameglass::capture {

CaptureError::CaptureError(CaptureErrorCode code, std::filesystem::path path, const std::string &detail)
    : std::runtime_error(detail), m_code(code), m_path(std::move(path))
{}

} // namespace frameglass::capture
