/* SPDX-License-Identifier: Apache-2.0
 *
 * What targets and exceptions change about a plan, and what the word allowed-ports becomes.
 */
#include "tests/unit/unit.h"

#include "ground/clock.h"
#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

static void an_override_moves_a_subject_and_changes_a_severity(void **state)
{
	const struct plan *plan =
		plan_one(*state, "", WEB,
			 "address: 10.0.0.1, overrides: { p.port-web: { subject: tcp/8443 }, "
			 "'port-*': { severity: minor } }");

	assert_good(*state);
	assert_names(plan, "port/tcp-8443/web");
	assert_int_equal(request_of(plan, 0)->subject.first, 8443);
	assert_int_equal(plan->checks[0].severity, SEVERITY_MINOR);
}

static void an_override_may_name_more_subjects_than_the_rule(void **state)
{
	const struct plan *plan =
		plan_one(*state, "", WEB,
			 "address: 10.0.0.1, overrides: { port-web: { subject: [ tcp/1, "
			 "tcp/2, tcp/3, tcp/4, tcp/5, tcp/6, tcp/7, tcp/8, tcp/9, tcp/9 ] } }");

	assert_good(*state);
	assert_names(plan, "port/tcp-1/web port/tcp-2/web port/tcp-3/web port/tcp-4/web "
			   "port/tcp-5/web port/tcp-6/web port/tcp-7/web port/tcp-8/web "
			   "port/tcp-9/web");
}

static void an_inherited_rule_goes_by_the_name_of_either_profile(void **state)
{
	struct papers *papers = *state;
	const struct plan *plan;

	read_profile(papers, "base.yaml", HEAD("base") "rules:\n" WEB);
	read_profile(papers, "p.yaml", HEAD("p") "extends: base\n");
	plan = make_plan(papers, "targets:\n"
				 "  - { name: a, address: 10.0.0.1, profiles: p,\n"
				 "      overrides: { p.port-web: { severity: minor } } }\n"
				 "  - { name: b, address: 10.0.0.1, profiles: p,\n"
				 "      overrides: { base.port-web: { severity: minor } } }\n");
	assert_good(papers);
	assert_int_equal(plan->checks[0].severity, SEVERITY_MINOR);
	assert_int_equal(plan->checks[1].severity, SEVERITY_MINOR);
}

static void an_override_switches_off(void **state)
{
	const struct plan *plan = plan_one(
		*state, "", WEB, "address: 10.0.0.1, overrides: { port-web: { off: true } }");

	assert_int_equal(plan->checks[0].inapplicable, SWITCHED_OFF);
	assert_int_equal(plan->observation_count, 0);
}

static void an_override_to_a_bad_subject_is_refused(void **state)
{
	plan_one(*state, "", WEB,
		 "address: 10.0.0.1,\n      overrides: { port-web: { subject: tcp/x } }");
	assert_problems(*state,
			"c:3:41: error: the rule 'port-web' cannot look at 'tcp/x': a port is "
			"a number from 1 to 65535, or a range such as 10000-20000\n");
}

static void each_bad_subject_of_an_override_is_refused_at_its_place(void **state)
{
	plan_one(*state, "", WEB,
		 "address: 10.0.0.1,\n      overrides: { port-web: { subject: [ tcp/x, tcp/2, "
		 "tcp/y ] } }");
	assert_problems(*state,
			"c:3:43: error: the rule 'port-web' cannot look at 'tcp/x': a port is "
			"a number from 1 to 65535, or a range such as 10000-20000\n"
			"c:3:57: error: the rule 'port-web' cannot look at 'tcp/y': a port is "
			"a number from 1 to 65535, or a range such as 10000-20000\n");
}

static void an_override_that_matches_nothing_is_a_warning(void **state)
{
	plan_one(*state, "", WEB,
		 "address: 10.0.0.1,\n      overrides: { 'web-*': { off: true } }");
	assert_problems(*state, "c:3:20: warning: no rule of this target is called 'web-*'\n");
}

