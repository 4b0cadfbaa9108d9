/* SPDX-License-Identifier: Apache-2.0
 *
 * Tells each sink what it has yet to be told: one event after the other, at its pace, again
 * until it has acknowledged it. How a sink is told is its own business.
 */
#ifndef AGENT_ENGINE_TELLING_H
#define AGENT_ENGINE_TELLING_H

#include "agent/engine/outbox.h"
#include "agent/engine/self.h"

struct voice {
	const char *name;	/* by which the store knows the sink */
	void *arg;
	/* Tells it; calls `done` once, now or later. The event is valid during this call. */
	void (*tell)(void *arg, const struct event *event,
		     void (*done)(void *done_arg, bool acknowledged), void *done_arg);
	/* Ends it; `done` of what is under way is not called any more. */
	void (*close)(void *arg);
};

struct telling;

struct telling *telling_new(struct store *store, struct self *self);
/* Closes all voices. What is under way stays untold. */
void telling_free(struct telling *telling);
/* In place of those before, which are closed; copied. A sink that was there before goes on
 * where it was. */
void telling_set(struct telling *telling, const struct outbox_policy *policy,
		 const struct voice *voices, size_t count, struct moment now);
/* Takes what voices have answered. Who writes the store between this and telling_turn() tells
 * each sink one event again after a crash, at most: the one it was being told. */
void telling_hear(struct telling *telling, struct moment now);
/* Tells what may be told; when it wants to be called again. Also to be called after a `done`,
 * and after the store was written: it may have recorded events, too. */
int64_t telling_turn(struct telling *telling, struct moment now);

struct telling_state {
	const char *name;
	size_t untold;
	unsigned failures;	/* in a row */
	int64_t last_wall_us;	/* it acknowledged something; 0: not since the start */
};

/* Over all sinks, since the start. */
struct telling_sums {
	uint64_t told, given_up;
	size_t untold;		/* now */
};

struct telling_sums telling_sums(const struct telling *telling);
size_t telling_count(const struct telling *telling);
struct telling_state telling_state(const struct telling *telling, size_t sink);

#endif
