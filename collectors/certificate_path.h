/* SPDX-License-Identifier: Apache-2.0
 *
 * From a certificate to somebody whom the authorities here trust. Used by trust.c, which
 * keeps the verdicts. Trusted is what is found in a store, a root or not: an administrator
 * may name just the authority that issues for his house, or the very certificate of a PBX.
 */
#ifndef COLLECTORS_CERTIFICATE_PATH_H
#define COLLECTORS_CERTIFICATE_PATH_H

#include "collectors/certificate_store.h"
#include "collectors/trust.h"

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
