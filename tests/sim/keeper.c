/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/keeper.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"
#include "tests/sim/disk.h"
#include "tests/sim/oracle.h"
#include "tests/sim/world.h"

enum { PROBERS = 2, START_AGAIN_S = 30, TURNS_AT_ONCE_MOST = 1000 };

/* An observation under way. */
struct errand {
	struct keeper *keeper;
	bool forgotten;			/* whoever began it is no more */
	struct town_answer answer;
	void (*done)(void *done_arg, struct observation *observation);
	void *done_arg;
	struct errand **before, *behind;
};

bool keeper_boundary(void *arg, const char *what)
{
	struct keeper *keeper = arg;

	if (keeper->dead)
		return true;
	keeper->boundaries++;
	if (!keeper->fuse || --keeper->fuse)
		return false;
	world_trace("the agent dies before %s", what);
	keeper->dead = true;
	return true;
}

/* --- the world as the patrol sees it ------------------------------------------------------ */

static struct moment now(void *arg)
{
	(void)arg;
	return world_moment();
}

static void errand_free(struct errand *errand)
{
	*errand->before = errand->behind;
	if (errand->behind)
		errand->behind->before = errand->before;
	free(errand);
}

static void observation_comes(void *arg, uint64_t number)
{
	struct errand *errand = arg;
	struct keeper *keeper = errand->keeper;

	(void)number;
	/* Who sleeps hears it afterwards. */
	if (!errand->forgotten && keeper->asleep) {
		world_later(SECOND, observation_comes, errand, 0);
		return;
	}
	if (!errand->forgotten) {
		world_trace("%s %s: %d%s%s", keeper->town.systems[errand->answer.place.system].name,
			    town_rule_word(errand->answer.place.rule), errand->answer.seen,
			    errand->answer.stuck ? ", stuck" : "",
			    errand->answer.lost ? ", lost" : "");
		oracle_seen(&errand->answer);
		world_engine_turns(true);
		errand->done(errand->done_arg,
			     town_observation(&errand->answer, world_moment().wall_us));
		world_engine_turns(false);
		keeper_nudge(keeper);
	}
	errand_free(errand);
}

static void observe(void *arg, uint32_t key, const struct request *request,
		    void (*done)(void *done_arg, struct observation *observation),
		    void *done_arg)
{
	struct keeper *keeper = arg;
	struct errand *errand;

	(void)key;
	if (keeper->dead)
		return;
	errand = memory_new(1, sizeof *errand);
	*errand = (struct errand){ .keeper = keeper,
				   .answer = town_ask(&keeper->town, request),
				   .done = done,
				   .done_arg = done_arg,
				   .before = &keeper->errands,
				   .behind = keeper->errands };
	if (keeper->errands)
		keeper->errands->before = &errand->behind;
	keeper->errands = errand;
	oracle_asked(&errand->answer.place);
	world_later(errand->answer.delay_us, observation_comes, errand, 0);
}

static void released(void *arg, const struct plan *plan)
{
	struct keeper *keeper = arg;

	for (size_t i = 0; i < CHARTERS_MOST; i++) {
		struct charter *charter = keeper->charters[i];

		if (!charter || charter->plan != plan)
			continue;
		charter_free(charter);
		keeper->charters[i] = NULL;
		return;
	}
	world_violated("plans are released once", "nobody knows this one");
}

/* --- its life ----------------------------------------------------------------------------- */

void keeper_begin(struct keeper *keeper, uint64_t seed)
{
	struct chance chance;

	*keeper = (struct keeper){ 0 };
	chance_begin(&chance, seed, 1);
	town_begin(&keeper->town, chance);
	chance_begin(&chance, seed, 2);
	sinks_begin(&keeper->sinks, keeper, chance);
	chance_begin(&keeper->chance, seed, 3);
}

