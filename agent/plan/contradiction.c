/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/contradiction.h"

#include <stdlib.h>

#include "agent/plan/operators.h"
#include "ground/memory.h"

/* Nobody writes more than that by hand, and each is compared with each: what is longer is
 * taken for possible. Of a list ranges are looked at number by number. */
enum { OPERANDS_MOST = 64, NUMBERS_MOST = 128 };

/* Values that a fact, or an element of it, may have. */
struct values {
	struct arena *arena;
	const char **texts;
	int64_t *numbers;
	size_t count, room;
};

struct question {
	const struct expectation *expect;
	size_t count;
	struct values values;
};

static enum fact_type type_of(const struct question *question)
{
	return question->expect->fact->type;
}

static bool is_text(const struct question *question)
{
	return type_of(question) == FACT_TEXT || type_of(question) == FACT_TEXTS;
}

static void add_text(struct values *values, const char *text)
{
	values->texts = memory_room_for(values->texts, values->count, &values->room,
					sizeof *values->texts);
	values->texts[values->count++] = text;
}

static void add_number(struct values *values, int64_t number)
{
	values->numbers = memory_room_for(values->numbers, values->count, &values->room,
					  sizeof *values->numbers);
	values->numbers[values->count++] = number;
}

static bool has_operator(const struct question *question, enum operator operator)
{
	for (size_t i = 0; i < question->count; i++)
		if (question->expect[i].operator == operator)
			return true;
	return false;
}

/* What is compared with time, or filled in by the plan, may be met in any case. */
static bool is_judged_here(const struct expectation *expectation)
{
	return expectation->operator != OPERATOR_REMAINING &&
	       expectation->operator != OPERATOR_UNCHANGED && !expectation->allowed_ports;
}

static bool meets_all(const struct question *question, const struct fact *fact)
{
	for (size_t i = 0; i < question->count; i++)
		if (is_judged_here(&question->expect[i]) &&
		    !operator_holds(fact, &question->expect[i]))
			return false;
	return true;
}

/* A value that is in the middle of nothing: a bit more than a version that was named. */
static const char *slightly_more(struct values *values, const char *text)
{
	struct text more = { 0 };
	const char *kept;

	text_add_format(&more, "%s.1", text);
	kept = arena_copy(values->arena, text_string(&more));
	text_free(&more);
	return kept;
}

static void add_near_operand(struct question *question, const struct operand *operand)
{
	struct values *values = &question->values;

	if (is_text(question)) {
		add_text(values, operand->text);
		add_text(values, slightly_more(values, operand->text));
		return;
	}
	/* Where what is met changes from one number to the next, an operand begins or ends. */
	add_number(values, operand->integer - 1);
	add_number(values, operand->integer);
	add_number(values, operand->last);
	add_number(values, operand->last + 1);
}

/* Single values: each that the fact can have, or those around the operands and another one. */
static void collect_candidates(struct question *question)
{
	const char *const *words = question->expect->fact->words;

	for (size_t i = 0; words && words[i]; i++)
		add_text(&question->values, words[i]);
	if (words)
		return;
	for (size_t i = 0; i < question->count; i++)
		for (size_t j = 0; j < question->expect[i].count; j++)
			add_near_operand(question, &question->expect[i].operands[j]);
	if (is_text(question))
		add_text(&question->values, "?");
	else
		add_number(&question->values, 0);
}

/* The fact with one of the values; of a list its only element. */
static struct fact fact_of_one(const struct question *question, size_t at)
{
	struct fact fact = { .about = question->expect->fact, .count = 1 };

	switch (type_of(question)) {
	case FACT_TEXT:
		fact.text = question->values.texts[at];
		break;
	case FACT_TEXTS:
		fact.texts = &question->values.texts[at];
		break;
	case FACT_NUMBERS:
		fact.numbers = &question->values.numbers[at];
		break;
	default:
		fact.integer = question->values.numbers[at];
	}
	return fact;
}

