/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/facts.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ground/clock.h"
#include "ground/memory.h"

/* Most sets have a few facts; an agent keeps very many sets. */
enum { FOREIGN_MOST = 512, FIRST_ROOM = 2 };

struct facts {
	struct fact *items;
	size_t count, room;
	struct arena *arena;		/* NULL until there is something to copy */
	struct facts **records;		/* ours to free, whichever row has them */
	size_t record_count, record_room;
};

struct facts *facts_new(void)
{
	return memory_new(1, sizeof(struct facts));
}

void facts_free(struct facts *facts)
{
	if (!facts)
		return;
	for (size_t i = 0; i < facts->record_count; i++)
		facts_free(facts->records[i]);
	free(facts->records);
	arena_free(facts->arena);
	free(facts->items);
	free(facts);
}

size_t facts_count(const struct facts *facts)
{
	return facts->count;
}

const struct fact *facts_at(const struct facts *facts, size_t index)
{
	assert(index < facts->count);
	return &facts->items[index];
}

const struct fact *facts_get(const struct facts *facts, const struct fact_descriptor *about)
{
	for (size_t i = 0; i < facts->count; i++)
		if (facts->items[i].about == about)
			return &facts->items[i];
	return NULL;
}

/* The row for a descriptor, emptied. Sets are small: a search beats an index. */
static struct fact *facts_row(struct facts *facts, const struct fact_descriptor *about)
{
	struct fact *row = NULL;

	for (size_t i = 0; i < facts->count && !row; i++)
		if (facts->items[i].about == about)
			row = &facts->items[i];
	if (!row) {
		if (facts->count == facts->room) {
			facts->room = facts->room ? 2 * facts->room : FIRST_ROOM;
			facts->items = memory_resize(facts->items, facts->room,
						     sizeof *facts->items);
		}
		row = &facts->items[facts->count++];
	}
	*row = (struct fact){ .about = about };
	return row;
}

void facts_set_boolean(struct facts *facts, const struct fact_descriptor *about, bool truth)
{
	assert(about->type == FACT_BOOLEAN);
	facts_row(facts, about)->truth = truth;
}

void facts_set_integer(struct facts *facts, const struct fact_descriptor *about, int64_t number)
{
	assert(about->type == FACT_INTEGER);
	facts_row(facts, about)->integer = number;
}

void facts_set_real(struct facts *facts, const struct fact_descriptor *about, double number)
{
	assert(about->type == FACT_REAL);
	facts_row(facts, about)->real = number;
}

void facts_set_time(struct facts *facts, const struct fact_descriptor *about, int64_t wall_us)
{
	assert(about->type == FACT_TIME);
	facts_row(facts, about)->integer = wall_us;
}

static void *room_for(struct facts *facts, size_t size)
{
	if (!facts->arena)
		facts->arena = arena_new();
	return arena_take(facts->arena, size);
}

/* A word of the table need not be copied. */
static const char *keep_text(struct facts *facts, const struct fact_descriptor *about,
			     const char *text)
{
	size_t size = strlen(text) + 1;

	for (size_t i = 0; about->words && about->words[i]; i++)
		if (!strcmp(about->words[i], text))
			return about->words[i];
	return memcpy(room_for(facts, size), text, size);
}

void facts_set_text(struct facts *facts, const struct fact_descriptor *about, const char *text)
{
	assert(about->type == FACT_TEXT);
	facts_row(facts, about)->text = keep_text(facts, about, text);
}

void facts_set_foreign(struct facts *facts, const struct fact_descriptor *about,
		       const void *bytes, size_t length)
{
	struct text safe = { 0 };

	text_add_foreign(&safe, bytes, length, FOREIGN_MOST);
	facts_set_text(facts, about, text_string(&safe));
	text_free(&safe);
}

void facts_set_texts(struct facts *facts, const struct fact_descriptor *about,
		     const char *const *texts, size_t count)
{
	const char **copy = room_for(facts, count * sizeof *copy);
	struct fact *row;

	assert(about->type == FACT_TEXTS);
	for (size_t i = 0; i < count; i++)
		copy[i] = keep_text(facts, about, texts[i]);
	row = facts_row(facts, about);
	row->texts = copy;
	row->count = count;
}

void facts_set_numbers(struct facts *facts, const struct fact_descriptor *about,
		       const int64_t *numbers, size_t count)
{
	int64_t *copy = room_for(facts, count * sizeof *copy);
	struct fact *row;

	assert(about->type == FACT_NUMBERS);
	if (count)
		memcpy(copy, numbers, count * sizeof *copy);
	row = facts_row(facts, about);
	row->numbers = copy;
	row->count = count;
}

/* With room for one more; a list moves when its length has doubled. */
static struct facts **records_with_room(struct facts *facts, const struct fact *before)
{
	size_t count = before ? before->count : 0;
	struct facts **list;

