/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection after another against servers that follow a script.
 */
#include "tests/unit/tls_scene.h"

#include <stdio.h>
#include <sys/socket.h>

#include "collectors/tls_facts.h"
#include "ground/clock.h"

#define PLAY(scene, times, starttls, ...)                                                     \
	const struct script script = { __VA_ARGS__ };                                         \
	play(scene, &script, times, starttls)

static void assert_whole(const struct heard *heard, uint16_t version)
{
	assert_int_equal(heard->end.outcome.reason, REASON_NONE);
	assert_int_equal(heard->said, TLS_SAID_HELLO);
	assert_int_equal(heard->version, version);
	assert_true(heard->complete);
	assert_int_equal(heard->chain_elements, 1);
}

static void a_certificate_is_read_over_tls_1_3(void **state)
{
	struct scene scene;

	(void)state;
	PLAY(&scene, 1, NULL, .parts = { { .act = HONEST } }, .count = 1);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_whole(&scene.heard[0], TLS_VERSION_1_3);
	assert_int_equal(scene.peer.connections, 1);
	assert_true(scene.peer.spoke);
	scene_end(&scene);
}

static void a_certificate_is_read_over_tls_1_2(void **state)
{
	const struct script script = { .parts = { { .act = HONEST } }, .count = 1 };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	scene.question.offer.version = TLS_VERSION_1_2;
	struct request request = request_to(&scene);
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_whole(&scene.heard[0], TLS_VERSION_1_2);
	scene_end(&scene);
}

static void a_retry_is_followed_on_the_same_connection(void **state)
{
	static const char *const groups[] = { "X25519", "P-384", "P-521", "X448" };
	static const uint16_t values[] = { 29, 24, 25, 30 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct scene scene;

		PLAY(&scene, 1, NULL, .groups = groups[i], .parts = { { .act = HONEST } },
		     .count = 1);
		assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		assert_whole(&scene.heard[0], TLS_VERSION_1_3);
		assert_int_equal(scene.heard[0].group, values[i]);
		assert_int_equal(scene.peer.connections, 1);
		scene_end(&scene);
	}
}

static void without_keys_a_hello_of_1_3_is_the_end(void **state)
{
	const struct script script = { .parts = { { .act = HONEST } }, .count = 1 };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	scene.question.keys = false;
	struct request request = request_to(&scene);
	observe(&scene, &request);
	assert_int_equal(scene.heard[0].said, TLS_SAID_RETRY);
	assert_int_equal(scene.heard[0].version, TLS_VERSION_1_3);
	assert_int_equal(scene.heard[0].chain_elements, 0);
	assert_int_equal(scene.heard[0].end.outcome.reason, REASON_NONE);
	scene_end(&scene);
}

static void a_flight_may_come_byte_by_byte(void **state)
{
	struct scene scene;

	(void)state;
	PLAY(&scene, 1, NULL, .parts = { { .act = DRIP } }, .count = 1);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_whole(&scene.heard[0], TLS_VERSION_1_3);
	scene_end(&scene);
}

static size_t length_of_flight(void)
{
	struct scene scene;
	size_t length;

	PLAY(&scene, 1, NULL, .parts = { { .act = HONEST } }, .count = 1);
	length = scene.calls[0].length;
	scene_end(&scene);
	return length;
}

/* Not one more: what is behind the certificate is nobody's business. */
static size_t bytes_to_certificate(void)
{
	struct scene scene;
	size_t bytes;

	PLAY(&scene, 1, NULL, .parts = { { .act = DRIP } }, .count = 1);
	bytes = scene.heard[0].end.bytes_received;
	scene_end(&scene);
	return bytes;
}

static void observe_for(struct scene *scene, uint32_t timeout_ms)
{
	struct request request = request_to(scene);

	request.timeout_ms = timeout_ms;
	observe(scene, &request);
}

static void a_peer_that_stops_after_any_byte_ends_in_time(void **state)
{
	size_t bytes = bytes_to_certificate();

	(void)state;
	assert_in_range(bytes, 200, length_of_flight());
	for (size_t count = 0; count < bytes - 8; count += count < 8 ? 1 : 13) {
		const struct script script = {
			.parts = { { .act = STOP, .count = count } }, .count = 1
		};
		struct scene scene;

		scene_begin(&scene, &script);
		observe_for(&scene, 180);
		assert_outcome(&scene, STAGE_HANDSHAKE, REASON_TIMED_OUT);
		assert_string_equal(scene.seen->outcome.step, "hello");
		assert_true(scene.seen->elapsed_us < CLOCK_SECOND);
		assert_false(scene.heard[0].complete);
		scene_end(&scene);
	}
}

