/* SPDX-License-Identifier: Apache-2.0
 *
 * A plan and a time made up for the tests of who may begin.
 */
#ifndef TESTS_UNIT_DISPATCH_SCENE_H
#define TESTS_UNIT_DISPATCH_SCENE_H

#include <stdlib.h>

#include "agent/engine/dispatch.h"
#include "collectors/collector.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "tests/unit/unit.h"

#define MS CLOCK_MILLISECOND

enum { NONE = UINT32_MAX };

struct scene {
	struct config config;
	struct plan plan;
	size_t room;
	struct dispatch *dispatch;
	uint32_t key;		/* of what was taken last */
	int64_t now_us, again_us;
};

static inline int begin(void **state)
{
	struct scene *scene = memory_new(1, sizeof *scene);

	scene->plan.config = &scene->config;
	scene->config.limits.per_target = 4;
	scene->now_us = 1000 * CLOCK_SECOND;
	*state = scene;
	return 0;
}

static inline int end(void **state)
{
	struct scene *scene = *state;

	dispatch_free(scene->dispatch);
	dispatch_free(NULL);
	free(scene->plan.observations);
	free(scene);
	return 0;
}

/* Of so many ports of a target, each its own place. Returns the number of the first. */
static inline uint32_t add(struct scene *scene, uint32_t target, const char *collector,
			   size_t count)
{
	struct plan *plan = &scene->plan;
	uint32_t first = (uint32_t)plan->observation_count;

	for (size_t i = 0; i < count; i++) {
		plan->observations = memory_room_for(plan->observations, plan->observation_count,
						     &scene->room, sizeof *plan->observations);
		plan->observations[plan->observation_count++] = (struct plan_observation){
			.target = target,
			.request = { .collector = collector_named(collector),
				     .subject = { .kind = SUBJECT_TCP,
						  .first = (uint16_t)(i + 1),
						  .last = (uint16_t)(i + 1) },
				     .host = "pbx.example",
				     .family = 4 },
		};
	}
	if (target >= scene->config.target_count)
		scene->config.target_count = target + 1;
	return first;
}

static inline struct request *request(struct scene *scene, uint32_t number)
{
	return &scene->plan.observations[number].request;
}

static inline void start(struct scene *scene, size_t probers)
{
	scene->dispatch = dispatch_new(&scene->plan, probers, scene->now_us);
}

static inline void want(struct scene *scene, uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++)
		dispatch_want(scene->dispatch, i);
}

static inline uint32_t take(struct scene *scene)
{
	uint32_t number;

	return dispatch_take(scene->dispatch, scene->now_us, &number, &scene->key,
			     &scene->again_us)
		       ? number
		       : NONE;
}

static inline size_t take_all(struct scene *scene)
{
	size_t count = 0;

	while (take(scene) != NONE)
		count++;
	return count;
}

static inline void hear(struct scene *scene, uint32_t number, enum stage stage, enum reason reason)
{
	struct observation *observation = observation_new();

	observation->outcome = (struct outcome){ .stage = stage, .reason = reason };
	dispatch_hear(scene->dispatch, number, observation);
	observation_free(observation);
}

static inline void answers(struct scene *scene, uint32_t number)
{
	hear(scene, number, STAGE_NONE, REASON_NONE);
}

static inline void keeps_us_waiting(struct scene *scene, uint32_t number)
{
	hear(scene, number, STAGE_HANDSHAKE, REASON_TIMED_OUT);
}

static inline void says(struct scene *scene, uint32_t number, const char *port)
{
	struct observation *observation = observation_new();

	facts_set_text(observation->facts, fact_named("port.state"), port);
	dispatch_hear(scene->dispatch, number, observation);
	observation_free(observation);
}

/* A prober's places, and how many of them those may have that are not known to answer. */
enum { PLACES = 2048, OF_NEW = 1792, OF_SLOW = 1536 };

/* Each with one conversation at a time, all with one prober. */
static inline void some_targets(struct scene *scene, uint32_t count)
{
	scene->config.limits.per_target = 1;
	for (uint32_t i = 0; i < count; i++)
		add(scene, i, "tls", 1);
	start(scene, 1);
}

static inline void get_known(struct scene *scene, uint32_t first, uint32_t count,
			     void (*as)(struct scene *scene, uint32_t number))
{
	want(scene, first, count);
	for (uint32_t i = first; i < first + count; i++) {
		uint32_t number = take(scene);

		assert_int_not_equal(number, NONE);
		as(scene, number);
	}
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, begin, end)

#endif
