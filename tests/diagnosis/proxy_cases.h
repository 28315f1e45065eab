// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario.h"

#include <vector>

/// Cases of phase 6 for single products; those of nginx's upgrade and of cuts stand in tst_checks_intermediaries.cpp.
namespace frameglass::diagnosis::test {

std::vector<Case> proxyAnswerCases(); ///< what they do to heads
std::vector<Case> proxyEndCases();    ///< what they do to open connections

} // namespace frameglass::diagnosis::test