static void a_flight_cut_anywhere_is_never_complete(void **state)
{
	size_t bytes = bytes_to_certificate();

	(void)state;
	for (size_t count = 1; count < bytes - 8; count += 3) {
		struct scene scene;

		PLAY(&scene, 1, NULL, .parts = { { .act = CUT, .count = count } }, .count = 1);
		assert_int_equal(scene.seen->outcome.stage, STAGE_HANDSHAKE);
		assert_true(scene.seen->outcome.reason == REASON_CLOSED_EARLY ||
			    scene.seen->outcome.reason == REASON_MALFORMED);
		assert_false(scene.heard[0].complete);
		assert_int_equal(scene.peer.connections, 1);
		scene_end(&scene);
	}
}

static void records_without_end_are_too_much(void **state)
{
	/* HelloRequest: a message that is ignored wherever it comes. */
	struct scene scene;

	(void)state;
	PLAY(&scene, 1, NULL,
	     .parts = { { ENDLESS, 0, "\x16\x03\x03\0\x04\0\0\0\0", 9 } }, .count = 1);
	assert_outcome(&scene, STAGE_HANDSHAKE, REASON_TOO_MUCH);
	assert_true(scene.seen->elapsed_us < TIMEOUT_MS * CLOCK_MILLISECOND);
	scene_end(&scene);
}

static void who_hangs_up_has_closed_early(void **state)
{
	static const enum act acts[] = { CLOSE, RESET, CLOSE_AT_ONCE };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct scene scene;

		PLAY(&scene, 1, NULL, .parts = { { .act = acts[i] } }, .count = 1);
		assert_int_equal(scene.seen->outcome.stage, STAGE_HANDSHAKE);
		if (acts[i] != CLOSE_AT_ONCE)
			assert_int_equal(scene.seen->outcome.reason,
					 acts[i] == RESET ? REASON_RESET : REASON_CLOSED_EARLY);
		/* Nobody has accepted us before: this is no sign of being busy. */
		assert_int_equal(scene.peer.connections, 1);
		scene_end(&scene);
	}
}

static void a_closed_port_refuses(void **state)
{
	const struct script script = { .parts = { { .act = HONEST } }, .count = 1 };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	watch_stop(&scene.watch);
	assert_int_equal(shutdown(scene.listener, SHUT_RDWR), 0);
	observe_for(&scene, TIMEOUT_MS);
	assert_outcome(&scene, STAGE_CONNECT, REASON_REFUSED);
	assert_int_equal(scene.peer.connections, 1);
	assert_note(&scene, NULL);
	scene_end(&scene);
}

/* --- those who serve one client at a time ---------------------------------- */

static void a_peer_that_is_away_for_a_moment_is_asked_again(void **state)
{
	struct scene scene;

	(void)state;
	PLAY(&scene, 2, NULL, .parts = { { .act = VANISH, .count = 250 }, { .act = HONEST } },
	     .count = 2);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_whole(&scene.heard[0], TLS_VERSION_1_3);
	assert_whole(&scene.heard[1], TLS_VERSION_1_3);
	/* after 100 ms, and after 300 more; a slow machine may be late for the first of them */
	assert_in_range(scene.peer.connections, 3, 4);
	assert_true(scene.seen->elapsed_us >= 250 * CLOCK_MILLISECOND);
	scene_end(&scene);
}

static void a_peer_that_stays_away_has_refused(void **state)
{
	const struct script script = {
		.parts = { { .act = VANISH, .count = 60000 } }, .count = 1
	};
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	scene.questions = 2;
	observe_for(&scene, 8000);
	assert_outcome(&scene, STAGE_CONNECT, REASON_REFUSED);
	assert_int_equal(scene.peer.connections, 5);
	assert_note(&scene, "it accepted connections before, but not the 5. of them");
	assert_in_range(scene.seen->elapsed_us, 1300 * CLOCK_MILLISECOND,
			5000 * CLOCK_MILLISECOND);
	scene_end(&scene);
}