static void unknown_names_are_named_with_the_nearest(void **state)
{
	plan_one(*state, FEATURES PEERS "scenarios: { sweep: Every port }\n", WEB,
		 "address: 10.0.0.1,\n"
		 "      features: [ mobil, video ],\n"
		 "      scenarios: sweap,\n"
		 "      peers: { stmp: mail.example } }\n"
		 "  - { name: u, address: 10.0.0.1, profiles: [ p, q, starfase ]");
	assert_problems(*state,
			"c:3:19: error: unknown feature 'mobil' (did you mean 'mobile'?)\n"
			"c:4:18: error: unknown scenario 'sweap' (did you mean 'sweep'?)\n"
			"c:5:16: error: unknown peer 'stmp' (did you mean 'smtp'?)\n"
			"c:6:50: error: unknown profile 'q' (did you mean 'p'?)\n"
			"c:6:53: error: unknown profile 'starfase' (there is only 'p')\n");
}

static void a_profile_with_broken_syntax_is_not_blamed_on_the_target(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "p.yaml", HEAD("p") "rules: [\n");
	make_plan(papers, "targets: [ { name: a, address: x, profiles: p, features: mobile,\n"
			  "  overrides: { web: { off: true } } } ]\n");
	assert_int_equal(papers->problems.count, 1);
	assert_string_equal(papers->problems.items[0].place.file, "p.yaml");
}

static void the_same_aspect_in_two_profiles_is_told_apart(void **state)
{
	struct papers *papers = *state;
	const struct plan *plan;

	read_profile(papers, "p.yaml", HEAD("p") "rules:\n" WEB);
	read_profile(papers, "q.yaml", HEAD("q") "rules:\n" WEB);
	plan = make_plan(papers, "targets: [ { name: a, address: x, profiles: [ p, q ] } ]\n");
	assert_good(papers);
	assert_names(plan, "port/tcp-443/web port/tcp-443/web/ipv6 port/tcp-443/web.q "
			   "port/tcp-443/web.q/ipv6");
	assert_int_equal(plan->observation_count, 2);
}

static void a_rule_two_profiles_have_inherited_is_asked_once(void **state)
{
	struct papers *papers = *state;
	const struct plan *plan;

	read_profile(papers, "base.yaml", HEAD("base") "rules:\n" WEB);
	read_profile(papers, "p.yaml", HEAD("p") "extends: base\n");
	read_profile(papers, "q.yaml", HEAD("q") "extends: base\n");
	plan = make_plan(papers, "targets:\n"
				 "  - { name: a, address: 10.0.0.1, profiles: [ p, q ] }\n"
				 "  - { name: b, address: 10.0.0.1, profiles: [ base, p ] }\n");
	assert_good(papers);
	assert_names(plan, "port/tcp-443/web port/tcp-443/web");
	assert_int_equal(plan->first_check[1], 1);
}

static void a_profile_listed_twice_is_refused(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "p.yaml", HEAD("p") "rules:\n" WEB);
	make_plan(papers, "targets: [ { name: a, address: x, profiles: [ p, p ] } ]\n");
	assert_problems(papers, "c:1:50: error: the profile 'p' stands twice\n");
}

#define SWEEP \
	RULE("sweep", "observe: port, subject: tcp/1-65535, " \
		      "expect: { port.open: { only: [ allowed-ports, 9 ] } }")

static void assert_operands(const struct check *check, const char *expected)
{
	struct text out = { 0 };

	for (size_t i = 0; i < check->expect[0].count; i++)
		text_add_item(&out, " ", check->expect[0].operands[i].text);
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
}

