/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/weather.h"

#include <inttypes.h>

#include "tests/sim/disk.h"
#include "tests/sim/oracle.h"
#include "tests/sim/world.h"

#define UNTIL_2038 INT64_C(2147483640)
#define UNTIL_2106 INT64_C(4294967290)

static struct {
	struct keeper *keeper;
	struct chance chance;
	bool over;
} weather;

static size_t some_system(void)
{
	return chance_below(&weather.chance, (uint32_t)weather.keeper->town.count);
}

static struct town_system *system_of(size_t number)
{
	return &weather.keeper->town.systems[number];
}

/* --- systems and the network -------------------------------------------------------------- */

static void set_door(size_t number, enum town_rule rule, enum door door)
{
	system_of(number)->doors[rule] = door;
	town_touch(&weather.keeper->town, number, (int)rule);
	world_trace("truth: %s %s is %d", system_of(number)->name, town_rule_word(rule), door);
}

static void change_door(void)
{
	set_door(some_system(), (enum town_rule)chance_below(&weather.chance, RULE_COUNT),
		 (enum door)chance_below(&weather.chance, DOOR_COUNT));
}

static void set_up(size_t number, bool up)
{
	system_of(number)->up = up;
	town_touch(&weather.keeper->town, number, -1);
	world_trace("truth: %s is %s", system_of(number)->name, up ? "up" : "down");
}

static void comes_back(void *arg, uint64_t number)
{
	(void)arg;
	set_up((size_t)number, true);
}

static int64_t some_time(void)
{
	static const int64_t times[] = { MINUTE, 10 * MINUTE, HOUR, 6 * HOUR };

	return chance_wait_us(&weather.chance, times[chance_below(&weather.chance, 4)]);
}

static void system_goes(void)
{
	size_t number = some_system();

	set_up(number, false);
	world_later(some_time(), comes_back, NULL, number);
}

static void set_uplink(bool up)
{
	weather.keeper->town.uplink = up;
	for (size_t i = 0; i < weather.keeper->town.count; i++)
		town_touch(&weather.keeper->town, i, -1);
	world_trace("truth: our way out is %s", up ? "there" : "gone");
}

static void uplink_comes_back(void *arg, uint64_t number)
{
	(void)arg;
	(void)number;
	set_uplink(true);
}

static void uplink_goes(void)
{
	set_uplink(false);
	world_later(some_time(), uplink_comes_back, NULL, 0);
}

static void set_manner(size_t number, enum manner manner)
{
	system_of(number)->manner = manner;
	town_touch(&weather.keeper->town, number, -1);
	world_trace("truth: the manner of %s is %d", system_of(number)->name, manner);
}

static void behaves_again(void *arg, uint64_t number)
{
	(void)arg;
	set_manner((size_t)number, MANNER_PROMPT);
}

static void misbehaves(void)
{
	size_t number = some_system();

	set_manner(number, (enum manner)chance_below(&weather.chance, MANNER_COUNT));
	world_later(some_time(), behaves_again, NULL, number);
}

/* number: the system, the rule, and how often yet. */
static void flap(void *arg, uint64_t number)
{
	size_t system = number & 0xff, left = number >> 16;
	enum town_rule rule = (enum town_rule)(number >> 8 & 0xff);

	(void)arg;
	set_door(system, rule, left % 2 ? DOOR_BAD : DOOR_GOOD);
	if (left && !weather.over)
		world_later(chance_wait_us(&weather.chance, system_of(system)->interval_us), flap,
			    NULL, number - (1 << 16));
}

static void begins_to_flap(void)
{
	flap(NULL, some_system() | (uint64_t)chance_below(&weather.chance, RULE_COUNT) << 8 |
			   (uint64_t)chance_between(&weather.chance, 4, 30) << 16);
}

/* --- the agent's machine ------------------------------------------------------------------ */

static void disk_recovers(void *arg, uint64_t number)
{
	(void)arg;
	(void)number;
	disk_set_mood(DISK_SOUND);
	world_trace("the disk is sound");
}

static void disk_fails(void)
{
	static const char *const words[] = { "sound", "full", "broken", "read-only" };
	enum disk_mood mood = (enum disk_mood)chance_below(&weather.chance, 4);

	disk_set_mood(mood);
	world_trace("the disk is %s", words[mood]);
	world_later(some_time(), disk_recovers, NULL, 0);
}

static void dies_soon(void)
{
	struct keeper *keeper = weather.keeper;

	if (keeper->store && !keeper->fuse)
		keeper->fuse = 1 + chance_below(&weather.chance, 60);
}

