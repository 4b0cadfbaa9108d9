/* SPDX-License-Identifier: Apache-2.0
 *
 * What is said of conversations that never came to TLS, with STARTTLS and without.
 */
#include "tests/unit/tls_scene.h"

#include <string.h>

#include "collectors/tls_facts.h"
#include "ground/clock.h"

#define PLAY(scene, times, starttls, ...)                                                     \
	const struct script script = { __VA_ARGS__ };                                         \
	play(scene, &script, times, starttls)

#define SMTP_GREETS .greeting = "220 mx.example ESMTP\r\n"
#define SMTP_OFFERS "250-mx.example\r\n250 STARTTLS\r\n"

static void assert_fact(const struct scene *scene, enum tls_fact row, const char *value)
{
	const struct fact *fact = facts_get(scene->seen->facts, tls_fact(row));

	if (!value) {
		assert_null(fact);
		return;
	}
	assert_non_null(fact);
	assert_string_equal(fact->text, value);
}

static void alerts_are_named(void **state)
{
	static const struct {
		const char *say, *note;
	} cases[] = {
		{ "\x15\x03\x01\0\x02\x02\x28",
		  "the server answers with the alert handshake_failure (40)" },
		{ "\x15\x03\x03\0\x02\x02\x46",
		  "the server answers with the alert protocol_version (70)" },
		{ "\x15\x03\x03\0\x02\x02\x70",
		  "the server answers with the alert unrecognized_name (112)" },
		{ "\x15\x03\x03\0\x02\x02\xc8", "the server answers with the alert unknown (200)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scene scene;

		PLAY(&scene, 1, NULL, .parts = { { SAY, 0, cases[i].say, 7 } }, .count = 1);
		assert_outcome(&scene, STAGE_HANDSHAKE, REASON_TLS_FAILED);
		assert_int_equal(scene.heard[0].said, TLS_SAID_ALERT);
		assert_note(&scene, cases[i].note);
		assert_int_equal(scene.peer.connections, 1);
		scene_end(&scene);
	}
}

static void plain_text_is_recognised(void **state)
{
	static const struct {
		const char *say, *word, *note;
	} cases[] = {
		{ "220 mx.example ESMTP Postfix\r\n", "smtp",
		  "smtp is spoken here in plain text: ask with --starttls=smtp" },
		{ "HTTP/1.1 400 Bad Request\r\n\r\n", "http",
		  "http is spoken here in plain text" },
		{ "SSH-2.0-OpenSSH_9.2\r\n", "ssh", "ssh is spoken here in plain text" },
		{ "Kein Anschluss\r\nunter dieser Nummer\r\n", "other",
		  "what is said here in plain text: Kein Anschluss" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scene scene;

		PLAY(&scene, 1, NULL,
		     .parts = { { SAY, 0, cases[i].say, strlen(cases[i].say) } }, .count = 1);
		assert_outcome(&scene, STAGE_HANDSHAKE, REASON_NOT_THIS_PROTOCOL);
		assert_fact(&scene, TLS_FACT_PLAIN_TEXT, cases[i].word);
		assert_note(&scene, cases[i].note);
		scene_end(&scene);
	}
}

static void plain_sip_is_found_where_tls_was_asked_for(void **state)
{
	static const char reply[] = "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n";
	static const enum act acts[] = { CLOSE, RESET, SILENCE };

	(void)state;
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		struct scene scene;

		PLAY(&scene, 1, "sip",
		     .parts = { { acts[i], 0, NULL, 0 }, { SAY, 0, reply, sizeof reply - 1 } },
		     .count = 2);
		assert_outcome(&scene, STAGE_HANDSHAKE, REASON_NOT_THIS_PROTOCOL);
		assert_fact(&scene, TLS_FACT_PLAIN_TEXT, "sip");
		assert_note(&scene, "sip is spoken here in plain text");
		scene_end(&scene);
	}
}

static void plain_sip_is_asked_once_and_only_for_sip(void **state)
{
	struct scene scene;

	(void)state;
	PLAY(&scene, 2, "sip", .parts = { { CLOSE, 0, NULL, 0 } }, .count = 1);
	assert_outcome(&scene, STAGE_HANDSHAKE, REASON_CLOSED_EARLY);
	assert_fact(&scene, TLS_FACT_PLAIN_TEXT, NULL);
	assert_int_equal(scene.call_count, 3);
	scene_end(&scene);
	play(&scene, &script, 1, "sips");
	assert_int_equal(scene.call_count, 1);
	scene_end(&scene);
}

static void strangers_that_are_no_text_have_no_words(void **state)
{
	struct scene scene;

	(void)state;
	PLAY(&scene, 1, NULL, .parts = { { SAY, 0, "\x8a\x17\xc4\x01\x9e", 5 } }, .count = 1);
	assert_outcome(&scene, STAGE_HANDSHAKE, REASON_NOT_THIS_PROTOCOL);
	assert_fact(&scene, TLS_FACT_PLAIN_TEXT, NULL);
	assert_note(&scene, NULL);
	scene_end(&scene);
}

static void starttls_leads_to_the_certificate(void **state)
{
	struct scene scene;

	(void)state;
	PLAY(&scene, 2, "smtp", SMTP_GREETS, .replies = { SMTP_OFFERS, "220 go ahead\r\n" },
	     .parts = { { .act = HONEST } }, .count = 1);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_int_equal(scene.heard[1].starttls, STARTTLS_OFFERED);
	assert_int_equal(scene.heard[1].chain_elements, 1);
	assert_true(scene.peer.secured);
	scene_end(&scene);
}

static void a_protocol_may_wrap_tls(void **state)
{
	static const enum act acts[] = { HONEST, DRIP };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct scene scene;

		PLAY(&scene, 1, "mssql", .tds = true, .groups = "X25519",
		     .parts = { { .act = acts[i] } }, .count = 1);
		assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		assert_int_equal(scene.heard[0].chain_elements, 1);
		assert_int_equal(scene.heard[0].group, 29);
		scene_end(&scene);
	}
}

