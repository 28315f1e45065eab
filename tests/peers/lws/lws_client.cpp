// SPDX-License-Identifier: GPL-3.0-or-later
// A libwebsockets client. Same arguments and output as the other client peers. libwebsockets cannot send a Close
// without a code.
#include "lws_peer.h"

using namespace frameglass::peers;

namespace {

ProgramArguments arguments;
Incoming incoming;
Outgoing outgoing;
bool closeWanted = false;
bool closeTold = false;
bool pinging = false;
int exitCode = -1;
std::string subprotocol;
std::string extensions;

std::string headerOf(lws *socket, lws_token_indexes token)
{
    char value[512] = "";
    lws_hdr_copy(socket, value, sizeof value, token);
    return value;
}

void next(lws *socket)
{
    pinging = false;
    if (arguments.actions.empty()) {
        closeWanted = !arguments.waitClose;
    } else {
        const Action action = std::move(arguments.actions.front());
        arguments.actions.pop_front();
        pinging = action.kind == "ping";
        if (pinging)
            outgoing.addPing(action.octets);
        else
            outgoing.addMessage(action.kind != "binary", action.octets, action.kind == "fragmented" ? 3 : 1);
    }
    lws_callback_on_writable(socket);
}

void fail(const std::string &why)
{
    if (exitCode < 0)
        tellError(why);
    exitCode = 1;
}

int handle(lws *socket, lws_callback_reasons reason, void *, void *in, std::size_t length)
{
    switch (reason) {
    case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH: // later the head is gone
        subprotocol = headerOf(socket, WSI_TOKEN_PROTOCOL);
        extensions = headerOf(socket, WSI_TOKEN_EXTENSIONS);
        return 0;
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        tellOpen(lwsLibrary, subprotocol, extensions);
        next(socket);
        return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE:
        if (incoming.add(socket, in, length)) {
            tellMessage(incoming.text(), incoming.take());
            next(socket);
        }
        return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
        if (!pinging) {
            fail("a pong that no ping asked for");
            return -1;
        }
        tellPong({static_cast<const char *>(in), length});
        next(socket);
        return 0;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        if (outgoing.empty())
            return closeWanted ? closeAsAsked(socket, arguments) : 0;
        return outgoing.write(socket) ? 0 : -1;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        tellCloseFrame(in, length);
        closeTold = true;
        return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        fail(in ? std::string(static_cast<const char *>(in), length) : "no connection");
        return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
        if (closeTold || closeWanted) {
            if (!closeTold)
                tellCloseUnseen();
            exitCode = 0;
        } else {
            fail("the connection ended without a Close");
        }
        return 0;
    default: return lws_callback_http_dummy(socket, reason, nullptr, in, length);
    }
}

} // namespace

int main(int argc, char *argv[])
{
    arguments = parseArguments(argc, argv);
    if (!arguments.waitClose && arguments.closeCode == 0)
        cannot("close without code");
    quiet();
    const lws_protocols protocols[] = {{"default", handle, 0, 65536, 0, nullptr, 0}, {}};
    const std::string offer = arguments.deflate.offer();
    const lws_extension extensions[] = {{"permessage-deflate", lws_extension_callback_pm_deflate, offer.c_str()}, {}};
    lws_context_creation_info info{};
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = protocols;
    info.extensions = arguments.deflate.on ? extensions : nullptr;
    lws_context *context = lws_create_context(&info);
    if (!context)
        return 1;

    const UrlParts url = partsOf(arguments.url);
    const std::string host = url.host + ":" + url.port;
    std::string offered;
    for (const std::string &name : arguments.subprotocols)
        offered += (offered.empty() ? "" : ", ") + name;
    lws_client_connect_info connect{};
    connect.context = context;
    connect.address = url.host.c_str();
    connect.port = std::stoi(url.port);
    connect.path = url.path.c_str();
    connect.host = host.c_str();
    connect.protocol = offered.empty() ? nullptr : offered.c_str();
    connect.local_protocol_name = "default";
    if (!lws_client_connect_via_info(&connect))
        fail("cannot connect");

    const lws_usec_t deadline = lws_now_usecs() + 2 * patienceSeconds * lws_usec_t{1'000'000};
    while (exitCode < 0) {
        lws_service(context, 0);
        if (lws_now_usecs() > deadline)
            fail("out of patience");
    }
    return exitCode;
}
