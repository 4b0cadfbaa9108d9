/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be said of one collector; collectors.c is the table of them.
 */
#include "collectors/collector.h"

#include <string.h>

bool collector_tells(const struct collector *collector, const char *prefix)
{
	for (const struct fact_descriptor *fact = collector->facts; fact->name; fact++)
		if (!strncmp(fact->name, prefix, strlen(prefix)))
			return true;
	return false;
}

bool collector_speaks_tls(const struct collector *collector)
{
	return collector_tells(collector, "tls.") || collector_tells(collector, "cert.");
}

uint32_t collector_timeout_ms(const struct request *request)
{
	const struct collector *collector = request->collector;

	return collector->needs_ms ? collector->needs_ms(request) : request->timeout_ms;
}
