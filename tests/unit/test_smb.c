/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole collector against servers that follow a script.
 */
#include "tests/unit/smb_scene.h"

#include <sys/socket.h>

#include "collectors/collector.h"
#include "ground/clock.h"

#define ALL_QUESTIONS "all up_to_3_0_2 up_to_3_0 up_to_2_1 only_2_0_2 smb1"
#define ALL_DIALECTS "dialects=2.0.2 2.1 3.0 3.0.2 3.1.1"

static void a_server_is_asked_for_each_dialect_once(void **state)
{
	const struct script script = { .server = "auto" };

	(void)state;
	play(&script, ALL_DIALECTS "; signing=enabled; encryption=true; smb1=false", STAGE_NONE,
	     REASON_NONE, ALL_QUESTIONS);
}

static void required_is_said_over_both_protocols(void **state)
{
	const struct script script = { .server = "mandatory" };

	(void)state;
	play(&script,
	     ALL_DIALECTS "; encryption=true; signing=required; smb1=true; "
			  "smb1_signing=required",
	     STAGE_NONE, REASON_NONE, ALL_QUESTIONS);
}

static void one_server_has_two_answers(void **state)
{
	const struct script script = { .server = "disabled" };

	(void)state;
	play(&script,
	     ALL_DIALECTS "; signing=enabled; encryption=true; smb1=true; "
			  "smb1_signing=disabled",
	     STAGE_NONE, REASON_NONE, ALL_QUESTIONS);
}

static void the_weakest_dialect_decides(void **state)
{
	const struct script script = {
		.server = "mandatory",
		.answers = { { .question = "only_2_0_2", .act = HONEST, .server = "auto" } },
		.count = 1
	};

	(void)state;
	play(&script,
	     ALL_DIALECTS "; encryption=true; signing=enabled; smb1=true; "
			  "smb1_signing=required",
	     STAGE_NONE, REASON_NONE, ALL_QUESTIONS);
}

static void the_time_is_the_first_answers(void **state)
{
	const struct script script = { .server = "auto" };
	struct smb_reply reply;
	struct sample sample;
	struct scene scene;
	struct reader in;

	(void)state;
	sample_load(&sample, "auto", "all");
	reader_init(&in, sample.bytes, sample.length);
	assert_int_equal(smb_take_reply(&in, sample.offer, &reply), TURN_CONCLUDED);
	survey(&scene, &script);
	const struct fact *time = facts_get(scene.seen->facts, fact_named("smb.server_time"));
	assert_non_null(time);
	assert_true(time->integer == reply.time_us);
	scene_end(&scene);
}

static void a_server_that_hangs_up_does_not_accept(void **state)
{
	static const enum act ways[] = { CLOSE, RESET };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct script script = {
			.server = "auto",
			.answers = { { .question = "up_to_2_1", .act = ways[i] },
				     { .question = "smb1", .act = ways[i] } },
			.count = 2
		};

		play(&script,
		     "dialects=3.0 3.0.2 3.1.1; signing=enabled; encryption=true; smb1=false",
		     STAGE_NONE, REASON_NONE, "all up_to_3_0_2 up_to_3_0 up_to_2_1 smb1");
	}
}

/* Once more without 3.1.1, whose contexts an old server may have stumbled over. */
static void a_server_of_smb1_alone_has_no_signing_of_smb2(void **state)
{
	const struct script script = {
		.server = "only_nt1",
		.answers = { { .question = "all", .act = CLOSE },
			     { .question = "up_to_3_0_2", .act = CLOSE } },
		.count = 2
	};

	(void)state;
	play(&script, "dialects=; encryption=false; smb1=true; smb1_signing=disabled",
	     STAGE_NONE, REASON_NONE, "all up_to_3_0_2 smb1");
}

static void a_server_that_stumbles_over_contexts_is_asked_without(void **state)
{
	const struct script script = {
		.server = "auto",
		.answers = { { .question = "all", .act = CLOSE } },
		.count = 1
	};

	(void)state;
	play(&script,
	     "dialects=2.0.2 2.1 3.0 3.0.2; signing=enabled; encryption=true; smb1=false",
	     STAGE_NONE, REASON_NONE, ALL_QUESTIONS);
}

static void who_hangs_up_on_everything_has_said_nothing(void **state)
{
	static const enum act ways[] = { CLOSE, RESET };
	static const enum reason reasons[] = { REASON_CLOSED_EARLY, REASON_RESET };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct script script = { .answers = { { .act = ways[i] } }, .count = 1 };

		play(&script, "", STAGE_REPLY, reasons[i], "all up_to_3_0_2 smb1");
	}
}

