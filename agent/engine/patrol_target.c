/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether targets are there. Silence counts against a service only when its host was heard
 * afterwards, and against a host only when somebody else was.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/engine/patrol_parts.h"
#include "ground/clock.h"
#include "ground/memory.h"

/* The first round shall not take all that we may send, nor come in one burst; but whoever starts
 * the agent with a few targets wants to see something now. */
enum { WARM_UP_SHARE = 2, WARM_UP_LEAST_S = 5, RATE_UNLIMITED = 1000 };

int64_t patrol_warm_up_us(const struct plan *plan, size_t observations)
{
	uint32_t rate = plan->config->limits.probes_per_second;
	int64_t needed_us = (int64_t)observations * WARM_UP_SHARE * CLOCK_SECOND /
			    (rate ? rate : RATE_UNLIMITED);
	int64_t least_us = WARM_UP_LEAST_S * CLOCK_SECOND;

	return needed_us > least_us ? needed_us : least_us;
}

int64_t patrol_recheck_us(const struct beat *beat, uint32_t number)
{
	int64_t least_us = beat->plan->observations[number].interval_ms * CLOCK_MILLISECOND / 10;
	int64_t recheck_us = beat->plan->config->alarms.recheck_us;

	return recheck_us > least_us ? recheck_us : least_us;
}

/* Of the target's own host: its peers, name servers and push servers may be gone without it. */
static bool is_own(const struct plan *plan, const struct plan_observation *observation)
{
	return !request_is_elsewhere(&observation->request) &&
	       !strcmp(observation->request.host,
		       plan->config->targets[observation->target].address);
}

/* It has been seen, and its silence says nothing. */
static bool is_mute(const struct watched_observation *watched)
{
	return watched->seen && (watched->sign == PRESENCE_NO_SIGN || watched->walled);
}

void patrol_know_targets(struct beat *beat)
{
	const struct plan *plan = beat->plan;
	size_t targets = plan->config->target_count;
	uint32_t *next = memory_new(targets + 1, sizeof *next);

	beat->own = memory_new(plan->observation_count, sizeof *beat->own);
	beat->first_own = memory_new(targets + 1, sizeof *beat->first_own);
	for (uint32_t i = 0; i < plan->observation_count; i++) {
		const struct plan_observation *observation = &plan->observations[i];
		struct watched_observation *watched = &beat->observations[i];

		watched->own = is_own(plan, observation);
		watched->tells = watched->own && !observation->request.proxy;
		beat->first_own[observation->target + 1] += watched->own;
		beat->targets[observation->target].tellers += watched->tells;
		beat->targets[observation->target].mute +=
			watched->tells && is_mute(watched);
	}
	for (size_t i = 0; i < targets; i++)
		beat->first_own[i + 1] += beat->first_own[i];
	memcpy(next, beat->first_own, (targets + 1) * sizeof *next);
	for (uint32_t i = 0; i < plan->observation_count; i++)
		if (beat->observations[i].own)
			beat->own[next[plan->observations[i].target]++] = i;
	free(next);
}

/* --- holding back -------------------------------------------------------------------------- */

static bool should_hold(const struct patrol *patrol, uint32_t number)
{
	const struct beat *beat = patrol->beat;
	const struct check *check = &beat->plan->checks[number];

	if (check->observation == NO_OBSERVATION ||
	    beat->plan->observations[check->observation].request.collector->looks_inside)
		return false;
	return patrol->uplink_down || (beat->observations[check->observation].own &&
				       beat->targets[check->target].presence.down);
}

void patrol_hold(struct patrol *patrol, uint32_t target, struct moment now)
{
	const struct beat *beat = patrol->beat;
	const size_t *first = &beat->plan->first_check[target];

	if (beat->targets[target].alarm.held != patrol->uplink_down)
		patrol_step_target(patrol, target,
				   patrol->uplink_down ? ALARM_HOLD : ALARM_RELEASE, now);
	for (size_t i = first[0]; i < first[1]; i++) {
		bool held = should_hold(patrol, (uint32_t)i);

		if (beat->checks[i].alarm.held != held)
			patrol_step(patrol, (uint32_t)i, held ? ALARM_HOLD : ALARM_RELEASE,
				    now);
	}
}

/* --- one target ---------------------------------------------------------------------------- */

void patrol_set_grace(struct beat *beat, uint32_t target, int64_t at_us)
{
	const struct plan *plan = beat->plan;

	due_set(beat->due,
		(uint32_t)(plan->check_count + plan->config->target_count + target), at_us);
}

