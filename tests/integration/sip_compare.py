# SPDX-License-Identifier: Apache-2.0
"""
Asks SIP servers with a small client of its own, lets `ucposture observe sip` ask too, and holds
one against the other, and both against what a case says of its server:

    sip_compare.py CASES

A case is a line of words parted by tabs: a name, udp, tcp or tls, an address, a port, and
KEY=VALUE for what must be so: `ends` (how the observation ends) or a fact without its "sip.".
"""
import concurrent.futures
import json
import os
import random
import re
import socket
import ssl
import subprocess
import sys
import time

TIMEOUT = 3
AT_ONCE = 6
PARTS = ("via", "call_id", "cseq", "from", "to", "contact")
FACTS = ("status", "status_class", "reason_phrase", "server", "user_agent", "allow", "supported",
         "auth", "realm", "via_intact", "rewritten", "nat", "same_address", "answer_from")
CLASSES = ("", "provisional", "success", "redirection", "client_error", "server_error",
           "global_error")


class Failed(Exception):
    pass


def host(address):
    return f"[{address}]" if ":" in address else address


class Client:
    """RFC 3261 as far as OPTIONS goes, written without looking at how ucposture does it."""

    def __init__(self, transport, address, port):
        self.transport, self.peer = transport, (address, port)
        self.id = f"{random.getrandbits(80):x}"
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        self.socket = socket.socket(family, kind)
        self.buffer = b""
        if transport == "udp":
            # A socket that is not connected is told of refusals only when it asks for them.
            for level, option in ((socket.IPPROTO_IP, 11), (socket.IPPROTO_IPV6, 25)):
                if (level == socket.IPPROTO_IPV6) == (family == socket.AF_INET6):
                    self.socket.setsockopt(level, option, 1)
            probe = socket.socket(family, kind)
            probe.connect(self.peer)
            self.socket.bind((probe.getsockname()[0], 0))
            probe.close()
        else:
            self.socket.settimeout(TIMEOUT)
            self.connect()
        self.here = self.socket.getsockname()[:2]

    def connect(self):
        try:
            self.socket.connect(self.peer)
        except ConnectionRefusedError:
            raise Failed("failed connect refused") from None
        if self.transport == "tls":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            try:
                self.socket = context.wrap_socket(self.socket)
            except (ssl.SSLError, ConnectionError):
                raise Failed("failed handshake not_this_protocol") from None

    def request(self):
        here, there = f"{host(self.here[0])}:{self.here[1]}", f"{host(self.peer[0])}:{self.peer[1]}"
        self.ours = {
            "via": f"SIP/2.0/{self.transport.upper()} {here};branch=z9hG4bK{self.id};rport",
            "from": f"<sip:truth@{here}>;tag=T{self.id}", "to": f"<sip:{there}>",
            "call_id": f"{self.id}@{here}", "cseq": "7 OPTIONS", "contact": f"<sip:truth@{here}>",
        }
        names = {"call_id": "Call-ID", "cseq": "CSeq"}
        lines = [f"OPTIONS sip:{there} SIP/2.0"]
        lines += [f"{names.get(part, part.title())}: {self.ours[part]}" for part in PARTS]
        lines += ["Max-Forwards: 70", "Content-Length: 0", "", ""]
        return "\r\n".join(lines).encode()

    def messages(self):
        request = self.request()
        if self.transport != "udp":
            self.socket.sendall(request)
        else:
            self.socket.sendto(request, self.peer)
        again, until = time.monotonic() + 0.3, time.monotonic() + TIMEOUT
        while time.monotonic() < until:
            self.socket.settimeout(0.1 if self.transport == "udp" else TIMEOUT)
            try:
                bytes_, sender = self.receive()
            except socket.timeout:
                if self.transport == "udp" and time.monotonic() > again:
                    self.socket.sendto(request, self.peer)
                    again += 0.3
                continue
            except ConnectionRefusedError:
                raise Failed("failed connect refused") from None
            yield bytes_.decode("utf-8", "replace"), sender
        raise Failed("failed reply timed_out")

    def receive(self):
        if self.transport == "udp":
            bytes_, sender = self.socket.recvfrom(65535)
            return bytes_, sender[:2]
        while b"\r\n\r\n" not in self.buffer:
            more = self.socket.recv(65535)
            if not more:
                raise Failed("failed reply " + ("not_this_protocol" if self.buffer else "closed_early"))
            self.buffer += more
            if not b"SIP/2.0 ".startswith(self.buffer[:8]) and self.buffer[:8] != b"SIP/2.0 ":
                raise Failed("failed reply not_this_protocol")
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        length = re.search(rb"(?im)^content-length\s*:\s*(\d+)", head)
        body = int(length[1]) if length else 0
        while len(self.buffer) < body:
            self.buffer += self.socket.recv(65535)
        self.buffer = self.buffer[body:]
        return head, self.peer

    def close(self):
        if self.transport == "tls":
            try:
                self.socket.unwrap()
            except OSError:
                pass
        self.socket.close()


def fields_of(message):
    fields = {}
    short = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "k": "supported"}
    head = re.sub(r"\r\n[ \t]+", " ", message.split("\r\n\r\n")[0])
    for line in head.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        name = name.strip().lower()
        fields.setdefault(short.get(name, name), []).append(value.strip())
    return fields


