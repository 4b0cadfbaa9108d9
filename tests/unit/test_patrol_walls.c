/* SPDX-License-Identifier: Apache-2.0
 *
 * Silence of some services of a host that answers at others: what a firewall in between looks
 * like. And whose silence it is when nobody stands for our own way out.
 */
#include "tests/unit/unit.h"

#include "tests/unit/patrol_scene.h"

#define ONE_ANSWERS                                                                           \
	SCENE_RULE(22, ) SCENE_RULE(80, ) SCENE_RULE(8443, )                                  \
	SCENE_RULE(443, ", interval: 1h")

static void wall(struct scene *scene, const char *state)
{
	scene_port(scene, "10.0.0.1", 22, state);
	scene_port(scene, "10.0.0.1", 80, state);
	scene_port(scene, "10.0.0.1", 8443, state);
}

/* The one that answers is asked much less often than the others are silent. */
static void services_behind_a_firewall_never_make_a_host_look_dead(void **state)
{
	struct scene *scene = *state;

	wall(scene, "filtered");
	scene_plan(scene, ONE_ANSWERS, A B C D, "");
	scene_run(scene, DAY);
	assert_int_equal(count_events(scene, "target_down", false), 0);
	assert_int_equal(count_events(scene, "raised", false), 3);
	assert_int_equal(scene_look(scene, "a", "port/tcp-80/p80").alarm->told,
			 VERDICT_CRITICAL);
}

static void so_it_is_after_it_was_down_as_a_whole(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, ONE_ANSWERS, A B C D, "");
	scene_run(scene, HOUR);
	scene_host(scene, "10.0.0.1", false);
	scene_run(scene, HOUR);
	assert_int_equal(count_events(scene, "target_down", false), 1);
	scene_host(scene, "10.0.0.1", true);
	wall(scene, "filtered");
	scene_run(scene, DAY);
	assert_int_equal(count_events(scene, "target_down", false), 1);
	assert_int_equal(count_events(scene, "target_up", false), 1);
	assert_int_equal(count_events(scene, "raised", false), 3);
}

static void a_host_whose_only_voice_falls_silent_is_down(void **state)
{
	struct scene *scene = *state;

	wall(scene, "filtered");
	scene_plan(scene, ONE_ANSWERS, A B C D, "");
	scene_run(scene, DAY);
	scene_host(scene, "10.0.0.1", false);
	scene_run(scene, 2 * HOUR);
	assert_int_equal(count_events(scene, "target_down", false), 1);
	assert_true(scene_target(scene, "a").down);
}

/* Silence is what the rule wants of the only one that used to answer. */
static void a_host_without_voices_is_down_when_all_that_should_answer_are_silent(void **state)
{
	struct scene *scene = *state;

	wall(scene, "filtered");
	scene_plan(scene,
		   SCENE_RULE(22, ) SCENE_RULE(80, ) SCENE_RULE(8443, )
		   RULE("shut", "observe: port, subject: tcp/23, "
				"expect: { port.state: { one_of: [closed, filtered] } }"),
		   A B C D, "");
	scene_port(scene, "10.0.0.1", 23, "closed");
	scene_run(scene, DAY);
	assert_int_equal(count_events(scene, "target_down", false), 0);
	scene_host(scene, "10.0.0.1", false);
	scene_run(scene, HOUR);
	assert_int_equal(count_events(scene, "target_down", false), 1);
}

static void whoever_is_heard_again_counts_again(void **state)
{
	struct scene *scene = *state;

	wall(scene, "filtered");
	scene_plan(scene, ONE_ANSWERS, A B C D, "");
	scene_run(scene, 3 * HOUR);
	wall(scene, "open");
	scene_run(scene, HOUR);
	assert_int_equal(count_events(scene, "cleared", false), 3);
	scene_host(scene, "10.0.0.1", false);
	/* Not only the hourly one is asked. */
	scene_run(scene, 12 * MINUTE);
	assert_int_equal(count_events(scene, "target_down", false), 1);
}

#define HASTY "  - { name: hasty, address: 10.0.0.5, profiles: p, interval: 1m }\n"
#define HOURLY(number)                                                                        \
	"  - { name: calm" number ", address: 10.0.1." number ", profiles: p, interval: 1h }\n"

/* Without guards the others stand for our own way out, and would have been asked in an hour. */
static void whoever_is_looked_at_most_often_is_not_blamed_for_us(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, SCENE_RULE(443, ) SCENE_RULE(22, ),
		   HASTY HOURLY("1") HOURLY("2") HOURLY("3") HOURLY("4"), "");
	scene_run(scene, 3 * HOUR);
	scene_host(scene, "10.0.0.5", false);
	scene_host(scene, "10.0.1.1", false);
	scene_host(scene, "10.0.1.2", false);
	scene_host(scene, "10.0.1.3", false);
	scene_host(scene, "10.0.1.4", false);
	scene_run(scene, HOUR);
	assert_int_equal(count_events(scene, "target_down", false), 0);
	assert_true(patrol_health(scene->patrol).uplink_down);
}

static void whoever_goes_alone_is_told_soon_though_the_others_are_calm(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, SCENE_RULE(443, ) SCENE_RULE(22, ),
		   HASTY HOURLY("1") HOURLY("2") HOURLY("3") HOURLY("4"), "");
	scene_run(scene, 3 * HOUR);
	scene_host(scene, "10.0.0.5", false);
	scene_run(scene, 5 * MINUTE);
	expect_events(scene, "target_down hasty presence; ");
}

static void with_too_few_targets_nobody_knows_of_our_way_out(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, SCENE_RULE(443, ), A B C, "");
	scene_run(scene, HOUR);
	scene_host(scene, "10.0.0.1", false);
	scene_host(scene, "10.0.0.2", false);
	scene_host(scene, "10.0.0.3", false);
	scene_run(scene, HOUR);
	expect_events(scene, "raised ucposture agent/uplink; ");
	scene_plan(scene, SCENE_RULE(443, ), A B, "");
	expect_events(scene, "cleared ucposture agent/uplink; ");
}

static void nor_after_a_restart(void **state)
{
	struct scene *scene = *state;

	scene_plan(scene, SCENE_RULE(443, ), A B C, "");
	scene_host(scene, "10.0.0.1", false);
	scene_host(scene, "10.0.0.2", false);
	scene_host(scene, "10.0.0.3", false);
	scene_run(scene, HOUR);
	expect_events(scene, "raised ucposture agent/uplink; ");
	/* It ends while the targets are three, and begins when they are two. */
	patrol_free(scene->patrol);
	scene->patrol = patrol_new(&scene->world, scene->store, scene->self, NULL);
	scene_plan(scene, SCENE_RULE(443, ), A B, "");
	expect_events(scene, "cleared ucposture agent/uplink; ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(services_behind_a_firewall_never_make_a_host_look_dead),
		SCENE_TEST(so_it_is_after_it_was_down_as_a_whole),
		SCENE_TEST(a_host_whose_only_voice_falls_silent_is_down),
		SCENE_TEST(a_host_without_voices_is_down_when_all_that_should_answer_are_silent),
		SCENE_TEST(whoever_is_heard_again_counts_again),
		SCENE_TEST(whoever_is_looked_at_most_often_is_not_blamed_for_us),
		SCENE_TEST(whoever_goes_alone_is_told_soon_though_the_others_are_calm),
		SCENE_TEST(with_too_few_targets_nobody_knows_of_our_way_out),
		SCENE_TEST(nor_after_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
