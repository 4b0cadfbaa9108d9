/* SPDX-License-Identifier: Apache-2.0 */
#include "net/path.h"

#include <stdlib.h>

#include "ground/clock.h"
#include "ground/memory.h"

enum { BUCKETS = 1024 };

/* Nobody is waited for less: a busy PBX and a retransmitted SYN need that long. */
#define PATIENCE_LEAST_US (400 * CLOCK_MILLISECOND)
#define CLOCK_GRANULARITY_US INT64_C(1000)

struct path_node {
	struct path path;
	struct path_node *next;
};

struct paths {
	struct arena *arena;
	struct path_node *buckets[BUCKETS];
};

struct paths *paths_new(void)
{
	struct paths *paths = memory_new(1, sizeof *paths);

	paths->arena = arena_new();
	return paths;
}

void paths_free(struct paths *paths)
{
	if (!paths)
		return;
	arena_free(paths->arena);
	free(paths);
}

/* FNV-1a. The addresses come from the administrator: no stranger can choose them to collide. */
static size_t path_bucket(const struct address *address)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < sizeof address->bytes; i++)
		hash = (hash ^ address->bytes[i]) * 16777619u;
	return (hash ^ hash >> 16) % BUCKETS;
}

struct path *path_to(struct paths *paths, const struct address *address)
{
	struct path_node **place = &paths->buckets[path_bucket(address)];
	struct path_node *node;

	for (node = *place; node; node = node->next)
		if (address_same_host(&node->path.address, address))
			return &node->path;
	node = arena_take(paths->arena, sizeof *node);
	*node = (struct path_node){ .path.address = *address, .next = *place };
	node->path.address.port = 0;
	*place = node;
	return &node->path;
}

/* RFC 6298 section 2. */
void path_note_round_trip(struct path *path, int64_t us)
{
	int64_t difference_us;

	if (us < 1)
		us = 1;
	if (!path->smoothed_us) {
		path->smoothed_us = us;
		path->variation_us = us / 2;
		return;
	}
	difference_us = llabs(path->smoothed_us - us);
	path->variation_us += (difference_us - path->variation_us) / 4;
	path->smoothed_us += (us - path->smoothed_us) / 8;
	if (path->smoothed_us < 1)
		path->smoothed_us = 1;
}

int64_t path_patience_us(const struct path *path, int64_t unknown_us)
{
	int64_t spread_us = 4 * path->variation_us;
	int64_t patience_us;

	if (!path->smoothed_us)
		return unknown_us;
	if (spread_us < CLOCK_GRANULARITY_US)
		spread_us = CLOCK_GRANULARITY_US;
	patience_us = path->smoothed_us + spread_us;
	if (patience_us < PATIENCE_LEAST_US)
		patience_us = PATIENCE_LEAST_US;
	return patience_us < unknown_us ? patience_us : unknown_us;
}

/* A bucket that holds one second's worth: budget_at_us is when it would be full again, and
 * never more than a second ahead. */
int64_t path_may_send_at(struct path *path, int64_t now_us, uint32_t packets_per_second)
{
	int64_t interval_us, may_us;

	if (!packets_per_second)
		return 0;
	interval_us = (CLOCK_SECOND + packets_per_second - 1) / packets_per_second;
	if (path->budget_at_us < now_us)
		path->budget_at_us = now_us;
	may_us = path->budget_at_us + interval_us - CLOCK_SECOND;
	if (may_us > now_us)
		return may_us;
	path->budget_at_us += interval_us;
	return 0;
}
