/* SPDX-License-Identifier: Apache-2.0
 *
 * Sums are made anew for targets about which something was heard, and all others stay as they are:
 * of very many checks a few change at a time.
 */
#include <string.h>

#include "agent/mirror/mirror_parts.h"
#include "ground/memory.h"

void mirror_count_check(struct inside *inside, const struct mirror_check *check, bool counts)
{
	struct shared_rule *rule = rule_of(check);
	uint32_t one = counts ? 1 : UINT32_MAX;

	rule->counts[check->fed.verdict] += one;
	inside->shown.by_family[rule->fed.family][check->fed.verdict] += one;
}

void mirror_note_stale(struct inside *inside, struct mirror_target *target)
{
	if (target->stale)
		return;
	target->stale = true;
	inside->stale = memory_room_for(inside->stale, inside->stale_count, &inside->stale_room,
					sizeof *inside->stale);
	inside->stale[inside->stale_count++] = target->fed.number;
}

static void add_target(struct inside *inside, const struct mirror_target *target, bool counts)
{
	uint32_t sign = counts ? 1 : UINT32_MAX;

	for (unsigned i = 0; i < VERDICT_COUNT; i++)
		inside->shown.counts[i] += sign * target->counts[i];
	for (unsigned i = 0; i < SEVERITY_COUNT; i++)
		inside->shown.by_severity[i] += sign * target->by_severity[i];
	inside->good += counts ? target->good : -(uint64_t)target->good;
	inside->judged += counts ? target->judged : -(uint64_t)target->judged;
}

void mirror_discount(struct inside *inside, struct mirror_target *target)
{
	add_target(inside, target, false);
}

static void add_alarm(struct mirror_target *target, uint8_t told, uint8_t severity)
{
	if (told == VERDICT_OK)
		return;
	if (!target->alarms || severity < target->severity)
		target->severity = severity;
	target->alarms++;
	target->by_severity[severity]++;
}

static int64_t later(int64_t a_us, int64_t b_us)
{
	return a_us > b_us ? a_us : b_us;
}

/* Several checks are decided by one look, which counts once. */
static void add_sight(const struct inside *inside, struct mirror_target *target,
		      struct shared_sight *sight)
{
	if (!sight || sight->added == inside->additions)
		return;
	sight->added = inside->additions;
	target->observed_wall_us = later(target->observed_wall_us,
					 sight->fed.observation->started_wall_us);
	/* A nonsensical one shall not overflow it. */
	__builtin_add_overflow(target->elapsed_us, sight->fed.observation->elapsed_us,
			       &target->elapsed_us);
}

static int32_t permille(uint64_t good, uint64_t judged)
{
	/* Rounded down: 1000 is nothing short of perfect. */
	return judged ? (int32_t)(good * 1000 / judged) : -1;
}

static void add_up_target(struct inside *inside, struct mirror_target *target)
{
	struct score score = { 0 };

	add_target(inside, target, false);
	inside->additions++;
	memset(target->by_severity, 0, sizeof target->by_severity);
	target->alarms = 0;
	target->severity = 0;
	target->changed_wall_us = target->observed_wall_us = target->elapsed_us = 0;
	/* As the engine raises it. */
	add_alarm(target, target->fed.told, SEVERITY_CRITICAL);
	for (size_t i = 0; i < target->check_count; i++) {
		const struct mirror_check *check =
			&inside->shown.checks[target->first_check + i];

		score_count(&score, (enum verdict)check->fed.verdict,
			    (enum severity)check->fed.severity);
		add_alarm(target, check->fed.told, check->fed.severity);
		target->changed_wall_us =
			later(target->changed_wall_us, check->fed.since_wall_us);
		add_sight(inside, target, sight_of(check));
	}
	memcpy(target->counts, score.counts, sizeof target->counts);
	target->good = score.good;
	target->judged = score.judged;
	target->worst = (uint8_t)score_worst(&score);
	target->score = permille(score.good, score.judged);
	target->stale = false;
	add_target(inside, target, true);
}

static void add_up_all(struct inside *inside)
{
	struct mirror *mirror = &inside->shown;
	struct score score = { 0 };

	memcpy(score.counts, mirror->counts, sizeof mirror->counts);
	mirror->worst = (uint8_t)score_worst(&score);
	mirror->score = permille(inside->good, inside->judged);
}

void mirror_add_up(struct inside *inside)
{
	struct mirror *mirror = &inside->shown;

	for (size_t i = 0; inside->all_stale && i < mirror->target_count; i++)
		add_up_target(inside, &mirror->targets[i]);
	for (size_t i = 0; i < inside->stale_count; i++) {
		size_t at = mirror_find_target(mirror, inside->stale[i]);

		if (at < mirror->target_count && mirror->targets[at].stale)
			add_up_target(inside, &mirror->targets[at]);
	}
	inside->stale_count = 0;
	inside->all_stale = false;
	add_up_all(inside);
}
