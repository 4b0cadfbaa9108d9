/* SPDX-License-Identifier: Apache-2.0
 *
 * The survey against servers made of habits: what is read from the answers beside versions
 * and suites, and servers that go away or never stop.
 */
#include "tests/unit/tls_survey_scene.h"

#include <string.h>

#include "collectors/tls/tls_suites.h"

static void a_server_that_dislikes_an_empty_share_gets_one(void **state)
{
	static const char *const alpn[] = { "h2", NULL };
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_3);
	habits.wants_share = true;
	habits.alpn = alpn;
	look_for(&scene, &habits, 0);
	assert_fact(&scene, TLS_FACT_VERSIONS, "TLS1.3");
	assert_all_suites(&scene, &habits);
	assert_fact(&scene, TLS_FACT_ALPN, "h2");
	assert_note(&scene, "without a key share");
	scene_end(&scene);
}

static void with_1_3_alone_keys_are_brought_where_nothing_else_helps(void **state)
{
	static const char *const alpn[] = { "xmpp-client", NULL };
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_3);
	habits.alpn = alpn;
	habits.asks_certificate = true;
	look_for(&scene, &habits, 0);
	assert_fact(&scene, TLS_FACT_CLIENT_CERTIFICATE, "requested");
	assert_fact(&scene, TLS_FACT_ALPN, "xmpp-client");
	assert_fact(&scene, TLS_FACT_COMPRESSION, "false");
	assert_fact(&scene, TLS_FACT_SECURE_RENEGOTIATION, "-");
	scene_end(&scene);
}

static void protocols_are_found_without_connections_of_their_own(void **state)
{
	static const char *const alpn[] = { "sip/2", "h2", "nothing-known", "ftp", NULL };
	struct habits habits;
	struct scene scene;
	unsigned without;

	(void)state;
	be_usual(&habits, V_1_2);
	look_for(&scene, &habits, 0);
	without = scene.connections;
	scene_end(&scene);
	be_usual(&habits, V_1_2);
	habits.alpn = alpn;
	look_for(&scene, &habits, 0);
	assert_fact(&scene, TLS_FACT_ALPN, "h2 sip/2 ftp");
	assert_int_equal(scene.connections, without);
	scene_end(&scene);
}

static void a_server_that_insists_on_a_protocol_is_told_one(void **state)
{
	static const char *const alpn[] = { "postgresql", NULL };
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_2 | V_1_3);
	habits.alpn = alpn;
	habits.alpn_strict = habits.alpn_insists = true;
	look_for(&scene, &habits, 0);
	assert_all_suites(&scene, &habits);
	assert_fact(&scene, TLS_FACT_ALPN, "postgresql");
	scene_end(&scene);
}

static void no_suite_is_lost_when_the_groups_run_out(void **state)
{
	static const uint16_t one_group[] = { 23 };
	static const uint16_t ecdhe[] = { 0xc02f, 0xc030, 0xc013, 0xc014, 0xc027 };
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_2);
	ONLY(&habits, ecdhe);
	memcpy(habits.groups, one_group, sizeof one_group);
	habits.group_count = 1;
	look_for(&scene, &habits, 1 << TLS_FACT_GROUPS | 1 << TLS_FACT_CIPHERS);
	assert_all_suites(&scene, &habits);
	assert_fact(&scene, TLS_FACT_GROUPS, "secp256r1");
	/* the last two: groups ran out, and that there are no others */
	assert_in_range(scene.connections, 1, 5 + 1 + 3 + 2);
	scene_end(&scene);
}

/* As Dovecot does that has no parameters for DH; it hangs up on everything it refuses. */
static void suites_behind_a_choice_that_breaks_are_found(void **state)
{
	static const uint16_t dhe[] = { 0x0033, 0x0039, 0x0067, 0x009e, 0xccaa };
	static const uint16_t ecdhe[] = { 0xc013, 0xc02f, 0xc030, 0xc060, 0xc076, 0xcca8 };
	struct habits habits;
	struct scene scene;

	(void)state;
	for (unsigned by_server = 0; by_server < 2; by_server++) {
		be_usual(&habits, V_1_2);
		ONLY(&habits, ecdhe);
		for (size_t i = 0; i < sizeof dhe / sizeof *dhe; i++)
			habits.suites[habits.suite_count++].value = dhe[i];
		habits.breaks_on_dhe = true;
		habits.by_server = by_server;
		habits.refusal = habits.version_refusal = MANNER_CLOSE;
		look_for(&scene, &habits, 0);
		assert_fact(&scene, TLS_FACT_VERSIONS, "TLS1.2");
		assert_int_equal(facts_get(scene.facts, tls_fact(TLS_FACT_CIPHERS))->count,
				 sizeof ecdhe / sizeof *ecdhe);
		scene_end(&scene);
	}
}

