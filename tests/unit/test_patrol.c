/* SPDX-License-Identifier: Apache-2.0
 *
 * When what is looked at, and what of it is told.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/patrol_scene.h"

#define HTTPS "port/tcp-443/p443"
#define SIP "port/tcp-5060/p5060"
#define TWO_PORTS SCENE_RULE(443, ) SCENE_RULE(5060, )

/* --- when -------------------------------------------------------------------------------- */

static void what_is_as_it_should_be_is_no_event(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, TWO_PORTS, A B, "");
	scene_run(scene, DAY);
	expect_events(scene, "");
	assert_int_equal(scene_look(scene, "a", HTTPS).alarm->told, VERDICT_OK);
	assert_int_equal(patrol_results(scene->patrol)->judgements[0].verdict, VERDICT_OK);
	/* Once in each interval, and once more when it began; nobody wakes up for anything
	 * else. */
	assert_true(scene->looks >= 4 * 288 && scene->looks <= 4 * 290);
	assert_true(scene->turns <= 2 * scene->looks + 10);
	assert_true(patrol_health(scene->patrol).observations == scene->looks);
	assert_true(patrol_health(scene->patrol).events == 0);
}

static void without_a_plan_there_is_nothing_to_do(void **state)
{
	struct scene *scene = *state;

	assert_true(patrol_turn(scene->patrol) == INT64_MAX);
	assert_null(patrol_results(scene->patrol));
	assert_int_equal(patrol_health(scene->patrol).waiting, 0);
	patrol_free(NULL);
}

static void whoever_starts_the_agent_sees_results_within_seconds(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, TWO_PORTS, A B C D, "");
	scene_run(scene, 6 * SECOND);
	for (size_t i = 0; i < scene_plan_now(scene)->observation_count; i++)
		assert_non_null(patrol_results(scene->patrol)->observations[i]);
}

static void give_targets(struct text *targets, int count)
{
	for (int i = 1; i <= count; i++)
		text_add_format(targets, "  - { name: t%d, address: 10.0.%d.%d, profiles: p }\n",
				i, i / 200, i % 200);
}

/* A hundred looks a second, and in each tenth of it two turns at most: one for those that begin
 * and one for those that come. */
static void what_is_due_at_nearly_the_same_time_begins_together(void **state)
{
	struct scene *scene = *state;
	struct text targets = { 0 };

	give_targets(&targets, 500);
	scene->interval_ms = 10000;
	scene_plan(scene, TWO_PORTS, text_string(&targets), "");
	text_free(&targets);
	scene_run(scene, 30 * SECOND);
	scene->looks = scene->turns = 0;
	scene_run(scene, 60 * SECOND);
	assert_in_range(scene->looks, 5900, 6100);
	assert_in_range(scene->turns, 600, 1210);
}

static void a_start_with_many_targets_is_no_burst(void **state)
{
	struct scene *scene = *state;
	struct text targets = { 0 };

	give_targets(&targets, 500);
	scene->probes_per_second = 20;
	scene_plan(scene, TWO_PORTS, text_string(&targets), "");
	text_free(&targets);
	/* The first 1,000 take a hundred seconds, at twenty a second; some that were early come
	 * to their place meanwhile. */
	scene_run(scene, 50 * SECOND);
	assert_in_range(scene->looks, 500, 750);
	assert_true(scene->at_once_most < 20);
	scene_run(scene, 52 * SECOND);
	assert_true(scene->looks >= 1000);
	assert_true(patrol_health(scene->patrol).late_us < SECOND);
}

