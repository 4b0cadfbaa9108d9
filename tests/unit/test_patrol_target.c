/* SPDX-License-Identifier: Apache-2.0
 *
 * Silence: of a service, of a host, and of all of them.
 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "tests/unit/patrol_scene.h"

#define HTTPS "port/tcp-443/p443"
#define PUSH "http/http-push.example-81/u"
#define SHARE(port) "smb/tcp-" #port "/s" #port
#define FIVE_PORTS                                                                            \
	SCENE_RULE(22, ) SCENE_RULE(80, ) SCENE_RULE(443, ) SCENE_RULE(5060, ) SCENE_SHARE(8443)

static void a_target_that_is_gone_is_one_alarm(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, FIVE_PORTS, A B C D, "");
	scene_run(scene, 20 * MINUTE);
	scene_host(scene, "10.0.0.1", false);
	scene_run(scene, 7 * MINUTE);
	expect_events(scene, "target_down a presence; ");
	assert_true(scene_target(scene, "a").down);
	assert_int_equal(scene_target(scene, "a").raised, 1);
	assert_true(scene_look(scene, "a", HTTPS).alarm->held);
	assert_int_equal(scene_look(scene, "a", HTTPS).alarm->told, VERDICT_OK);
	scene_run(scene, 5 * HOUR);
	expect_events(scene, "");
	scene_host(scene, "10.0.0.1", true);
	scene_run(scene, 6 * MINUTE);
	expect_events(scene, "target_up a presence; ");
	assert_false(scene_look(scene, "a", HTTPS).alarm->held);
	scene_run(scene, 5 * HOUR);
	expect_events(scene, "");
}

static void whenever_it_goes_nothing_else_is_told(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, FIVE_PORTS, A B C, "");
	for (int i = 0; i < 40; i++) {
		scene_run(scene, 20 * MINUTE + 7 * SECOND);
		scene_host(scene, "10.0.0.1", false);
		scene_run(scene, 15 * MINUTE);
		expect_events(scene, "target_down a presence; ");
		scene_host(scene, "10.0.0.1", true);
		scene_run(scene, 15 * MINUTE);
		if (scene_target(scene, "a").alarm->flaps)
			scene_run(scene, HOUR);
		expect_events(scene, "target_up a presence; ");
	}
}

static void whenever_all_go_nobody_is_told_down(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, FIVE_PORTS, A B C, "");
	for (int i = 0; i < 40; i++) {
		scene_run(scene, 20 * MINUTE + 7 * SECOND);
		scene_host(scene, "10.0.0.1", false);
		scene_host(scene, "10.0.0.2", false);
		scene_host(scene, "10.0.0.3", false);
		scene_run(scene, 15 * MINUTE);
		expect_events(scene, "raised ucposture agent/uplink; ");
		scene_host(scene, "10.0.0.1", true);
		scene_host(scene, "10.0.0.2", true);
		scene_host(scene, "10.0.0.3", true);
		scene_run(scene, 15 * MINUTE);
		expect_events(scene, "cleared ucposture agent/uplink; ");
	}
}

static void what_was_told_before_it_went_stays_told(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, FIVE_PORTS, A B C D, "");
	scene_port(scene, "10.0.0.1", 443, "closed");
	scene_run(scene, 20 * MINUTE);
	expect_events(scene, "raised a " HTTPS "; ");
	scene_host(scene, "10.0.0.1", false);
	scene_port(scene, "10.0.0.1", 443, "filtered");
	scene_run(scene, HOUR);
	expect_events(scene, "target_down a presence; ");
	scene_host(scene, "10.0.0.1", true);
	scene_port(scene, "10.0.0.1", 443, "open");
	scene_run(scene, 10 * MINUTE);
	expect_events(scene, "target_up a presence; cleared a " HTTPS "; ");
}

static void one_service_that_is_silent_is_told_as_its_own(void **state)
{
	struct scene *scene = *state;
	size_t looks;

	scene_plan(scene, FIVE_PORTS, A B C D, "");
	scene_run(scene, 20 * MINUTE);
	scene_port(scene, "10.0.0.1", 8443, "filtered");
	scene_run(scene, 6 * MINUTE);
	/* The others were asked at once, so it took no longer than usual. */
	expect_events(scene, "raised a " SHARE(8443) "; ");
	assert_int_equal(scene_look(scene, "a", SHARE(8443)).alarm->told, VERDICT_UNKNOWN);
	/* And when it is told, they are left in peace. */
	scene_run(scene, HOUR);
	looks = scene->looks;
	scene_run(scene, HOUR);
	assert_true(scene->looks - looks <= 20 * 12 + 4);
	expect_events(scene, "");
	scene_port(scene, "10.0.0.1", 8443, "open");
	scene_run(scene, 6 * MINUTE);
	expect_events(scene, "cleared a " SHARE(8443) "; ");
}

