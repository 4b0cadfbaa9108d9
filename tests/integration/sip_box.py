# SPDX-License-Identifier: Apache-2.0
"""
Boxes between a telephone and its PBX, each with a habit of its own:

    sip_box.py HABIT ADDRESS SERVER [OTHER]

listens at ADDRESS, port 5060, and passes on to SERVER, over UDP and TCP, IPv4 and IPv6.
nat       changes nothing but the address and port the server sees
alg       writes its own address over ours in Via, From, Call-ID and Contact
alg_via   in Via alone
polite    as alg, but puts ours back into what the server answers
elsewhere answers from OTHER
lossy     loses the first two datagrams from each port
forger    says at once, in the server's place, what it cannot know
"""
import re
import selectors
import socket
import sys

REWRITES = {"alg": ("Via", "From", "Call-ID", "Contact"), "alg_via": ("Via",),
            "polite": ("Via", "From", "Call-ID", "Contact")}
FORGERY = (b"SIP/2.0 401 Forged\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKforged\r\n"
           b"From: <sip:ucposture@192.0.2.1>;tag=forged\r\nTo: <sip:x>;tag=forged\r\n"
           b"Call-ID: forged@192.0.2.1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")


def spelled(name):
    return f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"


class Box:
    def __init__(self, habit, address, server, other=None):
        self.habit, self.address, self.server = habit, address, server
        self.family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.selector = selectors.DefaultSelector()
        self.heard, self.upstream = {}, {}
        self.udp = self.bound(socket.SOCK_DGRAM, address, 5060)
        self.speaker = self.bound(socket.SOCK_DGRAM, other, 5060) if other else self.udp
        self.tcp = self.bound(socket.SOCK_STREAM, address, 5060)
        self.tcp.listen(8)
        self.on(self.udp, self.datagram_came)
        self.on(self.tcp, self.called)

    def bound(self, kind, address, port):
        sock = socket.socket(self.family, kind)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, port))
        return sock

    def on(self, sock, what):
        self.selector.register(sock, selectors.EVENT_READ, what)

    def rewrite(self, message, old, new, back=False):
        if self.habit not in REWRITES or (back and self.habit != "polite"):
            return message
        old, new = spelled(old).encode(), spelled(new).encode()
        for name in REWRITES[self.habit]:
            pattern = rb"(?im)^(%s:[^\r\n]*?)%s" % (name.encode(), re.escape(old))
            message = re.sub(pattern, lambda found: found[1] + new, message)
        return message

    def datagram_came(self, sock):
        message, client = sock.recvfrom(65535)
        self.heard[client] = self.heard.get(client, 0) + 1
        if self.habit == "lossy" and self.heard[client] <= 2:
            return
        if self.habit == "forger":
            self.speaker.sendto(FORGERY, client)
        if client not in self.upstream:
            self.upstream[client] = self.bound(socket.SOCK_DGRAM, self.address, 0)
            self.upstream[client].connect((self.server, 5060))
            self.on(self.upstream[client], lambda up: self.datagram_back(up, client))
        up = self.upstream[client]
        up.send(self.rewrite(message, client, up.getsockname()))

    def datagram_back(self, up, client):
        message = self.rewrite(up.recv(65535), up.getsockname(), client, back=True)
        self.speaker.sendto(message, client)

    def called(self, sock):
        down, client = sock.accept()
        up = self.bound(socket.SOCK_STREAM, self.address, 0)
        up.connect((self.server, 5060))
        here = up.getsockname()
        self.on(down, lambda s: self.pass_on(s, up, lambda m: self.rewrite(m, client, here)))
        self.on(up, lambda s: self.pass_on(s, down, lambda m: self.rewrite(m, here, client, True)))

    def pass_on(self, source, to, change):
        try:
            message = source.recv(65535)
            if message:
                to.sendall(change(message))
                return
        except OSError:
            # Who only looks whether a port is open resets.
            pass
        for sock in (source, to):
            self.selector.unregister(sock)
            sock.close()

    def run(self):
        while True:
            for key, _ in self.selector.select():
                if key.fileobj.fileno() >= 0:
                    key.data(key.fileobj)


if __name__ == "__main__":
    Box(*sys.argv[1:]).run()
