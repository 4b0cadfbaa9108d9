/* SPDX-License-Identifier: Apache-2.0
 *
 * UDP ports, against sockets of our own on loopback.
 */
#include "tests/unit/port_scene.h"

struct answerer {
	struct watch watch;
	int fd, answer_from;
	unsigned asked, silent_times;
	size_t longest;
};

static void answer(void *arg, unsigned what)
{
	struct answerer *answerer = arg;
	struct sockaddr_storage sender;
	socklen_t length = sizeof sender;
	char bytes[2048];
	ssize_t got = recvfrom(answerer->fd, bytes, sizeof bytes, 0,
			       (struct sockaddr *)&sender, &length);

	(void)what;
	if (got < 0)
		return;
	if ((size_t)got > answerer->longest)
		answerer->longest = (size_t)got;
	if (answerer->asked++ >= answerer->silent_times)
		sendto(answerer->answer_from, "hm", 2, 0, (struct sockaddr *)&sender, length);
}

static void a_udp_port_that_answers_is_open_whatever_it_says(void **state)
{
	struct scene *scene = *state;
	struct wish wish = { .host = "127.0.0.1", .kind = SUBJECT_UDP };
	struct answerer answerer = { .fd = bound_socket("127.0.0.1", SOCK_DGRAM, &wish.first) };
	struct seen seen;

	answerer.answer_from = answerer.fd;
	watch_start(&answerer.watch, scene->loop, answerer.fd, LOOP_READ, answer, &answerer);
	look(scene, &wish, &seen);
	assert_observed(&seen);
	assert_text(&seen, "port.state", "open");
	assert_text(&seen, "port.cause", "reply");
	assert_text(&seen, "port.reply", "unrecognised");
	assert_int_equal(answerer.longest, 0);
	forget(&seen);
	watch_stop(&answerer.watch);
	close(answerer.fd);
	look(scene, &wish, &seen);
	assert_text(&seen, "port.state", "closed");
	assert_text(&seen, "port.cause", "icmp_port_unreachable");
	forget(&seen);
}

static void a_lost_datagram_is_sent_again(void **state)
{
	struct scene *scene = *state;
	struct wish wish = { .host = "127.0.0.1", .kind = SUBJECT_UDP };
	struct answerer answerer = { .silent_times = 2 };
	struct seen seen;

	answerer.fd = bound_socket("127.0.0.1", SOCK_DGRAM, &wish.first);
	answerer.answer_from = answerer.fd;
	watch_start(&answerer.watch, scene->loop, answerer.fd, LOOP_READ, answer, &answerer);
	look(scene, &wish, &seen);
	assert_text(&seen, "port.state", "open");
	assert_int_equal(answerer.asked, 3);
	assert_null(fact_of(&seen, "port.rtt_seconds"));
	forget(&seen);
	watch_stop(&answerer.watch);
	close(answerer.fd);
}

static void an_answer_from_elsewhere_is_not_the_ports(void **state)
{
	struct scene *scene = *state;
	struct wish wish = { .host = "127.0.0.1", .kind = SUBJECT_UDP, .timeout_ms = 300 };
	uint16_t other = 0;
	struct answerer answerer = { .silent_times = 0 };
	struct seen seen;

	answerer.fd = bound_socket("127.0.0.1", SOCK_DGRAM, &wish.first);
	answerer.answer_from = bound_socket("127.0.0.2", SOCK_DGRAM, &other);
	watch_start(&answerer.watch, scene->loop, answerer.fd, LOOP_READ, answer, &answerer);
	look(scene, &wish, &seen);
	assert_text(&seen, "port.state", "open_or_filtered");
	assert_text(&seen, "port.cause", "no_answer");
	assert_null(fact_of(&seen, "port.reply"));
	forget(&seen);
	watch_stop(&answerer.watch);
	close(answerer.fd);
	close(answerer.answer_from);
}

static void a_udp_range_tells_answers_errors_and_silence_apart(void **state)
{
	struct scene *scene = *state;
	struct wish wish = { .host = "127.0.0.1", .kind = SUBJECT_UDP, .timeout_ms = 700 };
	struct answerer answerer = { .silent_times = 0 };
	const struct fact *open;
	uint16_t silent_port;
	struct seen seen;
	int silent;

	answerer.fd = bound_socket("127.0.0.1", SOCK_DGRAM, &wish.first);
	answerer.answer_from = answerer.fd;
	silent_port = (uint16_t)(wish.first + 3);
	silent = bound_socket("127.0.0.1", SOCK_DGRAM, &silent_port);
	wish.last = (uint16_t)(wish.first + 5);
	watch_start(&answerer.watch, scene->loop, answerer.fd, LOOP_READ, answer, &answerer);
	look(scene, &wish, &seen);
	assert_observed(&seen);
	open = fact_of(&seen, "port.open");
	assert_int_equal(open->count, 1);
	assert_int_equal(open->numbers[0], wish.first);
	assert_true(silent < 0 || fact_of(&seen, "port.filtered_count")->integer >= 1);
	assert_true(fact_of(&seen, "port.closed_count")->integer >= 1);
	forget(&seen);
	watch_stop(&answerer.watch);
	close(answerer.fd);
	close(silent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_udp_port_that_answers_is_open_whatever_it_says),
		TEST(a_lost_datagram_is_sent_again),
		TEST(an_answer_from_elsewhere_is_not_the_ports),
		TEST(a_udp_range_tells_answers_errors_and_silence_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
