/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether somebody is there: a connection, along the route with its proxy, TLS if wanted, and
 * not a word said. What is done for tcp:// and tls://.
 */
#ifndef COLLECTORS_REACH_KNOCK_H
#define COLLECTORS_REACH_KNOCK_H

#include "net/bytes.h"
#include "net/loop.h"
#include "net/outcome.h"
#include "net/route.h"

struct knock_end {
	struct outcome outcome;
	int64_t connect_us, tls_us;	/* from the beginning to there; -1: not there */
	struct reader chain, staple;	/* what was shown, as trust.h wants it */
	bool chain_cut;
	unsigned proxy_status;		/* the answer to CONNECT; 0: none was asked */
	int alert;			/* the peer's last word in TLS, RFC 8446 6.2; -1: none */
};

struct knock;

/* The route, whose `tls` says whether to encrypt, must live as long as the knock. `done` is
 * called exactly once, never from inside; what it is given lives until it returns, and the
 * knock is gone then. */
struct knock *knock_start(struct loop *loop, const struct route *route, int64_t deadline_us,
			  void (*done)(void *arg, const struct knock_end *end), void *arg);
/* Ends it without calling done. */
void knock_cancel(struct knock *knock);

#endif
