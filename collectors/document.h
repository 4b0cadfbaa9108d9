/* SPDX-License-Identifier: Apache-2.0
 *
 * A document that the engine wants from a web server it trusts: an inventory. Nobody observes
 * it and no rule names it. Over https the server must show a certificate that is trusted and
 * names it before it is asked for anything, so that no stranger hears a password or is believed.
 */
#ifndef COLLECTORS_DOCUMENT_H
#define COLLECTORS_DOCUMENT_H

#include "collectors/facts.h"
#include "net/outcome.h"

/* On what terms it is asked for; strings of at most 64 KiB, without line ends. */
struct document_terms {
	const char *authorization;	/* the value of that header, a secret; NULL: none */
	const char *etag;		/* of what we have; NULL: nothing */
};

enum document_fact {
	DOCUMENT_STATUS,
	DOCUMENT_TYPE,		/* Content-Type */
	DOCUMENT_LOCATION,	/* where it sends us, when that was not followed */
	DOCUMENT_ETAG,
	DOCUMENT_BODY		/* of status 200, when all of it has come */
};

/* The largest body: a frame between processes has room for that and more. */
enum { DOCUMENT_MOST = 3 << 20 };

struct collector;
struct fetch_end;

extern const struct collector document_collector;

const struct fact_descriptor *document_fact(enum document_fact fact);
/* All of an answer that has come. Pure; other than NONE: it has a body that is of no use. */
enum reason document_tell(const struct fetch_end *end, struct facts *told);

#endif
