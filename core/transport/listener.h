// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "system_error.h"

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
    virtual void accepted(asio::ip::tcp::socket socket) = 0;
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
    /// Begins to accept. `handler` must outlive close().
    void start(ListenerHandler &handler);
    asio::ip::tcp::endpoint endpoint() const { return m_endpoint; }

    /// While held, new connections wait in the system's backlog.
    void hold(bool on);
    void close();

private:
    void acceptNext();
    void acceptedOne(const std::error_code &error, asio::ip::tcp::socket socket);

    asio::ip::tcp::acceptor m_acceptor;
    asio::steady_timer m_pause;
    asio::ip::tcp::endpoint m_endpoint;
    ListenerHandler *m_handler = nullptr;
    std::error_code m_lastError;
    bool m_held = false;
    bool m_accepting = false;
};

} // namespace frameglass::transport
