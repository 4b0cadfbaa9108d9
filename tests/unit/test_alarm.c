/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/engine/alarm.h"
#include "ground/clock.h"

#define MINUTE (60 * CLOCK_SECOND)
#define HOUR (60 * MINUTE)

static const struct alarm_policy usual = {
	.raise_after = 2,
	.clear_after = 2,
	.remind_us = 24 * HOUR,
	.flap_changes = 4,
	.flap_us = HOUR,
	.calm_us = 30 * MINUTE,
};

/* An alarm, and a minute that passes with each result. */
struct scene {
	struct alarm_policy policy;
	struct alarm alarm;
	struct moment now;
	struct text told;
};

static void scene_begin(struct scene *scene)
{
	*scene = (struct scene){ .policy = usual,
				 .now = { 5 * MINUTE, INT64_C(1790000000) * CLOCK_SECOND } };
	alarm_begin(&scene->alarm);
}

static struct alarm_effect scene_step(struct scene *scene, const struct alarm_event *event)
{
	struct alarm_effect effect =
		alarm_step(&scene->policy, &scene->alarm, event, scene->now);

	if (effect.change)
		text_add_format(&scene->told, "%s%s %s>%s", scene->told.length ? ", " : "",
				alarm_change_word(effect.change), verdict_word(effect.from),
				verdict_word(effect.to));
	if (effect.flaps)
		text_add(&scene->told, " flapping");
	return effect;
}

static void scene_pass(struct scene *scene, int64_t us)
{
	scene->now.monotonic_us += us;
	scene->now.wall_us += us;
}

/* "okkwcu": ok, ok … w a warning, c critical, u unknown, x excepted, n not applicable. */
static void hear(struct scene *scene, const char *results)
{
	static const char letters[] = "owcuxn";
	static const enum verdict verdicts[] = { VERDICT_OK,	   VERDICT_WARNING,
						 VERDICT_CRITICAL, VERDICT_UNKNOWN,
						 VERDICT_EXCEPTED, VERDICT_NOT_APPLICABLE };

	for (; *results; results++) {
		const struct alarm_event event = {
			.kind = ALARM_RESULT,
			.verdict = verdicts[strchr(letters, *results) - letters],
			.severity = SEVERITY_MAJOR,
		};

		scene_pass(scene, MINUTE);
		scene_step(scene, &event);
	}
}

static void happens(struct scene *scene, enum alarm_event_kind kind)
{
	const struct alarm_event event = { .kind = kind };

	scene_step(scene, &event);
}

static void expect_told(struct scene *scene, const char *told)
{
	assert_string_equal(text_string(&scene->told), told);
	text_free(&scene->told);
	scene->told = (struct text){ 0 };
}

static void expect(const char *results, const char *told)
{
	struct scene scene;

	scene_begin(&scene);
	hear(&scene, results);
	expect_told(&scene, told);
}

static void one_bad_result_is_no_alarm(void **state)
{
	(void)state;
	expect("oocoo", "");
	expect("ocoocoo", "");
	expect("oowow", "");
}

static void so_many_in_a_row_raise_and_clear_it(void **state)
{
	(void)state;
	expect("occ", "raised ok>critical");
	expect("occcc", "raised ok>critical");
	expect("occoo", "raised ok>critical, cleared critical>ok");
	expect("occoco", "raised ok>critical");
}

static void the_newest_of_bad_results_is_told(void **state)
{
	(void)state;
	expect("owc", "raised ok>critical");
	expect("ocw", "raised ok>warning");
}

static void it_changes_for_the_worse_and_for_the_better(void **state)
{
	(void)state;
	expect("wwcc", "raised ok>warning, changed warning>critical");
	expect("wwcwc", "raised ok>warning");
	expect("ccww", "raised ok>critical, changed critical>warning");
	expect("ccwo", "raised ok>critical, cleared critical>ok");
}

static void nobody_knows_is_told_as_such(void **state)
{
	(void)state;
	expect("uu", "raised ok>unknown");
	expect("uuoo", "raised ok>unknown, cleared unknown>ok");
	expect("uucc", "raised ok>unknown, changed unknown>critical");
	expect("ccuu", "raised ok>critical, changed critical>unknown");
}

static void unknown_neither_confirms_nor_denies(void **state)
{
	(void)state;
	expect("cuc", "raised ok>critical");
	expect("ccouo", "raised ok>critical, cleared critical>ok");
	expect("ucu", "");
	expect("uouou", "");
}

static void what_somebody_decided_is_told_at_once(void **state)
{
	struct scene scene;

	(void)state;
	expect("ccx", "raised ok>critical, cleared critical>ok");
	expect("ccn", "raised ok>critical, cleared critical>ok");
	expect("cxc", "");
	expect("xxnn", "");
	scene_begin(&scene);
	hear(&scene, "cc");
	happens(&scene, ALARM_GONE);
	happens(&scene, ALARM_GONE);
	expect_told(&scene, "raised ok>critical, cleared critical>ok");
}

