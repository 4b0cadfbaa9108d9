/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of a rule that only go with some collectors and subjects.
 */
#include "tests/unit/unit.h"

#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

static const struct profile *read_rules(struct papers *papers, const char *rules)
{
	struct text yaml = { 0 };

	text_add_format(&yaml, HEAD("p") "rules:\n%s", rules);
	read_profile(papers, "p.yaml", text_string(&yaml));
	profiles_settle(papers->profiles, &papers->problems);
	text_free(&yaml);
	return profiles_named(papers->profiles, "p");
}

#define LISTENS "expect: { host.open: { only: 22 } }"

static void what_looks_inside_does_so_from_the_host(void **state)
{
	const struct profile *profile = read_rules(
		*state, RULE("a", "observe: host, subject: tcp/22, " LISTENS)
				RULE("b", "vantage: host, observe: host, subject: tcp/22, "
				     LISTENS));

	assert_good(*state);
	assert_int_equal(profile->rules[0].vantages, VANTAGE_HOST);
	assert_int_equal(profile->rules[1].vantages, VANTAGE_HOST);
}

static void nobody_can_look_inside_from_elsewhere_or_for_a_peer(void **state)
{
	read_rules(*state,
		   RULE("a", "vantage: [ host, dmz ], observe: host, subject: tcp/1, " LISTENS)
		   RULE("b", "peer: smtp, observe: host, subject: tcp/1, " LISTENS)
		   RULE("c", "server_name: x, observe: host, subject: tcp/1, " LISTENS));
	assert_problem(*state, "p.yaml:4:35: error: host looks at the machine we run on: its "
			       "vantage is host, and no other\n");
	assert_problem(*state, "p.yaml:5:26: error: 'peer' does nothing here: host looks at the "
			       "machine we run on\n");
	assert_problem(*state, "p.yaml:6:26: error: 'server_name' does nothing here: host asks "
			       "for no name\n");
}

#define GOOD "expect: { http.status: { is: 200 } }"

static void a_rule_says_by_which_paths_and_what_closed_means(void **state)
{
	const struct profile *profile = read_rules(
		*state,
		RULE("a", "observe: http, subject: 'https://x/', via: [ proxy, direct ], " GOOD)
		RULE("b", "observe: http, subject: 'https://x/', via: proxy, " GOOD)
		RULE("c", "observe: http, subject: /, by_address: true, when_closed: ok, " GOOD));

	assert_good(*state);
	assert_int_equal(profile->rules[0].via, VIA_DIRECT | VIA_PROXY);
	assert_int_equal(profile->rules[1].via, VIA_PROXY);
	assert_int_equal(profile->rules[2].via, 0);
	assert_true(profile->rules[2].by_address);
	assert_int_equal(profile->rules[2].when_closed, CLOSED_OK);
}

static void paths_are_for_urls_elsewhere(void **state)
{
	read_rules(*state,
		   RULE("a", "via: proxy, observe: http, subject: [ 'https://x/', /y ], " GOOD)
		   RULE("b", "via: tunnel, observe: http, subject: 'https://x/', " GOOD)
		   RULE("c", "when_absent: ok, observe: http, subject: /, " GOOD));
	assert_problem(*state, "p.yaml:4:26: error: 'via' is for URLs elsewhere such as "
			       "https://push.example\n");
	assert_problem(*state, "p.yaml:5:31: error: unknown via 'tunnel' (there are 'direct' "
			       "and 'proxy')\n");
	assert_problem(*state, "p.yaml:6:39: error: unknown when_absent 'ok' (there are "
			       "'unknown' and 'not_applicable')\n");
}

static void who_asks_by_address_has_a_name_to_leave_out(void **state)
{
	read_rules(*state,
		   RULE("a", "by_address: true, observe: port, subject: tcp/1, " OPEN)
		   RULE("b", "by_address: true, observe: http, subject: /, server_name: x, " GOOD)
		   RULE("c", "by_address: true, observe: http, subject: 'http://x', via: proxy, "
			     GOOD)
		   RULE("d", "by_address: true, observe: nothing, subject: /, " GOOD));
	assert_problem(*state, "p.yaml:4:26: error: 'by_address' does nothing here: port asks for "
			       "no name\n");
	assert_problem(*state, "p.yaml:5:26: error: a rule asks by address or for a server_name, "
			       "not both\n");
	assert_problem(*state, "p.yaml:6:26: error: through a proxy hosts are asked by their "
			       "names\n");
}

