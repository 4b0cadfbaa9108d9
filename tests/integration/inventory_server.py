# SPDX-License-Identifier: Apache-2.0
"""A server of inventories with all its moods: inventory_server.py FOLDER [CERT KEY].

Serves over IPv4 and IPv6 of loopback, writes its port into FOLDER/port once it listens and
each request into FOLDER/asked: the path, and what was said in Authorization.
"""

import http.server
import os
import socket
import ssl
import sys
import time

FOLDER = sys.argv[1]
LIST = b'[{"targets": ["127.0.0.1", "[::1]"], "labels": {"__ucposture_profiles": "p"}}]'


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def say(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(600):
            self.wfile.write(b"[")
            self.wfile.flush()
            time.sleep(0.1)

    def do_GET(self):
        with open(os.path.join(FOLDER, "asked"), "a", encoding="ascii") as asked:
            asked.write(f"{self.path} {self.headers.get('Authorization')}\n")
        try:
            self.answer()
        except OSError:
            self.close_connection = True

    def answer(self):
        if self.path == "/list.json":
            self.say(200, LIST, Content_Type="application/json")
        elif self.path == "/three.json":
            self.say(200, LIST + b" " * (3 * 1024 * 1024 - len(LIST)))
        elif self.path == "/big.json":
            self.say(200, b"[" + b" " * 10_000_000 + b"]")
        elif self.path == "/drip.json":
            self.drip()
        elif self.path == "/broken.json":
            self.say(200, b'[\n{"targets": [')
        elif self.path == "/moved":
            self.say(301, b"", Location="/list.json")
        elif self.path == "/elsewhere":
            self.say(302, b"", Location="http://192.0.2.9/list.json")
        elif self.path == "/private.json":
            good = self.headers.get("Authorization") == "Token canary-4711"
            self.say(200 if good else 403, LIST if good else b"")
        else:
            self.say(404, b"")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    address_family = socket.AF_INET6

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


def main():
    server = Server(("::", 0), Handler)
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True,
                                            do_handshake_on_connect=False)
    with open(os.path.join(FOLDER, "port.new"), "w", encoding="ascii") as port:
        port.write(str(server.server_port))
    os.rename(os.path.join(FOLDER, "port.new"), os.path.join(FOLDER, "port"))
    server.serve_forever()


main()
