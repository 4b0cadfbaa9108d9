/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/daemon/feeding_news.h"

#include <stdlib.h>
#include <string.h>

#include "agent/daemon/feeding_rows.h"
#include "ground/clock.h"
#include "ground/memory.h"

/* After a part has begun the next one waits for so long. */
#define COLLECT_US CLOCK_SECOND
/* Events that are read in one piece. */
enum { EVENTS_AT_ONCE = 32 };

/* Of all, or of what changed; each goes on where it was. */
enum news_stage {
	NEWS_QUIET,
	NEWS_RULES,
	NEWS_TARGETS,
	NEWS_CHECKS,
	NEWS_CHANGES,
	NEWS_EVENTS,
	NEWS_END
};

/* What was said of it last. */
struct said_sight {
	const struct observation *observation;	/* only to be compared */
	int64_t started_wall_us;
};

struct said_target {
	uint64_t raised;
	uint8_t told;
	bool down;
};

/* Checks, each at most once. */
struct dirt {
	uint32_t *items;
	size_t count;
};

struct news {
	const struct house *house;
	bool wants_all;
	/* Of the plan that was begun with, by its indexes. */
	const struct plan *plan;
	const struct rule **rules;	/* sorted; a rule's number is its place, and one more */
	size_t rule_count, rule_room;
	struct said_sight *sights;
	struct said_target *targets;
	uint64_t *is_dirty;		/* a bit for each check in `dirt` */
	struct dirt dirt;		/* is collected */
	struct dirt changes;		/* is being said */
	/* The part that is being said. */
	enum news_stage stage;
	bool all;
	size_t at;
	int64_t begun_us;
	uint64_t events_floor, events_before, events_newest;
	/* What was said last. */
	uint64_t events_said;
	struct feed_agent agent;
};

#define LONG_AGO (INT64_MIN / 2)

struct news *news_new(const struct house *house)
{
	struct news *news = memory_new(1, sizeof *news);

	news->house = house;
	news_begin(news);
	return news;
}

static void forget_plan(struct news *news)
{
	free(news->rules);
	free(news->sights);
	free(news->targets);
	free(news->is_dirty);
	free(news->dirt.items);
	free(news->changes.items);
	news->plan = NULL;
	news->rules = NULL;
	news->rule_count = news->rule_room = 0;
	news->sights = NULL;
	news->targets = NULL;
	news->is_dirty = NULL;
	news->dirt = news->changes = (struct dirt){ 0 };
}

void news_free(struct news *news)
{
	if (!news)
		return;
	forget_plan(news);
	free(news);
}

void news_note_plan(struct news *news)
{
	forget_plan(news);
	news->wants_all = true;
	news->stage = NEWS_QUIET;
	news->begun_us = LONG_AGO;
}

void news_begin(struct news *news)
{
	news_note_plan(news);
	news->agent = (struct feed_agent){ 0 };
	news->events_said = 0;
}

void news_note_check(struct news *news, uint32_t check)
{
	uint64_t bit = UINT64_C(1) << check % 64;

	/* All of it will be said anyway. */
	if (!news->plan || check >= news->plan->check_count || news->is_dirty[check / 64] & bit)
		return;
	news->is_dirty[check / 64] |= bit;
	news->dirt.items[news->dirt.count++] = check;
}

/* --- the plan ------------------------------------------------------------------------------ */

