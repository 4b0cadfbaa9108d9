/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/daemon/gathering_files.h"

#include <stdlib.h>
#include <string.h>

#include "agent/plan/inventory.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/loop.h"

#define EVERY_US (10 * CLOCK_SECOND)

struct gathering_files {
	struct loop *loop;
	void (*changed)(void *arg);
	void *arg;
	struct timer timer;
	struct config named;		/* nothing but the sources that are files */
	struct arena *arena;		/* of that */
	uint64_t state;
};

struct gathering_files *gathering_files_new(struct loop *loop, void (*changed)(void *arg),
					    void *arg)
{
	struct gathering_files *files = memory_new(1, sizeof *files);

	files->loop = loop;
	files->changed = changed;
	files->arg = arg;
	return files;
}

void gathering_files_free(struct gathering_files *files)
{
	if (!files)
		return;
	timer_stop(&files->timer);
	arena_free(files->arena);
	free(files);
}

static void look(void *arg)
{
	struct gathering_files *files = arg;
	uint64_t state = inventory_state(&files->named);

	timer_start(&files->timer, files->loop, clock_monotonic_us() + EVERY_US, look, files);
	if (state == files->state)
		return;
	files->state = state;
	files->changed(files->arg);
}

static bool are_of(const struct gathering_files *files, const struct config *config)
{
	size_t count = 0;

	for (size_t i = 0; i < config->inventory_count; i++) {
		const char *file = config->inventory[i].file;

		if (!file)
			continue;
		if (count == files->named.inventory_count ||
		    strcmp(file, files->named.inventory[count].file) != 0)
			return false;
		count++;
	}
	return count == files->named.inventory_count;
}

void gathering_files_set(struct gathering_files *files, const struct config *config)
{
	struct inventory_source *named;
	size_t count = 0;

	if (are_of(files, config))
		return;
	arena_free(files->arena);
	files->arena = arena_new();
	named = arena_take(files->arena, (config->inventory_count + 1) * sizeof *named);
	for (size_t i = 0; i < config->inventory_count; i++)
		if (config->inventory[i].file)
			named[count++] = (struct inventory_source){
				.file = arena_copy(files->arena, config->inventory[i].file)
			};
	files->named = (struct config){ .inventory = named, .inventory_count = count };
	files->state = inventory_state(&files->named);
	timer_stop(&files->timer);
	if (count)
		timer_start(&files->timer, files->loop, clock_monotonic_us() + EVERY_US, look,
			    files);
}
