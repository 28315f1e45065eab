#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs nginx in front of an upstream, configured rightly or with one named mistake, as the user who called.

Prints "PORT n" once nginx answers there. nginx is handed the listening socket, so that no port is guessed, and lives in
a folder of its own that goes away with it. Ends when standard input ends.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
SBIN = ":/usr/sbin:/sbin"


def render(mistake, listen, upstream, folder):
    with open(os.path.join(HERE, "nginx.conf.in"), encoding="utf-8") as file:
        text = file.read()
    with open(os.path.join(HERE, mistake + ".location"), encoding="utf-8") as file:
        location = file.read()
    for name, value in (("LOCATION", location), ("LISTEN", listen), ("UPSTREAM", upstream), ("FOLDER", folder)):
        text = text.replace(f"@{name}@", str(value))
    path = os.path.join(folder, "nginx.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def answers(port, child):
    """True once a connection is taken by nginx; the kernel alone would take it too, so a byte must come back."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as probe:
        probe.sendall(b"GET /frameglass-nginx-is-up HTTP/1.0\r\n\r\n")
        return probe.recv(12).startswith(b"HTTP/1.") and child.poll() is None


def main():
    mistakes = sorted(name[: -len(".location")] for name in os.listdir(HERE) if name.endswith(".location"))
    parser = argparse.ArgumentParser()
    parser.add_argument("mistake", choices=mistakes)
    parser.add_argument("upstream", help="port of the server behind nginx")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="frameglass-nginx-") as folder, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        listener.setblocking(False)
        port = listener.getsockname()[1]
        path = render(options.mistake, port, options.upstream, folder)
        environment = dict(os.environ, PATH=os.environ.get("PATH", "") + SBIN, NGINX=f"{listener.fileno()};")
        child = subprocess.Popen(
            ["nginx", "-p", folder, "-c", path, "-e", "stderr"],
            env=environment,
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
        )
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())

        def end_with_parent():
            sys.stdin.read()
            child.terminate()

        try:
            if not answers(port, child):
                child.terminate()
                return 1
            print("PORT", port, flush=True)
            threading.Thread(target=end_with_parent, daemon=True).start()
            return max(0, child.wait())
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()


sys.exit(main())