/* The place of the rule among those known, or where it belongs. */
static size_t find_rule(const struct news *news, const struct rule *rule)
{
	size_t low = 0, high = news->rule_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((uintptr_t)news->rules[middle] < (uintptr_t)rule)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void know_rule(struct news *news, const struct rule *rule)
{
	size_t at = find_rule(news, rule);

	if (at < news->rule_count && news->rules[at] == rule)
		return;
	news->rules = memory_room_for(news->rules, news->rule_count, &news->rule_room,
				      sizeof *news->rules);
	memmove(&news->rules[at + 1], &news->rules[at],
		(news->rule_count - at) * sizeof *news->rules);
	news->rules[at] = rule;
	news->rule_count++;
}

static void know_plan(struct news *news, const struct plan *plan)
{
	forget_plan(news);
	news->plan = plan;
	for (size_t i = 0; i < plan->check_count; i++)
		know_rule(news, plan->checks[i].rule);
	news->sights = memory_new(plan->observation_count, sizeof *news->sights);
	news->targets = memory_new(plan->config->target_count, sizeof *news->targets);
	news->is_dirty = memory_new(plan->check_count / 64 + 1, sizeof *news->is_dirty);
	news->dirt.items = memory_new(plan->check_count, sizeof *news->dirt.items);
	news->changes.items = memory_new(plan->check_count, sizeof *news->changes.items);
}

/* --- beginning ----------------------------------------------------------------------------- */

static bool same_agent(const struct feed_agent *a, const struct feed_agent *b)
{
	return a->started_wall_us == b->started_wall_us &&
	       a->loaded_wall_us == b->loaded_wall_us && a->config_valid == b->config_valid &&
	       a->store_writable == b->store_writable && a->uplink_up == b->uplink_up &&
	       a->observations == b->observations && a->late_s == b->late_s &&
	       a->told == b->told && a->untold == b->untold &&
	       a->suppressed == b->suppressed && a->last_event == b->last_event;
}

static bool has_news(const struct news *news)
{
	struct feed_agent agent;

	if (news->wants_all || news->dirt.count)
		return true;
	agent = feeding_agent(news->house);
	return agent.last_event > news->events_said || !same_agent(&agent, &news->agent);
}

int64_t news_due_us(const struct news *news, struct moment now)
{
	if (!patrol_results(news->house->patrol))
		return INT64_MAX;
	if (news->stage != NEWS_QUIET)
		return now.monotonic_us;
	if (news->begun_us > now.monotonic_us - COLLECT_US)
		return has_news(news) ? news->begun_us + COLLECT_US : INT64_MAX;
	return has_news(news) ? now.monotonic_us : INT64_MAX;
}

/* What is noted from here on belongs to the next part. */
static void begin_changes(struct news *news)
{
	struct dirt changes = news->dirt;

	news->dirt = (struct dirt){ .items = news->changes.items };
	news->changes = changes;
	for (size_t i = 0; i < changes.count; i++)
		news->is_dirty[changes.items[i] / 64] &= ~(UINT64_C(1) << changes.items[i] % 64);
}

/* A face that has just begun gets the newest of those before. */
static void begin_events(struct news *news)
{
	uint64_t newest = store_newest(news->house->store);
	uint64_t oldest = newest > FEED_EVENTS_MOST ? newest - FEED_EVENTS_MOST : 0;

	news->events_floor = news->events_said > oldest ? news->events_said : oldest;
	news->events_newest = newest;
	news->events_before = newest + 1;
}

static void begin_part(struct news *news, struct writer *out, struct moment now)
{
	const struct plan *plan = patrol_results(news->house->patrol)->plan;

	news->begun_us = now.monotonic_us;
	news->at = 0;
	news->all = news->wants_all || plan != news->plan;
	news->wants_all = false;
	begin_events(news);
	if (news->all) {
		know_plan(news, plan);
		feed_put_mark(out, FEED_RESET);
		news->stage = NEWS_RULES;
	} else {
		begin_changes(news);
		news->stage = NEWS_CHANGES;
	}
}

/* --- one after the other ------------------------------------------------------------------- */

static void say_target(struct news *news, struct writer *out, uint32_t target)
{
	const struct patrol_target state = patrol_target(news->house->patrol, target);

	news->targets[target] = (struct said_target){ .raised = state.raised,
						      .told = state.alarm->told,
						      .down = state.down };
	feeding_put_target(out, news->house, target);
}

static void say_changed_target(struct news *news, struct writer *out, uint32_t target)
{
	const struct patrol_target state = patrol_target(news->house->patrol, target);
	const struct said_target *said = &news->targets[target];

	if (said->raised != state.raised || said->told != state.alarm->told ||
	    said->down != state.down)
		say_target(news, out, target);
}

static void say_sight(struct news *news, struct writer *out, uint32_t number)
{
	const struct observation *seen;
	struct said_sight *said;

	if (number == NO_OBSERVATION)
		return;
	seen = patrol_results(news->house->patrol)->observations[number];
	said = &news->sights[number];
	if (!seen || (said->observation == seen && said->started_wall_us == seen->started_wall_us))
		return;
	*said = (struct said_sight){ seen, seen->started_wall_us };
	feed_put_sight(out, feeding_sight(number), seen);
}

static void say_check(struct news *news, struct writer *out, uint32_t number,
		      struct moment now)
{
	const struct check *check = &news->plan->checks[number];

	say_sight(news, out, check->observation);
	feeding_put_check(out, news->house, number,
			  (uint32_t)find_rule(news, check->rule) + 1, now.wall_us);
}

struct saying {
	struct news *news;
	struct writer *out;
	uint64_t oldest;		/* that was met; 0: none */
};

static void say_event(void *arg, const struct event *event)
{
	struct saying *saying = arg;
	struct feed_event fed = feeding_event(event);

	saying->oldest = event->number;
	if (event->number > saying->news->events_floor)
		feed_put_event(saying->out, &fed);
}

/* Newest first; false: that was all of them. */
static bool say_events(struct news *news, struct writer *out)
{
	struct saying saying = { .news = news, .out = out };

	if (news->events_before > news->events_floor + 1)
		store_events(news->house->store, news->events_before, EVENTS_AT_ONCE, say_event,
			     &saying);
	news->events_before = saying.oldest;
	if (saying.oldest > news->events_floor + 1)
		return true;
	news->events_said = news->events_newest;
	return false;
}

static void end_part(struct news *news, struct writer *out)
{
	struct feed_agent agent = feeding_agent(news->house);

	/* No newer than the events that were said with it. */
	agent.last_event = news->events_newest;
	if (news->all || !same_agent(&agent, &news->agent))
		feed_put_agent(out, &agent);
	news->agent = agent;
	feed_put_mark(out, FEED_SETTLED);
	news->changes.count = 0;
}

static void next_stage(struct news *news, enum news_stage stage)
{
	news->stage = stage;
	news->at = 0;
}

static void say_one(struct news *news, struct writer *out, struct moment now)
{
	const struct plan *plan = news->plan;
	size_t at = news->at++;

	switch (news->stage) {
	case NEWS_RULES:
		if (at < news->rule_count)
			feeding_put_rule(out, (uint32_t)at + 1, news->rules[at]);
		else
			next_stage(news, NEWS_TARGETS);
		break;
	case NEWS_TARGETS:
		if (at < plan->config->target_count)
			say_target(news, out, (uint32_t)at);
		else
			next_stage(news, NEWS_CHECKS);
		break;
	case NEWS_CHECKS:
		if (at < plan->check_count)
			say_check(news, out, (uint32_t)at, now);
		else
			next_stage(news, NEWS_EVENTS);
		break;
	case NEWS_CHANGES:
		if (at < news->changes.count) {
			uint32_t check = news->changes.items[at];

			say_changed_target(news, out, plan->checks[check].target);
			say_check(news, out, check, now);
		} else {
			next_stage(news, NEWS_EVENTS);
		}
		break;
	case NEWS_EVENTS:
		if (!say_events(news, out))
			next_stage(news, NEWS_END);
		break;
	default:
		end_part(news, out);
		next_stage(news, NEWS_QUIET);
	}
}

void news_tell(struct news *news, struct writer *out, size_t most, struct moment now)
{
	size_t begin = out->length;

	if (news_due_us(news, now) > now.monotonic_us)
		return;
	if (news->stage == NEWS_QUIET)
		begin_part(news, out, now);
	while (news->stage != NEWS_QUIET && out->length - begin < most)
		say_one(news, out, now);
}
