/* SPDX-License-Identifier: Apache-2.0
 *
 * What reports for people advise about a finding, and what they begin with.
 */
#include "tests/unit/unit.h"

#include "agent/cli/rule_text.h"
#include "tests/unit/report_scene.h"

static const char *const telling_formats[] = { "human", "json", "csv", "junit", NULL };

static void what_is_open_without_its_feature_has_a_remedy_of_its_own(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx");
	made_check(made, "a", VERDICT_CRITICAL)->unused_feature = true;
	made->rules[0].otherwise_remedy = "Close it in the firewall";
	for (size_t i = 0; telling_formats[i]; i++) {
		const char *told = made_write(made, telling_formats[i]);

		has(told, "Close it in the firewall");
		lacks(told, "Switch it on");
	}
}

static void in_use_or_without_a_remedy_of_its_own_the_usual_one_is_told(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx");
	made_check(made, "a", VERDICT_CRITICAL)->unused_feature = true;
	made_check(made, "b", VERDICT_CRITICAL);
	made->rules[1].otherwise_remedy = "Close it in the firewall";
	for (size_t i = 0; telling_formats[i]; i++) {
		const char *told = made_write(made, telling_formats[i]);

		has(told, "Switch it on");
		lacks(told, "Close it in the firewall");
	}
}

static const char *rule_told(struct made_results *made, const struct rule *rule)
{
	static const struct profile profile = { .name = "made" };
	const struct document document = { .profile = &profile,
					   .screen = made->report.screen,
					   .out = &made->out };

	text_clear(&made->out);
	rule_add(&document, 0, rule);
	return text_string(&made->out);
}

static void a_rule_is_told_with_both_remedies(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx");
	made_check(made, "a", VERDICT_OK);
	made->rules[0].otherwise_remedy = "Close it";
	has(rule_told(made, &made->rules[0]), "Fix        Switch it on\n"
					      "           without the feature: Close it\n");
	made->rules[0].remedy = NULL;
	has(rule_told(made, &made->rules[0]), "Fix        without the feature: Close it\n");
}

static void of_several_targets_people_read_the_worst_first(void **state)
{
	static const char *const expected[] = { "worst", "bad", "some", "unseen", "good" };
	struct made_results *made = *state;
	const char *at;

	made_target(made, "good");
	made_check(made, "a", VERDICT_OK);
	made_target(made, "unseen");
	made_check(made, "a", VERDICT_UNKNOWN);
	made_target(made, "bad");
	made_check(made, "a", VERDICT_CRITICAL);
	made_check(made, "b", VERDICT_OK);
	made_target(made, "some");
	made_check(made, "a", VERDICT_WARNING);
	made_target(made, "worst");
	made_check(made, "a", VERDICT_CRITICAL);
	at = made_write(made, "human");
	/* In the order of the tables, and once more in that of the overview. */
	for (size_t i = 0; i < 2 * 5; i++) {
		at = strstr(at, expected[i % 5]);
		assert_non_null(at);
		at++;
	}
}

/* The second waits for the first. */
static void make_provisional(struct made_results *made)
{
	made_target(made, "pbx");
	made_check(made, "certificate", VERDICT_CRITICAL);
	made_check(made, "suites", VERDICT_CRITICAL)->provisional_while = 0;
	made_check(made, "keys", VERDICT_CRITICAL);
	made->judgements[1].provisional = true;
}

static size_t count(const char *text, const char *part)
{
	size_t found = 0;

	for (; (text = strstr(text, part)); text++)
		found++;
	return found;
}

static void a_provisional_finding_says_what_it_waits_for(void **state)
{
	static const char *const formats[] = { "human", "junit", "nagios", "checkmk", NULL };
	struct made_results *made = *state;

	make_provisional(made);
	made->report.verbose = 2;
	for (size_t i = 0; formats[i]; i++)
		assert_int_equal(count(made_write(made, formats[i]),
				       "provisional while certificate stands"), 1);
	has(made_write(made, "human"), "Meanwhile  provisional while certificate stands, and to be"
				       " judged anew\n");
	assert_int_equal(count(made_write(made, "json"), "\"provisional\": true"), 1);
}

static void provisional_findings_stand_behind_others_that_are_as_bad(void **state)
{
	struct made_results *made = *state;

	make_provisional(made);
	has(made_write(made, "nagios"), "UCPOSTURE CRITICAL");
	made->report.verbose = 1;
	has(made_write(made, "nagios"), "pbx certificate, pbx keys, pbx suites");
}

static void a_rule_says_where_and_for_what_it_holds(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx");
	made_check(made, "a", VERDICT_OK);
	made->rules[0].vantages = VANTAGE_ANY;
	made->rules[0].only_from = "server";
	made->rules[0].provisional_while = "own";
	has(rule_told(made, &made->rules[0]),
	    "Applies    only from the peer server\n"
	    "Meanwhile  provisional while own finds something at the same port\n");
	made->rules[0].not_from = "client";
	made->rules[0].peer = "smtp";
	has(rule_told(made, &made->rules[0]),
	    "Applies    when the peer smtp is given; only from the peer server; from\n"
	    "           everywhere but the peer client\n");
}

static void json_says_what_was_taken_for_granted(void **state)
{
	static const char *features[] = { "calls", "video" }, *scenarios[] = { "sweep" };
	static struct peer peers[] = { { .name = "smtp" } };
	struct made_results *made = *state;
	struct target *target = made_target(made, "pbx");

	target->features = features;
	target->feature_count = 2;
	target->scenarios = scenarios;
	target->scenario_count = 1;
	target->peers = peers;
	target->peer_count = 1;
	has(made_write(made, "json"), "\"features\": [\n        \"calls\",\n"
				      "        \"video\"\n      ],\n"
				      "      \"scenarios\": [\n        \"sweep\"\n      ],\n"
				      "      \"peers\": [\n        \"smtp\"\n      ],\n");
}

#define MADE_TEST(test) cmocka_unit_test_setup_teardown(test, made_set_up, made_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MADE_TEST(what_is_open_without_its_feature_has_a_remedy_of_its_own),
		MADE_TEST(in_use_or_without_a_remedy_of_its_own_the_usual_one_is_told),
		MADE_TEST(a_rule_is_told_with_both_remedies),
		MADE_TEST(of_several_targets_people_read_the_worst_first),
		MADE_TEST(a_provisional_finding_says_what_it_waits_for),
		MADE_TEST(provisional_findings_stand_behind_others_that_are_as_bad),
		MADE_TEST(a_rule_says_where_and_for_what_it_holds),
		MADE_TEST(json_says_what_was_taken_for_granted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
