/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "agent/engine/judge.h"

static void nothing_judged_has_no_score(void **state)
{
	struct score score = { 0 };

	(void)state;
	score_count(&score, VERDICT_UNKNOWN, SEVERITY_CRITICAL);
	score_count(&score, VERDICT_NOT_APPLICABLE, SEVERITY_MAJOR);
	score_count(&score, VERDICT_EXCEPTED, SEVERITY_MINOR);
	assert_true(score_ratio(&score) < 0);
	assert_int_equal(score.counts[VERDICT_UNKNOWN], 1);
	assert_int_equal(score.counts[VERDICT_NOT_APPLICABLE], 1);
	assert_int_equal(score.counts[VERDICT_EXCEPTED], 1);
}

static void the_score_weighs_what_was_judged(void **state)
{
	struct score score = { 0 };

	(void)state;
	score_count(&score, VERDICT_OK, SEVERITY_MAJOR);
	score_count(&score, VERDICT_OK, SEVERITY_MINOR);
	score_count(&score, VERDICT_WARNING, SEVERITY_MINOR);
	score_count(&score, VERDICT_CRITICAL, SEVERITY_CRITICAL);
	score_count(&score, VERDICT_UNKNOWN, SEVERITY_CRITICAL);
	assert_int_equal(score.good, 4 + 2);
	assert_int_equal(score.judged, 4 + 2 + 2 + 8);
	assert_true(score_ratio(&score) == 6.0 / 16);
}

static void all_good_is_one_and_all_bad_is_zero(void **state)
{
	struct score good = { 0 }, bad = { 0 };

	(void)state;
	score_count(&good, VERDICT_OK, SEVERITY_WARNING);
	score_count(&bad, VERDICT_CRITICAL, SEVERITY_WARNING);
	assert_true(score_ratio(&good) == 1.0);
	assert_true(score_ratio(&bad) == 0.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_judged_has_no_score),
		cmocka_unit_test(the_score_weighs_what_was_judged),
		cmocka_unit_test(all_good_is_one_and_all_bad_is_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
