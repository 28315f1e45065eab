#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An echo server on python3-websockets. Same arguments and output as the other echo peers."""

import argparse
import asyncio
import json
import os
import sys
import threading

import websockets


def tell(**fields):
    print(json.dumps(fields, ensure_ascii=False), flush=True)


def describe(message):
    if isinstance(message, str):
        return {"event": "message", "type": "text", "text": message}
    return {"event": "message", "type": "binary", "hex": message.hex()}


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--subprotocol", action="append", default=[])
    parser.add_argument("--close-after", type=int, default=0)
    parser.add_argument("--close-code", type=int, default=1000)
    parser.add_argument("--close-reason", default="")
    parser.add_argument("--ping-interval", type=int, default=0)
    parser.add_argument("--no-read", action="store_true")
    options = parser.parse_args()

    async def serve(connection):
        tell(event="open", subprotocol=connection.subprotocol or "", path=connection.path)
        count = 0
        try:
            async for message in connection:
                tell(**describe(message))
                await connection.send(message)
                count += 1
                if count == options.close_after:
                    await connection.close(options.close_code, options.close_reason)
        except websockets.ConnectionClosedError:
            pass
        tell(event="close", code=connection.close_code, reason=connection.close_reason)

    async def ignore(connection):
        tell(event="open", subprotocol=connection.subprotocol or "", path=connection.path)
        connection.transport.pause_reading()
        await asyncio.Future()

    interval = options.ping_interval / 1000 or None
    handler = ignore if options.no_read else serve
    async with websockets.serve(
        handler, "127.0.0.1", 0, subprotocols=options.subprotocol or None, ping_interval=interval, compression=None
    ) as server:
        print("PORT", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
asyncio.run(main())
