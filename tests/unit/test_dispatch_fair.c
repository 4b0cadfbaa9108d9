/* SPDX-License-Identifier: Apache-2.0
 *
 * Nobody who answers waits for those who do not, and nobody is given up.
 */
#include "tests/unit/unit.h"

#include <limits.h>

#include "tests/unit/dispatch_scene.h"

static void those_that_answer_may_have_all_of_a_prober(void **state)
{
	struct scene *scene = *state;

	some_targets(scene, PLACES + 1);
	get_known(scene, 0, PLACES + 1, answers);
	want(scene, 0, PLACES + 1);
	assert_int_equal(take_all(scene), PLACES);
	assert_int_equal(scene->again_us, INT64_MAX);
	answers(scene, 0);
	assert_int_equal(take_all(scene), 1);
}

static void those_that_keep_us_waiting_leave_room_for_the_new_and_those_for_the_others(void **state)
{
	enum { FIRST_NEW = PLACES, FIRST_WELL = 2 * PLACES, TARGETS = 3 * PLACES };
	struct scene *scene = *state;

	some_targets(scene, TARGETS);
	get_known(scene, 0, FIRST_NEW, keeps_us_waiting);
	get_known(scene, FIRST_WELL, PLACES, answers);
	want(scene, 0, FIRST_NEW);
	assert_int_equal(take_all(scene), OF_SLOW);
	assert_int_equal(scene->again_us, INT64_MAX);
	want(scene, FIRST_NEW, PLACES);
	assert_int_equal(take_all(scene), OF_NEW - OF_SLOW);
	want(scene, FIRST_WELL, PLACES);
	assert_int_equal(take_all(scene), PLACES - OF_NEW);
	/* Who has come makes room for its like, and for those who are better. */
	answers(scene, FIRST_WELL);
	assert_int_equal(take(scene), FIRST_WELL + PLACES - OF_NEW);
	keeps_us_waiting(scene, 0);
	assert_int_equal(take(scene), FIRST_NEW + OF_NEW - OF_SLOW);
	assert_int_equal(take(scene), NONE);
}

static void what_is_under_way_counts_by_what_is_known_now(void **state)
{
	struct scene *scene = *state;

	scene->config.limits.per_target = PLACES;
	add(scene, 0, "tls", OF_NEW);
	add(scene, 1, "tls", PLACES);
	start(scene, 1);
	want(scene, 0, OF_NEW + PLACES);
	/* Each has begun the half of it. */
	assert_int_equal(take_all(scene), OF_NEW);
	answers(scene, 0);
	assert_int_equal(take_all(scene), PLACES - OF_NEW + 1);
	/* What the first has under way is slow by now, and too much. */
	keeps_us_waiting(scene, 1);
	assert_int_equal(take_all(scene), 0);
	answers(scene, 2);
	assert_int_equal(take_all(scene), 2);
}

static void they_take_turns_when_each_could_begin(void **state)
{
	struct scene *scene = *state;
	size_t well = 0;

	scene->config.limits.per_target = 100;
	add(scene, 0, "tls", 100);
	add(scene, 1, "tls", 100);
	/* Those of the same prober as the slow one, and of another. */
	add(scene, 2, "tls", 100);
	start(scene, 2);
	get_known(scene, 0, 1, keeps_us_waiting);
	get_known(scene, 100, 1, answers);
	get_known(scene, 200, 1, answers);
	want(scene, 0, 300);
	for (size_t i = 0; i < 100; i++) {
		uint32_t number = take(scene);

		well += number >= 100;
		assert_int_equal(well, i % 2 ? i / 2 + 1 : well);
	}
	assert_int_equal(well, 50);
}

static void probers_take_turns(void **state)
{
	struct scene *scene = *state;
	size_t begun[3] = { 0 };

	scene->config.limits.per_target = 100;
	for (uint32_t i = 0; i < 3; i++)
		add(scene, i, "tls", 100);
	start(scene, 3);
	for (uint32_t i = 0; i < 3; i++)
		get_known(scene, 100 * i, 1, i ? answers : keeps_us_waiting);
	want(scene, 0, 300);
	for (size_t i = 0; i < 100; i++) {
		take(scene);
		begun[scene->key]++;
	}
	assert_int_equal(begun[0], 50);
	assert_int_equal(begun[1], 25);
	assert_int_equal(begun[2], 25);
}

struct sight {
	enum stage stage;
	enum reason reason;
	const char *port;
	bool slow;
};

/* Of the first target. The second is well, and the third slow: when that has begun it is the
 * turn of those that are well. */
static bool is_slow_after(struct scene *scene, const struct sight *sight, bool slow_before)
{
	uint32_t first;

	get_known(scene, 0, 1, slow_before ? keeps_us_waiting : answers);
	want(scene, 0, 1);
	assert_int_equal(take(scene), 0);
	if (sight->port)
		says(scene, 0, sight->port);
	else
		hear(scene, 0, sight->stage, sight->reason);
	get_known(scene, 2, 1, keeps_us_waiting);
	want(scene, 0, 2);
	first = take(scene);
	assert_int_equal(take(scene), !first);
	answers(scene, 0);
	answers(scene, 1);
	return first == 1;
}

