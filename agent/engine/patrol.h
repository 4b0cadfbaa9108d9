/* SPDX-License-Identifier: Apache-2.0
 *
 * Rounds without end: each observation when it is due, its checks judged, their alarms stepped,
 * and what changed recorded. Clock, network and disk are given from outside, so that a test can
 * be all of them: with the same world the same things happen, in the same order.
 */
#ifndef AGENT_ENGINE_PATROL_H
#define AGENT_ENGINE_PATROL_H

#include "agent/engine/presence.h"
#include "agent/engine/results.h"
#include "agent/engine/self.h"
#include "agent/engine/store.h"

struct patrol;

struct patrol_world {
	void *arg;
	size_t probers;
	struct moment (*now)(void *arg);
	/* As crew_observe(): `done` is called once, later, and takes the observation over. The
	 * request lives until then. */
	void (*observe)(void *arg, uint32_t key, const struct request *request,
			void (*done)(void *done_arg, struct observation *observation),
			void *done_arg);
	/* Nothing refers to this plan any more: it was replaced, and what was under way for it
	 * has come. */
	void (*released)(void *arg, const struct plan *plan);
	/* It was judged, or something may have changed of its alarm or its target's; by its index
	 * in the plan. Not said of all when the plan is another. NULL: nobody wants to know. */
	void (*changed)(void *arg, uint32_t check);
};

/* store, self and firsts are the caller's and outlive it. firsts NULL: nothing is remembered. */
struct patrol *patrol_new(const struct patrol_world *world, struct store *store,
			  struct self *self, struct firsts *firsts);
/* `done` of what is under way must not be called after it; plans are released. */
void patrol_free(struct patrol *patrol);
/* The world has another number of them, from the next plan on. */
void patrol_set_probers(struct patrol *patrol, size_t probers);
/* In place of the plan before, if there was one. What both have carries over: what was seen,
 * when it is due, alarms, targets that are down. Alarms of checks that are no more are
 * cleared. */
void patrol_set_plan(struct patrol *patrol, const struct plan *plan);
/* Does all that is due, and says when it wants to be called again; also to be called when a
 * `done` was. The caller writes the store afterwards. */
int64_t patrol_turn(struct patrol *patrol);

/* What rules with `unchanged` compare with is from now on what the target is like now; `said`
 * gets a line for each that was something else, and for what went wrong. */
void patrol_accept(struct patrol *patrol, uint32_t target, struct text *said);

/* For the faces. Indexes are those of the plan. */
const struct results *patrol_results(const struct patrol *patrol);

struct patrol_check {
	const struct alarm *alarm;
	uint32_t number;		/* in the store */
	uint64_t raised;		/* the event that raised the alarm, or 0 */
	int64_t since_wall_us;		/* it has this verdict; 0: not judged yet */
	int64_t next_us;		/* monotonic; INT64_MAX: never, or under way */
};

struct patrol_check patrol_check(const struct patrol *patrol, size_t check);

struct patrol_target {
	const struct alarm *alarm;	/* of its being there at all */
	uint32_t number;		/* of the target, in the store */
	uint32_t check;			/* of that alarm */
	uint64_t raised;
	bool down;			/* silent, be it told or not */
};

struct patrol_target patrol_target(const struct patrol *patrol, size_t target);

struct patrol_health {
	bool uplink_down;
	size_t waiting, under_way;	/* observations: due, and begun */
	int64_t late_us;		/* how long what is due has waited for its turn, at most */
	uint64_t observations, events;	/* since the start */
	uint64_t hidden;		/* of the events: recorded and told nobody */
};

struct patrol_health patrol_health(const struct patrol *patrol);

/* Titles of the agent's own events about a storm; the second's `observed` begins with how many
 * events it has hidden. */
#define PATROL_STORM_BEGINS "Very many alarms change at once"
#define PATROL_STORM_ENDS "No longer do very many alarms change at once"

/* The name of the alarm about a target as a whole. No check has it: they have a slash. */
#define PATROL_TARGET_CHECK "presence"
#define PATROL_TARGET_TITLE "The system answers"
#define PATROL_TARGET_EXPECTED "an answer, be it a refusal"
#define PATROL_TARGET_DOWN "silence, whatever it is asked"
#define PATROL_TARGET_UP "it answers"
#define PATROL_TARGET_REMEDY "See whether it runs, and whether the network leads there"

#endif
