# SPDX-License-Identifier: Apache-2.0
"""Certificates and OCSP responses byte by byte, as no honest tool would write them. Keys and
signatures come from openssl(1)."""

import hashlib
import os
import subprocess
import tempfile


def tlv(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    width = (size.bit_length() + 7) // 8
    return bytes([tag, 0x80 | width]) + size.to_bytes(width, "big") + body


def seq(*parts):
    return tlv(0x30, *parts)


def integer(number):
    return tlv(2, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def oid(dotted):
    first, second, *rest = (int(part) for part in dotted.split("."))
    out = b""
    for number in [40 * first + second] + rest:
        group = [number & 127]
        while number := number >> 7:
            group.insert(0, 128 | number & 127)
        out += bytes(group)
    return tlv(6, out)


def bits(content, unused=0):
    return tlv(3, bytes([unused]), content)


def octets(content):
    return tlv(4, content)


def utf8(string):
    return tlv(12, string.encode() if isinstance(string, str) else string)


NULL = tlv(5)
ATTRIBUTES = {"CN": "2.5.4.3", "O": "2.5.4.10", "C": "2.5.4.6", "OU": "2.5.4.11"}


def name(*pairs):
    """("CN", "x"): the value a string, or an element already written."""
    return seq(*(tlv(0x31, seq(oid(ATTRIBUTES.get(kind, kind)),
                               utf8(value) if isinstance(value, str) else value))
                 for kind, value in pairs))


def time(stamp):
    """20260101000000Z: UTCTime as long as RFC 5280 wants it; an element stays as it is."""
    if isinstance(stamp, bytes):
        return stamp
    if 1950 <= int(stamp[:4]) < 2050:
        return tlv(23, stamp[2:].encode())
    return tlv(24, stamp.encode())


SIGNATURES = {
    "sha256WithRSA": ("1.2.840.113549.1.1.11", NULL, ["-sha256"]),
    "sha1WithRSA": ("1.2.840.113549.1.1.5", NULL, ["-sha1"]),
    "md5WithRSA": ("1.2.840.113549.1.1.4", NULL, ["-md5"]),
    "ecdsaSha256": ("1.2.840.10045.4.3.2", b"", ["-sha256"]),
    "ecdsaSha384": ("1.2.840.10045.4.3.3", b"", ["-sha384"]),
    "ecdsaSha1": ("1.2.840.10045.4.1", b"", ["-sha1"]),
    "dsaSha256": ("2.16.840.1.101.3.4.3.2", b"", ["-sha256"]),
    "Ed25519": ("1.3.101.112", b"", None),
    "Ed448": ("1.3.101.113", b"", None),
    "pss": ("1.2.840.113549.1.1.10",
            seq(tlv(0xa0, seq(oid("2.16.840.1.101.3.4.2.1"), NULL)),
                tlv(0xa1, seq(oid("1.2.840.113549.1.1.8"),
                              seq(oid("2.16.840.1.101.3.4.2.1"), NULL))),
                tlv(0xa2, integer(32))),
            ["-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]),
    "unheardOf": ("1.3.6.1.4.1.99999.7", b"", ["-sha256"]),
}


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


PLACE = tempfile.TemporaryDirectory()


def generate(*how):
    path = os.path.join(PLACE.name, str(len(os.listdir(PLACE.name))))
    openssl("genpkey", "-out", path, *how)
    return path


class Key:
    """A pair of openssl genpkey's; or only a public half."""

    def __init__(self, *how, signature="ecdsaSha256", public=None):
        self.signature, self.spki = signature, public
        if public:
            return
        self.path = generate(*how)
        self.spki = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")

    def identifier(self):
        return hashlib.sha1(self.spki).digest()

    def sign(self, content, kind):
        how = SIGNATURES[kind][2]
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            if how is None:
                return openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.path, "-in", file.name)
            return openssl("dgst", *how, "-sign", self.path, file.name)


def algorithm(kind):
    return seq(oid(SIGNATURES[kind][0]), SIGNATURES[kind][1])


def extension(dotted, content, critical=False):
    return seq(oid(dotted), tlv(1, b"\xff") if critical else b"", octets(content))


def dns(string):
    return tlv(0x82, string.encode() if isinstance(string, str) else string)


def address(*parts):
    return tlv(0x87, bytes(parts))


def san(*names):
    return extension("2.5.29.17", seq(*names))


def basic(authority, length=None):
    inside = tlv(1, b"\xff") if authority else b""
    return extension("2.5.29.19", seq(inside, b"" if length is None else integer(length)), True)


def usage(value, unused):
    return extension("2.5.29.15", bits(bytes([value]), unused), True)


CERT_SIGN = usage(0x06, 1)
SERVER = "1.3.6.1.5.5.7.3.1"


def purposes(*dotted):
    return extension("2.5.29.37", seq(*(oid(one) for one in dotted)))


class Certificate:
    """Everything has a default that is right; **odd changes one thing."""

    serial = 0x1000

    def __init__(self, subject, key, issuer=None, **odd):
        signer = issuer.key if issuer else key
        signature = odd.get("signature", signer.signature)
        Certificate.serial += 1
        self.subject = subject if isinstance(subject, bytes) else name(("CN", subject))
        self.key = key
        extensions = list(odd.get("extensions", [basic(False), san(dns("pbx.example"))]))
        if odd.get("identifiers", True):
            extensions.append(extension("2.5.29.14", octets(key.identifier())))
            extensions.append(extension("2.5.29.35", seq(tlv(0x80, signer.identifier()))))
        self.body = seq(
            b"" if odd.get("version") == 1 else tlv(0xa0, integer(2)),
            odd.get("serial") or integer(Certificate.serial),
            algorithm(signature),
            odd.get("issuer_name") or (issuer.subject if issuer else self.subject),
            seq(time(odd.get("begin", "20260101000000Z")), time(odd.get("end", "20270101000000Z"))),
            self.subject, key.spki,
            b"" if odd.get("version") == 1 else tlv(0xa3, seq(*extensions)))
        signed = odd["forged"] if "forged" in odd else signer.sign(self.body, signature)
        self.der = seq(self.body, algorithm(signature), bits(signed))
        self.number = odd.get("serial") or integer(Certificate.serial)


def authority(subject, key, issuer=None, **odd):
    odd.setdefault("extensions", [basic(True), CERT_SIGN])
    odd.setdefault("begin", "20200101000000Z")
    odd.setdefault("end", "20400101000000Z")
    return Certificate(subject, key, issuer, **odd)


def split(element):
    """What is inside, and what follows."""
    size, at = element[1], 2
    if size >= 128:
        at += size - 128
        size = int.from_bytes(element[2:at], "big")
    return element[at:at + size], element[at + size:]


def key_bits(spki):
    _, after_algorithm = split(split(spki)[0])
    return split(after_algorithm)[0][1:]


DIGESTS = {"sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1"}
STATUSES = {"good": tlv(0x80), "revoked": tlv(0xa1, tlv(24, b"20260501000000Z")),
            "unknown": tlv(0x82)}


def staple(leaf, issuer, status, **odd):
    """An OCSP response (RFC 6960 4.2.1), signed by odd["signer"] or by the issuer."""
    signer = odd.get("signer", issuer)
    digest = odd.get("digest", "sha1")
    until = odd.get("until", "20260607000000Z")
    single = seq(
        seq(seq(oid(DIGESTS[digest]), NULL),
            octets(hashlib.new(digest, issuer.subject).digest()),
            octets(hashlib.new(digest, key_bits(issuer.key.spki)).digest()), leaf.number),
        STATUSES[status],
        tlv(24, odd.get("since", "20260530000000Z").encode()),
        tlv(0xa0, tlv(24, until.encode())) if until else b"")
    data = seq(tlv(0xa1, signer.subject), tlv(24, b"20260530000000Z"), seq(single))
    kind = signer.key.signature
    signed = signer.key.sign(data, kind)
    if odd.get("forged"):
        signed = signer.key.sign(data + b"x", kind)
    brought = odd.get("brought", [])
    response = seq(data, algorithm(kind), bits(signed),
                   tlv(0xa0, seq(*(one.der for one in brought))) if brought else b"")
    return seq(tlv(10, b"\0"), tlv(0xa0, seq(oid("1.3.6.1.5.5.7.48.1.1"), octets(response))))
