/* SPDX-License-Identifier: Apache-2.0
 *
 * Prometheus text 0.0.4, for a textfile collector or a push gateway: what one round can
 * know of the families that the agent serves. Metrics of facts come from the collectors'
 * tables. A series does not vanish because nothing was seen: it is NaN, or no state holds.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cli/report.h"
#include "agent/cli/report_labels.h"
#include "agent/engine/presence.h"
#include "config.h"
#include "ground/memory.h"

static void add_family(struct text *out, const char *name, const char *help)
{
	text_add_format(out, "# HELP ucposture_%s ", name);
	labels_add_escaped(out, help, false);
	text_add_format(out, "\n# TYPE ucposture_%s gauge\n", name);
}

static void add_sample(struct text *out, const char *name, const struct text *labels,
		       double value)
{
	text_add_format(out, "ucposture_%s{%s} ", name, text_string(labels));
	if (isnan(value))
		text_add(out, "NaN\n");
	else
		text_add_format(out, "%.16g\n", value);
}

/* One series for each word, 1 for the one that holds. */
static void add_states(struct text *out, const char *name, const struct text *labels,
		       const char *const *words, const char *holds)
{
	for (; *words; words++)
		text_add_format(out, "ucposture_%s{%s,ucposture_%s=\"%s\"} %d\n", name,
				text_string(labels), name, *words,
				holds && !strcmp(holds, *words));
}

/* A value of a check: its status when words are given, else a number. */
struct check_metric {
	const char *name, *help;
	double (*value)(const struct observation *observation);
};

static double duration(const struct observation *observation)
{
	return observation ? (double)observation->elapsed_us / 1e6 : NAN;
}

static double last_run(const struct observation *observation)
{
	if (!observation)
		return NAN;
	return (double)(observation->started_wall_us + observation->elapsed_us) / 1e6;
}

static void add_check_labels(const struct report *report, const struct report_target *target,
			     size_t index, struct text *labels)
{
	const struct check *check = &report->plan->checks[index];

	text_clear(labels);
	labels_add(labels, "target", target->about->name);
	labels_add(labels, "check", check->name);
	labels_add(labels, "subject", check->subject);
	labels_add(labels, "family", family_word(check->family));
	labels_add_own(labels, target->about);
}

static void add_status(const struct report *report, struct text *out)
{
	const char *words[VERDICT_COUNT + 1] = { NULL };
	struct report_target target = { 0 };
	struct text labels = { 0 };

	for (unsigned i = 0; i < VERDICT_COUNT; i++)
		words[i] = verdict_word(i);
	add_family(out, "check_status", "The verdict of a check: 1 for the one that holds.");
	while (report_next_target(report, &target)) {
		for (size_t i = target.first; i < target.first + target.count; i++) {
			add_check_labels(report, &target, i, &labels);
			add_states(out, "check_status", &labels, words,
				   verdict_word(report_judgement(report, i)->verdict));
		}
	}
	text_free(&labels);
}

static void add_check_metric(const struct report *report, const struct check_metric *metric,
			     struct text *out)
{
	struct report_target target = { 0 };
	struct text labels = { 0 };

	add_family(out, metric->name, metric->help);
	while (report_next_target(report, &target)) {
		for (size_t i = target.first; i < target.first + target.count; i++) {
			/* What is never looked at has no time of looking. */
			if (report->plan->checks[i].observation == NO_OBSERVATION)
				continue;
			add_check_labels(report, &target, i, &labels);
			add_sample(out, metric->name, &labels,
				   metric->value(report_observation(report, i)));
		}
	}
	text_free(&labels);
}

/* What a peer answers, a server elsewhere or the name servers, the target has not said. */
static bool is_of_target(const struct check *check, const struct request *request)
{
	return !check->rule->peer && !(request->subject.kind & (SUBJECT_URL | SUBJECT_NAME));
}

