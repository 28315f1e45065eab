// SPDX-License-Identifier: GPL-3.0-or-later
#include "server_session.h"

#include "arrival.h"
#include "connection.h"

#include "core/protocol/close_code.h"
#include "core/protocol/handshake.h"
#include "core/transport/listener.h"
#include "core/transport/socket_facts.h"
#include "core/transport/socket_stream.h"
#include "core/transport/tls_opening.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace frameglass::session {

namespace {

using Clock = std::chrono::steady_clock;

std::string joined(const std::vector<std::string> &items)
{
    std::string result;
    for (const auto &item : items)
        result += (result.empty() ? "" : ", ") + item;
    return result;
}

} // namespace

/// Members without a lock belong to the network thread.
class ServerSession::Private final : public std::enable_shared_from_this<Private>,
                                     public transport::ListenerHandler,
                                     public ArrivalOwner,
                                     public ConnectionOwner
{
public:
    Private(NetworkThread &thread, std::shared_ptr<capture::RecordSink> to, ServerOptions wanted)
        : network(thread), sink(std::move(to)), options(std::move(wanted)), id(sink->newConnection()), journal(sink, id)
    {}

    bool start();
    void stopListening();
    void closeAll();
    void disconnectAll();
    template<typename F>
    void order(capture::ConnectionId connection, F work)
    {
        network.post([self = shared_from_this(), connection, work = std::move(work)] {
            const auto found = self->connections.find(connection);
            if (found == self->connections.end())
                return;
            const auto held = found->second; // the order may end it
            work(*held);
        });
    }

    void accepted(transport::StreamSocket socket) override;
    void acceptFailed(const transport::SystemError &error) override;
    void arrived(Arrival &arrival, std::shared_ptr<transport::Stream> stream, Journal series, TimePoint now) override;
    void arrivalFailed(Arrival &arrival) override;
    void requestArrived(Connection &connection, const std::vector<protocol::HandshakeFault> &faults) override;
    void connectionEnded(Connection &connection) override;

    NetworkThread &network;
    const std::shared_ptr<capture::RecordSink> sink;
    const ServerOptions options;
    const capture::ConnectionId id;
    Journal journal;
    EchoResponder responder;
    std::shared_ptr<transport::Listener> listener;
    std::unordered_map<capture::ConnectionId, std::shared_ptr<Connection>> connections;
    std::unordered_map<capture::ConnectionId, std::shared_ptr<Arrival>> arrivals; ///< in their TLS handshake
    bool full = false;

    mutable std::mutex mutex; ///< for what follows
    mutable std::condition_variable changed;
    std::size_t count = 0;
    std::uint16_t port = 0;
    std::string url;
    Error error;

private:
    capture::ListenerRecord listenerRecord() const;
    void record(capture::ListenerRecord what);
    void begin(std::shared_ptr<transport::Stream> stream, Journal series, TimePoint now);
    std::size_t accepting() const { return connections.size() + arrivals.size(); }
    void holdWhenFull();
    void releaseWhenRoom();
    std::vector<std::shared_ptr<Connection>> alive() const;
    bool originAllowed(const protocol::HttpHead &request) const;
    std::optional<std::string> chooseSubprotocol(const protocol::HttpHead &request) const;
    void setCount();
};

// -- listening ------------------------------------------------------------------------------------------------------

capture::ListenerRecord ServerSession::Private::listenerRecord() const
{
    capture::ListenerRecord what;
    what.responder = responder.name();
    what.subprotocols = options.subprotocols;
    what.originRule = joined(options.allowedOrigins);
    what.pingInterval = options.heartbeat.pingInterval;
    if (listener)
        what.address = listener->address();
    return what;
}

void ServerSession::Private::record(capture::ListenerRecord what)
{
    journal.add(Clock::now(), std::move(what));
    journal.flush();
}

bool ServerSession::Private::start()
{
    if (listener)
        return true;
    auto fresh = std::make_shared<transport::Listener>(network.context());
    const auto failed = options.socketPath.empty() ? fresh->listen(options.address, options.port)
                                                   : fresh->listenLocally(options.socketPath);
    if (failed) {
        auto what = listenerRecord();
        what.listening = false;
        what.address = options.socketPath.empty() ? options.address + ':' + std::to_string(options.port)
                                                  : "unix:" + options.socketPath;
        what.error = failed->number;
        what.message = failed->message;
        record(std::move(what));
        const std::scoped_lock lock(mutex);
        error = {failed->number, failed->message};
        return false;
    }
    listener = std::move(fresh);
    record(listenerRecord());
    {
        const std::scoped_lock lock(mutex);
        error = {};
        port = listener->port();
        const std::string scheme = options.tls ? "wss" : "ws";
        url = options.socketPath.empty() ? scheme + "://" + listener->address() + '/'
                                         : scheme + "+unix:" + options.socketPath + ":/";
    }
    listener->start(*this);
    return true;
}

