/* SPDX-License-Identifier: Apache-2.0
 *
 * `ucposture --complete WORD...` for the shell: what may stand in place of the last word,
 * a line each, from the same tables that read the command line. The lines ":files" and
 * ":folders" ask the shell for its own.
 */
#include <string.h>
#include <unistd.h>

#include "agent/cli/cli.h"
#include "agent/cli/setup.h"

/* What the words before the last one say. */
struct typed {
	const struct command *command;
	const struct option *awaited;	/* the word before was an option that takes a value */
	struct strings profiles;
	const char *config_file, *profile_dir;
	const char *first_operand;
	size_t operands;
	struct arena *arena;
	const char *last;		/* to be completed */
	struct text *out;
};

static void offer(const struct typed *typed, const char *before, const char *candidate,
		  const char *after)
{
	struct text whole = { 0 };

	text_add_format(&whole, "%s%s%s", before, candidate, after);
	if (!strncmp(text_string(&whole), typed->last, strlen(typed->last)))
		text_add_format(typed->out, "%s\n", text_string(&whole));
	text_free(&whole);
}

static void offer_list(const struct typed *typed, const char *before,
		       const char *const *candidates)
{
	for (; *candidates; candidates++)
		offer(typed, before, *candidates, "");
}

static void offer_named(const struct typed *typed, const char *before,
			const struct named *named, size_t count, const char *after)
{
	for (size_t i = 0; i < count; i++)
		offer(typed, before, named[i].name, after);
}

static void offer_rules(const struct typed *typed, const char *before,
			const struct profile *profile)
{
	for (size_t i = 0; i < profile->rule_count; i++) {
		struct text name = { 0 };

		text_add_format(&name, "%s.%s", profile->rules[i].profile, profile->rules[i].id);
		offer(typed, before, text_string(&name), "");
		text_free(&name);
	}
}

/* Of the profiles given so far, or of all. */
static void offer_of_profile(const struct typed *typed, enum completion what,
			     const char *before, const struct profile *profile)
{
	bool given = !typed->profiles.count;

	for (size_t i = 0; i < typed->profiles.count; i++)
		given = given || !strcmp(typed->profiles.items[i], profile->name);
	if (what == COMPLETE_PROFILE)
		offer(typed, before, profile->name, "");
	if (!given)
		return;
	if (what == COMPLETE_FEATURE)
		offer_named(typed, before, profile->features, profile->feature_count, "");
	if (what == COMPLETE_SCENARIO)
		offer_named(typed, before, profile->scenarios, profile->scenario_count, "");
	if (what == COMPLETE_PEER)
		offer_named(typed, before, profile->peers, profile->peer_count, "=");
	if (what == COMPLETE_RULE)
		offer_rules(typed, before, profile);
}

static void offer_from_profiles(const struct typed *typed, enum completion what,
				const char *before)
{
	struct problems problems = { 0 };
	struct profiles *profiles = load_profiles(
		setup_profile_folder(typed->profile_dir, typed->arena), &problems);

	for (size_t i = 0; i < profiles_count(profiles); i++)
		offer_of_profile(typed, what, before, profiles_at(profiles, i));
	profiles_free(profiles);
	problems_free(&problems);
}

static void offer_targets(const struct typed *typed)
{
	const char *file = setup_config_file(typed->config_file);
	struct problems problems = { 0 };

	if (typed->profiles.count || access(file, R_OK) != 0)
		return;
	struct config *config = config_read(file, &problems);
	inventory_add(config, NULL, &problems);
	for (size_t i = 0; !problems.errors && i < config->target_count; i++)
		offer(typed, "", config->targets[i].name, "");
	config_free(config);
	problems_free(&problems);
}

static void offer_observe(const struct typed *typed)
{
	const struct collector *collector;

	if (!typed->operands) {
		offer_list(typed, "", collector_names());
	} else if (typed->operands == 1) {
		collector = collector_named(typed->first_operand);
		if (collector)
			offer(typed, "", collector->subject, "");
	}
}

static void offer_facts(const struct typed *typed, const char *before)
{
	const struct collector *collector =
		typed->operands ? collector_named(typed->first_operand) : NULL;
	const struct fact_descriptor *fact;

	for (size_t row = 0; collector && (fact = collector_fact_at(collector, row)); row++)
		offer(typed, before, fact->name, "");
}

