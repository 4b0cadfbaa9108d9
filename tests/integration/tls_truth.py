# SPDX-License-Identifier: Apache-2.0
"""What independent tools say of a TLS server, in the words of our facts.

Each tool makes a Claims: of a list it says which values there are, and which there are not as
far as it can know (its domain); of a single value what it is. Nothing here reads how a server
was configured. Used by tls_compare.py.
"""

import re
import subprocess
import xml.etree.ElementTree as tree

VERSIONS = ("SSLv3", "TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3")
WEAKEST = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
MODERN = ("TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"
          "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256")
# IANA's registry of ALPN, as far as it is made of letters.
ALPN_WORDS = (
    "h2", "http/1.1", "http/1.0", "http/0.9", "spdy/1", "spdy/2", "spdy/3", "stun.turn",
    "stun.nat-discovery", "h2c", "webrtc", "c-webrtc", "ftp", "imap", "pop3", "managesieve",
    "coap", "co", "xmpp-client", "xmpp-server", "acme-tls/1", "mqtt", "dot", "ntske/1", "sunrpc",
    "h3", "smb", "irc", "nntp", "nnsp", "doq", "sip/2", "tds/8.0", "dicom", "postgresql",
    "radius/1.0", "radius/1.1")


class Case:
    """A line of the file of cases: NAME, ADDRESS, PORT, and KEY=VALUE separated by tabs.

    starttls=WORD   as for `ucposture observe`
    name=NAME       SNI, and whom XMPP is spoken to; ca=FILE the target's own authorities
    verify=NAME     whom the certificate must name
    look=groups     ask for each group, not with sslscan only
    group=NAME      the only one: openssl asks with it for each suite below TLS 1.3
    look=chains     look for certificates of each kind
    only=certificate  that collector alone
    without=TOOL,…  tools that cannot talk to this server
    host=NAME       what nmap and sslscan are told in place of the address
    direct=ADDRESS  the server itself, where the case is a box in front of it
    plain=WORD      a port of plain text: a client of that protocol is to talk to it
    ends=WORDS      how our observation ends: "failed starttls starttls_absent"
    """

    def __init__(self, line):
        self.name, self.address, port, *rest = line.rstrip("\n").split("\t")
        self.port = int(port)
        self.options = dict(word.split("=", 1) for word in rest)
        self.ours = {}          # what ucposture has said, for tls_compare.py
        self.seen = []          # what s_client has said, for those who read certificates

    def get(self, key, otherwise=None):
        return self.options.get(key, otherwise)

    def without(self, tool):
        return tool in self.get("without", "").split(",")

    @property
    def host(self):
        """nmap and sslscan take the name to say from the host they are given."""
        return self.get("host", self.address)


class Claims:
    """What one tool says of one server."""

    def __init__(self, tool):
        self.tool = tool
        self.values = {}        # fact: value, not a list
        self.lists = {}         # fact: (there, not there); None: everything else is not there

    def say(self, fact, value):
        self.values[fact] = value

    def list(self, fact, there, absent=None):
        self.lists[fact] = (set(there), None if absent is None else set(absent) - set(there))


def run(command, seconds=20, text=""):
    """Standard output and error of a tool together; "" when it does not end in time."""
    try:
        done = subprocess.run(command, input=text, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=seconds, check=False,
                              encoding="utf-8", errors="replace")
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


# --- suites by OpenSSL's names ----------------------------------------------------

def openssl_suites():
    """value: (IANA's name, OpenSSL's name, description) for all OpenSSL has."""
    suites = {}
    for line in run(["openssl", "ciphers", "-V", "-stdname", WEAKEST]).splitlines():
        value, _, iana, _, name, rest = line.strip().split(None, 5)
        high, low = value.split(",")
        suites[int(high, 16) << 8 | int(low, 16)] = (iana, name, rest)
    return suites


def weaknesses_by_openssl(suites):
    """IANA's name: its weaknesses, by OpenSSL's description of the suite."""
    weak = {}
    for iana, _, text in suites.values():
        words = dict(part.split("=", 1) for part in text.split() if "=" in part)
        found = set()
        cipher, mac = words["Enc"], words["Mac"]
        if cipher.startswith("None"):
            found.add("null")
        if words["Au"] == "None":
            found.add("anonymous")
        if words["Kx"] in ("RSA", "RSAPSK"):
            found.add("static_rsa")
        if mac == "SHA1" and not cipher.startswith(("None", "RC4")):
            found.add("cbc_sha1")
        if mac == "MD5":
            found.add("md5")
        if cipher.startswith("3DES"):
            found.add("3des")
        weak[iana] = found
    return weak


