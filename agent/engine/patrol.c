/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/patrol.h"

#include <stdlib.h>
#include <string.h>

#include "agent/engine/patrol_parts.h"
#include "ground/clock.h"
#include "ground/log.h"
#include "ground/memory.h"

/* A turn that is late by more than this was not late: the machine slept. */
#define SLEEP_US (60 * CLOCK_SECOND)
/* What was seen first is saved for all that came together meanwhile. */
#define SAVE_AFTER_US (5 * CLOCK_SECOND)
#define LONG_AGO (INT64_MIN / 2)

struct patrol *patrol_new(const struct patrol_world *world, struct store *store,
			  struct self *self, struct firsts *firsts)
{
	struct patrol *patrol = memory_new(1, sizeof *patrol);

	patrol->world = *world;
	patrol->store = store;
	patrol->self = self;
	patrol->firsts = firsts;
	patrol->remembering.firsts = firsts;
	patrol->answered_us = patrol->others_asked_us = patrol->woke_us = LONG_AGO;
	patrol->late_until_us = LONG_AGO;
	patrol->asked_us = patrol->save_us = DUE_NEVER;
	return patrol;
}

static void forget_errand(struct errand *errand)
{
	struct patrol *patrol = errand->patrol;

	*(errand->before ? &errand->before->behind : &patrol->errands) = errand->behind;
	if (errand->behind)
		errand->behind->before = errand->before;
	patrol->health.under_way--;
	patrol_end_tenure(patrol, errand->tenure);
	free(errand);
}

void patrol_free(struct patrol *patrol)
{
	if (!patrol)
		return;
	if (patrol->beat)
		patrol_save(patrol, patrol->world.now(patrol->world.arg));
	while (patrol->errands)
		forget_errand(patrol->errands);
	patrol_free_beat(patrol, patrol->beat);
	free(patrol);
}

void patrol_say_changed(const struct patrol *patrol, uint32_t check)
{
	if (patrol->world.changed)
		patrol->world.changed(patrol->world.arg, check);
}

/* Without checks nobody looks at it, and nothing changes. */
void patrol_say_target_changed(const struct patrol *patrol, uint32_t target)
{
	const size_t *first = &patrol->beat->plan->first_check[target];

	if (first[0] < first[1])
		patrol_say_changed(patrol, (uint32_t)first[0]);
}

/* --- what is remembered -------------------------------------------------------------------- */

static void log_lines(const struct text *said)
{
	const char *line = text_string(said), *end;

	for (; (end = strchr(line, '\n')); line = end + 1)
		log_warn("memory", "%.*s", (int)(end - line), line);
}

void patrol_save(struct patrol *patrol, struct moment now)
{
	struct remembering *remembering = &patrol->remembering;
	const struct plan *plan = patrol->beat->plan;
	struct text said = { 0 };

	patrol->save_us = DUE_NEVER;
	if (!patrol->firsts)
		return;
	for (size_t i = 0; i < remembering->count; i++) {
		uint32_t check = remembering->checks[i];

		patrol->beat->observations[plan->checks[check].observation].unsaved = false;
		/* It is judged again when it could not be saved. */
		patrol_say_changed(patrol, check);
	}
	remember_save(remembering, now.wall_us, &said);
	log_lines(&said);
	text_free(&said);
}

static void remember(struct patrol *patrol, uint32_t number, struct moment now)
{
	struct watched_observation *watched = &patrol->beat->observations[number];

	if (!patrol->firsts || !watched->remembers)
		return;
	/* What nobody has saved yet would be seen for the first time twice. */
	if (watched->unsaved)
		patrol_save(patrol, now);
	remember_look(&patrol->remembering, number);
	watched->unsaved = true;
	if (!patrol->remembering.fresh->count && patrol->save_us == DUE_NEVER)
		patrol_save(patrol, now);
	else if (patrol->save_us == DUE_NEVER)
		patrol->save_us = now.monotonic_us + SAVE_AFTER_US;
}

