/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <string.h>

#include "agent/plan/problems.h"
#include "ground/text.h"

static const char *const keys[] = { "interval", "timeout", "name", NULL };

static void assert_described(const struct problem *problem, const char *expected)
{
	struct text out = { 0 };

	problem_describe(problem, &out);
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
}

static void a_problem_says_where_it_is(void **state)
{
	struct problems problems = { 0 };

	(void)state;
	problems_add(&problems, PROBLEM_WARNING, (struct place){ "a.yaml", 3, 7 }, "%s %d",
		     "too", 1);
	assert_described(&problems.items[0], "a.yaml:3:7: warning: too 1");
	assert_int_equal(problems.errors, 0);
	problems_free(&problems);
}

static void a_problem_of_a_whole_file_has_no_line(void **state)
{
	struct problems problems = { 0 };

	(void)state;
	problems_add(&problems, PROBLEM_ERROR, (struct place){ .file = "a.yaml" }, "gone");
	problems_add(&problems, PROBLEM_ERROR, (struct place){ 0 }, "of no file");
	assert_described(&problems.items[0], "a.yaml: error: gone");
	assert_described(&problems.items[1], "error: of no file");
	problems_free(&problems);
}

static void a_slip_is_answered_with_the_nearest_word(void **state)
{
	struct problems problems = { 0 };

	(void)state;
	problems_add_unknown(&problems, (struct place){ "ucposture.yaml", 14, 7 }, "key",
			     "intervall", keys);
	assert_described(&problems.items[0],
			 "ucposture.yaml:14:7: error: unknown key 'intervall' "
			 "(did you mean 'interval'?)");
	assert_int_equal(problems.errors, 1);
	problems_free(&problems);
}

static void a_strange_word_is_answered_with_all_there_are(void **state)
{
	static const char *const none[] = { NULL };
	struct problems problems = { 0 };

	(void)state;
	problems_add_unknown(&problems, (struct place){ "a", 1, 1 }, "key", "zebrafish", keys);
	problems_add_unknown(&problems, (struct place){ "a", 1, 2 }, "key", "zebrafish", none);
	assert_string_equal(problems.items[0].message, "unknown key 'zebrafish' (there are "
						       "'interval', 'timeout' and 'name')");
	assert_string_equal(problems.items[1].message, "unknown key 'zebrafish'");
	problems_free(&problems);
}

static void problems_are_sorted_by_place_and_said_once(void **state)
{
	struct problems problems = { 0 };

	(void)state;
	problems_add(&problems, PROBLEM_ERROR, (struct place){ "b", 1, 1 }, "fourth");
	problems_add(&problems, PROBLEM_ERROR, (struct place){ "a", 10, 1 }, "third");
	problems_add(&problems, PROBLEM_ERROR, (struct place){ "a", 2, 9 }, "second");
	problems_add(&problems, PROBLEM_ERROR, (struct place){ "a", 2, 8 }, "first");
	problems_add(&problems, PROBLEM_ERROR, (struct place){ "a", 2, 8 }, "first");
	problems_sort(&problems);
	assert_int_equal(problems.count, 4);
	assert_int_equal(problems.errors, 4);
	assert_string_equal(problems.items[0].message, "first");
	assert_string_equal(problems.items[1].message, "second");
	assert_string_equal(problems.items[2].message, "third");
	assert_string_equal(problems.items[3].message, "fourth");
	problems_free(&problems);
}

static void more_problems_than_anybody_reads_are_counted(void **state)
{
	struct problems problems = { 0 };

	(void)state;
	for (unsigned i = 0; i < PROBLEMS_MOST + 7; i++) {
		problems_add_unknown(&problems, (struct place){ "a", i + 1, 1 }, "key", "x",
				     keys);
		problems_add(&problems, PROBLEM_WARNING,
			     (struct place){ "a", i % (PROBLEMS_MOST / 2) + 1, 1 }, "twice");
	}
	assert_int_equal(problems.errors, PROBLEMS_MOST + 7);
	problems_sort(&problems);
	assert_int_equal(problems.errors, PROBLEMS_MOST + 7);
	assert_int_equal(problems.left_out[PROBLEM_ERROR], 7);
	assert_int_equal(problems.left_out[PROBLEM_WARNING], 7);
	assert_int_equal(problems.kept[PROBLEM_WARNING], PROBLEMS_MOST / 2);
	assert_int_equal(problems.count, PROBLEMS_MOST + PROBLEMS_MOST / 2);
	problems_free(&problems);
}

static void what_is_said_again_and_again_leaves_nothing_out(void **state)
{
	struct problems problems = { 0 };

	(void)state;
	for (unsigned i = 0; i < 5 * PROBLEMS_MOST; i++)
		for (unsigned line = 1; line < 10; line++)
			problems_add(&problems, i % 2 ? PROBLEM_ERROR : PROBLEM_WARNING,
				     (struct place){ "a", line, 1 }, "the same");
	assert_int_equal(problems.errors, 9);
	assert_int_equal(problems.count, 18);
	assert_int_equal(problems.left_out[PROBLEM_ERROR], 0);
	assert_int_equal(problems.left_out[PROBLEM_WARNING], 0);
	problems_add(&problems, PROBLEM_ERROR, (struct place){ NULL, 1, 1 }, "the same");
	problems_add(&problems, PROBLEM_ERROR, (struct place){ "b", 1, 1 }, "the same");
	assert_int_equal(problems.errors, 11);
	problems_free(&problems);
}

static void a_message_cannot_play_with_the_terminal(void **state)
{
	struct problems problems = { 0 };

	(void)state;
	problems_add_unknown(&problems, (struct place){ "a", 1, 1 }, "key", "\x1b[2J", keys);
	assert_null(strchr(problems.items[0].message, '\x1b'));
	problems_free(&problems);
}

static void the_name_of_a_file_is_copied(void **state)
{
	struct problems problems = { 0 };
	char name[] = "first";

	(void)state;
	problems_add(&problems, PROBLEM_ERROR, (struct place){ name, 1, 1 }, "x");
	memcpy(name, "other", sizeof name);
	problems_add(&problems, PROBLEM_ERROR, (struct place){ name, 1, 1 }, "x");
	assert_string_equal(problems.items[0].place.file, "first");
	assert_string_equal(problems.items[1].place.file, "other");
	problems_free(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_problem_says_where_it_is),
		cmocka_unit_test(a_problem_of_a_whole_file_has_no_line),
		cmocka_unit_test(a_slip_is_answered_with_the_nearest_word),
		cmocka_unit_test(a_strange_word_is_answered_with_all_there_are),
		cmocka_unit_test(problems_are_sorted_by_place_and_said_once),
		cmocka_unit_test(more_problems_than_anybody_reads_are_counted),
		cmocka_unit_test(what_is_said_again_and_again_leaves_nothing_out),
		cmocka_unit_test(a_message_cannot_play_with_the_terminal),
		cmocka_unit_test(the_name_of_a_file_is_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
