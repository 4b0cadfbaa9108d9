/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "tests/wire/certificates/shown.h"

/* A fact of the server's certificate when it is looked at under that name. */
static int truth_for(const char *chain, const char *name, enum certificate_fact fact)
{
	struct trust *trust = trust_new(-1);
	struct facts *facts = facts_new();
	struct shown shown;
	int truth;

	shown_init(&shown, chain, "root", NULL);
	shown.exhibit.name = name;
	assert_true(trust_examine(trust, &shown.exhibit, facts));
	truth = shown_truth(facts, fact);
	facts_free(facts);
	trust_free(trust);
	shown_free(&shown);
	return truth;
}

static void assert_matches(const char *chain, const char *name)
{
	print_message("# %s for %s\n", chain, name);
	assert_int_equal(truth_for(chain, name, CERT_NAME_MATCH), true);
}

static void assert_differs(const char *chain, const char *name)
{
	print_message("# %s for %s\n", chain, name);
	assert_int_equal(truth_for(chain, name, CERT_NAME_MATCH), false);
}

static void case_and_a_trailing_dot_make_no_difference(void **state)
{
	(void)state;
	assert_matches("good", "pbx.example");
	assert_matches("good", "PBX.Example");
	assert_matches("good", "pbx.example.");
	assert_differs("good", "pbx.example..");
}

static void another_name_does_not_match(void **state)
{
	static const char *const names[] = {
		"", ".", ".example", "example", "x.pbx.example", "pbx.example.org", "bx.example",
		"pbx-example", "*.example", "10.0.0.5", "pbx.example ", "pbx.example:443"
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_differs("good", names[i]);
}

static void a_star_is_one_whole_label(void **state)
{
	(void)state;
	assert_matches("wildcard", "a.voice.example");
	assert_matches("wildcard", "xn--pbx-tna.voice.example");
	assert_differs("wildcard", "voice.example");
	assert_differs("wildcard", "a.b.voice.example");
	assert_differs("wildcard", ".voice.example");
	assert_differs("wildcard_part", "pbx.voice.example");
	assert_differs("wildcard_part", "a.b.example");
}

static void a_star_never_stands_for_all_of_a_top_level_domain(void **state)
{
	(void)state;
	assert_differs("wildcard", "pbx.example");
	assert_differs("wildcard_part", "pbx");
	assert_differs("wildcard_part", "pbx.example");
}

static void an_address_matches_an_address_only(void **state)
{
	(void)state;
	assert_matches("addresses", "10.0.0.5");
	assert_matches("addresses", "2001:db8::1");
	assert_matches("addresses", "2001:0DB8:0:0::1");
	assert_differs("addresses", "10.0.0.6");
	assert_differs("addresses", "2001:db8::2");
	assert_differs("addresses", "::ffff:10.0.0.5");
}

static void the_common_name_does_not_count(void **state)
{
	(void)state;
	assert_differs("no_names", "pbx.example");
	assert_differs("other_kinds", "pbx.example");
}

static void a_name_with_a_nul_matches_nothing(void **state)
{
	(void)state;
	assert_differs("nul_in_name", "pbx.example");
	assert_differs("nul_in_name", "pbx.example.evil.test");
}

static void a_name_beyond_those_that_are_told_matches(void **state)
{
	(void)state;
	assert_matches("many_names", "host-0.example");
	assert_matches("many_names", "host-299.example");
	assert_differs("many_names", "host-300.example");
}

static void names_that_cannot_be_read_match_nothing(void **state)
{
	(void)state;
	assert_differs("two_lists", "pbx.example");
	assert_differs("invalid_utf8", "pbx.example");
	assert_matches("controls", "xn--pbx-tna.example");
}

static void without_a_name_nothing_is_said_of_it(void **state)
{
	(void)state;
	assert_int_equal(truth_for("good", NULL, CERT_NAME_MATCH), -1);
}

static void a_star_in_front_makes_a_wildcard(void **state)
{
	(void)state;
	assert_int_equal(truth_for("wildcard", "", CERT_WILDCARD), true);
	assert_int_equal(truth_for("wildcard_part", "", CERT_WILDCARD), false);
	assert_int_equal(truth_for("good", "", CERT_WILDCARD), false);
	assert_int_equal(truth_for("subject_star", "", CERT_WILDCARD), true);
	assert_int_equal(truth_for("two_lists", "", CERT_WILDCARD), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(case_and_a_trailing_dot_make_no_difference),
		cmocka_unit_test(another_name_does_not_match),
		cmocka_unit_test(a_star_is_one_whole_label),
		cmocka_unit_test(a_star_never_stands_for_all_of_a_top_level_domain),
		cmocka_unit_test(an_address_matches_an_address_only),
		cmocka_unit_test(the_common_name_does_not_count),
		cmocka_unit_test(a_name_with_a_nul_matches_nothing),
		cmocka_unit_test(a_name_beyond_those_that_are_told_matches),
		cmocka_unit_test(names_that_cannot_be_read_match_nothing),
		cmocka_unit_test(without_a_name_nothing_is_said_of_it),
		cmocka_unit_test(a_star_in_front_makes_a_wildcard),
	};
	return cmocka_run_group_tests_name("certificate_names", tests, NULL, NULL);
}
