/* SPDX-License-Identifier: Apache-2.0
 *
 * Real probers: this very program, started again with the word `prober`, with collectors
 * that crash, hang, or work hard.
 */
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/ipc/crew.h"
#include "agent/ipc/prober.h"
#include "agent/ipc/shelf.h"
#include "ground/clock.h"
#include "ground/log.h"
#include "ground/memory.h"
#include "tests/unit/fake_collectors.h"

enum { MANY = 5000 };

struct scene {
	struct loop *loop;
	struct crew *crew;
	struct observation *seen[MANY];
	size_t count;
	bool inside;		/* of crew_observe() */
};

static struct scene *scene_begin(unsigned probers)
{
	static const struct prober_settings settings;
	struct scene *scene = memory_new(1, sizeof *scene);

	scene->loop = loop_new();
	scene->crew = crew_new(scene->loop, probers, &settings);
	return scene;
}

static void scene_forget(struct scene *scene)
{
	for (size_t i = 0; i < scene->count; i++)
		observation_free(scene->seen[i]);
	scene->count = 0;
}

static void scene_end(struct scene *scene)
{
	scene_forget(scene);
	crew_free(scene->crew);
	loop_free(scene->loop);
	free(scene);
}

static void see(void *arg, struct observation *observation)
{
	struct scene *scene = arg;

	assert_false(scene->inside);
	scene->seen[scene->count++] = observation;
}

static void ask(struct scene *scene, uint32_t key, const struct request *request)
{
	scene->inside = true;
	crew_observe(scene->crew, key, request, see, scene);
	scene->inside = false;
}

/* Until `count` have been seen in all, or the seconds have passed. */
static void wait_for(struct scene *scene, size_t count, int seconds)
{
	int64_t until_us = clock_monotonic_us() + seconds * CLOCK_SECOND;

	while (scene->count < count && clock_monotonic_us() < until_us)
		loop_turn(scene->loop, 10 * CLOCK_MILLISECOND);
	assert_int_equal(scene->count, count);
}

static const struct observation *ask_one(struct scene *scene, uint32_t key,
					 const struct request *request)
{
	ask(scene, key, request);
	wait_for(scene, scene->count + 1, 20);
	return scene->seen[scene->count - 1];
}

static pid_t pid_of(const struct observation *observation)
{
	const struct fact *fact = facts_get(observation->facts, fake_fact(FAKE_PID));

	assert_non_null(fact);
	return (pid_t)fact->integer;
}

static const char *echo_of(const struct observation *observation)
{
	const struct fact *fact = facts_get(observation->facts, fake_fact(FAKE_TEXT));

	assert_non_null(fact);
	return fact->text;
}

static pid_t prober_of(struct scene *scene, uint32_t key)
{
	struct request request = fake_request("echo", 1, "tcp/1");

	return pid_of(ask_one(scene, key, &request));
}

static void assert_died(const struct observation *observation)
{
	assert_string_equal(stage_word(observation->outcome.stage), "prober");
	assert_string_equal(reason_word(observation->outcome.reason), "prober_died");
}

static void a_prober_answers_from_behind_a_fence(void **state)
{
	struct scene *scene = scene_begin(1);
	struct fence_report report;
	pid_t pid;

	(void)state;
	pid = prober_of(scene, 0);
	assert_int_not_equal(pid, getpid());
	assert_int_equal(prober_of(scene, 0), pid);
	assert_true(crew_fence(scene->crew, &report));
	assert_int_equal(report.no_new_privileges, 1);
	assert_int_not_equal(report.user, 0);
	assert_int_equal(crew_restarts(scene->crew), 0);
	scene_end(scene);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
	assert_int_equal(kill(pid, 0), -1);
}

static void each_key_has_its_prober(void **state)
{
	struct scene *scene = scene_begin(2);
	pid_t first, second;

	(void)state;
	assert_int_equal(crew_size(scene->crew), 2);
	first = prober_of(scene, 0);
	second = prober_of(scene, 1);
	assert_int_not_equal(first, second);
	assert_int_equal(prober_of(scene, 0), first);
	assert_int_equal(prober_of(scene, 7), second);
	scene_end(scene);
}

