// SPDX-License-Identifier: GPL-3.0-or-later
// A Boost.Beast client. Same arguments and output as the other client peers.
#include "beast_stream.h"

#include <boost/asio/connect.hpp>

using namespace frameglass::peers;

namespace {

class Client
{
public:
    Client(asio::io_context &context, ProgramArguments arguments)
        : m_context(context), m_arguments(std::move(arguments)), m_stream(context)
    {}

    /// Connects; the rest happens in the context's loop.
    void open()
    {
        const UrlParts url = partsOf(m_arguments.url);
        tcp::resolver resolver(m_context);
        asio::connect(m_stream.next_layer(), resolver.resolve(url.host, url.port));
        prepare(m_stream, m_arguments);
        m_stream.set_option(websocket::stream_base::decorator([this](websocket::request_type &request) {
            std::string offered;
            for (const std::string &name : m_arguments.subprotocols)
                offered += (offered.empty() ? "" : ", ") + name;
            if (!offered.empty())
                request.set(http::field::sec_websocket_protocol, offered);
        }));
        websocket::response_type response;
        m_stream.handshake(response, url.host + ":" + url.port, url.path);
        tellOpen(beastLibrary, fieldOf(response, http::field::sec_websocket_protocol),
                 fieldOf(response, http::field::sec_websocket_extensions));
        m_stream.control_callback([this](websocket::frame_type kind, beast::string_view payload) {
            tellControl(kind, payload);
            // Not from here: the frame may still be in the middle of a read operation.
            if (kind == websocket::frame_type::pong && m_pinging)
                asio::post(m_context, [this] { next(); });
        });
        read();
        next();
    }

    int exitCode() const { return m_exitCode; }

private:
    void read()
    {
        m_stream.async_read(m_buffer, [this](beast::error_code error, std::size_t) {
            if (error)
                return ended(error);
            tellMessage(m_stream.got_text(), {static_cast<const char *>(m_buffer.cdata().data()), m_buffer.size()});
            m_buffer.clear();
            read();
            next();
        });
    }

    void next()
    {
        m_pinging = false;
        if (m_arguments.actions.empty()) {
            if (!m_arguments.waitClose)
                m_stream.async_close(closeReasonOf(m_arguments), [this](beast::error_code error) { ended(error); });
            return;
        }
        m_action = std::move(m_arguments.actions.front());
        m_arguments.actions.pop_front();
        const auto sent = [this](beast::error_code error) {
            if (error)
                ended(error);
        };
        if (m_action.kind == "ping") {
            m_pinging = true;
            m_stream.async_ping({m_action.octets.data(), m_action.octets.size()}, sent);
            return;
        }
        m_stream.text(m_action.kind != "binary");
        writeInPieces(m_stream, piecesOf(m_action.octets, m_action.kind == "fragmented" ? 3 : 1), sent);
    }

    /// Read, write and close all complete when the connection ends. The first tells that was not merely stopped.
    void ended(beast::error_code error)
    {
        if (m_ended || error == asio::error::operation_aborted)
            return;
        m_ended = true;
        if (!error || error == websocket::error::closed) {
            tellClose(m_stream);
        } else {
            tellError(error.message());
            m_exitCode = 1;
        }
        m_context.stop();
    }

    asio::io_context &m_context;
    ProgramArguments m_arguments;
    Stream m_stream;
    beast::flat_buffer m_buffer;
    Action m_action;
    bool m_pinging = false;
    bool m_ended = false;
    int m_exitCode = 0;
};

} // namespace

int main(int argc, char *argv[])
{
    asio::io_context context(1);
    Client client(context, parseArguments(argc, argv));
    try {
        client.open();
    } catch (const std::exception &error) {
        tellError(error.what());
        return 1;
    }
    context.run_for(std::chrono::seconds(2 * patienceSeconds));
    if (!context.stopped()) {
        tellError("out of patience");
        return 1;
    }
    return client.exitCode();
}
