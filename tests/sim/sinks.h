/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is told: receivers that answer soon, late, not at all, or whose answer is lost.
 */
#ifndef TESTS_SIM_SINKS_H
#define TESTS_SIM_SINKS_H

#include "agent/engine/telling.h"
#include "tests/sim/town.h"

enum sink_mood {
	SINK_ANSWERS,
	SINK_SLOW,
	SINK_AWAY,
	SINK_LOSES	/* it has taken it, and nobody hears that */
};

struct keeper;

struct receiver {
	struct keeper *keeper;
	char name[8];
	size_t number;
	enum sink_mood mood;
	int64_t mood_since_us;
	/* under way */
	uint64_t asked;
	unsigned question;		/* which one; an answer to another has no effect */
	void (*done)(void *done_arg, bool acknowledged);
	void *done_arg;
};

struct sinks {
	struct chance chance;
	struct receiver receivers[RECEIVERS_MOST];
};

void sinks_begin(struct sinks *sinks, struct keeper *keeper, struct chance chance);
/* Those of the configuration; how many. */
size_t sinks_voices(struct sinks *sinks, const struct town *town, struct voice *voices);
void sinks_set_mood(struct sinks *sinks, size_t sink, enum sink_mood mood);

#endif