static void a_remedy_for_otherwise_needs_otherwise(void **state)
{
	read_rules(*state, RULE("a", "otherwise_remedy: Close it, observe: port, subject: tcp/1, "
				     OPEN));
	assert_problems(*state, "p.yaml:4:26: error: 'otherwise_remedy' is told when 'otherwise' "
				"is violated: give both, or write 'remedy'\n");
}

#define PORT "observe: port, subject: tcp/1, "

static void a_rule_holds_from_somewhere_and_can_be_looked_at_from_there(void **state)
{
	read_rules(*state,
		   RULE("a", "only_from: smtp, not_from: smtp, " PORT OPEN)
		   RULE("b", "only_from: smtp, peer: smtp, " PORT OPEN)
		   RULE("c", "not_from: smtp, observe: host, subject: tcp/1, " LISTENS)
		   RULE("d", "only_from: smtp, observe: dns, subject: x, "
			     "expect: { dns.a: { present: true } }")
		   RULE("e", "only_from: smtp, not_from: nas, peer: nas, " PORT OPEN));
	assert_problem(*state, "p.yaml:4:43: error: 'only_from' and 'not_from' name the same "
			       "peer: nowhere would the rule hold\n");
	assert_problem(*state, "p.yaml:5:26: error: the rule would look at its own 'peer' from "
			       "there: leave out one of them\n");
	assert_problem(*state, "p.yaml:6:26: error: 'not_from' does nothing here: host looks at "
			       "the machine we run on\n");
	assert_problem(*state, "p.yaml:7:26: error: 'only_from' does nothing here: dns asks "
			       "servers that nobody can tell from where\n");
	assert_no_problem(*state, "p.yaml:8:26");
}

static void a_fact_is_told_of_one_port_or_of_a_range(void **state)
{
	read_rules(*state,
		   RULE("a", "observe: port, subject: [ tcp/1, tcp/3-9 ], "
			     "expect: { port.banner: { present: true } }")
		   RULE("b", PORT "feature: x, expect: { port.state: { is: open } }, "
			     "otherwise: { port.closed_count: { is: 1 } }"));
	assert_problem(*state, "p.yaml:4:80: error: port.banner is not told of tcp/3-9, which is a "
			       "range: such a rule would never be judged\n");
	assert_problem(*state, "p.yaml:5:120: error: port.closed_count is not told of tcp/1, which "
			       "is one port: such a rule would never be judged\n");
	assert_no_problem(*state, "banner is not told of tcp/1,");
}

static void who_sees_what_is_closed_needs_not_be_told_what_it_means(void **state)
{
	read_rules(*state, RULE("a", "when_closed: ok, " PORT OPEN)
			   RULE("b", "when_closed: ok, observe: nothing, subject: tcp/1, " OPEN));
	assert_problem(*state, "p.yaml:4:26: error: 'when_closed' does nothing here: port sees "
			       "itself what is closed, so say so in 'expect'\n");
	assert_no_problem(*state, "p.yaml:5:26");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(what_looks_inside_does_so_from_the_host),
		PAPERS_TEST(nobody_can_look_inside_from_elsewhere_or_for_a_peer),
		PAPERS_TEST(a_rule_says_by_which_paths_and_what_closed_means),
		PAPERS_TEST(paths_are_for_urls_elsewhere),
		PAPERS_TEST(who_asks_by_address_has_a_name_to_leave_out),
		PAPERS_TEST(a_remedy_for_otherwise_needs_otherwise),
		PAPERS_TEST(a_rule_holds_from_somewhere_and_can_be_looked_at_from_there),
		PAPERS_TEST(a_fact_is_told_of_one_port_or_of_a_range),
		PAPERS_TEST(who_sees_what_is_closed_needs_not_be_told_what_it_means),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
