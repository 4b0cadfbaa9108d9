/* SPDX-License-Identifier: Apache-2.0
 *
 * A configuration comes into force as a whole or not at all, and what both have goes on.
 */
#include <string.h>

#include "agent/daemon/daemon_parts.h"
#include "agent/daemon/sinks.h"
#include "ground/clock.h"
#include "ground/log.h"
#include "ground/memory.h"

/* --- reading ------------------------------------------------------------------------------- */

static void log_left_out(size_t count, const char *what)
{
	if (count)
		log_warn("config", "%zu more %s%s, not shown", count, what,
			 count == 1 ? "" : "s");
}

/* As long as it stays as it is, it is news only once. */
static void log_warning(struct daemon *daemon, const char *line, struct text *warnings)
{
	size_t begin = warnings->length;

	text_add_format(warnings, "\n%s\n", line);
	if (!strstr(text_string(&daemon->warnings), text_string(warnings) + begin))
		log_warn("config", "%s", line);
}

static void log_problems(struct daemon *daemon, struct problems *problems, struct text *said)
{
	struct text line = { 0 }, warnings = { 0 };

	problems_sort(problems);
	for (size_t i = 0; i < problems->count; i++) {
		text_clear(&line);
		problem_describe(&problems->items[i], &line);
		if (problems->items[i].kind == PROBLEM_WARNING) {
			log_warning(daemon, text_string(&line), &warnings);
			continue;
		}
		log_error("config", "%s", text_string(&line));
		if (said)
			text_add_item(said, "\n", text_string(&line));
	}
	log_left_out(problems->left_out[PROBLEM_ERROR], "error");
	log_left_out(problems->left_out[PROBLEM_WARNING], "warning");
	text_free(&line);
	text_free(&daemon->warnings);
	daemon->warnings = warnings;
}

struct loaded *daemon_load(struct daemon *daemon, struct text *said)
{
	const struct load_order order = {
		.config_file = daemon->settings->config_file,
		.profile_dir = daemon->settings->profile_dir,
		.fetched = daemon->gathering ? gathering_fetched(daemon->gathering) : NULL,
	};
	struct problems problems = { 0 };
	struct loaded *loaded = load_all(&order, &problems);

	log_problems(daemon, &problems, said);
	problems_free(&problems);
	return loaded;
}

/* --- probers ------------------------------------------------------------------------------- */

void daemon_settle_crews(struct daemon *daemon)
{
	size_t kept = 0;

	for (size_t i = 0; i < daemon->retired_count; i++) {
		struct crew *crew = daemon->retired[i];

		if (crew_under_way(crew))
			daemon->retired[kept++] = crew;
		else
			crew_free(crew);
	}
	daemon->retired_count = kept;
}

/* Those who are busy answer what they were asked, and end then. */
static void hire(struct daemon *daemon, const struct plan *plan)
{
	struct house *house = &daemon->house;
	struct hiring hiring;

	hiring_of(plan, &hiring);
	if (hiring_suffices(&daemon->hiring, &hiring))
		return;
	log_info("agent", "%u probers take the place of %u", hiring.probers,
		 daemon->hiring.probers);
	daemon->retired = memory_room_for(daemon->retired, daemon->retired_count,
					  &daemon->retired_room, sizeof *daemon->retired);
	daemon->retired[daemon->retired_count++] = house->crew;
	daemon->hiring = hiring;
	house->crew = crew_new(house->loop, hiring.probers, &hiring.settings);
	crew_start(house->crew);
	patrol_set_probers(house->patrol, hiring.probers);
}

/* --- sinks --------------------------------------------------------------------------------- */

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool is_same_sink(const struct sink_setting *a, const struct sink_setting *b)
{
	if (strcmp(a->name, b->name) != 0 || a->kind != b->kind ||
	    a->command_count != b->command_count || a->timeout_ms != b->timeout_ms ||
	    !is_same_text(a->socket, b->socket))
		return false;
	for (size_t i = 0; i < a->command_count; i++)
		if (strcmp(a->command[i], b->command[i]) != 0)
			return false;
	return true;
}

static bool are_same_sinks(const struct alarm_settings *a, const struct alarm_settings *b)
{
	if (a->sink_count != b->sink_count || a->outbox != b->outbox ||
	    a->rate.count != b->rate.count || a->rate.within_us != b->rate.within_us)
		return false;
	for (size_t i = 0; i < a->sink_count; i++)
		if (!is_same_sink(&a->sinks[i], &b->sinks[i]))
			return false;
	return true;
}

/* A sink that is in the middle of something would be told it twice: they are left alone as
 * long as nothing about them changes. */
