// SPDX-License-Identifier: GPL-3.0-or-later
#include "client_session.h"

#include "approach.h"
#include "connection.h"
#include "random_pool.h"

#include "core/protocol/handshake.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace frameglass::session {

namespace {

using ExtraFields = std::vector<protocol::HandshakeRequest::ExtraField>;

bool contains(const ExtraFields &fields, std::string_view name)
{
    return std::any_of(fields.begin(), fields.end(),
                       [name](const auto &field) { return protocol::equalsIgnoringCase(field.name, name); });
}

/// RFC 7617 §2 and RFC 6750 §2.1; the URL's user info counts where nothing else is given.
std::string authorization(const ClientOptions &options, const Target &target)
{
    if (!options.bearerToken.empty())
        return "Bearer " + options.bearerToken;
    auto credentials = target.userInfo;
    if (!options.basicUser.empty() || !options.basicPassword.empty())
        credentials = options.basicUser + ':' + options.basicPassword;
    else if (!credentials.empty() && credentials.find(':') == std::string::npos)
        credentials += ':';
    return credentials.empty() ? std::string() : "Basic " + protocol::toBase64(protocol::viewOf(credentials));
}

protocol::HandshakeRequest requestFor(const ClientOptions &options, const Target &target, RandomPool &random)
{
    std::array<std::byte, 16> nonce;
    random.fill(nonce);
    protocol::HandshakeRequest request;
    request.host = target.hostHeader();
    request.target = target.resource;
    request.key = protocol::makeKey(nonce);
    request.origin = options.origin;
    request.subprotocols = options.subprotocols;
    for (const auto &offer : options.deflateOffers)
        request.extensions.push_back(protocol::extensionOf(offer));
    if (const auto value = authorization(options, target);
        !value.empty() && !contains(options.headers, "Authorization"))
        request.extraFields.push_back({"Authorization", value});
    if (!options.cookies.empty() && !contains(options.headers, "Cookie"))
        request.extraFields.push_back({"Cookie", options.cookies});
    request.extraFields.insert(request.extraFields.end(), options.headers.begin(), options.headers.end());
    return request;
}

} // namespace

/// Lives as long as the session or anything on the network thread needs it. Members without a lock belong to that
/// thread.
class ClientSession::Private final : public std::enable_shared_from_this<Private>,
                                     public transport::OpeningHandler,
                                     public ConnectionOwner
{
public:
    Private(NetworkThread &thread, std::shared_ptr<capture::RecordSink> sink, ClientOptions wanted)
        : network(thread), options(std::move(wanted)), id(sink->newConnection()), journal(std::move(sink), id)
    {}

    void start();
    void disconnect(bool reset);
    template<typename F>
    void order(F work)
    {
        network.post([self = shared_from_this(), work = std::move(work)] {
            if (self->connection)
                work(*self->connection);
        });
    }

    void connecting(capture::RecordBody record, TimePoint now) override;
    void connected(std::shared_ptr<transport::Stream> stream, TimePoint now) override;
    void notConnected(TimePoint now) override;
    void requestArrived(Connection &, const std::vector<protocol::HandshakeFault> &) override {}
    void connectionEnded(Connection &) override;

    NetworkThread &network;
    const ClientOptions options;
    const capture::ConnectionId id;
    Journal journal;                    ///< until a connection takes it over
    std::shared_ptr<Approach> approach; ///< until the end: name servers may answer late
    std::shared_ptr<Connection> connection;
    Target target;
    RandomPool random;
    bool started = false;
    AutoPong autoPong = options.heartbeat.autoPong; ///< as changed before there was a connection
    Nanoseconds pongDelay = options.heartbeat.pongDelay;

    mutable std::mutex mutex;
    mutable std::condition_variable changed;
    bool ended = false;

private:
    void endWithoutConnection(TimePoint now);
    void tellEnded();
};

void ClientSession::Private::start()
{
    if (started)
        return;
    started = true;
    const auto now = std::chrono::steady_clock::now();
    capture::ConnectionStarted first;
    first.vantage = capture::Vantage::Client;
    first.url = options.url;
    first.label = options.label;
    first.attempt = options.attempt;
    first.series = options.series;
    first.offeredSubprotocols = options.subprotocols;
    first.autoPong = autoPong != AutoPong::Off;
    first.pingInterval = options.heartbeat.pingInterval;
    first.pingTimeout = options.heartbeat.pingTimeout;
    first.redirectedFrom = options.redirectedFrom;
    first.anyCertificate = options.anyCertificate;
    journal.add(now, std::move(first));

    auto parsed = parseTarget(options.url);
    if (!std::holds_alternative<Target>(parsed)) {
        journal.add(now, capture::StageChanged{capture::Stage::Resolve, capture::StageOutcome::Failed, {}, 0, {}});
        endWithoutConnection(now);
        return;
    }
    target = std::get<Target>(std::move(parsed));
    journal.flush();
    approach = std::make_shared<Approach>(network, options, target);
    approach->start(*this);
}

