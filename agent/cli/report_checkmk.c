/* SPDX-License-Identifier: Apache-2.0
 *
 * Local checks of a Checkmk agent: a service for each target with its score, and one for
 * each check, also while it does not apply, so that services don't come and go.
 */
#include <string.h>

#include "agent/cli/report.h"

static int state_of(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_WARNING:
		return 1;
	case VERDICT_CRITICAL:
		return 2;
	case VERDICT_UNKNOWN:
		return 3;
	default:
		return 0;
	}
}

/* Service names: without the characters that the monitoring core refuses. */
static void add_name(struct text *out, const char *string)
{
	size_t start = out->length;

	screen_add_safe(out, string);
	for (size_t i = start; i < out->length; i++)
		if (strchr("~!$%^&*|\\'\"<>?,()=;", out->bytes[i]))
			out->bytes[i] = '_';
}

/* A backslash and an n would become a new line: a slash reads the same. */
static void add_text(struct text *out, const char *string)
{
	size_t start = out->length;

	screen_add_safe(out, string);
	for (size_t i = start; i < out->length; i++)
		if (out->bytes[i] == '\\')
			out->bytes[i] = '/';
}

static void add_target(const struct report *report, const struct report_target *target,
		       struct text *out)
{
	enum verdict worst = report_worst(report, &target->score);
	double ratio = score_ratio(&target->score);

	text_add_format(out, "%d \"UC posture ", state_of(worst));
	add_name(out, target->about->name);
	text_add(out, "\" ");
	if (ratio >= 0)
		text_add_format(out, "score=%.4f;;;0;1|", ratio);
	for (unsigned rank = 0; rank < VERDICT_COUNT; rank++) {
		enum verdict verdict = verdict_at_rank(rank);

		text_add_format(out, "%s%s=%u;;;0", rank ? "|" : "", verdict_word(verdict),
				target->score.counts[verdict]);
	}
	text_add_char(out, ' ');
	report_add_counts(out, &target->score, ", ");
	text_add_char(out, '\n');
}

static void add_check(const struct report *report, const struct report_target *target,
		      size_t index, struct text *out)
{
	const struct judgement *judgement = report_judgement(report, index);
	struct text provisional = { 0 };

	text_add_format(out, "%d \"UC posture ", state_of(judgement->verdict));
	add_name(out, target->about->name);
	text_add_char(out, ' ');
	add_name(out, report->plan->checks[index].name);
	text_add_format(out, "\" - %s, expected ", verdict_for_people(judgement->verdict));
	add_text(out, judgement->expected);
	text_add(out, ", observed ");
	add_text(out, judgement->observed);
	report_add_provisional(&provisional, report, index);
	if (provisional.length) {
		text_add(out, ", ");
		add_text(out, text_string(&provisional));
	}
	text_add_char(out, '\n');
	text_free(&provisional);
}

static void write(const struct report *report, struct text *out)
{
	struct report_target target = { 0 };

	while (report_next_target(report, &target)) {
		add_target(report, &target, out);
		for (size_t i = 0; i < target.count; i++)
			add_check(report, &target, target.first + i, out);
	}
}

const struct report_format report_checkmk = { "checkmk", write };