static void the_cause_is_told(void **state)
{
	const struct alarm_event accepted = { .kind = ALARM_RESULT, .verdict = VERDICT_EXCEPTED };
	const struct alarm_event absent = { .kind = ALARM_RESULT,
					    .verdict = VERDICT_NOT_APPLICABLE };
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	hear(&scene, "cc");
	assert_int_equal(scene_step(&scene, &accepted).cause, ALARM_BY_EXCEPTION);
	hear(&scene, "cc");
	assert_int_equal(scene_step(&scene, &absent).cause, ALARM_BY_ABSENCE);
	text_free(&scene.told);
}

static void another_severity_changes_it_at_once(void **state)
{
	const struct alarm_event minor = { .kind = ALARM_RESULT,
					   .verdict = VERDICT_CRITICAL,
					   .severity = SEVERITY_CRITICAL };
	struct scene scene;
	struct alarm_effect effect;

	(void)state;
	scene_begin(&scene);
	hear(&scene, "cc");
	effect = scene_step(&scene, &minor);
	assert_int_equal(effect.change, ALARM_CHANGED);
	assert_int_equal(effect.severity, SEVERITY_CRITICAL);
	assert_int_equal(scene_step(&scene, &minor).change, ALARM_UNCHANGED);
	text_free(&scene.told);
}

static void while_it_is_held_nothing_is_told_nor_counted(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	hear(&scene, "c");
	happens(&scene, ALARM_HOLD);
	hear(&scene, "ccccoo");
	scene_pass(&scene, 48 * HOUR);
	happens(&scene, ALARM_TIME);
	assert_true(alarm_due_us(&scene.policy, &scene.alarm) == INT64_MAX);
	happens(&scene, ALARM_RELEASE);
	hear(&scene, "c");
	expect_told(&scene, "");
	hear(&scene, "c");
	expect_told(&scene, "raised ok>critical");
}

static void whoever_forgets_is_reminded(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	assert_true(alarm_due_us(&scene.policy, &scene.alarm) == INT64_MAX);
	hear(&scene, "cc");
	assert_true(alarm_due_us(&scene.policy, &scene.alarm) ==
		    scene.now.monotonic_us + 24 * HOUR);
	happens(&scene, ALARM_TIME);
	scene_pass(&scene, 24 * HOUR);
	happens(&scene, ALARM_TIME);
	happens(&scene, ALARM_TIME);
	expect_told(&scene, "raised ok>critical, reminded critical>critical");
	hear(&scene, "oo");
	assert_true(alarm_due_us(&scene.policy, &scene.alarm) == INT64_MAX);
	scene.policy.remind_us = 0;
	hear(&scene, "cc");
	assert_true(alarm_due_us(&scene.policy, &scene.alarm) == INT64_MAX);
	text_free(&scene.told);
}

static void what_flaps_is_told_once_and_again_when_it_is_calm(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	hear(&scene, "ccoocc");
	expect_told(&scene, "raised ok>critical, cleared critical>ok, raised ok>critical");
	hear(&scene, "oo");
	expect_told(&scene, "changed critical>critical flapping");
	hear(&scene, "ccooccoocwccoo");
	expect_told(&scene, "");
	assert_true(alarm_due_us(&scene.policy, &scene.alarm) ==
		    scene.alarm.same_since_us + 30 * MINUTE);
	scene_pass(&scene, 30 * MINUTE);
	hear(&scene, "o");
	expect_told(&scene, "cleared critical>ok");
	hear(&scene, "cc");
	expect_told(&scene, "raised ok>critical");
}

static void what_flaps_is_calm_by_time_too(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	hear(&scene, "ccooccoocc");
	expect_told(&scene, "raised ok>critical, cleared critical>ok, raised ok>critical, "
			    "changed critical>critical flapping");
	scene_pass(&scene, 31 * MINUTE);
	happens(&scene, ALARM_TIME);
	expect_told(&scene, "changed critical>critical");
}

static void slow_changes_do_not_flap(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	for (int i = 0; i < 6; i++) {
		hear(&scene, i % 2 ? "oo" : "cc");
		scene_pass(&scene, 21 * MINUTE);
	}
	expect_told(&scene, "raised ok>critical, cleared critical>ok, raised ok>critical, "
			    "cleared critical>ok, raised ok>critical, cleared critical>ok");
	scene.policy.flap_changes = 0;
	hear(&scene, "ccooccooccooccoo");
	assert_null(strstr(text_string(&scene.told), "flapping"));
	text_free(&scene.told);
}

static void a_restart_with_nothing_changed_tells_nothing(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	hear(&scene, "ccc");
	expect_told(&scene, "raised ok>critical");
	scene.now.monotonic_us = 10;
	scene.now.wall_us += HOUR;
	alarm_restore(&scene.policy, &scene.alarm, scene.now);
	hear(&scene, "cccc");
	expect_told(&scene, "");
	assert_true(scene.alarm.remind_at_us < 24 * HOUR);
	hear(&scene, "oo");
	expect_told(&scene, "cleared critical>ok");
	alarm_restore(&scene.policy, &scene.alarm, scene.now);
	assert_true(alarm_due_us(&scene.policy, &scene.alarm) == INT64_MAX);
}

