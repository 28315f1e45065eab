#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs HAProxy in front of an upstream, terminating TLS where a certificate is given. Prints "PORT n" once it answers.

Ends when standard input ends.
"""

import argparse
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "program"))
from front import run  # noqa: E402  pylint: disable=wrong-import-position


def together(options, folder):
    """HAProxy wants certificate and key in one file."""
    path = os.path.join(folder, "both.pem")
    with open(path, "wb") as file:
        for name in (options.cert, options.key):
            with open(name, "rb") as part:
                file.write(part.read())
    return path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("upstream", help="port of the server behind HAProxy")
    parser.add_argument("--cert", help="PEM file of the certificate and its chain: HAProxy terminates TLS")
    parser.add_argument("--key")
    parser.add_argument("--alpn", default="http/1.1")
    parser.add_argument("--client-ca", help="clients must have a certificate from one of these")
    parser.add_argument("--tunnel", default="1h", help="how long an upgraded connection may be silent")
    options = parser.parse_args()

    def command(folder, _, listener):
        tls = ""
        if options.cert:
            tls = f" ssl crt {together(options, folder)} alpn {options.alpn}"
        if options.client_ca:
            tls += f" ca-file {options.client_ca} verify required"
        with open(os.path.join(HERE, "haproxy.cfg.in"), encoding="utf-8") as file:
            text = file.read()
        for name, value in (("LISTENER", str(listener)), ("TLS", tls), ("UPSTREAM", options.upstream),
                            ("TUNNEL", options.tunnel)):
            text = text.replace(f"@{name}@", value)
        path = os.path.join(folder, "haproxy.cfg")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return ["haproxy", "-db", "-f", path], {}

    return run("haproxy", command)


sys.exit(main())
