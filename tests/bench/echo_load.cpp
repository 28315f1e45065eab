// SPDX-License-Identifier: GPL-3.0-or-later
// A load generator that costs as little as possible: one epoll loop, all messages of one size, so that counting octets
// counts echoes. Unless asked for, no two messages are alike, so that nobody gains by keeping one of them. The first
// echoes of each connection are compared octet by octet.
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

constexpr protocol::MaskKey maskKey = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
constexpr std::size_t stampOctets = 16; ///< at the start of each payload: digits of its own

std::byte stampDigit(std::uint64_t stamp, std::size_t i)
{
    return static_cast<std::byte>("0123456789abcdef"[stamp >> (i * 4) & 0xF]);
}

/// Writes the stamp into a masked payload.
void putStamp(std::byte *payload, std::uint64_t stamp)
{
    for (std::size_t i = 0; i < stampOctets; ++i)
        payload[i] = stampDigit(stamp, i) ^ maskKey[i % maskKey.size()];
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
        header.maskKey = maskKey;
        protocol::applyMask(payload, maskKey);
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
    std::uint64_t sent = 0;
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

    const std::size_t headerOctets = request.size() - load.payloadOctets;
    const std::size_t echoHeaderOctets = echo.size() - load.payloadOctets;
    const auto stampOf = [&](std::size_t index, std::uint64_t number) {
        return load.alike ? 0 : static_cast<std::uint64_t>(index) << 40 | number;
    };
    const auto sendMore = [&](std::size_t index, std::uint64_t count) {
        Connection &connection = connections[index];
        for (std::uint64_t i = 0; i < count; ++i)
            putStamp(burst.data() + i * request.size() + headerOctets, stampOf(index, connection.sent++));
        sendAll(connection.socket, burst.data(), count * request.size());
    };
    const auto expected = [&](std::size_t index, std::size_t offset) {
        const Connection &connection = connections[index];
        const std::size_t at = offset % echo.size();
        return at >= echoHeaderOctets && at < echoHeaderOctets + stampOctets
                   ? stampDigit(stampOf(index, connection.echoes + offset / echo.size()), at - echoHeaderOctets)
                   : echo[at];
    };

    const auto start = std::chrono::steady_clock::now();
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    for (std::size_t i = 0; i < connections.size(); ++i) {
        sendMore(i, static_cast<std::uint64_t>(load.inFlight));
        sent += static_cast<std::uint64_t>(load.inFlight);
    }
    std::vector<std::byte> buffer(256 * 1024);
    std::vector<epoll_event> events(connections.size());
    while (received < load.messages) {
        const int ready = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), 10'000);
        if (ready <= 0)
            fail("no echo for ten seconds");
        for (int i = 0; i < ready; ++i) {
            const std::size_t index = events[static_cast<std::size_t>(i)].data.u64;
            Connection &connection = connections[index];
            const ssize_t got = ::recv(connection.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (got <= 0)
                fail("the server ended a connection under load");
            if (connection.echoes < 16) {
                for (std::size_t k = 0; k < static_cast<std::size_t>(got); ++k) {
                    if (buffer[k] != expected(index, connection.partial + k))
                        fail("an echo differs from what was sent");
                }
            }
            const std::size_t total = connection.partial + static_cast<std::size_t>(got);
            const std::uint64_t whole = total / echo.size();
            connection.partial = total % echo.size();
            connection.echoes += whole;
            received += whole;
            if (whole > 0 && sent < load.messages) {
                sendMore(index, whole);
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
