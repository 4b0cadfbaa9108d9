/* SPDX-License-Identifier: Apache-2.0
 *
 * Exceptions begin and end by themselves: at that moment what they may cover is judged once
 * more, by what was seen last. The wall clock decides, wherever it jumps.
 */
#include "agent/engine/patrol_parts.h"
#include "ground/words.h"

static bool holds_at(const struct exception *exception, int64_t wall_us)
{
	return exception->from_us <= wall_us && wall_us <= exception->until_us;
}

static void narrow(struct beat *beat, int64_t edge_us, int64_t wall_us)
{
	if (edge_us <= wall_us && edge_us > beat->same_from_us)
		beat->same_from_us = edge_us;
	if (edge_us > wall_us && edge_us < beat->same_until_us)
		beat->same_until_us = edge_us;
}

void patrol_know_exceptions(struct beat *beat, int64_t wall_us)
{
	const struct config *config = beat->plan->config;

	beat->judged_wall_us = wall_us;
	beat->same_from_us = INT64_MIN;
	beat->same_until_us = INT64_MAX;
	for (size_t i = 0; i < config->exception_count; i++) {
		narrow(beat, config->exceptions[i].from_us, wall_us);
		narrow(beat, config->exceptions[i].until_us + 1, wall_us);
	}
}

static void judge_again(struct patrol *patrol, uint32_t number, struct moment now)
{
	struct beat *beat = patrol->beat;
	const struct check *check = &beat->plan->checks[number];

	results_judge(beat->results, number, now.wall_us);
	patrol_say_changed(patrol, number);
	if (!patrol_note_verdict(beat, number, now.wall_us))
		return;
	results_judge_together(beat->results, check->target);
	patrol_step(patrol, number, ALARM_RESULT, now);
	schedule_hurry(beat->schedule, check->observation,
		       patrol_recheck_us(beat, check->observation), now.monotonic_us);
}

static void judge_covered(struct patrol *patrol, const struct exception *exception,
			  uint32_t target, struct moment now)
{
	const struct plan *plan = patrol->beat->plan;

	for (size_t i = plan->first_check[target]; i < plan->first_check[target + 1]; i++)
		if (plan->checks[i].observation != NO_OBSERVATION &&
		    words_match(exception->check, plan->checks[i].name))
			judge_again(patrol, (uint32_t)i, now);
}

static void look_at_target(struct patrol *patrol, uint32_t target, int64_t before_wall_us,
			   struct moment now)
{
	const struct plan *plan = patrol->beat->plan;

	for (size_t i = plan->first_exception[target]; i < plan->first_exception[target + 1];
	     i++) {
		const struct exception *exception = plan->exceptions[i];

		if (holds_at(exception, before_wall_us) != holds_at(exception, now.wall_us))
			judge_covered(patrol, exception, target, now);
	}
}

int64_t patrol_pass_exceptions(struct patrol *patrol, struct moment now)
{
	struct beat *beat = patrol->beat;
	int64_t before_wall_us = beat->judged_wall_us;

	if (now.wall_us < beat->same_from_us || now.wall_us >= beat->same_until_us) {
		patrol_know_exceptions(beat, now.wall_us);
		for (uint32_t i = 0; i < beat->plan->config->target_count; i++)
			look_at_target(patrol, i, before_wall_us, now);
	}
	return beat->same_until_us == INT64_MAX
		       ? DUE_NEVER
		       : now.monotonic_us + (beat->same_until_us - now.wall_us);
}
