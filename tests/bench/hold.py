#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hold.py COUNT: so many sockets wait on loopback, TCP and UDP, IPv4 and IPv6, at most 500 a
process; says ready when all do, and holds them until its parent ends."""

import ctypes
import os
import signal
import socket
import sys

PER_PROCESS = 500
libc = ctypes.CDLL(None)
libc.prctl(1, signal.SIGKILL)


def hold(count):
    held = []
    for at in range(count):
        four, tcp = at % 4 < 2, at % 2
        one = socket.socket(socket.AF_INET if four else socket.AF_INET6,
                            socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
        one.bind(("127.0.0.1" if four else "::1", 0))
        if tcp:
            one.listen(1)
        held.append(one)
    return held


left = int(sys.argv[1])
while left > 0:
    ready, done = os.pipe()
    if not os.fork():
        libc.prctl(1, signal.SIGKILL)
        kept = hold(min(left, PER_PROCESS))
        os.write(done, b"x")
        while True:
            signal.pause()
    os.close(done)
    if os.read(ready, 1) != b"x":
        sys.exit("hold.py: a process died")
    os.close(ready)
    left -= PER_PROCESS
print("ready", flush=True)
while True:
    signal.pause()
