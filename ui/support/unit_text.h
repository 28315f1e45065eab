// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "settings.h"

#include <QString>

#include <cstdint>

namespace frameglass::ui {

/// A size with its unit always: "412 B", "3.1 MiB". Tables whose heading names the unit use diagnosis::octetsText.
QString sizeText(std::uint64_t octets);

/// "since the start", "time of day": how the Time column counts, as menus and Preferences name it.
QString textOf(TimeFormat format);

} // namespace frameglass::ui
