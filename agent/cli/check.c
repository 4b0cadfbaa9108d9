/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/check.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "agent/cli/cli.h"
#include "agent/cli/language.h"
#include "agent/cli/output.h"
#include "agent/cli/progress.h"
#include "agent/cli/report.h"
#include "agent/cli/setup.h"
#include "agent/engine/hiring.h"
#include "agent/engine/remember.h"
#include "agent/engine/round.h"
#include "config.h"
#include "ground/clock.h"

#define AT(member) offsetof(struct check_settings, member)

static const struct option options[] = {
	{ "config.file", 0, false, "FILE", NULL, COMPLETE_FILE,
	  "Read targets from this file instead of the installed configuration.",
	  option_set_text, AT(config_file), "What to look at" },
	{ "profile", 0, true, "NAME[,NAME]", NULL, COMPLETE_PROFILE,
	  "Look at the given hosts by these profiles, without any configuration.",
	  option_set_list, AT(profiles), NULL },
	SETUP_PROFILE_DIR(AT(profile_dir)),
	SETUP_NAME_SERVER(AT(name_servers)),
	{ "feature", 0, true, "NAME[,NAME]", NULL, COMPLETE_FEATURE,
	  "The hosts use this part of the product.",
	  option_set_list, AT(features), "With --profile (a configuration says it itself)" },
	{ "scenario", 0, true, "NAME[,NAME]", NULL, COMPLETE_SCENARIO,
	  "Also do what the profile does only when asked.",
	  option_set_list, AT(scenarios), NULL },
	{ "peer", 0, true, "NAME=HOST[:PORT]", NULL, COMPLETE_PEER,
	  "Another system that the hosts talk to: a host name, or its address, over both versions"
	  " of IP by giving it twice. It is looked at from here; some rules hold only from its own"
	  " address.",
	  check_set_peer, AT(peers), NULL },
	{ "vantage", 0, false, "WHERE", setup_vantage_words, COMPLETE_WORDS,
	  "Where this machine stands; what must be open inside must often be closed outside."
	  " Usually internal.", option_set_text, AT(vantage), NULL },
	{ "family", 0, false, "4|6", setup_family_words, COMPLETE_WORDS,
	  "Look over this version of IP only.", option_set_family, AT(family), NULL },
	{ "timeout", 0, false, "TIME", NULL, COMPLETE_NOTHING,
	  "How long one observation may take, as seconds or 500ms, 10s, 2m. Usually 10s.",
	  option_set_time, AT(timeout_ms), NULL },
	{ "source", 0, true, "ADDRESS", NULL, COMPLETE_NOTHING,
	  "Connect from this address of the machine; one for each version of IP.",
	  check_set_source, AT(source), NULL },
	{ "via-proxy", 0, false, "URL", NULL, COMPLETE_NOTHING,
	  "Connect through this HTTP proxy.", setup_set_proxy, AT(proxy), NULL },
	{ "name", 0, false, "NAME", NULL, COMPLETE_NOTHING,
	  "Ask the hosts for this name (SNI and the like) instead of what they are called here.",
	  setup_set_name, AT(server_name), NULL },
	{ "verify-name", 0, false, "NAME", NULL, COMPLETE_NOTHING,
	  "Their certificates must be for this name or address instead.",
	  setup_set_name, AT(verify_name), NULL },
	{ "ca-file", 0, false, "PEM", NULL, COMPLETE_FILE,
	  "Certificates may be issued by these authorities too.",
	  setup_set_readable_file, AT(ca_file), NULL },
	SETUP_SNMP_ACCESS(AT(snmp_access)),
	{ "state-dir", 0, false, "DIR", NULL, COMPLETE_FOLDER,
	  "Remember what was first seen in this folder; for rules that say 'unchanged'.",
	  option_set_text, AT(state_dir), "What is remembered" },
	{ "accept-changes", 0, false, NULL, NULL, COMPLETE_NOTHING,
	  "Remember what is there now in place of what was there before, and say so.",
	  option_set_switch, AT(accept_changes), NULL },
	{ "probers", 0, false, "N", NULL, COMPLETE_NOTHING,
	  "Look with so many processes. Usually one for each CPU.",
	  option_set_number, AT(probers), "How fast" },
	{ "probes-per-second", 0, false, "N", NULL, COMPLETE_NOTHING,
	  "Begin at most so many observations a second; 0 is no limit.",
	  option_set_number, AT(probes_per_second), NULL },
	{ "packets-per-second", 0, false, "N", NULL, COMPLETE_NOTHING,
	  "Send at most so many packets a second to one host, or begin so many connections;"
	  " 0 is no limit. Usually 500.", option_set_number, AT(packets_per_second), NULL },
	{ "format", 0, false, "FORMAT", report_format_names, COMPLETE_WORDS,
	  "How to tell it. Usually human.",
	  option_set_text, AT(format), "What to say" },
	{ "output", 0, false, "FILE", NULL, COMPLETE_FILE,
	  "Write the report into this file, which is replaced only when it is complete.",
	  option_set_text, AT(output), NULL },
	SETUP_LANGUAGE(AT(language)),
	SETUP_COLOUR(AT(colour)),
	{ "verbose", 'v', true, NULL, NULL, COMPLETE_NOTHING,
	  "Tell more: checks that are ok or don't apply, and why each rule is there. The"
	  " nagios format knows -v, -vv and -vvv.",
	  option_set_count, AT(verbose), NULL },
	{ 0 }
};

