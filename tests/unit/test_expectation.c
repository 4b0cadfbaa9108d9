/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "agent/plan/form.h"
#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

struct asked {
	struct papers papers; /* first: the helpers of papers.h work on it */
	struct arena *arena;
	struct patterns patterns;
	struct expectations list;
	bool good;
};

static int begin(void **state)
{
	struct asked *asked = memory_new(1, sizeof *asked);

	asked->arena = arena_new();
	*state = asked;
	return 0;
}

static int end(void **state)
{
	struct asked *asked = *state;

	patterns_free(&asked->patterns);
	problems_free(&asked->papers.problems);
	arena_free(asked->arena);
	free(asked);
	return 0;
}

static void ask(struct asked *asked, const char *yaml)
{
	struct reading reading = { asked->arena, &asked->papers.problems, NULL };
	const struct node *root;

	problems_free(&asked->papers.problems);
	asked->list = (struct expectations){ .patterns = &asked->patterns };
	root = tree_read(asked->arena, "e", yaml, strlen(yaml), &asked->papers.problems);
	assert_non_null(root);
	asked->good = expectations_read(&reading, root, &asked->list);
}

static void assert_refused(struct asked *asked, const char *yaml, const char *expected)
{
	ask(asked, yaml);
	assert_problems(&asked->papers, expected);
	assert_false(asked->good);
}

static void every_operator_reads_what_belongs_behind_it(void **state)
{
	static const char *const good[] = {
		"port.state: { is: open }",
		"port.state: { is_not: open }",
		"port.state: { one_of: [ closed, filtered ] }",
		"tls.versions: { none_of: [ SSLv3, TLS1.0 ] }",
		"port.open: { only: [ 22, 5060-5062 ] }",
		"port.open: { only: [] }",
		"port.open: { is: [ 22, 443 ] }",
		"smb.dialects: { all_of: 3.1.1 }",
		"dns.a: { within: [ 10.0.0.0/8, 2001:db8::/32, 192.0.2.1 ] }",
		"http.server: { matches: '^nginx(/1\\.2[0-9])?$' }",
		"http.server: { at_least: 1.8.0 }",
		"cert.key_bits: { at_least: 2048 }",
		"port.rtt_seconds: { at_most: 0.25 }",
		"cert.not_after: { at_least: 2027-01-01 }",
		"cert.not_after: { remaining: { warning: 30d, critical: [ 7d, 10% ] } }",
		"smb.smb1: { is: false }",
		"http.server: { present: true }",
		"http.server: { absent: true }",
		"cert.sha256: { unchanged: true }",
		"dns.a: { unchanged: true }",
	};

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		ask(*state, good[i]);
		assert_good(*state);
		assert_true(((struct asked *)*state)->good);
	}
}

static void operands_have_the_type_of_the_fact(void **state)
{
	struct asked *asked = *state;

	ask(asked, "{ cert.key_bits: { at_least: 2048 }, smb.smb1: { is: true },"
		   " port.rtt_seconds: { at_most: 0.25 }, port.open: { all_of: [ 22, 80-90 ] },"
		   " dns.a: { within: 10.0.0.0/8 } }");
	assert_good(&asked->papers);
	assert_int_equal(asked->list.count, 5);
	assert_int_equal(asked->list.items[0].operands[0].integer, 2048);
	assert_true(asked->list.items[1].operands[0].truth);
	assert_true(asked->list.items[2].operands[0].real == 0.25);
	assert_int_equal(asked->list.items[3].count, 2);
	assert_int_equal(asked->list.items[3].operands[0].last, 22);
	assert_int_equal(asked->list.items[3].operands[1].integer, 80);
	assert_int_equal(asked->list.items[3].operands[1].last, 90);
	assert_string_equal(asked->list.items[3].operands[1].text, "80-90");
	assert_int_equal(asked->list.items[4].operands[0].bits, 8);
	assert_int_equal(asked->list.items[4].operands[0].network.family, 4);
}

