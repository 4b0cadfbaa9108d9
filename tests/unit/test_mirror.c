/* SPDX-License-Identifier: Apache-2.0
 *
 * A mirror shows what it was fed and nothing else, and what rows share stays as long as they do.
 */
#include "tests/unit/mirror_scene.h"

#include "ground/text.h"

/* "3/2 3/12 " */
static void expect_checks(const struct scene *scene, const char *expected)
{
	struct text text = { 0 };

	for (size_t i = 0; i < scene->mirror->check_count; i++)
		text_add_format(&text, "%u/%u ", scene->mirror->checks[i].fed.target,
				scene->mirror->checks[i].fed.number);
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

/* --- rows ---------------------------------------------------------------------------------- */

static void what_was_fed_is_there_in_the_order_of_its_numbers(void **state)
{
	struct scene *scene = *state;

	feed_some(scene);
	expect_checks(scene, "3/2 3/12 8/10 8/11 ");
	assert_int_equal(scene->mirror->target_count, 2);
	assert_int_equal(target_at(scene, 8)->first_check, 2);
	assert_int_equal(target_at(scene, 8)->check_count, 2);
	assert_ptr_equal(check_at(scene, 3, 12)->target, target_at(scene, 3));
	assert_string_equal(check_at(scene, 3, 12)->rule->title, "It is so");
	assert_null(check_at(scene, 3, 12)->sight);
	assert_string_equal(check_at(scene, 3, 12)->fed.observed, "");
}

static void the_first_behind_a_number_is_found(void **state)
{
	struct scene *scene = *state;

	feed_some(scene);
	assert_int_equal(mirror_find_check(scene->mirror, 0, 0), 0);
	assert_int_equal(mirror_find_check(scene->mirror, 3, 3), 1);
	assert_int_equal(mirror_find_check(scene->mirror, 4, 0), 2);
	assert_int_equal(mirror_find_check(scene->mirror, 8, 12), 4);
	assert_int_equal(mirror_find_target(scene->mirror, 4), 1);
	assert_int_equal(mirror_find_target(scene->mirror, 9), 2);
}

static void nothing_of_a_part_is_there_before_it_settles(void **state)
{
	struct scene *scene = *state;
	const struct mirror_check *check;

	feed_some(scene);
	check = check_at(scene, 3, 2);
	put_check(scene, 3, 2, VERDICT_CRITICAL);
	put_rule(scene, 1, FEED_FAMILY_TLS);
	feed_put_gone(&scene->out, FEED_CHECK, 10);
	feed_put_gone(&scene->out, FEED_TARGET, 8);
	feed_put_mark(&scene->out, FEED_RESET);
	hear(scene);
	expect_checks(scene, "3/2 3/12 8/10 8/11 ");
	assert_int_equal(check->fed.verdict, VERDICT_OK);
	assert_int_equal(check->rule->family, FEED_FAMILY_PORT);
}

static void a_row_stays_where_it_is_while_others_change(void **state)
{
	struct scene *scene = *state;
	const struct mirror_check *check;
	uint64_t shape;

	feed_some(scene);
	check = check_at(scene, 3, 2);
	shape = scene->mirror->shape;
	put_check(scene, 8, 10, VERDICT_OK);
	put_check(scene, 3, 2, VERDICT_UNKNOWN);
	put_target(scene, 3, VERDICT_CRITICAL);
	settle(scene);
	assert_ptr_equal(check_at(scene, 3, 2), check);
	assert_int_equal(check->fed.verdict, VERDICT_UNKNOWN);
	assert_true(scene->mirror->shape == shape);
	put_check(scene, 3, 3, VERDICT_OK);
	settle(scene);
	assert_true(scene->mirror->shape > shape);
}

static void of_what_is_said_twice_the_last_counts(void **state)
{
	struct scene *scene = *state;

	feed_some(scene);
	put_check(scene, 3, 2, VERDICT_WARNING);
	put_check(scene, 3, 2, VERDICT_CRITICAL);
	put_check(scene, 3, 4, VERDICT_WARNING);
	put_check(scene, 3, 4, VERDICT_OK);
	settle(scene);
	expect_checks(scene, "3/2 3/4 3/12 8/10 8/11 ");
	assert_int_equal(check_at(scene, 3, 2)->fed.verdict, VERDICT_CRITICAL);
	assert_int_equal(check_at(scene, 3, 4)->fed.verdict, VERDICT_OK);
	assert_int_equal(check_at(scene, 3, 2)->transitions, 1);
}

static void changes_of_a_verdict_are_counted_but_not_the_first(void **state)
{
	struct scene *scene = *state;
	struct feed_check check = some_check(3, 2, VERDICT_UNKNOWN);

	feed_some(scene);
	check.number = 4;
	check.since_wall_us = 0;
	feed_put_check(&scene->out, &check);
	settle(scene);
	put_check(scene, 3, 4, VERDICT_OK);
	settle(scene);
	assert_int_equal(check_at(scene, 3, 4)->transitions, 0);
	put_check(scene, 3, 4, VERDICT_OK);
	settle(scene);
	put_check(scene, 3, 4, VERDICT_WARNING);
	settle(scene);
	assert_int_equal(check_at(scene, 3, 4)->transitions, 1);
}

static void what_is_gone_goes_and_may_come_back(void **state)
{
	struct scene *scene = *state;

	feed_some(scene);
	feed_put_gone(&scene->out, FEED_CHECK, 10);
	feed_put_gone(&scene->out, FEED_CHECK, 77);
	put_check(scene, 3, 4, VERDICT_OK);
	feed_put_gone(&scene->out, FEED_CHECK, 4);
	feed_put_gone(&scene->out, FEED_CHECK, 2);
	put_check(scene, 3, 2, VERDICT_WARNING);
	settle(scene);
	expect_checks(scene, "3/2 3/12 8/11 ");
	assert_int_equal(check_at(scene, 3, 2)->fed.verdict, VERDICT_WARNING);
	put_check(scene, 8, 10, VERDICT_OK);
	settle(scene);
	expect_checks(scene, "3/2 3/12 8/10 8/11 ");
}

static void a_target_takes_its_checks_with_it(void **state)
{
	struct scene *scene = *state;

	feed_some(scene);
	feed_put_gone(&scene->out, FEED_TARGET, 3);
	put_check(scene, 3, 2, VERDICT_WARNING);
	settle(scene);
	expect_checks(scene, "8/10 8/11 ");
	assert_int_equal(scene->mirror->target_count, 1);
	assert_int_equal(target_at(scene, 8)->first_check, 0);
	assert_ptr_equal(check_at(scene, 8, 10)->target, target_at(scene, 8));
}

static void a_check_of_a_target_that_is_not_there_is_left_out(void **state)
{
	struct scene *scene = *state;

	feed_some(scene);
	put_check(scene, 4, 99, VERDICT_CRITICAL);
	settle(scene);
	expect_checks(scene, "3/2 3/12 8/10 8/11 ");
	assert_int_equal(scene->mirror->by_severity[SEVERITY_MAJOR], 2);
}

static void after_a_reset_what_is_not_heard_again_is_gone(void **state)
{
	struct scene *scene = *state;
	uint64_t shape;

	feed_some(scene);
	put_event(scene, 7);
	put_check(scene, 3, 2, VERDICT_WARNING);
	settle(scene);
	shape = scene->mirror->shape;
	put_check(scene, 3, 2, VERDICT_OK);
	feed_some(scene);
	assert_true(scene->mirror->shape == shape);
	assert_int_equal(check_at(scene, 3, 2)->transitions, 2);
	assert_int_equal(scene->mirror->event_count, 1);
	feed_put_mark(&scene->out, FEED_RESET);
	put_target(scene, 8, VERDICT_OK);
	put_check(scene, 8, 11, VERDICT_OK);
	settle(scene);
	expect_checks(scene, "8/11 ");
	assert_true(scene->mirror->shape > shape);
	assert_int_equal(scene->mirror->counts[VERDICT_OK], 1);
	/* Of the rule that nobody told again. */
	assert_int_equal(scene->mirror->by_family[FEED_FAMILY_PORT][VERDICT_OK], 1);
}

/* --- what rows share ----------------------------------------------------------------------- */

static void a_rule_that_is_gone_stays_for_those_that_have_it(void **state)
{
	struct scene *scene = *state;

	feed_some(scene);
	feed_put_gone(&scene->out, FEED_RULE, 1);
	settle(scene);
	assert_string_equal(check_at(scene, 3, 2)->rule->title, "It is so");
	put_check(scene, 3, 2, VERDICT_CRITICAL);
	settle(scene);
	assert_string_equal(check_at(scene, 3, 2)->rule->title, "It is so");
	for (uint32_t i = 10; i <= 12; i++)
		feed_put_gone(&scene->out, FEED_CHECK, i);
	feed_put_gone(&scene->out, FEED_CHECK, 2);
	settle(scene);
	put_check(scene, 3, 2, VERDICT_OK);
	settle(scene);
	assert_string_equal(check_at(scene, 3, 2)->rule->title, "");
}

static void a_rule_may_come_after_its_checks(void **state)
{
	struct scene *scene = *state;

	put_target(scene, 3, VERDICT_OK);
	put_check(scene, 3, 2, VERDICT_CRITICAL);
	settle(scene);
	assert_string_equal(check_at(scene, 3, 2)->rule->title, "");
	assert_int_equal(scene->mirror->by_family[FEED_FAMILY_OTHER][VERDICT_CRITICAL], 1);
	put_rule(scene, 1, FEED_FAMILY_SMB);
	settle(scene);
	assert_string_equal(check_at(scene, 3, 2)->rule->title, "It is so");
	assert_int_equal(scene->mirror->by_family[FEED_FAMILY_OTHER][VERDICT_CRITICAL], 0);
	assert_int_equal(scene->mirror->by_family[FEED_FAMILY_SMB][VERDICT_CRITICAL], 1);
}

static void put_check_seen(struct scene *scene, uint32_t number, uint32_t sight)
{
	struct feed_check check = some_check(3, number, VERDICT_OK);

	check.sight = sight;
	feed_put_check(&scene->out, &check);
}

static void one_sight_of_several_checks_counts_once(void **state)
{
	struct scene *scene = *state;

	feed_some(scene);
	put_sight(scene, 6, 600, 30);
	put_check_seen(scene, 2, 5);
	put_check_seen(scene, 12, 5);
	put_check_seen(scene, 13, 6);
	settle(scene);
	assert_int_equal(check_at(scene, 3, 2)->sight->observation->elapsed_us, 20);
	assert_int_equal(target_at(scene, 3)->elapsed_us, 50);
	assert_int_equal(target_at(scene, 3)->observed_wall_us, 600);
	assert_int_equal(target_at(scene, 8)->observed_wall_us, 0);
	/* Anew, with and without its checks. */
	put_sight(scene, 5, 700, 1);
	put_check_seen(scene, 2, 5);
	settle(scene);
	assert_int_equal(target_at(scene, 3)->elapsed_us, 31);
	put_sight(scene, 6, 800, 2);
	settle(scene);
	assert_int_equal(target_at(scene, 3)->elapsed_us, 3);
	assert_int_equal(target_at(scene, 3)->observed_wall_us, 800);
}

static void a_sight_that_is_gone_stays_for_those_that_have_it(void **state)
{
	struct scene *scene = *state;

	feed_some(scene);
	put_check_seen(scene, 2, 5);
	settle(scene);
	feed_put_gone(&scene->out, FEED_SIGHT, 5);
	settle(scene);
	assert_int_equal(check_at(scene, 3, 2)->sight->observation->elapsed_us, 20);
	put_check_seen(scene, 12, 5);
	settle(scene);
	assert_null(check_at(scene, 3, 12)->sight);
	put_check_seen(scene, 2, 0);
	settle(scene);
	assert_null(check_at(scene, 3, 2)->sight);
	assert_int_equal(target_at(scene, 3)->elapsed_us, 0);
}

/* --- the agent and events ------------------------------------------------------------------ */

static void what_the_agent_says_of_itself_is_there(void **state)
{
	struct scene *scene = *state;
	struct feed_agent agent = { .version = "1.0", .late_s = 3 };

	assert_string_equal(scene->mirror->agent.version, "");
	feed_put_agent(&scene->out, &agent);
	agent.version = "1.1";
	feed_put_agent(&scene->out, &agent);
	settle(scene);
	assert_string_equal(scene->mirror->agent.version, "1.1");
	assert_int_equal(scene->mirror->agent.late_s, 3);
	settle(scene);
	assert_string_equal(scene->mirror->agent.version, "1.1");
}

static void expect_events(const struct scene *scene, const char *expected)
{
	struct text text = { 0 };

	for (size_t i = 0; i < scene->mirror->event_count; i++) {
		text_add_format(&text, "%llu ",
				(unsigned long long)scene->mirror->events[i].event.number);
		assert_string_equal(scene->mirror->events[i].event.title, "raised");
	}
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

static void the_newest_events_are_kept_in_whatever_order_they_come(void **state)
{
	struct scene *scene = *state;

	put_event(scene, 12);
	put_event(scene, 10);
	settle(scene);
	expect_events(scene, "10 12 ");
	put_event(scene, 11);
	put_event(scene, 10);
	settle(scene);
	put_event(scene, 9);
	settle(scene);
	expect_events(scene, "9 10 11 12 ");
	put_event(scene, 8);
	settle(scene);
	expect_events(scene, "9 10 11 12 ");
	assert_int_equal(mirror_find_event(scene->mirror, 0), 0);
	assert_int_equal(mirror_find_event(scene->mirror, 11), 2);
	assert_int_equal(mirror_find_event(scene->mirror, 13), 4);
	put_event(scene, 20);
	settle(scene);
	put_event(scene, 15);
	settle(scene);
	expect_events(scene, "11 12 15 20 ");
	for (uint64_t i = 100; i < 150; i++) {
		put_event(scene, i);
		settle(scene);
	}
	expect_events(scene, "146 147 148 149 ");
}

/* --- nonsense ------------------------------------------------------------------------------ */

static void what_is_not_for_a_mirror_is_refused(void **state)
{
	static const uint8_t kinds[] = { FEED_SETTINGS, FEED_TELL, FEED_READY, FEED_TOLD,
					 FEED_STATE, 1, 255 };
	struct scene *scene = *state;
	struct reader body;

	for (size_t i = 0; i < sizeof kinds; i++) {
		reader_init(&body, "", 0);
		assert_false(mirror_hear(scene->mirror, kinds[i], &body));
	}
	reader_init(&body, "x", 1);
	assert_false(mirror_hear(scene->mirror, FEED_CHECK, &body));
	reader_init(&body, "x", 1);
	assert_false(mirror_hear(scene->mirror, FEED_RESET, &body));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MIRROR_TEST(what_was_fed_is_there_in_the_order_of_its_numbers),
		MIRROR_TEST(the_first_behind_a_number_is_found),
		MIRROR_TEST(nothing_of_a_part_is_there_before_it_settles),
		MIRROR_TEST(a_row_stays_where_it_is_while_others_change),
		MIRROR_TEST(of_what_is_said_twice_the_last_counts),
		MIRROR_TEST(changes_of_a_verdict_are_counted_but_not_the_first),
		MIRROR_TEST(what_is_gone_goes_and_may_come_back),
		MIRROR_TEST(a_target_takes_its_checks_with_it),
		MIRROR_TEST(a_check_of_a_target_that_is_not_there_is_left_out),
		MIRROR_TEST(after_a_reset_what_is_not_heard_again_is_gone),
		MIRROR_TEST(a_rule_that_is_gone_stays_for_those_that_have_it),
		MIRROR_TEST(a_rule_may_come_after_its_checks),
		MIRROR_TEST(one_sight_of_several_checks_counts_once),
		MIRROR_TEST(a_sight_that_is_gone_stays_for_those_that_have_it),
		MIRROR_TEST(what_the_agent_says_of_itself_is_there),
		MIRROR_TEST(the_newest_events_are_kept_in_whatever_order_they_come),
		MIRROR_TEST(what_is_not_for_a_mirror_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
