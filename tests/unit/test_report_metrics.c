/* SPDX-License-Identifier: Apache-2.0
 *
 * Metrics of facts: lists, lists of records, and what was not seen.
 */
#include "tests/unit/unit.h"

#include "tests/unit/invented_collectors.h"
#include "tests/unit/made.h"

enum { OBSERVATIONS = 4 };

struct seen {
	struct made_results *made;
	struct plan_observation planned[OBSERVATIONS];
	struct observation *observations[OBSERVATIONS];
};

static int begin(void **state)
{
	struct seen *seen = memory_new(1, sizeof *seen);

	seen->made = made_new();
	made_target(seen->made, "pbx");
	seen->made->plan.observations = seen->planned;
	seen->made->results.observations = seen->observations;
	*state = seen;
	return 0;
}

static int end(void **state)
{
	struct seen *seen = *state;

	for (size_t i = 0; i < OBSERVATIONS; i++)
		observation_free(seen->observations[i]);
	made_free(seen->made);
	free(seen);
	return 0;
}

/* One more observation of tls, with a check that needs it. */
static struct request *plan_to_look(struct seen *seen)
{
	size_t number = seen->made->plan.observation_count++;
	struct check *check = made_check(seen->made, "tls/tcp-443/versions", VERDICT_OK);

	check->observation = (uint32_t)number;
	seen->planned[number].request = (struct request){
		.collector = collector_named("tls"),
		.subject = { .kind = SUBJECT_TCP, .first = 443, .last = 443, .text = "tcp/443" },
		.host = "pbx", .family = 4
	};
	return &seen->planned[number].request;
}

static struct observation *look(struct seen *seen)
{
	plan_to_look(seen);
	return seen->observations[seen->made->plan.observation_count - 1] = observation_new();
}

static void see_texts(struct observation *observation, const char *name, const char *const *texts)
{
	size_t count = 0;

	while (texts[count])
		count++;
	facts_set_texts(observation->facts, fact_named(name), texts, count);
}

/* The lines of the family, without what every series has. */
static void family_is(struct seen *seen, const char *name, const char *expected)
{
	static const char always[] = "target=\"pbx\",subject=\"tcp/443\",family=\"4\",peer=\"\"";
	const char *at = made_write(seen->made, "prometheus");
	struct text lines = { 0 }, begins = { 0 };

	text_add_format(&begins, "ucposture_%s{%s", name, always);
	while ((at = strstr(at, text_string(&begins)))) {
		at += begins.length;
		text_add_bytes(&lines, at, strcspn(at, "\n") + 1);
	}
	assert_string_equal(text_string(&lines), expected);
	text_free(&lines);
	text_free(&begins);
}

static void each_version_has_a_series(void **state)
{
	static const char *const versions[] = { "TLS1.2", "TLS1.3", NULL };

	see_texts(look(*state), "tls.versions", versions);
	family_is(*state, "tls_version_accepted",
		  ",version=\"SSLv3\"} 0\n,version=\"TLS1.0\"} 0\n,version=\"TLS1.1\"} 0\n"
		  ",version=\"TLS1.2\"} 1\n,version=\"TLS1.3\"} 1\n");
}

static void a_list_that_was_broken_off_says_only_what_it_has(void **state)
{
	static const char *const versions[] = { "TLS1.2", NULL };
	struct observation *observation = look(*state);

	observation->outcome = (struct outcome){ .stage = STAGE_HANDSHAKE,
						 .reason = REASON_TIMED_OUT };
	see_texts(observation, "tls.versions", versions);
	see_texts(observation, "tls.weak_ciphers", versions);
	family_is(*state, "tls_version_accepted",
		  ",version=\"SSLv3\"} NaN\n,version=\"TLS1.0\"} NaN\n"
		  ",version=\"TLS1.1\"} NaN\n,version=\"TLS1.2\"} 1\n,version=\"TLS1.3\"} NaN\n");
	family_is(*state, "tls_weak_ciphers", "} NaN\n");
}