/* A guard is asked until it is known, also where it was silent a moment ago. */
void patrol_ask_target(struct beat *beat, uint32_t target, unsigned most, struct moment now)
{
	for (uint32_t i = beat->first_own[target]; i < beat->first_own[target + 1] && most; i++) {
		const struct watched_observation *watched =
			&beat->observations[beat->own[i]];
		bool may_answer = !watched->seen || watched->sign == PRESENCE_ANSWERED;
		bool doubted = patrol_is_guard(beat, target) &&
			       watched->mark == beat->targets[target].presence.silence;

		if (!watched->tells || (!may_answer && !doubted) ||
		    !schedule_waits(beat->schedule, beat->own[i]))
			continue;
		schedule_hurry(beat->schedule, beat->own[i], 0, now.monotonic_us);
		most--;
	}
}

static void count_change(struct patrol *patrol, uint32_t target, enum presence_change change,
			 struct moment now)
{
	uplink_count(&patrol->beat->uplink, patrol_is_guard(patrol->beat, target), change);
	patrol_watch_uplink(patrol, now);
	patrol_hold(patrol, target, now);
}

static void target_went(struct patrol *patrol, uint32_t number, struct moment now)
{
	struct beat *beat = patrol->beat;

	beat->targets[number].went_us = now.monotonic_us;
	for (uint32_t i = beat->first_own[number]; i < beat->first_own[number + 1]; i++)
		beat->observations[beat->own[i]].withheld = false;
	count_change(patrol, number, PRESENCE_WENT, now);
	patrol_set_grace(beat, number, now.monotonic_us + beat->plan->config->alarms.recheck_us);
	patrol_ask_others(patrol, now);
}

static void target_came(struct patrol *patrol, uint32_t number, struct moment now)
{
	struct beat *beat = patrol->beat;
	int64_t recheck_us = beat->plan->config->alarms.recheck_us;

	patrol_set_grace(beat, number, DUE_NEVER);
	count_change(patrol, number, PRESENCE_CAME, now);
	patrol_step_target(patrol, number, ALARM_RESULT, now);
	for (uint32_t i = beat->first_own[number]; i < beat->first_own[number + 1]; i++)
		schedule_hurry(beat->schedule, beat->own[i], recheck_us, now.monotonic_us);
}

/* Somebody who stands for our way out is just about to be found silent, too. */
static bool doubts_others(const struct beat *beat)
{
	for (uint32_t i = 0; i < beat->plan->config->target_count; i++)
		if (patrol_stands_for_us(beat, i) && beat->targets[i].presence.silent &&
		    !beat->targets[i].presence.down)
			return true;
	return false;
}

/* Somebody else was heard, or there is nobody else who could be; or it has lasted too long for
 * waiting on. */
static bool others_are_there(const struct patrol *patrol, uint32_t number, struct moment now)
{
	const struct beat *beat = patrol->beat;
	const struct watched_target *target = &beat->targets[number];
	const struct uplink *uplink = &beat->uplink;
	uint32_t others = uplink->guards ? uplink->guards - uplink->guards_down
					 : uplink->targets - uplink->targets_down;
	int64_t patience_us =
		beat->plan->config->targets[number].interval_ms * CLOCK_MILLISECOND;

	return !others || patrol->answered_us >= target->went_us ||
	       (now.monotonic_us - target->went_us >= patience_us && !doubts_others(beat));
}

void patrol_end_grace(struct patrol *patrol, uint32_t number, struct moment now)
{
	struct beat *beat = patrol->beat;

	if (!beat->targets[number].presence.down || patrol->uplink_down)
		return;
	if (others_are_there(patrol, number, now)) {
		patrol_step_target(patrol, number, ALARM_RESULT, now);
		return;
	}
	patrol_set_grace(beat, number,
			 now.monotonic_us + beat->plan->config->alarms.recheck_us);
	patrol_ask_others(patrol, now);
}

/* --- what an observation says of it -------------------------------------------------------- */

/* From outside, silence is what a firewall is there for: where every check is content with it,
 * it says nothing of the host. */
static bool is_content(const struct beat *beat, uint32_t number)
{
	size_t count;
	const uint32_t *checks = results_checks(beat->results, number, &count);

	for (size_t i = 0; i < count; i++) {
		enum verdict verdict = beat->results->judgements[checks[i]].verdict;

		if (verdict != VERDICT_OK && verdict != VERDICT_EXCEPTED)
			return false;
	}
	return true;
}

static enum presence_sign sign_of(const struct beat *beat, uint32_t number)
{
	enum presence_sign sign = presence_sign(beat->results->observations[number]);

	return sign == PRESENCE_SILENT && is_content(beat, number) ? PRESENCE_NO_SIGN : sign;
}

/* Whoever never says anything is not waited for. */
static void note_sign(struct watched_target *target, struct watched_observation *watched,
		      enum presence_sign sign)
{
	target->mute -= is_mute(watched);
	watched->sign = (uint8_t)sign;
	watched->seen = true;
	watched->walled &= sign != PRESENCE_ANSWERED;
	target->mute += is_mute(watched);
}

