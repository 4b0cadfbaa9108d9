/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector certificate against servers that follow a script.
 */
#include "tests/unit/tls_scene.h"

#include <string.h>

#include "collectors/certificate.h"
#include "collectors/certificate_facts.h"
#include "collectors/tls_facts.h"

/* A record with a fatal alert. */
#define ALERT(number)                                                                         \
	{                                                                                     \
		.act = SAY, .say = "\x15\x03\x03\x00\x02\x02" number, .length = 7             \
	}

static const struct part honest = { .act = HONEST };

/* Asks the server of the script; what else is asked for is in `how`. */
static void look_with(struct scene *scene, const struct script *script,
		      const struct request *how)
{
	struct request request;

	scene_begin(scene, script);
	request = request_to(scene);
	request.collector = &certificate_collector;
	request.name = how->name;
	request.verify_name = how->verify_name;
	request.starttls = how->starttls;
	request.wanted = how->wanted;
	observe(scene, &request);
}

static void look(struct scene *scene, const struct script *script)
{
	const struct request usual = { .name = "pbx.example" };

	look_with(scene, script, &usual);
}

static const struct fact *seen(const struct scene *scene, enum certificate_fact fact)
{
	return facts_get(scene->seen->facts, certificate_fact(fact));
}

static const char *name_sent(struct scene *scene, size_t call)
{
	return SSL_get_servername(scene->calls[call].server.ssl, TLSEXT_NAMETYPE_host_name);
}

static void assert_shown(const struct scene *scene)
{
	assert_outcome(scene, STAGE_NONE, REASON_NONE);
	assert_non_null(seen(scene, CERT_SUBJECT));
	assert_non_null(seen(scene, CERT_SHA256));
	assert_non_null(seen(scene, CERT_TRUSTED));
	assert_int_equal(seen(scene, CERT_CHAIN)->count, 1);
}

static void one_plain_hello_is_enough(void **state)
{
	const struct script script = { .parts = { honest }, .count = 1 };
	struct scene scene;

	(void)state;
	look(&scene, &script);
	assert_shown(&scene);
	assert_int_equal(scene.call_count, 1);
	assert_int_equal(SSL_version(scene.calls[0].server.ssl), TLS1_2_VERSION);
	assert_string_equal(name_sent(&scene, 0), "pbx.example");
	assert_string_equal(seen(&scene, CERT_OCSP_STAPLE)->text, "none");
	assert_null(facts_get(scene.seen->facts, tls_fact(TLS_FACT_STARTTLS)));
	scene_end(&scene);
}

static void only_who_refuses_it_is_asked_over_tls_1_3(void **state)
{
	const struct script script = { .parts = { ALERT("\x46"), honest }, .count = 2 };
	struct scene scene;

	(void)state;
	look(&scene, &script);
	assert_shown(&scene);
	assert_int_equal(scene.call_count, 2);
	assert_int_equal(SSL_version(scene.calls[1].server.ssl), TLS1_3_VERSION);
	assert_string_equal(seen(&scene, CERT_OCSP_STAPLE)->text, "none");
	scene_end(&scene);
}

static void who_hangs_up_on_what_is_new_is_asked_in_an_old_way(void **state)
{
	const struct script script = {
		.parts = { ALERT("\x46"), ALERT("\x28"), ALERT("\x46"), ALERT("\x46"), honest },
		.count = 5
	};
	struct scene scene;

	(void)state;
	look(&scene, &script);
	assert_shown(&scene);
	assert_int_equal(scene.call_count, 5);
	assert_int_equal(SSL_version(scene.calls[4].server.ssl), TLS1_VERSION);
	scene_end(&scene);
}

static void who_does_not_know_the_name_is_asked_without(void **state)
{
	const struct script script = { .parts = { ALERT("\x70"), honest }, .count = 2 };
	struct scene scene;

	(void)state;
	look(&scene, &script);
	assert_shown(&scene);
	assert_int_equal(scene.call_count, 2);
	assert_int_equal(SSL_version(scene.calls[1].server.ssl), TLS1_2_VERSION);
	assert_null(name_sent(&scene, 1));
	scene_end(&scene);
}

static void an_address_is_no_name_to_ask_for(void **state)
{
	const struct script script = { .parts = { honest }, .count = 1 };
	const struct request plain = { 0 };
	struct scene scene;

	(void)state;
	look_with(&scene, &script, &plain);
	assert_shown(&scene);
	assert_null(name_sent(&scene, 0));
	scene_end(&scene);
}

/* The server's certificate names nobody, so it is only the names that differ. */
static void asking_and_verifying_are_two_settings(void **state)
{
	const struct script script = { .parts = { honest }, .count = 1 };
	const struct request both = { .name = "sni.example", .verify_name = "other.example" };
	struct scene scene;

	(void)state;
	look_with(&scene, &script, &both);
	assert_shown(&scene);
	assert_string_equal(name_sent(&scene, 0), "sni.example");
	assert_false(seen(&scene, CERT_NAME_MATCH)->truth);
	scene_end(&scene);
}

static void a_staple_that_was_not_asked_for_is_not_missing(void **state)
{
	const struct script script = { .parts = { honest }, .count = 1 };
	const struct request one = { .name = "pbx.example", .wanted = 1u << CERT_SUBJECT };
	struct scene scene;

	(void)state;
	look_with(&scene, &script, &one);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_non_null(seen(&scene, CERT_SUBJECT));
	assert_null(seen(&scene, CERT_OCSP_STAPLE));
	scene_end(&scene);
}

