/* SPDX-License-Identifier: Apache-2.0
 *
 * The output of a monitoring plugin: one line with its performance data; with -v one line
 * more that names the findings, with -vv a line for each of them, with -vvv for each check.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cli/report.h"
#include "ground/memory.h"

/* Everything behind a bar would be read as performance data. */
static void add_plain(struct text *out, const char *string)
{
	size_t start = out->length;

	screen_add_safe(out, string);
	for (size_t i = start; i < out->length; i++)
		if (out->bytes[i] == '|')
			out->bytes[i] = '/';
}

static void add_upper(struct text *out, const char *word)
{
	for (; *word; word++)
		text_add_char(out, (char)toupper((unsigned char)*word));
}

static void add_label(struct text *out, const char *name, const char *what)
{
	text_add(out, " '");
	for (; *name; name++)
		if (*name == '\'')
			text_add(out, "''");
		else
			text_add_char(out, *name == '=' || *name == '|' ? '_' : *name);
	text_add_format(out, " %s'", what);
}

static void add_ratio(struct text *out, const struct score *score)
{
	double ratio = score_ratio(score);

	if (ratio < 0)
		text_add(out, "=U");
	else
		text_add_format(out, "=%.1f%%;;;0;100", 100 * ratio);
}

static void add_performance(const struct report *report, const struct score *total,
			    struct text *out)
{
	struct report_target target = { 0 };
	const struct results *results = report->results;
	bool several = report->plan->config->target_count > 1;

	text_add(out, " | score");
	add_ratio(out, total);
	for (unsigned rank = 0; rank < VERDICT_COUNT; rank++) {
		enum verdict verdict = verdict_at_rank(rank);

		text_add_format(out, " %s=%u;;;0", verdict_word(verdict), total->counts[verdict]);
	}
	text_add_format(out, " time=%.3fs;;;0",
			(double)(results->finished_wall_us - results->started_wall_us) / 1e6);
	while (several && report_next_target(report, &target)) {
		struct text name = { 0 };

		add_plain(&name, target.about->name);
		add_label(out, text_string(&name), "score");
		add_ratio(out, &target.score);
		text_free(&name);
	}
	text_add_char(out, '\n');
}

static bool is_finding(enum verdict verdict)
{
	return verdict == VERDICT_CRITICAL || verdict == VERDICT_WARNING ||
	       verdict == VERDICT_UNKNOWN;
}

static void add_check(const struct report *report, const struct report_target *target,
		      size_t index, struct text *out)
{
	const struct judgement *judgement = report_judgement(report, index);
	struct text provisional = { 0 };

	add_upper(out, verdict_word(judgement->verdict));
	text_add_char(out, ' ');
	add_plain(out, target->about->name);
	text_add_char(out, ' ');
	add_plain(out, report->plan->checks[index].name);
	text_add(out, ": expected ");
	add_plain(out, judgement->expected);
	text_add(out, ", observed ");
	add_plain(out, judgement->observed);
	report_add_provisional(&provisional, report, index);
	if (provisional.length) {
		text_add(out, ", ");
		add_plain(out, text_string(&provisional));
	}
	text_add_char(out, '\n');
	text_free(&provisional);
}

static void add_long(const struct report *report, struct text *out)
{
	struct report_target target = { 0 };

	while (report_next_target(report, &target)) {
		size_t *order = report_order(report, &target);

		for (size_t i = 0; i < target.count; i++)
			if (report->verbose > 2 ||
			    is_finding(report_judgement(report, order[i])->verdict))
				add_check(report, &target, order[i], out);
		free(order);
	}
}

/* The names of the findings, on one line. */
static void add_names(const struct report *report, struct text *out)
{
	struct report_target target = { 0 };
	size_t start = out->length;

	while (report_next_target(report, &target)) {
		size_t *order = report_order(report, &target);

		for (size_t i = 0; i < target.count; i++) {
			if (!is_finding(report_judgement(report, order[i])->verdict))
				continue;
			if (out->length > start)
				text_add(out, ", ");
			add_plain(out, target.about->name);
			text_add_char(out, ' ');
			add_plain(out, report->plan->checks[order[i]].name);
		}
		free(order);
	}
	if (out->length > start)
		text_add_char(out, '\n');
}

static void write(const struct report *report, struct text *out)
{
	const struct config *config = report->plan->config;
	struct score total;

	report_total(report, &total);
	text_add(out, "UCPOSTURE ");
	add_upper(out, verdict_word(report_worst(report, &total)));
	text_add(out, " - ");
	if (config->target_count == 1)
		add_plain(out, config->targets[0].name);
	else
		text_add_format(out, "%zu targets", config->target_count);
	text_add(out, ": ");
	report_add_counts(out, &total, ", ");
	if (report->interrupted)
		text_add(out, ", interrupted");
	add_performance(report, &total, out);
	if (report->verbose == 1)
		add_names(report, out);
	else if (report->verbose > 1)
		add_long(report, out);
}

const struct report_format report_nagios = { "nagios", write };
