/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/cli/cli.h"
#include "agent/cli/language.h"
#include "agent/cli/rule_text.h"
#include "agent/cli/setup.h"
#include "ground/words.h"

struct explain_settings {
	const char *config_file, *profile_dir, *language, *colour;
	struct strings profiles;
};

#define AT(member) offsetof(struct explain_settings, member)

static const struct option options[] = {
	{ "config.file", 0, false, "FILE", NULL, COMPLETE_FILE,
	  "Take names of checks from this configuration instead of the installed one.",
	  option_set_text, AT(config_file), NULL },
	{ "profile", 0, true, "NAME[,NAME]", NULL, COMPLETE_PROFILE,
	  "Look for the check in these profiles only, without any configuration.",
	  option_set_list, AT(profiles), NULL },
	SETUP_PROFILE_DIR(AT(profile_dir)),
	SETUP_LANGUAGE(AT(language)),
	SETUP_COLOUR(AT(colour)),
	{ 0 }
};

/* Where names are looked up: the checks of the configured targets, or of made-up ones
 * that stand for a profile each. */
struct library {
	struct config *config;
	struct profiles *profiles;
	struct plan *plan;
	bool made_up;
};

static void library_free(struct library *library)
{
	plan_free(library->plan);
	profiles_free(library->profiles);
	config_free(library->config);
}

static bool is_wanted(const struct explain_settings *settings, const char *profile)
{
	for (size_t i = 0; i < settings->profiles.count; i++)
		if (!strcmp(settings->profiles.items[i], profile))
			return true;
	return !settings->profiles.count;
}

/* A target for each profile; a host name, so that its checks are of both families. */
static void make_up_targets(struct library *library, const struct explain_settings *settings,
			    struct problems *problems)
{
	library->made_up = true;
	for (size_t i = 0; i < settings->profiles.count; i++)
		if (!profiles_named(library->profiles, settings->profiles.items[i]))
			problems_add_unknown(problems, setup_command_line(), "profile",
					     settings->profiles.items[i],
					     profiles_names(library->profiles));
	for (size_t i = 0; i < profiles_count(library->profiles); i++) {
		const struct profile *profile = profiles_at(library->profiles, i);

		if (!is_wanted(settings, profile->name))
			continue;
		struct target *target =
			config_add_target(library->config, profile->name, "pbx.example");
		target->place = setup_command_line();
		target->profiles = arena_take(library->config->arena, sizeof(char *));
		target->profiles[0] = profile->name;
		target->profile_count = 1;
	}
}

static void library_open(struct library *library, const struct explain_settings *settings,
			 bool from_file, struct problems *problems)
{
	const char *file = setup_config_file(settings->config_file);

	library->config = from_file ? config_read(file, problems) : config_default();
	inventory_add(library->config, NULL, problems);
	library->profiles = load_profiles(settings->profile_dir ? settings->profile_dir
								 : library->config->profile_dir,
					   problems);
	if (!from_file)
		make_up_targets(library, settings, problems);
	config_know_own_addresses(library->config);
	if (!problems->errors)
		library->plan = plan_make(library->config, library->profiles, problems);
}

static bool names_rule(const struct rule *rule, const char *word)
{
	size_t length = strlen(rule->profile);

	if (!strcmp(rule->id, word))
		return true;
	return !strncmp(word, rule->profile, length) && word[length] == '.' &&
	       !strcmp(word + length + 1, rule->id);
}

static bool is_meant(const struct check *check, const char *word)
{
	return !strcmp(check->name, word) || names_rule(check->rule, word);
}

static void add_facts(const struct screen *screen, const struct rule *rule, struct text *out)
{
	for (size_t i = 0; i < rule->expect_count; i++) {
		const struct fact_descriptor *fact = rule->expect[i].fact;
		struct text line = { 0 };

		text_add_format(&line, "%s: %s", fact->name, fact->help);
		screen_add_pair(screen, out, 0, i ? "" : "Facts", text_string(&line));
		text_free(&line);
	}
}

static void add_document(const struct document *document)
{
	const struct profile *profile = document->profile;
	struct text line = { 0 };

	text_add(&line, language_title(document->german, profile->title, profile->title_de));
	if (profile->document)
		text_add_format(&line, ": %s", profile->document);
	if (profile->version)
		text_add_format(&line, ", %s", profile->version);
	screen_add_pair(&document->screen, document->out, 0, "Document", text_string(&line));
	text_free(&line);
}

/* Where the rule is checked: the targets and the names there. */
static void add_uses(const struct screen *screen, const struct library *library,
		     const struct rule *rule, struct text *out)
{
	bool begun = false;

	for (size_t i = 0; i < library->plan->check_count; i++) {
		const struct check *check = &library->plan->checks[i];
		struct text line = { 0 };

		if (check->rule != rule)
			continue;
		if (!library->made_up)
			text_add_format(&line, "%s ", plan_target(library->plan, check)->name);
		text_add(&line, check->name);
		if (check->inapplicable && !library->made_up)
			text_add_format(&line, " (%s)", inapplicable_sentence(check->inapplicable));
		screen_add_pair(screen, out, 0, begun ? "" : "Checks", text_string(&line));
		text_free(&line);
		begun = true;
	}
}

