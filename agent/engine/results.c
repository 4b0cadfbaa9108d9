/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/results.h"

#include <stdlib.h>

#include "ground/memory.h"

static void judge_check(struct results *results, uint32_t number,
			const struct observation *observation, int64_t wall_us)
{
	const struct plan *plan = results->plan;
	const struct check *check = &plan->checks[number];
	const struct circumstances circumstances = {
		.exception = plan_exception(plan, check, wall_us),
		.recollection = { results->firsts, plan->config->targets[check->target].name,
				  check->name },
		.wall_us = wall_us,
	};

	judgement_clear(&results->judgements[number]);
	judge(check, observation, &circumstances, &results->judgements[number]);
}

/* The numbers of checks, sorted by their observation. */
static void sort_checks(struct results *results)
{
	const struct plan *plan = results->plan;
	uint32_t *first = memory_new(plan->observation_count + 2, sizeof *first);

	results->checks = memory_new(plan->check_count, sizeof *results->checks);
	for (size_t i = 0; i < plan->check_count; i++)
		if (plan->checks[i].observation != NO_OBSERVATION)
			first[plan->checks[i].observation + 2]++;
	for (size_t i = 2; i < plan->observation_count + 2; i++)
		first[i] += first[i - 1];
	for (uint32_t i = 0; i < plan->check_count; i++) {
		uint32_t observation = plan->checks[i].observation;

		if (observation != NO_OBSERVATION)
			results->checks[first[observation + 1]++] = i;
	}
	results->first_check = first;
}

struct results *results_new(const struct plan *plan, const struct firsts *firsts,
			    int64_t wall_us)
{
	struct results *results = memory_new(1, sizeof *results);

	results->plan = plan;
	results->firsts = firsts;
	results->judgements = memory_new(plan->check_count, sizeof *results->judgements);
	results->observations =
		memory_new(plan->observation_count, sizeof *results->observations);
	sort_checks(results);
	for (uint32_t i = 0; i < plan->check_count; i++)
		judge_check(results, i, NULL, wall_us);
	return results;
}

void results_free(struct results *results)
{
	if (!results)
		return;
	for (size_t i = 0; i < results->plan->check_count; i++)
		judgement_clear(&results->judgements[i]);
	for (size_t i = 0; i < results->plan->observation_count; i++)
		observation_free(results->observations[i]);
	free(results->judgements);
	free(results->observations);
	free(results->checks);
	free(results->first_check);
	free(results);
}

const uint32_t *results_checks(const struct results *results, uint32_t observation,
			       size_t *count)
{
	uint32_t first = results->first_check[observation];

	*count = results->first_check[observation + 1] - first;
	return &results->checks[first];
}

static void judge_checks(struct results *results, uint32_t number,
			 const struct observation *observation, int64_t wall_us)
{
	size_t count;
	const uint32_t *checks = results_checks(results, number, &count);

	for (size_t i = 0; i < count; i++)
		judge_check(results, checks[i], observation, wall_us);
}

void results_take(struct results *results, uint32_t number, struct observation *observation,
		  int64_t wall_us)
{
	observation_free(results->observations[number]);
	results->observations[number] = observation;
	judge_checks(results, number, observation, wall_us);
}

void results_cancel(struct results *results, int64_t wall_us)
{
	struct observation *cancelled = observation_new();

	cancelled->outcome =
		(struct outcome){ .stage = STAGE_PROBER, .reason = REASON_CANCELLED };
	cancelled->started_wall_us = wall_us;
	for (uint32_t i = 0; i < results->plan->observation_count; i++)
		if (!results->observations[i])
			judge_checks(results, i, cancelled, wall_us);
	observation_free(cancelled);
}

void results_judge(struct results *results, uint32_t check, int64_t wall_us)
{
	uint32_t observation = results->plan->checks[check].observation;

	judge_check(results, check,
		    observation == NO_OBSERVATION ? NULL : results->observations[observation],
		    wall_us);
}

static bool is_finding(const struct judgement *judgement)
{
	return judgement->verdict == VERDICT_WARNING || judgement->verdict == VERDICT_CRITICAL;
}

/* An accepted risk is there all the same. */
static bool stands(const struct judgement *judgement)
{
	return is_finding(judgement) || judgement->verdict == VERDICT_EXCEPTED;
}

void results_judge_together(struct results *results, uint32_t target)
{
	const struct plan *plan = results->plan;
	struct judgement *judgements = results->judgements;

	for (size_t i = plan->first_check[target]; i < plan->first_check[target + 1]; i++) {
		uint32_t named = plan->checks[i].provisional_while;

		judgements[i].provisional = named != NO_CHECK && is_finding(&judgements[i]) &&
					    stands(&judgements[named]);
	}
}
