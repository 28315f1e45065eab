// SPDX-License-Identifier: GPL-3.0-or-later
#include "socket_facts.h"

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

void readTcpInfo(asio::ip::tcp::socket &socket, capture::SocketFacts &facts)
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
