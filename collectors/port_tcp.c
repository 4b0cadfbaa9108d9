/* SPDX-License-Identifier: Apache-2.0
 *
 * One TCP port: connect, see who answers, and be gone.
 */
#include "collectors/port.h"

#include <stdlib.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "ground/clock.h"
#include "ground/memory.h"

enum { ATTEMPTS = 2, SELVES = 3 };

/* From here on the kernel has repeated its SYN, and nobody knows which one was answered. */
#define REPEATED_US (900 * CLOCK_MILLISECOND)
/* When this machine is out of sockets or ports. */
#define REST_US (50 * CLOCK_MILLISECOND)

struct tcp_work {
	struct run *run;
	struct path *path;
	struct address peer;
	struct watch watch;
	struct timer timer;
	int fd;
	int64_t sent_us;
	unsigned attempt;	/* from 0 */
	unsigned selves;
	struct port_reply *reply;	/* NULL: that is not asked, or not yet */
};

static void attempt_begin(void *arg);
static void attempt_was_answered(void *arg, unsigned what);

static void halt(struct tcp_work *work)
{
	watch_stop(&work->watch);
	timer_stop(&work->timer);
	port_close(work->fd);
	work->fd = -1;
}

/* The kernel measures a handshake better than a loop that may be late; an answer within
 * our own call cannot be late. */
static int64_t handshake_us(const struct tcp_work *work, int64_t otherwise_us)
{
	struct tcp_info info = { 0 };
	socklen_t length = sizeof info;

	if (!work->watch.what ||
	    getsockopt(work->fd, IPPROTO_TCP, TCP_INFO, &info, &length) || !info.tcpi_rtt)
		return otherwise_us;
	return info.tcpi_rtt;
}

/* Hanging up resets the connection as port_close() would; the socket serves again. */
static void spare_socket(struct tcp_work *work, enum port_state state)
{
	if (work->run->route.source.family ||
	    (state == PORT_OPEN && !connect_hang_up(work->fd)))
		return;
	watch_stop(&work->watch);
	spares_keep(run_spares(work->run), work->peer.family, work->fd);
	work->fd = -1;
}

/* A connection that is gone already says nothing, which is soon noticed. */
static void find_out_who_answers(struct tcp_work *work, int64_t rtt_us)
{
	int fd = work->fd;

	work->fd = -1;
	halt(work);
	work->reply = port_reply_start(work->run, fd, work->peer.port, rtt_us);
}

static void conclude_answered(struct tcp_work *work, enum port_state state,
			      enum port_cause cause)
{
	int64_t rtt_us = clock_monotonic_us() - work->sent_us;

	if (rtt_us > REPEATED_US) {
		rtt_us = -1;
	} else {
		if (state == PORT_OPEN)
			rtt_us = handshake_us(work, rtt_us);
		path_note_round_trip(work->path, rtt_us);
	}
	if (state == PORT_OPEN && port_reply_is_wanted(work->run->request)) {
		find_out_who_answers(work, rtt_us);
		return;
	}
	spare_socket(work, state);
	halt(work);
	port_finish(work->run, state, cause, rtt_us);
}

static void conclude(struct tcp_work *work, enum port_state state, enum port_cause cause)
{
	halt(work);
	port_finish(work->run, state, cause, -1);
}

static void conclude_silent(struct tcp_work *work)
{
	enum port_cause cause;
	enum port_state state = port_state_of_silence(work->path, work->sent_us, PORT_FILTERED,
						      &cause);

	conclude(work, state, cause);
}

/* Nobody listens at a port that the kernel could give to us; but the proof is a reset. */
static void try_again_elsewhere(struct tcp_work *work)
{
	halt(work);
	if (work->selves++ < SELVES)
		attempt_begin(work);
	else
		port_finish_local(work->run, REASON_SPOKE_TO_OURSELVES);
}

static void rest_or_fail(struct tcp_work *work, enum reason reason)
{
	int64_t now_us = clock_monotonic_us();

	halt(work);
	if (reason == REASON_NO_RESOURCES && now_us + REST_US < port_give_up_us(work->run))
		timer_start(&work->timer, run_loop(work->run), now_us + REST_US, attempt_begin,
			    work);
	else
		port_finish_local(work->run, reason);
}

