/* SPDX-License-Identifier: Apache-2.0
 *
 * What the authority says of a certificate in the response that the server sends along
 * (OCSP, RFC 6960). Used by trust.c, which keeps the verdicts.
 */
#ifndef COLLECTORS_CERTIFICATE_STAPLE_H
#define COLLECTORS_CERTIFICATE_STAPLE_H

#include "collectors/certificate/certificate_read.h"

enum staple {
	STAPLE_GOOD,
	STAPLE_REVOKED,		/* for ever: also when the response is out of date */
	STAPLE_UNKNOWN,
	STAPLE_EXPIRED,
	STAPLE_INVALID		/* malformed, of another certificate, or wrongly signed */
};

enum { STAPLE_BYTES_MOST = 64 << 10 };

struct staple_verdict {
	enum staple staple;
	int64_t from, until;	/* this holds in between */
};

/* `issuer` has signed the leaf, and must have signed the response or appointed who has. */
struct staple_verdict certificate_staple_judge(struct reader staple,
					       const struct certificate *leaf,
					       const struct certificate *issuer, int64_t wall_us);

#endif
