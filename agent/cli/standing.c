/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/standing.h"

#include <stdlib.h>
#include <string.h>

#include "agent/cli/cli.h"
#include "ground/clock.h"

enum verdict standing_verdict(const struct value *map, const char *key)
{
	const char *word = answer_text(map, key);

	for (unsigned i = 0; i < VERDICT_COUNT; i++)
		if (!strcmp(word, verdict_word((enum verdict)i)))
			return (enum verdict)i;
	return VERDICT_UNKNOWN;
}

void standing_score(const struct value *map, struct score *counts)
{
	const struct value *said = answer_member(map, "counts");

	*counts = (struct score){ 0 };
	for (unsigned i = 0; i < VERDICT_COUNT; i++)
		counts->counts[i] =
			(unsigned)answer_number(said, verdict_word((enum verdict)i));
}

void standing_add_percent(struct text *out, const struct value *map)
{
	const struct value *score = answer_member(map, "score");

	if (score && score->kind == VALUE_NUMBER)
		text_add_format(out, "%.0f %%", 100 * score->number);
	else
		text_add(out, "none");
}

void standing_add_since(struct text *out, const struct value *map, const char *key)
{
	int64_t since_us = answer_time(map, key);

	if (!since_us)
		return;
	screen_add_time(out, since_us);
	text_add(out, " (");
	screen_add_age(out, clock_wall_us() - since_us);
	text_add(out, ")");
}

static unsigned severity_of(const struct value *alarm)
{
	enum severity severity;

	return severity_named(answer_text(alarm, "severity"), &severity) ? severity
									: SEVERITY_COUNT;
}

int standing_compare_alarms(const struct value *a, const struct value *b)
{
	const struct value *left = answer_member(a, "alarm"), *right = answer_member(b, "alarm");
	enum verdict of_left = standing_verdict(left, "verdict"),
		     of_right = standing_verdict(right, "verdict");
	int64_t began_left = answer_time(left, "since"), began_right = answer_time(right, "since");

	/* What is not raised yet comes last. */
	if (of_left != of_right)
		return verdict_worse(of_left, of_right) == of_left ? -1 : 1;
	if (severity_of(left) != severity_of(right))
		return severity_of(left) < severity_of(right) ? -1 : 1;
	return began_left < began_right ? -1 : began_left > began_right;
}

void standing_add_marks(struct text *out, const struct value *alarm)
{
	struct text marks = { 0 };

	if (answer_truth(alarm, "held"))
		text_add_item(&marks, ", ", "held back");
	else if (standing_verdict(alarm, "verdict") == VERDICT_OK)
		text_add_item(&marks, ", ", "not raised yet");
	if (answer_truth(alarm, "flapping"))
		text_add_item(&marks, ", ", "flapping");
	if (marks.length)
		text_add_format(out, "(%s) ", text_string(&marks));
	text_free(&marks);
}

struct order {
	int (*compare)(const struct value *a, const struct value *b);
};

struct item {
	const struct value *value;
	size_t place;
};

static int compare_items(const void *a, const void *b, void *arg)
{
	const struct item *left = a, *right = b;
	const struct order *order = arg;
	int result = order->compare(left->value, right->value);

	if (result)
		return result;
	return left->place < right->place ? -1 : left->place > right->place;
}

const struct value **standing_sort(const struct value *first,
				   int (*compare)(const struct value *a, const struct value *b))
{
	struct order order = { compare };
	struct item *items = NULL;
	const struct value **sorted;
	size_t count = 0, room = 0;

	for (const struct value *at = first; at; at = at->next) {
		items = memory_room_for(items, count, &room, sizeof *items);
		items[count] = (struct item){ at, count };
		count++;
	}
	if (count)
		qsort_r(items, count, sizeof *items, compare_items, &order);
	sorted = memory_new(count + 1, sizeof *sorted);
	for (size_t i = 0; i < count; i++)
		sorted[i] = items[i].value;
	free(items);
	return sorted;
}

unsigned standing_width(const struct value *const *items, const char *key, unsigned least,
			unsigned most)
{
	unsigned width = least;
	struct text safe = { 0 };

	for (; *items; items++) {
		text_clear(&safe);
		screen_add_safe(&safe, answer_text(*items, key));
		unsigned columns = screen_columns(text_string(&safe));

		width = columns > width ? columns : width;
	}
	text_free(&safe);
	return width < most ? width : most;
}
