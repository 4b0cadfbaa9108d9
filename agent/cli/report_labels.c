/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/report_labels.h"

#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"
#include "ground/words.h"

const char *family_word(uint8_t family)
{
	return family == 4 ? "4" : family == 6 ? "6" : "";
}

void labels_add_escaped(struct text *out, const char *string, bool quotes)
{
	struct text safe = { 0 };

	text_add_foreign(&safe, string, strlen(string), strlen(string));
	for (const char *at = text_string(&safe); *at; at++) {
		if (*at == '\\' || (*at == '"' && quotes))
			text_add_char(out, '\\');
		text_add_char(out, *at);
	}
	text_free(&safe);
}

void labels_add(struct text *labels, const char *name, const char *value)
{
	text_add_format(labels, "%s%s=\"", labels->length ? "," : "", name);
	labels_add_escaped(labels, value, true);
	text_add_char(labels, '"');
}

static bool may_stand(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (c >= '0' && c <= '9' && !first);
}

/* A valid name that is not one of ours, as Prometheus itself renames what collides. */
static char *label_name(const char *name)
{
	static const char *const ours[] = {
		"target", "check", "subject", "family", "peer", "starttls", "server_name",
		"verify_name", "by_address", "path", "version", "position", NULL
	};
	struct text out = { 0 };

	if (words_find(name, ours) >= 0 || !strncmp(name, "__", 2) ||
	    !strncmp(name, "ucposture_", 10))
		text_add(&out, "exported_");
	for (; *name; name++)
		text_add_char(&out, may_stand(*name, !out.length) ? *name : '_');
	return text_take(&out);
}

void labels_add_own(struct text *labels, const struct target *target)
{
	char **names = memory_new(target->label_count + 1, sizeof *names);

	for (size_t i = 0; i < target->label_count; i++) {
		size_t same = 0;

		names[i] = label_name(target->labels[i].name);
		while (strcmp(names[same], names[i]) != 0)
			same++;
		/* Two names that became one: the first stays. */
		if (same == i && *names[i])
			labels_add(labels, names[i], target->labels[i].value);
	}
	for (size_t i = 0; i < target->label_count; i++)
		free(names[i]);
	free(names);
}

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare(const void *a, const void *b, void *arg)
{
	const struct series *series = arg;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const struct plan_observation *left = &series->plan->observations[i];
	const struct plan_observation *right = &series->plan->observations[j];
	int order = (left->target > right->target) - (left->target < right->target);

	if (!order)
		order = compare_texts(series->peers[i], series->peers[j]);
	if (!order)
		order = compare_texts(left->request.subject.text, right->request.subject.text);
	if (!order)
		order = left->request.family - right->request.family;
	if (!order)
		order = compare_texts(left->request.starttls, right->request.starttls);
	if (!order)
		order = compare_texts(left->request.name, right->request.name);
	if (!order)
		order = compare_texts(left->request.verify_name, right->request.verify_name);
	if (!order)
		order = left->request.by_address - right->request.by_address;
	if (!order)
		order = compare_texts(left->request.proxy, right->request.proxy);
	return order;
}

struct series *series_by(const struct plan *plan, const struct collector *collector)
{
	struct series *series = memory_new(1, sizeof *series);
	size_t found = 0;

	series->plan = plan;
	series->peers = memory_new(plan->observation_count + 1, sizeof *series->peers);
	series->items = memory_new(plan->observation_count + 1, sizeof *series->items);
	for (size_t i = 0; i < plan->check_count; i++)
		if (plan->checks[i].observation != NO_OBSERVATION)
			series->peers[plan->checks[i].observation] = plan->checks[i].rule->peer;
	for (uint32_t i = 0; i < plan->observation_count; i++)
		if (plan->observations[i].request.collector == collector)
			series->items[found++] = i;
	qsort_r(series->items, found, sizeof *series->items, compare, series);
	/* Two peers may be one host: what no label tells apart is given once. */
	for (size_t i = 0; i < found; i++) {
		uint32_t *item = &series->items[i];

		if (!i || compare(item, item - 1, series) != 0)
			series->items[series->count++] = *item;
	}
	return series;
}

void series_free(struct series *series)
{
	free(series->peers);
	free(series->items);
	free(series);
}

/* Where something is said of how to look: an empty label is none. */
static void add_way(struct text *labels, const struct request *request)
{
	if (request->starttls)
		labels_add(labels, "starttls", request->starttls);
	if (request->name)
		labels_add(labels, "server_name", request->name);
	if (request->verify_name)
		labels_add(labels, "verify_name", request->verify_name);
	if (request->by_address)
		labels_add(labels, "by_address", "true");
	if (request->subject.kind == SUBJECT_URL)
		labels_add(labels, "path", request->proxy ? "proxy" : "direct");
}

void series_add_labels(const struct series *series, uint32_t observation, struct text *labels)
{
	const struct plan_observation *about = &series->plan->observations[observation];
	const struct target *target = &series->plan->config->targets[about->target];

	labels_add(labels, "target", target->name);
	labels_add(labels, "subject", about->request.subject.text);
	labels_add(labels, "family", family_word(about->request.family));
	labels_add(labels, "peer", series->peers[observation] ? series->peers[observation] : "");
	add_way(labels, &about->request);
	labels_add_own(labels, target);
}