void ServerSession::Private::stopListening()
{
    if (!listener)
        return;
    auto what = listenerRecord();
    what.listening = false;
    listener->close();
    listener.reset();
    record(std::move(what));
}

void ServerSession::Private::acceptFailed(const transport::SystemError &failed)
{
    auto what = listenerRecord();
    what.error = failed.number;
    what.message = failed.message;
    record(std::move(what));
}

// -- connections ----------------------------------------------------------------------------------------------------

void ServerSession::Private::accepted(transport::StreamSocket socket)
{
    const auto now = Clock::now();
    Journal series(sink, sink->newConnection());
    capture::ConnectionStarted first;
    first.vantage = capture::Vantage::Server;
    first.url = url;
    first.listener = id;
    first.autoPong = options.heartbeat.autoPong != AutoPong::Off;
    first.pingInterval = options.heartbeat.pingInterval;
    first.pingTimeout = options.heartbeat.pingTimeout;
    series.add(now, std::move(first));

    auto stream = std::make_shared<transport::SocketStream>(std::move(socket), options.limits.queuedOutputOctets);
    if (!options.tls) {
        begin(std::move(stream), std::move(series), now);
        return;
    }
    auto tls = std::make_shared<transport::TlsOpening>(network.context(), options.tls, transport::TlsPeer{},
                                                       options.limits.handshakeTime);
    const auto arrival = std::make_shared<Arrival>(*this, std::move(series), std::move(tls));
    arrivals.emplace(arrival->id(), arrival);
    setCount();
    holdWhenFull();
    arrival->start(std::move(stream), now);
}

void ServerSession::Private::arrived(Arrival &arrival, std::shared_ptr<transport::Stream> stream, Journal series,
                                     TimePoint now)
{
    const auto ended = arrivals.extract(arrival.id()); // lives until we return
    begin(std::move(stream), std::move(series), now);
}

void ServerSession::Private::arrivalFailed(Arrival &arrival)
{
    const auto ended = arrivals.extract(arrival.id());
    releaseWhenRoom();
}

void ServerSession::Private::begin(std::shared_ptr<transport::Stream> stream, Journal series, TimePoint now)
{
    ConnectionOptions how;
    how.peer.role = protocol::Role::Server;
    how.peer.limits = options.limits;
    how.heartbeat = options.heartbeat;
    how.upgradeLimit = options.limits.handshakeTime;
    how.closeLimit = options.closeReply;
    auto connection =
        std::make_shared<Connection>(network.context(), std::move(stream), std::move(series), how, *this, &responder);
    connections.emplace(connection->id(), connection);
    setCount();
    holdWhenFull();
    connection->start(now);
}

void ServerSession::Private::connectionEnded(Connection &connection)
{
    connections.erase(connection.id());
    releaseWhenRoom();
}

void ServerSession::Private::holdWhenFull()
{
    if (full || !listener || accepting() < options.limits.connections)
        return;
    full = true;
    listener->hold(true);
    auto what = listenerRecord();
    what.message = "connection-limit";
    record(std::move(what));
}

void ServerSession::Private::releaseWhenRoom()
{
    setCount();
    if (full && listener && accepting() < options.limits.connections) {
        full = false;
        listener->hold(false);
    }
}

void ServerSession::Private::setCount()
{
    {
        const std::scoped_lock lock(mutex);
        count = accepting();
    }
    changed.notify_all();
}

bool ServerSession::Private::originAllowed(const protocol::HttpHead &request) const
{
    if (options.allowedOrigins.empty())
        return true;
    const auto origins = request.all("Origin");
    return std::all_of(origins.begin(), origins.end(), [this](const protocol::HeaderField *origin) {
        return std::any_of(options.allowedOrigins.begin(), options.allowedOrigins.end(), [origin](const auto &allowed) {
            return protocol::equalsIgnoringCase(allowed, origin->value);
        });
    });
}

std::optional<std::string> ServerSession::Private::chooseSubprotocol(const protocol::HttpHead &request) const
{
    const auto offered = protocol::parseTokenList(request.joined("Sec-WebSocket-Protocol"));
    for (const auto &mine : options.subprotocols) {
        if (std::find(offered.items.begin(), offered.items.end(), mine) != offered.items.end())
            return mine;
    }
    return {};
}

