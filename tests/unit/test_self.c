/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "agent/engine/self.h"
#include "ground/text.h"

static const struct moment now = { .monotonic_us = 5, .wall_us = INT64_C(1790000000000000) };

static void tell(void *arg, const struct event *event)
{
	text_add_format(arg, "%s %s %s '%s' %s; ", event->target_name, event->check_name,
			event_kind_word((enum event_kind)event->kind), event->observed,
			event->kind == EVENT_AGENT ? event->title : "");
}

/* Newest first. */
static void assert_events(struct store *store, const char *expected)
{
	struct text said = { 0 };

	store_events(store, UINT64_MAX, 10, tell, &said);
	assert_string_equal(text_string(&said), expected);
	text_free(&said);
}

static struct store *some_store(void)
{
	struct text said = { 0 };
	struct store *store = store_open(NULL, &said);

	text_free(&said);
	return store;
}

static void what_is_wrong_is_raised_once_and_cleared_once(void **state)
{
	struct store *store = some_store();
	struct self *self = self_new(store, now);

	(void)state;
	self_say(self, SELF_STORE, true, "nobody reads this", now);
	assert_events(store, "");
	self_say(self, SELF_STORE, false, "disk full", now);
	self_say(self, SELF_STORE, false, "disk full", now);
	self_say(self, SELF_STORE, false, NULL, now);
	assert_events(store, "ucposture agent/store raised 'disk full' ; ");
	self_say(self, SELF_STORE, true, NULL, now);
	self_say(self, SELF_STORE, true, NULL, now);
	assert_events(store, "ucposture agent/store cleared '' ; "
			     "ucposture agent/store raised 'disk full' ; ");
	self_free(self);
	self_free(NULL);
	store_close(store);
}

static void a_restart_knows_what_was_told(void **state)
{
	struct store *store = some_store();
	struct self *self = self_new(store, now);
	struct self_state look;

	(void)state;
	self_say(self, SELF_UPLINK, false, "all guards are silent", now);
	self_look(self, SELF_UPLINK, &look);
	assert_string_equal(look.name, "agent/uplink");
	assert_string_equal(look.observed, "all guards are silent");
	assert_int_equal(look.raised, 1);
	self_free(self);
	self = self_new(store, now);
	self_look(self, SELF_UPLINK, &look);
	assert_int_equal(look.alarm.told, VERDICT_CRITICAL);
	assert_string_equal(look.observed, "it was so before the agent was started");
	self_say(self, SELF_UPLINK, false, "still", now);
	assert_events(store, "ucposture agent/uplink raised 'all guards are silent' ; ");
	self_say(self, SELF_UPLINK, true, NULL, now);
	self_look(self, SELF_UPLINK, &look);
	assert_string_equal(look.observed, "");
	assert_int_equal(look.raised, 0);
	self_look(self, SELF_SCHEDULE, &look);
	assert_int_equal(look.alarm.told, VERDICT_OK);
	assert_int_equal(look.severity, SEVERITY_MINOR);
	self_free(self);
	store_close(store);
}

static void a_note_is_an_event_that_nothing_clears(void **state)
{
	struct store *store = some_store();
	struct self *self = self_new(store, now);

	(void)state;
	self_note(self, SEVERITY_MINOR, "Started", "0.1.0", now);
	self_note(self, SEVERITY_MINOR, "Reloaded", NULL, now);
	assert_events(store, "ucposture  agent '' Reloaded; ucposture  agent '0.1.0' Started; ");
	self_free(self);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_is_raised_once_and_cleared_once),
		cmocka_unit_test(a_restart_knows_what_was_told),
		cmocka_unit_test(a_note_is_an_event_that_nothing_clears),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
