/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "agent/engine/telling.h"
#include "ground/clock.h"
#include "tests/unit/fake_self.h"
#include "tests/unit/fault_disk.h"
#include "tests/unit/store_scene.h"

/* A sink that notes what it is told and answers as the test wants. */
enum manner { TAKES, FAILS, WAITS };

struct ear {
	enum manner manner;
	struct text heard;
	void (*done)(void *arg, bool acknowledged);
	void *done_arg;
	unsigned closed;
};

static void ear_tell(void *arg, const struct event *event,
		     void (*done)(void *done_arg, bool acknowledged), void *done_arg)
{
	struct ear *ear = arg;

	text_add_format(&ear->heard, " %u", (unsigned)event->number);
	assert_null(ear->done);
	if (ear->manner != WAITS) {
		done(done_arg, ear->manner == TAKES);
		return;
	}
	ear->done = done;
	ear->done_arg = done_arg;
}

static void ear_close(void *arg)
{
	struct ear *ear = arg;

	ear->closed++;
	ear->done = NULL;
}

static void ear_answer(struct ear *ear, bool acknowledged)
{
	void (*done)(void *arg, bool acknowledged) = ear->done;

	ear->done = NULL;
	done(ear->done_arg, acknowledged);
}

static struct voice voice_of(struct ear *ear, const char *name)
{
	return (struct voice){ name, ear, ear_tell, ear_close };
}

struct scene {
	struct store *store;
	struct self self;
	struct telling *telling;
	struct outbox_policy policy;
	struct ear ears[2];
	size_t ear_count;
	struct moment now;
};

static void set_ears(struct scene *scene, size_t count)
{
	const struct voice voices[] = { voice_of(&scene->ears[0], "mail"),
					voice_of(&scene->ears[1], "log") };

	scene->ear_count = count;
	telling_set(scene->telling, &scene->policy, voices, count, scene->now);
}

static void begin(struct scene *scene, size_t ears)
{
	*scene = (struct scene){
		.policy = { CLOCK_SECOND / 10, CLOCK_SECOND, 60 * CLOCK_SECOND, 1000 },
		.now = { 5 * CLOCK_SECOND, NOW },
	};
	scene->store = opened();
	scene->self.store = scene->store;
	scene->self.check = some_check(scene->store, "agent/outbox");
	scene->telling = telling_new(scene->store, &scene->self);
	set_ears(scene, ears);
}

static void end(struct scene *scene)
{
	telling_free(scene->telling);
	telling_free(NULL);
	store_close(scene->store);
	text_free(&scene->self.log);
	for (size_t i = 0; i < 2; i++)
		text_free(&scene->ears[i].heard);
}

/* The agent's process dies; another finds the store. */
static void die(struct scene *scene)
{
	struct scene dead = *scene;

	scene->store = opened_again(scene->store);
	scene->self = (struct self){ .store = scene->store, .bad = dead.self.bad };
	scene->self.check = some_check(scene->store, "agent/outbox");
	scene->telling = telling_new(scene->store, &scene->self);
	for (size_t i = 0; i < 2; i++)
		scene->ears[i] = (struct ear){ .manner = dead.ears[i].manner };
	set_ears(scene, dead.ear_count);
	dead.store = NULL;
	end(&dead);
}

static void happen(struct scene *scene, unsigned events)
{
	for (unsigned i = 0; i < events; i++)
		tell(scene->store, some_check(scene->store, "x"), VERDICT_WARNING,
		     VERDICT_CRITICAL);
}

static void turn(struct scene *scene, int64_t *due_us)
{
	assert_true(store_write(scene->store, scene->now.monotonic_us));
	*due_us = telling_turn(scene->telling, scene->now);
}

/* Turns as the agent would make them, until nothing is due before `until`. */
static void go_on(struct scene *scene, int64_t seconds)
{
	int64_t until_us = scene->now.monotonic_us + seconds * CLOCK_SECOND, due_us;

	for (unsigned turns = 0;; turns++) {
		int64_t step_us;

		assert_true(turns < 100000);
		turn(scene, &due_us);
		if (store_due_us(scene->store) < due_us)
			due_us = scene->now.monotonic_us;
		if (due_us > until_us)
			due_us = until_us;
		step_us = due_us - scene->now.monotonic_us;
		scene->now.monotonic_us += step_us > 0 ? step_us : 0;
		scene->now.wall_us += step_us > 0 ? step_us : 0;
		if (scene->now.monotonic_us == until_us &&
		    store_due_us(scene->store) == INT64_MAX)
			return;
	}
}

static void expect(struct text *text, const char *expected)
{
	assert_string_equal(text_string(text), expected);
	text_clear(text);
}

static void every_sink_is_told_everything_once_and_in_order(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 2);
	happen(&scene, 5);
	go_on(&scene, 10);
	expect(&scene.ears[0].heard, " 1 2 3 4 5");
	expect(&scene.ears[1].heard, " 1 2 3 4 5");
	expect(&scene.self.log, "[good]");
	assert_true(telling_state(scene.telling, 0).last_wall_us > NOW);
	go_on(&scene, 1000);
	expect(&scene.ears[0].heard, "");
	end(&scene);
}

