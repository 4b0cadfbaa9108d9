/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "agent/engine/outbox.h"
#include "ground/clock.h"
#include "tests/unit/fault_disk.h"
#include "tests/unit/store_scene.h"

static const struct outbox_policy usual = {
	.pause_us = CLOCK_SECOND / 10,
	.retry_us = CLOCK_SECOND,
	.retry_most_us = 60 * CLOCK_SECOND,
	.most = 20,
};

/* A store with one sink that has so many events to be told. */
static struct store *with_events(unsigned count)
{
	struct store *store = opened();
	uint32_t check = some_check(store, "x");

	set_sinks(store, "log", NULL);
	for (unsigned i = 0; i < count; i++)
		tell(store, check, VERDICT_WARNING, VERDICT_CRITICAL);
	assert_true(store_write(store, 0));
	return store;
}

static void events_go_one_by_one_in_order_and_at_a_pace(void **state)
{
	struct store *store = with_events(20);
	struct outbox outbox = { 0 };
	struct event event;
	int64_t now_us = 0;

	(void)state;
	for (uint64_t number = 1; number <= 20; number++) {
		assert_true(outbox_due_us(&outbox, store, 0) <= now_us);
		assert_true(outbox_next(&usual, &outbox, store, 0, now_us, &event));
		assert_int_equal(event.number, number);
		assert_false(outbox_next(&usual, &outbox, store, 0, now_us + 1000, &event));
		assert_true(outbox_due_us(&outbox, store, 0) == INT64_MAX);
		outbox_answer(&usual, &outbox, store, 0, true, now_us + 1000);
		now_us += CLOCK_SECOND / 10;
		assert_false(outbox_next(&usual, &outbox, store, 0, now_us - 1, &event));
	}
	assert_false(outbox_next(&usual, &outbox, store, 0, now_us, &event));
	assert_true(outbox_due_us(&outbox, store, 0) == INT64_MAX);
	store_close(store);
}

static void what_failed_is_asked_again_before_any_other(void **state)
{
	struct store *store = with_events(3);
	struct outbox outbox = { 0 };
	struct event event;
	int64_t now_us = 0, waited_us = 0;

	(void)state;
	for (int i = 0; i < 10; i++) {
		assert_true(outbox_next(&usual, &outbox, store, 0, now_us, &event));
		assert_int_equal(event.number, 1);
		outbox_answer(&usual, &outbox, store, 0, false, now_us);
		waited_us = outbox_due_us(&outbox, store, 0) - now_us;
		now_us += waited_us;
	}
	assert_true(waited_us == usual.retry_most_us);
	assert_int_equal(outbox.failures, 10);
	assert_true(outbox_next(&usual, &outbox, store, 0, now_us, &event));
	outbox_answer(&usual, &outbox, store, 0, true, now_us);
	assert_int_equal(outbox.failures, 0);
	now_us += CLOCK_SECOND;
	assert_true(outbox_next(&usual, &outbox, store, 0, now_us, &event));
	assert_int_equal(event.number, 2);
	store_close(store);
}

static void what_was_with_the_sink_is_told_again_after_a_restart(void **state)
{
	struct store *store = with_events(2);
	struct outbox outbox = { 0 };
	struct event event;

	(void)state;
	assert_true(outbox_next(&usual, &outbox, store, 0, 0, &event));
	store = opened_again(store);
	set_sinks(store, "log", NULL);
	outbox = (struct outbox){ 0 };
	assert_true(outbox_next(&usual, &outbox, store, 0, 0, &event));
	assert_int_equal(event.number, 1);
	store_close(store);
}

static void the_oldest_beyond_the_bound_are_given_up_and_some_more(void **state)
{
	struct store *store = with_events(25);
	struct outbox outbox = { 0 };
	struct event event;

	(void)state;
	assert_true(outbox_next(&usual, &outbox, store, 0, 0, &event));
	assert_false(outbox_is_over(&usual, &outbox, store, 0));
	assert_int_equal(outbox_give_up(&usual, &outbox, store, 0), 0);
	outbox_answer(&usual, &outbox, store, 0, true, 0);
	assert_true(outbox_is_over(&usual, &outbox, store, 0));
	assert_int_equal(outbox_give_up(&usual, &outbox, store, 0), 9);
	assert_false(outbox_is_over(&usual, &outbox, store, 0));
	assert_int_equal(outbox_give_up(&usual, &outbox, store, 0), 0);
	assert_true(outbox_next(&usual, &outbox, store, 0, CLOCK_SECOND, &event));
	assert_int_equal(event.number, 11);
	store_close(store);
}

/* The event that tells of what was given up is one more for everybody. */
static void a_full_one_makes_room_even_when_it_may_hold_but_one(void **state)
{
	struct outbox_policy policy = usual;
	struct outbox outbox = { 0 };
	struct store *store = with_events(2);

	(void)state;
	policy.most = 1;
	assert_int_equal(outbox_give_up(&policy, &outbox, store, 0), 2);
	assert_false(outbox_is_over(&policy, &outbox, store, 0));
	tell(store, some_check(store, "x"), VERDICT_WARNING, VERDICT_CRITICAL);
	assert_false(outbox_is_over(&policy, &outbox, store, 0));
	assert_int_equal(outbox_give_up(&policy, &outbox, store, 0), 1);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(events_go_one_by_one_in_order_and_at_a_pace),
		STORE_TEST(what_failed_is_asked_again_before_any_other),
		STORE_TEST(what_was_with_the_sink_is_told_again_after_a_restart),
		STORE_TEST(the_oldest_beyond_the_bound_are_given_up_and_some_more),
		STORE_TEST(a_full_one_makes_room_even_when_it_may_hold_but_one),
	};

	fault_disk_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