	if (count & (count - 1))
		return (struct facts **)before->records;
	list = room_for(facts, (count ? 2 * count : 1) * sizeof *list);
	if (count)
		memcpy(list, before->records, count * sizeof *list);
	return list;
}

struct facts *facts_add_record(struct facts *facts, const struct fact_descriptor *about)
{
	const struct fact *before = facts_get(facts, about);
	size_t count = before ? before->count : 0;
	struct facts **list = records_with_room(facts, before);
	struct fact *row;

	assert(about->type == FACT_RECORDS);
	list[count] = facts_new();
	facts->records = memory_room_for(facts->records, facts->record_count,
					 &facts->record_room, sizeof *facts->records);
	facts->records[facts->record_count++] = list[count];
	row = facts_row(facts, about);
	row->records = list;
	row->count = count + 1;
	return list[count];
}

/* Its memory goes with the set's. */
void facts_drop(struct facts *facts, const struct fact_descriptor *about)
{
	size_t kept = 0;

	for (size_t i = 0; i < facts->count; i++)
		if (facts->items[i].about != about)
			facts->items[kept++] = facts->items[i];
	facts->count = kept;
}

/* 22 80 5060-5062: a sweep's result stays readable. */
static void describe_numbers(const struct fact *fact, struct text *out)
{
	for (size_t i = 0, last; i < fact->count; i = last + 1) {
		for (last = i; last + 1 < fact->count &&
		     fact->numbers[last + 1] == fact->numbers[last] + 1; last++)
			;
		if (i)
			text_add_char(out, ' ');
		text_add_format(out, "%" PRId64, fact->numbers[i]);
		if (last > i)
			text_add_format(out, "-%" PRId64, fact->numbers[last]);
	}
}

/* subject=CN=a issuer=CN=b; subject=… */
static void describe_records(const struct fact *fact, struct text *out)
{
	for (size_t i = 0; i < fact->count; i++) {
		const struct facts *record = fact->records[i];

		for (size_t j = 0; j < record->count; j++) {
			text_add(out, j ? " " : i ? "; " : "");
			text_add_format(out, "%s=", record->items[j].about->name);
			fact_describe(&record->items[j], out);
		}
	}
}

void fact_describe(const struct fact *fact, struct text *out)
{
	char stamp[CLOCK_STAMP_ROOM];

	switch (fact->about->type) {
	case FACT_BOOLEAN:
		text_add(out, fact->truth ? "true" : "false");
		break;
	case FACT_INTEGER:
		text_add_format(out, "%" PRId64, fact->integer);
		break;
	case FACT_REAL:
		text_add_format(out, "%.6g", fact->real);
		break;
	case FACT_TIME:
		clock_format(fact->integer, stamp);
		text_add(out, stamp);
		break;
	case FACT_TEXT:
		text_add(out, fact->text);
		break;
	case FACT_TEXTS:
		for (size_t i = 0; i < fact->count; i++) {
			if (i)
				text_add_char(out, ' ');
			text_add(out, fact->texts[i]);
		}
		break;
	case FACT_NUMBERS:
		describe_numbers(fact, out);
		break;
	case FACT_RECORDS:
		describe_records(fact, out);
		break;
	}
}

static void fact_to_json(const struct fact *fact, struct json *json)
{
	const char *key = fact->about->name;
	char stamp[CLOCK_STAMP_ROOM];

	switch (fact->about->type) {
	case FACT_BOOLEAN:
		json_boolean(json, key, fact->truth);
		break;
	case FACT_INTEGER:
		json_integer(json, key, fact->integer);
		break;
	case FACT_REAL:
		json_real(json, key, fact->real, 6);
		break;
	case FACT_TIME:
		clock_format(fact->integer, stamp);
		json_string(json, key, stamp);
		break;
	case FACT_TEXT:
		json_string(json, key, fact->text);
		break;
	case FACT_TEXTS:
		json_open_array(json, key);
		for (size_t i = 0; i < fact->count; i++)
			json_string(json, NULL, fact->texts[i]);
		json_close_array(json);
		break;
	case FACT_NUMBERS:
		json_open_array(json, key);
		for (size_t i = 0; i < fact->count; i++)
			json_integer(json, NULL, fact->numbers[i]);
		json_close_array(json);
		break;
	case FACT_RECORDS:
		json_open_array(json, key);
		for (size_t i = 0; i < fact->count; i++)
			facts_to_json(fact->records[i], json, NULL);
		json_close_array(json);
		break;
	}
}

void facts_to_json(const struct facts *facts, struct json *json, const char *key)
{
	json_open_object(json, key);
	for (size_t i = 0; i < facts->count; i++)
		fact_to_json(&facts->items[i], json);
	json_close_object(json);
}