static struct presence_policy policy_of(const struct beat *beat, uint32_t number)
{
	const struct watched_target *target = &beat->targets[number];
	uint32_t voices = target->tellers - target->mute;

	return (struct presence_policy){
		.observations = voices < PATROL_LOOKS_FOR_SILENCE ? voices
								  : PATROL_LOOKS_FOR_SILENCE,
		.times = beat->policy.raise_after,
	};
}

/* It was silent by itself, behind a firewall for example: that does not count against the host
 * until it is heard again. */
static void wall_off(struct watched_target *target, struct watched_observation *watched)
{
	target->mute += !is_mute(watched);
	watched->walled = true;
}

static bool somebody_answers(const struct beat *beat, uint32_t target)
{
	for (uint32_t i = beat->first_own[target]; i < beat->first_own[target + 1]; i++) {
		const struct watched_observation *watched =
			&beat->observations[beat->own[i]];

		if (watched->tells && watched->seen && watched->sign == PRESENCE_ANSWERED)
			return true;
	}
	return false;
}

/* With nobody left who answers, silence is the host's again. */
static void tear_walls_down(struct beat *beat, uint32_t target)
{
	for (uint32_t i = beat->first_own[target]; i < beat->first_own[target + 1]; i++) {
		struct watched_observation *watched = &beat->observations[beat->own[i]];

		if (!watched->walled)
			continue;
		watched->walled = false;
		beat->targets[target].mute -= !is_mute(watched);
	}
}

/* Silent before, and again, while another has answered since. */
static bool is_silent_by_itself(const struct beat *beat, uint32_t number,
				enum presence_sign sign)
{
	const struct watched_observation *watched = &beat->observations[number];
	uint32_t target = beat->plan->observations[number].target;

	return sign == PRESENCE_SILENT && watched->seen && watched->sign == sign &&
	       watched->mark != beat->targets[target].presence.silence &&
	       somebody_answers(beat, target);
}

/* It is there: then what was silent was so by itself. */
static void count_withheld(struct patrol *patrol, uint32_t target, struct moment now)
{
	struct beat *beat = patrol->beat;

	for (uint32_t i = beat->first_own[target]; i < beat->first_own[target + 1]; i++) {
		struct watched_observation *watched = &beat->observations[beat->own[i]];

		if (watched->withheld && watched->tells)
			wall_off(&beat->targets[target], watched);
		patrol_count_withheld(patrol, beat->own[i], now);
	}
}

static void hear_answer(struct patrol *patrol, uint32_t number, struct moment now)
{
	struct beat *beat = patrol->beat;
	uint32_t target = beat->plan->observations[number].target;
	struct presence *presence = &beat->targets[target].presence;
	struct presence_policy policy = policy_of(beat, target);
	bool doubted = presence->silent > 0;

	patrol_hear_somebody(patrol, target, now);
	if (presence_hear(&policy, presence, &beat->observations[number].mark,
			  PRESENCE_ANSWERED) == PRESENCE_CAME)
		target_came(patrol, target, now);
	else if (doubted)
		count_withheld(patrol, target, now);
}

/* Whether it is known by now whose silence it is. */
static bool hear_silence(struct patrol *patrol, uint32_t number, struct moment now)
{
	struct beat *beat = patrol->beat;
	uint32_t target = beat->plan->observations[number].target;
	struct presence *presence = &beat->targets[target].presence;
	struct presence_policy policy = policy_of(beat, target);
	enum presence_change change = presence_hear(
		&policy, presence, &beat->observations[number].mark, PRESENCE_SILENT);

	if (change == PRESENCE_WENT)
		target_went(patrol, target, now);
	if (presence->down)
		return true;
	beat->observations[number].withheld = true;
	if (patrol_pace(beat, number) == SCHEDULE_SOON)
		patrol_ask_target(beat, target,
				  presence->silent < policy.observations
					  ? policy.observations - presence->silent
					  : 1,
				  now);
	return false;
}

bool patrol_hear(struct patrol *patrol, uint32_t number, struct moment now)
{
	struct beat *beat = patrol->beat;
	struct watched_observation *watched = &beat->observations[number];
	uint32_t target = beat->plan->observations[number].target;
	enum presence_sign sign;

	watched->withheld = false;
	if (!watched->tells)
		return !patrol_doubts(patrol, number, now);
	sign = sign_of(beat, number);
	if (is_silent_by_itself(beat, number, sign))
		wall_off(&beat->targets[target], watched);
	note_sign(&beat->targets[target], watched, sign);
	if (sign != PRESENCE_ANSWERED && !somebody_answers(beat, target))
		tear_walls_down(beat, target);
	if (is_mute(watched))
		return !patrol_doubts(patrol, number, now);
	if (sign == PRESENCE_SILENT)
		return hear_silence(patrol, number, now);
	hear_answer(patrol, number, now);
	return true;
}
