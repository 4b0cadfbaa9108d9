/* SPDX-License-Identifier: Apache-2.0
 *
 * Every operator over every type of fact, with a value that satisfies and one that does not.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "agent/plan/operators.h"
#include "ground/clock.h"

static const struct fact_descriptor types[] = {
	[FACT_BOOLEAN] = { .name = "test.boolean", .type = FACT_BOOLEAN },
	[FACT_INTEGER] = { .name = "test.integer", .type = FACT_INTEGER },
	[FACT_REAL] = { .name = "test.real", .type = FACT_REAL },
	[FACT_TIME] = { .name = "test.time", .type = FACT_TIME },
	[FACT_TEXT] = { .name = "test.text", .type = FACT_TEXT },
	[FACT_TEXTS] = { .name = "test.texts", .type = FACT_TEXTS },
	[FACT_NUMBERS] = { .name = "test.numbers", .type = FACT_NUMBERS },
};

enum { LIST_MOST = 4, TYPES = sizeof types / sizeof *types };

/* One row: a fact as text ("a b" is a list), an operator with operands, what must come out. */
struct row {
	enum operator operator;
	enum fact_type type;
	const char *fact, *operands;
	bool holds;
};

static const struct row rows[] = {
	{ OPERATOR_IS, FACT_BOOLEAN, "1", "1", true },
	{ OPERATOR_IS, FACT_BOOLEAN, "0", "1", false },
	{ OPERATOR_IS, FACT_INTEGER, "5060", "5060", true },
	{ OPERATOR_IS, FACT_INTEGER, "5062", "5060-5062", true },
	{ OPERATOR_IS, FACT_INTEGER, "5063", "5060-5062", false },
	{ OPERATOR_IS, FACT_INTEGER, "5059", "5060-5062", false },
	{ OPERATOR_IS, FACT_REAL, "0.5", "0.5", true },
	{ OPERATOR_IS, FACT_REAL, "0.25", "0.5", false },
	{ OPERATOR_IS, FACT_REAL, "nan", "0.5", false },
	{ OPERATOR_IS, FACT_TIME, "77", "77", true },
	{ OPERATOR_IS, FACT_TIME, "78", "77", false },
	{ OPERATOR_IS, FACT_TEXT, "open", "open", true },
	{ OPERATOR_IS, FACT_TEXT, "Open", "open", false },
	{ OPERATOR_IS, FACT_TEXTS, "TLS1.3 TLS1.2", "TLS1.2 TLS1.3", true },
	{ OPERATOR_IS, FACT_TEXTS, "TLS1.2", "TLS1.2 TLS1.3", false },
	{ OPERATOR_IS, FACT_TEXTS, "TLS1.1 TLS1.2 TLS1.3", "TLS1.2 TLS1.3", false },
	{ OPERATOR_IS, FACT_NUMBERS, "80 443", "80 443", true },
	{ OPERATOR_IS, FACT_NUMBERS, "80 443 22", "80 443", false },

	{ OPERATOR_IS_NOT, FACT_BOOLEAN, "0", "1", true },
	{ OPERATOR_IS_NOT, FACT_BOOLEAN, "1", "1", false },
	{ OPERATOR_IS_NOT, FACT_INTEGER, "2", "1", true },
	{ OPERATOR_IS_NOT, FACT_INTEGER, "1", "1", false },
	{ OPERATOR_IS_NOT, FACT_REAL, "2", "1", true },
	{ OPERATOR_IS_NOT, FACT_REAL, "1", "1", false },
	{ OPERATOR_IS_NOT, FACT_TIME, "2", "1", true },
	{ OPERATOR_IS_NOT, FACT_TIME, "1", "1", false },
	{ OPERATOR_IS_NOT, FACT_TEXT, "closed", "open", true },
	{ OPERATOR_IS_NOT, FACT_TEXT, "open", "open", false },
	{ OPERATOR_IS_NOT, FACT_TEXTS, "TLS1.2 TLS1.3", "TLS1.0", true },
	{ OPERATOR_IS_NOT, FACT_TEXTS, "TLS1.0 TLS1.3", "TLS1.0", false },
	{ OPERATOR_IS_NOT, FACT_NUMBERS, "443", "80", true },
	{ OPERATOR_IS_NOT, FACT_NUMBERS, "80 443", "80", false },

	{ OPERATOR_ONE_OF, FACT_BOOLEAN, "1", "0 1", true },
	{ OPERATOR_ONE_OF, FACT_BOOLEAN, "1", "0", false },
	{ OPERATOR_ONE_OF, FACT_INTEGER, "302", "200 300-399", true },
	{ OPERATOR_ONE_OF, FACT_INTEGER, "404", "200 300-399", false },
	{ OPERATOR_ONE_OF, FACT_REAL, "2", "1 2", true },
	{ OPERATOR_ONE_OF, FACT_REAL, "3", "1 2", false },
	{ OPERATOR_ONE_OF, FACT_TIME, "2", "1 2", true },
	{ OPERATOR_ONE_OF, FACT_TIME, "3", "1 2", false },
	{ OPERATOR_ONE_OF, FACT_TEXT, "open_or_filtered", "open open_or_filtered", true },
	{ OPERATOR_ONE_OF, FACT_TEXT, "closed", "open open_or_filtered", false },
	{ OPERATOR_ONE_OF, FACT_TEXTS, "a", "a b", true },
	{ OPERATOR_ONE_OF, FACT_TEXTS, "a c", "a b", false },
	{ OPERATOR_ONE_OF, FACT_NUMBERS, "1", "1 2", true },
	{ OPERATOR_ONE_OF, FACT_NUMBERS, "3", "1 2", false },

	{ OPERATOR_NONE_OF, FACT_BOOLEAN, "0", "1", true },
	{ OPERATOR_NONE_OF, FACT_BOOLEAN, "1", "1", false },
	{ OPERATOR_NONE_OF, FACT_INTEGER, "3", "1 2", true },
	{ OPERATOR_NONE_OF, FACT_INTEGER, "2", "1 2", false },
	{ OPERATOR_NONE_OF, FACT_REAL, "3", "1 2", true },
	{ OPERATOR_NONE_OF, FACT_REAL, "2", "1 2", false },
	{ OPERATOR_NONE_OF, FACT_TIME, "3", "1 2", true },
	{ OPERATOR_NONE_OF, FACT_TIME, "2", "1 2", false },
	{ OPERATOR_NONE_OF, FACT_TEXT, "SHA256", "SHA1 MD5", true },
	{ OPERATOR_NONE_OF, FACT_TEXT, "MD5", "SHA1 MD5", false },
	{ OPERATOR_NONE_OF, FACT_TEXTS, "TLS1.2", "SSLv3 TLS1.0", true },
	{ OPERATOR_NONE_OF, FACT_TEXTS, "TLS1.2 TLS1.0", "SSLv3 TLS1.0", false },
	{ OPERATOR_NONE_OF, FACT_TEXTS, "", "SSLv3 TLS1.0", true },
	{ OPERATOR_NONE_OF, FACT_NUMBERS, "443", "1-100", true },
	{ OPERATOR_NONE_OF, FACT_NUMBERS, "443 80", "1-100", false },

	{ OPERATOR_ONLY, FACT_BOOLEAN, "1", "1", true },
	{ OPERATOR_ONLY, FACT_BOOLEAN, "0", "1", false },
	{ OPERATOR_ONLY, FACT_INTEGER, "2", "1 2", true },
	{ OPERATOR_ONLY, FACT_INTEGER, "3", "1 2", false },
	{ OPERATOR_ONLY, FACT_REAL, "2", "1 2", true },
	{ OPERATOR_ONLY, FACT_REAL, "3", "1 2", false },
	{ OPERATOR_ONLY, FACT_TIME, "2", "1 2", true },
	{ OPERATOR_ONLY, FACT_TIME, "3", "1 2", false },
	{ OPERATOR_ONLY, FACT_TEXT, "a", "a b", true },
	{ OPERATOR_ONLY, FACT_TEXT, "c", "a b", false },
	{ OPERATOR_ONLY, FACT_TEXTS, "TLS1.2", "TLS1.2", true },
	{ OPERATOR_ONLY, FACT_TEXTS, "TLS1.2 TLS1.1", "TLS1.2", false },
	{ OPERATOR_ONLY, FACT_NUMBERS, "80 5061", "80 5060-5062", true },
	{ OPERATOR_ONLY, FACT_NUMBERS, "80 8009", "80 5060-5062", false },
	{ OPERATOR_ONLY, FACT_NUMBERS, "", "80", true },

	{ OPERATOR_ALL_OF, FACT_BOOLEAN, "1", "1", true },
	{ OPERATOR_ALL_OF, FACT_BOOLEAN, "1", "0 1", false },
	{ OPERATOR_ALL_OF, FACT_INTEGER, "1", "1", true },
	{ OPERATOR_ALL_OF, FACT_INTEGER, "1", "1 2", false },
	{ OPERATOR_ALL_OF, FACT_REAL, "1", "1", true },
	{ OPERATOR_ALL_OF, FACT_REAL, "1", "2", false },
	{ OPERATOR_ALL_OF, FACT_TIME, "1", "1", true },
	{ OPERATOR_ALL_OF, FACT_TIME, "1", "2", false },
	{ OPERATOR_ALL_OF, FACT_TEXT, "a", "a", true },
	{ OPERATOR_ALL_OF, FACT_TEXT, "a", "b", false },
	{ OPERATOR_ALL_OF, FACT_TEXTS, "INVITE ACK BYE", "BYE INVITE", true },
	{ OPERATOR_ALL_OF, FACT_TEXTS, "INVITE ACK", "BYE INVITE", false },
	{ OPERATOR_ALL_OF, FACT_NUMBERS, "80 81 82", "80-82", true },
	{ OPERATOR_ALL_OF, FACT_NUMBERS, "80 82", "80-82", false },
	{ OPERATOR_ALL_OF, FACT_NUMBERS, "81 82", "80-82", false },

	{ OPERATOR_WITHIN, FACT_TEXT, "10.1.2.3", "192.0.2.0/24 10.0.0.0/8", true },
	{ OPERATOR_WITHIN, FACT_TEXT, "198.51.100.1", "192.0.2.0/24 10.0.0.0/8", false },
	{ OPERATOR_WITHIN, FACT_TEXT, "pbx.example", "0.0.0.0/0", false },
	{ OPERATOR_WITHIN, FACT_TEXTS, "10.1.2.3 2001:db8::1", "10.0.0.0/8 2001:db8::/32", true },
	{ OPERATOR_WITHIN, FACT_TEXTS, "10.1.2.3 192.0.2.1", "10.0.0.0/8", false },
	{ OPERATOR_WITHIN, FACT_TEXTS, "", "10.0.0.0/8", false },

	{ OPERATOR_MATCHES, FACT_TEXT, "SSH-2.0-OpenSSH_9.2", "^SSH-2", true },
	{ OPERATOR_MATCHES, FACT_TEXT, "SSH-1.99-x", "^SSH-2", false },
	{ OPERATOR_MATCHES, FACT_TEXTS, "a1 a2", "^a[0-9]$", true },
	{ OPERATOR_MATCHES, FACT_TEXTS, "a1 b2", "^a[0-9]$", false },
	{ OPERATOR_MATCHES, FACT_TEXTS, "", "^a[0-9]$", false },

	{ OPERATOR_AT_LEAST, FACT_INTEGER, "2048", "2048", true },
	{ OPERATOR_AT_LEAST, FACT_INTEGER, "1024", "2048", false },
	{ OPERATOR_AT_LEAST, FACT_REAL, "0.5", "0.5", true },
	{ OPERATOR_AT_LEAST, FACT_REAL, "0.4", "0.5", false },
	{ OPERATOR_AT_LEAST, FACT_TIME, "8", "7", true },
	{ OPERATOR_AT_LEAST, FACT_TIME, "6", "7", false },
	{ OPERATOR_AT_LEAST, FACT_TEXT, "1.8.0_300", "1.8.0_232", true },
	{ OPERATOR_AT_LEAST, FACT_TEXT, "1.8.0_99", "1.8.0_232", false },
	{ OPERATOR_AT_LEAST, FACT_TEXTS, "3.0 3.1.1", "3.0", true },
	{ OPERATOR_AT_LEAST, FACT_TEXTS, "2.1 3.1.1", "3.0", false },
	{ OPERATOR_AT_LEAST, FACT_TEXTS, "", "3.0", false },
	{ OPERATOR_AT_LEAST, FACT_NUMBERS, "3 4", "3", true },
	{ OPERATOR_AT_LEAST, FACT_NUMBERS, "2 4", "3", false },

	{ OPERATOR_AT_MOST, FACT_INTEGER, "10", "10", true },
	{ OPERATOR_AT_MOST, FACT_INTEGER, "11", "10", false },
	{ OPERATOR_AT_MOST, FACT_REAL, "0.5", "0.5", true },
	{ OPERATOR_AT_MOST, FACT_REAL, "0.6", "0.5", false },
	{ OPERATOR_AT_MOST, FACT_TIME, "7", "7", true },
	{ OPERATOR_AT_MOST, FACT_TIME, "8", "7", false },
	{ OPERATOR_AT_MOST, FACT_TEXT, "5.0", "5.0", true },
	{ OPERATOR_AT_MOST, FACT_TEXT, "5.0.1", "5.0", false },
	{ OPERATOR_AT_MOST, FACT_TEXTS, "2.1", "3.0", true },
	{ OPERATOR_AT_MOST, FACT_TEXTS, "2.1 3.1", "3.0", false },
	{ OPERATOR_AT_MOST, FACT_NUMBERS, "1 2", "2", true },
	{ OPERATOR_AT_MOST, FACT_NUMBERS, "1 3", "2", false },

	{ OPERATOR_PRESENT, FACT_BOOLEAN, "0", "", true },
	{ OPERATOR_PRESENT, FACT_INTEGER, "0", "", true },
	{ OPERATOR_PRESENT, FACT_REAL, "0", "", true },
	{ OPERATOR_PRESENT, FACT_TIME, "0", "", true },
	{ OPERATOR_PRESENT, FACT_TEXT, "x", "", true },
	{ OPERATOR_PRESENT, FACT_TEXTS, "x", "", true },
	{ OPERATOR_PRESENT, FACT_TEXTS, "", "", false },
	{ OPERATOR_PRESENT, FACT_NUMBERS, "1", "", true },
	{ OPERATOR_PRESENT, FACT_NUMBERS, "", "", false },

	{ OPERATOR_ABSENT, FACT_BOOLEAN, "0", "", false },
	{ OPERATOR_ABSENT, FACT_INTEGER, "0", "", false },
	{ OPERATOR_ABSENT, FACT_REAL, "0", "", false },
	{ OPERATOR_ABSENT, FACT_TIME, "0", "", false },
	{ OPERATOR_ABSENT, FACT_TEXT, "x", "", false },
	{ OPERATOR_ABSENT, FACT_TEXTS, "x", "", false },
	{ OPERATOR_ABSENT, FACT_TEXTS, "", "", true },
	{ OPERATOR_ABSENT, FACT_NUMBERS, "1", "", false },
	{ OPERATOR_ABSENT, FACT_NUMBERS, "", "", true },
};

