/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/round.h"

#include <stdlib.h>
#include <string.h>

#include "agent/engine/places.h"
#include "ground/clock.h"
#include "ground/memory.h"

enum {
	WIDE_MOST = 256,		/* see is_wide() */
	UNDER_WAY_MOST = 2048		/* per prober: what its sockets and memory are good for */
};

/* A signal handler's flag is looked at as often as this. */
#define LOOK_AT_STOP_US (200 * CLOCK_MILLISECOND)
/* What the token bucket may hold: so much of a second's worth is let go at once. */
#define BURST_US (100 * CLOCK_MILLISECOND)

/* The observations of one target that share a limit; or of many targets in nothing else. */
struct lane {
	uint32_t *waiting;		/* numbers of observations, as they become free to begin */
	uint32_t free, next;		/* next: of waiting, to begin */
	uint32_t under_way, most;
	uint32_t queue;			/* of which prober */
	bool queued;
	struct lane *behind;
};

/* The lanes that may begin something, in turn. */
struct queue {
	struct lane *first, **end;
	uint32_t under_way;
};

struct errand {
	struct round_work *work;
	struct lane *lane;
};

/* What a round needs only while it runs. */
struct round_work {
	const struct round *round;
	struct results *results;
	const struct plan *plan;
	struct lane *lanes;		/* two a target */
	uint32_t *waiting;		/* of all lanes */
	struct places *places;
	struct queue *queues;		/* one a prober */
	size_t queue_count, turn;
	struct errand *errands;		/* one an observation */
	const struct request *newest;
	size_t done, under_way;
	int64_t rate, tokens_us, filled_us;	/* the bucket, in microseconds' worth */
};

/* Single ports may be asked about many at a time: to the target each is one SYN or one
 * datagram, not a conversation, it costs nobody a session, and its rate has a limit of its own
 * (packets_per_second). Waiting four by four for silent ones would take hours. */
static bool is_wide(const struct request *request)
{
	return request->collector->looks_itself &&
	       request->subject.first == request->subject.last;
}

static struct lane *lane_of(struct round_work *work, const struct plan_observation *observation)
{
	return &work->lanes[2 * observation->target + is_wide(&observation->request)];
}

static void lane_queue_up(struct round_work *work, struct lane *lane)
{
	struct queue *queue = &work->queues[lane->queue];

	if (lane->queued || lane->next == lane->free || lane->under_way >= lane->most)
		return;
	lane->queued = true;
	lane->behind = NULL;
	*queue->end = lane;
	queue->end = &lane->behind;
}

static struct lane *queue_take(struct queue *queue)
{
	struct lane *lane = queue->first;

	queue->first = lane->behind;
	if (!queue->first)
		queue->end = &queue->first;
	lane->queued = false;
	return lane;
}

static void set_free(struct round_work *work, uint32_t number)
{
	struct lane *lane = lane_of(work, &work->plan->observations[number]);

	lane->waiting[lane->free++] = number;
	lane_queue_up(work, lane);
}

static void make_lanes(struct round_work *work)
{
	const struct plan *plan = work->plan;
	size_t lane_count = 2 * plan->config->target_count;
	uint32_t per_target = plan->config->limits.per_target, *room;

	work->lanes = memory_new(lane_count, sizeof *work->lanes);
	work->waiting = memory_new(plan->observation_count, sizeof *work->waiting);
	/* As a number of places first. */
	for (size_t i = 0; i < plan->observation_count; i++)
		lane_of(work, &plan->observations[i])->free++;
	room = work->waiting;
	for (size_t i = 0; i < lane_count; i++) {
		struct lane *lane = &work->lanes[i];

		lane->waiting = room;
		room += lane->free;
		lane->free = 0;
		lane->most = i % 2 ? WIDE_MOST : per_target ? per_target : 1;
		lane->queue = (uint32_t)(i / 2 % work->queue_count);
	}
	for (uint32_t i = 0; i < plan->observation_count; i++)
		if (!places_waits(work->places, i))
			set_free(work, i);
}

static void take(struct round_work *work, uint32_t number, struct observation *observation)
{
	work->done++;
	results_take(work->results, number, observation, clock_wall_us());
}

/* Whoever waited may begin, unless it is known by now what it would find. */
static void go_on_behind(struct round_work *work, uint32_t number)
{
	struct observation *known;

	for (number = places_next(work->places, number); number != NOBODY;
	     number = places_next(work->places, number)) {
		known = places_known(work->places, number);
		if (!known) {
			set_free(work, number);
			return;
		}
		take(work, number, known);
	}
}

