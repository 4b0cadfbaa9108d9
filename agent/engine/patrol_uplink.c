/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether our own way out works. While it does not, nobody is blamed; and while that is not sure,
 * what may be our own fault waits until somebody was heard.
 */
#include <stdlib.h>

#include "agent/engine/patrol_parts.h"
#include "ground/clock.h"
#include "ground/memory.h"

bool patrol_is_guard(const struct beat *beat, uint32_t target)
{
	return beat->plan->config->targets[target].guard;
}

bool patrol_stands_for_us(const struct beat *beat, uint32_t target)
{
	return !beat->uplink.guards || patrol_is_guard(beat, target);
}

/* What may be our own fault, and is withheld until somebody is heard. */
static void forget_doubts(struct beat *beat)
{
	for (size_t i = 0; i < beat->doubt_count; i++)
		beat->observations[beat->doubts[i]].withheld = false;
	beat->doubt_count = 0;
}

static void look_at_all_again(struct patrol *patrol, struct moment now)
{
	struct beat *beat = patrol->beat;
	int64_t within_us = patrol_warm_up_us(beat->plan, beat->plan->observation_count);

	for (uint32_t i = 0; i < beat->plan->observation_count; i++)
		schedule_hurry(beat->schedule, i, within_us, now.monotonic_us);
	for (uint32_t i = 0; i < beat->plan->config->target_count; i++) {
		struct watched_target *target = &beat->targets[i];
		bool told = target->alarm.told != VERDICT_OK;

		if (target->presence.down && !told) {
			target->went_us = now.monotonic_us;
			patrol_set_grace(beat, i, now.monotonic_us + within_us +
						   beat->plan->config->alarms.recheck_us);
		} else if (!target->presence.down && told) {
			patrol_step_target(patrol, i, ALARM_RESULT, now);
		}
	}
}

static void say_uplink(struct patrol *patrol, struct moment now)
{
	self_say(patrol->self, SELF_UPLINK, !patrol->uplink_down,
		 patrol->beat->uplink.guards ? "all guards are silent"
					     : "all targets went silent together",
		 now);
}

void patrol_watch_uplink(struct patrol *patrol, struct moment now)
{
	struct beat *beat = patrol->beat;
	bool down = uplink_is_down(&beat->uplink);

	if (down == patrol->uplink_down)
		return;
	patrol->uplink_down = down;
	forget_doubts(beat);
	say_uplink(patrol, now);
	for (uint32_t i = 0; i < beat->plan->config->target_count; i++)
		patrol_hold(patrol, i, now);
	if (!down)
		look_at_all_again(patrol, now);
}

void patrol_count_uplink(struct patrol *patrol, struct moment now)
{
	struct beat *beat = patrol->beat;

	for (uint32_t i = 0; i < beat->plan->config->target_count; i++) {
		bool guard = patrol_is_guard(beat, i);

		/* Who can never go says nothing of the way there. */
		if (!beat->targets[i].tellers)
			continue;
		++*(guard ? &beat->uplink.guards : &beat->uplink.targets);
		if (beat->targets[i].presence.down)
			uplink_count(&beat->uplink, guard, PRESENCE_WENT);
	}
	patrol_watch_uplink(patrol, now);
	/* What was said with more targets nobody can know any longer. */
	if (!uplink_is_watched(&beat->uplink))
		say_uplink(patrol, now);
}

static void ask_guards(struct beat *beat, struct moment now)
{
	for (uint32_t i = 0; i < beat->plan->config->target_count; i++)
		if (patrol_is_guard(beat, i))
			patrol_ask_target(beat, i, PATROL_LOOKS_FOR_SILENCE, now);
}

/* In turn: whoever is silent, too, has others asked in turn. */
static void ask_some_targets(struct patrol *patrol, struct moment now)
{
	struct beat *beat = patrol->beat;
	uint32_t targets = (uint32_t)beat->plan->config->target_count;
	unsigned left = PATROL_OTHERS_ASKED;

	for (uint32_t i = 0; i < targets && left; i++) {
		uint32_t target = patrol->next_asked++ % targets;

		if (beat->targets[target].presence.silent ||
		    beat->targets[target].presence.down)
			continue;
		patrol_ask_target(beat, target, 1, now);
		left--;
	}
}

/* Once for all that go at the same time. */
void patrol_ask_others(struct patrol *patrol, struct moment now)
{
	struct beat *beat = patrol->beat;
	int64_t recheck_us = beat->plan->config->alarms.recheck_us;

	if (now.monotonic_us < patrol->others_asked_us + recheck_us)
		return;
	patrol->others_asked_us = now.monotonic_us;
	if (beat->uplink.guards)
		ask_guards(beat, now);
	else
		ask_some_targets(patrol, now);
}

void patrol_hear_somebody(struct patrol *patrol, uint32_t target, struct moment now)
{
	struct beat *beat = patrol->beat;

	if (!patrol_stands_for_us(beat, target))
		return;
	patrol->answered_us = now.monotonic_us;
	if (patrol->uplink_down)
		return;
	say_uplink(patrol, now);
	for (size_t i = 0; i < beat->doubt_count; i++)
		patrol_count_withheld(patrol, beat->doubts[i], now);
	beat->doubt_count = 0;
}

/* A name server that does not answer, a push server that is silent: with our own way out gone
 * they would be so for all targets. */
static bool may_be_us(const struct beat *beat, uint32_t number)
{
	if (beat->plan->observations[number].request.collector->looks_inside)
		return false;
	switch (beat->results->observations[number]->outcome.reason) {
	case REASON_TIMED_OUT:
	case REASON_UNREACHABLE:
	case REASON_NO_ROUTE:
	case REASON_NAME_SERVER_FAILED:
		return true;
	default:
		return false;
	}
}

bool patrol_doubts(struct patrol *patrol, uint32_t number, struct moment now)
{
	struct beat *beat = patrol->beat;
	/* By then it would be known that it is us. */
	int64_t patience_us = beat->plan->observations[number].interval_ms * CLOCK_MILLISECOND +
			      2 * beat->plan->config->alarms.recheck_us;

	if (!may_be_us(beat, number) || !(beat->uplink.guards + beat->uplink.targets) ||
	    now.monotonic_us - patrol->answered_us > patience_us)
		return false;
	beat->observations[number].withheld = true;
	beat->doubts = memory_room_for(beat->doubts, beat->doubt_count, &beat->doubt_room,
				       sizeof *beat->doubts);
	beat->doubts[beat->doubt_count++] = number;
	if (patrol_pace(beat, number) == SCHEDULE_SOON)
		patrol_ask_others(patrol, now);
	return true;
}
