/* SPDX-License-Identifier: Apache-2.0
 *
 * What a set of facts keeps, and how little: an agent has very many of them.
 */
#include "tests/unit/unit.h"

#include <string.h>

#include "collectors/facts.h"

static const char *const words[] = { "open", "closed", NULL };
static const struct fact_descriptor of_words = {
	.name = "port.state", .type = FACT_TEXT, .words = words
};
static const struct fact_descriptor of_list = {
	.name = "port.states", .type = FACT_TEXTS, .words = words
};
static const struct fact_descriptor of_anything = { .name = "port.banner", .type = FACT_TEXT };

static const char *text_of(const struct facts *facts, const struct fact_descriptor *about)
{
	return facts_get(facts, about)->text;
}

static void a_word_of_a_table_is_kept_as_that_word(void **state)
{
	struct facts *facts = facts_new();
	char said[] = "closed";
	const char *list[] = { said, "ajar" };

	(void)state;
	facts_set_text(facts, &of_words, said);
	facts_set_texts(facts, &of_list, list, 2);
	assert_ptr_equal(text_of(facts, &of_words), words[1]);
	assert_ptr_equal(facts_get(facts, &of_list)->texts[0], words[1]);
	assert_string_equal(facts_get(facts, &of_list)->texts[1], "ajar");
	facts_free(facts);
}

static void every_other_text_is_copied(void **state)
{
	struct facts *facts = facts_new();
	char said[] = "closed", other[] = "ajar";

	(void)state;
	facts_set_text(facts, &of_anything, said);
	/* A table says which words there are; nobody vouches that there are no others. */
	facts_set_text(facts, &of_words, other);
	said[0] = other[0] = 'X';
	assert_string_equal(text_of(facts, &of_anything), "closed");
	assert_string_equal(text_of(facts, &of_words), "ajar");
	facts_free(facts);
}

static void a_set_grows_as_far_as_it_must_and_a_fact_is_there_once(void **state)
{
	enum { ROWS = 40 };
	struct fact_descriptor abouts[ROWS];
	struct facts *facts = facts_new();

	(void)state;
	for (int again = 0; again < 2; again++)
		for (int64_t i = 0; i < ROWS; i++) {
			abouts[i] = (struct fact_descriptor){ .type = FACT_INTEGER };
			facts_set_integer(facts, &abouts[i], 100 * again + i);
		}
	assert_int_equal(facts_count(facts), ROWS);
	for (int64_t i = 0; i < ROWS; i++)
		assert_int_equal(facts_get(facts, &abouts[i])->integer, 100 + i);
	assert_null(facts_get(facts, &of_words));
	facts_free(facts);
	facts_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_of_a_table_is_kept_as_that_word),
		cmocka_unit_test(every_other_text_is_copied),
		cmocka_unit_test(a_set_grows_as_far_as_it_must_and_a_fact_is_there_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