static void a_short_deadline_leaves_no_time_to_ask_again(void **state)
{
	const struct script script = {
		.parts = { { .act = VANISH, .count = 60000 } }, .count = 1
	};
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	scene.questions = 2;
	observe_for(&scene, 350);
	assert_outcome(&scene, STAGE_CONNECT, REASON_REFUSED);
	assert_int_equal(scene.peer.connections, 2);
	scene_end(&scene);
}

static void a_hello_that_is_hung_up_on_is_sent_again_when_others_are_heard(void **state)
{
	static const enum act acts[] = { CLOSE, RESET, CLOSE_AT_ONCE };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct scene scene;

		PLAY(&scene, 2, NULL,
		     .parts = { { .act = HONEST }, { .act = acts[i] }, { .act = HONEST } },
		     .count = 3);
		assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		assert_whole(&scene.heard[1], TLS_VERSION_1_3);
		assert_int_equal(scene.peer.connections, 3);
		assert_false(scene.peer.hangs_up);
		scene_end(&scene);
	}
}

/* Some servers say no in no other way, and need not be asked four times for each no. */
static void a_peer_that_keeps_hanging_up_is_taken_at_its_word(void **state)
{
	const struct script script = {
		.parts = { { .act = HONEST }, { .act = CLOSE } }, .count = 2
	};
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	scene.questions = 4;
	observe_for(&scene, 8000);
	assert_outcome(&scene, STAGE_HANDSHAKE, REASON_CLOSED_EARLY);
	assert_true(scene.peer.hangs_up);
	assert_int_equal(scene.peer.connections, 1 + 4 + 1 + 1);
	scene_end(&scene);
}

/* --- silence --------------------------------------------------------------- */

static void silence_leaves_time_for_another_hello(void **state)
{
	const struct script script = {
		.parts = { { .act = SILENCE }, { .act = HONEST } }, .count = 2
	};
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	scene.questions = 2;
	observe_for(&scene, 6000);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_string_equal(reason_word(scene.heard[0].end.outcome.reason), "timed_out");
	assert_string_equal(stage_word(scene.heard[0].end.outcome.stage), "handshake");
	assert_string_equal(scene.heard[0].end.outcome.step, "hello");
	assert_whole(&scene.heard[1], TLS_VERSION_1_3);
	assert_in_range(scene.seen->elapsed_us, 950 * CLOCK_MILLISECOND,
			4000 * CLOCK_MILLISECOND);
	scene_end(&scene);
}

static void silence_takes_a_third_of_what_is_left_at_most(void **state)
{
	const struct script script = { .parts = { { .act = SILENCE } }, .count = 1 };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	scene.questions = 3;
	observe_for(&scene, 900);
	assert_outcome(&scene, STAGE_HANDSHAKE, REASON_TIMED_OUT);
	assert_int_equal(scene.peer.connections, 3);
	/* 1 - (2/3)^3 */
	assert_in_range(scene.seen->elapsed_us, 600 * CLOCK_MILLISECOND,
			899 * CLOCK_MILLISECOND);
	scene_end(&scene);
}

static void silence_after_a_retry_is_told_of_the_second_hello(void **state)
{
	/* the retry and a ChangeCipherSpec; of the next answer not more than that either */
	const struct script script = {
		.groups = "X25519", .parts = { { .act = STOP, .count = 99 } }, .count = 1
	};
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	observe_for(&scene, 1500);
	assert_outcome(&scene, STAGE_HANDSHAKE, REASON_TIMED_OUT);
	assert_string_equal(scene.seen->outcome.step, "second_hello");
	assert_int_equal(scene.heard[0].said, TLS_SAID_RETRY);
	assert_int_equal(scene.heard[0].group, 29);
	scene_end(&scene);
}

/* --- under way ------------------------------------------------------------- */

static void a_proxy_carries_it(void **state)
{
	const struct script script = { .replies = { "HTTP/1.1 200 OK\r\n\r\n" },
				       .parts = { { .act = HONEST } }, .count = 1 };
	struct scene scene;
	char proxy[64];

	(void)state;
	scene_begin(&scene, &script);
	struct request request = request_to(&scene);
	snprintf(proxy, sizeof proxy, "http://127.0.0.1:%u", scene.address.port);
	request.proxy = proxy;
	request.host = "127.0.0.2";
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_whole(&scene.heard[0], TLS_VERSION_1_3);
	scene_end(&scene);
}