/* The words of a string, in place. */
static size_t split(char *string, char *words[static LIST_MOST])
{
	size_t count = 0;
	char *rest = string;
	char *word;

	while ((word = strsep(&rest, " ")))
		if (*word)
			words[count++] = word;
	return count;
}

static void set_fact(struct facts *facts, const struct fact_descriptor *about, char *string)
{
	char *words[LIST_MOST];
	int64_t numbers[LIST_MOST] = { 0 };
	size_t count = split(string, words);

	for (size_t i = 0; i < count; i++)
		numbers[i] = strtoll(words[i], NULL, 10);
	if (about->type == FACT_BOOLEAN)
		facts_set_boolean(facts, about, numbers[0]);
	else if (about->type == FACT_INTEGER)
		facts_set_integer(facts, about, numbers[0]);
	else if (about->type == FACT_REAL)
		facts_set_real(facts, about, strtod(words[0], NULL));
	else if (about->type == FACT_TIME)
		facts_set_time(facts, about, numbers[0]);
	else if (about->type == FACT_TEXT)
		facts_set_text(facts, about, words[0]);
	else if (about->type == FACT_TEXTS)
		facts_set_texts(facts, about, (const char *const *)words, count);
	else
		facts_set_numbers(facts, about, numbers, count);
}

static void set_operand(struct operand *operand, const struct row *row, char *word)
{
	char *rest;

	operand->text = word;
	if (row->operator == OPERATOR_WITHIN) {
		assert_true(address_parse_network(word, &operand->network, &operand->bits));
	} else if (row->type == FACT_BOOLEAN) {
		operand->truth = *word == '1';
	} else if (row->type == FACT_REAL) {
		operand->real = strtod(word, NULL);
	} else if (row->type != FACT_TEXT && row->type != FACT_TEXTS) {
		operand->integer = operand->last = strtoll(word, &rest, 10);
		if (*rest == '-')
			operand->last = strtoll(rest + 1, NULL, 10);
	}
}

