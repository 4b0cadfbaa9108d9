/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole collector against servers that follow a script.
 */
#include "tests/unit/sip_scene.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* In the place of $F … what boxes make of it. */
#define CHANGED                                                                               \
	"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 203.0.113.7:1024;branch=z9hG4bKtheirs\r\n"       \
	"From: $F\r\nTo: $T;tag=theirs\r\nCall-ID: box@203.0.113.7\r\nCSeq: $C\r\n"          \
	"Contact: <sip:ucposture@203.0.113.7:1024>\r\n\r\n"

static void an_answer_is_told_with_all_that_it_says(void **state)
{
	const struct script script = {
		.parts = { { SAY, ANSWER("200 Fine,\x1b[31m thanks",
					 "Server: PBX (1.2\r\n\t3)\r\nUser-Agent: core\r\n"
					 "Allow: INVITE, ack\r\nAllow: OPTIONS\r\n"
					 "Supported: replaces, Timer\r\n"), 0 } }
	};
	struct scene scene;

	(void)state;
	look(&scene, &script);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_fact(&scene, "sip.status", "200");
	assert_fact(&scene, "sip.status_class", "success");
	assert_fact(&scene, "sip.reason_phrase", "Fine,\\x1B[31m thanks");
	assert_fact(&scene, "sip.server", "PBX (1.2 3)");
	assert_fact(&scene, "sip.user_agent", "core");
	assert_fact(&scene, "sip.allow", "INVITE ACK OPTIONS");
	assert_fact(&scene, "sip.supported", "replaces timer");
	assert_fact(&scene, "sip.auth", "none");
	assert_fact(&scene, "sip.realm", NULL);
	assert_fact(&scene, "sip.via_intact", "true");
	assert_fact(&scene, "sip.rewritten", "");
	assert_fact(&scene, "sip.nat", NULL);
	assert_fact(&scene, "sip.same_address", "true");
	assert_int_equal(scene.requests, 1);
	assert_ptr_equal(strstr(text_string(&scene.heard), "OPTIONS "), scene.heard.bytes);
	scene_end(&scene);
}

static void each_kind_of_status_has_its_word(void **state)
{
	static const struct {
		const char *answer, *status, *kind, *auth, *realm;
	} cases[] = {
		{ ANSWER("302 Moved", ""), "302", "redirection", "none", NULL },
		{ ANSWER("401 No", "WWW-Authenticate: Digest realm=\"the \\\"pbx\\\"\"\r\n"),
		  "401", "client_error", "digest", "the \"pbx\"" },
		{ ANSWER("407 No", "Proxy-Authenticate: Basic realm=\"x\"\r\n"), "407",
		  "client_error", "basic", "x" },
		{ ANSWER("401 No", "WWW-Authenticate: NTLM\r\n"), "401", "client_error", "other",
		  NULL },
		{ ANSWER("404 No", ""), "404", "client_error", "none", NULL },
		{ ANSWER("405 No", ""), "405", "client_error", "none", NULL },
		{ ANSWER("483 No", ""), "483", "client_error", "none", NULL },
		{ ANSWER("503", ""), "503", "server_error", "none", NULL },
		{ ANSWER("603 No", ""), "603", "global_error", "none", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct script script = { .parts = { { SAY, cases[i].answer, 0 } } };
		struct scene scene;

		look(&scene, &script);
		assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		assert_fact(&scene, "sip.status", cases[i].status);
		assert_fact(&scene, "sip.status_class", cases[i].kind);
		assert_fact(&scene, "sip.auth", cases[i].auth);
		assert_fact(&scene, "sip.realm", cases[i].realm);
		scene_end(&scene);
	}
}

static void a_provisional_answer_is_not_the_last_word(void **state)
{
	static const enum subject_kind kinds[] = { SUBJECT_UDP, SUBJECT_TCP };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct script script = {
			.parts = { { SAY, ANSWER("100 Trying", "Server: a proxy\r\n"), 0 },
				   { SAY, ANSWER("404 No", ""), 0 } },
			.kind = kinds[i]
		};
		struct scene scene;

		look(&scene, &script);
		assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		assert_fact(&scene, "sip.status", "404");
		assert_fact(&scene, "sip.server", NULL);
		scene_end(&scene);
	}
}

static void a_provisional_answer_alone_is_remembered(void **state)
{
	const struct script script = { .parts = { { SAY, ANSWER("100 Trying", ""), 0 } } };
	struct scene scene;

	(void)state;
	look(&scene, &script);
	assert_outcome(&scene, STAGE_REPLY, REASON_TIMED_OUT);
	assert_fact(&scene, "sip.status", "100");
	assert_fact(&scene, "sip.status_class", "provisional");
	assert_fact(&scene, "sip.auth", NULL);
	assert_string_equal(scene.seen->detail, "nothing followed the provisional answer 100");
	scene_end(&scene);
}

