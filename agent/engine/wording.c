/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/wording.h"

#include <inttypes.h>
#include <string.h>

#include "agent/engine/entries.h"
#include "agent/plan/operators.h"
#include "ground/clock.h"

/* Names of cipher suites are long: a list of them ends earlier than one of ports. */
enum { LIST_MOST = 24, LIST_SHORT = 8, CHARACTERS_MOST = 240 };

static bool is_full(const struct text *out, size_t start, size_t shown)
{
	return shown == LIST_MOST || out->length - start > CHARACTERS_MOST;
}

/* How each operator is said before its operands. */
static const char *const phrases[OPERATOR_COUNT] = {
	[OPERATOR_IS] = "",
	[OPERATOR_IS_NOT] = "not ",
	[OPERATOR_ONE_OF] = "one of ",
	[OPERATOR_NONE_OF] = "no ",
	[OPERATOR_ONLY] = "only ",
	[OPERATOR_ALL_OF] = "all of ",
	[OPERATOR_WITHIN] = "within ",
	[OPERATOR_MATCHES] = "matching ",
	[OPERATOR_AT_LEAST] = "at least ",
	[OPERATOR_AT_MOST] = "at most ",
	[OPERATOR_PRESENT] = "present",
	[OPERATOR_ABSENT] = "absent",
	[OPERATOR_REMAINING] = "≥ ",
	[OPERATOR_UNCHANGED] = "unchanged since ",
};

bool wording_needs_names(const struct expectation *expectations, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (expectations[i].fact != expectations[0].fact ||
		    expectations[i].fact->type == FACT_BOOLEAN ||
		    expectations[i].operator == OPERATOR_PRESENT ||
		    expectations[i].operator == OPERATOR_ABSENT)
			return true;
	return false;
}

/* Two of a unit at least, so that "1 days" never comes up and little is rounded away. */
static void add_span(struct text *out, int64_t us)
{
	int64_t minutes = us / CLOCK_SECOND / 60;

	if (minutes >= 2 * 24 * 60)
		text_add_format(out, "%" PRId64 " days", minutes / 60 / 24);
	else if (minutes >= 2 * 60)
		text_add_format(out, "%" PRId64 " hours", minutes / 60);
	else
		text_add_format(out, "%" PRId64 " min", minutes);
}

static void add_remaining(struct text *out, const struct expectation *expectation)
{
	const struct remaining *least = &expectation->warning;

	if (!least->us && least->share <= 0)
		least = &expectation->critical;
	if (least->us)
		add_span(out, least->us);
	if (least->share_below_us) {
		text_add_format(out, " left, or %g %% of a life below ", least->share * 100);
		add_span(out, least->share_below_us);
		return;
	}
	if (least->us && least->share > 0)
		text_add(out, " or ");
	if (least->share > 0)
		text_add_format(out, "%g %% of its life", least->share * 100);
	text_add(out, " left");
}

/* That it is written in hexadecimal is plain to see. */
static void add_unit(struct text *out, const struct fact_descriptor *about)
{
	if (about->unit && strcmp(about->unit, "hex") != 0)
		text_add_format(out, " %s", about->unit);
}

static void add_operands(struct text *out, const struct expectation *expectation)
{
	size_t start = out->length, i;

	for (i = 0; i < expectation->count && !is_full(out, start, i); i++)
		text_add_format(out, "%s%s", i ? ", " : "", expectation->operands[i].text);
	if (i < expectation->count)
		text_add_format(out, ", … (%zu in all)", expectation->count);
	if (!expectation->count)
		text_add(out, "nothing");
	add_unit(out, expectation->fact);
}

/* Goes through the lines of a value of firsts_value(); an empty one has none. */
static bool next_line(const char **value, const char **line, size_t *length)
{
	if (!**value)
		return false;
	*line = *value;
	*length = strcspn(*value, "\n");
	*value += *length + ((*value)[*length] == '\n');
	return true;
}

