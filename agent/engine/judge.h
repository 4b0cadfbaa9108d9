/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts + expectations + time → verdict. A pure function: no clock, no I/O.
 *
 * "Could not find out" is unknown: never ok, never critical.
 */
#ifndef AGENT_ENGINE_JUDGE_H
#define AGENT_ENGINE_JUDGE_H

#include "agent/engine/firsts.h"
#include "agent/plan/plan.h"
#include "collectors/observation.h"

#define VERDICTS(X)                                                                           \
	X(OK, "ok")                                                                           \
	X(WARNING, "warning")                                                                 \
	X(CRITICAL, "critical")                                                               \
	X(UNKNOWN, "unknown")                                                                 \
	X(NOT_APPLICABLE, "not_applicable")                                                   \
	X(EXCEPTED, "excepted")

enum verdict {
#define VERDICT_CONSTANT(constant, word) VERDICT_##constant,
	VERDICTS(VERDICT_CONSTANT)
#undef VERDICT_CONSTANT
	VERDICT_COUNT
};

struct judgement {
	enum verdict verdict;
	const char *reason;	/* a word of a bounded list: satisfied, violated, not_seen,
				   not_remembered, a reason of net/outcome.h, feature_off, … */
	char *expected;		/* for people; never NULL */
	char *observed;
	char *detail;		/* stage and step of a failure, or NULL */
	bool provisional;	/* a finding that may end with that of check->provisional_while */
};

/* What else decides, besides what was seen. */
struct circumstances {
	const struct exception *exception;	/* NULL: none */
	struct recollection recollection;	/* of what was first seen */
	int64_t wall_us;
};

/* observation: NULL for a check that is not applicable, or while nothing was seen. */
void judge(const struct check *check, const struct observation *observation,
	   const struct circumstances *circumstances, struct judgement *judgement);
/* The fact that an expectation `unchanged` is about, when all of it was seen; or NULL. */
const struct fact *judge_unchanged_fact(const struct observation *observation,
					const struct expectation *expectation);
void judgement_clear(struct judgement *judgement);

const char *verdict_word(enum verdict verdict);
/* The worse of two, for summaries: critical, warning, unknown, ok, the rest. */
enum verdict verdict_worse(enum verdict a, enum verdict b);

/* score.c: ok / (ok + warning + critical), weighted by severity; -1 when nothing counts. */
struct score {
	unsigned counts[VERDICT_COUNT];
	unsigned good, judged;	/* weights */
};
void score_count(struct score *score, enum verdict verdict, enum severity severity);
double score_ratio(const struct score *score);
/* The verdict that stands for all of them: unknown when nothing could be judged. */
enum verdict score_worst(const struct score *score);

#endif