# --- nmap ----------------------------------------------------------------------------

def nmap_version(word):
    return {"SSLv3": "SSLv3"}.get(word, word.replace("TLSv", "TLS"))


def nmap_preference(said):
    kinds = {word for word in said if word != "indeterminate"}
    return kinds.pop() if len(kinds) == 1 else None


def nmap_claims(scripts):
    """Of ssl-enum-ciphers and tls-alpn: nmap writes the hellos itself."""
    claims = Claims("nmap")
    found = scripts.get("ssl-enum-ciphers")
    if found is None:
        return claims
    versions, suites, preferences, compressors = [], set(), [], set()
    for table in found.findall("table"):
        versions.append(nmap_version(table.get("key")))
        for row in table.findall("table[@key='ciphers']/table"):
            # Its own word for suites of TLS 1.3.
            suites.add(row.find("elem[@key='name']").text.replace("TLS_AKE_WITH_", "TLS_"))
        compressors |= {e.text for e in table.findall("table[@key='compressors']/elem")}
        preferences.append(table.findtext("elem[@key='cipher preference']"))
    claims.list("tls.versions", versions)
    claims.list("tls.ciphers", suites)
    if nmap_preference(preferences):
        claims.say("tls.preference", nmap_preference(preferences))
    if compressors:
        claims.say("tls.compression", compressors != {"NULL"})
    return claims


def nmap_groups(cases):
    """Hosts with the same ports: nmap has one list of ports for all hosts of a run."""
    ports = {}
    for case in cases:
        if not case.without("nmap") and not case.get("ends"):
            ports.setdefault(case.host, set()).add(case.port)
    groups = {}
    for host, its in ports.items():
        groups.setdefault(",".join(map(str, sorted(its))), []).append(host)
    return groups


def nmap_all(cases, folder):
    """(address, port): its scripts' results. Alone: what is late, it takes for absent."""
    results, running = {}, []
    for number, (ports, hosts) in enumerate(nmap_groups(cases).items()):
        path = f"{folder}/nmap.{number}.xml"
        running.append((path, subprocess.Popen(
            ["nmap", "-Pn", "-R", "--system-dns", "--open", "-p", ports, "--script",
             "+ssl-enum-ciphers,+ssl-cert", "-oX", path, *hosts],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)))
    for path, process in running:
        process.wait(300)
        for host in tree.parse(path).iter("host"):
            address = host.find("address").get("addr")
            for port in host.iter("port"):
                results[address, int(port.get("portid"))] = {
                    script.get("id"): script for script in port.iter("script")}
    return results


# --- sslscan -------------------------------------------------------------------------

SSLSCAN_STARTTLS = {
    "smtp": ["--starttls-smtp"], "imap": ["--starttls-imap"], "pop3": ["--starttls-pop3"],
    "ftp": ["--starttls-ftp"], "xmpp": ["--starttls-xmpp"], "ldap": ["--starttls-ldap"],
    "xmpp-server": ["--starttls-xmpp", "--xmpp-server"], "postgres": ["--starttls-psql"],
    "rdp": ["--rdp"],
}
# IANA's values of the groups sslscan asks for, in TLS 1.3 and below.
GROUPS = {
    0x0013: "secp192r1", 0x0015: "secp224r1", 0x0016: "secp256k1", 0x0017: "secp256r1",
    0x0018: "secp384r1", 0x0019: "secp521r1", 0x001a: "brainpoolP256r1",
    0x001b: "brainpoolP384r1", 0x001c: "brainpoolP512r1", 0x001d: "x25519", 0x001e: "x448",
    0x0100: "ffdhe2048", 0x0101: "ffdhe3072", 0x0102: "ffdhe4096", 0x0103: "ffdhe6144",
    0x0104: "ffdhe8192",
}


