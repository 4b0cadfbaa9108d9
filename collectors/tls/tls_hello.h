/* SPDX-License-Identifier: Apache-2.0
 *
 * A ClientHello as bytes: any version, any suites, whatever the local OpenSSL allows. Pure.
 */
#ifndef COLLECTORS_TLS_HELLO_H
#define COLLECTORS_TLS_HELLO_H

#include <stdbool.h>

#include "net/bytes.h"

/* X(constant, value on the wire, word) */
#define TLS_VERSIONS(X)                                                                       \
	X(SSL3, 0x0300, "SSLv3")                                                              \
	X(1_0, 0x0301, "TLS1.0")                                                              \
	X(1_1, 0x0302, "TLS1.1")                                                              \
	X(1_2, 0x0303, "TLS1.2")                                                              \
	X(1_3, 0x0304, "TLS1.3")

enum tls_version {
#define TLS_VERSION_CONSTANT(constant, value, word) TLS_VERSION_##constant = value,
	TLS_VERSIONS(TLS_VERSION_CONSTANT)
#undef TLS_VERSION_CONSTANT
};

enum { TLS_RANDOM_BYTES = 32, TLS_SHARE_MOST = 1024, TLS_COOKIE_MOST = 4096 };

/* A server that describes its curve itself (RFC 8422 5.4, as it was in RFC 4492). */
enum { TLS_GROUP_EXPLICIT_PRIME = 0xff01, TLS_GROUP_EXPLICIT_CHAR2 = 0xff02 };

/* IANA's, of every group of the registry. */
const char *tls_group_name(uint16_t group);	/* NULL: unknown */
/* All groups that can be offered, the usual ones first: all but those two. */
const uint16_t *tls_groups(size_t *count);

struct tls_key_share {
	uint16_t group;
	uint16_t length;		/* 0: the extension is sent, but empty */
	uint8_t bytes[TLS_SHARE_MOST];
};

/* What one hello says. Pointers belong to whoever asks. */
struct tls_offer {
	uint16_t version;		/* the highest; 1.3 is offered alone */
	const uint16_t *suites;
	size_t suite_count;
	const uint16_t *groups;
	size_t group_count;		/* 0: the extension is left out */
	const char *const *alpn;	/* ended by NULL; NULL: left out */
	const char *name;		/* SNI; NULL or an address: left out */
	const struct tls_key_share *share;	/* 1.3 only; NULL: empty */
	const uint8_t *cookie;		/* 1.3 only, of a HelloRetryRequest */
	size_t cookie_length;
	bool bare;			/* no extension at all; not with 1.3 */
	bool compression;		/* offer DEFLATE beside none; not with 1.3 */
	bool fallback;			/* with TLS_FALLBACK_SCSV */
	bool staple;			/* ask for an OCSP response */
	uint8_t random[TLS_RANDOM_BYTES];
	uint8_t session[TLS_RANDOM_BYTES];	/* 1.3: RFC 8446 appendix D.4 */
};

/* Handshake message without a record around it; tls_put_records() makes it one. */
void tls_put_hello(struct writer *out, const struct tls_offer *offer);
/* What the record of a first hello with that offer->version says (RFC 8446 5.1, appendix D);
 * a second one, after a HelloRetryRequest, goes in records of TLS_VERSION_1_2. */
uint16_t tls_record_version(uint16_t version);
/* A handshake message in records of at most 16384 bytes, which say that version. */
void tls_put_records(struct writer *out, uint16_t version, const void *message, size_t length);

const char *tls_version_word(uint16_t version);	/* NULL: none we know */

#endif