static void look_at(struct tcp_work *work, const struct connect_report *report)
{
	switch (report->end) {
	case CONNECT_PENDING:
		break;
	case CONNECT_ESTABLISHED:
	case CONNECT_DROPPED:
		conclude_answered(work, PORT_OPEN, PORT_CAUSE_ESTABLISHED);
		break;
	case CONNECT_RESET:
		conclude_answered(work, PORT_CLOSED, PORT_CAUSE_RESET);
		break;
	case CONNECT_ICMP:
		port_note_icmp(work->path, &report->icmp);
		conclude(work, port_state_of_icmp(&report->icmp),
			 port_cause_of_icmp(&report->icmp));
		break;
	case CONNECT_SELF:
		try_again_elsewhere(work);
		break;
	case CONNECT_FAILED:
		rest_or_fail(work, report->reason);
		break;
	}
}

static void wait_on(struct tcp_work *work);

static void patience_may_have_ended(void *arg)
{
	struct tcp_work *work = arg;
	int64_t now_us = clock_monotonic_us();
	bool known = work->path->smoothed_us != 0;
	int64_t patience_us = path_patience_us(work->path, port_unknown_us(work->run));
	struct connect_report report;

	/* After a late turn the answer may be there, though nobody has said so yet. */
	connect_finish(work->fd, &work->peer, &report);
	if (report.end != CONNECT_PENDING) {
		look_at(work, &report);
	} else if (now_us >= port_give_up_us(work->run)) {
		conclude_silent(work);
	} else if (now_us - work->sent_us < patience_us) {
		wait_on(work);
	} else if (known && work->attempt + 1 < ATTEMPTS) {
		work->attempt++;
		halt(work);
		attempt_begin(work);
	} else {
		conclude_silent(work);
	}
}

static void wait_on(struct tcp_work *work)
{
	int64_t at_us = work->sent_us +
			path_patience_us(work->path, port_unknown_us(work->run));
	int64_t now_us = clock_monotonic_us(), end_us = port_give_up_us(work->run);

	if (!work->path->smoothed_us && at_us > now_us + PORT_SLICE_US)
		at_us = now_us + PORT_SLICE_US;
	timer_start(&work->timer, run_loop(work->run), at_us < end_us ? at_us : end_us,
		    patience_may_have_ended, work);
}

static void attempt_was_answered(void *arg, unsigned what)
{
	struct tcp_work *work = arg;
	struct connect_report report;

	(void)what;
	connect_finish(work->fd, &work->peer, &report);
	look_at(work, &report);
}

static void socket_aim(struct tcp_work *work, struct connect_report *report)
{
	const struct address *source = &work->run->route.source;

	if (!source->family)
		work->fd = spares_take(run_spares(work->run), work->peer.family);
	if (work->fd >= 0)
		connect_again(work->fd, &work->peer, report);
	else
		work->fd = connect_begin(&work->peer, source, report);
}

static void attempt_begin(void *arg)
{
	struct tcp_work *work = arg;
	struct run *run = work->run;
	struct connect_report report;
	int64_t go_us;

	work->sent_us = clock_monotonic_us();
	go_us = path_may_send_at(work->path, work->sent_us, run->request->packets_per_second);
	if (go_us >= port_give_up_us(run)) {
		if (work->attempt)
			conclude_silent(work);
		else
			port_finish_local(run, REASON_TIMED_OUT);
		return;
	}
	if (go_us) {
		timer_start(&work->timer, run_loop(run), go_us, attempt_begin, work);
		return;
	}
	socket_aim(work, &report);
	if (report.end == CONNECT_PENDING) {
		watch_start(&work->watch, run_loop(run), work->fd, LOOP_WRITE,
			    attempt_was_answered, work);
		wait_on(work);
	} else {
		look_at(work, &report);
	}
}

void port_tcp_start(struct run *run)
{
	struct tcp_work *work = memory_new(1, sizeof *work);

	run->work = work;
	work->run = run;
	work->fd = -1;
	work->peer = run->route.peer;
	work->peer.port = run->request->subject.first;
	work->path = path_to(run_paths(run), &run->route.peer);
	attempt_begin(work);
}

void port_tcp_stop(struct run *run)
{
	struct tcp_work *work = run->work;

	halt(work);
	port_reply_free(work->reply);
	free(work);
	run->work = NULL;
}
