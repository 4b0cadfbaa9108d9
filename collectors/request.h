/* SPDX-License-Identifier: Apache-2.0
 *
 * One thing to observe, as the engine asks it of a prober. All pointers belong to whoever
 * made the request (the plan's arena, or the run's arena in a prober).
 */
#ifndef COLLECTORS_REQUEST_H
#define COLLECTORS_REQUEST_H

#include "collectors/subject.h"
#include "net/bytes.h"

struct arena;
struct collector;
struct document_terms;
struct snmp_access;
struct url;

struct request {
	const struct collector *collector;
	struct subject subject;
	const char *host;		/* name or numeric address; of a URL its own, and "" where
					   nothing is looked up */
	uint8_t family;			/* 4 or 6; 0: of a collector without families, or for a
					   proxy to find */
	bool by_address;		/* ask for the numeric address, not for a name */
	const char *name;		/* SNI, Host and the like; NULL: host */
	const char *verify_name;	/* whom the certificate must name; NULL: name, else host */
	const char *authorities;	/* PEM: who else may issue certificates; NULL: nobody */
	const char *starttls;		/* NULL: none */
	const char *source;		/* numeric source address; NULL: any */
	const char *proxy;		/* http://user:password@host:port; NULL: direct */
	const struct snmp_access *snmp;	/* NULL: nobody has given us any */
	const struct document_terms *terms;	/* of a document; NULL: none */
	uint32_t timeout_ms;		/* for the whole observation */
	uint32_t packets_per_second;	/* towards this host; 0: unlimited */
	uint64_t wanted;		/* a bit for each fact, see collector_fact_row(); 0: all.
					   Questions only others need are left out. */
};

/* Whom the certificate must name: a name or an address. */
const char *request_verified_name(const struct request *request);
/* What a URL or a path subject asks for, and where; the host is the request's for a path. */
void request_url(const struct request *request, struct url *url);
/* All but the authorities. */
void request_encode(const struct request *request, struct writer *out);
bool request_decode(struct reader *in, struct arena *arena, struct request *request);

#endif
