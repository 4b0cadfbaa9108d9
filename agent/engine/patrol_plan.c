/* SPDX-License-Identifier: Apache-2.0
 *
 * From one plan to the next, and from the store to the first: what is still there goes on as if
 * nothing had happened.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/engine/patrol_parts.h"
#include "agent/plan/seen.h"
#include "collectors/snmp_access.h"
#include "ground/clock.h"
#include "ground/memory.h"

/* --- which observation is which ------------------------------------------------------------ */

struct comparison {
	const struct plan *plan, *other;
	uint32_t number;		/* in `other` */
};

static const char *owner_of(const struct plan *plan, uint32_t number)
{
	const struct plan_observation *observation = &plan->observations[number];
	const struct request *request = &observation->request;

	/* Whoever needs it first, it is the same for all. */
	return request_is_elsewhere(request) && !request->collector->looks_inside
		       ? NULL
		       : plan->config->targets[observation->target].name;
}

static bool same_owner(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_observation(const void *arg, uint32_t number)
{
	const struct comparison *comparison = arg;
	const struct request *a = &comparison->plan->observations[number].request;
	const struct request *b = &comparison->other->observations[comparison->number].request;

	return request_same(a, b) && snmp_access_same(a->snmp, b->snmp) &&
	       same_owner(owner_of(comparison->plan, number),
			  owner_of(comparison->other, comparison->number));
}

static uint64_t hash_observation(const struct plan *plan, uint32_t number)
{
	return seen_hash(request_hash(&plan->observations[number].request),
			 owner_of(plan, number));
}

/* Of each of the old plan's observations the number in the new one, or NO_OBSERVATION. */
static uint32_t *match_observations(const struct plan *old, const struct plan *new)
{
	uint32_t *matches = memory_new(old->observation_count, sizeof *matches);
	struct seen seen = { 0 };

	seen_reset(&seen, new->observation_count);
	for (uint32_t i = 0; i < new->observation_count; i++) {
		struct comparison comparison = { new, new, i };

		seen_number(&seen, hash_observation(new, i), i, same_observation, &comparison);
	}
	for (uint32_t i = 0; i < old->observation_count; i++) {
		struct comparison comparison = { new, old, i };

		matches[i] = seen_find(&seen, hash_observation(old, i), same_observation,
				       &comparison, NO_OBSERVATION);
	}
	seen_free(&seen);
	return matches;
}

/* --- when observations are due ------------------------------------------------------------- */

/* What looks at one place is due together, and is looked at one after the other then. */
static uint64_t place_hash(const struct plan *plan, uint32_t number)
{
	const struct request *request = &plan->observations[number].request;
	uint64_t hash = seen_hash(SEEN_HASH_BEGIN, owner_of(plan, number));

	hash = seen_hash(hash, request->host);
	return *request->host ? seen_hash_number(hash, request->subject.first)
			      : seen_hash(hash, request->subject.text);
}

static int64_t interval_us(const struct beat *beat, uint32_t number)
{
	return beat->plan->observations[number].interval_ms * CLOCK_MILLISECOND;
}

static void begin_schedule(struct beat *beat, const bool *carried, size_t fresh,
			   struct moment now)
{
	int64_t warm_up_us = patrol_warm_up_us(beat->plan, fresh);

	for (uint32_t i = 0; i < beat->plan->observation_count; i++)
		if (!carried[i])
			schedule_begin(beat->schedule, i, place_hash(beat->plan, i),
				       interval_us(beat, i), patrol_recheck_us(beat, i),
				       warm_up_us, now.monotonic_us);
}

static bool wants_more(const struct request *old, const struct request *new)
{
	return old->wanted && (!new->wanted || new->wanted & ~old->wanted);
}

static void carry_observation(struct beat *old, uint32_t from, struct beat *new, uint32_t to,
			      struct moment now)
{
	struct watched_observation *before = &old->observations[from];
	struct watched_observation *after = &new->observations[to];

	after->mark = before->mark;
	after->sign = before->sign;
	after->seen = before->seen;
	after->withheld = before->withheld;
	if (old->results->observations[from]) {
		results_take(new->results, to, old->results->observations[from], now.wall_us);
		old->results->observations[from] = NULL;
	}
	schedule_resume(new->schedule, to, place_hash(new->plan, to), interval_us(new, to),
			patrol_recheck_us(new, to), schedule_due_us(old->schedule, from),
			now.monotonic_us);
	if (wants_more(&old->plan->observations[from].request,
		       &new->plan->observations[to].request))
		schedule_hurry(new->schedule, to, patrol_recheck_us(new, to), now.monotonic_us);
}

/* What is under way is not asked for a second time. */
static void carry_errands(struct patrol *patrol, const uint32_t *matches, struct beat *new)
{
	for (struct errand *errand = patrol->errands; errand; errand = errand->behind) {
		if (errand->number == NO_OBSERVATION)
			continue;
		errand->number = matches[errand->number];
		if (errand->number == NO_OBSERVATION)
			continue;
		schedule_claim(new->schedule, errand->number);
		dispatch_adopt(new->dispatch, errand->number);
	}
}

static void carry_observations(struct patrol *patrol, struct beat *old, struct beat *new,
			       struct moment now)
{
	bool *carried = memory_new(new->plan->observation_count, sizeof *carried);
	uint32_t *matches = old ? match_observations(old->plan, new->plan) : NULL;
	size_t fresh = new->plan->observation_count;

	for (uint32_t i = 0; old && i < old->plan->observation_count; i++) {
		if (matches[i] == NO_OBSERVATION)
			continue;
		carry_observation(old, i, new, matches[i], now);
		carried[matches[i]] = true;
		fresh--;
	}
	if (old)
		carry_errands(patrol, matches, new);
	begin_schedule(new, carried, fresh, now);
	free(matches);
	free(carried);
}

/* --- alarms -------------------------------------------------------------------------------- */

/* By the number of a check or target in the store: where it stands in a plan, and one more. */
struct places_by_number {
	uint32_t *items;
	size_t count;
};

static void note_place(struct places_by_number *places, uint32_t number, uint32_t place)
{
	if (number >= places->count) {
		size_t count = 2 * (size_t)number + 1;

		places->items = memory_resize(places->items, count, sizeof *places->items);
		memset(places->items + places->count, 0,
		       (count - places->count) * sizeof *places->items);
		places->count = count;
	}
	places->items[number] = place + 1;
}

/* UINT32_MAX: nowhere. */
static uint32_t place_of(const struct places_by_number *places, uint32_t number)
{
	return (number < places->count ? places->items[number] : 0) - 1;
}

static void recall(struct patrol *patrol, const struct alarm_policy *policy, uint32_t number,
		   struct alarm *alarm, struct moment now)
{
	uint64_t raised;

	alarm_begin(alarm);
	if (!store_recall(patrol->store, number, alarm, &raised))
		return;
	alarm->held = false;
	alarm_restore(policy, alarm, now);
}

/* When reminders come is counted anew when that was changed. */
static void carry_alarm(const struct alarm_policy *old, const struct alarm_policy *new,
			struct alarm *alarm, struct moment now)
{
	if (old->remind_us != new->remind_us)
		alarm_restore(new, alarm, now);
}

static void carry_checks(struct patrol *patrol, const struct beat *old, struct beat *new,
			 struct moment now)
{
	struct places_by_number places = { 0 };

	for (uint32_t i = 0; old && i < old->plan->check_count; i++)
		note_place(&places, old->checks[i].number, i);
	for (size_t i = 0; i < new->plan->check_count; i++) {
		struct watched_check *check = &new->checks[i];
		uint32_t place = place_of(&places, check->number);

		if (place != UINT32_MAX) {
			*check = old->checks[place];
			carry_alarm(&old->policy, &new->policy, &check->alarm, now);
		} else {
			recall(patrol, &new->policy, check->number, &check->alarm, now);
		}
	}
	free(places.items);
}

static void carry_target(const struct beat *old, const struct watched_target *before,
			 const struct beat *new, struct watched_target *after,
			 struct moment now)
{
	after->presence = before->presence;
	after->alarm = before->alarm;
	after->went_us = before->went_us;
	carry_alarm(&old->target_policy, &new->target_policy, &after->alarm, now);
}

/* Who was told to be down is believed to be so until he is heard. */
static void recall_target(struct patrol *patrol, const struct beat *beat,
			  struct watched_target *target, struct moment now)
{
	presence_begin(&target->presence);
	recall(patrol, &beat->target_policy, target->check, &target->alarm, now);
	target->presence.down = target->alarm.told != VERDICT_OK;
	target->went_us = now.monotonic_us;
}

static void carry_targets(struct patrol *patrol, const struct beat *old, struct beat *new,
			  struct moment now)
{
	struct places_by_number places = { 0 };

	for (uint32_t i = 0; old && i < old->plan->config->target_count; i++)
		note_place(&places, old->targets[i].number, i);
	for (size_t i = 0; i < new->plan->config->target_count; i++) {
		struct watched_target *target = &new->targets[i];
		uint32_t place = place_of(&places, target->number);

		if (place != UINT32_MAX)
			carry_target(old, &old->targets[place], new, target, now);
		else
			recall_target(patrol, new, target, now);
		/* Nobody could ever hear it again. */
		if (!target->tellers)
			presence_begin(&target->presence);
	}
	free(places.items);
}

/* --- afterwards ---------------------------------------------------------------------------- */

/* What somebody has decided counts at once; the rest waits for the next result. */
static void settle_check(struct patrol *patrol, uint32_t number, struct moment now)
{
	struct beat *beat = patrol->beat;
	uint32_t observation = beat->plan->checks[number].observation;
	enum verdict verdict = beat->results->judgements[number].verdict;

	if (observation != NO_OBSERVATION && !beat->results->observations[observation])
		verdict = VERDICT_UNKNOWN;
	else
		patrol_note_verdict(beat, number, now.wall_us);
	if (verdict == VERDICT_EXCEPTED || verdict == VERDICT_NOT_APPLICABLE) {
		beat->checks[number].alarm.held = false;
		patrol_step(patrol, number, ALARM_RESULT, now);
	}
	due_set(beat->due, number,
		alarm_due_us(&beat->policy, &beat->checks[number].alarm));
}

static void settle_target(struct patrol *patrol, uint32_t number, struct moment now)
{
	struct beat *beat = patrol->beat;
	const struct watched_target *target = &beat->targets[number];
	const size_t *first = &beat->plan->first_check[number];

	results_judge_together(beat->results, number);
	for (size_t i = first[0]; i < first[1]; i++)
		settle_check(patrol, (uint32_t)i, now);
	patrol_hold(patrol, number, now);
	if (!target->tellers && target->alarm.told != VERDICT_OK)
		patrol_step_target(patrol, number, ALARM_GONE, now);
	due_set(beat->due, (uint32_t)beat->plan->check_count + number,
		alarm_due_us(&beat->target_policy, &target->alarm));
	if (target->presence.down && target->alarm.told == VERDICT_OK)
		patrol_set_grace(beat, number,
				 now.monotonic_us + beat->plan->config->alarms.recheck_us);
}

void patrol_set_probers(struct patrol *patrol, size_t probers)
{
	patrol->world.probers = probers;
}

void patrol_set_plan(struct patrol *patrol, const struct plan *plan)
{
	struct moment now = patrol->world.now(patrol->world.arg);
	struct beat *old = patrol->beat, *new;

	if (old)
		patrol_save(patrol, now);
	else
		patrol->answered_us = now.monotonic_us;
	new = patrol_new_beat(patrol, plan, now);
	carry_observations(patrol, old, new, now);
	carry_checks(patrol, old, new, now);
	patrol_know_targets(new);
	carry_targets(patrol, old, new, now);
	patrol->beat = new;
	patrol->remembering.results = new->results;
	patrol_free_beat(patrol, old);
	patrol_count_uplink(patrol, now);
	for (uint32_t i = 0; i < plan->config->target_count; i++)
		settle_target(patrol, i, now);
	patrol_clear_gone(patrol, now);
}
