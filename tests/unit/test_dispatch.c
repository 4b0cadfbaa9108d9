/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may begin, and when.
 */
#include "tests/unit/unit.h"

#include "tests/unit/dispatch_scene.h"

static void what_is_wanted_begins_and_may_be_wanted_again_when_it_has_come(void **state)
{
	struct scene *scene = *state;

	add(scene, 0, "tls", 2);
	start(scene, 1);
	assert_int_equal(take(scene), NONE);
	assert_int_equal(scene->again_us, INT64_MAX);
	for (int again = 0; again < 3; again++) {
		want(scene, 1, 1);
		want(scene, 0, 1);
		assert_int_equal(dispatch_waiting(scene->dispatch), 2);
		assert_int_equal(take(scene), 1);
		assert_int_equal(take(scene), 0);
		assert_int_equal(take(scene), NONE);
		assert_int_equal(dispatch_waiting(scene->dispatch), 0);
		assert_int_equal(dispatch_under_way(scene->dispatch), 2);
		answers(scene, 0);
		answers(scene, 1);
		assert_int_equal(dispatch_under_way(scene->dispatch), 0);
	}
}

static void a_target_has_few_conversations_and_many_single_ports_at_once(void **state)
{
	struct scene *scene = *state;

	add(scene, 0, "tls", 10);
	add(scene, 0, "port", 300);
	/* A sweep is a conversation. */
	request(scene, 10)->subject.last = 1000;
	start(scene, 1);
	want(scene, 0, 310);
	assert_int_equal(take_all(scene), 4 + 256);
	answers(scene, 0);
	assert_int_equal(take(scene), 4);
	assert_int_equal(take(scene), NONE);
}

static void without_a_number_it_is_one_conversation_and_never_too_many(void **state)
{
	struct scene *scene = *state;

	add(scene, 0, "tls", 10);
	scene->config.limits.per_target = 0;
	start(scene, 1);
	want(scene, 0, 10);
	assert_int_equal(take_all(scene), 1);
	dispatch_free(scene->dispatch);
	scene->config.limits.per_target = 1000000;
	start(scene, 1);
	want(scene, 0, 10);
	assert_int_equal(take_all(scene), 10);
}

/* A push server does not wait until a PBX that is a tarpit has timed out. */
static void what_is_elsewhere_does_not_wait_for_conversations_with_the_target(void **state)
{
	struct scene *scene = *state;

	add(scene, 0, "tls", 10);
	add(scene, 0, "reach", 3);
	for (uint32_t i = 10; i < 13; i++)
		request(scene, i)->subject.kind = SUBJECT_URL;
	start(scene, 1);
	want(scene, 0, 13);
	assert_int_equal(take_all(scene), 4 + 3);
}

static void a_target_is_always_the_business_of_the_same_prober(void **state)
{
	struct scene *scene = *state;

	for (uint32_t i = 0; i < 6; i++) {
		add(scene, i, "tls", 2);
		request(scene, 2 * i + 1)->collector = collector_named("port");
	}
	start(scene, 3);
	want(scene, 0, 12);
	for (size_t i = 0; i < 12; i++) {
		uint32_t number = take(scene);

		assert_true(number < 12);
		assert_int_equal(scene->key, number / 2 % 3);
	}
}

static void one_place_is_looked_at_by_one_at_a_time(void **state)
{
	struct scene *scene = *state;

	add(scene, 0, "tls", 5);
	for (uint32_t i = 0; i < 4; i++)
		request(scene, i)->subject.first = request(scene, i)->subject.last = 443;
	start(scene, 1);
	for (int again = 0; again < 3; again++) {
		want(scene, 0, 5);
		assert_int_equal(take(scene), 0);
		assert_int_equal(take(scene), 4);
		assert_int_equal(take(scene), NONE);
		for (uint32_t i = 0; i < 3; i++) {
			answers(scene, i);
			assert_int_equal(take(scene), i + 1);
			assert_int_equal(take(scene), NONE);
		}
		answers(scene, 3);
		answers(scene, 4);
	}
}

