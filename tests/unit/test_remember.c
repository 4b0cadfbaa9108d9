/* SPDX-License-Identifier: Apache-2.0
 *
 * Rounds one after the other: what the first has seen is what the others compare with.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/engine/remember.h"
#include "ground/clock.h"
#include "ground/memory.h"

#define THEN (INT64_C(1795000000) * CLOCK_SECOND)

static const struct fact_descriptor pin = { .name = "cert.sha256", .type = FACT_TEXT };
static const struct fact_descriptor names = { .name = "cert.names", .type = FACT_TEXTS };

/* Two checks of one target: a certificate's fingerprint, and its names. */
struct scene {
	char path[64];
	struct target target;
	struct config config;
	struct plan plan;
	struct rule rule;
	struct expectation expect[2];
	struct check checks[2];
	struct plan_observation planned[2];
	size_t first_check[2], first_exception[2];
	struct results *results;
	struct firsts *firsts;
	struct text said;
};

static int begin(void **state)
{
	struct scene *scene = memory_new(1, sizeof *scene);

	snprintf(scene->path, sizeof scene->path, "/tmp/test_remember.XXXXXX");
	if (!mkdtemp(scene->path))
		return -1;
	scene->target.name = "pbx";
	scene->config = (struct config){ .targets = &scene->target, .target_count = 1 };
	scene->plan = (struct plan){ .config = &scene->config,
				     .checks = scene->checks,
				     .check_count = 2,
				     .observations = scene->planned,
				     .observation_count = 2,
				     .first_check = scene->first_check,
				     .first_exception = scene->first_exception };
	for (uint32_t i = 0; i < 2; i++) {
		scene->expect[i] = (struct expectation){ .fact = i ? &names : &pin,
							 .operator = OPERATOR_UNCHANGED };
		scene->checks[i] = (struct check){ .name = i ? "names" : "pin",
						   .rule = &scene->rule,
						   .observation = i,
						   .provisional_while = NO_CHECK,
						   .expect = &scene->expect[i],
						   .expect_count = 1,
						   .severity = SEVERITY_MAJOR };
	}
	scene->first_check[1] = 2;
	scene->results = results_new(&scene->plan, NULL, THEN);
	*state = scene;
	return 0;
}

static int end(void **state)
{
	struct scene *scene = *state;
	static const char *const files[] = { "first-seen", "first-seen.lock", "first-seen.new" };

	results_free(scene->results);
	firsts_free(scene->firsts);
	for (size_t i = 0; i < 3; i++) {
		struct text path = { 0 };

		text_add_format(&path, "%s/%s", scene->path, files[i]);
		if (unlink(text_string(&path)))
			rmdir(text_string(&path));
		text_free(&path);
	}
	assert_int_equal(rmdir(scene->path), 0);
	text_free(&scene->said);
	free(scene);
	return 0;
}

static struct observation *fresh_observation(void)
{
	struct observation *observation = observation_new();

	observation->started_wall_us = THEN;
	return observation;
}

/* A round in a process of its own: opens the memory, sees, judges, remembers. NULL: not
 * seen. */
static void look(struct scene *scene, const char *fingerprint, const char *name, bool accept)
{
	struct observation *of_pin = fresh_observation(), *of_names = fresh_observation();

	firsts_free(scene->firsts);
	text_clear(&scene->said);
	scene->results->firsts = scene->firsts = firsts_open(scene->path, &scene->said);
	if (fingerprint)
		facts_set_text(of_pin->facts, &pin, fingerprint);
	else
		of_pin->outcome.reason = REASON_TIMED_OUT;
	facts_set_texts(of_names->facts, &names, &name, 1);
	results_take(scene->results, 0, of_pin, THEN);
	results_take(scene->results, 1, of_names, THEN);
	results_judge_together(scene->results, 0);

	struct remembering remembering = { scene->results, scene->firsts, .accept = accept };
	for (uint32_t i = 0; i < 2; i++)
		remember_look(&remembering, i);
	remember_save(&remembering, THEN, &scene->said);
}

static void reads(struct scene *scene, size_t check, enum verdict verdict,
		  const char *expected, const char *observed)
{
	const struct judgement *judgement = &scene->results->judgements[check];

	assert_string_equal(verdict_word(judgement->verdict), verdict_word(verdict));
	assert_string_equal(judgement->expected, expected);
	assert_string_equal(judgement->observed, observed);
}

