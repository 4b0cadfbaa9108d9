/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/places.h"

#include <stdlib.h>
#include <string.h>

#include "agent/plan/seen.h"
#include "collectors/collector.h"
#include "ground/memory.h"

/* In order; linked by places->next. */
struct line {
	uint32_t first, last;
};

/* Of one place at which several look. */
struct door {
	struct line waiting;
	bool taken;
};

struct places {
	const struct plan *plan;
	uint32_t *door_of;	/* by observation; NOBODY: nobody else looks there */
	uint32_t *next;		/* by observation */
	struct door *doors;
	struct line known;
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

/* Only where several look there is anybody to wait for. Returns how many places there are. */
static uint32_t find_places(struct places *places)
{
	const struct plan *plan = places->plan;
	struct seen seen = { 0 };
	uint32_t count = 0;

	seen_reset(&seen, plan->observation_count);
	for (uint32_t i = 0; i < plan->observation_count; i++) {
		struct comparison comparison = { plan, &plan->observations[i] };
		uint32_t first = i;

		places->next[i] = places->door_of[i] = NOBODY;
		if (has_place(&plan->observations[i].request))
			first = seen_number(&seen, hash_place(&plan->observations[i]), i,
					    same_place, &comparison);
		if (first == i)
			continue;
		if (places->door_of[first] == NOBODY)
			places->door_of[first] = count++;
		places->door_of[i] = places->door_of[first];
	}
	seen_free(&seen);
	return count;
}

struct places *places_new(const struct plan *plan)
{
	static const struct line empty = { NOBODY, NOBODY };
	struct places *places = memory_new(1, sizeof *places);

	places->plan = plan;
	places->port_state = fact_named("port.state");
	places->known = empty;
	places->door_of = memory_new(plan->observation_count, sizeof *places->door_of);
	places->next = memory_new(plan->observation_count, sizeof *places->next);
	uint32_t count = find_places(places);
	places->doors = memory_new(count, sizeof *places->doors);
	for (uint32_t i = 0; i < count; i++)
		places->doors[i].waiting = empty;
	return places;
}

void places_free(struct places *places)
{
	if (!places)
		return;
	free(places->door_of);
	free(places->next);
	free(places->doors);
	free(places);
}

static void queue_up(struct places *places, struct line *line, uint32_t number)
{
	places->next[number] = NOBODY;
	if (line->first == NOBODY)
		line->first = number;
	else
		places->next[line->last] = number;
	line->last = number;
}

static uint32_t take_first(const struct places *places, struct line *line)
{
	uint32_t number = line->first;

	if (number != NOBODY)
		line->first = places->next[number];
	return number;
}

bool places_enter(struct places *places, uint32_t number)
{
	uint32_t where = places->door_of[number];

	if (where == NOBODY)
		return true;
	if (places->doors[where].taken) {
		queue_up(places, &places->doors[where].waiting, number);
		return false;
	}
	return places->doors[where].taken = true;
}

/* Over which family silence towards this one says something about others, and others' about
 * this; 0: none. What is elsewhere tells facts of its own where nobody answers. */
static uint8_t family_of_silence(const struct request *request)
{
	bool direct = !request->proxy && !is_datagram(request) &&
		      !(request->subject.kind & (SUBJECT_URL | SUBJECT_NAME));

	return direct ? request->family : 0;
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

/* Whether a port is open is asked by a packet or two: who only asks that goes and looks. */
static bool would_meet_silence(const struct request *request, uint8_t family)
{
	return !request->collector->looks_itself && family_of_silence(request) == family;
}

static void part_known(struct places *places, struct door *door, uint8_t family)
{
	struct line all = door->waiting;
	uint32_t number;

	door->waiting = (struct line){ NOBODY, NOBODY };
	while ((number = take_first(places, &all)) != NOBODY) {
		const struct request *request = &places->plan->observations[number].request;

		queue_up(places,
			 would_meet_silence(request, family) ? &places->known : &door->waiting,
			 number);
	}
}

uint32_t places_leave(struct places *places, uint32_t number,
		      const struct observation *observation)
{
	const struct request *request = &places->plan->observations[number].request;
	uint8_t family = family_of_silence(request);
	struct door *door;
	uint32_t next;

	if (places->door_of[number] == NOBODY)
		return NOBODY;
	door = &places->doors[places->door_of[number]];
	if (family && is_silent(places, observation))
		part_known(places, door, family);
	next = take_first(places, &door->waiting);
	door->taken = next != NOBODY;
	return next;
}

uint32_t places_take_known(struct places *places)
{
	return take_first(places, &places->known);
}
