/* SPDX-License-Identifier: Apache-2.0
 *
 * What is done whenever something has happened, or its time has come: the patrol first, then
 * what it changed is written down, and then it is told.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "agent/daemon/daemon_parts.h"
#include "ground/clock.h"
#include "ground/log.h"
#include "ground/memory.h"

/* Of events that come together so many have a line each in the log. */
enum { LINES_MOST = 1000 };

#define FORGET_EVERY_US (3600 * CLOCK_SECOND)

/* The folder of the socket may be one that cannot be written to today. */
#define CONTROL_AGAIN_US (60 * CLOCK_SECOND)

/* --- the log ------------------------------------------------------------------------------- */

struct lines {
	uint64_t after;
	char **items;
	size_t count, room;
};

static void add_part(struct text *line, const char *before, const char *part)
{
	if (*part)
		text_add_format(line, "%s%s", before, part);
}

/* The store tells newest first. */
static void keep_line(void *arg, const struct event *event)
{
	struct lines *lines = arg;
	struct text line = { 0 };

	if (event->number <= lines->after)
		return;
	text_add_format(&line, "event %" PRIu64 " %s", event->number,
			event_kind_word((enum event_kind)event->kind));
	if (event->kind != EVENT_AGENT)
		text_add_format(&line, ", %s", verdict_word((enum verdict)event->to));
	add_part(&line, ": ", event->target_name);
	add_part(&line, " ", event->check_name);
	add_part(&line, ": ", event->title);
	add_part(&line, "; expected ", event->expected);
	add_part(&line, "; observed ", event->observed);
	lines->items = memory_room_for(lines->items, lines->count, &lines->room,
				       sizeof *lines->items);
	lines->items[lines->count++] = text_take(&line);
}

static void log_events(struct daemon *daemon)
{
	struct lines lines = { .after = daemon->logged };
	uint64_t newest = store_newest(daemon->house.store);

	if (newest == daemon->logged)
		return;
	if (newest - daemon->logged > LINES_MOST)
		log_info("alarm", "%" PRIu64 " events have no line here",
			 newest - daemon->logged - LINES_MOST);
	store_events(daemon->house.store, newest + 1, LINES_MOST, keep_line, &lines);
	while (lines.count) {
		log_info("alarm", "%s", lines.items[--lines.count]);
		free(lines.items[lines.count]);
	}
	free(lines.items);
	daemon->logged = newest;
	daemon->has_news = true;
}

/* --- the service manager ------------------------------------------------------------------- */

static void count_raised(void *arg, uint32_t target, const char *target_name, uint32_t check,
			 const char *check_name)
{
	(void)target;
	(void)target_name;
	(void)check;
	(void)check_name;
	++*(size_t *)arg;
}

static void say_status(struct daemon *daemon)
{
	const struct house *house = &daemon->house;
	struct text status = { 0 };
	size_t raised = 0;

	if (!daemon->has_news || !daemon->is_ready)
		return;
	daemon->has_news = false;
	store_each_raised(house->store, count_raised, &raised);
	text_add_format(&status, "Watches %zu targets with %zu checks; %zu alarms are raised",
			house->loaded->config->target_count, house->loaded->plan->check_count,
			raised);
	if (house->reload_failed)
		text_add(&status, "; the newest configuration is not in force, see the log");
	manager_say_status(daemon->manager, text_string(&status));
	text_free(&status);
}

static void log_fence(const struct fence_report *fence)
{
	struct text how = { 0 };

	if (fence->seccomp)
		text_add(&how, "with system calls filtered");
	if (fence->landlock)
		text_add_format(&how, "%swithout files (Landlock %u)", how.length ? ", " : "",
				fence->landlock);
	log_info("agent", "ready: probers run as user %u, %s", fence->user,
		 how.length ? text_string(&how) : "as this kernel has neither filter nor Landlock");
	text_free(&how);
}

/* Probers that could not close their fence would find out nothing. */
static void say_ready(struct daemon *daemon)
{
	struct fence_report fence;

	if (daemon->is_ready || !crew_fence(daemon->house.crew, &fence))
		return;
	daemon->is_ready = true;
	log_fence(&fence);
	manager_say_ready(daemon->manager);
	daemon->has_news = true;
}

