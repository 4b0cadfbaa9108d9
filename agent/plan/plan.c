/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/plan.h"

#include <stdlib.h>

#include "agent/plan/planning.h"
#include "ground/memory.h"

static void planning_end(struct planning *planning)
{
	seen_free(&planning->seen_observations);
	seen_free(&planning->seen_names);
	seen_free(&planning->seen_elsewhere);
	free(planning->elsewhere);
	free(planning->menus);
	free(planning->filled);
	free(planning->chosen);
	free(planning->origins);
	free(planning->first_of_rule);
	text_free(&planning->scratch);
}

struct plan *plan_make(const struct config *config, const struct profiles *profiles,
		       struct problems *problems)
{
	struct plan *plan = memory_new(1, sizeof *plan);
	struct planning planning = { .plan = plan, .problems = problems };

	plan->config = config;
	plan->profiles = profiles;
	plan->arena = arena_new();
	plan->first_check = memory_new(config->target_count + 1, sizeof *plan->first_check);
	planning.arena = plan->arena;
	for (uint32_t i = 0; i < config->target_count; i++) {
		planning_add_target(&planning, i);
		plan->first_check[i + 1] = plan->check_count;
	}
	planning_end(&planning);
	planning_add_exceptions(plan, problems);
	return plan;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	arena_free(plan->arena);
	free(plan->checks);
	free(plan->observations);
	free(plan->first_check);
	free(plan->first_exception);
	free(plan->exceptions);
	free(plan);
}

const struct target *plan_target(const struct plan *plan, const struct check *check)
{
	return &plan->config->targets[check->target];
}

const char *check_remedy(const struct check *check)
{
	const struct rule *rule = check->rule;

	return check->unused_feature && rule->otherwise_remedy ? rule->otherwise_remedy
							       : rule->remedy;
}

const char *inapplicable_sentence(enum inapplicable why)
{
	static const char *const sentences[] = {
		[APPLICABLE] = "",
		[FEATURE_OFF] = "the feature is not switched on for this target",
		[SCENARIO_OFF] = "the scenario was not asked for",
		[PEER_NOT_GIVEN] = "the target has no such peer",
		[OTHER_SOURCE] = "the rule is for connections from another address than ours",
		[OTHER_VANTAGE] = "the rule is for an agent that stands elsewhere",
		[NO_PROXY] = "neither the target nor the agent has a proxy",
		[NO_NAME] = "the target is given by its address and not by a name",
		[NO_ACCESS] = "no SNMP access is given",
		[SWITCHED_OFF] = "the target's overrides switch it off",
	};

	return sentences[why];
}
