// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace frameglass::protocol {

/// The states of one WebSocket connection, from the first octet of the opening handshake (RFC 6455 §4, §7).
enum class ConnectionState : std::uint8_t {
    Opening,       ///< the opening handshake is under way
    Open,          ///< §4.1: "the WebSocket connection is established"
    CloseSent,     ///< we sent a Close frame and wait for the peer's
    CloseReceived, ///< the peer's Close frame arrived, ours is not out yet
    CloseDone,     ///< both Close frames are exchanged, TCP still stands
    Closed,        ///< TCP ended after the closing handshake: closed cleanly (§7.1.4)
    Failed,        ///< anything else that ended it (§7.1.7)
};
inline constexpr int connectionStateCount = 7;

/// What can move a connection from one state to another.
enum class Trigger : std::uint8_t {
    HandshakeSucceeded, ///< a valid 101 was received or sent
    HandshakeFailed,    ///< refused, malformed, or not 101
    CloseFrameSent,
    CloseFrameReceived,
    TransportEnded, ///< no more octets will arrive or can be sent
    FailedByUs,     ///< we fail the connection (§7.1.7): violation, limit or time-out
};

struct Transition
{
    ConnectionState from;
    Trigger trigger;
    ConnectionState to;
    std::string_view clause;
};

/// The whole machine; the diagram in the window is drawn from this table, and every peer follows it.
std::span<const Transition> transitions();

/// The state after `trigger`, or nothing where the trigger has no meaning in `from`.
std::optional<ConnectionState> after(ConnectionState from, Trigger trigger);

/// Stable kebab-case names for files, JSON and tests: "close-sent", "handshake-failed".
std::string_view nameOf(ConnectionState state);
std::string_view nameOf(Trigger trigger);
std::optional<ConnectionState> connectionStateFromName(std::string_view name);
std::optional<Trigger> triggerFromName(std::string_view name);

inline bool isFinal(ConnectionState state)
{
    return state == ConnectionState::Closed || state == ConnectionState::Failed;
}

} // namespace frameglass::protocol
