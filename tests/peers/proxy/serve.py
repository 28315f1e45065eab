#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a proxy that cannot be handed its socket: tinyproxy (HTTP CONNECT), microsocks (SOCKS5), or Apache before a server.

Prints "PORT n" once it listens there. A free port is looked for, and another one when it was taken meanwhile. Ends when
standard input ends.
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


MODULES = ("mpm_event", "authz_core", "proxy", "proxy_http")


def apache(port, options, folder):
    """With --mistake "no-upgrade" as a plain ProxyPass has it: Upgrade is dropped."""
    upgrade = "" if options.mistake == "no-upgrade" else " upgrade=websocket"
    lines = [f"ServerRoot {folder}", "ServerName localhost", f"PidFile {folder}/pid", "ErrorLog /dev/stderr"]
    if os.geteuid() == 0:
        lines += ["User nobody", "Group nogroup"]
    lines += [f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES]
    lines += [f"Listen 127.0.0.1:{port}", f"ProxyPass / http://127.0.0.1:{options.upstream}/{upgrade}"]
    path = os.path.join(folder, "apache.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return ["/usr/sbin/apache2", "-d", folder, "-f", path, "-DFOREGROUND"]


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
    make = {"tinyproxy": tinyproxy, "microsocks": microsocks, "apache": apache}[options.program]
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
    parser.add_argument("program", choices=["tinyproxy", "microsocks", "apache"])
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--connect-port", action="append", default=[], help="the only ports CONNECT is let through to")
    parser.add_argument("--upstream", help="Apache: port of the server behind it")
    parser.add_argument("--mistake", choices=["right", "no-upgrade"], default="right", help="Apache: how it is set up")
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