static void take_charter(struct keeper *keeper, struct charter *charter)
{
	size_t place = 0;

	while (keeper->charters[place])
		if (++place == CHARTERS_MOST)
			world_violated("plans are released", "%d of them are still in use",
				       CHARTERS_MOST);
	keeper->charters[place] = charter;
	keeper->charter = charter;
}

static void set_plan(struct keeper *keeper)
{
	const struct alarm_settings *alarms;
	struct outbox_policy policy = { .retry_us = SECOND, .retry_most_us = 5 * MINUTE };
	struct voice voices[RECEIVERS_MOST];
	size_t count = sinks_voices(&keeper->sinks, &keeper->town, voices);

	take_charter(keeper, town_charter(&keeper->town));
	alarms = &keeper->charter->config->alarms;
	policy.pause_us = alarms->rate.within_us / alarms->rate.count;
	policy.most = alarms->outbox;
	world_trace("a plan of %zu checks for %zu sinks", keeper->charter->plan->check_count,
		    count);
	/* What was heard before the new sinks are there is not for them. */
	telling_set(keeper->telling, &policy, voices, count, world_moment());
	oracle_planned();
	patrol_set_plan(keeper->patrol, keeper->charter->plan);
	keeper_nudge(keeper);
}

static void free_all(struct keeper *keeper)
{
	telling_free(keeper->telling);
	patrol_free(keeper->patrol);
	self_free(keeper->self);
	store_close(keeper->store);
	keeper->telling = NULL;
	keeper->patrol = NULL;
	keeper->self = NULL;
	keeper->store = NULL;
	keeper->charter = NULL;
	for (struct errand *errand = keeper->errands; errand; errand = errand->behind)
		errand->forgotten = true;
	for (size_t i = 0; i < CHARTERS_MOST; i++)
		if (keeper->charters[i])
			world_violated("plans are released", "one was not");
}

/* Nothing it does from here on has an effect. */
static void bury(struct keeper *keeper)
{
	bool failed = keeper->store && store_failure(keeper->store);
	bool power = chance_percent(&keeper->chance, 50);

	keeper->fuse = 0;
	oracle_ended(false, keeper->disk_failed || failed);
	free_all(keeper);
	disk_crash(power);
	if (power)
		world_reset_monotonic();
	world_trace(power ? "the machine had no power" : "the agent was killed");
	keeper->dead = false;
	keeper_start_later(keeper, chance_wait_us(&keeper->chance,
						  chance_percent(&keeper->chance, 70)
							  ? 10 * SECOND
							  : HOUR));
}

void keeper_bury(struct keeper *keeper)
{
	if (keeper->dead)
		bury(keeper);
}

static void start_again(void *arg, uint64_t number)
{
	struct keeper *keeper = arg;

	(void)number;
	keeper->starting = false;
	if (!keeper->store)
		keeper_start(keeper);
}

void keeper_start_later(struct keeper *keeper, int64_t delay_us)
{
	if (keeper->starting)
		return;
	keeper->starting = true;
	world_later(delay_us, start_again, keeper, 0);
}

static void start_parts(struct keeper *keeper)
{
	const struct patrol_world world = { .arg = keeper,
					    .probers = PROBERS,
					    .now = now,
					    .observe = observe,
					    .released = released };

	keeper->self = self_new(keeper->store, world_moment());
	keeper->patrol = patrol_new(&world, keeper->store, keeper->self, NULL);
	keeper->telling = telling_new(keeper->store, keeper->self);
	set_plan(keeper);
}

void keeper_start(struct keeper *keeper)
{
	struct text said = { 0 };

	if (keeper->asleep) {
		keeper_start_later(keeper, MINUTE);
		return;
	}
	world_trace("the agent starts");
	if (!keeper->damaged)
		oracle_examine();
	keeper->disk_failed = false;
	keeper->store = store_open(DISK_FOLDER, &said);
	if (said.length)
		world_trace("the store says: %s", text_string(&said));
	text_free(&said);
	if (!keeper->store || keeper->dead) {
		if (keeper->dead)
			bury(keeper);
		else
			keeper_start_later(keeper, START_AGAIN_S * SECOND);
		return;
	}
	if (keeper->orderly && disk_mood() == DISK_SOUND && !keeper->damaged)
		oracle_compare(keeper->store);
	keeper->orderly = false;
	keeper->lost = store_has_lost(keeper->store);
	if (keeper->lost != keeper->damaged)
		world_violated("damage is noticed", keeper->lost ? "there was none"
								 : "nobody saw it");
	if (keeper->damaged)
		oracle_lost();
	keeper->damaged = false;
	start_parts(keeper);
	if (keeper->dead)
		bury(keeper);
}

