// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "../program/peer_program.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/version.hpp>
#include <boost/beast/websocket.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace frameglass::peers {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using Stream = websocket::stream<tcp::socket>;

inline constexpr const char *beastLibrary = "Boost.Beast " BOOST_LIB_VERSION;

inline websocket::permessage_deflate deflateOptions(const Deflate &deflate)
{
    websocket::permessage_deflate options;
    options.client_enable = options.server_enable = deflate.on;
    options.server_no_context_takeover = options.client_no_context_takeover = !deflate.contextTakeover;
    options.server_max_window_bits = options.client_max_window_bits = deflate.windowBits;
    return options;
}

/// Whole messages in one frame each unless cut by writeInPieces(), and no limit of Beast's own.
inline void prepare(Stream &stream, const ProgramArguments &arguments)
{
    stream.auto_fragment(false);
    stream.read_message_max(0);
    stream.set_option(deflateOptions(arguments.deflate));
}

inline std::string_view fieldOf(const websocket::response_type &response, http::field name)
{
    const auto value = response[name];
    return {value.data(), value.size()};
}

inline websocket::close_reason closeReasonOf(const ProgramArguments &arguments)
{
    if (arguments.closeCode == 0)
        return {};
    return {static_cast<websocket::close_code>(arguments.closeCode), arguments.closeReason};
}

/// Once the other side's Close is in.
inline void tellClose(const Stream &stream)
{
    const websocket::close_reason &reason = stream.reason();
    tellClose(reason.code == websocket::close_code::none ? 1005 : reason.code,
              std::string_view(reason.reason.data(), reason.reason.size()));
}

/// Beast's control callback, for the pings and pongs that come in.
inline void tellControl(websocket::frame_type kind, beast::string_view payload)
{
    const std::string_view data(payload.data(), payload.size());
    if (kind == websocket::frame_type::ping)
        tellPing(data);
    else if (kind == websocket::frame_type::pong)
        tellPong(data);
}

/// Sends `pieces`, which must live until then, as the frames of one message.
inline void writeInPieces(Stream &stream, std::vector<std::string_view> pieces,
                          std::function<void(beast::error_code)> done, std::size_t next = 0)
{
    const std::string_view piece = pieces[next];
    const bool last = next + 1 == pieces.size();
    stream.async_write_some(last, asio::buffer(piece.data(), piece.size()),
                            [&stream, pieces = std::move(pieces), done = std::move(done), next,
                             last](beast::error_code error, std::size_t) mutable {
                                if (error || last)
                                    done(error);
                                else
                                    writeInPieces(stream, std::move(pieces), std::move(done), next + 1);
                            });
}

} // namespace frameglass::peers
