// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "heartbeat_policy.h"
#include "name_options.h"
#include "network_thread.h"
#include "proxy_choice.h"
#include "responder.h"
#include "target.h"

#include "core/capture/recorder.h"
#include "core/protocol/peer.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace frameglass::session {

struct StageTimeouts
{
    Nanoseconds resolve = std::chrono::seconds(5);
    Nanoseconds tcp = std::chrono::seconds(5);    ///< for each address
    Nanoseconds proxy = std::chrono::seconds(10); ///< to the end of the proxy's answer
    Nanoseconds tls = std::chrono::seconds(5);
    Nanoseconds upgrade = std::chrono::seconds(10);   ///< to the end of the response head
    Nanoseconds closeReply = std::chrono::seconds(3); ///< our Close sent → peer's Close, then TCP end
    friend bool operator==(const StageTimeouts &, const StageTimeouts &) = default;
};

struct ClientOptions
{
    std::string url;
    std::string label;
    std::vector<protocol::HandshakeRequest::ExtraField> headers; ///< order kept; a standard name overrides
    std::vector<std::string> subprotocols;
    std::vector<protocol::DeflateParameters> deflateOffers; ///< in order of preference; empty: none is made
    std::optional<std::string> origin;
    std::string basicUser; ///< with basicPassword: Authorization: Basic
    std::string basicPassword;
    std::string bearerToken; ///< Authorization: Bearer
    std::string cookies;     ///< value of the Cookie field
    /// For wss: URLs; none: NetworkThread::tls().
    std::shared_ptr<const transport::TlsContext> tls;
    std::optional<std::string> serverName; ///< another SNI than the host; empty: none is sent
    bool anyCertificate = false;           ///< go on whatever the server's certificate: for this attempt alone
    ProxyChoice proxy;
    std::vector<GivenAddress> addresses; ///< tried in this order where they fit, instead of a lookup
    DnsOptions dns;
    HeartbeatOptions heartbeat;
    StageTimeouts timeouts;
    protocol::Limits limits;
    protocol::Reading reading = protocol::Reading::Endpoint; ///< Observer: note violations, keep going
    std::shared_ptr<Responder> responder;                    ///< what is done with what the server sends; none: nothing
    std::uint32_t attempt = 1;
    std::optional<capture::ConnectionId> series;
    std::optional<capture::ConnectionId> redirectedFrom; ///< whose redirect this attempt follows
};

/// One attempt to talk to a server: resolve, connect, upgrade, exchange, end. All of it is told by records; the
/// methods only ask. Every method may be called from any thread and returns at once.
class ClientSession
{
public:
    /// Takes the connection number at once; nothing is sent before start(). `options.url` must parse.
    ClientSession(NetworkThread &network, std::shared_ptr<capture::RecordSink> sink, ClientOptions options);
    /// Ends the connection if it still lives (RST is avoided where nothing is unread).
    ~ClientSession();

    capture::ConnectionId id() const;
    const ClientOptions &options() const;

    void start();
    void sendText(std::string text, std::uint32_t fragments = 1);
    void sendBinary(protocol::Octets payload, std::uint32_t fragments = 1);
    void ping();
    void ping(protocol::Octets payload);
    void pong(protocol::Octets payload);
    void sendRaw(protocol::RawFrame frame);
    void setAutoPong(AutoPong mode, Nanoseconds delay = {});
    /// Closing handshake; TCP is ended after StageTimeouts::closeReply at the latest.
    void close(std::optional<std::uint16_t> code, std::string reason = {});
    /// Sends FIN and keeps reading.
    void halfClose();
    /// Ends TCP at once (also while connecting), with RST when `reset`.
    void disconnect(bool reset = false);

    /// True once ConnectionEnded was recorded.
    bool ended() const;
    /// Waits until then; false when `limit` passed first. Not from the network thread.
    bool waitEnded(Nanoseconds limit) const;

private:
    class Private;
    std::shared_ptr<Private> d;
};

} // namespace frameglass::session