static void three_services_behind_a_new_firewall_are_no_dead_host(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, FIVE_PORTS, A B C D, "");
	scene_run(scene, 20 * MINUTE);
	scene_port(scene, "10.0.0.1", 8443, "filtered");
	scene_port(scene, "10.0.0.1", 22, "filtered");
	scene_port(scene, "10.0.0.1", 80, "filtered");
	scene_run(scene, 20 * MINUTE);
	assert_false(scene_target(scene, "a").down);
	assert_int_equal(scene_look(scene, "a", SHARE(8443)).alarm->told, VERDICT_UNKNOWN);
	assert_int_equal(scene_look(scene, "a", "port/tcp-22/p22").alarm->told,
			 VERDICT_CRITICAL);
	assert_int_equal(scene_look(scene, "a", HTTPS).alarm->told, VERDICT_OK);
}

/* From outside nothing shall answer. */
static void silence_that_every_check_wants_is_not_held_against_the_host(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene,
		   RULE("x", "observe: port, subject: tcp/22, expect: { port.state: "
			     "{ one_of: [ closed, filtered ] } }")
			   RULE("y", "observe: port, subject: tcp/80, expect: { port.state: "
				     "{ one_of: [ closed, filtered ] } }"),
		   A, "");
	scene_host(scene, "10.0.0.1", false);
	scene_run(scene, DAY);
	expect_events(scene, "");
	assert_false(scene_target(scene, "a").down);
}

static void whoever_was_down_before_a_restart_and_still_is_is_not_told_again(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, FIVE_PORTS, A B C D, "");
	scene_run(scene, 20 * MINUTE);
	scene_host(scene, "10.0.0.1", false);
	scene_run(scene, HOUR);
	expect_events(scene, "target_down a presence; ");
	scene_restart(scene);
	scene_run(scene, HOUR);
	expect_events(scene, "");
	assert_true(scene_target(scene, "a").down);
	scene_restart(scene);
	scene_host(scene, "10.0.0.1", true);
	scene_run(scene, 10 * MINUTE);
	expect_events(scene, "target_up a presence; ");
}

static void whoever_goes_while_nobody_watches_is_told_once(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, FIVE_PORTS, A B C D, "");
	scene_run(scene, 20 * MINUTE);
	scene_host(scene, "10.0.0.1", false);
	scene_restart(scene);
	scene_run(scene, HOUR);
	expect_events(scene, "target_down a presence; ");
}

static void when_all_go_together_it_is_us_and_nobody_is_told_down(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, FIVE_PORTS, A B C D, "");
	scene_run(scene, 20 * MINUTE);
	for (int i = 1; i <= 4; i++) {
		char host[16];

		snprintf(host, sizeof host, "10.0.0.%d", i);
		scene_host(scene, host, false);
	}
	scene_run(scene, 10 * HOUR);
	expect_events(scene, "raised ucposture agent/uplink; ");
	assert_true(patrol_health(scene->patrol).uplink_down);
	/* One of them does not come back with the others. */
	for (int i = 2; i <= 4; i++) {
		char host[16];

		snprintf(host, sizeof host, "10.0.0.%d", i);
		scene_host(scene, host, true);
	}
	scene_run(scene, 10 * MINUTE);
	expect_events(scene, "cleared ucposture agent/uplink; target_down a presence; ");
	assert_false(patrol_health(scene->patrol).uplink_down);
	scene_run(scene, HOUR);
	expect_events(scene, "");
	assert_false(scene_look(scene, "b", HTTPS).alarm->held);
}