static void add_explanation(const struct screen *screen, const struct library *library,
			    const struct rule *rule, bool german, struct text *out)
{
	const struct document document = {
		.profile = profiles_named(library->profiles, rule->profile), .screen = *screen,
		.german = german, .out = out };
	struct text head = { 0 };

	if (out->length)
		text_add_char(out, '\n');
	text_add_format(&head, "%s.%s", rule->profile, rule->id);
	screen_add_styled(screen, out, STYLE_BOLD, text_string(&head));
	text_add_char(out, '\n');
	screen_add_wrapped(screen, out, language_title(german, rule->title, rule->title_de), 0);
	text_add_char(out, '\n');
	rule_add(&document, 0, rule);
	add_document(&document);
	add_facts(screen, rule, out);
	add_uses(screen, library, rule, out);
	text_free(&head);
}

static void find(const struct library *library, const char *word,
		 const struct explain_settings *settings, struct text *out)
{
	bool german = language_is_german(settings->language);
	struct screen screen;
	const struct rule **told =
		memory_new(library->plan->check_count + 1, sizeof(struct rule *));
	size_t count = 0;

	screen_of(STDOUT_FILENO, setup_colour(settings->colour), &screen);
	for (size_t i = 0; i < library->plan->check_count; i++) {
		const struct check *check = &library->plan->checks[i];
		bool again = !is_meant(check, word);

		for (size_t at = 0; at < count; at++)
			again = again || told[at] == check->rule;
		if (again)
			continue;
		told[count++] = check->rule;
		add_explanation(&screen, library, check->rule, german, out);
	}
	free(told);
}

/* The nearest of the names of checks and of rules. */
static int fail_unknown(const struct command *command, const struct library *library,
			const char *word)
{
	const struct plan *plan = library->plan;
	const char **names = memory_new(3 * plan->check_count + 1, sizeof *names);
	struct arena *arena = arena_new();
	struct text safe = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < plan->check_count; i++) {
		const struct rule *rule = plan->checks[i].rule;
		struct text name = { 0 };

		text_add_format(&name, "%s.%s", rule->profile, rule->id);
		names[count++] = plan->checks[i].name;
		names[count++] = arena_copy(arena, text_string(&name));
		names[count++] = rule->id;
		text_free(&name);
	}
	const char *nearest = words_nearest(word, names);
	text_add_foreign(&safe, word, strlen(word), 80);
	if (nearest)
		cli_fail(command, "unknown check '%s' (did you mean '%s'?)", text_string(&safe),
			 nearest);
	else
		cli_fail(command, "unknown check '%s'; 'ucposture profiles show NAME' lists rules",
			 text_string(&safe));
	text_free(&safe);
	arena_free(arena);
	free(names);
	return EXIT_UNKNOWN;
}

static int explain(const struct invocation *invocation, bool from_file, bool is_last,
		   struct text *out)
{
	const struct explain_settings *settings = invocation->settings;
	struct problems problems = { 0 };
	struct library library = { 0 };
	int code = EXIT_UNKNOWN;

	library_open(&library, settings, from_file, &problems);
	if (setup_is_sound(&problems)) {
		find(&library, invocation->operands[0], settings, out);
		if (out->length)
			code = EXIT_OK;
		else if (is_last)
			fail_unknown(invocation->command, &library, invocation->operands[0]);
	}
	library_free(&library);
	problems_free(&problems);
	return code;
}

static int run(const struct invocation *invocation)
{
	const struct explain_settings *settings = invocation->settings;
	bool has_file = access(setup_config_file(NULL), F_OK) == 0;
	struct text out = { 0 };
	int code = EXIT_UNKNOWN;

	if (!invocation->count)
		return cli_fail(invocation->command,
				"which check? Give a name from a report, or a rule such as"
				" starface.web-https");
	if (settings->config_file || (has_file && !settings->profiles.count))
		code = explain(invocation, true, settings->config_file, &out);
	if (code != EXIT_OK && !settings->config_file)
		code = explain(invocation, false, true, &out);
	if (code == EXIT_OK && !cli_print(&out))
		code = EXIT_UNKNOWN;
	text_free(&out);
	return code;
}

const struct command *explain_command(void)
{
	static const struct command command = {
		.name = "explain",
		.usage = "[OPTION...] CHECK",
		.summary = "Say what a check means, why it matters and how to fix it.",
		.about = "Explains a check by its name in a report (smb/tcp-445/signing), or a rule"
			 " by its name in a profile (starface.web-https or just web-https): what it"
			 " looks at, what it expects, why it matters, how to put it right, and"
			 " where the vendor says so.",
		.options = options,
		.settings_size = sizeof(struct explain_settings),
		.most_operands = 1,
		.operands = COMPLETE_RULE,
		.run = run
	};

	return &command;
}