static void the_curve_of_the_certificate_stays_in_the_offer(void **state)
{
	static const uint16_t ecdsa[] = { 0xc02b, 0xc02c, 0xc009 };
	struct habits habits;
	struct scene scene;

	(void)state;
	for (unsigned by_server = 0; by_server < 2; by_server++) {
		be_usual(&habits, V_1_2);
		ONLY(&habits, ecdsa);
		habits.certificate_curve = 23;
		habits.groups_by_server = by_server;
		look_for(&scene, &habits, 0);
		assert_all_suites(&scene, &habits);
		assert_fact(&scene, TLS_FACT_GROUPS,
			    by_server ? "x25519 secp256r1"
				      : "x25519 secp256r1 secp384r1 secp521r1 x448");
		scene_end(&scene);
	}
}

static void finite_fields_stay_in_the_offer(void **state)
{
	static const uint16_t dhe[] = { 0x009e, 0x009f, 0x0033, 0xc02f };
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_2);
	ONLY(&habits, dhe);
	habits.named_dh = true;
	look_for(&scene, &habits, 0);
	assert_all_suites(&scene, &habits);
	assert_fact(&scene, TLS_FACT_GROUPS,
		    "x25519 secp256r1 secp384r1 secp521r1 x448 ffdhe2048 ffdhe3072 ffdhe4096 "
		    "ffdhe6144 ffdhe8192");
	scene_end(&scene);
}

static void anonymous_null_and_export_suites_are_named_by_class(void **state)
{
	static const uint16_t weak[] = { 0x0018, 0x0002, 0x0003, 0x0016 };
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_2);
	ONLY(&habits, weak);
	look_for(&scene, &habits, 0);
	assert_fact(&scene, TLS_FACT_ANONYMOUS, "true");
	assert_fact(&scene, TLS_FACT_WEAKNESSES,
		    "null anonymous export rc4 3des md5 cbc_sha1 static_rsa");
	assert_fact(&scene, TLS_FACT_WEAK_CIPHERS,
		    "TLS_RSA_WITH_NULL_SHA TLS_RSA_EXPORT_WITH_RC4_40_MD5 "
		    "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA TLS_DH_anon_WITH_RC4_128_MD5");
	scene_end(&scene);
}

static void who_shows_no_certificate_asks_for_none(void **state)
{
	static const uint16_t anonymous[] = { 0x0018, 0x0034 };
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_2);
	ONLY(&habits, anonymous);
	habits.asks_certificate = true;
	look_for(&scene, &habits, 0);
	assert_fact(&scene, TLS_FACT_CLIENT_CERTIFICATE, "none");
	scene_end(&scene);
}

static void whether_a_certificate_is_required_takes_a_handshake(void **state)
{
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_2 | V_1_3);
	habits.asks_certificate = true;
	look_for(&scene, &habits, 0);
	assert_fact(&scene, TLS_FACT_CLIENT_CERTIFICATE, "requested");
	tls_survey_hear_handshake(scene.survey, true);
	tls_survey_tell(scene.survey, scene.facts);
	assert_fact(&scene, TLS_FACT_CLIENT_CERTIFICATE, "required");
	scene_end(&scene);
}

static void habits_of_old_servers_are_told(void **state)
{
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_1_0 | V_1_1);
	habits.compresses = true;
	look_for(&scene, &habits, 0);
	assert_fact(&scene, TLS_FACT_COMPRESSION, "true");
	assert_fact(&scene, TLS_FACT_SECURE_RENEGOTIATION, "false");
	assert_fact(&scene, TLS_FACT_FALLBACK_SCSV, "false");
	scene_end(&scene);
}

static void who_hangs_up_on_a_fallback_refuses_it(void **state)
{
	static const struct {
		int manner;
		const char *expected;
	} servers[] = { { MANNER_CLOSE, "true" },
			{ MANNER_RESET, "true" },
			{ TLS_ALERT_HANDSHAKE_FAILURE, "true" },
			{ MANNER_SILENCE, "-" } };

	(void)state;
	for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
		struct habits habits;
		struct scene scene;

		be_usual(&habits, V_1_2 | V_1_3);
		habits.knows_fallback = true;
		habits.fallback_refusal = servers[i].manner;
		look_for(&scene, &habits, 0);
		assert_fact(&scene, TLS_FACT_FALLBACK_SCSV, servers[i].expected);
		assert_int_equal(tls_survey_outcome(scene.survey).reason, REASON_NONE);
		scene_end(&scene);
	}
}

