/* SPDX-License-Identifier: Apache-2.0 */
#include "net/loop.h"

#include <assert.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <signal.h>
#include <stdlib.h>

#include "ground/clock.h"
#include "ground/log.h"
#include "ground/memory.h"

static_assert(sizeof(struct event) <= LOOP_EVENT_BYTES, "a struct event must fit");

struct call {
	void (*function)(void *arg);
	void *arg;
};

struct signal_watch {
	struct signal_watch *next;
	struct event *event;
	void (*caught)(void *arg);
	void *arg;
};

struct shared {
	struct shared *next;
	void *(*make)(void);
	void (*end)(void *thing);
	void *thing;
};

struct loop {
	struct event_base *base;
	int64_t now_us;		/* when this turn's callbacks began; 0 between turns */
	bool stopped;
	struct call *later;
	size_t later_count, later_room;
	struct signal_watch *signals;
	struct shared *shared;
};

static struct event *event_of(unsigned char *bytes)
{
	return (struct event *)(void *)bytes;
}

struct loop *loop_new(void)
{
	struct loop *loop = memory_new(1, sizeof *loop);
	struct event_config *config = event_config_new();

	if (!config)
		abort();
	/* Our descriptors are closed by their owners only, and always after watch_stop():
	 * the change list saves an epoll_ctl for each that lives for one turn. */
	event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
	event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV);
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	loop->base = event_base_new_with_config(config);
	event_config_free(config);
	if (!loop->base) {
		log_error("loop", "the system gives us no epoll descriptor");
		abort();
	}
	return loop;
}

int64_t loop_now_us(const struct loop *loop)
{
	return loop->now_us ? loop->now_us : clock_monotonic_us();
}

void loop_later(struct loop *loop, void (*call)(void *arg), void *arg)
{
	loop->later = memory_room_for(loop->later, loop->later_count, &loop->later_room,
				      sizeof *loop->later);
	loop->later[loop->later_count++] = (struct call){ .function = call, .arg = arg };
}

/* Calls made while these run wait for the turn after. */
static void loop_make_calls(struct loop *loop)
{
	size_t count = loop->later_count;
	struct call *calls = loop->later;

	if (!count)
		return;
	loop->later = NULL;
	loop->later_count = loop->later_room = 0;
	for (size_t i = 0; i < count; i++)
		calls[i].function(calls[i].arg);
	free(calls);
}

void *loop_shared(struct loop *loop, void *(*make)(void), void (*end)(void *thing))
{
	struct shared *shared = loop->shared;

	while (shared && shared->make != make)
		shared = shared->next;
	if (shared)
		return shared->thing;
	shared = memory_new(1, sizeof *shared);
	*shared = (struct shared){ loop->shared, make, end, make() };
	loop->shared = shared;
	return shared->thing;
}

static void end_shared(struct loop *loop)
{
	for (struct shared *shared = loop->shared, *next; shared; shared = next) {
		next = shared->next;
		shared->end(shared->thing);
		free(shared);
	}
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	/* What waits to be freed in the next turn has none any more. */
	while (loop->later_count)
		loop_make_calls(loop);
	for (struct signal_watch *watch = loop->signals, *next; watch; watch = next) {
		next = watch->next;
		event_free(watch->event);
		free(watch);
	}
	end_shared(loop);
	event_base_free(loop->base);
	free(loop->later);
	free(loop);
}

/* Every callback comes through here first, so that a turn's time is taken once. */
static void loop_begin_turn(struct loop *loop)
{
	if (!loop->now_us)
		loop->now_us = clock_monotonic_us();
}

static void loop_end_turn(struct loop *loop)
{
	loop->now_us = 0;
}

static void nap_is_over(void *arg)
{
	(void)arg;
}

void loop_turn(struct loop *loop, int64_t wait_us)
{
	struct timer nap = { 0 };

	loop_begin_turn(loop);
	loop_make_calls(loop);
	loop_end_turn(loop);
	if (loop->later_count)
		wait_us = 0;
	timer_start(&nap, loop, clock_monotonic_us() + wait_us, nap_is_over, NULL);
	event_base_loop(loop->base, EVLOOP_ONCE | (wait_us ? 0 : EVLOOP_NONBLOCK));
	timer_stop(&nap);
	loop_end_turn(loop);
}

