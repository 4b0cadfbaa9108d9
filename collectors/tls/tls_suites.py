#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes collectors/tls/tls_suites.c from collectors/tls/tls_suites.csv.

tls_suites.py [OUTPUT]: `-` is the standard output. A name of the registry says all about its
suite: TLS_<key exchange>_WITH_<cipher>_<hash>, from TLS 1.3 on TLS_<cipher>_<hash>.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

# What servers of OpenSSL, GnuTLS, NSS, Java and Schannel accept, or accepted once, by themselves,
# and the weak ones that were switched on most often. The registry calls everything else
# just as valid; these are only asked for first.
COMMON = """
1301 1302 1303 1304 1305
c02b c02c c02f c030 cca8 cca9 ccaa c023 c024 c027 c028 c009 c00a c013 c014
009e 009f 0067 006b 0033 0039 0032 0038 0040 00a2 00a3
009c 009d 003c 003d 002f 0035 c0ac c0ad c0ae c0af
0041 0084 0045 0088 0096 0007
000a 0013 0016 c008 c012 0004 0005 c007 c011 0009 0015
0003 0006 0008 0014 0001 0002 003b c006 c010
0018 001b 0034 003a 00a6 00a7 c017 c018 c019 c004 c00e c025 c029
"""

HEAD = """\
/* SPDX-License-Identifier: Apache-2.0
 *
 * Made by tls_suites.py from tls_suites.csv; change those.
 */
#include "collectors/tls/tls_suites.h"

#include <stdlib.h>

/* Short, so that a row is a line. */
enum {
"""

TAIL = """\
};

enum { SUITES = sizeof suites / sizeof *suites };

const struct tls_suite *tls_suite_at(size_t index)
{
	return index < SUITES ? &suites[index] : NULL;
}

size_t tls_suite_count(void)
{
	return SUITES;
}

static int compare_value(const void *key, const void *row)
{
	const uint16_t *value = key;
	const struct tls_suite *suite = row;

	return *value - suite->value;
}

const struct tls_suite *tls_suite_of(uint16_t value)
{
	return bsearch(&value, suites, SUITES, sizeof *suites, compare_value);
}

const char *const *tls_weakness_words(void)
{
	static const char *const words[] = {
#define WEAKNESS_WORD(constant, word) word,
		TLS_WEAKNESSES(WEAKNESS_WORD)
#undef WEAKNESS_WORD
		NULL
	};

	return words;
}
"""

# Short name of a trait, and what it stands for, in the order in which a row names them.
TRAITS = (
    ("COMMON", "TLS_SUITE_COMMON"),
    ("V13", "TLS_SUITE_ONLY_1_3"),
    ("V12", "TLS_SUITE_SINCE_1_2"),
    ("ECDHE", "TLS_SUITE_ECDHE"),
    ("DHE", "TLS_SUITE_DHE"),
    ("CERT", "TLS_SUITE_CERTIFICATE"),
    ("PSK", "TLS_SUITE_PSK"),
    ("NUL", "1 << TLS_WEAK_NULL"),
    ("ANON", "1 << TLS_WEAK_ANONYMOUS"),
    ("EXP", "1 << TLS_WEAK_EXPORT"),
    ("RC4", "1 << TLS_WEAK_RC4"),
    ("RC2", "1 << TLS_WEAK_RC2"),
    ("DES", "1 << TLS_WEAK_DES"),
    ("TDES", "1 << TLS_WEAK_TRIPLE_DES"),
    ("MD5", "1 << TLS_WEAK_MD5"),
    ("CBC1", "1 << TLS_WEAK_CBC_SHA1"),
    ("SRSA", "1 << TLS_WEAK_STATIC_RSA"),
    ("SDH", "1 << TLS_WEAK_STATIC_DH"),
)

# Key exchanges whose hello is followed by a certificate. RSA_PSK is among them, and not
# among the static ones: the certificate's key alone decrypts nothing.
CERTIFIED = {"RSA", "RSA_PSK", "DH_DSS", "DH_RSA", "DHE_DSS", "DHE_RSA", "ECDH_ECDSA", "ECDH_RSA",
             "ECDHE_ECDSA", "ECDHE_RSA", "SRP_SHA_RSA", "SRP_SHA_DSS", "GOSTR341112_256"}
EPHEMERAL = {"DHE": {"DHE_DSS", "DHE_RSA", "DHE_PSK", "PSK_DHE", "DH_anon"},
             "ECDHE": {"ECDHE_ECDSA", "ECDHE_RSA", "ECDHE_PSK", "ECDH_anon"}}
STATIC = {"SRSA": {"RSA"}, "SDH": {"DH_DSS", "DH_RSA", "ECDH_ECDSA", "ECDH_RSA"}}


def exchange_traits(exchange):
    key = exchange.removesuffix("_EXPORT")
    if exchange != key:
        yield "EXP"
    if key in CERTIFIED:
        yield "CERT"
    if "PSK" in key:
        yield "PSK"
    if key.endswith("_anon") or key == "NULL":
        yield "ANON"
    for table in (EPHEMERAL, STATIC):
        yield from (trait for trait, keys in table.items() if key in keys)


def cipher_traits(cipher):
    if "NULL" in cipher or cipher in ("SHA256_SHA256", "SHA384_SHA384"):
        yield "NUL"
    for trait, prefix in (("RC4", "RC4_"), ("RC2", "RC2_"), ("DES", "DES"), ("TDES", "3DES_")):
        if cipher.startswith(prefix):
            yield trait
    if cipher.endswith("_MD5"):
        yield "MD5"
    if "_CBC_" in cipher and cipher.endswith("_SHA"):
        yield "CBC1"


def needs_1_2(exchange, cipher):
    """Authenticated encryption and the newer hashes came with TLS 1.2; but of suites with PSK
    RFC 5487 and 5489 allow the older versions those without, and OpenSSL does."""
    if "PSK" in exchange and ("_CBC_" in cipher or cipher.startswith("NULL_")):
        return False
    return not cipher.endswith(("_SHA", "_MD5", "_NULL"))


def traits_of(value, name):
    words = name.removeprefix("TLS_")
    exchange, with_, cipher = words.partition("_WITH_")
    traits = {"COMMON"} if f"{value:04x}" in COMMON.split() else set()
    if not with_ or "_MGM_" in cipher:
        return traits | {"V13"} | set(cipher_traits(cipher or words))
    if needs_1_2(exchange, cipher):
        traits.add("V12")
    return traits | set(exchange_traits(exchange)) | set(cipher_traits(cipher))


def row_of(value, name):
    traits = traits_of(value, name)
    named = " | ".join(short for short, _ in TRAITS if short in traits)
    return f'\t{{ "{name}", {named or "0"}, 0x{value:04x} }},\n'


def read_suites():
    with open(os.path.join(HERE, "tls_suites.csv"), encoding="ascii") as file:
        for line in file:
            if not line.startswith("#"):
                value, name = line.strip().split(",")
                yield int(value, 16), name


def source():
    parts = [HEAD]
    parts += [f"\t{short} = {meaning},\n" for short, meaning in TRAITS]
    parts.append("};\n\nstatic const struct tls_suite suites[] = {\n")
    parts += [row_of(value, name) for value, name in sorted(read_suites())]
    return "".join(parts) + TAIL


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "tls_suites.c")
    if path == "-":
        sys.stdout.write(source())
        return
    with open(path, "w", encoding="ascii") as file:
        file.write(source())


main()
