/* SPDX-License-Identifier: Apache-2.0
 *
 * A mirror that is fed as the engine would, in bytes.
 */
#ifndef TESTS_UNIT_MIRROR_SCENE_H
#define TESTS_UNIT_MIRROR_SCENE_H

#include "tests/unit/unit.h"

#include <stdlib.h>

#include "agent/ipc/frame.h"
#include "agent/mirror/mirror.h"
#include "ground/memory.h"

enum { EVENTS = 4 };

struct scene {
	struct mirror *mirror;
	struct writer out;
};

static inline int mirror_set_up(void **state)
{
	struct scene *scene = memory_new(1, sizeof *scene);

	scene->mirror = mirror_new(EVENTS);
	writer_grow_up_to(&scene->out, 256 << 20);
	*state = scene;
	return 0;
}

static inline int mirror_tear_down(void **state)
{
	struct scene *scene = *state;

	mirror_free(scene->mirror);
	writer_free(&scene->out);
	free(scene);
	return 0;
}

#define MIRROR_TEST(name)                                                                     \
	cmocka_unit_test_setup_teardown(name, mirror_set_up, mirror_tear_down)

static inline void hear(struct scene *scene)
{
	struct reader in, body;
	uint8_t kind;

	assert_true(writer_ok(&scene->out));
	reader_init(&in, scene->out.bytes, scene->out.length);
	while (frame_next(&in, &kind, &body) > 0)
		assert_true(mirror_hear(scene->mirror, kind, &body));
	assert_int_equal(reader_left(&in), 0);
	writer_clear(&scene->out);
}

static inline void settle(struct scene *scene)
{
	feed_put_mark(&scene->out, FEED_SETTLED);
	hear(scene);
	mirror_settle(scene->mirror);
}

static inline void put_rule(struct scene *scene, uint32_t number, enum feed_family family)
{
	const struct feed_rule rule = { .number = number, .family = (uint8_t)family,
					.name = "p.rule", .title = "It is so" };

	feed_put_rule(&scene->out, &rule);
}

static inline void put_target(struct scene *scene, uint32_t number, enum verdict told)
{
	const struct feed_target target = { .number = number, .name = "pbx",
					    .vantage = VANTAGE_INTERNAL,
					    .told = (uint8_t)told };

	feed_put_target(&scene->out, &target);
}

static inline void put_sight(struct scene *scene, uint32_t number, int64_t started_us,
		      int64_t elapsed_us)
{
	struct observation *observation = observation_new();

	observation->started_wall_us = started_us;
	observation->elapsed_us = elapsed_us;
	feed_put_sight(&scene->out, number, observation);
	observation_free(observation);
}

/* Of rule 1, judged at 1000; a finding has an alarm. */
static inline struct feed_check some_check(uint32_t target, uint32_t number, enum verdict verdict)
{
	bool finding = verdict == VERDICT_WARNING || verdict == VERDICT_CRITICAL;

	return (struct feed_check){ .number = number, .target = target, .rule = 1,
				    .name = "port/tcp-443/web", .since_wall_us = 1000,
				    .verdict = (uint8_t)verdict, .severity = SEVERITY_MAJOR,
				    .told = finding ? (uint8_t)verdict : VERDICT_OK };
}

static inline void put_check(struct scene *scene, uint32_t target, uint32_t number,
		      enum verdict verdict)
{
	const struct feed_check check = some_check(target, number, verdict);

	feed_put_check(&scene->out, &check);
}

static inline void put_event(struct scene *scene, uint64_t number)
{
	const struct feed_event event = { .event = { .number = number, .title = "raised" } };

	feed_put_event(&scene->out, &event);
}

/* Two targets with two checks each. */
static inline void feed_some(struct scene *scene)
{
	feed_put_mark(&scene->out, FEED_RESET);
	put_rule(scene, 1, FEED_FAMILY_PORT);
	put_target(scene, 8, VERDICT_OK);
	put_target(scene, 3, VERDICT_OK);
	put_sight(scene, 5, 500, 20);
	put_check(scene, 8, 11, VERDICT_OK);
	put_check(scene, 3, 12, VERDICT_CRITICAL);
	put_check(scene, 8, 10, VERDICT_WARNING);
	put_check(scene, 3, 2, VERDICT_OK);
	settle(scene);
}

static inline const struct mirror_check *check_at(const struct scene *scene, uint32_t target,
					   uint32_t number)
{
	size_t at = mirror_find_check(scene->mirror, target, number);

	assert_true(at < scene->mirror->check_count);
	assert_int_equal(scene->mirror->checks[at].fed.number, number);
	assert_int_equal(scene->mirror->checks[at].fed.target, target);
	return &scene->mirror->checks[at];
}

static inline const struct mirror_target *target_at(const struct scene *scene, uint32_t number)
{
	size_t at = mirror_find_target(scene->mirror, number);

	assert_true(at < scene->mirror->target_count);
	assert_int_equal(scene->mirror->targets[at].fed.number, number);
	return &scene->mirror->targets[at];
}

#endif