void loop_run(struct loop *loop)
{
	loop->stopped = false;
	while (!loop->stopped) {
		loop_begin_turn(loop);
		loop_make_calls(loop);
		loop_end_turn(loop);
		if (loop->stopped)
			break;
		if (event_base_loop(loop->base,
				    EVLOOP_ONCE | (loop->later_count ? EVLOOP_NONBLOCK : 0)) &&
		    !loop->later_count)
			break;
		loop_end_turn(loop);
	}
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}

static void watch_is_ready(evutil_socket_t fd, short what, void *arg)
{
	struct watch *watch = arg;

	(void)fd;
	loop_begin_turn(watch->loop);
	watch->ready(watch->arg, (what & EV_READ ? LOOP_READ : 0u) |
				 (what & EV_WRITE ? LOOP_WRITE : 0u));
}

void watch_start(struct watch *watch, struct loop *loop, int fd, unsigned what,
		 void (*ready)(void *arg, unsigned what), void *arg)
{
	struct event *event = event_of(watch->event);
	short events = EV_PERSIST;

	watch->ready = ready;
	watch->arg = arg;
	if (watch->what == what && event_get_fd(event) == fd)
		return;
	watch_stop(watch);
	watch->loop = loop;
	watch->what = what;
	events |= what & LOOP_READ ? EV_READ : 0;
	events |= what & LOOP_WRITE ? EV_WRITE : 0;
	event_assign(event, loop->base, fd, events, watch_is_ready, watch);
	event_add(event, NULL);
}

void watch_stop(struct watch *watch)
{
	if (!watch->what)
		return;
	event_del(event_of(watch->event));
	watch->what = 0;
}

static void timer_wait(struct timer *timer, int64_t wait_us)
{
	struct timeval wait = { 0 };

	if (wait_us > 0) {
		wait.tv_sec = wait_us / CLOCK_SECOND;
		wait.tv_usec = wait_us % CLOCK_SECOND;
	}
	event_add(event_of(timer->event), &wait);
}

/* libevent counts from the coarse time at which it last woke, so a timer that was started
 * late in a long turn comes early: then the rest is waited for. */
static void timer_has_fired(evutil_socket_t fd, short what, void *arg)
{
	struct timer *timer = arg;
	int64_t rest_us = timer->at_us - clock_monotonic_us();

	(void)fd;
	(void)what;
	loop_begin_turn(timer->loop);
	if (rest_us > 0) {
		timer_wait(timer, rest_us);
		return;
	}
	timer->running = false;
	timer->fired(timer->arg);
}

void timer_start(struct timer *timer, struct loop *loop, int64_t at_us,
		 void (*fired)(void *arg), void *arg)
{
	timer_stop(timer);
	timer->loop = loop;
	timer->fired = fired;
	timer->arg = arg;
	timer->at_us = at_us;
	timer->running = true;
	event_assign(event_of(timer->event), loop->base, -1, 0, timer_has_fired, timer);
	timer_wait(timer, at_us - clock_monotonic_us());
}

void timer_stop(struct timer *timer)
{
	if (!timer->running)
		return;
	event_del(event_of(timer->event));
	timer->running = false;
}

static void signal_was_caught(evutil_socket_t fd, short what, void *arg)
{
	struct signal_watch *watch = arg;

	(void)fd;
	(void)what;
	watch->caught(watch->arg);
}

void loop_on_signal(struct loop *loop, int signal, void (*caught)(void *arg), void *arg)
{
	struct signal_watch *watch = memory_new(1, sizeof *watch);

	watch->caught = caught;
	watch->arg = arg;
	watch->event = evsignal_new(loop->base, signal, signal_was_caught, watch);
	if (!watch->event)
		abort();
	event_add(watch->event, NULL);
	watch->next = loop->signals;
	loop->signals = watch;
}
