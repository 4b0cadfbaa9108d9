/* SPDX-License-Identifier: Apache-2.0
 *
 * One target of the plan: are all the names it uses known, and which profiles apply?
 */
#include <stdlib.h>
#include <string.h>

#include "agent/plan/planning.h"
#include "ground/memory.h"
#include "ground/words.h"

static const char *const *make_names(struct planning *planning, const struct rule *rule)
{
	const char **names =
		arena_take(planning->arena, 2 * rule->subject_count * sizeof *names);

	for (size_t i = 0; i < 2 * rule->subject_count; i++) {
		text_clear(&planning->scratch);
		name_add(&planning->scratch, rule, &rule->subjects[i / 2], NULL,
			 (struct way){ i % 2 ? 6 : 4, false });
		names[i] = arena_copy(planning->arena, text_string(&planning->scratch));
	}
	return names;
}

/* The place in the list: the list moves when it grows. */
static size_t menu_of(struct planning *planning, const struct profile *profile)
{
	struct menu menu = { .profile = profile };

	for (size_t i = 0; i < planning->menu_count; i++)
		if (planning->menus[i].profile == profile)
			return i;
	menu.names = arena_take(planning->arena, profile->rule_count * sizeof *menu.names);
	menu.common = arena_take(planning->arena, profile->rule_count * sizeof *menu.common);
	menu.named_rules =
		arena_take(planning->arena, profile->rule_count * sizeof *menu.named_rules);
	profile_named_rules(profile, menu.named_rules);
	for (size_t i = 0; i < profile->rule_count; i++) {
		menu.any_provisional |= menu.named_rules[i] < profile->rule_count;
		menu.names[i] = make_names(planning, &profile->rules[i]);
		menu.common[i] = planning_common(&profile->rules[i]);
	}
	planning->menus = memory_room_for(planning->menus, planning->menu_count,
					  &planning->menu_room, sizeof *planning->menus);
	planning->menus[planning->menu_count] = menu;
	return planning->menu_count++;
}

static struct place
place_in(const struct place *places, size_t index, const struct target *target)
{
	return places ? places[index] : target->place;
}

/* Whether the target lists a profile that extends this one: then it is asked through that. */
static bool is_extended(const struct planning *planning, const struct profile *profile)
{
	const struct profiles *all = planning->plan->profiles;
	const struct target *target = planning->target;

	for (size_t i = 0; i < target->profile_count; i++) {
		const struct profile *other = profiles_named(all, target->profiles[i]);

		/* A circle is a problem already: follow it no farther than there are profiles. */
		for (size_t steps = profiles_count(all); steps && other && other->extends;
		     steps--) {
			other = profiles_named(all, other->extends);
			if (other == profile)
				return true;
		}
	}
	return false;
}

static void choose(struct planning *planning, const struct profile *profile, size_t index)
{
	const struct target *target = planning->target;

	planning->guesses |= profile->broken;
	for (size_t i = 0; i < index; i++) {
		if (!strcmp(target->profiles[i], profile->name)) {
			problems_add(planning->problems, PROBLEM_ERROR,
				     place_in(target->profile_places, index, target),
				     "the profile '%s' stands twice", profile->name);
			return;
		}
	}
	if (is_extended(planning, profile))
		return;
	planning->chosen = memory_room_for(planning->chosen, planning->chosen_count,
					   &planning->chosen_room, sizeof *planning->chosen);
	planning->chosen[planning->chosen_count++] = menu_of(planning, profile);
}

static void choose_profiles(struct planning *planning)
{
	const struct target *target = planning->target;

	planning->chosen_count = 0;
	planning->guesses = false;
	for (size_t i = 0; i < target->profile_count; i++) {
		const struct profile *profile =
			profiles_named(planning->plan->profiles, target->profiles[i]);

		if (profile) {
			choose(planning, profile, i);
			continue;
		}
		planning->guesses = true;
		problems_add_unknown(planning->problems,
				     place_in(target->profile_places, i, target), "profile",
				     target->profiles[i],
				     profiles_names(planning->plan->profiles));
	}
}

/* What profiles declare: one of three lists. */
enum declared { FEATURES, SCENARIOS, PEERS };

static const struct named *
declared_in(const struct profile *profile, enum declared what, size_t *count)
{
	switch (what) {
	case FEATURES:
		*count = profile->feature_count;
		return profile->features;
	case SCENARIOS:
		*count = profile->scenario_count;
		return profile->scenarios;
	default:
		*count = profile->peer_count;
		return profile->peers;
	}
}

static bool is_declared(const struct planning *planning, enum declared what, const char *name)
{
	for (size_t i = 0; i < planning->chosen_count; i++) {
		size_t count;
		const struct named *items =
			declared_in(planning->menus[planning->chosen[i]].profile, what, &count);

		for (size_t j = 0; j < count; j++)
			if (!strcmp(items[j].name, name))
				return true;
	}
	return false;
}

static void check_declared(struct planning *planning, enum declared what, const char *name,
			   struct place place)
{
	static const char *const words[] = { "feature", "scenario", "peer" };
	const char **candidates = NULL;
	size_t found = 0, room = 0;

