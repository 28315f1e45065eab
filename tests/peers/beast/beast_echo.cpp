// SPDX-License-Identifier: GPL-3.0-or-later
// An echo server on Boost.Beast. Same arguments and output as the other echo peers.
#include "beast_stream.h"

#include <algorithm>

using namespace frameglass::peers;

namespace {

class Session : public std::enable_shared_from_this<Session>
{
public:
    Session(tcp::socket socket, const ProgramArguments &arguments)
        : m_arguments(arguments), m_stream(std::move(socket)), m_timer(m_stream.get_executor())
    {}

    void run()
    {
        http::async_read(m_stream.next_layer(), m_buffer, m_request,
                         [self = shared_from_this()](beast::error_code error, std::size_t) {
                             if (self->passes(error))
                                 self->accept();
                         });
    }

private:
    void accept()
    {
        prepare(m_stream, m_arguments);
        m_stream.set_option(websocket::stream_base::decorator([this](websocket::response_type &response) {
            m_subprotocol = chosenSubprotocol();
            if (!m_subprotocol.empty())
                response.set(http::field::sec_websocket_protocol, m_subprotocol);
            m_extensions = fieldOf(response, http::field::sec_websocket_extensions);
        }));
        m_stream.control_callback(tellControl);
        m_stream.async_accept(m_request, [self = shared_from_this()](beast::error_code error) {
            if (!self->passes(error))
                return;
            const auto path = self->m_request.target();
            tellOpen(beastLibrary, self->m_subprotocol, self->m_extensions, {path.data(), path.size()});
            if (self->m_arguments.noRead) {
                static std::vector<std::shared_ptr<Session>> ignored;
                ignored.push_back(self);
                return;
            }
            if (self->m_arguments.pingInterval > 0)
                self->pingLater();
            self->read();
        });
    }

    std::string chosenSubprotocol() const
    {
        const auto offered = m_request[http::field::sec_websocket_protocol];
        http::token_list list{offered};
        for (const std::string &name : m_arguments.subprotocols) {
            if (list.exists(name))
                return name;
        }
        return {};
    }

    void read()
    {
        m_stream.async_read(m_buffer, [self = shared_from_this()](beast::error_code error, std::size_t) {
            if (self->passes(error))
                self->echo();
        });
    }

    void echo()
    {
        const std::string_view octets(static_cast<const char *>(m_buffer.cdata().data()), m_buffer.size());
        tellMessage(m_stream.got_text(), octets);
        m_stream.text(m_stream.got_text());
        writeInPieces(m_stream, piecesOf(octets, m_arguments.fragments),
                      [self = shared_from_this()](beast::error_code error) {
                          if (!self->passes(error))
                              return;
                          self->m_buffer.clear();
                          if (++self->m_count == self->m_arguments.closeAfter)
                              self->close();
                          else
                              self->read();
                      });
    }

    void close()
    {
        m_timer.cancel();
        m_stream.async_close(closeReasonOf(m_arguments), [self = shared_from_this()](beast::error_code error) {
            if (self->passes(error))
                tellClose(self->m_stream);
        });
    }

    void pingLater()
    {
        m_timer.expires_after(std::chrono::milliseconds(m_arguments.pingInterval));
        m_timer.async_wait([self = shared_from_this()](beast::error_code cancelled) {
            if (cancelled || !self->m_stream.is_open())
                return;
            const std::string data = "beast " + std::to_string(++self->m_pings);
            self->m_stream.async_ping({data.data(), data.size()}, [self](beast::error_code error) {
                if (!error)
                    self->pingLater();
            });
        });
    }

    /// Tells how the connection ended, where it did.
    bool passes(beast::error_code error)
    {
        if (!error)
            return true;
        m_timer.cancel();
        // The client may be gone before Beast has ended TCP: its Close is in all the same.
        if (error == websocket::error::closed || m_stream.reason())
            tellClose(m_stream);
        else
            tellError(error.message());
        return false;
    }

    const ProgramArguments &m_arguments;
    Stream m_stream;
    asio::steady_timer m_timer;
    beast::flat_buffer m_buffer;
    http::request<http::empty_body> m_request;
    std::string m_subprotocol;
    std::string m_extensions;
    int m_count = 0;
    int m_pings = 0;
};

void accept(tcp::acceptor &acceptor, const ProgramArguments &arguments)
{
    acceptor.async_accept([&](beast::error_code error, tcp::socket socket) {
        if (!error)
            std::make_shared<Session>(std::move(socket), arguments)->run();
        accept(acceptor, arguments);
    });
}

} // namespace

int main(int argc, char *argv[])
{
    const ProgramArguments arguments = parseArguments(argc, argv);
    asio::io_context context(1);
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    accept(acceptor, arguments);
    tellPort(acceptor.local_endpoint().port());
    endWithParent();
    context.run();
}
