// SPDX-License-Identifier: GPL-3.0-or-later
#include "document_p.h"

namespace frameglass::ui {

using capture::ConnectionId;

const analysis::CaptureFacts &Document::facts() const
{
    return *d->facts;
}

const analysis::ConnectionFacts *Document::facts(ConnectionId id) const
{
    return d->facts->find(id);
}

// What a live connection's rows say also changes with time (silence, a stage that takes long): once a second.
const diagnosis::Report &Document::report(ConnectionId id) const
{
    static const diagnosis::Report nothing;
    const analysis::ConnectionFacts *facts = d->facts->find(id);
    if (!facts)
        return nothing;
    const Nanoseconds moment = isLive(id) ? now() : facts->lastTime.value_or(d->lastTime);
    const auto second = isLive(id) ? std::chrono::duration_cast<std::chrono::seconds>(moment).count() : -2;
    const std::uint64_t version = d->versions[id];
    auto &cached = d->reports[id];
    const std::size_t connections = d->facts->connections().size();
    if (cached.version != version || cached.second != second || cached.connections != connections) {
        diagnosis::Evaluation evaluation{*facts};
        evaluation.all = d->facts.get();
        evaluation.now = moment;
        evaluation.settings = d->checkSettings;
        evaluation.startWallMs = d->reader->startWallMs();
        cached.report = diagnosis::evaluate(evaluation);
        cached.version = version;
        cached.second = second;
        cached.connections = connections;
    }
    return cached.report;
}

void Document::retranslateReports()
{
    d->reports.clear();
}

Nanoseconds Document::now() const
{
    if (!hasLiveSessions())
        return d->lastTime;
    return std::max(d->lastTime, d->live->sink->sinceStart(std::chrono::steady_clock::now()));
}

bool Document::hasLiveSessions() const
{
    if (d->live->server)
        return true;
    for (const auto &[id, client] : d->live->clients)
        if (!client->ended())
            return true;
    return false;
}

bool Document::isLive(ConnectionId id) const
{
    if (const auto client = d->live->clients.find(id); client != d->live->clients.end())
        return !client->second->ended();
    if (!d->live->server)
        return false;
    if (d->live->server->id() == id)
        return true;
    const analysis::ConnectionFacts *facts = d->facts->find(id);
    return facts && !facts->isOver() && facts->started && facts->started->value.listener == d->live->server->id();
}

ConnectionId Document::connectTo(session::ClientOptions options, std::uint32_t redirects)
{
    d->ensureWriter();
    if (!d->live->network)
        d->live->network = std::make_unique<session::NetworkThread>();
    auto client = std::make_unique<session::ClientSession>(*d->live->network, d->live->sink, options);
    const ConnectionId id = client->id();
    d->live->clientOptions.insert_or_assign(id, std::move(options));
    client->start();
    d->live->clients.insert_or_assign(id, std::move(client));
    if (redirects > 0)
        d->live->redirects.insert_or_assign(
            id, CaptureSession::Redirects{session::RedirectSeries(*optionsOf(id), redirects)});
    return id;
}

std::uint32_t Document::redirectsOf(ConnectionId id) const
{
    const auto found = d->live->redirects.find(id);
    return found == d->live->redirects.end() ? 0 : found->second.series.left();
}

// An attempt that is answered with a redirect hands a copy of its series to the next one, so that connecting again
// follows it again.
void Document::Private::followRedirects(const std::vector<ConnectionId> &changed)
{
    for (const ConnectionId id : changed) {
        const auto known = live->redirects.find(id);
        const analysis::ConnectionFacts *of = facts->find(id);
        if (known == live->redirects.end() || known->second.settled || !of || !of->isOver())
            continue;
        known->second.settled = true;
        if (!of->response || of->openedAt)
            continue;
        session::RedirectSeries series = known->second.series;
        if (series.follow(of->response->value, id)) {
            const ConnectionId next = q->connectTo(series.current());
            live->redirects.insert_or_assign(next, CaptureSession::Redirects{std::move(series)});
            emit q->redirectFollowed(id, next);
        } else if (series.error()) {
            emit q->redirectRefused(id, *series.error());
        }
    }
}

const session::ClientOptions *Document::optionsOf(ConnectionId id) const
{
    const auto found = d->live->clientOptions.find(id);
    return found == d->live->clientOptions.end() ? nullptr : &found->second;
}

bool Document::startServer(const session::ServerOptions &options, QString *error)
{
    d->ensureWriter();
    stopServer();
    if (!d->live->network)
        d->live->network = std::make_unique<session::NetworkThread>();
    auto server = std::make_unique<session::ServerSession>(*d->live->network, d->live->sink, options);
    const bool listening = server->start();
    if (listening)
        d->live->server = std::move(server);
    else if (error)
        *error = QString::fromStdString(server->error().message);
    emit serverChanged();
    return listening;
}

void Document::stopServer()
{
    if (!d->live->server)
        return;
    // The bundle is held too: the network thread and the writer outlive the server.
    d->reaper.post([bundle = d->live, server = std::shared_ptr(std::move(d->live->server))]() mutable {
        server->stop(std::chrono::seconds(1));
        server.reset();
    });
    d->live->server.reset();
    emit serverChanged();
}

const session::ServerSession *Document::server() const
{
    return d->live->server.get();
}

void Document::sendText(ConnectionId id, const QString &text, std::uint32_t fragments)
{
    const std::string utf8 = text.toStdString();
    d->order(
        id, [&](auto &client) { client.sendText(utf8, fragments); },
        [&](auto &server) { server.sendText(id, utf8, fragments); });
}

void Document::sendBinary(ConnectionId id, protocol::Octets payload, std::uint32_t fragments)
{
    d->order(
        id, [&](auto &client) { client.sendBinary(payload, fragments); },
        [&](auto &server) { server.sendBinary(id, payload, fragments); });
}

void Document::ping(ConnectionId id)
{
    d->order(
        id, [](auto &client) { client.ping(); }, [&](auto &server) { server.ping(id); });
}

void Document::ping(ConnectionId id, protocol::Octets payload)
{
    d->order(
        id, [&](auto &client) { client.ping(payload); }, [&](auto &server) { server.ping(id, payload); });
}

void Document::pong(ConnectionId id, protocol::Octets payload)
{
    d->order(
        id, [&](auto &client) { client.pong(payload); }, [&](auto &server) { server.pong(id, payload); });
}

void Document::sendRaw(ConnectionId id, protocol::RawFrame frame)
{
    d->order(
        id, [&](auto &client) { client.sendRaw(frame); }, [&](auto &server) { server.sendRaw(id, frame); });
}

void Document::closeConnection(ConnectionId id, std::optional<std::uint16_t> code, const QString &reason)
{
    const std::string utf8 = reason.toStdString();
    d->order(
        id, [&](auto &client) { client.close(code, utf8); }, [&](auto &server) { server.close(id, code, utf8); });
}

void Document::halfClose(ConnectionId id)
{
    d->order(
        id, [](auto &client) { client.halfClose(); }, [&](auto &server) { server.halfClose(id); });
}

void Document::disconnect(ConnectionId id, bool reset)
{
    d->order(
        id, [&](auto &client) { client.disconnect(reset); }, [&](auto &server) { server.disconnect(id, reset); });
}

} // namespace frameglass::ui
