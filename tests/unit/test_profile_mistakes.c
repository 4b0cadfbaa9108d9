/* SPDX-License-Identifier: Apache-2.0
 *
 * Profiles that say nothing, or something twice.
 */
#include "tests/unit/unit.h"

#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

static void a_list_of_nothing_is_refused(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "pbx.yaml",
		     "profile: pbx\ntitle: t\nnot_observable: []\nrules:\n"
		     RULE("a", "observe: port, subject: [], feature: [], " OPEN)
		     RULE("b", "observe: http, subject: https://x/, via: [], vantage: [],"
			       " scenario: [], expect: { http.status: { is: 200 } }"));
	read_profile(papers, "none.yaml", "profile: none\ntitle: t\nrules: []\n");
	assert_problems(papers,
			"none.yaml:3:8: error: 'rules' needs at least one element\n"
			"pbx.yaml:3:17: error: 'not_observable' needs at least one element\n"
			"pbx.yaml:5:50: error: 'subject' needs at least one element\n"
			"pbx.yaml:5:63: error: 'feature' needs at least one element\n"
			"pbx.yaml:6:67: error: 'via' needs at least one element\n"
			"pbx.yaml:6:80: error: 'vantage' needs at least one element\n"
			"pbx.yaml:6:94: error: 'scenario' needs at least one element\n");
}

static void a_port_stands_once_among_the_subjects_of_a_rule(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "pbx.yaml",
		     HEAD("pbx") "rules:\n"
		     RULE("a", "observe: port, subject: [ tcp/300-400, tcp/1-9, tcp/9, tcp/5-7,"
			       " udp/5, tcp/10 ], " OPEN)
		     "not_observable:\n"
		     "  - { sentence: s, reason: r, inbound: [ udp/1-5, udp/5-9 ],"
		     " outbound: [ udp/1, tcp/1 ] }\n");
	profiles_settle(papers->profiles, &papers->problems);
	assert_problems(papers,
			"pbx.yaml:4:74: error: 'tcp/9' has ports that 'tcp/1-9' has, too: name "
			"each once\n"
			"pbx.yaml:4:81: error: 'tcp/5-7' has ports that 'tcp/1-9' has, too: name "
			"each once\n"
			"pbx.yaml:6:51: error: 'udp/5-9' has ports that 'udp/1-5' has, too: name "
			"each once\n");
}

static void what_no_rule_names_is_a_warning(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "child.yaml",
		     HEAD("child") "extends: parent\nfeatures: { old: Retitled, own: Own }\n");
	read_profile(papers, "parent.yaml",
		     HEAD("parent") "features: { lent: Used by the child, old: O, idle: I }\n"
		     "scenarios: { sweep: S }\npeers: { smtp: M, fax: F, dect: D }\nrules:\n"
		     RULE("a", "observe: port, subject: tcp/1, feature: old, not_from: smtp, " OPEN)
		     "not_observable:\n  - { sentence: s, reason: r, peer: fax }\n");
	read_profile(papers, "user.yaml",
		     HEAD("user") "extends: child\nrules:\n"
		     RULE("b", "observe: port, subject: tcp/2, feature: lent, " OPEN));
	profiles_settle(papers->profiles, &papers->problems);
	assert_good(papers);
	profiles_find_unused(papers->profiles, &papers->problems);
	assert_problems(papers,
			"child.yaml:4:28: warning: no rule names the feature 'own': it does "
			"nothing\n"
			"parent.yaml:3:46: warning: no rule names the feature 'idle': it does "
			"nothing\n"
			"parent.yaml:4:14: warning: no rule names the scenario 'sweep': it does "
			"nothing\n"
			"parent.yaml:5:27: warning: no rule names the peer 'dect': it does "
			"nothing\n");
}

static void nothing_is_called_unused_while_a_profile_cannot_be_read(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "pbx.yaml",
		     HEAD("pbx") "features: { idle: I }\nrules:\n" WEB);
	read_profile(papers, "torn.yaml", "profile: [\n");
	profiles_settle(papers->profiles, &papers->problems);
	problems_free(&papers->problems);
	profiles_find_unused(papers->profiles, &papers->problems);
	assert_good(papers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(a_list_of_nothing_is_refused),
		PAPERS_TEST(a_port_stands_once_among_the_subjects_of_a_rule),
		PAPERS_TEST(what_no_rule_names_is_a_warning),
		PAPERS_TEST(nothing_is_called_unused_while_a_profile_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
