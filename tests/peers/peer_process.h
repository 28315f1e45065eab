// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Programs by other people, run beside a test. Knows no Qt and no GoogleTest, so that every kind of test can use it.
namespace frameglass::peers {

using Arguments = std::vector<std::string>;

/// How to run a peer, or why it cannot be run on this machine.
struct Command
{
    Arguments words;
    std::string missing; ///< empty: can be run; otherwise what to install, for the name of the skip
};

// Echo servers: --subprotocol P, --close-after N --close-code C --close-reason R, --ping-interval MS, --fragments N
// (frames to echo each message in), --deflate MODE, --no-read. gorilla, python, node and Qt: --cert FILE --key FILE.
Command gorillaEcho(const Arguments &arguments = {});
Command pythonEcho(const Arguments &arguments = {});
Command nodeEcho(const Arguments &arguments = {});
Command qtEcho(const Arguments &arguments = {});
Command beastEcho(const Arguments &arguments = {});
Command websocketppEcho(const Arguments &arguments = {});
Command lwsEcho(const Arguments &arguments = {});

/// Tests an echoing client: one case a connection, "case" lines with "ok"; see python/suite.py.
Command pythonSuite();

// Clients: --text T, --binary HEX, --fragmented T, --ping DATA in any order and number, --subprotocol P,
// --close-code C --close-reason R, --wait-close, --deflate MODE, and the URL. @FILE stands for the octets of a file.
// gorilla, python, node and Qt: --ca FILE. Code 0 is a Close frame without payload. MODE is on, no-context (both ways)
// or bits=N (both ways). A peer whose library cannot do what its arguments ask says so and ends.
Command gorillaClient(const Arguments &arguments);
Command pythonClient(const Arguments &arguments);
Command nodeClient(const Arguments &arguments);
Command qtClient(const Arguments &arguments);
Command beastClient(const Arguments &arguments);
Command websocketppClient(const Arguments &arguments);
Command lwsClient(const Arguments &arguments);
/// Without --ping, --fragmented, --deflate and @FILE.
Command chromiumClient(const Arguments &arguments);

/// A client of ws that connects again and again; see node/reconnect.mjs.
Command nodeReconnecting(const Arguments &arguments);

/// Servers on gorilla and net/http, each at a path of its own: "/right", and misbuilt ones; see go/misbuilt.
Command gorillaMisbuilt();

/// nginx before the server at `upstreamPort`. `mistake`: "right", "no-upgrade", "http10", "read-timeout" (2 s),
/// "connection-cleared" or "small-buffer" (1 KiB for the upstream's head).
/// More: --cert FILE --key FILE to terminate TLS, --client-ca FILE.
Command nginx(const std::string &mistake, std::uint16_t upstreamPort, const Arguments &more = {});
/// HAProxy before it. More: the same, --alpn LIST, and --tunnel TIME, how long it may be silent.
Command haproxy(std::uint16_t upstreamPort, const Arguments &more = {});
/// Apache before it, `mistake`: "right" or "no-upgrade".
Command apache(const std::string &mistake, std::uint16_t upstreamPort);
/// `openssl WORDS`, with a server's "-accept" and a client's "-connect" given by the caller.
Command openssl(const Arguments &words);

/// Forward proxies on a free port: --user U --password P; tinyproxy also --connect-port N, the only ones CONNECT may
/// name.
Command tinyproxy(const Arguments &arguments = {});
Command microsocks(const Arguments &arguments = {});

/// Captures TCP of `port` on loopback into `file` until it is stopped; prints "File: ..." once it does.
Command dumpcap(const std::string &file, std::uint16_t port);
/// Dissects `file`: the WebSocket frames of `port` as JSON, one array element a packet; with `keyLog` those inside TLS.
Command tsharkReader(const std::string &file, std::uint16_t port, const std::string &keyLog = {});

/// True when a peer that is missing is a failure (FRAMEGLASS_REQUIRE_PEERS=1, as in CI), false when it is a skip.
bool peersAreRequired();

/// A peer that runs. Ends it, and whatever it started, when destroyed. Methods may be called from any thread.
class PeerProcess
{
public:
    using Limit = std::chrono::milliseconds;

    /// Starts `command`; running() is false when that failed.
    explicit PeerProcess(const Command &command);
    ~PeerProcess();
    PeerProcess(const PeerProcess &) = delete;
    PeerProcess &operator=(const PeerProcess &) = delete;

    bool running() const;
    /// The number of its "PORT n" line; nothing when it ended or `limit` passed before.
    std::optional<std::uint16_t> port(Limit limit = std::chrono::seconds(30)) const;
    /// The first line (standard output or error) that `wanted` accepts, also one that is long past.
    std::optional<std::string> waitForLine(const std::function<bool(const std::string &)> &wanted,
                                           Limit limit = std::chrono::seconds(30)) const;
    /// Exit status, or 128 + signal.
    std::optional<int> waitForExit(Limit limit = std::chrono::seconds(60)) const;
    /// All lines so far.
    std::vector<std::string> lines() const;
    /// The same in one string, to print when a test fails.
    std::string output() const;
    /// Ends its standard input (peers then leave by themselves), later asks its process group to terminate, and last
    /// kills it.
    void stop();
    /// Kills it at once, so that it can say no goodbye.
    void kill();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace frameglass::peers
