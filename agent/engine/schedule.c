/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/schedule.h"

#include <assert.h>
#include <stdlib.h>

#include "ground/memory.h"

#define NEVER INT64_MAX

enum { NOWHERE = UINT32_MAX };

struct entry {
	int64_t due_us;		/* NEVER: not begun */
	int64_t origin_us;	/* its place: when it was due first */
	int64_t interval_us, recheck_us;
	uint32_t at;		/* in the heap; NOWHERE: not there */
};

struct schedule {
	struct entry *entries;
	uint32_t *heap;		/* numbers; what is due first stands first */
	uint32_t count, waiting;
};

struct schedule *schedule_new(uint32_t count)
{
	struct schedule *schedule = memory_new(1, sizeof *schedule);

	schedule->entries = memory_new(count, sizeof *schedule->entries);
	schedule->heap = memory_new(count, sizeof *schedule->heap);
	schedule->count = count;
	for (uint32_t i = 0; i < count; i++)
		schedule->entries[i] = (struct entry){ .due_us = NEVER, .at = NOWHERE };
	return schedule;
}

void schedule_free(struct schedule *schedule)
{
	if (!schedule)
		return;
	free(schedule->entries);
	free(schedule->heap);
	free(schedule);
}

/* Two that are due at once come in the order of their numbers: the same everywhere. */
static bool is_before(const struct schedule *schedule, uint32_t a, uint32_t b)
{
	int64_t left = schedule->entries[a].due_us, right = schedule->entries[b].due_us;

	return left < right || (left == right && a < b);
}

static void put(struct schedule *schedule, uint32_t at, uint32_t number)
{
	schedule->heap[at] = number;
	schedule->entries[number].at = at;
}

static void rise(struct schedule *schedule, uint32_t at, uint32_t number)
{
	while (at) {
		uint32_t above = (at - 1) / 2;

		if (!is_before(schedule, number, schedule->heap[above]))
			break;
		put(schedule, at, schedule->heap[above]);
		at = above;
	}
	put(schedule, at, number);
}

static void sink(struct schedule *schedule, uint32_t at, uint32_t number)
{
	for (uint32_t below; (below = 2 * at + 1) < schedule->waiting; at = below) {
		if (below + 1 < schedule->waiting &&
		    is_before(schedule, schedule->heap[below + 1], schedule->heap[below]))
			below++;
		if (!is_before(schedule, schedule->heap[below], number))
			break;
		put(schedule, at, schedule->heap[below]);
	}
	put(schedule, at, number);
}

static void wait_for(struct schedule *schedule, uint32_t number, int64_t due_us)
{
	schedule->entries[number].due_us = due_us;
	rise(schedule, schedule->waiting++, number);
}

/* A part of `us` that is always the same for the same thing. */
static int64_t share_of(uint64_t hash, int64_t us)
{
	return (int64_t)(((hash >> 32) * (uint64_t)(us / 1000)) >> 32) * 1000;
}

static struct entry *settle(struct schedule *schedule, uint32_t number, int64_t interval_us,
			    int64_t recheck_us)
{
	struct entry *entry = &schedule->entries[number];

	assert(number < schedule->count && entry->at == NOWHERE && interval_us > 0);
	entry->interval_us = interval_us;
	entry->recheck_us =
		recheck_us > 0 && recheck_us < interval_us ? recheck_us : interval_us;
	return entry;
}

void schedule_begin(struct schedule *schedule, uint32_t number, uint64_t hash,
		    int64_t interval_us, int64_t recheck_us, int64_t warm_up_us, int64_t now_us)
{
	struct entry *entry = settle(schedule, number, interval_us, recheck_us);
	int64_t within_us = warm_up_us < entry->interval_us ? warm_up_us : entry->interval_us;

	entry->origin_us = now_us + share_of(hash, within_us);
	wait_for(schedule, number, entry->origin_us);
}

/* An interval that has become shorter counts from now on. */
void schedule_resume(struct schedule *schedule, uint32_t number, uint64_t hash,
		     int64_t interval_us, int64_t recheck_us, int64_t due_us, int64_t now_us)
{
	struct entry *entry = settle(schedule, number, interval_us, recheck_us);
	int64_t latest_us = now_us + share_of(hash, entry->interval_us);

	entry->origin_us = due_us < latest_us ? due_us : latest_us;
	wait_for(schedule, number, entry->origin_us);
}

bool schedule_take(struct schedule *schedule, int64_t now_us, uint32_t *number)
{
	if (!schedule->waiting || schedule->entries[schedule->heap[0]].due_us > now_us)
		return false;
	*number = schedule->heap[0];
	schedule->entries[*number].at = NOWHERE;
	schedule->waiting--;
	if (schedule->waiting)
		sink(schedule, 0, schedule->heap[schedule->waiting]);
	return true;
}

/* The first of its places behind now: who slept for a day has no day to make up for, and who
 * failed for a while is back at the old place afterwards, as far from the others as before. */
static int64_t next_place(const struct entry *entry, int64_t step_us, int64_t now_us)
{
	int64_t since_us = (now_us > entry->due_us ? now_us : entry->due_us) - entry->origin_us;

	return entry->origin_us + (since_us / step_us + 1) * step_us;
}

void schedule_done(struct schedule *schedule, uint32_t number, bool fails, int64_t now_us)
{
	const struct entry *entry = &schedule->entries[number];

	assert(number < schedule->count && entry->at == NOWHERE && entry->due_us != NEVER);
	wait_for(schedule, number,
		 next_place(entry, fails ? entry->recheck_us : entry->interval_us, now_us));
}

void schedule_slept(struct schedule *schedule, int64_t now_us)
{
	for (uint32_t i = 0; i < schedule->waiting; i++) {
		struct entry *entry = &schedule->entries[schedule->heap[i]];

		if (entry->due_us < now_us)
			entry->due_us = next_place(entry, entry->interval_us, now_us);
	}
	for (uint32_t i = schedule->waiting / 2; i-- > 0;)
		sink(schedule, i, schedule->heap[i]);
}

int64_t schedule_next_us(const struct schedule *schedule)
{
	return schedule->waiting ? schedule->entries[schedule->heap[0]].due_us : NEVER;
}

int64_t schedule_due_us(const struct schedule *schedule, uint32_t number)
{
	return schedule->entries[number].due_us;
}
