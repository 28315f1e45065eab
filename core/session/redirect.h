// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client_session.h"

#include "core/protocol/http_head.h"

#include <optional>
#include <string>
#include <vector>

/// Redirects of a handshake (RFC 6455 §4.1 lets a client follow them), where the user asks for it.
namespace frameglass::session {

/// The most that a user may ask to follow.
constexpr std::uint32_t mostRedirects = 50;

enum class RedirectError : std::uint8_t {
    LocationMissing,
    LocationInvalid,   ///< no URL that can be connected to
    SchemeUnsupported, ///< neither ws, wss, http nor https
    Loop,              ///< it was tried before
    TooMany,           ///< more than the user allowed
};

/// One answer that led elsewhere.
struct RedirectHop
{
    capture::ConnectionId connection = 0;
    std::string url; ///< of that attempt, with secrets
    int status = 0;
    std::string to; ///< absolute, with secrets
};

/// Attempts that follow one another's redirects: each is a connection of its own. Not thread-safe.
class RedirectSeries
{
public:
    /// `most` hops are followed; none with 0.
    RedirectSeries(ClientOptions first, std::uint32_t most);

    /// The attempt to make.
    const ClientOptions &current() const { return m_current; }
    /// `response` answered the attempt, as connection `of`. True: current() is the next one. False: nothing leads on;
    /// error() says why not where it is a redirect.
    bool follow(const protocol::HttpHead &response, capture::ConnectionId of);
    /// How many it may still follow.
    std::uint32_t left() const;
    const std::vector<RedirectHop> &hops() const { return m_hops; }
    const std::optional<RedirectError> &error() const { return m_error; }

private:
    bool end(RedirectError error);

    ClientOptions m_current;
    std::uint32_t m_most;
    std::vector<RedirectHop> m_hops;
    std::optional<RedirectError> m_error;
};

/// `location` as an absolute ws: or wss: URL, seen from `base` (RFC 3986 §5.2); a fragment is dropped.
std::variant<std::string, RedirectError> resolveLocation(const std::string &base, std::string_view location);

/// `from` for `url`: what is secret goes along only to the same host and port, never from wss to ws.
ClientOptions redirected(const ClientOptions &from, const std::string &url, capture::ConnectionId of);

} // namespace frameglass::session
