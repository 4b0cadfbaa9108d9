/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether TLS is reached at a port, and what certificate it shows: against OpenSSL's own
 * server and those that do not keep to the rules.
 */
#include "tests/unit/tls_scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "collectors/certificate_facts.h"
#include "collectors/reach.h"

static void reach(struct scene *scene, const struct script *script, uint64_t wanted,
		  uint32_t timeout_ms)
{
	struct request request;
	char url[64];

	scene_begin(scene, script);
	request = request_to(scene);
	snprintf(url, sizeof url, "tls://127.0.0.1:%u", scene->address.port);
	request.collector = &reach_collector;
	request.subject = (struct subject){ .kind = SUBJECT_URL, .text = url };
	request.wanted = wanted;
	request.timeout_ms = timeout_ms;
	observe(scene, &request);
}

static const struct fact *fact_of(const struct scene *scene, const char *name)
{
	return facts_get(scene->seen->facts, fact_named(name));
}

static void a_finished_handshake_is_reached(void **state)
{
	static const struct script scripts[] = {
		{ .parts = { { .act = HONEST } }, .count = 1 },
		{ .parts = { { .act = DRIP } }, .count = 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		struct scene scene;

		reach(&scene, &scripts[i], 0, TIMEOUT_MS);
		assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		assert_true(fact_of(&scene, "reach.ok")->truth);
		assert_string_equal(fact_of(&scene, "reach.stage")->text, "tls");
		assert_non_null(fact_of(&scene, "reach.connect_seconds"));
		assert_non_null(fact_of(&scene, "reach.tls_seconds"));
		assert_int_equal(scene.call_count, 1);
		scene_end(&scene);
	}
}

static void its_certificate_is_told_whoever_trusts_it(void **state)
{
	static const struct script script = { .parts = { { .act = HONEST } }, .count = 1 };
	struct scene scene;

	(void)state;
	reach(&scene, &script, 0, TIMEOUT_MS);
	assert_false(fact_of(&scene, "cert.trusted")->truth);
	assert_false(fact_of(&scene, "cert.name_match")->truth);
	assert_int_equal(fact_of(&scene, "cert.chain")->count, 1);
	assert_string_equal(fact_of(&scene, "cert.ocsp_staple")->text, "none");
	scene_end(&scene);
}

static void a_certificate_that_nobody_wants_is_not_read(void **state)
{
	static const struct script script = { .parts = { { .act = HONEST } }, .count = 1 };
	int row = collector_fact_row(&reach_collector, fact_named("reach.ok"));
	struct scene scene;

	(void)state;
	reach(&scene, &script, UINT64_C(1) << row, TIMEOUT_MS);
	assert_true(fact_of(&scene, "reach.ok")->truth);
	assert_null(fact_of(&scene, "cert.sha256"));
	scene_end(&scene);
	row = collector_fact_row(&reach_collector, certificate_fact(CERT_SHA256));
	reach(&scene, &script, UINT64_C(1) << row, TIMEOUT_MS);
	assert_non_null(fact_of(&scene, "cert.sha256"));
	scene_end(&scene);
}

static void a_handshake_that_fails_says_why(void **state)
{
	static const struct {
		struct part part;
		const char *reason, *note;
	} cases[] = {
		{ { SAY, 0, "\x15\x03\x03\0\x02\x02\x28", 7 }, "tls_failed",
		  "the server broke TLS off with alert 40" },
		{ { SAY, 0, "HTTP/1.1 400 Bad Request\r\n", 26 }, "not_this_protocol", NULL },
		{ { CLOSE, 0, NULL, 0 }, "closed_early", NULL },
		{ { CUT, 40, NULL, 0 }, "closed_early", NULL },
		{ { RESET, 0, NULL, 0 }, "reset", NULL },
		{ { SILENCE, 0, NULL, 0 }, "timed_out", NULL },
		{ { STOP, 40, NULL, 0 }, "timed_out", NULL },
		{ { ENDLESS, 0, "\x16\x03\x03\x40\0\x02\0\xff\xff", 9 }, "tls_failed", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct script script = { .parts = { cases[i].part }, .count = 1 };
		struct scene scene;

		reach(&scene, &script, 0, 400);
		assert_string_equal(reason_word(scene.seen->outcome.reason), cases[i].reason);
		assert_int_equal(scene.seen->outcome.stage, STAGE_HANDSHAKE);
		assert_false(fact_of(&scene, "reach.ok")->truth);
		assert_string_equal(fact_of(&scene, "reach.stage")->text, "tls");
		assert_string_equal(fact_of(&scene, "reach.reason")->text, cases[i].reason);
		assert_note(&scene, cases[i].note);
		assert_non_null(fact_of(&scene, "reach.connect_seconds"));
		assert_null(fact_of(&scene, "reach.tls_seconds"));
		scene_end(&scene);
	}
}

/* What was shown before that is told all the same. */
static void a_server_that_wants_a_certificate_has_shown_its_own(void **state)
{
	static const struct script script = { .asks_certificate = true, .insists = true,
					      .parts = { { .act = HONEST } }, .count = 1 };
	struct scene scene;

	(void)state;
	reach(&scene, &script, 0, TIMEOUT_MS);
	assert_non_null(fact_of(&scene, "cert.sha256"));
	assert_non_null(fact_of(&scene, "reach.ok"));
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finished_handshake_is_reached),
		cmocka_unit_test(its_certificate_is_told_whoever_trusts_it),
		cmocka_unit_test(a_certificate_that_nobody_wants_is_not_read),
		cmocka_unit_test(a_handshake_that_fails_says_why),
		cmocka_unit_test(a_server_that_wants_a_certificate_has_shown_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
