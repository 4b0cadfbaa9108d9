/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/dialogue_scene.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "net/path.h"

static void say_helo(struct writer *out, void *talk)
{
	(void)talk;
	writer_put_text(out, "HELO\n");
}

static const struct step shout[] = {
	{ .name = "shout", .write = say_helo },
};

static void play_byte_by_byte(int fd)
{
	await(fd, "HELO\n");
	for (const char *c = "OK\nSEEN\n"; *c; c++) {
		usleep(2000);
		if (send(fd, c, 1, MSG_NOSIGNAL) < 0)
			_exit(1);
	}
	pause();
}

static void play_cut(int fd)
{
	await(fd, "HELO\n");
	tell(fd, "O");
}

static void play_close(int fd)
{
	await(fd, "HELO\n");
	close(fd);
}

static void play_reset(int fd)
{
	struct linger now = { 1, 0 };

	await(fd, "HELO\n");
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(fd);
}

static void play_answer_and_reset(int fd)
{
	struct linger at_once = { .l_onoff = 1 };

	await(fd, "HELO\n");
	tell(fd, "OK\n");
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	close(fd);
}

static void play_endless(int fd)
{
	char chunk[4096];

	memset(chunk, 'x', sizeof chunk);
	while (send(fd, chunk, sizeof chunk, MSG_NOSIGNAL) > 0)
		;
}

static void play_drip(int fd)
{
	for (int i = 0; i < 200 && send(fd, "x", 1, MSG_NOSIGNAL) > 0; i++)
		usleep(20000);
}

static void play_all_at_once(int fd)
{
	tell(fd, "OK\nSEEN\nand more");
	pause();
}

static void a_dialogue_that_goes_well_ends_well(void **state)
{
	struct scene *scene = scene_with(play_well, SOCK_STREAM);

	(void)state;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	assert_string_equal(scene->heard, "OKSEEN");
	assert_true(scene->end.connect_us >= 0);
	assert_true(scene->end.first_reply_us >= 0);
	assert_int_equal(scene->end.bytes_received, 8);
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

static void a_reply_may_come_a_byte_at_a_time(void **state)
{
	struct scene *scene = scene_with(play_byte_by_byte, SOCK_STREAM);

	(void)state;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

static void two_replies_may_come_in_one_packet(void **state)
{
	struct scene *scene = scene_with(play_all_at_once, SOCK_STREAM);

	(void)state;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	assert_string_equal(scene->heard, "OKSEEN");
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

static void a_step_without_an_answer_is_over_once_said(void **state)
{
	struct scene *scene = scene_with(play_silent, SOCK_STREAM);

	(void)state;
	scene->plan.steps = shout;
	scene->plan.count = 1;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

static void silence_ends_at_the_deadline(void **state)
{
	struct scene *scene = scene_with(play_silent, SOCK_STREAM);
	int64_t begun = clock_monotonic_us();

	(void)state;
	scene_run_for(scene, 150 * CLOCK_MILLISECOND);
	assert_in_range(clock_monotonic_us() - begun, 150000, 1150000);
	scene_assert_ended(scene, STAGE_REPLY, REASON_TIMED_OUT, "greet");
}

static void a_dripping_peer_cannot_move_the_deadline(void **state)
{
	struct scene *scene = scene_with(play_drip, SOCK_STREAM);
	int64_t begun = clock_monotonic_us();

	(void)state;
	scene_run_for(scene, 150 * CLOCK_MILLISECOND);
	assert_in_range(clock_monotonic_us() - begun, 150000, 1150000);
	scene_assert_ended(scene, STAGE_REPLY, REASON_TIMED_OUT, "greet");
}

static void a_reply_cut_short_is_malformed(void **state)
{
	struct scene *scene = scene_with(play_cut, SOCK_STREAM);

	(void)state;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_REPLY, REASON_MALFORMED, "greet");
}

static void a_peer_that_goes_without_a_word_closed_early(void **state)
{
	struct scene *scene = scene_with(play_close, SOCK_STREAM);

	(void)state;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_REPLY, REASON_CLOSED_EARLY, "greet");
}

static void a_reset_is_said_as_such(void **state)
{
	struct scene *scene = scene_with(play_reset, SOCK_STREAM);

	(void)state;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_REPLY, REASON_RESET, "greet");
}

/* Whether the second step is said before the reset comes or runs into it. */
static void a_reset_after_an_answer_is_a_reset(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		struct scene *scene = scene_with(play_answer_and_reset, SOCK_STREAM);

		scene_run_for(scene, 5 * CLOCK_SECOND);
		scene_assert_ended(scene, STAGE_REPLY, REASON_RESET, "part");
	}
}

