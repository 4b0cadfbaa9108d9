/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs somebody's program: with something on its standard input, in a process group of its
 * own, with none of our descriptors and only the environment it is given, for a bounded time.
 * Whatever it does, it keeps nobody waiting.
 */
#ifndef AGENT_DAEMON_PROGRAM_H
#define AGENT_DAEMON_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

struct loop;
struct program;

struct program_order {
	const char *const *words;	/* its path, what it is told, NULL */
	const char *const *environment;	/* all of it: NAME=value, NULL */
	const char *input;
	size_t input_length;
	int64_t timeout_us;
};

enum program_fate {
	PROGRAM_EXITED,
	PROGRAM_SIGNALLED,	/* by somebody else */
	PROGRAM_LATE,		/* ended by us: its time was over, … */
	PROGRAM_LOUD		/* … or it wrote without end */
};

/* said: how its standard output and error began, raw; valid during the call. */
struct program_end {
	enum program_fate fate;
	int code;		/* of its exit, or the signal */
	const char *said;
	size_t said_length;
};

/* `done` is called once, later, and the program is gone then. NULL, with errno: it could not be
 * started. What it has started itself may stay, unless it had to be ended. */
struct program *program_start(struct loop *loop, const struct program_order *order,
			      void (*done)(void *arg, const struct program_end *end), void *arg);
/* Ends it; `done` is not called any more. It is waited for without anybody's help, in the end
 * by loop_free(). */
void program_abandon(struct program *program);

#endif