	if (planning->guesses || is_declared(planning, what, name))
		return;
	for (size_t i = 0; i < planning->chosen_count; i++) {
		size_t count;
		const struct named *items =
			declared_in(planning->menus[planning->chosen[i]].profile, what, &count);

		for (size_t j = 0; j < count; j++) {
			candidates =
				memory_room_for(candidates, found, &room, sizeof *candidates);
			candidates[found++] = items[j].name;
		}
	}
	candidates = memory_room_for(candidates, found, &room, sizeof *candidates);
	candidates[found] = NULL;
	problems_add_unknown(planning->problems, place, words[what], name, candidates);
	free(candidates);
}

static void check_names(struct planning *planning)
{
	const struct target *target = planning->target;

	for (size_t i = 0; i < target->feature_count; i++)
		check_declared(planning, FEATURES, target->features[i],
			       place_in(target->feature_places, i, target));
	for (size_t i = 0; i < target->scenario_count; i++)
		check_declared(planning, SCENARIOS, target->scenarios[i],
			       place_in(target->scenario_places, i, target));
	for (size_t i = 0; i < target->peer_count; i++)
		check_declared(planning, PEERS, target->peers[i].name, target->peers[i].place);
}

static const char *full_name(struct planning *planning, const char *profile, const char *id)
{
	text_clear(&planning->scratch);
	text_add_format(&planning->scratch, "%s.%s", profile, id);
	return arena_copy(planning->arena, text_string(&planning->scratch));
}

/* What an override may have meant; with a profile's name, that of the rule's file or of the one
 * that extends it, when such was written. */
static const char *nearest_rule(struct planning *planning, const char *word)
{
	bool in_full = strchr(word, '.');
	const char **names = NULL, *nearest;
	size_t count = 0, room = 0;

	for (size_t i = 0; i < planning->chosen_count; i++) {
		const struct profile *profile = planning->menus[planning->chosen[i]].profile;

		for (size_t j = 0; j < profile->rule_count; j++) {
			const struct rule *rule = &profile->rules[j];

			names = memory_room_for(names, count + 2, &room, sizeof *names);
			names[count++] = in_full ? full_name(planning, rule->profile, rule->id)
						 : rule->id;
			if (in_full)
				names[count++] = full_name(planning, profile->name, rule->id);
		}
	}
	names = memory_room_for(names, count, &room, sizeof *names);
	names[count] = NULL;
	nearest = words_nearest(word, names);
	free(names);
	return nearest;
}

/* A pattern that matches nothing is a slip that nobody would notice otherwise. */
static void warn_of_unused_overrides(struct planning *planning)
{
	const struct target *target = planning->target;

	for (size_t i = 0; i < target->override_count && !planning->guesses; i++) {
		const struct override *override = &target->overrides[i];
		const char *nearest = planning->override_used[i]
					      ? NULL
					      : nearest_rule(planning, override->rule);

		if (!planning->override_used[i])
			problems_add(planning->problems, PROBLEM_WARNING, override->place,
				     "no rule of this target is called '%s'%s%s%s",
				     override->rule, nearest ? " (did you mean '" : "",
				     nearest ? nearest : "", nearest ? "'?)" : "");
	}
}

/* The most there may be: a rule has its own, or those of one override. */
static size_t count_subjects(const struct planning *planning)
{
	const struct target *target = planning->target;
	size_t count = 0, moved = 0;

	for (size_t i = 0; i < target->override_count; i++)
		if (target->overrides[i].subject_count > moved)
			moved = target->overrides[i].subject_count;

	for (size_t i = 0; i < planning->chosen_count; i++) {
		const struct profile *profile = planning->menus[planning->chosen[i]].profile;

		for (size_t j = 0; j < profile->rule_count; j++)
			count += profile->rules[j].subject_count > moved
					 ? profile->rules[j].subject_count
					 : moved;
	}
	return count;
}

static bool moves_subjects(const struct target *target)
{
	for (size_t i = 0; i < target->override_count; i++)
		if (target->overrides[i].subject_count)
			return true;
	return false;
}

static void add_rules(struct planning *planning, const struct menu *menu)
{
	size_t count = menu->profile->rule_count;

	while (planning->first_room <= count)
		planning->first_of_rule =
			memory_room_for(planning->first_of_rule, planning->first_room,
					&planning->first_room, sizeof(size_t));
	for (size_t rule = 0; rule < count; rule++) {
		planning->first_of_rule[rule] = planning->plan->check_count;
		planning_add_rule(planning, menu, rule);
	}
	planning->first_of_rule[count] = planning->plan->check_count;
	planning_link_provisional(planning, menu);
}

void planning_add_target(struct planning *planning, uint32_t index)
{
	const struct target *target = &planning->plan->config->targets[index];
	size_t first = planning->plan->check_count, most;
	struct address address;

	planning->target = target;
	planning->index = index;
	planning->family = address_parse(target->address, &address) ? address.family : 0;
	choose_profiles(planning);
	check_names(planning);
	planning_note_origins(planning);
	most = 2 * count_subjects(planning);
	planning->names_may_clash =
		planning->chosen_count > 1 || moves_subjects(target) || target->peer_count;
	planning->override_used = memory_new(target->override_count, sizeof(bool));
	seen_reset(&planning->seen_observations, most);
	seen_reset(&planning->seen_names, planning->names_may_clash ? 2 * most : 0);
	for (size_t i = 0; i < planning->chosen_count; i++)
		add_rules(planning, &planning->menus[planning->chosen[i]]);
	planning_fill_ports(planning, first);
	warn_of_unused_overrides(planning);
	free(planning->override_used);
}
