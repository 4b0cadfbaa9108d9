/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "agent/cli/asking.h"
#include "agent/cli/standing.h"
#include "ground/clock.h"
#include "ground/words.h"

enum { TIME = 19, KIND = 11, GAP = 2 };

struct events_settings {
	struct asking_settings asking;
	const char *since, *target, *check;
	uint32_t count, after;
	bool follow;
};

#define AT(member) offsetof(struct events_settings, member)

static const struct option options[] = {
	ASKING_OPTIONS(struct events_settings),
	{ "follow", 'f', false, NULL, NULL, COMPLETE_NOTHING,
	  "Go on with each event as it is recorded, also when the agent is started again; with"
	  " --format=json a line of JSON for each.", option_set_switch, AT(follow), NULL },
	{ "count", 'n', false, "N", NULL, COMPLETE_NOTHING,
	  "The newest so many. Usually 20, and with --since or --after all.", option_set_number,
	  AT(count), NULL },
	{ "since", 0, false, "TIME", NULL, COMPLETE_NOTHING,
	  "Not older than this: 30m, 24h, 7d, a date, or 2026-11-21T08:15:30Z.", option_set_text,
	  AT(since), NULL },
	{ "after", 0, false, "NUMBER", NULL, COMPLETE_NOTHING,
	  "Only behind the event with this number.", option_set_number, AT(after), NULL },
	{ "target", 0, false, "PATTERN", NULL, COMPLETE_TARGET,
	  "Only of these targets; * stands for any part of a name.", option_set_text, AT(target),
	  NULL },
	{ "check", 0, false, "PATTERN", NULL, COMPLETE_NOTHING, "Only of these checks.",
	  option_set_text, AT(check), NULL },
	{ 0 }
};

static void add_event(const struct screen *screen, const struct value *event, struct text *out)
{
	enum verdict verdict = standing_verdict(event, "to");
	struct text at = { 0 }, kind = { 0 }, what = { 0 };
	const char *check = answer_text(event, "check");
	const char *observed = answer_text(event, "observed");

	screen_add_time(&at, answer_time(event, "at"));
	for (const char *word = answer_text(event, "kind"); *word; word++)
		text_add_char(&kind, *word == '_' ? ' ' : *word);
	screen_add_safe(&what, answer_text(event, "target"));
	text_add_item(&what, " ", "");
	screen_add_safe(&what, check);
	text_add(&what, what.length > 1 ? ": " : "");
	/* What is observed of what has cleared needs no title beside it. */
	screen_add_safe(&what, *observed ? observed : answer_text(event, "title"));
	if (answer_truth(event, "flapping"))
		text_add(&what, " (flapping)");
	struct cell cells[] = {
		{ text_string(&at), TIME, STYLE_FAINT },
		{ text_string(&kind), KIND, STYLE_BOLD },
		{ verdict_heading(verdict), REPORT_VERDICT, verdict_style(verdict) },
		{ text_string(&what),
		  screen->width - TIME - KIND - REPORT_VERDICT - 3 * GAP, STYLE_PLAIN }
	};
	screen_add_row(screen, out, 0, cells, 4);
	text_free(&at);
	text_free(&kind);
	text_free(&what);
}

/* --- following ----------------------------------------------------------------------------- */

struct following {
	const struct invocation *invocation;
	struct screen screen;
	uint64_t newest;	/* that was shown */
	bool heard, failed;	/* heard: since the question was put */
};

static bool refuse(struct following *following, const char *error)
{
	struct text safe = { 0 };

	screen_add_safe(&safe, error);
	cli_fail(following->invocation->command, "%s", text_string(&safe));
	text_free(&safe);
	following->failed = true;
	return false;
}

static bool hear(void *arg, const char *line, size_t length)
{
	struct following *following = arg;
	struct arena *arena = arena_new();
	const struct value *event = answer_read(arena, line, length);
	const char *error = event ? answer_text(event, "error") : "this is no answer of an agent";
	struct text out = { 0 };
	bool good;

	following->heard = true;
	if (*error) {
		good = refuse(following, error);
	} else {
		if (asking_wants_json(following->invocation))
			text_add_bytes(&out, line, length + 1);
		else
			add_event(&following->screen, event, &out);
		following->newest = (uint64_t)answer_number(event, "number");
		good = cli_print(&out);
		following->failed = !good;
	}
	text_free(&out);
	arena_free(arena);
	return good;
}

