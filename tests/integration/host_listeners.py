#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""host_listeners.py odd|own|churn [ADDRESS DEVICE]: processes with sockets, until it is ended.

odd: as strange as sockets and names of processes can be; own: a few; churn: thousands that
come and go on ports from 20000 on. Says "ready" when all are there.
"""

import ctypes
import os
import signal
import socket
import sys
import time

PR_SET_NAME, PR_SET_PDEATHSIG = 15, 1
IPV6_V6ONLY, SO_BINDTODEVICE = 26, 25
LIBC = ctypes.CDLL(None)
TCP, UDP, FOUR, SIX = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.AF_INET, socket.AF_INET6
held = []


def hold(family, kind, where, only_six=None, device=None, share=False):
    """A socket that waits there; where: what bind() takes."""
    one = socket.socket(family, kind)
    if only_six is not None:
        one.setsockopt(socket.IPPROTO_IPV6, IPV6_V6ONLY, only_six)
    if device:
        one.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode())
    if share:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    one.bind(where)
    if kind == TCP:
        one.listen(5)
    held.append(one)
    return one


def child(name, *tasks):
    """Does the tasks in a process of that name, and stays."""
    ready, done = os.pipe()
    if os.fork():
        os.close(done)
        os.read(ready, 1)
        os.close(ready)
        return
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    LIBC.prctl(PR_SET_NAME, name, 0, 0, 0)
    for one in held:
        one.close()
    held.clear()
    for task in tasks:
        task()
    os.write(done, b"x")
    os.close(done)
    while True:
        signal.pause()


def addresses(kind, port, address, device):
    """Each way to wait for somebody, from one port on."""
    hold(FOUR, kind, ("127.0.0.1", port))
    hold(FOUR, kind, ("127.9.8.7", port))
    hold(FOUR, kind, (address, port))
    hold(FOUR, kind, ("0.0.0.0", port + 1))
    hold(FOUR, kind, ("0.0.0.0", port + 2), device="lo")
    hold(FOUR, kind, ("0.0.0.0", port + 2), device=device)
    hold(SIX, kind, ("::1", port))
    hold(SIX, kind, ("::", port + 3), only_six=0)
    hold(SIX, kind, ("::", port + 4), only_six=1)
    hold(FOUR, kind, ("0.0.0.0", port + 4))
    hold(SIX, kind, ("::", port + 5), only_six=0, device="lo")
    hold(SIX, kind, ("::", port + 6), only_six=1, device=device)
    hold(SIX, kind, ("::ffff:127.0.0.1", port + 7))
    hold(SIX, kind, ("::ffff:" + address, port + 7))
    hold(SIX, kind, ("2001:db8::5", port + 8))
    hold(SIX, kind, ("fe80::5", port + 9, 0, socket.if_nametoindex(device)))
    hold(FOUR, kind, ("0.0.0.0", port + 10), share=True)
    hold(FOUR, kind, ("0.0.0.0", port + 10), share=True)


def connected():
    """Talks to one peer: does not wait for whoever comes."""
    for family, where in ((FOUR, "127.0.0.1"), (SIX, "::1")):
        one = hold(family, UDP, (where, 7001))
        one.connect((where, 7002))
    server = hold(FOUR, TCP, ("127.0.0.1", 7003))
    client = socket.create_connection(("127.0.0.1", 7003))
    held.extend((client, server.accept()[0]))
    # Bound, but neither listening nor connected.
    one = socket.socket(FOUR, TCP)
    one.bind(("127.0.0.1", 7004))
    held.append(one)


def shared():
    """One socket, twice in this process and in three children of it."""
    one = hold(FOUR, TCP, ("127.0.0.1", 7100))
    held.append(one.dup())
    for _ in range(3):
        if not os.fork():
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            LIBC.prctl(PR_SET_NAME, b"sharer's child", 0, 0, 0)
            while True:
                signal.pause()


def another_user():
    os.setgroups([])
    os.setgid(1)
    os.setuid(1)
    hold(FOUR, TCP, ("127.0.0.1", 7200))


def nobody_known():
    os.setgroups([])
    os.setgid(54321)
    os.setuid(54321)
    hold(FOUR, UDP, ("0.0.0.0", 7201))


def own():
    hold(FOUR, TCP, ("0.0.0.0", 7300))
    hold(FOUR, UDP, ("127.0.0.1", 7301))
    hold(SIX, TCP, ("::1", 7302))


def odd(address, device):
    child(b"tcp", lambda: addresses(TCP, 6000, address, device))
    child(b"udp", lambda: addresses(UDP, 6000, address, device))
    child(b"talks", connected)
    child(b"sharer", shared)
    child(b"daemon", another_user)
    child(b"unknown", nobody_known)
    names = (b"a b", b"[kworker/0:1]", b"(sd-pam)", b"a) R 1 (b", b"line\nfeed", b"\xff\xfe\x80",
             b"tab\there", b"\xe2\x80\xaeturned", b"\x1b[31mred", b"\"quoted\"", b"\\back",
             b"fifteen letters", b" ", b",pid=1,fd=3")
    for at, name in enumerate(names):
        child(name, lambda at=at: hold(FOUR, TCP, ("127.0.0.1", 6500 + at)))


def churn():
    """2,000 sockets at a time that live for a moment."""
    while True:
        ring = []
        for at in range(2000):
            one = socket.socket((FOUR, SIX)[at % 2], (TCP, UDP)[at // 2 % 2])
            try:
                one.bind((("127.0.0.1", "::1")[at % 2], 20000 + at // 4))
                if at // 2 % 2 == 0:
                    one.listen(1)
            except OSError:
                pass
            ring.append(one)
            if len(ring) > 500:
                ring.pop(0).close()
        for one in ring:
            one.close()


def main():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if sys.argv[1] == "odd":
        odd(sys.argv[2], sys.argv[3])
    elif sys.argv[1] == "own":
        own()
    print("ready", flush=True)
    if sys.argv[1] == "churn":
        churn()
    while True:
        time.sleep(60)


main()