static void a_sink_that_is_slow_keeps_no_other_waiting(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 2);
	scene.ears[0].manner = WAITS;
	happen(&scene, 3);
	go_on(&scene, 5);
	expect(&scene.ears[0].heard, " 1");
	expect(&scene.ears[1].heard, " 1 2 3");
	ear_answer(&scene.ears[0], true);
	scene.ears[0].manner = TAKES;
	go_on(&scene, 5);
	expect(&scene.ears[0].heard, " 2 3");
	assert_int_equal(telling_state(scene.telling, 0).untold, 0);
	end(&scene);
}

static void who_is_not_paced_gets_a_thousand_within_a_second(void **state)
{
	struct scene scene;
	int64_t due_us;

	(void)state;
	begin(&scene, 1);
	scene.policy.pause_us = 0;
	set_ears(&scene, 1);
	happen(&scene, 1000);
	turn(&scene, &due_us);
	assert_true(telling_state(scene.telling, 0).untold > 500);
	assert_true(due_us <= scene.now.monotonic_us);
	go_on(&scene, 1);
	assert_int_equal(telling_state(scene.telling, 0).untold, 0);
	end(&scene);
}

static void who_fails_thrice_in_a_row_is_named_until_it_takes_something(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 2);
	scene.ears[0].manner = FAILS;
	happen(&scene, 2);
	go_on(&scene, 2);
	expect(&scene.ears[0].heard, " 1 1");
	expect(&scene.self.log, "");
	go_on(&scene, 600);
	expect(&scene.self.log, "[mail: 3 failures in a row, 2 events wait]");
	expect(&scene.ears[1].heard, " 1 2 3");
	assert_int_equal(telling_state(scene.telling, 0).untold, 3);
	assert_true(telling_state(scene.telling, 0).failures > 10);
	text_clear(&scene.ears[0].heard);
	scene.ears[0].manner = TAKES;
	go_on(&scene, 120);
	expect(&scene.ears[0].heard, " 1 2 3 4");
	expect(&scene.self.log, "[good]");
	expect(&scene.ears[1].heard, " 4");
	end(&scene);
}

static void who_has_failed_for_a_minute_is_named_after_two_failures(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 1);
	scene.policy.retry_us = scene.policy.retry_most_us = 50 * CLOCK_SECOND;
	set_ears(&scene, 1);
	scene.ears[0].manner = FAILS;
	happen(&scene, 1);
	go_on(&scene, 59);
	expect(&scene.ears[0].heard, " 1 1");
	expect(&scene.self.log, "");
	go_on(&scene, 2);
	expect(&scene.ears[0].heard, "");
	expect(&scene.self.log, "[mail: 2 failures in a row, 1 events wait]");
	end(&scene);
}

static void an_alarm_of_the_time_before_is_over_when_the_sink_has_taken_something(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 1);
	scene.ears[0].manner = FAILS;
	happen(&scene, 1);
	go_on(&scene, 100);
	die(&scene);
	go_on(&scene, 1);
	expect(&scene.self.log, "");
	go_on(&scene, 100);
	expect(&scene.self.log, "[mail: 3 failures in a row, 2 events wait]");
	assert_int_equal(telling_state(scene.telling, 0).untold, 2);
	die(&scene);
	scene.ears[0].manner = TAKES;
	go_on(&scene, 1);
	expect(&scene.ears[0].heard, " 1 2 3");
	expect(&scene.self.log, "[good]");
	end(&scene);
}

static void what_was_under_way_when_the_agent_died_is_told_again_once(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 1);
	happen(&scene, 1);
	go_on(&scene, 1);
	scene.ears[0].manner = WAITS;
	happen(&scene, 2);
	go_on(&scene, 1);
	expect(&scene.ears[0].heard, " 1 2");
	die(&scene);
	scene.ears[0].manner = TAKES;
	go_on(&scene, 1);
	expect(&scene.ears[0].heard, " 2 3");
	die(&scene);
	go_on(&scene, 100);
	expect(&scene.ears[0].heard, "");
	end(&scene);
}

static void after_a_reload_a_sink_goes_on_where_it_was(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 2);
	scene.ears[0].manner = scene.ears[1].manner = WAITS;
	happen(&scene, 3);
	go_on(&scene, 1);
	ear_answer(&scene.ears[0], true);
	/* The answer has come, and no turn since. */
	set_ears(&scene, 2);
	assert_int_equal(scene.ears[0].closed, 1);
	scene.ears[0].manner = scene.ears[1].manner = TAKES;
	go_on(&scene, 5);
	expect(&scene.ears[0].heard, " 1 2 3");
	expect(&scene.ears[1].heard, " 1 1 2 3");
	set_ears(&scene, 1);
	assert_int_equal(scene.ears[1].closed, 2);
	assert_int_equal(telling_count(scene.telling), 1);
	happen(&scene, 1);
	go_on(&scene, 5);
	set_ears(&scene, 2);
	go_on(&scene, 5);
	expect(&scene.ears[1].heard, "");
	end(&scene);
}

