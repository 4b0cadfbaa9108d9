/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/plants.h"

#include <string.h>

#include "agent/engine/dispatch.h"
#include "agent/engine/outbox.h"
#include "agent/engine/schedule.h"
#include "agent/engine/store_parts.h"
#include "ground/clock.h"
#include "tests/sim/keeper.h"
#include "tests/sim/oracle.h"
#include "tests/sim/world.h"

/* Which of the occasions it takes: not the first, where all is new. */
enum { OCCASION = 3 };

static struct {
	enum plant plant;
	unsigned occasions;
	struct keeper *keeper;
} plants;

static const char *const words[] = {
#define PLANT_WORD(constant, word, invariant) word,
	PLANTS(PLANT_WORD)
#undef PLANT_WORD
};

static const char *const invariants[] = {
#define PLANT_INVARIANT(constant, word, invariant) invariant,
	PLANTS(PLANT_INVARIANT)
#undef PLANT_INVARIANT
};

void plants_set(enum plant plant)
{
	plants.plant = plant;
	plants.occasions = 0;
}

void plants_listen(struct keeper *keeper)
{
	plants.keeper = keeper;
}

bool plants_named(const char *word, enum plant *plant)
{
	for (int i = 0; i < PLANT_COUNT; i++) {
		if (strcmp(words[i], word) != 0)
			continue;
		*plant = (enum plant)i;
		return true;
	}
	return false;
}

const char *plants_word(enum plant plant)
{
	return words[plant];
}

const char *plants_invariant(enum plant plant)
{
	return invariants[plant];
}

bool plants_disk_lies(void)
{
	return plants.plant == PLANT_LYING;
}

/* Once. */
static bool it_is_time(enum plant plant)
{
	return plants.plant == plant && ++plants.occasions == OCCASION;
}

/* --- the linker leads these here (--wrap) ------------------------------------------------- */

void __real_store_record(struct store *store, uint32_t check, const struct alarm *alarm,
			 struct event *event);
void __wrap_store_record(struct store *store, uint32_t check, const struct alarm *alarm,
			 struct event *event);
size_t __real_store_give_up_oldest(struct store *store, size_t sink, size_t count);
size_t __wrap_store_give_up_oldest(struct store *store, size_t sink, size_t count);
bool __real_store_untold(struct store *store, size_t sink, uint64_t after, struct event *event);
bool __wrap_store_untold(struct store *store, size_t sink, uint64_t after, struct event *event);
void __real_store_acknowledge(struct store *store, size_t sink, uint64_t number);
void __wrap_store_acknowledge(struct store *store, size_t sink, uint64_t number);
bool __real_outbox_next(const struct outbox_policy *policy, struct outbox *outbox,
			struct store *store, size_t sink, int64_t now_us, struct event *event);
bool __wrap_outbox_next(const struct outbox_policy *policy, struct outbox *outbox,
			struct store *store, size_t sink, int64_t now_us, struct event *event);
struct alarm_effect __real_alarm_step(const struct alarm_policy *policy, struct alarm *alarm,
				      const struct alarm_event *event, struct moment now);
struct alarm_effect __wrap_alarm_step(const struct alarm_policy *policy, struct alarm *alarm,
				      const struct alarm_event *event, struct moment now);
bool __real_schedule_take(struct schedule *schedule, int64_t now_us, uint32_t *number);
bool __wrap_schedule_take(struct schedule *schedule, int64_t now_us, uint32_t *number);
struct dispatch *__real_dispatch_new(const struct plan *plan, size_t probers, int64_t now_us);
struct dispatch *__wrap_dispatch_new(const struct plan *plan, size_t probers, int64_t now_us);
bool __real_store_recall(const struct store *store, uint32_t check, struct alarm *alarm,
			 uint64_t *raised);
bool __wrap_store_recall(const struct store *store, uint32_t check, struct alarm *alarm,
			 uint64_t *raised);

static void record(struct store *store, uint32_t check, const struct alarm *alarm,
		   struct event *event)
{
	__real_store_record(store, check, alarm, event);
	if (event && !plants.keeper->dead)
		oracle_recorded(event);
}