static void a_clock_that_jumps_puts_no_reminder_off(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	hear(&scene, "cc");
	scene.now = (struct moment){ 10, scene.now.wall_us - 10000 * HOUR };
	alarm_restore(&scene.policy, &scene.alarm, scene.now);
	assert_true(scene.alarm.remind_at_us == 10 + 24 * HOUR);
	scene.now.wall_us += 30000 * HOUR;
	alarm_restore(&scene.policy, &scene.alarm, scene.now);
	assert_true(scene.alarm.remind_at_us == 10);
	scene.policy.remind_us = 0;
	alarm_restore(&scene.policy, &scene.alarm, scene.now);
	assert_true(scene.alarm.remind_at_us == INT64_MAX);
	text_free(&scene.told);
}

static unsigned chance(uint64_t *seed, unsigned most)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*seed >> 33) % most;
}

static struct alarm_event some_event(uint64_t *seed)
{
	static const enum alarm_event_kind kinds[] = { ALARM_HOLD, ALARM_RELEASE, ALARM_TIME,
						       ALARM_GONE };
	unsigned kind = chance(seed, 40);

	return (struct alarm_event){
		.kind = kind < 4 ? kinds[kind] : ALARM_RESULT,
		.verdict = (enum verdict)chance(seed, VERDICT_COUNT),
		.severity = (enum severity)chance(seed, SEVERITY_COUNT),
	};
}

/* What holds after every step, whatever came. */
static void expect_sense(const struct alarm *before, const struct alarm *after,
			 const struct alarm_effect *effect)
{
	bool was_raised = before->told != VERDICT_OK, is_raised = after->told != VERDICT_OK;

	if (effect->change == ALARM_UNCHANGED) {
		assert_int_equal(before->told, after->told);
		return;
	}
	assert_int_equal(effect->from, before->told);
	assert_int_equal(effect->to, after->told);
	assert_true(effect->flaps == after->flaps);
	assert_true((effect->change == ALARM_RAISED) == (!was_raised && is_raised));
	assert_true((effect->change == ALARM_CLEARED) == (was_raised && !is_raised));
	assert_true(effect->to != VERDICT_EXCEPTED && effect->to != VERDICT_NOT_APPLICABLE);
	if (effect->change == ALARM_CHANGED)
		assert_true(effect->from != effect->to || before->flaps != after->flaps ||
			    before->severity != after->severity);
}

static uint64_t run_by_chance(uint64_t seed)
{
	struct scene scene;
	uint64_t trace = seed;

	scene_begin(&scene);
	for (int i = 0; i < 300; i++) {
		struct alarm_event event = some_event(&seed);
		struct alarm before = scene.alarm;
		struct alarm_effect effect;

		scene_pass(&scene, chance(&seed, 600) * CLOCK_SECOND);
		effect = alarm_step(&scene.policy, &scene.alarm, &event, scene.now);
		expect_sense(&before, &scene.alarm, &effect);
		assert_true(!before.held || event.kind == ALARM_GONE || !effect.change);
		trace = trace * 31 + effect.change * 8u + effect.to;
		if (chance(&seed, 50) == 0)
			alarm_restore(&scene.policy, &scene.alarm, scene.now);
	}
	return trace;
}

static void whatever_comes_raised_and_cleared_take_turns(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 2000; seed++)
		assert_true(run_by_chance(seed) == run_by_chance(seed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_bad_result_is_no_alarm),
		cmocka_unit_test(so_many_in_a_row_raise_and_clear_it),
		cmocka_unit_test(the_newest_of_bad_results_is_told),
		cmocka_unit_test(it_changes_for_the_worse_and_for_the_better),
		cmocka_unit_test(nobody_knows_is_told_as_such),
		cmocka_unit_test(unknown_neither_confirms_nor_denies),
		cmocka_unit_test(what_somebody_decided_is_told_at_once),
		cmocka_unit_test(the_cause_is_told),
		cmocka_unit_test(another_severity_changes_it_at_once),
		cmocka_unit_test(while_it_is_held_nothing_is_told_nor_counted),
		cmocka_unit_test(whoever_forgets_is_reminded),
		cmocka_unit_test(what_flaps_is_told_once_and_again_when_it_is_calm),
		cmocka_unit_test(what_flaps_is_calm_by_time_too),
		cmocka_unit_test(slow_changes_do_not_flap),
		cmocka_unit_test(a_restart_with_nothing_changed_tells_nothing),
		cmocka_unit_test(a_clock_that_jumps_puts_no_reminder_off),
		cmocka_unit_test(whatever_comes_raised_and_cleared_take_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
