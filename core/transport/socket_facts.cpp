// SPDX-License-Identifier: GPL-3.0-or-later
#include "socket_facts.h"

#include <asio/local/stream_protocol.hpp>

#include <algorithm>
#include <cstring>
#include <string_view>

#if defined(__linux__) || defined(__APPLE__)
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#endif

namespace frameglass::transport {

std::string endpointText(const asio::ip::tcp::endpoint &endpoint)
{
    auto address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    const auto port = std::to_string(endpoint.port());
    return address.is_v6() ? '[' + address.to_string() + "]:" + port : address.to_string() + ':' + port;
}

std::string endpointText(const StreamEndpoint &endpoint)
{
    const auto family = endpoint.protocol().family();
    if (family == asio::ip::tcp::v4().family() || family == asio::ip::tcp::v6().family()) {
        asio::ip::tcp::endpoint known;
        std::memcpy(known.data(), endpoint.data(), std::min(endpoint.size(), known.capacity()));
        return endpointText(known);
    }
#if defined(ASIO_HAS_LOCAL_SOCKETS)
    constexpr auto pathOffset = offsetof(sockaddr_un, sun_path);
    if (family == asio::local::stream_protocol().family() && endpoint.size() > pathOffset) {
        const auto *octets = reinterpret_cast<const char *>(endpoint.data());
        std::string_view path(octets + pathOffset, endpoint.size() - pathOffset);
        path = path.substr(0, path.find('\0'));
        return path.empty() ? std::string() : "unix:" + std::string(path);
    }
#endif
    return {};
}

std::optional<StreamEndpoint> localEndpoint(const std::string &path)
{
#if defined(ASIO_HAS_LOCAL_SOCKETS)
    constexpr std::size_t room = sizeof(sockaddr_un{}.sun_path) - 1;
    if (!path.empty() && path.size() <= room)
        return asio::local::stream_protocol::endpoint(path);
#else
    static_cast<void>(path);
#endif
    return {};
}

void readTcpInfo(StreamSocket &socket, capture::SocketFacts &facts)
{
    asio::error_code error;
    asio::ip::tcp::no_delay noDelay;
    socket.get_option(noDelay, error);
    facts.noDelay = !error && noDelay.value();
#if defined(__linux__)
    tcp_info info{};
    socklen_t length = sizeof info;
    if (::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
        return;
    facts.tcpRtt = std::chrono::microseconds(info.tcpi_rtt);
    facts.tcpRttVar = std::chrono::microseconds(info.tcpi_rttvar);
    facts.retransmits = info.tcpi_total_retrans;
    facts.unacked = info.tcpi_unacked;
#elif defined(__APPLE__) && defined(TCP_CONNECTION_INFO)
    tcp_connection_info info{};
    socklen_t length = sizeof info;
    if (::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_CONNECTION_INFO, &info, &length) != 0)
        return;
    facts.tcpRtt = std::chrono::milliseconds(info.tcpi_srtt);
    facts.tcpRttVar = std::chrono::milliseconds(info.tcpi_rttvar);
    facts.retransmits = static_cast<std::uint32_t>(info.tcpi_txretransmitpackets);
#endif
}

} // namespace frameglass::transport