/* --- who asks ------------------------------------------------------------------------------ */

static void open_control(struct daemon *daemon)
{
	struct text path = { 0 }, said = { 0 };

	if (daemon->settings->control)
		text_add(&path, daemon->settings->control);
	else
		text_add_format(&path, "%s/" DAEMON_CONTROL, daemon->state_dir);
	daemon->control = control_new(&daemon->house, text_string(&path), &said);
	if (!daemon->control_fails)
		daemon_log_lines("control", &said);
	else if (daemon->control)
		log_info("control", "%s: questions are answered now", text_string(&path));
	daemon->control_fails = !daemon->control;
	text_free(&path);
	text_free(&said);
}

/* When it is tried next. */
static int64_t look_after_control(struct daemon *daemon)
{
	int64_t now_us = clock_monotonic_us();

	if (!daemon->control && now_us >= daemon->control_us) {
		open_control(daemon);
		daemon->control_us = now_us + CONTROL_AGAIN_US;
	}
	return daemon->control ? INT64_MAX : daemon->control_us;
}

/* --- the store ----------------------------------------------------------------------------- */

static void look_after_store(struct daemon *daemon)
{
	struct house *house = &daemon->house;
	const char *failure = store_failure(house->store);
	struct moment now = house_now();
	size_t dropped = store_dropped(house->store);
	struct text observed = { 0 };

	self_say(house->self, SELF_STORE, !failure, failure, now);
	/* Where that can be written to again, a socket may be possible too. */
	if (daemon->store_fails && !failure)
		daemon->control_us = now.monotonic_us;
	daemon->store_fails = failure;
	if (store_has_lost(house->store))
		self_say(house->self, SELF_LOST, false,
			 "the database was damaged while the agent ran; events before this"
			 " moment are in the file that was set aside", now);
	if (dropped) {
		text_add_format(&observed, "%zu events", dropped);
		self_note(house->self, SEVERITY_MAJOR,
			  "Events were dropped: the disk has taken none for too long",
			  text_string(&observed), now);
	}
	text_free(&observed);
}

static void write_store(struct daemon *daemon)
{
	struct store *store = daemon->house.store;
	int64_t now_us = clock_monotonic_us();

	if (store_due_us(store) > now_us)
		return;
	if (store_write(store, now_us))
		log_debug("store", "written within %" PRId64 " us",
			  clock_monotonic_us() - now_us);
	look_after_store(daemon);
}

static void forget_old_events(struct daemon *daemon)
{
	const struct alarm_settings *settings = &daemon->house.loaded->config->alarms;
	struct moment now = house_now();

	if (now.monotonic_us < daemon->forget_us)
		return;
	daemon->forget_us = now.monotonic_us + FORGET_EVERY_US;
	store_forget(daemon->house.store, now.wall_us - settings->keep_us,
		     settings->keep_events);
}

/* --- a turn -------------------------------------------------------------------------------- */

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t daemon_turn(struct daemon *daemon)
{
	struct house *house = &daemon->house;
	struct text said = { 0 };
	int64_t next_us;

	if (daemon->reload_wanted) {
		daemon->reload_wanted = false;
		daemon_reload(daemon, &said);
		text_free(&said);
	}
	daemon->again = false;
	daemon_settle_crews(daemon);
	next_us = patrol_turn(house->patrol);
	telling_hear(house->telling, house_now());
	write_store(daemon);
	next_us = sooner(next_us, telling_turn(house->telling, house_now()));
	forget_old_events(daemon);
	next_us = sooner(next_us, look_after_control(daemon));
	say_ready(daemon);
	log_events(daemon);
	say_status(daemon);
	if (daemon->control)
		control_tell(daemon->control);
	next_us = sooner(next_us, store_due_us(house->store));
	next_us = sooner(next_us, manager_turn(daemon->manager, clock_monotonic_us()));
	return daemon->again ? 0 : next_us;
}