void patrol_accept(struct patrol *patrol, uint32_t target, struct text *said)
{
	struct moment now = patrol->world.now(patrol->world.arg);
	const struct plan *plan = patrol->beat->plan;

	if (!patrol->firsts)
		return;
	patrol_save(patrol, now);
	remember_accept(&patrol->remembering, target, now.wall_us, said);
	for (size_t i = plan->first_check[target]; i < plan->first_check[target + 1]; i++) {
		patrol_say_changed(patrol, (uint32_t)i);
		if (patrol_note_verdict(patrol->beat, (uint32_t)i, now.wall_us))
			patrol_step(patrol, (uint32_t)i, ALARM_RESULT, now);
	}
}

/* --- results ------------------------------------------------------------------------------- */

static void judge_together(struct beat *beat, const uint32_t *checks, size_t count)
{
	uint32_t last = UINT32_MAX;

	for (size_t i = 0; i < count; i++) {
		uint32_t target = beat->plan->checks[checks[i]].target;

		if (target != last)
			results_judge_together(beat->results, target);
		last = target;
	}
}

static void take_in(struct patrol *patrol, uint32_t number, struct observation *observation,
		    struct moment now)
{
	struct beat *beat = patrol->beat;
	size_t count;
	const uint32_t *checks = results_checks(beat->results, number, &count);
	bool counts;

	patrol->health.observations++;
	results_take(beat->results, number, observation, now.wall_us);
	remember(patrol, number, now);
	judge_together(beat, checks, count);
	counts = patrol_hear(patrol, number, now);
	for (size_t i = 0; i < count; i++) {
		patrol_note_verdict(beat, checks[i], now.wall_us);
		patrol_say_changed(patrol, checks[i]);
		if (counts)
			patrol_step(patrol, checks[i], ALARM_RESULT, now);
	}
	schedule_done(beat->schedule, number, patrol_pace(beat, number), now.monotonic_us);
}

static void take_known(struct patrol *patrol, struct moment now)
{
	struct beat *beat = patrol->beat;
	struct observation *observation;
	uint32_t number;

	while (dispatch_known(beat->dispatch, &number, &observation, now.wall_us)) {
		patrol_end_wait(patrol, number, now);
		take_in(patrol, number, observation, now);
	}
}

static void observation_has_come(void *arg, struct observation *observation)
{
	struct errand *errand = arg;
	struct patrol *patrol = errand->patrol;
	struct moment now = patrol->world.now(patrol->world.arg);
	uint32_t number = errand->number;

	forget_errand(errand);
	if (number == NO_OBSERVATION) {
		observation_free(observation);
		return;
	}
	dispatch_hear(patrol->beat->dispatch, number, observation);
	take_in(patrol, number, observation, now);
	take_known(patrol, now);
}

/* --- a turn -------------------------------------------------------------------------------- */

static void note_sleep(struct patrol *patrol, struct moment now)
{
	if (patrol->asked_us == DUE_NEVER || now.monotonic_us - patrol->asked_us <= SLEEP_US)
		return;
	patrol->woke_us = now.monotonic_us;
	schedule_slept(patrol->beat->schedule, now.monotonic_us);
}

static void pass_time(struct patrol *patrol, struct moment now)
{
	const struct plan *plan = patrol->beat->plan;
	uint32_t checks = (uint32_t)plan->check_count, number;
	uint32_t targets = (uint32_t)plan->config->target_count;

	while (due_take(patrol->beat->due, now.monotonic_us, &number)) {
		if (number < checks)
			patrol_step(patrol, number, ALARM_TIME, now);
		else if (number < checks + targets)
			patrol_step_target(patrol, number - checks, ALARM_TIME, now);
		else
			patrol_end_grace(patrol, number - checks - targets, now);
	}
}

static void begin(struct patrol *patrol, uint32_t number, uint32_t key, struct moment now)
{
	struct beat *beat = patrol->beat;
	struct errand *errand = memory_new(1, sizeof *errand);

	*errand = (struct errand){ .patrol = patrol,
				   .tenure = beat->tenure,
				   .number = number,
				   .behind = patrol->errands };
	if (errand->behind)
		errand->behind->before = errand;
	patrol->errands = errand;
	patrol->health.under_way++;
	beat->tenure->uses++;
	patrol_end_wait(patrol, number, now);
	patrol->world.observe(patrol->world.arg, key,
			      &beat->plan->observations[number].request, observation_has_come,
			      errand);
}

