/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"

enum { LINES = 60, LINE_ROOM = 240, VIOLATED = 1 };

struct thing {
	int64_t at_us;
	uint64_t turn;
	world_act *act;
	void *arg;
	uint64_t number;
};

static struct {
	uint64_t seed, turn, hash, line_count;
	int64_t now_us;
	int64_t wall_us, monotonic_us;	/* what is to be added to the time */
	struct thing *heap;
	size_t count, room;
	bool prints, engine_turns;
	unsigned clock_questions;
	char lines[LINES][LINE_ROOM];
} world;

void world_begin(uint64_t seed, bool prints, int64_t wall_us)
{
	world_end();
	world.seed = seed;
	world.prints = prints;
	world.wall_us = wall_us;
	world.hash = UINT64_C(14695981039346656037);
	/* A machine that was booted a while ago. */
	world.monotonic_us = (int64_t)(seed % 1000) * MINUTE + SECOND;
}

void world_end(void)
{
	free(world.heap);
	memset(&world, 0, sizeof world);
}

uint64_t world_seed(void)
{
	return world.seed;
}

int64_t world_now_us(void)
{
	return world.now_us;
}

/* --- what happens ------------------------------------------------------------------------- */

static bool is_before(const struct thing *a, const struct thing *b)
{
	return a->at_us < b->at_us || (a->at_us == b->at_us && a->turn < b->turn);
}

void world_later(int64_t delay_us, world_act *act, void *arg, uint64_t number)
{
	struct thing thing = { world.now_us + delay_us, world.turn++, act, arg, number };
	size_t at = world.count;

	world.heap = memory_room_for(world.heap, world.count, &world.room, sizeof *world.heap);
	world.count++;
	for (; at && is_before(&thing, &world.heap[(at - 1) / 2]); at = (at - 1) / 2)
		world.heap[at] = world.heap[(at - 1) / 2];
	world.heap[at] = thing;
}

int64_t world_next_us(void)
{
	return world.count ? world.heap[0].at_us : INT64_MAX;
}

void world_go(int64_t at_us)
{
	if (at_us > world.now_us)
		world.now_us = at_us;
}

static struct thing take_first(void)
{
	struct thing first = world.heap[0], last = world.heap[--world.count];
	size_t at = 0;

	for (size_t below; (below = 2 * at + 1) < world.count; at = below) {
		if (below + 1 < world.count &&
		    is_before(&world.heap[below + 1], &world.heap[below]))
			below++;
		if (!is_before(&world.heap[below], &last))
			break;
		world.heap[at] = world.heap[below];
	}
	if (world.count)
		world.heap[at] = last;
	return first;
}

void world_step(void)
{
	struct thing thing = take_first();

	world_go(thing.at_us);
	thing.act(thing.arg, thing.number);
}

/* --- the agent's clocks ------------------------------------------------------------------- */

struct moment world_moment(void)
{
	return (struct moment){ .monotonic_us = world.now_us + world.monotonic_us,
				.wall_us = world.now_us + world.wall_us };
}

int64_t world_of_monotonic(int64_t monotonic_us)
{
	return monotonic_us == INT64_MAX ? INT64_MAX : monotonic_us - world.monotonic_us;
}

void world_jump_wall(int64_t by_us)
{
	world.wall_us += by_us;
}

void world_set_wall(int64_t wall_us)
{
	world.wall_us = wall_us - world.now_us;
}

void world_jump_monotonic(int64_t by_us)
{
	world.monotonic_us += by_us;
}

void world_reset_monotonic(void)
{
	world.monotonic_us = SECOND - world.now_us;
}

int64_t world_clock_asked(bool monotonic)
{
	struct moment now = world_moment();

	world.clock_questions += world.engine_turns;
	return monotonic ? now.monotonic_us : now.wall_us;
}

void world_engine_turns(bool turns)
{
	world.engine_turns = turns;
}

unsigned world_clock_questions(void)
{
	return world.clock_questions;
}

/* --- the record --------------------------------------------------------------------------- */

/* Days, hours, minutes, seconds of true time. */
static int put_time(char *line)
{
	int64_t us = world.now_us;

	return snprintf(line, LINE_ROOM, "%" PRId64 "d%02d:%02d:%02d.%06d ", us / DAY,
			(int)(us % DAY / HOUR), (int)(us % HOUR / MINUTE),
			(int)(us % MINUTE / SECOND), (int)(us % SECOND));
}

void world_trace(const char *format, ...)
{
	char *line = world.lines[world.line_count++ % LINES];
	int length = put_time(line);
	va_list list;

	va_start(list, format);
	vsnprintf(line + length, LINE_ROOM - (size_t)length, format, list);
	va_end(list);
	for (const char *at = line; *at; at++)
		world.hash = (world.hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
	if (world.prints)
		puts(line);
}

uint64_t world_hash(void)
{
	return world.hash;
}

void world_print_newest(void)
{
	uint64_t first = world.line_count > LINES ? world.line_count - LINES : 0;

	for (uint64_t i = first; i < world.line_count && !world.prints; i++)
		printf("  %s\n", world.lines[i % LINES]);
	printf("sim: seed %" PRIu64 "; to see it again: tests/sim/sim --seed=%" PRIu64
	       " --trace\n",
	       world.seed, world.seed);
	fflush(stdout);
}

void world_violated(const char *invariant, const char *format, ...)
{
	char when[LINE_ROOM];
	va_list list;

	put_time(when);
	va_start(list, format);
	printf("sim: seed %" PRIu64 ", at %s: %s: ", world.seed, when, invariant);
	vprintf(format, list);
	va_end(list);
	putchar('\n');
	world_print_newest();
	_Exit(VIOLATED);
}
