// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <stdexcept>
#include <utility>

namespace frameglass::test {

namespace {

RawSocket listening(int backlog, std::uint16_t &port)
{
    RawSocket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof at;
    if (::bind(socket.descriptor(), reinterpret_cast<sockaddr *>(&at), sizeof at) != 0 ||
        (backlog >= 0 && ::listen(socket.descriptor(), backlog) != 0) ||
        ::getsockname(socket.descriptor(), reinterpret_cast<sockaddr *>(&at), &length) != 0)
        throw std::runtime_error("cannot listen on loopback");
    port = ntohs(at.sin_port);
    return socket;
}

} // namespace

RawServer::RawServer(Script script) : m_listener(listening(16, m_port))
{
    m_thread = std::thread([this, script = std::move(script)] {
        try {
            pollfd entry{m_listener.descriptor(), POLLIN, 0};
            if (::poll(&entry, 1, 20'000) != 1)
                return;
            RawSocket client(::accept4(m_listener.descriptor(), nullptr, nullptr, SOCK_CLOEXEC));
            const int on = 1;
            ::setsockopt(client.descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            script(client);
        } catch (...) {
            m_thrown = std::current_exception();
        }
    });
}

RawServer::~RawServer()
{
    if (m_thread.joinable())
        m_thread.join();
}

std::string RawServer::url(const std::string &resource) const
{
    return "ws://127.0.0.1:" + std::to_string(m_port) + resource;
}

void RawServer::finish()
{
    if (m_thread.joinable())
        m_thread.join();
    if (m_thrown)
        std::rethrow_exception(std::exchange(m_thrown, nullptr));
}

DeafListener::DeafListener() : m_listener(listening(0, m_port))
{
    for (auto &filler : m_filler) {
        filler = RawSocket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(m_port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        static_cast<void>(::connect(filler.descriptor(), reinterpret_cast<sockaddr *>(&to), sizeof to));
    }
}

std::uint16_t closedPort()
{
    std::uint16_t port = 0;
    listening(-1, port);
    return port;
}

} // namespace frameglass::test
