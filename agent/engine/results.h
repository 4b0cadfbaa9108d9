/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known about a plan: of each observation what was seen last, and of each check what
 * that means. Who looks, and when, is the business of round.c and patrol.c; the reports read.
 */
#ifndef AGENT_ENGINE_RESULTS_H
#define AGENT_ENGINE_RESULTS_H

#include "agent/engine/judge.h"

struct results {
	const struct plan *plan;
	struct judgement *judgements;		/* one per check, in the plan's order */
	struct observation **observations;	/* one per observation of the plan: the faces
						   read facts and times; NULL: not seen */
	const struct firsts *firsts;		/* for checks with `unchanged`; NULL: nothing is
						   known. The caller's */
	int64_t started_wall_us, finished_wall_us;	/* of a round */
	uint32_t *checks, *first_check;		/* see results_checks() */
};

/* Checks that need nothing seen are judged at once; the others have reason "not_seen" and are
 * unknown. */
struct results *results_new(const struct plan *plan, const struct firsts *firsts,
			    int64_t wall_us);
void results_free(struct results *results);
/* The checks that an observation decides about. */
const uint32_t *results_checks(const struct results *results, uint32_t observation,
			       size_t *count);
/* Takes the observation over, in place of what was seen before, and judges its checks. */
void results_take(struct results *results, uint32_t number, struct observation *observation,
		  int64_t wall_us);
/* What was not seen will not be, because we stopped, which is not the target's fault. */
void results_cancel(struct results *results, int64_t wall_us);
/* Once more, by what was seen last: an exception began or ended, what is remembered changed. */
void results_judge(struct results *results, uint32_t check, int64_t wall_us);
/* What judgements mean for each other: those of one target, when all are there, and again when
 * one of them was judged again. */
void results_judge_together(struct results *results, uint32_t target);

#endif
