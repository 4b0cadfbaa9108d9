/* SPDX-License-Identifier: Apache-2.0
 *
 * One HTTP request, by libcurl on our loop over a connection of net/stream.h; only
 * fetch_transfer.c includes it. The address is given, so no name is looked up and no thread
 * is started; no redirect is followed, no connection, session or cookie is kept, no
 * certificate refused: what the server shows is handed over for others to examine.
 *
 * Through a proxy https is asked for with CONNECT, http as clients do it: by a request for
 * the whole URL. What the proxy says to that in its own name (that it wants a password, or
 * cannot reach the host) is a failure of STAGE_PROXY, when squid, tinyproxy or RFC 9209 tell
 * it apart from an answer of the origin's; status and headers are there all the same.
 */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include "net/bytes.h"
#include "net/loop.h"
#include "net/outcome.h"
#include "net/route.h"
#include "net/url.h"

struct fetch_header {
	const char *name;		/* of a reply: in lower case */
	const char *value;		/* foreign: may hold any byte but NUL and line ends */
};

struct fetch_end;

struct fetch_plan {
	const struct url *url;		/* its host does not matter: the route has it */
	/* Where to, with port, from, and through what. Its name is what Host, SNI and the
	 * proxy are told; NULL: the address. All must live as long as the fetch. */
	const struct route *route;
	const char *agent;		/* User-Agent */
	const struct fetch_header *asking;	/* what else the request says, to the host alone */
	size_t asking_count;
	/* Where it encrypts, before anything is asked: whether what the server has shown will
	 * do. False: TLS_FAILED. NULL: it always does. */
	bool (*accept)(void *arg, const struct fetch_end *shown);
	int64_t deadline_us;		/* absolute, monotonic, for all of it */
	size_t most_head_bytes;		/* of the reply; more is REASON_TOO_MUCH. 0: 64 KiB */
	size_t most_body_bytes;		/* as much is kept; what follows is not waited for */
};

struct fetch_end {
	/* Reason NONE: the reply's head has come whole, whatever became of the body. Else how
	 * far it came: CONNECT, PROXY, HANDSHAKE, REQUEST or REPLY. */
	struct outcome outcome;
	struct address address;		/* whom we were connected to: the peer's or the proxy's;
					   family 0: nobody */
	unsigned status;		/* 0: none came */
	unsigned proxy_status;		/* the answer to CONNECT; 0: none was asked */
	const char *version;		/* "1.0", "1.1", "2" */
	const struct fetch_header *headers;	/* in their order */
	size_t header_count;
	struct reader body;
	enum reason cut;		/* why the body is not all there; NONE: it is. Where none
					   is kept it says nothing */
	/* What the server showed, as trust.h wants it: u24 length and DER of each, and the
	 * stapled OCSP response. Also when the handshake failed after that. */
	struct reader chain, staple;
	bool chain_cut;
	const char *tls_version;	/* "TLSv1.3", or NULL */
	int64_t connect_us, tls_us, reply_us;	/* from the beginning to there; -1: not there */
};

struct fetch;

/* Loads what libcurl wants from files; before the fence closes. */
void fetch_prepare(void);

/* What the fetches of one loop have in common. */
struct fetcher;

struct fetcher *fetcher_new(struct loop *loop);
/* No fetch may be under way. */
void fetcher_free(struct fetcher *fetcher);
/* `done` is called exactly once, never from inside; what it is given lives until it returns,
 * and the fetch is gone then. */
struct fetch *fetch_start(struct fetcher *fetcher, const struct fetch_plan *plan,
			  void (*done)(void *arg, const struct fetch_end *end), void *arg);
/* Ends it without calling done. */
void fetch_cancel(struct fetch *fetch);

#endif
