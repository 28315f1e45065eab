// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/connection_facts.h"

#include <QString>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

/// What the client families that matter do with a server's answer. The cells were measured: one raw server, seven
/// clients, each answer tried with each (tests/peers keeps true the columns of the clients that it can run).
namespace frameglass::diagnosis {

enum class Client : std::uint8_t { Chromium, Firefox, WebKitGtk, Gorilla, Ws, PythonWebsockets, QWebSocket };
inline constexpr std::size_t clientCount = 7;

/// "Chrome and Chromium", "gorilla/websocket (Go)"; a proper name, with the version that was tried.
QString nameOf(Client client);
/// "chromium", "firefox", "webkitgtk", "gorilla", "ws", "websockets", "qwebsocket": for JSON.
std::string_view idOf(Client client);

enum class Reaction : std::uint8_t {
    Opens,
    OpensThenFails, ///< reports an open connection, then an error
    Follows,        ///< a redirect
    Fails,
};
std::string_view nameOf(Reaction reaction); ///< "opens", "opens-then-fails", "follows", "fails"
QString textOf(Reaction reaction);

/// One way in which an answer differs from the plainest valid one, and each client's reaction to it.
struct Deviation
{
    std::string_view id; ///< "accept-missing"
    const char *title;   ///< source text, context "checks"
    /// One letter a client, in the order of Client: o opens, e opens, then error, f follows, x fails.
    std::string_view cells;
    /// The error in that client's own words; null: it says nothing of its own. %1 stands for the status.
    std::array<const char *, clientCount> words;

    Reaction reaction(Client client) const;
};

/// All that are known.
std::span<const Deviation> deviations();

/// The deviations of the answer at hand, in the order in which it is read; nothing while there is no answer.
std::vector<const Deviation *> deviationsOf(const analysis::ConnectionFacts &facts);

/// What one client would do with the connection at hand.
struct ClientForecast
{
    Client client = Client::Chromium;
    Reaction reaction = Reaction::Opens;
    const Deviation *because = nullptr; ///< null where it simply opens
    QString sees;                       ///< what its script or caller would see, in the current language
    /// What it would report of the end that was seen: "close 1001"; empty while open, or where it never opens.
    QString end;
};

/// One line a client, for the handshake and the end at hand; empty while there is no answer, and for a listener.
std::vector<ClientForecast> forecast(const analysis::ConnectionFacts &facts);

/// What each client hands to the application for a Close frame with that code (absent: an empty payload), for FIN or
/// for RST without one: the code as its API gives it, or "error".
std::array<QString, clientCount> reportedFor(std::optional<std::uint16_t> code);
std::array<QString, clientCount> reportedForFin();
std::array<QString, clientCount> reportedForReset();

} // namespace frameglass::diagnosis