static void a_change_is_found_until_it_is_accepted(void **state)
{
	struct scene *scene = *state;

	assert_true(plan_remembers(&scene->plan));
	look(scene, "aa", "x", false);
	reads(scene, 0, VERDICT_OK, "unchanged since first seen", "aa (first seen now)");
	reads(scene, 1, VERDICT_OK, "unchanged since first seen", "x (first seen now)");
	look(scene, "aa", "x", false);
	reads(scene, 0, VERDICT_OK, "unchanged since 2026-11-18: aa", "aa");
	for (int again = 0; again < 2; again++) {
		look(scene, "bb", "y", false);
		reads(scene, 0, VERDICT_CRITICAL, "unchanged since 2026-11-18: aa", "bb");
		reads(scene, 1, VERDICT_CRITICAL, "unchanged since 2026-11-18: x",
		      "new y; gone x");
		assert_int_equal(scene->said.length, 0);
	}
	look(scene, "bb", "y", true);
	reads(scene, 0, VERDICT_OK, "unchanged since 2026-11-18: bb", "bb");
	assert_string_equal(text_string(&scene->said),
			    "pbx pin: accepted cert.sha256 bb in place of 2026-11-18: aa\n"
			    "pbx names: accepted cert.names y in place of 2026-11-18: x\n");
	look(scene, "bb", "y", true);
	assert_int_equal(scene->said.length, 0);
	look(scene, "aa", "y", false);
	reads(scene, 0, VERDICT_CRITICAL, "unchanged since 2026-11-18: bb", "aa");
	reads(scene, 1, VERDICT_OK, "unchanged since 2026-11-18: y", "y");
}

static void what_was_not_seen_is_not_remembered(void **state)
{
	struct scene *scene = *state;

	look(scene, NULL, "x", true);
	assert_string_equal(scene->results->judgements[0].reason, "timed_out");
	look(scene, "aa", "x", false);
	reads(scene, 0, VERDICT_OK, "unchanged since first seen", "aa (first seen now)");
	reads(scene, 1, VERDICT_OK, "unchanged since 2026-11-18: x", "x");
}

/* The disk is full, say: it was judged ok as seen for the first time, and was not kept. */
static void what_could_not_be_saved_is_unknown_in_the_end(void **state)
{
	struct scene *scene = *state;
	struct text path = { 0 };

	look(scene, NULL, "x", false);
	text_add_format(&path, "%s/first-seen.new", scene->path);
	assert_int_equal(mkdir(text_string(&path), 0700), 0);
	look(scene, "aa", "x", false);
	reads(scene, 0, VERDICT_UNKNOWN, "unchanged since first seen",
	      "aa (cannot be remembered)");
	assert_string_equal(scene->results->judgements[0].reason, "not_remembered");
	/* What is known is known. */
	reads(scene, 1, VERDICT_OK, "unchanged since 2026-11-18: x", "x");
	look(scene, "aa", "y", true);
	reads(scene, 1, VERDICT_CRITICAL, "unchanged since 2026-11-18: x", "new y; gone x");
	assert_null(strstr(text_string(&scene->said), "accepted"));
	text_free(&path);
}

static void what_was_accepted_leaves_nothing_provisional(void **state)
{
	struct scene *scene = *state;

	scene->expect[1].operator = OPERATOR_ABSENT;
	scene->checks[1].provisional_while = 0;
	look(scene, "aa", "x", false);
	look(scene, "bb", "x", false);
	assert_true(scene->results->judgements[1].provisional);
	look(scene, "bb", "x", true);
	assert_int_equal(scene->results->judgements[1].verdict, VERDICT_CRITICAL);
	assert_false(scene->results->judgements[1].provisional);
}

static void a_plan_without_such_checks_remembers_nothing(void **state)
{
	struct scene *scene = *state;

	scene->expect[0].operator = OPERATOR_PRESENT;
	scene->checks[1].observation = NO_OBSERVATION;
	assert_false(plan_remembers(&scene->plan));
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(a_change_is_found_until_it_is_accepted),
		SCENE(what_was_not_seen_is_not_remembered),
		SCENE(what_could_not_be_saved_is_unknown_in_the_end),
		SCENE(what_was_accepted_leaves_nothing_provisional),
		SCENE(a_plan_without_such_checks_remembers_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
