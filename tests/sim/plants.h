/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults that are planted between the parts of the engine, to see whether the oracle notices:
 * an oracle that cannot say no proves nothing. Without one, what goes from one part to another
 * is only listened to.
 */
#ifndef TESTS_SIM_PLANTS_H
#define TESTS_SIM_PLANTS_H

#include <stdbool.h>
#include <stdint.h>

/* X(constant, word, what the oracle must say) */
#define PLANTS(X)                                                                             \
	X(NONE, "none", "")                                                                   \
	X(DROPPED, "dropped", "every change is an event")                                     \
	X(DOUBLED, "doubled", "one alarm after the other")                                    \
	X(REUSED, "reused", "numbers of events")                                              \
	X(SKIPPED, "skipped", "every sink is told all")                                       \
	X(REPEATED, "repeated", "nobody is told twice")                                       \
	X(BACKWARDS, "backwards", "sinks are told in order")                                  \
	X(HURRIED, "hurried", "pace")                                                         \
	X(HASTY, "hasty", "no event without a cause")                                         \
	X(DEAF, "deaf", "the truth is told")                                                  \
	X(BLAMING, "blaming", "a system that is down has one alarm")                          \
	X(LAZY, "lazy", "no check is missed")                                                 \
	X(RUSHED, "rushed", "no burst")                                                       \
	X(LYING, "lying", "nothing is lost")                                                  \
	X(FORGETFUL, "forgetful", "what was written is there")                                \
	X(ASKING, "asking", "time is told")

enum plant {
#define PLANT_CONSTANT(constant, word, invariant) PLANT_##constant,
	PLANTS(PLANT_CONSTANT)
#undef PLANT_CONSTANT
	PLANT_COUNT
};

/* Before a seed. */
void plants_set(enum plant plant);
bool plants_named(const char *word, enum plant *plant);
const char *plants_word(enum plant plant);
const char *plants_invariant(enum plant plant);
/* Of the disk: a sync that says that it has happened. */
bool plants_disk_lies(void);
/* Whose store it is; the sinks are numbered as the telling has them. */
struct keeper;
void plants_listen(struct keeper *keeper);

#endif
