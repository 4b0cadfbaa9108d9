/* SPDX-License-Identifier: Apache-2.0
 *
 * One certificate, read: what is told of it, ready to be copied, and what verifying needs.
 * Its texts are escaped and bounded. Made by trust.c and certificate_store.c, which free it.
 */
#ifndef COLLECTORS_CERTIFICATE_READ_H
#define COLLECTORS_CERTIFICATE_READ_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/bytes.h"

struct arena;

enum {
	FINGERPRINT_BYTES = 32,			/* SHA-256 */
	FINGERPRINT_ROOM = 2 * FINGERPRINT_BYTES + 1,
	CERTIFICATE_NAMES_MOST = 256,		/* told; all of them are matched */
	CERTIFICATE_USAGES_MOST = 32
};

struct certificate_texts {
	const char **list;
	size_t count;
	bool known;			/* readable; an absent extension is an empty list */
};

struct certificate {
	X509 *x509;			/* NULL: unreadable, and nothing else is set but sha256 */
	struct arena *arena;		/* of the texts */
	uint8_t sha256[FINGERPRINT_BYTES];
	char sha256_hex[FINGERPRINT_ROOM];
	char spki_hex[FINGERPRINT_ROOM];
	const char *subject, *issuer;	/* NULL: cannot be written */
	const char *serial, *signature;
	struct certificate_texts names, usages;
	const char *key;		/* a word of cert.key */
	const char *curve;		/* NULL: none, or one without a name */
	int key_bits;			/* 0: not known */
	int64_t not_before, not_after;	/* wall clock, microseconds */
	bool begins, ends;		/* those could be read */
	bool self_signed;		/* and the signature is right */
	bool self_signed_known;
	bool pretends;			/* says so, but the signature is another's */
	bool authority;			/* basicConstraints says CA */
	bool wildcard;
	bool mended;			/* malformed: read all the same, and never verified */
	bool monstrous;			/* a key whose use would cost too much: never used */
};

struct certificate_reading {
	EVP_MD *sha256;
	EVP_MD_CTX *digest;
};

void certificate_reading_init(struct certificate_reading *reading);
void certificate_reading_free(struct certificate_reading *reading);
void certificate_fingerprint(const struct certificate_reading *reading, struct reader bytes,
			     uint8_t sha256[static FINGERPRINT_BYTES]);

/* `der` is read as far as its end. Never NULL: see x509. */
struct certificate *certificate_read(const struct certificate_reading *reading,
				     struct reader der);
void certificate_free(struct certificate *certificate);

/* Wall clock, microseconds; false when it is not written as RFC 5280 4.1.2.5 says. */
bool certificate_time(const ASN1_TIME *time, int64_t *wall_us);
/* Whether using the key would cost more than any honest one does. */
bool certificate_key_is_monstrous(const EVP_PKEY *key);
/* Whether the key of `issuer` has made the signature of `certificate`: 1, 0; -1: cannot say. */
int certificate_signed_by(const struct certificate *certificate, const struct certificate *issuer);

#endif
