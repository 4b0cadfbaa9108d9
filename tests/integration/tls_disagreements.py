# SPDX-License-Identifier: Apache-2.0
"""Where the tools that tell the truth disagree with each other: who is wrong, and why. Each
was looked into; a disagreement that is not in this table fails the test."""

import re

# (case, fact, tool that is wrong, what it says, why); regular expressions that match in full.
# "no X" for a tool that does not find X in a list.
KNOWN = (
    (r"dovecot_without_dh.*", r"tls\.(versions|ciphers)", "sslscan", "no (TLS1.2|TLS_ECDHE_.*)",
     "sslscan names DHE first. Dovecot without ssl_dh takes the client's first, cannot make"
     " its parameters (SSL_accept: internal error) and hangs up; nmap and openssl prefer ECDHE"),
    (r"slapd.*|gnutls.*", r"tls\.ciphers", "sslscan", "no TLS_DHE_.*",
     "GnuTLS without parameters of its own has DHE for clients that name a finite group"
     " (RFC 7919); OpenSSL's clients below TLS 1.3 name none"),
    (r"kamailio_demands|s_server_requires.*|selfserv_requires|gnutls_requires",
     r"tls\.ciphers", "sslscan", "no TLS_.*",
     "sslscan counts finished handshakes, and without a certificate there is none"),
    (r"gnutls_requires", r"tls\.secure_renegotiation", "sslscan", "False",
     "the same: it asks over a handshake that was never finished"),
    (r"gnutls_unsafe", r"tls\.ciphers", "sslscan", "no TLS_.*",
     "OpenSSL's client shuns servers without secure renegotiation, unless told"),
    (r"suite_ECDHE-ECDSA-.*", r"tls\.groups", "sslscan", "no .*",
     "sslscan offers one group alone; OpenSSL below TLS 1.3 shows an ECDSA certificate only to"
     " clients that offer its curve, P-256, too"),
    (r"s_server_named_curve", r"tls\.ciphers", "sslscan|nmap", "no TLS_ECDH.*",
     "the server's only curve is brainpoolP384r1, which these two do not offer"),
    (r"(slapd|postgres)_taken_for_tls", r"tls\.plain_text", "python", "ldap|postgres",
     "only who asks in that protocol learns it: they hang up on a TLS hello without a byte"),
    (r"common_name_only", r"cert\.name_match", "openssl", "True",
     "openssl x509 -checkhost takes the common name where there is no alternative one; RFC 9525"
     " forbids it, and browsers and Go do not"),
)


def knows(case, fact, tool, said):
    """Whether this statement is known to be wrong."""
    said = said if isinstance(said, str) else repr(said)
    return any(re.fullmatch(row[0], case) and re.fullmatch(row[1], fact)
               and re.fullmatch(row[2], tool) and re.fullmatch(row[3], said) for row in KNOWN)
