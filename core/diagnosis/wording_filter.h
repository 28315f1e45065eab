// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/filter.h"

#include <QString>

/// The filter language in words, in the current language.
namespace frameglass::diagnosis {

/// One sentence: what is wrong and what is expected instead.
QString textOf(const analysis::FilterError &error);

/// What a field is.
QString helpOf(analysis::FilterFieldId field);

} // namespace frameglass::diagnosis
