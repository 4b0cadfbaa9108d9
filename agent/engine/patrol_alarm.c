/* SPDX-License-Identifier: Apache-2.0
 *
 * From what was judged to what is told: alarms are stepped, what changed of them is recorded,
 * and who would drown in events is spared them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/engine/patrol_parts.h"
#include "ground/clock.h"
#include "ground/memory.h"

void patrol_set_policies(struct beat *beat)
{
	const struct alarm_settings *settings = &beat->plan->config->alarms;

	beat->policy = (struct alarm_policy){
		.raise_after = settings->raise_after,
		.clear_after = settings->clear_after,
		.remind_us = settings->remind_us,
		.flap_changes = settings->flapping.count,
		.flap_us = settings->flapping.within_us,
		.calm_us = settings->calm_us,
	};
	/* Many looks were needed to know it. */
	beat->target_policy = beat->policy;
	beat->target_policy.raise_after = beat->target_policy.clear_after = 1;
}

/* --- storms -------------------------------------------------------------------------------- */

static struct storm_policy storm_policy(const struct patrol *patrol)
{
	const struct rate *storm = &patrol->beat->plan->config->alarms.storm;

	return (struct storm_policy){ storm->count, storm->within_us };
}

static bool is_hidden(struct patrol *patrol, struct moment now)
{
	const struct storm_policy policy = storm_policy(patrol);
	char text[96];

	switch (storm_hear(&policy, &patrol->storm, now.monotonic_us)) {
	case STORM_BEGINS:
		snprintf(text, sizeof text,
			 "more than %u events within %lld s: the others are recorded",
			 policy.most, (long long)(policy.window_us / CLOCK_SECOND));
		self_note(patrol->self, SEVERITY_CRITICAL, PATROL_STORM_BEGINS,
			  text, now);
		return true;
	case STORM_HIDE:
		return true;
	default:
		return false;
	}
}

int64_t patrol_pass_storm(struct patrol *patrol, struct moment now)
{
	const struct storm_policy policy = storm_policy(patrol);
	unsigned hidden;
	char text[96];

	if (storm_pass(&policy, &patrol->storm, now.monotonic_us, &hidden) == STORM_ENDS) {
		snprintf(text, sizeof text,
			 "%u events were recorded and not told: see 'ucposture events'", hidden);
		self_note(patrol->self, SEVERITY_CRITICAL,
			  PATROL_STORM_ENDS, text, now);
	}
	return storm_due_us(&policy, &patrol->storm);
}

/* --- recording ----------------------------------------------------------------------------- */

/* What a restart would have to know is the same. How severe it would be is no matter while
 * nothing is wrong. */
static bool same_record(const struct alarm *a, const struct alarm *b)
{
	return a->told == b->told && a->seen == b->seen && a->flaps == b->flaps &&
	       (a->severity == b->severity || a->told == VERDICT_OK) &&
	       a->better == b->better && a->worse == b->worse && a->unknown == b->unknown &&
	       a->raised_wall_us == b->raised_wall_us &&
	       a->changed_wall_us == b->changed_wall_us &&
	       a->reminded_wall_us == b->reminded_wall_us;
}

/* Fills in what every event has; the caller has said of what it is. */
static void record(struct patrol *patrol, uint32_t number, const struct alarm *alarm,
		   const struct alarm_effect *effect, struct event *event, struct moment now)
{
	event->at_us = now.wall_us;
	event->from = (uint8_t)effect->from;
	event->to = (uint8_t)effect->to;
	event->severity = (uint8_t)effect->severity;
	event->cause = (uint8_t)effect->cause;
	event->flaps = effect->flaps;
	event->quiet = is_hidden(patrol, now);
	store_record(patrol->store, number, alarm, event);
	patrol->health.events++;
	patrol->health.hidden += event->quiet;
}

static enum event_kind kind_of(enum alarm_change change)
{
	static const enum event_kind kinds[] = {
		[ALARM_RAISED] = EVENT_RAISED,
		[ALARM_CHANGED] = EVENT_CHANGED,
		[ALARM_CLEARED] = EVENT_CLEARED,
		[ALARM_REMINDED] = EVENT_REMINDED,
	};

	return kinds[change];
}

/* --- of a check ---------------------------------------------------------------------------- */

