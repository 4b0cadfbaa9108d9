/* SPDX-License-Identifier: Apache-2.0
 *
 * A range of TCP ports. A window of slots, each with a socket that goes from port to port:
 * a socket whose port was closed is used again for the next one. Where the peer answers
 * within the call itself, which it does on this machine's own addresses, one slot does it
 * all and the event loop is not asked; every few milliseconds it has its turn all the same.
 */
#include "collectors/port.h"

#include <stdlib.h>
#include <string.h>

#include <sys/resource.h>

#include "ground/clock.h"
#include "ground/memory.h"

enum {
	ATTEMPTS = 2,
	SELVES = 3,
	LIKELY_DESCRIPTORS = 1024,	/* when the system does not say how many we may have */
	LOOK_AT_CLOCK_EVERY = 16,	/* attempts */
	FIRST_FEW = 16,
	/* Times not there, and the host is not there. Not more: while nobody answers ARP the
	 * kernel keeps a hundred packets, and only these are given back as unreachable. */
	UNREACHABLE_ENOUGH = 16
};

/* The rest follows when somebody has answered, or so much later: while a neighbour is being
 * looked for the kernel keeps a hundred packets and drops the others. */
#define FIRST_LOOK_US (15 * CLOCK_MILLISECOND)
#define TURN_US (4 * CLOCK_MILLISECOND)
#define REST_US (50 * CLOCK_MILLISECOND)
/* From here on the kernel has repeated its SYN, and nobody knows which one was answered. */
#define REPEATED_US (900 * CLOCK_MILLISECOND)

struct errand {
	uint16_t port;
	uint8_t attempt;	/* from 0 */
};

struct slot {
	struct sweep *sweep;
	struct slot *older, *newer;	/* among those that wait, by the time of sending */
	struct slot *next_free;
	struct watch watch;
	int fd;
	struct errand errand;
	int64_t sent_us;
};

struct sweep {
	struct run *run;
	struct path *path;
	struct slot *slots, *free;
	size_t slot_count;		/* made use of so far */
	size_t waiting, window, most_window;
	struct slot *oldest, *newest;
	uint32_t next;			/* the first port not tried yet */
	struct errand *again;		/* to be tried once more */
	size_t again_count, again_room;
	uint8_t *states;		/* enum port_state, from subject.first on */
	size_t count, settled;
	size_t answers, unreachable;	/* of the host itself; of others in its stead */
	struct timer timer;
	int64_t begun_us;		/* when the first was sent */
	int64_t now_us;			/* a little late, but free */
	unsigned clock_countdown;
};

static void sweep_go_on(void *arg);

static bool turn_is_over(struct sweep *sweep)
{
	sweep->now_us = clock_monotonic_us();
	return sweep->now_us - loop_now_us(run_loop(sweep->run)) >= TURN_US;
}

/* The free list grows only when it must: on loopback one slot is all that is ever touched. */
static struct slot *slot_take(struct sweep *sweep)
{
	struct slot *slot = sweep->free;

	if (slot) {
		sweep->free = slot->next_free;
		return slot;
	}
	slot = &sweep->slots[sweep->slot_count++];
	slot->sweep = sweep;
	slot->fd = -1;
	return slot;
}

static void slot_release(struct slot *slot)
{
	slot->next_free = slot->sweep->free;
	slot->sweep->free = slot;
}

static void slot_wait(struct slot *slot)
{
	struct sweep *sweep = slot->sweep;

	slot->older = sweep->newest;
	slot->newer = NULL;
	*(sweep->newest ? &sweep->newest->newer : &sweep->oldest) = slot;
	sweep->newest = slot;
	sweep->waiting++;
}

static void slot_wait_no_more(struct slot *slot)
{
	struct sweep *sweep = slot->sweep;

	*(slot->older ? &slot->older->newer : &sweep->oldest) = slot->newer;
	*(slot->newer ? &slot->newer->older : &sweep->newest) = slot->older;
	sweep->waiting--;
	watch_stop(&slot->watch);
}

static void slot_close(struct slot *slot)
{
	port_close(slot->fd);
	slot->fd = -1;
}

static void sweep_halt(struct sweep *sweep)
{
	timer_stop(&sweep->timer);
	for (size_t i = 0; i < sweep->slot_count; i++) {
		watch_stop(&sweep->slots[i].watch);
		slot_close(&sweep->slots[i]);
	}
}

static void sweep_finish(struct sweep *sweep)
{
	sweep_halt(sweep);
	port_finish_range(sweep->run, sweep->states);
}

static void sweep_fail(struct sweep *sweep, enum reason reason)
{
	sweep_halt(sweep);
	port_finish_local(sweep->run, reason);
}

static bool sweep_is_over(const struct sweep *sweep)
{
	return sweep->settled == sweep->count ||
	       (sweep->unreachable >= UNREACHABLE_ENOUGH && !sweep->answers);
}

static void sweep_schedule(struct sweep *sweep, int64_t at_us)
{
	int64_t end_us = port_give_up_us(sweep->run);

	timer_start(&sweep->timer, run_loop(sweep->run), at_us < end_us ? at_us : end_us,
		    sweep_go_on, sweep);
}