static void endless_bytes_are_too_much(void **state)
{
	struct scene *scene = scene_with(play_endless, SOCK_STREAM);

	(void)state;
	scene->plan.most_bytes = 10000;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_REPLY, REASON_TOO_MUCH, "greet");
}

static void another_protocol_is_recognised(void **state)
{
	struct scene *scene = scene_with(play_another_protocol, SOCK_STREAM);

	(void)state;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_REPLY, REASON_NOT_THIS_PROTOCOL, "greet");
}

static void a_refused_connection_fails_at_connect(void **state)
{
	struct scene *scene = scene_with(play_silent, SOCK_STREAM);
	struct address free_address;
	int fd = bind_loopback(SOCK_STREAM, &free_address);

	(void)state;
	scene->route.peer = free_address;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	close(fd);
	scene_assert_ended(scene, STAGE_CONNECT, REASON_REFUSED, NULL);
}

static void a_source_that_is_not_ours_is_said(void **state)
{
	struct scene *scene = scene_with(play_silent, SOCK_STREAM);

	(void)state;
	assert_true(address_parse("192.0.2.1", &scene->route.source));
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_CONNECT, REASON_SOURCE_UNAVAILABLE, NULL);
}

static void a_cancelled_dialogue_says_nothing(void **state)
{
	struct scene *scene = scene_with(play_well, SOCK_STREAM);
	struct dialogue *dialogue;

	(void)state;
	scene->plan.deadline_us = clock_monotonic_us() + CLOCK_SECOND;
	dialogue = dialogue_start(scene->loop, &scene->plan, scene, scene_is_done, scene);
	dialogue_cancel(dialogue);
	loop_run(scene->loop);
	assert_int_equal(scene->done, 0);
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

/* --- the packet budget ----------------------------------------------------- */

static void spend(struct path *path, struct route *route, uint32_t packets_per_second)
{
	*path = (struct path){ 0 };
	route->path = path;
	route->packets_per_second = packets_per_second;
	while (!path_may_send_at(path, clock_monotonic_us(), packets_per_second))
		;
}

static void a_dialogue_begins_when_the_budget_allows(void **state)
{
	struct scene *scene = scene_with(play_well, SOCK_STREAM);
	int64_t began_us = clock_monotonic_us();
	struct path path;

	(void)state;
	spend(&path, &scene->route, 4);
	scene_run_for(scene, 10 * CLOCK_SECOND);
	assert_true(clock_monotonic_us() - began_us >= 200 * CLOCK_MILLISECOND);
	/* To wait is not to connect. */
	assert_in_range(scene->end.connect_us, 0, 200 * CLOCK_MILLISECOND);
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

static void what_the_budget_does_not_allow_in_time_is_cancelled_at_once(void **state)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };

	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct scene *scene = scene_with(play_well, types[i]);
		int64_t began_us = clock_monotonic_us();
		struct path path;

		spend(&path, &scene->route, 1);
		scene_run_for(scene, 800 * CLOCK_MILLISECOND);
		assert_true(clock_monotonic_us() - began_us < 700 * CLOCK_MILLISECOND);
		assert_true(scene->end.connect_us < 0);
		scene_assert_ended(scene, STAGE_CONNECT, REASON_CANCELLED, NULL);
	}
}

