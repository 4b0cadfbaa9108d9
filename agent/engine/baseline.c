/* SPDX-License-Identifier: Apache-2.0
 *
 * Written down as lines of fields: a first line with the version, then a line for each
 * observation and one for each of its facts, which begins with a tab.
 */
#include "agent/engine/baseline.h"

#include <stdlib.h>
#include <string.h>

#include "agent/engine/fields.h"
#include "collectors/collector.h"

static const char head[] = "ucposture baseline 1", observed[] = "observed";

/* --- made of what was seen ----------------------------------------------------------------- */

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void join_sorted(const char **lines, size_t count, struct text *value)
{
	if (count)
		qsort(lines, count, sizeof *lines, compare_texts);
	for (size_t i = 0; i < count; i++)
		text_add_format(value, "%s%s", i ? "\n" : "", lines[i]);
}

static void add_names(const struct fact *fact, struct arena *arena, struct text *value)
{
	const char **names = memory_new(fact->count + 1, sizeof *names);

	for (size_t i = 0; i < fact->count; i++)
		names[i] = arena_copy_span(arena, fact->texts[i], strcspn(fact->texts[i], ":"));
	join_sorted(names, fact->count, value);
	free(names);
}

static void add_value(const struct fact *fact, struct arena *arena, struct text *value);

/* "name=value, …" of what lasts. */
static const char *record_line(const struct facts *record, struct arena *arena)
{
	struct text line = { 0 };
	const char *copy;

	for (size_t i = 0; i < facts_count(record); i++) {
		const struct fact *fact = facts_at(record, i);
		struct text value = { 0 };

		if (fact->about->lasting == FACT_FLEETS)
			continue;
		add_value(fact, arena, &value);
		text_add_format(&line, "%s%s=%s", line.length ? ", " : "", fact->about->name,
				text_string(&value));
		text_free(&value);
	}
	copy = arena_copy(arena, text_string(&line));
	text_free(&line);
	return copy;
}

static void add_value(const struct fact *fact, struct arena *arena, struct text *value)
{
	const char **lines;

	if (fact->about->lasting == FACT_NAMES_LAST) {
		add_names(fact, arena, value);
	} else if (fact->about->type == FACT_RECORDS) {
		lines = memory_new(fact->count + 1, sizeof *lines);
		for (size_t i = 0; i < fact->count; i++)
			lines[i] = record_line(fact->records[i], arena);
		join_sorted(lines, fact->count, value);
		free(lines);
	} else {
		firsts_value(fact, value);
	}
}

/* All that makes it another observation than the others of the target; no secrets. */
static const char *name_of(const struct request *request, struct arena *arena)
{
	const char *verified = request_verified_name(request), *copy;
	struct text name = { 0 };

	text_add_format(&name, "%s %s", request->collector->name, request->subject.text);
	if (*request->host)
		text_add_format(&name, " %s", request->host);
	if (request->family)
		text_add_format(&name, " IPv%u", request->family);
	if (request->starttls)
		text_add_format(&name, " starttls=%s", request->starttls);
	if (request->name)
		text_add_format(&name, " name=%s", request->name);
	if (request->by_address)
		text_add(&name, " by-address");
	if (verified && strcmp(verified, request->name ? request->name : request->host) != 0)
		text_add_format(&name, " verify-name=%s", verified);
	if (request->source)
		text_add_format(&name, " source=%s", request->source);
	if (request->proxy)
		text_add(&name, " via-proxy");
	copy = arena_copy(arena, text_string(&name));
	text_free(&name);
	return copy;
}

static struct baseline_look *add_look(struct baseline *baseline, const char *what,
				      const char *outcome)
{
	baseline->looks = memory_room_for(baseline->looks, baseline->count, &baseline->room,
					  sizeof *baseline->looks);
	baseline->looks[baseline->count] =
		(struct baseline_look){ .what = what, .outcome = outcome };
	return &baseline->looks[baseline->count++];
}

static void add_fact(struct baseline_look *look, const char *name, const char *value)
{
	look->facts = memory_room_for(look->facts, look->fact_count, &look->fact_room,
				      sizeof *look->facts);
	look->facts[look->fact_count++] = (struct baseline_fact){ name, value };
}

static void add_facts(struct baseline *baseline, struct baseline_look *look,
		      const struct facts *facts)
{
	for (size_t i = 0; i < facts_count(facts); i++) {
		const struct fact *fact = facts_at(facts, i);
		struct text value = { 0 };

		if (fact->about->lasting == FACT_FLEETS)
			continue;
		add_value(fact, baseline->arena, &value);
		add_fact(look, fact->about->name,
			 arena_copy(baseline->arena, text_string(&value)));
		text_free(&value);
	}
}

static int compare_facts(const void *a, const void *b)
{
	return strcmp(((const struct baseline_fact *)a)->name,
		      ((const struct baseline_fact *)b)->name);
}

