/* SPDX-License-Identifier: Apache-2.0
 *
 * What is said of the entries of a list that match a pattern.
 */
#include "tests/unit/unit.h"

#include "tests/unit/scene.h"

static void list(struct scene *scene, const char *const *texts)
{
	size_t count = 0;

	while (texts[count])
		count++;
	facts_set_texts(scene->observation.facts, &abouts[VERSIONS], texts, count);
}

static struct expectation *
expect_entry(struct scene *scene, const char *entry, enum operator operator, const char *text)
{
	struct expectation *expectation = expect(scene, VERSIONS, operator);

	expectation->entry = entry;
	if (text)
		against_text(expectation, text);
	return expectation;
}

static const char *const software[] = {
	"EMET 5.52",	   "OpenJDK 1.8.0_232", "openjdk-8-jre_8u222-b10",
	"OpenJDK Updater", "WinPcap 4.1.3",	NULL
};

static void the_lowest_version_of_several_counts(void **state)
{
	struct scene *scene = *state;

	list(scene, software);
	expect_entry(scene, "*openjdk*", OPERATOR_AT_LEAST, "1.8.0_232");
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "every entry like '*openjdk*' at least 1.8.0_232",
	      "openjdk-8-jre_8u222-b10 (lowest of 2)");
	scene->operands[0][0].text = "8u222";
	becomes(scene, VERDICT_OK, "satisfied");
}

static void the_highest_version_of_several_counts(void **state)
{
	struct scene *scene = *state;

	list(scene, software);
	expect_entry(scene, "*openjdk*", OPERATOR_AT_MOST, "1.8.0_231");
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "every entry like '*openjdk*' at most 1.8.0_231",
	      "OpenJDK 1.8.0_232 (highest of 2)");
}

static void one_entry_is_told_by_its_name(void **state)
{
	struct scene *scene = *state;

	list(scene, software);
	expect_entry(scene, "winpcap*", OPERATOR_AT_LEAST, "4.1.3");
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene, "every entry like 'winpcap*' at least 4.1.3", "WinPcap 4.1.3");
}

static void without_an_entry_nobody_knows_its_version(void **state)
{
	struct scene *scene = *state;

	list(scene, software);
	expect_entry(scene, "*updater", OPERATOR_AT_LEAST, "1.0");
	becomes(scene, VERDICT_UNKNOWN, "not_seen");
	reads(scene, "every entry like '*updater' at least 1.0", "none");
	scene->rule.not_applicable_when_absent = true;
	becomes(scene, VERDICT_NOT_APPLICABLE, "not_seen");
}

static void entries_are_there_or_not(void **state)
{
	struct scene *scene = *state;
	struct expectation *expectation;

	list(scene, software);
	expectation = expect_entry(scene, "emet*", OPERATOR_PRESENT, NULL);
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene, "tls.versions: an entry like 'emet*'", "tls.versions: EMET 5.52");
	expectation->operator = OPERATOR_ABSENT;
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "tls.versions: no entry like 'emet*'", "tls.versions: EMET 5.52");
	expectation->entry = "npcap*";
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene, "tls.versions: no entry like 'npcap*'", "tls.versions: none");
	expectation->operator = OPERATOR_PRESENT;
	becomes(scene, VERDICT_CRITICAL, "violated");
}

static void where_there_is_no_list_nobody_knows_what_is_on_it(void **state)
{
	struct scene *scene = *state;
	struct expectation *expectation = expect_entry(scene, "emet*", OPERATOR_ABSENT, NULL);

	becomes(scene, VERDICT_UNKNOWN, "not_seen");
	reads(scene, "tls.versions: no entry like 'emet*'", "tls.versions: not seen");
	expectation->operator = OPERATOR_PRESENT;
	becomes(scene, VERDICT_UNKNOWN, "not_seen");
}

static void each_entry_has_the_pattern(void **state)
{
	struct scene *scene = *state;
	struct expectation *expectation =
		expect_entry(scene, "*open*", OPERATOR_MATCHES, "8u2|1.8");
	regex_t pattern;

	list(scene, software);
	assert_int_equal(regcomp(&pattern, "8u2|1\\.8", REG_EXTENDED | REG_NOSUB), 0);
	expectation->pattern = &pattern;
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "every entry like '*open*' matching 8u2|1.8", "OpenJDK Updater (of 3)");
	expectation->entry = "*open*jdk*_*";
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene, "every entry like '*open*jdk*_*' matching 8u2|1.8",
	      "OpenJDK 1.8.0_232, openjdk-8-jre_8u222-b10");
	regfree(&pattern);
}

static void of_many_entries_a_few_are_told(void **state)
{
	static const char *const many[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", NULL };
	struct scene *scene = *state;

	list(scene, many);
	expect_entry(scene, "*", OPERATOR_ABSENT, NULL);
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "tls.versions: no entry like '*'",
	      "tls.versions: a, b, c, d, e, f, g, h (of 9)");
}

static void a_list_that_was_broken_off_proves_what_is_on_it(void **state)
{
	struct scene *scene = *state;
	struct expectation *expectation = expect_entry(scene, "emet*", OPERATOR_PRESENT, NULL);

	list(scene, software);
	fails(scene, STAGE_REPLY, REASON_TIMED_OUT);
	becomes(scene, VERDICT_OK, "satisfied");
	expectation->operator = OPERATOR_ABSENT;
	becomes(scene, VERDICT_CRITICAL, "violated");
	expectation->entry = "npcap*";
	becomes(scene, VERDICT_UNKNOWN, "timed_out");
	expectation->operator = OPERATOR_AT_LEAST;
	against_text(expectation, "4.1.3");
	expectation->entry = "winpcap*";
	becomes(scene, VERDICT_UNKNOWN, "timed_out");
}

static void every_address_must_be_within_and_there_must_be_one(void **state)
{
	static const char *const both[] = { "192.0.2.7", "198.51.100.9", NULL };
	struct scene *scene = *state;
	struct expectation *expectation = expect(scene, VERSIONS, OPERATOR_WITHIN);
	struct operand *operand = &expectation->operands[0];

	against_text(expectation, "192.0.2.0/24");
	assert_true(address_parse_network(operand->text, &operand->network, &operand->bits));
	list(scene, both);
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "within 192.0.2.0/24", "192.0.2.7 198.51.100.9");
	facts_set_texts(scene->observation.facts, &abouts[VERSIONS], both, 1);
	becomes(scene, VERDICT_OK, "satisfied");
	/* A name without an address lies neither inside nor outside. */
	list(scene, both + 2);
	becomes(scene, VERDICT_UNKNOWN, "not_seen");
	reads(scene, "within 192.0.2.0/24", "none");
	scene->rule.not_applicable_when_absent = true;
	becomes(scene, VERDICT_NOT_APPLICABLE, "not_seen");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(the_lowest_version_of_several_counts),
		SCENE(the_highest_version_of_several_counts),
		SCENE(one_entry_is_told_by_its_name),
		SCENE(without_an_entry_nobody_knows_its_version),
		SCENE(entries_are_there_or_not),
		SCENE(where_there_is_no_list_nobody_knows_what_is_on_it),
		SCENE(each_entry_has_the_pattern),
		SCENE(of_many_entries_a_few_are_told),
		SCENE(every_address_must_be_within_and_there_must_be_one),
		SCENE(a_list_that_was_broken_off_proves_what_is_on_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
