// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"

#include <asio/generic/stream_protocol.hpp>
#include <asio/ip/tcp.hpp>

#include <optional>
#include <string>

namespace frameglass::transport {

/// A connected socket of any kind: TCP, or a Unix socket.
using StreamSocket = asio::generic::stream_protocol::socket;
using StreamEndpoint = asio::generic::stream_protocol::endpoint;

/// "127.0.0.1:9001", "[::1]:9001"; an IPv4 address mapped into IPv6 is shown as IPv4.
std::string endpointText(const asio::ip::tcp::endpoint &endpoint);

/// The same, or "unix:/run/app.sock"; empty for the end of a Unix socket that has no name.
std::string endpointText(const StreamEndpoint &endpoint);

/// Nothing where the path is too long for this system, or it has no Unix sockets.
std::optional<StreamEndpoint> localEndpoint(const std::string &path);

/// Fills what the kernel knows of a live TCP socket; leaves absent what the system does not tell.
void readTcpInfo(StreamSocket &socket, capture::SocketFacts &facts);

} // namespace frameglass::transport
