/* SPDX-License-Identifier: Apache-2.0
 *
 * The cipher suites of the IANA registry and what is wrong with each. The table is made by
 * tls_suites.py from tls_suites.csv, which says of which day it is.
 */
#ifndef COLLECTORS_TLS_SUITES_H
#define COLLECTORS_TLS_SUITES_H

#include <stddef.h>
#include <stdint.h>

/* X(constant, word): classes of weak suites; a suite can be in several. */
#define TLS_WEAKNESSES(X)                                                                     \
	X(NULL, "null")			/* does not encrypt */                                \
	X(ANONYMOUS, "anonymous")	/* nobody proves who he is */                         \
	X(EXPORT, "export")		/* keys of 40 or 56 bits on purpose */                \
	X(RC4, "rc4")                                                                         \
	X(RC2, "rc2")                                                                         \
	X(DES, "des")                                                                         \
	X(TRIPLE_DES, "3des")                                                                 \
	X(MD5, "md5")                                                                         \
	X(CBC_SHA1, "cbc_sha1")                                                               \
	X(STATIC_RSA, "static_rsa")	/* no forward secrecy: the certificate's key decrypts */ \
	X(STATIC_DH, "static_dh")	/* nor here: DH or ECDH with the certificate's key */

enum tls_weakness {
#define TLS_WEAKNESS_CONSTANT(constant, word) TLS_WEAK_##constant,
	TLS_WEAKNESSES(TLS_WEAKNESS_CONSTANT)
#undef TLS_WEAKNESS_CONSTANT
	TLS_WEAKNESS_COUNT
};

/* Traits above the bits of the weaknesses (1u << TLS_WEAK_…). */
enum {
	TLS_SUITE_COMMON = 1 << 16,	/* offered first: what real servers have */
	TLS_SUITE_ONLY_1_3 = 1 << 17,
	TLS_SUITE_SINCE_1_2 = 1 << 18,	/* AEAD, SHA-256 and the like: not below 1.2 */
	TLS_SUITE_ECDHE = 1 << 19,	/* the server chooses a group, and names it */
	TLS_SUITE_DHE = 1 << 20,
	TLS_SUITE_CERTIFICATE = 1 << 21,	/* below 1.3: the server shows a certificate */
	TLS_SUITE_PSK = 1 << 22		/* below 1.3: a hint comes before the group */
};

struct tls_suite {
	const char *name;	/* IANA's: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" */
	uint32_t traits;
	uint16_t value;
};

/* In the order of their values; NULL behind the last. */
const struct tls_suite *tls_suite_at(size_t index);
size_t tls_suite_count(void);
/* NULL: not in the registry. */
const struct tls_suite *tls_suite_of(uint16_t value);
/* Ended by NULL, in the order of enum tls_weakness. */
const char *const *tls_weakness_words(void);

#endif
