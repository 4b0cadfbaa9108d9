/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "agent/engine/due.h"

static void assert_order(struct due *due, int64_t now_us, const char *expected)
{
	char taken[32] = "";
	size_t length = 0;
	uint32_t number;

	while (due_take(due, now_us, &number))
		taken[length++] = (char)('0' + number);
	assert_string_equal(taken, expected);
}

static void nothing_is_due_before_somebody_says_so(void **state)
{
	struct due *due = due_new(3);

	(void)state;
	assert_true(due_next_us(due) == DUE_NEVER);
	assert_true(due_at_us(due, 2) == DUE_NEVER);
	assert_order(due, INT64_MAX, "");
	due_free(due);
	due_free(NULL);
}

static void they_come_by_time_and_then_by_number(void **state)
{
	static const int64_t times[] = { 7, 3, 9, 3, 7, 1, 12, 3 };
	struct due *due = due_new(8);

	(void)state;
	for (uint32_t i = 0; i < 8; i++)
		due_set(due, i, times[i]);
	assert_true(due_next_us(due) == 1);
	assert_order(due, 0, "");
	assert_order(due, 9, "5137042");
	assert_true(due_next_us(due) == 12);
	due_free(due);
}

static void another_time_replaces_the_one_before(void **state)
{
	struct due *due = due_new(6);

	(void)state;
	for (uint32_t i = 0; i < 6; i++)
		due_set(due, i, 10 + i);
	due_set(due, 5, 1);
	due_set(due, 0, 20);
	due_set(due, 2, DUE_NEVER);
	due_remove(due, 3);
	assert_false(due_waits(due, 2));
	assert_false(due_waits(due, 3));
	assert_true(due_at_us(due, 2) == DUE_NEVER);
	/* Who was taken still knows when it was due. */
	assert_true(due_at_us(due, 3) == 13);
	assert_true(due_waits(due, 0));
	assert_order(due, 100, "5140");
	due_free(due);
}

/* Against the simplest way there is to do it. */
static void whatever_is_set_and_taken_the_earliest_comes_first(void **state)
{
	enum { COUNT = 60, STEPS = 20000 };
	struct due *due = due_new(COUNT);
	int64_t times[COUNT];
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < COUNT; i++)
		times[i] = DUE_NEVER;
	for (int step = 0; step < STEPS; step++) {
		uint32_t number = (uint32_t)(seed >> 33) % COUNT, first = 0, taken;

		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		if (step % 3) {
			times[number] = (int64_t)(seed >> 40) % 1000;
			due_set(due, number, times[number]);
			continue;
		}
		for (uint32_t i = 1; i < COUNT; i++)
			if (times[i] < times[first])
				first = i;
		assert_true(due_next_us(due) == times[first]);
		if (times[first] == DUE_NEVER)
			continue;
		assert_true(due_take(due, times[first], &taken));
		assert_int_equal(taken, first);
		times[first] = DUE_NEVER;
	}
	due_free(due);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_due_before_somebody_says_so),
		cmocka_unit_test(they_come_by_time_and_then_by_number),
		cmocka_unit_test(another_time_replaces_the_one_before),
		cmocka_unit_test(whatever_is_set_and_taken_the_earliest_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
