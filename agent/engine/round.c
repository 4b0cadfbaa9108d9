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
	struct round *round;
	struct crew *crew;
	struct lane *lanes;		/* two a target */
	uint32_t *waiting;		/* of all lanes */
	struct places *places;
	struct queue *queues;		/* one a prober */
	size_t queue_count, turn;
	uint32_t *checks;		/* by observation: numbers of checks */
	uint32_t *first_check;		/* by observation: where they begin; one more behind */
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

static void judge_check(struct round *round, uint32_t number,
			const struct observation *observation)
{
	const struct check *check = &round->plan->checks[number];
	const struct target *target = &round->plan->config->targets[check->target];
	int64_t wall_us = clock_wall_us();
	const struct circumstances circumstances = {
		.exception = plan_exception(round->plan, check, wall_us),
		.recollection = { round->firsts, target->name, check->name },
		.wall_us = wall_us,
	};

	judge(check, observation, &circumstances, &round->judgements[number]);
}

void round_judge_again(struct round *round, uint32_t number)
{
	const struct check *check = &round->plan->checks[number];

	if (check->observation == NO_OBSERVATION || !round->observations[check->observation])
		return;
	judgement_clear(&round->judgements[number]);
	judge_check(round, number, round->observations[check->observation]);
}

static void judge_observation(struct round_work *work, uint32_t number)
{
	for (uint32_t i = work->first_check[number]; i < work->first_check[number + 1]; i++)
		judge_check(work->round, work->checks[i], work->round->observations[number]);
}

/* Sorts checks by their observation; those without are judged on the spot. */
static void sort_checks(struct round_work *work)
{
	const struct plan *plan = work->round->plan;
	uint32_t *first = memory_new(plan->observation_count + 2, sizeof *first);

	work->checks = memory_new(plan->check_count, sizeof *work->checks);
	for (size_t i = 0; i < plan->check_count; i++)
		if (plan->checks[i].observation != NO_OBSERVATION)
			first[plan->checks[i].observation + 2]++;
	for (size_t i = 2; i < plan->observation_count + 2; i++)
		first[i] += first[i - 1];
	for (uint32_t i = 0; i < plan->check_count; i++) {
		uint32_t observation = plan->checks[i].observation;

		if (observation == NO_OBSERVATION)
			judge_check(work->round, i, NULL);
		else
			work->checks[first[observation + 1]++] = i;
	}
	work->first_check = first;
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
	struct lane *lane = lane_of(work, &work->round->plan->observations[number]);

	lane->waiting[lane->free++] = number;
	lane_queue_up(work, lane);
}

static void make_lanes(struct round_work *work)
{
	const struct plan *plan = work->round->plan;
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
	work->round->observations[number] = observation;
	judge_observation(work, number);
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
	work->newest = &work->round->plan->observations[number].request;
	crew_observe(work->crew, lane->queue, work->newest, observation_has_come, errand);
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
		.total = work->round->plan->observation_count,
		.under_way = work->under_way,
		.newest = ended ? NULL : work->newest,
	};

	if (work->round->progress)
		work->round->progress(work->round->arg, &progress);
}

/* What was not seen is unknown because we stopped, which is not the target's fault. */
static void judge_the_rest(struct round_work *work)
{
	struct observation *cancelled = observation_new();

	cancelled->outcome =
		(struct outcome){ .stage = STAGE_PROBER, .reason = REASON_CANCELLED };
	cancelled->started_wall_us = clock_wall_us();
	for (uint32_t i = 0; i < work->round->plan->observation_count; i++) {
		if (work->round->observations[i])
			continue;
		for (uint32_t j = work->first_check[i]; j < work->first_check[i + 1]; j++)
			judge_check(work->round, work->checks[j], cancelled);
	}
	observation_free(cancelled);
}

static void prepare(struct round_work *work)
{
	const struct plan *plan = work->round->plan;

	work->queue_count = crew_size(work->crew);
	work->queues = memory_new(work->queue_count, sizeof *work->queues);
	for (size_t i = 0; i < work->queue_count; i++)
		work->queues[i].end = &work->queues[i].first;
	work->errands = memory_new(plan->observation_count, sizeof *work->errands);
	work->rate = plan->config->limits.probes_per_second;
	work->filled_us = clock_monotonic_us();
	work->tokens_us = BURST_US;
	work->places = places_new(plan);
	make_lanes(work);
	sort_checks(work);
}

static void tidy_up(struct round_work *work)
{
	free(work->lanes);
	free(work->waiting);
	places_free(work->places);
	free(work->queues);
	free(work->checks);
	free(work->first_check);
	free(work->errands);
}

static void forget_former(struct round *round)
{
	for (size_t i = 0; i < round->plan->check_count; i++)
		judgement_clear(&round->judgements[i]);
	for (size_t i = 0; i < round->plan->observation_count; i++) {
		observation_free(round->observations[i]);
		round->observations[i] = NULL;
	}
}

void round_run(struct round *round, struct loop *loop, struct crew *crew, const bool *stop)
{
	struct round_work work = { .round = round, .crew = crew };
	const volatile bool *stopped = stop;

	forget_former(round);
	round->started_wall_us = clock_wall_us();
	prepare(&work);
	while (work.done < round->plan->observation_count && !(stopped && *stopped)) {
		int64_t wait_us = begin_what_may(&work);

		report_progress(&work, false);
		loop_turn(loop, wait_us < LOOK_AT_STOP_US ? wait_us : LOOK_AT_STOP_US);
	}
	crew_forget(crew);
	judge_the_rest(&work);
	judge_together(round->plan->checks, round->plan->check_count, round->judgements);
	round->finished_wall_us = clock_wall_us();
	report_progress(&work, true);
	tidy_up(&work);
}

struct round *round_new(const struct plan *plan)
{
	struct round *round = memory_new(1, sizeof *round);

	round->plan = plan;
	round->judgements = memory_new(plan->check_count, sizeof *round->judgements);
	round->observations = memory_new(plan->observation_count, sizeof *round->observations);
	return round;
}

void round_free(struct round *round)
{
	if (!round)
		return;
	forget_former(round);
	free(round->judgements);
	free(round->observations);
	free(round);
}