def sslscan_claims(case, suites):
    claims = Claims("sslscan")
    command = ["sslscan", "--no-colour", "--no-heartbleed", "--xml=-"]
    command += SSLSCAN_STARTTLS.get(case.get("starttls"), [])
    if case.get("name"):
        command.append("--sni-name=" + case.get("name"))
    said = run(command + [f"{case.host}:{case.port}"], 60)
    if "<ssltest" not in said or not said.rstrip().endswith("</document>"):
        return claims
    seen = tree.fromstring(said[said.index("<?xml"):])
    versions = {("SSLv" if p.get("type") == "ssl" else "TLS") + p.get("version")
                for p in seen.iter("protocol") if p.get("enabled") == "1"}
    if not versions:
        return claims
    claims.list("tls.versions", versions & set(VERSIONS))
    accepted = {suites[int(c.get("id"), 16)][0] for c in seen.iter("cipher")
                if int(c.get("id"), 16) in suites}
    claims.list("tls.ciphers", accepted, {row[0] for row in suites.values()})
    # It asks for groups with suites that encrypt, and prove who is there.
    groups = {GROUPS[int(group.get("id"), 16)] for group in seen.iter("group")}
    if groups:
        claims.list("tls.groups", groups, GROUPS.values())
    # It asks with TLS 1.0 only, and in a whole handshake.
    for said in seen.iter("renegotiation"):
        if "TLS1.0" in versions and accepted:
            claims.say("tls.secure_renegotiation", said.get("secure") == "1")
    return claims


# --- openssl s_client -------------------------------------------------------------------

S_CLIENT_VERSIONS = {"TLS1.0": "-tls1", "TLS1.1": "-tls1_1", "TLS1.2": "-tls1_2",
                     "TLS1.3": "-tls1_3"}
S_CLIENT_GROUPS = {"secp256k1": "secp256k1", "secp256r1": "P-256", "secp384r1": "P-384",
                   "secp521r1": "P-521", "brainpoolP256r1": "brainpoolP256r1",
                   "brainpoolP384r1": "brainpoolP384r1", "brainpoolP512r1": "brainpoolP512r1",
                   "x25519": "X25519", "x448": "X448", "secp224r1": "P-224",
                   "ffdhe2048": "ffdhe2048", "ffdhe3072": "ffdhe3072", "ffdhe4096": "ffdhe4096",
                   "ffdhe6144": "ffdhe6144", "ffdhe8192": "ffdhe8192"}


class Client:
    """openssl s_client towards one server."""

    def __init__(self, case):
        self.case = case
        self.usable = case.get("starttls") in (None, "smtp", "imap", "pop3", "ftp", "xmpp",
                                               "xmpp-server", "ldap", "postgres", "sip")

    def look(self, *options, seconds=6):
        case = self.case
        command = ["openssl", "s_client", "-connect", f"{case.address}:{case.port}",
                   "-legacy_server_connect", "-cipher", WEAKEST, "-ciphersuites", MODERN]
        if case.get("starttls") not in (None, "sip"):
            command += ["-starttls", case.get("starttls")]
            if case.get("starttls").startswith("xmpp"):
                command += ["-xmpphost", case.get("name")]
        if case.get("name"):
            command += ["-servername", case.get("name")]
        else:
            command.append("-noservername")
        return run(command + list(options), seconds)

    @staticmethod
    def agreed(said):
        """(version, suite by OpenSSL's name) of a handshake that went through."""
        found = re.search(r"^New, (\S+), Cipher is (\S+)$", said, re.M)
        version = re.search(r"^    Protocol  : TLSv(\S+)$", said, re.M)
        if not found or found.group(2) == "(NONE)":
            return None
        if found.group(1) == "TLSv1.3":
            return "TLS1.3", found.group(2)
        number = version.group(1) if version else ""
        return "TLS1.0" if number == "1" else "TLS" + number, found.group(2)


def client_versions(client, claims):
    """version: all that was said in a handshake with it."""
    seen = {}
    for version, option in S_CLIENT_VERSIONS.items():
        said = client.look(option, "-msg", "-showcerts", "-status")
        agreed = client.agreed(said)
        if agreed and agreed[0] == version:
            seen[version] = said
    # A server may have suites that OpenSSL lacks, or want a certificate: no proof of absence.
    claims.list("tls.versions", seen, ())
    return seen


def client_groups(client, claims, versions):
    there = set()
    for group, word in S_CLIENT_GROUPS.items():
        if "TLS1.3" in versions and not group.startswith(("brainpool", "secp256k1", "secp224")):
            if client.agreed(client.look("-tls1_3", "-groups", word)):
                there.add(group)
        if versions - {"TLS1.3"} and not group.startswith("ffdhe"):
            if client.agreed(client.look("-no_tls1_3", "-groups", word, "-cipher",
                                         "kECDHE:kECDHE+eNULL:@SECLEVEL=0")):
                there.add(group)
    claims.list("tls.groups", there, S_CLIENT_GROUPS)


