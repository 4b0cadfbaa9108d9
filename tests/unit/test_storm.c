/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "agent/engine/storm.h"
#include "ground/clock.h"

static const struct storm_policy usual = { .most = 5, .window_us = 60 * CLOCK_SECOND };

/* So many events at once; what is advised of the last one. */
static enum storm_advice hear(struct storm *storm, unsigned events, int64_t now_us)
{
	enum storm_advice advice = STORM_TELL;

	while (events--)
		advice = storm_hear(&usual, storm, now_us);
	return advice;
}

static void a_few_are_told_one_by_one(void **state)
{
	struct storm storm = { 0 };
	int64_t now_us = 1000 * CLOCK_SECOND;

	(void)state;
	for (int i = 0; i < 100; i++, now_us += 60 * CLOCK_SECOND)
		assert_int_equal(hear(&storm, 5, now_us), STORM_TELL);
	assert_true(storm_due_us(&usual, &storm) == INT64_MAX);
}

static void many_are_told_as_one(void **state)
{
	struct storm storm = { 0 };
	int64_t now_us = 1000 * CLOCK_SECOND;
	unsigned hidden;

	(void)state;
	assert_int_equal(hear(&storm, 5, now_us), STORM_TELL);
	assert_int_equal(hear(&storm, 1, now_us), STORM_BEGINS);
	assert_int_equal(hear(&storm, 100, now_us + CLOCK_SECOND), STORM_HIDE);
	assert_true(storm_due_us(&usual, &storm) == now_us + 60 * CLOCK_SECOND);
	/* A window with so many, and one with few: only then it is over. */
	now_us += 60 * CLOCK_SECOND;
	assert_int_equal(storm_pass(&usual, &storm, now_us - 1, &hidden), STORM_TELL);
	assert_int_equal(storm_pass(&usual, &storm, now_us, &hidden), STORM_TELL);
	assert_int_equal(hear(&storm, 2, now_us + 1), STORM_HIDE);
	now_us += 60 * CLOCK_SECOND;
	assert_int_equal(storm_pass(&usual, &storm, now_us, &hidden), STORM_ENDS);
	assert_int_equal(hidden, 103);
	assert_int_equal(hear(&storm, 5, now_us + 1), STORM_TELL);
	assert_int_equal(storm_pass(&usual, &storm, now_us, &hidden), STORM_TELL);
	assert_int_equal(hidden, 0);
}

static void who_wants_all_of_them_gets_them(void **state)
{
	const struct storm_policy all = { .most = 0, .window_us = 60 * CLOCK_SECOND };
	struct storm storm = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(storm_hear(&all, &storm, 7), STORM_TELL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_few_are_told_one_by_one),
		cmocka_unit_test(many_are_told_as_one),
		cmocka_unit_test(who_wants_all_of_them_gets_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
