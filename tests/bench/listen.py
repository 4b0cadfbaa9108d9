#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""listen.py PORT...: takes connections on every address and closes them, until its parent ends."""

import ctypes
import select
import signal
import socket
import sys

ctypes.CDLL(None).prctl(1, signal.SIGTERM)
loop = select.epoll()
sockets = {}
for port in sys.argv[1:]:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", int(port)))
    listener.listen(4096)
    loop.register(listener, select.EPOLLIN)
    sockets[listener.fileno()] = listener
print("ready", flush=True)
while True:
    for fd, _ in loop.poll():
        try:
            while True:
                sockets[fd].accept()[0].close()
        except BlockingIOError:
            pass
