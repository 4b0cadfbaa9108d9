/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/self.h"

#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"

struct item {
	struct alarm alarm;
	uint32_t number;
	struct text observed;
};

struct self {
	struct store *store;
	uint32_t target;
	struct item items[SELF_COUNT];
};

static const struct description {
	const char *name, *title, *remedy;
	enum severity severity;
} descriptions[] = {
#define SELF_DESCRIPTION(constant, name, severity, title, remedy)                             \
	{ name, title, remedy, SEVERITY_##severity },
	SELF_CHECKS(SELF_DESCRIPTION)
#undef SELF_DESCRIPTION
};

/* What the agent says of itself it knows: no second look is needed. */
static const struct alarm_policy at_once = { .raise_after = 1, .clear_after = 1 };

static void recall(struct self *self, struct item *item, struct moment now)
{
	uint64_t raised;

	alarm_begin(&item->alarm);
	if (!store_recall(self->store, item->number, &item->alarm, &raised))
		return;
	alarm_restore(&at_once, &item->alarm, now);
	if (item->alarm.told != VERDICT_OK)
		text_add(&item->observed, "it was so before the agent was started");
}

struct self *self_new(struct store *store, struct moment now)
{
	struct self *self = memory_new(1, sizeof *self);

	self->store = store;
	self->target = store_target_number(store, SELF_TARGET);
	for (int i = 0; i < SELF_COUNT; i++) {
		self->items[i].number =
			store_check_number(store, self->target, descriptions[i].name);
		recall(self, &self->items[i], now);
	}
	return self;
}

void self_free(struct self *self)
{
	if (!self)
		return;
	for (int i = 0; i < SELF_COUNT; i++)
		text_free(&self->items[i].observed);
	free(self);
}

static void record(struct self *self, enum self_check which, const struct alarm_effect *effect,
		   struct moment now)
{
	struct item *item = &self->items[which];
	struct event event = {
		.at_us = now.wall_us,
		.target = self->target,
		.kind = effect->change == ALARM_CLEARED ? EVENT_CLEARED : EVENT_RAISED,
		.from = (uint8_t)effect->from,
		.to = (uint8_t)effect->to,
		.severity = (uint8_t)effect->severity,
		.cause = (uint8_t)effect->cause,
		.target_name = SELF_TARGET,
		.check_name = descriptions[which].name,
		.title = descriptions[which].title,
		.observed = text_string(&item->observed),
		.remedy = descriptions[which].remedy,
	};

	store_record(self->store, item->number, &item->alarm, &event);
}

void self_say(struct self *self, enum self_check which, bool good, const char *observed,
	      struct moment now)
{
	struct item *item = &self->items[which];
	const struct alarm_event result = {
		.kind = ALARM_RESULT,
		.verdict = good ? VERDICT_OK : VERDICT_CRITICAL,
		.severity = descriptions[which].severity,
	};
	struct alarm_effect effect = alarm_step(&at_once, &item->alarm, &result, now);

	text_clear(&item->observed);
	text_add(&item->observed, observed && !good ? observed : "");
	if (effect.change != ALARM_UNCHANGED)
		record(self, which, &effect, now);
}

void self_note(struct self *self, enum severity severity, const char *title,
	       const char *observed, struct moment now)
{
	struct event event = {
		.at_us = now.wall_us,
		.target = self->target,
		.kind = EVENT_AGENT,
		.severity = (uint8_t)severity,
		.target_name = SELF_TARGET,
		.title = title,
		.observed = observed,
	};

	store_record(self->store, 0, NULL, &event);
}

void self_look(const struct self *self, enum self_check which, struct self_state *state)
{
	const struct item *item = &self->items[which];
	struct alarm recorded;

	*state = (struct self_state){
		.name = descriptions[which].name,
		.title = descriptions[which].title,
		.remedy = descriptions[which].remedy,
		.observed = text_string(&item->observed),
		.alarm = item->alarm,
		.number = item->number,
		.severity = descriptions[which].severity,
	};
	store_recall(self->store, item->number, &recorded, &state->raised);
}
