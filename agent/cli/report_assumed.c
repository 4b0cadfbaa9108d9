/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/report_assumed.h"

#include <stdlib.h>
#include <string.h>

#include "agent/cli/language.h"
#include "ground/memory.h"

/* A recorder has forty features, most of which nobody uses. */
enum { OFF_MOST = 12 };

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

/* Features, scenarios or peers: those that are on, with their titles, and the names of those
 * that could be. */
struct choice {
	struct text on, off;
	struct text known;	/* names of both: two profiles may offer the same */
	size_t off_count;
};

static void add_named(const struct report *report, const struct named *named, size_t count,
		      const char *const *chosen, size_t chosen_count, struct choice *choice)
{
	for (size_t i = 0; i < count; i++) {
		bool on = false;

		if (has_item(&choice->known, named[i].name))
			continue;
		text_add_item(&choice->known, ", ", named[i].name);
		for (size_t at = 0; at < chosen_count; at++)
			on = on || !strcmp(chosen[at], named[i].name);
		text_add_item(on ? &choice->on : &choice->off, ", ", "");
		if (on)
			language_add_named(report->german, named, count, named[i].name,
					   &choice->on);
		else
			text_add(&choice->off, named[i].name);
		choice->off_count += !on;
	}
}

static void add_choice(const struct report *report, const char *key, struct choice *choice,
		       struct text *out)
{
	struct text both = { 0 };

	if (choice->on.length)
		text_add_format(&both, "on: %s", text_string(&choice->on));
	if (choice->on.length && choice->off.length)
		text_add(&both, "; ");
	if (choice->off_count > OFF_MOST && !report->verbose)
		text_add_format(&both, "off: %zu%s; --verbose lists them", choice->off_count,
				choice->on.length ? " others" : "");
	else if (choice->off.length)
		text_add_format(&both, "off: %s", text_string(&choice->off));
	screen_add_pair(&report->screen, out, 0, key, text_string(&both));
	text_free(&both);
	text_free(&choice->on);
	text_free(&choice->off);
	text_free(&choice->known);
}

static void add_choices(const struct report *report, const struct target *target,
			struct text *out)
{
	struct choice features = { 0 }, scenarios = { 0 }, given = { 0 };
	const char **peers = memory_new(target->peer_count + 1, sizeof *peers);

	for (size_t i = 0; i < target->peer_count; i++)
		peers[i] = target->peers[i].name;
	for (size_t i = 0; i < target->profile_count; i++) {
		const struct profile *profile =
			profiles_named(report->plan->profiles, target->profiles[i]);

		if (!profile)
			continue;
		add_named(report, profile->features, profile->feature_count, target->features,
			  target->feature_count, &features);
		add_named(report, profile->scenarios, profile->scenario_count,
			  target->scenarios, target->scenario_count, &scenarios);
		add_named(report, profile->peers, profile->peer_count, peers,
			  target->peer_count, &given);
	}
	add_choice(report, "Features", &features, out);
	add_choice(report, "Scenarios", &scenarios, out);
	add_choice(report, "Peers", &given, out);
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

		text_add_item(&profiles, ", ",
			      profile ? language_title(report->german, profile->title,
						       profile->title_de)
				      : target->profiles[i]);
	}
	screen_add_pair(&report->screen, out, 0, "Profiles", text_string(&profiles));
	add_choices(report, target, out);
	text_free(&name);
	text_free(&profiles);
}
