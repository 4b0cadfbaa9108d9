/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/fault_disk.h"
#include "tests/unit/store_scene.h"

static void numbers_stay_the_same_for_ever(void **state)
{
	struct store *store = opened();
	uint32_t first = store_target_number(store, "a"), second = store_target_number(store, "b");

	(void)state;
	assert_int_equal(first, 1);
	assert_int_equal(second, 2);
	assert_int_equal(store_check_number(store, first, "x"), 1);
	assert_int_equal(store_check_number(store, second, "x"), 2);
	store = opened_again(store);
	assert_int_equal(store_target_number(store, "c"), 3);
	assert_int_equal(store_target_number(store, "b"), 2);
	assert_int_equal(store_check_number(store, 2, "x"), 2);
	assert_int_equal(store_check_number(store, 2, "y"), 3);
	store_close(store);
}

static void so_do_many_of_them(void **state)
{
	struct store *store = opened();
	char name[32];

	(void)state;
	for (int again = 0; again < 2; again++) {
		for (unsigned i = 0; i < 3000; i++) {
			snprintf(name, sizeof name, "check-%u", i);
			assert_int_equal(store_check_number(store, 1, name), i + 1);
		}
		store = opened_again(store);
	}
	store_close(store);
}

static void an_alarm_is_as_it_was_recorded(void **state)
{
	struct store *store = opened();
	uint32_t check = some_check(store, "x");
	struct alarm alarm;
	uint64_t raised;

	(void)state;
	assert_false(store_recall(store, check, &alarm, &raised));
	assert_false(store_recall(store, 0, &alarm, &raised));
	tell(store, check, VERDICT_OK, VERDICT_CRITICAL);
	alarm_begin(&alarm);
	alarm.told = alarm.seen = VERDICT_CRITICAL;
	alarm.better = 1;
	alarm.raised_wall_us = NOW;
	store_record(store, check, &alarm, NULL);
	store = opened_again(store);
	assert_true(store_recall(store, check, &alarm, &raised));
	assert_int_equal(raised, 1);
	assert_int_equal(alarm.told, VERDICT_CRITICAL);
	assert_int_equal(alarm.better, 1);
	assert_true(alarm.raised_wall_us == NOW);
	store_close(store);
}

static void each_sink_is_told_until_it_has_acknowledged(void **state)
{
	struct store *store = opened();
	uint32_t check = some_check(store, "x");

	(void)state;
	set_sinks(store, "log", "mail");
	tell(store, check, VERDICT_OK, VERDICT_CRITICAL);
	/* Not before it is on disk. */
	expect_untold(store, 0, "", false);
	assert_true(store_write(store, 0));
	tell(store, check, VERDICT_CRITICAL, VERDICT_OK);
	assert_true(store_write(store, 0));
	expect_untold(store, 0, " 1 2", true);
	expect_untold(store, 1, " 1 2", false);
	store_acknowledge(store, 1, 2);
	store_acknowledge(store, 1, 99);
	store = opened_again(store);
	set_sinks(store, "log", "mail");
	expect_untold(store, 0, "", false);
	expect_untold(store, 1, " 1", false);
	assert_int_equal(store_untold_count(store, 1), 1);
	store_close(store);
}

static void an_alarm_keeps_its_number_from_raised_to_cleared(void **state)
{
	struct store *store = opened();
	uint32_t check = some_check(store, "x");
	struct event event;

	(void)state;
	set_sinks(store, "log", NULL);
	tell(store, some_check(store, "y"), VERDICT_OK, VERDICT_WARNING);
	tell(store, check, VERDICT_OK, VERDICT_CRITICAL);
	store = opened_again(store);
	set_sinks(store, "log", NULL);
	tell(store, check, VERDICT_CRITICAL, VERDICT_WARNING);
	tell(store, check, VERDICT_WARNING, VERDICT_OK);
	tell(store, check, VERDICT_OK, VERDICT_WARNING);
	assert_true(store_write(store, 0));
	for (uint64_t number = 2; number <= 5; number++) {
		assert_true(store_untold(store, 0, number - 1, &event));
		assert_int_equal(event.alarm, number < 5 ? 2 : 5);
	}
	store_close(store);
}

static void a_sink_that_is_no_more_is_forgotten_and_a_new_one_begins_now(void **state)
{
	struct store *store = opened();
	uint32_t check = some_check(store, "x");

	(void)state;
	set_sinks(store, "log", "mail");
	tell(store, check, VERDICT_OK, VERDICT_CRITICAL);
	assert_true(store_write(store, 0));
	set_sinks(store, "mail", "pager");
	expect_untold(store, 0, " 1", false);
	expect_untold(store, 1, "", false);
	tell(store, check, VERDICT_CRITICAL, VERDICT_OK);
	store = opened_again(store);
	set_sinks(store, "pager", "log");
	expect_untold(store, 0, " 2", false);
	expect_untold(store, 1, "", false);
	store_close(store);
}