/* Also when the sinks come in another order. */
static void after_a_reload_who_failed_is_asked_at_once(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 2);
	scene.ears[0].manner = FAILS;
	happen(&scene, 1);
	go_on(&scene, 600);
	text_clear(&scene.ears[0].heard);
	scene.ears[0].manner = TAKES;
	telling_set(scene.telling, &scene.policy,
		    (struct voice[]){ voice_of(&scene.ears[1], "log"),
				      voice_of(&scene.ears[0], "mail") }, 2, scene.now);
	go_on(&scene, 1);
	expect(&scene.ears[0].heard, " 1 2 3");
	assert_string_equal(telling_state(scene.telling, 1).name, "mail");
	end(&scene);
}

static void an_alarm_ends_with_the_sink_it_was_about(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 2);
	scene.ears[1].manner = FAILS;
	happen(&scene, 1);
	go_on(&scene, 100);
	expect(&scene.self.log, "[log: 3 failures in a row, 1 events wait]");
	set_ears(&scene, 1);
	go_on(&scene, 1);
	expect(&scene.self.log, "[good]");
	end(&scene);
}

static void what_is_given_up_is_said_once_and_its_number(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 2);
	scene.policy.most = 20;
	set_ears(&scene, 2);
	scene.ears[0].manner = FAILS;
	happen(&scene, 10);
	go_on(&scene, 10);
	text_clear(&scene.self.log);
	/* 1 to 10, 11 is the alarm. */
	happen(&scene, 12);
	go_on(&scene, 100);
	expect(&scene.self.log, "<mail: 8 since it last took one>");
	assert_int_equal(telling_state(scene.telling, 0).untold, 16);
	happen(&scene, 5);
	go_on(&scene, 100);
	expect(&scene.self.log, "<mail: 14 since it last took one>");
	text_clear(&scene.ears[0].heard);
	scene.ears[0].manner = TAKES;
	go_on(&scene, 100);
	expect(&scene.ears[0].heard, " 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31");
	expect(&scene.self.log, "[good]");
	end(&scene);
}

static void two_full_sinks_do_not_tell_each_other_for_ever(void **state)
{
	(void)state;
	for (size_t most = 1; most <= 12; most++) {
		struct scene scene;
		size_t notes = 0;

		begin(&scene, 2);
		scene.policy.most = most;
		set_ears(&scene, 2);
		scene.ears[0].manner = scene.ears[1].manner = FAILS;
		for (int i = 0; i < 30; i++) {
			happen(&scene, 1);
			go_on(&scene, 100);
			assert_true(telling_state(scene.telling, 0).untold <= most);
			assert_true(telling_state(scene.telling, 1).untold <= most);
		}
		for (const char *at = text_string(&scene.self.log); (at = strchr(at, '<')); at++)
			notes++;
		assert_in_range(notes, 1, 31);
		end(&scene);
	}
}

/* The same turns lead to the same calls. */
static void it_is_deterministic(void **state)
{
	struct text heard[2] = { 0 };

	(void)state;
	for (int run = 0; run < 2; run++) {
		struct scene scene;
		uint32_t chance = 7;

		store_make_folder(NULL);
		begin(&scene, 2);
		for (int i = 0; i < 300; i++) {
			chance = chance * 1664525 + 1013904223;
			scene.ears[chance >> 31].manner = chance >> 30 & 1 ? TAKES : FAILS;
			happen(&scene, chance >> 28 & 3);
			go_on(&scene, chance >> 24 & 7);
		}
		text_add_format(&heard[run], "%s|%s|%s", text_string(&scene.ears[0].heard),
				text_string(&scene.ears[1].heard), text_string(&scene.self.log));
		end(&scene);
		if (!run)
			store_remove_folder(NULL);
	}
	assert_true(heard[0].length > 1000);
	assert_string_equal(text_string(&heard[0]), text_string(&heard[1]));
	text_free(&heard[0]);
	text_free(&heard[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(every_sink_is_told_everything_once_and_in_order),
		STORE_TEST(a_sink_that_is_slow_keeps_no_other_waiting),
		STORE_TEST(who_is_not_paced_gets_a_thousand_within_a_second),
		STORE_TEST(who_fails_thrice_in_a_row_is_named_until_it_takes_something),
		STORE_TEST(who_has_failed_for_a_minute_is_named_after_two_failures),
		STORE_TEST(an_alarm_of_the_time_before_is_over_when_the_sink_has_taken_something),
		STORE_TEST(what_was_under_way_when_the_agent_died_is_told_again_once),
		STORE_TEST(after_a_reload_a_sink_goes_on_where_it_was),
		STORE_TEST(after_a_reload_who_failed_is_asked_at_once),
		STORE_TEST(an_alarm_ends_with_the_sink_it_was_about),
		STORE_TEST(what_is_given_up_is_said_once_and_its_number),
		STORE_TEST(two_full_sinks_do_not_tell_each_other_for_ever),
		STORE_TEST(it_is_deterministic),
	};

	fault_disk_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
