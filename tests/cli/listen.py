#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Listens at N free TCP ports of the loopback addresses and prints them, and behind them one
that is free. Whoever connects is let go at once. Ends when its parent does."""

import os
import selectors
import socket
import sys


def listen_at(family, host, port):
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((host, port))
    listener.listen(64)
    return listener


def open_port():
    first = listen_at(socket.AF_INET, "127.0.0.1", 0)
    port = first.getsockname()[1]
    try:
        return port, [first, listen_at(socket.AF_INET6, "::1", port)]
    except OSError:
        return port, [first]


def main():
    ports, listeners = [], []
    for _ in range(int(sys.argv[1])):
        port, opened = open_port()
        ports.append(port)
        listeners += opened
    free, opened = open_port()
    for listener in opened:
        listener.close()
    selector = selectors.DefaultSelector()
    for listener in listeners:
        selector.register(listener, selectors.EVENT_READ)
    print(*ports, free, flush=True)
    parent = os.getppid()
    while os.getppid() == parent:
        for key, _ in selector.select(timeout=1):
            key.fileobj.accept()[0].close()


if __name__ == "__main__":
    main()
