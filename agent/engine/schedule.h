/* SPDX-License-Identifier: Apache-2.0
 *
 * When each thing is due again: at its own place within its interval, which is the same after
 * every restart, so that what was spread stays spread. Pure: the time is told, nothing waits.
 */
#ifndef AGENT_ENGINE_SCHEDULE_H
#define AGENT_ENGINE_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct schedule;

enum schedule_pace {
	SCHEDULE_USUAL,		/* at its next place */
	SCHEDULE_SOON,		/* after the recheck: it is not clear yet what is wrong */
	SCHEDULE_SLOWER		/* it is, and has not changed: twice as long as the last time,
				   until that is the interval */
};

/* What is numbered 0 … count - 1; none of it is due before schedule_begin(). */
struct schedule *schedule_new(uint32_t count);
void schedule_free(struct schedule *schedule);
/* hash: of its name; decides about its place. recheck_us: in place of the interval while it
 * fails, when that is shorter. The first time is within warm_up_us (at most the interval) from
 * now. */
void schedule_begin(struct schedule *schedule, uint32_t number, uint64_t hash,
		    int64_t interval_us, int64_t recheck_us, int64_t warm_up_us,
		    int64_t now_us);
/* Carried over from before a reload: due when it was. */
void schedule_resume(struct schedule *schedule, uint32_t number, uint64_t hash,
		     int64_t interval_us, int64_t recheck_us, int64_t due_us, int64_t now_us);
/* Takes one that is due; it is not due again before schedule_done(). */
bool schedule_take(struct schedule *schedule, int64_t now_us, uint32_t *number);
/* Takes this one, due or not. */
void schedule_claim(struct schedule *schedule, uint32_t number);
/* It has been done, well or badly. Times that were missed, because it took long or the machine
 * slept, are not made up for. */
void schedule_done(struct schedule *schedule, uint32_t number, enum schedule_pace pace,
		   int64_t now_us);
/* One that waits is due within that time from now; its place stays. */
void schedule_hurry(struct schedule *schedule, uint32_t number, int64_t within_us,
		    int64_t now_us);
/* The machine slept: what was due meanwhile is due at its next place, instead of all at once. */
void schedule_slept(struct schedule *schedule, int64_t now_us);
/* When the next one is due, and when this one is (or was, while it is taken); INT64_MAX:
 * never. */
int64_t schedule_next_us(const struct schedule *schedule);
int64_t schedule_due_us(const struct schedule *schedule, uint32_t number);
/* Whether it waits, instead of being taken. */
bool schedule_waits(const struct schedule *schedule, uint32_t number);

#endif
