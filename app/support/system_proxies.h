// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/network_thread.h"

namespace frameglass::app {

/// What the desktop's settings (on Windows and macOS the system's) say about a target. Any thread; may take its time.
session::ProxyAdvice systemProxiesFor(const session::Target &target);

} // namespace frameglass::app
