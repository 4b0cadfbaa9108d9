/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/due.h"

#include <assert.h>
#include <stdlib.h>

#include "ground/memory.h"

enum { NOWHERE = UINT32_MAX };

struct entry {
	int64_t at_us;
	uint32_t place;		/* in the heap; NOWHERE: not there */
};

struct due {
	struct entry *entries;
	uint32_t *heap;		/* numbers; what is due first stands first */
	uint32_t count, waiting;
	size_t room;		/* of the heap: mostly few of many wait */
};

struct due *due_new(uint32_t count)
{
	struct due *due = memory_new(1, sizeof *due);

	due->entries = memory_new(count, sizeof *due->entries);
	due->count = count;
	for (uint32_t i = 0; i < count; i++)
		due->entries[i] = (struct entry){ .at_us = DUE_NEVER, .place = NOWHERE };
	return due;
}

void due_free(struct due *due)
{
	if (!due)
		return;
	free(due->entries);
	free(due->heap);
	free(due);
}

static bool is_before(const struct due *due, uint32_t a, uint32_t b)
{
	int64_t left = due->entries[a].at_us, right = due->entries[b].at_us;

	return left < right || (left == right && a < b);
}

static void put(struct due *due, uint32_t place, uint32_t number)
{
	due->heap[place] = number;
	due->entries[number].place = place;
}

static void rise(struct due *due, uint32_t place, uint32_t number)
{
	while (place) {
		uint32_t above = (place - 1) / 2;

		if (!is_before(due, number, due->heap[above]))
			break;
		put(due, place, due->heap[above]);
		place = above;
	}
	put(due, place, number);
}

static void sink(struct due *due, uint32_t place, uint32_t number)
{
	for (uint32_t below; (below = 2 * place + 1) < due->waiting; place = below) {
		if (below + 1 < due->waiting &&
		    is_before(due, due->heap[below + 1], due->heap[below]))
			below++;
		if (!is_before(due, due->heap[below], number))
			break;
		put(due, place, due->heap[below]);
	}
	put(due, place, number);
}

void due_remove(struct due *due, uint32_t number)
{
	uint32_t place, last;

	assert(number < due->count);
	place = due->entries[number].place;
	if (place == NOWHERE)
		return;
	due->entries[number].place = NOWHERE;
	last = due->heap[--due->waiting];
	if (last == number)
		return;
	/* The last one takes its place, from where it may have to go either way. */
	sink(due, place, last);
	rise(due, due->entries[last].place, last);
}

void due_set(struct due *due, uint32_t number, int64_t at_us)
{
	due_remove(due, number);
	due->entries[number].at_us = at_us;
	if (at_us == DUE_NEVER)
		return;
	due->heap = memory_room_for(due->heap, due->waiting, &due->room, sizeof *due->heap);
	rise(due, due->waiting++, number);
}

bool due_take(struct due *due, int64_t now_us, uint32_t *number)
{
	if (due_next_us(due) > now_us || !due->waiting)
		return false;
	*number = due->heap[0];
	due_remove(due, *number);
	return true;
}

bool due_waits(const struct due *due, uint32_t number)
{
	return due->entries[number].place != NOWHERE;
}

int64_t due_at_us(const struct due *due, uint32_t number)
{
	return due->entries[number].at_us;
}

int64_t due_next_us(const struct due *due)
{
	return due->waiting ? due->entries[due->heap[0]].at_us : DUE_NEVER;
}
