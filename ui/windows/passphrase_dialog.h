// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>
#include <string>

class QWidget;

namespace frameglass::ui {

/// Asks for the passphrase of a private key, without blocking; `wrong`: the last one did not open it. Calls `then` with
/// what was typed, `cancelled` where nothing was. Kept nowhere here. The dialog's object name is "passphrase".
void askPassphrase(QWidget *parent, const QString &file, bool wrong, std::function<void(std::string)> then,
                   std::function<void()> cancelled);

} // namespace frameglass::ui
