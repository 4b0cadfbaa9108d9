/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "agent/cli/asking.h"
#include "agent/cli/standing.h"

enum { GAP = 2, INDENT = REPORT_VERDICT + GAP };

struct targets_settings {
	struct asking_settings asking;
	unsigned verbose;
};

static const struct option options[] = {
	ASKING_OPTIONS(struct targets_settings),
	{ "verbose", 'v', false, NULL, NULL, COMPLETE_NOTHING,
	  "Of one target: show all checks, and more about each.", option_set_count,
	  offsetof(struct targets_settings, verbose), NULL },
	{ 0 }
};

static int compare_scores(const struct value *a, const struct value *b)
{
	const struct value *left = answer_member(a, "score"), *right = answer_member(b, "score");
	/* Where nothing was judged, nothing is wrong. */
	double of_left = left && left->kind == VALUE_NUMBER ? left->number : 2;
	double of_right = right && right->kind == VALUE_NUMBER ? right->number : 2;

	return of_left < of_right ? -1 : of_left > of_right;
}

static int compare_targets(const struct value *a, const struct value *b)
{
	bool left = answer_truth(a, "down"), right = answer_truth(b, "down");
	enum verdict of_left = standing_verdict(a, "verdict"),
		     of_right = standing_verdict(b, "verdict");

	if (left != right)
		return left ? -1 : 1;
	if (of_left != of_right)
		return verdict_worse(of_left, of_right) == of_left ? -1 : 1;
	return compare_scores(a, b);
}

/* "down since …; 2 alarms; 3 critical, 41 ok" */
static void add_state(const struct value *target, struct text *out)
{
	struct score counts;
	unsigned alarms = (unsigned)answer_number(target, "alarms");

	if (answer_truth(target, "down")) {
		text_add(out, "down");
		if (answer_time(answer_member(target, "alarm"), "since")) {
			text_add(out, " since ");
			standing_add_since(out, answer_member(target, "alarm"), "since");
		}
		text_add(out, "; ");
	}
	if (alarms)
		text_add_format(out, "%u alarm%s; ", alarms, alarms == 1 ? "" : "s");
	standing_score(target, &counts);
	report_add_counts(out, &counts, ", ");
}

static void add_target(const struct screen *screen, const struct value *target, unsigned width,
		       struct text *out)
{
	bool down = answer_truth(target, "down");
	enum verdict verdict = standing_verdict(target, "verdict");
	struct text name = { 0 }, score = { 0 }, state = { 0 };

	screen_add_safe(&name, answer_text(target, "name"));
	standing_add_percent(&score, target);
	add_state(target, &state);
	struct cell cells[] = {
		{ down ? "DOWN" : verdict_heading(verdict), REPORT_VERDICT,
		  down ? STYLE_RED : verdict_style(verdict) },
		{ text_string(&name), width, STYLE_BOLD },
		{ text_string(&score), 5, STYLE_PLAIN },
		{ text_string(&state), screen->width - width - INDENT - 5 - 2 * GAP, STYLE_PLAIN }
	};
	screen_add_row(screen, out, 0, cells, 4);
	text_free(&name);
	text_free(&score);
	text_free(&state);
}

static void add_list(const struct screen *screen, const struct value *answer, struct text *out)
{
	const struct value **targets =
		standing_sort(answer_list(answer, "targets"), compare_targets);
	unsigned width = standing_width(targets, "name", 6, screen->width / 2);
	const struct cell heads[] = { { "VERDICT", REPORT_VERDICT, STYLE_FAINT },
				      { "TARGET", width, STYLE_FAINT },
				      { "SCORE", 5, STYLE_FAINT },
				      { "CHECKS", 20, STYLE_FAINT } };

	if (*targets)
		screen_add_row(screen, out, 0, heads, 4);
	for (size_t i = 0; targets[i]; i++)
		add_target(screen, targets[i], width, out);
	free(targets);
}

/* --- one target ---------------------------------------------------------------------------- */

static int rank_of(enum verdict verdict)
{
	unsigned rank = 0;

	while (verdict_at_rank(rank) != verdict)
		rank++;
	return (int)rank;
}

static int compare_checks(const struct value *a, const struct value *b)
{
	enum severity left = SEVERITY_COUNT, right = SEVERITY_COUNT;
	int order = rank_of(standing_verdict(a, "verdict")) -
		    rank_of(standing_verdict(b, "verdict"));

	if (order)
		return order;
	severity_named(answer_text(a, "severity"), &left);
	severity_named(answer_text(b, "severity"), &right);
	return left < right ? -1 : left > right;
}

