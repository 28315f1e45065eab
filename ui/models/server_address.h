// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/server_session.h"

#include <QString>

namespace frameglass::ui {

/// Where a client on this computer reaches the server. Over TLS by the name localhost, where the server listens there:
/// certificates are for names.
QString addressOf(const session::ServerSession &server);

} // namespace frameglass::ui
