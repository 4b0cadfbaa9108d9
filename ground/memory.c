/* SPDX-License-Identifier: Apache-2.0 */
#include "ground/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Blocks grow: an arena of one observation's facts is as small as they are. */
enum { FIRST_BYTES = 192, BLOCK_BYTES = 4096 - 64, ALIGNMENT = _Alignof(max_align_t) };

struct block {
	struct block *older;
	size_t used, room;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct block *newest;
};

static _Noreturn void give_up(size_t count, size_t size)
{
	fprintf(stderr, "ucposture: no memory for %zu x %zu bytes\n", count, size);
	abort();
}

void *memory_new(size_t count, size_t size)
{
	void *room = calloc(count ? count : 1, size ? size : 1);

	if (!room)
		give_up(count, size);
	return room;
}

void *memory_resize(void *old, size_t count, size_t size)
{
	void *room = reallocarray(old, count ? count : 1, size ? size : 1);

	if (!room)
		give_up(count, size);
	return room;
}

char *memory_copy(const char *string)
{
	return string ? memory_copy_span(string, strlen(string)) : NULL;
}

char *memory_copy_span(const char *bytes, size_t length)
{
	char *copy = memory_new(length + 1, 1);

	if (length)
		memcpy(copy, bytes, length);
	return copy;
}

void *memory_room_for(void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return items;
	*room = *room ? 2 * *room : 8;
	return memory_resize(items, *room, size);
}

struct arena *arena_new(void)
{
	return memory_new(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct block *block = arena->newest, *older; block; block = older) {
		older = block->older;
		free(block);
	}
	free(arena);
}

/* Something large gets a block of its own behind the newest, whose room stays in use. */
static struct block *block_add(struct arena *arena, size_t size)
{
	struct block *newest = arena->newest, *block;
	size_t room = newest ? newest->room * 4 : FIRST_BYTES;

	if (room > BLOCK_BYTES)
		room = BLOCK_BYTES;
	if (room < size || size > BLOCK_BYTES / 4)
		room = size;
	block = memory_new(1, sizeof *block + room);
	block->room = room;
	if (size > BLOCK_BYTES / 4 && newest) {
		block->older = newest->older;
		newest->older = block;
	} else {
		block->older = newest;
		arena->newest = block;
	}
	return block;
}

void *arena_take(struct arena *arena, size_t size)
{
	struct block *block = arena->newest;
	void *room;

	if (size > SIZE_MAX / 2)
		give_up(1, size);
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!block || block->room - block->used < size)
		block = block_add(arena, size);
	room = block->bytes + block->used;
	block->used += size;
	return room;
}

char *arena_copy(struct arena *arena, const char *string)
{
	return string ? arena_copy_span(arena, string, strlen(string)) : NULL;
}

char *arena_copy_span(struct arena *arena, const char *bytes, size_t length)
{
	char *copy = arena_take(arena, length + 1);

	if (length)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}