static void who_is_not_waited_for_long_enough_to_be_asked_was_not_silent(void **state)
{
	struct scene *scene = scene_with(play_well, SOCK_STREAM);
	struct dialogue *dialogue;
	struct path path;

	(void)state;
	spend(&path, &scene->route, 1);
	scene->plan.deadline_us = clock_monotonic_us() + 10 * CLOCK_SECOND;
	dialogue = dialogue_start(scene->loop, &scene->plan, scene, scene_is_done, scene);
	dialogue_wait_until(dialogue, clock_monotonic_us() + 50 * CLOCK_MILLISECOND);
	loop_run(scene->loop);
	assert_int_equal(scene->done, 1);
	scene_assert_ended(scene, STAGE_CONNECT, REASON_CANCELLED, NULL);
}

static void one_that_waits_for_the_budget_can_be_cancelled(void **state)
{
	struct scene *scene = scene_with(play_well, SOCK_STREAM);
	struct dialogue *dialogue;
	struct path path;

	(void)state;
	spend(&path, &scene->route, 10);
	scene->plan.deadline_us = clock_monotonic_us() + CLOCK_SECOND;
	dialogue = dialogue_start(scene->loop, &scene->plan, scene, scene_is_done, scene);
	loop_turn(scene->loop, CLOCK_MILLISECOND);
	dialogue_cancel(dialogue);
	loop_run(scene->loop);
	assert_int_equal(scene->done, 0);
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

struct impatient {
	struct scene *scene;
	struct dialogue *dialogue;
};

static void ask_impatiently(struct writer *out, void *talk)
{
	const struct impatient *impatient = talk;

	writer_put_text(out, "HELO\n");
	dialogue_wait_until(impatient->dialogue, clock_monotonic_us() + 300 * CLOCK_MILLISECOND);
}

static enum turn never_satisfied(struct reader *in, void *talk)
{
	(void)in;
	(void)talk;
	return TURN_NEED_MORE;
}

static void a_step_may_be_waited_for_less_than_the_dialogue(void **state)
{
	static const struct step steps[] = {
		{ "answer", ask_impatiently, never_satisfied, STAGE_HANDSHAKE }
	};
	struct scene *scene = scene_with(play_silent, SOCK_STREAM);
	struct impatient impatient = { .scene = scene };
	int64_t began_us = clock_monotonic_us();

	(void)state;
	scene->plan.steps = steps;
	scene->plan.count = 1;
	scene->plan.deadline_us = began_us + 5 * CLOCK_SECOND;
	impatient.dialogue = dialogue_start(scene->loop, &scene->plan, &impatient,
					    scene_is_done, scene);
	loop_run(scene->loop);
	assert_in_range(clock_monotonic_us() - began_us, 300 * CLOCK_MILLISECOND,
			4 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_HANDSHAKE, REASON_TIMED_OUT, "answer");
}

static void a_step_is_never_waited_for_beyond_the_deadline(void **state)
{
	static const struct step steps[] = {
		{ "answer", ask_impatiently, never_satisfied, STAGE_REPLY }
	};
	struct scene *scene = scene_with(play_silent, SOCK_STREAM);
	struct impatient impatient = { .scene = scene };
	int64_t began_us = clock_monotonic_us();

	(void)state;
	scene->plan.steps = steps;
	scene->plan.count = 1;
	scene->plan.deadline_us = began_us + 20 * CLOCK_MILLISECOND;
	impatient.dialogue = dialogue_start(scene->loop, &scene->plan, &impatient,
					    scene_is_done, scene);
	loop_run(scene->loop);
	assert_in_range(clock_monotonic_us() - began_us, 20 * CLOCK_MILLISECOND,
			290 * CLOCK_MILLISECOND);
	scene_assert_ended(scene, STAGE_REPLY, REASON_TIMED_OUT, "answer");
}

static void listen_briefly(struct writer *out, void *talk)
{
	const struct impatient *impatient = talk;

	writer_put_text(out, "HELO\n");
	dialogue_go_on_at(impatient->dialogue, clock_monotonic_us() + 50 * CLOCK_MILLISECOND);
}

static void whom_nobody_answers_may_go_on_to_the_end(void **state)
{
	static const struct step steps[] = { { "one", listen_briefly, never_satisfied, STAGE_NONE },
					     { "two", listen_briefly, never_satisfied,
					       STAGE_NONE } };
	struct scene *scene = scene_with(play_silent, SOCK_STREAM);
	struct impatient impatient = { .scene = scene };
	int64_t began_us = clock_monotonic_us();

	(void)state;
	scene->plan.steps = steps;
	scene->plan.count = 2;
	scene->plan.deadline_us = began_us + 5 * CLOCK_SECOND;
	impatient.dialogue = dialogue_start(scene->loop, &scene->plan, &impatient,
					    scene_is_done, scene);
	loop_run(scene->loop);
	assert_in_range(clock_monotonic_us() - began_us, 100 * CLOCK_MILLISECOND,
			4 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

static void to_go_on_does_not_move_the_deadline(void **state)
{
	static const struct step steps[] = { { "one", listen_briefly, never_satisfied,
					       STAGE_NONE } };
	struct scene *scene = scene_with(play_silent, SOCK_STREAM);
	struct impatient impatient = { .scene = scene };

	(void)state;
	scene->plan.steps = steps;
	scene->plan.count = 1;
	scene->plan.deadline_us = clock_monotonic_us() + 20 * CLOCK_MILLISECOND;
	impatient.dialogue = dialogue_start(scene->loop, &scene->plan, &impatient,
					    scene_is_done, scene);
	loop_run(scene->loop);
	scene_assert_ended(scene, STAGE_REPLY, REASON_TIMED_OUT, "one");
}

static void a_connected_socket_is_taken_over(void **state)
{
	struct scene *scene = scene_with(play_well, SOCK_STREAM);
	struct sockaddr_storage name;
	socklen_t length = address_to_socket(&scene->route.peer, &name);

	(void)state;
	scene->route.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(scene->route.socket, (struct sockaddr *)&name, length), 0);
	assert_int_equal(fcntl(scene->route.socket, F_SETFL, O_NONBLOCK), 0);
	/* Nobody would answer there. */
	scene->route.peer.port = 1;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	assert_string_equal(scene->heard, "OKSEEN");
	assert_int_equal(fcntl(scene->route.socket, F_GETFD), -1);
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dialogue_that_goes_well_ends_well),
		cmocka_unit_test(a_reply_may_come_a_byte_at_a_time),
		cmocka_unit_test(two_replies_may_come_in_one_packet),
		cmocka_unit_test(a_step_without_an_answer_is_over_once_said),
		cmocka_unit_test(silence_ends_at_the_deadline),
		cmocka_unit_test(a_dripping_peer_cannot_move_the_deadline),
		cmocka_unit_test(a_reply_cut_short_is_malformed),
		cmocka_unit_test(a_peer_that_goes_without_a_word_closed_early),
		cmocka_unit_test(a_reset_is_said_as_such),
		cmocka_unit_test(a_reset_after_an_answer_is_a_reset),
		cmocka_unit_test(endless_bytes_are_too_much),
		cmocka_unit_test(another_protocol_is_recognised),
		cmocka_unit_test(a_refused_connection_fails_at_connect),
		cmocka_unit_test(a_source_that_is_not_ours_is_said),
		cmocka_unit_test(a_cancelled_dialogue_says_nothing),
		cmocka_unit_test(a_dialogue_begins_when_the_budget_allows),
		cmocka_unit_test(what_the_budget_does_not_allow_in_time_is_cancelled_at_once),
		cmocka_unit_test(
			who_is_not_waited_for_long_enough_to_be_asked_was_not_silent),
		cmocka_unit_test(one_that_waits_for_the_budget_can_be_cancelled),
		cmocka_unit_test(a_step_may_be_waited_for_less_than_the_dialogue),
		cmocka_unit_test(a_step_is_never_waited_for_beyond_the_deadline),
		cmocka_unit_test(whom_nobody_answers_may_go_on_to_the_end),
		cmocka_unit_test(to_go_on_does_not_move_the_deadline),
		cmocka_unit_test(a_connected_socket_is_taken_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
