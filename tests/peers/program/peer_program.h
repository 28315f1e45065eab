// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

/// What the peers in C++ share: the arguments that all peers take and the JSON lines that all peers print. C++17 and
/// none of our own code, so that a peer is built as its library wants it and agrees with us by reading alone.
namespace frameglass::peers {

/// How long a client waits for anything.
inline constexpr int patienceSeconds = 20;

/// --deflate on | no-context | bits=N
struct Deflate
{
    bool on = false;
    bool contextTakeover = true; ///< both ways
    int windowBits = 15;         ///< both ways

    /// The offer of a client that writes it itself.
    std::string offer() const;
};

/// Something for a client to send, and then to await the answer of.
struct Action
{
    std::string kind; ///< "text", "binary", "fragmented", "ping"
    std::string octets;
};

struct ProgramArguments
{
    std::vector<std::string> subprotocols;
    std::uint16_t closeCode = 1000; ///< 0: a Close frame without payload
    std::string closeReason;
    Deflate deflate;

    // Echo servers
    int closeAfter = 0;        ///< messages; 0: never
    int pingInterval = 0;      ///< milliseconds; 0: never
    std::size_t fragments = 1; ///< frames to echo each message in
    bool noRead = false;
    std::string certificate; ///< PEM file with the chain; empty: no TLS
    std::string key;

    // Clients
    std::string url;
    std::deque<Action> actions;
    bool waitClose = false;
    std::string authority; ///< PEM file of what alone is trusted; empty: the library's own
};

/// Ends the process with a word where an argument is unknown or malformed.
ProgramArguments parseArguments(int argc, char *argv[]);
/// The same, for a library that cannot do all: "bits", "no-context", "close without code".
[[noreturn]] void cannot(std::string_view what);

/// Host and port of "ws://host:port/path", and the rest from the slash on.
struct UrlParts
{
    std::string host;
    std::string port;
    std::string path;
};
UrlParts partsOf(const std::string &url);

/// `octets` cut into `count` pieces, fewer where there are fewer octets; at least one.
std::vector<std::string_view> piecesOf(std::string_view octets, std::size_t count);

// One line each, flushed.
void tellPort(std::uint16_t port);
/// `extensions`: as in the response head, as far as the library lets one see it. `path`: servers.
void tellOpen(std::string_view library, std::string_view subprotocol, std::string_view extensions,
              std::string_view path = {});
void tellMessage(bool text, std::string_view octets);
void tellPing(std::string_view data);
void tellPong(std::string_view data);
void tellClose(int code, std::string_view reason);
/// The closing handshake is done, but the library does not say what the answer to its Close held.
void tellCloseUnseen();
void tellError(std::string_view message);

/// Ends the process when standard input ends, so that no peer outlives the test that started it.
void endWithParent();

} // namespace frameglass::peers
