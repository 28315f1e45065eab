// SPDX-License-Identifier: GPL-3.0-or-later
#include "listener.h"

#include <asio/ip/v6_only.hpp>

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace frameglass::transport {

namespace {
constexpr auto pauseAfterFailure = std::chrono::milliseconds(100);
}

Listener::Listener(asio::io_context &context) : m_context(context), m_acceptor(context), m_pause(context) {}

std::optional<SystemError> Listener::listen(const std::string &address, std::uint16_t port)
{
    asio::error_code error;
    const auto parsed = asio::ip::make_address(address, error);
    if (error)
        return systemErrorOf(error);
    const StreamEndpoint wanted(asio::ip::tcp::endpoint(parsed, port));
    m_acceptor.open(wanted.protocol(), error);
#if !defined(ASIO_WINDOWS) // there it would let two programs share the port
    if (!error)
        m_acceptor.set_option(asio::socket_base::reuse_address(true), error);
#endif
    if (!error && parsed.is_v6() && parsed.is_unspecified()) {
        asio::error_code singleStack; // a system without dual stack listens on IPv6 alone
        m_acceptor.set_option(asio::ip::v6_only(false), singleStack);
    }
    const auto failed = bindAndListen(wanted, error);
    asio::ip::tcp::endpoint bound;
    if (!failed) {
        std::memcpy(bound.data(), m_endpoint.data(), std::min(m_endpoint.size(), bound.capacity()));
        m_port = bound.port();
    }
    return failed;
}

std::optional<SystemError> Listener::listenLocally(const std::string &path)
{
    const auto wanted = localEndpoint(path);
    if (!wanted)
        return systemErrorOf(std::make_error_code(std::errc::filename_too_long));
    asio::error_code error;
    StreamSocket probe(m_context, wanted->protocol());
    probe.connect(*wanted, error);
    std::error_code ignored;
    if (error == asio::error::connection_refused && std::filesystem::is_socket(path, ignored))
        std::filesystem::remove(path, ignored); // its server left it behind
    error.clear();
    m_acceptor.open(wanted->protocol(), error);
    auto failed = bindAndListen(*wanted, error);
    if (!failed)
        m_path = path;
    return failed;
}

std::optional<SystemError> Listener::bindAndListen(const StreamEndpoint &wanted, asio::error_code error)
{
    if (!error)
        m_acceptor.bind(wanted, error);
    if (!error)
        m_acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error)
        m_endpoint = m_acceptor.local_endpoint(error);
    if (!error)
        return {};
    asio::error_code ignored;
    m_acceptor.close(ignored);
    return systemErrorOf(error);
}

void Listener::start(ListenerHandler &handler)
{
    m_handler = &handler;
    acceptNext();
}

void Listener::hold(bool on)
{
    m_held = on;
    if (!on)
        acceptNext();
}

void Listener::close()
{
    m_handler = nullptr;
    m_pause.cancel();
    asio::error_code ignored;
    m_acceptor.close(ignored);
    if (!m_path.empty()) {
        std::error_code gone;
        std::filesystem::remove(m_path, gone);
        m_path.clear();
    }
}

void Listener::acceptNext()
{
    if (m_held || m_accepting || !m_handler)
        return;
    m_accepting = true;
    m_acceptor.async_accept([self = shared_from_this()](const std::error_code &error, StreamSocket socket) {
        self->m_accepting = false;
        if (self->m_handler)
            self->acceptedOne(error, std::move(socket));
    });
}

void Listener::acceptedOne(const std::error_code &error, StreamSocket socket)
{
    if (!error) {
        m_lastError.clear();
        m_handler->accepted(std::move(socket));
        acceptNext();
        return;
    }
    if (error != m_lastError) {
        m_lastError = error;
        m_handler->acceptFailed(systemErrorOf(error));
    }
    m_pause.expires_after(pauseAfterFailure);
    m_pause.async_wait([self = shared_from_this()](const std::error_code &stopped) {
        if (!stopped)
            self->acceptNext();
    });
}

} // namespace frameglass::transport
