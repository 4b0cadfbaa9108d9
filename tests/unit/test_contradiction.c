/* SPDX-License-Identifier: Apache-2.0
 *
 * What is expected of a fact is refused when nothing can meet it, and only then.
 */
#include "tests/unit/unit.h"

#include "agent/plan/contradiction.h"
#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

static const char *rule_for(const char *expectation)
{
	static const struct {
		const char *facts, *look;
	} looks[] = {
		{ "port.", "observe: port, subject: tcp/1" },
		{ "smb.", "observe: smb, subject: tcp/1" },
		{ "tls.", "observe: tls, subject: tcp/1" },
		{ "cert.", "observe: tls, subject: tcp/1" },
		{ "http.", "observe: http, subject: /" },
		{ "snmp.", "observe: snmp, subject: udp/1" },
		{ "dns.", "observe: dns, subject: x.example" },
	};

	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		if (!strncmp(expectation, looks[i].facts, strlen(looks[i].facts)))
			return looks[i].look;
	fail_msg("nobody tells %s", expectation);
	return NULL;
}

/* The problems of a profile with this expectation alone. */
static void read_one(struct papers *papers, const char *expectation)
{
	struct text yaml = { 0 };

	problems_free(&papers->problems);
	papers->problems = (struct problems){ 0 };
	text_add_format(&yaml, HEAD("p") "rules:\n  - { id: a, because: b, %s,\n"
			       "      expect: { %s } }\n",
			rule_for(expectation), expectation);
	read_profile(papers, "p.yaml", text_string(&yaml));
	text_free(&yaml);
}

static void what_can_be_met_is_good(void **state)
{
	static const char *const good[] = {
		"smb.signing: { is: required }",
		"smb.signing: { is_not: required, one_of: [ required, enabled ] }",
		"smb.signing: { none_of: [ disabled, enabled ] }",
		"smb.signing: { matches: ^r, is_not: enabled }",
		"smb.signing: { absent: true }",
		"smb.signing: { unchanged: true, is: enabled }",
		"smb.smb1: { is: false, present: true }",
		"smb.smb1: { is_not: true }",
		"smb.dialects: { only: [ 3.0, 3.1.1 ], all_of: 3.1.1 }",
		"smb.dialects: { none_of: [ 2.1, 3.0 ], present: true }",
		"smb.dialects: { at_least: 3.0 }",
		"tls.versions: { is: [ TLS1.2, TLS1.3 ], none_of: TLS1.0 }",
		"tls.ciphers: { only: [ a, b ], matches: ^b }",
		"tls.ciphers: { matches: ^c, none_of: [ x ] }",
		"tls.ciphers: { all_of: [ a, b ], matches: '[ab]' }",
		"tls.ciphers: { unchanged: true }",
		"dns.a: { within: 10.0.0.0/8, is_not: 10.0.0.1 }",
		"dns.a: { within: 10.0.0.0/8, only: [ 10.0.0.1, 192.0.2.1 ] }",
		"port.open: { only: [ 80-90 ], none_of: [ 85 ], present: true }",
		"port.open: { all_of: [ 80-90 ], only: [ 1-100 ] }",
		"port.open: { only: allowed-ports, all_of: 443 }",
		"port.open: { is: [ 1-65535 ], all_of: [ 7 ] }",
		"http.status: { at_least: 200, at_most: 200 }",
		"http.status: { is: 200-299, is_not: 204, none_of: [ 200-203, 205-298 ] }",
		"http.status: { present: true }",
		"http.server: { is_not: x }",
		"http.server: { at_least: 1.0, at_most: 2.0, none_of: [ 1.0, 2.0 ] }",
		"http.server: { one_of: [ a, b ], matches: b }",
		"http.server: { matches: x, none_of: [ y ] }",
		"port.rtt_seconds: { at_least: 0.25, at_most: 0.5 }",
		"port.rtt_seconds: { present: true }",
		"cert.not_after: { at_most: 2030-01-01, remaining: default }",
		"cert.chain: { present: true }",
		"snmp.software: { entry: '*JDK*', at_least: 1.8.0_232, at_most: 8u300 }",
		"snmp.software: { entry: '*JDK*', at_least: 1.8.0_232, present: true }",
		"snmp.software: { entry: '*JDK*', matches: x, at_least: 2 }",
	};

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		read_one(*state, good[i]);
		if (((struct papers *)*state)->problems.count)
			print_error("%s\n", good[i]);
		assert_good(*state);
	}
}

