/* SPDX-License-Identifier: Apache-2.0
 *
 * Knows the truth and what was seen of it, hears every event and everything that is told, and
 * says when that does not go together. It knows what an alarm is for and nothing of how the
 * engine makes one: not a line of it is asked.
 */
#ifndef TESTS_SIM_ORACLE_H
#define TESTS_SIM_ORACLE_H

#include "agent/engine/event.h"
#include "tests/sim/town.h"

struct keeper;
struct store;

void oracle_begin(struct keeper *keeper);
void oracle_end(void);

/* --- what it hears ------------------------------------------------------------------------ */

/* An observation begins; it has come. */
void oracle_asked(const struct town_place *place);
void oracle_seen(const struct town_answer *answer);
/* In memory; all that was recorded is on disk. */
void oracle_recorded(const struct event *event);
void oracle_written(void);
/* By the sink's number in the town. */
void oracle_told(size_t sink, const struct event *event);
void oracle_acknowledged(size_t sink, uint64_t number);
/* So many of the oldest it has yet to be told will not be. */
void oracle_gave_up(size_t sink, size_t count);

/* --- the agent's life --------------------------------------------------------------------- */

/* There is a plan of the town as it is now. */
void oracle_planned(void);
/* The process has ended. Orderly: all was written, unless the disk failed. */
void oracle_ended(bool orderly, bool disk_failed);
/* Before the store is opened: what is on the disk is what counts now. */
void oracle_examine(void);
/* What was on the disk was damaged, and set aside. */
void oracle_lost(void);
/* The clocks jumped, the machine slept: what waits may be judged anew, and may be late. */
void oracle_jumped(void);

/* --- what it says ------------------------------------------------------------------------- */

/* After each step, once in a while, and in the end, when all had time to settle. */
void oracle_look(void);
void oracle_look_around(void);
void oracle_settled(void);

/* What the store remembers before it is closed, and after it was opened again. */
void oracle_keep(const struct store *store);
void oracle_compare(const struct store *store);

struct oracle_sums {
	uint64_t events, told, told_again, observations, lives, storms;
};

struct oracle_sums oracle_sums(void);

#endif
