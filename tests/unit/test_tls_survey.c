/* SPDX-License-Identifier: Apache-2.0
 *
 * The survey against servers made of habits: versions, suites, and what a hello must be like
 * to be accepted. test_tls_survey_habits.c has groups, protocols and the rest,
 * test_tls_survey_chance.c ten thousand servers.
 */
#include "tests/unit/tls_survey_scene.h"

#include <string.h>

#include "collectors/tls/tls_suites.h"

static void an_everyday_server_is_known_whole(void **state)
{
	static const char *const alpn[] = { "http/1.1", "h2", NULL };
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_2 | V_1_3);
	habits.alpn = alpn;
	habits.alpn_strict = habits.renegotiates = habits.knows_fallback = true;
	look_for(&scene, &habits, 0);
	assert_fact(&scene, TLS_FACT_VERSIONS, "TLS1.2 TLS1.3");
	assert_all_suites(&scene, &habits);
	assert_fact(&scene, TLS_FACT_WEAKNESSES, "cbc_sha1 static_rsa");
	assert_fact(&scene, TLS_FACT_PREFERENCE, "client");
	assert_fact(&scene, TLS_FACT_ANONYMOUS, "false");
	assert_fact(&scene, TLS_FACT_GROUPS,
		    "x25519 secp256r1 secp384r1 secp521r1 x448 ffdhe2048 ffdhe3072 ffdhe4096 "
		    "ffdhe6144 ffdhe8192");
	assert_fact(&scene, TLS_FACT_ALPN, "h2 http/1.1");
	assert_fact(&scene, TLS_FACT_CLIENT_CERTIFICATE, "none");
	assert_fact(&scene, TLS_FACT_COMPRESSION, "false");
	assert_fact(&scene, TLS_FACT_SECURE_RENEGOTIATION, "true");
	assert_fact(&scene, TLS_FACT_FALLBACK_SCSV, "true");
	assert_fact(&scene, TLS_FACT_STARTTLS, "-");
	assert_note(&scene, NULL);
	assert_int_equal(tls_survey_outcome(scene.survey).reason, REASON_NONE);
	/* suites, the end of both lists, three old versions but one, and what was not free:
	 * groups of 1.3 and their end, that of ECDHE, that of ALPN, the fallback */
	assert_in_range(scene.connections, 1, 23 + 2 + 2 + 9 + 1 + 1 + 1);
	scene_end(&scene);
}

static void versions_and_suites_cost_a_connection_each_and_three(void **state)
{
	static const struct {
		unsigned versions;
		unsigned count;
	} servers[] = { { V_1_2, 1 },
			{ V_1_3, 1 },
			{ V_1_2 | V_1_3, 2 },
			{ V_1_1 | V_1_2, 2 },
			{ V_1_0 | V_1_1 | V_1_2, 3 },
			{ V_1_1 | V_1_2 | V_1_3, 3 },
			{ V_1_0 | V_1_1 | V_1_2 | V_1_3, 4 },
			{ V_SSL3 | V_1_0 | V_1_1 | V_1_2 | V_1_3, 5 },
			{ V_SSL3 | V_1_0, 2 },
			{ V_1_0, 1 },
			{ V_SSL3, 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
		struct habits habits;
		struct scene scene;
		unsigned suites = 0;

		be_usual(&habits, servers[i].versions);
		look_for(&scene, &habits, ONLY_SUITES);
		assert_all_suites(&scene, &habits);
		for (size_t at = 0; at < tls_suite_count(); at++)
			suites += habits_accept(&habits, tls_suite_at(at)->value);
		assert_in_range(scene.connections, 1, suites + servers[i].count + 3);
		scene_end(&scene);
	}
}

static void only_what_is_wanted_is_asked(void **state)
{
	static const struct {
		enum tls_fact fact;
		unsigned connections;
		const char *expected;
	} wants[] = {
		{ TLS_FACT_VERSIONS, 4, "TLS1.2 TLS1.3" },
		{ TLS_FACT_ANONYMOUS, 6, "false" },
		{ TLS_FACT_WEAKNESSES, 15, "cbc_sha1 static_rsa" },
		{ TLS_FACT_PREFERENCE, 8, "client" },
		{ TLS_FACT_CLIENT_CERTIFICATE, 2, "none" },
		{ TLS_FACT_COMPRESSION, 2, "false" },
		{ TLS_FACT_SECURE_RENEGOTIATION, 2, "false" },
		{ TLS_FACT_FALLBACK_SCSV, 5, "false" },
		{ TLS_FACT_ALPN, 2, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof wants / sizeof *wants; i++) {
		struct habits habits;
		struct scene scene;

		be_usual(&habits, V_1_2 | V_1_3);
		look_for(&scene, &habits, UINT64_C(1) << wants[i].fact);
		assert_fact(&scene, wants[i].fact, wants[i].expected);
		assert_int_equal(facts_count(scene.facts), 1);
		assert_in_range(scene.connections, 1, wants[i].connections);
		scene_end(&scene);
	}
}

static void a_server_with_its_own_order_is_found_out(void **state)
{
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_2 | V_1_3);
	habits.by_server = habits.groups_by_server = true;
	look_for(&scene, &habits, 0);
	assert_fact(&scene, TLS_FACT_PREFERENCE, "server");
	assert_all_suites(&scene, &habits);
	scene_end(&scene);
}

static void two_suites_are_enough_for_the_preference(void **state)
{
	static const uint16_t two[] = { 0xc02f, 0xc030 };

	(void)state;
	for (unsigned way = 0; way < 4; way++) {
		struct habits habits;
		struct scene scene;

		be_usual(&habits, V_1_2);
		ONLY(&habits, two);
		habits.by_server = way & 1;
		if (way & 2) {
			habits.suites[0].value = 0xc030;
			habits.suites[1].value = 0xc02f;
		}
		look_for(&scene, &habits, 0);
		assert_fact(&scene, TLS_FACT_PREFERENCE, way & 1 ? "server" : "client");
		scene_end(&scene);
	}
}

static void chacha_does_not_decide_the_preference(void **state)
{
	static const uint16_t some[] = { 0xcca8, 0xc02f, 0xc030 };
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_2);
	ONLY(&habits, some);
	habits.by_server = habits.promotes_chacha = true;
	look_for(&scene, &habits, 0);
	assert_fact(&scene, TLS_FACT_PREFERENCE, "server");
	scene_end(&scene);
}

