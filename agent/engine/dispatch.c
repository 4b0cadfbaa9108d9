/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/dispatch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "agent/engine/places.h"
#include "collectors/collector.h"
#include "ground/clock.h"
#include "ground/memory.h"

enum {
	WIDE_MOST = 256,		/* see kind_of() */
	UNDER_WAY_MOST = 2048		/* per prober: what its sockets and memory are good for */
};

/* What the token bucket may hold: so much of a second's worth is let go at once. */
#define BURST_US (100 * CLOCK_MILLISECOND)

/* In place of the number of the next observation. */
enum { IDLE = UINT32_MAX - 1, UNDER_WAY = UINT32_MAX - 2 };

/* What a lane's last outcome says of the next one, from the worst. */
enum repute {
	SLOW,	/* it will keep us waiting until its time-out */
	NEW,	/* there was none */
	WELL,	/* it will come to something */
	REPUTES
};

/* How many of a prober's places those may have that are so or worse: whoever is better always
 * finds some that are free. */
static const uint32_t most_under_way[REPUTES] = {
	[SLOW] = UNDER_WAY_MOST / 4 * 3,
	[NEW] = UNDER_WAY_MOST / 8 * 7,
	[WELL] = UNDER_WAY_MOST,
};

/* The lanes of a target. */
enum kind {
	NARROW,		/* conversations with it */
	WIDE,		/* single ports */
	ELSEWHERE,	/* what it needs of others, where only their places set a limit */
	KINDS
};

/* The observations of one target that share a limit. */
struct lane {
	uint32_t first, last;		/* that may begin; linked by dispatch->next */
	uint32_t ahead, behind;		/* lanes, while it is in a queue; or NOBODY */
	uint16_t under_way, most;
	uint8_t repute;
	bool queued;
};

/* Lanes that may begin something, in turn. */
struct queue {
	uint32_t first, last;
};

struct prober {
	struct queue queues[REPUTES];
	uint32_t under_way[REPUTES];
};

struct dispatch {
	const struct plan *plan;
	struct places *places;
	uint32_t *next;			/* by observation */
	struct lane *lanes;		/* by target and kind */
	struct prober *probers;
	size_t prober_count;
	bool well_next;			/* lanes that are well have their turn */
	size_t turns[2];		/* the prober whose turn it is, without and with them */
	size_t waiting, under_way;
	int64_t each_us, tokens_us, filled_us;	/* the bucket, in microseconds' worth */
	const struct fact_descriptor *port_state;
};

/* Single ports may be asked about many at a time: to the target each is one SYN or one
 * datagram, not a conversation, it costs nobody a session, and its rate has a limit of its own
 * (packets_per_second). Waiting four by four for silent ones would take hours. */
static enum kind kind_of(const struct request *request)
{
	if (request_is_elsewhere(request))
		return ELSEWHERE;
	return request->collector->looks_itself &&
			       request->subject.first == request->subject.last
		       ? WIDE
		       : NARROW;
}

static uint32_t lane_of(const struct dispatch *dispatch, uint32_t number)
{
	const struct plan_observation *observation = &dispatch->plan->observations[number];

	return KINDS * observation->target + kind_of(&observation->request);
}

/* A target is one prober's business. */
static uint32_t prober_of(const struct dispatch *dispatch, uint32_t lane)
{
	return (uint32_t)(lane / KINDS % dispatch->prober_count);
}

static void make_lanes(struct dispatch *dispatch)
{
	const struct config *config = dispatch->plan->config;
	uint32_t per_target = config->limits.per_target;
	size_t count = KINDS * config->target_count;

	if (per_target > UNDER_WAY_MOST)
		per_target = UNDER_WAY_MOST;
	dispatch->lanes = memory_new(count, sizeof *dispatch->lanes);
	for (size_t i = 0; i < count; i++)
		dispatch->lanes[i] = (struct lane){
			.first = NOBODY,
			.ahead = NOBODY,
			.behind = NOBODY,
			.repute = NEW,
			.most = (uint16_t)(i % KINDS != NARROW ? WIDE_MOST
					   : per_target	       ? per_target
							       : 1),
		};
}

struct dispatch *dispatch_new(const struct plan *plan, size_t probers, int64_t now_us)
{
	uint32_t rate = plan->config->limits.probes_per_second;
	struct dispatch *dispatch = memory_new(1, sizeof *dispatch);