static void no_series_vanishes_because_nothing_was_seen(void **state)
{
	plan_to_look(*state);
	family_is(*state, "tls_version_accepted",
		  ",version=\"SSLv3\"} NaN\n,version=\"TLS1.0\"} NaN\n"
		  ",version=\"TLS1.1\"} NaN\n,version=\"TLS1.2\"} NaN\n"
		  ",version=\"TLS1.3\"} NaN\n");
	family_is(*state, "tls_weak_ciphers", "} NaN\n");
	family_is(*state, "certificate_trusted", "} NaN\n");
	family_is(*state, "certificate_not_after_timestamp_seconds", ",position=\"0\"} NaN\n");
}

static void lists_without_words_are_counted(void **state)
{
	static const char *const weak[] = { "TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_NULL_SHA",
					    NULL };
	struct seen *seen = *state;
	struct observation *observation = look(seen);

	see_texts(observation, "tls.weak_ciphers", weak);
	family_is(seen, "tls_weak_ciphers", "} 2\n");
	see_texts(observation, "tls.weak_ciphers", weak + 2);
	family_is(seen, "tls_weak_ciphers", "} 0\n");
}

static void each_certificate_of_a_chain_has_a_position(void **state)
{
	const struct fact_descriptor *chain = fact_named("cert.chain");
	struct seen *seen = *state;
	struct facts *facts = look(seen)->facts;

	facts_set_time(facts, fact_named("cert.not_after"), INT64_C(1800000000000000));
	facts_set_boolean(facts, fact_named("cert.trusted"), true);
	family_is(seen, "certificate_not_after_timestamp_seconds",
		  ",position=\"0\"} 1800000000\n");
	for (int64_t i = 0; i < 3; i++) {
		struct facts *record = facts_add_record(facts, chain);

		facts_set_text(record, &chain_columns[0], "CN=x");
		if (i != 1)
			facts_set_time(record, &chain_columns[1],
				       INT64_C(1000000) * (1800000000 + i));
	}
	family_is(seen, "certificate_not_after_timestamp_seconds",
		  ",position=\"0\"} 1800000000\n,position=\"1\"} NaN\n"
		  ",position=\"2\"} 1800000002\n");
	family_is(seen, "certificate_trusted", "} 1\n");
}

static void ways_to_look_at_one_place_are_told_apart(void **state)
{
	struct seen *seen = *state;

	plan_to_look(seen);
	plan_to_look(seen)->starttls = "smtp";
	plan_to_look(seen)->name = "www.pbx.example";
	plan_to_look(seen)->verify_name = "10.0.0.5";
	family_is(seen, "certificate_trusted",
		  "} NaN\n,verify_name=\"10.0.0.5\"} NaN\n,server_name=\"www.pbx.example\"} NaN\n"
		  ",starttls=\"smtp\"} NaN\n");
}

static void what_has_no_version_of_ip_has_an_empty_label(void **state)
{
	struct seen *seen = *state;

	plan_to_look(seen)->family = 0;
	assert_non_null(strstr(made_write(seen->made, "prometheus"),
			       "ucposture_certificate_trusted{target=\"pbx\","
			       "subject=\"tcp/443\",family=\"\",peer=\"\"} NaN\n"));
}

static void who_answers_elsewhere_does_not_make_the_target_up(void **state)
{
	struct seen *seen = *state;

	look(seen);
	seen->planned[0].request.subject.kind = SUBJECT_URL;
	assert_non_null(strstr(made_write(seen->made, "prometheus"),
			       "ucposture_target_up{target=\"pbx\"} NaN\n"));
	seen->planned[0].request.subject.kind = SUBJECT_PATH;
	assert_non_null(strstr(made_write(seen->made, "prometheus"),
			       "ucposture_target_up{target=\"pbx\"} 1\n"));
}

