/* SPDX-License-Identifier: Apache-2.0
 *
 * A patrol in a made-up world that feeds a made-up face. Both have the clock of the test.
 */
#ifndef TESTS_UNIT_FEEDING_SCENE_H
#define TESTS_UNIT_FEEDING_SCENE_H

#include "tests/unit/unit.h"

#include "agent/daemon/feeding.h"
#include "ground/clock.h"
#include "tests/unit/made_face.h"
#include "tests/unit/patrol_scene.h"

struct pair {
	struct scene *scene;
	struct house house;
	struct feeding *feeding;
	struct writer told;		/* answers: a byte each */
};

#define FEEDING_TEST(name)                                                                    \
	cmocka_unit_test_setup_teardown(name, pair_set_up, pair_tear_down)

int pair_set_up(void **state);
int pair_tear_down(void **state);

#define RULES SCENE_RULE(443, "") SCENE_RULE(5061, "")

/* Two targets with two checks each, all of which have been seen. */
void pair_plan_two(struct pair *pair);
/* With two checks each, none of which was seen: more than fits into a socket. */
void pair_plan_many(struct pair *pair, size_t count);
void pair_start(struct pair *pair, const char *manners);
void pair_pass(struct pair *pair, int64_t us);
void pair_turn(struct pair *pair);
/* That will soon be part of what the face said last. */
void pair_expect(struct pair *pair, const char *what);
/* Nothing new comes although there is time for it. */
void pair_expect_quiet(struct pair *pair);

#define WAIT_FOR(pair, condition)                                                             \
	do {                                                                                  \
		int64_t until_us = clock_monotonic_us() + 20 * CLOCK_SECOND;                  \
		while (!(condition) && clock_monotonic_us() < until_us)                       \
			pair_turn(pair);                                                      \
		if (!(condition))                                                             \
			fail_msg("%s; said: %s", #condition,                                  \
				 feeding_state((pair)->feeding).said);                        \
	} while (0)

#endif
