#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many ports, open and closed as told, for golden.bash; and what it compares, for to start
another Python takes longer than that.

usage: golden_ports.py ASKED ANSWERED; both are FIFOs. A line of the first is a command, and when
it is done there is a line in the second: ok, or what went wrong.

open tcp PORT ADDRESS...           whoever connects may stay until he speaks or leaves
open udp PORT silent ADDRESS...    somebody is there and says nothing
open udp PORT answers ADDRESS...   every datagram is sent back
close tcp|udp PORT ADDRESS...
compare WORD...                    golden_compare.py's; not ok: there is something to read
"""
import selectors
import socket
import sys

import golden_compare

KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


class Ports:
    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.listeners = {}

    def on(self, sock, what):
        sock.setblocking(False)
        self.selector.register(sock, selectors.EVENT_READ, what)

    def drop(self, sock):
        self.selector.unregister(sock)
        sock.close()

    def accept(self, listener):
        caller, _ = listener.accept()
        self.on(caller, self.hang_up)

    def hang_up(self, caller):
        try:
            caller.recv(65536)
        except OSError:
            pass
        self.drop(caller)

    @staticmethod
    def stay_silent(sock):
        sock.recvfrom(65536)

    @staticmethod
    def send_back(sock):
        message, client = sock.recvfrom(65536)
        sock.sendto(message, client)

    def open(self, transport, port, *words):
        what = self.accept
        if transport == "udp":
            what = {"silent": self.stay_silent, "answers": self.send_back}[words[0]]
            words = words[1:]
        for address in words:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            sock = socket.socket(family, KINDS[transport])
            # Who left just now shall not keep us from listening; of two that listen to one
            # UDP port, however, one would be deaf.
            if transport == "tcp":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((address, int(port)))
            if transport == "tcp":
                sock.listen(128)
            self.on(sock, what)
            self.listeners[transport, port, address] = sock

    def close(self, transport, port, *addresses):
        for address in addresses:
            self.drop(self.listeners.pop((transport, port, address)))

    def obey(self, line):
        command, *words = line.split()
        try:
            if command == "compare":
                return "not ok" if golden_compare.main(*words) else "ok"
            {"open": self.open, "close": self.close}[command](*words)
        except (OSError, LookupError, ValueError) as error:
            return f"{line}: {error!r}"
        return "ok"

    def run(self, asked, answered):
        rest = b""
        self.on(asked, None)
        while True:
            for key, _ in self.selector.select():
                if key.data:
                    # An earlier event of the same turn may have closed it.
                    if key.fileobj.fileno() >= 0:
                        key.data(key.fileobj)
                    continue
                *lines, rest = (rest + asked.recv(65536)).split(b"\n")
                for line in lines:
                    answered.write(self.obey(line.decode()) + "\n")
                    answered.flush()


class Fifo:
    """A FIFO that reads like a socket, and has no end: we hold it open ourselves."""

    def __init__(self, path):
        # pylint: disable-next=consider-using-with
        self.file = open(path, "r+b", buffering=0)

    def fileno(self):
        return self.file.fileno()

    def setblocking(self, _):
        pass

    def recv(self, most):
        return self.file.read(most)


if __name__ == "__main__":
    with open(sys.argv[2], "w", encoding="utf-8") as answers:
        Ports().run(Fifo(sys.argv[1]), answers)
