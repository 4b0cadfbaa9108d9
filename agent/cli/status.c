/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "agent/cli/asking.h"
#include "agent/cli/standing.h"

struct status_settings {
	struct asking_settings asking;
};

static const struct option options[] = {
	ASKING_OPTIONS(struct status_settings),
	{ 0 }
};

static unsigned number(const struct value *map, const char *key)
{
	return (unsigned)answer_number(map, key);
}

static void add_agent(const struct screen *screen, const struct value *answer,
		      struct text *out)
{
	const struct value *config = answer_member(answer, "configuration");
	const char *failure = answer_text(answer_member(answer, "store"), "failure");
	struct text line = { 0 };

	text_add_format(&line, "%s, process %u, since ", answer_text(answer, "agent"),
			number(answer, "pid"));
	standing_add_since(&line, answer, "started");
	screen_add_pair(screen, out, 0, "Agent", text_string(&line));
	text_clear(&line);
	text_add(&line, "in force since ");
	standing_add_since(&line, config, "since");
	if (answer_truth(config, "reload_failed"))
		text_add(&line, "; what was read later is wrong, see 'ucposture config check'");
	screen_add_pair(screen, out, 0, "Config", text_string(&line));
	text_clear(&line);
	text_add_format(&line, "cannot be written: %s", failure);
	if (*failure)
		screen_add_pair(screen, out, 0, "Store", text_string(&line));
	text_free(&line);
}

static void add_score(const struct screen *screen, const struct value *answer,
		      struct text *out)
{
	struct text line = { 0 };
	struct score counts;

	text_add_format(&line, "%u", number(answer, "targets"));
	if (number(answer, "targets_down"))
		text_add_format(&line, ", %u of them down", number(answer, "targets_down"));
	if (answer_truth(answer, "uplink_down"))
		text_add(&line, "; our own way out is down, so nobody is blamed");
	screen_add_pair(screen, out, 0, "Targets", text_string(&line));
	text_clear(&line);
	standing_score(answer, &counts);
	text_add_format(&line, "%u: ", number(answer, "checks"));
	report_add_counts(&line, &counts, ", ");
	screen_add_pair(screen, out, 0, "Checks", text_string(&line));
	text_clear(&line);
	standing_add_percent(&line, answer);
	screen_add_pair(screen, out, 0, "Score", text_string(&line));
	text_free(&line);
}

static void add_alarms(const struct screen *screen, const struct value *alarms,
		       struct text *out)
{
	static const char *const words[] = { "critical", "warning", "unknown" };
	struct text line = { 0 };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (number(alarms, words[i]))
			text_add_format(&line, "%s%u %s", line.length ? ", " : "",
					number(alarms, words[i]), words[i]);
	if (!line.length)
		text_add(&line, "none");
	if (number(alarms, "flapping"))
		text_add_format(&line, "; %u flapping", number(alarms, "flapping"));
	if (number(alarms, "held"))
		text_add_format(&line, "; %u checks held back", number(alarms, "held"));
	screen_add_pair(screen, out, 0, "Alarms", text_string(&line));
	text_free(&line);
}

static void add_schedule(const struct screen *screen, const struct value *schedule,
			 struct text *out)
{
	struct text line = { 0 };

	text_add_format(&line, "%.0f observations so far, %u under way, %u waiting",
			answer_number(schedule, "observed"), number(schedule, "under_way"),
			number(schedule, "waiting"));
	if (answer_number(schedule, "late_seconds") >= 1)
		text_add_format(&line, ", the longest for %.0f s",
				answer_number(schedule, "late_seconds"));
	screen_add_pair(screen, out, 0, "Schedule", text_string(&line));
	text_free(&line);
}

static void add_sinks(const struct screen *screen, const struct value *first, struct text *out)
{
	for (const struct value *sink = first; sink; sink = sink->next) {
		struct text line = { 0 };

		text_add_format(&line, "%s: ", answer_text(sink, "name"));
		if (number(sink, "untold"))
			text_add_format(&line, "%u events to be told", number(sink, "untold"));
		else
			text_add(&line, "all is told");
		if (number(sink, "failures"))
			text_add_format(&line, ", failed %u times in a row",
					number(sink, "failures"));
		screen_add_pair(screen, out, 0, sink == first ? "Sinks" : "", text_string(&line));
		text_free(&line);
	}
}