static bool row_holds(const struct row *row)
{
	struct facts *facts = facts_new();
	struct operand operands[LIST_MOST] = { 0 };
	struct expectation expectation = { .fact = &types[row->type], .operator = row->operator,
					   .operands = operands };
	char *words[LIST_MOST];
	char *fact = strdup(row->fact), *list = strdup(row->operands);
	regex_t pattern;
	bool holds;

	set_fact(facts, expectation.fact, fact);
	expectation.count = split(list, words);
	for (size_t i = 0; i < expectation.count; i++)
		set_operand(&operands[i], row, words[i]);
	if (row->operator == OPERATOR_MATCHES) {
		assert_int_equal(regcomp(&pattern, words[0], REG_EXTENDED | REG_NOSUB), 0);
		expectation.pattern = &pattern;
	}
	holds = operator_holds(facts_get(facts, expectation.fact), &expectation);
	if (row->operator == OPERATOR_MATCHES)
		regfree(&pattern);
	facts_free(facts);
	free(fact);
	free(list);
	return holds;
}

static void every_operator_decides_every_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (row_holds(&rows[i]) != rows[i].holds)
			fail_msg("row %zu: %s against %s", i, rows[i].fact, rows[i].operands);
}

/* So that a new operator or type cannot be forgotten here. */
static void the_table_has_good_and_bad_for_all_that_fits(void **state)
{
	bool seen[OPERATOR_COUNT][TYPES][2] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(operator_fits(rows[i].operator, rows[i].type));
		seen[rows[i].operator][rows[i].type][rows[i].holds] = true;
	}
	for (enum operator o = 0; o < OPERATOR_REMAINING; o++)
		for (unsigned t = 0; t < TYPES; t++)
			if (operator_fits(o, t) && o != OPERATOR_PRESENT && o != OPERATOR_ABSENT)
				assert_true(seen[o][t][0] && seen[o][t][1]);
	assert_false(operator_fits(OPERATOR_WITHIN, FACT_BOOLEAN));
	assert_false(operator_fits(OPERATOR_MATCHES, FACT_INTEGER));
	assert_false(operator_fits(OPERATOR_AT_LEAST, FACT_BOOLEAN));
	assert_false(operator_fits(OPERATOR_REMAINING, FACT_TEXT));
	assert_true(operator_fits(OPERATOR_UNCHANGED, FACT_TEXTS));
	assert_false(operator_fits(OPERATOR_UNCHANGED, FACT_TIME));
	assert_false(operator_fits(OPERATOR_UNCHANGED, FACT_REAL));
	assert_true(operator_fits(OPERATOR_REMAINING, FACT_TIME));
}