static void a_finding_is_told_once_it_was_seen_again(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, TWO_PORTS, A, "");
	scene_run(scene, 10 * MINUTE);
	scene_port(scene, "10.0.0.1", 443, "closed");
	scene_run(scene, 6 * MINUTE);
	expect_events(scene, "raised a " HTTPS "; ");
	assert_int_equal(scene_look(scene, "a", HTTPS).raised, 1);
	scene_run(scene, HOUR);
	expect_events(scene, "");
	scene_port(scene, "10.0.0.1", 443, "open");
	scene_run(scene, 6 * MINUTE);
	expect_events(scene, "cleared a " HTTPS "; ");
	assert_int_equal(scene_look(scene, "a", HTTPS).raised, 0);
}

static size_t looks_until_told(struct scene *scene, enum verdict verdict, int64_t *took_us)
{
	int64_t since_us = 0;

	while (scene_look(scene, "a", HTTPS).alarm->told != verdict) {
		if (!since_us &&
		    patrol_results(scene->patrol)->judgements[0].verdict == verdict) {
			since_us = scene->now.monotonic_us;
			scene->looks = 0;
		}
		scene_run(scene, SECOND);
	}
	*took_us = scene->now.monotonic_us - since_us;
	return scene->looks;
}

static void what_is_doubtful_is_looked_at_again_sooner(void **state)
{
	struct scene *scene = *state;
	int64_t took_us;

	scene_plan(scene, SCENE_RULE(443, ), A, "");
	scene_run(scene, 10 * MINUTE);
	scene_port(scene, "10.0.0.1", 443, "closed");
	assert_int_equal(looks_until_told(scene, VERDICT_CRITICAL, &took_us), 1);
	assert_true(took_us >= 28 * SECOND && took_us <= 32 * SECOND);
	/* It goes on in the same way: ever less often, as often as usual in the end. */
	scene->looks = 0;
	scene_run(scene, 16 * MINUTE);
	assert_in_range(scene->looks, 5, 7);
	scene->looks = 0;
	scene_run(scene, HOUR);
	assert_in_range(scene->looks, 12, 13);
	scene_port(scene, "10.0.0.1", 443, "open");
	assert_int_equal(looks_until_told(scene, VERDICT_OK, &took_us), 1);
	assert_true(took_us >= 28 * SECOND && took_us <= 32 * SECOND);
}

static void but_never_more_often_than_ten_times_as_usual(void **state)
{
	struct scene *scene = *state;
	int64_t took_us;

	scene->interval_ms = 3600000;
	scene_plan(scene, SCENE_RULE(443, ), A, "");
	scene_run(scene, 2 * HOUR);
	scene_port(scene, "10.0.0.1", 443, "closed");
	assert_int_equal(looks_until_told(scene, VERDICT_CRITICAL, &took_us), 1);
	assert_true(took_us >= 358 * SECOND && took_us <= 362 * SECOND);
}

static void a_night_of_sleep_is_no_burst_and_no_alarm(void **state)
{
	struct scene *scene = *state;
	struct text targets = { 0 };

	give_targets(&targets, 200);
	scene->alarms.remind_us = 0;
	scene_plan(scene, TWO_PORTS, text_string(&targets), "");
	text_free(&targets);
	scene_run(scene, 10 * MINUTE);
	scene->now.monotonic_us += 8 * HOUR;
	scene->now.wall_us += 8 * HOUR;
	scene->looks = scene->at_once_most = 0;
	scene_run(scene, 301 * SECOND);
	assert_in_range(scene->looks, 398, 404);
	assert_true(scene->at_once_most < 10);
	expect_events(scene, "");
}

static void years_that_the_wall_clock_jumps_change_nothing(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, TWO_PORTS, A B, "");
	scene_port(scene, "10.0.0.1", 443, "closed");
	scene_run(scene, 10 * MINUTE);
	expect_events(scene, "raised a " HTTPS "; ");
	for (int i = 0; i < 6; i++) {
		scene->now.wall_us += (i % 2 ? -10 : 7) * 365 * DAY;
		scene->looks = 0;
		scene_run(scene, HOUR);
		assert_in_range(scene->looks, 4 * 11, 4 * 13);
		expect_events(scene, "");
	}
	scene->now.wall_us = 0;
	scene_run(scene, 16 * HOUR);
	expect_events(scene, "");
	/* By the other clock it is a day now. */
	scene_run(scene, 4 * HOUR);
	expect_events(scene, "reminded a " HTTPS "; ");
}

