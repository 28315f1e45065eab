// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "time.h"

#include <cstddef>
#include <cstdint>

namespace frameglass::protocol {

/// Every bound on what a peer can make us hold. Each is applied at the length field, before allocation (law 5).
struct Limits
{
    std::size_t headOctets = 64 * 1024;             ///< request or response head, including its empty line
    std::size_t headLines = 256;                    ///< field lines of a head
    std::uint64_t framePayloadOctets = 64ull << 20; ///< payload of one frame
    std::uint64_t messageOctets = 64ull << 20;      ///< payload of one message over all its fragments
    std::uint32_t fragmentsPerMessage = 300'000;
    std::uint64_t inflatedOctets = 64ull << 20;   ///< what one compressed message may inflate to
    std::size_t bodyOctets = 1024 * 1024;         ///< kept of a response body that is not 101
    std::size_t queuedOutputOctets = 16ull << 20; ///< unsent octets of one connection before reading stops
    std::size_t connections = 20'000;             ///< accepted connections alive at once
    /// Server: accepted → request head complete.
    Nanoseconds handshakeTime = std::chrono::seconds(10);
    /// While more than queuedOutputOctets wait, a sixteenth of them has to leave in this time, or the connection ends.
    Nanoseconds stalledOutputTime = std::chrono::seconds(30);

    friend bool operator==(const Limits &, const Limits &) = default;
};

} // namespace frameglass::protocol
