/* SPDX-License-Identifier: Apache-2.0
 *
 * A round with a crew that only pretends to look, and a judge that only remembers what it was
 * shown.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/engine/round.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "tests/unit/fake_crew.h"

const struct exception *plan_exception(const struct plan *plan, const struct check *check,
				       int64_t wall_us)
{
	(void)plan;
	(void)check;
	(void)wall_us;
	return NULL;
}

/* expected: "target" of what was seen, "nothing", or the reason. Judging twice without
 * clearing would leak. */
void judge(const struct check *check, const struct observation *observation,
	   const struct circumstances *circumstances, struct judgement *judgement)
{
	struct text seen = { 0 };

	assert_non_null(circumstances->recollection.target);
	assert_null(judgement->expected);
	if (!observation)
		text_add(&seen, "nothing");
	else if (observation->outcome.reason != REASON_NONE)
		text_add(&seen, reason_word(observation->outcome.reason));
	else
		text_add_unsigned(&seen, (uint64_t)observation->started_wall_us);
	judgement->expected = text_take(&seen);
	judgement->reason = check->name;
}

void judgement_clear(struct judgement *judgement)
{
	free(judgement->expected);
	*judgement = (struct judgement){ 0 };
}

static const struct collector port = { .name = "port", .looks_itself = true };
static const struct collector smb = { .name = "smb" };

struct scene {
	struct loop *loop;
	struct crew *crew;
	struct config config;
	struct target targets[TARGETS_MOST];
	struct plan plan;
	struct results *results;
	struct round round;
	size_t first_check[TARGETS_MOST + 1];	/* nobody waits for anybody */
	char hosts[TARGETS_MOST][4];
	size_t room;
	bool stop;
	struct timer timer;
};

static struct scene *scene_begin(size_t targets, size_t probers)
{
	struct scene *scene = memory_new(1, sizeof *scene);

	scene->loop = loop_new();
	scene->crew = memory_new(1, sizeof *scene->crew);
	scene->crew->loop = scene->loop;
	scene->crew->size = probers;
	scene->crew->answers_per_turn = 3;
	scene->config.target_count = targets;
	scene->config.targets = scene->targets;
	scene->config.limits.per_target = 4;
	scene->plan.config = &scene->config;
	scene->plan.first_check = scene->first_check;
	scene->round = (struct round){ scene->loop, scene->crew, &scene->stop, NULL, NULL };
	for (unsigned i = 0; i < targets; i++) {
		snprintf(scene->hosts[i], sizeof scene->hosts[i], "%u", i);
		scene->targets[i].name = scene->hosts[i];
	}
	return scene;
}

static void scene_end(struct scene *scene)
{
	timer_stop(&scene->crew->answer);
	results_free(scene->results);
	free(scene->plan.observations);
	free(scene->plan.checks);
	loop_free(scene->loop);
	free(scene->crew);
	free(scene);
}

/* Observations for a target, each with one check. */
static void add(struct scene *scene, uint32_t target, const struct collector *collector,
		size_t count)
{
	struct plan *plan = &scene->plan;

	for (size_t i = 0; i < count; i++) {
		size_t number = plan->observation_count++;

		if (number == scene->room) {
			scene->room = scene->room ? 2 * scene->room : 64;
			plan->observations = memory_resize(plan->observations, scene->room,
							   sizeof *plan->observations);
			plan->checks = memory_resize(plan->checks, scene->room,
						     sizeof *plan->checks);
		}
		plan->observations[number] = (struct plan_observation){ .target = target };
		plan->observations[number].request = (struct request){
			.collector = collector,
			.subject = { .kind = SUBJECT_TCP, .first = (uint16_t)(number + 1),
				     .last = (uint16_t)(number + 1) },
			.host = scene->hosts[target],
		};
		plan->checks[plan->check_count++] =
			(struct check){ .name = "check", .observation = (uint32_t)number,
					.target = target };
	}
}

static void run(struct scene *scene)
{
	results_free(scene->results);
	scene->results = results_new(&scene->plan, NULL, clock_wall_us());
	round_run(&scene->round, scene->results);
}

static void each_check_is_judged_by_its_own_observation(void **state)
{
	struct scene *scene = scene_begin(3, 2);

	(void)state;
	add(scene, 2, &smb, 3);
	add(scene, 0, &port, 10);
	add(scene, 1, &smb, 5);
	/* The last two checks share the first observation; one more needs none. */
	scene->plan.checks[17].observation = 0;
	scene->plan.checks[16].observation = NO_OBSERVATION;
	for (int again = 0; again < 2; again++) {
		scene->crew->asked = 0;
		run(scene);
		assert_int_equal(scene->crew->asked, 18);
		assert_string_equal(scene->results->judgements[0].expected, "2");
		assert_string_equal(scene->results->judgements[3].expected, "0");
		assert_string_equal(scene->results->judgements[15].expected, "1");
		assert_string_equal(scene->results->judgements[16].expected, "nothing");
		assert_string_equal(scene->results->judgements[17].expected, "2");
		for (size_t i = 0; i < 18; i++)
			assert_non_null(scene->results->observations[i]);
	}
	assert_true(scene->results->finished_wall_us >= scene->results->started_wall_us);
	scene_end(scene);
}

