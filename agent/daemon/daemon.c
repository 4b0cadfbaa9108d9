/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/daemon/daemon_parts.h"
#include "agent/daemon/instance.h"
#include "config.h"
#include "ground/clock.h"
#include "ground/log.h"
#include "ground/memory.h"

/* As the command line has it for what is wrong with a file or its use. */
enum { EXIT_ENDED = 0, EXIT_NOT_STARTED = 3 };

/* Never is more than a timer can wait. */
#define WAIT_MOST_US (3600 * CLOCK_SECOND)

struct moment house_now(void)
{
	return (struct moment){ clock_monotonic_us(), clock_wall_us() };
}

void daemon_log_lines(const char *topic, const struct text *lines)
{
	for (const char *line = text_string(lines); *line;) {
		size_t length = strcspn(line, "\n");

		if (length)
			log_warn(topic, "%.*s", (int)length, line);
		line += length + (line[length] == '\n');
	}
}

/* --- signals ------------------------------------------------------------------------------- */

void daemon_hold_signals(bool hold)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &signals, NULL);
}

static void was_told_to_end(void *arg)
{
	struct daemon *daemon = arg;

	daemon->ends = true;
}

static void was_told_to_reload(void *arg)
{
	struct daemon *daemon = arg;

	daemon->reload_wanted = true;
}

/* Nobody reads, or the file may not grow: who wrote sees it from the error. Caught instead of
 * ignored, which programs that we start would inherit. */
static void writing_has_failed(void *arg)
{
	(void)arg;
}

/* What is held would be so in all programs that we start. */
static void catch_signals(struct daemon *daemon)
{
	struct loop *loop = daemon->house.loop;

	loop_on_signal(loop, SIGTERM, was_told_to_end, daemon);
	loop_on_signal(loop, SIGINT, was_told_to_end, daemon);
	loop_on_signal(loop, SIGHUP, was_told_to_reload, daemon);
	loop_on_signal(loop, SIGPIPE, writing_has_failed, NULL);
	loop_on_signal(loop, SIGXFSZ, writing_has_failed, NULL);
	daemon_hold_signals(false);
}

/* --- what others call ---------------------------------------------------------------------- */

static struct moment world_now(void *arg)
{
	(void)arg;
	return house_now();
}

static void world_observe(void *arg, uint32_t key, const struct request *request,
			  void (*done)(void *done_arg, struct observation *observation),
			  void *done_arg)
{
	struct daemon *daemon = arg;

	log_debug("patrol", "looks at %s of %s: %s", request->subject.text, request->host,
		  request->collector->name);
	crew_observe(daemon->house.crew, key, request, done, done_arg);
}

static bool house_reload(struct house *house, struct text *said)
{
	return daemon_reload((struct daemon *)house, said);
}

static void house_nudge(struct house *house)
{
	((struct daemon *)house)->again = true;
}

/* --- the beginning ------------------------------------------------------------------------- */

/* False: it has been said why. */
static bool choose_state_dir(struct daemon *daemon, const struct config *config)
{
	const struct daemon_settings *settings = daemon->settings;

	daemon->state_dir = settings->state_dir ? settings->state_dir : config->state_dir;
	if (!daemon->state_dir)
		daemon->state_dir = settings->usual_state_dir;
	if (!daemon->state_dir)
		log_error("agent", "there is no folder for what the agent remembers: give one,"
				   " with --state-dir=DIR or as agent.state_dir");
	else
		daemon->state_dir = memory_copy(daemon->state_dir);
	return daemon->state_dir;
}

/* What is in the state folder; false: it has been said why not. */
static bool open_state(struct daemon *daemon)
{
	struct house *house = &daemon->house;
	struct text said = { 0 };

	daemon->lock = instance_take(daemon->state_dir, &said);
	if (daemon->lock >= 0)
		house->store = store_open(daemon->state_dir, &said);
	if (house->store)
		house->firsts = firsts_open(daemon->state_dir, &said);
	daemon_log_lines("store", &said);
	if (!house->store) {
		log_error("agent", "not started: without what it remembers the agent would tell"
				   " everything anew; see the line above");
		text_free(&said);
		return false;
	}
	daemon->logged = store_newest(house->store);
	text_free(&said);
	return true;
}

/* Of sources that are away the state folder keeps what they said last. Without it their targets
 * would go, and their alarms with them. */
static struct loaded *with_copies(struct daemon *daemon, struct loaded *loaded)
{
	struct loaded *whole =
		gathering_fetched(daemon->gathering)->count ? daemon_load(daemon, NULL) : NULL;

