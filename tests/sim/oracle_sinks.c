/* SPDX-License-Identifier: Apache-2.0
 *
 * What each sink was told: all of it, in order, at its pace, and again only when it must be.
 */
#include <inttypes.h>
#include <string.h>

#include "tests/sim/disk.h"
#include "tests/sim/oracle_parts.h"

/* With a sink that answers and an agent that runs, nothing waits for longer than this, besides
 * what its pace asks for. */
#define WAITS_MOST (12 * MINUTE)

static struct ear *ear_of(size_t sink)
{
	return &oracle_itself()->ears[sink];
}

static const char *name_of(size_t sink)
{
	return oracle_itself()->keeper->sinks.receivers[sink].name;
}

static bool is_for(const struct ear *ear, const struct note *note)
{
	return !note->quiet && note->number > ear->since && note->number > ear->given_up;
}

static void check_note(size_t sink, const struct event *event)
{
	const struct note *note = oracle_note(event->number);

	if (!note || note->quiet)
		world_violated("what is told is true", "%s is told %" PRIu64 ", which is %s",
			       name_of(sink), event->number, note ? "quiet" : "no event");
	if (note->kind != event->kind || note->check != event->check || note->to != event->to ||
	    note->alarm != event->alarm)
		world_violated("what is told is true",
			       "%s is told another event %" PRIu64 " than happened",
			       name_of(sink), event->number);
}

/* The first one between that it should have been told. */
static void check_none_skipped(size_t sink, uint64_t number)
{
	const struct oracle *oracle = oracle_itself();
	const struct ear *ear = ear_of(sink);

	for (size_t i = oracle->note_count; i-- > 0;) {
		const struct note *note = &oracle->notes[i];

		if (note->number <= ear->first)
			return;
		if (note->number < number && is_for(ear, note))
			world_violated("every sink is told all",
				       "%s is told %" PRIu64 " and was not told %" PRIu64,
				       name_of(sink), number, note->number);
	}
}

static void check_again(size_t sink, uint64_t number)
{
	struct oracle *oracle = oracle_itself();
	struct ear *ear = ear_of(sink);

	oracle->sums.told_again++;
	if (number < ear->newest)
		world_violated("sinks are told in order",
			       "%s is told %" PRIu64 " after %" PRIu64, name_of(sink), number,
			       ear->newest);
	if (number > ear->acknowledged)
		return;
	if (!ear->again)
		world_violated("nobody is told twice",
			       "%s is told %" PRIu64 " again, which it had acknowledged",
			       name_of(sink), number);
	ear->again--;
}

void oracle_told(size_t sink, const struct event *event)
{
	struct oracle *oracle = oracle_itself();
	struct ear *ear = ear_of(sink);
	int64_t now_us = world_moment().monotonic_us;
	int64_t apart_us = SECOND / oracle->keeper->town.rate;

	oracle->sums.told++;
	check_note(sink, event);
	if (!ear->listed)
		world_violated("sinks of the configuration", "%s is not one", name_of(sink));
	if (ear->told_us != INT64_MIN && now_us - ear->told_us < apart_us)
		world_violated("pace", "%s is told %" PRIu64 " after %" PRId64 " us",
			       name_of(sink), event->number, now_us - ear->told_us);
	if (event->number > ear->first) {
		check_none_skipped(sink, event->number);
		ear->first = event->number;
	} else {
		check_again(sink, event->number);
	}
	ear->newest = event->number;
	ear->told_us = now_us;
	if (event->number > oracle->most_told)
		oracle->most_told = event->number;
	if (event->number > oracle->durable &&
	    (disk_mood() == DISK_READ_ONLY || disk_mood() == DISK_BROKEN))
		oracle->unmarked = true;
}

void oracle_acknowledged(size_t sink, uint64_t number)
{
	if (number > ear_of(sink)->acknowledged)
		ear_of(sink)->acknowledged = number;
}

void oracle_gave_up(size_t sink, size_t count)
{
	const struct oracle *oracle = oracle_itself();
	struct ear *ear = ear_of(sink);

	world_trace("%s loses %zu events for want of room", name_of(sink), count);
	for (size_t i = 0; i < oracle->note_count && count; i++) {
		const struct note *note = &oracle->notes[i];

		if (!is_for(ear, note) || note->number <= ear->acknowledged)
			continue;
		ear->given_up = note->number;
		count--;
	}
}

void oracle_sinks_planned(void)
{
	struct oracle *oracle = oracle_itself();
	uint64_t last = oracle->note_count ? oracle->notes[oracle->note_count - 1].number : 0;

	for (size_t i = 0; i < RECEIVERS_MOST; i++) {
		struct ear *ear = ear_of(i);
		bool listed = oracle->keeper->town.sinks[i];

		ear->told_us = INT64_MIN;
		if (listed && !ear->listed)
			ear->since = last;
		ear->listed = listed;
	}
}

/* An acknowledgement that is not written down yet is forgotten. */
void oracle_sinks_ended(bool orderly, bool disk_failed)
{
	for (size_t i = 0; i < RECEIVERS_MOST; i++) {
		struct ear *ear = ear_of(i);

		ear->newest = 0;
		ear->told_us = INT64_MIN;
		if (!orderly)
			ear->again = 1;
		if (disk_failed)
			ear->again = UINT32_MAX;
	}
}

void oracle_sinks_forget(uint64_t after)
{
	for (size_t i = 0; i < RECEIVERS_MOST; i++) {
		struct ear *ear = ear_of(i);

		if (ear->first > after)
			ear->first = after;
		if (ear->acknowledged > after)
			ear->acknowledged = after;
		if (ear->given_up > after)
			ear->given_up = after;
	}
}

void oracle_sinks_lost(void)
{
	for (size_t i = 0; i < RECEIVERS_MOST; i++) {
		struct ear *ear = ear_of(i);

		ear->since = ear->first = ear->acknowledged = oracle_itself()->most_told;
		ear->again = 0;
	}
}

/* --- in time ------------------------------------------------------------------------------ */

static void look_at_sink(size_t sink, bool settled)
{
	const struct oracle *oracle = oracle_itself();
	const struct receiver *receiver = &oracle->keeper->sinks.receivers[sink];
	const struct ear *ear = ear_of(sink);
	int64_t now_us = world_now_us(), waiting = 0, oldest_us = now_us, since_us;
	uint64_t oldest = 0;

	for (size_t i = oracle->note_count; i-- > 0;) {
		const struct note *note = &oracle->notes[i];

		if (note->number <= ear->acknowledged)
			break;
		if (!is_for(ear, note))
			continue;
		waiting++;
		oldest_us = note->at_us;
		oldest = note->number;
	}
	if (!waiting)
		return;
	since_us = oldest_us > receiver->mood_since_us ? oldest_us : receiver->mood_since_us;
	since_us = since_us > oracle->settled_us ? since_us : oracle->settled_us;
	since_us = since_us > oracle->broken_us ? since_us : oracle->broken_us;
	if (receiver->mood != SINK_ANSWERS && !settled)
		return;
	if (now_us - since_us > WAITS_MOST + waiting * SECOND)
		world_violated("every sink is told all",
			       "%s waits for %" PRIu64 " since %" PRId64 " s", name_of(sink),
			       oldest, (now_us - since_us) / SECOND);
	if (settled && now_us - oldest_us > WAITS_MOST)
		world_violated("every sink is told all", "%s never heard of %" PRIu64,
			       name_of(sink), oldest);
}

void oracle_look_at_sinks(bool settled)
{
	for (size_t i = 0; i < RECEIVERS_MOST; i++)
		if (ear_of(i)->listed)
			look_at_sink(i, settled);
}