static void conversations_are_few_and_ports_are_many(void **state)
{
	struct scene *scene = scene_begin(2, 1);

	(void)state;
	add(scene, 0, &smb, 50);
	add(scene, 0, &port, 1000);
	add(scene, 1, &smb, 50);
	run(scene);
	assert_int_equal(scene->crew->narrow_most, 4);
	assert_int_equal(scene->crew->wide_most, 256);
	scene_end(scene);
}

static void stop_now(void *arg)
{
	*(bool *)arg = true;
}

/* The observations from `from` on are all of this subject. */
static void look_at(struct scene *scene, size_t from, enum subject_kind kind, uint16_t first,
		    uint16_t last)
{
	for (size_t i = from; i < scene->plan.observation_count; i++)
		scene->plan.observations[i].request.subject =
			(struct subject){ .kind = kind, .first = first, .last = last };
}

static void a_port_is_looked_at_by_one_at_a_time(void **state)
{
	struct scene *scene = scene_begin(1, 1);

	(void)state;
	scene->crew->answers_per_turn = 5;
	add(scene, 0, &smb, 7);
	add(scene, 0, &port, 5);
	look_at(scene, 0, SUBJECT_TCP, 443, 443);
	/* Over the other family it is the same server, and TLS is TCP. */
	scene->plan.observations[3].request.family = 6;
	scene->plan.observations[4].request.subject.kind = SUBJECT_TLS;
	add(scene, 0, &smb, 50);
	run(scene);
	assert_int_equal(scene->crew->asked, 62);
	assert_int_equal(scene->crew->port_most, 1);
	/* The other ports did not wait for it. */
	assert_int_equal(scene->crew->narrow_most, 4);
	scene_end(scene);
}

/* Whichever targets need it: two of its pages are two observations of one server. */
static void a_server_elsewhere_is_asked_by_one_target_at_a_time(void **state)
{
	struct scene *scene = scene_begin(3, 2);

	(void)state;
	add(scene, 0, &smb, 1);
	add(scene, 1, &smb, 1);
	add(scene, 2, &smb, 1);
	look_at(scene, 0, SUBJECT_URL, 443, 443);
	for (size_t i = 0; i < 3; i++)
		scene->plan.observations[i].request.host = scene->hosts[0];
	run(scene);
	assert_int_equal(scene->crew->asked, 3);
	assert_int_equal(scene->crew->port_most, 1);
	scene_end(scene);
}

static void what_is_another_place_does_not_wait(void **state)
{
	struct scene *scene = scene_begin(2, 1);

	(void)state;
	add(scene, 0, &port, 1);
	look_at(scene, 0, SUBJECT_TCP, 53, 53);
	add(scene, 0, &port, 1);
	look_at(scene, 1, SUBJECT_UDP, 53, 53);
	add(scene, 0, &port, 1);
	look_at(scene, 2, SUBJECT_TCP, 53, 54);
	add(scene, 1, &port, 1);
	look_at(scene, 3, SUBJECT_TCP, 53, 53);
	/* A peer of the first target. */
	add(scene, 0, &port, 1);
	look_at(scene, 4, SUBJECT_TCP, 53, 53);
	scene->plan.observations[4].request.host = "7";
	run(scene);
	assert_int_equal(scene->crew->asked, 5);
	assert_int_equal(scene->crew->port_most, 5);
	scene_end(scene);
}

/* What waits is judged all the same when the round is stopped. */
static void who_waits_for_a_silent_one_is_cancelled_with_it(void **state)
{
	struct scene *scene = scene_begin(1, 1);

	(void)state;
	scene->crew->answers_per_turn = 0;
	add(scene, 0, &smb, 3);
	look_at(scene, 0, SUBJECT_TCP, 443, 443);
	timer_start(&scene->timer, scene->loop, clock_monotonic_us() + 10 * CLOCK_MILLISECOND,
		    stop_now, &scene->stop);
	run(scene);
	assert_int_equal(scene->crew->asked, 1);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(scene->results->judgements[i].expected, "cancelled");
	scene_end(scene);
}

static void nobody_is_asked_where_nobody_has_answered(void **state)
{
	struct scene *scene = scene_begin(2, 1);

	(void)state;
	add(scene, 0, &smb, 4);
	add(scene, 1, &smb, 1);
	for (size_t i = 0; i < 5; i++)
		look_at(scene, i, SUBJECT_TCP, 443, 443);
	for (size_t i = 0; i < 5; i++)
		scene->plan.observations[i].request.family = i == 2 ? 6 : 4;
	scene->crew->silent = true;
	run(scene);
	/* Once over each version of IP, and at the other target. */
	assert_int_equal(scene->crew->asked, 3);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(scene->results->judgements[i].expected, "timed_out");
	scene_end(scene);
}

