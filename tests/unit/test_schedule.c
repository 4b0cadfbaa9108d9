/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "agent/engine/schedule.h"
#include "ground/clock.h"
#include "ground/memory.h"

#define INTERVAL (300 * CLOCK_SECOND)
#define RECHECK (30 * CLOCK_SECOND)
#define WARM_UP (60 * CLOCK_SECOND)
#define LATER (INT64_C(1000000) * CLOCK_SECOND)

static uint64_t hash_of(uint32_t number)
{
	uint64_t hash = number + UINT64_C(0x9e3779b97f4a7c15);

	hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
	return hash ^ hash >> 31;
}

static struct schedule *begun(uint32_t count, int64_t now_us)
{
	struct schedule *schedule = schedule_new(count);

	for (uint32_t i = 0; i < count; i++)
		schedule_begin(schedule, i, hash_of(i), INTERVAL, RECHECK, WARM_UP, now_us);
	return schedule;
}

/* Does whatever is due until then; how often in all, and how often at most in one second. */
static unsigned
run_until(struct schedule *schedule, int64_t *now_us, int64_t end_us, enum schedule_pace pace,
	  unsigned *most)
{
	unsigned total = 0;
	uint32_t number;

	*most = 0;
	for (; *now_us < end_us; *now_us += CLOCK_SECOND) {
		unsigned at_once = 0;

		while (schedule_take(schedule, *now_us, &number)) {
			schedule_done(schedule, number, pace, *now_us);
			at_once++;
		}
		total += at_once;
		*most = at_once > *most ? at_once : *most;
	}
	return total;
}

static void nothing_is_due_before_it_begins(void **state)
{
	struct schedule *schedule = schedule_new(3);
	uint32_t number;

	(void)state;
	assert_true(schedule_next_us(schedule) == INT64_MAX);
	assert_true(schedule_due_us(schedule, 2) == INT64_MAX);
	assert_false(schedule_take(schedule, LATER, &number));
	schedule_free(schedule);
	schedule_free(NULL);
}

static void the_first_round_is_spread_over_the_warm_up(void **state)
{
	int64_t now_us = LATER;
	struct schedule *schedule = begun(6000, now_us);
	unsigned most, total;

	(void)state;
	total = run_until(schedule, &now_us, LATER + WARM_UP + CLOCK_SECOND,
			  SCHEDULE_USUAL, &most);
	/* Some of them come to their place meanwhile. */
	assert_true(total >= 6000 && total < 6000 + 6000 / 5);
	assert_true(most < 2 * 6000 / 60);
	schedule_free(schedule);
}

static void each_is_done_once_in_each_interval(void **state)
{
	int64_t now_us = LATER;
	struct schedule *schedule = begun(500, now_us);
	unsigned most;

	(void)state;
	run_until(schedule, &now_us, LATER + INTERVAL, SCHEDULE_USUAL, &most);
	assert_int_equal(run_until(schedule, &now_us, LATER + 11 * INTERVAL, SCHEDULE_USUAL,
				   &most),
			 5000);
	/* The warm-up was short; from then on they are spread over all of the interval. */
	assert_true(most < 12);
	schedule_free(schedule);
}

static void what_fails_is_looked_at_again_sooner(void **state)
{
	int64_t now_us = LATER;
	struct schedule *schedule = begun(500, now_us);
	unsigned most, total;

	(void)state;
	total = run_until(schedule, &now_us, LATER + 10 * INTERVAL, SCHEDULE_SOON, &most);
	/* A hundred times each, less what the warm-up takes. */
	assert_true(total > 500 * 98 && total <= 500 * 100);
	schedule_free(schedule);
}

/* Takes it when it is due, which is returned, and does it a second later. */
static int64_t do_it(struct schedule *schedule, enum schedule_pace pace)
{
	int64_t due_us = schedule_next_us(schedule);
	uint32_t number;

	assert_true(schedule_take(schedule, due_us, &number));
	schedule_done(schedule, number, pace, due_us + CLOCK_SECOND);
	return due_us;
}

