/* SPDX-License-Identifier: Apache-2.0
 *
 * TCP ports, against sockets of our own on loopback. What firewalls and real servers say
 * is looked at in tests/integration/port_states.sh.
 */
#include "tests/unit/port_scene.h"

static int listener(const char *host, uint16_t *port)
{
	int fd = bound_socket(host, SOCK_STREAM, port);

	if (fd >= 0)
		assert_int_equal(listen(fd, 5), 0);
	return fd;
}

static void see_open_and_closed(struct scene *scene, const char *host)
{
	struct wish wish = { .host = host, .kind = SUBJECT_TCP };
	int fd = listener(host, &wish.first);
	struct seen seen;

	if (fd < 0)
		return;
	look(scene, &wish, &seen);
	assert_observed(&seen);
	assert_text(&seen, "port.state", "open");
	assert_text(&seen, "port.cause", "established");
	assert_true(fact_of(&seen, "port.rtt_seconds")->real > 0);
	forget(&seen);
	close(fd);
	look(scene, &wish, &seen);
	assert_observed(&seen);
	assert_text(&seen, "port.state", "closed");
	assert_text(&seen, "port.cause", "reset");
	forget(&seen);
}

static void a_tcp_port_is_open_while_somebody_listens(void **state)
{
	see_open_and_closed(*state, "127.0.0.1");
	see_open_and_closed(*state, "::1");
}

static void looking_leaves_no_connection_behind(void **state)
{
	struct wish wish = { .host = "127.0.0.1", .kind = SUBJECT_TCP };
	int fd = listener("127.0.0.1", &wish.first), accepted;
	char byte;
	struct seen seen;

	look(*state, &wish, &seen);
	forget(&seen);
	accepted = accept(fd, NULL, NULL);
	if (accepted >= 0) {
		/* Not a half-closed one, which would stay until its program cares. */
		assert_int_equal(recv(accepted, &byte, 1, 0), -1);
		close(accepted);
	}
	close(fd);
}

static void a_silent_tcp_port_is_filtered_when_the_time_is_over(void **state)
{
	struct wish wish = { .host = "127.0.0.1", .kind = SUBJECT_TCP, .timeout_ms = 400 };
	int fillers[3], fd = full_listener(&wish.first, fillers);
	struct seen seen;

	look(*state, &wish, &seen);
	assert_observed(&seen);
	assert_text(&seen, "port.state", "filtered");
	assert_text(&seen, "port.cause", "no_answer");
	assert_null(fact_of(&seen, "port.rtt_seconds"));
	assert_in_range(seen.observation->elapsed_us, 350000, 440000);
	forget(&seen);
	close(fd);
	close_all(fillers, 3);
}

/* The silent one begins to wait before anybody has answered. */
static void patience_ends_early_once_a_neighbour_has_answered(void **state)
{
	struct scene *scene = *state;
	struct wish silent = { .host = "127.0.0.1", .kind = SUBJECT_TCP };
	struct wish closed = { .host = "127.0.0.1", .kind = SUBJECT_TCP, .first = 1 };
	int fillers[3], fd = full_listener(&silent.first, fillers);
	struct seen seen[2];

	start(scene, &silent, &seen[0]);
	start(scene, &closed, &seen[1]);
	loop_run(scene->loop);
	assert_text(&seen[0], "port.state", "filtered");
	assert_true(seen[0].observation->elapsed_us < 1500000);
	forget(&seen[0]);
	forget(&seen[1]);
	close(fd);
	close_all(fillers, 3);
}

static void a_source_that_is_not_ours_is_our_own_fault(void **state)
{
	struct wish wish = { .host = "127.0.0.1", .source = "192.0.2.1", .first = 7 };
	static const enum subject_kind kinds[] = { SUBJECT_TCP, SUBJECT_UDP };

	for (size_t i = 0; i < 4; i++) {
		struct seen seen;

		wish.kind = kinds[i % 2];
		wish.last = i < 2 ? 0 : 9;
		look(*state, &wish, &seen);
		assert_int_equal(seen.observation->outcome.stage, STAGE_CONNECT);
		assert_int_equal(seen.observation->outcome.reason, REASON_SOURCE_UNAVAILABLE);
		assert_null(fact_of(&seen, "port.state"));
		assert_null(fact_of(&seen, "port.open"));
		forget(&seen);
	}
}

static void a_range_lists_its_open_ports(void **state)
{
	struct wish wish = { .host = NOBODYS, .kind = SUBJECT_TCP };
	uint16_t ports[2] = { 0, 0 };
	int fds[2] = { listener(NOBODYS, &ports[0]), listener(NOBODYS, &ports[1]) };
	uint16_t low = ports[0] < ports[1] ? ports[0] : ports[1];
	uint16_t high = ports[0] < ports[1] ? ports[1] : ports[0];
	const struct fact *open;
	struct seen seen;

	wish.first = (uint16_t)(low - 1);
	wish.last = high;
	look(*state, &wish, &seen);
	assert_observed(&seen);
	open = fact_of(&seen, "port.open");
	assert_true(open->count >= 2);
	assert_int_equal(open->numbers[open->count - 1], high);
	assert_int_equal(open->count + (size_t)fact_of(&seen, "port.closed_count")->integer +
				 (size_t)fact_of(&seen, "port.filtered_count")->integer,
			 (size_t)(high - low + 2));
	assert_null(fact_of(&seen, "port.state"));
	forget(&seen);
	close_all(fds, 2);
}

