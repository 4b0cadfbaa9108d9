/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole collector over connections, and against servers without end.
 */
#include "tests/unit/sip_scene.h"

static void a_connection_carries_it_in_any_pieces(void **state)
{
	static const struct script scripts[] = {
		{ .parts = { { SAY, OK, 0 } }, .kind = SUBJECT_TCP },
		{ .parts = { { DRIP, "\r\n\r\n" OK, 0 } }, .kind = SUBJECT_TCP },
		{ .parts = { { SAY, "SIP/2.0 200 OK\r\n" ECHOED "l: 9\r\n\r\nfour", 0 },
			     { SAY, " more", 0 } }, .kind = SUBJECT_TCP },
		{ .parts = { { SAY, "SIP/2.0 200 OK\r\n" ECHOED "\r\n", 0 }, { HANG_UP, NULL, 0 } },
		  .kind = SUBJECT_TCP },
	};

	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		struct scene scene;

		look(&scene, &scripts[i]);
		assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		assert_fact(&scene, "sip.status", "200");
		assert_fact(&scene, "sip.via_intact", "true");
		assert_fact(&scene, "sip.rewritten", "");
		assert_fact(&scene, "sip.same_address", "true");
		scene_end(&scene);
	}
}

static void an_answer_shorter_than_it_says_keeps_its_facts(void **state)
{
	static const struct script scripts[] = {
		{ .parts = { { SAY, "SIP/2.0 200 OK\r\n" ECHOED "l: 500\r\n\r\nfour", 0 } },
		  .kind = SUBJECT_TCP },
		{ .parts = { { SAY, "SIP/2.0 200 OK\r\n" ECHOED "l: 5\r\n\r\nfour", 0 },
			     { HANG_UP, NULL, 0 } }, .kind = SUBJECT_TCP },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++)
		play(&scripts[i], STAGE_REPLY, REASON_MALFORMED, "200");
}

static void what_has_no_end_is_ended(void **state)
{
	static const struct script scripts[] = {
		{ .parts = { { SAY, "SIP/2.0 200 OK\r\nX: ", 0 }, { POUR, "aaaaaaaaaaaaaaaa", 0 } },
		  .kind = SUBJECT_TCP },
		{ .parts = { { SAY, "SIP/2.0 200 OK\r\n", 0 }, { POUR, "a:1\r\n", 0 } },
		  .kind = SUBJECT_TCP },
		{ .parts = { { POUR, "\r\n\r\n\r\n\r\n", 0 } }, .kind = SUBJECT_TCP },
		{ .parts = { { POUR, OF_ANOTHER, 0 } }, .kind = SUBJECT_TCP },
		{ .parts = { { POUR, OF_ANOTHER, 0 } } },
		{ .parts = { { POUR, ANSWER("100 Trying", ""), 0 } } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		struct scene scene;

		look(&scene, &scripts[i]);
		/* Whichever limit is reached first. */
		assert_true(scene.seen->outcome.reason == REASON_TOO_MUCH ||
			    scene.seen->outcome.reason == REASON_TIMED_OUT);
		assert_true(scene.seen->elapsed_us < 2 * TIMEOUT_MS * CLOCK_MILLISECOND);
		scene_end(&scene);
	}
}

static void a_megabyte_of_one_field_is_too_much(void **state)
{
	struct text answer = { 0 };

	(void)state;
	text_add(&answer, "SIP/2.0 200 OK\r\nServer: ");
	while (answer.length < 1 << 20)
		text_add(&answer, "0123456789abcdef");
	text_add(&answer, "\r\n" ECHOED "\r\n");
	const struct script script = { .parts = { { SAY, answer.bytes, answer.length } },
				       .kind = SUBJECT_TCP };
	play(&script, STAGE_REPLY, REASON_TOO_MUCH, NULL);
	text_free(&answer);
}

static void who_hangs_up_has_closed_early(void **state)
{
	const struct script script = { .parts = { { HANG_UP, NULL, 0 } }, .kind = SUBJECT_TCP };
	const struct script midway = {
		.parts = { { SAY, "SIP/2.0 200 OK\r\nVia", 0 }, { HANG_UP, NULL, 0 } },
		.kind = SUBJECT_TCP
	};

	(void)state;
	play(&script, STAGE_REPLY, REASON_CLOSED_EARLY, NULL);
	play(&midway, STAGE_REPLY, REASON_MALFORMED, NULL);
}

static void a_tls_subject_begins_with_tls(void **state)
{
	const struct script script = { .kind = SUBJECT_TLS };

	(void)state;
	play(&script, STAGE_HANDSHAKE, REASON_TIMED_OUT, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_carries_it_in_any_pieces),
		cmocka_unit_test(an_answer_shorter_than_it_says_keeps_its_facts),
		cmocka_unit_test(what_has_no_end_is_ended),
		cmocka_unit_test(a_megabyte_of_one_field_is_too_much),
		cmocka_unit_test(who_hangs_up_has_closed_early),
		cmocka_unit_test(a_tls_subject_begins_with_tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
