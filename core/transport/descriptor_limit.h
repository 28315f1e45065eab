// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>

namespace frameglass::transport {

/// Lets this process open as many files as it may without asking anyone: raises the soft limit of descriptors to the
/// hard one. Returns the limit that then holds; nothing where the system has none that could be told. Any thread.
std::optional<std::size_t> raiseDescriptorLimit();

} // namespace frameglass::transport