static int64_t patience_us(const struct sweep *sweep)
{
	return path_patience_us(sweep->path, port_unknown_us(sweep->run));
}

static void schedule_patience(struct sweep *sweep)
{
	int64_t at_us = sweep->oldest->sent_us + patience_us(sweep);
	int64_t slice_us = sweep->now_us + PORT_SLICE_US;

	sweep_schedule(sweep, sweep->path->smoothed_us || at_us < slice_us ? at_us : slice_us);
}

static void settle(struct slot *slot, enum port_state state)
{
	struct sweep *sweep = slot->sweep;

	sweep->states[slot->errand.port - sweep->run->request->subject.first] = (uint8_t)state;
	sweep->settled++;
	if (sweep->window < sweep->most_window)
		sweep->window++;
}

static void put_back(struct sweep *sweep, struct errand errand)
{
	sweep->again = memory_room_for(sweep->again, sweep->again_count, &sweep->again_room,
				       sizeof *sweep->again);
	sweep->again[sweep->again_count++] = errand;
}

static void try_again(struct slot *slot)
{
	struct errand errand = slot->errand;

	errand.attempt++;
	put_back(slot->sweep, errand);
}

static bool take_errand(struct sweep *sweep, struct errand *errand)
{
	if (sweep->again_count) {
		*errand = sweep->again[--sweep->again_count];
		return true;
	}
	if (sweep->next > sweep->run->request->subject.last)
		return false;
	*errand = (struct errand){ .port = (uint16_t)sweep->next++ };
	return true;
}

static bool has_errand(const struct sweep *sweep)
{
	return sweep->again_count || sweep->next <= sweep->run->request->subject.last;
}

static void settle_icmp(struct slot *slot, const struct icmp_error *icmp)
{
	struct sweep *sweep = slot->sweep;
	enum port_state state = port_state_of_icmp(icmp);

	if (state != PORT_UNREACHABLE ||
	    address_same_host(&icmp->origin, &sweep->run->route.peer))
		sweep->answers++;
	else
		sweep->unreachable++;
	settle(slot, state);
}

/* What an attempt that is no longer pending has come to; CONNECT_FAILED is the caller's. */
static void slot_conclude(struct slot *slot, const struct connect_report *report)
{
	switch (report->end) {
	case CONNECT_RESET:
		slot->sweep->answers++;
		settle(slot, PORT_CLOSED);
		return;
	case CONNECT_ESTABLISHED:
	case CONNECT_DROPPED:
		slot->sweep->answers++;
		settle(slot, PORT_OPEN);
		break;
	case CONNECT_ICMP:
		settle_icmp(slot, &report->icmp);
		break;
	case CONNECT_SELF:
		/* The kernel gave us that port to speak from: nobody has it. */
		settle(slot, PORT_CLOSED);
		break;
	case CONNECT_FAILED:
	case CONNECT_PENDING:
		break;
	}
	slot_close(slot);
}

static void note_round_trip(const struct slot *slot, const struct connect_report *report)
{
	int64_t rtt_us = clock_monotonic_us() - slot->sent_us;

	if ((report->end == CONNECT_RESET || report->end == CONNECT_ESTABLISHED) &&
	    rtt_us < REPEATED_US)
		path_note_round_trip(slot->sweep->path, rtt_us);
}

static struct address slot_peer(const struct slot *slot)
{
	struct address peer = slot->sweep->run->route.peer;

	peer.port = slot->errand.port;
	return peer;
}

static void slot_connect(struct slot *slot, struct connect_report *report)
{
	const struct sweep *sweep = slot->sweep;
	struct address peer = slot_peer(slot);

	for (int i = 0; i < SELVES; i++) {
		if (slot->fd >= 0) {
			connect_again(slot->fd, &peer, report);
		} else {
			/* On a new socket, so that the first answer of all is timed well. */
			slot->sent_us = clock_monotonic_us();
			slot->fd = connect_begin(&peer, &sweep->run->route.source, report);
			note_round_trip(slot, report);
		}
		if (report->end != CONNECT_SELF)
			return;
		slot_close(slot);
	}
}

static void slot_was_answered(void *arg, unsigned what)
{
	struct slot *slot = arg;
	struct sweep *sweep = slot->sweep;
	struct address peer = slot_peer(slot);
	struct connect_report report;

	(void)what;
	if (turn_is_over(sweep))
		return;		/* the loop says it again in the next turn */
	connect_finish(slot->fd, &peer, &report);
	if (report.end == CONNECT_PENDING)
		return;
	slot_wait_no_more(slot);
	note_round_trip(slot, &report);
	if (report.end == CONNECT_SELF || report.end == CONNECT_FAILED) {
		slot_close(slot);
		try_again(slot);
	} else {
		slot_conclude(slot, &report);
	}
	slot_release(slot);
	if (report.end == CONNECT_FAILED && slot->errand.attempt + 1 >= ATTEMPTS)
		sweep_fail(sweep, report.reason);
	else
		sweep_go_on(sweep);
}

