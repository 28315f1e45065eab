// SPDX-License-Identifier: GPL-3.0-or-later
// The one translation unit that compiles Asio (ASIO_SEPARATE_COMPILATION).
#include <asio/impl/src.hpp>
