/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "agent/cli/asking.h"
#include "agent/cli/standing.h"
#include "ground/clock.h"

enum { GAP = 2, INDENT = REPORT_VERDICT + GAP, AGE = 7 };

struct alarms_settings {
	struct asking_settings asking;
	const char *target, *check;
	bool all;
	unsigned verbose;
};

#define AT(member) offsetof(struct alarms_settings, member)

static const struct option options[] = {
	ASKING_OPTIONS(struct alarms_settings),
	{ "all", 'a', false, NULL, NULL, COMPLETE_NOTHING,
	  "Also what is wrong and not raised: not confirmed yet, or held back because its target"
	  " is down.", option_set_switch, AT(all), NULL },
	{ "target", 0, false, "PATTERN", NULL, COMPLETE_TARGET,
	  "Only of these targets; * stands for any part of a name.", option_set_text, AT(target),
	  NULL },
	{ "check", 0, false, "PATTERN", NULL, COMPLETE_NOTHING, "Only of these checks.",
	  option_set_text, AT(check), NULL },
	{ "verbose", 'v', false, NULL, NULL, COMPLETE_NOTHING,
	  "Say what each means and how to put it right.", option_set_count, AT(verbose), NULL },
	{ 0 }
};

struct columns {
	unsigned target, check, observed;
};

static void fit(const struct screen *screen, const struct value *const *alarms,
		struct columns *columns)
{
	unsigned room = screen->width - INDENT - AGE - 3 * GAP;

	columns->target = standing_width(alarms, "target", 6, room / 3);
	columns->check = standing_width(alarms, "check", 5, (room - columns->target) * 2 / 3);
	columns->observed = room - columns->target - columns->check;
}

static void add_advice(const struct screen *screen, const struct value *alarm,
		       struct text *out)
{
	int64_t since_us = answer_time(answer_member(alarm, "alarm"), "since");
	struct text since = { 0 };

	if (since_us)
		screen_add_time(&since, since_us);
	screen_add_pair(screen, out, INDENT, "What", answer_text(alarm, "title"));
	screen_add_pair(screen, out, INDENT, "Since", text_string(&since));
	screen_add_pair(screen, out, INDENT, "Expected", answer_text(alarm, "expected"));
	screen_add_pair(screen, out, INDENT, "Severity",
			answer_text(answer_member(alarm, "alarm"), "severity"));
	screen_add_pair(screen, out, INDENT, "Fix", answer_text(alarm, "remedy"));
	text_add_char(out, '\n');
	text_free(&since);
}

static void add_alarm(const struct screen *screen, const struct value *about,
		      const struct columns *columns, struct text *out)
{
	const struct value *alarm = answer_member(about, "alarm");
	enum verdict told = standing_verdict(alarm, "verdict");
	enum verdict shown = told == VERDICT_OK ? standing_verdict(about, "verdict") : told;
	int64_t since_us = answer_time(alarm, "since");
	struct text target = { 0 }, check = { 0 }, age = { 0 }, observed = { 0 };

	screen_add_safe(&target, answer_text(about, "target"));
	screen_add_safe(&check, answer_text(about, "check"));
	if (since_us)
		screen_add_age(&age, clock_wall_us() - since_us);
	standing_add_marks(&observed, alarm);
	screen_add_safe(&observed, answer_text(about, "observed"));
	struct cell cells[] = {
		{ verdict_heading(shown), REPORT_VERDICT,
		  told == VERDICT_OK ? STYLE_FAINT : verdict_style(shown) },
		{ text_string(&target), columns->target, STYLE_BOLD },
		{ text_string(&check), columns->check, STYLE_BOLD },
		{ text_string(&age), AGE, STYLE_PLAIN },
		{ text_string(&observed), columns->observed, STYLE_PLAIN }
	};
	screen_add_row(screen, out, 0, cells, 5);
	text_free(&target);
	text_free(&check);
	text_free(&age);
	text_free(&observed);
}

static void add_all(const struct invocation *invocation, const struct value *answer,
		    struct text *out)
{
	const struct alarms_settings *settings = invocation->settings;
	const struct value **alarms =
		standing_sort(answer_list(answer, "alarms"), standing_compare_alarms);
	struct columns columns;
	struct screen screen;

	asking_screen(invocation, &screen);
	fit(&screen, alarms, &columns);
	const struct cell heads[] = { { "VERDICT", REPORT_VERDICT, STYLE_FAINT },
				      { "TARGET", columns.target, STYLE_FAINT },
				      { "CHECK", columns.check, STYLE_FAINT },
				      { "FOR", AGE, STYLE_FAINT },
				      { "OBSERVED", columns.observed, STYLE_FAINT } };
	if (*alarms)
		screen_add_row(&screen, out, 0, heads, 5);
	else
		text_add(out, "No alarm is raised.\n");
	for (size_t i = 0; alarms[i]; i++) {
		add_alarm(&screen, alarms[i], &columns, out);
		if (settings->verbose)
			add_advice(&screen, alarms[i], out);
	}
	free(alarms);
}

static int run(const struct invocation *invocation)
{
	const struct alarms_settings *settings = invocation->settings;
	struct text question = { 0 }, out = { 0 };
	const struct value *answer;
	bool good = true;

	asking_add_word(&question, "alarms");
	if (settings->all)
		asking_add_word(&question, "all");
	asking_add_setting(&question, "target", settings->target);
	asking_add_setting(&question, "check", settings->check);
	answer = asking_ask(invocation, &question);
	if (!answer)
		return EXIT_UNKNOWN;
	if (!asking_wants_json(invocation)) {
		add_all(invocation, answer, &out);
		good = cli_print(&out);
	}
	text_free(&out);
	return good ? EXIT_OK : EXIT_UNKNOWN;
}

const struct command *alarms_command(void)
{
	static const struct command command = {
		.name = "alarms",
		.usage = "[OPTION...]",
		.summary = "Show which alarms the running agent has raised.",
		.about = "Asks the running agent which alarms are raised, since when, and what is"
			 " observed; worst first. Those about the agent itself are of the target"
			 " 'ucposture'.",
		.options = options,
		.settings_size = sizeof(struct alarms_settings),
		.run = run
	};

	return &command;
}
