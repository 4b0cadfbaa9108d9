/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/round.h"

#include <stdlib.h>

#include "agent/engine/dispatch.h"
#include "ground/clock.h"
#include "ground/memory.h"

/* A signal handler's flag is looked at as often as this. */
#define LOOK_AT_STOP_US (200 * CLOCK_MILLISECOND)

struct errand {
	struct round_work *work;
};

/* What a round needs only while it runs. */
struct round_work {
	const struct round *round;
	struct results *results;
	const struct plan *plan;
	struct dispatch *dispatch;
	struct errand *errands;		/* one an observation */
	const struct request *newest;
	size_t done;
};

static void take(struct round_work *work, uint32_t number, struct observation *observation)
{
	work->done++;
	results_take(work->results, number, observation, clock_wall_us());
}

static void observation_has_come(void *arg, struct observation *observation)
{
	struct errand *errand = arg;
	struct round_work *work = errand->work;
	uint32_t number = (uint32_t)(errand - work->errands);

	dispatch_hear(work->dispatch, number, observation);
	take(work, number, observation);
	while (dispatch_known(work->dispatch, &number, &observation, clock_wall_us()))
		take(work, number, observation);
}

/* How long to wait for the next one that may begin: for an event, or for a token. */
static int64_t begin_what_may(struct round_work *work)
{
	int64_t now_us = clock_monotonic_us(), again_us;
	uint32_t number, key;

	while (dispatch_take(work->dispatch, now_us, &number, &key, &again_us)) {
		work->errands[number].work = work;
		work->newest = &work->plan->observations[number].request;
		crew_observe(work->round->crew, key, work->newest, observation_has_come,
			     &work->errands[number]);
	}
	return again_us - now_us < LOOK_AT_STOP_US ? again_us - now_us : LOOK_AT_STOP_US;
}

static void report_progress(const struct round_work *work, bool ended)
{
	const struct round_progress progress = {
		.done = work->done,
		.total = work->plan->observation_count,
		.under_way = ended ? 0 : dispatch_under_way(work->dispatch),
		.newest = ended ? NULL : work->newest,
	};

	if (work->round->progress)
		work->round->progress(work->round->arg, &progress);
}

void round_run(const struct round *round, struct results *results)
{
	const struct plan *plan = results->plan;
	struct round_work work = { .round = round, .results = results, .plan = plan };
	const volatile bool *stopped = round->stop;

	results->started_wall_us = clock_wall_us();
	work.dispatch = dispatch_new(plan, crew_size(round->crew), clock_monotonic_us());
	work.errands = memory_new(plan->observation_count, sizeof *work.errands);
	for (uint32_t i = 0; i < plan->observation_count; i++)
		dispatch_want(work.dispatch, i);
	while (work.done < plan->observation_count && !*stopped) {
		int64_t wait_us = begin_what_may(&work);

		report_progress(&work, false);
		loop_turn(round->loop, wait_us);
	}
	crew_forget(round->crew);
	results_cancel(results, clock_wall_us());
	for (uint32_t i = 0; i < plan->config->target_count; i++)
		results_judge_together(results, i);
	results->finished_wall_us = clock_wall_us();
	report_progress(&work, true);
	dispatch_free(work.dispatch);
	free(work.errands);
}