/* Facts that need the whole list are left out; what was found is certain. */
static void a_server_that_dies_in_the_middle_leaves_what_is_certain(void **state)
{
	static const int deaths[] = { MANNER_REFUSE, MANNER_CLOSE, MANNER_RESET, MANNER_SILENCE,
				      MANNER_PLAIN };

	(void)state;
	for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
		for (unsigned after = 1; after < 24; after++) {
			struct habits habits;
			struct scene scene;
			const struct fact *ciphers;

			be_usual(&habits, V_1_2 | V_1_3);
			habits.dies_after = after;
			habits.death = deaths[i];
			look_for(&scene, &habits, 0);
			assert_int_not_equal(tls_survey_outcome(scene.survey).reason, REASON_NONE);
			assert_true(tls_survey_heard_tls(scene.survey));
			assert_fact(&scene, TLS_FACT_ANONYMOUS, "-");
			ciphers = facts_get(scene.facts, tls_fact(TLS_FACT_CIPHERS));
			assert_non_null(ciphers);
			for (size_t at = 0; at < ciphers->count; at++)
				assert_non_null(ciphers->texts[at]);
			scene_end(&scene);
		}
	}
}

enum { ANSWERED_MOST = 45, IN_VAIN_MOST = 25 };

/* Its last suite is anonymous, and it knows of no fallback. */
static void be_worse_than_it_seems(struct habits *habits)
{
	static const uint16_t anonymous[] = { 0x0034 };
	static const char *const alpn[] = { "h2", NULL };

	be_usual(habits, V_1_2 | V_1_3);
	ADD(habits, anonymous);
	habits->alpn = alpn;
	habits->compresses = habits->renegotiates = true;
}

static void assert_true_or_not_told(const struct scene *scene, enum tls_fact row,
				    const char *truth)
{
	assert_fact(scene, row, facts_get(scene->facts, tls_fact(row)) ? truth : "-");
}

/* Wherever the time is up: not to answer is no answer while nobody knows who is there. */
static void nothing_is_held_against_a_server_that_may_have_gone(void **state)
{
	static const int deaths[] = { MANNER_CLOSE, MANNER_RESET, MANNER_SILENCE };
	static const enum tls_fact lists[] = { TLS_FACT_WEAK_CIPHERS, TLS_FACT_WEAKNESSES,
					       TLS_FACT_GROUPS, TLS_FACT_ALPN };
	const uint64_t wishes[] = { 0, UINT64_C(1) << TLS_FACT_VERSIONS |
					       UINT64_C(1) << TLS_FACT_ANONYMOUS };

	(void)state;
	for (unsigned i = 0; i < 3 * 2 * ANSWERED_MOST * IN_VAIN_MOST; i++) {
		unsigned after = 1 + i / 6 % ANSWERED_MOST;
		struct habits habits;
		struct scene scene;

		be_worse_than_it_seems(&habits);
		habits.dies_after = after;
		habits.death = deaths[i % 3];
		look_until(&scene, &habits, wishes[i / 3 % 2], after + i / 6 / ANSWERED_MOST);
		assert_true_or_not_told(&scene, TLS_FACT_ANONYMOUS, "true");
		assert_true_or_not_told(&scene, TLS_FACT_FALLBACK_SCSV, "false");
		assert_true_or_not_told(&scene, TLS_FACT_COMPRESSION, "true");
		assert_true_or_not_told(&scene, TLS_FACT_SECURE_RENEGOTIATION, "true");
		assert_true_or_not_told(&scene, TLS_FACT_PREFERENCE, "client");
		for (size_t at = 0; at < sizeof lists / sizeof *lists; at++) {
			const struct fact *fact = facts_get(scene.facts, tls_fact(lists[at]));

			assert_true(!fact || fact->count);
		}
		scene_end(&scene);
	}
}

static void a_server_that_stalls_once_has_refused_nothing(void **state)
{
	(void)state;
	for (unsigned at = 2; at < 40; at++) {
		struct habits habits;
		struct scene scene;

		be_usual(&habits, V_1_1 | V_1_2 | V_1_3);
		habits.stalls_at = at;
		look_for(&scene, &habits, 0);
		assert_fact(&scene, TLS_FACT_VERSIONS, "TLS1.1 TLS1.2 TLS1.3");
		assert_all_suites(&scene, &habits);
		assert_fact(&scene, TLS_FACT_GROUPS,
			    "x25519 secp256r1 secp384r1 secp521r1 x448 ffdhe2048 ffdhe3072 "
			    "ffdhe4096 ffdhe6144 ffdhe8192");
		assert_fact(&scene, TLS_FACT_CLIENT_CERTIFICATE, "none");
		assert_int_equal(tls_survey_outcome(scene.survey).reason, REASON_NONE);
		scene_end(&scene);
	}
}

