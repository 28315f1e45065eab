// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "heartbeat_policy.h"
#include "network_thread.h"

#include "core/capture/recorder.h"
#include "core/protocol/peer.h"

#include <memory>
#include <string>
#include <vector>

namespace frameglass::session {

struct ServerOptions
{
    std::string address = "127.0.0.1";     ///< address to bind: IPv4, IPv6, "0.0.0.0" or "::"
    std::uint16_t port = 0;                ///< 0: any free one
    std::string socketPath;                ///< a Unix socket instead of address and port, unless empty
    std::vector<std::string> subprotocols; ///< in order of preference; the first that the client offered is chosen
    /// Empty: any Origin, also none. Otherwise a list of allowed origins ("https://a.example"); a request with another
    /// Origin gets 403, one without Origin is let in (it is no browser).
    std::vector<std::string> allowedOrigins;
    std::optional<protocol::DeflatePreferences> deflate = protocol::DeflatePreferences{}; ///< nothing: never accepted
    std::shared_ptr<const transport::TlsContext> tls; ///< Side::Server: wss only; none: ws only
    HeartbeatOptions heartbeat;
    protocol::Limits limits; ///< handshakeTime counts for TLS and for the upgrade, each
    Nanoseconds closeReply = std::chrono::seconds(3);
};

/// A listening socket and the connections it accepted. Echoes every message as it came: opcode, fragments, octets.
/// Each accepted connection is a record series of its own, and the listener is one too.
class ServerSession
{
public:
    ServerSession(NetworkThread &network, std::shared_ptr<capture::RecordSink> sink, ServerOptions options);
    /// Stops listening, sends 1001 to all, ends them.
    ~ServerSession();

    /// Binds and listens, before it returns. False: error() says why (errno and text); it is recorded as well.
    bool start();
    struct Error
    {
        int number = 0;
        std::string message;
    };
    Error error() const;

    capture::ConnectionId id() const; ///< of the listener's own records
    std::uint16_t port() const;
    std::string url() const; ///< "ws://127.0.0.1:9001/", "ws+unix:/run/app.sock:/"
    std::size_t connectionCount() const;

    /// Orders for one accepted connection; ignored when it is gone. Any thread.
    void sendText(capture::ConnectionId connection, std::string text, std::uint32_t fragments = 1);
    void sendBinary(capture::ConnectionId connection, protocol::Octets payload, std::uint32_t fragments = 1);
    void ping(capture::ConnectionId connection);
    void ping(capture::ConnectionId connection, protocol::Octets payload);
    void pong(capture::ConnectionId connection, protocol::Octets payload);
    void sendRaw(capture::ConnectionId connection, protocol::RawFrame frame);
    void close(capture::ConnectionId connection, std::optional<std::uint16_t> code, std::string reason = {});
    void halfClose(capture::ConnectionId connection);
    void disconnect(capture::ConnectionId connection, bool reset = false);

    /// Stops accepting; closes all with 1001 and waits for their ends up to `limit`.
    void stop(Nanoseconds limit = std::chrono::seconds(3));

private:
    class Private;
    std::shared_ptr<Private> d;
};

} // namespace frameglass::session