static void record_check(struct patrol *patrol, uint32_t number,
			 const struct alarm_effect *effect, struct moment now)
{
	const struct beat *beat = patrol->beat;
	const struct watched_check *watched = &beat->checks[number];
	const struct check *check = &beat->plan->checks[number];
	const struct judgement *judgement = &beat->results->judgements[number];
	struct event event = {
		.target = beat->targets[check->target].number,
		.kind = (uint8_t)kind_of(effect->change),
		.target_name = plan_target(beat->plan, check)->name,
		.check_name = check->name,
		.title = check->rule->title,
		.expected = judgement->expected,
		.observed = judgement->observed,
		.reason = judgement->reason,
		.remedy = check_remedy(check),
	};

	record(patrol, watched->number, &watched->alarm, effect, &event, now);
}

bool patrol_note_verdict(struct beat *beat, uint32_t number, int64_t wall_us)
{
	struct watched_check *watched = &beat->checks[number];
	enum verdict verdict = beat->results->judgements[number].verdict;

	if (watched->since_wall_us && watched->verdict == verdict)
		return false;
	watched->verdict = (uint8_t)verdict;
	watched->since_wall_us = wall_us;
	return true;
}

void patrol_step(struct patrol *patrol, uint32_t number, enum alarm_event_kind kind,
		 struct moment now)
{
	struct beat *beat = patrol->beat;
	struct watched_check *watched = &beat->checks[number];
	const struct alarm before = watched->alarm;
	const struct alarm_event event = {
		.kind = kind,
		.verdict = beat->results->judgements[number].verdict,
		.severity = (enum severity)beat->plan->checks[number].severity,
	};
	struct alarm_effect effect = alarm_step(&beat->policy, &watched->alarm, &event, now);
	int64_t due_us = alarm_due_us(&beat->policy, &watched->alarm);

	if (effect.change != ALARM_UNCHANGED)
		record_check(patrol, number, &effect, now);
	else if (!same_record(&before, &watched->alarm))
		store_record(patrol->store, watched->number, &watched->alarm, NULL);
	due_set(beat->due, number, due_us);
	patrol_say_changed(patrol, number);
}

void patrol_count_withheld(struct patrol *patrol, uint32_t number, struct moment now)
{
	struct beat *beat = patrol->beat;
	size_t count;
	const uint32_t *checks = results_checks(beat->results, number, &count);

	if (!beat->observations[number].withheld)
		return;
	beat->observations[number].withheld = false;
	for (size_t i = 0; i < count; i++)
		patrol_step(patrol, checks[i], ALARM_RESULT, now);
}

static enum schedule_pace pace_of(const struct watched_check *check, enum verdict verdict)
{
	if (verdict == VERDICT_EXCEPTED || verdict == VERDICT_NOT_APPLICABLE)
		return SCHEDULE_USUAL;
	if (check->alarm.held)
		return verdict == VERDICT_OK ? SCHEDULE_USUAL : SCHEDULE_SLOWER;
	if (verdict != check->alarm.told)
		return SCHEDULE_SOON;
	return verdict == VERDICT_OK ? SCHEDULE_USUAL : SCHEDULE_SLOWER;
}

/* The most impatient of its checks decides. */
enum schedule_pace patrol_pace(const struct beat *beat, uint32_t number)
{
	enum schedule_pace pace = SCHEDULE_USUAL;
	size_t count;
	const uint32_t *checks = results_checks(beat->results, number, &count);

	for (size_t i = 0; i < count; i++) {
		enum schedule_pace own = pace_of(&beat->checks[checks[i]],
						 beat->results->judgements[checks[i]].verdict);

		if (own == SCHEDULE_SOON)
			return own;
		if (own == SCHEDULE_SLOWER)
			pace = own;
	}
	return pace;
}

/* --- of a target --------------------------------------------------------------------------- */

static void record_target(struct patrol *patrol, uint32_t number,
			  const struct alarm_effect *effect, struct moment now)
{
	const struct beat *beat = patrol->beat;
	const struct watched_target *watched = &beat->targets[number];
	bool down = watched->presence.down;
	struct event event = {
		.target = watched->number,
		.kind = (uint8_t)kind_of(effect->change),
		.target_name = beat->plan->config->targets[number].name,
		.check_name = PATROL_TARGET_CHECK,
		.title = PATROL_TARGET_TITLE,
		.expected = PATROL_TARGET_EXPECTED,
		.observed = down ? PATROL_TARGET_DOWN : PATROL_TARGET_UP,
		.reason = down ? "timed_out" : "satisfied",
		.remedy = PATROL_TARGET_REMEDY,
	};

	if (effect->change == ALARM_RAISED)
		event.kind = EVENT_TARGET_DOWN;
	else if (effect->change == ALARM_CLEARED)
		event.kind = EVENT_TARGET_UP;
	record(patrol, watched->check, &watched->alarm, effect, &event, now);
}