static void who_refuses_everything_has_accepted_nothing(void **state)
{
	static const struct {
		int manner;
		enum reason reason;
		unsigned connections;
	} servers[] = {
		{ TLS_ALERT_HANDSHAKE_FAILURE, REASON_NONE, 16 },
		{ TLS_ALERT_INTERNAL_ERROR, REASON_NONE, 24 },
		{ TLS_ALERT_UNRECOGNIZED_NAME, REASON_NONE, 16 },
		{ TLS_ALERT_NO_APPLICATION_PROTOCOL, REASON_NONE, 24 },
		{ MANNER_CLOSE, REASON_CLOSED_EARLY, 24 },
		{ MANNER_RESET, REASON_RESET, 24 },
		{ MANNER_SILENCE, REASON_TIMED_OUT, 6 },
		{ MANNER_PLAIN, REASON_NOT_THIS_PROTOCOL, 1 },
		{ MANNER_REFUSE, REASON_REFUSED, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
		struct habits habits = { .answers_everything = servers[i].manner };
		struct scene scene;

		look_for(&scene, &habits, 0);
		assert_false(tls_survey_heard_tls(scene.survey));
		assert_int_equal(facts_count(scene.facts), 0);
		assert_int_equal(scene.telling.reason, servers[i].reason);
		assert_in_range(scene.connections, 1, servers[i].connections);
		scene_end(&scene);
	}
}

static void who_always_takes_something_new_is_bounded_by_the_registry(void **state)
{
	struct habits habits;
	struct scene scene;

	(void)state;
	be_usual(&habits, V_SSL3 | V_1_0 | V_1_1 | V_1_2 | V_1_3);
	habits.always_new = true;
	look_for(&scene, &habits, 0);
	assert_in_range(scene.connections, 100, tls_survey_connections_most());
	assert_in_range(habits.connections, 100, tls_suite_count() + 100);
	scene_end(&scene);
}

static void common_suites_come_first(void **state)
{
	struct tls_survey *survey = tls_survey_new(NULL, 0);
	struct tls_question question;
	struct habits habits;
	struct habit_answer answer;
	bool rare = false;

	(void)state;
	be_usual(&habits, V_1_2);
	assert_true(tls_survey_ask(survey, &question));
	habits_answer(&habits, &question, &answer);
	tls_survey_hear(survey, &answer.answer);
	for (unsigned i = 0; i < 2; i++) {
		assert_true(tls_survey_ask(survey, &question));
		assert_int_equal(question.offer.version, TLS_VERSION_1_2);
		rare = false;
		for (size_t at = 0; at < question.offer.suite_count; at++) {
			uint32_t traits = tls_suite_of(question.offer.suites[at])->traits;

			assert_false(rare && traits & TLS_SUITE_COMMON);
			rare = !(traits & TLS_SUITE_COMMON);
		}
		assert_true(rare);
		habits_answer(&habits, &question, &answer);
		tls_survey_hear(survey, &answer.answer);
	}
	tls_survey_free(survey);
}

static void an_address_is_no_name(void **state)
{
	static const char *const names[] = { "10.0.0.5", "2001:db8::5", "", NULL };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct tls_survey *survey = tls_survey_new(names[i], 0);
		struct tls_question question;

		assert_true(tls_survey_ask(survey, &question));
		assert_null(question.offer.name);
		tls_survey_free(survey);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_that_dislikes_an_empty_share_gets_one),
		cmocka_unit_test(with_1_3_alone_keys_are_brought_where_nothing_else_helps),
		cmocka_unit_test(protocols_are_found_without_connections_of_their_own),
		cmocka_unit_test(a_server_that_insists_on_a_protocol_is_told_one),
		cmocka_unit_test(no_suite_is_lost_when_the_groups_run_out),
		cmocka_unit_test(suites_behind_a_choice_that_breaks_are_found),
		cmocka_unit_test(the_curve_of_the_certificate_stays_in_the_offer),
		cmocka_unit_test(finite_fields_stay_in_the_offer),
		cmocka_unit_test(anonymous_null_and_export_suites_are_named_by_class),
		cmocka_unit_test(who_shows_no_certificate_asks_for_none),
		cmocka_unit_test(whether_a_certificate_is_required_takes_a_handshake),
		cmocka_unit_test(habits_of_old_servers_are_told),
		cmocka_unit_test(who_hangs_up_on_a_fallback_refuses_it),
		cmocka_unit_test(a_server_that_dies_in_the_middle_leaves_what_is_certain),
		cmocka_unit_test(nothing_is_held_against_a_server_that_may_have_gone),
		cmocka_unit_test(a_server_that_stalls_once_has_refused_nothing),
		cmocka_unit_test(who_refuses_everything_has_accepted_nothing),
		cmocka_unit_test(who_always_takes_something_new_is_bounded_by_the_registry),
		cmocka_unit_test(common_suites_come_first),
		cmocka_unit_test(an_address_is_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
