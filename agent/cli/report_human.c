/* SPDX-License-Identifier: Apache-2.0
 *
 * The report for people: what is wrong first, expected and observed beside each other,
 * and under each finding how to put it right and where the vendor says so.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/cli/report.h"
#include "agent/cli/report_assumed.h"
#include "ground/memory.h"
#include "ground/words.h"

enum { VERDICT_WIDTH = REPORT_VERDICT, GAP = 2, INDENT = VERDICT_WIDTH + GAP };

static bool is_finding(enum verdict verdict)
{
	return verdict == VERDICT_CRITICAL || verdict == VERDICT_WARNING ||
	       verdict == VERDICT_UNKNOWN;
}

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static bool is_shown(const struct report *report, size_t index)
{
	enum verdict verdict = report_judgement(report, index)->verdict;

	return report->verbose || is_finding(verdict) || verdict == VERDICT_EXCEPTED;
}

static bool fit_columns(const struct report *report, const struct report_target *target,
			struct report_columns *columns)
{
	bool any = false;

	*columns = (struct report_columns){ 0 };
	for (size_t i = target->first; i < target->first + target->count; i++) {
		const struct judgement *judgement = report_judgement(report, i);

		if (!is_shown(report, i))
			continue;
		any = true;
		report_widen(columns, report->plan->checks[i].name, judgement->expected,
			     judgement->observed);
	}
	report_fit(columns, report->screen.width - INDENT - 2 * GAP);
	return any;
}

/* What stands under a finding. */
static void add_advice(const struct report *report, size_t index, struct text *out)
{
	const struct check *check = &report->plan->checks[index];
	const struct judgement *judgement = report_judgement(report, index);
	struct text rule = { 0 }, provisional = { 0 };

	report_add_provisional(&provisional, report, index);
	if (provisional.length)
		text_add(&provisional, ", and to be judged anew when that is put right");
	screen_add_pair(&report->screen, out, INDENT, "What", report_title(report, check));
	screen_add_pair(&report->screen, out, INDENT, "Detail", judgement->detail);
	screen_add_pair(&report->screen, out, INDENT, "Meanwhile", text_string(&provisional));
	if (report->verbose)
		screen_add_pair(&report->screen, out, INDENT, "Why", check->rule->because);
	if (judgement->verdict == VERDICT_CRITICAL || judgement->verdict == VERDICT_WARNING)
		screen_add_pair(&report->screen, out, INDENT, "Fix", check_remedy(check));
	screen_add_pair(&report->screen, out, INDENT, "Source", check->rule->reference);
	if (report->verbose) {
		report_add_rule(&rule, check->rule);
		screen_add_pair(&report->screen, out, INDENT, "Rule", text_string(&rule));
	}
	text_free(&rule);
	text_free(&provisional);
}

static void add_row(const struct report *report, const struct report_columns *columns, size_t index,
		    struct text *out)
{
	const struct judgement *judgement = report_judgement(report, index);
	enum verdict verdict = judgement->verdict;
	struct text safe[3] = { { 0 } };
	bool quiet = !is_finding(verdict) && verdict != VERDICT_EXCEPTED;

	screen_add_safe(&safe[0], report->plan->checks[index].name);
	screen_add_safe(&safe[1], judgement->expected);
	screen_add_safe(&safe[2], judgement->observed);
	struct cell cells[] = {
		{ verdict_heading(verdict), VERDICT_WIDTH, verdict_style(verdict) },
		{ text_string(&safe[0]), columns->check, quiet ? STYLE_PLAIN : STYLE_BOLD },
		{ text_string(&safe[1]), columns->expected, STYLE_PLAIN },
		{ text_string(&safe[2]), columns->observed, STYLE_PLAIN }
	};
	screen_add_row(&report->screen, out, 0, cells, 4);
	if (!quiet) {
		add_advice(report, index, out);
		text_add_char(out, '\n');
	}
	for (size_t i = 0; i < 3; i++)
		text_free(&safe[i]);
}

/* A host that is not there would fill pages with one fault. */
enum { ALIKE_MOST = 3 };

static bool is_alike(const struct report *report, size_t index, size_t other)
{
	const struct judgement *judgement = report_judgement(report, index);
	const struct judgement *another = report_judgement(report, other);

	return judgement->verdict == VERDICT_UNKNOWN && another->verdict == VERDICT_UNKNOWN &&
	       !strcmp(judgement->reason, another->reason);
}

/* How many of these checks are unknown for the reason of that one. */
static unsigned count_alike(const struct report *report, const size_t *order, size_t count,
			    size_t index)
{
	unsigned alike = 0;

	for (size_t i = 0; i < count; i++)
		alike += is_alike(report, index, order[i]);
	return alike;
}