static void what_is_given_up_is_not_told(void **state)
{
	struct store *store = opened();
	uint32_t check = some_check(store, "x");

	(void)state;
	set_sinks(store, "log", NULL);
	for (int i = 0; i < 6; i++)
		tell(store, check, i % 2 ? VERDICT_WARNING : VERDICT_OK,
		     i % 2 ? VERDICT_OK : VERDICT_WARNING);
	assert_true(store_write(store, 0));
	assert_int_equal(store_give_up(store, 0, 4), 4);
	store = opened_again(store);
	set_sinks(store, "log", NULL);
	expect_untold(store, 0, " 5 6", false);
	store_close(store);
}

static void events_are_listed_from_the_newest(void **state)
{
	struct store *store = opened();
	uint32_t check = some_check(store, "x");

	(void)state;
	for (int i = 0; i < 5; i++)
		tell(store, check, VERDICT_WARNING, VERDICT_CRITICAL);
	assert_true(store_write(store, 0));
	tell(store, check, VERDICT_WARNING, VERDICT_CRITICAL);
	expect_events(store, UINT64_MAX, 100, " 6 5 4 3 2 1");
	expect_events(store, UINT64_MAX, 3, " 6 5 4");
	expect_events(store, 4, 2, " 3 2");
	store_close(store);
}

static void old_events_are_forgotten_unless_somebody_needs_them(void **state)
{
	struct store *store = opened();
	uint32_t check = some_check(store, "x"), other = some_check(store, "y");

	(void)state;
	tell(store, other, VERDICT_OK, VERDICT_CRITICAL);
	for (int i = 0; i < 6; i++)
		tell(store, check, i % 2 ? VERDICT_WARNING : VERDICT_OK,
		     i % 2 ? VERDICT_OK : VERDICT_WARNING);
	set_sinks(store, "log", NULL);
	tell(store, check, VERDICT_OK, VERDICT_WARNING);
	assert_true(store_write(store, 0));
	store_forget(store, 0, 4);
	expect_events(store, UINT64_MAX, 100, " 8 7 6 5 1");
	store_forget(store, NOW + 1, 1000);
	expect_events(store, UINT64_MAX, 100, " 8 1");
	store_close(store);
}

static void a_folder_is_one_agents(void **state)
{
	struct store *store = opened();
	struct text said = { 0 };

	(void)state;
	tell(store, some_check(store, "x"), VERDICT_OK, VERDICT_CRITICAL);
	assert_true(store_write(store, 0));
	assert_null(store_open(store_folder(), &said));
	assert_non_null(strstr(text_string(&said), "locked"));
	text_free(&said);
	store_close(store);
}

static void memory_has_a_bound_too(void **state)
{
	struct store *store = store_open(NULL, NULL);
	uint32_t check = some_check(store, "x");

	(void)state;
	set_sinks(store, "log", NULL);
	for (int i = 0; i < 100001; i++)
		tell(store, check, VERDICT_WARNING, VERDICT_CRITICAL);
	assert_int_equal(store_dropped(store), 5000);
	assert_int_equal(store_dropped(store), 0);
	assert_int_equal(store_untold_count(store, 0), 95001);
	expect_events(store, UINT64_MAX, 1, " 100001");
	expect_events(store, 5002, 2, " 5001");
	store_close(store);
}

static void without_a_folder_it_lives_in_memory(void **state)
{
	struct store *store = store_open(NULL, NULL);
	uint32_t check = some_check(store, "x");

	(void)state;
	set_sinks(store, "log", NULL);
	for (int i = 0; i < 1500; i++)
		tell(store, check, VERDICT_WARNING, VERDICT_CRITICAL);
	assert_int_equal(store_give_up(store, 0, 1498), 1498);
	expect_untold(store, 0, " 1499 1500", true);
	assert_true(store_write(store, 0));
	expect_events(store, 600, 2, " 599 598");
	expect_events(store, 500, 2, "");
	store_close(store);
}

static void list_raised(void *arg, uint32_t target, const char *target_name, uint32_t check,
			const char *check_name)
{
	text_add_format(arg, "%u %s %u %s\n", target, target_name, check, check_name);
}

