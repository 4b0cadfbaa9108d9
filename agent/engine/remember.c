/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/remember.h"

#include <stdlib.h>
#include <string.h>

#include "agent/engine/wording.h"
#include "ground/memory.h"

/* One expectation `unchanged` of a check, and what was seen for it. */
struct sight {
	const struct check *check;
	const struct target *target;
	const struct fact *fact;
	int64_t seen_us;
};

bool check_remembers(const struct check *check)
{
	for (size_t i = 0; i < check->expect_count; i++)
		if (check->expect[i].operator == OPERATOR_UNCHANGED)
			return check->observation != NO_OBSERVATION;
	return false;
}

bool plan_remembers(const struct plan *plan)
{
	for (size_t i = 0; i < plan->check_count; i++)
		if (check_remembers(&plan->checks[i]))
			return true;
	return false;
}

static void say_replaced(struct remembering *remembering, const struct sight *sight,
			 const struct first *old)
{
	struct text now = { 0 };

	fact_describe(sight->fact, &now);
	text_add_format(&remembering->replaced, "%s %s: accepted %s %s in place of ",
			sight->target->name, sight->check->name, sight->fact->about->name,
			text_string(&now));
	wording_first(old, &remembering->replaced);
	text_add_char(&remembering->replaced, '\n');
	text_free(&now);
}

static void look_at_fact(struct remembering *remembering, const struct sight *sight)
{
	const struct recollection key = { remembering->firsts, sight->target->name,
					  sight->check->name };
	const struct first *old = firsts_recall(&key, sight->fact->about->name);
	struct text value = { 0 };
	struct first first = { .target = key.target,
			       .check = key.check,
			       .fact = sight->fact->about->name,
			       .seen_us = sight->seen_us,
			       .replaces = old };

	firsts_value(sight->fact, &value);
	first.value = text_string(&value);
	if (!old || (remembering->accept && strcmp(old->value, first.value) != 0)) {
		firsts_add(remembering->fresh, &first);
		if (old)
			say_replaced(remembering, sight, old);
	}
	text_free(&value);
}

static void look_at_check(struct remembering *remembering, uint32_t number)
{
	const struct results *results = remembering->results;
	const struct check *check = &results->plan->checks[number];
	const struct observation *observation = results->observations[check->observation];
	struct sight sight = { .check = check,
			       .target = plan_target(results->plan, check),
			       .seen_us = observation->started_wall_us };

	remembering->checks = memory_room_for(remembering->checks, remembering->count,
					      &remembering->room, sizeof *remembering->checks);
	remembering->checks[remembering->count++] = number;
	for (size_t i = 0; i < check->expect_count; i++) {
		sight.fact = judge_unchanged_fact(observation, &check->expect[i]);
		if (sight.fact)
			look_at_fact(remembering, &sight);
	}
}

void remember_look(struct remembering *remembering, uint32_t observation)
{
	const struct results *results = remembering->results;
	size_t count;
	const uint32_t *checks = results_checks(results, observation, &count);

	if (!results->observations[observation])
		return;
	if (!remembering->fresh)
		remembering->fresh = firsts_new();
	for (size_t i = 0; i < count; i++)
		if (check_remembers(&results->plan->checks[checks[i]]))
			look_at_check(remembering, checks[i]);
}

static void judge_again(const struct remembering *remembering, bool all, int64_t wall_us)
{
	struct results *results = remembering->results;

	for (size_t i = 0; i < remembering->count; i++) {
		uint32_t check = remembering->checks[i];

		if (!all && results->judgements[check].verdict == VERDICT_OK)
			continue;
		results_judge(results, check, wall_us);
		results_judge_together(results, results->plan->checks[check].target);
	}
}

void remember_save(struct remembering *remembering, int64_t wall_us, struct text *said)
{
	struct firsts *firsts = remembering->firsts;
	bool saved = true;

	if (remembering->fresh && remembering->fresh->count && firsts->keeps) {
		saved = firsts_save(firsts, remembering->fresh, said);
		/* What was seen for the first time is ok only if it is known the next time. */
		judge_again(remembering, !saved, wall_us);
	}
	if (saved && firsts->keeps)
		text_add(said, text_string(&remembering->replaced));
	firsts_free(remembering->fresh);
	free(remembering->checks);
	text_free(&remembering->replaced);
	*remembering = (struct remembering){ remembering->results, firsts,
					     .accept = remembering->accept };
}

void remember_accept(const struct remembering *what, uint32_t target, int64_t wall_us,
		     struct text *said)
{
	struct results *results = what->results;
	const struct plan *plan = results->plan;
	struct remembering accepting = { results, what->firsts, .accept = true,
					 .fresh = firsts_new() };

	for (size_t i = plan->first_check[target]; i < plan->first_check[target + 1]; i++)
		if (check_remembers(&plan->checks[i]) &&
		    results->observations[plan->checks[i].observation])
			look_at_check(&accepting, (uint32_t)i);
	remember_save(&accepting, wall_us, said);
}
