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

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(what_looks_inside_does_so_from_the_host),
		PAPERS_TEST(nobody_can_look_inside_from_elsewhere_or_for_a_peer),
		PAPERS_TEST(a_rule_says_by_which_paths_and_what_closed_means),
		PAPERS_TEST(paths_are_for_urls_elsewhere),
		PAPERS_TEST(who_asks_by_address_has_a_name_to_leave_out),
		PAPERS_TEST(a_remedy_for_otherwise_needs_otherwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
