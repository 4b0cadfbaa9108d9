/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/names.h"

#include <stdlib.h>
#include <string.h>

#include "agent/plan/seen.h"
#include "ground/memory.h"

/* The rule smb-signing of the collector smb speaks of "signing". */
static const char *aspect_of(const struct rule *rule)
{
	size_t length = strlen(rule->collector->name);

	if (!strncmp(rule->id, rule->collector->name, length) && rule->id[length] == '-' &&
	    rule->id[length + 1])
		return rule->id + length + 1;
	return rule->id;
}

void name_add(struct text *out, const struct rule *rule, const struct subject *subject,
	      const char *profile, struct way way)
{
	char plain[SUBJECT_ROOM];

	subject_format_name(subject, plain);
	text_add(out, rule->collector->name);
	text_add_char(out, '/');
	text_add(out, plain);
	text_add_char(out, '/');
	text_add(out, aspect_of(rule));
	if (profile) {
		text_add_char(out, '.');
		text_add(out, profile);
	}
	if (way.by_proxy)
		text_add(out, "/proxy");
	if (way.family == 6)
		text_add(out, "/ipv6");
}

struct named_check {
	const char *name;
	const struct rule *rule;
};

struct comparison {
	const struct named_check *checks;
	const char *name;
};

static bool same_name(const void *arg, uint32_t number)
{
	const struct comparison *comparison = arg;

	return !strcmp(comparison->checks[number].name, comparison->name);
}

static void refuse_same_name(struct problems *problems, const struct named_check *first,
			     const struct named_check *second)
{
	if (first->rule == second->rule)
		problems_add(problems, PROBLEM_ERROR, second->rule->place,
			     "the rule '%s' would give two checks the name '%s': a subject "
			     "stands twice",
			     second->rule->id, second->name);
	else
		problems_add(problems, PROBLEM_ERROR, second->rule->place,
			     "the rules '%s' and '%s' would both give a check the name '%s': "
			     "rename one",
			     first->rule->id, second->rule->id, second->name);
}

static size_t count_subjects(const struct profile *profile)
{
	size_t count = 0;

	for (size_t i = 0; i < profile->rule_count; i++)
		count += profile->rules[i].subject_count;
	return count;
}

void names_check(const struct profile *profile, struct problems *problems)
{
	struct named_check *checks = memory_new(count_subjects(profile), sizeof *checks);
	struct arena *arena = arena_new();
	struct seen seen = { 0 };
	struct text name = { 0 };
	uint32_t count = 0;

	seen_reset(&seen, count_subjects(profile));
	for (size_t i = 0; i < profile->rule_count; i++) {
		const struct rule *rule = &profile->rules[i];

		for (size_t j = 0; j < rule->subject_count; j++, count++) {
			struct comparison comparison = { .checks = checks };
			uint32_t first;

			text_clear(&name);
			name_add(&name, rule, &rule->subjects[j], NULL, (struct way){ 4, false });
			comparison.name = arena_copy(arena, text_string(&name));
			checks[count] = (struct named_check){ comparison.name, rule };
			first = seen_number(&seen, seen_hash(SEEN_HASH_BEGIN, comparison.name),
					    count, same_name, &comparison);
			if (first != count)
				refuse_same_name(problems, &checks[first], &checks[count]);
		}
	}
	text_free(&name);
	seen_free(&seen);
	arena_free(arena);
	free(checks);
}
