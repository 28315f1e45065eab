#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A python3-websockets client. Same arguments and output as the other client peers."""

import argparse
import asyncio
import pathlib
import sys

import websockets
from peer_program import add_shared_arguments, client_tls, close, deflate_extensions, send, tell, tell_message, tell_open

PATIENCE = 20


class Action(argparse.Action):
    def __call__(self, parser, namespace, value, option_string=None):
        if value.startswith("@"):
            octets = pathlib.Path(value[1:]).read_bytes()
        else:
            octets = bytes.fromhex(value) if self.dest == "binary" else value.encode()
        namespace.actions.append((self.dest, octets))


async def carry_out(connection, kind, octets):
    if kind == "ping":
        await asyncio.wait_for(await connection.ping(octets), PATIENCE)
        tell(event="pong", data=octets.hex())
        return
    await send(connection, octets if kind == "binary" else octets.decode(), 3 if kind == "fragmented" else 1)
    tell_message(await asyncio.wait_for(connection.recv(), PATIENCE))


async def main():
    parser = argparse.ArgumentParser()
    parser.set_defaults(actions=[])
    for kind in ("text", "binary", "fragmented", "ping"):
        parser.add_argument("--" + kind, action=Action)
    add_shared_arguments(parser)
    parser.add_argument("--wait-close", action="store_true")
    parser.add_argument("--ca")
    parser.add_argument("url")
    options = parser.parse_args()
    connection = await websockets.connect(
        options.url,
        subprotocols=options.subprotocol or None,
        ping_interval=None,
        max_size=None,
        compression=None,
        extensions=deflate_extensions(options.deflate, server=False),
        **client_tls(options),
    )
    tell_open(connection)
    try:
        for kind, octets in options.actions:
            await carry_out(connection, kind, octets)
        if not options.wait_close:
            await close(connection, options)
        await asyncio.wait_for(connection.wait_closed(), PATIENCE)
    except websockets.ConnectionClosed:
        await connection.wait_closed()
    tell(event="close", code=connection.close_code, reason=connection.close_reason)


try:
    asyncio.run(main())
except Exception as error:  # pylint: disable=broad-except
    tell(event="error", message=f"{type(error).__name__}: {error}")
    sys.exit(1)
