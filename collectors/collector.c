/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be said of one collector; collectors.c is the table of them.
 */
#include "collectors/collector.h"

#include <string.h>

static size_t count_facts(const struct fact_descriptor *facts)
{
	size_t count = 0;

	while (facts && facts[count].name)
		count++;
	return count;
}

const struct fact_descriptor *collector_fact_at(const struct collector *collector, size_t row)
{
	size_t own = count_facts(collector->facts);

	if (row < own)
		return &collector->facts[row];
	return row - own < count_facts(collector->also) ? &collector->also[row - own] : NULL;
}

int collector_fact_row(const struct collector *collector, const struct fact_descriptor *about)
{
	const struct fact_descriptor *fact;

	for (size_t row = 0; (fact = collector_fact_at(collector, row)); row++)
		if (fact == about)
			return (int)row;
	return -1;
}

bool collector_tells(const struct collector *collector, const char *prefix)
{
	const struct fact_descriptor *fact;

	for (size_t row = 0; (fact = collector_fact_at(collector, row)); row++)
		if (!strncmp(fact->name, prefix, strlen(prefix)))
			return true;
	return false;
}

bool collector_asks_by_name(const struct collector *collector)
{
	return !collector->looks_itself && !collector->looks_inside && !collector->familyless;
}

bool collector_takes_starttls(const struct collector *collector)
{
	return collector->kinds & SUBJECT_TCP &&
	       (collector_tells(collector, "tls.") || collector_tells(collector, "cert."));
}

uint32_t collector_timeout_ms(const struct request *request)
{
	const struct collector *collector = request->collector;

	return collector->needs_ms ? collector->needs_ms(request) : request->timeout_ms;
}
