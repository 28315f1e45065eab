// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/permessage_deflate.h"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace frameglass::cli {

/// Whether permessage-deflate is wanted where nothing is said of it.
enum class Deflate { Off, On };

/// `--deflate[=PARAMETERS]`, `--deflate=off` of a client: what it offers.
class DeflateOffer
{
public:
    void addTo(CLI::App &command, Deflate byDefault);
    const std::vector<protocol::DeflateParameters> &offers() const { return m_offers; }

private:
    std::string m_text;
    std::vector<protocol::DeflateParameters> m_offers;
};

/// The same of a server: what it accepts and asks for.
class DeflateAcceptance
{
public:
    void addTo(CLI::App &command);
    /// Nothing: no offer is accepted.
    const std::optional<protocol::DeflatePreferences> &preferences() const { return m_preferences; }

private:
    std::string m_text;
    std::optional<protocol::DeflatePreferences> m_preferences = protocol::DeflatePreferences{};
};

} // namespace frameglass::cli
