// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "need_peer.h"
#include "peer_process.h"

#include "tests/support/recorded.h"

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

/// What the interoperability tests share: what to wait for in records and in a peer's output, and named skips.
namespace frameglass::peers {

using test::WaitableSink;

/// Generous, since a browser on a busy machine takes its time; a test that passes never waits so long.
inline constexpr std::chrono::seconds patience{40};

/// A data message put together from its frames.
struct Message
{
    protocol::Opcode opcode = protocol::Opcode::Text;
    std::string octets;
    std::size_t fragments = 0;
    friend bool operator==(const Message &, const Message &) = default;
};
std::ostream &operator<<(std::ostream &out, const Message &message);

std::vector<Message> messages(const std::vector<capture::Record> &records, capture::ConnectionId connection,
                              capture::Direction direction);

/// Waits for the connection to be open; false when it failed instead.
bool waitForOpen(const WaitableSink &sink, capture::ConnectionId connection);
/// Waits until that many messages were received, and returns them.
std::vector<Message> waitForMessages(const WaitableSink &sink, capture::ConnectionId connection, std::size_t count);
/// Waits for a heartbeat record of this kind.
std::optional<capture::HeartbeatRecord> waitForHeartbeat(const WaitableSink &sink, capture::ConnectionId connection,
                                                         capture::HeartbeatKind kind);
/// Waits for the connection's last record.
std::optional<capture::ConnectionEnded> waitForEnd(const WaitableSink &sink, capture::ConnectionId connection);
/// Waits for a connection that the listener accepted.
std::optional<capture::ConnectionId> waitForAccepted(const WaitableSink &sink, capture::ConnectionId listener);

/// The JSON lines of a peer that have this "event", each as compact JSON with sorted keys.
std::vector<std::string> eventsOf(const PeerProcess &peer, const std::string &event = {});
/// Waits for such a line.
bool waitForEvent(const PeerProcess &peer, const std::string &json);
/// One such line, to compare with.
std::string closeEvent(int code, const std::string &reason);
std::string textEvent(const std::string &text);
std::string binaryEvent(const protocol::Octets &octets);
/// A message of up to 1,024 octets is told with its text or octets, each with their number and digest.
std::string messageEvent(const Message &message);
std::string sha256(std::string_view octets);

/// `size` octets, each value in its turn.
protocol::Octets countingOctets(std::size_t size);

} // namespace frameglass::peers