static void what_is_raised_is_known_after_a_restart(void **state)
{
	struct store *store = opened();
	uint32_t first = some_check(store, "x"), second = some_check(store, "y");
	struct text list = { 0 };

	(void)state;
	tell(store, first, VERDICT_OK, VERDICT_CRITICAL);
	tell(store, second, VERDICT_OK, VERDICT_CRITICAL);
	tell(store, first, VERDICT_CRITICAL, VERDICT_OK);
	store = opened_again(store);
	store_each_raised(store, list_raised, &list);
	assert_string_equal(text_string(&list), "1 pbx 2 y\n");
	text_free(&list);
	store_close(store);
}

static void count_event(void *arg, const struct event *event)
{
	*(unsigned *)arg += event->number == 1;
}

static void a_quiet_event_is_recorded_and_told_nobody(void **state)
{
	struct store *store = opened();
	struct event event = { .at_us = NOW, .kind = EVENT_AGENT, .quiet = true };
	unsigned count = 0;

	(void)state;
	set_sinks(store, "log", NULL);
	store_record(store, 0, NULL, &event);
	assert_int_equal(event.number, 1);
	assert_int_equal(store_untold_count(store, 0), 0);
	store = opened_again(store);
	set_sinks(store, "log", NULL);
	assert_int_equal(store_untold_count(store, 0), 0);
	store_events(store, UINT64_MAX, 10, count_event, &count);
	assert_int_equal(count, 1);
	store_close(store);
}

static void the_newest_event_is_one_that_is_written(void **state)
{
	struct store *store = opened();
	uint32_t check = some_check(store, "x");

	(void)state;
	assert_int_equal(store_newest(store), 0);
	tell(store, check, VERDICT_OK, VERDICT_CRITICAL);
	assert_int_equal(store_newest(store), 0);
	assert_true(store_write(store, 0));
	assert_int_equal(store_newest(store), 1);
	/* Nobody knows how long a broken disk stays broken: from then on memory counts. */
	fault_disk_set(DISK_BROKEN, 0);
	tell(store, check, VERDICT_CRITICAL, VERDICT_OK);
	assert_int_equal(store_newest(store), 1);
	assert_false(store_write(store, 0));
	assert_int_equal(store_newest(store), 2);
	fault_disk_set(DISK_SOUND, 0);
	store_close(store);
}

static void expect_baseline(struct store *store, uint32_t target, int64_t at_us,
			    const char *document)
{
	struct text text = { 0 };
	int64_t at = 0;

	assert_true(store_baseline(store, target, &at, &text));
	assert_true(at == at_us);
	assert_string_equal(text_string(&text), document);
	text_free(&text);
}

static void the_newest_baseline_counts(void **state)
{
	struct store *store = opened();
	struct text text = { 0 };
	int64_t at;

	(void)state;
	assert_false(store_baseline(store, 1, &at, &text));
	store_set_baseline(store, 1, NOW, "a");
	store_set_baseline(store, 2, NOW, "other");
	store_set_baseline(store, 1, NOW + 1, "b");
	expect_baseline(store, 1, NOW + 1, "b");
	assert_true(store_due_us(store) == 0);
	store = opened_again(store);
	expect_baseline(store, 1, NOW + 1, "b");
	store_set_baseline(store, 1, NOW + 2, "c");
	expect_baseline(store, 1, NOW + 2, "c");
	assert_true(store_write(store, 0));
	expect_baseline(store, 1, NOW + 2, "c");
	expect_baseline(store, 2, NOW, "other");
	assert_false(store_baseline(store, 3, &at, &text));
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(numbers_stay_the_same_for_ever),
		STORE_TEST(so_do_many_of_them),
		STORE_TEST(an_alarm_is_as_it_was_recorded),
		STORE_TEST(each_sink_is_told_until_it_has_acknowledged),
		STORE_TEST(an_alarm_keeps_its_number_from_raised_to_cleared),
		STORE_TEST(a_sink_that_is_no_more_is_forgotten_and_a_new_one_begins_now),
		STORE_TEST(what_is_given_up_is_not_told),
		STORE_TEST(events_are_listed_from_the_newest),
		STORE_TEST(old_events_are_forgotten_unless_somebody_needs_them),
		STORE_TEST(a_folder_is_one_agents),
		STORE_TEST(memory_has_a_bound_too),
		STORE_TEST(what_is_raised_is_known_after_a_restart),
		STORE_TEST(a_quiet_event_is_recorded_and_told_nobody),
		STORE_TEST(the_newest_event_is_one_that_is_written),
		STORE_TEST(the_newest_baseline_counts),
		STORE_TEST(without_a_folder_it_lives_in_memory),
	};

	fault_disk_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