static void with_one_suite_there_is_no_preference(void **state)
{
	static const uint16_t one[] = { 0xc02f };
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_2);
	ONLY(&habits, one);
	look_for(&scene, &habits, 0);
	assert_fact(&scene, TLS_FACT_PREFERENCE, "-");
	assert_fact(&scene, TLS_FACT_FALLBACK_SCSV, "-");
	assert_fact(&scene, TLS_FACT_CIPHERS, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
	scene_end(&scene);
}

static void suites_of_old_versions_alone_are_found(void **state)
{
	static const uint16_t old[] = { 0x0005, 0x0003 };
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_SSL3 | V_1_0 | V_1_2);
	ADD(&habits, old);
	habits.suites[habits.suite_count - 2].age = AGE_BELOW_1_2;
	habits.suites[habits.suite_count - 1].age = AGE_SSL3;
	look_for(&scene, &habits, ONLY_SUITES);
	assert_fact(&scene, TLS_FACT_VERSIONS, "SSLv3 TLS1.0 TLS1.2");
	assert_all_suites(&scene, &habits);
	scene_end(&scene);
}

static void a_lower_version_in_the_answer_is_that_version(void **state)
{
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_0);
	look_for(&scene, &habits, ONLY_SUITES);
	assert_fact(&scene, TLS_FACT_VERSIONS, "TLS1.0");
	assert_all_suites(&scene, &habits);
	scene_end(&scene);
}

static void a_server_that_hangs_up_on_new_versions_is_asked_for_old_ones(void **state)
{
	static const int manners[] = { MANNER_CLOSE, MANNER_RESET, MANNER_SILENCE,
				       TLS_ALERT_INTERNAL_ERROR };

	(void)state;
	for (size_t i = 0; i < sizeof manners / sizeof *manners; i++) {
		struct habits habits;
		struct scene scene;

		be_usual(&habits, V_1_0);
		habits.intolerant = true;
		habits.version_refusal = manners[i];
		look_for(&scene, &habits, ONLY_SUITES);
		assert_fact(&scene, TLS_FACT_VERSIONS, "TLS1.0");
		assert_all_suites(&scene, &habits);
		scene_end(&scene);
	}
}

static void a_hole_between_the_versions_is_a_hole(void **state)
{
	struct habits habits;
	struct scene scene;

	(void)state;
	for (unsigned intolerant = 0; intolerant < 2; intolerant++) {
		be_usual(&habits, V_1_0 | V_1_2);
		habits.intolerant = intolerant;
		look_for(&scene, &habits, ONLY_SUITES);
		assert_fact(&scene, TLS_FACT_VERSIONS, "TLS1.0 TLS1.2");
		scene_end(&scene);
	}
}

static void a_version_never_offered_is_not_believed(void **state)
{
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_2 | V_1_3);
	habits.answers_higher = true;
	look_for(&scene, &habits, ONLY_SUITES);
	assert_fact(&scene, TLS_FACT_VERSIONS, "TLS1.2 TLS1.3");
	assert_all_suites(&scene, &habits);
	assert_note(&scene, "a version that was not offered");
	scene_end(&scene);
}