void ServerSession::Private::requestArrived(Connection &connection, const std::vector<protocol::HandshakeFault> &faults)
{
    auto &peer = connection.peer();
    const auto &request = *peer.request();
    auto all = faults;
    if (!originAllowed(request)) {
        const auto value = request.joined("Origin").substr(0, 256);
        all.push_back({protocol::Violation::OriginRefused, "Origin", value});
        if (faults.empty())
            connection.journal().add(Clock::now(), capture::ViolationRecord{protocol::Direction::Received,
                                                                            protocol::Violation::OriginRefused,
                                                                            request.find("Origin")->offset, value});
    }
    if (!all.empty()) {
        peer.refuse(protocol::refusalFor(request, all));
        return;
    }
    protocol::HandshakeResponse response;
    response.subprotocol = chooseSubprotocol(request);
    if (options.deflate) {
        if (const auto answer = protocol::answerDeflate(protocol::extensionsOf(request), *options.deflate))
            response.extensions = {protocol::extensionOf(*answer)};
    }
    peer.accept(response);
}

/// Copies: what is done with them changes the table.
std::vector<std::shared_ptr<Connection>> ServerSession::Private::alive() const
{
    std::vector<std::shared_ptr<Connection>> all;
    all.reserve(connections.size());
    for (const auto &entry : connections)
        all.push_back(entry.second);
    return all;
}

void ServerSession::Private::closeAll()
{
    for (const auto &connection : alive())
        connection->close(static_cast<std::uint16_t>(protocol::CloseCode::GoingAway), {});
}

void ServerSession::Private::disconnectAll()
{
    while (!arrivals.empty())
        std::shared_ptr(arrivals.begin()->second)->cancel(Clock::now());
    for (const auto &connection : alive())
        connection->disconnect(false);
}

// -- the session ----------------------------------------------------------------------------------------------------

ServerSession::ServerSession(NetworkThread &network, std::shared_ptr<capture::RecordSink> sink, ServerOptions options)
    : d(std::make_shared<Private>(network, std::move(sink), std::move(options)))
{}

ServerSession::~ServerSession()
{
    d->network.run([this] {
        d->stopListening();
        d->closeAll();
        d->disconnectAll();
    });
}

bool ServerSession::start()
{
    bool listening = false;
    d->network.run([this, &listening] { listening = d->start(); });
    return listening;
}

void ServerSession::stop(Nanoseconds limit)
{
    d->network.run([this] {
        d->stopListening();
        d->closeAll();
    });
    {
        std::unique_lock lock(d->mutex);
        d->changed.wait_for(lock, limit, [this] { return d->count == 0; });
    }
    d->network.run([this] { d->disconnectAll(); });
}

ServerSession::Error ServerSession::error() const
{
    const std::scoped_lock lock(d->mutex);
    return d->error;
}

capture::ConnectionId ServerSession::id() const
{
    return d->id;
}

std::uint16_t ServerSession::port() const
{
    const std::scoped_lock lock(d->mutex);
    return d->port;
}

std::string ServerSession::url() const
{
    const std::scoped_lock lock(d->mutex);
    return d->url;
}

std::size_t ServerSession::connectionCount() const
{
    const std::scoped_lock lock(d->mutex);
    return d->count;
}

void ServerSession::sendText(capture::ConnectionId connection, std::string text, std::uint32_t fragments)
{
    d->order(connection, [text = std::move(text), fragments](Connection &to) { to.sendText(text, fragments); });
}

void ServerSession::sendBinary(capture::ConnectionId connection, protocol::Octets payload, std::uint32_t fragments)
{
    d->order(connection,
             [payload = std::move(payload), fragments](Connection &to) { to.sendBinary(payload, fragments); });
}

void ServerSession::ping(capture::ConnectionId connection)
{
    d->order(connection, [](Connection &to) { to.ping(); });
}

void ServerSession::ping(capture::ConnectionId connection, protocol::Octets payload)
{
    d->order(connection, [payload = std::move(payload)](Connection &to) { to.ping(payload); });
}

void ServerSession::pong(capture::ConnectionId connection, protocol::Octets payload)
{
    d->order(connection, [payload = std::move(payload)](Connection &to) { to.pong(payload); });
}

void ServerSession::sendRaw(capture::ConnectionId connection, protocol::RawFrame frame)
{
    d->order(connection, [frame = std::move(frame)](Connection &to) { to.sendRaw(frame); });
}

void ServerSession::close(capture::ConnectionId connection, std::optional<std::uint16_t> code, std::string reason)
{
    d->order(connection, [code, reason = std::move(reason)](Connection &to) { to.close(code, reason); });
}

void ServerSession::halfClose(capture::ConnectionId connection)
{
    d->order(connection, [](Connection &to) { to.halfClose(); });
}

void ServerSession::disconnect(capture::ConnectionId connection, bool reset)
{
    d->order(connection, [reset](Connection &to) { to.disconnect(reset); });
}

} // namespace frameglass::session
