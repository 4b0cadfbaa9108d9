#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Peers that no web server would be, for vendor_world.bash.

usage: vendor_strangers.py FILE CERTIFICATES READY; a line of FILE is ADDRESS PORT MODE
SCHEME NAME, and READY an address and port that listens when all of them do. The modes:
silent, closes, resets, garbage, endless_head, endless_body; all but silent, closes and
resets behind TLS when the scheme is https.
"""
import asyncio
import socket
import ssl
import struct
import sys

FLOOD = 16384


async def flood(writer, chunk):
    while not writer.transport.is_closing():
        writer.write(chunk)
        await writer.drain()
        # Even who reads faster than we write leaves some time to the others.
        await asyncio.sleep(0)


async def behave(mode, reader, writer):
    if mode == "silent":
        await reader.read()
    elif mode == "closes":
        # Who leaves with words unheard resets the connection.
        await reader.read(FLOOD)
    elif mode == "resets":
        await reader.read(FLOOD)
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif mode == "garbage":
        writer.write(b"\x00\xff" * 64)
        await writer.drain()
    elif mode == "endless_head":
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n")
        await flood(writer, b"X-More: " + b"m" * 1000 + b"\r\n")
    elif mode == "endless_body":
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        await flood(writer, b"b" * FLOOD)


def peer(mode):
    async def serve(reader, writer):
        try:
            await behave(mode, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
    return serve


def context_for(folder, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/{name}.chain.pem", f"{folder}/{name}.key")
    return context


async def main(file, folder, ready):
    servers = []
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            address, port, mode, scheme, name = line.split()
            secure = scheme == "https" and mode not in ("silent", "closes", "resets")
            servers.append(await asyncio.start_server(
                peer(mode), address, int(port), ssl=context_for(folder, name) if secure else None))
    host, _, port = ready.rpartition(":")
    servers.append(await asyncio.start_server(peer("closes"), host, int(port)))
    await asyncio.gather(*(server.serve_forever() for server in servers))


asyncio.run(main(*sys.argv[1:]))
