// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/limits.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace frameglass::cli {

/// "4096" (octets), "64KiB", "16MiB", "2GiB"; from 1 on. Nothing for anything else.
std::optional<std::uint64_t> parseSize(std::string_view text);

/// What one peer may make `fglass` hold, as options: --limit-head, --limit-frame …
class LimitOptions
{
public:
    /// All of them, for a server.
    void addTo(CLI::App &command);
    /// Those of frames and messages, for a client.
    void addForMessages(CLI::App &command);
    /// The defaults with what was given.
    protocol::Limits limits() const { return m_limits; }

private:
    protocol::Limits m_limits;
};

} // namespace frameglass::cli
