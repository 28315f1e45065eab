# SPDX-License-Identifier: GPL-3.0-or-later
"""What the python3-websockets peers share: arguments and the JSON lines that all peers print."""

import hashlib
import json
import ssl

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory, ServerPerMessageDeflateFactory
from websockets.frames import Close

LIBRARY = f"websockets {websockets.__version__}"
# A message longer than this is told by its digest alone.
TELL_OCTETS = 1024


def tell(**fields):
    print(json.dumps(fields, ensure_ascii=False), flush=True)


def tell_open(connection, **more):
    extensions = ", ".join(connection.response_headers.get_all("Sec-WebSocket-Extensions"))
    tell(event="open", library=LIBRARY, subprotocol=connection.subprotocol or "", extensions=extensions, **more)


def tell_message(message):
    octets = message.encode() if isinstance(message, str) else message
    fields = {
        "event": "message",
        "type": "text" if isinstance(message, str) else "binary",
        "octets": len(octets),
        "sha256": hashlib.sha256(octets).hexdigest(),
    }
    if len(octets) <= TELL_OCTETS:
        fields.update({"text": message} if isinstance(message, str) else {"hex": octets.hex()})
    tell(**fields)


def add_shared_arguments(parser):
    parser.add_argument("--subprotocol", action="append", default=[])
    parser.add_argument("--close-code", type=int, default=1000, help="0: a Close frame without payload")
    parser.add_argument("--close-reason", default="")
    parser.add_argument("--deflate", help="on, no-context or bits=N")


def server_tls(options):
    """For the argument `ssl` of serve()."""
    if not options.cert:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.cert, options.key)
    return context


def client_tls(options):
    """More arguments for connect()."""
    return {"ssl": ssl.create_default_context(cafile=options.ca)} if options.ca else {}


def deflate_extensions(mode, server):
    """For the argument `extensions` of connect() and serve()."""
    if mode is None:
        return None
    settings = {}
    if mode == "no-context":
        settings = {"server_no_context_takeover": True, "client_no_context_takeover": True}
    elif mode.startswith("bits="):
        bits = int(mode[5:])
        settings = {"server_max_window_bits": bits, "client_max_window_bits": bits}
    elif mode != "on":
        raise ValueError("--deflate on, no-context or bits=N")
    if server:
        return [ServerPerMessageDeflateFactory(**settings)]
    return [ClientPerMessageDeflateFactory(**{"client_max_window_bits": True, **settings})]


def pieces(message, count):
    count = max(1, min(count, len(message)))
    return [message[len(message) * i // count : len(message) * (i + 1) // count] for i in range(count)]


async def send(connection, message, count):
    """Sends the message in `count` frames."""
    await connection.send(message if count == 1 or not message else pieces(message, count))


async def close(connection, options):
    if options.close_code == 0:
        await connection.write_close_frame(Close(1005, ""), b"")
        await connection.wait_closed()
    else:
        await connection.close(options.close_code, options.close_reason)
