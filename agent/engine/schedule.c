/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/schedule.h"

#include <assert.h>
#include <stdlib.h>

#include "agent/engine/due.h"
#include "ground/memory.h"

struct entry {
	int64_t origin_us;	/* one of its places */
	int64_t interval_us, recheck_us;
	int64_t step_us;	/* how long it waited, or waits, since it was done */
};

struct schedule {
	struct entry *entries;
	struct due *due;
	uint32_t count;
};

struct schedule *schedule_new(uint32_t count)
{
	struct schedule *schedule = memory_new(1, sizeof *schedule);

	schedule->entries = memory_new(count, sizeof *schedule->entries);
	schedule->due = due_new(count);
	schedule->count = count;
	return schedule;
}

void schedule_free(struct schedule *schedule)
{
	if (!schedule)
		return;
	free(schedule->entries);
	due_free(schedule->due);
	free(schedule);
}

/* A part of `us` that is always the same for the same thing. Mixed once more: names that differ
 * in their last letter only have hashes whose upper half is nearly the same. */
static int64_t share_of(uint64_t hash, int64_t us)
{
	hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
	hash ^= hash >> 33;
	return (int64_t)(((hash >> 32) * (uint64_t)(us / 1000)) >> 32) * 1000;
}

/* Its place is one of the clock's, not of our start: a restart changes nothing. */
static struct entry *settle(struct schedule *schedule, uint32_t number, uint64_t hash,
			    int64_t interval_us, int64_t now_us)
{
	struct entry *entry = &schedule->entries[number];
	int64_t since_us = (now_us - share_of(hash, interval_us)) % interval_us;

	assert(number < schedule->count && !due_waits(schedule->due, number));
	entry->origin_us = now_us - since_us - (since_us < 0 ? interval_us : 0);
	entry->interval_us = entry->step_us = interval_us;
	return entry;
}

static int64_t shorter(int64_t a_us, int64_t b_us)
{
	return a_us < b_us ? a_us : b_us;
}

static void set_recheck(struct entry *entry, int64_t recheck_us)
{
	entry->recheck_us =
		recheck_us > 0 ? shorter(recheck_us, entry->interval_us) : entry->interval_us;
}

void schedule_begin(struct schedule *schedule, uint32_t number, uint64_t hash,
		    int64_t interval_us, int64_t recheck_us, int64_t warm_up_us, int64_t now_us)
{
	struct entry *entry = settle(schedule, number, hash, interval_us, now_us);

	set_recheck(entry, recheck_us);
	due_set(schedule->due, number,
		now_us + share_of(hash, shorter(warm_up_us, interval_us)));
}

/* An interval that has become shorter counts from now on. */
void schedule_resume(struct schedule *schedule, uint32_t number, uint64_t hash,
		     int64_t interval_us, int64_t recheck_us, int64_t due_us, int64_t now_us)
{
	struct entry *entry = settle(schedule, number, hash, interval_us, now_us);

	set_recheck(entry, recheck_us);
	due_set(schedule->due, number, shorter(due_us, entry->origin_us + interval_us));
}

bool schedule_take(struct schedule *schedule, int64_t now_us, uint32_t *number)
{
	return due_take(schedule->due, now_us, number);
}

void schedule_claim(struct schedule *schedule, uint32_t number)
{
	due_remove(schedule->due, number);
}

/* The first of its places behind now: who slept for a day has no day to make up for, and who
 * failed for a while is back at the old place afterwards, as far from the others as before. */
static int64_t next_place(const struct entry *entry, int64_t due_us, int64_t now_us)
{
	int64_t since_us = (now_us > due_us ? now_us : due_us) - entry->origin_us;

	return entry->origin_us +
	       (since_us / entry->interval_us + 1) * entry->interval_us;
}

void schedule_done(struct schedule *schedule, uint32_t number, enum schedule_pace pace,
		   int64_t now_us)
{
	struct entry *entry = &schedule->entries[number];
	int64_t due_us = due_at_us(schedule->due, number), next_us;

	assert(number < schedule->count && !due_waits(schedule->due, number) &&
	       due_us != DUE_NEVER);
	entry->step_us = pace == SCHEDULE_USUAL	 ? entry->interval_us
			 : pace == SCHEDULE_SOON ? entry->recheck_us
						 : shorter(2 * entry->step_us,
							   entry->interval_us);
	next_us = next_place(entry, due_us, now_us);
	if (entry->step_us < entry->interval_us) {
		due_us += entry->step_us;
		if (due_us <= now_us)
			due_us = now_us + entry->step_us;
		next_us = due_us;
	}
	due_set(schedule->due, number, next_us);
}

void schedule_hurry(struct schedule *schedule, uint32_t number, int64_t within_us,
		    int64_t now_us)
{
	const struct entry *entry = &schedule->entries[number];
	int64_t interval_us = entry->interval_us;
	int64_t share_us = (entry->origin_us % interval_us + interval_us) % interval_us;
	int64_t due_us = now_us + share_us / 1000 * (shorter(within_us, interval_us) / 1000) /
					  (interval_us / 1000) * 1000;

	if (due_waits(schedule->due, number) && due_us < due_at_us(schedule->due, number))
		due_set(schedule->due, number, due_us);
}

void schedule_slept(struct schedule *schedule, int64_t now_us)
{
	for (uint32_t i = 0; i < schedule->count; i++) {
		int64_t due_us = due_at_us(schedule->due, i);

		if (due_waits(schedule->due, i) && due_us < now_us)
			due_set(schedule->due, i,
				next_place(&schedule->entries[i], due_us, now_us));
	}
}

int64_t schedule_next_us(const struct schedule *schedule)
{
	return due_next_us(schedule->due);
}

int64_t schedule_due_us(const struct schedule *schedule, uint32_t number)
{
	return due_at_us(schedule->due, number);
}

bool schedule_waits(const struct schedule *schedule, uint32_t number)
{
	return due_waits(schedule->due, number);
}