static void what_waits_for_longer_than_its_interval_is_said(void **state)
{
	struct scene *scene = *state;
	struct text targets = { 0 };
	struct self_state look;

	give_targets(&targets, 100);
	scene->probes_per_second = 1;
	scene->interval_ms = 60000;
	scene_plan(scene, SCENE_RULE(443, ) SCENE_RULE(80, ), text_string(&targets), "");
	text_free(&targets);
	scene_run(scene, 10 * MINUTE);
	expect_events(scene, "raised ucposture agent/schedule; ");
	assert_true(patrol_health(scene->patrol).late_us > MINUTE);
	assert_true(patrol_health(scene->patrol).waiting > 100);
	self_look(scene->self, SELF_SCHEDULE, &look);
	assert_non_null(strstr(look.observed, "observations wait for their turn for up to "));
	assert_null(strstr(look.observed, "up to 0 s"));
	/* Somebody raises the limit. */
	scene->probes_per_second = 500;
	scene_plan(scene, SCENE_RULE(443, ), "  - { name: t1, address: 10.0.0.1, profiles: p }\n",
		   "");
	scene_run(scene, 3 * MINUTE);
	expect_events(scene, "cleared ucposture agent/schedule; ");
	assert_true(patrol_health(scene->patrol).late_us == 0);
}

static void a_wait_of_moments_is_no_news_however_short_the_interval(void **state)
{
	struct scene *scene = *state;
	struct text targets = { 0 };

	give_targets(&targets, 10);
	scene->probes_per_second = 4;
	scene->interval_ms = 200;
	scene_plan(scene, SCENE_RULE(443, ), text_string(&targets), "");
	for (int i = 0; i < 60; i++) {
		scene_run(scene, SECOND);
		expect_events(scene, "");
	}
	assert_in_range(patrol_health(scene->patrol).late_us, SECOND, 5 * SECOND);
	/* Five seconds are more than moments. */
	scene->probes_per_second = 1;
	scene_plan(scene, SCENE_RULE(443, ), text_string(&targets), "");
	text_free(&targets);
	scene_run(scene, MINUTE);
	expect_events(scene, "raised ucposture agent/schedule; ");
}

static void the_faces_see_when_what_comes_and_since_when_it_is_so(void **state)
{
	struct scene *scene = *state;
	int64_t since_us;

	scene_plan(scene, TWO_PORTS, A, "");
	assert_true(scene_look(scene, "a", HTTPS).since_wall_us == 0);
	scene_run(scene, 10 * MINUTE);
	since_us = scene_look(scene, "a", HTTPS).since_wall_us;
	assert_in_range(scene->now.wall_us - since_us, 9 * MINUTE, 10 * MINUTE);
	assert_in_range(scene_look(scene, "a", HTTPS).next_us - scene->now.monotonic_us, 0,
			5 * MINUTE);
	scene_port(scene, "10.0.0.1", 443, "closed");
	scene_run(scene, 6 * MINUTE);
	assert_true(scene_look(scene, "a", HTTPS).since_wall_us > since_us);
	assert_true(scene_target(scene, "a").number > 0);
	assert_int_not_equal(scene_target(scene, "a").check,
			     scene_look(scene, "a", HTTPS).number);
	scene_host(scene, "10.0.0.1", false);
	while (!scene->asked_count)
		scene_run(scene, SECOND / 2);
	assert_int_equal(patrol_health(scene->patrol).under_way, scene->asked_count);
}

/* --- what is told -------------------------------------------------------------------------- */

