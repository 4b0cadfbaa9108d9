/* SPDX-License-Identifier: Apache-2.0
 *
 * The same dialogue as datagrams.
 */
#include "tests/unit/dialogue_scene.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static void answer(int fd, const char *const *lines, unsigned ignore)
{
	for (; *lines; lines++) {
		struct sockaddr_in from;
		socklen_t length = sizeof from;
		char room[64];

		do
			if (recvfrom(fd, room, sizeof room, 0, (struct sockaddr *)&from,
				     &length) < 0)
				_exit(1);
		while (ignore && ignore--);
		sendto(fd, *lines, strlen(*lines), 0, (struct sockaddr *)&from, length);
	}
	pause();
}

static void play_udp(int fd)
{
	answer(fd, (const char *const[]){ "OK\n", "SEEN\n", NULL }, 0);
}

static void play_udp_lossy(int fd)
{
	answer(fd, (const char *const[]){ "OK\n", "SEEN\n", NULL }, 1);
}

static void play_udp_cut(int fd)
{
	answer(fd, (const char *const[]){ "O", NULL }, 0);
}

static void datagrams_carry_the_dialogue(void **state)
{
	struct scene *scene = scene_with(play_udp, SOCK_DGRAM);

	(void)state;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	assert_string_equal(scene->heard, "OKSEEN");
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

static void a_lost_datagram_is_said_again(void **state)
{
	struct scene *scene = scene_with(play_udp_lossy, SOCK_DGRAM);

	(void)state;
	scene->plan.resend_after_us = 50 * CLOCK_MILLISECOND;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

/* When a datagram came, whenever we got round to it. */
static int64_t receive_us(int fd, struct sockaddr_in *from)
{
	char room[64], control[CMSG_SPACE(sizeof(struct timeval))];
	struct iovec bytes = { room, sizeof room };
	struct msghdr message = { .msg_name = from, .msg_namelen = sizeof *from,
				  .msg_iov = &bytes, .msg_iovlen = 1,
				  .msg_control = control, .msg_controllen = sizeof control };
	struct cmsghdr *header;
	struct timeval at;

	if (recvmsg(fd, &message, 0) < 0 || !(header = CMSG_FIRSTHDR(&message)))
		_exit(1);
	memcpy(&at, CMSG_DATA(header), sizeof at);
	return at.tv_sec * CLOCK_SECOND + at.tv_usec;
}

enum { SILENCE_US = 100000 };

/* Answers the fourth, if each came as late as it should. On a busy machine one may be late
 * for itself, and then the next seems early: by so much that it does not come too soon. */
static void play_udp_patient(int fd)
{
	int64_t last_us, at_us;
	struct sockaddr_in from;
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof on))
		_exit(1);
	last_us = receive_us(fd, &from);
	for (int64_t wait_us = SILENCE_US; wait_us <= 4 * SILENCE_US; wait_us *= 2) {
		at_us = receive_us(fd, &from);
		if (at_us - last_us < wait_us * 6 / 10)
			_exit(1);
		last_us = at_us;
	}
	if (sendto(fd, "OK\n", 3, 0, (struct sockaddr *)&from, sizeof from) < 0)
		_exit(1);
	answer(fd, (const char *const[]){ "SEEN\n", NULL }, 0);
}