void wording_first(const struct first *first, struct text *out)
{
	const char *rest = first->value, *line;
	char stamp[CLOCK_STAMP_ROOM];
	size_t start, shown = 0, length;

	clock_format(first->seen_us, stamp);
	text_add_format(out, "%.10s: ", stamp);
	start = out->length;
	while (!is_full(out, start, shown) && next_line(&rest, &line, &length))
		text_add_format(out, "%s%.*s", shown++ ? " " : "", (int)length, line);
	if (!shown)
		text_add(out, "none");
	if (*rest)
		text_add(out, " …");
}

static void add_unchanged(struct text *out, const struct expectation *expectation,
			  const struct recollection *recollection)
{
	const struct first *first =
		recollection ? firsts_recall(recollection, expectation->fact->name) : NULL;

	if (first)
		wording_first(first, out);
	else
		text_add(out, "first seen");
}

/* Which entries of a list, and how many of them. */
static void add_entry(struct text *out, const struct expectation *expectation)
{
	enum operator operator = expectation->operator;

	text_add_format(out, "%s entry like '%s'",
			operator== OPERATOR_PRESENT  ? "an"
			: operator== OPERATOR_ABSENT ? "no"
						     : "every",
			expectation->entry);
	if (operator_speaks_of_each(operator))
		text_add_format(out, " %s", phrases[operator]);
}

static void add_expectation(struct text *out, const struct expectation *expectation,
			    const struct recollection *recollection)
{
	if (expectation->entry)
		add_entry(out, expectation);
	else
		text_add(out, phrases[expectation->operator]);
	switch (expectation->operator) {
	case OPERATOR_PRESENT:
	case OPERATOR_ABSENT:
		break;
	case OPERATOR_REMAINING:
		add_remaining(out, expectation);
		break;
	case OPERATOR_UNCHANGED:
		add_unchanged(out, expectation, recollection);
		break;
	default:
		if (expectation->allowed_ports)
			text_add(out, "ports that a rule names");
		else
			add_operands(out, expectation);
	}
}

void wording_expected(const struct expectation *expectations, size_t count,
		      const struct recollection *recollection, struct text *out)
{
	bool names = wording_needs_names(expectations, count);

	for (size_t i = 0; i < count; i++) {
		if (i)
			text_add(out, "; ");
		if (names)
			text_add_format(out, "%s: ", expectations[i].fact->name);
		add_expectation(out, &expectations[i], recollection);
	}
}

static void add_element(struct text *out, const struct fact *fact, size_t element)
{
	if (fact->about->type == FACT_NUMBERS)
		text_add_format(out, "%" PRId64, fact->numbers[element]);
	else
		text_add(out, fact->texts[element]);
}

/* The last element of the run of offending, consecutive numbers that begins here. */
static size_t run_end(const struct fact *fact, size_t element,
		      const struct expectation *expectation)
{
	if (fact->about->type != FACT_NUMBERS)
		return element;
	while (element + 1 < fact->count &&
	       (uint64_t)fact->numbers[element + 1] - (uint64_t)fact->numbers[element] == 1 &&
	       operator_offends(fact, element + 1, expectation))
		element++;
	return element;
}

static void add_offenders(struct text *out, const struct fact *fact,
			  const struct expectation *expectation)
{
	size_t shown = 0, start = out->length;

	for (size_t i = 0, last; i < fact->count; i = last + 1) {
		last = i;
		if (!operator_offends(fact, i, expectation))
			continue;
		last = run_end(fact, i, expectation);
		if (is_full(out, start, shown)) {
			text_add(out, ", …");
			break;
		}
		if (shown++)
			text_add(out, ", ");
		add_element(out, fact, i);
		if (last > i)
			text_add_char(out, '-');
		if (last > i)
			add_element(out, fact, last);
	}
	text_add_format(out, " (of %zu)", fact->count);
}

