/* SPDX-License-Identifier: Apache-2.0
 *
 * From a certificate to somebody whom the authorities here trust. Used by trust.c, which
 * keeps the verdicts. Trusted is what is found in a store, a root or not: an administrator
 * may name just the authority that issues for his house, or the very certificate of a PBX.
 */
#ifndef COLLECTORS_CERTIFICATE_PATH_H
#define COLLECTORS_CERTIFICATE_PATH_H

#include "collectors/certificate/certificate_store.h"

/* Why a client would not trust a chain. X(constant, word) */
#define TRUST_ERRORS(X)                                                                       \
	X(SELF_SIGNED, "self_signed")		/* the leaf, and nobody knows it */           \
	X(UNKNOWN_ROOT, "unknown_root")		/* a complete chain to a root nobody knows */ \
	X(UNKNOWN_ISSUER, "unknown_issuer")	/* the issuer was not sent and is not known */ \
	X(EXPIRED, "expired")                                                                 \
	X(NOT_YET_VALID, "not_yet_valid")                                                     \
	X(BAD_SIGNATURE, "bad_signature")                                                     \
	X(NOT_AN_AUTHORITY, "not_an_authority")	/* an issuer that may not issue */            \
	X(WRONG_PURPOSE, "wrong_purpose")	/* not for servers */                         \
	X(WEAK_KEY, "weak_key")                                                               \
	X(WEAK_SIGNATURE, "weak_signature")                                                   \
	X(NAME_CONSTRAINED, "name_constrained")                                               \
	X(MALFORMED, "malformed")                                                             \
	X(OTHER, "other")

enum trust_error {
	TRUST_ERROR_NONE,
#define TRUST_ERROR_CONSTANT(constant, word) TRUST_ERROR_##constant,
	TRUST_ERRORS(TRUST_ERROR_CONSTANT)
#undef TRUST_ERROR_CONSTANT
};

enum { PATH_SENT_MOST = 32, PATH_STORES = 2 };

struct certificate_evidence {
	const struct certificate *sent[PATH_SENT_MOST];	/* as sent; the leaf is readable */
	size_t count;
	struct certificate_store *stores[PATH_STORES];	/* NULL: none */
	int64_t wall_us;
};

struct certificate_verdict {
	enum trust_error error;
	bool complete;			/* what was sent leads to a root, sent or known */
	bool undecided;			/* something was sent that cannot be looked at */
	int64_t from, until;		/* while no certificate begins or ends, this holds */
};

struct certificate_verdict certificate_path_judge(const struct certificate_evidence *evidence);
/* Who has signed the leaf, whether sent or known; NULL: nobody here. */
const struct certificate *certificate_path_issuer(const struct certificate_evidence *evidence);

#endif
