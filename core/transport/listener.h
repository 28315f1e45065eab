// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "socket_facts.h"
#include "system_error.h"

#include <asio/basic_socket_acceptor.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>

namespace frameglass::transport {

class ListenerHandler
{
public:
    virtual ~ListenerHandler() = default;
    virtual void accepted(StreamSocket socket) = 0;
    /// accept() failed (too many open files, for one); the listener tries again after a pause. Told once for a row of
    /// like failures.
    virtual void acceptFailed(const SystemError &error) = 0;
};

/// A listening socket. It accepts as long as its handler does not hold it.
class Listener : public std::enable_shared_from_this<Listener>
{
public:
    explicit Listener(asio::io_context &context);

    /// Binds and listens; nothing when it does. `address` is a numeric one; "::" takes IPv4 as well.
    std::optional<SystemError> listen(const std::string &address, std::uint16_t port);
    /// The same on a Unix socket. One that nobody listens on any more is replaced; the file goes at close().
    std::optional<SystemError> listenLocally(const std::string &path);
    /// Begins to accept. `handler` must outlive close().
    void start(ListenerHandler &handler);
    /// "127.0.0.1:9001", "unix:/run/app.sock".
    std::string address() const { return endpointText(m_endpoint); }
    /// 0 with a Unix socket.
    std::uint16_t port() const { return m_port; }

    /// While held, new connections wait in the system's backlog.
    void hold(bool on);
    void close();

private:
    std::optional<SystemError> bindAndListen(const StreamEndpoint &wanted, asio::error_code error);
    void acceptNext();
    void acceptedOne(const std::error_code &error, StreamSocket socket);

    asio::io_context &m_context;
    asio::basic_socket_acceptor<asio::generic::stream_protocol> m_acceptor;
    asio::steady_timer m_pause;
    StreamEndpoint m_endpoint;
    std::uint16_t m_port = 0;
    std::string m_path; ///< of the Unix socket that was made
    ListenerHandler *m_handler = nullptr;
    std::error_code m_lastError;
    bool m_held = false;
    bool m_accepting = false;
};

} // namespace frameglass::transport