static void a_guard_tells_for_all(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, FIVE_PORTS, A B GUARD, "");
	scene_run(scene, 20 * MINUTE);
	scene_host(scene, "10.0.0.1", false);
	scene_host(scene, "10.0.0.9", false);
	scene_run(scene, HOUR);
	/* b still answers: from the inside. */
	expect_events(scene, "raised ucposture agent/uplink; ");
	assert_true(scene_look(scene, "b", HTTPS).alarm->held);
	scene_port(scene, "10.0.0.2", 443, "closed");
	scene_run(scene, HOUR);
	expect_events(scene, "");
	scene_host(scene, "10.0.0.1", true);
	scene_host(scene, "10.0.0.9", true);
	scene_run(scene, 20 * MINUTE);
	expect_events(scene, "cleared ucposture agent/uplink; raised b " HTTPS "; ");
}

static void a_guard_is_asked_until_it_is_known_whether_it_is_silent(void **state)
{
	struct scene *scene = *state;

	scene->alarms.raise_after = 4;
	scene_plan(scene, FIVE_PORTS, A HOURLY_GUARD, "");
	scene_run(scene, 2 * HOUR + 10 * MINUTE);
	scene_host(scene, "10.0.0.1", false);
	scene_host(scene, "10.0.0.9", false);
	scene_run(scene, 20 * MINUTE);
	expect_events(scene, "raised ucposture agent/uplink; ");
}

static void whoever_comes_back_while_the_guards_are_away_is_told_afterwards(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, FIVE_PORTS, A B GUARD, "");
	scene_run(scene, 20 * MINUTE);
	scene_host(scene, "10.0.0.1", false);
	scene_run(scene, HOUR);
	expect_events(scene, "target_down a presence; ");
	scene_host(scene, "10.0.0.9", false);
	scene_run(scene, HOUR);
	expect_events(scene, "raised ucposture agent/uplink; ");
	scene_host(scene, "10.0.0.1", true);
	scene_run(scene, HOUR);
	expect_events(scene, "");
	assert_false(scene_target(scene, "a").down);
	scene_host(scene, "10.0.0.9", true);
	scene_run(scene, HOUR);
	expect_events(scene, "cleared ucposture agent/uplink; target_up a presence; ");
}

static void all_are_looked_at_again_soon_but_not_at_once(void **state)
{
	struct scene *scene = *state;
	struct text targets = { 0 };
	char host[16];

	for (int i = 1; i <= 50; i++)
		text_add_format(&targets, "  - { name: t%d, address: 10.0.1.%d, profiles: p }\n",
				i, i);
	text_add(&targets, GUARD);
	scene_plan(scene, FIVE_PORTS, text_string(&targets), "");
	text_free(&targets);
	scene_run(scene, 20 * MINUTE);
	scene_host(scene, "10.0.0.9", false);
	for (int i = 1; i <= 50; i++) {
		snprintf(host, sizeof host, "10.0.1.%d", i);
		scene_host(scene, host, false);
	}
	scene_run(scene, 5 * HOUR);
	expect_events(scene, "raised ucposture agent/uplink; ");
	scene_host(scene, "10.0.0.9", true);
	for (int i = 1; i <= 50; i++) {
		snprintf(host, sizeof host, "10.0.1.%d", i);
		scene_host(scene, host, true);
	}
	while (patrol_health(scene->patrol).uplink_down)
		scene_run(scene, SECOND);
	scene->at_once_most = scene->looks = 0;
	scene_run(scene, 40 * SECOND);
	assert_true(scene->looks >= 245);
	assert_true(scene->at_once_most < 40);
	expect_events(scene, "cleared ucposture agent/uplink; ");
	for (size_t i = 0; i < 51; i++)
		assert_false(patrol_target(scene->patrol, i).down);
}

/* Its peers are other hosts, and what is elsewhere is elsewhere. */
static void what_does_not_lead_to_the_target_goes_on_while_it_is_down(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene,
		   FIVE_PORTS RULE("u", "observe: http, subject: 'http://push.example:81/', "
					"expect: { http.status: { is: 200 } }"),
		   A B C D, "");
	scene_run(scene, 20 * MINUTE);
	scene_host(scene, "10.0.0.1", false);
	scene_run(scene, HOUR);
	expect_events(scene, "target_down a presence; ");
	scene_port(scene, "push.example", 81, "closed");
	scene_run(scene, HOUR);
	expect_events(scene, "raised a " PUSH "; raised b " PUSH "; raised c " PUSH
			     "; raised d " PUSH "; ");
}