void patrol_step_target(struct patrol *patrol, uint32_t number, enum alarm_event_kind kind,
			struct moment now)
{
	struct beat *beat = patrol->beat;
	struct watched_target *watched = &beat->targets[number];
	const struct alarm before = watched->alarm;
	const struct alarm_event event = {
		.kind = kind,
		.verdict = watched->presence.down ? VERDICT_CRITICAL : VERDICT_OK,
		.severity = SEVERITY_CRITICAL,
	};
	struct alarm_effect effect =
		alarm_step(&beat->target_policy, &watched->alarm, &event, now);

	if (effect.change != ALARM_UNCHANGED)
		record_target(patrol, number, &effect, now);
	else if (!same_record(&before, &watched->alarm))
		store_record(patrol->store, watched->check, &watched->alarm, NULL);
	due_set(beat->due, (uint32_t)beat->plan->check_count + number,
		alarm_due_us(&beat->target_policy, &watched->alarm));
	patrol_say_target_changed(patrol, number);
}

/* --- of what is no more -------------------------------------------------------------------- */

struct gone {
	uint32_t target, check;
	const char *target_name, *check_name;	/* the store's, which never forgets one */
};

struct leaving {
	const struct patrol *patrol;
	bool *here;			/* by the check's number */
	size_t here_count;
	struct gone *items;
	size_t count, room;
};

static void note_here(struct leaving *leaving, uint32_t number)
{
	if (number >= leaving->here_count) {
		size_t count = 2 * (size_t)number + 1;

		leaving->here = memory_resize(leaving->here, count, sizeof *leaving->here);
		for (size_t i = leaving->here_count; i < count; i++)
			leaving->here[i] = false;
		leaving->here_count = count;
	}
	leaving->here[number] = true;
}

static void note_all_here(struct leaving *leaving)
{
	const struct beat *beat = leaving->patrol->beat;

	for (size_t i = 0; i < beat->plan->check_count; i++)
		note_here(leaving, beat->checks[i].number);
	for (size_t i = 0; i < beat->plan->config->target_count; i++)
		note_here(leaving, beat->targets[i].check);
	for (int i = 0; i < SELF_COUNT; i++) {
		struct self_state state;

		self_look(leaving->patrol->self, (enum self_check)i, &state);
		note_here(leaving, state.number);
	}
}

static void note_gone(void *arg, uint32_t target, const char *target_name, uint32_t check,
		      const char *check_name)
{
	struct leaving *leaving = arg;

	if (check < leaving->here_count && leaving->here[check])
		return;
	leaving->items = memory_room_for(leaving->items, leaving->count, &leaving->room,
					 sizeof *leaving->items);
	leaving->items[leaving->count++] =
		(struct gone){ target, check, target_name, check_name };
}

static void clear(struct patrol *patrol, const struct gone *gone, struct moment now)
{
	const struct alarm_event absence = { .kind = ALARM_GONE };
	bool is_target = !strcmp(gone->check_name, PATROL_TARGET_CHECK);
	struct event event = {
		.target = gone->target,
		.kind = is_target ? EVENT_TARGET_UP : EVENT_CLEARED,
		.target_name = gone->target_name,
		.check_name = gone->check_name,
		.title = "It is not looked at any more",
	};
	struct alarm_effect effect;
	struct alarm alarm;
	uint64_t raised;

	store_recall(patrol->store, gone->check, &alarm, &raised);
	effect = alarm_step(&patrol->beat->policy, &alarm, &absence, now);
	record(patrol, gone->check, &alarm, &effect, &event, now);
}

/* Whoever was told of them shall be told the end, also when they went while nobody watched. */
void patrol_clear_gone(struct patrol *patrol, struct moment now)
{
	struct leaving leaving = { .patrol = patrol };

	note_all_here(&leaving);
	store_each_raised(patrol->store, note_gone, &leaving);
	for (size_t i = 0; i < leaving.count; i++)
		clear(patrol, &leaving.items[i], now);
	free(leaving.items);
	free(leaving.here);
}