static void connections_keep_to_the_packet_budget(void **state)
{
	const struct script script = { .parts = { { .act = HONEST } }, .count = 1 };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	scene.questions = 6;
	struct request request = request_to(&scene);
	request.packets_per_second = 4;		/* at once, two more later */
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_int_equal(scene.peer.connections, 6);
	assert_true(scene.seen->elapsed_us >= 2 * CLOCK_SECOND / 4);
	scene_end(&scene);
}

static void what_the_budget_does_not_allow_in_time_is_cancelled(void **state)
{
	const struct script script = { .parts = { { .act = HONEST } }, .count = 1 };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	scene.questions = 2;
	struct request request = request_to(&scene);
	request.packets_per_second = 1;
	request.timeout_ms = 300;
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_CONNECT, REASON_CANCELLED);
	assert_int_equal(scene.peer.connections, 1);
	assert_whole(&scene.heard[0], TLS_VERSION_1_3);
	scene_end(&scene);
}

static void give_up(struct scene *scene)
{
	runner_free(scene->runner);
	scene->runner = NULL;
	assert_outcome(scene, STAGE_PROBER, REASON_CANCELLED);
	scene_end(scene);
}

static void one_that_is_given_up_midway_leaves_nothing_behind(void **state)
{
	const struct script script = { .parts = { { .act = STOP, .count = 300 } }, .count = 1 };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	const struct request request = request_to(&scene);
	begin(&scene, &request);
	for (int i = 0; i < 20; i++)
		loop_turn(scene.loop, CLOCK_MILLISECOND);
	assert_int_equal(scene.calls[0].length > 0, 1);
	give_up(&scene);
}

static void one_that_is_given_up_between_two_tries_leaves_nothing_behind(void **state)
{
	const struct script script = {
		.parts = { { .act = VANISH, .count = 60000 } }, .count = 1
	};
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	scene.questions = 2;
	const struct request request = request_to(&scene);
	begin(&scene, &request);
	for (int i = 0; i < 5000 && scene.peer.connections < 2; i++)
		loop_turn(scene.loop, CLOCK_MILLISECOND);
	/* it is refused in the next turn, and then 100 ms are waited for */
	loop_turn(scene.loop, CLOCK_MILLISECOND);
	loop_turn(scene.loop, CLOCK_MILLISECOND);
	assert_int_equal(scene.heard_count, 1);
	give_up(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_is_read_over_tls_1_3),
		cmocka_unit_test(a_certificate_is_read_over_tls_1_2),
		cmocka_unit_test(a_retry_is_followed_on_the_same_connection),
		cmocka_unit_test(without_keys_a_hello_of_1_3_is_the_end),
		cmocka_unit_test(a_flight_may_come_byte_by_byte),
		cmocka_unit_test(a_peer_that_stops_after_any_byte_ends_in_time),
		cmocka_unit_test(a_flight_cut_anywhere_is_never_complete),
		cmocka_unit_test(records_without_end_are_too_much),
		cmocka_unit_test(who_hangs_up_has_closed_early),
		cmocka_unit_test(a_closed_port_refuses),
		cmocka_unit_test(a_peer_that_is_away_for_a_moment_is_asked_again),
		cmocka_unit_test(a_peer_that_stays_away_has_refused),
		cmocka_unit_test(a_short_deadline_leaves_no_time_to_ask_again),
		cmocka_unit_test(a_hello_that_is_hung_up_on_is_sent_again_when_others_are_heard),
		cmocka_unit_test(a_peer_that_keeps_hanging_up_is_taken_at_its_word),
		cmocka_unit_test(silence_leaves_time_for_another_hello),
		cmocka_unit_test(silence_takes_a_third_of_what_is_left_at_most),
		cmocka_unit_test(silence_after_a_retry_is_told_of_the_second_hello),
		cmocka_unit_test(a_proxy_carries_it),
		cmocka_unit_test(connections_keep_to_the_packet_budget),
		cmocka_unit_test(what_the_budget_does_not_allow_in_time_is_cancelled),
		cmocka_unit_test(one_that_is_given_up_midway_leaves_nothing_behind),
		cmocka_unit_test(one_that_is_given_up_between_two_tries_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