static void offer_values(const struct typed *typed, enum completion what,
			 const struct option *option, const char *before)
{
	switch (what) {
	case COMPLETE_WORDS:
		offer_list(typed, before, option->words());
		break;
	case COMPLETE_FILE:
		text_add(typed->out, ":files\n");
		break;
	case COMPLETE_FOLDER:
		text_add(typed->out, ":folders\n");
		break;
	case COMPLETE_COLLECTOR:
		offer_observe(typed);
		break;
	case COMPLETE_FACT:
		offer_facts(typed, before);
		break;
	case COMPLETE_TARGET:
		offer_targets(typed);
		break;
	case COMPLETE_NOTHING:
		break;
	default:
		offer_from_profiles(typed, what, before);
	}
}

static void offer_options(const struct typed *typed, const struct option *options)
{
	for (; options->name; options++)
		offer(typed, "--", options->name, options->argument ? "=" : "");
}

/* Up to and with the last comma, or the = : what stays when a list is completed. */
static char *kept_part(const struct typed *typed, const struct option *option)
{
	const char *value = strchr(typed->last, '=');
	const char *comma = option->set == option_set_list ? strrchr(typed->last, ',') : NULL;
	const char *end = comma ? comma + 1 : value ? value + 1 : typed->last;

	if (typed->awaited && !comma)
		end = typed->last;
	return arena_copy_span(typed->arena, typed->last, (size_t)(end - typed->last));
}

static void offer_last(const struct typed *typed)
{
	const char *last = typed->last;
	size_t length = strcspn(last, "=");
	const struct option *option = typed->awaited;

	if (!option && !strncmp(last, "--", 2) && last[length])
		option = option_named(typed->command->options, last + 2, length - 2);
	if (option) {
		offer_values(typed, option->completion, option, kept_part(typed, option));
	} else if (last[0] == '-') {
		offer_options(typed, typed->command->options);
		offer_options(typed, options_of_all());
	} else if (typed->operands < typed->command->most_operands) {
		offer_values(typed, typed->command->operands, NULL, "");
	}
}

static void note_value(struct typed *typed, const struct option *option, const char *value)
{
	if (!strcmp(option->name, "config.file"))
		typed->config_file = value;
	else if (!strcmp(option->name, "profile.dir"))
		typed->profile_dir = value;
	else if (!strcmp(option->name, "profile"))
		for (size_t length; *value; value += length + (value[length] == ',')) {
			length = strcspn(value, ",");
			strings_add(&typed->profiles, typed->arena, value, length);
		}
}

static void note_word(struct typed *typed, const char *word)
{
	size_t length = strcspn(word, "=");
	const struct option *option = typed->awaited;

	typed->awaited = NULL;
	if (option) {
		note_value(typed, option, word);
		return;
	}
	if (strncmp(word, "--", 2) != 0) {
		if (!typed->operands++)
			typed->first_operand = word;
		if (typed->command->operands == COMPLETE_PROFILE)
			strings_add(&typed->profiles, typed->arena, word, strlen(word));
		return;
	}
	option = option_named(typed->command->options, word + 2, length - 2);
	if (option && word[length])
		note_value(typed, option, word + length + 1);
	else if (option && option->argument)
		typed->awaited = option;
}

/* The first words of commands, or the second ones of a group. */
static void offer_commands(const struct typed *typed, const char *group)
{
	const struct command *command;
	const char *before = "";

	for (size_t i = 0; (command = command_at(i)); i++) {
		size_t first = strcspn(command->name, " ");
		const char *word = arena_copy_span(typed->arena, command->name, first);

		if (!group && strcmp(word, before) != 0)
			offer(typed, "", word, "");
		else if (group && !strcmp(word, group) && command->name[first])
			offer(typed, "", command->name + first + 1, "");
		before = word;
	}
}

int complete_words(const char *const *words, size_t count)
{
	struct text out = { 0 };
	struct typed typed = { .arena = arena_new(), .out = &out,
			      .last = count ? words[count - 1] : "" };
	size_t used;

	typed.command = count > 1 ? command_find(words, count - 1, &used) : NULL;
	if (count < 2) {
		offer_commands(&typed, NULL);
		offer_options(&typed, options_of_all());
	} else if (typed.command) {
		for (size_t i = used; i + 1 < count; i++)
			note_word(&typed, words[i]);
		if (count == 2 && strchr(typed.command->name, ' '))
			offer_commands(&typed, words[0]);
		offer_last(&typed);
	}
	cli_print(&out);
	text_free(&out);
	arena_free(typed.arena);
	return EXIT_OK;
}