static void what_is_elsewhere_has_a_series_for_each_target_that_needs_it(void **state)
{
	struct seen *seen = *state;
	const char *written, *help;
	struct request *request;

	plan_to_look(seen);
	request = plan_to_look(seen);
	request->collector = collector_named("reach");
	request->subject = (struct subject){ .kind = SUBJECT_URL, .text = "https://x.example/" };
	request->family = 0;
	request->proxy = "http://proxy.example:3128";
	made_target(seen->made, "other");
	made_check(seen->made, "reach/x/push/proxy", VERDICT_OK)->observation = 1;
	made_check(seen->made, "reach/x/again/proxy", VERDICT_OK)->observation = 1;
	written = made_write(seen->made, "prometheus");
	assert_non_null(strstr(
		written,
		"# TYPE ucposture_reach_success gauge\n"
		"ucposture_reach_success{target=\"pbx\",subject=\"https://x.example/\",family=\"\","
		"peer=\"\",path=\"proxy\"} NaN\n"
		"ucposture_reach_success{target=\"other\",subject=\"https://x.example/\","
		"family=\"\",peer=\"\",path=\"proxy\"} NaN\n"));
	/* Facts that two collectors tell are one family. */
	help = strstr(written, "# HELP ucposture_certificate_trusted ");
	assert_non_null(help);
	assert_null(strstr(help + 1, "# HELP ucposture_certificate_trusted "));
	assert_non_null(strstr(help, "ucposture_certificate_trusted{target=\"other\","
				     "subject=\"https://x.example/\""));
}

static void ways_to_an_url_are_told_apart(void **state)
{
	struct seen *seen = *state;
	struct request *request = NULL;
	const char *written;

	for (int i = 0; i < 3; i++) {
		request = plan_to_look(seen);
		request->collector = collector_named("reach");
		request->subject = (struct subject){ .kind = SUBJECT_URL, .text = "tcp://x:1" };
		request->by_address = i == 1;
		request->proxy = i == 2 ? "http://proxy.example:3128" : NULL;
	}
	written = made_write(seen->made, "prometheus");
	assert_non_null(strstr(written, ",peer=\"\",path=\"direct\"} NaN\n"));
	assert_non_null(strstr(written, ",by_address=\"true\",path=\"direct\"} NaN\n"));
	assert_non_null(strstr(written, ",path=\"proxy\"} NaN\n"));
}

static void labels_of_the_user_do_not_clash_with_those_of_facts(void **state)
{
	struct seen *seen = *state;
	struct target *target = &seen->made->targets[0];

	seen->made->labels[0] = (struct label){ "version", "7" };
	target->labels = seen->made->labels;
	target->label_count = 1;
	plan_to_look(seen);
	family_is(seen, "certificate_not_after_timestamp_seconds",
		  ",exported_version=\"7\",position=\"0\"} NaN\n");
	seen->made->labels[0].name = "position";
	family_is(seen, "certificate_trusted", ",exported_position=\"7\"} NaN\n");
}

#define SEEN_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SEEN_TEST(each_version_has_a_series),
		SEEN_TEST(a_list_that_was_broken_off_says_only_what_it_has),
		SEEN_TEST(no_series_vanishes_because_nothing_was_seen),
		SEEN_TEST(lists_without_words_are_counted),
		SEEN_TEST(each_certificate_of_a_chain_has_a_position),
		SEEN_TEST(ways_to_look_at_one_place_are_told_apart),
		SEEN_TEST(what_has_no_version_of_ip_has_an_empty_label),
		SEEN_TEST(who_answers_elsewhere_does_not_make_the_target_up),
		SEEN_TEST(what_is_elsewhere_has_a_series_for_each_target_that_needs_it),
		SEEN_TEST(ways_to_an_url_are_told_apart),
		SEEN_TEST(labels_of_the_user_do_not_clash_with_those_of_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
