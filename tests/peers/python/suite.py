#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A conformance suite for echoing clients, in small: one case a connection, in order and then from the first again.
Prints one line a case: {"case": NUMBER, "name": NAME, "ok": BOOL, "saw": WHAT}."""

import asyncio
import json
import os
import sys
import threading

import websockets

BINARY = bytes(range(256)) * 4096


async def pieces(*parts):
    for part in parts:
        yield part


# What is sent, and what must come back. A tuple is a message in that many fragments.
CASES = [
    ("empty text", [""]),
    ("empty binary", [b""]),
    ("text of every length of UTF-8", ["a é 你 🎈"]),
    ("binary with each octet", [BINARY[:256]]),
    ("lengths around the forms of the header", [BINARY[:n] for n in (125, 126, 127, 65535, 65536)]),
    ("text in fragments, cut inside a word", [("fr", "", "agm", "ents")]),
    ("binary in fragments", [(b"\0", b"\xff\xff", b"")]),
    ("one mebibyte", [BINARY]),
    ("many in a row", [f"message {n}" for n in range(500)]),
    ("pings between", ["before", None, "after"]),
]


async def play(connection, messages):
    expected = []
    for message in messages:
        if message is None:
            await (await connection.ping())
        elif isinstance(message, tuple):
            await connection.send(pieces(*message))
            expected.append(message[0][:0].join(message))
        else:
            await connection.send(message)
            expected.append(message)
    saw = [await connection.recv() for _ in expected]
    await connection.close(1000, "next")
    right = saw == expected and connection.close_code == 1000
    return right, "" if right else f"{connection.close_code}, {repr(saw)[:300]}"


async def main():
    number = 0

    async def serve(connection):
        nonlocal number
        number += 1
        mine = number
        name, messages = CASES[(mine - 1) % len(CASES)]
        try:
            ok, saw = await play(connection, messages)
        except websockets.ConnectionClosed as end:
            ok, saw = False, str(end)
        print(json.dumps({"case": mine, "name": name, "ok": ok, "saw": saw}), flush=True)

    async with websockets.serve(serve, "127.0.0.1", 0, compression=None, max_size=None) as server:
        print("PORT", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
asyncio.run(main())