static void who_waits_where_nobody_answers_is_not_asked(void **state)
{
	struct scene *scene = *state;
	struct observation *observation;
	uint32_t number;

	add(scene, 0, "tls", 3);
	for (uint32_t i = 0; i < 3; i++)
		request(scene, i)->subject.first = request(scene, i)->subject.last = 443;
	start(scene, 1);
	for (int again = 0; again < 2; again++) {
		want(scene, 0, 3);
		assert_int_equal(take_all(scene), 1);
		hear(scene, 0, STAGE_CONNECT, REASON_TIMED_OUT);
		assert_int_equal(take(scene), NONE);
		assert_int_equal(dispatch_waiting(scene->dispatch), 2);
		for (uint32_t i = 1; i < 3; i++) {
			assert_true(dispatch_known(scene->dispatch, &number, &observation, 77));
			assert_int_equal(number, i);
			assert_int_equal(observation->outcome.stage, STAGE_CONNECT);
			assert_int_equal(observation->outcome.reason, REASON_TIMED_OUT);
			assert_int_equal(observation->started_wall_us, 77);
			assert_non_null(observation->detail);
			observation_free(observation);
		}
		assert_false(dispatch_known(scene->dispatch, &number, &observation, 77));
		assert_int_equal(dispatch_waiting(scene->dispatch), 0);
	}
}

static void what_begins_is_spread_over_time(void **state)
{
	struct scene *scene = *state;

	add(scene, 0, "port", 40);
	scene->config.limits.probes_per_second = 100;
	start(scene, 1);
	want(scene, 0, 40);
	/* A tenth of a second's worth at once. */
	assert_int_equal(take_all(scene), 10);
	assert_int_equal(scene->again_us, scene->now_us + 10 * MS);
	scene->now_us += 9 * MS;
	assert_int_equal(take(scene), NONE);
	assert_int_equal(scene->again_us, scene->now_us + 1 * MS);
	scene->now_us += 1 * MS;
	assert_int_equal(take_all(scene), 1);
	/* However long nothing was wanted. */
	scene->now_us += 3600 * CLOCK_SECOND;
	assert_int_equal(take_all(scene), 10);
}

static void a_rate_below_ten_a_second_begins_with_one(void **state)
{
	struct scene *scene = *state;

	add(scene, 0, "port", 10);
	scene->config.limits.probes_per_second = 2;
	start(scene, 1);
	want(scene, 0, 10);
	scene->now_us += 10 * CLOCK_SECOND;
	assert_int_equal(take_all(scene), 1);
	assert_int_equal(scene->again_us, scene->now_us + 500 * MS);
}

static void what_is_under_way_for_the_plan_before_has_its_place_and_counts(void **state)
{
	struct scene *scene = *state;

	add(scene, 0, "tls", 3);
	/* Both look at the same port. */
	request(scene, 1)->subject = request(scene, 0)->subject;
	scene->config.limits.per_target = 2;
	start(scene, 1);
	dispatch_adopt(scene->dispatch, 0);
	assert_int_equal(dispatch_under_way(scene->dispatch), 1);
	want(scene, 1, 2);
	assert_int_equal(take(scene), 2);
	assert_int_equal(take(scene), NONE);
	answers(scene, 0);
	assert_int_equal(take(scene), 1);
	answers(scene, 1);
	answers(scene, 2);
	assert_int_equal(dispatch_under_way(scene->dispatch), 0);
	want(scene, 0, 1);
	assert_int_equal(take(scene), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(what_is_under_way_for_the_plan_before_has_its_place_and_counts),
		SCENE(what_is_wanted_begins_and_may_be_wanted_again_when_it_has_come),
		SCENE(a_target_has_few_conversations_and_many_single_ports_at_once),
		SCENE(without_a_number_it_is_one_conversation_and_never_too_many),
		SCENE(what_is_elsewhere_does_not_wait_for_conversations_with_the_target),
		SCENE(a_target_is_always_the_business_of_the_same_prober),
		SCENE(one_place_is_looked_at_by_one_at_a_time),
		SCENE(who_waits_where_nobody_answers_is_not_asked),
		SCENE(what_begins_is_spread_over_time),
		SCENE(a_rate_below_ten_a_second_begins_with_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