static void who_is_raised_is_reminded_of(void **state)
{
	struct scene *scene = *state;

	scene->alarms.remind_us = 6 * HOUR;
	scene_plan(scene, TWO_PORTS, A, "");
	scene_port(scene, "10.0.0.1", 443, "closed");
	scene_run(scene, HOUR);
	expect_events(scene, "raised a " HTTPS "; ");
	scene_run(scene, 12 * HOUR);
	expect_events(scene, "reminded a " HTTPS "; reminded a " HTTPS "; ");
	/* From now on less often. */
	scene->alarms.remind_us = 48 * HOUR;
	scene_plan(scene, TWO_PORTS, A, "");
	scene_run(scene, 12 * HOUR);
	expect_events(scene, "");
	scene_run(scene, 48 * HOUR);
	expect_events(scene, "reminded a " HTTPS "; ");
}

static void who_flaps_is_told_so_and_when_it_is_calm(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, SCENE_RULE(443, ), A, "");
	for (int i = 0; i < 8; i++) {
		scene_port(scene, "10.0.0.1", 443, i % 2 ? "open" : "closed");
		scene_run(scene, 6 * MINUTE);
	}
	expect_events(scene, "raised a " HTTPS "; cleared a " HTTPS "; raised a " HTTPS
			     "; cleared a " HTTPS "; raised a " HTTPS "; changed a " HTTPS
			     " flaps; ");
	scene_run(scene, HOUR);
	expect_events(scene, "cleared a " HTTPS "; ");
}

static void very_many_events_are_told_as_one(void **state)
{
	struct scene *scene = *state;
	struct text targets = { 0 };
	char host[16];

	give_targets(&targets, 30);
	scene->alarms.storm = (struct rate){ 3, 10 * MINUTE };
	scene_plan(scene, SCENE_RULE(443, ), text_string(&targets), "");
	text_free(&targets);
	scene_run(scene, 10 * MINUTE);
	for (int i = 1; i <= 6; i++) {
		snprintf(host, sizeof host, "10.0.0.%d", i);
		scene_port(scene, host, 443, "closed");
	}
	scene_run(scene, 6 * MINUTE);
	scene_port(scene, "10.0.0.7", 443, "closed");
	scene_run(scene, HOUR);
	assert_int_equal(patrol_health(scene->patrol).events, 7);
	/* Whatever their order was. */
	assert_int_equal(count_events(scene, "raised", false), 3);
	assert_int_equal(count_events(scene, "raised", true), 4);
	assert_int_equal(count_events(scene, "agent", false), 2);
	assert_int_equal(count_events(scene, "agent", true), 0);
	scene_port(scene, "10.0.0.8", 443, "closed");
	scene_run(scene, 10 * MINUTE);
	assert_int_equal(count_events(scene, "raised", false), 4);
}

/* --- what is remembered ------------------------------------------------------------------ */

#define SOFTWARE                                                                              \
	RULE("r1", "observe: smb, subject: tcp/445, expect: { smb.signing: "                  \
		   "{ unchanged: true } }")                                                   \
	RULE("r2", "observe: smb, subject: tcp/446, expect: { smb.signing: "                  \
		   "{ unchanged: true } }")

static size_t remembered(const struct scene *scene)
{
	return scene->firsts->count;
}

static void what_was_seen_first_is_saved_for_all_that_came_together(void **state)
{
	struct scene *scene = *state;

	scene_remember(scene);
	scene_plan(scene, SOFTWARE, A B C D, "");
	scene_run(scene, 4 * SECOND);
	assert_int_equal(remembered(scene), 0);
	scene_run(scene, 8 * SECOND);
	assert_int_equal(remembered(scene), 8);
	scene_run(scene, HOUR);
	assert_int_equal(remembered(scene), 8);
	expect_events(scene, "");
	scene_port(scene, "10.0.0.2", 446, "closed");
	scene_run(scene, HOUR);
	expect_events(scene, "raised b smb/tcp-446/r2; ");
	scene_port(scene, "10.0.0.2", 446, "open");
	scene_run(scene, HOUR);
	expect_events(scene, "cleared b smb/tcp-446/r2; ");
	assert_int_equal(remembered(scene), 8);
}