static void is_stopped(void)
{
	struct keeper *keeper = weather.keeper;

	if (!keeper->store || keeper->asleep)
		return;
	keeper_stop(keeper);
	if (chance_percent(&weather.chance, 10) && disk_damage()) {
		keeper->damaged = true;
		world_trace("the database is damaged");
	}
	keeper_start_later(keeper, some_time());
}

static void is_reloaded(void)
{
	keeper_reload(weather.keeper);
}

static void wall_jumps(void)
{
	static const int64_t jumps[] = { HOUR, -HOUR, DAY, -DAY, 3652 * DAY, -3652 * DAY };
	static const int64_t points[] = { 0, UNTIL_2038, UNTIL_2106, INT64_C(1798761600) };
	uint32_t which = chance_below(&weather.chance, 10);

	if (which < 6)
		world_jump_wall(jumps[which]);
	else
		world_set_wall(points[which - 6] * SECOND);
	world_trace("the wall clock shows %" PRId64 " s", world_moment().wall_us / SECOND);
	oracle_jumped();
}

/* The monotonic clock stood still meanwhile, or it did not. */
static void wakes(void *arg, uint64_t slept_us)
{
	(void)arg;
	if (!weather.keeper->asleep)
		return;
	if (slept_us)
		world_jump_monotonic(-(int64_t)slept_us);
	weather.keeper->asleep = false;
	world_trace("the machine wakes");
	oracle_jumped();
}

static void sleeps(void)
{
	int64_t us = some_time();

	if (weather.keeper->asleep)
		return;
	weather.keeper->asleep = true;
	world_trace("the machine sleeps");
	world_later(us, wakes, NULL, chance_percent(&weather.chance, 50) ? (uint64_t)us : 0);
}

static void sink_is_back(void *arg, uint64_t number)
{
	(void)arg;
	sinks_set_mood(&weather.keeper->sinks, (size_t)number, SINK_ANSWERS);
}

static void sink_is_away(void)
{
	size_t number = chance_below(&weather.chance, RECEIVERS_MOST);

	sinks_set_mood(&weather.keeper->sinks, number,
		       (enum sink_mood)(1 + chance_below(&weather.chance, 3)));
	world_later(chance_percent(&weather.chance, 20) ? DAY : some_time(), sink_is_back, NULL,
		    number);
}

/* --- when --------------------------------------------------------------------------------- */

static const struct {
	void (*happens)(void);
	int64_t every_us;	/* on average, on a bad day */
} happenings[] = {
	{ change_door, 3 * HOUR },   { system_goes, 12 * HOUR },  { uplink_goes, 24 * HOUR },
	{ misbehaves, 12 * HOUR },   { begins_to_flap, 24 * HOUR }, { disk_fails, 12 * HOUR },
	{ dies_soon, 4 * HOUR },     { is_stopped, 12 * HOUR },   { is_reloaded, 12 * HOUR },
	{ wall_jumps, 24 * HOUR },   { sleeps, 24 * HOUR },	  { sink_is_away, 12 * HOUR },
};

enum { HAPPENINGS = sizeof happenings / sizeof *happenings };

static void happen(void *arg, uint64_t number)
{
	(void)arg;
	if (weather.over)
		return;
	happenings[number].happens();
	world_later(chance_wait_us(&weather.chance, happenings[number].every_us), happen, NULL,
		    number);
}

/* Some seeds are spared some things, so that what is left has room. */
void weather_begin(struct keeper *keeper, uint64_t seed)
{
	weather.keeper = keeper;
	weather.over = false;
	chance_begin(&weather.chance, seed, 4);
	for (size_t i = 0; i < HAPPENINGS; i++)
		if (chance_percent(&weather.chance, 60))
			world_later(chance_wait_us(&weather.chance, happenings[i].every_us),
				    happen, NULL, i);
}

void weather_clear_up(void)
{
	struct keeper *keeper = weather.keeper;

	weather.over = true;
	world_trace("it clears up");
	keeper->fuse = 0;
	keeper->asleep = false;
	disk_set_mood(DISK_SOUND);
	set_uplink(true);
	for (size_t i = 0; i < keeper->town.count; i++) {
		set_up(i, true);
		set_manner(i, MANNER_PROMPT);
	}
	for (size_t i = 0; i < RECEIVERS_MOST; i++)
		sinks_set_mood(&keeper->sinks, i, SINK_ANSWERS);
}