static void remaining_takes_times_and_shares(void **state)
{
	struct asked *asked = *state;
	const struct expectation *expectation;

	ask(asked, "cert.not_after: { remaining: { warning: [ 30d, 25% ], critical: 7d } }");
	expectation = asked->list.items;
	assert_int_equal(expectation->warning.us, INT64_C(30) * 24 * 3600 * 1000000);
	assert_true(expectation->warning.share == 0.25);
	assert_int_equal(expectation->critical.us, INT64_C(7) * 24 * 3600 * 1000000);
	assert_true(expectation->critical.share == 0);
	assert_int_equal(expectation->operator, OPERATOR_REMAINING);
	ask(asked, "cert.not_after: { remaining: default }");
	assert_good(&asked->papers);
	expectation = asked->list.items;
	assert_int_equal(expectation->warning.us, INT64_C(30) * 24 * 3600 * 1000000);
	assert_int_equal(expectation->critical.us, INT64_C(7) * 24 * 3600 * 1000000);
	assert_true(expectation->warning.share == 0.25 && expectation->critical.share == 0.1);
	assert_int_equal(expectation->warning.share_below_us,
			 INT64_C(60) * 24 * 3600 * 1000000);
	assert_int_equal(expectation->critical.share_below_us,
			 expectation->warning.share_below_us);
}

#define EIGHT(bytes) bytes bytes bytes bytes bytes bytes bytes bytes

static void a_fingerprint_is_the_same_in_every_spelling(void **state)
{
	static const char *const spellings[] = {
		EIGHT("ab12CD0f"),
		"\"" EIGHT("AB:12:CD:0F:") "\"",
		EIGHT("AB 12 CD 0F "),
		"\"" EIGHT("ab12:cd0f:") "\"",
	};
	struct asked *asked = *state;

	for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
		struct text yaml = { 0 };

		text_add_format(&yaml, "cert.sha256: { one_of: [ %s ] }", spellings[i]);
		ask(asked, text_string(&yaml));
		text_free(&yaml);
		assert_good(&asked->papers);
		assert_string_equal(asked->list.items[0].operands[0].text, EIGHT("ab12cd0f"));
	}
}

static void a_serial_number_is_the_same_with_and_without_zeros_before_it(void **state)
{
	static const char *const spellings[] = { "A1B2", "a1:b2", "\"00:A1:B2\"", "0000a1b2" };
	struct asked *asked = *state;

	for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
		struct text yaml = { 0 };

		text_add_format(&yaml, "cert.serial: { is: %s }", spellings[i]);
		ask(asked, text_string(&yaml));
		text_free(&yaml);
		assert_good(&asked->papers);
		assert_string_equal(asked->list.items[0].operands[0].text, "a1b2");
	}
	ask(asked, "cert.serial: { is_not: 9 }");
	assert_string_equal(asked->list.items[0].operands[0].text, "09");
	ask(asked, "cert.serial: { is_not: 0 }");
	assert_string_equal(asked->list.items[0].operands[0].text, "00");
}

static void what_is_no_fingerprint_is_refused(void **state)
{
	static const char wanted[] = "must be a SHA-256 fingerprint: 64 hexadecimal digits, with "
				     "or without colons, not";
	static const char *const wrong[] = {
		"abcd", EIGHT("ab12cd0g"), EIGHT("ab12cd0f") "a", EIGHT("ab12cd0f") "aa",
		"a" EIGHT("12cd0fa") "123456",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct text yaml = { 0 }, problem = { 0 };

		text_add_format(&yaml, "cert.sha256: { is: %s }", wrong[i]);
		text_add_format(&problem, "e:1:20: error: 'is' %s '%s'\n", wanted, wrong[i]);
		assert_refused(*state, text_string(&yaml), text_string(&problem));
		text_free(&yaml);
		text_free(&problem);
	}
	assert_refused(*state, "cert.serial: { none_of: [ 12, xyz, ':' ] }",
		       "e:1:31: error: 'none_of' must be hexadecimal digits, with or without "
		       "colons, not 'xyz'\n"
		       "e:1:36: error: 'none_of' must be hexadecimal digits, with or without "
		       "colons, not ':'\n");
	assert_refused(*state, "cert.serial: { at_least: 12 }",
		       "e:1:16: error: 'at_least' cannot be asked of cert.serial: one is not "
		       "more than another\n");
}

