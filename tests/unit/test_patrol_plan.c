/* SPDX-License-Identifier: Apache-2.0
 *
 * From one plan to the next, and what begins and ends by itself.
 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "ground/clock.h"
#include "tests/unit/patrol_scene.h"

#define HTTPS "port/tcp-443/p443"
#define SIP "port/tcp-5060/p5060"
#define TWO_PORTS SCENE_RULE(443, ) SCENE_RULE(5060, )

/* a's HTTPS is closed, and that was told. */
static void raise_one(struct scene *scene)
{
	scene_plan(scene, TWO_PORTS, A B, "");
	scene_port(scene, "10.0.0.1", 443, "closed");
	scene_run(scene, 10 * MINUTE);
	expect_events(scene, "raised a " HTTPS "; ");
}

static void a_reload_with_nothing_changed_changes_nothing(void **state)
{
	struct scene *scene = *state;
	int64_t next_us, since_us;

	raise_one(scene);
	next_us = scene_look(scene, "a", SIP).next_us;
	since_us = scene_look(scene, "a", HTTPS).since_wall_us;
	scene->looks = 0;
	scene_plan(scene, TWO_PORTS, A B, "");
	assert_true(scene->plans[0]->released);
	assert_true(scene_look(scene, "a", SIP).next_us == next_us);
	assert_true(scene_look(scene, "a", HTTPS).since_wall_us == since_us);
	assert_int_equal(scene_look(scene, "a", HTTPS).alarm->told, VERDICT_CRITICAL);
	assert_int_equal(patrol_results(scene->patrol)->judgements[0].verdict,
			 VERDICT_CRITICAL);
	scene_run(scene, SECOND);
	assert_true(scene->looks <= 1);
	scene_run(scene, DAY / 2);
	expect_events(scene, "");
}

static void another_order_of_targets_is_no_change(void **state)
{
	struct scene *scene = *state;

	raise_one(scene);
	scene_plan(scene, SCENE_RULE(5060, ) SCENE_RULE(443, ), B C A, "");
	assert_int_equal(scene_look(scene, "a", HTTPS).alarm->told, VERDICT_CRITICAL);
	assert_int_equal(scene_look(scene, "a", HTTPS).raised, 1);
	assert_int_equal(scene_look(scene, "b", HTTPS).alarm->told, VERDICT_OK);
	scene_run(scene, DAY / 2);
	expect_events(scene, "");
}

static void what_is_under_way_is_used_for_the_new_plan(void **state)
{
	struct scene *scene = *state;
	size_t under_way;

	scene_host(scene, "10.0.0.1", false);
	scene_host(scene, "10.0.0.2", false);
	scene_plan(scene, TWO_PORTS, A B, "");
	while (scene->asked_count < 4)
		scene_run(scene, SECOND / 10);
	under_way = scene->asked_count;
	scene_plan(scene, TWO_PORTS, B, "");
	/* Its requests are still looked at. */
	assert_false(scene->plans[0]->released);
	assert_int_equal(patrol_health(scene->patrol).under_way, under_way);
	patrol_turn(scene->patrol);
	assert_int_equal(scene->asked_count, under_way);
	assert_true(scene_look(scene, "b", SIP).next_us == INT64_MAX);
	scene_run(scene, 6 * SECOND);
	assert_true(scene->plans[0]->released);
	assert_false(scene->plans[1]->released);
	assert_non_null(patrol_results(scene->patrol)->observations[0]);
	assert_non_null(patrol_results(scene->patrol)->observations[1]);
	assert_true(scene_look(scene, "b", SIP).next_us < INT64_MAX);
}

static void several_reloads_while_something_is_under_way_are_sorted_out(void **state)
{
	struct scene *scene = *state;

	scene_host(scene, "10.0.0.1", false);
	scene_plan(scene, TWO_PORTS, A B, "");
	while (scene->asked_count < 2)
		scene_run(scene, SECOND / 10);
	scene_plan(scene, TWO_PORTS, B, "");
	scene_plan(scene, TWO_PORTS, A B, "");
	scene_plan(scene, TWO_PORTS, A, "");
	scene_run(scene, HOUR);
	for (int i = 0; i < 3; i++)
		assert_true(scene->plans[i]->released);
	scene_host(scene, "10.0.0.1", true);
	scene_run(scene, HOUR);
	expect_events(scene, "target_down a presence; target_up a presence; ");
}

static void whoever_ends_the_agent_in_the_middle_gets_all_plans_back(void **state)
{
	struct scene *scene = *state;

	scene_host(scene, "10.0.0.1", false);
	scene_plan(scene, TWO_PORTS, A B, "");
	while (!scene->asked_count)
		scene_run(scene, SECOND / 10);
	scene_plan(scene, TWO_PORTS, B, "");
	assert_false(scene->plans[0]->released);
	/* scene_tear_down() looks whether they were released. */
}

