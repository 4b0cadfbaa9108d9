/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/seen.h"

#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"

/* FNV-1a. */
#define PRIME UINT64_C(1099511628211)

void seen_reset(struct seen *seen, size_t most)
{
	size_t used = 16;

	while (used < 2 * most)
		used *= 2;
	if (used > seen->room) {
		seen->slots = memory_resize(seen->slots, used, sizeof *seen->slots);
		seen->room = used;
	}
	seen->used = used;
	memset(seen->slots, 0, used * sizeof *seen->slots);
}

void seen_free(struct seen *seen)
{
	free(seen->slots);
	*seen = (struct seen){ 0 };
}

/* Where the same thing is, or would be kept. */
static size_t find_slot(const struct seen *seen, uint64_t hash,
			bool (*same)(const void *arg, uint32_t number), const void *arg)
{
	size_t slot = (hash ^ hash >> 32) & (seen->used - 1);

	while (seen->slots[slot] && !same(arg, seen->slots[slot] - 1))
		slot = (slot + 1) & (seen->used - 1);
	return slot;
}

uint32_t seen_number(struct seen *seen, uint64_t hash, uint32_t number,
		     bool (*same)(const void *arg, uint32_t number), const void *arg)
{
	size_t slot = find_slot(seen, hash, same, arg);

	if (!seen->slots[slot])
		seen->slots[slot] = number + 1;
	return seen->slots[slot] - 1;
}

uint32_t
seen_find(const struct seen *seen, uint64_t hash,
	  bool (*same)(const void *arg, uint32_t number), const void *arg, uint32_t none)
{
	size_t slot = find_slot(seen, hash, same, arg);

	return seen->slots[slot] ? seen->slots[slot] - 1 : none;
}

uint64_t seen_hash(uint64_t hash, const char *string)
{
	if (!string)
		return (hash ^ 0xff) * PRIME;
	for (; *string; string++)
		hash = (hash ^ (unsigned char)*string) * PRIME;
	return hash * PRIME;
}

uint64_t seen_hash_number(uint64_t hash, uint64_t number)
{
	return (hash ^ number) * PRIME;
}
