/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "agent/cli/cli.h"
#include "agent/cli/rule_text.h"
#include "agent/cli/setup.h"
#include "ground/words.h"

struct profiles_settings {
	const char *profile_dir, *language, *colour;
};

#define AT(member) offsetof(struct profiles_settings, member)

static const struct option options[] = {
	SETUP_PROFILE_DIR(AT(profile_dir)),
	SETUP_LANGUAGE(AT(language)),
	SETUP_COLOUR(AT(colour)),
	{ 0 }
};

/* One profile on its way to the screen. */
struct document {
	const struct profile *profile;
	struct screen screen;
	bool german;
	struct text *out;
};

static const char *title_in(const struct document *document, const char *title,
			    const char *title_de)
{
	return document->german && title_de ? title_de : title;
}

static void add_heading(const struct document *document, const char *heading,
			const char *more)
{
	struct text line = { 0 };

	text_add(&line, heading);
	if (more)
		text_add_format(&line, " %s", more);
	text_add_char(document->out, '\n');
	screen_add_styled(&document->screen, document->out, STYLE_BOLD, text_string(&line));
	text_add_char(document->out, '\n');
	text_free(&line);
}

static void add_named(const struct document *document, const char *heading,
		      const struct named *named, size_t count)
{
	unsigned widest = 9;

	for (size_t i = 0; i < count; i++)
		if (screen_columns(named[i].name) > widest)
			widest = screen_columns(named[i].name);
	if (count)
		add_heading(document, heading, NULL);
	for (size_t i = 0; i < count; i++) {
		struct cell cells[] = {
			{ named[i].name, widest, STYLE_PLAIN },
			{ named[i].title ? named[i].title : "",
			 document->screen.width - widest - 4, STYLE_PLAIN }
		};

		screen_add_row(&document->screen, document->out, 2, cells, 2);
	}
}

static void add_rule(const struct document *document, const struct rule *rule)
{
	const struct screen *screen = &document->screen;
	struct text head = { 0 };

	text_add_char(document->out, '\n');
	text_add_format(&head, "  %s", rule->id);
	screen_add_styled(screen, document->out, STYLE_BOLD, text_string(&head));
	if (strcmp(rule->profile, document->profile->name) != 0)
		text_add_format(document->out, " (from %s)", rule->profile);
	text_add(document->out, "\n    ");
	screen_add_wrapped(screen, document->out, title_in(document, rule->title, rule->title_de),
			   4);
	rule_add(screen, document->out, 4, rule);
	text_free(&head);
}

/* Where a rule stands in the document: under its first feature, else its first scenario,
 * else its peer, else among those that always apply. */
static bool belongs(const struct rule *rule, const char *feature, const char *scenario,
		    const char *peer)
{
	if (rule->feature_count)
		return feature && !strcmp(rule->features[0], feature);
	if (rule->scenario_count)
		return scenario && !strcmp(rule->scenarios[0], scenario);
	if (rule->peer)
		return peer && !strcmp(rule->peer, peer);
	return !feature && !scenario && !peer;
}

static void add_group(const struct document *document, const char *feature,
		      const char *scenario, const char *peer)
{
	const struct profile *profile = document->profile;
	bool begun = false;

	for (size_t i = 0; i < profile->rule_count; i++) {
		if (!belongs(&profile->rules[i], feature, scenario, peer))
			continue;
		if (!begun && feature)
			add_heading(document, "Rules with the feature", feature);
		else if (!begun && scenario)
			add_heading(document, "Rules in the scenario", scenario);
		else if (!begun && peer)
			add_heading(document, "Rules for the peer", peer);
		else if (!begun)
			add_heading(document, "Rules that always apply", NULL);
		begun = true;
		add_rule(document, &profile->rules[i]);
	}
}

static void add_not_observable(const struct document *document)
{
	const struct profile *profile = document->profile;

	if (profile->not_observable_count)
		add_heading(document, "What nobody can see from the network", NULL);
	for (size_t i = 0; i < profile->not_observable_count; i++) {
		const struct not_observable *item = &profile->not_observable[i];
		struct text sentence = { 0 };

		screen_add_safe(&sentence, item->sentence);
		text_add(document->out, "\n  ");
		screen_add_wrapped(&document->screen, document->out, text_string(&sentence), 2);
		screen_add_pair(&document->screen, document->out, 4, "Unseen", item->reason);
		screen_add_pair(&document->screen, document->out, 4, "By hand", item->by_hand);
		screen_add_pair(&document->screen, document->out, 4, "Source", item->reference);
		text_free(&sentence);
	}
}

static void add_source(const struct document *document)
{
	const struct profile *profile = document->profile;
	const char *parts[] = { profile->vendor, profile->document, profile->version };
	struct text line = { 0 };

	for (size_t i = 0; i < 3; i++)
		if (parts[i])
			text_add_item(&line, ", ", parts[i]);
	screen_add_pair(&document->screen, document->out, 0, "Source", text_string(&line));
	screen_add_pair(&document->screen, document->out, 0, "Extends", profile->extends);
	text_clear(&line);
	text_add_format(&line, "%zu; what nobody can see from the network: %zu",
			profile->rule_count, profile->not_observable_count);
	screen_add_pair(&document->screen, document->out, 0, "Rules", text_string(&line));
	text_free(&line);
}

