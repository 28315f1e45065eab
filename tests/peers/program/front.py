# SPDX-License-Identifier: GPL-3.0-or-later
"""What servers that stand before others have in common: a folder and a port of their own, and an end with the test.

The server is handed its listening socket where it can take one, so that no port is guessed.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def answers(port, child):
    """True once a connection is taken by the server; the kernel alone would take it too, so a byte must come back.

    A server that speaks TLS answers a request in the clear as well, with a refusal, an alert or its end.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=10) as probe:
        probe.sendall(b"GET /frameglass-is-up HTTP/1.0\r\n\r\n")
        try:
            probe.recv(12)
        except ConnectionResetError:
            pass
        return child.poll() is None


def run(name, command):
    """`command(folder, port, listener)` gives the words and what the environment has besides. Returns the exit code."""
    with tempfile.TemporaryDirectory(prefix=f"frameglass-{name}-") as folder, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        listener.setblocking(False)
        port = listener.getsockname()[1]
        words, more = command(folder, port, listener.fileno())
        child = subprocess.Popen(
            words, env=dict(os.environ, PATH=PATH, **more), pass_fds=[listener.fileno()], stdin=subprocess.DEVNULL
        )
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())

        def end_with_parent():
            sys.stdin.read()
            child.terminate()

        try:
            if not answers(port, child):
                child.terminate()
                return 1
            print(f"PORT {port}\n", end="", flush=True)  # in one write: the server prints too
            threading.Thread(target=end_with_parent, daemon=True).start()
            return max(0, child.wait())
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
