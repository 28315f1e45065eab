// SPDX-License-Identifier: GPL-3.0-or-later
// An echo server on websocketpp. Same arguments and output as the other echo peers.
#include "websocketpp_peer.h"

#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/server.hpp>

#include <algorithm>
#include <map>

using namespace frameglass::peers;

namespace {

using Server = websocketpp::server<PeerConfig<websocketpp::config::asio>>;
using Handle = websocketpp::connection_hdl;

class Echo
{
public:
    explicit Echo(ProgramArguments arguments) : m_arguments(std::move(arguments))
    {
        m_server.clear_access_channels(websocketpp::log::alevel::all);
        m_server.clear_error_channels(websocketpp::log::elevel::all);
        m_server.init_asio();
        m_server.set_validate_handler([this](Handle handle) { return choose(handle); });
        m_server.set_open_handler([this](Handle handle) { opened(handle); });
        m_server.set_message_handler([this](Handle handle, Server::message_ptr message) { echo(handle, message); });
        m_server.set_ping_handler([](Handle, const std::string &data) {
            tellPing(data);
            return true;
        });
        m_server.set_pong_handler([](Handle, const std::string &data) { tellPong(data); });
        m_server.set_close_handler([this](Handle handle) { ended(handle); });
        m_server.set_fail_handler([this](Handle handle) { ended(handle); });
    }

    void run()
    {
        m_server.listen(boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
        m_server.start_accept();
        websocketpp::lib::asio::error_code error;
        tellPort(m_server.get_local_endpoint(error).port());
        m_server.run();
    }

private:
    struct Counts
    {
        int messages = 0;
        int pings = 0;
    };

    bool choose(Handle handle)
    {
        const auto connection = m_server.get_con_from_hdl(handle);
        const auto &offered = connection->get_requested_subprotocols();
        for (const std::string &name : m_arguments.subprotocols) {
            if (std::find(offered.begin(), offered.end(), name) != offered.end()) {
                connection->select_subprotocol(name);
                break;
            }
        }
        return true;
    }

    void opened(Handle handle)
    {
        const auto connection = m_server.get_con_from_hdl(handle);
        tellOpen(websocketppLibrary, connection->get_subprotocol(),
                 connection->get_response_header("Sec-WebSocket-Extensions"), connection->get_resource());
        if (m_arguments.noRead)
            connection->pause_reading();
        else if (m_arguments.pingInterval > 0)
            pingLater(handle);
    }

    void echo(Handle handle, const Server::message_ptr &message)
    {
        const bool text = message->get_opcode() == websocketpp::frame::opcode::text;
        tellMessage(text, message->get_payload());
        const auto connection = m_server.get_con_from_hdl(handle);
        if (const auto error = sendInPieces(connection, text, message->get_payload(), m_arguments.fragments))
            tellError(error.message());
        if (++m_counts[handle].messages == m_arguments.closeAfter)
            closeAsAsked(connection, m_arguments);
    }

    void pingLater(Handle handle)
    {
        const auto connection = m_server.get_con_from_hdl(handle);
        connection->set_timer(m_arguments.pingInterval, [this, handle](const websocketpp::lib::error_code &cancelled) {
            websocketpp::lib::error_code gone;
            const auto pinged = m_server.get_con_from_hdl(handle, gone);
            if (cancelled || gone || pinged->get_state() != websocketpp::session::state::open)
                return;
            pinged->ping("websocketpp " + std::to_string(++m_counts[handle].pings), gone);
            pingLater(handle);
        });
    }

    void ended(Handle handle)
    {
        tellEnd(m_server.get_con_from_hdl(handle));
        m_counts.erase(handle);
    }

    ProgramArguments m_arguments;
    Server m_server;
    std::map<Handle, Counts, std::owner_less<Handle>> m_counts;
};

} // namespace

int main(int argc, char *argv[])
{
    ProgramArguments arguments = parseArguments(argc, argv);
    deflateInUse() = arguments.deflate;
    Echo echo(std::move(arguments));
    endWithParent();
    echo.run();
}
