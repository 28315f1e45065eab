// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"

#include <asio/ip/tcp.hpp>

namespace frameglass::transport {

/// "127.0.0.1:9001", "[::1]:9001"; an IPv4 address mapped into IPv6 is shown as IPv4.
std::string endpointText(const asio::ip::tcp::endpoint &endpoint);

/// Fills what the kernel knows of a live TCP socket; leaves absent what the system does not tell.
void readTcpInfo(asio::ip::tcp::socket &socket, capture::SocketFacts &facts);

} // namespace frameglass::transport