/* False when nothing more can be sent for now, or the run has ended. */
static bool slot_begin(struct slot *slot)
{
	struct sweep *sweep = slot->sweep;
	struct connect_report report;

	slot->sent_us = sweep->now_us;
	slot_connect(slot, &report);
	if (report.end == CONNECT_PENDING) {
		watch_start(&slot->watch, run_loop(sweep->run), slot->fd, LOOP_WRITE,
			    slot_was_answered, slot);
		slot_wait(slot);
		return true;
	}
	slot_conclude(slot, &report);
	slot_release(slot);
	if (report.end != CONNECT_FAILED)
		return true;
	put_back(sweep, slot->errand);
	sweep->window = sweep->waiting / 2 + 1;
	if (report.reason != REASON_NO_RESOURCES)
		sweep_fail(sweep, report.reason);
	else
		sweep_schedule(sweep, sweep->now_us + REST_US);
	return false;
}

static bool turn_is_over_by_now(struct sweep *sweep)
{
	if (sweep->clock_countdown) {
		sweep->clock_countdown--;
		return false;
	}
	sweep->clock_countdown = LOOK_AT_CLOCK_EVERY - 1;
	return turn_is_over(sweep);
}

/* When the next may be sent; 0: now. */
static int64_t may_send_at(struct sweep *sweep)
{
	uint32_t budget = sweep->run->request->packets_per_second;

	if (sweep->waiting >= FIRST_FEW && !sweep->path->smoothed_us &&
	    sweep->now_us < sweep->begun_us + FIRST_LOOK_US)
		return sweep->begun_us + FIRST_LOOK_US;
	return budget ? path_may_send_at(sweep->path, sweep->now_us, budget) : 0;
}

/* Sends while the window, the packet budget and the turn allow. False: scheduled or ended. */
static bool send_what_may_go(struct sweep *sweep)
{
	while (sweep->waiting < sweep->window && has_errand(sweep)) {
		struct slot *slot;
		int64_t go_us;

		if (turn_is_over_by_now(sweep)) {
			sweep_schedule(sweep, 0);
			return false;
		}
		go_us = may_send_at(sweep);
		if (go_us) {
			sweep_schedule(sweep, go_us);
			return false;
		}
		if (!sweep->begun_us)
			sweep->begun_us = sweep->now_us;
		slot = slot_take(sweep);
		take_errand(sweep, &slot->errand);
		if (!slot_begin(slot))
			return false;
	}
	return true;
}

static void slot_was_silent(struct slot *slot)
{
	struct sweep *sweep = slot->sweep;

	slot_wait_no_more(slot);
	slot_close(slot);
	if (sweep->path->smoothed_us && slot->errand.attempt + 1 < ATTEMPTS)
		try_again(slot);
	else
		settle(slot, PORT_FILTERED);
	slot_release(slot);
}

static bool end_of_patience(struct sweep *sweep)
{
	while (sweep->oldest && sweep->now_us - sweep->oldest->sent_us >= patience_us(sweep)) {
		slot_was_silent(sweep->oldest);
		if (turn_is_over_by_now(sweep)) {
			sweep_schedule(sweep, 0);
			return false;
		}
	}
	return true;
}

static void sweep_go_on(void *arg)
{
	struct sweep *sweep = arg;

	sweep->clock_countdown = 0;
	sweep->now_us = clock_monotonic_us();
	if (sweep->now_us >= port_give_up_us(sweep->run)) {
		sweep_finish(sweep);
		return;
	}
	if (!end_of_patience(sweep) || !send_what_may_go(sweep))
		return;
	if (sweep_is_over(sweep))
		sweep_finish(sweep);
	else
		schedule_patience(sweep);
}

/* Half of the descriptors at most: others work in this process too. */
static size_t largest_window(void)
{
	struct rlimit limit;
	size_t most = LIKELY_DESCRIPTORS;

	if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur != RLIM_INFINITY)
		most = (size_t)limit.rlim_cur;
	most /= 2;
	return most < 1 ? 1 : most > PORT_WINDOW ? PORT_WINDOW : most;
}

void port_sweep_start(struct run *run)
{
	struct sweep *sweep = memory_new(1, sizeof *sweep);

	run->work = sweep;
	sweep->run = run;
	sweep->path = path_to(run_paths(run), &run->route.peer);
	sweep->next = run->request->subject.first;
	sweep->count = (size_t)run->request->subject.last - run->request->subject.first + 1;
	sweep->most_window = sweep->window = largest_window();
	sweep->slots = memory_new(sweep->most_window, sizeof *sweep->slots);
	sweep->states = memory_new(sweep->count, sizeof *sweep->states);
	memset(sweep->states, UINT8_MAX, sweep->count);
	/* In a turn of the loop, whose beginning the work of each turn is measured from. */
	sweep_schedule(sweep, 0);
}

void port_sweep_stop(struct run *run)
{
	struct sweep *sweep = run->work;

	sweep_halt(sweep);
	free(sweep->again);
	free(sweep->slots);
	free(sweep->states);
	free(sweep);
	run->work = NULL;
}