/* Those that only mean something for hosts of the command line. */
static const char *const of_hosts[] = {
	"feature", "scenario", "peer", "vantage", "family", "timeout", "source",
	"via-proxy", "name", "verify-name", "ca-file", "snmp-access", NULL
};

static void add_more_help(const struct screen *screen, struct text *out)
{
	text_add(out, "\nExit status:\n");
	screen_add_wrapped(screen, out,
		"  0  everything that could be judged is ok\n"
		"  1  a warning\n"
		"  2  a critical finding\n"
		"  3  something could not be found out, nothing applied, the round was\n"
		"     interrupted, or the command or a file is wrong", 0);
	screen_add_wrapped(screen, out, "Worst first: 2 before 1 before 3 before 0.", 0);
}

static bool is_well_used(const struct invocation *invocation)
{
	const struct check_settings *settings = invocation->settings;
	const struct command *command = invocation->command;

	if (settings->profiles.count && settings->config_file) {
		cli_fail(command, "--config.file and --profile exclude each other: targets come"
				  " from the file, or from the command line");
		return false;
	}
	if (settings->profiles.count && !invocation->count) {
		cli_fail(command, "--profile needs a host to look at, as in"
				  " 'ucposture check --profile=%s pbx.example'",
			 settings->profiles.items[0]);
		return false;
	}
	for (size_t i = 0; !settings->profiles.count && of_hosts[i]; i++) {
		if (invocation_has(invocation, of_hosts[i])) {
			cli_fail(command, "--%s needs --profile: without it the"
					  " configuration says that of each target",
				 of_hosts[i]);
			return false;
		}
	}
	return true;
}

static void caught(void *arg)
{
	*(bool *)arg = true;
}

/* Runs the round; true when it was interrupted. */
static bool look(struct results *results)
{
	struct loop *loop = loop_new();
	struct progress progress;
	struct hiring hiring;
	bool stop = false;

	hiring_of(results->plan, &hiring);
	struct crew *crew = crew_new(loop, hiring.probers, &hiring.settings);
	loop_on_signal(loop, SIGINT, caught, &stop);
	loop_on_signal(loop, SIGTERM, caught, &stop);
	progress_init(&progress);
	round_run(&(struct round){ loop, crew, &stop, progress_show, &progress }, results);
	progress_clear(&progress);
	crew_free(crew);
	loop_free(loop);
	return stop;
}