static void silence_times_out(void **state)
{
	const struct script script = { .answers = { { .act = SILENCE } }, .count = 1 };

	(void)state;
	play(&script, "", STAGE_REPLY, REASON_TIMED_OUT, "all");
}

static void silence_over_smb1_keeps_what_smb2_said(void **state)
{
	const struct script script = {
		.server = "mandatory",
		.answers = { { .question = "smb1", .act = SILENCE } },
		.count = 1
	};

	(void)state;
	play(&script, ALL_DIALECTS "; encryption=true; signing=required", STAGE_REPLY,
	     REASON_TIMED_OUT, ALL_QUESTIONS);
}

/* Signing may be weaker where nobody could look. */
static void required_is_not_said_before_all_dialects_were_asked(void **state)
{
	const struct script script = {
		.server = "mandatory",
		.answers = { { .question = "up_to_2_1", .act = SILENCE } },
		.count = 1
	};

	(void)state;
	play(&script, "dialects=3.0 3.0.2 3.1.1; encryption=true", STAGE_REPLY,
	     REASON_TIMED_OUT, "all up_to_3_0_2 up_to_3_0 up_to_2_1");
}

static void a_reply_cut_short_is_no_no(void **state)
{
	const struct script script = {
		.server = "auto",
		.answers = { { .question = "up_to_3_0", .act = CUT } },
		.count = 1
	};
	struct scene scene;

	(void)state;
	survey(&scene, &script);
	assert_int_not_equal(scene.seen->outcome.reason, REASON_NONE);
	assert_string_equal(stage_word(scene.seen->outcome.stage), "reply");
	assert_facts(&scene, "dialects=3.0.2 3.1.1; signing=enabled; encryption=true");
	scene_end(&scene);
}

static void a_reply_may_come_byte_by_byte(void **state)
{
	const struct script script = {
		.server = "mandatory",
		.answers = { { .act = DRIP } },
		.count = 1,
		.patient = true
	};

	(void)state;
	play(&script,
	     ALL_DIALECTS "; encryption=true; signing=required; smb1=true; "
			  "smb1_signing=required",
	     STAGE_NONE, REASON_NONE, ALL_QUESTIONS);
}

static void strangers_are_named(void **state)
{
	static const struct {
		const char *say;
		size_t length;
		enum reason reason;
	} cases[] = {
		{ "HTTP/1.1 400 Bad Request\r\n\r\n", 28, REASON_NOT_THIS_PROTOCOL },
		{ "SSH-2.0-OpenSSH_9.2\r\n", 21, REASON_NOT_THIS_PROTOCOL },
		{ "\x8a\x17\xc4\x01\x9e", 5, REASON_NOT_THIS_PROTOCOL },
		{ "\0\0\0\0", 4, REASON_MALFORMED },
		/* says that it is longer than a reply can be, or than it is */
		{ "\0\xff\xff\xff\xfeSMB@\0", 10, REASON_MALFORMED },
		{ "\0\0\0\x80\xfeSMB@\0", 10, REASON_TIMED_OUT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct script script = {
			.answers = { { NULL, SAY, NULL, cases[i].say, cases[i].length } },
			.count = 1
		};

		play(&script, "", STAGE_REPLY, cases[i].reason, "all");
	}
}

static void who_refuses_us_a_session_is_told_from_a_stranger(void **state)
{
	const struct script script = {
		.answers = { { NULL, SAY, NULL, "\x83\0\0\x01\x81", 5 } }, .count = 1
	};
	struct scene scene;

	(void)state;
	survey(&scene, &script);
	assert_outcome(&scene, STAGE_REPLY, REASON_NOT_THIS_PROTOCOL);
	assert_string_equal(scene.seen->detail,
			    "the server refuses us a session (NetBIOS 0x81)");
	scene_end(&scene);
}

static void a_reply_without_end_is_ended(void **state)
{
	static const char *const begins[] = {
		"\0\0\xff\xfc\xfeSMB@\0", "\0\0\0\x40\xfeSMB@\0"
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct script script = {
			.answers = { { NULL, ENDLESS, NULL, begins[i], 10 } }, .count = 1
		};
		struct scene scene;

		survey(&scene, &script);
		/* The longest frame there can be also ends the byte budget. */
		enum reason reason = scene.seen->outcome.reason;
		assert_true(reason == REASON_MALFORMED || reason == REASON_TOO_MUCH);
		assert_true(scene.seen->elapsed_us < TIMEOUT_MS * CLOCK_MILLISECOND);
		assert_int_equal(facts_count(scene.seen->facts), 0);
		scene_end(&scene);
	}
}

static void an_answer_in_smb1_ends_the_questions_in_smb2(void **state)
{
	struct sample sample;
	struct script script = { .server = "disabled", .count = 1 };

	(void)state;
	sample_load(&sample, "auto", "smb1");
	script.answers[0] = (struct answer){ "all", SAY, NULL, (const char *)sample.bytes,
					     sample.length };
	play(&script, "dialects=; encryption=false; smb1=true; smb1_signing=disabled",
	     STAGE_NONE, REASON_NONE, "all smb1");
}

static void a_closed_port_refuses(void **state)
{
	const struct script script = { .count = 0 };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	watch_stop(&scene.watch);
	assert_int_equal(shutdown(scene.listener, SHUT_RDWR), 0);
	const struct request request = request_to(&scene);
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_CONNECT, REASON_REFUSED);
	assert_int_equal(facts_count(scene.seen->facts), 0);
	scene_end(&scene);
}