static void allowed_ports_are_those_other_checks_speak_of(void **state)
{
	const struct plan *plan = plan_one(
		*state, FEATURES PEERS,
		SWEEP WEB RELAY RULE(
			"a", "observe: port, subject: [ tcp/80-82, tcp/91 ], " OPEN)
			RULE("f", "observe: port, subject: tcp/81-90, " OPEN)
			RULE("b", "observe: port, subject: udp/5060, " OPEN) RULE(
				"c", "observe: port, subject: tcp/4000, feature: mobile, " OPEN)
				RULE("d",
				     "observe: port, subject: tcp/4001, feature: mobile, " OPEN
				     ", otherwise: { port.state: { is: closed } }")
					RULE("e",
					     "observe: tls, subject: tcp/443, "
					     "expect: { tls.versions: { none_of: SSLv3 } }"),
		"address: 10.0.0.1, peers: { smtp: mail.example }");

	assert_good(*state);
	assert_operands(&plan->checks[0], "9 80-91 443 4001");
	assert_int_equal(plan->checks[0].expect[0].operands[1].integer, 80);
	assert_int_equal(plan->checks[0].expect[0].operands[1].last, 91);
	assert_int_equal(plan->checks[0].rule->expect[0].count, 1);
}

static void ports_elsewhere_and_ports_seen_from_inside_are_not_allowed_by_that(void **state)
{
	const struct plan *plan = plan_one(
		*state, "",
		SWEEP RULE("a", "observe: http, subject: 'https://push.example:8443/', "
				"expect: { http.status: { is: 200 } }")
			RULE("b", "observe: host, subject: tcp/5432, "
				  "expect: { host.open: { present: true } }")
				RULE("c", "observe: http, subject: 'http://*:8080/', "
					  "expect: { http.status: { is: 200 } }"),
		"address: 10.0.0.1, vantage: host");

	assert_good(*state);
	assert_operands(&plan->checks[0], "9 8080");
}

static void allowed_ports_of_udp_are_those_of_udp(void **state)
{
	const struct plan *plan =
		plan_one(*state, "",
			 RULE("sweep", "observe: port, subject: udp/1-65535, "
				       "expect: { port.open: { only: allowed-ports } }")
				 WEB RULE("b", "observe: port, subject: udp/5060-5061, " OPEN),
			 "address: 10.0.0.1");

	assert_operands(&plan->checks[0], "5060-5061");
}

static void targets_alike_share_their_allowed_ports(void **state)
{
	struct papers *papers = *state;
	const struct plan *plan;

	read_profile(papers, "p.yaml", HEAD("p") "rules:\n" WEB SWEEP);
	plan = make_plan(papers, "targets:\n"
				 "  - { name: a, address: x, profiles: p }\n"
				 "  - { name: b, address: 10.0.0.1, profiles: p }\n"
				 "  - { name: c, address: 10.0.0.1, profiles: p,\n"
				 "      overrides: { port-web: { off: true } } }\n"
				 "  - { name: d, address: 10.0.0.1, profiles: p }\n");
	assert_good(papers);
	assert_int_equal(plan->check_count, 10);
	assert_ptr_equal(plan->checks[2].expect, plan->checks[3].expect);
	assert_ptr_equal(plan->checks[2].expect, plan->checks[5].expect);
	assert_ptr_not_equal(plan->checks[2].expect, plan->checks[7].expect);
	assert_operands(&plan->checks[7], "9");
	assert_ptr_equal(plan->checks[2].expect, plan->checks[9].expect);
}

static void an_exception_covers_what_its_patterns_match(void **state)
{
	struct papers *papers = *state;
	const struct plan *plan;
	int64_t before, after;

	read_profile(
		papers, "p.yaml",
		HEAD("p") "rules:\n" WEB RULE("b", "observe: port, subject: tcp/1, " OPEN));
	plan = make_plan(
		papers,
		"targets:\n"
		"  - { name: pbx-a, address: x, profiles: p }\n"
		"  - { name: other, address: 10.0.0.1, profiles: p }\n"
		"exceptions:\n"
		"  - { target: pbx-*, check: port/tcp-443/*, reason: r, owner: o,\n"
		"      until: 2098-01-01 }\n"
		"  - { target: pbx-a, check: '*', reason: s, owner: o, until: 2099-01-01 }\n"
		"  - { target: other, check: port/tcp-1/b, reason: u, owner: o,\n"
		"      until: 2099-01-01 }\n");
	assert_good(papers);
	assert_true(clock_parse("2098-06-01T00:00:00Z", &before));
	assert_true(clock_parse("2099-01-02T00:00:00Z", &after));
	assert_int_equal(plan->check_count, 6);
	assert_string_equal(plan_exception(plan, &plan->checks[1], 0)->reason, "s");
	assert_string_equal(plan_exception(plan, &plan->checks[1], before)->reason, "s");
	assert_null(plan_exception(plan, &plan->checks[1], after));
	assert_null(plan_exception(plan, &plan->checks[4], 0));
	assert_string_equal(plan_exception(plan, &plan->checks[5], 0)->reason, "u");
}

