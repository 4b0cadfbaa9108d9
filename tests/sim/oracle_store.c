/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether the store remembers what it was told, over an orderly end.
 */
#include <inttypes.h>
#include <string.h>

#include "agent/engine/store.h"
#include "tests/sim/oracle_parts.h"

static struct {
	struct alarm alarm;
	uint64_t raised;
	bool known;
} kept[KNOWN_MOST];

void oracle_keep(const struct store *store)
{
	memset(kept, 0, sizeof kept);
	for (uint32_t i = 1; i < KNOWN_MOST; i++)
		kept[i].known = store_recall(store, i, &kept[i].alarm, &kept[i].raised);
}

void oracle_compare(const struct store *store)
{
	for (uint32_t i = 1; i < KNOWN_MOST; i++) {
		const struct alarm *before = &kept[i].alarm;
		struct alarm after;
		uint64_t raised;
		bool known = store_recall(store, i, &after, &raised);

		if (known != kept[i].known)
			world_violated("what was written is there", "check %u", i);
		if (!known)
			continue;
		if (raised != kept[i].raised || after.told != before->told ||
		    after.seen != before->seen || after.severity != before->severity ||
		    after.flaps != before->flaps || after.better != before->better ||
		    after.worse != before->worse || after.unknown != before->unknown ||
		    after.raised_wall_us != before->raised_wall_us ||
		    after.changed_wall_us != before->changed_wall_us ||
		    after.reminded_wall_us != before->reminded_wall_us)
			world_violated("what was written is there",
				       "the alarm of check %u is another", i);
	}
}
