#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# TLS servers that do not want to be looked at, on loopback: endless and tiny records, chains
# and keys beyond all measure, servers that stop after each message, or drip. Each must be told
# with a stage and a reason, within the deadline and a second, in bounded memory; and what was
# shown of a certificate must be told however the conversation ends.
import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time

PROGRAM = os.environ["UCPOSTURE"]
# Whatever they make a prober do, it needs no system call that its fence forbids.
os.environ["UCPOSTURE_FENCE"] = "kill"
TIMEOUT = 2
SPARE_SECONDS = 1
MEMORY_MOST_KIB = 64 * 1024
AT_ONCE = 4
chance = random.Random(3)

# --- certificates that nobody has signed -------------------------------------


def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def number(value):
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def name(common):
    return der(0x30, der(0x31, der(0x30, bytes.fromhex("0603550403"), der(12, common))))


def when(seconds):
    return der(24, time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + seconds)).encode())


DAY = 86400
SHA256_RSA = der(0x30, bytes.fromhex("06092a864886f70d01010b0500"))
RSA = der(0x30, bytes.fromhex("06092a864886f70d0101010500"))


def certificate(subject=b"pbx.example", issuer=b"nobody", ends=90 * DAY, bits=2048, names=()):
    modulus = chance.getrandbits(bits) | 1 << (bits - 1) | 1
    key = der(0x30, RSA, der(3, b"\0", der(0x30, number(modulus), number(65537))))
    parts = [der(0xa0, number(2)), number(chance.getrandbits(64) | 1 << 62), SHA256_RSA,
             name(issuer), der(0x30, when(-30 * DAY), when(ends)), name(subject), key]
    if names:
        listed = der(0x30, *[der(0x82, each) for each in names])
        parts.append(der(0xa3, der(0x30, der(0x30, bytes.fromhex("0603551d11"), der(4, listed)))))
    body = der(0x30, *parts)
    return der(0x30, body, SHA256_RSA, der(3, b"\0", chance.randbytes(256)))


# --- what a server says ------------------------------------------------------


def u24(value):
    return value.to_bytes(3, "big")


def message(kind, body):
    return bytes([kind]) + u24(len(body)) + body


def record(kind, body, version=b"\x03\x03"):
    return bytes([kind]) + version + struct.pack(">H", len(body)) + body


def records(body, most=16384):
    return b"".join(record(22, body[at:at + most]) for at in range(0, len(body), most))


def alert(description, level=2):
    return record(21, bytes([level, description]))


def hello(suite=0xc02f, extensions=b"", random_bytes=bytes(32)):
    tail = struct.pack(">H", len(extensions)) + extensions if extensions else b""
    return message(2, b"\x03\x03" + random_bytes + b"\0" + struct.pack(">HB", suite, 0) + tail)


def chain(*elements):
    body = b"".join(u24(len(element)) + element for element in elements)
    return message(11, u24(len(body)) + body)


DONE = message(14, b"")
RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
IS_1_3 = bytes.fromhex("002b00020304")
GOOD = certificate(names=[b"pbx.example"])
OLD = certificate(subject=b"old.example", ends=-DAY, names=[b"old.example"])
ODD = certificate(subject=b"pbx.example\0.evil\x1b[2J\x07\r\n\xe2\x80\xae",
                  names=[b"pbx.example\0.evil", b"\x1b]0;owned\x07"])


def send(*parts):
    def serve(peer, _hello):
        for part in parts:
            peer.sendall(part)
    return serve


def then_wait(*parts):
    def serve(peer, said):
        send(*parts)(peer, said)
        while peer.recv(4096):
            pass
    return serve


def endlessly(*parts, first=b""):
    def serve(peer, _hello):
        peer.sendall(first)
        while True:
            for part in parts:
                peer.sendall(part)
    return serve


def dripping(whole, pause=0.1):
    def serve(peer, _hello):
        for at in range(len(whole)):
            peer.sendall(whole[at:at + 1])
            time.sleep(pause)
    return serve


def only_1_3(serve):
    """Alerts protocol_version, as servers of 1.3 alone do, until 1.3 is offered."""
    def choose(peer, said):
        if IS_1_3[:2] not in said or b"\x02\x03\x04" not in said:
            peer.sendall(alert(70))
        else:
            serve(peer, said)
    return choose


def offered(said):
    """The suites of a hello, and whether it has extensions."""
    at = 5 + 4 + 2 + 32
    at += 1 + said[at]
    length = int.from_bytes(said[at:at + 2], "big")
    suites = said[at + 2:at + 2 + length]
    at += 2 + length
    return ({suites[i:i + 2] for i in range(0, length, 2)}, len(said) > at + 1 + said[at])


