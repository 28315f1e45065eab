// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace frameglass::bench {

/// Each listens on a free port of 127.0.0.1, prints "PORT n" on a line and serves until standard input ends.
int serveFrameglass(bool recording);
int serveQt();
int serveBeast();

/// Blocks until standard input ends.
void waitForEndOfInput();
void announce(unsigned port);

} // namespace frameglass::bench
