#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a forward proxy, tinyproxy (HTTP CONNECT) or microsocks (SOCKS5), as the user who called.

Prints "PORT n" once it listens there. Neither can be handed a socket, so a free port is looked for, and another one
when it was taken meanwhile. Ends when standard input ends.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ATTEMPTS = 5
PATIENCE = 20


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tinyproxy(port, options, folder):
    lines = [f"Port {port}", "Listen 127.0.0.1", "Timeout 60", "MaxClients 20", "LogLevel Error"]
    if options.user:
        lines.append(f"BasicAuth {options.user} {options.password}")
    lines += [f"ConnectPort {allowed}" for allowed in options.connect_port]
    path = os.path.join(folder, "tinyproxy.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return ["tinyproxy", "-d", "-c", path]


def microsocks(port, options, _folder):
    words = ["microsocks", "-i", "127.0.0.1", "-p", str(port)]
    if options.user:
        words += ["-u", options.user, "-P", options.password]
    return words


def answers(port, child):
    end = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return child.poll() is None
        except OSError:
            time.sleep(0.02)
    return False


def start(options, folder):
    make = {"tinyproxy": tinyproxy, "microsocks": microsocks}[options.program]
    for _ in range(ATTEMPTS):
        port = free_port()
        child = subprocess.Popen(make(port, options, folder), stdin=subprocess.DEVNULL, stdout=sys.stderr)
        if answers(port, child):
            return port, child
        child.kill()
        child.wait()
    return None, None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", choices=["tinyproxy", "microsocks"])
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--connect-port", action="append", default=[], help="the only ports CONNECT is let through to")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="frameglass-proxy-") as folder:
        port, child = start(options, folder)
        if not child:
            return 1
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())

        def end_with_parent():
            sys.stdin.read()
            child.terminate()

        try:
            print(f"PORT {port}\n", end="", flush=True)  # in one write: the server prints too
            threading.Thread(target=end_with_parent, daemon=True).start()
            return max(0, child.wait())
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()


sys.exit(main())