void __wrap_store_record(struct store *store, uint32_t check, const struct alarm *alarm,
			 struct event *event)
{
	bool of_check = event && check && event->kind != EVENT_REMINDED;

	if (of_check && it_is_time(PLANT_DROPPED)) {
		__real_store_record(store, check, alarm, NULL);
		return;
	}
	record(store, check, alarm, event);
	if (of_check && it_is_time(PLANT_DOUBLED))
		record(store, check, alarm, event);
	if (of_check && it_is_time(PLANT_REUSED))
		store->last--;
	if (of_check && it_is_time(PLANT_ASKING))
		clock_wall_us();
}

/* The town's number of the sink that is the telling's so-many-th. */
static size_t sink_of(size_t sink)
{
	for (size_t i = 0; i < RECEIVERS_MOST; i++)
		if (plants.keeper->town.sinks[i] && !sink--)
			return i;
	return 0;
}

size_t __wrap_store_give_up_oldest(struct store *store, size_t sink, size_t count)
{
	size_t given_up = __real_store_give_up_oldest(store, sink, count);

	if (!plants.keeper->dead)
		oracle_gave_up(sink_of(sink), given_up);
	return given_up;
}

bool __wrap_store_untold(struct store *store, size_t sink, uint64_t after, struct event *event)
{
	bool there = __real_store_untold(store, sink, after, event);

	if (there && it_is_time(PLANT_SKIPPED))
		store_give_up(store, sink, event->number);
	else
		return there;
	return __real_store_untold(store, sink, after, event);
}

void __wrap_store_acknowledge(struct store *store, size_t sink, uint64_t number)
{
	if (!it_is_time(PLANT_REPEATED))
		__real_store_acknowledge(store, sink, number);
}

bool __wrap_outbox_next(const struct outbox_policy *policy, struct outbox *outbox,
			struct store *store, size_t sink, int64_t now_us, struct event *event)
{
	struct sink *told = &store->sinks[sink];

	if (plants.plant == PLANT_HURRIED)
		outbox->free_us = 0;
	if (plants.plant == PLANT_BACKWARDS && told->count > told->first + 1 && !outbox->asked) {
		uint64_t number = told->untold[told->first];

		told->untold[told->first] = told->untold[told->first + 1];
		told->untold[told->first + 1] = number;
	}
	return __real_outbox_next(policy, outbox, store, sink, now_us, event);
}

struct alarm_effect __wrap_alarm_step(const struct alarm_policy *policy, struct alarm *alarm,
				      const struct alarm_event *event, struct moment now)
{
	struct alarm_policy other = *policy;
	struct alarm_event heard = *event;

	if (plants.plant == PLANT_HASTY)
		other.raise_after = other.clear_after = 1;
	if (plants.plant == PLANT_BLAMING && event->kind == ALARM_HOLD)
		return (struct alarm_effect){ 0 };
	if (plants.plant == PLANT_DEAF && event->kind == ALARM_RESULT)
		heard.verdict = VERDICT_OK;
	return __real_alarm_step(&other, alarm, &heard, now);
}

/* One that was taken is never heard of again. */
bool __wrap_schedule_take(struct schedule *schedule, int64_t now_us, uint32_t *number)
{
	bool there = __real_schedule_take(schedule, now_us, number);

	return there && it_is_time(PLANT_LAZY) ? __real_schedule_take(schedule, now_us, number)
					       : there;
}

/* As if there were no limit. */
struct dispatch *__wrap_dispatch_new(const struct plan *plan, size_t probers, int64_t now_us)
{
	struct limits *limits = &((struct config *)(uintptr_t)plan->config)->limits;

	if (plants.plant == PLANT_RUSHED)
		limits->probes_per_second = 0;
	return __real_dispatch_new(plan, probers, now_us);
}

bool __wrap_store_recall(const struct store *store, uint32_t check, struct alarm *alarm,
			 uint64_t *raised)
{
	bool there = __real_store_recall(store, check, alarm, raised);

	if (there && plants.plant == PLANT_FORGETFUL)
		alarm->worse = (uint16_t)(alarm->worse + ++plants.occasions);
	return there;
}
