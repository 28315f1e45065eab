// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client_session.h"
#include "server_session.h"

#include <string>
#include <variant>
#include <vector>

/// The demonstration that a first start shows, in the window and in `fglass demo` alike: real parts only, the built-in
/// echo server and one client of it.
namespace frameglass::session {

ServerOptions demonstrationServer();

/// Offers two subprotocols and pings every five seconds, so that every view has something to show soon.
ClientOptions demonstrationClient(const std::string &url);

struct DemonstrationMessage
{
    std::variant<std::string, protocol::Octets> content; ///< text or binary
    std::uint32_t fragments = 1;
};

/// What the client sends once it is open; the server echoes each.
std::vector<DemonstrationMessage> demonstrationMessages();

} // namespace frameglass::session