static bool is_finding(const struct value *check)
{
	enum verdict verdict = standing_verdict(check, "verdict");

	return verdict != VERDICT_OK && verdict != VERDICT_NOT_APPLICABLE;
}

static void add_since(const struct screen *screen, const struct value *check, struct text *out)
{
	const struct value *alarm = answer_member(check, "alarm");
	struct text line = { 0 };

	standing_add_since(&line, check, "since");
	screen_add_pair(screen, out, INDENT, "Since", text_string(&line));
	text_clear(&line);
	if (standing_verdict(check, "verdict") != VERDICT_EXCEPTED)
		standing_add_marks(&line, alarm);
	if (standing_verdict(alarm, "verdict") != VERDICT_OK) {
		text_add_format(&line, "%s since ", answer_text(alarm, "verdict"));
		standing_add_since(&line, alarm, "since");
	}
	screen_add_pair(screen, out, INDENT, "Alarm", text_string(&line));
	text_free(&line);
}

static void add_advice(const struct screen *screen, const struct value *check, unsigned verbose,
		       struct text *out)
{
	enum verdict verdict = standing_verdict(check, "verdict");
	struct text line = { 0 };

	screen_add_pair(screen, out, INDENT, "What", answer_text(check, "title"));
	screen_add_pair(screen, out, INDENT, "Detail", answer_text(check, "detail"));
	add_since(screen, check, out);
	if (verdict == VERDICT_CRITICAL || verdict == VERDICT_WARNING)
		screen_add_pair(screen, out, INDENT, "Fix", answer_text(check, "remedy"));
	screen_add_pair(screen, out, INDENT, "Source", answer_text(check, "reference"));
	if (verbose) {
		screen_add_pair(screen, out, INDENT, "Rule", answer_text(check, "rule"));
		standing_add_since(&line, check, "looked");
		screen_add_pair(screen, out, INDENT, "Looked", text_string(&line));
	}
	text_add_char(out, '\n');
	text_free(&line);
}

static void add_check(const struct screen *screen, const struct value *check,
		      const struct report_columns *columns, struct text *out)
{
	enum verdict verdict = standing_verdict(check, "verdict");
	struct text name = { 0 }, expected = { 0 }, observed = { 0 };

	screen_add_safe(&name, answer_text(check, "name"));
	screen_add_safe(&expected, answer_text(check, "expected"));
	screen_add_safe(&observed, answer_text(check, "observed"));
	struct cell cells[] = {
		{ verdict_heading(verdict), REPORT_VERDICT, verdict_style(verdict) },
		{ text_string(&name), columns->check,
		  is_finding(check) ? STYLE_BOLD : STYLE_PLAIN },
		{ text_string(&expected), columns->expected, STYLE_PLAIN },
		{ text_string(&observed), columns->observed, STYLE_PLAIN }
	};
	screen_add_row(screen, out, 0, cells, 4);
	text_free(&name);
	text_free(&expected);
	text_free(&observed);
}

/* How many are unknown for the reason of this one, and whether it is the first of them. */
static unsigned count_alike(const struct value *const *checks, const struct value *check,
			    bool *first)
{
	unsigned alike = 0;

	*first = false;
	for (; *checks; checks++) {
		if (standing_verdict(*checks, "verdict") != VERDICT_UNKNOWN ||
		    strcmp(answer_text(*checks, "reason"), answer_text(check, "reason")) != 0)
			continue;
		*first = *first || (!alike && *checks == check);
		alike++;
	}
	return alike;
}

/* A target that is not there would fill pages with one fault. */
static bool add_alike(const struct screen *screen, const struct value *const *checks,
		      const struct value *check, const struct report_columns *columns,
		      struct text *out)
{
	enum { ALIKE_MOST = 3 };
	struct text count = { 0 }, observed = { 0 };
	bool first;
	unsigned alike = count_alike(checks, check, &first);

	if (standing_verdict(check, "verdict") != VERDICT_UNKNOWN || alike <= ALIKE_MOST)
		return false;
	text_add_format(&count, "%u checks", alike);
	screen_add_safe(&observed, answer_text(check, "observed"));
	struct cell cells[] = {
		{ verdict_heading(VERDICT_UNKNOWN), REPORT_VERDICT,
		  verdict_style(VERDICT_UNKNOWN) },
		{ text_string(&count), columns->check, STYLE_BOLD },
		{ "", columns->expected, STYLE_PLAIN },
		{ text_string(&observed), columns->observed, STYLE_PLAIN }
	};
	if (first) {
		screen_add_row(screen, out, 0, cells, 4);
		screen_add_pair(screen, out, INDENT, "Which", "--verbose lists them");
		text_add_char(out, '\n');
	}
	text_free(&count);
	text_free(&observed);
	return true;
}