static void add_probers(const struct screen *screen, const struct value *probers,
			struct text *out)
{
	static const char *const seccomp[] = { "no seccomp", "seccomp refuses", "seccomp kills" };
	const struct value *fence = answer_member(probers, "fence");
	unsigned level = number(fence, "seccomp");
	struct text line = { 0 };

	text_add_format(&line, "%u", number(probers, "count"));
	if (number(probers, "restarts"))
		text_add_format(&line, ", restarted %u times", number(probers, "restarts"));
	if (fence && fence->kind == VALUE_MAP)
		text_add_format(&line, "; fence: %s, Landlock %u",
				seccomp[level < 3 ? level : 0], number(fence, "landlock"));
	screen_add_pair(screen, out, 0, "Probers", text_string(&line));
	text_free(&line);
}

static bool stands(const struct value *own)
{
	return standing_verdict(answer_member(own, "alarm"), "verdict") != VERDICT_OK;
}

static void add_own(const struct screen *screen, const struct value *first, struct text *out)
{
	for (const struct value *own = first; own; own = own->next) {
		enum verdict verdict = standing_verdict(answer_member(own, "alarm"), "verdict");
		struct text name = { 0 };

		if (!stands(own))
			continue;
		screen_add_safe(&name, answer_text(own, "check"));
		struct cell cells[] = {
			{ verdict_heading(verdict), REPORT_VERDICT, verdict_style(verdict) },
			{ text_string(&name), screen->width - REPORT_VERDICT - 2, STYLE_BOLD }
		};
		text_add_char(out, '\n');
		screen_add_row(screen, out, 0, cells, 2);
		screen_add_pair(screen, out, REPORT_VERDICT + 2, "Observed",
				answer_text(own, "observed"));
		screen_add_pair(screen, out, REPORT_VERDICT + 2, "Fix",
				answer_text(own, "remedy"));
		text_free(&name);
	}
}

static void add_all(const struct screen *screen, const struct value *answer, struct text *out)
{
	add_agent(screen, answer, out);
	add_score(screen, answer, out);
	add_alarms(screen, answer_member(answer, "alarms"), out);
	add_schedule(screen, answer_member(answer, "schedule"), out);
	add_sinks(screen, answer_list(answer, "sinks"), out);
	add_probers(screen, answer_member(answer, "probers"), out);
	add_own(screen, answer_list(answer, "own"), out);
}

static int code_of(const struct value *answer)
{
	const struct value *alarms = answer_member(answer, "alarms");

	if (number(alarms, "critical"))
		return EXIT_CRITICAL;
	if (number(alarms, "warning"))
		return EXIT_WARNING;
	/* While our own way out is down, nobody knows anything. */
	return number(alarms, "unknown") || answer_truth(answer, "uplink_down") ? EXIT_UNKNOWN
										: EXIT_OK;
}

static int run(const struct invocation *invocation)
{
	struct text question = { 0 }, out = { 0 };
	const struct value *answer;
	struct screen screen;
	bool good = true;

	asking_add_word(&question, "status");
	answer = asking_ask(invocation, &question);
	if (!answer)
		return EXIT_UNKNOWN;
	if (!asking_wants_json(invocation)) {
		asking_screen(invocation, &screen);
		add_all(&screen, answer, &out);
		good = cli_print(&out);
	}
	text_free(&out);
	return good ? code_of(answer) : EXIT_UNKNOWN;
}

const struct command *status_command(void)
{
	static const struct command command = {
		.name = "status",
		.usage = "[OPTION...]",
		.summary = "Say how the running agent is, and how many alarms there are.",
		.about = "Asks the running agent how it is: its configuration, how many targets,"
			 " checks and alarms there are, whether it is in time, whether everybody is"
			 " told, and what is wrong with itself. The exit status is 0 when no alarm"
			 " is raised, 1 when there are warnings, 2 when something is critical, and"
			 " 3 when nobody can tell.",
		.options = options,
		.settings_size = sizeof(struct status_settings),
		.run = run
	};

	return &command;
}
