/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "ground/clock.h"
#include "net/path.h"

#define UNKNOWN_US (3 * CLOCK_SECOND)

static struct path *path_named(struct paths *paths, const char *string)
{
	struct address address;

	assert_true(address_parse(string, &address));
	return path_to(paths, &address);
}

static void an_address_has_one_path_whatever_the_port(void **state)
{
	struct paths *paths = paths_new();
	struct path *first = path_named(paths, "10.0.0.1");
	struct address address;

	(void)state;
	assert_true(address_parse("10.0.0.1", &address));
	address.port = 443;
	assert_ptr_equal(path_to(paths, &address), first);
	assert_ptr_not_equal(path_named(paths, "10.0.0.2"), first);
	assert_ptr_not_equal(path_named(paths, "::ffff:10.0.0.1"), first);
	paths_free(paths);
}

static void paths_stay_where_they_are(void **state)
{
	enum { MANY = 5000 };
	struct paths *paths = paths_new();
	struct path *first = path_named(paths, "10.0.0.0");
	char string[ADDRESS_ROOM];

	(void)state;
	path_note_round_trip(first, 77);
	for (int i = 1; i < MANY; i++) {
		snprintf(string, sizeof string, "10.1.%d.%d", i / 256, i % 256);
		assert_int_equal(path_named(paths, string)->smoothed_us, 0);
	}
	assert_ptr_equal(path_named(paths, "10.0.0.0"), first);
	assert_int_equal(first->smoothed_us, 77);
	paths_free(paths);
}

static void patience_is_the_callers_until_somebody_answers(void **state)
{
	struct path path = { 0 };

	(void)state;
	assert_int_equal(path_patience_us(&path, UNKNOWN_US), UNKNOWN_US);
	path_note_round_trip(&path, 200);
	assert_int_equal(path_patience_us(&path, UNKNOWN_US), 400 * CLOCK_MILLISECOND);
	assert_int_equal(path_patience_us(&path, 1000), 1000);
}

static void patience_follows_a_slow_path_up_to_the_ceiling(void **state)
{
	struct path path = { 0 };

	(void)state;
	path_note_round_trip(&path, 300 * CLOCK_MILLISECOND);
	/* RFC 6298: R + 4 * R/2 */
	assert_int_equal(path_patience_us(&path, UNKNOWN_US), 900 * CLOCK_MILLISECOND);
	for (int i = 0; i < 100; i++)
		path_note_round_trip(&path, 600 * CLOCK_MILLISECOND);
	assert_in_range(path.smoothed_us, 599 * CLOCK_MILLISECOND, 600 * CLOCK_MILLISECOND);
	assert_in_range(path_patience_us(&path, UNKNOWN_US), 600 * CLOCK_MILLISECOND,
			650 * CLOCK_MILLISECOND);
	path_note_round_trip(&path, 60 * CLOCK_SECOND);
	assert_int_equal(path_patience_us(&path, UNKNOWN_US), UNKNOWN_US);
}

static void an_answer_in_no_time_is_an_answer(void **state)
{
	struct path path = { 0 };

	(void)state;
	path_note_round_trip(&path, 0);
	assert_int_equal(path_patience_us(&path, UNKNOWN_US), 400 * CLOCK_MILLISECOND);
	for (int i = 0; i < 100; i++)
		path_note_round_trip(&path, 0);
	assert_true(path.smoothed_us > 0);
}

static void a_second_may_go_at_once_and_then_the_rate_holds(void **state)
{
	struct path path = { 0 };
	int64_t now_us = 1000 * CLOCK_SECOND, at_us;
	int sent = 0;

	(void)state;
	while (!path_may_send_at(&path, now_us, 50))
		sent++;
	assert_int_equal(sent, 50);
	at_us = path_may_send_at(&path, now_us, 50);
	assert_int_equal(at_us, now_us + 20 * CLOCK_MILLISECOND);
	/* Asking is free, and too early is too early. */
	assert_int_equal(path_may_send_at(&path, at_us - 1, 50), at_us);
	assert_int_equal(path_may_send_at(&path, at_us, 50), 0);
	assert_int_equal(path_may_send_at(&path, at_us, 50), at_us + 20 * CLOCK_MILLISECOND);
}

static void over_a_long_time_the_budget_is_kept(void **state)
{
	static const uint32_t rates[] = { 1, 3, 7, 500, 100000 };

	(void)state;
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		struct path path = { 0 };
		int64_t now_us = CLOCK_SECOND, end_us = now_us + 3 * CLOCK_SECOND;
		uint32_t sent = 0;

		while (now_us < end_us) {
			int64_t at_us = path_may_send_at(&path, now_us, rates[i]);

			sent += !at_us;
			now_us = at_us ? at_us : now_us;
		}
		assert_in_range(sent, 4 * rates[i] - 4, 4 * rates[i] + 1);
	}
}

static void without_a_rate_there_is_no_limit(void **state)
{
	struct path path = { 0 };

	(void)state;
	for (int i = 0; i < 100000; i++)
		assert_int_equal(path_may_send_at(&path, 5, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_has_one_path_whatever_the_port),
		cmocka_unit_test(paths_stay_where_they_are),
		cmocka_unit_test(patience_is_the_callers_until_somebody_answers),
		cmocka_unit_test(patience_follows_a_slow_path_up_to_the_ceiling),
		cmocka_unit_test(an_answer_in_no_time_is_an_answer),
		cmocka_unit_test(a_second_may_go_at_once_and_then_the_rate_holds),
		cmocka_unit_test(over_a_long_time_the_budget_is_kept),
		cmocka_unit_test(without_a_rate_there_is_no_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
