// SPDX-License-Identifier: GPL-3.0-or-later
// A load generator that costs as little as possible: one epoll loop, all messages of one size, so that counting octets
// counts echoes. The first echoes of each connection are compared octet by octet.
#include "echo_load.h"

#include "core/protocol/frame.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <vector>

namespace frameglass::bench {

namespace {

using protocol::Octets;

[[noreturn]] void fail(const char *what)
{
    throw std::runtime_error(what);
}

Octets message(const EchoLoad &load, bool masked)
{
    Octets payload(load.payloadOctets);
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<std::byte>('a' + i % 26);
    protocol::FrameHeader header;
    header.opcode = static_cast<std::uint8_t>(protocol::Opcode::Text);
    header.payloadLength = payload.size();
    header.lengthOctets = protocol::minimalLengthOctets(payload.size());
    if (masked) {
        header.maskKey = protocol::MaskKey{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
        protocol::applyMask(payload, *header.maskKey);
    }
    Octets result;
    protocol::appendFrameHeader(result, header);
    protocol::append(result, payload);
    return result;
}

void sendAll(int socket, const std::byte *octets, std::size_t size)
{
    while (size > 0) {
        const ssize_t sent = ::send(socket, octets, size, MSG_NOSIGNAL);
        if (sent <= 0)
            fail("the server ended a connection under load");
        octets += sent;
        size -= static_cast<std::size_t>(sent);
    }
}

int openConnection(std::uint16_t port)
{
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (socket < 0 || ::connect(socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        fail("cannot connect to the server");
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::string request = "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                                "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    sendAll(socket, protocol::viewOf(request).data(), request.size());
    std::string response;
    char octet = 0;
    while (!response.ends_with("\r\n\r\n")) {
        if (::recv(socket, &octet, 1, 0) != 1)
            fail("no response to the handshake");
        response += octet;
    }
    if (!response.starts_with("HTTP/1.1 101"))
        fail("the server refused the handshake");
    return socket;
}

struct Connection
{
    int socket = -1;
    std::size_t partial = 0; ///< octets of the echo under way
    std::uint64_t echoes = 0;
};

} // namespace

EchoResult runEchoLoad(std::uint16_t port, const EchoLoad &load)
{
    const Octets request = message(load, true);
    const Octets echo = message(load, false);
    Octets burst;
    for (int i = 0; i < load.inFlight; ++i)
        protocol::append(burst, request);

    const int poll = ::epoll_create1(0);
    std::vector<Connection> connections(static_cast<std::size_t>(load.connections));
    for (std::size_t i = 0; i < connections.size(); ++i) {
        connections[i].socket = openConnection(port);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = i;
        ::epoll_ctl(poll, EPOLL_CTL_ADD, connections[i].socket, &event);
    }

    const auto start = std::chrono::steady_clock::now();
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    for (const Connection &connection : connections) {
        sendAll(connection.socket, burst.data(), burst.size());
        sent += static_cast<std::uint64_t>(load.inFlight);
    }
    std::vector<std::byte> buffer(256 * 1024);
    std::vector<epoll_event> events(connections.size());
    while (received < load.messages) {
        const int ready = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), 10'000);
        if (ready <= 0)
            fail("no echo for ten seconds");
        for (int i = 0; i < ready; ++i) {
            Connection &connection = connections[events[static_cast<std::size_t>(i)].data.u64];
            const ssize_t got = ::recv(connection.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (got <= 0)
                fail("the server ended a connection under load");
            if (connection.echoes < 16) {
                for (std::size_t k = 0; k < static_cast<std::size_t>(got); ++k) {
                    if (buffer[k] != echo[(connection.partial + k) % echo.size()])
                        fail("an echo differs from what was sent");
                }
            }
            const std::size_t total = connection.partial + static_cast<std::size_t>(got);
            const std::uint64_t whole = total / echo.size();
            connection.partial = total % echo.size();
            connection.echoes += whole;
            received += whole;
            if (whole > 0 && sent < load.messages) {
                sendAll(connection.socket, burst.data(), whole * request.size());
                sent += whole;
            }
        }
    }
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    for (const Connection &connection : connections)
        ::close(connection.socket);
    ::close(poll);
    return {received, wall.count()};
}

} // namespace frameglass::bench