#define PUSH_RULE                                                                             \
	RULE("u", "observe: http, subject: 'http://push.example:81/', "                        \
		  "expect: { http.status: { is: 200 } }")

static void what_is_elsewhere_may_be_silent_because_of_us(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, FIVE_PORTS PUSH_RULE, A GUARD, "");
	/* Whoever comes first. */
	for (int i = 0; i < 20; i++) {
		scene_run(scene, 20 * MINUTE + 17 * SECOND);
		scene_host(scene, "push.example", false);
		scene_host(scene, "10.0.0.1", false);
		scene_host(scene, "10.0.0.9", false);
		scene_run(scene, HOUR);
		expect_events(scene, "raised ucposture agent/uplink; ");
		scene_host(scene, "push.example", true);
		scene_host(scene, "10.0.0.1", true);
		scene_host(scene, "10.0.0.9", true);
		scene_run(scene, HOUR);
		expect_events(scene, "cleared ucposture agent/uplink; ");
	}
}

static void what_is_elsewhere_is_told_when_somebody_was_heard(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, FIVE_PORTS PUSH_RULE, A GUARD, "");
	scene_run(scene, 20 * MINUTE);
	scene_host(scene, "push.example", false);
	/* The guards are asked at once, so it takes no longer than usual. */
	scene_run(scene, 6 * MINUTE);
	expect_events(scene, "raised a " PUSH "; raised guard " PUSH "; ");
	scene_host(scene, "push.example", true);
	scene_run(scene, 6 * MINUTE);
	expect_events(scene, "cleared a " PUSH "; cleared guard " PUSH "; ");
}

/* All that can be heard is behind the same broken name server: nobody knows better. */
static void who_waits_for_somebody_to_be_heard_does_not_wait_for_ever(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, SCENE_SHARE(445) PUSH_RULE, A, "");
	scene_run(scene, 20 * MINUTE);
	scene->unresolved = true;
	scene_host(scene, "push.example", false);
	scene_run(scene, 20 * MINUTE);
	assert_int_equal(scene_look(scene, "a", PUSH).alarm->told, VERDICT_UNKNOWN);
	assert_int_equal(scene_look(scene, "a", SHARE(445)).alarm->told, VERDICT_UNKNOWN);
	assert_false(scene_target(scene, "a").down);
	scene->unresolved = false;
	scene_host(scene, "push.example", true);
	scene_run(scene, 20 * MINUTE);
	assert_int_equal(scene_look(scene, "a", PUSH).alarm->told, VERDICT_OK);
	assert_int_equal(scene_look(scene, "a", SHARE(445)).alarm->told, VERDICT_OK);
}

static void whoever_waited_for_somebody_who_met_silence_is_not_asked(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene,
		   SCENE_SHARE(445) RULE("ssh", "observe: ssh, subject: tcp/445, "
						"expect: { ssh.software: { present: true } }"),
		   A, "");
	scene_host(scene, "10.0.0.1", false);
	assert_int_equal(scene_plan_now(scene)->observation_count, 2);
	scene_run(scene, 15 * SECOND);
	assert_int_equal(scene->looks, 1);
	assert_int_equal(patrol_health(scene->patrol).observations, 2);
	assert_int_equal(patrol_health(scene->patrol).waiting, 0);
	assert_true(scene_look(scene, "a", "ssh/tcp-445/ssh").next_us < INT64_MAX);
}

static void whoever_is_down_is_reminded_of_unless_it_is_us(void **state)
{
	struct scene *scene = *state;

	scene->alarms.remind_us = 6 * HOUR;
	scene_plan(scene, FIVE_PORTS, A B GUARD, "");
	scene_run(scene, 20 * MINUTE);
	scene_host(scene, "10.0.0.1", false);
	scene_run(scene, 13 * HOUR);
	expect_events(scene, "target_down a presence; reminded a presence; "
			     "reminded a presence; ");
	scene_host(scene, "10.0.0.9", false);
	scene_run(scene, DAY);
	expect_events(scene, "raised ucposture agent/uplink; ");
}

