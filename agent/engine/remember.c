/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/remember.h"

#include <string.h>

#include "agent/engine/wording.h"

/* One expectation `unchanged` of a check, and what was seen for it. */
struct sight {
	const struct check *check;
	const struct target *target;
	const struct fact *fact;
	int64_t seen_us;
};

struct remembering {
	struct round *round;
	const struct firsts *firsts;
	struct firsts *fresh;
	bool accept;
	struct text *said;
};

static bool check_remembers(const struct check *check)
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
	text_add_format(remembering->said, "%s %s: accepted %s %s in place of ",
			sight->target->name, sight->check->name, sight->fact->about->name,
			text_string(&now));
	wording_first(old, remembering->said);
	text_add_char(remembering->said, '\n');
	text_free(&now);
}

static void look_at(struct remembering *remembering, const struct sight *sight)
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

static void look_at_check(struct remembering *remembering, const struct check *check)
{
	const struct round *round = remembering->round;
	const struct observation *observation = round->observations[check->observation];
	struct sight sight = { .check = check,
			       .target = plan_target(round->plan, check) };

	for (size_t i = 0; observation && i < check->expect_count; i++) {
		sight.fact = judge_unchanged_fact(observation, &check->expect[i]);
		sight.seen_us = observation->started_wall_us;
		if (sight.fact)
			look_at(remembering, &sight);
	}
}

static void judge_again(struct round *round, bool all)
{
	const struct plan *plan = round->plan;

	for (uint32_t i = 0; i < plan->check_count; i++)
		if (check_remembers(&plan->checks[i]) &&
		    (all || round->judgements[i].verdict != VERDICT_OK))
			round_judge_again(round, i);
	judge_together(plan->checks, plan->check_count, round->judgements);
}

void round_remember(struct round *round, struct firsts *firsts, bool accept,
		    struct text *said)
{
	struct text replaced = { 0 };
	struct remembering remembering = { .round = round,
					   .firsts = firsts,
					   .fresh = firsts_new(),
					   .accept = accept,
					   .said = &replaced };
	bool saved = true;

	for (size_t i = 0; i < round->plan->check_count; i++)
		if (check_remembers(&round->plan->checks[i]))
			look_at_check(&remembering, &round->plan->checks[i]);
	if (remembering.fresh->count && firsts->keeps) {
		saved = firsts_save(firsts, remembering.fresh, said);
		/* What was seen for the first time is ok only if it is known the next time. */
		judge_again(round, !saved);
	}
	if (saved && firsts->keeps)
		text_add(said, text_string(&replaced));
	text_free(&replaced);
	firsts_free(remembering.fresh);
}
