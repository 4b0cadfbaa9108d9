/* SPDX-License-Identifier: Apache-2.0
 *
 * The numbers of targets and checks, in memory. Only store.c calls it.
 */
#ifndef AGENT_ENGINE_STORE_NAMES_H
#define AGENT_ENGINE_STORE_NAMES_H

#include "agent/plan/seen.h"
#include "ground/memory.h"

/* Numbered from 1; a gap has no name. */
struct name {
	const char *text;
	uint32_t owner;		/* of a check: its target */
};

struct names {
	struct name *items;	/* of number n: items[n - 1] */
	size_t count, room, written;	/* written: so many, from the first, are on disk */
	struct seen seen;
	size_t seen_most;
	struct arena *arena;
};

void names_begin(struct names *names);
void names_end(struct names *names);
/* As it is on disk. */
void names_load(struct names *names, uint32_t number, uint32_t owner, const char *text);
/* The number it has, or the next one. */
uint32_t names_number(struct names *names, uint32_t owner, const char *text);

#endif