static void what_nothing_can_meet_is_refused(void **state)
{
	static const char *const bad[] = {
		"smb.signing: { is: required, is_not: required }",
		"smb.signing: { is: required, one_of: [ disabled, enabled ] }",
		"smb.signing: { none_of: [ disabled, enabled, required ] }",
		"smb.signing: { is: enabled, absent: true }",
		"smb.signing: { present: true, absent: true }",
		"smb.signing: { unchanged: true, absent: true }",
		"smb.signing: { is: enabled, matches: ^r }",
		"smb.smb1: { is: true, is_not: true }",
		"smb.dialects: { only: 3.0, all_of: 3.1.1 }",
		"smb.dialects: { none_of: [ 2.0.2, 2.1, 3.0, 3.0.2, 3.1.1 ], present: true }",
		"smb.dialects: { at_least: 3.0, only: 2.1 }",
		"tls.versions: { is: [ TLS1.2, TLS1.3 ], none_of: TLS1.3 }",
		"tls.versions: { is: TLS1.2, all_of: [ TLS1.2, TLS1.3 ] }",
		"tls.ciphers: { only: [ a, b ], matches: ^c }",
		"tls.ciphers: { all_of: [ a, b ], matches: ^a }",
		"dns.a: { within: 10.0.0.0/8, only: [ 192.0.2.1 ] }",
		"dns.a: { within: 10.0.0.0/8, is: 192.0.2.1 }",
		"port.open: { all_of: 443, none_of: 400-500 }",
		"port.open: { only: [ 80-90 ], none_of: [ 1-100 ], present: true }",
		"http.status: { at_least: 300, at_most: 299 }",
		"http.status: { is: 200-299, none_of: [ 200-250, 251-299 ] }",
		"http.server: { is: a, is_not: a }",
		"http.server: { at_least: 2.0, at_most: 1.9 }",
		"http.server: { one_of: [ a, b ], matches: c }",
		"port.rtt_seconds: { at_least: 0.5, at_most: 0.25 }",
		"cert.not_after: { at_least: 2031-01-01, at_most: 2030-01-01 }",
		"snmp.software: { entry: '*JDK*', at_least: 9, at_most: 8u300 }",
		"snmp.software: { entry: '*JDK*', at_least: 9, absent: true }",
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		read_one(*state, bad[i]);
		if (!((struct papers *)*state)->problems.count)
			print_error("%s\n", bad[i]);
		assert_problem(*state, "p.yaml:5:17: error: nothing can meet what is expected of ");
	}
}

static void the_operators_that_contradict_each_other_are_named(void **state)
{
	read_one(*state, "smb.signing: { is: required, is_not: required }");
	assert_problems(*state, "p.yaml:5:17: error: nothing can meet what is expected of "
				"smb.signing: no value is all of is and is_not\n");
}

/* Each is compared with each: a file of megabytes would take minutes. */
static void what_is_too_long_to_be_tried_is_taken_for_possible(void **state)
{
	for (int most = 60; most <= 70; most += 10) {
		struct text expectation = { 0 };

		text_add(&expectation, "http.status: { is: 1, none_of: [ 1");
		for (int i = 2; i <= most; i++)
			text_add_format(&expectation, ", %d", i);
		text_add(&expectation, " ] }");
		read_one(*state, text_string(&expectation));
		assert_int_equal(((struct papers *)*state)->problems.count, most == 60);
		text_free(&expectation);
	}
}

static void without_expectations_there_is_no_contradiction(void **state)
{
	(void)state;
	assert_false(expectations_contradict(NULL, 0));
}

static void a_warning_comes_before_what_is_critical(void **state)
{
	static const char *const late[] = { "{ warning: 7d, critical: 30d }",
					    "{ warning: 7d, critical: 7d }",
					    "{ warning: 10%, critical: 25% }" };

	for (size_t i = 0; i < sizeof late / sizeof *late; i++) {
		struct text expectation = { 0 };

		text_add_format(&expectation, "cert.not_after: { remaining: %s }", late[i]);
		read_one(*state, text_string(&expectation));
		assert_problem(*state, "error: 'warning' must leave more time than 'critical': it "
				       "would never be told\n");
		text_free(&expectation);
	}
	read_one(*state, "cert.not_after: { remaining: { warning: [ 30d, 25% ], critical: [ 7d, "
			 "10% ] } }");
	assert_good(*state);
	read_one(*state, "cert.not_after: { remaining: { warning: 25%, critical: 7d } }");
	assert_good(*state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(what_can_be_met_is_good),
		PAPERS_TEST(what_nothing_can_meet_is_refused),
		PAPERS_TEST(the_operators_that_contradict_each_other_are_named),
		PAPERS_TEST(what_is_too_long_to_be_tried_is_taken_for_possible),
		PAPERS_TEST(without_expectations_there_is_no_contradiction),
		PAPERS_TEST(a_warning_comes_before_what_is_critical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
