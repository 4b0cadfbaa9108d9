/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds what was met before among many things that have numbers: a hash of the numbers;
 * the things themselves stay where they are. The caller says what the same thing is.
 */
#ifndef AGENT_PLAN_SEEN_H
#define AGENT_PLAN_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen {
	uint32_t *slots;	/* number + 1; 0: empty */
	size_t used, room;	/* powers of two, or 0 */
};

#define SEEN_HASH_BEGIN UINT64_C(14695981039346656037)

/* Empty again, with room for that many things. */
void seen_reset(struct seen *seen, size_t most);
void seen_free(struct seen *seen);
/* The number of the same thing met before; otherwise `number`, which is kept. */
uint32_t seen_number(struct seen *seen, uint64_t hash, uint32_t number,
		     bool (*same)(const void *arg, uint32_t number), const void *arg);
/* The same, but `none` when there is none, and nothing is kept. */
uint32_t seen_find(const struct seen *seen, uint64_t hash,
		   bool (*same)(const void *arg, uint32_t number), const void *arg,
		   uint32_t none);
/* Continues a hash; NULL differs from "". */
uint64_t seen_hash(uint64_t hash, const char *string);
uint64_t seen_hash_number(uint64_t hash, uint64_t number);

#endif
