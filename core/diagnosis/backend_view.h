// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/connection_facts.h"

#include <optional>
#include <string>

/// Internal to diagnosis: what a server behind a proxy saw of the request, as far as its refusal tells.
namespace frameglass::diagnosis {

struct BackendView
{
    const char *server;                     ///< who wrote the refusal, source text of context "checks"
    std::optional<bool> upgrade;            ///< Upgrade contained websocket
    std::optional<bool> connection;         ///< Connection contained upgrade
    std::optional<std::string> httpVersion; ///< "1.0"
    std::string upgradeValue;               ///< as seen, for the reason
    std::string connectionValue;
    bool unreadable = false;    ///< it could not read the request as HTTP/1.1
    bool fieldsRefused = false; ///< the handshake fields were refused, without saying which
};

/// Reads the refusals of Frameglass's own server, gorilla, ws and websockets (Python); nothing for any other answer.
std::optional<BackendView> readBackendView(const analysis::ConnectionFacts &facts);

} // namespace frameglass::diagnosis