static void allowed_ports_is_left_to_the_plan(void **state)
{
	struct asked *asked = *state;

	ask(asked, "port.open: { only: [ allowed-ports, 8080 ] }");
	assert_good(&asked->papers);
	assert_true(asked->list.items[0].allowed_ports);
	assert_int_equal(asked->list.items[0].count, 1);
	assert_int_equal(asked->list.items[0].operands[0].integer, 8080);
}

static void several_operators_of_one_fact_must_all_hold(void **state)
{
	struct asked *asked = *state;

	ask(asked, "tls.versions: { all_of: TLS1.2, none_of: TLS1.0 }");
	assert_int_equal(asked->list.count, 2);
	assert_ptr_equal(asked->list.items[0].fact, asked->list.items[1].fact);
}

static void an_unknown_fact_is_named_with_the_nearest(void **state)
{
	assert_refused(*state, "port.stat: { is: open }",
		       "e:1:1: error: unknown fact 'port.stat' (did you mean 'port.state'?)\n");
}

static void an_unknown_operator_is_named_with_the_nearest(void **state)
{
	assert_refused(*state, "port.state: { isnt: open }",
		       "e:1:15: error: unknown operator 'isnt' (did you mean 'is'?)\n");
}

static void a_word_the_fact_never_has_is_refused(void **state)
{
	assert_refused(*state, "port.state: { is: opened }",
		       "e:1:19: error: unknown port.state 'opened' (did you mean 'open'?)\n");
	assert_refused(*state, "tls.versions: { none_of: [ TLS1.2, TLS1,1 ] }",
		       "e:1:36: error: unknown tls.versions 'TLS1' (did you mean 'TLS1.0'?)\n"
		       "e:1:41: error: unknown tls.versions '1' (there are 'SSLv3', 'TLS1.0', "
		       "'TLS1.1', 'TLS1.2' and 'TLS1.3')\n");
}

static void an_operator_that_makes_no_sense_says_which_do(void **state)
{
	assert_refused(
		*state, "smb.smb1: { at_least: true }",
		"e:1:13: error: 'at_least' cannot be asked of smb.smb1, which is true or "
		"false: use one of is, is_not, present, absent, unchanged\n");
	assert_refused(
		*state, "port.state: { remaining: { warning: 30d } }",
		"e:1:15: error: 'remaining' cannot be asked of port.state, which is one "
		"text: use one of is, is_not, one_of, none_of, within, matches, at_least, "
		"at_most, present, absent, unchanged\n");
}

static void is_takes_one_value(void **state)
{
	assert_refused(*state, "port.state: { is: [ open, closed ] }",
		       "e:1:19: error: 'is' takes one value: for several use 'one_of'\n");
	assert_refused(*state, "port.state: { is_not: [ open, closed ] }",
		       "e:1:23: error: 'is_not' takes one value: for several use 'none_of'\n");
}

