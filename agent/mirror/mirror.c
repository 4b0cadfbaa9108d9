/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/mirror/mirror.h"

#include <stdlib.h>

#include "agent/mirror/mirror_parts.h"
#include "ground/memory.h"

struct mirror *mirror_new(size_t events_most)
{
	struct inside *inside = memory_new(1, sizeof *inside);

	inside->shown.agent.version = memory_copy("");
	inside->shown.score = -1;
	inside->shown.worst = VERDICT_UNKNOWN;
	inside->events_most = events_most;
	/* They move once for each `events_most` that come. */
	inside->events_room = 2 * events_most;
	inside->events = memory_new(inside->events_room, sizeof *inside->events);
	inside->shown.events = inside->events;
	/* Empty, and yet somewhere. */
	inside->shown.targets = memory_new(0, sizeof *inside->shown.targets);
	inside->shown.checks = memory_new(0, sizeof *inside->shown.checks);
	return &inside->shown;
}

/* What is in force by now is not the part's any more. */
void mirror_forget_heard(struct heard *heard)
{
	if (heard->has_agent)
		feed_free(heard->agent.version);
	for (size_t i = 0; i < heard->rule_count; i++)
		feed_free(heard->rules[i].name);
	for (size_t i = 0; i < heard->sight_count; i++)
		observation_free(heard->sights[i].observation);
	for (size_t i = 0; i < heard->target_count; i++)
		feed_free(heard->targets[i].name);
	for (size_t i = 0; i < heard->check_count; i++)
		feed_free(heard->checks[i].name);
	for (size_t i = 0; i < heard->event_count; i++)
		feed_free(heard->events[i].event.target_name);
	free(heard->rules);
	free(heard->sights);
	free(heard->targets);
	free(heard->checks);
	free(heard->events);
	free(heard->gone);
	*heard = (struct heard){ 0 };
}

void mirror_free(struct mirror *mirror)
{
	struct inside *inside = (struct inside *)mirror;

	if (!mirror)
		return;
	mirror_forget_heard(&inside->heard);
	for (size_t i = 0; i < mirror->check_count; i++)
		mirror_clear_check(inside, &mirror->checks[i]);
	mirror_free_shared(inside);
	for (size_t i = 0; i < mirror->target_count; i++)
		feed_free(mirror->targets[i].fed.name);
	for (size_t i = 0; i < mirror->event_count; i++)
		feed_free(mirror->events[i].event.target_name);
	feed_free(mirror->agent.version);
	free(mirror->targets);
	free(mirror->checks);
	free(inside->events);
	free(inside->stale);
	free(inside);
}

/* --- hearing ------------------------------------------------------------------------------- */

static bool hear_agent(struct heard *heard, struct reader *body)
{
	struct feed_agent agent;

	if (!feed_take_agent(body, &agent))
		return false;
	if (heard->has_agent)
		feed_free(heard->agent.version);
	heard->agent = agent;
	heard->has_agent = true;
	return true;
}

static bool hear_rule(struct heard *heard, struct reader *body)
{
	heard->rules = memory_room_for(heard->rules, heard->rule_count, &heard->rule_room,
				       sizeof *heard->rules);
	if (!feed_take_rule(body, &heard->rules[heard->rule_count]))
		return false;
	heard->rule_count++;
	return true;
}

/* 0 is none. */
static bool hear_sight(struct heard *heard, struct reader *body)
{
	struct feed_sight *sight;

	heard->sights = memory_room_for(heard->sights, heard->sight_count, &heard->sight_room,
					sizeof *heard->sights);
	sight = &heard->sights[heard->sight_count];
	if (!feed_take_sight(body, sight))
		return false;
	heard->sight_count++;
	return sight->number;
}

static bool hear_target(struct heard *heard, struct reader *body)
{
	heard->targets = memory_room_for(heard->targets, heard->target_count,
					 &heard->target_room, sizeof *heard->targets);
	if (!feed_take_target(body, &heard->targets[heard->target_count]))
		return false;
	heard->target_count++;
	return true;
}

static bool hear_check(struct heard *heard, struct reader *body)
{
	heard->checks = memory_room_for(heard->checks, heard->check_count, &heard->check_room,
					sizeof *heard->checks);
	if (!feed_take_check(body, &heard->checks[heard->check_count]))
		return false;
	heard->check_count++;
	return true;
}

static bool hear_event(struct heard *heard, struct reader *body)
{
	heard->events = memory_room_for(heard->events, heard->event_count, &heard->event_room,
					sizeof *heard->events);
	if (!feed_take_event(body, &heard->events[heard->event_count]))
		return false;
	heard->event_count++;
	return true;
}

static size_t heard_of(const struct heard *heard, enum feed_kind which)
{
	switch (which) {
	case FEED_TARGET:
		return heard->target_count;
	case FEED_CHECK:
		return heard->check_count;
	case FEED_SIGHT:
		return heard->sight_count;
	default:
		return heard->rule_count;
	}
}

static bool hear_gone(struct heard *heard, struct reader *body)
{
	struct gone gone;

	if (!feed_take_gone(body, &gone.which, &gone.number))
		return false;
	gone.at = heard_of(heard, gone.which) + 1;
	heard->gone = memory_room_for(heard->gone, heard->gone_count, &heard->gone_room,
				      sizeof *heard->gone);
	heard->gone[heard->gone_count++] = gone;
	return true;
}

/* Events are true whatever comes. */
static bool hear_reset(struct heard *heard, struct reader *body)
{
	struct heard begun = { .reset = true, .events = heard->events,
			       .event_count = heard->event_count,
			       .event_room = heard->event_room };

	if (!feed_take_mark(body))
		return false;
	heard->events = NULL;
	heard->event_count = 0;
	mirror_forget_heard(heard);
	*heard = begun;
	return true;
}

bool mirror_hear(struct mirror *mirror, enum feed_kind kind, struct reader *body)
{
	struct heard *heard = &((struct inside *)mirror)->heard;

	switch (kind) {
	case FEED_RESET:
		return hear_reset(heard, body);
	case FEED_AGENT:
		return hear_agent(heard, body);
	case FEED_RULE:
		return hear_rule(heard, body);
	case FEED_TARGET:
		return hear_target(heard, body);
	case FEED_SIGHT:
		return hear_sight(heard, body);
	case FEED_CHECK:
		return hear_check(heard, body);
	case FEED_GONE:
		return hear_gone(heard, body);
	case FEED_EVENT:
		return hear_event(heard, body);
	case FEED_SETTLED:
		return feed_take_mark(body);
	default:
		return false;
	}
}

/* --- finding ------------------------------------------------------------------------------- */

size_t mirror_find_target(const struct mirror *mirror, uint32_t target)
{
	size_t low = 0, high = mirror->target_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (mirror->targets[middle].fed.number < target)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t mirror_find_check(const struct mirror *mirror, uint32_t target, uint32_t check)
{
	size_t low = 0, high = mirror->check_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct feed_check *fed = &mirror->checks[middle].fed;

		if (fed->target < target || (fed->target == target && fed->number < check))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t mirror_find_event(const struct mirror *mirror, uint64_t event)
{
	size_t low = 0, high = mirror->event_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (mirror->events[middle].event.number < event)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
