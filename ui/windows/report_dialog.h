// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diagnosis/report_document.h"

#include <cstdint>
#include <functional>

class QWidget;

namespace frameglass::ui {

struct ReportChoice
{
    bool allConnections = false; ///< else the selected one
    diagnosis::ReportForm form = diagnosis::ReportForm::Html;
};

/// Asks what to report on and in which form, without blocking, and calls `then` with the answer unless it was
/// cancelled. `selected`: what the selected connection is called, empty without one; `all`: how many there are. The
/// dialog's object name is "report".
void askReport(QWidget *parent, const QString &selected, std::uint64_t all,
               std::function<void(const ReportChoice &)> then);

} // namespace frameglass::ui