static void values_of_the_wrong_type_say_what_is_wanted(void **state)
{
	struct asked *asked = *state;

	assert_refused(asked, "smb.smb1: { is: yes }",
		       "e:1:17: error: 'is' must be true or false, not 'yes'\n");
	assert_refused(asked, "port.open: { only: [ 22, ssh, 9-1 ] }",
		       "e:1:26: error: 'only' must be a whole number, or a range such as "
		       "5060-5062, not 'ssh'\n"
		       "e:1:31: error: 'only' must be a whole number, or a range such as "
		       "5060-5062, not '9-1'\n");
	assert_refused(asked, "dns.a: { within: 10.0.0.0/33 }",
		       "e:1:18: error: 'within' must be a network such as 10.0.0.0/8 or "
		       "2001:db8::/32, not '10.0.0.0/33'\n");
	assert_refused(asked, "dns.a: { within: [] }",
		       "e:1:18: error: 'within' must be a list with at least one element, not "
		       "an empty list\n");
	assert_refused(asked, "cert.not_after: { remaining: { warning: [] } }",
		       "e:1:41: error: 'warning' must be a list with at least one element, not "
		       "an empty list\n");
	assert_refused(asked, "port.rtt_seconds: { at_most: fast }",
		       "e:1:30: error: 'at_most' must be a number such as 0.25, not 'fast'\n");
	assert_refused(asked, "cert.key_bits: { at_least: 1024-2048 }",
		       "e:1:28: error: 'at_least' must be one number, not '1024-2048'\n");
	assert_refused(
		asked, "http.server: { at_least: nginx }",
		"e:1:26: error: 'at_least' must be a version such as 1.8.0, not 'nginx'\n");
	assert_refused(
		asked, "cert.not_after: { remaining: { warning: soon } }",
		"e:1:41: error: 'warning' must be a time such as 30d, a share such as 25%, "
		"or a list of both, not 'soon'\n");
	assert_refused(asked, "cert.not_after: { remaining: usual }",
		       "e:1:30: error: 'remaining' must be default, or thresholds such as "
		       "{ warning: 30d, critical: 7d }, not 'usual'\n");
	assert_refused(asked, "cert.not_after: { remaining: {} }",
		       "e:1:30: error: remaining needs 'warning', 'critical' or both\n");
	assert_refused(
		asked, "http.server: { present: false }",
		"e:1:25: error: behind 'present' stands true; to ask for the opposite use "
		"'absent'\n");
	assert_refused(asked, "port.state: { unchanged: false }",
		       "e:1:26: error: 'unchanged' must be true, not 'false'\n");
	assert_refused(
		asked, "port.state: open",
		"e:1:13: error: 'port.state' must be an operator such as { is: open }, not "
		"'open'\n");
}

static void allowed_ports_stands_only_for_open_ports(void **state)
{
	ask(*state, "port.open: { none_of: allowed-ports }");
	assert_problems(*state,
			"e:1:23: error: allowed-ports can only stand in port.open: { only: "
			"allowed-ports }\n");
}

static void a_bad_expression_is_refused(void **state)
{
	assert_refused(*state, "http.server: { matches: '(' }",
		       "e:1:25: error: '(' is no regular expression: Unmatched ( or \\(\n");
	assert_refused(
		*state, "http.server: { matches: '(a)\\1' }",
		"e:1:25: error: '(a)\\1' is no regular expression: back references are not "
		"understood\n");
	assert_refused(
		*state, "http.server: { matches: '((a{100}){100}){100}' }",
		"e:1:25: error: '((a{100}){100}){100}' is no regular expression: it repeats "
		"more than 1000 times\n");
}

static void a_fact_of_another_collector_is_refused(void **state)
{
	struct asked *asked = *state;
	struct reading reading = { asked->arena, &asked->papers.problems, NULL };
	static const char yaml[] = "smb.signing: { is: required }";

	asked->list = (struct expectations){ .collector = collector_named("port") };
	expectations_read(
		&reading,
		tree_read(asked->arena, "e", yaml, strlen(yaml), &asked->papers.problems),
		&asked->list);
	assert_problems(&asked->papers,
			"e:1:1: error: smb.signing is not among the facts of 'port': "
			"such a rule would never be judged\n");
}