static int tell(const struct check_settings *settings, struct report *report)
{
	const struct report_format *format =
		report_format_named(settings->format ? settings->format : "human");
	struct text out = { 0 };
	bool good;

	report->agent = "ucposture " PACKAGE_VERSION;
	report->german = language_is_german(settings->language);
	report->verbose = settings->verbose;
	screen_of(settings->output ? -1 : STDOUT_FILENO, setup_colour(settings->colour),
		  &report->screen);
	format->write(report, &out);
	good = settings->output ? output_replace(settings->output, &out) : cli_print(&out);
	text_free(&out);
	return good ? report_exit_code(report) : EXIT_UNKNOWN;
}

/* A line for each, none of which a report could hold. */
static void say_on_error(const struct text *said)
{
	struct text out = { 0 };

	for (const char *line = text_string(said); *line;) {
		size_t length = strcspn(line, "\n");

		text_add(&out, "ucposture: ");
		text_add_foreign(&out, line, length, length);
		text_add_char(&out, '\n');
		line += length + (line[length] == '\n');
	}
	output_write(STDERR_FILENO, "standard error", &out);
	text_free(&out);
}

static struct firsts *recall(const struct check_settings *settings, const struct plan *plan,
			     struct text *said)
{
	const char *given = settings->state_dir ? settings->state_dir : plan->config->state_dir;
	const char *folder = setup_state_dir(given, plan->arena);

	return folder ? firsts_open(folder, said) : firsts_new();
}

static void remember(const struct check_settings *settings, struct results *results,
		     struct firsts *firsts, struct text *said)
{
	struct remembering remembering = { results, firsts,
					   .accept = settings->accept_changes };

	for (uint32_t i = 0; i < results->plan->observation_count; i++)
		remember_look(&remembering, i);
	remember_save(&remembering, clock_wall_us(), said);
	if (!firsts->keeps)
		text_add(said, "what was seen cannot be remembered, so checks of what changes"
			       " are unknown; give a folder that can be written to:"
			       " --state-dir=DIR, or agent.state_dir in the configuration\n");
}

static int look_and_tell(const struct invocation *invocation, const struct plan *plan)
{
	const struct check_settings *settings = invocation->settings;
	struct firsts *firsts = NULL;
	struct text said = { 0 };

	if (plan_remembers(plan))
		firsts = recall(settings, plan, &said);
	else if (settings->accept_changes)
		text_add(&said, "--accept-changes: no rule of these targets says 'unchanged'\n");
	struct results *results = results_new(plan, firsts, clock_wall_us());
	struct report report = { .results = results, .plan = plan };
	report.interrupted = look(results);
	if (firsts)
		remember(settings, results, firsts, &said);
	say_on_error(&said);
	int code = tell(settings, &report);
	text_free(&said);
	results_free(results);
	firsts_free(firsts);
	return code;
}

static int run(const struct invocation *invocation)
{
	const struct check_settings *settings = invocation->settings;
	struct problems problems = { 0 };
	struct profiles *profiles = NULL;
	struct plan *plan = NULL;
	int code = EXIT_UNKNOWN;

	if (!is_well_used(invocation))
		return EXIT_UNKNOWN;
	struct config *config = check_config(invocation, &problems);
	if (!problems.errors) {
		profiles = load_profiles(settings->profile_dir ? settings->profile_dir
								: config->profile_dir,
					  &problems);
		plan = plan_make(config, profiles, &problems);
	}
	if (setup_is_sound(&problems))
		code = look_and_tell(invocation, plan);
	plan_free(plan);
	profiles_free(profiles);
	config_free(config);
	problems_free(&problems);
	return code;
}

const struct command *check_command(void)
{
	static const struct command command = {
		.name = "check",
		.usage = "[--config.file=FILE] [OPTION...] [TARGET...]\n"
			 "--profile=NAME[,NAME] [OPTION...] HOST...",
		.summary = "Look once, now, and judge what is seen by the profiles.",
		.about = "Looks at the targets of the configuration, all of them or those named"
			 " (* stands for any part of a name), or at hosts by a profile without any"
			 " configuration; judges what is seen, and reports what is wrong, worst"
			 " first.",
		.options = options,
		.settings_size = sizeof(struct check_settings),
		.most_operands = 100000,
		.operands = COMPLETE_TARGET,
		.more_help = add_more_help,
		.run = run
	};

	return &command;
}