static void wait_a_second(void)
{
	const struct timespec second = { .tv_sec = 1 };

	clock_nanosleep(CLOCK_MONOTONIC, 0, &second, NULL);
}

static void say(const char *line)
{
	cli_fail(NULL, "%s", line);
}

/* first: as it was asked for; later on, behind what was shown. */
static void ask_for(const struct following *following, const struct text *first,
		    struct text *question)
{
	const struct events_settings *settings = following->invocation->settings;

	text_clear(question);
	if (!following->newest) {
		text_add(question, text_string(first));
		return;
	}
	text_add_format(question, "events\tfollow\tafter=%" PRIu64, following->newest);
	asking_add_setting(question, "target", settings->target);
	asking_add_setting(question, "check", settings->check);
}

/* Until nobody listens to us any more; an agent that is started again is followed further. */
static int follow(const struct invocation *invocation, const struct text *first)
{
	struct following following = { .invocation = invocation };
	struct text question = { 0 }, why = { 0 };
	enum asking_end end;
	bool was_there = false;

	asking_screen(invocation, &following.screen);
	for (;;) {
		text_clear(&why);
		ask_for(&following, first, &question);
		end = asking_lines(invocation, &question, hear, &following, &why);
		if (following.failed)
			break;
		if (end == ASKING_REFUSED || (end == ASKING_NOT_THERE && !was_there)) {
			if (why.length)
				cli_fail(invocation->command, "%s", text_string(&why));
			break;
		}
		if (end == ASKING_ENDED)
			say("the agent has ended; waiting until it is there again");
		was_there = true;
		wait_a_second();
	}
	text_free(&question);
	text_free(&why);
	return EXIT_UNKNOWN;
}

/* --- once ---------------------------------------------------------------------------------- */

static int show(const struct invocation *invocation, struct text *question)
{
	const struct value *answer = asking_ask(invocation, question);
	struct text out = { 0 };
	struct screen screen;
	bool good = true;

	if (!answer)
		return EXIT_UNKNOWN;
	if (!asking_wants_json(invocation)) {
		asking_screen(invocation, &screen);
		for (const struct value *at = answer_list(answer, "events"); at; at = at->next)
			add_event(&screen, at, &out);
		if (!out.length)
			text_add(&out, "There are no such events.\n");
		good = cli_print(&out);
	}
	text_free(&out);
	return good ? EXIT_OK : EXIT_UNKNOWN;
}

/* A duration back from now, a date (from its beginning), or a stamp. */
static bool take_since(const char *word, char stamp[static CLOCK_STAMP_ROOM])
{
	const int64_t day_us = 24 * 3600 * CLOCK_SECOND;
	int64_t us;

	if (clock_parse_duration(word, &us))
		us = clock_wall_us() - us;
	else if (!clock_parse(word, &us))
		return false;
	else if (!strchr(word, 'T'))
		us -= day_us - 1;
	clock_format(us, stamp);
	return true;
}

static int run(const struct invocation *invocation)
{
	const struct events_settings *settings = invocation->settings;
	struct text question = { 0 };
	char stamp[CLOCK_STAMP_ROOM];
	int code;

	asking_add_word(&question, "events");
	if (settings->follow)
		asking_add_word(&question, "follow");
	if (settings->since && !take_since(settings->since, stamp)) {
		text_free(&question);
		return cli_fail(invocation->command, "--since: '%s' is no time; say 30m, 24h, 7d,"
						     " 2026-11-21 or 2026-11-21T08:15:30Z",
				settings->since);
	}
	asking_add_setting(&question, "since", settings->since ? stamp : NULL);
	if (settings->count)
		text_add_format(&question, "\tcount=%u", settings->count);
	if (settings->after)
		text_add_format(&question, "\tafter=%u", settings->after);
	asking_add_setting(&question, "target", settings->target);
	asking_add_setting(&question, "check", settings->check);
	code = settings->follow ? follow(invocation, &question) : show(invocation, &question);
	text_free(&question);
	return code;
}

const struct command *events_command(void)
{
	static const struct command command = {
		.name = "events",
		.usage = "[OPTION...]",
		.summary = "Show what happened, or each thing as it happens.",
		.about = "Asks the running agent for its events: alarms that were raised, changed"
			 " or cleared, targets that went and came back, and what befell the agent."
			 " The newest stands last; times are local, and in JSON those of UTC.",
		.options = options,
		.settings_size = sizeof(struct events_settings),
		.run = run
	};

	return &command;
}
