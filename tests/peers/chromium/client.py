#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chromium, headless, as a client: a page on a loopback origin opens the WebSocket; its console is our output.

Same arguments and output as the other client peers, less --ping and --fragmented, which a page cannot ask for.
"""

import argparse
import base64
import functools
import hashlib
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 60
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
    "--no-default-browser-check", "--no-proxy-server", "--disable-background-networking", "--disable-component-update",
    "--disable-default-apps", "--disable-domain-reliability", "--disable-extensions", "--disable-sync",
    "--metrics-recording-only", "--disable-breakpad", "--enable-logging=stderr", "--v=0",
]  # fmt: skip
CONSOLE = re.compile(r"PEER ([A-Za-z0-9+/=]+)")


class Pages(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


class Action(argparse.Action):
    def __call__(self, parser, namespace, value, option_string=None):
        namespace.actions.append({"kind": self.dest, "value": value})


def parse():
    parser = argparse.ArgumentParser()
    parser.set_defaults(actions=[])
    parser.add_argument("--text", action=Action)
    parser.add_argument("--binary", action=Action)
    parser.add_argument("--subprotocol", action="append", default=[])
    parser.add_argument("--close-code", type=int, default=1000)
    parser.add_argument("--close-reason", default="")
    parser.add_argument("--wait-close", action="store_true")
    parser.add_argument("url")
    return parser.parse_args()


def page_url(server, options):
    wanted = {
        "url": options.url, "actions": options.actions, "subprotocols": options.subprotocol,
        "closeCode": options.close_code, "closeReason": options.close_reason, "waitClose": options.wait_close,
    }  # fmt: skip
    return f"http://127.0.0.1:{server.server_port}/client.html#{urllib.parse.quote(json.dumps(wanted))}"


def main():
    options = parse()
    browser = next(filter(None, map(shutil.which, NAMES)), None)
    if not browser:
        print(json.dumps({"event": "error", "message": "no chromium"}))
        return 1
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Pages, directory=HERE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="frameglass-chromium-", ignore_cleanup_errors=True) as profile:
        child = subprocess.Popen(
            [browser, *FLAGS, f"--user-data-dir={profile}", page_url(server, options)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

        def end(*_):
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

        signal.signal(signal.SIGTERM, end)
        deadline = threading.Timer(PATIENCE, end)
        deadline.start()
        status = 1
        for line in child.stderr:
            found = CONSOLE.search(line.decode("utf-8", "replace"))
            if not found:
                continue
            fields = json.loads(base64.b64decode(found.group(1)))
            if fields["event"] == "message":
                octets = fields["text"].encode() if fields["type"] == "text" else bytes.fromhex(fields["hex"])
                fields.update(octets=len(octets), sha256=hashlib.sha256(octets).hexdigest())
            print(json.dumps(fields, ensure_ascii=False), flush=True)
            if fields["event"] == "close":
                status = 0
                break
        deadline.cancel()
        end()
        child.wait()
    if status:
        print(json.dumps({"event": "error", "message": "the page never said close"}), flush=True)
    return status


sys.exit(main())
