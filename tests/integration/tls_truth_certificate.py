# SPDX-License-Identifier: Apache-2.0
"""What openssl and GnuTLS's certtool say of the certificates a server shows, in the words of
our facts. Used by tls_compare.py; each chain a server can show is a Claims of its own."""

import functools
import hashlib
import ipaddress
import os
import re
import socket
import ssl
import subprocess
import tempfile

from tls_truth import Claims, Client, run

PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.S)
SHOWING = "ALL:COMPLEMENTOFALL:!aNULL:!PSK:@SECLEVEL=0"
# `openssl verify`, X509_V_ERR_…: what we call it.
VERIFY = {18: "self_signed", 19: "unknown_root", 20: "unknown_issuer", 21: "unknown_issuer",
          10: "expired", 9: "not_yet_valid", 7: "bad_signature", 26: "wrong_purpose",
          24: "not_an_authority", 79: "not_an_authority", 66: "weak_key", 67: "weak_key",
          68: "weak_signature", 47: "name_constrained"}


def pipe(command, data):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.DEVNULL).stdout


# --- how each server shows its chain ------------------------------------------------------

def chains_by_openssl(case):
    """Every chain it shows: servers can have one for each kind of key. And the staple."""
    client, chains, staple = Client(case), [], None
    looks = list(case.seen)
    if not PEM.search("".join(looks)):
        looks.append(client.look("-showcerts", "-status", "-cipher", SHOWING))
    looks += [client.look("-no_tls1_3", "-showcerts", "-cipher", kind + ":@SECLEVEL=0")
              for kind in ("aRSA", "aECDSA") if case.get("look") == "chains"]
    for said in looks:
        # An OCSP response has certificates, too.
        chain = tuple(PEM.findall(said[said.find("Certificate chain"):]))
        if chain and chain not in chains:
            chains.append(chain)
            staple = staple or staple_of(said, chain[0])
    return chains, staple


def staple_of(said, leaf):
    """s_client shows what came, and does not mind whom it is about."""
    if "OCSP response: no response sent" in said:
        return "none"
    state = re.search(r"Cert Status: (\w+)", said)
    about = re.search(r"Serial Number: (\w+)", said)
    if not state or not about:
        return None
    ours = int(facts_of(leaf)["serial"], 16)
    return state.group(1) if int(about.group(1), 16) == ours else "invalid"


def chains_by_nmap(scripts):
    found = scripts.get("ssl-cert")
    pem = None if found is None else found.findtext("elem[@key='pem']")
    return [(pem,)] if pem else []