static void targets_take_turns(void **state)
{
	struct scene *scene = scene_begin(3, 1);

	(void)state;
	scene->config.limits.per_target = 1;
	scene->crew->answers_per_turn = 1;
	add(scene, 0, &smb, 20);
	add(scene, 1, &smb, 20);
	add(scene, 2, &smb, 20);
	run(scene);
	for (uint32_t i = 0; i < 60; i++)
		assert_int_equal(scene->crew->order[i], i % 3);
	scene_end(scene);
}

static void one_large_target_does_not_keep_the_others_waiting(void **state)
{
	struct scene *scene = scene_begin(40, 1);

	(void)state;
	add(scene, 0, &port, 4000);
	for (uint32_t i = 1; i < 40; i++)
		add(scene, i, &port, 1);
	run(scene);
	for (uint32_t i = 0; i < 40; i++)
		assert_int_equal(scene->crew->order[i], i);
	scene_end(scene);
}

static void a_prober_is_not_given_more_than_it_can_hold(void **state)
{
	struct scene *scene = scene_begin(40, 2);

	(void)state;
	scene->crew->answers_per_turn = 400;
	for (uint32_t i = 0; i < 40; i++)
		add(scene, i, &port, 150);
	run(scene);
	assert_int_equal(scene->crew->asked, 6000);
	assert_int_equal(scene->crew->prober_most, 2048);
	scene_end(scene);
}

static void the_rate_is_kept(void **state)
{
	struct scene *scene = scene_begin(1, 1);
	int64_t began_us = clock_monotonic_us(), took_us;

	(void)state;
	scene->config.limits.probes_per_second = 100;
	add(scene, 0, &port, 30);
	run(scene);
	took_us = clock_monotonic_us() - began_us;
	/* Ten at once, the other twenty at 10 ms each. */
	assert_true(took_us >= 195 * CLOCK_MILLISECOND);
	assert_int_equal(scene->crew->asked, 30);
	scene_end(scene);
}

static void what_a_stopped_round_has_not_seen_is_cancelled(void **state)
{
	struct scene *scene = scene_begin(2, 1);

	(void)state;
	scene->crew->answers_per_turn = 0;
	add(scene, 0, &smb, 10);
	add(scene, 1, &port, 10);
	timer_start(&scene->timer, scene->loop, clock_monotonic_us() + 30 * CLOCK_MILLISECOND,
		    stop_now, &scene->stop);
	run(scene);
	assert_int_equal(scene->crew->asked, 14);
	assert_int_equal(scene->crew->forgotten, 14);
	for (size_t i = 0; i < 20; i++) {
		assert_string_equal(scene->results->judgements[i].expected, "cancelled");
		assert_null(scene->results->observations[i]);
	}
	scene_end(scene);
}

struct watcher {
	size_t calls;
	struct round_progress last;
};

static void watch_progress(void *arg, const struct round_progress *progress)
{
	struct watcher *watcher = arg;

	assert_true(progress->done >= watcher->last.done);
	assert_true(progress->done + progress->under_way <= progress->total);
	watcher->calls++;
	watcher->last = *progress;
}

static void progress_is_told_to_its_end(void **state)
{
	struct scene *scene = scene_begin(1, 1);
	struct watcher watcher = { 0 };

	(void)state;
	add(scene, 0, &smb, 40);
	scene->round.progress = watch_progress;
	scene->round.arg = &watcher;
	run(scene);
	assert_true(watcher.calls > 10);
	assert_int_equal(watcher.last.done, 40);
	assert_int_equal(watcher.last.total, 40);
	assert_int_equal(watcher.last.under_way, 0);
	assert_null(watcher.last.newest);
	scene_end(scene);
}

static void a_plan_without_observations_is_over_at_once(void **state)
{
	struct scene *scene = scene_begin(0, 1);

	(void)state;
	run(scene);
	assert_int_equal(scene->crew->asked, 0);
	scene_end(scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_check_is_judged_by_its_own_observation),
		cmocka_unit_test(conversations_are_few_and_ports_are_many),
		cmocka_unit_test(a_port_is_looked_at_by_one_at_a_time),
		cmocka_unit_test(a_server_elsewhere_is_asked_by_one_target_at_a_time),
		cmocka_unit_test(what_is_another_place_does_not_wait),
		cmocka_unit_test(who_waits_for_a_silent_one_is_cancelled_with_it),
		cmocka_unit_test(nobody_is_asked_where_nobody_has_answered),
		cmocka_unit_test(targets_take_turns),
		cmocka_unit_test(one_large_target_does_not_keep_the_others_waiting),
		cmocka_unit_test(a_prober_is_not_given_more_than_it_can_hold),
		cmocka_unit_test(the_rate_is_kept),
		cmocka_unit_test(what_a_stopped_round_has_not_seen_is_cancelled),
		cmocka_unit_test(progress_is_told_to_its_end),
		cmocka_unit_test(a_plan_without_observations_is_over_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
