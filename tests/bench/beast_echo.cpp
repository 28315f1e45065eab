// SPDX-License-Identifier: GPL-3.0-or-later
// Boost.Beast's plain echo: read a message, write it back, read the next. In a translation unit of its own, since it
// brings Boost.Asio beside standalone Asio.
#include "echo_servers.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <memory>
#include <unistd.h>

namespace frameglass::bench {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

class Session : public std::enable_shared_from_this<Session>
{
public:
    explicit Session(tcp::socket socket) : m_stream(std::move(socket))
    {
        m_stream.next_layer().set_option(tcp::no_delay(true));
        m_stream.read_message_max(0);
        m_stream.auto_fragment(false); // the load generator counts whole messages by their octets
    }

    void run()
    {
        m_stream.async_accept([self = shared_from_this()](beast::error_code error) {
            if (!error)
                self->read();
        });
    }

private:
    void read()
    {
        m_stream.async_read(m_buffer, [self = shared_from_this()](beast::error_code error, std::size_t) {
            if (!error)
                self->write();
        });
    }

    void write()
    {
        m_stream.text(m_stream.got_text());
        m_stream.async_write(m_buffer.data(), [self = shared_from_this()](beast::error_code error, std::size_t) {
            if (error)
                return;
            self->m_buffer.clear();
            self->read();
        });
    }

    beast::websocket::stream<tcp::socket> m_stream;
    beast::flat_buffer m_buffer;
};

void accept(tcp::acceptor &acceptor)
{
    acceptor.async_accept([&acceptor](beast::error_code error, tcp::socket socket) {
        if (!error)
            std::make_shared<Session>(std::move(socket))->run();
        accept(acceptor);
    });
}

} // namespace

int serveBeast()
{
    asio::io_context context(1);
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    accept(acceptor);
    asio::posix::stream_descriptor input(context, ::dup(STDIN_FILENO));
    input.async_wait(asio::posix::stream_descriptor::wait_read, [&context](beast::error_code) { context.stop(); });
    announce(acceptor.local_endpoint().port());
    context.run();
    return 0;
}

} // namespace frameglass::bench
