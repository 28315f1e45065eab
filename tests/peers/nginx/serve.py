#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs nginx in front of an upstream, configured rightly or with one named mistake, as the user who called.

Prints "PORT n" once nginx answers there. It lives in a folder of its own that goes away with it. Ends when standard
input ends.
"""

import argparse
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "program"))
from front import run  # noqa: E402  pylint: disable=wrong-import-position


def tls_lines(options):
    if not options.cert:
        return ""
    lines = [f"ssl_certificate {options.cert};", f"ssl_certificate_key {options.key};"]
    if options.client_ca:
        lines += [f"ssl_client_certificate {options.client_ca};", "ssl_verify_client on;"]
    return "".join(f"        {line}\n" for line in lines)


def render(options, listen, folder):
    with open(os.path.join(HERE, "nginx.conf.in"), encoding="utf-8") as file:
        text = file.read()
    with open(os.path.join(HERE, options.mistake + ".location"), encoding="utf-8") as file:
        location = file.read()
    values = {
        "LOCATION": location,
        "LISTEN": f"{listen}{' ssl' if options.cert else ''}",
        "TLS": tls_lines(options),
        "UPSTREAM": options.upstream,
        "FOLDER": folder,
    }
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    path = os.path.join(folder, "nginx.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def main():
    mistakes = sorted(name[: -len(".location")] for name in os.listdir(HERE) if name.endswith(".location"))
    parser = argparse.ArgumentParser()
    parser.add_argument("mistake", choices=mistakes)
    parser.add_argument("upstream", help="port of the server behind nginx")
    parser.add_argument("--cert", help="PEM file of the certificate and its chain: nginx terminates TLS")
    parser.add_argument("--key")
    parser.add_argument("--client-ca", help="clients must have a certificate from one of these")
    options = parser.parse_args()

    def command(folder, port, listener):
        return ["nginx", "-p", folder, "-c", render(options, port, folder), "-e", "stderr"], {"NGINX": f"{listener};"}

    return run("nginx", command)


sys.exit(main())
