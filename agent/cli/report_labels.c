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

static int compare_requests(const struct request *a, const struct request *b)
{
	int order = compare_texts(a->subject.text, b->subject.text);

	if (!order)
		order = a->family - b->family;
	if (!order)
		order = compare_texts(a->starttls, b->starttls);
	if (!order)
		order = compare_texts(a->name, b->name);
	if (!order)
		order = compare_texts(a->verify_name, b->verify_name);
	if (!order)
		order = a->by_address - b->by_address;
	if (!order)
		order = compare_texts(a->proxy, b->proxy);
	return order;
}

static int compare_labels(const struct plan *plan, const struct series_item *left,
			  const struct series_item *right)
{
	int order = (left->target > right->target) - (left->target < right->target);

	if (!order)
		order = compare_texts(left->peer, right->peer);
	if (!order)
		order = compare_requests(&plan->observations[left->observation].request,
					 &plan->observations[right->observation].request);
	return order;
}

static int compare(const void *a, const void *b, void *plan)
{
	const struct series_item *left = a, *right = b;
	int order = compare_labels(plan, left, right);

	return order ? order
		     : (left->observation > right->observation) -
			       (left->observation < right->observation);
}

static bool tells_facts_of(const struct collector *collector, const struct collector *owner)
{
	return collector == owner || collector->also == owner->facts;
}

struct series *series_by(const struct plan *plan, const struct collector *owner)
{
	struct series *series = memory_new(1, sizeof *series);
	size_t found = 0, room = 0;

	series->plan = plan;
	for (size_t i = 0; i < plan->check_count; i++) {
		const struct check *check = &plan->checks[i];

		if (check->observation == NO_OBSERVATION ||
		    !tells_facts_of(plan->observations[check->observation].request.collector,
				    owner))
			continue;
		series->items =
			memory_room_for(series->items, found, &room, sizeof *series->items);
		series->items[found++] = (struct series_item){
			check->observation, check->target, check->rule->peer };
	}
	if (found)
		qsort_r(series->items, found, sizeof *series->items, compare, (void *)plan);
	/* Many checks need one observation, and two peers may be one host: what no label tells
	 * apart is given once. */
	for (size_t i = 0; i < found; i++) {
		const struct series_item *item = &series->items[i];

		if (!i || compare_labels(plan, item, &series->items[series->count - 1]) != 0)
			series->items[series->count++] = *item;
	}
	return series;
}

void series_free(struct series *series)
{
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

void series_add_labels(const struct series *series, size_t index, struct text *labels)
{
	const struct series_item *item = &series->items[index];
	const struct request *request = &series->plan->observations[item->observation].request;
	const struct target *target = &series->plan->config->targets[item->target];

	labels_add(labels, "target", target->name);
	labels_add(labels, "subject", request->subject.text);
	labels_add(labels, "family", family_word(request->family));
	labels_add(labels, "peer", item->peer ? item->peer : "");
	add_way(labels, request);
	labels_add_own(labels, target);
}