static void add_targets(const struct report *report, struct text *out)
{
	const struct plan *plan = report->plan;
	struct report_target target = { 0 };
	struct text labels = { 0 };
	double *up = memory_new(plan->config->target_count + 1, sizeof *up);

	for (size_t i = 0; i < plan->config->target_count; i++)
		up[i] = NAN;
	for (size_t i = 0; i < plan->check_count; i++) {
		const struct check *check = &plan->checks[i];
		const struct observation *observation = report_observation(report, i);
		double *of_target = &up[check->target];

		if (observation &&
		    is_of_target(check, &plan->observations[check->observation].request))
			*of_target = presence_sign(observation) == PRESENCE_ANSWERED ||
				     *of_target > 0;
	}
	add_family(out, "target_up", "Whether anything of the target answered in this round.");
	for (; report_next_target(report, &target); text_clear(&labels)) {
		labels_add(&labels, "target", target.about->name);
		labels_add_own(&labels, target.about);
		add_sample(out, "target_up", &labels, up[target.next - 1]);
	}
	add_family(out, "target_score_ratio",
		   "ok / (ok + warning + critical), weighted by severity.");
	for (target = (struct report_target){ 0 }; report_next_target(report, &target);
	     text_clear(&labels)) {
		double ratio = score_ratio(&target.score);

		labels_add(&labels, "target", target.about->name);
		labels_add_own(&labels, target.about);
		add_sample(out, "target_score_ratio", &labels, ratio < 0 ? NAN : ratio);
	}
	free(up);
	text_free(&labels);
}

/* "smb_signing_required" asks whether the text smb.signing is "required". */
static const char *word_asked_for(const struct fact_descriptor *about)
{
	const char *const *word = about->words;
	size_t length = strlen(about->metric);

	for (; word && *word; word++) {
		size_t end = strlen(*word);

		if (length > end && about->metric[length - end - 1] == '_' &&
		    !strcmp(about->metric + length - end, *word))
			return *word;
	}
	return NULL;
}

static bool is_list(const struct fact_descriptor *about)
{
	return about->type == FACT_TEXTS || about->type == FACT_NUMBERS;
}

/* What was seen of one subject, for the metric of one of its facts. */
struct sight {
	const struct fact_descriptor *about;
	const struct fact *fact;	/* NULL: not seen */
	const struct facts *facts;	/* all of the observation; NULL when there is none */
	bool whole;			/* nothing failed: a list has all its elements */
};

static double number_of(const struct sight *sight)
{
	const struct fact_descriptor *about = sight->about;
	const struct fact *fact = sight->fact;

	if (!fact || (is_list(about) && !sight->whole))
		return NAN;
	switch (about->type) {
	case FACT_BOOLEAN:
		return fact->truth;
	case FACT_INTEGER:
		return (double)fact->integer;
	case FACT_TIME:
		return (double)fact->integer / 1e6;
	case FACT_REAL:
		return fact->real;
	case FACT_TEXTS:
	case FACT_NUMBERS:
		return (double)fact->count;
	default:
		return !strcmp(fact->text, word_asked_for(about));
	}
}

static bool is_metric(const struct fact_descriptor *about)
{
	return about->metric && about->type != FACT_RECORDS &&
	       (about->type != FACT_TEXT || about->words);
}

static void add_labelled(struct text *out, const char *name, const struct text *labels,
			 const char *label[static 2], double value)
{
	struct text all = { 0 };

	text_add(&all, text_string(labels));
	labels_add(&all, label[0], label[1]);
	add_sample(out, name, &all, value);
	text_free(&all);
}

static bool has_text(const struct fact *fact, const char *word)
{
	for (size_t i = 0; fact && i < fact->count; i++)
		if (!strcmp(fact->texts[i], word))
			return true;
	return false;
}

/* A series for each word that the list can have; the label is what the list has many of:
 * "tls.versions" gives version. */
static void add_words(const struct sight *sight, const struct text *labels, struct text *out)
{
	const struct fact_descriptor *about = sight->about;
	const char *plural = strrchr(about->name, '.') + 1;
	char *label = memory_copy_span(plural, strlen(plural) - 1);

	for (const char *const *word = about->words; *word; word++) {
		bool seen = has_text(sight->fact, *word);
		bool known = seen || (sight->fact && sight->whole);

		add_labelled(out, about->metric, labels, (const char *[]){ label, *word },
			     known ? seen : NAN);
	}
	free(label);
}

/* The column of a list of records in which each record has what the fact says of the first:
 * not_after of cert.chain for cert.not_after. */
