/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/feeding_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/mirror/feed.h"
#include "ground/log.h"
#include "ground/memory.h"

static void changed(void *arg, uint32_t check)
{
	feeding_note_check(arg, check);
}

static void no_log(void *arg, enum log_level level, const char *topic, const char *line)
{
	(void)arg;
	(void)level;
	(void)topic;
	(void)line;
}

int pair_set_up(void **state)
{
	struct pair *pair = memory_new(1, sizeof *pair);

	scene_set_up((void **)&pair->scene);
	pair->house = (struct house){ .loop = loop_new(),
				       .store = pair->scene->store,
				       .self = pair->scene->self,
				       .patrol = pair->scene->patrol };
	pair->house.telling = telling_new(pair->house.store, pair->house.self);
	writer_grow_up_to(&pair->told, 1000);
	log_redirect(no_log, NULL);
	*state = pair;
	return 0;
}

int pair_tear_down(void **state)
{
	struct pair *pair = *state;

	telling_free(pair->house.telling);
	feeding_free(pair->feeding);
	scene_tear_down((void **)&pair->scene);
	loop_free(pair->house.loop);
	writer_free(&pair->told);
	free(pair);
	return 0;
}

void pair_start(struct pair *pair, const char *manners)
{
	pair->feeding = feeding_new(&pair->house, MADE_FACE, manners, strlen(manners));
	pair->scene->changed = changed;
	pair->scene->changed_arg = pair->feeding;
}

void pair_turn(struct pair *pair)
{
	loop_turn(pair->house.loop, 2 * CLOCK_MILLISECOND);
	feeding_turn(pair->feeding, pair->scene->now);
}

static bool says(const struct pair *pair, const char *what)
{
	return strstr(feeding_state(pair->feeding).said, what);
}

void pair_expect(struct pair *pair, const char *what)
{
	WAIT_FOR(pair, says(pair, what));
}

void pair_expect_quiet(struct pair *pair)
{
	char before[FEED_STATE_MOST];

	snprintf(before, sizeof before, "%s", feeding_state(pair->feeding).said);
	for (int64_t until_us = clock_monotonic_us() + CLOCK_SECOND / 5;
	     clock_monotonic_us() < until_us;)
		pair_turn(pair);
	assert_string_equal(feeding_state(pair->feeding).said, before);
}

void pair_pass(struct pair *pair, int64_t us)
{
	pair->scene->now.monotonic_us += us;
	pair->scene->now.wall_us += us;
}

void pair_plan_two(struct pair *pair)
{
	scene_plan(pair->scene, RULES, A B, "");
	scene_run(pair->scene, MINUTE);
}

void pair_plan_many(struct pair *pair, size_t count)
{
	struct text targets = { 0 };

	for (size_t i = 0; i < count; i++)
		text_add_format(&targets, "  - { name: target-%zu, address: 10.1.%zu.%zu,"
					  " profiles: p }\n", i, i / 250, i % 250 + 1);
	scene_plan(pair->scene, RULES, text_string(&targets), "");
	text_free(&targets);
}
