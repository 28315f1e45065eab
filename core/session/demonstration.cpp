// SPDX-License-Identifier: GPL-3.0-or-later
#include "demonstration.h"

namespace frameglass::session {

ServerOptions demonstrationServer()
{
    ServerOptions options;
    options.subprotocols = {"demo.frameglass"};
    options.heartbeat.pingInterval = std::chrono::seconds(25);
    return options;
}

ClientOptions demonstrationClient(const std::string &url)
{
    ClientOptions options;
    options.url = url;
    options.label = "demonstration";
    options.subprotocols = {"demo.frameglass", "chat"};
    options.origin = "http://localhost";
    options.heartbeat.pingInterval = std::chrono::seconds(5);
    return options;
}

std::vector<DemonstrationMessage> demonstrationMessages()
{
    protocol::Octets everyOctet(256);
    for (std::size_t i = 0; i < everyOctet.size(); ++i)
        everyOctet[i] = static_cast<std::byte>(i);
    return {
        {R"({"type":"subscribe","channel":"ticks"})"},
        {"Grüße, 你好, 👋 — text is UTF-8"},
        {"this message travels in three fragments, and comes back in three", 3},
        {everyOctet},
    };
}

} // namespace frameglass::session
