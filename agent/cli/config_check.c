/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "agent/cli/cli.h"
#include "agent/cli/setup.h"

struct config_check_settings {
	const char *config_file, *profile_dir;
};

#define AT(member) offsetof(struct config_check_settings, member)

static const struct option options[] = {
	{ "config.file", 0, false, "FILE", NULL, COMPLETE_FILE,
	  "The same as naming the file alone.", option_set_text, AT(config_file), NULL },
	SETUP_PROFILE_DIR(AT(profile_dir)),
	{ 0 }
};

struct tally {
	size_t errors, warnings;
};

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static size_t count_from_files(const struct config *config, const char *file)
{
	size_t count = 0;

	for (size_t i = 0; i < config->target_count; i++)
		count += strcmp(config->targets[i].place.file, file) != 0;
	return count;
}

/* What may hold a secret behind its question mark is told without. */
static void add_note(const char *file, const char *url, struct text *out)
{
	text_add_format(out, "%s: note: ", file);
	text_add_foreign(out, url, strcspn(url, "?"), 200);
	text_add(out, " is not fetched here: its targets are not looked at\n");
}

static void add_summary(const char *file, const struct loaded *loaded, struct text *out)
{
	const struct config *config = loaded->config;
	size_t from_files = count_from_files(config, file);

	text_add_format(out, "%s: %zu target%s", file, config->target_count,
			plural(config->target_count));
	if (from_files)
		text_add_format(out, " (%zu from files)", from_files);
	text_add_format(out, ", %zu check%s, %zu exception%s\n", loaded->plan->check_count,
			plural(loaded->plan->check_count), config->exception_count,
			plural(config->exception_count));
	for (size_t i = 0; i < config->inventory_count; i++)
		if (config->inventory[i].url)
			add_note(file, config->inventory[i].url, out);
}

static void check_file(const char *file, const char *profile_dir, struct tally *tally,
		       struct text *out)
{
	const struct load_order order = { .config_file = file, .profile_dir = profile_dir };
	struct problems problems = { 0 };
	struct loaded *loaded = load_all(&order, &problems);

	setup_add_problems(out, &problems);
	if (loaded)
		add_summary(file, loaded, out);
	tally->errors += problems.errors;
	tally->warnings += problems.kept[PROBLEM_WARNING] + problems.left_out[PROBLEM_WARNING];
	loaded_free(loaded);
	problems_free(&problems);
}

static int run(const struct invocation *invocation)
{
	const struct config_check_settings *settings = invocation->settings;
	struct tally tally = { 0 };
	struct text out = { 0 };

	if (settings->config_file || !invocation->count)
		check_file(setup_config_file(settings->config_file), settings->profile_dir, &tally,
			   &out);
	for (size_t i = 0; i < invocation->count; i++)
		check_file(invocation->operands[i], settings->profile_dir, &tally, &out);
	if (tally.errors || tally.warnings)
		text_add_format(&out, "%zu error%s, %zu warning%s\n", tally.errors,
				plural(tally.errors), tally.warnings, plural(tally.warnings));
	else
		text_add(&out, "no problems\n");
	bool good = cli_print(&out) && !tally.errors;
	text_free(&out);
	return good ? EXIT_OK : EXIT_UNKNOWN;
}

const struct command *config_check_command(void)
{
	static const struct command command = {
		.name = "config check",
		.usage = "[OPTION...] [FILE...]",
		.summary = "Say what is wrong with a configuration, all of it.",
		.about = "Reads the given configurations, or the installed one, and the profiles"
			 " they name, and lists every mistake with file, line and column and what"
			 " was probably meant. A file named - is standard input. Ends with 0 when"
			 " there is no error, else with 3.",
		.options = options,
		.settings_size = sizeof(struct config_check_settings),
		.most_operands = 1000,
		.operands = COMPLETE_FILE,
		.run = run
	};

	return &command;
}
