/* SPDX-License-Identifier: Apache-2.0
 *
 * provisional_while: which check of a target the finding of another one waits for. The two are
 * of one profile, and look at the same port of the same host over the same version of IP.
 */
#include <string.h>

#include "agent/plan/planning.h"
#include "ground/memory.h"

static bool same_place(const struct plan *plan, const struct check *a, const struct check *b)
{
	const struct request *of_a, *of_b;

	if (a->observation == NO_OBSERVATION || b->observation == NO_OBSERVATION ||
	    a->family != b->family)
		return false;
	of_a = &plan->observations[a->observation].request;
	of_b = &plan->observations[b->observation].request;
	return subject_same_port(&of_a->subject, &of_b->subject) && !strcmp(of_a->host, of_b->host);
}

static void link_check(struct plan *plan, struct check *check, size_t first, size_t behind)
{
	for (size_t i = first; i < behind; i++)
		if (same_place(plan, check, &plan->checks[i]))
			check->provisional_while = (uint32_t)i;
}

void planning_link_provisional(struct planning *planning, const struct menu *menu)
{
	const size_t *first = planning->first_of_rule;

	for (size_t rule = 0; menu->any_provisional && rule < menu->profile->rule_count;
	     rule++) {
		size_t named = menu->named_rules[rule];

		if (named == menu->profile->rule_count)
			continue;
		for (size_t i = first[rule]; i < first[rule + 1]; i++)
			link_check(planning->plan, &planning->plan->checks[i], first[named],
				   first[named + 1]);
	}
}