/* What is due within a moment begins together, at its end: an observation that begins alone wakes
 * us and a prober for itself, and where there are very many that costs more than the looking. */
#define TOGETHER_US (100 * CLOCK_MILLISECOND)

static int64_t moment_begins_us(int64_t now_us)
{
	return now_us - now_us % TOGETHER_US;
}

static int64_t moment_ends_us(int64_t us)
{
	return us == DUE_NEVER ? us : moment_begins_us(us + TOGETHER_US - 1);
}

static int64_t begin_what_may(struct patrol *patrol, struct moment now)
{
	struct beat *beat = patrol->beat;
	uint32_t number, key;
	int64_t again_us;

	while (schedule_take(beat->schedule, moment_begins_us(now.monotonic_us), &number)) {
		patrol_begin_to_wait(beat, number);
		dispatch_want(beat->dispatch, number);
	}
	while (dispatch_take(beat->dispatch, now.monotonic_us, &number, &key, &again_us))
		begin(patrol, number, key, now);
	return again_us;
}

static int64_t earlier(int64_t a_us, int64_t b_us)
{
	return a_us < b_us ? a_us : b_us;
}

int64_t patrol_turn(struct patrol *patrol)
{
	struct moment now = patrol->world.now(patrol->world.arg);
	int64_t next_us;

	if (!patrol->beat)
		return DUE_NEVER;
	note_sleep(patrol, now);
	next_us = patrol_pass_exceptions(patrol, now);
	pass_time(patrol, now);
	next_us = earlier(next_us, patrol_pass_storm(patrol, now));
	if (patrol->save_us <= now.monotonic_us)
		patrol_save(patrol, now);
	next_us = earlier(next_us, patrol->save_us);
	next_us = earlier(next_us, begin_what_may(patrol, now));
	next_us = earlier(next_us, patrol_watch_waiting(patrol, now));
	next_us = earlier(next_us, due_next_us(patrol->beat->due));
	next_us = earlier(next_us, moment_ends_us(schedule_next_us(patrol->beat->schedule)));
	return patrol->asked_us = next_us;
}

/* --- for the faces ------------------------------------------------------------------------- */

const struct results *patrol_results(const struct patrol *patrol)
{
	return patrol->beat ? patrol->beat->results : NULL;
}

static uint64_t raised_by(const struct patrol *patrol, uint32_t number)
{
	struct alarm alarm;
	uint64_t raised = 0;

	store_recall(patrol->store, number, &alarm, &raised);
	return raised;
}

/* While it waits for its turn it is due already. */
static int64_t next_look(const struct beat *beat, uint32_t number)
{
	if (number == NO_OBSERVATION ||
	    (!beat->observations[number].waits && !schedule_waits(beat->schedule, number)))
		return DUE_NEVER;
	return schedule_due_us(beat->schedule, number);
}

struct patrol_check patrol_check(const struct patrol *patrol, size_t check)
{
	const struct watched_check *watched = &patrol->beat->checks[check];

	return (struct patrol_check){
		.alarm = &watched->alarm,
		.number = watched->number,
		.raised = raised_by(patrol, watched->number),
		.since_wall_us = watched->since_wall_us,
		.next_us = next_look(patrol->beat,
				     patrol->beat->plan->checks[check].observation),
	};
}

struct patrol_target patrol_target(const struct patrol *patrol, size_t target)
{
	const struct watched_target *watched = &patrol->beat->targets[target];

	return (struct patrol_target){
		.alarm = &watched->alarm,
		.number = watched->number,
		.check = watched->check,
		.raised = raised_by(patrol, watched->check),
		.down = watched->presence.down,
	};
}

struct patrol_health patrol_health(const struct patrol *patrol)
{
	struct patrol_health health = patrol->health;

	health.uplink_down = patrol->uplink_down;
	health.waiting = patrol->beat ? dispatch_waiting(patrol->beat->dispatch) : 0;
	return health;
}
