/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/operators.h"

#include <string.h>

#include "agent/plan/version.h"
#include "ground/clock.h"
#include "ground/words.h"

bool operator_sees_list(const struct fact *fact)
{
	return fact->about->type == FACT_TEXTS || fact->about->type == FACT_NUMBERS;
}

size_t operator_elements(const struct fact *fact)
{
	return operator_sees_list(fact) ? fact->count : 1;
}

static const char *element_text(const struct fact *fact, size_t element)
{
	return fact->about->type == FACT_TEXTS ? fact->texts[element] : fact->text;
}

static int64_t element_number(const struct fact *fact, size_t element)
{
	return fact->about->type == FACT_NUMBERS ? fact->numbers[element] : fact->integer;
}

static bool range_holds(const struct operand *operand, int64_t number)
{
	return number == operand->integer ||
	       (number > operand->integer && number <= operand->last);
}

static bool element_is(const struct fact *fact, size_t element, const struct operand *operand)
{
	switch (fact->about->type) {
	case FACT_BOOLEAN:
		return fact->truth == operand->truth;
	case FACT_REAL:
		return fact->real == operand->real;
	case FACT_TEXT:
	case FACT_TEXTS:
		return !strcmp(element_text(fact, element), operand->text);
	default:
		return range_holds(operand, element_number(fact, element));
	}
}

/* <0, 0, >0. Texts are versions, and entries of lists have names before theirs. */
static int element_compare(const struct fact *fact, size_t element,
			   const struct expectation *expectation)
{
	const struct operand *operand = expectation->operands;
	int64_t number;

	switch (fact->about->type) {
	case FACT_REAL:
		return (fact->real > operand->real) - (fact->real < operand->real);
	case FACT_TEXT:
	case FACT_TEXTS:
		return expectation->entry
			       ? version_compare_names(element_text(fact, element), operand->text)
			       : words_compare_versions(element_text(fact, element),
							operand->text);
	default:
		number = element_number(fact, element);
		return (number > operand->integer) - (number < operand->integer);
	}
}

static bool element_among(const struct fact *fact, size_t element,
			  const struct expectation *expectation)
{
	for (size_t i = 0; i < expectation->count; i++)
		if (element_is(fact, element, &expectation->operands[i]))
			return true;
	return false;
}

static bool holds_only(const struct fact *fact, const struct expectation *expectation)
{
	for (size_t i = 0; i < operator_elements(fact); i++)
		if (!element_among(fact, i, expectation))
			return false;
	return true;
}

static bool holds_none_of(const struct fact *fact, const struct expectation *expectation)
{
	for (size_t i = 0; i < operator_elements(fact); i++)
		if (element_among(fact, i, expectation))
			return false;
	return true;
}

static bool fact_has(const struct fact *fact, const struct operand *operand)
{
	for (size_t i = 0; i < operator_elements(fact); i++)
		if (element_is(fact, i, operand))
			return true;
	return false;
}

/* Of a range every number must be there, not just one. */
static bool fact_has_range(const struct fact *fact, const struct operand *range)
{
	struct operand one = { .integer = range->integer };

	do {
		if (!fact_has(fact, &one))
			return false;
	} while (++one.integer <= range->last);
	return true;
}

static bool holds_all_of(const struct fact *fact, const struct expectation *expectation)
{
	bool numbers = fact->about->type == FACT_NUMBERS;

	for (size_t i = 0; i < expectation->count; i++) {
		const struct operand *operand = &expectation->operands[i];

		if (numbers ? !fact_has_range(fact, operand) : !fact_has(fact, operand))
			return false;
	}
	return true;
}

/* A list is what was asked for when it has these elements and no others. */
static bool holds_is(const struct fact *fact, const struct expectation *expectation)
{
	return holds_only(fact, expectation) &&
	       (!operator_sees_list(fact) || holds_all_of(fact, expectation));
}

/* Of an empty list nothing holds that is said of its elements. */
static bool holds_for_each(const struct fact *fact, const struct expectation *expectation,
			   bool (*holds)(const struct fact *fact, size_t element,
					 const struct expectation *expectation))
{
	for (size_t i = 0; i < operator_elements(fact); i++)
		if (!holds(fact, i, expectation))
			return false;
	return operator_elements(fact) > 0;
}

static bool element_within(const struct fact *fact, size_t element,
			   const struct expectation *expectation)
{
	struct address address;

	if (!address_parse(element_text(fact, element), &address))
		return false;
	for (size_t i = 0; i < expectation->count; i++)
		if (address_within(&address, &expectation->operands[i].network,
				   expectation->operands[i].bits))
			return true;
	return false;
}

bool operator_matches(const struct fact *fact, size_t element,
		      const struct expectation *expectation)
{
	return !regexec(expectation->pattern, element_text(fact, element), 0, NULL, 0);
}

static bool element_at_least(const struct fact *fact, size_t element,
			     const struct expectation *expectation)
{
	return element_compare(fact, element, expectation) >= 0;
}

static bool element_at_most(const struct fact *fact, size_t element,
			    const struct expectation *expectation)
{
	return element_compare(fact, element, expectation) <= 0;
}

static bool holds_within(const struct fact *fact, const struct expectation *expectation)
{
	return holds_for_each(fact, expectation, element_within);
}

static bool holds_matches(const struct fact *fact, const struct expectation *expectation)
{
	return holds_for_each(fact, expectation, operator_matches);
}

static bool holds_at_least(const struct fact *fact, const struct expectation *expectation)
{
	return holds_for_each(fact, expectation, element_at_least);
}

static bool holds_at_most(const struct fact *fact, const struct expectation *expectation)
{
	return holds_for_each(fact, expectation, element_at_most);
}