static void its_place_is_the_same_after_it_failed(void **state)
{
	struct schedule *schedule = begun(1, LATER);
	int64_t place_us;

	(void)state;
	do_it(schedule, SCHEDULE_USUAL);
	place_us = do_it(schedule, SCHEDULE_SOON);
	assert_true(do_it(schedule, SCHEDULE_USUAL) == place_us + RECHECK);
	assert_true(schedule_due_us(schedule, 0) == place_us + INTERVAL);
	schedule_free(schedule);
}

static void its_place_is_the_same_after_a_restart(void **state)
{
	struct schedule *before = begun(1, LATER), *after = begun(1, LATER + INTERVAL / 3);

	(void)state;
	do_it(before, SCHEDULE_USUAL);
	do_it(after, SCHEDULE_USUAL);
	assert_true((schedule_due_us(after, 0) - schedule_due_us(before, 0)) % INTERVAL == 0);
	schedule_free(before);
	schedule_free(after);
	/* The clock began a moment ago. */
	before = begun(100, 5);
	for (uint32_t i = 0; i < 100; i++)
		assert_true(schedule_due_us(before, i) >= 5 &&
			    schedule_due_us(before, i) <= 5 + WARM_UP);
	schedule_free(before);
}

static void who_fails_on_and_on_is_looked_at_ever_less_often(void **state)
{
	struct schedule *schedule = begun(1, LATER);
	int64_t last_us, next_us;

	(void)state;
	do_it(schedule, SCHEDULE_USUAL);
	last_us = do_it(schedule, SCHEDULE_SOON);
	next_us = do_it(schedule, SCHEDULE_SLOWER);
	assert_true(next_us == last_us + RECHECK);
	for (int times = 2; times * RECHECK < INTERVAL; times *= 2) {
		last_us = next_us;
		next_us = do_it(schedule, SCHEDULE_SLOWER);
		assert_true(next_us == last_us + times * RECHECK);
	}
	/* From then on as usual, also when it was known to fail from the beginning. */
	last_us = do_it(schedule, SCHEDULE_SLOWER);
	assert_true(do_it(schedule, SCHEDULE_SLOWER) == last_us + INTERVAL);
	schedule_free(schedule);
}

static void who_fails_for_longer_than_the_recheck_is_not_late_for_ever(void **state)
{
	struct schedule *schedule = begun(1, LATER);
	uint32_t number;

	(void)state;
	assert_true(schedule_take(schedule, LATER + INTERVAL, &number));
	schedule_done(schedule, 0, SCHEDULE_SOON, LATER + 10 * INTERVAL);
	assert_true(schedule_due_us(schedule, 0) == LATER + 10 * INTERVAL + RECHECK);
	schedule_free(schedule);
}

static void who_is_in_a_hurry_comes_sooner_and_keeps_the_place(void **state)
{
	struct schedule *schedule = begun(50, LATER);

	(void)state;
	for (uint32_t i = 0; i < 50; i++) {
		schedule_claim(schedule, i);
		schedule_done(schedule, i, SCHEDULE_USUAL, LATER);
	}
	for (uint32_t i = 0; i < 50; i++) {
		int64_t now_us = LATER + WARM_UP, due_us = schedule_due_us(schedule, i);

		schedule_hurry(schedule, i, RECHECK, now_us);
		assert_true(schedule_due_us(schedule, i) <= due_us);
		assert_true(schedule_due_us(schedule, i) >= now_us ||
			    schedule_due_us(schedule, i) == due_us);
		assert_true(schedule_due_us(schedule, i) <= now_us + RECHECK);
		schedule_claim(schedule, i);
		assert_false(schedule_waits(schedule, i));
		/* Who is looked at already is not looked at sooner. */
		schedule_hurry(schedule, i, 0, now_us);
		schedule_done(schedule, i, SCHEDULE_USUAL, now_us + 2 * RECHECK);
		assert_true(schedule_waits(schedule, i));
		assert_true((schedule_due_us(schedule, i) - due_us) % INTERVAL == 0);
	}
	schedule_free(schedule);
}