static void open_sinks(struct daemon *daemon, const struct alarm_settings *settings)
{
	const struct loaded *before = daemon->house.loaded;

	if (!before || !are_same_sinks(&before->config->alarms, settings))
		sinks_set(daemon->house.telling, daemon->house.loop, settings, house_now());
}

/* --- coming into force --------------------------------------------------------------------- */

void daemon_released(void *arg, const struct plan *plan)
{
	struct daemon *daemon = arg;
	size_t at = 0;

	while (at < daemon->replaced_count && daemon->replaced[at]->plan != plan)
		at++;
	if (at < daemon->replaced_count) {
		loaded_free(daemon->replaced[at]);
		daemon->replaced[at] = daemon->replaced[--daemon->replaced_count];
	} else {
		loaded_free((struct loaded *)daemon->house.loaded);
		daemon->house.loaded = NULL;
	}
}

static void warn_of_restart(const struct daemon *daemon, const struct config *config)
{
	if (!daemon->settings->state_dir && config->state_dir &&
	    !is_same_text(config->state_dir, daemon->house.loaded->config->state_dir) &&
	    strcmp(config->state_dir, daemon->state_dir) != 0)
		log_warn("agent", "agent.state_dir is another one now: that needs a restart;"
				  " until then it is %s", daemon->state_dir);
}

void daemon_put_in_force(struct daemon *daemon, struct loaded *loaded)
{
	struct house *house = &daemon->house;

	open_sinks(daemon, &loaded->config->alarms);
	if (house->loaded) {
		warn_of_restart(daemon, loaded->config);
		hire(daemon, loaded->plan);
		daemon->replaced = memory_room_for(daemon->replaced, daemon->replaced_count,
						   &daemon->replaced_room,
						   sizeof *daemon->replaced);
		daemon->replaced[daemon->replaced_count++] = (struct loaded *)house->loaded;
	}
	house->loaded = loaded;
	house->loaded_wall_us = clock_wall_us();
	house->reload_failed = false;
	patrol_set_plan(house->patrol, loaded->plan);
	if (daemon->gathering)
		gathering_set(daemon->gathering, loaded->config);
	self_say(house->self, SELF_CONFIG, true, NULL, house_now());
}

static void say_not_in_force(struct daemon *daemon, const struct text *errors)
{
	struct text observed = { 0 };
	size_t length = strcspn(text_string(errors), "\n");

	daemon->house.reload_failed = true;
	text_add_bytes(&observed, text_string(errors), length);
	if (text_string(errors)[length])
		text_add(&observed, "; and more, see the log");
	self_say(daemon->house.self, SELF_CONFIG, false, text_string(&observed), house_now());
	text_free(&observed);
}

/* False, with the errors in `said`: nothing has changed. */
static bool reload(struct daemon *daemon, struct text *said)
{
	struct loaded *loaded;

	if (daemon->is_ready)
		manager_say_reloading(daemon->manager);
	loaded = daemon_load(daemon, said);
	if (loaded) {
		daemon_put_in_force(daemon, loaded);
		log_info("agent", "reloaded: %zu targets with %zu checks",
			 loaded->config->target_count, loaded->plan->check_count);
	} else {
		log_error("agent", "not reloaded: what was in force before stays in force");
	}
	daemon->has_news = true;
	if (daemon->is_ready)
		manager_say_ready(daemon->manager);
	return loaded;
}

bool daemon_reload(struct daemon *daemon, struct text *said)
{
	bool good = reload(daemon, said);

	if (!good)
		say_not_in_force(daemon, said);
	return good;
}

/* --- the inventory ------------------------------------------------------------------------- */

/* What is of no use is an alarm about the inventory: the configuration has not changed. It is
 * told in one line. */
static bool inventory_has_changed(void *arg, struct text *said)
{
	struct text errors = { 0 };
	bool good = reload(arg, &errors);

	for (const char *line = text_string(&errors); *line;) {
		size_t length = strcspn(line, "\n");

		text_add(said, said->length ? "; " : "");
		text_add_bytes(said, line, length);
		line += length + (line[length] == '\n');
	}
	text_free(&errors);
	return good;
}

static void inventory_has_failed(void *arg, const char *why)
{
	struct daemon *daemon = arg;

	if (why)
		log_warn("inventory", "%s", why);
	else if (daemon->inventory_fails)
		log_info("inventory", "every source can be read again");
	daemon->inventory_fails = why;
	self_say(daemon->house.self, SELF_INVENTORY, !why, why, house_now());
}

void daemon_begin_gathering(struct daemon *daemon, const struct config *config)
{
	const struct gathering_user user = {
		.arg = daemon,
		.changed = inventory_has_changed,
		.failed = inventory_has_failed,
	};

	daemon->gathering = gathering_new(daemon->house.loop, daemon->state_dir, &user);
	gathering_set(daemon->gathering, config);
}
