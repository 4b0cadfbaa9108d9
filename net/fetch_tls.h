/* SPDX-License-Identifier: Apache-2.0
 *
 * What a fetch wants of the TLS handshake that libcurl makes for it: the certificates and
 * the staple as they were sent, none refused; old versions and weak suites welcome; how it
 * ended. Belongs to a fetch, whose SSL must be gone before it.
 */
#ifndef NET_FETCH_TLS_H
#define NET_FETCH_TLS_H

#include "net/bytes.h"

struct fetch_tls {
	struct writer chain, staple;	/* as fetch.h's struct fetch_end has them */
	bool cut;			/* the peer sends more than was kept */
	bool alien;			/* what came first is no record of TLS */
	bool alerted;			/* a fatal alert was sent or received */
	bool heard;			/* something of what is said inside TLS has come */
	const char *version;		/* a constant; NULL: not agreed upon yet */
	int64_t finished_us;		/* monotonic; 0: the handshake is not finished */
};

void fetch_tls_init(struct fetch_tls *tls);
void fetch_tls_free(struct fetch_tls *tls);
/* context: the SSL_CTX of one connection. */
void fetch_tls_prepare(struct fetch_tls *tls, void *context);

#endif