	dispatch->plan = plan;
	dispatch->places = places_new(plan);
	dispatch->port_state = fact_named("port.state");
	dispatch->next = memory_new(plan->observation_count, sizeof *dispatch->next);
	for (size_t i = 0; i < plan->observation_count; i++)
		dispatch->next[i] = IDLE;
	make_lanes(dispatch);
	dispatch->probers = memory_new(probers, sizeof *dispatch->probers);
	dispatch->prober_count = probers;
	for (size_t i = 0; i < probers; i++)
		for (size_t j = 0; j < REPUTES; j++)
			dispatch->probers[i].queues[j].first = NOBODY;
	dispatch->well_next = true;
	dispatch->each_us = rate ? CLOCK_SECOND / rate : 0;
	dispatch->tokens_us = BURST_US;
	dispatch->filled_us = now_us;
	return dispatch;
}

void dispatch_free(struct dispatch *dispatch)
{
	if (!dispatch)
		return;
	places_free(dispatch->places);
	free(dispatch->next);
	free(dispatch->lanes);
	free(dispatch->probers);
	free(dispatch);
}

static struct queue *queue_of(struct dispatch *dispatch, uint32_t number)
{
	return &dispatch->probers[prober_of(dispatch, number)]
			.queues[dispatch->lanes[number].repute];
}

static void lane_queue_up(struct dispatch *dispatch, uint32_t number)
{
	struct lane *lane = &dispatch->lanes[number];
	struct queue *queue = queue_of(dispatch, number);

	if (lane->queued || lane->first == NOBODY || lane->under_way >= lane->most)
		return;
	lane->queued = true;
	lane->behind = NOBODY;
	lane->ahead = queue->first == NOBODY ? NOBODY : queue->last;
	if (lane->ahead == NOBODY)
		queue->first = number;
	else
		dispatch->lanes[lane->ahead].behind = number;
	queue->last = number;
}

static void lane_leave_queue(struct dispatch *dispatch, uint32_t number)
{
	struct lane *lane = &dispatch->lanes[number];
	struct queue *queue = queue_of(dispatch, number);

	lane->queued = false;
	if (lane->ahead == NOBODY)
		queue->first = lane->behind;
	else
		dispatch->lanes[lane->ahead].behind = lane->behind;
	if (lane->behind == NOBODY)
		queue->last = lane->ahead;
	else
		dispatch->lanes[lane->behind].ahead = lane->ahead;
}

static void set_repute(struct dispatch *dispatch, uint32_t number, enum repute repute)
{
	struct lane *lane = &dispatch->lanes[number];
	struct prober *prober = &dispatch->probers[prober_of(dispatch, number)];

	if (lane->repute == repute)
		return;
	if (lane->queued)
		lane_leave_queue(dispatch, number);
	prober->under_way[lane->repute] -= lane->under_way;
	prober->under_way[repute] += lane->under_way;
	lane->repute = (uint8_t)repute;
	lane_queue_up(dispatch, number);
}

/* It may begin as far as others are concerned. */
static void set_free(struct dispatch *dispatch, uint32_t number)
{
	uint32_t at = lane_of(dispatch, number);
	struct lane *lane = &dispatch->lanes[at];

	dispatch->next[number] = NOBODY;
	if (lane->first == NOBODY)
		lane->first = number;
	else
		dispatch->next[lane->last] = number;
	lane->last = number;
	lane_queue_up(dispatch, at);
}

void dispatch_want(struct dispatch *dispatch, uint32_t number)
{
	assert(dispatch->next[number] == IDLE);
	dispatch->next[number] = NOBODY;
	dispatch->waiting++;
	if (places_enter(dispatch->places, number))
		set_free(dispatch, number);
}

/* The first lane of this repute, if it may begin something. */
static uint32_t first_lane(const struct prober *prober, enum repute repute)
{
	uint32_t under_way = 0;

	for (size_t i = 0; i < REPUTES; i++) {
		under_way += prober->under_way[i];
		if (i >= repute && under_way >= most_under_way[i])
			return NOBODY;
	}
	return prober->queues[repute].first;
}

/* Of those that are not well the new ones go first: after that they are new no longer. */
static uint32_t lane_at(const struct prober *prober, bool well)
{
	uint32_t lane = first_lane(prober, well ? WELL : NEW);

	return well || lane != NOBODY ? lane : first_lane(prober, SLOW);
}

static uint32_t next_of(struct dispatch *dispatch, bool well)
{
	for (size_t i = 0; i < dispatch->prober_count; i++) {
		size_t at = (dispatch->turns[well] + i) % dispatch->prober_count;
		uint32_t lane = lane_at(&dispatch->probers[at], well);

		if (lane != NOBODY)
			return lane;
	}
	return NOBODY;
}

/* The lane whose turn it is: those that answer take turns with the others, so that neither keep
 * the others waiting. */
static uint32_t next_lane(struct dispatch *dispatch)
{
	uint32_t lane = next_of(dispatch, dispatch->well_next);

	return lane != NOBODY ? lane : next_of(dispatch, !dispatch->well_next);
}

