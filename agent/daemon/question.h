/* SPDX-License-Identifier: Apache-2.0
 *
 * What somebody asks the agent: a line of words separated by tabs, read from bytes that nobody
 * vouches for. Pure.
 */
#ifndef AGENT_DAEMON_QUESTION_H
#define AGENT_DAEMON_QUESTION_H

#include <stdint.h>

#include "ground/memory.h"
#include "ground/text.h"

enum { QUESTION_BYTES_MOST = 4096, QUESTION_EVENTS_MOST = 100000 };

/* X(constant, word, least and most words behind it, what they are: see question.c) */
#define QUESTIONS(X)                                                                          \
	X(STATUS, "status", 0, 0, WORDS)                                                      \
	X(TARGETS, "targets", 0, UINT32_MAX, WORDS)	/* patterns; none: all */             \
	X(TARGET, "target", 1, 1, WORDS)                                                      \
	X(ALARMS, "alarms", 0, UINT32_MAX, SETTINGS)	/* all, target, check */              \
	X(EVENTS, "events", 0, UINT32_MAX, SETTINGS)	/* after, since, count, follow, … */  \
	X(BASELINE, "baseline", 1, 1, WORDS)                                                  \
	X(DIFF, "diff", 1, 1, WORDS)                                                          \
	X(RELOAD, "reload", 0, 0, WORDS)

enum question_kind {
#define QUESTION_CONSTANT(constant, word, least, most, kind) QUESTION_##constant,
	QUESTIONS(QUESTION_CONSTANT)
#undef QUESTION_CONSTANT
	QUESTION_COUNT
};

struct question {
	enum question_kind kind;
	const char **words;		/* behind the first one */
	size_t word_count;
	bool all, follow;
	uint64_t after;			/* events behind this number */
	int64_t since_us;		/* wall; events not before it */
	uint32_t count;			/* so many of the newest; 0: not said */
	const char *target, *check;	/* patterns, or NULL */
};

/* One line without its end; all of it lives in the arena. False: `why` says what is wrong. */
bool question_read(struct question *question, struct arena *arena, const char *line,
		   size_t length, struct text *why);

#endif
