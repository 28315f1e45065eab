// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace frameglass::bench {

struct EchoLoad
{
    int connections = 64;
    int inFlight = 8;                ///< messages of a connection that wait for their echo
    std::size_t payloadOctets = 128; ///< of each text message
    std::uint64_t messages = 0;      ///< over all connections
    bool alike = false;              ///< every message has the same octets, as in a broadcast
};

struct EchoResult
{
    std::uint64_t messages = 0;
    double wallSeconds = 0;
};

/// Connects to 127.0.0.1:`port`, sends masked text messages with as many in flight as asked, and counts the echoes.
/// `payloadOctets` is at least 16.
/// Throws std::runtime_error when an echo is not what was sent.
EchoResult runEchoLoad(std::uint16_t port, const EchoLoad &load);

} // namespace frameglass::bench