def client_suites(client, claims, suites, group):
    """Below TLS 1.3: offers all, and then all but those that were chosen."""
    iana = {name: iana for iana, name, rest in suites.values() if "TLSv1.3" not in rest}
    left, there = list(iana), set()
    while left:
        agreed = client.agreed(client.look("-no_tls1_3", "-groups", group, "-cipher",
                                           ":".join(left) + ":@SECLEVEL=0"))
        if not agreed or agreed[1] not in left:
            break
        left.remove(agreed[1])
        there.add(iana[agreed[1]])
    claims.list("tls.ciphers", there, iana.values())


def client_alpn(client, claims):
    """Offers all, and then all but those that were chosen."""
    there = []
    while len(there) < len(ALPN_WORDS):
        said = client.look("-alpn", ",".join(w for w in ALPN_WORDS if w not in there))
        chosen = re.search(r"^ALPN protocol: (\S+)$", said, re.M)
        if not chosen or chosen.group(1) in there:
            break
        there.append(chosen.group(1))
    claims.list("tls.alpn", there, ALPN_WORDS)


def client_certificate(client, claims, seen):
    """Who asks, says so in a CertificateRequest; who insists hangs up on a client without."""
    refused = r"alert (handshake failure|certificate required|bad certificate)|peer did not"
    asked = [version for version, said in seen.items() if "CertificateRequest" in said]
    # In TLS 1.3 that is heard only later.
    required = any(re.search(refused, seen[version] + client.look(
        S_CLIENT_VERSIONS[version], "-ign_eof", seconds=2)) for version in asked[-1:])
    claims.say("tls.client_certificate",
               "required" if required else "requested" if asked else "none")


def client_habits(client, claims, seen):
    versions = sorted(seen)
    old = [said for version, said in sorted(seen.items()) if version != "TLS1.3"]
    if old:
        claims.say("tls.secure_renegotiation", "Secure Renegotiation IS supported" in old[-1])
    # Dovecot and slapd refuse without a word. Without the signal all of these were accepted.
    if len(versions) > 1:
        said = client.look(S_CLIENT_VERSIONS[versions[-2]], "-fallback_scsv")
        claims.say("tls.fallback_scsv", not client.agreed(said))


def client_preference(client, claims, suites, mine):
    """The chosen suite first and last: who minds not, is a server with a will of its own.
    (Some give way to clients that begin with ChaCha20.)"""
    names = [name for iana, name, rest in suites.values()
             if iana in mine and "TLSv1.3" not in rest and "CHACHA20" not in name]
    if len(names) < 2:
        return
    first = client.agreed(client.look("-no_tls1_3", "-cipher",
                                      ":".join(names) + ":@SECLEVEL=0"))
    if not first:
        return
    names.remove(first[1])
    second = client.agreed(client.look("-no_tls1_3", "-cipher",
                                       ":".join(names + [first[1]]) + ":@SECLEVEL=0"))
    if second:
        claims.say("tls.preference", "server" if second == first else "client")


def client_claims(case, suites, mine):
    """mine: suites the other tools have found, IANA's names."""
    claims = Claims("openssl")
    client = Client(case)
    if not client.usable:
        return claims
    seen = client_versions(client, claims)
    case.seen = list(seen.values())
    if not seen:
        claims.lists.clear()
        return claims
    if case.get("look") == "groups":
        client_groups(client, claims, set(seen))
    if case.get("group"):
        client_suites(client, claims, suites, case.get("group"))
    client_alpn(client, claims)
    client_certificate(client, claims, seen)
    client_habits(client, claims, seen)
    client_preference(client, claims, suites, mine)
    return claims


# --- all of it ---------------------------------------------------------------------------

def claims_of(case, suites, nmap):
    """Of all tools. Where TLS is not to be had, clients of plain text are the ones to ask."""
    if case.get("ends"):
        return []
    all_claims = []
    if not case.without("sslscan"):
        all_claims.append(sslscan_claims(case, suites))
    if not case.without("nmap"):
        all_claims.append(nmap_claims(nmap.get((case.address, case.port), {})))
    if not case.without("openssl"):
        mine = set()
        for claims in all_claims:
            mine |= claims.lists.get("tls.ciphers", (set(), None))[0]
        all_claims.append(client_claims(case, suites, mine))
    return all_claims


def cases_of(path):
    with open(path, encoding="utf-8") as file:
        return [Case(line) for line in file]
