/* SPDX-License-Identifier: Apache-2.0
 *
 * Verdicts that depend on what was first seen.
 */
#include "tests/unit/unit.h"

#include <string.h>

#include "tests/unit/scene.h"

static void remember(struct firsts *firsts, const char *fact, const char *value)
{
	const struct first first = { .target = "pbx",
				     .check = "tls/tcp-443/pin",
				     .fact = fact,
				     .value = value,
				     .seen_us = NOW - 40 * DAY };

	firsts_add(firsts, &first);
	assert_true(firsts_settle(firsts));
}

/* Nobody has looked before; and nobody could say so the next time. */
static void what_is_seen_for_the_first_time_is_ok_if_it_will_be_known(void **state)
{
	struct scene *scene = *state;
	struct firsts *firsts = firsts_new();

	expect(scene, STATE, OPERATOR_UNCHANGED);
	see_state(scene, "open");
	becomes(scene, VERDICT_UNKNOWN, "not_remembered");
	reads(scene, "unchanged since first seen", "open (cannot be remembered)");
	scene->circumstances.recollection =
		(struct recollection){ firsts, "pbx", "tls/tcp-443/pin" };
	becomes(scene, VERDICT_UNKNOWN, "not_remembered");
	firsts->keeps = true;
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene, "unchanged since first seen", "open (first seen now)");
	firsts_free(firsts);
}

static void what_has_changed_is_a_finding(void **state)
{
	struct scene *scene = *state;
	struct firsts *firsts = firsts_new();

	scene->circumstances.recollection =
		(struct recollection){ firsts, "pbx", "tls/tcp-443/pin" };
	expect(scene, STATE, OPERATOR_UNCHANGED);
	see_state(scene, "open");
	remember(firsts, "port.state", "closed");
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "unchanged since 2024-08-25: closed", "open");
	see_state(scene, "closed");
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene, "unchanged since 2024-08-25: closed", "closed");
	/* Of another check nothing is known. */
	scene->circumstances.recollection.check = "tls/tcp-443/other";
	becomes(scene, VERDICT_UNKNOWN, "not_remembered");
	firsts_free(firsts);
}

static void a_list_has_changed_only_if_its_elements_have(void **state)
{
	static const char *const versions[] = { "TLS1.3", "TLS1.2", "TLS1.1" };
	struct scene *scene = *state;
	struct facts *facts = scene->observation.facts;
	struct firsts *firsts = firsts_new();

	scene->circumstances.recollection =
		(struct recollection){ firsts, "pbx", "tls/tcp-443/pin" };
	expect(scene, VERSIONS, OPERATOR_UNCHANGED);
	remember(firsts, "tls.versions", "TLS1.2\nTLS1.3");
	facts_set_texts(facts, &abouts[VERSIONS], versions, 2);
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene, "unchanged since 2024-08-25: TLS1.2 TLS1.3", "TLS1.3 TLS1.2");
	facts_set_texts(facts, &abouts[VERSIONS], versions + 1, 2);
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "unchanged since 2024-08-25: TLS1.2 TLS1.3", "new TLS1.1; gone TLS1.3");
	facts_set_texts(facts, &abouts[VERSIONS], versions, 0);
	becomes(scene, VERDICT_CRITICAL, "violated");
	assert_string_equal(scene->judgement.observed, "none");
	/* One that was broken off would be another one the next time. */
	fails(scene, STAGE_HANDSHAKE, REASON_RESET);
	facts_set_texts(facts, &abouts[VERSIONS], versions, 1);
	becomes(scene, VERDICT_UNKNOWN, "reset");
	firsts_free(firsts);
}

static void see_ports(struct scene *scene, int64_t from, size_t count)
{
	int64_t ports[40];

	for (size_t i = 0; i < count; i++)
		ports[i] = from + 2 * (int64_t)i;
	facts_set_numbers(scene->observation.facts, &abouts[PORTS], ports, count);
}

static void what_is_new_and_what_is_gone_is_listed_up_to_a_bound(void **state)
{
	struct scene *scene = *state;
	struct firsts *firsts = firsts_new();
	struct text first = { 0 };

	scene->circumstances.recollection =
		(struct recollection){ firsts, "pbx", "tls/tcp-443/pin" };
	expect(scene, PORTS, OPERATOR_UNCHANGED);
	for (unsigned port = 1000; port < 1060; port += 2)
		text_add_format(&first, "%u\n", port);
	remember(firsts, "port.open", text_string(&first));
	see_ports(scene, 998, 3);
	becomes(scene, VERDICT_CRITICAL, "violated");
	assert_non_null(strstr(scene->judgement.expected, " 1044 1046 …"));
	assert_non_null(strstr(scene->judgement.observed, "new 998; gone 1004, 1006, "));
	assert_non_null(strstr(scene->judgement.observed, ", 1048, 1050, …"));
	text_free(&first);
	firsts_free(firsts);
}

static void a_list_that_was_empty_is_shown_as_it_is_now(void **state)
{
	struct scene *scene = *state;
	struct firsts *firsts = firsts_new();

	scene->circumstances.recollection =
		(struct recollection){ firsts, "pbx", "tls/tcp-443/pin" };
	expect(scene, PORTS, OPERATOR_UNCHANGED);
	remember(firsts, "port.open", "");
	see_ports(scene, 0, 0);
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene, "unchanged since 2024-08-25: none", "none");
	see_ports(scene, 22, 2);
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "unchanged since 2024-08-25: none", "22 24");
	firsts_free(firsts);
}

static void only_what_shall_not_change_is_remembered(void **state)
{
	struct scene *scene = *state;
	struct expectation *expectation = expect(scene, STATE, OPERATOR_IS);

	see_state(scene, "open");
	assert_null(judge_unchanged_fact(&scene->observation, expectation));
	expectation->operator = OPERATOR_UNCHANGED;
	assert_non_null(judge_unchanged_fact(&scene->observation, expectation));
}

static void a_single_value_seen_before_a_failure_is_compared(void **state)
{
	struct scene *scene = *state;
	struct firsts *firsts = firsts_new();

	scene->circumstances.recollection =
		(struct recollection){ firsts, "pbx", "tls/tcp-443/pin" };
	expect(scene, BITS, OPERATOR_UNCHANGED);
	remember(firsts, "cert.key_bits", "2048");
	fails(scene, STAGE_HANDSHAKE, REASON_RESET);
	becomes(scene, VERDICT_UNKNOWN, "reset");
	facts_set_integer(scene->observation.facts, &abouts[BITS], 1024);
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "unchanged since 2024-08-25: 2048", "1024");
	firsts_free(firsts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(what_is_seen_for_the_first_time_is_ok_if_it_will_be_known),
		SCENE(what_has_changed_is_a_finding),
		SCENE(a_list_has_changed_only_if_its_elements_have),
		SCENE(what_is_new_and_what_is_gone_is_listed_up_to_a_bound),
		SCENE(a_list_that_was_empty_is_shown_as_it_is_now),
		SCENE(only_what_shall_not_change_is_remembered),
		SCENE(a_single_value_seen_before_a_failure_is_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
