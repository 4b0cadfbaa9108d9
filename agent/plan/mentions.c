/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/mentions.h"

#include <stdlib.h>
#include <string.h>

#include "agent/plan/seen.h"
#include "ground/memory.h"

/* What a mention can be of, found by name: a file may declare a hundred thousand. */
struct known {
	const char **names;	/* ended by NULL */
	uint32_t count;
	struct seen seen;
};

struct comparison {
	const struct known *known;
	const char *name;
};

static bool same_name(const void *arg, uint32_t number)
{
	const struct comparison *comparison = arg;

	return !strcmp(comparison->known->names[number], comparison->name);
}

static void known_begin(struct known *known, size_t most)
{
	*known = (struct known){ .names = memory_new(most + 1, sizeof *known->names) };
	seen_reset(&known->seen, most);
}

static void known_add(struct known *known, const char *name)
{
	struct comparison comparison = { known, name };

	known->names[known->count] = name;
	seen_number(&known->seen, seen_hash(SEEN_HASH_BEGIN, name), known->count, same_name,
		    &comparison);
	known->count++;
}

static void known_end(struct known *known)
{
	seen_free(&known->seen);
	free(known->names);
}

/* known->count when nobody is called so. */
static uint32_t known_find(const struct known *known, const char *name)
{
	struct comparison comparison = { known, name };

	return seen_find(&known->seen, seen_hash(SEEN_HASH_BEGIN, name), same_name, &comparison,
			 known->count);
}

static void know_named(struct known *known, const struct named *items, size_t count)
{
	known_begin(known, count);
	for (size_t i = 0; i < count; i++)
		known_add(known, items[i].name);
}

void mentions_inherit(struct arena *arena, struct named **items, size_t *count,
		      const struct named *more, size_t more_count)
{
	struct named *all = arena_take(arena, (*count + more_count) * sizeof *all);
	size_t total = *count;
	struct known own;

	if (total)
		memcpy(all, *items, total * sizeof *all);
	know_named(&own, all, total);
	for (size_t i = 0; i < more_count; i++) {
		uint32_t at = known_find(&own, more[i].name);

		/* Declared anew, with another title perhaps, it is used where the other is. */
		if (at < own.count)
			all[at].used = more[i].used;
		else
			all[total++] = more[i];
	}
	known_end(&own);
	*items = all;
	*count = total;
}

static void check_named(const struct mention *mention, const char *what,
			const struct known *known, const struct named *items,
			struct problems *problems)
{
	uint32_t at = known_find(known, mention->name);

	if (at < known->count)
		*items[at].used = true;
	else
		problems_add_unknown(problems, mention->place, what, mention->name,
				     known->names);
}

static void check_rule(const struct mention *mention, const struct known *rules,
		       struct problems *problems)
{
	if (known_find(rules, mention->name) == rules->count)
		problems_add_unknown(problems, mention->place, "rule", mention->name,
				     rules->names);
}

void mentions_check(const struct profile_file *file, struct problems *problems)
{
	const struct profile *profile = &file->profile;
	struct known features, scenarios, peers, rules;

	if (profile->broken)
		return;
	know_named(&features, profile->features, profile->feature_count);
	know_named(&scenarios, profile->scenarios, profile->scenario_count);
	know_named(&peers, profile->peers, profile->peer_count);
	known_begin(&rules, profile->rule_count);
	for (size_t i = 0; i < profile->rule_count; i++)
		known_add(&rules, profile->rules[i].id);
	for (const struct mention *m = file->mentions; m; m = m->next) {
		if (!strcmp(m->what, "feature"))
			check_named(m, m->what, &features, profile->features, problems);
		else if (!strcmp(m->what, "scenario"))
			check_named(m, m->what, &scenarios, profile->scenarios, problems);
		else if (!strcmp(m->what, "provisional_while"))
			check_rule(m, &rules, problems);
		else if (strcmp(m->what, "extends") != 0)
			check_named(m, "peer", &peers, profile->peers, problems);
	}
	known_end(&features);
	known_end(&scenarios);
	known_end(&peers);
	known_end(&rules);
}

static void find_unused(const struct profile *profile, const char *what,
			const struct named *items, size_t count, struct problems *problems)
{
	for (size_t i = 0; i < count; i++)
		if (!*items[i].used && !strcmp(items[i].place.file, profile->place.file))
			problems_add(problems, PROBLEM_WARNING, items[i].place,
				     "no rule names the %s '%s': it does nothing", what,
				     items[i].name);
}

void mentions_find_unused(const struct profile *profile, struct problems *problems)
{
	find_unused(profile, "feature", profile->features, profile->feature_count, problems);
	find_unused(profile, "scenario", profile->scenarios, profile->scenario_count, problems);
	find_unused(profile, "peer", profile->peers, profile->peer_count, problems);
}
