/* SPDX-License-Identifier: Apache-2.0
 *
 * Findings that may end with another one: which check waits for which, and what comes of it.
 */
#include "tests/unit/unit.h"

#include "agent/engine/results.h"
#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

#define BITS "expect: { cert.key_bits: { at_least: 2048 } }"
#define TRUST "expect: { cert.trusted: { is: true } }"
#define WAITS "provisional_while: own, "

/* "a:own b:-": what each check waits for. */
static void assert_waits(struct papers *papers, const char *expected)
{
	const struct plan *plan = papers->plan;
	struct text told = { 0 };

	assert_good(papers);
	for (size_t i = 0; i < plan->check_count; i++) {
		uint32_t named = plan->checks[i].provisional_while;

		text_add_item(&told, "\n", plan->checks[i].name);
		text_add_format(&told, " %s",
				named == NO_CHECK ? "-" : plan->checks[named].name);
	}
	assert_string_equal(text_string(&told), expected);
	text_free(&told);
}

static void a_check_waits_for_the_one_at_its_port_over_its_version_of_ip(void **state)
{
	plan_one(*state, "",
		 RULE("bits", WAITS "observe: tls, subject: [ tcp/443, tcp/5061, tcp/25 ], " BITS)
			 RULE("own", "observe: tls, subject: [ tcp/5061, tcp/443 ], " TRUST),
		 "address: pbx.example");
	assert_waits(*state, "tls/tcp-443/bits tls/tcp-443/own\n"
			     "tls/tcp-443/bits/ipv6 tls/tcp-443/own/ipv6\n"
			     "tls/tcp-5061/bits tls/tcp-5061/own\n"
			     "tls/tcp-5061/bits/ipv6 tls/tcp-5061/own/ipv6\n"
			     "tls/tcp-25/bits -\n"
			     "tls/tcp-25/bits/ipv6 -\n"
			     "tls/tcp-5061/own -\n"
			     "tls/tcp-5061/own/ipv6 -\n"
			     "tls/tcp-443/own -\n"
			     "tls/tcp-443/own/ipv6 -");
}

static void it_need_not_be_the_same_collector(void **state)
{
	plan_one(*state, "",
		 RULE("own", "observe: tls, subject: tcp/443, " TRUST)
			 RULE("web", WAITS "observe: http, subject: /admin, "
					   "expect: { http.status: { is: 403 } }")
				 RULE("both", WAITS "observe: port, "
						    "subject: [ udp/443, tcp/443 ], " OPEN)
					 RULE("push", WAITS "observe: http, "
							    "subject: 'https://10.0.0.2/', "
							    "expect: { http.status: { is: 1 } }"),
		 "address: 10.0.0.1");
	assert_waits(*state, "tls/tcp-443/own -\n"
			     "http/admin/web tls/tcp-443/own\n"
			     "port/udp-443/both -\n"
			     "port/tcp-443/both tls/tcp-443/own\n"
			     "http/https-10.0.0.2/push -");
}

static void what_has_no_port_is_compared_by_its_subject(void **state)
{
#define NAMES "expect: { dns.a: { present: true } }"
	plan_one(*state, "",
		 RULE("own", "observe: dns, subject: [ a.example, b.example ], " NAMES)
			 RULE("more", WAITS "observe: dns, subject: [ b.example, c.example ], "
				      NAMES),
		 "address: 10.0.0.1");
	assert_waits(*state, "dns/a.example/own -\n"
			     "dns/b.example/own -\n"
			     "dns/b.example/more dns/b.example/own\n"
			     "dns/c.example/more -");
}

static void nobody_waits_for_what_does_not_apply(void **state)
{
	plan_one(*state, FEATURES,
		 RULE("own", "feature: mobile, observe: tls, subject: tcp/443, " TRUST)
			 RULE("bits", WAITS "observe: tls, subject: tcp/443, " BITS)
				 RULE("video", "feature: video, "
						       "provisional_while: bits, observe: tls, "
						       "subject: tcp/443, " BITS),
		 "address: 10.0.0.1");
	assert_waits(*state, "tls/tcp-443/own -\n"
			     "tls/tcp-443/bits -\n"
			     "tls/tcp-443/video -");
}

static void of_a_peer_a_check_waits_for_another_of_it(void **state)
{
	plan_one(*state, PEERS,
		 RULE("own", "peer: smtp, observe: tls, subject: tcp/443, " TRUST)
			 RULE("bits", WAITS "peer: smtp, observe: tls, subject: tcp/443, " BITS),
		 "address: 10.0.0.1, peers: { smtp: 10.0.0.2 }");
	assert_waits(*state, "tls/tcp-443/own -\n"
			     "tls/tcp-443/bits tls/tcp-443/own");
}

static void each_target_has_its_own(void **state)
{
	const struct plan *plan;

	read_profile(*state, "p.yaml",
		     HEAD("p") "rules:\n" RULE("bits", WAITS "observe: tls, subject: tcp/1, " BITS)
			     RULE("own", "observe: tls, subject: tcp/1, " TRUST));
	plan = make_plan(*state, "targets:\n"
				 "  - { name: a, address: 10.0.0.1, profiles: p }\n"
				 "  - { name: b, address: 10.0.0.2, profiles: p }\n");
	assert_good(*state);
	assert_int_equal(plan->checks[0].provisional_while, 1);
	assert_int_equal(plan->checks[2].provisional_while, 3);
}

