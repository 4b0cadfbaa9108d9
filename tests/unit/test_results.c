/* SPDX-License-Identifier: Apache-2.0
 *
 * Two targets that share an observation, as they do of what is elsewhere.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "agent/engine/results.h"
#include "ground/clock.h"
#include "ground/memory.h"

#define NOON (INT64_C(1795000000) * CLOCK_SECOND)

static const struct fact_descriptor open_port = { .name = "port.state", .type = FACT_TEXT };

/* The first four are of the first target, and demand the fact's presence, or its absence. */
enum { PRESENT, ABSENT, WAITING, NOTHING_TO_SEE, SECOND_PRESENT, SECOND_OTHER, CHECKS };
enum { SHARED, OTHER, OBSERVATIONS };

struct scene {
	struct target targets[2];
	struct config config;
	struct rule rule;
	struct expectation present, absent;
	struct check checks[CHECKS];
	struct plan_observation planned[OBSERVATIONS];
	size_t first_check[3], first_exception[3];
	struct exception exception;
	const struct exception *exceptions[1];
	struct plan plan;
	struct results *results;
};

static void plan_check(struct scene *scene, uint32_t number, uint32_t observation,
		       const struct expectation *expectation)
{
	scene->checks[number] = (struct check){ .name = "check",
						.rule = &scene->rule,
						.target = number >= SECOND_PRESENT,
						.observation = observation,
						.provisional_while = NO_CHECK,
						.expect = expectation,
						.expect_count = 1,
						.severity = SEVERITY_MAJOR };
}

static int begin(void **state)
{
	struct scene *scene = memory_new(1, sizeof *scene);

	scene->present = (struct expectation){ .fact = &open_port, .operator = OPERATOR_PRESENT };
	scene->absent = (struct expectation){ .fact = &open_port, .operator = OPERATOR_ABSENT };
	plan_check(scene, PRESENT, SHARED, &scene->present);
	plan_check(scene, ABSENT, SHARED, &scene->absent);
	plan_check(scene, WAITING, OTHER, &scene->absent);
	plan_check(scene, NOTHING_TO_SEE, NO_OBSERVATION, &scene->present);
	plan_check(scene, SECOND_PRESENT, SHARED, &scene->present);
	plan_check(scene, SECOND_OTHER, OTHER, &scene->absent);
	scene->checks[WAITING].provisional_while = ABSENT;
	scene->checks[NOTHING_TO_SEE].inapplicable = SWITCHED_OFF;
	scene->checks[SECOND_OTHER].provisional_while = SECOND_PRESENT;
	scene->targets[0].name = "pbx";
	scene->targets[1].name = "second";
	scene->config = (struct config){ .targets = scene->targets, .target_count = 2 };
	scene->first_check[1] = SECOND_PRESENT;
	scene->first_check[2] = CHECKS;
	scene->plan = (struct plan){ .config = &scene->config,
				     .checks = scene->checks,
				     .check_count = CHECKS,
				     .observations = scene->planned,
				     .observation_count = OBSERVATIONS,
				     .first_check = scene->first_check,
				     .first_exception = scene->first_exception,
				     .exceptions = scene->exceptions };
	scene->results = results_new(&scene->plan, NULL, NOON);
	*state = scene;
	return 0;
}

static int end(void **state)
{
	struct scene *scene = *state;

	results_free(scene->results);
	free(scene);
	return 0;
}

static void see(struct scene *scene, uint32_t number, const char *value)
{
	struct observation *observation = observation_new();

	if (value)
		facts_set_text(observation->facts, &open_port, value);
	results_take(scene->results, number, observation, NOON);
}

static void becomes(const struct scene *scene, uint32_t check, enum verdict verdict,
		    const char *reason)
{
	const struct judgement *judgement = &scene->results->judgements[check];

	assert_string_equal(verdict_word(judgement->verdict), verdict_word(verdict));
	assert_string_equal(judgement->reason, reason);
	assert_non_null(judgement->expected);
	assert_non_null(judgement->observed);
}

static void before_anything_is_seen_all_is_unknown_but_what_needs_nothing(void **state)
{
	struct scene *scene = *state;

	for (uint32_t i = 0; i < CHECKS; i++)
		if (i == NOTHING_TO_SEE)
			becomes(scene, i, VERDICT_NOT_APPLICABLE, "switched_off");
		else
			becomes(scene, i, VERDICT_UNKNOWN, "not_seen");
	assert_null(scene->results->observations[SHARED]);
	results_free(NULL);
}