static void sip_begins_with_tls(void **state)
{
	struct scene scene;

	(void)state;
	PLAY(&scene, 1, "sip", .parts = { { .act = HONEST } }, .count = 1);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_int_equal(scene.heard[0].chain_elements, 1);
	scene_end(&scene);
}

static void starttls_that_is_not_to_be_had_is_told_apart(void **state)
{
	static const struct {
		const char *starttls;
		struct script script;
		enum reason reason;
		const char *fact, *note;
	} cases[] = {
		{ "postgres", { .replies = { "N" } }, REASON_STARTTLS_ABSENT, "absent",
		  "what the peer says: N" },
		{ "smtp",
		  { SMTP_GREETS, .replies = { "250 mx.example\r\n", "502 unknown\r\n" } },
		  REASON_STARTTLS_ABSENT, "absent", "what the peer says: 502 unknown" },
		{ "smtp",
		  { SMTP_GREETS, .replies = { SMTP_OFFERS, "454 TLS not available\r\n" } },
		  REASON_STARTTLS_REFUSED, "refused",
		  "what the peer says: 454 TLS not available" },
		{ "smtp", { .greeting = "421 too many connections\r\n", .replies = { "" } },
		  REASON_REFUSED, NULL, "what the peer says: 421 too many connections" },
		{ "smtp", { .greeting = "SSH-2.0-OpenSSH_9.2\r\n", .replies = { "" } },
		  REASON_NOT_THIS_PROTOCOL, NULL, "what the peer says: SSH-2.0-OpenSSH_9.2" },
		{ "smtp", { .greeting = "\x15\x03\x01\x01\x02\x02\x46", .replies = { "" } },
		  REASON_NOT_THIS_PROTOCOL, NULL,
		  "TLS begins here with the first byte: ask without --starttls" },
		{ "postgres", { .replies = { "\x15\x03\x01\x01\x02\x02\x46" } },
		  REASON_NOT_THIS_PROTOCOL, NULL,
		  "TLS begins here with the first byte: ask without --starttls" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct script script = cases[i].script;
		struct scene scene;

		script.parts[0] = (struct part){ .act = HONEST };
		script.count = 1;
		play(&scene, &script, 1, cases[i].starttls);
		assert_outcome(&scene, STAGE_STARTTLS, cases[i].reason);
		assert_fact(&scene, TLS_FACT_STARTTLS, cases[i].fact);
		assert_note(&scene, cases[i].note);
		assert_int_equal(scene.peer.connections, 1);
		scene_end(&scene);
	}
}

static void silence_before_starttls_may_mean_tls(void **state)
{
	const struct script script = { .replies = { "" }, .parts = { { .act = HONEST } },
				       .count = 1 };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	struct request request = request_to(&scene);
	request.starttls = "imap";
	request.timeout_ms = 200;
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_STARTTLS, REASON_TIMED_OUT);
	assert_fact(&scene, TLS_FACT_STARTTLS, NULL);
	assert_note(&scene, "nothing is said here in plain text: if TLS begins with the first "
			    "byte, ask without --starttls");
	scene_end(&scene);
}

static void tls_that_fails_behind_starttls_is_no_fault_of_starttls(void **state)
{
	struct scene scene;

	(void)state;
	PLAY(&scene, 1, "postgres", .replies = { "S" },
	     .parts = { { SAY, 0, "\x15\x03\x03\0\x02\x02\x28", 7 } }, .count = 1);
	assert_outcome(&scene, STAGE_HANDSHAKE, REASON_TLS_FAILED);
	assert_fact(&scene, TLS_FACT_STARTTLS, "offered");
	scene_end(&scene);
}

/* Once it has begun TLS, that it will not now is no answer to the question. */
static void a_server_that_is_too_busy_for_starttls_is_asked_again(void **state)
{
	const struct script script = { .greeting = "220 mx.example ESMTP\r\n",
				       .replies = { SMTP_OFFERS, "220 go ahead\r\n" },
				       .parts = { { .act = HONEST }, { .act = CLOSE_AT_ONCE },
						  { .act = HONEST } },
				       .count = 3 };
	struct scene scene;

	(void)state;
	play(&scene, &script, 2, "smtp");
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_int_equal(scene.heard[1].starttls, STARTTLS_OFFERED);
	assert_int_equal(scene.peer.connections, 3);
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alerts_are_named),
		cmocka_unit_test(plain_text_is_recognised),
		cmocka_unit_test(plain_sip_is_found_where_tls_was_asked_for),
		cmocka_unit_test(plain_sip_is_asked_once_and_only_for_sip),
		cmocka_unit_test(strangers_that_are_no_text_have_no_words),
		cmocka_unit_test(starttls_leads_to_the_certificate),
		cmocka_unit_test(a_protocol_may_wrap_tls),
		cmocka_unit_test(sip_begins_with_tls),
		cmocka_unit_test(starttls_that_is_not_to_be_had_is_told_apart),
		cmocka_unit_test(silence_before_starttls_may_mean_tls),
		cmocka_unit_test(tls_that_fails_behind_starttls_is_no_fault_of_starttls),
		cmocka_unit_test(a_server_that_is_too_busy_for_starttls_is_asked_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