static void add_left(struct text *out, const struct fact *fact, int64_t wall_us)
{
	int64_t left_us = operator_time_left(fact, wall_us);

	if (left_us < 0) {
		text_add(out, "ended ");
		add_span(out, -left_us);
		text_add(out, " ago (");
	} else {
		add_span(out, left_us);
		text_add(out, " left (");
	}
	fact_describe(fact, out);
	text_add_char(out, ')');
}

/* A list speaks for itself while it is short; of a long one only the culprits matter. */
static bool shows_offenders(const struct fact *fact, const struct expectation *expectation)
{
	if (!operator_sees_list(fact))
		return false;
	if (expectation->operator == OPERATOR_NONE_OF && fact->count <= LIST_SHORT)
		return false;
	return (expectation->operator == OPERATOR_ONLY ||
		expectation->operator == OPERATOR_NONE_OF) &&
	       !operator_holds(fact, expectation);
}

/* All of it while it is short; the JSON of `observe` has it in full. */
static void add_value(struct text *out, const struct fact *fact)
{
	struct text whole = { 0 };
	size_t start = out->length, i = 0;

	fact_describe(fact, &whole);
	if (whole.length <= 2 * CHARACTERS_MOST || fact->about->type != FACT_TEXTS) {
		text_add(out, text_string(&whole));
		add_unit(out, fact->about);
	} else {
		for (; i < fact->count && !is_full(out, start, i); i++)
			text_add_format(out, "%s%s", i ? " " : "", fact->texts[i]);
		if (i < fact->count)
			text_add_format(out, " … (of %zu)", fact->count);
	}
	text_free(&whole);
}

static bool has_line(const char *value, const char *line, size_t length)
{
	const char *other;
	size_t other_length;

	while (next_line(&value, &other, &other_length))
		if (other_length == length && !memcmp(other, line, length))
			return true;
	return false;
}

/* The lines of `value` that `other` has not. */
static void add_difference(struct text *out, const char *word, const char *value,
			   const char *other)
{
	size_t start = out->length, shown = 0, length;
	const char *line;

	while (next_line(&value, &line, &length)) {
		if (has_line(other, line, length))
			continue;
		if (is_full(out, start, shown)) {
			text_add(out, ", …");
			return;
		}
		if (!shown++)
			text_add_item(out, "; ", word);
		else
			text_add_char(out, ',');
		text_add_format(out, " %.*s", (int)length, line);
	}
}

/* Of a list that has changed only the change matters. */
static bool add_change(struct text *out, const struct fact *fact, const struct first *first)
{
	struct text value = { 0 }, change = { 0 };
	bool changed;

	firsts_value(fact, &value);
	if (operator_sees_list(fact) && first->value[0] && operator_elements(fact)) {
		add_difference(&change, "new", text_string(&value), first->value);
		add_difference(&change, "gone", first->value, text_string(&value));
	}
	changed = change.length;
	text_add(out, text_string(&change));
	text_free(&value);
	text_free(&change);
	return changed;
}

static void add_unchanged_value(struct text *out, const struct fact *fact,
				const struct recollection *recollection)
{
	const struct first *first = firsts_recall(recollection, fact->about->name);

	if (first && add_change(out, fact, first))
		return;
	if (operator_elements(fact))
		add_value(out, fact);
	else
		text_add(out, "none");
	if (!first)
		text_add(out, firsts_keep(recollection) ? " (first seen now)"
							: " (cannot be remembered)");
}

void wording_observed(const struct fact *fact, const struct expectation *expectation,
		      const struct recollection *recollection, int64_t wall_us,
		      struct text *out)
{
	if (expectation->entry) {
		entries_describe(fact, expectation, out);
	} else if (expectation->operator == OPERATOR_UNCHANGED) {
		add_unchanged_value(out, fact, recollection);
	} else if (expectation->operator == OPERATOR_REMAINING) {
		add_left(out, fact, wall_us);
	} else if (shows_offenders(fact, expectation)) {
		add_offenders(out, fact, expectation);
	} else if (!operator_elements(fact)) {
		text_add(out, "none");
	} else {
		add_value(out, fact);
	}
}
