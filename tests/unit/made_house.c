/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/made_house.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/collector.h"
#include "ground/clock.h"
#include "ground/memory.h"

static const struct fact_descriptor facts[MADE_FACTS + 1] = {
	{ .name = "made.word", .type = FACT_TEXT },
	{ .name = "made.list", .type = FACT_TEXTS },
	{ .name = "made.seconds", .type = FACT_REAL, .lasting = FACT_FLEETS },
	{ .name = "made.headers", .type = FACT_TEXTS, .lasting = FACT_NAMES_LAST },
	{ .name = NULL }
};

static const struct collector collector = { .name = "made", .facts = facts };

/* The house's patrol, self, telling and crew are the whole of it. */
static struct made_house *house_of(const void *part)
{
	return (struct made_house *)(uintptr_t)part;
}

const struct fact_descriptor *made_fact(size_t index)
{
	return &facts[index];
}

static const char *made_text(struct made_house *made, const char *stem, size_t number)
{
	struct text text = { 0 };
	const char *copy;

	text_add_format(&text, "%s%zu", stem, number);
	copy = arena_copy(made->arena, text_string(&text));
	text_free(&text);
	return copy;
}

static void make_check(struct made_house *made, size_t target, size_t index)
{
	struct check *check = &made->plan.checks[index];
	struct request *request = &made->plan.observations[index].request;

	*check = (struct check){ .name = made_text(made, "made/tcp-1/a", index),
				 .rule = &made->rule, .subject = "tcp/1",
				 .target = (uint32_t)target, .observation = (uint32_t)index,
				 .provisional_while = NO_CHECK, .severity = SEVERITY_MAJOR };
	*request = (struct request){ .collector = &collector, .host = made_text(made, "h", index) };
	request->subject.text = "tcp/1";
	made->results.judgements[index] = (struct judgement){
		.verdict = VERDICT_UNKNOWN, .reason = "not_seen", .expected = memory_copy(""),
		.observed = memory_copy("") };
	alarm_begin(&made->alarms[index]);
}

static bool reload(struct house *house, struct text *said)
{
	struct made_house *made = house_of(house);

	made->reloads++;
	if (made->reload_says)
		text_add(said, made->reload_says);
	else
		house->loaded_wall_us++;
	return !made->reload_says;
}

static void nudge(struct house *house)
{
	house_of(house)->nudges++;
}

static void make_house(struct made_house *made)
{
	struct text said = { 0 };

	made->loaded = (struct loaded){ .config = &made->config, .plan = &made->plan };
	made->house = (struct house){ .loop = loop_new(),
				      .crew = (struct crew *)(void *)made,
				      .store = store_open(NULL, &said),
				      .self = (struct self *)(void *)made,
				      .patrol = (struct patrol *)(void *)made,
				      .telling = (struct telling *)(void *)made,
				      .loaded = &made->loaded,
				      .started_wall_us = clock_wall_us() - 90 * CLOCK_SECOND,
				      .loaded_wall_us = clock_wall_us(),
				      .reload = reload,
				      .nudge = nudge };
	text_free(&said);
}

struct made_house *made_house_new(size_t targets, size_t checks)
{
	struct made_house *made = memory_new(1, sizeof *made);
	size_t all = targets * checks;

	made->arena = arena_new();
	made->rule = (struct rule){ .profile = "made", .id = "rule", .collector = &collector,
				    .title = "It is made" };
	made->config.targets = memory_new(targets, sizeof *made->config.targets);
	made->config.target_count = targets;
	made->plan = (struct plan){ .config = &made->config, .check_count = all,
				    .observation_count = all };
	made->plan.checks = memory_new(all, sizeof *made->plan.checks);
	made->plan.observations = memory_new(all, sizeof *made->plan.observations);
	made->plan.first_check = memory_new(targets + 1, sizeof *made->plan.first_check);
	made->results.plan = &made->plan;
	made->results.judgements = memory_new(all, sizeof *made->results.judgements);
	made->results.observations = memory_new(all, sizeof *made->results.observations);
	made->alarms = memory_new(all, sizeof *made->alarms);
	made->raised = memory_new(all, sizeof *made->raised);
	made->presences = memory_new(targets, sizeof *made->presences);
	made->down = memory_new(targets, sizeof *made->down);
	for (size_t i = 0; i < targets; i++) {
		made->config.targets[i].name = made_text(made, "t", i);
		made->config.targets[i].address = "127.0.0.1";
		alarm_begin(&made->presences[i]);
		made->plan.first_check[i + 1] = (i + 1) * checks;
		for (size_t at = i * checks; at < (i + 1) * checks; at++)
			make_check(made, i, at);
	}
	for (size_t i = 0; i < SELF_COUNT; i++)
		alarm_begin(&made->own[i]);
	make_house(made);
	return made;
}

