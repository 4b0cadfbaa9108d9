/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/report.h"

#include <stdlib.h>
#include <string.h>

#include "agent/cli/cli.h"
#include "agent/cli/language.h"

static const struct report_format *const formats[] = {
	&report_human, &report_json, &report_prometheus, &report_nagios, &report_csv,
	&report_junit, &report_checkmk
};

enum { FORMATS = sizeof formats / sizeof formats[0] };

static const enum verdict ranks[VERDICT_COUNT] = {
	VERDICT_CRITICAL, VERDICT_WARNING, VERDICT_UNKNOWN,
	VERDICT_EXCEPTED, VERDICT_OK, VERDICT_NOT_APPLICABLE
};

const struct report_format *report_format_named(const char *name)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	return NULL;
}

const char *const *report_format_names(void)
{
	static const char *const names[FORMATS + 1] = {
		"human", "json", "prometheus", "nagios", "csv", "junit", "checkmk"
	};

	return names;
}

enum verdict verdict_at_rank(unsigned rank)
{
	return ranks[rank];
}

static unsigned rank_of(enum verdict verdict)
{
	unsigned rank = 0;

	while (ranks[rank] != verdict)
		rank++;
	return rank;
}

const char *verdict_for_people(enum verdict verdict)
{
	return verdict == VERDICT_NOT_APPLICABLE ? "not applicable" : verdict_word(verdict);
}

const struct judgement *report_judgement(const struct report *report, size_t check)
{
	return &report->results->judgements[check];
}

const struct observation *report_observation(const struct report *report, size_t check)
{
	uint32_t observation = report->plan->checks[check].observation;

	return observation == NO_OBSERVATION ? NULL : report->results->observations[observation];
}

enum style verdict_style(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_CRITICAL:
		return STYLE_RED;
	case VERDICT_WARNING:
		return STYLE_YELLOW;
	case VERDICT_UNKNOWN:
		return STYLE_MAGENTA;
	case VERDICT_OK:
		return STYLE_GREEN;
	case VERDICT_EXCEPTED:
		return STYLE_CYAN;
	default:
		return STYLE_FAINT;
	}
}

const char *verdict_heading(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_CRITICAL:
		return "CRITICAL";
	case VERDICT_WARNING:
		return "WARNING";
	case VERDICT_UNKNOWN:
		return "UNKNOWN";
	case VERDICT_OK:
		return "ok";
	case VERDICT_EXCEPTED:
		return "excepted";
	default:
		return "n/a";
	}
}

bool report_next_target(const struct report *report, struct report_target *target)
{
	const struct plan *plan = report->plan;
	size_t index = target->next, at = target->first + target->count;

	if (index == plan->config->target_count)
		return false;
	*target = (struct report_target){ .about = &plan->config->targets[index], .first = at,
					 .next = index + 1 };
	for (; at < plan->check_count && plan->checks[at].target == index; at++)
		score_count(&target->score, report_judgement(report, at)->verdict,
			    plan->checks[at].severity);
	target->count = at - target->first;
	return true;
}

void report_total(const struct report *report, struct score *total)
{
	memset(total, 0, sizeof *total);
	for (size_t i = 0; i < report->plan->check_count; i++)
		score_count(total, report_judgement(report, i)->verdict,
			    report->plan->checks[i].severity);
}

static int compare_checks(const void *a, const void *b, void *arg)
{
	const struct report *report = arg;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	unsigned left = rank_of(report_judgement(report, i)->verdict);
	unsigned right = rank_of(report_judgement(report, j)->verdict);

	if (left == right) {
		left = report->plan->checks[i].severity;
		right = report->plan->checks[j].severity;
	}
	if (left == right) {
		left = report_judgement(report, i)->provisional;
		right = report_judgement(report, j)->provisional;
	}
	if (left == right)
		return i < j ? -1 : i > j;
	return left < right ? -1 : 1;
}

size_t *report_order(const struct report *report, const struct report_target *target)
{
	size_t *order = memory_new(target->count + 1, sizeof *order);
	struct report borrowed = *report;

	for (size_t i = 0; i < target->count; i++)
		order[i] = target->first + i;
	qsort_r(order, target->count, sizeof *order, compare_checks, &borrowed);
	return order;
}

const char *report_title(const struct report *report, const struct check *check)
{
	return language_title(report->german, check->rule->title, check->rule->title_de);
}

void report_add_rule(struct text *out, const struct rule *rule)
{
	text_add_format(out, "%s.%s", rule->profile, rule->id);
}

void report_add_provisional(struct text *out, const struct report *report, size_t check)
{
	const struct check *checks = report->plan->checks;

	if (report_judgement(report, check)->provisional)
		text_add_format(out, "provisional while %s stands",
				checks[checks[check].provisional_while].name);
}

enum verdict report_worst(const struct report *report, const struct score *score)
{
	return report->interrupted ? VERDICT_UNKNOWN : score_worst(score);
}

int report_exit_code(const struct report *report)
{
	struct score total;

	report_total(report, &total);
	switch (report_worst(report, &total)) {
	case VERDICT_CRITICAL:
		return EXIT_CRITICAL;
	case VERDICT_WARNING:
		return EXIT_WARNING;
	case VERDICT_UNKNOWN:
		return EXIT_UNKNOWN;
	default:
		return EXIT_OK;
	}
}

void report_add_counts(struct text *out, const struct score *score, const char *separator)
{
	bool begun = false;

	for (unsigned rank = 0; rank < VERDICT_COUNT; rank++) {
		unsigned count = score->counts[ranks[rank]];

		if (!count)
			continue;
		text_add_format(out, "%s%u %s", begun ? separator : "", count,
				verdict_for_people(ranks[rank]));
		begun = true;
	}
	if (!begun)
		text_add(out, "no checks");
}

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static void widen(unsigned *column, const char *string)
{
	unsigned columns = screen_columns(string);

	if (columns > *column)
		*column = columns;
}

void report_widen(struct report_columns *columns, const char *check, const char *expected,
		  const char *observed)
{
	widen(&columns->check, check);
	widen(&columns->expected, expected);
	widen(&columns->observed, observed);
}

void report_fit(struct report_columns *columns, unsigned room)
{
	enum { CHECK_LEAST = 10, LEAST = 8, TEXT_LEAST = 16 };
	unsigned expected = columns->expected > LEAST ? columns->expected : LEAST;
	unsigned observed = columns->observed > LEAST ? columns->observed : LEAST;
	unsigned check = columns->check > CHECK_LEAST ? columns->check : CHECK_LEAST;
	/* Names are copied into other commands, so they stay whole as long as something is left
	 * for the texts; else each may have its share, and what the others don't need of theirs. */
	unsigned texts = smaller(expected, TEXT_LEAST) + smaller(observed, TEXT_LEAST);

	columns->check = room * 2 / 5;
	if (texts < room && room - texts > columns->check)
		columns->check = room - texts;
	columns->check = smaller(check, columns->check);
	room -= columns->check;
	columns->expected = smaller(expected, room / 2);
	columns->observed = smaller(observed, room - columns->expected);
	columns->expected = smaller(expected, room - columns->observed);
}