def same_end(text, name):
    """Whether host:port is ours, however IPv6 is spelled."""
    match = re.fullmatch(r"\[?([^\]]*?)\]?(?::(\d+))?", text)
    family = socket.AF_INET6 if ":" in name[0] else socket.AF_INET
    try:
        return (socket.inet_pton(family, match[1]) == socket.inet_pton(family, name[0])
                and int(match[2] or 5060) == name[1])
    except OSError:
        return False


def rewritten(client, fields):
    found = set()
    ours = client.ours
    via = fields.get("via", [""])
    sent_by = via[0].split(";")[0].split()[-1] if via[0] else ""
    if len(via) != 1 or "," in via[0] or not same_end(sent_by, client.here) \
            or f"branch=z9hG4bK{client.id}" not in via[0]:
        found.add("via")
    for part, name in (("call_id", "call-id"), ("cseq", "cseq"), ("from", "from")):
        if fields.get(name, [""])[0] != ours[part]:
            found.add(part)
    if fields.get("to", [""])[0].split(";")[0] != ours["to"]:
        found.add("to")
    for contact in fields.get("contact", []):
        if "sip:truth@" in contact and ours["contact"] not in contact:
            found.add("contact")
    return [part for part in PARTS if part in found]


def is_ours(client, fields):
    text = json.dumps(fields)
    return f"z9hG4bK{client.id}" in text or client.ours["call_id"] in text \
        or (f"T{client.id}" in text and "7 OPTIONS" in text)


def nat_of(client, via):
    received = re.search(r";received=\[?([^;\]]+)", via)
    port = re.search(r";rport=(\d+)", via)
    if (not received and not port) or "z9hG4bK" + client.id not in via:
        return None
    seen = (received[1] if received else client.here[0], int(port[1]) if port else client.here[1])
    return not same_end(f"{host(seen[0])}:{seen[1]}", client.here)


def auth_of(status, fields):
    name = {401: "www-authenticate", 407: "proxy-authenticate"}.get(status)
    if not name:
        return "none", None
    value = fields.get(name, [""])[0]
    realm = re.search(r'realm="((?:[^"\\]|\\.)*)"', value)
    scheme = value.split(" ")[0].lower()
    return scheme if scheme in ("digest", "basic") else "other", realm and re.sub(r"\\(.)", r"\1", realm[1])


def words_of(fields, name):
    if name not in fields:
        return None
    return [word.strip() for line in fields[name] for word in line.split(",") if word.strip()]


def truth(transport, address, port):
    try:
        client = Client(transport, address, port)
    except Failed as failed:
        return {"ends": str(failed)}
    try:
        for message, sender in client.messages():
            status = re.match(r"SIP/2\.0 (\d{3}) ?([^\r]*)", message)
            if not status:
                if sender == client.peer and not message.startswith("OPTIONS"):
                    raise Failed("failed reply not_this_protocol")
                continue
            fields = fields_of(message)
            if int(status[1]) < 200 or not is_ours(client, fields):
                continue
            changed = rewritten(client, fields)
            auth, realm = auth_of(int(status[1]), fields)
            return {
                "ends": "observed", "status": int(status[1]),
                "status_class": CLASSES[int(status[1][0])],
                "reason_phrase": status[2] or None, "server": fields.get("server", [None])[0],
                "user_agent": fields.get("user-agent", [None])[0],
                "allow": words_of(fields, "allow"), "supported": words_of(fields, "supported"),
                "auth": auth, "realm": realm, "via_intact": "via" not in changed,
                "rewritten": changed, "nat": nat_of(client, fields.get("via", [""])[0]),
                "same_address": sender == client.peer,
                "answer_from": f"{host(sender[0])}:{sender[1]}",
            }
    except Failed as failed:
        return {"ends": str(failed)}
    finally:
        client.close()


def ours(transport, address, port):
    done = subprocess.run(
        [os.environ["UCPOSTURE"], "observe", "sip", f"{transport}/{port}", address,
         f"--timeout={TIMEOUT}", "--format=json"], stdout=subprocess.PIPE, check=False)
    seen = json.loads(done.stdout)
    if seen["outcome"] != "observed":
        return {"ends": f"failed {seen['stage']} {seen['reason']}"}
    facts = {name: seen["facts"].get("sip." + name) for name in FACTS}
    facts["ends"] = "observed"
    if not 0 < seen["facts"]["sip.seconds"] < TIMEOUT:
        facts["ends"] = f"observed in {seen['facts']['sip.seconds']} s"
    return facts


def shown(value):
    if value is None:
        return "-"
    if isinstance(value, list):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def compare(name, transport, address, port, *expectations):
    expected = dict(word.split("=", 1) for word in expectations)
    said, seen = truth(transport, address, int(port)), ours(transport, address, int(port))
    faults = [f"{key}: we see {shown(seen.get(key))}, the client {shown(said.get(key))}"
              for key in sorted(set(said) | set(seen)) if shown(said.get(key)) != shown(seen.get(key))]
    faults += [f"{key}: we see {shown(seen.get(key))}, it is {value}"
               for key, value in expected.items() if shown(seen.get(key)) != value]
    line = " ".join([f"{name}: {seen['ends']}", shown(seen.get("status"))] +
                    [f"{key}={shown(seen.get(key))}" for key in ("rewritten", "nat", "auth")])
    return not faults, "\n     ".join([("FAIL " if faults else "ok   ") + line] + faults)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = [line.rstrip("\n").split("\t") for line in file]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(lambda case: compare(*case), cases))
    print("\n".join(told for _, told in results))
    sys.exit(0 if results and all(fine for fine, _ in results) else 1)