static bool holds_present(const struct fact *fact, const struct expectation *expectation)
{
	(void)expectation;
	return operator_elements(fact) > 0;
}

static bool holds_absent(const struct fact *fact, const struct expectation *expectation)
{
	return !holds_present(fact, expectation);
}

enum {
	BOOLEANS = 1u << FACT_BOOLEAN,
	TIMES = 1u << FACT_TIME,
	NUMBERS = 1u << FACT_INTEGER | 1u << FACT_REAL | 1u << FACT_NUMBERS | TIMES,
	TEXTS = 1u << FACT_TEXT | 1u << FACT_TEXTS,
	EVERYTHING = BOOLEANS | NUMBERS | TEXTS,
	COUNTABLE = BOOLEANS | 1u << FACT_INTEGER | 1u << FACT_NUMBERS | TEXTS
};

static const struct {
	unsigned types;
	bool (*holds)(const struct fact *fact, const struct expectation *expectation);
} operators[OPERATOR_COUNT] = {
	[OPERATOR_IS] = { EVERYTHING, holds_is },
	[OPERATOR_IS_NOT] = { EVERYTHING, holds_none_of },
	[OPERATOR_ONE_OF] = { EVERYTHING, holds_only },
	[OPERATOR_NONE_OF] = { EVERYTHING, holds_none_of },
	[OPERATOR_ONLY] = { EVERYTHING, holds_only },
	[OPERATOR_ALL_OF] = { EVERYTHING, holds_all_of },
	[OPERATOR_WITHIN] = { TEXTS, holds_within },
	[OPERATOR_MATCHES] = { TEXTS, holds_matches },
	[OPERATOR_AT_LEAST] = { NUMBERS | TEXTS, holds_at_least },
	[OPERATOR_AT_MOST] = { NUMBERS | TEXTS, holds_at_most },
	[OPERATOR_PRESENT] = { EVERYTHING | 1u << FACT_RECORDS, holds_present },
	[OPERATOR_ABSENT] = { EVERYTHING | 1u << FACT_RECORDS, holds_absent },
	[OPERATOR_REMAINING] = { TIMES, NULL },
	[OPERATOR_UNCHANGED] = { COUNTABLE, NULL },
};

bool operator_fits(enum operator operator, enum fact_type type)
{
	return operators[operator].types & 1u << type;
}

bool operator_speaks_of_each(enum operator operator)
{
	return operator== OPERATOR_WITHIN || operator== OPERATOR_MATCHES ||
	       operator== OPERATOR_AT_LEAST || operator== OPERATOR_AT_MOST;
}

bool operator_holds(const struct fact *fact, const struct expectation *expectation)
{
	return operators[expectation->operator].holds(fact, expectation);
}

bool operator_is_settled(const struct fact *fact, const struct expectation *expectation)
{
	bool holds = operator_holds(fact, expectation);

	switch (expectation->operator) {
	case OPERATOR_ALL_OF:
	case OPERATOR_PRESENT:
		return holds;
	case OPERATOR_IS:
		return !holds_only(fact, expectation);
	default:
		return !holds && fact->count;
	}
}

bool operator_offends(const struct fact *fact, size_t element,
		      const struct expectation *expectation)
{
	bool among = element_among(fact, element, expectation);

	return expectation->operator == OPERATOR_ONLY ? !among : among;
}

/* Times come from strangers' certificates: no difference of two may overflow, nor may a
 * share of it. */
static int64_t difference_us(int64_t later, int64_t earlier)
{
	const int64_t most = INT64_MAX / 2;
	int64_t us;

	if (__builtin_sub_overflow(later, earlier, &us))
		return later > earlier ? most : -most;
	return us > most ? most : us < -most ? -most : us;
}

int64_t operator_time_left(const struct fact *end, int64_t wall_us)
{
	return difference_us(end->integer, wall_us);
}

/* The last second belongs to the life (RFC 5280, 4.1.2.5). */
static bool is_short(int64_t life_us, const struct remaining *threshold)
{
	return life_us + CLOCK_SECOND < threshold->share_below_us;
}

/* The threshold as a time; -1 when it needs a life that nobody saw begin. */
static int64_t threshold_us(const struct remaining *threshold, int64_t life_us)
{
	int64_t share_us;

	if (threshold->share <= 0)
		return threshold->us;
	if (life_us < 0)
		return threshold->us ? threshold->us : -1;
	share_us = (int64_t)(threshold->share * (double)life_us);
	if (threshold->share_below_us)
		return is_short(life_us, threshold) ? share_us : threshold->us;
	return threshold->us && threshold->us < share_us ? threshold->us : share_us;
}

static bool threshold_given(const struct remaining *threshold)
{
	return threshold->us || threshold->share > 0;
}

enum remaining_level operator_remaining(const struct fact *end, const struct fact *begin,
					const struct expectation *expectation, int64_t wall_us)
{
	int64_t left_us = operator_time_left(end, wall_us);
	int64_t life_us = begin ? difference_us(end->integer, begin->integer) : -1;
	int64_t warning_us = threshold_us(&expectation->warning, life_us);
	int64_t critical_us = threshold_us(&expectation->critical, life_us);

	if (left_us < 0)
		return threshold_given(&expectation->critical) ? REMAINING_CRITICAL
							       : REMAINING_ENDED;
	if (left_us < critical_us)
		return REMAINING_CRITICAL;
	if (left_us < warning_us)
		return REMAINING_LITTLE;
	if (warning_us < 0 || critical_us < 0)
		return REMAINING_UNDECIDED;
	return REMAINING_ENOUGH;
}