static void new_targets_are_looked_at_soon(void **state)
{
	struct scene *scene = *state;

	raise_one(scene);
	scene_plan(scene, TWO_PORTS, A B C, "");
	scene_run(scene, 6 * SECOND);
	assert_true(scene_look(scene, "c", HTTPS).since_wall_us > 0);
	assert_true(scene_look(scene, "c", SIP).since_wall_us > 0);
}

static void alarms_of_checks_that_are_no_more_are_cleared(void **state)
{
	struct scene *scene = *state;

	raise_one(scene);
	scene_plan(scene, SCENE_RULE(5060, ), A B, "");
	expect_events(scene, "cleared a " HTTPS "; ");
	scene_plan(scene, TWO_PORTS, A B, "");
	scene_run(scene, 10 * MINUTE);
	expect_events(scene, "raised a " HTTPS "; ");
	scene_plan(scene, TWO_PORTS, B, "");
	expect_events(scene, "cleared a " HTTPS "; ");
	scene_restart(scene);
	scene_run(scene, HOUR);
	expect_events(scene, "");
}

static void alarms_of_what_went_while_nobody_watched_are_cleared(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, TWO_PORTS, A B C D, "");
	scene_port(scene, "10.0.0.1", 443, "closed");
	scene_host(scene, "10.0.0.2", false);
	scene_run(scene, HOUR);
	expect_events(scene, "raised a " HTTPS "; target_down b presence; ");
	self_say(scene->self, SELF_STORE, false, "disk full", scene->now);
	expect_events(scene, "raised ucposture agent/store; ");
	/* The same agent, but as if it had just begun: the store is all it knows. */
	patrol_free(scene->patrol);
	scene->asked_count = 0;
	scene->patrol = patrol_new(&scene->world, scene->store, scene->self, NULL);
	scene_plan(scene, TWO_PORTS, C D, "");
	expect_events(scene, "cleared a " HTTPS "; target_up b presence; ");
}

static void a_check_that_does_not_apply_any_more_is_cleared_at_once(void **state)
{
	struct scene *scene = *state;

	raise_one(scene);
	scene_plan(scene, TWO_PORTS,
		   "  - { name: a, address: 10.0.0.1, profiles: p, "
		   "overrides: { p443: { off: true } } }\n" B,
		   "");
	expect_events(scene, "cleared a " HTTPS "; ");
	assert_int_equal(patrol_results(scene->patrol)->judgements[0].verdict,
			 VERDICT_NOT_APPLICABLE);
}

static void another_severity_is_told_with_the_next_result(void **state)
{
	struct scene *scene = *state;

	raise_one(scene);
	scene_plan(scene, SCENE_RULE(443, ", severity: minor") SCENE_RULE(5060, ), A B, "");
	expect_events(scene, "");
	scene_run(scene, 6 * MINUTE);
	expect_events(scene, "changed a " HTTPS "; ");
	assert_int_equal(scene_look(scene, "a", HTTPS).alarm->severity, SEVERITY_MINOR);
}

static void an_exception_in_the_new_plan_counts_at_once(void **state)
{
	struct scene *scene = *state;

	raise_one(scene);
	scene_plan(scene, TWO_PORTS, A B,
		   "exceptions:\n  - { target: a, check: '*/p443', reason: r, owner: o, "
		   "until: 2040-01-01 }\n");
	expect_events(scene, "cleared a " HTTPS "; ");
	scene_run(scene, HOUR);
	expect_events(scene, "");
	scene_plan(scene, TWO_PORTS, A B, "");
	scene_run(scene, 6 * MINUTE);
	expect_events(scene, "raised a " HTTPS "; ");
}

static void an_exception_begins_and_ends_by_itself(void **state)
{
	struct scene *scene = *state;
	char from[CLOCK_STAMP_ROOM], until[CLOCK_STAMP_ROOM];
	struct text exceptions = { 0 };

	clock_format(scene->now.wall_us + 2 * DAY, from);
	clock_format(scene->now.wall_us + 4 * DAY, until);
	text_add_format(&exceptions,
			"exceptions:\n  - { target: '*', check: '*/p443', reason: r, "
			"owner: o, from: %.10s, until: %.10s }\n"
			"  - { target: b, check: '*', reason: r, owner: o, until: 2041-01-01 }\n",
			from, until);
	scene->alarms.remind_us = 0;
	scene->interval_ms = 3600000;
	scene_plan(scene, TWO_PORTS, A B, text_string(&exceptions));
	text_free(&exceptions);
	scene_port(scene, "10.0.0.1", 443, "closed");
	scene_port(scene, "10.0.0.2", 443, "closed");
	scene_run(scene, 3 * HOUR);
	expect_events(scene, "raised a " HTTPS "; ");
	/* To the second: nobody has to look once more. */
	while (scene_look(scene, "a", HTTPS).alarm->told != VERDICT_OK)
		scene_run(scene, SECOND);
	clock_format(scene->now.wall_us, until);
	assert_string_equal(until + 10, "T00:00:00Z");
	assert_memory_equal(until, from, 10);
	expect_events(scene, "cleared a " HTTPS "; ");
	scene_run(scene, DAY);
	expect_events(scene, "");
	scene_run(scene, 3 * DAY);
	expect_events(scene, "raised a " HTTPS "; ");
	/* The clock is put back by a year, and forth again. */
	scene->now.wall_us -= 365 * DAY;
	scene_run(scene, HOUR);
	expect_events(scene, "");
	scene->now.wall_us += 362 * DAY;
	scene_run(scene, HOUR);
	expect_events(scene, "cleared a " HTTPS "; ");
	scene->now.wall_us += 3 * DAY;
	scene_run(scene, 3 * HOUR);
	expect_events(scene, "raised a " HTTPS "; ");
}