def only_anonymous(peer, said):
    if b"\x00\x34" in offered(said)[0]:
        peer.sendall(records(hello(0x0034)))
    else:
        peer.sendall(alert(40))


def without_extensions(peer, said):
    if offered(said)[1]:
        peer.close()
    else:
        peer.sendall(records(hello(0x002f) + chain(GOOD)))


def retrying(peer, said):
    extensions = IS_1_3 + bytes.fromhex("002c0004000261ff")
    while said:
        peer.sendall(records(hello(0x1301, extensions, RETRY_RANDOM)))
        said = peer.recv(65536)


SHARE = bytes.fromhex("00330024001d0020") + bytes([9]) + bytes(31)
ENCRYPTED = record(23, chance.randbytes(400))

# --- scenes ------------------------------------------------------------------

ALL = {"cert." + each for each in (
    "subject issuer serial not_before not_after not_yet_valid expired self_signed trusted"
    " trust_error name_match wildcard key key_bits signature sha256 spki_sha256 chain").split()}
# Whether it is trusted cannot be said when an issuer may be in what did not come.
PART = ALL - {"cert.trusted", "cert.trust_error"}
OBSERVED = None


class Scene:
    """How it ends, as (stage, reason)s of which one must be; facts that must be there."""

    def __init__(self, serve, ends, facts=(), **values):
        self.serve, self.ends, self.facts, self.values = serve, ends, set(facts), values


WHOLE = hello() + chain(GOOD) + DONE
TIMED_OUT = [("handshake", "timed_out")]
CLOSED = [("handshake", "closed_early"), ("handshake", "reset")]
MALFORMED = [("handshake", "malformed")]
TOO_MUCH = [("handshake", "too_much")]
FLOOD = TOO_MUCH + MALFORMED + TIMED_OUT

SCENES = {
    "a good one": Scene(send(records(WHOLE)), OBSERVED, ALL, name_match=True, expired=False),
    "records of one byte": Scene(send(records(WHOLE, 1)), OBSERVED, ALL),
    "a record for each message": Scene(
        send(records(hello()), records(chain(GOOD)), records(DONE)), OBSERVED, ALL),
    "expired, for another and from nobody": Scene(
        send(records(hello() + chain(OLD))), OBSERVED, ALL,
        expired=True, trusted=False, name_match=False),
    "a handshake that fails behind the certificate": Scene(
        send(records(hello() + chain(OLD)), alert(40)), OBSERVED, ALL, expired=True),
    "a chain of 16 MB": Scene(
        then_wait(records(hello() + chain(*[GOOD] * 14000))), TOO_MUCH, PART),
    "a chain of 100 elements": Scene(
        then_wait(records(hello() + chain(GOOD, *[certificate(bits=512)] * 99))), TOO_MUCH, PART),
    "an element of 16 MB": Scene(
        endlessly(record(22, bytes(16384)),
                  first=records(hello() + b"\x0b\xff\xff\xff\xff\xff\xfc\xff\xff\xf9")), FLOOD),
    "a good element, and one of 16 MB": Scene(
        endlessly(record(22, bytes(16384)),
                  first=records(hello() + b"\x0b\xff\xff\xff\xff\xff\xfc" + u24(len(GOOD)) +
                                GOOD + u24(0xfffff9 - len(GOOD) - 6))), FLOOD, PART),
    "a key of 32,768 bits": Scene(
        send(records(hello() + chain(certificate(bits=32768)))), OBSERVED, ALL, key_bits=32768),
    "a chain of keys of 32,768 bits": Scene(
        send(records(hello() + chain(*[certificate(bits=32768) for _ in range(10)]))),
        OBSERVED, ALL, trusted=False),
    "names with NUL and control characters": Scene(
        send(records(hello() + chain(ODD))), OBSERVED, ALL, name_match=False),
    "a certificate that is none": Scene(
        send(records(hello() + chain(bytes(500)))), MALFORMED),
    "an empty chain": Scene(send(records(hello() + chain())), MALFORMED),
    "endless hello requests": Scene(endlessly(records(message(0, b"") * 1000)), FLOOD),
    "endless empty records": Scene(endlessly(record(22, b"") * 1000), FLOOD),
    "endless warnings": Scene(endlessly(alert(112, 1) * 1000), FLOOD),
    "an endless greeting": Scene(endlessly(b"220 " + b"x" * 4000),
                                 [("handshake", "not_this_protocol")]),
    "silence": Scene(then_wait(), TIMED_OUT),
    "a stop after the hello": Scene(then_wait(records(hello())), TIMED_OUT),
    "a stop within the hello": Scene(then_wait(records(hello())[:40]), TIMED_OUT),
    "a stop within the certificate": Scene(
        then_wait(records(hello() + chain(GOOD))[:-100]), TIMED_OUT),
    "a stop behind the first element": Scene(
        then_wait(records(hello() + chain(GOOD, GOOD))[:-100]), TIMED_OUT, PART),
    "a stop behind the certificate": Scene(
        then_wait(records(hello() + chain(GOOD))), OBSERVED, ALL),
    "a stop where a staple was promised": Scene(
        then_wait(records(hello(extensions=bytes.fromhex("00050000")) + chain(GOOD))),
        TIMED_OUT, PART),
    "one that is anonymous to everybody": Scene(only_anonymous, [("handshake", "tls_failed")]),
    "one that hangs up on extensions": Scene(
        without_extensions, OBSERVED, ALL, ocsp_staple=None),
    "an end at once": Scene(send(), CLOSED),
    "an end after the hello": Scene(send(records(hello())), CLOSED),
    "an end within the certificate": Scene(
        send(records(hello() + chain(GOOD))[:-100]), CLOSED),
    "a drip": Scene(dripping(records(WHOLE)), TIMED_OUT),
    "a drip of records of one byte": Scene(dripping(records(WHOLE, 1)), TIMED_OUT),
    "endless retries": Scene(only_1_3(retrying), MALFORMED + [("handshake", "tls_failed")]),
    "nonsense where keys were agreed on": Scene(
        only_1_3(then_wait(records(hello(0x1301, IS_1_3 + SHARE)), ENCRYPTED)), MALFORMED +
        [("handshake", "tls_failed")]),
    "silence where keys were agreed on": Scene(
        only_1_3(then_wait(records(hello(0x1301, IS_1_3 + SHARE)))), TIMED_OUT +
        [("handshake", "tls_failed")]),
}