static void exceptions_that_match_nothing_are_warnings(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "p.yaml", HEAD("p") "rules:\n" WEB);
	make_plan(
		papers,
		"targets: [ { name: pbx-a, address: x, profiles: p } ]\n"
		"exceptions:\n"
		"  - { target: pbx-b, check: '*', reason: r, owner: o, until: 2099-01-01 }\n"
		"  - { target: pbx-a, check: tls/*, reason: r, owner: o, until: 2099-01-01 }\n"
		"  - { target: '*', check: tls/*, reason: r, owner: o, until: 2099-01-01 }\n"
		"  - { target: zebra-*, check: '*', reason: r, owner: o, until: 2099-01-01 }\n");
	assert_problems(papers,
			"c:3:5: warning: no target is called 'pbx-b' (did you mean 'pbx-a'?)\n"
			"c:4:5: warning: no check of 'pbx-a' is called 'tls/*'\n"
			"c:5:5: warning: no check of '*' is called 'tls/*'\n"
			"c:6:5: warning: no target is called 'zebra-*'\n");
}

static void a_narrowed_configuration_has_no_such_warnings(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "p.yaml", HEAD("p") "rules:\n" WEB);
	make_plan(papers,
		  "targets: [ { name: a, address: x, profiles: p } ]\n"
		  "exceptions:\n"
		  "  - { target: b, check: '*', reason: r, owner: o, until: 2099-01-01 }\n");
	plan_free(papers->plan);
	problems_free(&papers->problems);
	papers->config->narrowed = true;
	papers->plan = plan_make(papers->config, papers->profiles, &papers->problems);
	assert_good(papers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(an_override_moves_a_subject_and_changes_a_severity),
		PAPERS_TEST(an_override_may_name_more_subjects_than_the_rule),
		PAPERS_TEST(an_inherited_rule_goes_by_the_name_of_either_profile),
		PAPERS_TEST(an_override_switches_off),
		PAPERS_TEST(an_override_to_a_bad_subject_is_refused),
		PAPERS_TEST(each_bad_subject_of_an_override_is_refused_at_its_place),
		PAPERS_TEST(an_override_that_matches_nothing_is_a_warning),
		PAPERS_TEST(unknown_names_are_named_with_the_nearest),
		PAPERS_TEST(a_profile_with_broken_syntax_is_not_blamed_on_the_target),
		PAPERS_TEST(the_same_aspect_in_two_profiles_is_told_apart),
		PAPERS_TEST(a_rule_two_profiles_have_inherited_is_asked_once),
		PAPERS_TEST(a_profile_listed_twice_is_refused),
		PAPERS_TEST(allowed_ports_are_those_other_checks_speak_of),
		PAPERS_TEST(ports_elsewhere_and_ports_seen_from_inside_are_not_allowed_by_that),
		PAPERS_TEST(allowed_ports_of_udp_are_those_of_udp),
		PAPERS_TEST(targets_alike_share_their_allowed_ports),
		PAPERS_TEST(an_exception_covers_what_its_patterns_match),
		PAPERS_TEST(exceptions_that_match_nothing_are_warnings),
		PAPERS_TEST(a_narrowed_configuration_has_no_such_warnings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