static void add_alike(const struct report *report, const struct report_columns *columns,
		      size_t index, unsigned count, struct text *out)
{
	const struct judgement *judgement = report_judgement(report, index);
	struct text checks = { 0 }, observed = { 0 };
	enum reason reason;

	text_add_format(&checks, "%u checks", count);
	screen_add_safe(&observed, judgement->observed);
	struct cell cells[] = {
		{ verdict_heading(VERDICT_UNKNOWN), VERDICT_WIDTH, verdict_style(VERDICT_UNKNOWN) },
		{ text_string(&checks), columns->check, STYLE_BOLD },
		{ "", columns->expected, STYLE_PLAIN },
		{ text_string(&observed), columns->observed, STYLE_PLAIN }
	};
	screen_add_row(&report->screen, out, 0, cells, 4);
	if (reason_named(judgement->reason, &reason))
		screen_add_pair(&report->screen, out, INDENT, "Reason",
				reason_sentence(reason));
	screen_add_pair(&report->screen, out, INDENT, "Which", "--verbose lists them");
	text_add_char(out, '\n');
	text_free(&checks);
	text_free(&observed);
}

static void add_rows(const struct report *report, const struct report_target *target,
		     const struct report_columns *columns, const size_t *order, struct text *out)
{
	for (size_t i = 0; i < target->count; i++) {
		unsigned alike = count_alike(report, order, target->count, order[i]);

		if (!is_shown(report, order[i]))
			continue;
		if (report->verbose || alike <= ALIKE_MOST)
			add_row(report, columns, order[i], out);
		else if (!count_alike(report, order, i, order[i]))
			add_alike(report, columns, order[i], alike, out);
	}
}

static void add_table(const struct report *report, const struct report_target *target,
		      struct text *out)
{
	size_t *order = report_order(report, target);
	struct report_columns columns;

	if (fit_columns(report, target, &columns)) {
		const struct cell heads[] = {
			{ "VERDICT", VERDICT_WIDTH, STYLE_FAINT },
			{ "CHECK", columns.check, STYLE_FAINT },
			{ "EXPECTED", columns.expected, STYLE_FAINT },
			{ "OBSERVED", columns.observed, STYLE_FAINT }
		};

		text_add_char(out, '\n');
		screen_add_row(&report->screen, out, 0, heads, 4);
		add_rows(report, target, &columns, order, out);
	}
	free(order);
}

/* "9 not applicable: 4 feature off, 5 no address". */
static void add_inapplicable(const struct report *report, const struct report_target *target,
			     struct text *out)
{
	enum { MOST = 32 };
	const char *reasons[MOST + 1] = { NULL };
	unsigned counts[MOST] = { 0 }, all = target->score.counts[VERDICT_NOT_APPLICABLE];
	struct text line = { 0 };

	for (size_t i = target->first; i < target->first + target->count; i++) {
		const struct judgement *judgement = report_judgement(report, i);
		int at = words_find(judgement->reason, reasons);

		if (judgement->verdict != VERDICT_NOT_APPLICABLE)
			continue;
		for (int free_at = 0; at < 0 && free_at < MOST; free_at++)
			if (!reasons[free_at])
				reasons[at = free_at] = judgement->reason;
		if (at >= 0)
			counts[at]++;
	}
	text_add_format(&line, "%u not applicable: ", all);
	for (size_t i = 0; reasons[i]; i++) {
		text_add_format(&line, "%s%u ", i ? ", " : "", counts[i]);
		for (const char *at = reasons[i]; *at; at++)
			text_add_char(&line, *at == '_' ? ' ' : *at);
	}
	if (!report->verbose)
		text_add(&line, "; --verbose lists them");
	if (all)
		screen_add_pair(&report->screen, out, 0, "Left out", text_string(&line));
	text_free(&line);
}

/* The items one after another, on further lines where they don't fit. */
static void add_item(const struct report *report, struct text *out, enum style style,
		     const char *item, unsigned *column)
{
	const char *dot = screen_dot(&report->screen);
	bool first = *column == SCREEN_KEY;
	unsigned needed = screen_columns(item) + (first ? 0 : 3);

	if (!first && *column + needed > report->screen.width) {
		text_add_format(out, "\n%*s", SCREEN_KEY, "");
		*column = SCREEN_KEY + needed - 3;
	} else {
		text_add(out, first ? "" : dot);
		*column += needed;
	}
	screen_add_styled(&report->screen, out, style, item);
}

static void add_score(const struct report *report, const struct score *score,
		      struct text *out)
{
	double ratio = score_ratio(score);
	struct text item = { 0 };
	unsigned column = SCREEN_KEY;

