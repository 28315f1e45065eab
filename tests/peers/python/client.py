#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A python3-websockets client. Same arguments and output as the other client peers."""

import argparse
import asyncio
import json
import sys

import websockets

PATIENCE = 20


def tell(**fields):
    print(json.dumps(fields, ensure_ascii=False), flush=True)


class Action(argparse.Action):
    def __call__(self, parser, namespace, value, option_string=None):
        namespace.actions.append((self.dest, value))


def pieces(text):
    middle = max(1, len(text) // 2)
    return [text[:middle], text[middle:]]


async def carry_out(connection, kind, value):
    if kind == "ping":
        await asyncio.wait_for(await connection.ping(value.encode()), PATIENCE)
        tell(event="pong", data=value.encode().hex())
        return
    if kind == "binary":
        await connection.send(bytes.fromhex(value))
    else:
        await connection.send(pieces(value) if kind == "fragmented" else value)
    message = await asyncio.wait_for(connection.recv(), PATIENCE)
    if isinstance(message, str):
        tell(event="message", type="text", text=message)
    else:
        tell(event="message", type="binary", hex=message.hex())


async def main():
    parser = argparse.ArgumentParser()
    parser.set_defaults(actions=[])
    for kind in ("text", "binary", "fragmented", "ping"):
        parser.add_argument("--" + kind, action=Action)
    parser.add_argument("--subprotocol", action="append", default=[])
    parser.add_argument("--close-code", type=int, default=1000)
    parser.add_argument("--close-reason", default="")
    parser.add_argument("--wait-close", action="store_true")
    parser.add_argument("url")
    options = parser.parse_args()
    connection = await websockets.connect(
        options.url, subprotocols=options.subprotocol or None, ping_interval=None, compression=None
    )
    tell(event="open", subprotocol=connection.subprotocol or "")
    try:
        for kind, value in options.actions:
            await carry_out(connection, kind, value)
        if not options.wait_close:
            await connection.close(options.close_code, options.close_reason)
        await asyncio.wait_for(connection.wait_closed(), PATIENCE)
    except websockets.ConnectionClosed:
        await connection.wait_closed()
    tell(event="close", code=connection.close_code, reason=connection.close_reason)


try:
    asyncio.run(main())
except Exception as error:  # pylint: disable=broad-except
    tell(event="error", message=f"{type(error).__name__}: {error}")
    sys.exit(1)