static void a_range_of_ports_is_none_of_ours(void **state)
{
	const struct script script = { .server = "auto" };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	struct request request = request_to(&scene);
	request.subject.last++;
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_REQUEST, REASON_UNSUPPORTED);
	scene_end(&scene);
}

static void connections_keep_to_the_packet_budget(void **state)
{
	const struct script script = { .server = "auto" };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	struct request request = request_to(&scene);
	request.timeout_ms = 3000;
	request.packets_per_second = 4;		/* at once, two more later */
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_true(scene.seen->elapsed_us >= 2 * CLOCK_SECOND / 4);
	scene_end(&scene);
}

static void what_the_budget_does_not_allow_in_time_is_cancelled(void **state)
{
	const struct script script = { .server = "auto" };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	struct request request = request_to(&scene);
	request.packets_per_second = 1;
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_CONNECT, REASON_CANCELLED);
	assert_facts(&scene, "dialects=3.1.1; signing=enabled; encryption=true");
	scene_end(&scene);
}

static void one_that_is_given_up_midway_leaves_nothing_behind(void **state)
{
	const struct script script = { .answers = { { .act = SILENCE } }, .count = 1 };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	const struct request request = request_to(&scene);
	begin(&scene, &request);
	for (int turns = 0; turns < 100 && !scene.questions.length; turns++)
		loop_turn(scene.loop, CLOCK_MILLISECOND);
	runner_free(scene.runner);
	scene.runner = NULL;
	assert_outcome(&scene, STAGE_PROBER, REASON_CANCELLED);
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_is_asked_for_each_dialect_once),
		cmocka_unit_test(required_is_said_over_both_protocols),
		cmocka_unit_test(one_server_has_two_answers),
		cmocka_unit_test(the_weakest_dialect_decides),
		cmocka_unit_test(the_time_is_the_first_answers),
		cmocka_unit_test(a_server_that_hangs_up_does_not_accept),
		cmocka_unit_test(a_server_of_smb1_alone_has_no_signing_of_smb2),
		cmocka_unit_test(a_server_that_stumbles_over_contexts_is_asked_without),
		cmocka_unit_test(who_hangs_up_on_everything_has_said_nothing),
		cmocka_unit_test(silence_times_out),
		cmocka_unit_test(silence_over_smb1_keeps_what_smb2_said),
		cmocka_unit_test(required_is_not_said_before_all_dialects_were_asked),
		cmocka_unit_test(a_reply_cut_short_is_no_no),
		cmocka_unit_test(a_reply_may_come_byte_by_byte),
		cmocka_unit_test(strangers_are_named),
		cmocka_unit_test(who_refuses_us_a_session_is_told_from_a_stranger),
		cmocka_unit_test(a_reply_without_end_is_ended),
		cmocka_unit_test(an_answer_in_smb1_ends_the_questions_in_smb2),
		cmocka_unit_test(a_closed_port_refuses),
		cmocka_unit_test(a_range_of_ports_is_none_of_ours),
		cmocka_unit_test(connections_keep_to_the_packet_budget),
		cmocka_unit_test(what_the_budget_does_not_allow_in_time_is_cancelled),
		cmocka_unit_test(one_that_is_given_up_midway_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