static void many_requests_are_each_answered_once(void **state)
{
	struct scene *scene = scene_begin(2);
	struct request request = fake_request("echo", 1, "tcp/1");

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		ask(scene, i, &request);
	assert_int_equal(scene->count, 0);
	wait_for(scene, MANY, 60);
	for (size_t i = 0; i < MANY; i++) {
		const struct fact *fact = facts_get(scene->seen[i]->facts, fake_fact(FAKE_TEXT));

		assert_string_equal(fact->text, "hello");
	}
	loop_turn(scene->loop, 20 * CLOCK_MILLISECOND);
	assert_int_equal(scene->count, MANY);
	scene_end(scene);
}

static void what_a_killed_prober_was_busy_with_is_answered(void **state)
{
	struct scene *scene = scene_begin(2);
	struct request never = fake_request("never", 1, "tcp/1");
	pid_t first = prober_of(scene, 0), second = prober_of(scene, 1);

	(void)state;
	scene_forget(scene);
	for (int i = 0; i < 100; i++)
		ask(scene, 0, &never);
	loop_turn(scene->loop, 20 * CLOCK_MILLISECOND);
	assert_int_equal(kill(first, SIGKILL), 0);
	wait_for(scene, 100, 20);
	for (size_t i = 0; i < 100; i++)
		assert_died(scene->seen[i]);
	scene_forget(scene);
	assert_int_not_equal(prober_of(scene, 0), first);
	assert_int_equal(prober_of(scene, 1), second);
	assert_int_equal(crew_restarts(scene->crew), 1);
	scene_end(scene);
}

static void a_collector_that_crashes_costs_its_prober_only(void **state)
{
	struct scene *scene = scene_begin(1);
	struct request crash = fake_request("crash", 1, "tcp/1");
	int64_t began_us;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		assert_died(ask_one(scene, 0, &crash));
	/* The third time in a row it is given a pause, and the work waits for it. */
	began_us = clock_monotonic_us();
	prober_of(scene, 0);
	assert_true(clock_monotonic_us() - began_us > 150 * CLOCK_MILLISECOND);
	assert_int_equal(crew_restarts(scene->crew), 3);
	scene_end(scene);
}

static void a_stopped_prober_is_ended_in_time(void **state)
{
	struct scene *scene = scene_begin(1);
	struct request request = fake_request("echo", 1, "tcp/1");
	pid_t pid = prober_of(scene, 0);

	(void)state;
	scene_forget(scene);
	request.timeout_ms = 100;
	assert_int_equal(kill(pid, SIGSTOP), 0);
	assert_died(ask_one(scene, 0, &request));
	assert_int_not_equal(prober_of(scene, 0), pid);
	scene_end(scene);
}

static void a_prober_that_rests_is_left_alone(void **state)
{
	struct scene *scene = scene_begin(1);
	struct request request = fake_request("later", 2500, "tcp/2500");
	pid_t pid = prober_of(scene, 0);

	(void)state;
	assert_string_equal(reason_word(ask_one(scene, 0, &request)->outcome.reason), "none");
	assert_int_equal(prober_of(scene, 0), pid);
	assert_int_equal(crew_restarts(scene->crew), 0);
	scene_end(scene);
}

static void what_is_on_a_shelf_is_known_by_its_number(void **state)
{
	char one[] = "one", two[] = "two";
	struct shelf ours = { 0 }, theirs = { 0 };

	(void)state;
	assert_int_equal(shelf_number(&ours, NULL), 0);
	assert_int_equal(shelf_number(&ours, one), 1);
	assert_int_equal(shelf_number(&ours, two), 2);
	assert_int_equal(shelf_number(&ours, "one"), 1);
	/* Another string in the same place is another string. */
	memcpy(one, "eno", 3);
	assert_int_equal(shelf_number(&ours, one), 3);
	assert_string_equal(shelf_at(&ours, 1), "one");
	assert_false(shelf_put(&theirs, 0, "one", 3));
	assert_false(shelf_put(&theirs, 2, "two", 3));
	assert_true(shelf_put(&theirs, 1, "one and more", 3));
	assert_false(shelf_put(&theirs, 1, "one", 3));
	assert_string_equal(shelf_at(&theirs, 1), "one");
	assert_null(shelf_at(&theirs, 0));
	assert_null(shelf_at(&theirs, 2));
	shelf_free(&ours);
	shelf_free(&theirs);
}