static void an_observation_decides_about_its_checks_of_every_target(void **state)
{
	struct scene *scene = *state;
	size_t count;
	const uint32_t *checks = results_checks(scene->results, SHARED, &count);

	assert_int_equal(count, 3);
	assert_int_equal(checks[0], PRESENT);
	assert_int_equal(checks[1], ABSENT);
	assert_int_equal(checks[2], SECOND_PRESENT);
	see(scene, SHARED, "open");
	becomes(scene, PRESENT, VERDICT_OK, "satisfied");
	becomes(scene, ABSENT, VERDICT_CRITICAL, "violated");
	becomes(scene, SECOND_PRESENT, VERDICT_OK, "satisfied");
	becomes(scene, SECOND_OTHER, VERDICT_UNKNOWN, "not_seen");
}

static void what_is_seen_later_takes_the_place_of_what_was_seen_before(void **state)
{
	struct scene *scene = *state;

	see(scene, SHARED, "open");
	see(scene, SHARED, NULL);
	becomes(scene, PRESENT, VERDICT_CRITICAL, "violated");
	becomes(scene, ABSENT, VERDICT_OK, "satisfied");
	assert_int_equal(facts_count(scene->results->observations[SHARED]->facts), 0);
}

static void an_exception_holds_as_soon_as_it_is_judged_again(void **state)
{
	struct scene *scene = *state;

	see(scene, SHARED, "open");
	scene->exception = (struct exception){ .target = "pbx", .check = "*",
					       .reason = "known", .until_us = NOON + 1 };
	scene->exceptions[0] = &scene->exception;
	scene->first_exception[1] = scene->first_exception[2] = 1;
	becomes(scene, ABSENT, VERDICT_CRITICAL, "violated");
	results_judge(scene->results, ABSENT, NOON);
	becomes(scene, ABSENT, VERDICT_EXCEPTED, "violated");
	results_judge(scene->results, ABSENT, NOON + 2);
	becomes(scene, ABSENT, VERDICT_CRITICAL, "violated");
	/* Nothing was seen for these, and nothing comes of judging them again. */
	results_judge(scene->results, WAITING, NOON);
	becomes(scene, WAITING, VERDICT_UNKNOWN, "not_seen");
	results_judge(scene->results, NOTHING_TO_SEE, NOON);
	becomes(scene, NOTHING_TO_SEE, VERDICT_NOT_APPLICABLE, "switched_off");
}

static void a_finding_is_provisional_while_another_of_its_target_stands(void **state)
{
	struct scene *scene = *state;

	see(scene, OTHER, "open");
	see(scene, SHARED, "open");
	results_judge_together(scene->results, 0);
	results_judge_together(scene->results, 1);
	assert_true(scene->results->judgements[WAITING].provisional);
	assert_false(scene->results->judgements[SECOND_OTHER].provisional);
	see(scene, SHARED, NULL);
	results_judge_together(scene->results, 0);
	assert_false(scene->results->judgements[WAITING].provisional);
	/* The other target has its turn when it is asked about. */
	assert_false(scene->results->judgements[SECOND_OTHER].provisional);
	results_judge_together(scene->results, 1);
	assert_true(scene->results->judgements[SECOND_OTHER].provisional);
}

static void only_what_was_not_seen_is_cancelled(void **state)
{
	struct scene *scene = *state;

	see(scene, SHARED, "open");
	results_cancel(scene->results, NOON);
	becomes(scene, PRESENT, VERDICT_OK, "satisfied");
	becomes(scene, WAITING, VERDICT_UNKNOWN, "cancelled");
	becomes(scene, SECOND_OTHER, VERDICT_UNKNOWN, "cancelled");
	becomes(scene, NOTHING_TO_SEE, VERDICT_NOT_APPLICABLE, "switched_off");
	assert_null(scene->results->observations[OTHER]);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(before_anything_is_seen_all_is_unknown_but_what_needs_nothing),
		SCENE(an_observation_decides_about_its_checks_of_every_target),
		SCENE(what_is_seen_later_takes_the_place_of_what_was_seen_before),
		SCENE(an_exception_holds_as_soon_as_it_is_judged_again),
		SCENE(a_finding_is_provisional_while_another_of_its_target_stands),
		SCENE(only_what_was_not_seen_is_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
