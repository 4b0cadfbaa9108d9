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
	/* What a request needs that takes longer than its own timeout_ms; NULL: none does. */
	uint32_t (*needs_ms)(const struct request *request);
	/* Begins; the host is resolved already (run->route). Ends in run_finish() exactly once. */
	void (*start)(struct run *run);
	/* Releases run->work and everything start acquired; called once, whatever happened. */
	void (*stop)(struct run *run);
};

/* In the table's order; NULL behind the last. */
const struct collector *collector_at(size_t index);
const struct collector *collector_named(const char *name);
/* Ended by NULL; for messages. */
const char *const *collector_names(void);
size_t collector_index(const struct collector *collector);
/* Whether some of its facts begin so. */
bool collector_tells(const struct collector *collector, const char *prefix);
bool collector_speaks_tls(const struct collector *collector);
/* How long the request may take, given the usual time in its timeout_ms. */
uint32_t collector_timeout_ms(const struct request *request);

const struct fact_descriptor *fact_named(const char *name);
/* Names of all facts, ended by NULL. */
const char *const *fact_names(void);
/* The place of a descriptor in the tables, and back; what the message encoding uses. */
bool fact_place(const struct fact_descriptor *about, uint8_t *collector, uint8_t *row);
const struct fact_descriptor *fact_at(uint8_t collector, uint8_t row);

#endif
