// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw_socket.h"

#include "core/protocol/handshake.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace frameglass::test {

namespace {

[[noreturn]] void fail(const char *what, int number = errno)
{
    throw std::runtime_error(std::string(what) + ": " + std::strerror(number));
}

void waitFor(int descriptor, short events)
{
    pollfd entry{descriptor, events, 0};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(soon() - std::chrono::steady_clock::now());
    if (::poll(&entry, 1, static_cast<int>(left.count())) != 1)
        fail("nothing happened on the socket", ETIMEDOUT);
}

} // namespace

Deadline soon()
{
    return std::chrono::steady_clock::now() + std::chrono::seconds(20);
}

RawSocket::~RawSocket()
{
    close();
}

RawSocket::RawSocket(RawSocket &&other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)), m_pending(std::move(other.m_pending))
{}

RawSocket &RawSocket::operator=(RawSocket &&other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    std::swap(m_pending, other.m_pending);
    return *this;
}

RawSocket RawSocket::connectTo(std::uint16_t port, const char *address)
{
    RawSocket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    ::inet_pton(AF_INET, address, &to.sin_addr);
    if (::connect(socket.m_descriptor, reinterpret_cast<sockaddr *>(&to), sizeof to) != 0)
        fail("connect");
    const int on = 1;
    ::setsockopt(socket.m_descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

RawSocket RawSocket::connectTo(const std::string &path)
{
    RawSocket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    path.copy(to.sun_path, sizeof to.sun_path - 1);
    if (::connect(socket.m_descriptor, reinterpret_cast<sockaddr *>(&to), sizeof to) != 0)
        fail("connect");
    return socket;
}

void RawSocket::write(std::string_view octets)
{
    while (!octets.empty()) {
        waitFor(m_descriptor, POLLOUT);
        const auto count = ::send(m_descriptor, octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno != EAGAIN)
            fail("write");
        if (count > 0)
            octets.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::string RawSocket::read()
{
    if (!m_pending.empty())
        return std::exchange(m_pending, {});
    waitFor(m_descriptor, POLLIN);
    std::string buffer(64 * 1024, '\0');
    const auto count = ::recv(m_descriptor, buffer.data(), buffer.size(), 0);
    if (count < 0)
        fail("read");
    buffer.resize(static_cast<std::size_t>(count));
    return buffer;
}

std::string RawSocket::readExactly(std::size_t count)
{
    auto all = std::exchange(m_pending, {});
    while (all.size() < count) {
        const auto more = read();
        if (more.empty())
            throw std::runtime_error("FIN after " + std::to_string(all.size()) + " octets");
        all += more;
    }
    m_pending = all.substr(count);
    all.resize(count);
    return all;
}

std::string RawSocket::readUntil(std::string_view mark)
{
    std::string all;
    while (all.find(mark) == std::string::npos) {
        const auto more = read();
        if (more.empty())
            throw std::runtime_error("FIN before the mark");
        all += more;
    }
    const auto end = all.find(mark) + mark.size();
    m_pending = all.substr(end);
    all.resize(end);
    return all;
}

std::string RawSocket::readToEnd()
{
    std::string all;
    for (;;) {
        const auto more = read();
        if (more.empty())
            return all;
        all += more;
    }
}

int RawSocket::readEnd()
{
    for (;;) {
        waitFor(m_descriptor, POLLIN);
        char buffer[4096];
        const auto count = ::recv(m_descriptor, buffer, sizeof buffer, 0);
        if (count <= 0)
            return count == 0 ? 0 : errno;
    }
}

void RawSocket::shutdownWrite()
{
    ::shutdown(m_descriptor, SHUT_WR);
}

void RawSocket::close()
{
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
}

void RawSocket::reset()
{
    const linger now{1, 0};
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
}

std::string frameOctets(int firstOctet, std::string_view payload, bool masked)
{
    std::string frame(1, static_cast<char>(firstOctet));
    const char mask = masked ? static_cast<char>(0x80) : '\0';
    if (payload.size() < 126) {
        frame += static_cast<char>(mask | static_cast<char>(payload.size()));
    } else if (payload.size() < 65536) {
        frame += static_cast<char>(mask | 126);
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size());
    } else {
        frame += static_cast<char>(mask | 127);
        for (int shift = 56; shift >= 0; shift -= 8)
            frame += static_cast<char>(payload.size() >> shift);
    }
    if (!masked)
        return frame.append(payload);
    const std::string_view key = "\x11\x22\x33\x44";
    frame += key;
    for (std::size_t i = 0; i < payload.size(); ++i)
        frame += static_cast<char>(payload[i] ^ key[i % 4]);
    return frame;
}

std::pair<int, std::string> readFrame(RawSocket &from)
{
    const auto header = from.readExactly(2);
    std::uint64_t length = header[1] & 0x7F;
    if (length >= 126) {
        const auto octets = from.readExactly(length == 126 ? 2 : 8);
        length = 0;
        for (const char octet : octets)
            length = length << 8 | static_cast<unsigned char>(octet);
    }
    const bool masked = (header[1] & 0x80) != 0;
    const auto key = masked ? from.readExactly(4) : std::string(4, '\0');
    auto payload = from.readExactly(length);
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>(payload[i] ^ key[i % 4]);
    return {header[0] & 0xFF, payload};
}

std::string upgradeRequest(std::string_view extra)
{
    return "GET / HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           std::string(extra) + "\r\n";
}

std::string upgradeResponse(std::string_view request, std::string_view extra)
{
    const auto head = protocol::parseHead(protocol::HeadKind::Request, protocol::viewOf(request));
    const auto *key = head.find("Sec-WebSocket-Key");
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: " +
           protocol::computeAccept(key ? key->value : "").accept + "\r\n" + std::string(extra) + "\r\n";
}

} // namespace frameglass::test