void made_house_free(struct made_house *made)
{
	for (size_t i = 0; i < made->plan.check_count; i++) {
		judgement_clear(&made->results.judgements[i]);
		observation_free(made->results.observations[i]);
	}
	store_close(made->house.store);
	loop_free(made->house.loop);
	free(made->config.targets);
	free(made->plan.checks);
	free(made->plan.observations);
	free(made->plan.first_check);
	free(made->results.judgements);
	free(made->results.observations);
	free(made->alarms);
	free(made->raised);
	free(made->presences);
	free(made->down);
	arena_free(made->arena);
	free(made);
}

static struct observation *look_anew(struct made_house *made, size_t check)
{
	struct observation **place = &made->results.observations[check];

	observation_free(*place);
	*place = observation_new();
	(*place)->started_wall_us = clock_wall_us();
	return *place;
}

void made_house_see(struct made_house *made, size_t check, const char *first,
		    enum verdict verdict)
{
	static const char *const list[] = { "b", "a" };
	const char *headers[] = { "Server: x", "Date: now" };
	struct observation *seen = look_anew(made, check);
	struct judgement *judgement = &made->results.judgements[check];

	facts_set_text(seen->facts, &facts[0], first);
	facts_set_texts(seen->facts, &facts[1], list, 2);
	facts_set_real(seen->facts, &facts[2], (double)clock_monotonic_us());
	headers[1] = made_text(made, "Date: ", (size_t)clock_monotonic_us());
	facts_set_texts(seen->facts, &facts[3], headers, 2);
	judgement_clear(judgement);
	*judgement = (struct judgement){ .verdict = verdict, .reason = "satisfied",
					 .expected = memory_copy("something"),
					 .observed = memory_copy(first) };
}

void made_house_fail(struct made_house *made, size_t check, enum reason reason)
{
	look_anew(made, check)->outcome =
		(struct outcome){ .stage = STAGE_CONNECT, .reason = reason };
}

void made_house_raise(struct alarm *alarm, enum verdict verdict, enum severity severity)
{
	alarm->told = (uint8_t)verdict;
	alarm->severity = (uint8_t)severity;
	alarm->seen = (uint8_t)verdict;
	alarm->raised_wall_us = alarm->changed_wall_us = clock_wall_us();
}

uint64_t made_house_event(struct made_house *made, size_t check, enum event_kind kind)
{
	struct store *store = made->house.store;
	const char *target = made->config.targets[made->plan.checks[check].target].name;
	uint32_t number = store_target_number(store, target);
	struct event event = { .at_us = clock_wall_us(),
			       .kind = (uint8_t)kind,
			       .target = number,
			       .target_name = target,
			       .check_name = made->plan.checks[check].name,
			       .to = VERDICT_CRITICAL,
			       .severity = SEVERITY_MAJOR };

	store_record(store, store_check_number(store, number, event.check_name),
		     &made->alarms[check], &event);
	return event.number;
}

/* --- what answers the questions of control.c ----------------------------------------------- */

struct moment house_now(void)
{
	return (struct moment){ clock_monotonic_us(), clock_wall_us() };
}

const struct results *patrol_results(const struct patrol *patrol)
{
	return &house_of(patrol)->results;
}

void patrol_accept(struct patrol *patrol, uint32_t target, struct text *said)
{
	(void)patrol;
	text_add_format(said, "t%u: accepted\n", target);
}

struct patrol_check patrol_check(const struct patrol *patrol, size_t check)
{
	const struct made_house *made = house_of(patrol);

	return (struct patrol_check){ .alarm = &made->alarms[check], .raised = made->raised[check],
				      .since_wall_us = 1, .next_us = clock_monotonic_us() };
}

struct patrol_target patrol_target(const struct patrol *patrol, size_t target)
{
	const struct made_house *made = house_of(patrol);

	return (struct patrol_target){ .alarm = &made->presences[target],
				       .number = (uint32_t)target + 1,
				       .down = made->down[target] };
}

struct patrol_health patrol_health(const struct patrol *patrol)
{
	(void)patrol;
	return (struct patrol_health){ .waiting = 3, .under_way = 2, .late_us = CLOCK_SECOND };
}

void self_look(const struct self *self, enum self_check which, struct self_state *state)
{
	*state = (struct self_state){ .name = "agent/made", .title = "It works",
				      .remedy = "Mend it", .observed = "",
				      .alarm = house_of(self)->own[which] };
}

size_t telling_count(const struct telling *telling)
{
	(void)telling;
	return 1;
}

struct telling_state telling_state(const struct telling *telling, size_t sink)
{
	(void)telling;
	(void)sink;
	return (struct telling_state){ .name = "noc", .untold = 4, .failures = 2 };
}

size_t crew_size(const struct crew *crew)
{
	(void)crew;
	return 2;
}

bool crew_fence(const struct crew *crew, struct fence_report *report)
{
	(void)crew;
	*report = (struct fence_report){ .no_new_privileges = 1, .seccomp = 2, .landlock = 3 };
	return true;
}

unsigned crew_restarts(const struct crew *crew)
{
	(void)crew;
	return 1;
}
