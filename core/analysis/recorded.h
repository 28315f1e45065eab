// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"

namespace frameglass::analysis {

/// A fact together with the record that shows it.
template<typename T>
struct Recorded
{
    capture::RecordId record = 0;
    Nanoseconds time{0};
    T value{};
};

} // namespace frameglass::analysis