/* When there will be a token, which is now when there is one. */
static int64_t token_us(struct dispatch *dispatch, int64_t now_us)
{
	int64_t most_us = BURST_US > dispatch->each_us ? BURST_US : dispatch->each_us;

	dispatch->tokens_us += now_us - dispatch->filled_us;
	dispatch->filled_us = now_us;
	if (dispatch->tokens_us > most_us)
		dispatch->tokens_us = most_us;
	return dispatch->tokens_us < dispatch->each_us
		       ? now_us + dispatch->each_us - dispatch->tokens_us
		       : now_us;
}

static void count_begun(struct dispatch *dispatch, uint32_t at, uint32_t number)
{
	struct lane *lane = &dispatch->lanes[at];

	dispatch->next[number] = UNDER_WAY;
	lane->under_way++;
	dispatch->probers[prober_of(dispatch, at)].under_way[lane->repute]++;
	dispatch->under_way++;
}

/* Nobody else is at its place: nobody was by the plan before. */
void dispatch_adopt(struct dispatch *dispatch, uint32_t number)
{
	bool may_look = places_enter(dispatch->places, number);

	assert(may_look && dispatch->next[number] == IDLE);
	(void)may_look;
	count_begun(dispatch, lane_of(dispatch, number), number);
}

static uint32_t begin_first(struct dispatch *dispatch, uint32_t at)
{
	struct lane *lane = &dispatch->lanes[at];
	uint32_t number = lane->first;
	size_t prober = prober_of(dispatch, at);
	bool well = lane->repute == WELL;

	lane_leave_queue(dispatch, at);
	lane->first = dispatch->next[number];
	count_begun(dispatch, at, number);
	dispatch->turns[well] = prober + 1;
	dispatch->well_next = !well;
	dispatch->waiting--;
	lane_queue_up(dispatch, at);
	return number;
}

bool dispatch_take(struct dispatch *dispatch, int64_t now_us, uint32_t *number, uint32_t *key,
		   int64_t *again_us)
{
	uint32_t lane = next_lane(dispatch);

	*again_us = INT64_MAX;
	if (lane == NOBODY)
		return false;
	*again_us = token_us(dispatch, now_us);
	if (*again_us > now_us)
		return false;
	dispatch->tokens_us -= dispatch->each_us;
	*key = prober_of(dispatch, lane);
	*number = begin_first(dispatch, lane);
	return true;
}

/* That one of our own died, or was too busy, says nothing about the next. */
static enum repute repute_after(const struct dispatch *dispatch, enum repute before,
				const struct observation *observation)
{
	const struct fact *port = facts_get(observation->facts, dispatch->port_state);
	bool silent = port && (!strcmp(port->text, "filtered") ||
			       !strcmp(port->text, "open_or_filtered"));

	if (observation->outcome.stage == STAGE_PROBER)
		return before;
	return silent || observation->outcome.reason == REASON_TIMED_OUT ||
			       observation->outcome.reason == REASON_CANCELLED
		       ? SLOW
		       : WELL;
}

void dispatch_hear(struct dispatch *dispatch, uint32_t number,
		   const struct observation *observation)
{
	uint32_t at = lane_of(dispatch, number), next;
	struct lane *lane = &dispatch->lanes[at];
	struct prober *prober = &dispatch->probers[prober_of(dispatch, at)];

	assert(dispatch->next[number] == UNDER_WAY);
	dispatch->next[number] = IDLE;
	dispatch->under_way--;
	prober->under_way[lane->repute]--;
	lane->under_way--;
	set_repute(dispatch, at, repute_after(dispatch, lane->repute, observation));
	next = places_leave(dispatch->places, number, observation);
	if (next != NOBODY)
		set_free(dispatch, next);
	lane_queue_up(dispatch, at);
}

bool dispatch_known(struct dispatch *dispatch, uint32_t *number,
		    struct observation **observation, int64_t wall_us)
{
	*number = places_take_known(dispatch->places);
	if (*number == NOBODY)
		return false;
	dispatch->next[*number] = IDLE;
	dispatch->waiting--;
	*observation = observation_new();
	(*observation)->outcome =
		(struct outcome){ .stage = STAGE_CONNECT, .reason = REASON_TIMED_OUT };
	(*observation)->detail = memory_copy("nobody has answered there a moment ago");
	(*observation)->started_wall_us = wall_us;
	return true;
}

size_t dispatch_waiting(const struct dispatch *dispatch)
{
	return dispatch->waiting;
}

size_t dispatch_under_way(const struct dispatch *dispatch)
{
	return dispatch->under_way;
}
