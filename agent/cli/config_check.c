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

static void add_summary(const char *file, const struct plan *plan, struct text *out)
{
	text_add_format(out, "%s: %zu target%s, %zu check%s, %zu exception%s\n", file,
			plan->config->target_count, plural(plan->config->target_count),
			plan->check_count, plural(plan->check_count),
			plan->config->exception_count, plural(plan->config->exception_count));
}

static void check_file(const char *file, const char *profile_dir, struct tally *tally,
		       struct text *out)
{
	struct problems problems = { 0 };
	struct config *config = config_read(file, &problems);
	struct profiles *profiles =
		setup_profiles(profile_dir ? profile_dir : config->profile_dir, &problems);
	struct plan *plan;

	/* Also of a file with faults: names that nobody knows are found in the same go. */
	config_know_own_addresses(config);
	plan = plan_make(config, profiles, &problems);
	setup_add_problems(out, &problems);
	if (!problems.errors)
		add_summary(file, plan, out);
	tally->errors += problems.errors;
	tally->warnings += problems.kept[PROBLEM_WARNING] + problems.left_out[PROBLEM_WARNING];
	plan_free(plan);
	profiles_free(profiles);
	config_free(config);
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
