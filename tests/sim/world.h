/* SPDX-License-Identifier: Apache-2.0
 *
 * The simulated world: its time, what happens next, and the record of what has happened. True
 * time never jumps; the two clocks that the agent sees are made from it.
 */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/engine/alarm.h"
#include "tests/sim/chance.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

typedef void world_act(void *arg, uint64_t number);

/* Time 0 of a seed. The wall clock shows `wall_us` then. */
void world_begin(uint64_t seed, bool prints, int64_t wall_us);
void world_end(void);
uint64_t world_seed(void);
int64_t world_now_us(void);

/* --- what happens ------------------------------------------------------------------------- */

/* In the order of their times, and those of one time in the order in which they were asked. */
void world_later(int64_t delay_us, world_act *act, void *arg, uint64_t number);
/* INT64_MAX: nothing. */
int64_t world_next_us(void);
/* Goes there; what is next must not be before it. */
void world_go(int64_t at_us);
/* Goes to what is next, and does it. */
void world_step(void);

/* --- the agent's clocks ------------------------------------------------------------------- */

struct moment world_moment(void);
/* When the monotonic clock will show that. */
int64_t world_of_monotonic(int64_t monotonic_us);
void world_jump_wall(int64_t by_us);
void world_set_wall(int64_t wall_us);
/* The monotonic clock jumps, or loses this while the machine sleeps. */
void world_jump_monotonic(int64_t by_us);
/* As after a boot. */
void world_reset_monotonic(void);
/* Somebody asked the real clock. While the engine has its turn that is wrong: it must use what
 * it was told. Returns what the simulated one shows. */
int64_t world_clock_asked(bool monotonic);
void world_engine_turns(bool turns);
unsigned world_clock_questions(void);

/* --- the record --------------------------------------------------------------------------- */

/* One line. */
void world_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint64_t world_hash(void);
/* Something is not as it must be: says so with the newest lines, and ends the process. */
void world_violated(const char *invariant, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));
/* The newest lines, for whoever ends in another way. */
void world_print_newest(void);

#endif