static void a_lost_request_is_repeated_word_for_word(void **state)
{
	const struct script script = { .parts = { { SAY, OK, 0 } }, .lost = 1 };
	struct scene scene;

	(void)state;
	look(&scene, &script);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_int_equal(scene.requests, 2);
	assert_fact(&scene, "sip.via_intact", "true");
	assert_true(facts_get(scene.seen->facts, fact_named("sip.seconds"))->real >= 0.5);
	scene_end(&scene);
}

static void silence_times_out_and_a_closed_port_refuses(void **state)
{
	const struct script script = { .lost = 100 };
	struct scene scene;

	(void)state;
	play(&script, STAGE_REPLY, REASON_TIMED_OUT, NULL);
	scene_begin(&scene, &script);
	struct request request = request_to(&scene);
	request.host = "127.0.0.2";
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_CONNECT, REASON_REFUSED);
	assert_int_equal(facts_count(scene.seen->facts), 0);
	scene_end(&scene);
}

static void who_answers_somebody_else_is_not_believed(void **state)
{
	static const enum act acts[] = { SAY, ELSEWHERE };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct script alone = { .parts = { { acts[i], OF_ANOTHER, 0 } } };
		const struct script before = {
			.parts = { { acts[i], OF_ANOTHER, 0 }, { SAY, OK, 0 } }
		};

		play(&alone, STAGE_REPLY, REASON_TIMED_OUT, NULL);
		play(&before, STAGE_NONE, REASON_NONE, "200");
	}
}

static void an_answer_from_elsewhere_is_told(void **state)
{
	const struct script script = { .parts = { { ELSEWHERE, OK, 0 } } };
	struct scene scene;
	char asked[ADDRESS_ROOM];

	(void)state;
	look(&scene, &script);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_fact(&scene, "sip.same_address", "false");
	assert_fact(&scene, "sip.via_intact", "true");
	snprintf(asked, sizeof asked, "127.0.0.1:%u", scene.port);
	assert_string_not_equal(
		facts_get(scene.seen->facts, fact_named("sip.answer_from"))->text, asked);
	scene_end(&scene);
}

static void scraps_from_elsewhere_end_nothing(void **state)
{
	static const char *const scraps[] = { "SIP/2.0 200 OK\r\n", "HTTP/1.1 200 OK\r\n",
					      "\xff" };

	(void)state;
	for (size_t i = 0; i < sizeof scraps / sizeof *scraps; i++) {
		const struct script script = {
			.parts = { { ELSEWHERE, scraps[i], 0 }, { SAY, OK, 0 } }
		};

		play(&script, STAGE_NONE, REASON_NONE, "200");
	}
}

static void what_a_box_rewrites_is_named(void **state)
{
	const struct script script = { .parts = { { SAY, CHANGED, 0 } } };
	struct scene scene;

	(void)state;
	look(&scene, &script);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_fact(&scene, "sip.via_intact", "false");
	assert_fact(&scene, "sip.rewritten", "via call_id contact");
	assert_fact(&scene, "sip.nat", NULL);
	scene_end(&scene);
}

static void a_nat_is_known_by_how_the_server_sees_us(void **state)
{
	static const struct {
		const char *parameters, *nat, *seen_as;
	} cases[] = {
		{ ";received=203.0.113.7;rport=1024", "true", "203.0.113.7:1024" },
		{ ";rport=1", "true", "127.0.0.1:1" },
		{ ";rport=$P;received=127.0.0.1", "false", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text answer = { 0 };
		struct scene scene;

		text_add_format(&answer, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:$P%s;"
					 "branch=$B\r\nFrom: $F\r\nTo: $T\r\n"
					 "Call-ID: $I\r\nCSeq: $C\r\n\r\n", cases[i].parameters);
		const struct script script = { .parts = { { SAY, answer.bytes, 0 } } };
		look(&scene, &script);
		assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		assert_fact(&scene, "sip.nat", cases[i].nat);
		assert_fact(&scene, "sip.via_intact", "true");
		if (cases[i].seen_as)
			assert_fact(&scene, "sip.seen_as", cases[i].seen_as);
		scene_end(&scene);
		text_free(&answer);
	}
}

static void a_datagram_holds_one_answer(void **state)
{
	const struct script script = { .parts = { { SAY, OK ANSWER("404 No", ""), 0 } } };

	(void)state;
	play(&script, STAGE_NONE, REASON_NONE, "200");
}

static void a_datagram_that_is_cut_is_malformed(void **state)
{
	const struct script heads = { .parts = { { SAY, "SIP/2.0 200 OK\r\n" ECHOED, 0 } } };
	const struct script body = {
		.parts = { { SAY, "SIP/2.0 200 OK\r\n" ECHOED "l: 5\r\n\r\nfour", 0 } }
	};

	(void)state;
	play(&heads, STAGE_REPLY, REASON_MALFORMED, NULL);
	play(&body, STAGE_REPLY, REASON_MALFORMED, "200");
}

static void lengths_that_lie_are_malformed(void **state)
{
	static const char *const lengths[] = {
		"Content-Length: -1\r\n", "Content-Length: 4294967297\r\n",
		"Content-Length: 1\r\nContent-Length: 2\r\n"
	};
	static const enum subject_kind kinds[] = { SUBJECT_UDP, SUBJECT_TCP };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof lengths / sizeof *lengths; i++) {
		struct text answer = { 0 };

		text_add_format(&answer, "SIP/2.0 200 OK\r\n" ECHOED "%s\r\n", lengths[i / 2]);
		const struct script script = { .parts = { { SAY, answer.bytes, 0 } },
					       .kind = kinds[i % 2] };
		play(&script, STAGE_REPLY, REASON_MALFORMED, NULL);
		text_free(&answer);
	}
}