void keeper_stop(struct keeper *keeper)
{
	bool failed;

	if (!keeper->store)
		return;
	world_trace("the agent is stopped");
	keeper->fuse = 0;
	telling_free(keeper->telling);
	keeper->telling = NULL;
	keeper->orderly = store_write(keeper->store, INT64_MAX - 1) &&
			  disk_mood() == DISK_SOUND;
	failed = !keeper->orderly;
	if (keeper->orderly) {
		oracle_written();
		oracle_keep(keeper->store);
	}
	oracle_ended(keeper->orderly, failed);
	free_all(keeper);
	disk_crash(false);
}

void keeper_end(struct keeper *keeper)
{
	keeper_stop(keeper);
	while (keeper->errands)
		errand_free(keeper->errands);
}

void keeper_reload(struct keeper *keeper)
{
	if (keeper->asleep)
		return;
	town_change(&keeper->town);
	if (keeper->store)
		set_plan(keeper);
}

/* --- its turns ---------------------------------------------------------------------------- */

void keeper_nudge(struct keeper *keeper)
{
	keeper->due_us = INT64_MIN;
}

int64_t keeper_next_us(const struct keeper *keeper)
{
	int64_t at_us;

	if (!keeper->store || keeper->asleep)
		return INT64_MAX;
	if (keeper->due_us == INT64_MIN)
		return world_now_us();
	at_us = world_of_monotonic(keeper->due_us);
	return at_us > world_now_us() ? at_us : world_now_us();
}

static void tell_of_store(struct keeper *keeper, struct moment moment)
{
	const char *failure = store_failure(keeper->store);
	size_t dropped = store_dropped(keeper->store);

	keeper->disk_failed = keeper->disk_failed || failure;
	if (failure && keeper->fails_at_us != store_due_us(keeper->store)) {
		keeper->fails_at_us = store_due_us(keeper->store);
		world_trace("the store fails: %s", failure);
	}
	self_say(keeper->self, SELF_STORE, !failure, failure, moment);
	if (keeper->lost || store_has_lost(keeper->store))
		self_say(keeper->self, SELF_LOST, false, "it was damaged", moment);
	keeper->lost = false;
	if (dropped)
		world_violated("memory is bounded", "%zu events were dropped", dropped);
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void have_turn(struct keeper *keeper)
{
	struct moment moment = world_moment();

	keeper->due_us = patrol_turn(keeper->patrol);
	tell_of_store(keeper, moment);
	if (store_write(keeper->store, moment.monotonic_us) && !keeper->dead)
		oracle_written();
	keeper->due_us = sooner(keeper->due_us, telling_turn(keeper->telling, moment));
	if (store_write(keeper->store, moment.monotonic_us) && !keeper->dead)
		oracle_written();
	keeper->due_us = sooner(keeper->due_us, store_due_us(keeper->store));
}

void keeper_turn(struct keeper *keeper)
{
	int64_t now_us = world_now_us();

	keeper->turns_at_once = keeper->turned_us == now_us ? keeper->turns_at_once + 1 : 0;
	keeper->turned_us = now_us;
	if (keeper->turns_at_once > TURNS_AT_ONCE_MOST)
		world_violated("it sleeps when there is nothing to do", "it spins");
	world_engine_turns(true);
	have_turn(keeper);
	world_engine_turns(false);
	if (keeper->dead)
		bury(keeper);
}
