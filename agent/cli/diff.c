/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "agent/cli/asking.h"
#include "agent/cli/standing.h"

enum { DIFFERENT = EXIT_WARNING };

struct diff_settings {
	struct asking_settings asking;
};

static const struct option options[] = {
	ASKING_OPTIONS(struct diff_settings),
	{ 0 }
};

/* How a difference is shown, by the word of its kind. */
static const struct look {
	const char *kind, *sentence;	/* sentence: of an observation as a whole */
	const char *mark;
	enum style style;
} looks[] = {
	{ "changed", NULL, "~", STYLE_YELLOW },
	{ "appeared", NULL, "+", STYLE_GREEN },
	{ "went", NULL, "-", STYLE_RED },
	{ "not_seen_now", "not seen now", "!", STYLE_MAGENTA },
	{ "not_seen_then", "not seen then", "+", STYLE_GREEN },
	{ "not_looked_at_then", "not looked at then", "?", STYLE_FAINT },
	{ "not_looked_at_now", "not looked at now", "?", STYLE_FAINT },
};

static const struct look *look_of(const struct value *difference)
{
	const char *kind = answer_text(difference, "kind");

	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		if (!strcmp(looks[i].kind, kind))
			return &looks[i];
	return NULL;
}

static void add_value(struct text *out, const char *value)
{
	for (; *value; value++) {
		if (*value == '\n')
			text_add(out, ", ");
		else
			text_add_char(out, *value);
	}
}

/* "TLS1.2 → TLS1.3" of what changed; else the one that there is. */
static void add_values(const struct screen *screen, const struct value *difference,
		       struct text *out)
{
	const char *then = answer_text(difference, "then"), *now = answer_text(difference, "now");
	bool both = !strcmp(answer_text(difference, "kind"), "changed");

	add_value(out, *then || both ? then : now);
	if (!both)
		return;
	text_add(out, screen->utf8 ? " \u2192 " : " -> ");
	add_value(out, now);
}

static void add_whole(const struct value *difference, const struct look *look, struct text *out)
{
	const char *now = answer_text(difference, "now"), *then = answer_text(difference, "then");

	text_add(out, look->sentence);
	if (!strcmp(look->kind, "not_seen_now"))
		text_add_format(out, ": %s", now);
	if (!strcmp(look->kind, "not_seen_then"))
		text_add_format(out, ": %s", then);
}

static void add_difference(const struct screen *screen, const struct value *difference,
			   struct text *out)
{
	enum { MARK = 1, NAME = 24, GAP = 2, INDENT = 2 };
	const struct look *look = look_of(difference);
	struct text what = { 0 }, safe = { 0 };
	bool whole;

	if (!look)
		return;
	whole = look->sentence;
	if (whole)
		add_whole(difference, look, &what);
	else
		add_values(screen, difference, &what);
	screen_add_safe(&safe, text_string(&what));
	struct cell cells[] = {
		{ look->mark, MARK, look->style },
		{ whole ? text_string(&safe) : answer_text(difference, "fact"),
		  whole ? screen->width - INDENT - MARK - GAP : NAME,
		  whole ? look->style : STYLE_PLAIN },
		{ text_string(&safe), screen->width - INDENT - MARK - NAME - 2 * GAP, STYLE_PLAIN }
	};
	screen_add_row(screen, out, INDENT, cells, whole ? 2 : 3);
	text_free(&what);
	text_free(&safe);
}

static void add_head(const struct screen *screen, const struct value *answer, struct text *out)
{
	struct text name = { 0 };

	screen_add_safe(&name, answer_text(answer, "target"));
	screen_add_styled(screen, out, STYLE_BOLD, text_string(&name));
	text_add(out, answer_truth(answer, "differs") ? " differs from its baseline of "
						       : " is as in its baseline of ");
	standing_add_since(out, answer, "at");
	text_add_char(out, '\n');
	text_free(&name);
}

static void add_all(const struct screen *screen, const struct value *answer, struct text *out)
{
	unsigned unseen = (unsigned)answer_number(answer, "not_looked_at");
	const char *before = "";

	add_head(screen, answer, out);
	for (const struct value *at = answer_list(answer, "differences"); at; at = at->next) {
		const char *observation = answer_text(at, "observation");

		if (strcmp(observation, before) != 0) {
			screen_add_safe(out, observation);
			text_add_char(out, '\n');
		}
		add_difference(screen, at, out);
		before = observation;
	}
	if (unseen)
		text_add_format(out, "%u observations were not made yet.\n", unseen);
}

static int compare(const struct invocation *invocation, const char *target)
{
	struct text question = { 0 }, out = { 0 };
	const struct value *answer;
	struct screen screen;
	bool good = true;

	asking_add_word(&question, "diff");
	asking_add_word(&question, target);
	answer = asking_ask(invocation, &question);
	if (!answer)
		return EXIT_UNKNOWN;
	if (!asking_wants_json(invocation)) {
		asking_screen(invocation, &screen);
		add_all(&screen, answer, &out);
		good = cli_print(&out);
	}
	text_free(&out);
	if (!good)
		return EXIT_UNKNOWN;
	return answer_truth(answer, "differs") ? DIFFERENT : EXIT_OK;
}

static int run(const struct invocation *invocation)
{
	return asking_each_target(invocation, compare);
}

const struct command *diff_command(void)
{
	static const struct command command = {
		.name = "diff",
		.usage = "[OPTION...] TARGET...",
		.summary = "Show what differs from how a target was recorded.",
		.about = "Asks the running agent what it sees of the target today that differs from"
			 " what 'ucposture baseline' recorded: ~ a fact that changed, + one that"
			 " appeared, - one that is gone, ! what cannot be seen any more, ? what was"
			 " not looked at on one of the two days. What changes by itself, such as"
			 " how long an answer takes, is left out. The exit status is 0 when nothing"
			 " differs, 1 when something does, and 3 when there is no baseline.",
		.options = options,
		.settings_size = sizeof(struct diff_settings),
		.most_operands = 64,
		.operands = COMPLETE_TARGET,
		.run = run
	};

	return &command;
}