static void a_suite_never_offered_is_not_believed(void **state)
{
	static const uint16_t one[] = { 0x0005 };
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_2);
	habits.invents_suite = true;
	look_for(&scene, &habits, ONLY_SUITES);
	ONLY(&habits, one);
	assert_all_suites(&scene, &habits);
	assert_note(&scene, "a cipher suite that was not offered");
	scene_end(&scene);
}

static void short_lists_are_offered_only_where_long_ones_are_not_taken(void **state)
{
	static const int manners[] = { MANNER_CLOSE, MANNER_RESET, MANNER_SILENCE,
				       TLS_ALERT_INTERNAL_ERROR, TLS_ALERT_DECODE_ERROR,
				       TLS_ALERT_ILLEGAL_PARAMETER };
	struct habits habits;
	struct scene scene;

	(void)state;
	for (size_t i = 0; i < sizeof manners / sizeof *manners; i++) {
		for (size_t most = 32; most <= 128; most *= 2) {
			be_usual(&habits, V_1_0 | V_1_1 | V_1_2);
			habits.list_most = most;
			habits.list_refusal = manners[i];
			look_for(&scene, &habits, ONLY_SUITES);
			assert_fact(&scene, TLS_FACT_VERSIONS, "TLS1.0 TLS1.1 TLS1.2");
			assert_all_suites(&scene, &habits);
			assert_note(&scene, "many cipher suites");
			scene_end(&scene);
		}
	}
	be_usual(&habits, V_1_2);
	habits.refusal = habits.version_refusal = MANNER_RESET;
	look_for(&scene, &habits, ONLY_SUITES);
	assert_all_suites(&scene, &habits);
	assert_note(&scene, NULL);
	/* a share for 1.3, SSLv3, and whether it is still alive */
	assert_in_range(scene.connections, 1, 20 + 1 + 3 + 3);
	scene_end(&scene);
}

static void a_name_the_server_does_not_know_is_left_out(void **state)
{
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_2 | V_1_3);
	habits.knows_no_name = true;
	look_for(&scene, &habits, ONLY_SUITES);
	assert_all_suites(&scene, &habits);
	assert_note(&scene, "unrecognized_name");
	assert_in_range(scene.connections, 1, 23 + 2 + 3 + 1);
	scene_end(&scene);
}

static void a_name_that_spoils_every_hello_is_left_out_in_the_end(void **state)
{
	static const int manners[] = { TLS_ALERT_HANDSHAKE_FAILURE, MANNER_CLOSE };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct habits habits;
		struct scene scene;

		be_usual(&habits, V_1_2 | V_1_3);
		habits.refuses_name = true;
		habits.refusal = manners[i];
		look_for(&scene, &habits, ONLY_SUITES);
		assert_fact(&scene, TLS_FACT_VERSIONS, "TLS1.2 TLS1.3");
		assert_all_suites(&scene, &habits);
		assert_note(&scene, "no hello with that name");
		scene_end(&scene);
	}
}

static void a_server_from_before_extensions_is_asked_without(void **state)
{
	static const uint16_t old[] = { 0x002f, 0x0035, 0x000a, 0x0005 };
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_SSL3 | V_1_0);
	ONLY(&habits, old);
	habits.chokes_on_extensions = true;
	habits.versions = V_1_0;
	look_for(&scene, &habits, 0);
	assert_fact(&scene, TLS_FACT_VERSIONS, "TLS1.0");
	assert_all_suites(&scene, &habits);
	assert_fact(&scene, TLS_FACT_GROUPS, "-");
	assert_fact(&scene, TLS_FACT_ALPN, "-");
	assert_note(&scene, "no hello with extensions");
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_everyday_server_is_known_whole),
		cmocka_unit_test(versions_and_suites_cost_a_connection_each_and_three),
		cmocka_unit_test(only_what_is_wanted_is_asked),
		cmocka_unit_test(a_server_with_its_own_order_is_found_out),
		cmocka_unit_test(two_suites_are_enough_for_the_preference),
		cmocka_unit_test(chacha_does_not_decide_the_preference),
		cmocka_unit_test(with_one_suite_there_is_no_preference),
		cmocka_unit_test(suites_of_old_versions_alone_are_found),
		cmocka_unit_test(a_lower_version_in_the_answer_is_that_version),
		cmocka_unit_test(a_server_that_hangs_up_on_new_versions_is_asked_for_old_ones),
		cmocka_unit_test(a_hole_between_the_versions_is_a_hole),
		cmocka_unit_test(a_version_never_offered_is_not_believed),
		cmocka_unit_test(a_suite_never_offered_is_not_believed),
		cmocka_unit_test(short_lists_are_offered_only_where_long_ones_are_not_taken),
		cmocka_unit_test(a_name_the_server_does_not_know_is_left_out),
		cmocka_unit_test(a_name_that_spoils_every_hello_is_left_out_in_the_end),
		cmocka_unit_test(a_server_from_before_extensions_is_asked_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