	if (ratio < 0)
		text_add(&item, "none");
	else
		text_add_format(&item, "%.0f %%", 100 * ratio);
	screen_add_styled(&report->screen, out, STYLE_FAINT, "Score");
	text_add(out, "      ");
	add_item(report, out, STYLE_BOLD, text_string(&item), &column);
	for (unsigned rank = 0; rank < VERDICT_COUNT; rank++) {
		enum verdict verdict = verdict_at_rank(rank);

		if (!score->counts[verdict])
			continue;
		text_clear(&item);
		text_add_format(&item, "%u %s", score->counts[verdict],
				verdict_for_people(verdict));
		add_item(report, out, verdict_style(verdict), text_string(&item), &column);
	}
	text_add_char(out, '\n');
	text_free(&item);
}

static void add_target(const struct report *report, const struct report_target *target,
		       struct text *out)
{
	assumed_add(report, target->about, out);
	add_table(report, target, out);
	if (out->length > 1 && out->bytes[out->length - 2] != '\n')
		text_add_char(out, '\n');
	add_inapplicable(report, target, out);
	add_score(report, &target->score, out);
}

static int compare_targets(const void *left, const void *right, void *arg)
{
	const struct report_target *a = left, *b = right;
	enum verdict worst_a = report_worst(arg, &a->score);
	enum verdict worst_b = report_worst(arg, &b->score);
	/* Where nothing was judged, nothing is wrong. */
	double ratio_a = score_ratio(&a->score), ratio_b = score_ratio(&b->score);

	if (worst_a != worst_b)
		return verdict_worse(worst_a, worst_b) == worst_a ? -1 : 1;
	if ((ratio_a < 0) != (ratio_b < 0))
		return ratio_a < 0 ? 1 : -1;
	if (ratio_a < ratio_b || ratio_a > ratio_b)
		return ratio_a < ratio_b ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

/* The worst first, as everywhere. */
static struct report_target *sort_targets(const struct report *report)
{
	size_t count = report->plan->config->target_count;
	struct report_target *targets = memory_new(count + 1, sizeof *targets);
	struct report_target target = { 0 };
	struct report borrowed = *report;

	for (size_t i = 0; report_next_target(report, &target); i++)
		targets[i] = target;
	qsort_r(targets, count, sizeof *targets, compare_targets, &borrowed);
	return targets;
}

/* Several targets: one line for each, so that the bad ones are found. */
static void
add_overview(const struct report *report, const struct report_target *targets, struct text *out)
{
	size_t count = report->plan->config->target_count;
	unsigned widest = 6;

	for (size_t i = 0; i < count; i++) {
		unsigned columns = screen_columns(targets[i].about->name);

		widest = columns > widest ? columns : widest;
	}
	widest = smaller(widest, report->screen.width / 2);
	const struct cell heads[] = { { "VERDICT", VERDICT_WIDTH, STYLE_FAINT },
				     { "TARGET", widest, STYLE_FAINT },
				     { "SCORE", 5, STYLE_FAINT },
				     { "CHECKS", 40, STYLE_FAINT } };
	screen_add_row(&report->screen, out, 0, heads, 4);
	for (const struct report_target *target = targets; target < targets + count; target++) {
		enum verdict worst = report_worst(report, &target->score);
		double ratio = score_ratio(&target->score);
		struct text name = { 0 }, score = { 0 }, counts = { 0 };

		screen_add_safe(&name, target->about->name);
		if (ratio < 0)
			text_add(&score, "none");
		else
			text_add_format(&score, "%3.0f %%", 100 * ratio);
		report_add_counts(&counts, &target->score, ", ");
		struct cell cells[] = {
			{ verdict_heading(worst), VERDICT_WIDTH, verdict_style(worst) },
			{ text_string(&name), widest, STYLE_BOLD },
			{ text_string(&score), 5, STYLE_PLAIN },
			{ text_string(&counts), report->screen.width - widest - 21, STYLE_PLAIN }
		};
		screen_add_row(&report->screen, out, 0, cells, 4);
		text_free(&name);
		text_free(&score);
		text_free(&counts);
	}
}

static void write(const struct report *report, struct text *out)
{
	const struct results *results = report->results;
	struct report_target *targets = sort_targets(report);
	size_t count = report->plan->config->target_count;

	for (size_t i = 0; i < count; i++) {
		add_target(report, &targets[i], out);
		text_add_char(out, '\n');
	}
	if (count > 1)
		add_overview(report, targets, out);
	free(targets);
	if (report->interrupted)
		screen_add_styled(&report->screen, out, STYLE_MAGENTA,
				  "Interrupted: what was not seen by then is unknown.\n");
	text_add_format(out, "%zu observations for %zu checks in ",
			report->plan->observation_count, report->plan->check_count);
	screen_add_duration(out, results->finished_wall_us - results->started_wall_us);
	text_add_char(out, '\n');
}

const struct report_format report_human = { "human", write };
