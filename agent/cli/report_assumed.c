/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/report_assumed.h"

#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"

/* Whether "a, b, c" has that item. */
static bool has_item(const struct text *list, const char *item)
{
	size_t length = strlen(item);

	for (const char *at = text_string(list); *at; at += strspn(at, ", ")) {
		size_t end = strcspn(at, ",");

		if (end == length && !strncmp(at, item, length))
			return true;
		at += end;
	}
	return false;
}

/* The names of what a profile offers, those that are on and those that could be. Two
 * profiles may offer the same. */
static void add_named(const struct named *named, size_t count, const char *const *chosen,
		      size_t chosen_count, struct text *on, struct text *off)
{
	for (size_t i = 0; i < count; i++) {
		struct text *list = off;

		for (size_t at = 0; at < chosen_count; at++)
			if (!strcmp(chosen[at], named[i].name))
				list = on;
		if (!has_item(list, named[i].name))
			text_add_item(list, ", ", named[i].name);
	}
}

static void add_choice(const struct report *report, const char *key, struct text *on,
		       struct text *off, struct text *out)
{
	struct text both = { 0 };

	if (on->length)
		text_add_format(&both, "on: %s", text_string(on));
	if (on->length && off->length)
		text_add(&both, "; ");
	if (off->length)
		text_add_format(&both, "off: %s", text_string(off));
	screen_add_pair(&report->screen, out, 0, key, text_string(&both));
	text_free(&both);
	text_free(on);
	text_free(off);
}

static void add_choices(const struct report *report, const struct target *target,
			struct text *out)
{
	struct text on[3] = { { 0 } }, off[3] = { { 0 } };
	const char **peers = memory_new(target->peer_count + 1, sizeof *peers);

	for (size_t i = 0; i < target->peer_count; i++)
		peers[i] = target->peers[i].name;
	for (size_t i = 0; i < target->profile_count; i++) {
		const struct profile *profile =
			profiles_named(report->plan->profiles, target->profiles[i]);

		if (!profile)
			continue;
		add_named(profile->features, profile->feature_count, target->features,
			  target->feature_count, &on[0], &off[0]);
		add_named(profile->scenarios, profile->scenario_count, target->scenarios,
			  target->scenario_count, &on[1], &off[1]);
		add_named(profile->peers, profile->peer_count, peers, target->peer_count,
			  &on[2], &off[2]);
	}
	add_choice(report, "Features", &on[0], &off[0], out);
	add_choice(report, "Scenarios", &on[1], &off[1], out);
	add_choice(report, "Peers", &on[2], &off[2], out);
	free(peers);
}

void assumed_add(const struct report *report, const struct target *target,
		 struct text *out)
{
	struct text name = { 0 }, profiles = { 0 };

	screen_add_safe(&name, target->name);
	screen_add_styled(&report->screen, out, STYLE_BOLD, text_string(&name));
	if (strcmp(target->name, target->address) != 0) {
		text_add(out, " (");
		screen_add_safe(out, target->address);
		text_add_char(out, ')');
	}
	text_add_format(out, ", seen from vantage %s\n", vantage_word(target->vantage));
	for (size_t i = 0; i < target->profile_count; i++) {
		const struct profile *profile =
			profiles_named(report->plan->profiles, target->profiles[i]);
		const char *title = profile && report->german && profile->title_de
					    ? profile->title_de
					    : profile ? profile->title : NULL;

		text_add_item(&profiles, ", ", title ? title : target->profiles[i]);
	}
	screen_add_pair(&report->screen, out, 0, "Profiles", text_string(&profiles));
	add_choices(report, target, out);
	text_free(&name);
	text_free(&profiles);
}
