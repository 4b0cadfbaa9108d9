/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is told what, when: each sink hears every event in order, one by one at its pace, and
 * again until it has acknowledged it. What is still to be told lives in the store; this
 * decides, and does no I/O of its own.
 */
#ifndef AGENT_ENGINE_OUTBOX_H
#define AGENT_ENGINE_OUTBOX_H

#include "agent/engine/store.h"

struct outbox_policy {
	int64_t pause_us;		/* between one event and the next; 0: none */
	int64_t retry_us, retry_most_us;	/* after a failure; doubled each time */
	size_t most;			/* so many may wait, at least 1; then the oldest go */
};

/* One sink's place in it. */
struct outbox {
	uint64_t asked;			/* the event that is with the sink now; 0: none */
	int64_t free_us;		/* not before */
	int64_t patience_us;		/* 0: the last one went well */
	unsigned failures;		/* in a row */
};

/* The next event for the sink; false: none now. It is with the sink until outbox_answer(). */
bool outbox_next(const struct outbox_policy *policy, struct outbox *outbox,
		 struct store *store, size_t sink, int64_t now_us, struct event *event);
/* Acknowledged, or it failed and will be asked again, before any other. */
void outbox_answer(const struct outbox_policy *policy, struct outbox *outbox,
		   struct store *store, size_t sink, bool acknowledged, int64_t now_us);
/* More wait than may. Not while one is with the sink: it may be acknowledged any moment. */
bool outbox_is_over(const struct outbox_policy *policy, const struct outbox *outbox,
		    const struct store *store, size_t sink);
/* Gives up the oldest until a quarter of the bound is free, which the event that tells of it,
 * and what comes next, have room in. How many; 0 for a sink with room for one more. */
size_t outbox_give_up(const struct outbox_policy *policy, const struct outbox *outbox,
		      struct store *store, size_t sink);
/* When outbox_next() may have something; INT64_MAX: not before an answer, or a record. */
int64_t outbox_due_us(const struct outbox *outbox, const struct store *store, size_t sink);

#endif
