// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "../program/peer_program.h"

// In this order: enabled.hpp lacks what it uses, and spoils disabled.hpp behind it.
#include <websocketpp/close.hpp>
#include <websocketpp/frame.hpp>
#include <websocketpp/http/request.hpp>
#include <websocketpp/version.hpp>

#include <sstream>

#include <websocketpp/extensions/permessage_deflate/disabled.hpp>

#include <websocketpp/extensions/permessage_deflate/enabled.hpp>

#include <string>
#include <string_view>

namespace frameglass::peers {

namespace pmd = websocketpp::extensions::permessage_deflate;

/// What --deflate said: websocketpp makes its extension objects itself, without asking anyone.
inline Deflate &deflateInUse()
{
    static Deflate deflate;
    return deflate;
}

/// websocketpp's permessage-deflate as --deflate wants it.
template<typename Unused>
class PeerDeflate : public pmd::enabled<Unused>
{
public:
    PeerDeflate()
    {
        const Deflate &deflate = deflateInUse();
        if (!deflate.contextTakeover) {
            this->enable_server_no_context_takeover();
            this->enable_client_no_context_takeover();
        }
        const auto bits = static_cast<std::uint8_t>(deflate.windowBits);
        this->set_server_max_window_bits(bits, pmd::mode::largest);
        this->set_client_max_window_bits(bits, pmd::mode::largest);
    }

    bool is_implemented() const { return deflateInUse().on; }
    /// The base class offers the same whatever it was told.
    std::string generate_offer() const { return deflateInUse().offer(); }
};

/// One of websocketpp's configurations with the above, and no limit of its own.
template<typename Base>
struct PeerConfig : Base
{
    struct permessage_deflate_config
    {};
    using permessage_deflate_type = PeerDeflate<permessage_deflate_config>;
    static const std::size_t max_message_size = std::size_t{1} << 30;
};

/// "WebSocket++/0.8.2", as the library calls itself.
inline constexpr const char *websocketppLibrary = websocketpp::user_agent;

/// Sends one message in `count` frames. The frames of a message are not compressed: websocketpp marks each of them as
/// a compressed message of its own (RFC 7692 §6.1 wants RSV1 on the first alone).
template<typename ConnectionPointer>
websocketpp::lib::error_code sendInPieces(const ConnectionPointer &connection, bool text, std::string_view octets,
                                          std::size_t count)
{
    namespace opcode = websocketpp::frame::opcode;
    const auto pieces = piecesOf(octets, count);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const auto first = text ? opcode::text : opcode::binary;
        const auto message = connection->get_message(i == 0 ? first : opcode::continuation, pieces[i].size());
        message->set_payload(pieces[i].data(), pieces[i].size());
        message->set_fin(i + 1 == pieces.size());
        message->set_compressed(pieces.size() == 1);
        if (const auto error = connection->send(message))
            return error;
    }
    return {};
}

template<typename ConnectionPointer>
void closeAsAsked(const ConnectionPointer &connection, const ProgramArguments &arguments)
{
    namespace status = websocketpp::close::status;
    websocketpp::lib::error_code error;
    connection->close(arguments.closeCode == 0 ? status::no_status : arguments.closeCode, arguments.closeReason, error);
    if (error)
        tellError(error.message());
}

/// Once the connection is over: the other side's Close, or what went wrong.
template<typename ConnectionPointer>
bool tellEnd(const ConnectionPointer &connection)
{
    namespace status = websocketpp::close::status;
    if (connection->get_remote_close_code() == status::abnormal_close) {
        tellError(connection->get_ec().message());
        return false;
    }
    tellClose(connection->get_remote_close_code(), connection->get_remote_close_reason());
    return true;
}

} // namespace frameglass::peers
