/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector tls against servers that follow a script.
 */
#include "tests/unit/tls_scene.h"

#include <string.h>

#include "collectors/tls.h"
#include "collectors/tls_facts.h"
#include "ground/clock.h"
#include "ground/text.h"

enum { LOOK_MS = 1500 };

#define BIT(fact) (UINT64_C(1) << (fact))
#define ALERT(number)                                                                         \
	{                                                                                     \
		.act = SAY, .say = "\x15\x03\x03\x00\x02\x02" number, .length = 7             \
	}

static const struct part honest = { .act = HONEST };

static void look_with(struct scene *scene, const struct script *script, uint64_t wanted,
		      const char *starttls)
{
	struct request request;

	scene_begin(scene, script);
	request = request_to(scene);
	request.collector = &tls_collector;
	request.name = "pbx.example";
	request.wanted = wanted;
	request.starttls = starttls;
	request.timeout_ms = LOOK_MS;
	observe(scene, &request);
}

static void look(struct scene *scene, const struct script *script, uint64_t wanted)
{
	look_with(scene, script, wanted, NULL);
}

static void assert_told(const struct scene *scene, enum tls_fact row, const char *expected)
{
	const struct fact *fact = facts_get(scene->seen->facts, tls_fact(row));
	struct text text = { 0 };

	if (fact)
		fact_describe(fact, &text);
	else
		text_add(&text, "-");
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

static void an_honest_server_is_surveyed(void **state)
{
	const struct script script = { .parts = { honest }, .count = 1 };
	struct scene scene;

	(void)state;
	look(&scene, &script, BIT(TLS_FACT_VERSIONS) | BIT(TLS_FACT_CIPHERS));
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_told(&scene, TLS_FACT_VERSIONS, "TLS1.0 TLS1.1 TLS1.2 TLS1.3");
	assert_told(&scene, TLS_FACT_CIPHERS,
		    "TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256 "
		    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA "
		    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256 "
		    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384 "
		    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 "
		    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 "
		    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
	assert_null(scene.seen->detail);
	assert_in_range(scene.call_count, 10, 10 + 4 + 3);
	scene_end(&scene);
}

static void with_1_3_alone_the_server_is_read_under_its_keys(void **state)
{
	const struct script script = {
		.only_1_3 = true, .groups = "X25519:P-256", .parts = { honest }, .count = 1
	};
	struct scene scene;

	(void)state;
	look(&scene, &script, 0);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_told(&scene, TLS_FACT_VERSIONS, "TLS1.3");
	assert_told(&scene, TLS_FACT_GROUPS, "x25519 secp256r1");
	assert_told(&scene, TLS_FACT_CLIENT_CERTIFICATE, "none");
	assert_told(&scene, TLS_FACT_ALPN, "");
	scene_end(&scene);
}

static void a_certificate_may_be_requested_or_required(void **state)
{
	static const struct {
		bool insists;
		const char *expected;
	} servers[] = { { false, "requested" }, { true, "required" } };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct script script = {
			.asks_certificate = true,
			.insists = servers[i / 2].insists,
			.only_1_3 = i % 2,
			.parts = { honest },
			.count = 1
		};
		struct scene scene;

		look(&scene, &script, BIT(TLS_FACT_CLIENT_CERTIFICATE));
		assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		assert_told(&scene, TLS_FACT_CLIENT_CERTIFICATE, servers[i / 2].expected);
		assert_null(scene.seen->detail);
		scene_end(&scene);
	}
}

/* What one answer alone cannot say is left out when no handshake can be held. */
static void whether_it_insists_is_not_guessed(void **state)
{
	const struct script script = {
		.asks_certificate = true,
		.parts = { honest, honest, { .act = STOP, .count = 0 } },
		.count = 3
	};
	struct scene scene;

	(void)state;
	look(&scene, &script, BIT(TLS_FACT_CLIENT_CERTIFICATE));
	assert_told(&scene, TLS_FACT_CLIENT_CERTIFICATE, "-");
	assert_non_null(strstr(scene.seen->detail, "could not be found out"));
	scene_end(&scene);
}

static void the_certificate_is_asked_for_behind_starttls_too(void **state)
{
	const struct script script = {
		.greeting = "220 mx.example ESMTP\r\n",
		.replies = { "250-mx.example\r\n250 STARTTLS\r\n", "220 go ahead\r\n" },
		.asks_certificate = true,
		.insists = true,
		.parts = { honest },
		.count = 1
	};
	struct scene scene;

	(void)state;
	look_with(&scene, &script, BIT(TLS_FACT_CLIENT_CERTIFICATE) | BIT(TLS_FACT_STARTTLS),
		  "smtp");
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_told(&scene, TLS_FACT_STARTTLS, "offered");
	assert_told(&scene, TLS_FACT_CLIENT_CERTIFICATE, "required");
	scene_end(&scene);
}

static void who_speaks_no_tls_fails_as_a_talk_does(void **state)
{
	static const struct {
		struct part part;
		enum stage stage;
		enum reason reason;
		const char *plain;
		const char *note;
	} servers[] = {
		{ { .act = CLOSE }, STAGE_HANDSHAKE, REASON_CLOSED_EARLY, "-", NULL },
		{ { .act = RESET }, STAGE_HANDSHAKE, REASON_RESET, "-", NULL },
		{ { .act = SAY, .say = "SSH-2.0-OpenSSH_9.2\r\n", .length = 21 },
		  STAGE_HANDSHAKE,
		  REASON_NOT_THIS_PROTOCOL,
		  "ssh",
		  "ssh is spoken here in plain text" },
		{ ALERT("\x28"),
		  STAGE_HANDSHAKE,
		  REASON_TLS_FAILED,
		  "-",
		  "the server answers with the alert handshake_failure (40)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
		const struct script script = { .parts = { servers[i].part }, .count = 1 };
		struct scene scene;

		look(&scene, &script, 0);
		assert_outcome(&scene, servers[i].stage, servers[i].reason);
		assert_told(&scene, TLS_FACT_PLAIN_TEXT, servers[i].plain);
		assert_told(&scene, TLS_FACT_VERSIONS, "-");
		assert_note(&scene, servers[i].note);
		scene_end(&scene);
	}
}

static void silence_ends_with_the_deadline(void **state)
{
	const struct script script = { .parts = { { .act = SILENCE } }, .count = 1 };
	struct scene scene;

	(void)state;
	look(&scene, &script, 0);
	assert_outcome(&scene, STAGE_HANDSHAKE, REASON_TIMED_OUT);
	assert_true(scene.seen->elapsed_us < (LOOK_MS + 500) * CLOCK_MILLISECOND);
	scene_end(&scene);
}

static void a_server_that_goes_away_leaves_a_failure_and_what_is_certain(void **state)
{
	static const enum act ways[] = { CLOSE, RESET, CLOSE_AT_ONCE, SILENCE };

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		const struct script script = {
			.parts = { honest, honest, { .act = ways[i] } },
			.count = 3
		};
		struct scene scene;

		look(&scene, &script, BIT(TLS_FACT_VERSIONS) | BIT(TLS_FACT_ANONYMOUS));
		assert_string_equal(stage_word(scene.seen->outcome.stage), "handshake");
		assert_int_not_equal(scene.seen->outcome.reason, REASON_NONE);
		assert_told(&scene, TLS_FACT_ANONYMOUS, "-");
		assert_non_null(
			facts_get(scene.seen->facts, tls_fact(TLS_FACT_VERSIONS)));
		assert_non_null(strstr(scene.seen->detail, "broken off"));
		scene_end(&scene);
	}
}

static void a_name_that_is_not_known_is_noted(void **state)
{
	const struct script script = { .parts = { ALERT("\x70"), honest }, .count = 2 };
	struct scene scene;

	(void)state;
	look(&scene, &script, BIT(TLS_FACT_VERSIONS));
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_told(&scene, TLS_FACT_VERSIONS, "TLS1.0 TLS1.1 TLS1.2 TLS1.3");
	assert_non_null(strstr(scene.seen->detail, "observed without a name"));
	assert_null(SSL_get_servername(scene.calls[1].server.ssl, TLSEXT_NAMETYPE_host_name));
	scene_end(&scene);
}

static void starttls_is_told_also_when_it_is_absent(void **state)
{
	const struct script script = {
		.greeting = "220 mx.example ESMTP\r\n",
		.replies = { "250 mx.example\r\n", "502 no\r\n" },
		.parts = { honest },
		.count = 1
	};
	struct scene scene;

	(void)state;
	look_with(&scene, &script, 0, "smtp");
	assert_outcome(&scene, STAGE_STARTTLS, REASON_STARTTLS_ABSENT);
	assert_told(&scene, TLS_FACT_STARTTLS, "absent");
	scene_end(&scene);
}

static void a_range_of_ports_is_not_for_this_collector(void **state)
{
	const struct script script = { .parts = { honest }, .count = 1 };
	struct request request;
	struct scene scene;

	(void)state;
	scene_begin(&scene, &script);
	request = request_to(&scene);
	request.collector = &tls_collector;
	request.subject.last++;
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_REQUEST, REASON_UNSUPPORTED);
	assert_int_equal(scene.call_count, 0);
	scene_end(&scene);
}