static void a_profile_that_extends_another_waits_for_its_own_rule(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "base.yaml",
		     HEAD("base") "rules:\n"
			     RULE("own", "observe: tls, subject: [ tcp/1, tcp/2 ], " TRUST)
				     RULE("bits", WAITS "observe: tls, subject: tcp/2, " BITS));
	read_profile(papers, "p.yaml",
		     HEAD("p") "extends: base\nrules:\n"
			     RULE("own", "observe: tls, subject: tcp/2, " TRUST));
	make_plan(papers, "targets: [ { name: a, address: 10.0.0.1, profiles: p } ]\n");
	assert_waits(papers, "tls/tcp-2/own -\n"
			     "tls/tcp-2/bits tls/tcp-2/own");
}

static void who_waits_in_a_circle_is_told(void **state)
{
	read_profile(*state, "p.yaml",
		     HEAD("p") "rules:\n"
			     RULE("a", "provisional_while: b, observe: tls, subject: tcp/1, " BITS)
			     RULE("b", "provisional_while: c, observe: tls, subject: tcp/1, " BITS)
			     RULE("c", "provisional_while: b, observe: tls, subject: tcp/1, " BITS)
			     RULE("d", "provisional_while: d, observe: tls, subject: tcp/1, " BITS)
			     RULE("e", "provisional_while: f, observe: tls, subject: tcp/1, " BITS)
			     RULE("f", "observe: tls, subject: tcp/1, " BITS));
	read_profile(*state, "q.yaml",
		     HEAD("q") "extends: p\nrules:\n"
			     RULE("f", "provisional_while: e, observe: tls, subject: tcp/1, "
				       BITS));
	profiles_settle(((struct papers *)*state)->profiles, &((struct papers *)*state)->problems);
	assert_problems(
		*state,
		"p.yaml:5:5: error: the rule 'b' is provisional while 'c' finds something, which "
		"in the end waits for 'b': one of them must stand for itself\n"
		"p.yaml:7:5: error: the rule 'd' cannot be provisional while it finds something "
		"itself: name another rule\n"
		"p.yaml:8:5: error: the rule 'e' is provisional while 'f' finds something, which "
		"in the end waits for 'e': one of them must stand for itself\n");
}

static void who_never_waits_is_told(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "p.yaml",
		     HEAD("p") PEERS "rules:\n"
			     RULE("own", "vantage: internal, observe: tls, subject: tcp/1, " TRUST)
			     RULE("other-port", WAITS "observe: tls, subject: tcp/2, " BITS)
			     RULE("outside", WAITS "vantage: external, observe: tls, "
						   "subject: tcp/1, " BITS)
			     RULE("of-peer", WAITS "peer: smtp, observe: tls, subject: tcp/1, "
				  BITS)
			     RULE("good", WAITS "observe: tls, subject: [ tcp/2, tcp/1 ], " BITS));
	read_profile(papers, "q.yaml", HEAD("q") "extends: p\n");
	profiles_settle(papers->profiles, &papers->problems);
	assert_problems(
		papers,
		"p.yaml:6:5: error: the rule 'other-port' never waits for 'own': they look at no "
		"port of one host from one vantage\n"
		"p.yaml:7:5: error: the rule 'outside' never waits for 'own': they look at no port "
		"of one host from one vantage\n"
		"p.yaml:8:5: error: the rule 'of-peer' never waits for 'own': they look at no port "
		"of one host from one vantage\n");
}

static bool is_provisional(enum verdict verdict, enum verdict of_named)
{
	struct check checks[] = { { .provisional_while = 1 },
				  { .provisional_while = NO_CHECK } };
	/* What was said of an earlier round is no longer true. */
	struct judgement judgements[] = { { .verdict = verdict, .provisional = true },
					  { .verdict = of_named, .provisional = true } };

	size_t first_check[] = { 0, 2 };
	const struct plan plan = { .checks = checks, .check_count = 2, .first_check = first_check };
	struct results results = { .plan = &plan, .judgements = judgements };

	results_judge_together(&results, 0);
	assert_int_equal(judgements[0].verdict, verdict);
	assert_false(judgements[1].provisional);
	return judgements[0].provisional;
}

static void only_findings_are_provisional_and_only_while_the_other_stands(void **state)
{
	static const enum verdict standing[] = { VERDICT_WARNING, VERDICT_CRITICAL,
						 VERDICT_EXCEPTED };
	static const enum verdict gone[] = { VERDICT_OK, VERDICT_UNKNOWN,
					     VERDICT_NOT_APPLICABLE };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_true(is_provisional(VERDICT_WARNING, standing[i]));
		assert_true(is_provisional(VERDICT_CRITICAL, standing[i]));
		assert_false(is_provisional(VERDICT_EXCEPTED, standing[i]));
		assert_false(is_provisional(VERDICT_UNKNOWN, standing[i]));
		assert_false(is_provisional(VERDICT_OK, standing[i]));
		assert_false(is_provisional(VERDICT_CRITICAL, gone[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(a_check_waits_for_the_one_at_its_port_over_its_version_of_ip),
		PAPERS_TEST(it_need_not_be_the_same_collector),
		PAPERS_TEST(what_has_no_port_is_compared_by_its_subject),
		PAPERS_TEST(nobody_waits_for_what_does_not_apply),
		PAPERS_TEST(of_a_peer_a_check_waits_for_another_of_it),
		PAPERS_TEST(each_target_has_its_own),
		PAPERS_TEST(a_profile_that_extends_another_waits_for_its_own_rule),
		PAPERS_TEST(who_waits_in_a_circle_is_told),
		PAPERS_TEST(who_never_waits_is_told),
		PAPERS_TEST(only_findings_are_provisional_and_only_while_the_other_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