static void strangers_are_named(void **state)
{
	static const char *const words[] = {
		"HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "\x80\x01",
		"220 mail.example\r\n"
	};
	static const enum subject_kind kinds[] = { SUBJECT_UDP, SUBJECT_TCP };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof words / sizeof *words; i++) {
		const struct script script = { .parts = { { SAY, words[i / 2], 0 } },
					       .kind = kinds[i % 2] };

		play(&script, STAGE_REPLY, REASON_NOT_THIS_PROTOCOL, NULL);
	}
}

/* What comes back word for word has been understood by nobody. */
static void an_echo_is_no_server(void **state)
{
	static const enum subject_kind kinds[] = { SUBJECT_UDP, SUBJECT_TCP };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct script script = {
			.parts = { { SAY, "OPTIONS sip:x SIP/2.0\r\n" ECHOED "\r\n", 0 } },
			.kind = kinds[i]
		};

		play(&script, STAGE_REPLY, REASON_NOT_THIS_PROTOCOL, NULL);
	}
}

static void a_servers_own_request_is_passed_over(void **state)
{
	static const enum subject_kind kinds[] = { SUBJECT_UDP, SUBJECT_TCP };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct script script = {
			.parts = { { SAY, "\r\n\r\n", 0 },
				   { SAY, "OPTIONS sip:you@127.0.0.1 SIP/2.0\r\n"
					  "Call-ID: theirs\r\nContent-Length: 4\r\n\r\nbody", 0 },
				   { SAY, OK, 0 } },
			.kind = kinds[i]
		};

		play(&script, STAGE_NONE, REASON_NONE, "200");
	}
}

static void a_name_is_asked_for(void **state)
{
	const struct script script = { .parts = { { SAY, OK, 0 } } };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	struct request request = request_to(&scene);
	request.name = "pbx.example";
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_fact(&scene, "sip.rewritten", "");
	assert_non_null(strstr(text_string(&scene.heard), "OPTIONS sip:pbx.example SIP/2.0\r\n"));
	assert_non_null(strstr(text_string(&scene.heard), "\r\nTo: <sip:pbx.example>\r\n"));
	scene_end(&scene);
}

static void a_range_of_ports_is_none_of_ours(void **state)
{
	const struct script script = { .lost = 0 };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	struct request request = request_to(&scene);
	request.subject.last++;
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_REQUEST, REASON_UNSUPPORTED);
	scene_end(&scene);
}

static void one_that_is_given_up_midway_leaves_nothing_behind(void **state)
{
	const struct script script = { .lost = 100 };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	const struct request request = request_to(&scene);
	begin(&scene, &request);
	for (int turns = 0; turns < 100 && !scene.requests; turns++)
		loop_turn(scene.loop, CLOCK_MILLISECOND);
	runner_free(scene.runner);
	scene.runner = NULL;
	assert_outcome(&scene, STAGE_PROBER, REASON_CANCELLED);
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_told_with_all_that_it_says),
		cmocka_unit_test(each_kind_of_status_has_its_word),
		cmocka_unit_test(a_provisional_answer_is_not_the_last_word),
		cmocka_unit_test(a_provisional_answer_alone_is_remembered),
		cmocka_unit_test(a_lost_request_is_repeated_word_for_word),
		cmocka_unit_test(silence_times_out_and_a_closed_port_refuses),
		cmocka_unit_test(who_answers_somebody_else_is_not_believed),
		cmocka_unit_test(an_answer_from_elsewhere_is_told),
		cmocka_unit_test(scraps_from_elsewhere_end_nothing),
		cmocka_unit_test(what_a_box_rewrites_is_named),
		cmocka_unit_test(a_nat_is_known_by_how_the_server_sees_us),
		cmocka_unit_test(a_datagram_holds_one_answer),
		cmocka_unit_test(a_datagram_that_is_cut_is_malformed),
		cmocka_unit_test(lengths_that_lie_are_malformed),
		cmocka_unit_test(strangers_are_named),
		cmocka_unit_test(an_echo_is_no_server),
		cmocka_unit_test(a_servers_own_request_is_passed_over),
		cmocka_unit_test(a_name_is_asked_for),
		cmocka_unit_test(a_range_of_ports_is_none_of_ours),
		cmocka_unit_test(one_that_is_given_up_midway_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