static bool any_value_meets_all(struct question *question)
{
	collect_candidates(question);
	for (size_t i = 0; i < question->values.count; i++) {
		struct fact fact = fact_of_one(question, i);

		if (meets_all(question, &fact))
			return true;
	}
	return false;
}

static bool any_truth_meets_all(const struct question *question)
{
	struct fact fact = { .about = question->expect->fact, .truth = true };

	if (meets_all(question, &fact))
		return true;
	fact.truth = false;
	return meets_all(question, &fact);
}

static bool any_real_meets_all(const struct question *question)
{
	struct fact fact = { .about = question->expect->fact };
	bool limited = false;

	/* Only limits are asked of them, and what is within all of them begins at one. */
	for (size_t i = 0; i < question->count; i++) {
		if (!question->expect[i].count)
			continue;
		limited = true;
		fact.real = question->expect[i].operands->real;
		if (meets_all(question, &fact))
			return true;
	}
	return !limited;
}

/* What a list must have: nothing of it can be left out, and more would help nobody. */
static bool demands_elements(const struct expectation *expectation)
{
	return expectation->operator == OPERATOR_IS || expectation->operator == OPERATOR_ALL_OF;
}

/* False when they are too many. */
static bool add_numbers(struct values *values, const struct operand *operand)
{
	if (operand->last - operand->integer >= NUMBERS_MOST - (int64_t)values->count)
		return false;
	for (int64_t number = operand->integer; number <= operand->last; number++)
		add_number(values, number);
	return true;
}

static bool collect_demanded(struct question *question)
{
	for (size_t i = 0; i < question->count; i++) {
		const struct expectation *expectation = &question->expect[i];

		for (size_t j = 0; demands_elements(expectation) && j < expectation->count; j++) {
			if (is_text(question))
				add_text(&question->values, expectation->operands[j].text);
			else if (!add_numbers(&question->values, &expectation->operands[j]))
				return false;
		}
	}
	return true;
}

static bool any_list_meets_all(struct question *question)
{
	struct fact fact = { .about = question->expect->fact };

	if (!collect_demanded(question))
		return true;
	fact.count = question->values.count;
	if (is_text(question))
		fact.texts = question->values.texts;
	else
		fact.numbers = question->values.numbers;
	if (meets_all(question, &fact))
		return true;
	if (fact.count || has_operator(question, OPERATOR_IS))
		return false;
	return any_value_meets_all(question);
}

/* Patterns and networks have values that nobody can make up, unless values are named, too. */
static bool is_open(const struct question *question)
{
	bool named = question->expect->fact->words || has_operator(question, OPERATOR_IS) ||
		     has_operator(question, OPERATOR_ONE_OF) ||
		     has_operator(question, OPERATOR_ONLY) ||
		     has_operator(question, OPERATOR_ALL_OF);

	return !named && (has_operator(question, OPERATOR_MATCHES) ||
			  has_operator(question, OPERATOR_WITHIN));
}

static size_t count_operands(const struct question *question)
{
	size_t operands = 0;

	for (size_t i = 0; i < question->count; i++)
		operands += question->expect[i].count;
	return operands;
}

static bool can_be_met(struct question *question)
{
	if (count_operands(question) > OPERANDS_MOST)
		return true;
	/* What is absent has no value of which something else could hold. */
	if (has_operator(question, OPERATOR_ABSENT))
		return question->count == 1;
	if (is_open(question))
		return true;
	switch (type_of(question)) {
	case FACT_BOOLEAN:
		return any_truth_meets_all(question);
	case FACT_REAL:
		return any_real_meets_all(question);
	case FACT_TEXTS:
	case FACT_NUMBERS:
		return any_list_meets_all(question);
	case FACT_RECORDS:
		return true;
	default:
		return any_value_meets_all(question);
	}
}

bool expectations_contradict(const struct expectation *expect, size_t count)
{
	struct question question = { expect, count, { .arena = arena_new() } };
	bool met = !count || can_be_met(&question);

	arena_free(question.values.arena);
	free(question.values.texts);
	free(question.values.numbers);
	return !met;
}