struct ticker {
	struct loop *loop;
	struct timer timer;
	unsigned ticks;
};

static void tick(void *arg)
{
	struct ticker *ticker = arg;

	ticker->ticks++;
	timer_start(&ticker->timer, ticker->loop, clock_monotonic_us(), tick, ticker);
}

static void a_sweep_lets_others_have_their_turn(void **state)
{
	struct scene *scene = *state;
	struct wish wish = { .host = NOBODYS, .kind = SUBJECT_TCP, .first = 1, .last = 10000,
			     .timeout_ms = 60000 };
	struct ticker ticker = { .loop = scene->loop };
	struct seen seen;

	tick(&ticker);
	look(scene, &wish, &seen);
	timer_stop(&ticker.timer);
	assert_observed(&seen);
	/* A turn of 4 ms is about 300 ports. */
	assert_true(ticker.ticks > 8);
	forget(&seen);
}

static void a_packet_budget_is_kept(void **state)
{
	struct wish wish = { .host = NOBODYS, .kind = SUBJECT_TCP, .first = 1, .last = 200,
			     .packets_per_second = 100 };
	struct seen seen;

	look(*state, &wish, &seen);
	assert_observed(&seen);
	/* A hundred at once, and a second for the rest. */
	assert_true(seen.observation->elapsed_us > 900000);
	assert_true(seen.observation->elapsed_us < 3000000);
	forget(&seen);
}

static void a_sweep_that_runs_out_of_time_says_what_it_has(void **state)
{
	struct wish wish = { .host = NOBODYS, .kind = SUBJECT_TCP, .first = 1, .last = 1000,
			     .packets_per_second = 100, .timeout_ms = 300 };
	struct seen seen;

	look(*state, &wish, &seen);
	assert_int_equal(seen.observation->outcome.stage, STAGE_CONNECT);
	assert_int_equal(seen.observation->outcome.reason, REASON_TIMED_OUT);
	assert_non_null(fact_of(&seen, "port.open"));
	assert_in_range(fact_of(&seen, "port.closed_count")->integer, 1, 200);
	forget(&seen);
}

static uint32_t needs_ms(uint16_t first, uint16_t last, uint32_t packets_per_second,
			 uint32_t timeout_ms)
{
	const struct request request = {
		.subject = { .kind = SUBJECT_TCP, .first = first, .last = last },
		.packets_per_second = packets_per_second,
		.timeout_ms = timeout_ms,
	};

	return port_needs_ms(&request);
}

static void the_time_of_a_sweep_follows_from_its_budget(void **state)
{
	(void)state;
	assert_int_equal(needs_ms(443, 443, 500, 10000), 10000);
	assert_int_equal(needs_ms(1, 2, 0, 10000), 10000 + 3130);
	assert_int_equal(needs_ms(1, 512, 1, 10000), 10000 + 1024000 + 3130);
	assert_true(needs_ms(1, 65535, 500, 10000) > 262000);
	assert_true(needs_ms(1, 65535, 1, UINT32_MAX) == UINT32_MAX);
}

static void what_is_under_way_can_be_left(void **state)
{
	struct scene *scene;
	struct wish wishes[] = {
		{ .host = NOBODYS, .kind = SUBJECT_TCP, .first = 1, .last = 65535 },
		{ .host = "127.0.0.1", .kind = SUBJECT_TCP },
		{ .host = "127.0.0.1", .kind = SUBJECT_UDP },
	};
	int fillers[3], silent, full;
	struct seen seen[3];

	scene_set((void **)&scene);
	full = full_listener(&wishes[1].first, fillers);
	silent = bound_socket("127.0.0.1", SOCK_DGRAM, &wishes[2].first);
	for (size_t i = 0; i < 3; i++)
		start(scene, &wishes[i], &seen[i]);
	loop_turn(scene->loop, 1000);
	scene_clear((void **)&scene);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(seen[i].observation->outcome.reason, REASON_CANCELLED);
		forget(&seen[i]);
	}
	close(full);
	close(silent);
	close_all(fillers, 3);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_tcp_port_is_open_while_somebody_listens),
		TEST(looking_leaves_no_connection_behind),
		TEST(a_silent_tcp_port_is_filtered_when_the_time_is_over),
		TEST(patience_ends_early_once_a_neighbour_has_answered),
		TEST(a_source_that_is_not_ours_is_our_own_fault),
		TEST(a_range_lists_its_open_ports),
		TEST(a_sweep_lets_others_have_their_turn),
		TEST(a_packet_budget_is_kept),
		TEST(a_sweep_that_runs_out_of_time_says_what_it_has),
		cmocka_unit_test(the_time_of_a_sweep_follows_from_its_budget),
		cmocka_unit_test(what_is_under_way_can_be_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
