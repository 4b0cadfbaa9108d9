/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "tests/unit/fake_self.h"
#include "tests/unit/store_scene.h"

static void self_record(struct self *self, enum event_kind kind, const char *title,
			const char *observed)
{
	struct alarm alarm;
	struct event event = {
		.at_us = NOW,
		.kind = (uint8_t)kind,
		.target_name = SELF_TARGET,
		.title = title,
		.observed = observed,
	};

	alarm_begin(&alarm);
	store_record(self->store, self->check, &alarm, &event);
}

void self_say(struct self *self, enum self_check which, bool good, const char *observed,
	      struct moment now)
{
	(void)now;
	assert_int_equal(which, SELF_OUTBOX);
	text_add_format(&self->log, "[%s]", good ? "good" : observed);
	if (self->bad == !good)
		return;
	self->bad = !good;
	self_record(self, good ? EVENT_CLEARED : EVENT_RAISED, "sinks", observed);
}

void self_note(struct self *self, enum severity severity, const char *title,
	       const char *observed, struct moment now)
{
	(void)now;
	assert_int_equal(severity, SEVERITY_MAJOR);
	text_add_format(&self->log, "<%s>", observed);
	self_record(self, EVENT_AGENT, title, observed);
}
