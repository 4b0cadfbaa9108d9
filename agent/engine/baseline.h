/* SPDX-License-Identifier: Apache-2.0
 *
 * All that is seen of a target, written down, and what differs from that later. Facts of which
 * nothing lasts are left out. Pure.
 */
#ifndef AGENT_ENGINE_BASELINE_H
#define AGENT_ENGINE_BASELINE_H

#include "agent/engine/results.h"
#include "ground/memory.h"

struct baseline_fact {
	const char *name, *value;
};

struct baseline_look {
	const char *what;	/* which observation, for people and to find it again */
	const char *outcome;	/* "observed", or the reason why not */
	struct baseline_fact *facts;	/* by name */
	size_t fact_count, fact_room;
};

struct baseline {
	struct baseline_look *looks;	/* by `what` */
	size_t count, room;
	size_t unseen;		/* observations of the target that were not made yet */
	struct arena *arena;
};

/* Of what was seen last. */
struct baseline *baseline_of(const struct results *results, size_t target);
void baseline_free(struct baseline *baseline);
void baseline_format(const struct baseline *baseline, struct text *out);
/* NULL when baseline_format() cannot have written it. */
struct baseline *baseline_parse(const char *bytes, size_t length);

/* X(constant, word) */
#define BASELINE_KINDS(X)                                                                     \
	X(CHANGED, "changed")			/* a fact */                                  \
	X(APPEARED, "appeared")                                                               \
	X(WENT, "went")                                                                       \
	X(NOT_SEEN_NOW, "not_seen_now")		/* an observation that fails now */           \
	X(NOT_SEEN_THEN, "not_seen_then")                                                     \
	X(NOT_LOOKED_AT_THEN, "not_looked_at_then")                                           \
	X(NOT_LOOKED_AT_NOW, "not_looked_at_now")

enum baseline_kind {
#define BASELINE_CONSTANT(constant, word) BASELINE_##constant,
	BASELINE_KINDS(BASELINE_CONSTANT)
#undef BASELINE_CONSTANT
};

struct difference {
	enum baseline_kind kind;
	const char *look;
	const char *fact;		/* NULL: about the observation as a whole */
	const char *then, *now;		/* values or outcomes; NULL: there is none */
};

const char *baseline_kind_word(enum baseline_kind kind);
/* Whether the target is not as it was; else only we have looked in another way. */
bool difference_counts(const struct difference *difference);
void baseline_compare(const struct baseline *then, const struct baseline *now,
		      void (*tell)(void *arg, const struct difference *difference), void *arg);

#endif
