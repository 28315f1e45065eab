// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace frameglass::cli {

/// The commands of `app` and their options as sections of a manual page (man(7)): what --help says, said once. Options
/// that several commands have alike come together.
std::string manualOf(const CLI::App &app);

} // namespace frameglass::cli
