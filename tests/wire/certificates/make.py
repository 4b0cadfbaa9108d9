#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the chains, authorities and staples beside it anew: make.py. Only needed when a case
is added; the tests bring their own time, the first of June 2026, so nothing rots.

NAME.chain: u24 length and DER of each certificate, the server's own first, as trust.h wants
it. NAME.pem: authorities. NAME.ocsp: a staple for good.chain.
good.sums: what openssl says of its certificate and key."""

import base64
import os

from der import *

HERE = os.path.dirname(os.path.abspath(__file__))
SEEDS = os.path.join(HERE, "..", "..", "fuzz", "corpus")


def write(file, content):
    with open(os.path.join(HERE, file), "wb") as out:
        out.write(content)


def chain(file, *certificates):
    write(file + ".chain", b"".join(len(one.der).to_bytes(3, "big") + one.der
                                    for one in certificates))


def authorities(file, *certificates):
    write(file + ".pem", b"".join(
        b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(one.der)
        + b"-----END CERTIFICATE-----\n" for one in certificates))


def ec(curve="P-256", **more):
    return Key("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve, **more)


def rsa(size, **more):
    more.setdefault("signature", "sha256WithRSA")
    return Key("-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{size}", **more)


def rsa_without_secret(size, exponent=65537):
    """Nobody waits for a prime of 16,384 bits."""
    modulus = (1 << size) - 1 - (1 << size // 2)
    return Key(public=seq(seq(oid("1.2.840.113549.1.1.1"), NULL),
                          bits(seq(integer(modulus), integer(exponent)))))


ROOT_KEY, ISSUING_KEY, LEAF_KEY, RSA_KEY = ec(), ec(), ec(), rsa(2048)
ROOT = authority("Root", ROOT_KEY)
ISSUING = authority("Issuing", ISSUING_KEY, ROOT)
OTHER = authority("Other Root", ec())


def leaf(key=LEAF_KEY, issuer=ISSUING, **odd):
    return Certificate("pbx.example", key, issuer, **odd)


def named(file, *names, **odd):
    odd.setdefault("extensions", [basic(False), san(*names)])
    chain(file, leaf(**odd), ISSUING)


def make_orders():
    good = leaf()
    authorities("root", ROOT)
    authorities("issuing", ISSUING)
    authorities("other", OTHER)
    authorities("bundle", OTHER, ROOT)
    chain("good", good, ISSUING)
    chain("good_with_root", good, ISSUING, ROOT)
    chain("wrong_order", good, ROOT, ISSUING)
    chain("foreign_root", good, ISSUING, OTHER)
    chain("alone", good)
    chain("hundred", good, ISSUING, *[OTHER] * 98)
    sums = openssl("dgst", "-sha256", "-r", data=good.der)[:64] + b" " + openssl(
        "dgst", "-sha256", "-r", data=good.key.spki)[:64]
    write("good.sums", sums + b"\n")
    own = Certificate("pbx.example", LEAF_KEY)
    chain("self_signed", own)
    authorities("self_signed", own)
    authorities("pinned", good)
    return good


def make_times():
    chain("expired", leaf(begin="20240101000000Z", end="20250101000000Z"), ISSUING)
    chain("not_yet", leaf(begin="20260701000000Z"), ISSUING)
    key = ec()
    over = authority("Issuing", key, ROOT, end="20260101000000Z")
    chain("expired_issuing", leaf(issuer=over), over)
    root = authority("Old Root", key, end="20260101000000Z")
    chain("expired_root", leaf(issuer=root))
    authorities("expired_root", root)
    chain("year_9999", leaf(end="99991231235959Z"), ISSUING)
    chain("year_1950", leaf(begin="19500101000000Z"), ISSUING)
    chain("month_13", leaf(end=tlv(23, b"271301000000Z")), ISSUING)
    chain("time_with_zone", leaf(end=tlv(24, b"20270101000000.5+0100")), ISSUING)


def make_keys():
    chain("rsa_512", leaf(rsa(512)), ISSUING)
    chain("rsa_1024", leaf(rsa(1024)), ISSUING)
    chain("rsa_2048", leaf(RSA_KEY), ISSUING)
    chain("rsa_8192", leaf(rsa(8192)), ISSUING)
    chain("rsa_32768", leaf(rsa_without_secret(32768)), ISSUING)
    chain("rsa_32768_self_signed", Certificate("pbx.example", rsa_without_secret(32768),
                                               signature="sha256WithRSA", forged=bytes(4096)))
    monstrous = authority("Monstrous", rsa_without_secret(16384, (1 << 64) - 1), ROOT)
    chain("rsa_large_exponent", leaf(issuer=monstrous, signature="sha256WithRSA",
                                     forged=bytes(2047) + b"\1"), monstrous)
    small = authority("Small", rsa(1024), ROOT)
    chain("rsa_1024_issuing", leaf(issuer=small), small)
    chain("p384", leaf(ec("P-384")), ISSUING)
    chain("brainpool", leaf(ec("brainpoolP256r1")), ISSUING)
    chain("ed25519", leaf(Key("-algorithm", "Ed25519")), ISSUING)
    chain("ed448", leaf(Key("-algorithm", "Ed448")), ISSUING)
    chain("key_unheard_of", leaf(Key(public=seq(seq(oid("1.3.6.1.4.1.99999.8")),
                                                bits(bytes(32))))), ISSUING)
    parameters = generate("-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:2048")
    dsa = Key("-paramfile", parameters, signature="dsaSha256")
    chain("dsa", leaf(dsa), ISSUING)
    chain("dsa_self_signed", Certificate("pbx.example", dsa))


def make_signatures():
    issuing = authority("RSA Issuing", RSA_KEY, ROOT)
    chain("sha1", leaf(issuer=issuing, signature="sha1WithRSA"), issuing)
    chain("md5", leaf(issuer=issuing, signature="md5WithRSA"), issuing)
    chain("pss", leaf(issuer=issuing, signature="pss"), issuing)
    root = authority("SHA-1 Root", RSA_KEY, signature="sha1WithRSA")
    authorities("sha1_root", root)
    chain("sha1_root", leaf(issuer=root))
    weak = authority("Issuing", ISSUING_KEY, root, signature="sha1WithRSA")
    chain("sha1_issuing", leaf(), weak)
    edwards = authority("Edwards", Key("-algorithm", "Ed25519", signature="Ed25519"), ROOT)
    chain("signed_ed25519", leaf(issuer=edwards), edwards)
    chain("signature_unheard_of", leaf(signature="unheardOf"), ISSUING)
    chain("forged", leaf(forged=ISSUING_KEY.sign(b"something else", "ecdsaSha256")), ISSUING)
    chain("forged_self_signed",
          Certificate("pbx.example", LEAF_KEY, forged=LEAF_KEY.sign(b"x", "ecdsaSha256")))
    forged = authority("Issuing", ISSUING_KEY, ROOT, forged=ROOT_KEY.sign(b"x", "ecdsaSha256"))
    chain("forged_issuing", leaf(), forged)


def make_authorities():
    key = ec()

    def with_issuer(file, extensions, **odd):
        issuer = Certificate("Issuing", key, ROOT, extensions=extensions, **odd)
        chain(file, leaf(issuer=issuer), issuer)

    with_issuer("issuer_is_none", [basic(False)])
    with_issuer("issuer_says_nothing", [])
    with_issuer("issuer_may_not_sign", [basic(True), usage(0x80, 7)])
    with_issuer("issuer_for_mail", [basic(True), CERT_SIGN, purposes("1.3.6.1.5.5.7.3.4")])
    short = authority("Short", key, ROOT, extensions=[basic(True, 0), CERT_SIGN])
    longer = authority("Longer", ISSUING_KEY, short)
    chain("path_too_long", leaf(issuer=longer), longer, short)
    permit = extension("2.5.29.30", seq(tlv(0xa0, seq(dns("example")))), True)
    with_issuer("constrained_within", [basic(True), CERT_SIGN, permit])
    permit = extension("2.5.29.30", seq(tlv(0xa0, seq(dns("elsewhere.test")))), True)
    with_issuer("constrained_outside", [basic(True), CERT_SIGN, permit])
    names = [basic(False), san(dns("pbx.example"))]
    chain("for_clients", leaf(extensions=names + [purposes("1.3.6.1.5.5.7.3.2")]), ISSUING)
    chain("for_servers", leaf(extensions=names + [
        purposes(SERVER, "1.3.6.1.5.5.7.3.2", "1.3.6.1.4.1.99999.1")]), ISSUING)
    chain("unknown_critical", leaf(extensions=names + [
        extension("1.3.6.1.4.1.99999.2", NULL, True)]), ISSUING)
    chain("authority_itself", leaf(extensions=[basic(True), san(dns("pbx.example"))]), ISSUING)


def make_crosses():
    """The same authority, signed by one that is known and by one that is not."""
    by_other = authority("Issuing", ISSUING_KEY, OTHER)
    chain("crossed", leaf(), by_other, ISSUING)
    old = authority("Old Root", ec(), end="20260101000000Z")
    bridge = authority("Root", ROOT_KEY, old, end="20260101000000Z")
    chain("crossed_expired", leaf(), ISSUING, bridge)
    authorities("crossed_expired", old, ROOT)
    one, two = ec(), ec()
    name_one, name_two = name(("CN", "One")), name(("CN", "Two"))
    first = authority(name_one, one, authority(name_two, two))
    second = authority(name_two, two, authority(name_one, one))
    chain("circle", leaf(issuer=first), first, second)
    namesake = authority("pbx.example", ec(), identifiers=False)
    authorities("namesake", namesake)
    chain("namesake", Certificate("pbx.example", LEAF_KEY, namesake, identifiers=False))


def make_names():
    named("wildcard", dns("*.example"), dns("*.voice.example"))
    named("wildcard_part", dns("pb*.voice.example"), dns("*"), dns("a.*.example"))
    named("addresses", address(10, 0, 0, 5), address(*([0x20, 1, 0xd, 0xb8] + [0] * 11 + [1])),
          dns("10.0.0.6"))
    named("no_names", extensions=[basic(False)])
    named("nul_in_name", dns(b"pbx.example\0.evil.test"))
    named("controls", dns(b"pbx\x1b[31m.example\n"), dns("pbx.exämple"), dns("xn--pbx-tna.example"))
    named("invalid_utf8", dns(b"\xff\xfe.example"))
    named("many_names", *(dns(f"host-{i}.example") for i in range(300)))
    named("two_lists", extensions=[basic(False), san(dns("pbx.example")), san(dns("b.example"))])
    named("other_kinds", tlv(0x81, b"a@example"), tlv(0x86, b"sip:pbx.example"), address(1, 2))
    subjects = {
        "nul_in_subject": name(("CN", utf8(b"pbx.example\0.evil.test")), ("O", "A, B=C+D")),
        "subject_bmp": name(("CN", tlv(30, "Telefonbüro ☎".encode("utf-16-be")))),
        "subject_bmp_odd": name(("CN", tlv(30, b"\0p\0b\0"))),
        "subject_latin": name(("CN", utf8("Telefonbüro".encode("latin-1")))),
        "subject_invalid": name(("CN", utf8(b"\xc3\x28\xff")), ("1.3.6.1.4.1.99999.3", "x")),
        "subject_controls": name(("CN", "\x1b]0;title\x07\u202egnp.exe")),
        "subject_none": name(),
        "subject_large": name(("CN", "x" * 20000)),
    }
    for file, subject in subjects.items():
        chain(file, Certificate(subject, LEAF_KEY, ISSUING), ISSUING)
    chain("subject_star", Certificate("*.example", LEAF_KEY, ISSUING, extensions=[]), ISSUING)
    chain("version_1", leaf(version=1), ISSUING)
    chain("negative_serial", leaf(serial=tlv(2, b"\xff\x01")), ISSUING)
    chain("zero_serial", leaf(serial=tlv(2, b"\0")), ISSUING)
    chain("long_serial", leaf(serial=tlv(2, b"\x7f" * 300)), ISSUING)


def make_staples(good):
    def keep(file, status="good", one=good, **odd):
        write(file + ".ocsp", staple(one, odd.pop("issuer", ISSUING), status, **odd))

    keep("good")
    keep("sha256", digest="sha256")
    keep("revoked", "revoked")
    keep("revoked_long_ago", "revoked", until="20260531000000Z")
    keep("unknown", "unknown")
    keep("expired", until="20260531000000Z")
    keep("for_ever", until=None)
    keep("from_tomorrow", since="20260602000000Z")
    keep("forged", forged=True)
    keep("of_another", one=leaf())
    responder = [basic(False), purposes("1.3.6.1.5.5.7.3.9")]

    def by(file, signer):
        keep(file, signer=signer, brought=[signer])

    by("appointed", Certificate("Responder", LEAF_KEY, ISSUING, extensions=responder))
    by("appointed_no_more", Certificate("Responder", LEAF_KEY, ISSUING, extensions=responder,
                                        end="20260201000000Z"))
    by("not_appointed", Certificate("Responder", LEAF_KEY, ISSUING))
    by("appointed_by_another", Certificate("Responder", LEAF_KEY, OTHER, extensions=responder))
    write("try_later.ocsp", seq(tlv(10, b"\3")))
    write("cut.ocsp", staple(good, ISSUING, "good")[:-1])


def make_seeds():
    """Small ones: make check tries each with every byte changed."""
    def read(file):
        with open(os.path.join(HERE, file), "rb") as source:
            return source.read()

    def keep(target, file, content):
        folder = os.path.join(SEEDS, target)
        os.makedirs(folder, exist_ok=True)
        write(os.path.join(folder, file), content)

    for file in ("good_with_root", "self_signed", "alone"):
        keep("certificate", file, read(file + ".chain"))
    for file in ("addresses", "subject_latin", "subject_bmp", "for_servers", "month_13"):
        first = read(file + ".chain")
        keep("certificate", file, first[:3 + int.from_bytes(first[:3], "big")])
    chain_bytes = read("good.chain")
    for file in ("good", "appointed", "revoked"):
        keep("staple", file, len(chain_bytes).to_bytes(3, "big") + chain_bytes
             + read(file + ".ocsp"))


if __name__ == "__main__":
    make_staples(make_orders())
    make_times()
    make_keys()
    make_signatures()
    make_authorities()
    make_crosses()
    make_names()
    make_seeds()