def chains_by_python(case):
    """RDP: MS-RDPBCGR 2.2.1.1, and TLS behind the confirmation; only the leaf."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection((case.address, case.port), 5) as plain:
            plain.sendall(bytes.fromhex("030000130ee000000000000100080001000000"))
            plain.recv(64)
            with context.wrap_socket(plain) as secure:
                return [(ssl.DER_cert_to_PEM_cert(secure.getpeercert(True)),)]
    except OSError:
        return []


# --- one certificate --------------------------------------------------------------------------

def field(pattern, text):
    found = re.search(pattern, text, re.M)
    return found.group(1).strip() if found else None


def key_of(text):
    kind = field(r"Public Key Algorithm: (\S+)", text)
    return {"rsaEncryption": "RSA", "id-ecPublicKey": "EC", "ED25519": "Ed25519",
            "ED448": "Ed448", "rsassaPss": "RSA-PSS", "dsaEncryption": "DSA"}.get(kind, "other")


def names_of(text):
    line = field(r"X509v3 Subject Alternative Name:.*\n(.*)", text)
    names = [word.split(":", 1) for word in (line or "").split(", ") if ":" in word]
    return [value if kind == "DNS" else str(ipaddress.ip_address(value))
            for kind, value in names if kind in ("DNS", "IP Address")]


@functools.lru_cache(None)
def facts_of(pem):
    """One certificate by `openssl x509`."""
    text = run(["openssl", "x509", "-noout", "-text"], text=pem)
    line = run(["openssl", "x509", "-noout", "-serial", "-dates", "-subject", "-issuer",
                "-fingerprint", "-sha256", "-dateopt", "iso_8601", "-nameopt",
                "sep_comma_plus_space,sname,utf8"], text=pem)
    public = run(["openssl", "x509", "-noout", "-pubkey"], text=pem)
    der = pipe(["openssl", "pkey", "-pubin", "-outform", "DER"], public.encode())
    facts = {
        "subject": field(r"^subject=(.*)", line), "issuer": field(r"^issuer=(.*)", line),
        "serial": field(r"^serial=(.*)", line).lower(),
        "not_before": field(r"^notBefore=(.*)", line).replace(" ", "T"),
        "not_after": field(r"^notAfter=(.*)", line).replace(" ", "T"),
        "key": key_of(text), "signature": field(r"Signature Algorithm: (\S+)", text),
        "sha256": field(r"Fingerprint=(.*)", line).replace(":", "").lower(),
        "spki_sha256": hashlib.sha256(der).hexdigest(),
        "names": names_of(text), "curve": field(r"ASN1 OID: (\S+)", text),
    }
    bits = field(r"Public-Key: \((\d+) bit", text)
    if bits:
        facts["key_bits"] = int(bits)
    return facts


@functools.lru_cache(None)
def usages_of(pem):
    words = {"TLS Web Server Authentication": "serverAuth",
             "TLS Web Client Authentication": "clientAuth", "Code Signing": "codeSigning",
             "E-mail Protection": "emailProtection", "Time Stamping": "timeStamping",
             "OCSP Signing": "OCSPSigning", "Any Extended Key Usage": "anyExtendedKeyUsage"}
    said = run(["openssl", "x509", "-noout", "-ext", "extendedKeyUsage"], text=pem)
    line = field(r"Extended Key Usage:.*\n(.*)", said)
    return None if line is None else {words.get(w, w) for w in line.split(", ")}


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


@functools.lru_cache(None)
def verify(chain, authorities, *options):
    """The error of `openssl verify`; 0: trusted. authorities: a file, "" for the leaf itself,
    None for the system's."""
    with tempfile.TemporaryDirectory() as folder:
        leaf = write(folder, "leaf.pem", chain[0])
        command = ["openssl", "verify", "-purpose", "sslserver", *options]
        command += [] if authorities is None else ["-CAfile", authorities or leaf]
        if chain[1:]:
            command += ["-untrusted", write(folder, "untrusted.pem", "".join(chain[1:]))]
        said = run(command + [leaf])
    found = re.search(r"error (\d+) at", said)
    return int(found.group(1)) if found else 0 if said.rstrip().endswith("OK") else -1


@functools.lru_cache(None)
def is_for(pem, name):
    check = "-checkip" if re.fullmatch(r"[0-9.]+|.*:.*", name) else "-checkhost"
    return "does match" in run(["openssl", "x509", "-noout", check, name], text=pem)


def claims_by_openssl(case, chain, staple):
    claims, leaf = Claims("openssl"), facts_of(chain[0])
    error = verify(chain, case.get("ca"), "-auth_level", "2")
    path = verify(chain, case.get("ca"), "-no_check_time", "-auth_level", "0")
    own = verify(chain[:1], "", "-no_check_time", "-auth_level", "0")
    for word, value in leaf.items():
        if value is not None and word != "names":
            claims.say("cert." + word, value)
    claims.list("cert.names", leaf["names"])
    now = run(["date", "-u", "+%Y-%m-%dT%H:%M:%SZ"]).strip()
    claims.say("cert.expired", leaf["not_after"] < now)
    claims.say("cert.not_yet_valid", leaf["not_before"] > now)
    claims.say("cert.self_signed", leaf["subject"] == leaf["issuer"] and own == 0)
    claims.say("cert.trusted", error == 0)
    if error:
        claims.say("cert.trust_error", VERIFY.get(error, "other"))
    claims.say("cert.name_match",
               is_for(chain[0], case.get("verify") or case.get("name") or case.address))
    claims.say("cert.wildcard", any(name.startswith("*.") for name in leaf["names"]))
    if usages_of(chain[0]) is not None:
        claims.list("cert.usages", usages_of(chain[0]))
    if not case.get("leaf_only"):
        claims.say("cert.chain_complete", path not in (20, 21))
        claims.say("cert.chain", [facts_of(pem) for pem in chain])
    if staple:
        claims.say("cert.ocsp_staple", staple)
    return claims


