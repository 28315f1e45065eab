// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>

namespace frameglass::ui {

/// A size with its unit always: "412 B", "3.1 MiB". Tables whose heading names the unit use diagnosis::octetsText.
QString sizeText(std::uint64_t octets);

} // namespace frameglass::ui
