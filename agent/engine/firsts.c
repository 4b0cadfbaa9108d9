/* SPDX-License-Identifier: Apache-2.0
 *
 * The file is text: a first line with its version, a line for each value, of fields between
 * tabs, and a last line with their number, so that a file cut short is noticed.
 */
#include "agent/engine/firsts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "agent/engine/fields.h"
#include "ground/clock.h"
#include "ground/memory.h"

enum { FIELDS = 5 };

static const char head[] = "ucposture first-seen ";

struct firsts *firsts_new(void)
{
	struct firsts *firsts = memory_new(1, sizeof *firsts);

	firsts->arena = arena_new();
	return firsts;
}

void firsts_free(struct firsts *firsts)
{
	if (!firsts)
		return;
	free(firsts->items);
	free(firsts->folder);
	arena_free(firsts->arena);
	free(firsts);
}

static int compare(const void *a, const void *b)
{
	const struct first *left = a, *right = b;
	int order = strcmp(left->target, right->target);

	if (!order)
		order = strcmp(left->check, right->check);
	return order ? order : strcmp(left->fact, right->fact);
}

const struct first *firsts_recall(const struct recollection *recollection, const char *fact)
{
	const struct firsts *firsts = recollection->firsts;
	const struct first key = { .target = recollection->target,
				   .check = recollection->check,
				   .fact = fact };

	if (!firsts || !firsts->sorted)
		return NULL;
	return bsearch(&key, firsts->items, firsts->sorted, sizeof key, compare);
}

bool firsts_keep(const struct recollection *recollection)
{
	return recollection->firsts && recollection->firsts->keeps;
}

void firsts_add(struct firsts *firsts, const struct first *first)
{
	struct arena *arena = firsts->arena;

	firsts->items = memory_room_for(firsts->items, firsts->count, &firsts->room,
					sizeof *firsts->items);
	firsts->items[firsts->count++] = (struct first){
		.target = arena_copy(arena, first->target),
		.check = arena_copy(arena, first->check),
		.fact = arena_copy(arena, first->fact),
		.value = arena_copy(arena, first->value),
		.seen_us = first->seen_us,
		.replaces = first->replaces,
	};
}

bool firsts_settle(struct firsts *firsts)
{
	if (firsts->count)
		qsort(firsts->items, firsts->count, sizeof *firsts->items, compare);
	firsts->sorted = firsts->count;
	for (size_t i = 1; i < firsts->count; i++)
		if (!compare(&firsts->items[i - 1], &firsts->items[i]))
			return false;
	return true;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_numbers(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

/* Servers give the same addresses and suites in another order each time. */
static void add_texts(const struct fact *fact, struct text *value)
{
	const char **texts = memory_new(fact->count, sizeof *texts);

	memcpy(texts, fact->texts, fact->count * sizeof *texts);
	qsort(texts, fact->count, sizeof *texts, compare_texts);
	for (size_t i = 0; i < fact->count; i++)
		text_add_format(value, "%s%s", i ? "\n" : "", texts[i]);
	free(texts);
}

static void add_numbers(const struct fact *fact, struct text *value)
{
	int64_t *numbers = memory_new(fact->count, sizeof *numbers);

	memcpy(numbers, fact->numbers, fact->count * sizeof *numbers);
	qsort(numbers, fact->count, sizeof *numbers, compare_numbers);
	for (size_t i = 0; i < fact->count; i++)
		text_add_format(value, "%s%" PRId64, i ? "\n" : "", numbers[i]);
	free(numbers);
}

void firsts_value(const struct fact *fact, struct text *value)
{
	bool list = fact->about->type == FACT_TEXTS || fact->about->type == FACT_NUMBERS;

	if (!list)
		fact_describe(fact, value);
	else if (fact->count && fact->about->type == FACT_TEXTS)
		add_texts(fact, value);
	else if (fact->count)
		add_numbers(fact, value);
}

void firsts_format(const struct firsts *firsts, struct text *out)
{
	text_add_format(out, "%s1\n", head);
	for (size_t i = 0; i < firsts->count; i++) {
		const struct first *first = &firsts->items[i];
		char stamp[CLOCK_STAMP_ROOM];

		clock_format(first->seen_us, stamp);
		fields_add(out, first->target, '\t');
		fields_add(out, first->check, '\t');
		fields_add(out, first->fact, '\t');
		fields_add(out, stamp, '\t');
		fields_add(out, first->value, '\n');
	}
	text_add_format(out, "end %zu\n", firsts->count);
}

static bool take_first(struct firsts *firsts, const char *bytes, size_t length)
{
	const char *fields[FIELDS];
	struct first first = { 0 };
	struct reader line;
	size_t tabs = 0;

	for (size_t i = 0; i < length; i++)
		tabs += bytes[i] == '\t';
	if (tabs != FIELDS - 1)
		return false;
	reader_init(&line, bytes, length);
	for (size_t i = 0; i < FIELDS; i++) {
		fields[i] = fields_take(&line, firsts->arena, i < FIELDS - 1 ? '\t' : '\n');
		if (!fields[i])
			return false;
	}
	first = (struct first){ .target = fields[0],
				.check = fields[1],
				.fact = fields[2],
				.value = fields[4] };
	if (!clock_parse(fields[3], &first.seen_us))
		return false;
	firsts_add(firsts, &first);
	return true;
}

/* 1 to nine digits and nothing else. */
static bool take_number(const char *bytes, size_t length, size_t *number)
{
	*number = 0;
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] < '0' || bytes[i] > '9')
			return false;
		*number = *number * 10 + (size_t)(bytes[i] - '0');
	}
	return length > 0 && length <= 9;
}

static enum firsts_kind take_head(struct reader *in)
{
	const char *line;
	size_t length, version, stem = strlen(head);

	if (!reader_take_line(in, &line, &length) || length <= stem ||
	    memcmp(line, head, stem) != 0 ||
	    !take_number(line + stem, length - stem, &version) || !version)
		return FIRSTS_DAMAGED;
	return version == 1 ? FIRSTS_GOOD : FIRSTS_NEWER;
}

static bool take_body(struct firsts *firsts, struct reader *in)
{
	const char *line;
	size_t length, count;

	while (reader_take_line(in, &line, &length)) {
		if (length > 4 && !memcmp(line, "end ", 4))
			return take_number(line + 4, length - 4, &count) &&
			       count == firsts->count && !reader_left(in);
		if (!take_first(firsts, line, length))
			return false;
	}
	return false;
}

enum firsts_kind firsts_parse(struct firsts *firsts, const char *bytes, size_t length)
{
	enum firsts_kind kind;
	struct reader in;

	reader_init(&in, bytes, length);
	kind = take_head(&in);
	if (kind == FIRSTS_GOOD && (!take_body(firsts, &in) || !firsts_settle(firsts)))
		kind = FIRSTS_DAMAGED;
	if (kind != FIRSTS_GOOD)
		firsts->count = firsts->sorted = 0;
	return kind;
}