static void who_keeps_us_waiting_is_slow_until_it_answers(void **state)
{
	static const struct sight sights[] = {
		{ STAGE_CONNECT, REASON_TIMED_OUT, NULL, true },
		{ STAGE_REPLY, REASON_TIMED_OUT, NULL, true },
		{ STAGE_REPLY, REASON_CANCELLED, NULL, true },
		{ STAGE_NONE, REASON_NONE, "filtered", true },
		{ STAGE_NONE, REASON_NONE, "open_or_filtered", true },
		{ STAGE_NONE, REASON_NONE, "open", false },
		{ STAGE_NONE, REASON_NONE, "closed", false },
		{ STAGE_NONE, REASON_NONE, NULL, false },
		{ STAGE_CONNECT, REASON_REFUSED, NULL, false },
		{ STAGE_HANDSHAKE, REASON_TLS_FAILED, NULL, false },
	};
	/* Faults of our own change nothing. */
	static const struct sight ours[] = {
		{ STAGE_PROBER, REASON_PROBER_DIED, NULL, false },
		{ STAGE_PROBER, REASON_CANCELLED, NULL, false },
	};
	struct scene *scene = *state;

	some_targets(scene, 3);
	get_known(scene, 1, 1, answers);
	for (size_t i = 0; i < sizeof sights / sizeof *sights; i++)
		for (int before = 0; before < 2; before++)
			assert_int_equal(is_slow_after(scene, &sights[i], before),
					 sights[i].slow);
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		for (int before = 0; before < 2; before++)
			assert_int_equal(is_slow_after(scene, &ours[i], before), before);
}

/* Be it at the beginning of the line, in the middle, or at the end. */
static void who_answers_leaves_the_line_of_those_who_are_new(void **state)
{
	struct scene *scene = *state;

	scene->config.limits.per_target = 3;
	for (uint32_t i = 0; i < 3; i++)
		add(scene, i, "tls", 4);
	for (uint32_t answering = 0; answering < 3; answering++) {
		dispatch_free(scene->dispatch);
		start(scene, 1);
		want(scene, 0, 12);
		for (uint32_t i = 0; i < 3; i++)
			assert_int_equal(take(scene), 4 * i);
		answers(scene, 4 * answering);
		/* It and the others, which have kept their order, take turns. */
		assert_int_equal(take(scene), 4 * answering + 1);
		assert_int_equal(take(scene), 4 * (answering == 0) + 1);
		assert_int_equal(take(scene), 4 * answering + 2);
		assert_int_equal(take(scene), 4 * (2 - (answering == 2)) + 1);
		assert_int_equal(take_all(scene), 3);
	}
}

/* Targets of which one in ten answers, soon, and the others are tarpits. */
enum { TARGETS = 10000, EACH = 25, ALL = TARGETS * EACH, PROBERS = 2 };

#define SOON_US (20 * MS)
#define TARPIT_US (10 * CLOCK_SECOND)
#define INTERVAL_US (300 * CLOCK_SECOND)
#define STEP_US (10 * MS)

/* What is under way, in the order in which it comes: each kind takes the same time. */
struct under_way {
	uint32_t numbers[PROBERS * PLACES];
	int64_t until_us[PROBERS * PLACES];
	size_t first, count;
};

struct crowd {
	struct scene *scene;
	struct under_way healthy, tarpits;
	int64_t wanted_us[ALL];		/* 0: not now */
	unsigned times[ALL];		/* it has begun */
	int64_t healthy_waited_us;	/* for its turn, at most */
};

static bool is_healthy(uint32_t number)
{
	return number / EACH % 10 == 3;
}

static void crowd_want(struct crowd *crowd, uint32_t number)
{
	if (crowd->wanted_us[number])
		return;
	crowd->wanted_us[number] = crowd->scene->now_us;
	dispatch_want(crowd->scene->dispatch, number);
}

static void crowd_begin(struct crowd *crowd)
{
	uint32_t number;

	while ((number = take(crowd->scene)) != NONE) {
		bool healthy = is_healthy(number);
		struct under_way *under_way = healthy ? &crowd->healthy : &crowd->tarpits;
		size_t at = (under_way->first + under_way->count++) % (PROBERS * PLACES);
		int64_t waited_us = crowd->scene->now_us - crowd->wanted_us[number];

		under_way->numbers[at] = number;
		under_way->until_us[at] = crowd->scene->now_us + (healthy ? SOON_US : TARPIT_US);
		crowd->times[number]++;
		if (healthy && waited_us > crowd->healthy_waited_us)
			crowd->healthy_waited_us = waited_us;
	}
}

