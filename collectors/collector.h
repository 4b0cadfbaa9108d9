/* SPDX-License-Identifier: Apache-2.0
 *
 * A collector observes one kind of thing and has no opinion of it. It is a row in
 * collectors.c; see docs/adding-a-collector.md.
 */
#ifndef COLLECTORS_COLLECTOR_H
#define COLLECTORS_COLLECTOR_H

#include "collectors/facts.h"
#include "collectors/run.h"

struct collector {
	const char *name;		/* "smb": in configuration, profiles and output */
	const char *answers;		/* one sentence for --help and the manual */
	unsigned kinds;			/* of subjects, or-ed */
	const char *subject;		/* the usual one: "tcp/445" */
	const struct fact_descriptor *facts;	/* ended by a row without a name */
	/* It only asks whether somebody is there: never through a proxy, and many at a time,
	 * since nobody has to hold a conversation. */
	bool looks_itself;
	/* At the machine we run on (vantage host), in a prober of its own that reaches no
	 * network: the host of the request does not matter. */
	bool looks_inside;
	/* It brings what only the engine shall have, and may hold a password for that: in a
	 * prober of its own, which meets none of those who are looked at. */
	bool fetches;
	/* IPv4 and IPv6 make no difference to what it asks: one observation, of family 0. */
	bool familyless;
	/* Facts of another collector's table that it tells as well, or NULL. */
	const struct fact_descriptor *also;
	/* What a request needs that takes longer than its own timeout_ms; NULL: none does. */
	uint32_t (*needs_ms)(const struct request *request);
	/* Neither start nor stop will be called, because host or proxy could not be found: to set
	 * what facts follow from that. May be NULL. */
	void (*unreached)(struct run *run, struct outcome outcome);
	/* Begins; the host is resolved already (run->route). Ends in run_finish() exactly once. */
	void (*start)(struct run *run);
	/* Releases run->work and everything start acquired; called once, whatever happened. */
	void (*stop)(struct run *run);
};

/* In the table's order; NULL behind the last that people know. Behind that are those which only
 * messages name. */
const struct collector *collector_at(size_t index);
const struct collector *collector_named(const char *name);
/* Ended by NULL; for messages. */
const char *const *collector_names(void);
size_t collector_index(const struct collector *collector);
/* Whether some of the facts it tells begin so. */
bool collector_tells(const struct collector *collector, const char *prefix);
/* Whether it asks for somebody: SNI, Host and the like. */
bool collector_asks_by_name(const struct collector *collector);
bool collector_takes_starttls(const struct collector *collector);
/* The row of a fact it tells, counted through its own and then `also`; NULL and -1 beyond. */
const struct fact_descriptor *collector_fact_at(const struct collector *collector, size_t row);
int collector_fact_row(const struct collector *collector, const struct fact_descriptor *about);
/* How long the request may take, given the usual time in its timeout_ms. */
uint32_t collector_timeout_ms(const struct request *request);

const struct fact_descriptor *fact_named(const char *name);
/* Names of all facts, ended by NULL. */
const char *const *fact_names(void);
/* The place of a descriptor in the tables, and back; what the message encoding uses. */
bool fact_place(const struct fact_descriptor *about, uint8_t *collector, uint8_t *row);
const struct fact_descriptor *fact_at(uint8_t collector, uint8_t row);

#endif
