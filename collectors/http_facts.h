/* SPDX-License-Identifier: Apache-2.0
 *
 * The facts of the collector http, and how they follow from one reply.
 */
#ifndef COLLECTORS_HTTP_FACTS_H
#define COLLECTORS_HTTP_FACTS_H

#include "collectors/facts.h"
#include "collectors/http_wire.h"
#include "net/fetch.h"

enum http_fact {
	HTTP_STATUS,
	HTTP_VERSION,
	HTTP_LOCATION,
	HTTP_REDIRECTS_TO_HTTPS,
	HTTP_FINAL_STATUS,
	HTTP_FINAL_URL,
	HTTP_HSTS,
	HTTP_HSTS_SUBDOMAINS,
	HTTP_SERVER,
	HTTP_POWERED_BY,
	HTTP_HEADERS,
	HTTP_COOKIES,
	HTTP_INSECURE_COOKIES,
	HTTP_AUTHENTICATION,
	HTTP_TITLE,
	HTTP_SECONDS,
	HTTP_FACT_COUNT
};

/* For the collector's row. */
extern const struct fact_descriptor http_fact_table[];

/* All but those of where a redirect leads in the end. */
void http_tell(const struct fetch_end *end, const struct http_place *place,
	       struct facts *facts);
void http_tell_final(unsigned status, const struct http_place *place, struct facts *facts);
/* Whether the reply sends us to another path of the same host; if so, which. */
bool http_leads_on(const struct fetch_end *end, const struct http_place *place,
		   struct http_target *target);

#endif