static void the_offenders_of_a_list_are_told_apart(void **state)
{
	static const int64_t numbers[] = { 80, 8009 };
	struct operand allowed = { .text = "80", .integer = 80, .last = 80 };
	struct expectation expectation = { .fact = &types[FACT_NUMBERS],
					   .operator = OPERATOR_ONLY, .operands = &allowed,
					   .count = 1 };
	struct fact fact = { .about = expectation.fact, .count = 2, .numbers = numbers };

	(void)state;
	assert_false(operator_offends(&fact, 0, &expectation));
	assert_true(operator_offends(&fact, 1, &expectation));
	expectation.operator = OPERATOR_NONE_OF;
	assert_true(operator_offends(&fact, 0, &expectation));
	assert_false(operator_offends(&fact, 1, &expectation));
}

#define DAY (24 * 60 * 60 * CLOCK_SECOND)

static void time_left_is_measured_against_both_thresholds(void **state)
{
	static const struct {
		int64_t left_days, life_days;	/* life 0: its begin was not seen */
		struct remaining warning, critical;
		enum remaining_level level;
	} cases[] = {
		{ 31, 0, { 30 * DAY, 0, 0 }, { 7 * DAY, 0, 0 }, REMAINING_ENOUGH },
		{ 30, 0, { 30 * DAY, 0, 0 }, { 7 * DAY, 0, 0 }, REMAINING_ENOUGH },
		{ 29, 0, { 30 * DAY, 0, 0 }, { 7 * DAY, 0, 0 }, REMAINING_LITTLE },
		{ 7, 0, { 30 * DAY, 0, 0 }, { 7 * DAY, 0, 0 }, REMAINING_LITTLE },
		{ 6, 0, { 30 * DAY, 0, 0 }, { 7 * DAY, 0, 0 }, REMAINING_CRITICAL },
		{ -1, 0, { 30 * DAY, 0, 0 }, { 7 * DAY, 0, 0 }, REMAINING_CRITICAL },
		{ -1, 0, { 30 * DAY, 0, 0 }, { 0, 0, 0 }, REMAINING_ENDED },
		{ -1, 0, { 0, 0, 0 }, { 0, 0.1, 0 }, REMAINING_CRITICAL },
		{ 1, 0, { 0, 0, 0 }, { 7 * DAY, 0, 0 }, REMAINING_CRITICAL },
		{ 8, 0, { 0, 0, 0 }, { 7 * DAY, 0, 0 }, REMAINING_ENOUGH },
		{ 30, 100, { 0, 0.25, 0 }, { 0, 0.1, 0 }, REMAINING_ENOUGH },
		{ 24, 100, { 0, 0.25, 0 }, { 0, 0.1, 0 }, REMAINING_LITTLE },
		{ 9, 100, { 0, 0.25, 0 }, { 0, 0.1, 0 }, REMAINING_CRITICAL },
		{ 24, 0, { 0, 0.25, 0 }, { 0, 0.1, 0 }, REMAINING_UNDECIDED },
		{ 24, 0, { 0, 0.25, 0 }, { 7 * DAY, 0, 0 }, REMAINING_UNDECIDED },
		{ 24, 0, { 30 * DAY, 0, 0 }, { 0, 0.1, 0 }, REMAINING_LITTLE },
		{ 40, 0, { 30 * DAY, 0, 0 }, { 0, 0.1, 0 }, REMAINING_UNDECIDED },
		{ 24, -5, { 0, 0.25, 0 }, { 0, 0.1, 0 }, REMAINING_UNDECIDED },
		{ 5, 7, { 30 * DAY, 0.25, 0 }, { 0, 0, 0 }, REMAINING_ENOUGH },
		{ 1, 7, { 30 * DAY, 0.25, 0 }, { 0, 0, 0 }, REMAINING_LITTLE },
		{ 31, 400, { 30 * DAY, 0.25, 0 }, { 0, 0, 0 }, REMAINING_ENOUGH },
		{ 29, 400, { 30 * DAY, 0.25, 0 }, { 0, 0, 0 }, REMAINING_LITTLE },
		{ 29, 0, { 30 * DAY, 0.25, 0 }, { 0, 0, 0 }, REMAINING_LITTLE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct expectation expectation = { .fact = &types[FACT_TIME],
						   .operator = OPERATOR_REMAINING,
						   .warning = cases[i].warning,
						   .critical = cases[i].critical };
		struct fact end = { .about = &types[FACT_TIME], .integer = 1000 * DAY };
		struct fact begin = end;

		begin.integer -= cases[i].life_days * DAY;
		if (operator_remaining(&end, cases[i].life_days ? &begin : NULL, &expectation,
				       end.integer - cases[i].left_days * DAY) !=
		    cases[i].level)
			fail_msg("case %zu", i);
	}
}

#define HOUR (60 * 60 * CLOCK_SECOND)

static void short_lives_are_measured_in_shares_by_default(void **state)
{
	static const struct {
		int64_t left_us, life_us;	/* life 0: its begin was not seen */
		enum remaining_level level;
	} cases[] = {
		{ 30 * DAY, 60 * DAY, REMAINING_ENOUGH },
		{ 30 * DAY - 1, 60 * DAY, REMAINING_LITTLE },
		{ 30 * DAY - 1, 60 * DAY - CLOCK_SECOND, REMAINING_LITTLE },
		{ 16 * DAY, 59 * DAY + 23 * HOUR, REMAINING_ENOUGH },
		{ 14 * DAY, 59 * DAY + 23 * HOUR, REMAINING_LITTLE },
		{ 6 * DAY, 59 * DAY + 23 * HOUR, REMAINING_LITTLE },
		{ 5 * DAY, 59 * DAY + 23 * HOUR, REMAINING_CRITICAL },
		{ 29 * DAY, 90 * DAY, REMAINING_LITTLE },
		{ 7 * DAY, 400 * DAY, REMAINING_LITTLE },
		{ 7 * DAY - 1, 400 * DAY, REMAINING_CRITICAL },
		{ 2 * DAY, 6 * DAY, REMAINING_ENOUGH },
		{ 36 * HOUR - 1, 6 * DAY, REMAINING_LITTLE },
		{ 14 * HOUR, 6 * DAY, REMAINING_CRITICAL },
		{ -1, 6 * DAY, REMAINING_CRITICAL },
		{ -1, 0, REMAINING_CRITICAL },
		/* Its begin was not seen, or lies behind its end. */
		{ 30 * DAY, 0, REMAINING_ENOUGH },
		{ 29 * DAY, 0, REMAINING_LITTLE },
		{ 6 * DAY, 0, REMAINING_CRITICAL },
		{ 29 * DAY, -3 * DAY, REMAINING_LITTLE },
		/* A clock that has jumped: before the begin, and far behind the end. */
		{ 70 * DAY, 6 * DAY, REMAINING_ENOUGH },
		{ -9000 * DAY, 400 * DAY, REMAINING_CRITICAL },
	};
	const struct expectation expectation = {
		.fact = &types[FACT_TIME], .operator = OPERATOR_REMAINING,
		.warning = { 30 * DAY, 0.25, 60 * DAY },
		.critical = { 7 * DAY, 0.1, 60 * DAY }
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fact end = { .about = &types[FACT_TIME], .integer = 20000 * DAY };
		struct fact begin = end;

		begin.integer -= cases[i].life_us;
		if (operator_remaining(&end, cases[i].life_us ? &begin : NULL, &expectation,
				       end.integer - cases[i].left_us) != cases[i].level)
			fail_msg("case %zu", i);
	}
}

static void times_at_the_end_of_the_world_do_not_overflow(void **state)
{
	struct fact fact = { .about = &types[FACT_TIME], .integer = INT64_MIN };
	struct fact begin = { .about = &types[FACT_TIME], .integer = INT64_MAX };
	struct expectation expectation = { .fact = fact.about, .warning = { 0, 0.5, 0 } };

	(void)state;
	assert_true(operator_time_left(&fact, INT64_MAX) < 0);
	assert_true(operator_time_left(&fact, -1) < 0);
	assert_true(operator_time_left(&begin, -1) > 0);
	assert_true(operator_time_left(&begin, INT64_MIN) > 0);
	assert_int_equal(operator_remaining(&begin, &fact, &expectation, 0), REMAINING_ENOUGH);
	expectation.warning.share_below_us = 60 * DAY;
	assert_int_equal(operator_remaining(&begin, &fact, &expectation, 0), REMAINING_ENOUGH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_operator_decides_every_type),
		cmocka_unit_test(the_table_has_good_and_bad_for_all_that_fits),
		cmocka_unit_test(the_offenders_of_a_list_are_told_apart),
		cmocka_unit_test(time_left_is_measured_against_both_thresholds),
		cmocka_unit_test(short_lives_are_measured_in_shares_by_default),
		cmocka_unit_test(times_at_the_end_of_the_world_do_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