	if (!whole)
		return loaded;
	loaded_free(loaded);
	return whole;
}

static void populate(struct daemon *daemon, struct loaded *loaded)
{
	struct house *house = &daemon->house;
	struct patrol_world world = {
		.arg = daemon,
		.now = world_now,
		.observe = world_observe,
		.released = daemon_released,
	};

	hiring_of(loaded->plan, &daemon->hiring);
	house->crew = crew_new(house->loop, daemon->hiring.probers, &daemon->hiring.settings);
	crew_start(house->crew);
	world.probers = crew_size(house->crew);
	house->self = self_new(house->store, house_now());
	house->patrol = patrol_new(&world, house->store, house->self, house->firsts);
	house->telling = telling_new(house->store, house->self);
	daemon_begin_gathering(daemon, loaded->config);
	daemon_put_in_force(daemon, with_copies(daemon, loaded));
}

/* What stands elsewhere speaks for itself when it has answered. */
static bool inventory_is_here(const struct config *config)
{
	for (size_t i = 0; i < config->inventory_count; i++)
		if (config->inventory[i].url)
			return false;
	return true;
}

/* Only probers give that up by themselves. */
static void warn_of_root(void)
{
	if (geteuid() == 0)
		log_warn("agent", "this process stays root, although it needs no right of root to"
				  " watch: start it by the unit in contrib/systemd, or as"
				  " 'runuser -u USER -- ucposture agent'; see ucposture-agent(8)");
}

static bool start(struct daemon *daemon)
{
	struct loaded *loaded = daemon_load(daemon, NULL);

	if (!loaded)
		return false;
	if (!choose_state_dir(daemon, loaded->config) || !open_state(daemon)) {
		loaded_free(loaded);
		return false;
	}
	populate(daemon, loaded);
	/* It clears when an agent starts and finds all that the one before has left. */
	self_say(daemon->house.self, SELF_LOST, !store_has_lost(daemon->house.store),
		 "the database was damaged and is set aside; alarms begin anew", house_now());
	if (inventory_is_here(daemon->house.loaded->config))
		self_say(daemon->house.self, SELF_INVENTORY, true, NULL, house_now());
	warn_of_root();
	log_info("agent", PACKAGE_STRING " watches %zu targets with %zu checks, and remembers"
			  " in %s", daemon->house.loaded->config->target_count,
		 daemon->house.loaded->plan->check_count, daemon->state_dir);
	return true;
}

/* --- the end ------------------------------------------------------------------------------- */

/* Nobody answers any more before those go whom they would answer. What stands last is written
 * down: what is told is acknowledged until then. */
static void end(struct daemon *daemon)
{
	struct house *house = &daemon->house;

	control_free(daemon->control);
	crew_free(house->crew);
	for (size_t i = 0; i < daemon->retired_count; i++)
		crew_free(daemon->retired[i]);
	free(daemon->retired);
	gathering_free(daemon->gathering);
	patrol_free(house->patrol);
	telling_free(house->telling);
	self_free(house->self);
	firsts_free(house->firsts);
	store_close(house->store);
	free(daemon->replaced);
	text_free(&daemon->warnings);
	if (daemon->lock >= 0)
		close(daemon->lock);
	free((char *)daemon->state_dir);
	manager_free(daemon->manager);
	/* Who says it once more changes nothing about how it ended. */
	daemon_hold_signals(true);
	loop_free(house->loop);
}

static void run(struct daemon *daemon)
{
	while (!daemon->ends) {
		int64_t wait_us = daemon_turn(daemon) - clock_monotonic_us();

		if (wait_us > WAIT_MOST_US)
			wait_us = WAIT_MOST_US;
		if (!daemon->ends)
			loop_turn(daemon->house.loop, wait_us > 0 ? wait_us : 0);
	}
}

int daemon_run(const struct daemon_settings *settings)
{
	struct daemon daemon = {
		.house = {
			.loop = loop_new(),
			.started_wall_us = clock_wall_us(),
			.reload = house_reload,
			.nudge = house_nudge,
		},
		.settings = settings,
		.lock = -1,
		.manager = manager_new(clock_monotonic_us()),
	};
	bool started;

	/* What is remembered says where a system is weak. */
	umask(077);
	catch_signals(&daemon);
	started = start(&daemon);
	if (started) {
		run(&daemon);
		log_info("agent", "told to end");
		manager_say_stopping(daemon.manager);
	}
	end(&daemon);
	return started ? EXIT_ENDED : EXIT_NOT_STARTED;
}