void ClientSession::Private::connecting(capture::RecordBody record, TimePoint now)
{
    auto &to = connection ? connection->journal() : journal;
    to.add(now, std::move(record));
    to.flush();
}

void ClientSession::Private::connected(std::shared_ptr<transport::Stream> stream, TimePoint now)
{
    ConnectionOptions how;
    how.peer.role = protocol::Role::Client;
    how.peer.reading = options.reading;
    how.peer.limits = options.limits;
    how.peer.maskSource = [this] { return random.maskKey(); };
    how.heartbeat = options.heartbeat;
    how.heartbeat.autoPong = autoPong;
    how.heartbeat.pongDelay = pongDelay;
    how.upgradeLimit = options.timeouts.upgrade;
    how.closeLimit = options.timeouts.closeReply;
    connection = std::make_shared<Connection>(network.context(), std::move(stream), std::move(journal), how, *this,
                                              options.responder.get());
    connection->start(now);
    connection->open(requestFor(options, target, random), now);
}

void ClientSession::Private::notConnected(TimePoint now)
{
    endWithoutConnection(now);
}

void ClientSession::Private::connectionEnded(Connection &)
{
    approach->cancel();
    approach.reset();
    connection.reset();
    tellEnded();
}

void ClientSession::Private::endWithoutConnection(TimePoint now)
{
    approach.reset();
    journal.add(now, capture::ConnectionEnded{});
    journal.flush();
    tellEnded();
}

void ClientSession::Private::tellEnded()
{
    {
        const std::scoped_lock lock(mutex);
        ended = true;
    }
    changed.notify_all();
}

void ClientSession::Private::disconnect(bool reset)
{
    if (connection) {
        connection->disconnect(reset);
    } else if (approach) {
        approach->cancel();
        endWithoutConnection(std::chrono::steady_clock::now());
    }
}

ClientSession::ClientSession(NetworkThread &network, std::shared_ptr<capture::RecordSink> sink, ClientOptions options)
    : d(std::make_shared<Private>(network, std::move(sink), std::move(options)))
{}

ClientSession::~ClientSession()
{
    d->network.run([this] {
        d->started = true; // a start() that is still on its way comes too late
        d->disconnect(false);
    });
}

capture::ConnectionId ClientSession::id() const
{
    return d->id;
}

const ClientOptions &ClientSession::options() const
{
    return d->options;
}

void ClientSession::start()
{
    d->network.post([d = d] { d->start(); });
}

void ClientSession::sendText(std::string text, std::uint32_t fragments)
{
    d->order([text = std::move(text), fragments](Connection &to) { to.sendText(text, fragments); });
}

void ClientSession::sendBinary(protocol::Octets payload, std::uint32_t fragments)
{
    d->order([payload = std::move(payload), fragments](Connection &to) { to.sendBinary(payload, fragments); });
}

void ClientSession::ping()
{
    d->order([](Connection &to) { to.ping(); });
}

void ClientSession::ping(protocol::Octets payload)
{
    d->order([payload = std::move(payload)](Connection &to) { to.ping(payload); });
}

void ClientSession::pong(protocol::Octets payload)
{
    d->order([payload = std::move(payload)](Connection &to) { to.pong(payload); });
}

void ClientSession::sendRaw(protocol::RawFrame frame)
{
    d->order([frame = std::move(frame)](Connection &to) { to.sendRaw(frame); });
}

void ClientSession::setAutoPong(AutoPong mode, Nanoseconds delay)
{
    d->network.post([d = d, mode, delay] {
        d->autoPong = mode;
        d->pongDelay = delay;
        if (d->connection)
            d->connection->setAutoPong(mode, delay);
    });
}

void ClientSession::close(std::optional<std::uint16_t> code, std::string reason)
{
    d->network.post([d = d, code, reason = std::move(reason)] {
        if (d->connection)
            d->connection->close(code, reason);
        else
            d->disconnect(false);
    });
}

void ClientSession::halfClose()
{
    d->order([](Connection &to) { to.halfClose(); });
}

void ClientSession::disconnect(bool reset)
{
    d->network.post([d = d, reset] { d->disconnect(reset); });
}

bool ClientSession::ended() const
{
    const std::scoped_lock lock(d->mutex);
    return d->ended;
}

bool ClientSession::waitEnded(Nanoseconds limit) const
{
    std::unique_lock lock(d->mutex);
    return d->changed.wait_for(lock, limit, [this] { return d->ended; });
}

} // namespace frameglass::session