static void crowd_hear(struct crowd *crowd, struct under_way *under_way,
		       void (*as)(struct scene *scene, uint32_t number))
{
	while (under_way->count &&
	       under_way->until_us[under_way->first] <= crowd->scene->now_us) {
		uint32_t number = under_way->numbers[under_way->first];

		under_way->first = (under_way->first + 1) % (PROBERS * PLACES);
		under_way->count--;
		crowd->wanted_us[number] = 0;
		as(crowd->scene, number);
	}
}

/* A step of time. Each observation has its own moment in the interval. */
static void crowd_step(struct crowd *crowd, bool patrol)
{
	enum { STEPS = INTERVAL_US / STEP_US };
	struct scene *scene = crowd->scene;
	uint32_t moment = (uint32_t)(scene->now_us / STEP_US % STEPS);

	scene->now_us += STEP_US;
	crowd_hear(crowd, &crowd->healthy, answers);
	crowd_hear(crowd, &crowd->tarpits, keeps_us_waiting);
	for (uint32_t i = moment; patrol && i < ALL; i += STEPS)
		/* Those of one target are not in a row. */
		crowd_want(crowd, (uint32_t)((uint64_t)i * 7919 % ALL));
	crowd_begin(crowd);
}

static void crowd_run(struct crowd *crowd, int64_t during_us, bool patrol)
{
	for (int64_t us = 0; us < during_us; us += STEP_US)
		crowd_step(crowd, patrol);
}

static struct crowd *crowd_new(struct scene *scene, uint32_t rate)
{
	struct crowd *crowd = memory_new(1, sizeof *crowd);

	for (uint32_t i = 0; i < TARGETS; i++)
		add(scene, i, "tls", EACH);
	scene->config.limits.probes_per_second = rate;
	crowd->scene = scene;
	start(scene, PROBERS);
	return crowd;
}

static unsigned fewest_times(const struct crowd *crowd, bool healthy)
{
	unsigned fewest = UINT_MAX;

	for (uint32_t i = 0; i < ALL; i++)
		if (is_healthy(i) == healthy && crowd->times[i] < fewest)
			fewest = crowd->times[i];
	return fewest;
}

/* The tarpits alone would need twice the places there are. */
static void healthy_targets_do_not_wait_for_tarpits(void **state)
{
	struct crowd *crowd = crowd_new(*state, 0);

	/* Until each has been met once nobody knows which is which. */
	crowd_run(crowd, INTERVAL_US, true);
	assert_true(crowd->healthy_waited_us <= TARGETS / (PROBERS * OF_NEW) * 2 * TARPIT_US);
	crowd->healthy_waited_us = 0;
	crowd_run(crowd, 3 * INTERVAL_US, true);
	assert_int_equal(crowd->healthy_waited_us, 0);
	assert_int_equal(fewest_times(crowd, true), 4);
	/* Nor are those given up: each takes its turn, later than it should. */
	assert_true(fewest_times(crowd, false) >= 1);
	free(crowd);
}

/* The healthy ones need 83 a second, the tarpits 750. */
static void nor_do_they_wait_when_only_so_many_may_begin_a_second(void **state)
{
	struct crowd *crowd = crowd_new(*state, 200);

	crowd_run(crowd, INTERVAL_US, true);
	crowd->healthy_waited_us = 0;
	crowd_run(crowd, INTERVAL_US, true);
	assert_true(crowd->healthy_waited_us <= CLOCK_SECOND);
	free(crowd);
}

/* As in a round. */
static void they_do_not_even_when_all_is_wanted_at_once(void **state)
{
	struct crowd *crowd = crowd_new(*state, 0);

	for (uint32_t i = 0; i < ALL; i++)
		crowd_want(crowd, i);
	while (crowd->tarpits.count || dispatch_waiting(crowd->scene->dispatch))
		crowd_step(crowd, false);
	/* The last of them is met after so many of nine tenths have timed out. */
	assert_true(crowd->healthy_waited_us <=
		    (TARGETS / (PROBERS * OF_NEW) + 1) * TARPIT_US + CLOCK_SECOND);
	assert_int_equal(fewest_times(crowd, true), 1);
	assert_int_equal(fewest_times(crowd, false), 1);
	free(crowd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(those_that_answer_may_have_all_of_a_prober),
		SCENE(those_that_keep_us_waiting_leave_room_for_the_new_and_those_for_the_others),
		SCENE(what_is_under_way_counts_by_what_is_known_now),
		SCENE(they_take_turns_when_each_could_begin),
		SCENE(probers_take_turns),
		SCENE(who_keeps_us_waiting_is_slow_until_it_answers),
		SCENE(who_answers_leaves_the_line_of_those_who_are_new),
		SCENE(healthy_targets_do_not_wait_for_tarpits),
		SCENE(nor_do_they_wait_when_only_so_many_may_begin_a_second),
		SCENE(they_do_not_even_when_all_is_wanted_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
