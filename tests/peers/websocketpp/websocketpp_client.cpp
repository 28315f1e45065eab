// SPDX-License-Identifier: GPL-3.0-or-later
// A websocketpp client. Same arguments and output as the other client peers.
#include "websocketpp_peer.h"

#include <websocketpp/client.hpp>
#include <websocketpp/config/asio_no_tls_client.hpp>

using namespace frameglass::peers;

namespace {

using Socket = websocketpp::client<PeerConfig<websocketpp::config::asio_client>>;
using Handle = websocketpp::connection_hdl;

class Client
{
public:
    explicit Client(ProgramArguments arguments) : m_arguments(std::move(arguments))
    {
        m_socket.clear_access_channels(websocketpp::log::alevel::all);
        m_socket.clear_error_channels(websocketpp::log::elevel::all);
        m_socket.init_asio();
        m_socket.set_open_handler([this](Handle) { opened(); });
        m_socket.set_message_handler([this](Handle, const Socket::message_ptr &message) {
            tellMessage(message->get_opcode() == websocketpp::frame::opcode::text, message->get_payload());
            next();
        });
        m_socket.set_ping_handler([](Handle, const std::string &data) {
            tellPing(data);
            return true;
        });
        m_socket.set_pong_handler([this](Handle, const std::string &data) {
            tellPong(data);
            next();
        });
        m_socket.set_close_handler([this](Handle) { m_exitCode = tellEnd(m_connection) ? 0 : 1; });
        m_socket.set_fail_handler([this](Handle) {
            tellError(m_connection->get_ec().message());
            m_exitCode = 1;
        });
    }

    int run()
    {
        websocketpp::lib::error_code error;
        m_connection = m_socket.get_connection(m_arguments.url, error);
        if (error) {
            tellError(error.message());
            return 1;
        }
        for (const std::string &name : m_arguments.subprotocols)
            m_connection->add_subprotocol(name);
        m_socket.connect(m_connection);
        m_socket.set_timer(2000L * patienceSeconds, [this](const websocketpp::lib::error_code &cancelled) {
            if (cancelled)
                return;
            tellError("out of patience");
            std::_Exit(1);
        });
        while (m_exitCode < 0)
            m_socket.run_one();
        return m_exitCode;
    }

private:
    void opened()
    {
        tellOpen(websocketppLibrary, m_connection->get_response_header("Sec-WebSocket-Protocol"),
                 m_connection->get_response_header("Sec-WebSocket-Extensions"));
        next();
    }

    void next()
    {
        if (m_arguments.actions.empty()) {
            if (!m_arguments.waitClose)
                closeAsAsked(m_connection, m_arguments);
            return;
        }
        const Action action = std::move(m_arguments.actions.front());
        m_arguments.actions.pop_front();
        websocketpp::lib::error_code error;
        if (action.kind == "ping")
            m_connection->ping(action.octets, error);
        else
            error =
                sendInPieces(m_connection, action.kind != "binary", action.octets, action.kind == "fragmented" ? 3 : 1);
        if (error)
            tellError(error.message());
    }

    ProgramArguments m_arguments;
    Socket m_socket;
    Socket::connection_ptr m_connection;
    int m_exitCode = -1;
};

} // namespace

int main(int argc, char *argv[])
{
    ProgramArguments arguments = parseArguments(argc, argv);
    deflateInUse() = arguments.deflate;
    return Client(std::move(arguments)).run();
}
