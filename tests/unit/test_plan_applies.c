/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a rule applies: with which access, and from whose address.
 */
#include "tests/unit/unit.h"

#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

#define SNMP "observe: snmp, subject: udp/161, "
#define SOFTWARE "{ snmp.software: { entry: \"EMET*\", absent: true } }"
#define DESCRIPTION "{ snmp.sysdescr: { present: true } }"
#define ACCESS "snmp_access: { version: 2c, community: c }"

static void what_needs_access_does_not_apply_without(void **state)
{
	const struct plan *plan = plan_one(
		*state, "",
		RULE("software", SNMP "expect: " SOFTWARE)
			RULE("description", SNMP "expect: " DESCRIPTION),
		"address: 10.0.0.1");

	assert_good(*state);
	assert_int_equal(plan->checks[0].inapplicable, NO_ACCESS);
	assert_int_equal(plan->checks[0].observation, NO_OBSERVATION);
	assert_int_equal(plan->checks[1].inapplicable, APPLICABLE);
}

static void what_needs_access_applies_with_it_but_not_to_peers(void **state)
{
	const struct plan *plan = plan_one(
		*state, PEERS,
		RULE("software", SNMP "expect: " SOFTWARE)
			RULE("of-peer", SNMP "peer: smtp, expect: " SOFTWARE),
		"address: 10.0.0.1, peers: { smtp: 10.0.0.2 }, " ACCESS);

	assert_good(*state);
	assert_int_equal(plan->checks[0].inapplicable, APPLICABLE);
	assert_non_null(request_of(plan, 0)->snmp);
	assert_int_equal(plan->checks[1].inapplicable, NO_ACCESS);
}

static void access_counts_for_what_is_judged(void **state)
{
	const struct plan *plan = plan_one(
		*state, FEATURES,
		RULE("a", SNMP "feature: mobile, expect: " SOFTWARE ", otherwise: " DESCRIPTION)
			RULE("b", SNMP "feature: mobile, expect: " DESCRIPTION
				  ", otherwise: " SOFTWARE),
		"address: 10.0.0.1");

	assert_good(*state);
	assert_int_equal(plan->checks[0].inapplicable, APPLICABLE);
	assert_int_equal(plan->checks[1].inapplicable, NO_ACCESS);
}

/* This machine is 10.0.0.5, 10.0.0.6 and 2001:db8::5. */
static void on_our_machine(struct papers *papers)
{
	static const struct own_address ours[] = {
		{ { .family = 4, .bytes = { 10, 0, 0, 5 } }, 32 },
		{ { .family = 4, .bytes = { 10, 0, 0, 6 } }, 32 },
		{ { .family = 6, .bytes = { 0x20, 0x01, 0x0d, 0xb8, [15] = 5 } }, 128 },
	};

	papers->own = (struct own_addresses){ ours, 3 };
}

#define ONLY RULE("only", "observe: port, subject: tcp/3280, only_from: server, " OPEN)
#define NOT RULE("not", "observe: port, subject: tcp/3280, not_from: server, expect: "       \
		 "{ port.state: { is_not: open } }")
#define SERVER "peers: { server: The server, other: Another }\n"

/* What becomes of both rules over IPv4 and IPv6: "only only/ipv6 not not/ipv6". */
static const struct plan *look(struct papers *papers, const char *keys, const char *expected)
{
	static const char *const words[] = { [APPLICABLE] = "yes", [PEER_NOT_GIVEN] = "no-peer",
					     [OTHER_SOURCE] = "elsewhere" };
	const struct plan *plan = plan_one(papers, SERVER, ONLY NOT, keys);
	struct text became = { 0 };

	assert_good(papers);
	for (size_t i = 0; i < plan->check_count; i++) {
		text_add_item(&became, " ", plan->checks[i].name + strlen("port/tcp-3280/"));
		text_add_format(&became, ":%s", words[plan->checks[i].inapplicable]);
	}
	assert_string_equal(text_string(&became), expected);
	text_free(&became);
	return plan;
}

static void a_peer_that_was_not_given_is_not_where_we_look_from(void **state)
{
	on_our_machine(*state);
	look(*state, "address: pbx.example", "only:no-peer not:yes not/ipv6:yes");
}

static void who_has_the_address_of_the_peer_looks_from_it(void **state)
{
	const struct plan *plan;

	on_our_machine(*state);
	plan = look(*state, "address: pbx.example, peers: { server: [ 10.0.0.6, '2001:db8::5' ] }",
		    "only:yes only/ipv6:yes not:elsewhere");
	assert_string_equal(request_of(plan, 0)->source, "10.0.0.6");
	assert_string_equal(request_of(plan, 1)->source, "2001:db8::5");
	assert_string_equal(request_of(plan, 1)->host, "pbx.example");
}

static void who_has_another_address_does_not(void **state)
{
	const struct plan *plan;

	on_our_machine(*state);
	plan = look(*state, "address: pbx.example, peers: { server: [ 10.0.0.7, '2001:db8::7' ] }",
		    "only:elsewhere not:yes not/ipv6:yes");
	assert_null(request_of(plan, 1)->source);
}

static void a_source_that_is_given_decides(void **state)
{
	const struct plan *plan;

	on_our_machine(*state);
	plan = look(*state,
		    "address: 10.0.0.1, peers: { server: 10.0.0.5 }, source: 10.0.0.6",
		    "only:elsewhere not:yes");
	assert_string_equal(request_of(plan, 1)->source, "10.0.0.6");
}

