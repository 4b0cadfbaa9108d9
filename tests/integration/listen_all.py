#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Listens at each tcp/PORT and udp/PORT over IPv4 and IPv6, and writes a line for every
datagram and connection into a file: tcp/443 FROM. Says ready when all listen."""
import select
import socket
import sys

sockets = {}
for word in sys.argv[2:]:
    kind, port = word.split("/")
    tcp = kind == "tcp"
    listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.bind(("::", int(port)))
    if tcp:
        listener.listen(64)
    sockets[listener] = word

with open(sys.argv[1], "a", buffering=1) as seen:
    seen.write("ready\n")
    while True:
        for ready in select.select(list(sockets), [], [])[0]:
            if sockets[ready].startswith("tcp"):
                connection, sender = ready.accept()
                connection.close()
            else:
                sender = ready.recvfrom(2000)[1]
            seen.write(f"{sockets[ready]} {sender[0]}\n")
