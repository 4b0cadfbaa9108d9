/* SPDX-License-Identifier: Apache-2.0
 *
 * The event loop: descriptors, timers and signals. loop.c is the only file that knows
 * libevent. A watch and a timer are plain members of whoever owns them; freeing the owner
 * must be preceded by watch_stop() and timer_stop(), both of which may be called twice.
 *
 * A descriptor's event and its deadline are two events on purpose: after a late turn the
 * data that has come is seen before the deadline is.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>

enum { LOOP_READ = 1, LOOP_WRITE = 2 };
enum { LOOP_EVENT_BYTES = 160 };

struct loop;

struct watch {
	struct loop *loop;
	void (*ready)(void *arg, unsigned what);
	void *arg;
	unsigned what;		/* 0 while stopped */
	_Alignas(16) unsigned char event[LOOP_EVENT_BYTES];
};

struct timer {
	struct loop *loop;
	void (*fired)(void *arg);
	void *arg;
	int64_t at_us;
	bool running;
	_Alignas(16) unsigned char event[LOOP_EVENT_BYTES];
};

struct loop *loop_new(void);
void loop_free(struct loop *loop);
/* Until loop_stop() or until there is nothing left to wait for. */
void loop_run(struct loop *loop);
/* One turn; waits for at most wait_us. */
void loop_turn(struct loop *loop, int64_t wait_us);
void loop_stop(struct loop *loop);
/* The monotonic time at which this turn began. */
int64_t loop_now_us(const struct loop *loop);

/* Called once before the next turn; for freeing oneself after one's own callback. */
void loop_later(struct loop *loop, void (*call)(void *arg), void *arg);

/* What all that happens on the loop has in common: made when it is first asked for, and given
 * back when the loop is freed. One thing for each `make`. */
void *loop_shared(struct loop *loop, void *(*make)(void), void (*end)(void *thing));

/* Watches until stopped; calling it again changes what is watched for. */
void watch_start(struct watch *watch, struct loop *loop, int fd, unsigned what,
		 void (*ready)(void *arg, unsigned what), void *arg);
void watch_stop(struct watch *watch);

/* Once, at an absolute monotonic time; starting it again moves it. */
void timer_start(struct timer *timer, struct loop *loop, int64_t at_us,
		 void (*fired)(void *arg), void *arg);
void timer_stop(struct timer *timer);

/* A signal as an event of the loop; at most one handler a signal. */
void loop_on_signal(struct loop *loop, int signal, void (*caught)(void *arg), void *arg);

#endif
