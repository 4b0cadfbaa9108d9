/* SPDX-License-Identifier: Apache-2.0
 *
 * What a face is fed: all there is, and then what changed.
 */
#include "tests/unit/feeding_scene.h"

static void a_face_is_fed_all_there_is(void **state)
{
	struct pair *pair = *state;

	scene_port(pair->scene, "10.0.0.2", 443, "closed");
	pair_plan_two(pair);
	scene_run(pair->scene, 10 * MINUTE);
	pair_start(pair, "good");
	pair_expect(pair, "part 1 heard 2+2+4+4+1 has 2/4/1 critical 1 down 0 seen 1");
	assert_true(feeding_state(pair->feeding).alive);
	assert_true(feeding_state(pair->feeding).good);
	assert_int_equal(feeding_state(pair->feeding).restarts, 0);
	pair_expect_quiet(pair);
}

static void a_face_may_be_there_before_the_first_plan(void **state)
{
	struct pair *pair = *state;

	pair_start(pair, "good");
	WAIT_FOR(pair, feeding_state(pair->feeding).alive);
	pair_expect_quiet(pair);
	scene_plan(pair->scene, RULES, A, "");
	feeding_note_plan(pair->feeding);
	pair_expect(pair, "part 1 heard 2+1+0+2+0 has 1/2/0");
}

static void later_it_hears_only_what_changed(void **state)
{
	struct pair *pair = *state;

	pair_plan_two(pair);
	pair_start(pair, "good");
	pair_expect(pair, "part 1 heard 2+2+4+4+0 has 2/4/0 critical 0");
	pair_pass(pair, SECOND);
	feeding_note_check(pair->feeding, 1);
	feeding_note_check(pair->feeding, 1);
	pair_expect(pair, "part 2 heard 0+0+0+1+0 has 2/4/0");
	pair_expect_quiet(pair);
}

static void what_changes_within_a_second_is_said_together(void **state)
{
	struct pair *pair = *state;

	pair_plan_two(pair);
	pair_start(pair, "good");
	pair_expect(pair, "part 1 heard");
	pair_pass(pair, SECOND);
	feeding_note_check(pair->feeding, 0);
	pair_expect(pair, "part 2 heard 0+0+0+1+0");
	feeding_note_check(pair->feeding, 1);
	pair_expect_quiet(pair);
	pair_pass(pair, SECOND / 2);
	feeding_note_check(pair->feeding, 2);
	pair_expect_quiet(pair);
	pair_pass(pair, SECOND / 2);
	pair_expect(pair, "part 3 heard 0+0+0+2+0");
}

static void what_the_patrol_finds_out_is_heard(void **state)
{
	struct pair *pair = *state;

	pair_plan_two(pair);
	pair_start(pair, "good");
	pair_expect(pair, "has 2/4/0 critical 0 down 0");
	scene_port(pair->scene, "10.0.0.1", 443, "closed");
	scene_run(pair->scene, 10 * MINUTE);
	pair_expect(pair, "heard 0+0+4+4+1 has 2/4/1 critical 1 down 0");
	scene_host(pair->scene, "10.0.0.1", false);
	scene_port(pair->scene, "10.0.0.1", 443, "filtered");
	scene_run(pair->scene, 20 * MINUTE);
	pair_expect(pair, "critical 2 down 1");
}

static void another_plan_takes_the_place_of_the_one_before(void **state)
{
	struct pair *pair = *state;

	pair_plan_two(pair);
	pair_start(pair, "good");
	pair_expect(pair, "has 2/4/0");
	scene_plan(pair->scene, RULES SCENE_RULE(80, ""), B C, "");
	feeding_note_plan(pair->feeding);
	pair_expect(pair, "part 2 heard 3+2+2+6+0 has 2/6/0");
}

static void what_is_much_goes_in_pieces(void **state)
{
	struct pair *pair = *state;

	pair_plan_many(pair, 4000);
	pair_start(pair, "good");
	pair_expect(pair, "part 1 heard 2+4000+0+8000+0 has 4000/8000/0");
}

static void what_changes_meanwhile_is_heard_behind_it(void **state)
{
	struct pair *pair = *state;

	pair_plan_many(pair, 4000);
	pair_start(pair, "good");
	WAIT_FOR(pair, feeding_state(pair->feeding).alive);
	feeding_note_check(pair->feeding, 5);
	pair_expect(pair, "part 1 heard 2+4000+0+8000+0");
	pair_pass(pair, SECOND);
	pair_expect(pair, "part 2 heard 0+0+0+1+0");
	/* A plan in the middle of it: everything anew, and nothing of what was. */
	feeding_note_plan(pair->feeding);
	pair_turn(pair);
	scene_plan(pair->scene, RULES, A, "");
	feeding_note_plan(pair->feeding);
	pair_expect(pair, "has 1/2/0");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		FEEDING_TEST(a_face_is_fed_all_there_is),
		FEEDING_TEST(a_face_may_be_there_before_the_first_plan),
		FEEDING_TEST(later_it_hears_only_what_changed),
		FEEDING_TEST(what_changes_within_a_second_is_said_together),
		FEEDING_TEST(what_the_patrol_finds_out_is_heard),
		FEEDING_TEST(another_plan_takes_the_place_of_the_one_before),
		FEEDING_TEST(what_is_much_goes_in_pieces),
		FEEDING_TEST(what_changes_meanwhile_is_heard_behind_it),
	};

	made_face_begin(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