static void it_takes_three_times_the_usual_and_what_the_budget_takes(void **state)
{
	struct request request = { .timeout_ms = 10000 };

	(void)state;
	assert_int_equal(tls_needs_ms(&request), 30000);
	request.packets_per_second = 2;
	assert_int_equal(tls_needs_ms(&request), 30000 + 32000);
	request.timeout_ms = UINT32_MAX;
	assert_true(tls_needs_ms(&request) == UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_server_is_surveyed),
		cmocka_unit_test(with_1_3_alone_the_server_is_read_under_its_keys),
		cmocka_unit_test(a_certificate_may_be_requested_or_required),
		cmocka_unit_test(whether_it_insists_is_not_guessed),
		cmocka_unit_test(the_certificate_is_asked_for_behind_starttls_too),
		cmocka_unit_test(who_speaks_no_tls_fails_as_a_talk_does),
		cmocka_unit_test(silence_ends_with_the_deadline),
		cmocka_unit_test(a_server_that_goes_away_leaves_a_failure_and_what_is_certain),
		cmocka_unit_test(a_name_that_is_not_known_is_noted),
		cmocka_unit_test(starttls_is_told_also_when_it_is_absent),
		cmocka_unit_test(a_range_of_ports_is_not_for_this_collector),
		cmocka_unit_test(it_takes_three_times_the_usual_and_what_the_budget_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
