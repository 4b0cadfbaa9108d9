# SPDX-License-Identifier: Apache-2.0
"""What clients of plain text see: whether STARTTLS is listed and taken, and who speaks there.
smtp, imap, pop3, ftp and http by Python's library; for the others it has none, a few bytes of
their standard. Used by tls_compare.py."""

import ftplib
import http.client
import imaplib
import poplib
import smtplib
import socket

from tls_truth import Claims

SECONDS = 5
FAULTS = (OSError, smtplib.SMTPException, imaplib.IMAP4.error, poplib.error_proto,
          http.client.HTTPException, EOFError) + ftplib.all_errors


def exchange(case, address, *messages):
    """What is answered to each."""
    with socket.create_connection((address, case.port), SECONDS) as peer:
        answers = []
        for message in messages:
            peer.sendall(message)
            answers.append(peer.recv(8192))
        return answers


# --- (listed, taken) -------------------------------------------------------------------

def smtp(case, address):
    peer = smtplib.SMTP(address, case.port, timeout=SECONDS)
    peer.ehlo("test.example")
    return peer.has_extn("starttls"), peer.docmd("STARTTLS")[0] == 220


def imap(case, address):
    peer = imaplib.IMAP4(address, case.port, timeout=SECONDS)
    listed = "STARTTLS" in peer.capabilities
    try:
        return listed, peer.xatom("STARTTLS")[0] == "OK"
    except imaplib.IMAP4.error:
        return listed, False


def pop3(case, address):
    peer = poplib.POP3(address, case.port, timeout=SECONDS)
    listed = "STLS" in peer.capa()
    try:
        return listed, peer._shortcmd("STLS").startswith(b"+OK")
    except poplib.error_proto:
        return listed, False


def ftp(case, address):
    peer = ftplib.FTP()
    peer.connect(address, case.port, timeout=SECONDS)
    try:
        listed = "AUTH TLS" in peer.sendcmd("FEAT")
    except ftplib.Error:
        listed = False
    try:
        return listed, peer.sendcmd("AUTH TLS").startswith("234")
    except ftplib.Error:
        return listed, False


def xmpp(case, address, kind="client"):
    """RFC 6120 chapter 5."""
    with socket.create_connection((address, case.port), SECONDS) as peer:
        peer.sendall(f"<?xml version='1.0'?><stream:stream to='{case.get('name')}' version='1.0'"
                     f" xmlns='jabber:{kind}' xmlns:stream='http://etherx.jabber.org/streams'>"
                     .encode())
        said = b""
        while b"</stream:features>" not in said:
            more = peer.recv(8192)
            if not more:
                raise OSError("no features")
            said += more
        peer.sendall(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        return b"<starttls" in said, b"<proceed" in peer.recv(8192)


def xmpp_server(case, address):
    return xmpp(case, address, "server")


# These have no list: what is taken is offered.

def ldap(case, address):
    """RFC 4511 4.14: the result of the extended request is 0."""
    request = bytes.fromhex("301d02010177188016") + b"1.3.6.1.4.1.1466.20037"
    answer = exchange(case, address, request)[0]
    taken = answer[answer.index(b"\x78") + 2:][:3] == b"\x0a\x01\x00"
    return taken, taken


def postgres(case, address):
    """SSLRequest of the PostgreSQL protocol, 3.0."""
    taken = exchange(case, address, bytes.fromhex("0000000804d2162f"))[0] == b"S"
    return taken, taken


def rdp(case, address):
    """MS-RDPBCGR 2.2.1.2: the confirmation names a protocol above 0."""
    request = bytes.fromhex("030000130ee000000000000100080001000000")
    answer = exchange(case, address, request)[0]
    taken = len(answer) >= 19 and answer[11] == 2 and answer[15] & 3 != 0
    return taken, taken


def mssql(case, address):
    """MS-TDS 2.2.6.5: the answer's ENCRYPTION is on or required."""
    request = bytes.fromhex("1201001a00000000" "00000b0006" "0100110001" "ff"
                            "0f0000000000" "01")
    options = exchange(case, address, request)[0][8:]
    at = 0
    while options[at] != 0xff:
        if options[at] == 1:
            taken = options[options[at + 1] << 8 | options[at + 2]] in (1, 3)
            return taken, taken
        at += 5
    return False, False


ASKING = {"smtp": smtp, "imap": imap, "pop3": pop3, "ftp": ftp, "xmpp": xmpp, "ldap": ldap,
          "xmpp-server": xmpp_server, "postgres": postgres, "rdp": rdp, "mssql": mssql}


def word_of(asking, case):
    """offered, refused, absent; or stripped: taken though not listed, or by a box in front of
    a server that lists it."""
    listed, taken = asking(case, case.address)
    if not listed and (taken or (case.get("direct") and asking(case, case.get("direct"))[0])):
        return "stripped"
    return "offered" if taken else "refused" if listed else "absent"


def starttls_claims(case):
    claims = Claims("python")
    asking = ASKING.get(case.get("starttls"))
    if asking is None or case.without("python"):
        return claims
    try:
        claims.say("tls.starttls", word_of(asking, case))
    except FAULTS:
        pass
    return claims


# --- who speaks plain text -----------------------------------------------------------------

def web(case, address):
    peer = http.client.HTTPConnection(address, case.port, timeout=SECONDS)
    peer.request("GET", "/")
    return peer.getresponse().status > 0


def plain_claims(case):
    """The protocol whose client gets on with the server."""
    claims, word = Claims("python"), case.get("plain")
    speaking = {**ASKING, "http": web}.get(word)
    if speaking is None:
        return claims
    try:
        speaking(case, case.address)
        claims.say("tls.plain_text", word)
    except FAULTS:
        pass
    return claims
