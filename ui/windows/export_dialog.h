// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record_export.h"

#include <cstdint>
#include <functional>

class QWidget;

namespace frameglass::ui {

/// Which records an export takes.
enum class ExportScope { Selected, Shown, All };

struct ExportChoice
{
    ExportScope scope = ExportScope::Shown;
    capture::ExportForm form = capture::ExportForm::JsonLines;
    bool withSecrets = false;
};

/// How many records each choice would write; 0 makes it one that cannot be made.
struct ExportCounts
{
    std::uint64_t selected = 0;
    std::uint64_t shown = 0;
    std::uint64_t all = 0;
};

/// Asks what to export and how, without blocking, and calls `then` with the answer unless it was cancelled. The
/// dialog's object name is "export".
void askExport(QWidget *parent, const ExportCounts &counts, std::function<void(const ExportChoice &)> then);

} // namespace frameglass::ui