static int compare_looks(const void *a, const void *b)
{
	return strcmp(((const struct baseline_look *)a)->what,
		      ((const struct baseline_look *)b)->what);
}

static void sort(struct baseline *baseline)
{
	for (size_t i = 0; i < baseline->count; i++)
		if (baseline->looks[i].fact_count)
			qsort(baseline->looks[i].facts, baseline->looks[i].fact_count,
			      sizeof *baseline->looks[i].facts, compare_facts);
	if (baseline->count)
		qsort(baseline->looks, baseline->count, sizeof *baseline->looks,
		      compare_looks);
}

static struct baseline *baseline_new(void)
{
	struct baseline *baseline = memory_new(1, sizeof *baseline);

	baseline->arena = arena_new();
	return baseline;
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

/* The observations that checks of the target need, each once; the caller frees. */
static uint32_t *observations_of(const struct plan *plan, size_t target, size_t *count)
{
	size_t first = plan->first_check[target], end = plan->first_check[target + 1], all = 0;
	uint32_t *numbers = memory_new(end - first + 1, sizeof *numbers);

	for (size_t i = first; i < end; i++)
		if (plan->checks[i].observation != NO_OBSERVATION)
			numbers[all++] = plan->checks[i].observation;
	if (all)
		qsort(numbers, all, sizeof *numbers, compare_numbers);
	*count = 0;
	for (size_t i = 0; i < all; i++)
		if (!i || numbers[i] != numbers[i - 1])
			numbers[(*count)++] = numbers[i];
	return numbers;
}

/* Two that are asked for alike, but with other limits or authorities. */
static const char *make_unique(const struct baseline *baseline, const char *what)
{
	struct text other = { 0 };
	unsigned times = 1;
	const char *copy;

	for (size_t i = 0; i < baseline->count; i++) {
		text_clear(&other);
		text_add_format(&other, "%s (%u)", what, times);
		if (!strcmp(baseline->looks[i].what, times == 1 ? what : text_string(&other)))
			times++;
	}
	text_clear(&other);
	text_add_format(&other, "%s (%u)", what, times);
	copy = times == 1 ? what : arena_copy(baseline->arena, text_string(&other));
	text_free(&other);
	return copy;
}

struct baseline *baseline_of(const struct results *results, size_t target)
{
	struct baseline *baseline = baseline_new();
	size_t count;
	uint32_t *numbers = observations_of(results->plan, target, &count);

	for (size_t i = 0; i < count; i++) {
		const struct observation *seen = results->observations[numbers[i]];
		enum reason reason = seen ? seen->outcome.reason : REASON_NONE;

		if (!seen) {
			baseline->unseen++;
			continue;
		}
		const struct request *request = &results->plan->observations[numbers[i]].request;
		struct baseline_look *look = add_look(
			baseline, make_unique(baseline, name_of(request, baseline->arena)),
			reason == REASON_NONE ? observed : reason_word(reason));
		add_facts(baseline, look, seen->facts);
	}
	free(numbers);
	sort(baseline);
	return baseline;
}

void baseline_free(struct baseline *baseline)
{
	if (!baseline)
		return;
	for (size_t i = 0; i < baseline->count; i++)
		free(baseline->looks[i].facts);
	free(baseline->looks);
	arena_free(baseline->arena);
	free(baseline);
}

/* --- written and read ---------------------------------------------------------------------- */

void baseline_format(const struct baseline *baseline, struct text *out)
{
	text_add_format(out, "%s\n", head);
	for (size_t i = 0; i < baseline->count; i++) {
		const struct baseline_look *look = &baseline->looks[i];

		fields_add(out, look->what, '\t');
		fields_add(out, look->outcome, '\n');
		for (size_t at = 0; at < look->fact_count; at++) {
			text_add_char(out, '\t');
			fields_add(out, look->facts[at].name, '\t');
			fields_add(out, look->facts[at].value, '\n');
		}
	}
	text_add_format(out, "end %zu\n", baseline->count);
}

/* Two fields; false when the line is no such thing. */
static bool take_pair(const char *bytes, size_t length, struct arena *arena, const char *pair[2])
{
	const char *tab = memchr(bytes, '\t', length);
	struct reader line;

	if (!tab)
		return false;
	reader_init(&line, bytes, length);
	pair[0] = fields_take(&line, arena, '\t');
	pair[1] = fields_take(&line, arena, '\n');
	return pair[0] && pair[1];
}

static bool take_line(struct baseline *baseline, const char *line, size_t length)
{
	const char *pair[2];
	bool is_fact = length && *line == '\t';

	if (!take_pair(line + is_fact, length - is_fact, baseline->arena, pair))
		return false;
	if (!is_fact)
		add_look(baseline, pair[0], pair[1]);
	else if (baseline->count)
		add_fact(&baseline->looks[baseline->count - 1], pair[0], pair[1]);
	return baseline->count;
}

static bool parse(struct baseline *baseline, struct reader *in)
{
	struct text end = { 0 };
	const char *line;
	size_t length;
	bool ended = false;

	if (!reader_take_line(in, &line, &length) || length != strlen(head) ||
	    memcmp(line, head, length) != 0)
		return false;
	while (!ended && reader_take_line(in, &line, &length)) {
		text_clear(&end);
		text_add_format(&end, "end %zu", baseline->count);
		ended = length == end.length && !memcmp(line, end.bytes, length);
		if (!ended && !take_line(baseline, line, length))
			break;
	}
	text_free(&end);
	return ended && !reader_left(in);
}

struct baseline *baseline_parse(const char *bytes, size_t length)
{
	struct baseline *baseline = baseline_new();
	struct reader in;