static const struct fact_descriptor *
find_column(const struct collector *collector, const struct fact_descriptor *about,
	    const struct fact_descriptor **list)
{
	const char *name = strrchr(about->name, '.') + 1;
	size_t stem = (size_t)(name - about->name);

	for (*list = collector->facts; (*list)->name; ++*list) {
		if ((*list)->type != FACT_RECORDS || strncmp((*list)->name, about->name, stem) != 0)
			continue;
		for (const struct fact_descriptor *c = (*list)->columns; c->name; c++)
			if (!strcmp(c->name, name))
				return c;
	}
	return NULL;
}

static void add_positions(const struct sight *sight, const struct collector *collector,
			  const struct text *labels, struct text *out)
{
	const struct fact_descriptor *list;
	const struct fact_descriptor *column = find_column(collector, sight->about, &list);
	const struct fact *records = sight->facts ? facts_get(sight->facts, list) : NULL;

	add_labelled(out, sight->about->metric, labels, (const char *[]){ "position", "0" },
		     number_of(sight));
	for (size_t i = 1; records && i < records->count; i++) {
		const struct sight other = { .about = column,
					     .fact = facts_get(records->records[i], column) };
		struct text position = { 0 };

		text_add_unsigned(&position, i);
		add_labelled(out, sight->about->metric, labels,
			     (const char *[]){ "position", text_string(&position) },
			     number_of(&other));
		text_free(&position);
	}
}

static void add_sight(const struct sight *sight, const struct collector *collector,
		      const struct text *labels, struct text *out)
{
	const struct fact_descriptor *about = sight->about, *list;

	if (about->type == FACT_TEXTS && about->words)
		add_words(sight, labels, out);
	else if (find_column(collector, about, &list))
		add_positions(sight, collector, labels, out);
	else if (about->type == FACT_TEXT && !word_asked_for(about))
		add_states(out, about->metric, labels, about->words,
			   sight->fact ? sight->fact->text : NULL);
	else
		add_sample(out, about->metric, labels, number_of(sight));
}

/* A single port has no list of open ports: only what failed may still have the fact. */
static bool may_have(const struct observation *observation, const struct fact *fact)
{
	return fact || !observation || observation->outcome.reason != REASON_NONE;
}

static void add_fact_metric(const struct report *report, const struct collector *collector,
			    const struct fact_descriptor *about, const struct series *series,
			    struct text *out)
{
	struct text labels = { 0 };
	bool begun = false;

	for (size_t i = 0; i < series->count; i++) {
		uint32_t number = series->items[i].observation;
		const struct observation *observation = report->results->observations[number];
		struct sight sight = { .about = about };

		if (observation) {
			sight.facts = observation->facts;
			sight.fact = facts_get(observation->facts, about);
			sight.whole = observation->outcome.reason == REASON_NONE;
		}
		if (!may_have(observation, sight.fact))
			continue;
		if (!begun)
			add_family(out, about->metric, about->help);
		begun = true;
		text_clear(&labels);
		series_add_labels(series, i, &labels);
		add_sight(&sight, collector, &labels, out);
	}
	text_free(&labels);
}

static void add_facts(const struct report *report, struct text *out)
{
	const struct collector *collector;

	for (size_t i = 0; (collector = collector_at(i)); i++) {
		struct series *series = series_by(report->plan, collector);

		for (const struct fact_descriptor *about = collector->facts; about->name; about++)
			if (is_metric(about))
				add_fact_metric(report, collector, about, series, out);
		series_free(series);
	}
}

static void write(const struct report *report, struct text *out)
{
	static const struct check_metric of_checks[] = {
		{ "check_duration_seconds", "How long looking took for this check.", duration },
		{ "check_last_run_timestamp_seconds", "When it was last looked at.", last_run }
	};

	add_family(out, "build_info", "Which version made these metrics; always 1.");
	text_add(out, "ucposture_build_info{version=\"" PACKAGE_VERSION "\"} 1\n");
	add_status(report, out);
	for (size_t i = 0; i < sizeof of_checks / sizeof of_checks[0]; i++)
		add_check_metric(report, &of_checks[i], out);
	add_targets(report, out);
	add_facts(report, out);
}

const struct report_format report_prometheus = { "prometheus", write };
