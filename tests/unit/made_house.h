/* SPDX-License-Identifier: Apache-2.0
 *
 * A house in which nothing happens by itself: targets, checks, alarms and what was seen are as
 * the test makes them. Only loop and store are real.
 */
#ifndef TESTS_UNIT_MADE_HOUSE_H
#define TESTS_UNIT_MADE_HOUSE_H

#include "agent/daemon/house.h"

enum { MADE_FACTS = 4 };

struct made_house {
	struct house house;
	struct config config;
	struct plan plan;
	struct results results;
	struct loaded loaded;
	struct rule rule;
	struct arena *arena;
	struct alarm *alarms;		/* by check */
	uint64_t *raised;
	struct alarm *presences;	/* by target */
	bool *down;
	struct alarm own[SELF_COUNT];
	const char *reload_says;	/* NULL: it goes well */
	unsigned reloads, nudges;
};

/* So many targets "t0" …, with so many checks each, each with an observation of its own. */
struct made_house *made_house_new(size_t targets, size_t checks);
void made_house_free(struct made_house *made);
/* The check's observation has seen facts, whose first is `first`; its verdict. */
void made_house_see(struct made_house *made, size_t check, const char *first,
		    enum verdict verdict);
/* It was tried, and failed. */
void made_house_fail(struct made_house *made, size_t check, enum reason reason);
void made_house_raise(struct alarm *alarm, enum verdict verdict, enum severity severity);
/* Records an event about the check, and tells its number. */
uint64_t made_house_event(struct made_house *made, size_t check, enum event_kind kind);

/* A plain fact, a list, one that passes, and texts of which only the names last. */
const struct fact_descriptor *made_fact(size_t index);

#endif
