/* SPDX-License-Identifier: Apache-2.0
 *
 * How expectations and observations are put into words.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "agent/engine/wording.h"
#include "tests/unit/scene.h"

static void operands_read_as_people_speak(void **state)
{
	struct scene *scene = *state;
	struct expectation *expectation = expect(scene, STATE, OPERATOR_ONE_OF);
	static const char *const sentences[] = {
		[OPERATOR_IS] = "a, b", [OPERATOR_IS_NOT] = "not a, b",
		[OPERATOR_ONE_OF] = "one of a, b", [OPERATOR_NONE_OF] = "no a, b",
		[OPERATOR_ONLY] = "only a, b", [OPERATOR_ALL_OF] = "all of a, b",
		[OPERATOR_WITHIN] = "within a, b", [OPERATOR_MATCHES] = "matching a, b",
		[OPERATOR_AT_LEAST] = "at least a, b", [OPERATOR_AT_MOST] = "at most a, b",
		[OPERATOR_PRESENT] = "port.state: present",
		[OPERATOR_ABSENT] = "port.state: absent",
	};

	against_text(expectation, "a");
	against_text(expectation, "b");
	for (unsigned operator = 0; operator < OPERATOR_REMAINING; operator++) {
		struct text out = { 0 };

		expectation->operator = operator;
		wording_expected(expectation, 1, NULL, &out);
		assert_string_equal(text_string(&out), sentences[operator]);
		text_free(&out);
	}
}

static void truths_and_units_are_named(void **state)
{
	struct scene *scene = *state;
	struct expectation *expectation = expect(scene, SMB1, OPERATOR_IS);

	against_text(expectation, "false");
	facts_set_boolean(scene->observation.facts, &abouts[SMB1], true);
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "smb.smb1: false", "smb.smb1: true");
	expectation->fact = &abouts[SPEED];
	expectation->operator = OPERATOR_AT_MOST;
	expectation->operands[0].text = "0.5";
	expectation->operands[0].real = 0.5;
	facts_set_real(scene->observation.facts, &abouts[SPEED], 0.75);
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "at most 0.5 seconds", "0.75 seconds");
}

static void the_offending_ports_come_first(void **state)
{
	static const int64_t open[] = { 79, 80, 443, 444, 445, 8009, 8010, 9999 };
	struct scene *scene = *state;
	struct expectation *expectation = expect(scene, PORTS, OPERATOR_ONLY);
	struct facts *facts = scene->observation.facts;

	against_number(expectation, "80", 80, 80);
	against_number(expectation, "443", 443, 443);
	facts_set_numbers(facts, &abouts[PORTS], open, 8);
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "only 80, 443", "79, 444-445, 8009-8010, 9999 (of 8)");
	expectation->allowed_ports = true;
	against_number(expectation, "444-9999", 444, 9999);
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "only ports that a rule names", "79 (of 8)");
	facts_set_numbers(facts, &abouts[PORTS], open + 1, 3);
	becomes(scene, VERDICT_OK, "satisfied");
	assert_string_equal(scene->judgement.observed, "80 443-444");
	facts_set_numbers(facts, &abouts[PORTS], NULL, 0);
	becomes(scene, VERDICT_OK, "satisfied");
	assert_string_equal(scene->judgement.observed, "none");
}

static void a_short_list_is_shown_whole_and_a_long_one_by_its_culprits(void **state)
{
	static const char *const versions[] = { "TLS1.0", "TLS1.2", "a", "b", "c", "d", "e",
						"f", "SSLv3" };
	struct scene *scene = *state;
	struct expectation *expectation = expect(scene, VERSIONS, OPERATOR_NONE_OF);
	struct facts *facts = scene->observation.facts;

	against_text(expectation, "SSLv3");
	against_text(expectation, "TLS1.0");
	facts_set_texts(facts, &abouts[VERSIONS], versions, 2);
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "no SSLv3, TLS1.0", "TLS1.0 TLS1.2");
	facts_set_texts(facts, &abouts[VERSIONS], versions, 9);
	becomes(scene, VERDICT_CRITICAL, "violated");
	assert_string_equal(scene->judgement.observed, "TLS1.0, SSLv3 (of 9)");
	facts_set_texts(facts, &abouts[VERSIONS], versions + 1, 7);
	becomes(scene, VERDICT_OK, "satisfied");
	assert_string_equal(scene->judgement.observed, "TLS1.2 a b c d e f");
	expectation->operator = OPERATOR_ALL_OF;
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "all of SSLv3, TLS1.0", "TLS1.2 a b c d e f");
}

static void lists_without_end_are_cut(void **state)
{
	struct scene *scene = *state;
	struct expectation *expectation = expect(scene, PORTS, OPERATOR_ONLY);
	int64_t open[60];

	becomes(scene, VERDICT_UNKNOWN, "not_seen");
	assert_string_equal(scene->judgement.expected, "only nothing");
	for (size_t i = 0; i < 26; i++)
		against_number(expectation, "7", 7, 7);
	for (size_t i = 0; i < 60; i++)
		open[i] = (int64_t)(100 + 2 * i);
	facts_set_numbers(scene->observation.facts, &abouts[PORTS], open, 60);
	becomes(scene, VERDICT_CRITICAL, "violated");
	assert_non_null(strstr(scene->judgement.expected, "7, 7, … (26 in all)"));
	assert_non_null(strstr(scene->judgement.observed, "144, 146, … (of 60)"));
}

static void what_is_plain_to_see_has_no_unit(void **state)
{
	static const struct fact_descriptor serial = { .name = "cert.serial", .type = FACT_TEXT,
						       .unit = "hex" };
	struct scene *scene = *state;

	against_text(expect(scene, STATE, OPERATOR_IS), "0a");
	scene->expect[0].fact = &serial;
	facts_set_text(scene->observation.facts, &serial, "0b");
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "0a", "0b");
}

/* As explain tells it, which looks at nothing. */
static void what_shall_not_change_was_first_seen(void **state)
{
	struct scene *scene = *state;
	struct text out = { 0 };

	wording_expected(expect(scene, STATE, OPERATOR_UNCHANGED), 1, NULL, &out);
	assert_string_equal(text_string(&out), "unchanged since first seen");
	text_free(&out);
}

