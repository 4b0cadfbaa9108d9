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

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(what_looks_inside_does_so_from_the_host),
		PAPERS_TEST(nobody_can_look_inside_from_elsewhere_or_for_a_peer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
