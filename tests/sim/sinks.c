/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/sinks.h"

#include <inttypes.h>
#include <stdio.h>

#include "tests/sim/keeper.h"
#include "tests/sim/oracle.h"
#include "tests/sim/world.h"

static const char *const mood_words[] = {
	[SINK_ANSWERS] = "answers",
	[SINK_SLOW] = "is slow",
	[SINK_AWAY] = "is away",
	[SINK_LOSES] = "loses its answers",
};

void sinks_begin(struct sinks *sinks, struct keeper *keeper, struct chance chance)
{
	*sinks = (struct sinks){ .chance = chance };
	for (size_t i = 0; i < RECEIVERS_MOST; i++) {
		struct receiver *receiver = &sinks->receivers[i];

		receiver->keeper = keeper;
		receiver->number = i;
		snprintf(receiver->name, sizeof receiver->name, "sink%zu", i);
	}
}

void sinks_set_mood(struct sinks *sinks, size_t sink, enum sink_mood mood)
{
	struct receiver *receiver = &sinks->receivers[sink];

	receiver->mood = mood;
	receiver->mood_since_us = world_now_us();
	world_trace("%s %s", receiver->name, mood_words[mood]);
}

static int64_t answer_delay(struct receiver *receiver)
{
	struct chance *chance = &receiver->keeper->sinks.chance;

	if (receiver->mood == SINK_SLOW)
		return chance_between(chance, SECOND, 40 * SECOND);
	return receiver->mood == SINK_AWAY ? 30 * SECOND
					   : chance_between(chance, 200, 300 * 1000);
}

static void answer(void *arg, uint64_t question)
{
	struct receiver *receiver = arg;
	bool good = receiver->mood == SINK_ANSWERS || receiver->mood == SINK_SLOW;

	if (!receiver->asked || receiver->question != question ||
	    keeper_boundary(receiver->keeper, "an answer"))
		return;
	world_trace("%s %s %" PRIu64, receiver->name, good ? "has" : "fails at", receiver->asked);
	if (good)
		oracle_acknowledged(receiver->number, receiver->asked);
	receiver->asked = 0;
	receiver->done(receiver->done_arg, good);
	keeper_nudge(receiver->keeper);
}

static void tell(void *arg, const struct event *event,
		 void (*done)(void *done_arg, bool acknowledged), void *done_arg)
{
	struct receiver *receiver = arg;

	if (keeper_boundary(receiver->keeper, "telling"))
		return;
	world_trace("%s is told %" PRIu64, receiver->name, event->number);
	oracle_told(receiver->number, event);
	receiver->asked = event->number;
	receiver->done = done;
	receiver->done_arg = done_arg;
	world_later(answer_delay(receiver), answer, receiver, ++receiver->question);
	/* It may die with the event on its way. */
	keeper_boundary(receiver->keeper, "after telling");
}

static void close_voice(void *arg)
{
	struct receiver *receiver = arg;

	receiver->asked = 0;
}

size_t sinks_voices(struct sinks *sinks, const struct town *town, struct voice *voices)
{
	size_t count = 0;

	for (size_t i = 0; i < RECEIVERS_MOST; i++)
		if (town->sinks[i])
			voices[count++] = (struct voice){ .name = sinks->receivers[i].name,
							  .arg = &sinks->receivers[i],
							  .tell = tell,
							  .close = close_voice };
	return count;
}