static void ports_are_shown_whole_for_their_ranges_are_short(void **state)
{
	struct scene *scene = *state;
	struct facts *facts = scene->observation.facts;
	int64_t open[200];

	expect(scene, PORTS, OPERATOR_PRESENT);
	for (size_t i = 0; i < 200; i++)
		open[i] = (int64_t)(10000 + 2 * i);
	facts_set_numbers(facts, &abouts[PORTS], open, 200);
	becomes(scene, VERDICT_OK, "satisfied");
	assert_non_null(strstr(scene->judgement.observed, "10396 10398"));
	assert_null(strstr(scene->judgement.observed, "…"));
}

/* The last of them may be longer than all others. */
static void a_list_of_which_nothing_is_left_out_does_not_say_so(void **state)
{
	struct scene *scene = *state;
	const char *items[2] = { "short", NULL };
	char last[600], expected[sizeof last + sizeof "tls.versions: short "];

	memset(last, 'x', sizeof last - 1);
	last[sizeof last - 1] = '\0';
	items[1] = last;
	snprintf(expected, sizeof expected, "tls.versions: short %s", last);
	expect(scene, VERSIONS, OPERATOR_PRESENT);
	facts_set_texts(scene->observation.facts, &abouts[VERSIONS], items, 2);
	becomes(scene, VERDICT_OK, "satisfied");
	assert_string_equal(scene->judgement.observed, expected);
}

#define SUITE "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"

static void long_names_make_shorter_lists(void **state)
{
	struct scene *scene = *state;
	struct expectation *expectation = expect(scene, VERSIONS, OPERATOR_ONLY);
	const char *suites[30];

	for (size_t i = 0; i < 20; i++)
		against_text(expectation, SUITE);
	for (size_t i = 0; i < 30; i++)
		suites[i] = SUITE;
	facts_set_texts(scene->observation.facts, &abouts[VERSIONS], suites, 30);
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene,
	      "only " SUITE ", " SUITE ", " SUITE ", " SUITE ", " SUITE ", " SUITE
	      ", … (20 in all)",
	      SUITE " " SUITE " " SUITE " " SUITE " " SUITE " " SUITE " " SUITE " … (of 30)");
	facts_set_texts(scene->observation.facts, &abouts[VERSIONS], suites, 12);
	becomes(scene, VERDICT_OK, "satisfied");
	assert_null(strstr(scene->judgement.observed, "(of"));
	for (size_t i = 0; i < 20; i++)
		expectation->operands[i].text = "TLS_AES_128_GCM_SHA256";
	becomes(scene, VERDICT_CRITICAL, "violated");
	assert_string_equal(scene->judgement.observed,
			    SUITE ", " SUITE ", " SUITE ", " SUITE ", " SUITE ", " SUITE
			    ", … (of 12)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(operands_read_as_people_speak),
		SCENE(truths_and_units_are_named),
		SCENE(the_offending_ports_come_first),
		SCENE(a_short_list_is_shown_whole_and_a_long_one_by_its_culprits),
		SCENE(lists_without_end_are_cut),
		SCENE(what_is_plain_to_see_has_no_unit),
		SCENE(what_shall_not_change_was_first_seen),
		SCENE(ports_are_shown_whole_for_their_ranges_are_short),
		SCENE(a_list_of_which_nothing_is_left_out_does_not_say_so),
		SCENE(long_names_make_shorter_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