	reader_init(&in, bytes, length);
	if (parse(baseline, &in)) {
		sort(baseline);
		return baseline;
	}
	baseline_free(baseline);
	return NULL;
}

/* --- compared ------------------------------------------------------------------------------ */

struct comparison {
	void (*tell)(void *arg, const struct difference *difference);
	void *arg;
	const char *look;
};

const char *baseline_kind_word(enum baseline_kind kind)
{
	static const char *const words[] = {
#define BASELINE_WORD(constant, word) word,
		BASELINE_KINDS(BASELINE_WORD)
#undef BASELINE_WORD
	};

	return words[kind];
}

bool difference_counts(const struct difference *difference)
{
	return difference->kind != BASELINE_NOT_LOOKED_AT_THEN &&
	       difference->kind != BASELINE_NOT_LOOKED_AT_NOW;
}

static void tell(const struct comparison *comparison, enum baseline_kind kind,
		 const struct baseline_fact *then, const struct baseline_fact *now)
{
	const struct difference difference = { .kind = kind,
					       .look = comparison->look,
					       .fact = then ? then->name : now->name,
					       .then = then ? then->value : NULL,
					       .now = now ? now->value : NULL };

	comparison->tell(comparison->arg, &difference);
}

/* ended: one of the two failed, so that what it does not say is no news. */
static void compare_seen(const struct comparison *comparison, const struct baseline_look *then,
			 const struct baseline_look *now, bool ended)
{
	size_t i = 0, j = 0;

	while (i < then->fact_count || j < now->fact_count) {
		const struct baseline_fact *a = i < then->fact_count ? &then->facts[i] : NULL;
		const struct baseline_fact *b = j < now->fact_count ? &now->facts[j] : NULL;
		int order = !a ? 1 : !b ? -1 : strcmp(a->name, b->name);

		if (order < 0 && !ended)
			tell(comparison, BASELINE_WENT, a, NULL);
		else if (order > 0 && !ended)
			tell(comparison, BASELINE_APPEARED, NULL, b);
		else if (!order && strcmp(a->value, b->value) != 0)
			tell(comparison, BASELINE_CHANGED, a, b);
		i += order <= 0;
		j += order >= 0;
	}
}

static void tell_whole(const struct comparison *comparison, enum baseline_kind kind,
		       const struct baseline_look *then, const struct baseline_look *now)
{
	const struct difference difference = { .kind = kind,
					       .look = comparison->look,
					       .then = then ? then->outcome : NULL,
					       .now = now ? now->outcome : NULL };

	comparison->tell(comparison->arg, &difference);
}

static void compare_both(const struct comparison *comparison, const struct baseline_look *then,
			 const struct baseline_look *now)
{
	bool was_seen = !strcmp(then->outcome, observed), is_seen = !strcmp(now->outcome, observed);

	if (was_seen && !is_seen)
		tell_whole(comparison, BASELINE_NOT_SEEN_NOW, then, now);
	if (!was_seen && is_seen)
		tell_whole(comparison, BASELINE_NOT_SEEN_THEN, then, now);
	compare_seen(comparison, then, now, !was_seen || !is_seen);
}

void baseline_compare(const struct baseline *then, const struct baseline *now,
		      void (*hear)(void *arg, const struct difference *difference), void *arg)
{
	struct comparison comparison = { hear, arg, NULL };
	size_t i = 0, j = 0;

	while (i < then->count || j < now->count) {
		const struct baseline_look *a = i < then->count ? &then->looks[i] : NULL;
		const struct baseline_look *b = j < now->count ? &now->looks[j] : NULL;
		int order = !a ? 1 : !b ? -1 : strcmp(a->what, b->what);

		comparison.look = order <= 0 ? a->what : b->what;
		if (order < 0)
			tell_whole(&comparison, BASELINE_NOT_LOOKED_AT_NOW, a, NULL);
		else if (order > 0)
			tell_whole(&comparison, BASELINE_NOT_LOOKED_AT_THEN, NULL, b);
		else
			compare_both(&comparison, a, b);
		i += order <= 0;
		j += order >= 0;
	}
}