# --- trying them -------------------------------------------------------------


def serve_one(peer, serve):
    try:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        serve(peer, peer.recv(65536))
    except OSError:
        pass
    finally:
        peer.close()


def listen(serve):
    listener = socket.create_server(("127.0.0.1", 0), backlog=50)

    def accept():
        while True:
            peer, _ = listener.accept()
            threading.Thread(target=serve_one, args=(peer, serve), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return file.read().split()


def peak_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def observe(port):
    """The JSON, how long it took, and the most memory that a prober had."""
    began = time.monotonic()
    process = subprocess.Popen(
        [PROGRAM, "observe", "certificate", f"tcp/{port}", "127.0.0.1", "--name=pbx.example",
         f"--timeout={TIMEOUT}", "--format=json"], stdout=subprocess.PIPE)
    peak, out = 0, []
    reader = threading.Thread(target=lambda: out.append(process.stdout.read()))
    reader.start()
    while process.poll() is None:
        try:
            peak = max([peak] + [peak_kib(child) for child in children(process.pid)])
        except (OSError, ValueError):
            pass
        time.sleep(0.005)
    reader.join()
    return json.loads(out[0]), time.monotonic() - began, peak


def look(title, scene):
    seen, seconds, peak = observe(listen(scene.serve))
    facts, wrong = seen["facts"], []
    end = (seen["stage"], seen["reason"])
    if end not in (scene.ends or [(None, None)]):
        wrong.append(f"ends with {end}, {seen['detail']}")
    if not scene.facts <= facts.keys():
        wrong.append(f"lacks {sorted(scene.facts - facts.keys())}")
    if not scene.facts and any(each.startswith("cert.") for each in facts):
        wrong.append(f"invents {sorted(facts)}")
    for short, value in scene.values.items():
        if facts.get("cert." + short) != value:
            wrong.append(f"cert.{short} is {facts.get('cert.' + short)}")
    if len(facts.get("cert.chain", [])) > 32:
        wrong.append("more of the chain than is kept")
    if any(ord(each) < 32 or 0x7f <= ord(each) < 0xa0 for each in json.dumps(
            facts, ensure_ascii=False)):
        wrong.append("characters that a terminal obeys")
    if seconds > TIMEOUT + SPARE_SECONDS:
        wrong.append(f"{seconds:.2f} s")
    if peak > MEMORY_MOST_KIB:
        wrong.append(f"{peak} KiB")
    print(f"{'FAILED' if wrong else 'ok':6} {title}: {end[1] or 'observed'}, {seconds:.2f} s, "
          f"{peak} KiB {'; '.join(wrong)}", flush=True)
    return not wrong


def main():
    left, results = list(SCENES.items()), []

    def work():
        while left:
            try:
                results.append(look(*left.pop(0)))
            except Exception as error:  # a scene that breaks is a failure, not an end
                print("FAILED", repr(error))
                results.append(False)
    workers = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return 0 if all(results) and len(results) == len(SCENES) else 1


sys.exit(main())
