/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ground/clock.h"
#include "net/loop.h"

struct scene {
	struct loop *loop;
	struct watch watch;
	struct timer timer;
	int ends[2];
	char order[16];
	int64_t fired_us;
};

static void note(struct scene *scene, char what)
{
	size_t length = strlen(scene->order);

	scene->order[length] = what;
}

static struct scene *scene_new(void)
{
	struct scene *scene = calloc(1, sizeof *scene);

	scene->loop = loop_new();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, scene->ends), 0);
	return scene;
}

static void scene_free(struct scene *scene)
{
	watch_stop(&scene->watch);
	timer_stop(&scene->timer);
	loop_free(scene->loop);
	close(scene->ends[0]);
	close(scene->ends[1]);
	free(scene);
}

static void read_one(void *arg, unsigned what)
{
	struct scene *scene = arg;
	char byte;

	assert_int_equal(what, LOOP_READ);
	assert_int_equal(read(scene->ends[0], &byte, 1), 1);
	note(scene, byte);
	timer_stop(&scene->timer);
	watch_stop(&scene->watch);
}

static void deadline(void *arg)
{
	struct scene *scene = arg;

	scene->fired_us = clock_monotonic_us();
	note(scene, 'T');
	watch_stop(&scene->watch);
}

static void called_later(void *arg)
{
	note(arg, 'L');
}

static void stop_loop(void *arg)
{
	struct scene *scene = arg;

	note(scene, 'S');
	loop_stop(scene->loop);
}

static void data_that_came_in_a_late_turn_is_seen_before_the_deadline(void **state)
{
	struct scene *scene = scene_new();

	(void)state;
	watch_start(&scene->watch, scene->loop, scene->ends[0], LOOP_READ, read_one, scene);
	timer_start(&scene->timer, scene->loop, clock_monotonic_us() + 20000, deadline, scene);
	assert_int_equal(write(scene->ends[1], "x", 1), 1);
	usleep(40000);
	loop_run(scene->loop);
	assert_string_equal(scene->order, "x");
	scene_free(scene);
}

static void a_timer_is_never_early(void **state)
{
	struct scene *scene = scene_new();

	(void)state;
	for (int i = 0; i < 20; i++) {
		int64_t at = clock_monotonic_us() + 3300;

		timer_start(&scene->timer, scene->loop, at, deadline, scene);
		loop_run(scene->loop);
		assert_true(scene->fired_us >= at);
		assert_true(scene->fired_us < at + 200000);
		memset(scene->order, 0, sizeof scene->order);
	}
	scene_free(scene);
}

static void a_run_ends_when_nothing_is_left_to_wait_for(void **state)
{
	struct scene *scene = scene_new();

	(void)state;
	loop_later(scene->loop, called_later, scene);
	loop_run(scene->loop);
	assert_string_equal(scene->order, "L");
	scene_free(scene);
}

static void a_turn_returns_in_time_and_leaves_no_trace(void **state)
{
	struct scene *scene = scene_new();
	int64_t begin = clock_monotonic_us();

	(void)state;
	watch_start(&scene->watch, scene->loop, scene->ends[0], LOOP_READ, read_one, scene);
	loop_turn(scene->loop, 10000);
	assert_true(clock_monotonic_us() - begin >= 10000);
	assert_string_equal(scene->order, "");
	assert_int_equal(write(scene->ends[1], "y", 1), 1);
	loop_turn(scene->loop, 1000000);
	assert_string_equal(scene->order, "y");
	scene_free(scene);
}

static void a_reused_descriptor_is_watched_anew(void **state)
{
	struct scene *scene = scene_new();
	int first = scene->ends[0];

	(void)state;
	watch_start(&scene->watch, scene->loop, first, LOOP_READ, read_one, scene);
	loop_turn(scene->loop, 0);
	watch_stop(&scene->watch);
	close(scene->ends[0]);
	close(scene->ends[1]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, scene->ends), 0);
	assert_int_equal(scene->ends[0], first);
	watch_start(&scene->watch, scene->loop, first, LOOP_READ, read_one, scene);
	assert_int_equal(write(scene->ends[1], "z", 1), 1);
	loop_turn(scene->loop, 1000000);
	assert_string_equal(scene->order, "z");
	scene_free(scene);
}

static void a_signal_is_an_event(void **state)
{
	struct scene *scene = scene_new();

	(void)state;
	loop_on_signal(scene->loop, SIGUSR1, stop_loop, scene);
	raise(SIGUSR1);
	loop_run(scene->loop);
	assert_string_equal(scene->order, "S");
	scene_free(scene);
}

static unsigned made, ended;

static void *make_thing(void)
{
	made++;
	return &made;
}

static void *make_other_thing(void)
{
	made++;
	return &ended;
}

static void end_thing(void *thing)
{
	assert_non_null(thing);
	ended++;
}

static void what_is_shared_is_made_once_and_ends_with_the_loop(void **state)
{
	struct loop *loop = loop_new();

	(void)state;
	assert_ptr_equal(loop_shared(loop, make_thing, end_thing), &made);
	assert_ptr_equal(loop_shared(loop, make_other_thing, end_thing), &ended);
	assert_ptr_equal(loop_shared(loop, make_thing, end_thing), &made);
	assert_int_equal(made, 2);
	assert_int_equal(ended, 0);
	loop_free(loop);
	assert_int_equal(ended, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_that_came_in_a_late_turn_is_seen_before_the_deadline),
		cmocka_unit_test(a_timer_is_never_early),
		cmocka_unit_test(a_run_ends_when_nothing_is_left_to_wait_for),
		cmocka_unit_test(a_turn_returns_in_time_and_leaves_no_trace),
		cmocka_unit_test(a_reused_descriptor_is_watched_anew),
		cmocka_unit_test(a_signal_is_an_event),
		cmocka_unit_test(what_is_shared_is_made_once_and_ends_with_the_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