static void add_checks(const struct screen *screen, const struct value *const *checks,
		       unsigned verbose, struct text *out)
{
	struct report_columns columns = { 0 };

	for (size_t i = 0; checks[i]; i++)
		if (verbose || is_finding(checks[i]))
			report_widen(&columns, answer_text(checks[i], "name"),
				     answer_text(checks[i], "expected"),
				     answer_text(checks[i], "observed"));
	if (!columns.check)
		return;
	report_fit(&columns, screen->width - INDENT - 2 * GAP);
	const struct cell heads[] = { { "VERDICT", REPORT_VERDICT, STYLE_FAINT },
				      { "CHECK", columns.check, STYLE_FAINT },
				      { "EXPECTED", columns.expected, STYLE_FAINT },
				      { "OBSERVED", columns.observed, STYLE_FAINT } };
	text_add_char(out, '\n');
	screen_add_row(screen, out, 0, heads, 4);
	for (size_t i = 0; checks[i]; i++) {
		if (!verbose && (!is_finding(checks[i]) ||
				 add_alike(screen, checks, checks[i], &columns, out)))
			continue;
		add_check(screen, checks[i], &columns, out);
		if (is_finding(checks[i]))
			add_advice(screen, checks[i], verbose, out);
	}
}

static void add_one(const struct screen *screen, const struct value *target, unsigned verbose,
		    struct text *out)
{
	const struct value **checks =
		standing_sort(answer_list(target, "checks"), compare_checks);
	struct text line = { 0 };

	text_add_format(&line, "%s (%s)", answer_text(target, "name"),
			answer_text(target, "address"));
	screen_add_pair(screen, out, 0, "Target", text_string(&line));
	text_clear(&line);
	for (const struct value *at = answer_list(target, "profiles"); at; at = at->next)
		if (at->kind == VALUE_TEXT)
			text_add_item(&line, ", ", at->text);
	screen_add_pair(screen, out, 0, "Profiles", text_string(&line));
	text_clear(&line);
	add_state(target, &line);
	screen_add_pair(screen, out, 0, "State", text_string(&line));
	text_clear(&line);
	standing_add_percent(&line, target);
	screen_add_pair(screen, out, 0, "Score", text_string(&line));
	add_checks(screen, checks, verbose, out);
	text_free(&line);
	free(checks);
}

static int code_of(const struct invocation *invocation, const struct value *answer)
{
	const struct value *none = answer_list(answer, "unmatched");

	for (const struct value *at = none; at; at = at->next) {
		struct text safe = { 0 };

		screen_add_safe(&safe, at->kind == VALUE_TEXT ? at->text : "");
		cli_fail(invocation->command, "the agent watches no target '%s'",
			 text_string(&safe));
		text_free(&safe);
	}
	return none ? EXIT_UNKNOWN : EXIT_OK;
}

static int run(const struct invocation *invocation)
{
	const struct targets_settings *settings = invocation->settings;
	bool one = invocation->count == 1 && !strpbrk(invocation->operands[0], "*?");
	struct text question = { 0 }, out = { 0 };
	const struct value *answer;
	struct screen screen;
	bool good = true;

	asking_add_word(&question, one ? "target" : "targets");
	for (size_t i = 0; i < invocation->count; i++)
		asking_add_word(&question, invocation->operands[i]);
	answer = asking_ask(invocation, &question);
	if (!answer)
		return EXIT_UNKNOWN;
	if (!asking_wants_json(invocation)) {
		asking_screen(invocation, &screen);
		if (one)
			add_one(&screen, answer_member(answer, "target"), settings->verbose, &out);
		else
			add_list(&screen, answer, &out);
		good = cli_print(&out);
	}
	text_free(&out);
	return good ? code_of(invocation, answer) : EXIT_UNKNOWN;
}

const struct command *targets_command(void)
{
	static const struct command command = {
		.name = "targets",
		.usage = "[OPTION...] [TARGET...]",
		.summary = "Show how the agent's targets are, or all about one of them.",
		.about = "Asks the running agent about its targets, all of them or those named (*"
			 " stands for any part of a name): a line for each, worst first. Of a"
			 " single one it shows what is wrong, since when, and how to put it right.",
		.options = options,
		.settings_size = sizeof(struct targets_settings),
		.most_operands = 64,
		.operands = COMPLETE_TARGET,
		.run = run
	};

	return &command;
}
