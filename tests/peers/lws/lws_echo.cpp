// SPDX-License-Identifier: GPL-3.0-or-later
// An echo server on libwebsockets. Same arguments and output as the other echo peers. libwebsockets cannot send a Close
// without a code, and takes the parameters of permessage-deflate from the client's offer alone.
#include "lws_peer.h"

#include <map>
#include <memory>

using namespace frameglass::peers;

namespace {

ProgramArguments arguments;

struct Connection
{
    Incoming incoming;
    Outgoing outgoing;
    int messages = 0;
    int pings = 0;
    int pongs = 0;
    bool closeWanted = false;
    bool closeTold = false;
};
std::map<lws *, Connection> connections;
/// What each handshake under way has agreed to: lws shows its answer to nobody but its extension.
std::map<lws *, std::string> agreed;

int deflate(lws_context *context, const lws_extension *extension, lws *socket, lws_extension_callback_reasons reason,
            void *user, void *in, std::size_t length)
{
    static const char *const names[] = {"server_no_context_takeover", "client_no_context_takeover",
                                        "server_max_window_bits", "client_max_window_bits"};
    if (reason == LWS_EXT_CB_CONSTRUCT)
        agreed[socket] = "permessage-deflate";
    if (reason == LWS_EXT_CB_OPTION_SET) {
        const auto *option = static_cast<const lws_ext_option_arg *>(in);
        if (option->option_index >= 0 && option->option_index < 4) {
            agreed[socket] += std::string("; ") + names[option->option_index];
            if (option->start && option->len > 0)
                agreed[socket] += "=" + std::string(option->start, static_cast<std::size_t>(option->len));
        }
    }
    if (reason == LWS_EXT_CB_DESTROY)
        agreed.erase(socket);
    return lws_extension_callback_pm_deflate(context, extension, socket, reason, user, in, length);
}

void opened(lws *socket)
{
    connections[socket] = {};
    char path[256] = "/";
    lws_hdr_copy(socket, path, sizeof path, WSI_TOKEN_GET_URI);
    const lws_protocols *protocol = lws_get_protocol(socket);
    const bool chosen = protocol != nullptr && lws_hdr_total_length(socket, WSI_TOKEN_PROTOCOL) > 0;
    tellOpen(lwsLibrary, chosen ? protocol->name : "", agreed[socket], path);
    if (arguments.noRead)
        lws_rx_flow_control(socket, 0);
    else if (arguments.pingInterval > 0)
        lws_set_timer_usecs(socket, arguments.pingInterval * lws_usec_t{1000});
}

void received(lws *socket, const void *octets, std::size_t length)
{
    Connection &connection = connections[socket];
    if (!connection.incoming.add(socket, octets, length))
        return;
    const std::string message = connection.incoming.take();
    tellMessage(connection.incoming.text(), message);
    connection.outgoing.addMessage(connection.incoming.text(), message, arguments.fragments);
    connection.closeWanted = ++connection.messages == arguments.closeAfter;
    lws_callback_on_writable(socket);
}

int handle(lws *socket, lws_callback_reasons reason, void *, void *in, std::size_t length)
{
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED: opened(socket); return 0;
    case LWS_CALLBACK_RECEIVE: received(socket, in, length); return 0;
    case LWS_CALLBACK_RECEIVE_PONG:
        if (++connections[socket].pongs > connections[socket].pings) {
            tellError("a pong that no ping asked for");
            return -1;
        }
        tellPong({static_cast<const char *>(in), length});
        return 0;
    case LWS_CALLBACK_TIMER: {
        Connection &connection = connections[socket];
        connection.outgoing.addPing("lws " + std::to_string(++connection.pings));
        lws_callback_on_writable(socket);
        lws_set_timer_usecs(socket, arguments.pingInterval * lws_usec_t{1000});
        return 0;
    }
    case LWS_CALLBACK_SERVER_WRITEABLE: {
        Connection &connection = connections[socket];
        if (!connection.outgoing.empty()) {
            if (!connection.outgoing.write(socket))
                return -1;
            if (connection.closeWanted)
                lws_callback_on_writable(socket);
            return 0;
        }
        return connection.closeWanted ? closeAsAsked(socket, arguments) : 0;
    }
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        tellCloseFrame(in, length);
        connections[socket].closeTold = true;
        return 0;
    case LWS_CALLBACK_CLOSED: {
        const Connection &connection = connections[socket];
        if (!connection.closeTold && connection.closeWanted)
            tellCloseUnseen();
        else if (!connection.closeTold)
            tellError("the connection ended without a Close");
        connections.erase(socket);
        return 0;
    }
    default: return lws_callback_http_dummy(socket, reason, nullptr, in, length);
    }
}

} // namespace

int main(int argc, char *argv[])
{
    arguments = parseArguments(argc, argv);
    if (arguments.closeAfter > 0 && arguments.closeCode == 0)
        cannot("close without code");
    quiet();
    std::vector<lws_protocols> protocols{{"default", handle, 0, 65536, 0, nullptr, 0}};
    for (const std::string &name : arguments.subprotocols)
        protocols.push_back({name.c_str(), handle, 0, 65536, 0, nullptr, 0});
    protocols.push_back({});
    static const lws_extension extensions[] = {{"permessage-deflate", deflate, "permessage-deflate"}, {}};

    lws_context_creation_info info{};
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    lws_context *context = lws_create_context(&info);
    info.port = 0;
    info.iface = "127.0.0.1";
    info.protocols = protocols.data();
    info.extensions = arguments.deflate.on ? extensions : nullptr;
    lws_vhost *host = context ? lws_create_vhost(context, &info) : nullptr;
    if (!host)
        return 1;
    tellPort(static_cast<std::uint16_t>(lws_get_vhost_listen_port(host)));
    endWithParent();
    while (lws_service(context, 0) >= 0) {}
}