static void an_entry_narrows_a_list_of_texts(void **state)
{
	struct asked *asked = *state;

	ask(asked, "{ dns.a: { at_least: '1.8.0_232', entry: '*OpenJDK*', matches: J },"
		   " tls.ciphers: { entry: 'X*', absent: true } }");
	assert_good(&asked->papers);
	assert_int_equal(asked->list.count, 3);
	assert_string_equal(asked->list.items[0].entry, "*OpenJDK*");
	assert_string_equal(asked->list.items[1].entry, "*OpenJDK*");
	assert_string_equal(asked->list.items[2].entry, "X*");
	ask(asked, "dns.a: { present: true }");
	assert_null(asked->list.items[0].entry);
}

static void an_entry_that_narrows_nothing_is_refused(void **state)
{
	assert_refused(*state, "port.state: { entry: x, is: open }",
		       "e:1:15: error: 'entry' is for lists of texts, and port.state is one "
		       "text\n");
	assert_refused(*state, "dns.a: { entry: [ x ], present: true }",
		       "e:1:17: error: 'entry' must be a pattern such as '*OpenJDK*', not a "
		       "list\n");
	assert_refused(*state, "dns.a: { entry: '', present: true }",
		       "e:1:17: error: 'entry' must be a pattern such as '*OpenJDK*', not ''\n");
	assert_refused(*state, "dns.a: { entry: x }",
		       "e:1:8: error: 'entry' needs an operator beside it such as "
		       "{ present: true }\n");
	assert_refused(*state, "dns.a: { entry: x, only: y }",
		       "e:1:20: error: 'only' cannot be asked of an 'entry': use one of present, "
		       "absent, at_least, at_most, matches\n");
	assert_refused(*state, "dns.a: { entry: x, at_least: newest }",
		       "e:1:30: error: 'at_least' must be a version such as 1.8.0, not 'newest'\n");
}

static void all_faults_are_found_at_once(void **state)
{
	assert_refused(
		*state, "{ a.b: { is: 1 }, port.state: { is: 1, was: 2 }, smb.smb1: {} }",
		"e:1:3: error: unknown fact 'a.b'\n"
		"e:1:37: error: unknown port.state '1' (there are 'open', 'closed', "
		"'filtered', 'unreachable' and 'open_or_filtered')\n"
		"e:1:40: error: unknown operator 'was' (did you mean 'is'?)\n"
		"e:1:60: error: 'smb.smb1' must be an operator such as { is: open }, not "
		"an empty map\n");
}

#define ASKED_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASKED_TEST(every_operator_reads_what_belongs_behind_it),
		ASKED_TEST(operands_have_the_type_of_the_fact),
		ASKED_TEST(remaining_takes_times_and_shares),
		ASKED_TEST(a_fingerprint_is_the_same_in_every_spelling),
		ASKED_TEST(a_serial_number_is_the_same_with_and_without_zeros_before_it),
		ASKED_TEST(what_is_no_fingerprint_is_refused),
		ASKED_TEST(allowed_ports_is_left_to_the_plan),
		ASKED_TEST(several_operators_of_one_fact_must_all_hold),
		ASKED_TEST(an_unknown_fact_is_named_with_the_nearest),
		ASKED_TEST(an_unknown_operator_is_named_with_the_nearest),
		ASKED_TEST(a_word_the_fact_never_has_is_refused),
		ASKED_TEST(an_operator_that_makes_no_sense_says_which_do),
		ASKED_TEST(is_takes_one_value),
		ASKED_TEST(values_of_the_wrong_type_say_what_is_wanted),
		ASKED_TEST(allowed_ports_stands_only_for_open_ports),
		ASKED_TEST(a_bad_expression_is_refused),
		ASKED_TEST(a_fact_of_another_collector_is_refused),
		ASKED_TEST(an_entry_narrows_a_list_of_texts),
		ASKED_TEST(an_entry_that_narrows_nothing_is_refused),
		ASKED_TEST(all_faults_are_found_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