static void observation_has_come(void *arg, struct observation *observation)
{
	struct errand *errand = arg;
	struct round_work *work = errand->work;
	struct lane *lane = errand->lane;
	uint32_t number = (uint32_t)(errand - work->errands);

	work->under_way--;
	work->queues[lane->queue].under_way--;
	lane->under_way--;
	places_hear(work->places, number, observation);
	take(work, number, observation);
	go_on_behind(work, number);
	lane_queue_up(work, lane);
}

static void begin_observation(struct round_work *work, struct queue *queue)
{
	struct lane *lane = queue_take(queue);
	uint32_t number = lane->waiting[lane->next++];
	struct errand *errand = &work->errands[number];

	errand->work = work;
	errand->lane = lane;
	lane->under_way++;
	queue->under_way++;
	work->under_way++;
	work->newest = &work->plan->observations[number].request;
	crew_observe(work->round->crew, lane->queue, work->newest, observation_has_come, errand);
	lane_queue_up(work, lane);
}

/* The next prober in turn that has something to begin and room for it. */
static struct queue *next_queue(struct round_work *work)
{
	for (size_t i = 0; i < work->queue_count; i++) {
		struct queue *queue = &work->queues[work->turn++ % work->queue_count];

		if (queue->first && queue->under_way < UNDER_WAY_MOST)
			return queue;
	}
	return NULL;
}

static void fill_bucket(struct round_work *work, int64_t now_us)
{
	int64_t each_us = CLOCK_SECOND / work->rate;
	int64_t most_us = BURST_US > each_us ? BURST_US : each_us;

	work->tokens_us += now_us - work->filled_us;
	work->filled_us = now_us;
	if (work->tokens_us > most_us)
		work->tokens_us = most_us;
}

/* How long to wait for the next one that may begin: for an event, or for a token. */
static int64_t begin_what_may(struct round_work *work)
{
	int64_t each_us = work->rate ? CLOCK_SECOND / work->rate : 0;
	struct queue *queue;

	if (work->rate)
		fill_bucket(work, clock_monotonic_us());
	while ((queue = next_queue(work))) {
		if (work->tokens_us < each_us)
			return each_us - work->tokens_us;
		work->tokens_us -= each_us;
		begin_observation(work, queue);
	}
	return LOOK_AT_STOP_US;
}

static void report_progress(const struct round_work *work, bool ended)
{
	const struct round_progress progress = {
		.done = work->done,
		.total = work->plan->observation_count,
		.under_way = work->under_way,
		.newest = ended ? NULL : work->newest,
	};

	if (work->round->progress)
		work->round->progress(work->round->arg, &progress);
}

static void prepare(struct round_work *work)
{
	const struct plan *plan = work->plan;

	work->queue_count = crew_size(work->round->crew);
	work->queues = memory_new(work->queue_count, sizeof *work->queues);
	for (size_t i = 0; i < work->queue_count; i++)
		work->queues[i].end = &work->queues[i].first;
	work->errands = memory_new(plan->observation_count, sizeof *work->errands);
	work->rate = plan->config->limits.probes_per_second;
	work->filled_us = clock_monotonic_us();
	work->tokens_us = BURST_US;
	work->places = places_new(plan);
	make_lanes(work);
}

static void tidy_up(struct round_work *work)
{
	free(work->lanes);
	free(work->waiting);
	places_free(work->places);
	free(work->queues);
	free(work->errands);
}

void round_run(const struct round *round, struct results *results)
{
	struct round_work work = { .round = round, .results = results, .plan = results->plan };
	const volatile bool *stopped = round->stop;

	results->started_wall_us = clock_wall_us();
	prepare(&work);
	while (work.done < work.plan->observation_count && !*stopped) {
		int64_t wait_us = begin_what_may(&work);

		report_progress(&work, false);
		loop_turn(round->loop, wait_us < LOOK_AT_STOP_US ? wait_us : LOOK_AT_STOP_US);
	}
	crew_forget(round->crew);
	results_cancel(results, clock_wall_us());
	for (uint32_t i = 0; i < work.plan->config->target_count; i++)
		results_judge_together(results, i);
	results->finished_wall_us = clock_wall_us();
	report_progress(&work, true);
	tidy_up(&work);
}
