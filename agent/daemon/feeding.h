/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine's end of a face: starts its process, feeds it with what changed, hands it the
 * events that its sinks have yet to be told, and starts another when it dies. A face that does
 * not read costs the engine a bounded buffer and no time.
 */
#ifndef AGENT_DAEMON_FEEDING_H
#define AGENT_DAEMON_FEEDING_H

#include "agent/daemon/house.h"

struct feeding;

/* word: of the command line that the process is started with, "snmp" or "web". settings: the
 * bytes of its FEED_SETTINGS; copied. */
struct feeding *feeding_new(struct house *house, const char *word, const void *settings,
			    size_t length);
/* Ends the process. The patrol that notes checks is gone by then, and its voices are closed. */
void feeding_free(struct feeding *feeding);
/* Other settings, by a reload: another process is started, unless they are the same. */
void feeding_set(struct feeding *feeding, const void *settings, size_t length);
/* Something may have changed: of a check (patrol_world.changed), or the plan is another, which has
 * to be noted before the next turn. Cheap; what is to be said is collected and sent within a
 * second. */
void feeding_note_check(struct feeding *feeding, uint32_t check);
void feeding_note_plan(struct feeding *feeding);
/* Whenever something has happened, on the loop too; it wakes the loop when it wants one. */
void feeding_turn(struct feeding *feeding, struct moment now);
/* The voice of one of its sinks, for telling.h; name is copied. Events go there while the process
 * lives, and what a dead one has not told is not acknowledged. */
struct voice feeding_voice(struct feeding *feeding, uint32_t sink, const char *name);

struct feeding_state {
	bool alive;		/* its fence is closed, and it listens */
	bool good;		/* as it says itself */
	const char *said;	/* what it said of itself last; "" while it is dead */
	unsigned restarts;
	int64_t pid;
};

struct feeding_state feeding_state(const struct feeding *feeding);

#endif