/* A megabyte with each of them would be more than the socket's queue may hold. */
static void authorities_go_to_a_prober_once(void **state)
{
	enum { REQUESTS = 100, BYTES = 1 << 20 };
	struct scene *scene = scene_begin(1);
	struct request request = fake_request("later", 1, "tcp/1");
	char *pem = memory_new(BYTES + 1, 1);

	(void)state;
	memset(pem, 'A', BYTES);
	request.authorities = pem;
	for (size_t i = 0; i < REQUESTS; i++)
		ask(scene, 0, &request);
	wait_for(scene, REQUESTS, 20);
	for (size_t i = 0; i < REQUESTS; i++)
		assert_int_equal(scene->seen[i]->outcome.reason, REASON_NONE);
	assert_int_equal(crew_restarts(scene->crew), 0);
	free(pem);
	scene_end(scene);
}

static void a_new_prober_learns_authorities_again(void **state)
{
	struct scene *scene = scene_begin(1);
	struct request none = fake_request("echo", 1, "tcp/1"), one = none, two = none;
	struct request crash = fake_request("crash", 1, "tcp/1");

	(void)state;
	one.authorities = "one";
	two.authorities = "two";
	for (size_t round = 0; round < 2; round++) {
		assert_string_equal(echo_of(ask_one(scene, 0, &two)), "two");
		assert_string_equal(echo_of(ask_one(scene, 0, &one)), "one");
		assert_string_equal(echo_of(ask_one(scene, 0, &none)), "hello");
		ask_one(scene, 0, &crash);
	}
	scene_end(scene);
}

static void what_is_forgotten_is_not_delivered(void **state)
{
	struct scene *scene = scene_begin(1);
	struct request request = fake_request("later", 30, "tcp/30");

	(void)state;
	for (int i = 0; i < 10; i++)
		ask(scene, 0, &request);
	crew_forget(scene->crew);
	request = fake_request("later", 80, "tcp/80");
	ask_one(scene, 0, &request);
	assert_int_equal(scene->count, 1);
	scene_end(scene);
}

static void a_program_that_cannot_be_started_leaves_nobody_waiting(void **state)
{
	const struct prober_settings settings = { .program = "/nonexistent/ucposture" };
	struct scene *scene = memory_new(1, sizeof *scene);
	struct request request = fake_request("echo", 1, "tcp/1");
	struct fence_report report;

	(void)state;
	scene->loop = loop_new();
	scene->crew = crew_new(scene->loop, 1, &settings);
	assert_died(ask_one(scene, 0, &request));
	assert_false(crew_fence(scene->crew, &report));
	scene_end(scene);
}

static void a_crew_can_be_started_before_it_is_needed(void **state)
{
	struct scene *scene = scene_begin(2);
	struct request request = fake_request("echo", 1, "tcp/1");
	int64_t end_us = clock_monotonic_us() + 10 * CLOCK_SECOND;
	struct fence_report report;

	(void)state;
	crew_start(scene->crew);
	while (!crew_fence(scene->crew, &report) && clock_monotonic_us() < end_us)
		loop_turn(scene->loop, 100 * CLOCK_MILLISECOND);
	assert_true(crew_fence(scene->crew, &report));
	assert_int_equal(crew_under_way(scene->crew), 0);
	ask(scene, 0, &request);
	ask(scene, 1, &request);
	assert_int_equal(crew_under_way(scene->crew), 2);
	wait_for(scene, 2, 20);
	assert_int_equal(crew_under_way(scene->crew), 0);
	scene_end(scene);
}

static int64_t end_of(const struct observation *observation)
{
	return observation->started_wall_us + observation->elapsed_us;
}

static void two_probers_work_at_the_same_time(void **state)
{
	struct scene *scene = scene_begin(2);
	struct request request = fake_request("spin", 200, "tcp/200");

	(void)state;
	prober_of(scene, 0);
	prober_of(scene, 1);
	scene_forget(scene);
	ask(scene, 0, &request);
	ask(scene, 1, &request);
	wait_for(scene, 2, 20);
	assert_int_not_equal(pid_of(scene->seen[0]), pid_of(scene->seen[1]));
	assert_true(scene->seen[0]->started_wall_us < end_of(scene->seen[1]));
	assert_true(scene->seen[1]->started_wall_us < end_of(scene->seen[0]));
	scene_end(scene);
}

