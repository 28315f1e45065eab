#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An echo server on python3-websockets. Same arguments and output as the other echo peers."""

import argparse
import asyncio
import os
import sys
import threading

import websockets
from peer_program import (
    add_shared_arguments,
    close,
    deflate_extensions,
    send,
    server_tls,
    tell,
    tell_message,
    tell_open,
)


async def ping_for_ever(connection, interval):
    count = 0
    while True:
        await asyncio.sleep(interval)
        count += 1
        data = f"python {count}".encode()
        await (await connection.ping(data))
        tell(event="pong", data=data.hex())


async def main():
    parser = argparse.ArgumentParser()
    add_shared_arguments(parser)
    parser.add_argument("--close-after", type=int, default=0)
    parser.add_argument("--ping-interval", type=int, default=0)
    parser.add_argument("--fragments", type=int, default=1)
    parser.add_argument("--no-read", action="store_true")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    options = parser.parse_args()

    async def serve(connection):
        tell_open(connection, path=connection.path)
        pinging = None
        if options.ping_interval > 0:
            pinging = asyncio.create_task(ping_for_ever(connection, options.ping_interval / 1000))
        count = 0
        try:
            async for message in connection:
                tell_message(message)
                await send(connection, message, options.fragments)
                count += 1
                if count == options.close_after:
                    await close(connection, options)
        except websockets.ConnectionClosedError:
            pass
        if pinging:
            pinging.cancel()
        tell(event="close", code=connection.close_code, reason=connection.close_reason)

    async def ignore(connection):
        tell_open(connection, path=connection.path)
        connection.transport.pause_reading()
        await asyncio.Future()

    async with websockets.serve(
        ignore if options.no_read else serve,
        "127.0.0.1",
        0,
        subprotocols=options.subprotocol or None,
        ping_interval=None,
        max_size=None,
        compression=None,
        extensions=deflate_extensions(options.deflate, server=True),
        ssl=server_tls(options),
    ) as server:
        print(f"PORT {server.sockets[0].getsockname()[1]}\n", end="", flush=True)
        await asyncio.Future()


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
asyncio.run(main())
