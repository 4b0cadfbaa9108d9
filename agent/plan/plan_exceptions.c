/* SPDX-License-Identifier: Apache-2.0
 *
 * Which exceptions may cover which targets, found once, so that a round does not compare
 * every check with every exception.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/plan/planning.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/words.h"

struct pair {
	uint32_t target;
	const struct exception *exception;
};

struct matching {
	struct plan *plan;
	struct problems *problems;
	struct pair *pairs;
	size_t count, room;
	struct seen names; /* of targets */
};

/* target_count when there is no such target. */
static uint32_t find_target(struct matching *matching, const char *name)
{
	struct named_target named = { matching->plan->config, name };

	return seen_find(&matching->names, seen_hash(SEEN_HASH_BEGIN, name), named_target_is,
			 &named, (uint32_t)named.config->target_count);
}

static void keep_names(struct matching *matching)
{
	const struct config *config = matching->plan->config;

	seen_reset(&matching->names, config->target_count);
	for (uint32_t i = 0; i < config->target_count; i++) {
		struct named_target named = { config, config->targets[i].name };

		seen_number(&matching->names, seen_hash(SEEN_HASH_BEGIN, named.name), i,
			    named_target_is, &named);
	}
}

static bool
covers_a_check(const struct plan *plan, const struct exception *exception, uint32_t target)
{
	for (size_t i = plan->first_check[target]; i < plan->first_check[target + 1]; i++)
		if (words_match(exception->check, plan->checks[i].name))
			return true;
	return false;
}

static void
add_pair(struct matching *matching, const struct exception *exception, uint32_t target)
{
	matching->pairs = memory_room_for(matching->pairs, matching->count, &matching->room,
					  sizeof *matching->pairs);
	matching->pairs[matching->count++] = (struct pair){ target, exception };
}

static void
warn(const struct matching *matching, const struct exception *exception, bool target_found)
{
	const struct config *config = matching->plan->config;
	const char **names, *nearest;

	if (config->narrowed || matching->problems->errors ||
	    exception->until_us < clock_wall_us())
		return;
	if (target_found) {
		problems_add(matching->problems, PROBLEM_WARNING, exception->place,
			     "no check of '%s' is called '%s'", exception->target,
			     exception->check);
		return;
	}
	names = memory_new(config->target_count + 1, sizeof *names);
	for (size_t i = 0; i < config->target_count; i++)
		names[i] = config->targets[i].name;
	nearest = words_nearest(exception->target, names);
	free(names);
	if (nearest)
		problems_add(matching->problems, PROBLEM_WARNING, exception->place,
			     "no target is called '%s' (did you mean '%s'?)", exception->target,
			     nearest);
	else
		problems_add(matching->problems, PROBLEM_WARNING, exception->place,
			     "no target is called '%s'", exception->target);
}

static void match_exception(struct matching *matching, const struct exception *exception)
{
	const struct config *config = matching->plan->config;
	bool pattern = strpbrk(exception->target, "*?");
	uint32_t from = pattern ? 0 : find_target(matching, exception->target);
	size_t to = pattern ? config->target_count : from + 1;
	bool target_found = false, check_found = false;

	for (uint32_t i = from; i < to && i < config->target_count; i++) {
		if (pattern && !words_match(exception->target, config->targets[i].name))
			continue;
		target_found = true;
		check_found = check_found || covers_a_check(matching->plan, exception, i);
		add_pair(matching, exception, i);
	}
	if (!check_found)
		warn(matching, exception, target_found);
}

/* A counting sort: the pairs by target, within it in the order of the file. */
static void sort_pairs(struct plan *plan, const struct pair *pairs, size_t count)
{
	size_t targets = plan->config->target_count;
	size_t *next = memory_new(targets + 1, sizeof *next);

	plan->exceptions = memory_new(count, sizeof *plan->exceptions);
	for (size_t i = 0; i < count; i++)
		plan->first_exception[pairs[i].target + 1]++;
	for (size_t i = 0; i < targets; i++)
		plan->first_exception[i + 1] += plan->first_exception[i];
	memcpy(next, plan->first_exception, (targets + 1) * sizeof *next);
	for (size_t i = 0; i < count; i++)
		plan->exceptions[next[pairs[i].target]++] = pairs[i].exception;
	free(next);
}

void planning_add_exceptions(struct plan *plan, struct problems *problems)
{
	struct matching matching = { .plan = plan, .problems = problems };
	const struct config *config = plan->config;

	plan->first_exception =
		memory_new(config->target_count + 1, sizeof *plan->first_exception);
	if (!config->exception_count)
		return;
	keep_names(&matching);
	for (size_t i = 0; i < config->exception_count; i++)
		match_exception(&matching, &config->exceptions[i]);
	sort_pairs(plan, matching.pairs, matching.count);
	seen_free(&matching.names);
	free(matching.pairs);
}

const struct exception *
plan_exception(const struct plan *plan, const struct check *check, int64_t wall_us)
{
	const struct exception *longest = NULL;

	for (size_t i = plan->first_exception[check->target];
	     i < plan->first_exception[check->target + 1]; i++) {
		const struct exception *exception = plan->exceptions[i];

		if (exception->from_us <= wall_us && exception->until_us >= wall_us &&
		    (!longest || exception->until_us > longest->until_us) &&
		    words_match(exception->check, check->name))
			longest = exception;
	}
	return longest;
}
