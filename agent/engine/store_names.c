/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/store_names.h"

#include <stdlib.h>
#include <string.h>

/* Numbers are kept in arrays: a damaged one shall not take all memory. */
enum { NUMBERS_MOST = 1 << 24, NONE = UINT32_MAX };

struct comparison {
	const struct names *names;
	const char *text;
	uint32_t owner;
};

static bool is_same(const void *arg, uint32_t number)
{
	const struct comparison *wanted = arg;
	const struct name *name = &wanted->names->items[number];

	return name->text && name->owner == wanted->owner && !strcmp(name->text, wanted->text);
}

static uint64_t hash_of(uint32_t owner, const char *text)
{
	return seen_hash(seen_hash_number(SEEN_HASH_BEGIN, owner), text);
}

void names_begin(struct names *names)
{
	*names = (struct names){ .arena = arena_new() };
	names->seen_most = 64;
	seen_reset(&names->seen, names->seen_most);
}

void names_end(struct names *names)
{
	free(names->items);
	seen_free(&names->seen);
	arena_free(names->arena);
}

static void keep(struct names *names, uint32_t at)
{
	const struct name *name = &names->items[at];
	struct comparison wanted = { names, name->text, name->owner };

	seen_number(&names->seen, hash_of(name->owner, name->text), at, is_same, &wanted);
}

static void make_room(struct names *names)
{
	if (names->count < names->seen_most)
		return;
	names->seen_most *= 2;
	seen_reset(&names->seen, names->seen_most);
	for (uint32_t i = 0; i < names->count; i++)
		if (names->items[i].text)
			keep(names, i);
}

static void append(struct names *names, uint32_t owner, const char *text)
{
	make_room(names);
	names->items =
		memory_room_for(names->items, names->count, &names->room, sizeof *names->items);
	names->items[names->count++] =
		(struct name){ text ? arena_copy(names->arena, text) : NULL, owner };
	if (text)
		keep(names, (uint32_t)names->count - 1);
}

void names_load(struct names *names, uint32_t number, uint32_t owner, const char *text)
{
	if (number <= names->count || number > NUMBERS_MOST)
		return;
	while (names->count < number - 1)
		append(names, 0, NULL);
	append(names, owner, text);
	names->written = names->count;
}

uint32_t names_number(struct names *names, uint32_t owner, const char *text)
{
	struct comparison wanted = { names, text, owner };
	uint32_t at = seen_find(&names->seen, hash_of(owner, text), is_same, &wanted, NONE);

	if (at == NONE) {
		at = (uint32_t)names->count;
		append(names, owner, text);
	}
	return at + 1;
}
