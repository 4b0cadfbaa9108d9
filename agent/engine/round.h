/* SPDX-License-Identifier: Apache-2.0
 *
 * One round: every observation of a plan once, through the probers, within the limits, and
 * every check judged as soon as what it needs has been seen.
 */
#ifndef AGENT_ENGINE_ROUND_H
#define AGENT_ENGINE_ROUND_H

#include "agent/engine/judge.h"
#include "agent/ipc/crew.h"

struct round_progress {
	size_t done, total;		/* observations */
	size_t under_way;
	const struct request *newest;	/* begun last; NULL at the end */
};

struct round {
	const struct plan *plan;
	struct judgement *judgements;	/* one per check, in the plan's order */
	struct observation **observations;	/* one per observation of the plan: the faces
						   read facts and times; NULL: not seen */
	int64_t started_wall_us, finished_wall_us;
	const struct firsts *firsts;	/* for checks with `unchanged`; NULL: nothing is known.
					   The caller's, who sets it before round_run() */
	/* set by the caller before round_run(), may be NULL */
	void (*progress)(void *arg, const struct round_progress *progress);
	void *arg;
};

struct round *round_new(const struct plan *plan);
void round_free(struct round *round);
/* Returns when all is judged, or when `stop` (a signal handler's flag) becomes true: then
 * what was not seen yet is judged unknown, cancelled. */
void round_run(struct round *round, struct loop *loop, struct crew *crew,
	       const bool *stop);
/* After a round: what is remembered has changed. */
void round_judge_again(struct round *round, uint32_t check);

#endif
