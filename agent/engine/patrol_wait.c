/* SPDX-License-Identifier: Apache-2.0
 *
 * What is due and waits for its turn. When it waits for longer than its interval, and for so
 * long that anybody would notice, the agent cannot do what it was asked to, and says so.
 */
#include <stdio.h>

#include "agent/engine/patrol_parts.h"
#include "agent/engine/places.h"
#include "ground/clock.h"

/* A moment's load on the machine is no news, however short the interval. */
#define PATIENCE_LEAST_US (5 * CLOCK_SECOND)

static int64_t patience_us(const struct beat *beat, uint32_t number)
{
	int64_t interval_us = beat->plan->observations[number].interval_ms * CLOCK_MILLISECOND;

	return interval_us > PATIENCE_LEAST_US ? interval_us : PATIENCE_LEAST_US;
}

/* Nobody was late while the machine slept. */
static int64_t waits_since_us(const struct patrol *patrol, uint32_t number)
{
	int64_t due_us = schedule_due_us(patrol->beat->schedule, number);

	return due_us > patrol->woke_us ? due_us : patrol->woke_us;
}

void patrol_begin_to_wait(struct beat *beat, uint32_t number)
{
	struct watched_observation *watched = &beat->observations[number];

	watched->waits = true;
	watched->before = beat->latest;
	watched->behind = NOBODY;
	*(beat->latest == NOBODY ? &beat->longest
				 : &beat->observations[beat->latest].behind) = number;
	beat->latest = number;
}

static void note_late(struct patrol *patrol, uint32_t number, struct moment now)
{
	int64_t waited_us = now.monotonic_us - waits_since_us(patrol, number);
	int64_t patience = patience_us(patrol->beat, number);

	if (waited_us <= patience)
		return;
	patrol->late_until_us = now.monotonic_us + patience;
	if (waited_us > patrol->late_by_us)
		patrol->late_by_us = waited_us;
}

void patrol_end_wait(struct patrol *patrol, uint32_t number, struct moment now)
{
	struct beat *beat = patrol->beat;
	struct watched_observation *watched = &beat->observations[number];

	note_late(patrol, number, now);
	watched->waits = false;
	*(watched->before == NOBODY ? &beat->longest
				    : &beat->observations[watched->before].behind) =
		watched->behind;
	*(watched->behind == NOBODY ? &beat->latest
				    : &beat->observations[watched->behind].before) =
		watched->before;
}

int64_t patrol_watch_waiting(struct patrol *patrol, struct moment now)
{
	uint32_t longest = patrol->beat->longest;
	int64_t next_us = DUE_NEVER;
	char text[96];
	bool late;

	patrol->health.late_us = 0;
	if (longest != NOBODY) {
		int64_t since_us = waits_since_us(patrol, longest);

		note_late(patrol, longest, now);
		patrol->health.late_us = now.monotonic_us - since_us;
		next_us = since_us + patience_us(patrol->beat, longest) + 1;
	}
	late = now.monotonic_us < patrol->late_until_us;
	if (!late)
		patrol->late_by_us = 0;
	snprintf(text, sizeof text,
		 "observations wait for their turn for up to %lld s; %zu wait now",
		 (long long)(patrol->late_by_us / CLOCK_SECOND),
		 dispatch_waiting(patrol->beat->dispatch));
	self_say(patrol->self, SELF_SCHEDULE, !late, text, now);
	return late ? patrol->late_until_us : next_us;
}
