/* SPDX-License-Identifier: Apache-2.0
 *
 * One round: every observation of a plan once, through the probers, within the limits, and
 * every check judged as soon as what it needs has been seen.
 */
#ifndef AGENT_ENGINE_ROUND_H
#define AGENT_ENGINE_ROUND_H

#include "agent/engine/results.h"
#include "agent/ipc/crew.h"

struct round_progress {
	size_t done, total;		/* observations */
	size_t under_way;
	const struct request *newest;	/* begun last; NULL at the end */
};

/* How it is made. */
struct round {
	struct loop *loop;
	struct crew *crew;
	const bool *stop;		/* a signal handler's flag */
	void (*progress)(void *arg, const struct round_progress *progress);	/* or NULL */
	void *arg;
};

/* Of the results' plan, none of which was seen before. Returns when all is judged, or when
 * `stop` becomes true: then what was not seen yet is judged unknown, cancelled. */
void round_run(const struct round *round, struct results *results);

#endif
