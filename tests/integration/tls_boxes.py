# SPDX-License-Identifier: Apache-2.0
"""What stands between us and a server, or in the place of one that Debian lacks.

    tls_boxes.py strip ADDRESS PORT SERVER    takes the offer of TLS out of lists of abilities
    tls_boxes.py mask ADDRESS PORT SERVER     writes XXXXXXXA over it, and over the command
    tls_boxes.py refuse ADDRESS PORT SERVER   leaves the list, and refuses the command
    tls_boxes.py mssql ADDRESS PORT CERTIFICATE KEY ENCRYPTION
        stands in for a SQL Server: pre-login, and a real OpenSSL behind it, whose records
        travel in packets of TDS; ENCRYPTION is 0 (for logins, or if asked), 1, 2 (never), 3
"""

import re
import socket
import ssl
import sys
import threading

OFFERS = (
    (rb"250-STARTTLS\r\n", b""), (rb" STARTTLS\b", b""), (rb"\r\nSTLS\r\n", b"\r\n"),
    (rb" AUTH (TLS|SSL)\r\n", b""), (rb"<starttls[^>]*/>|<starttls.*?</starttls>", b""),
)
COMMAND = re.compile(rb"^((\S+ )?STARTTLS|STLS|AUTH TLS|<starttls[^>]*>)\s*$", re.I)
REFUSALS = ((rb"STARTTLS", b"454 TLS not available\r\n"), (rb"STLS", b"-ERR not now\r\n"),
            (rb"(\S+) STARTTLS", rb"\1 NO not now\r\n"), (rb"AUTH TLS", b"431 not now\r\n"),
            (rb"<starttls.*", b"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>"))


def listen(address, port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(50)
    while True:
        peer, _ = listener.accept()
        yield peer


# --- boxes ----------------------------------------------------------------------------------

def from_server(mode, data):
    if mode == "strip":
        for offer, instead in OFFERS:
            data = re.sub(offer, instead, data)
    elif mode == "mask":
        data = data.replace(b"STARTTLS", b"XXXXXXXA")
    return data


def refusal(command):
    for pattern, answer in REFUSALS:
        found = re.fullmatch(pattern, command.strip(), re.I)
        if found:
            return found.expand(answer)
    return None


def pump(source, target, change):
    """Until one hangs up. Behind the first byte of TLS nothing is changed."""
    plain = True
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            plain = plain and data[0] not in (0x15, 0x16)
            data = change(data) if plain else data
            if data:
                target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def stand_between(mode, client, server):
    def from_client(data):
        if mode == "mask" and COMMAND.match(data):
            return re.sub(rb"STARTTLS", b"XXXXXXXX", data, flags=re.I)
        if mode == "refuse" and COMMAND.match(data):
            client.sendall(refusal(data))
            return b""
        return data

    threading.Thread(target=pump, args=(client, server, from_client), daemon=True).start()
    threading.Thread(target=pump, args=(server, client, lambda data: from_server(mode, data)),
                     daemon=True).start()


# --- a SQL Server ------------------------------------------------------------------------------

def receive(peer, count):
    data = b""
    while len(data) < count:
        more = peer.recv(count - len(data))
        if not more:
            raise OSError("gone")
        data += more
    return data


def take_packet(peer):
    head = receive(peer, 8)
    return receive(peer, int.from_bytes(head[2:4], "big") - 8)


def put_packets(peer, kind, data):
    while data:
        part, data = data[:4088], data[4088:]
        peer.sendall(bytes([kind, not data]) + (len(part) + 8).to_bytes(2, "big") + bytes(4) + part)


def shake_hands(peer, context):
    came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(came, goes, server_side=True)
    while True:
        try:
            tls.do_handshake()
            done = True
        except ssl.SSLWantReadError:
            done = False
        except ssl.SSLError:
            put_packets(peer, 0x12, goes.read())
            return
        put_packets(peer, 0x12, goes.read())
        if done:
            return
        came.write(take_packet(peer))


def client_wants(prelogin):
    """Its ENCRYPTION."""
    at = 0
    while prelogin[at] not in (1, 0xff):
        at += 5
    return prelogin[prelogin[at + 1] << 8 | prelogin[at + 2]] if prelogin[at] == 1 else 0


def serve_database(peer, context, encryption):
    try:
        peer.settimeout(20)
        wanted = client_wants(take_packet(peer))
        if encryption == 0 and wanted in (1, 3):
            encryption = 1
        # VERSION, ENCRYPTION
        put_packets(peer, 0x04, bytes.fromhex("00000b0006010011" "0001ff" "0f0007d00000")
                    + bytes([encryption]))
        if encryption != 2:
            shake_hands(peer, context)
    except OSError:
        pass
    peer.close()


def main():
    mode, address, port, *rest = sys.argv[1:]
    if mode == "mssql":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(rest[0], rest[1])
    for peer in listen(address, int(port)):
        if mode == "mssql":
            threading.Thread(target=serve_database, args=(peer, context, int(rest[2])),
                             daemon=True).start()
            continue
        try:
            stand_between(mode, peer, socket.create_connection((rest[0], int(port)), 5))
        except OSError:
            peer.close()


if __name__ == "__main__":
    main()