static void a_day_of_sleep_is_not_made_up_for_nor_bursts(void **state)
{
	int64_t now_us = LATER;
	struct schedule *schedule = begun(3000, now_us);
	unsigned most, total;

	(void)state;
	run_until(schedule, &now_us, LATER + INTERVAL, SCHEDULE_USUAL, &most);
	now_us += 24 * 3600 * CLOCK_SECOND;
	schedule_slept(schedule, now_us);
	total = run_until(schedule, &now_us, now_us + INTERVAL, SCHEDULE_USUAL, &most);
	/* Less those of the last second. */
	assert_true(total > 2950 && total <= 3000);
	assert_true(most < 30);
	schedule_free(schedule);
}

static void what_is_under_way_is_not_due(void **state)
{
	struct schedule *schedule = begun(2, LATER);
	uint32_t first, second, third;

	(void)state;
	assert_true(schedule_take(schedule, LATER + INTERVAL, &first));
	assert_true(schedule_take(schedule, LATER + INTERVAL, &second));
	assert_int_not_equal(first, second);
	assert_false(schedule_take(schedule, LATER + 100 * INTERVAL, &third));
	assert_true(schedule_next_us(schedule) == INT64_MAX);
	schedule_done(schedule, second, SCHEDULE_USUAL, LATER + 50 * INTERVAL);
	assert_true(schedule_next_us(schedule) > LATER + 50 * INTERVAL);
	assert_true(schedule_next_us(schedule) <= LATER + 51 * INTERVAL);
	schedule_free(schedule);
}

static void a_reload_carries_over_when_it_is_due(void **state)
{
	struct schedule *schedule = schedule_new(2);

	(void)state;
	schedule_resume(schedule, 0, hash_of(0), INTERVAL, 0, LATER + 7, LATER);
	assert_true(schedule_due_us(schedule, 0) == LATER + 7);
	/* It was an hour's; now it is five minutes'. */
	schedule_resume(schedule, 1, hash_of(1), INTERVAL, 0, LATER + 12 * INTERVAL, LATER);
	assert_true(schedule_due_us(schedule, 1) <= LATER + INTERVAL);
	schedule_free(schedule);
}

static void they_come_in_the_order_of_their_times(void **state)
{
	enum { COUNT = 4000 };
	struct schedule *schedule = begun(COUNT, LATER);
	int64_t last_us = 0;
	uint32_t number;

	(void)state;
	for (int i = 0; i < 5 * COUNT; i++) {
		int64_t due_us = schedule_next_us(schedule);

		assert_true(due_us >= last_us);
		last_us = due_us;
		assert_true(schedule_take(schedule, due_us, &number));
		assert_true(schedule_due_us(schedule, number) == due_us);
		schedule_done(schedule, number,
			      (enum schedule_pace)(hash_of(number + (uint32_t)i) % 3), due_us);
	}
	schedule_free(schedule);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_due_before_it_begins),
		cmocka_unit_test(the_first_round_is_spread_over_the_warm_up),
		cmocka_unit_test(each_is_done_once_in_each_interval),
		cmocka_unit_test(what_fails_is_looked_at_again_sooner),
		cmocka_unit_test(its_place_is_the_same_after_it_failed),
		cmocka_unit_test(its_place_is_the_same_after_a_restart),
		cmocka_unit_test(who_fails_on_and_on_is_looked_at_ever_less_often),
		cmocka_unit_test(who_fails_for_longer_than_the_recheck_is_not_late_for_ever),
		cmocka_unit_test(who_is_in_a_hurry_comes_sooner_and_keeps_the_place),
		cmocka_unit_test(a_day_of_sleep_is_not_made_up_for_nor_bursts),
		cmocka_unit_test(what_is_under_way_is_not_due),
		cmocka_unit_test(a_reload_carries_over_when_it_is_due),
		cmocka_unit_test(they_come_in_the_order_of_their_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