static void whoever_comes_and_goes_flaps(void **state)
{
	struct scene *scene = *state;

	scene->interval_ms = 60000;
	scene_plan(scene, FIVE_PORTS, A B C D, "");
	scene_run(scene, 10 * MINUTE);
	for (int i = 0; i < 10; i++) {
		scene_host(scene, "10.0.0.1", i % 2);
		scene_run(scene, 4 * MINUTE);
	}
	expect_events(scene, "target_down a presence; target_up a presence; "
			     "target_down a presence; target_up a presence; "
			     "target_down a presence; changed a presence flaps; ");
	assert_false(scene_target(scene, "a").down);
	scene_run(scene, HOUR);
	expect_events(scene, "target_up a presence; ");
}

/* For this machine we need no way out. */
static void what_looks_inside_goes_on_while_our_own_way_out_is_gone(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene,
		   FIVE_PORTS RULE("in", "observe: host, subject: any/1-65535, vantage: host, "
					 "expect: { host.exposure: { is: none } }"),
		   "  - { name: a, address: 10.0.0.1, profiles: p, vantage: host }\n" GUARD, "");
	scene_run(scene, 20 * MINUTE);
	scene_host(scene, "10.0.0.9", false);
	scene_run(scene, HOUR);
	expect_events(scene, "raised ucposture agent/uplink; ");
	scene_port(scene, "", 1, "closed");
	scene_run(scene, HOUR);
	expect_events(scene, "raised a host/any-1-65535/in; ");
	scene_port(scene, "", 1, "filtered");
	scene_run(scene, HOUR);
	expect_events(scene, "changed a host/any-1-65535/in; ");
}

static void a_target_with_one_observation_is_down_when_it_is_silent(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, SCENE_SHARE(80), A, "");
	scene_run(scene, 10 * MINUTE);
	scene_host(scene, "10.0.0.1", false);
	scene_run(scene, 8 * MINUTE);
	expect_events(scene, "target_down a presence; ");
	scene_host(scene, "10.0.0.1", true);
	scene_run(scene, 8 * MINUTE);
	expect_events(scene, "target_up a presence; ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(a_target_that_is_gone_is_one_alarm),
		SCENE_TEST(whenever_it_goes_nothing_else_is_told),
		SCENE_TEST(whenever_all_go_nobody_is_told_down),
		SCENE_TEST(what_was_told_before_it_went_stays_told),
		SCENE_TEST(one_service_that_is_silent_is_told_as_its_own),
		SCENE_TEST(three_services_behind_a_new_firewall_are_no_dead_host),
		SCENE_TEST(silence_that_every_check_wants_is_not_held_against_the_host),
		SCENE_TEST(whoever_was_down_before_a_restart_and_still_is_is_not_told_again),
		SCENE_TEST(whoever_goes_while_nobody_watches_is_told_once),
		SCENE_TEST(when_all_go_together_it_is_us_and_nobody_is_told_down),
		SCENE_TEST(a_guard_tells_for_all),
		SCENE_TEST(a_guard_is_asked_until_it_is_known_whether_it_is_silent),
		SCENE_TEST(whoever_comes_back_while_the_guards_are_away_is_told_afterwards),
		SCENE_TEST(all_are_looked_at_again_soon_but_not_at_once),
		SCENE_TEST(what_does_not_lead_to_the_target_goes_on_while_it_is_down),
		SCENE_TEST(what_is_elsewhere_may_be_silent_because_of_us),
		SCENE_TEST(what_is_elsewhere_is_told_when_somebody_was_heard),
		SCENE_TEST(who_waits_for_somebody_to_be_heard_does_not_wait_for_ever),
		SCENE_TEST(whoever_waited_for_somebody_who_met_silence_is_not_asked),
		SCENE_TEST(whoever_is_down_is_reminded_of_unless_it_is_us),
		SCENE_TEST(whoever_comes_and_goes_flaps),
		SCENE_TEST(what_looks_inside_goes_on_while_our_own_way_out_is_gone),
		SCENE_TEST(a_target_with_one_observation_is_down_when_it_is_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
