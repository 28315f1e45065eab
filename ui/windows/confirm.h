// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace frameglass::ui {

/// Asks before something is lost for good, without blocking. `action` names the button that does it; Cancel is the
/// default. The box's object name is "confirm".
void confirm(QWidget *parent, const QString &title, const QString &text, const QString &action,
             std::function<void()> then);

} // namespace frameglass::ui