static void what_was_seen_first_is_saved_before_a_reload_and_at_the_end(void **state)
{
	struct scene *scene = *state;

	scene_remember(scene);
	scene_plan(scene, SOFTWARE, A, "");
	while (!patrol_results(scene->patrol)->observations[0])
		scene_run(scene, SECOND / 10);
	assert_int_equal(remembered(scene), 0);
	scene_plan(scene, SOFTWARE, A, "");
	assert_true(remembered(scene) >= 1);
	while (!patrol_results(scene->patrol)->observations[1])
		scene_run(scene, SECOND / 10);
	scene_restart(scene);
	assert_int_equal(remembered(scene), 2);
}

static void what_is_seen_twice_before_it_is_saved_is_remembered_once(void **state)
{
	struct scene *scene = *state;

	scene_remember(scene);
	scene->interval_ms = 1000;
	scene_plan(scene, SOFTWARE, A, "");
	scene_run(scene, 20 * SECOND);
	assert_int_equal(remembered(scene), 2);
	expect_events(scene, "");
}

static void what_cannot_be_saved_stops_nothing(void **state)
{
	struct scene *scene = *state;

	scene_remember(scene);
	free(scene->firsts->folder);
	scene->firsts->folder = memory_copy("/dev/null");
	scene_plan(scene, SOFTWARE SCENE_RULE(443, ), A, "");
	scene_port(scene, "10.0.0.1", 443, "closed");
	scene_run(scene, HOUR);
	assert_false(scene->firsts->keeps);
	assert_int_equal(scene_look(scene, "a", HTTPS).alarm->told, VERDICT_CRITICAL);
	assert_int_equal(scene_look(scene, "a", "smb/tcp-445/r1").alarm->told, VERDICT_UNKNOWN);
}

static void the_store_is_written_to_only_when_something_changed(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, TWO_PORTS, A B, "");
	scene_run(scene, HOUR);
	assert_true(store_due_us(scene->store) == INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(what_is_as_it_should_be_is_no_event),
		SCENE_TEST(without_a_plan_there_is_nothing_to_do),
		SCENE_TEST(whoever_starts_the_agent_sees_results_within_seconds),
		SCENE_TEST(what_is_due_at_nearly_the_same_time_begins_together),
		SCENE_TEST(a_start_with_many_targets_is_no_burst),
		SCENE_TEST(a_finding_is_told_once_it_was_seen_again),
		SCENE_TEST(what_is_doubtful_is_looked_at_again_sooner),
		SCENE_TEST(but_never_more_often_than_ten_times_as_usual),
		SCENE_TEST(a_night_of_sleep_is_no_burst_and_no_alarm),
		SCENE_TEST(years_that_the_wall_clock_jumps_change_nothing),
		SCENE_TEST(what_waits_for_longer_than_its_interval_is_said),
		SCENE_TEST(a_wait_of_moments_is_no_news_however_short_the_interval),
		SCENE_TEST(the_faces_see_when_what_comes_and_since_when_it_is_so),
		SCENE_TEST(who_is_raised_is_reminded_of),
		SCENE_TEST(who_flaps_is_told_so_and_when_it_is_calm),
		SCENE_TEST(very_many_events_are_told_as_one),
		SCENE_TEST(what_was_seen_first_is_saved_for_all_that_came_together),
		SCENE_TEST(what_was_seen_first_is_saved_before_a_reload_and_at_the_end),
		SCENE_TEST(what_is_seen_twice_before_it_is_saved_is_remembered_once),
		SCENE_TEST(what_cannot_be_saved_stops_nothing),
		SCENE_TEST(the_store_is_written_to_only_when_something_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