static void a_source_that_is_given_need_not_be_ours_yet(void **state)
{
	const struct plan *plan = look(
		*state, "address: 10.0.0.1, peers: { server: 10.0.0.5 }, source: 10.0.0.5",
		"only:yes not:elsewhere");

	assert_string_equal(request_of(plan, 0)->source, "10.0.0.5");
}

static void a_source_of_one_version_says_nothing_of_the_other(void **state)
{
	on_our_machine(*state);
	look(*state,
	     "address: pbx.example, source: 10.0.0.6, "
	     "peers: { server: [ 10.0.0.5, '2001:db8::5' ] }",
	     "only:elsewhere only/ipv6:yes not:yes not/ipv6:elsewhere");
}

static void a_peer_with_one_address_is_nobody_over_the_other_version(void **state)
{
	on_our_machine(*state);
	look(*state, "address: pbx.example, peers: { server: 10.0.0.5 }",
	     "only:yes only/ipv6:elsewhere not:elsewhere not/ipv6:yes");
}

static void without_addresses_of_our_own_nobody_is_the_peer(void **state)
{
	look(*state, "address: pbx.example, peers: { server: 10.0.0.5 }",
	     "only:elsewhere not:yes not/ipv6:yes");
}

static void a_peer_whose_address_decides_is_no_name(void **state)
{
	plan_one(*state, SERVER, ONLY NOT WEB,
		 "address: pbx.example, peers: { other: x.example, server: pbx.example }");
	assert_problems(*state,
			"c:2:78: error: the peer 'server' must be given by its addresses, not as "
			"'pbx.example': whether the rule 'only' holds depends on whether we look "
			"from there\n");
}

static void from_where_a_rule_does_not_hold_is_no_name_either(void **state)
{
	plan_one(*state, SERVER, NOT, "address: x, peers: { other: x, server: x.example }");
	assert_problem(*state, "error: the peer 'server' must be given by its addresses, not as "
			       "'x.example': whether the rule 'not' holds depends on");
}

static void to_a_url_elsewhere_one_comes_from_the_address_of_the_peer(void **state)
{
	static const char rule[] =
		RULE("push", "observe: reach, subject: 'https://push.example/', "
			     "via: [ direct, proxy ], only_from: server, "
			     "expect: { reach.ok: { is: true } }");
	const struct plan *plan;

	on_our_machine(*state);
	plan = plan_one(*state, SERVER, rule,
			"address: x, proxy: 'http://p:1', peers: { server: '2001:db8::5' }");
	assert_good(*state);
	assert_names(plan, "reach/https-push.example/push reach/https-push.example/push/ipv6 "
			   "reach/https-push.example/push/proxy");
	assert_int_equal(plan->checks[0].inapplicable, OTHER_SOURCE);
	assert_string_equal(request_of(plan, 1)->source, "2001:db8::5");
	assert_string_equal(request_of(plan, 2)->source, "2001:db8::5");
}

static void over_ipv4_one_comes_to_a_proxy_where_both_are_possible(void **state)
{
	static const char rule[] =
		RULE("push", "observe: reach, subject: 'https://push.example/', via: proxy, "
			     "only_from: server, expect: { reach.ok: { is: true } }");
	const struct plan *plan;

	on_our_machine(*state);
	plan = plan_one(*state, SERVER, rule,
			"address: x, proxy: 'http://p:1', "
			"peers: { server: [ 10.0.0.5, '2001:db8::5' ] }");
	assert_string_equal(request_of(plan, 0)->source, "10.0.0.5");
}

static void a_peer_of_both_versions_is_looked_at_over_both(void **state)
{
	const struct plan *plan = plan_one(
		*state, PEERS, RELAY,
		"address: 10.0.0.1, peers: { smtp: [ '10.0.0.7:2525', '[2001:db8::7]:2525' ] }");

	assert_good(*state);
	assert_names(plan, "port/tcp-2525/relay port/tcp-2525/relay/ipv6");
	assert_string_equal(request_of(plan, 0)->host, "10.0.0.7");
	assert_string_equal(request_of(plan, 1)->host, "2001:db8::7");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(what_needs_access_does_not_apply_without),
		PAPERS_TEST(what_needs_access_applies_with_it_but_not_to_peers),
		PAPERS_TEST(access_counts_for_what_is_judged),
		PAPERS_TEST(a_peer_that_was_not_given_is_not_where_we_look_from),
		PAPERS_TEST(who_has_the_address_of_the_peer_looks_from_it),
		PAPERS_TEST(who_has_another_address_does_not),
		PAPERS_TEST(a_source_that_is_given_decides),
		PAPERS_TEST(a_source_that_is_given_need_not_be_ours_yet),
		PAPERS_TEST(a_source_of_one_version_says_nothing_of_the_other),
		PAPERS_TEST(a_peer_with_one_address_is_nobody_over_the_other_version),
		PAPERS_TEST(without_addresses_of_our_own_nobody_is_the_peer),
		PAPERS_TEST(a_peer_whose_address_decides_is_no_name),
		PAPERS_TEST(from_where_a_rule_does_not_hold_is_no_name_either),
		PAPERS_TEST(to_a_url_elsewhere_one_comes_from_the_address_of_the_peer),
		PAPERS_TEST(over_ipv4_one_comes_to_a_proxy_where_both_are_possible),
		PAPERS_TEST(a_peer_of_both_versions_is_looked_at_over_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