# --- GnuTLS: another reader, another verifier ---------------------------------------------------

@functools.lru_cache(None)
def claims_by_certtool(chain, authorities):
    claims = Claims("certtool")
    said = run(["certtool", "--certificate-info"], text=chain[0])
    if "Certificate Information" not in said:
        return claims
    serial = field(r"Serial Number \(hex\): (?:00)?(\w+)", said)
    if serial:
        claims.say("cert.serial", serial.lower())
    for label, fact in (("Not Before", "cert.not_before"), ("Not After", "cert.not_after")):
        day = field(label + r": (.*)", said)
        claims.say(fact, run(["date", "-u", "-d", day, "+%Y-%m-%dT%H:%M:%SZ"]).strip())
    claims.say("cert.sha256", field(r"Fingerprint:\n(?:\s+sha1:.*\n)?\s+sha256:(\w+)", said))
    claims.say("cert.spki_sha256", field(r"Public Key ID:\n(?:\s+sha1:.*\n)?\s+sha256:(\w+)",
                                         said))
    kind = field(r"Subject Public Key Algorithm: (.*)", said) or ""
    bits = field(r"Algorithm Security Level: \w+ \((\d+) bits\)", said)
    if bits and kind.startswith(("RSA", "EC/")):
        claims.say("cert.key_bits", int(bits))
    claims.list("cert.names", re.findall(r"^\s+(?:DNSname|IPAddress): (\S+)", said, re.M))
    verdict = certtool_trusts(chain, authorities)
    if verdict is not None:
        claims.say("cert.trusted", verdict)
    return claims


def certtool_trusts(chain, authorities):
    with tempfile.TemporaryDirectory() as folder:
        command = ["certtool", "--verify", "--verify-profile=medium", "--verify-purpose=1.3.6.1.5.5.7.3.1",
                   "--infile", write(folder, "chain.pem", "".join(chain))]
        if authorities:
            command += ["--load-ca-certificate", authorities]
        said = run(command)
    verdict = field(r"Chain verification output: (.*)", said)
    return None if verdict is None else verdict.startswith("Verified")


# --- a client that minds names ------------------------------------------------------------------

def claims_by_python(case):
    """Python's TLS client, where it trusts the chain: is this the name it wanted? Told not
    to take the common name for one (RFC 9525)."""
    claims = Claims("python")
    if case.get("starttls") or not case.get("ca"):
        return claims
    context = ssl.create_default_context(cafile=case.get("ca"))
    context.hostname_checks_common_name = False
    name = case.get("verify") or case.get("name") or case.address
    try:
        with socket.create_connection((case.address, case.port), 5) as plain:
            with context.wrap_socket(plain, server_hostname=name):
                claims.say("cert.name_match", True)
                claims.say("cert.trusted", True)
    except ssl.SSLCertVerificationError as error:
        if error.verify_code in (62, 64):       # X509_V_ERR_HOSTNAME_, _IP_ADDRESS_MISMATCH
            claims.say("cert.name_match", False)
        else:
            claims.say("cert.trusted", False)
    except OSError:
        pass
    return claims


def certificate_claims(case, scripts):
    """A list of claims for each chain that the server shows."""
    usable = Client(case).usable and not case.without("openssl")
    chains, staple = chains_by_openssl(case) if usable else ([], None)
    if not chains:
        case.options["leaf_only"] = "yes"
        chains = chains_by_python(case) if case.get("starttls") == "rdp" \
            else chains_by_nmap(scripts)
    return [[claims_by_openssl(case, chain, staple),
             claims_by_certtool(chain, case.get("ca")), claims_by_python(case)]
            for chain in chains]
