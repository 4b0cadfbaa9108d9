/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "agent/engine/store_parts.h"
#include "ground/memory.h"

void store_set_baseline(struct store *store, uint32_t target, int64_t at_us,
			const char *document)
{
	store->baselines = memory_room_for(store->baselines, store->baseline_count,
					   &store->baseline_room, sizeof *store->baselines);
	store->baselines[store->baseline_count++] =
		(struct baseline){ target, at_us, memory_copy(document) };
}

bool store_baseline(struct store *store, uint32_t target, int64_t *at_us, struct text *document)
{
	bool found = false;

	for (size_t i = store->baseline_count; i-- > 0;) {
		if (store->baselines[i].target != target)
			continue;
		*at_us = store->baselines[i].at_us;
		text_add(document, store->baselines[i].document);
		return true;
	}
	return store->file &&
	       store_file_baseline(store->file, target, &found, at_us, document) == STORE_DONE &&
	       found;
}

/* In their order: of two the newer one stays. */
enum store_outcome store_put_baselines(struct store *store)
{
	enum store_outcome outcome = STORE_DONE;

	for (size_t i = 0; i < store->baseline_count && outcome == STORE_DONE; i++)
		outcome = store_file_put_baseline(store->file, store->baselines[i].target,
						  store->baselines[i].at_us,
						  store->baselines[i].document);
	return outcome;
}

void store_forget_baselines(struct store *store)
{
	for (size_t i = 0; i < store->baseline_count; i++)
		free(store->baselines[i].document);
	store->baseline_count = 0;
}
