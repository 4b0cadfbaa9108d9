/* SPDX-License-Identifier: Apache-2.0
 *
 * A plan with all that is kept of it: made, and given back.
 */
#include <stdlib.h>

#include "agent/engine/patrol_parts.h"
#include "agent/engine/places.h"
#include "ground/memory.h"

static struct tenure *begin_tenure(const struct plan *plan)
{
	struct tenure *tenure = memory_new(1, sizeof *tenure);

	*tenure = (struct tenure){ plan, 1 };
	return tenure;
}

void patrol_end_tenure(struct patrol *patrol, struct tenure *tenure)
{
	if (--tenure->uses)
		return;
	patrol->world.released(patrol->world.arg, tenure->plan);
	free(tenure);
}

static void number_checks(struct patrol *patrol, struct beat *beat)
{
	const struct plan *plan = beat->plan;

	for (uint32_t i = 0; i < plan->config->target_count; i++) {
		struct watched_target *target = &beat->targets[i];

		target->number =
			store_target_number(patrol->store, plan->config->targets[i].name);
		target->check = store_check_number(patrol->store, target->number,
						   PATROL_TARGET_CHECK);
		for (size_t j = plan->first_check[i]; j < plan->first_check[i + 1]; j++)
			beat->checks[j].number = store_check_number(
				patrol->store, target->number, plan->checks[j].name);
	}
}

static void find_rememberers(struct beat *beat)
{
	for (size_t i = 0; i < beat->plan->check_count; i++)
		if (check_remembers(&beat->plan->checks[i]))
			beat->observations[beat->plan->checks[i].observation].remembers = true;
}

struct beat *patrol_new_beat(struct patrol *patrol, const struct plan *plan, struct moment now)
{
	struct beat *beat = memory_new(1, sizeof *beat);
	size_t targets = plan->config->target_count;

	beat->tenure = begin_tenure(plan);
	beat->plan = plan;
	beat->results = results_new(plan, patrol->firsts, now.wall_us);
	beat->dispatch = dispatch_new(plan, patrol->world.probers, now.monotonic_us);
	beat->schedule = schedule_new((uint32_t)plan->observation_count);
	beat->checks = memory_new(plan->check_count, sizeof *beat->checks);
	beat->observations = memory_new(plan->observation_count, sizeof *beat->observations);
	beat->targets = memory_new(targets, sizeof *beat->targets);
	beat->due = due_new((uint32_t)(plan->check_count + 2 * targets));
	beat->longest = beat->latest = NOBODY;
	patrol_set_policies(beat);
	patrol_know_exceptions(beat, now.wall_us);
	number_checks(patrol, beat);
	find_rememberers(beat);
	return beat;
}

void patrol_free_beat(struct patrol *patrol, struct beat *beat)
{
	if (!beat)
		return;
	results_free(beat->results);
	dispatch_free(beat->dispatch);
	schedule_free(beat->schedule);
	due_free(beat->due);
	free(beat->checks);
	free(beat->observations);
	free(beat->targets);
	free(beat->own);
	free(beat->first_own);
	free(beat->doubts);
	patrol_end_tenure(patrol, beat->tenure);
	free(beat);
}