static void silence_is_waited_for_twice_as_long_each_time(void **state)
{
	struct scene *scene = scene_with(play_udp_patient, SOCK_DGRAM);

	(void)state;
	scene->plan.resend_after_us = SILENCE_US;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

/* Hears at one socket and answers from another. */
static void play_udp_elsewhere(int fd)
{
	struct sockaddr_in from;
	socklen_t length = sizeof from;
	struct address other;
	char room[64];
	int speaker = bind_loopback(SOCK_DGRAM, &other);

	if (recvfrom(fd, room, sizeof room, 0, (struct sockaddr *)&from, &length) < 0 ||
	    sendto(speaker, "OK\n", 3, 0, (struct sockaddr *)&from, length) < 0)
		_exit(1);
	pause();
}

static void who_answers_from_elsewhere_is_not_heard(void **state)
{
	struct scene *scene = scene_with(play_udp_elsewhere, SOCK_DGRAM);

	(void)state;
	scene_run_for(scene, 150 * CLOCK_MILLISECOND);
	assert_string_equal(scene->heard, "");
	scene_assert_ended(scene, STAGE_REPLY, REASON_TIMED_OUT, "greet");
}

/* What a step can learn of both ends. */
struct ends {
	struct dialogue *dialogue;
	struct address source, sender;
};

static void say_helo(struct writer *out, void *talk)
{
	struct ends *ends = talk;

	ends->source = dialogue_source(ends->dialogue);
	writer_put_text(out, "HELO\n");
}

static enum turn hear_anything(struct reader *in, void *talk)
{
	struct ends *ends = talk;

	(void)in;
	ends->sender = dialogue_sender(ends->dialogue);
	return TURN_CONCLUDED;
}

static struct ends ends_of(struct scene *scene)
{
	static const struct step steps[] = {
		{ "greet", say_helo, hear_anything, STAGE_REPLY }
	};
	struct ends ends = { 0 };

	scene->plan.steps = steps;
	scene->plan.count = 1;
	scene->plan.deadline_us = clock_monotonic_us() + 5 * CLOCK_SECOND;
	ends.dialogue = dialogue_start(scene->loop, &scene->plan, &ends, scene_is_done, scene);
	loop_run(scene->loop);
	assert_int_equal(scene->end.outcome.reason, REASON_NONE);
	assert_int_equal(ends.source.family, 4);
	assert_true(address_is_loopback(&ends.source));
	assert_true(ends.source.port);
	assert_true(address_same_host(&ends.sender, &scene->route.peer));
	return ends;
}

static void whoever_answers_is_heard_when_that_is_wanted(void **state)
{
	struct scene *scene = scene_with(play_udp_elsewhere, SOCK_DGRAM);

	(void)state;
	scene->plan.from_anywhere = true;
	assert_int_not_equal(ends_of(scene).sender.port, scene->route.peer.port);
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

static void a_step_knows_both_ends(void **state)
{
	static const int types[] = { SOCK_DGRAM, SOCK_DGRAM, SOCK_STREAM };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct scene *scene =
			scene_with(types[i] == SOCK_DGRAM ? play_udp : play_well, types[i]);

		scene->plan.from_anywhere = i == 1;
		assert_int_equal(ends_of(scene).sender.port, scene->route.peer.port);
		scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
	}
}

static void who_hears_everybody_is_refused_by_a_closed_port(void **state)
{
	struct scene *scene = scene_with(play_silent, SOCK_DGRAM);
	int fd = bind_loopback(SOCK_DGRAM, &scene->route.peer);

	(void)state;
	close(fd);
	scene->plan.from_anywhere = true;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_CONNECT, REASON_REFUSED, NULL);
}

static void who_hears_everybody_speaks_from_the_source_he_is_given(void **state)
{
	struct scene *scene = scene_with(play_udp, SOCK_DGRAM);
	struct address source;

	(void)state;
	assert_true(address_parse("127.0.0.9", &source));
	scene->route.source = source;
	scene->plan.from_anywhere = true;
	source = ends_of(scene).source;
	assert_true(address_same_host(&source, &scene->route.source));
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

static void half_a_datagram_is_waited_on_until_the_deadline(void **state)
{
	struct scene *scene = scene_with(play_udp_cut, SOCK_DGRAM);

	(void)state;
	scene_run_for(scene, 150 * CLOCK_MILLISECOND);
	scene_assert_ended(scene, STAGE_REPLY, REASON_TIMED_OUT, "greet");
}

static void a_closed_udp_port_refuses(void **state)
{
	struct scene *scene = scene_with(play_silent, SOCK_DGRAM);
	int fd = bind_loopback(SOCK_DGRAM, &scene->route.peer);

	(void)state;
	close(fd);
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_CONNECT, REASON_REFUSED, NULL);
}

static void datagrams_do_not_slip_past_a_proxy(void **state)
{
	struct scene *scene = scene_with(play_udp, SOCK_DGRAM);

	(void)state;
	scene->route.proxy.address = scene->route.peer;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_CONNECT, REASON_UNSUPPORTED, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagrams_carry_the_dialogue),
		cmocka_unit_test(a_lost_datagram_is_said_again),
		cmocka_unit_test(silence_is_waited_for_twice_as_long_each_time),
		cmocka_unit_test(who_answers_from_elsewhere_is_not_heard),
		cmocka_unit_test(whoever_answers_is_heard_when_that_is_wanted),
		cmocka_unit_test(a_step_knows_both_ends),
		cmocka_unit_test(who_hears_everybody_is_refused_by_a_closed_port),
		cmocka_unit_test(who_hears_everybody_speaks_from_the_source_he_is_given),
		cmocka_unit_test(half_a_datagram_is_waited_on_until_the_deadline),
		cmocka_unit_test(a_closed_udp_port_refuses),
		cmocka_unit_test(datagrams_do_not_slip_past_a_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
