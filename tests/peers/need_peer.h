// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "peer_process.h"

#include <string>

/// Ends the test by name when the peer is not on this machine: a skip, or a failure where peers are required. For both
/// kinds of test; what it returns to must return void.
#define NEED_PEER(command)                                                                                             \
    do {                                                                                                               \
        if (const auto &missing = (command).missing; !missing.empty()) {                                               \
            const std::string why = "peer missing, install: " + missing;                                               \
            if (frameglass::peers::peersAreRequired())                                                                 \
                NEED_PEER_FAIL(why);                                                                                   \
            NEED_PEER_SKIP(why);                                                                                       \
        }                                                                                                              \
    } while (false)

#ifdef QT_TESTLIB_LIB
#define NEED_PEER_FAIL(why) QFAIL(why.c_str())
#define NEED_PEER_SKIP(why) QSKIP(why.c_str())
#else
#define NEED_PEER_FAIL(why) FAIL() << why
#define NEED_PEER_SKIP(why) GTEST_SKIP() << why
#endif