static pid_t pid_for(struct scene *scene, uint32_t key, const char *collector)
{
	struct request request = fake_request(collector, 1, "tcp/1");

	return pid_of(ask_one(scene, key, &request));
}

static pid_t inside_of(struct scene *scene, uint32_t key)
{
	return pid_for(scene, key, "inside");
}

static void what_looks_inside_has_one_prober_of_its_own(void **state)
{
	struct scene *scene = scene_begin(2);
	pid_t inside = inside_of(scene, 0);
	struct fence_report report;

	(void)state;
	assert_int_equal(inside_of(scene, 1), inside);
	/* Nobody else was needed. */
	assert_false(crew_fence(scene->crew, &report));
	assert_int_not_equal(prober_of(scene, 0), inside);
	assert_int_not_equal(prober_of(scene, 1), inside);
	assert_true(crew_fence(scene->crew, &report));
	assert_int_equal(crew_size(scene->crew), 2);
	assert_int_equal(crew_restarts(scene->crew), 0);
	scene_end(scene);
	assert_int_equal(kill(inside, 0), -1);
}

static void what_fetches_has_a_prober_that_meets_nobody_else(void **state)
{
	struct scene *scene = scene_begin(1);
	pid_t fetching = pid_for(scene, 0, "fetching");

	(void)state;
	assert_int_equal(pid_for(scene, 1, "fetching"), fetching);
	assert_int_not_equal(prober_of(scene, 0), fetching);
	assert_int_not_equal(inside_of(scene, 0), fetching);
	scene_end(scene);
	assert_int_equal(kill(fetching, 0), -1);
}

static void one_that_looked_inside_is_replaced(void **state)
{
	struct scene *scene = scene_begin(1);
	struct request crash = fake_request("inside_crash", 1, "tcp/1");
	pid_t other = prober_of(scene, 0), inside = inside_of(scene, 0);

	(void)state;
	assert_died(ask_one(scene, 0, &crash));
	assert_int_not_equal(inside_of(scene, 0), inside);
	assert_int_equal(prober_of(scene, 0), other);
	assert_int_equal(crew_restarts(scene->crew), 1);
	scene_end(scene);
}

static void what_was_asked_inside_can_be_forgotten(void **state)
{
	struct scene *scene = scene_begin(1);
	struct request request = fake_request("inside", 1, "tcp/1");

	(void)state;
	ask(scene, 0, &request);
	crew_forget(scene->crew);
	inside_of(scene, 0);
	assert_int_equal(scene->count, 1);
	scene_end(scene);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_prober_answers_from_behind_a_fence),
		cmocka_unit_test(each_key_has_its_prober),
		cmocka_unit_test(many_requests_are_each_answered_once),
		cmocka_unit_test(what_a_killed_prober_was_busy_with_is_answered),
		cmocka_unit_test(a_collector_that_crashes_costs_its_prober_only),
		cmocka_unit_test(a_stopped_prober_is_ended_in_time),
		cmocka_unit_test(a_prober_that_rests_is_left_alone),
		cmocka_unit_test(what_is_on_a_shelf_is_known_by_its_number),
		cmocka_unit_test(authorities_go_to_a_prober_once),
		cmocka_unit_test(a_new_prober_learns_authorities_again),
		cmocka_unit_test(what_is_forgotten_is_not_delivered),
		cmocka_unit_test(a_program_that_cannot_be_started_leaves_nobody_waiting),
		cmocka_unit_test(a_crew_can_be_started_before_it_is_needed),
		cmocka_unit_test(two_probers_work_at_the_same_time),
		cmocka_unit_test(what_looks_inside_has_one_prober_of_its_own),
		cmocka_unit_test(what_fetches_has_a_prober_that_meets_nobody_else),
		cmocka_unit_test(one_that_looked_inside_is_replaced),
		cmocka_unit_test(what_was_asked_inside_can_be_forgotten),
	};

	if (argc == 2 && !strcmp(argv[1], "prober"))
		prober_main();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
