/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/places.h"

#include <stdlib.h>
#include <string.h>

#include "agent/plan/seen.h"
#include "collectors/collector.h"
#include "ground/clock.h"
#include "ground/memory.h"

struct successor {
	uint32_t first;		/* of its place, which may be itself */
	uint32_t next;		/* the observation that is free when this one has come */
	uint8_t silent;		/* of the first: families over which nobody has answered */
};

struct places {
	const struct plan *plan;
	struct successor *successors;	/* one an observation */
	const struct fact_descriptor *port_state;
};

struct comparison {
	const struct plan *plan;
	const struct plan_observation *observation;
};

static bool is_datagram(const struct request *request)
{
	return request->subject.kind == SUBJECT_UDP;
}

/* Both families lead to one server. Ranges count for no port: they only knock at each. */
static bool has_place(const struct request *request)
{
	return request->subject.first && request->subject.first == request->subject.last;
}

/* The host of a URL is one, whichever targets need it. */
static uint32_t owner_of(const struct plan_observation *observation)
{
	return observation->request.subject.kind == SUBJECT_URL ? NOBODY : observation->target;
}

static bool same_place(const void *arg, uint32_t number)
{
	const struct comparison *comparison = arg;
	const struct plan_observation *a = &comparison->plan->observations[number];
	const struct plan_observation *b = comparison->observation;

	return owner_of(a) == owner_of(b) &&
	       a->request.subject.first == b->request.subject.first &&
	       is_datagram(&a->request) == is_datagram(&b->request) &&
	       !strcmp(a->request.host, b->request.host);
}

static uint64_t hash_place(const struct plan_observation *observation)
{
	const struct request *request = &observation->request;
	uint64_t hash = seen_hash_number(SEEN_HASH_BEGIN, owner_of(observation));

	hash = seen_hash_number(hash, request->subject.first);
	hash = seen_hash_number(hash, is_datagram(request));
	return seen_hash(hash, request->host);
}

struct places *places_new(const struct plan *plan)
{
	struct places *places = memory_new(1, sizeof *places);
	uint32_t *last = memory_new(plan->observation_count, sizeof *last);
	struct seen seen = { 0 };

	places->plan = plan;
	places->port_state = fact_named("port.state");
	places->successors = memory_new(plan->observation_count, sizeof *places->successors);
	seen_reset(&seen, plan->observation_count);
	for (uint32_t i = 0; i < plan->observation_count; i++) {
		const struct plan_observation *observation = &plan->observations[i];
		struct comparison comparison = { plan, observation };
		uint32_t first = i;

		if (has_place(&observation->request))
			first = seen_number(&seen, hash_place(observation), i, same_place,
					    &comparison);
		places->successors[i] = (struct successor){ .first = first, .next = NOBODY };
		if (first != i)
			places->successors[last[first]].next = i;
		last[first] = i;
	}
	seen_free(&seen);
	free(last);
	return places;
}

void places_free(struct places *places)
{
	if (!places)
		return;
	free(places->successors);
	free(places);
}

bool places_waits(const struct places *places, uint32_t number)
{
	return places->successors[number].first != number;
}

uint32_t places_next(const struct places *places, uint32_t number)
{
	return places->successors[number].next;
}

/* A bit for each family; 0 when silence towards this one says nothing about others, or others'
 * about this. What is elsewhere tells facts of its own where nobody answers. */
static uint8_t bit_of(const struct request *request)
{
	bool direct = !request->proxy && !is_datagram(request) &&
		      !(request->subject.kind & (SUBJECT_URL | SUBJECT_NAME));

	if (!direct || !request->family)
		return 0;
	return request->family == 4 ? 1 : 2;
}

/* The collector of ports observes silence where others fail by it. */
static bool is_silent(const struct places *places, const struct observation *observation)
{
	const struct fact *state = facts_get(observation->facts, places->port_state);

	if (state)
		return !strcmp(state->text, "filtered");
	return observation->outcome.stage == STAGE_CONNECT &&
	       observation->outcome.reason == REASON_TIMED_OUT;
}

void places_hear(struct places *places, uint32_t number, const struct observation *observation)
{
	const struct request *request = &places->plan->observations[number].request;

	if (has_place(request) && is_silent(places, observation))
		places->successors[places->successors[number].first].silent |= bit_of(request);
}

struct observation *places_known(const struct places *places, uint32_t number)
{
	const struct request *request = &places->plan->observations[number].request;
	uint8_t silent = places->successors[places->successors[number].first].silent;
	struct observation *observation;

	/* Whether a port is open is asked by a packet or two. */
	if (request->collector->looks_itself || !(silent & bit_of(request)))
		return NULL;
	observation = observation_new();
	observation->outcome =
		(struct outcome){ .stage = STAGE_CONNECT, .reason = REASON_TIMED_OUT };
	observation->detail = memory_copy("nobody has answered there a moment ago");
	observation->started_wall_us = clock_wall_us();
	return observation;
}