static void what_is_to_be_seen_beyond_what_was_is_looked_at_soon(void **state)
{
	struct scene *scene = *state;

	scene->interval_ms = 3600000;
	scene_plan(scene, RULE("a", "observe: http, subject: /x, expect: { http.status: "
				    "{ is: 200 } }"),
		   A, "");
	scene_run(scene, 2 * HOUR);
	scene->looks = 0;
	scene_plan(scene, RULE("a", "observe: http, subject: /x, expect: { http.status: "
				    "{ is: 200 } }")
			  RULE("b", "observe: http, subject: /x, expect: { http.server: "
				    "{ absent: true } }"),
		   A, "");
	assert_int_equal(scene_plan_now(scene)->observation_count, 1);
	scene_run(scene, 7 * MINUTE);
	assert_int_equal(scene->looks, 1);
}

static void a_restart_with_nothing_changed_is_no_event(void **state)
{
	struct scene *scene = *state;

	raise_one(scene);
	scene_restart(scene);
	assert_int_equal(scene_look(scene, "a", HTTPS).alarm->told, VERDICT_CRITICAL);
	scene_run(scene, 2 * HOUR);
	expect_events(scene, "");
	scene_restart(scene);
	scene_port(scene, "10.0.0.1", 443, "open");
	scene_run(scene, 2 * HOUR);
	expect_events(scene, "cleared a " HTTPS "; ");
	scene_restart(scene);
	scene_run(scene, 2 * HOUR);
	expect_events(scene, "");
}

static void a_target_that_cannot_be_heard_any_more_is_not_down_for_ever(void **state)
{
	struct scene *scene = *state;
	const char *page = RULE("u", "observe: http, subject: 'http://push.example:81/', "
				     "expect: { http.status: { is: 200 } }");

	scene_plan(scene, TWO_PORTS SCENE_RULE(80, ), A B C D, "");
	scene_run(scene, 10 * MINUTE);
	scene_host(scene, "10.0.0.1", false);
	scene_run(scene, 20 * MINUTE);
	expect_events(scene, "target_down a presence; ");
	scene_plan(scene, page, A B C D, "");
	expect_events(scene, "target_up a presence; ");
	assert_false(scene_target(scene, "a").down);
}

static void a_target_that_is_down_stays_so_over_a_reload(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, TWO_PORTS SCENE_RULE(80, ), A B C D, "");
	scene_run(scene, 10 * MINUTE);
	scene_host(scene, "10.0.0.1", false);
	while (!scene_target(scene, "a").down)
		scene_run(scene, SECOND);
	/* It has not been told yet. */
	expect_events(scene, "");
	scene_plan(scene, TWO_PORTS SCENE_RULE(80, ) SCENE_RULE(25, ), A B C D, "");
	assert_true(scene_target(scene, "a").down);
	assert_true(scene_look(scene, "a", HTTPS).alarm->held);
	scene_run(scene, 10 * MINUTE);
	expect_events(scene, "target_down a presence; ");
	scene_plan(scene, TWO_PORTS SCENE_RULE(80, ), A B C D, "");
	scene_host(scene, "10.0.0.1", true);
	scene_run(scene, 10 * MINUTE);
	expect_events(scene, "target_up a presence; ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(a_reload_with_nothing_changed_changes_nothing),
		SCENE_TEST(another_order_of_targets_is_no_change),
		SCENE_TEST(what_is_under_way_is_used_for_the_new_plan),
		SCENE_TEST(several_reloads_while_something_is_under_way_are_sorted_out),
		SCENE_TEST(whoever_ends_the_agent_in_the_middle_gets_all_plans_back),
		SCENE_TEST(new_targets_are_looked_at_soon),
		SCENE_TEST(alarms_of_checks_that_are_no_more_are_cleared),
		SCENE_TEST(alarms_of_what_went_while_nobody_watched_are_cleared),
		SCENE_TEST(a_check_that_does_not_apply_any_more_is_cleared_at_once),
		SCENE_TEST(another_severity_is_told_with_the_next_result),
		SCENE_TEST(an_exception_in_the_new_plan_counts_at_once),
		SCENE_TEST(an_exception_begins_and_ends_by_itself),
		SCENE_TEST(what_is_to_be_seen_beyond_what_was_is_looked_at_soon),
		SCENE_TEST(a_restart_with_nothing_changed_is_no_event),
		SCENE_TEST(a_target_that_cannot_be_heard_any_more_is_not_down_for_ever),
		SCENE_TEST(a_target_that_is_down_stays_so_over_a_reload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
