/* SPDX-License-Identifier: Apache-2.0
 *
 * A scene for the judge: a check with two expectations at most, what was seen, and what
 * came of it. For the tests of judge and wording.
 */
#ifndef TESTS_UNIT_SCENE_H
#define TESTS_UNIT_SCENE_H

#include "agent/engine/judge.h"
#include "ground/clock.h"

#define DAY (24 * 60 * 60 * CLOCK_SECOND)
#define NOW (20000 * DAY)

enum about { STATE, VERSIONS, BITS, SMB1, PORTS, ENDS, BEGINS, SPEED, OTHER_END, ABOUTS };

static const struct fact_descriptor abouts[ABOUTS] = {
	[STATE] = { .name = "port.state", .type = FACT_TEXT },
	[VERSIONS] = { .name = "tls.versions", .type = FACT_TEXTS },
	[BITS] = { .name = "cert.key_bits", .type = FACT_INTEGER },
	[SMB1] = { .name = "smb.smb1", .type = FACT_BOOLEAN },
	[PORTS] = { .name = "port.open", .type = FACT_NUMBERS },
	[ENDS] = { .name = "cert.not_after", .type = FACT_TIME },
	[BEGINS] = { .name = "cert.not_before", .type = FACT_TIME },
	[SPEED] = { .name = "port.rtt_seconds", .type = FACT_REAL, .unit = "seconds" },
	[OTHER_END] = { .name = "licence.end", .type = FACT_TIME },
};

struct scene {
	struct rule rule;
	struct check check;
	struct expectation expect[2];
	struct operand operands[2][32];
	struct observation observation;
	struct exception exception;
	struct circumstances circumstances;
	struct judgement judgement;
};

static inline int set_up(void **state)
{
	struct scene *scene = test_calloc(1, sizeof *scene);

	scene->check.rule = &scene->rule;
	scene->check.expect = scene->expect;
	scene->check.severity = SEVERITY_MAJOR;
	scene->observation.facts = facts_new();
	scene->circumstances = (struct circumstances){ .exception = &scene->exception,
							.wall_us = NOW };
	*state = scene;
	return 0;
}

static inline int tear_down(void **state)
{
	struct scene *scene = *state;

	judgement_clear(&scene->judgement);
	facts_free(scene->observation.facts);
	test_free(scene);
	return 0;
}

static inline struct expectation *expect(struct scene *scene, enum about about,
					 enum operator operator)
{
	struct expectation *expectation = &scene->expect[scene->check.expect_count];

	expectation->fact = &abouts[about];
	expectation->operator = operator;
	expectation->operands = scene->operands[scene->check.expect_count++];
	return expectation;
}

static inline void against_text(struct expectation *expectation, const char *text)
{
	expectation->operands[expectation->count++].text = text;
}

static inline void against_number(struct expectation *expectation, const char *text,
				  int64_t first, int64_t last)
{
	expectation->operands[expectation->count++] =
		(struct operand){ .text = text, .integer = first, .last = last };
}

static inline void see_state(struct scene *scene, const char *word)
{
	facts_set_text(scene->observation.facts, &abouts[STATE], word);
}

static inline void fails(struct scene *scene, enum stage stage, enum reason reason)
{
	scene->observation.outcome = (struct outcome){ .stage = stage, .reason = reason };
}

static inline void becomes(struct scene *scene, enum verdict verdict, const char *reason)
{
	judgement_clear(&scene->judgement);
	judge(&scene->check, &scene->observation, &scene->circumstances, &scene->judgement);
	assert_string_equal(verdict_word(scene->judgement.verdict), verdict_word(verdict));
	assert_string_equal(scene->judgement.reason, reason);
}

static inline void reads(struct scene *scene, const char *expected, const char *observed)
{
	assert_string_equal(scene->judgement.expected, expected);
	assert_string_equal(scene->judgement.observed, observed);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