static void who_refuses_everything_is_told_by_the_first_answer(void **state)
{
	const struct script script = { .parts = { ALERT("\x28"), ALERT("\x46") }, .count = 2 };
	struct scene scene;

	(void)state;
	look(&scene, &script);
	assert_outcome(&scene, STAGE_HANDSHAKE, REASON_TLS_FAILED);
	assert_note(&scene, "the server answers with the alert handshake_failure (40)");
	assert_int_equal(facts_count(scene.seen->facts), 0);
	assert_in_range(scene.call_count, 5, 8);
	scene_end(&scene);
}

static void a_silent_server_is_asked_a_few_times(void **state)
{
	const struct script script = { .parts = { { .act = SILENCE } }, .count = 1 };
	struct scene scene;

	(void)state;
	look(&scene, &script);
	assert_outcome(&scene, STAGE_HANDSHAKE, REASON_TIMED_OUT);
	assert_in_range(scene.call_count, 2, 3);
	assert_int_equal(facts_count(scene.seen->facts), 0);
	scene_end(&scene);
}

static void plain_text_is_said_as_such_at_once(void **state)
{
	const struct script script = {
		.parts = { { .act = SAY, .say = "220 mail ESMTP\r\n", .length = 16 } }, .count = 1
	};
	struct scene scene;

	(void)state;
	look(&scene, &script);
	assert_outcome(&scene, STAGE_HANDSHAKE, REASON_NOT_THIS_PROTOCOL);
	assert_int_equal(scene.call_count, 1);
	assert_non_null(facts_get(scene.seen->facts, tls_fact(TLS_FACT_PLAIN_TEXT)));
	scene_end(&scene);
}

static void starttls_is_a_fact_too(void **state)
{
	const struct script script = {
		.greeting = "220 mail ESMTP\r\n",
		.replies = { "250-mail\r\n250 STARTTLS\r\n", "220 go ahead\r\n" },
		.parts = { honest }, .count = 1
	};
	const struct request smtp = { .name = "pbx.example", .starttls = "smtp" };
	struct scene scene;

	(void)state;
	look_with(&scene, &script, &smtp);
	assert_shown(&scene);
	assert_string_equal(facts_get(scene.seen->facts, tls_fact(TLS_FACT_STARTTLS))->text,
			    "offered");
	scene_end(&scene);
}

static void absent_starttls_is_no_reason_to_ask_again(void **state)
{
	const struct script script = {
		.greeting = "220 mail ESMTP\r\n",
		.replies = { "250 mail\r\n", "502 no\r\n", "221 bye\r\n" },
		.parts = { honest }, .count = 1
	};
	const struct request smtp = { .name = "pbx.example", .starttls = "smtp" };
	struct scene scene;

	(void)state;
	look_with(&scene, &script, &smtp);
	assert_outcome(&scene, STAGE_STARTTLS, REASON_STARTTLS_ABSENT);
	assert_int_equal(scene.call_count, 1);
	assert_string_equal(facts_get(scene.seen->facts, tls_fact(TLS_FACT_STARTTLS))->text,
			    "absent");
	scene_end(&scene);
}

static void a_range_of_ports_has_no_certificate(void **state)
{
	const struct script script = { .parts = { honest }, .count = 1 };
	struct request request;
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	request = request_to(&scene);
	request.collector = &certificate_collector;
	request.subject.last++;
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_REQUEST, REASON_UNSUPPORTED);
	assert_int_equal(scene.call_count, 0);
	scene_end(&scene);
}

/* Either the whole certificate was there, or no fact of it is. */
static void a_server_that_hangs_up_anywhere_is_told(void **state)
{
	enum { STEP = 11, FLIGHT_LEAST = 300 };
	size_t whole = 0, length = 1000;

	(void)state;
	for (size_t count = 0; count < length; count += STEP) {
		const struct script script = {
			.parts = { { .act = CUT, .count = count } }, .count = 1
		};
		struct scene scene;

		look(&scene, &script);
		length = scene.calls[0].length;
		if (scene.seen->outcome.reason == REASON_NONE) {
			assert_shown(&scene);
			whole++;
		} else {
			assert_int_equal(scene.seen->outcome.stage, STAGE_HANDSHAKE);
			assert_int_equal(whole, 0);
		}
		scene_end(&scene);
	}
	assert_true(length > FLIGHT_LEAST);
	assert_true(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_plain_hello_is_enough),
		cmocka_unit_test(only_who_refuses_it_is_asked_over_tls_1_3),
		cmocka_unit_test(who_hangs_up_on_what_is_new_is_asked_in_an_old_way),
		cmocka_unit_test(who_does_not_know_the_name_is_asked_without),
		cmocka_unit_test(an_address_is_no_name_to_ask_for),
		cmocka_unit_test(asking_and_verifying_are_two_settings),
		cmocka_unit_test(a_staple_that_was_not_asked_for_is_not_missing),
		cmocka_unit_test(who_refuses_everything_is_told_by_the_first_answer),
		cmocka_unit_test(a_silent_server_is_asked_a_few_times),
		cmocka_unit_test(plain_text_is_said_as_such_at_once),
		cmocka_unit_test(starttls_is_a_fact_too),
		cmocka_unit_test(absent_starttls_is_no_reason_to_ask_again),
		cmocka_unit_test(a_range_of_ports_has_no_certificate),
		cmocka_unit_test(a_server_that_hangs_up_anywhere_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
