/* SPDX-License-Identifier: Apache-2.0
 *
 * Certificates, read and verified: each distinct one is parsed once and each distinct chain
 * verified once, however many hosts show it, until a date passes by which one of its
 * certificates begins or ends; 4,096 of each are kept. Belongs to the runner. OpenSSL's
 * X.509 is known here and in certificate_*.c only.
 *
 * Trusted is what a careful client of today would accept for a server, whatever its name:
 * a way of at most ten steps leads to somebody out of the system's bundle or the target's
 * own authorities, past what is out of date or leads nowhere; every key has 112 bits of
 * strength (RSA 2,048), and so has every signature below the last, so neither SHA-1 nor
 * MD5. That is what Debian's OpenSSL and Apple ask for; GnuTLS still takes RSA 1,024. Who
 * is named by a file of authorities is trusted whether a root or not, as by curl and Go: a
 * ca_file may hold the authority that issues for the house, or the very certificate of a
 * PBX.
 */
#ifndef COLLECTORS_TRUST_H
#define COLLECTORS_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/bytes.h"

struct facts;
struct trust;

/* bundle: an open descriptor of the system's authorities in PEM, read when first needed and
 * closed then; -1: there are none. */
struct trust *trust_new(int bundle);
void trust_free(struct trust *trust);
/* Opens the system's bundle wherever this distribution keeps it, or SSL_CERT_FILE; -1 when
 * there is none. To be called before the fence is closed. */
int trust_open_system_bundle(void);

/* One chain as a host has shown it. */
struct exhibit {
	struct reader chain;		/* u24 length and DER of each, the leaf first */
	struct reader staple;		/* the OCSP response, or empty */
	bool staple_open;		/* nobody has asked, or it may still have come: that there
					   is none says nothing */
	const char *name;		/* which the leaf must match; a name or an address */
	const char *authorities;	/* PEM of the target's own, or NULL */
	bool cut;			/* the host sent more than this */
	int64_t wall_us;
};

/* Sets the facts of certificate_facts.h. False when not even the leaf can be read. */
bool trust_examine(struct trust *trust, const struct exhibit *exhibit, struct facts *facts);

/* For tests and benches: how many were parsed and verified in full. */
struct trust_work {
	uint64_t parsed, verified;
};
struct trust_work trust_work(const struct trust *trust);

#endif