static void add_document(const struct document *document)
{
	const struct profile *profile = document->profile;
	struct text head = { 0 };

	text_add_format(&head, "%s (%s)", title_in(document, profile->title, profile->title_de),
			profile->name);
	screen_add_styled(&document->screen, document->out, STYLE_BOLD, text_string(&head));
	text_add_char(document->out, '\n');
	text_free(&head);
	add_source(document);
	add_named(document, "Features", profile->features, profile->feature_count);
	add_named(document, "Scenarios", profile->scenarios, profile->scenario_count);
	add_named(document, "Peers", profile->peers, profile->peer_count);
	add_group(document, NULL, NULL, NULL);
	for (size_t i = 0; i < profile->feature_count; i++)
		add_group(document, profile->features[i].name, NULL, NULL);
	for (size_t i = 0; i < profile->scenario_count; i++)
		add_group(document, NULL, profile->scenarios[i].name, NULL);
	for (size_t i = 0; i < profile->peer_count; i++)
		add_group(document, NULL, NULL, profile->peers[i].name);
	add_not_observable(document);
}

static void add_table(const struct profiles *profiles, struct document *document)
{
	unsigned widest = 4;

	for (size_t i = 0; i < profiles_count(profiles); i++) {
		unsigned columns = screen_columns(profiles_at(profiles, i)->name);

		widest = columns > widest ? columns : widest;
	}
	const struct cell heads[] = { { "NAME", widest, STYLE_FAINT }, { "RULES", 5, STYLE_FAINT },
				     { "UNSEEN", 6, STYLE_FAINT }, { "TITLE", 40, STYLE_FAINT } };
	screen_add_row(&document->screen, document->out, 0, heads, 4);
	for (size_t i = 0; i < profiles_count(profiles); i++) {
		const struct profile *profile = profiles_at(profiles, i);
		struct text rules = { 0 }, unseen = { 0 };

		text_add_format(&rules, "%5zu", profile->rule_count);
		text_add_format(&unseen, "%6zu", profile->not_observable_count);
		struct cell cells[] = {
			{ profile->name, widest, STYLE_BOLD },
			{ text_string(&rules), 5, STYLE_PLAIN },
			{ text_string(&unseen), 6, STYLE_PLAIN },
			{ title_in(document, profile->title, profile->title_de),
			 document->screen.width - widest - 17, STYLE_PLAIN }
		};
		screen_add_row(&document->screen, document->out, 0, cells, 4);
		text_free(&rules);
		text_free(&unseen);
	}
}

static bool find_profile(const struct invocation *invocation, const struct profiles *profiles,
			 struct document *document)
{
	const char *name = invocation->count ? invocation->operands[0] : "";
	struct text safe = { 0 };

	document->profile = profiles_named(profiles, name);
	if (document->profile)
		return true;
	const char *nearest = words_nearest(name, profiles_names(profiles));
	text_add_foreign(&safe, name, strlen(name), 80);
	if (!*name)
		cli_fail(invocation->command, "which profile? 'ucposture profiles' lists them");
	else if (nearest)
		cli_fail(invocation->command, "unknown profile '%s' (did you mean '%s'?)",
			 text_string(&safe), nearest);
	else
		cli_fail(invocation->command, "unknown profile '%s'; 'ucposture profiles'"
					      " lists them", text_string(&safe));
	text_free(&safe);
	return false;
}

static int show(const struct invocation *invocation, bool list)
{
	const struct profiles_settings *settings = invocation->settings;
	struct problems problems = { 0 };
	struct text out = { 0 };
	struct document document = {
		.german = settings->language && !strcmp(settings->language, "de"), .out = &out };
	struct profiles *profiles = setup_profiles(settings->profile_dir, &problems);
	bool good = setup_is_sound(&problems);

	screen_of(STDOUT_FILENO, setup_colour(settings->colour), &document.screen);
	if (list) {
		add_table(profiles, &document);
	} else if (find_profile(invocation, profiles, &document)) {
		add_document(&document);
	} else {
		good = false;
	}
	good = cli_print(&out) && good;
	profiles_free(profiles);
	problems_free(&problems);
	text_free(&out);
	return good ? EXIT_OK : EXIT_UNKNOWN;
}

static int run_list(const struct invocation *invocation)
{
	return show(invocation, true);
}

static int run_show(const struct invocation *invocation)
{
	return show(invocation, false);
}

const struct command *profiles_list_command(void)
{
	static const struct command command = {
		.name = "profiles list",
		.usage = "[OPTION...]",
		.summary = "List the products we know the guides of.",
		.about = "Lists the profiles with the number of their rules, and of the demands"
			 " that nobody can see from the network. The same as 'ucposture profiles'.",
		.options = options,
		.settings_size = sizeof(struct profiles_settings),
		.run = run_list
	};

	return &command;
}

const struct command *profiles_show_command(void)
{
	static const struct command command = {
		.name = "profiles show",
		.usage = "[OPTION...] NAME",
		.summary = "Read a profile: its rules, and the sentence behind each.",
		.about = "Shows a profile as a document: what it can be told about a system, each"
			 " rule with its reason, its remedy and its place in the vendor's guide,"
			 " and what has to be looked at by hand.",
		.options = options,
		.settings_size = sizeof(struct profiles_settings),
		.most_operands = 1,
		.operands = COMPLETE_PROFILE,
		.run = run_show
	};

	return &command;
}
