/* SPDX-License-Identifier: Apache-2.0
 *
 * One UDP port, or a range of them, from one socket. It is not connected: a TFTP server
 * answers from a port of its own. Everybody is asked in up to three rounds; what has said
 * nothing after that is open or filtered.
 *
 * Hosts ration their ICMP errors, Linux to six at once and then one a second. A single
 * port is therefore asked slowly as soon as the host is known to send any; for a range that
 * would take hours, and its count of closed ports is only a lower bound.
 */
#include "collectors/port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/random.h>
#include <sys/socket.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "net/datagram.h"

enum {
	ROUNDS = 3,
	RATION_BURST = 5,
	DATAGRAMS_A_TURN = 64,
	LISTEN_EVERY = 32,		/* datagrams sent: the queue of errors is short */
	UNREACHABLE_ENOUGH = 16,	/* times not there, and the host is not there */
	REPLY_MOST = 4096,
	SOURCES_TRIED = 4
};

#define RATION_US (1050 * CLOCK_MILLISECOND)
#define TURN_US (4 * CLOCK_MILLISECOND)
#define REST_US (20 * CLOCK_MILLISECOND)

struct udp_work {
	struct run *run;
	struct path *path;
	int fd;
	struct watch watch;
	struct timer timer;
	uint64_t token;
	struct address source;		/* of our socket */
	uint16_t first;
	size_t count, settled, unreachable;
	uint8_t *states;		/* enum port_state, UINT8_MAX: nothing heard yet */
	unsigned round;			/* from 0 */
	size_t next;			/* to be asked in this round */
	int64_t sent_us;		/* the last of the round */
	int64_t begun_us;
};

static void go_on(void *arg);

static bool is_range(const struct udp_work *work)
{
	return work->count > 1;
}

static void halt(struct udp_work *work)
{
	watch_stop(&work->watch);
	timer_stop(&work->timer);
	if (work->fd >= 0)
		close(work->fd);
	work->fd = -1;
}

static void fail(struct udp_work *work, enum reason reason)
{
	halt(work);
	port_finish_local(work->run, reason);
}

static struct port_question question_for(const struct udp_work *work, uint16_t port)
{
	struct port_question question = {
		.protocol = port_wire_usual(port),
		.token = work->token,
		.from = work->source,
		.to = work->run->route.peer,
	};

	question.to.port = port;
	return question;
}

static void finish(struct udp_work *work)
{
	enum port_state state;
	enum port_cause cause;

	halt(work);
	if (is_range(work)) {
		port_finish_range(work->run, work->states);
	} else {
		state = port_state_of_silence(work->path, work->begun_us, PORT_OPEN_OR_FILTERED,
					      &cause);
		port_finish(work->run, state, cause, -1);
	}
}

static void finish_silent(struct udp_work *work)
{
	for (size_t i = 0; i < work->count; i++)
		if (work->states[i] == UINT8_MAX && (work->round || i < work->next))
			work->states[i] = PORT_OPEN_OR_FILTERED;
	finish(work);
}

/* Only when one datagram was sent it is certain which one was answered. */
static int64_t round_trip_us(const struct udp_work *work)
{
	int64_t rtt_us = clock_monotonic_us() - work->sent_us;

	if (work->round || is_range(work))
		return -1;
	path_note_round_trip(work->path, rtt_us);
	return rtt_us;
}

static void settle(struct udp_work *work, uint16_t port, enum port_state state)
{
	uint8_t *place = &work->states[port - work->first];

	/* A reply outweighs an ICMP error that may have been meant for its elder. */
	if (*place == UINT8_MAX)
		work->settled++;
	if (*place == UINT8_MAX || state == PORT_OPEN)
		*place = (uint8_t)state;
}

static bool is_ours(const struct udp_work *work, uint16_t port)
{
	return port >= work->first && (size_t)(port - work->first) < work->count;
}

static void say_farewell(const struct udp_work *work, const struct port_question *question,
			 const struct address *to, struct reader in)
{
	struct sockaddr_storage name;
	socklen_t length = address_to_socket(to, &name);
	uint8_t room[64];
	struct writer out;

	writer_init(&out, room, sizeof room);
	if (port_wire_farewell(&in, question, &out))
		sendto(work->fd, room, out.length, MSG_NOSIGNAL, (struct sockaddr *)&name,
		       length);
}

/* Whose answer a datagram is: that of the port it comes from, or of one that we asked in a
 * protocol that it speaks. False: of none of ours. */
static bool attribute(const struct udp_work *work, const struct address *from,
		      const struct reader *in, uint16_t *port, enum port_protocol *reply)
{
	static const uint16_t usual[] = { 69, 5060, 5062, 5100, 53, 123, 161 };
	struct reader copy = *in;
	struct port_question question = question_for(work, from->port);

	*port = from->port;
	*reply = port_wire_recognise(&copy, &question);
	if (is_ours(work, from->port))
		return true;
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		if (!is_ours(work, usual[i]))
			continue;
		copy = *in;
		question = question_for(work, usual[i]);
		*port = usual[i];
		*reply = port_wire_recognise(&copy, &question);
		if (*reply != PORT_UNRECOGNISED)
			return true;
	}
	return false;
}

/* True when that was the end of the run. */
static bool take_reply(struct udp_work *work, const struct address *from,
		       const uint8_t *bytes, size_t length)
{
	struct port_question question;
	enum port_protocol reply;
	struct reader in;
	uint16_t port;
	int64_t rtt_us;

	reader_init(&in, bytes, length);
	if (!address_same_host(from, &work->run->route.peer) ||
	    !attribute(work, from, &in, &port, &reply))
		return false;
	question = question_for(work, port);
	say_farewell(work, &question, from, in);
	settle(work, port, PORT_OPEN);
	rtt_us = round_trip_us(work);
	if (is_range(work))
		return false;
	halt(work);
	port_finish_reply(work->run, reply, rtt_us);
	return true;
}

/* A firewall on the way can say it too, in its own name; only the host itself knows. */
static enum port_state state_of(const struct udp_work *work, const struct icmp_error *icmp)
{
	if (icmp_kind(icmp) == ICMP_KIND_NO_PORT &&
	    (!icmp->origin.family || address_same_host(&icmp->origin, &work->run->route.peer)))
		return PORT_CLOSED;
	return port_state_of_icmp(icmp);
}

static bool take_error(struct udp_work *work, const struct icmp_error *icmp)
{
	uint16_t port = icmp->peer.port;
	int64_t rtt_us;

	if (!address_same_host(&icmp->peer, &work->run->route.peer) || !is_ours(work, port))
		return false;
	if (icmp_kind(icmp) == ICMP_KIND_NO_PORT)
		work->path->rations_errors = true;
	port_note_icmp(work->path, icmp);
	settle(work, port, state_of(work, icmp));
	work->unreachable += state_of(work, icmp) == PORT_UNREACHABLE;
	if (is_range(work))
		return false;
	rtt_us = state_of(work, icmp) == PORT_CLOSED ? round_trip_us(work) : -1;
	halt(work);
	port_finish(work->run, state_of(work, icmp), port_cause_of_icmp(icmp), rtt_us);
	return true;
}

/* All that has come so far, up to a bound. True when it has ended the run. */
static bool listen_to_all(struct udp_work *work)
{
	uint8_t bytes[REPLY_MOST];
	struct icmp_error icmp;

	for (int i = 0; i < DATAGRAMS_A_TURN; i++) {
		struct sockaddr_storage name;
		socklen_t length = sizeof name;
		struct address from;
		ssize_t got = recvfrom(work->fd, bytes, sizeof bytes, 0,
				       (struct sockaddr *)&name, &length);

		if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		/* Other errors are those of the queue below. */
		if (got >= 0 && address_from_socket(&name, &from) &&
		    take_reply(work, &from, bytes, (size_t)got))
			return true;
	}
	for (int i = 0; i < DATAGRAMS_A_TURN && icmp_take(work->fd, &icmp); i++)
		if (take_error(work, &icmp))
			return true;
	return false;
}

static bool all_is_known(const struct udp_work *work)
{
	return work->settled == work->count ||
	       (work->unreachable >= UNREACHABLE_ENOUGH && work->unreachable == work->settled);
}

static void something_came(void *arg, unsigned what)
{
	struct udp_work *work = arg;

	(void)what;
	if (!listen_to_all(work) && all_is_known(work))
		finish(work);
}

/* 0: this datagram may go now, as far as the host's ration of errors is concerned. */
static int64_t ration_at(struct udp_work *work, int64_t now_us)
{
	struct path *path = work->path;
	int64_t latest_us;

	if (is_range(work) || address_is_loopback(&work->run->route.peer))
		return 0;
	if (path->ration_us < now_us)
		path->ration_us = now_us;
	latest_us = path->ration_us - (RATION_BURST - 1) * RATION_US;
	if (latest_us > now_us && path->rations_errors)
		return latest_us;
	/* As long as no error has come there is nothing to ration, but what was sent counts. */
	if (latest_us <= now_us)
		path->ration_us += RATION_US;
	return 0;
}

/* 0, or an errno that means more than an error of an earlier datagram. */
static int send_to(struct udp_work *work, uint16_t port)
{
	struct port_question question = question_for(work, port);
	uint8_t room[PORT_QUESTION_ROOM];
	struct sockaddr_storage name;
	socklen_t length = address_to_socket(&question.to, &name);
	struct writer out;

	writer_init(&out, room, sizeof room);
	port_wire_ask(&out, &question, work->round);
	for (int i = 0; i < 2; i++) {
		if (sendto(work->fd, room, out.length, MSG_NOSIGNAL, (struct sockaddr *)&name,
			   length) >= 0)
			return 0;
		/* The first call may have returned what somebody said of an earlier one. */
	}
	return errno;
}

static void wait_until(struct udp_work *work, int64_t at_us)
{
	int64_t end_us = port_give_up_us(work->run);

	timer_start(&work->timer, run_loop(work->run), at_us < end_us ? at_us : end_us, go_on,
		    work);
}

static int64_t patience_us(const struct udp_work *work)
{
	int64_t unknown_us = port_unknown_us(work->run) / ROUNDS;
	int64_t wait_us = path_patience_us(work->path, unknown_us);

	/* Before the last word the ration of a host that has one must have been refilled. */
	if (work->round + 2 == ROUNDS && work->path->rations_errors && wait_us < RATION_US)
		wait_us = RATION_US;
	return wait_us;
}

/* When a datagram may go; 0: now. */
static int64_t may_send_at(struct udp_work *work, int64_t now_us)
{
	int64_t last_us = port_give_up_us(work->run) - patience_us(work);
	uint32_t budget = work->run->request->packets_per_second;
	int64_t at_us = ration_at(work, now_us);

	/* Asked in a hurry is better than not asked. */
	if (at_us && (now_us < last_us || work->round))
		return work->round || at_us < last_us ? at_us : last_us;
	return budget ? path_may_send_at(work->path, now_us, budget) : 0;
}

/* True when all of this round are on their way. */
static bool send_round(struct udp_work *work)
{
	for (; work->next < work->count; work->next++) {
		int64_t now_us = clock_monotonic_us(), at_us;
		int error;

		if (work->states[work->next] != UINT8_MAX)
			continue;
		if (work->next % LISTEN_EVERY == LISTEN_EVERY - 1 && listen_to_all(work))
			return false;
		if (now_us - loop_now_us(run_loop(work->run)) > TURN_US) {
			wait_until(work, 0);
			return false;
		}
		at_us = may_send_at(work, now_us);
		if (at_us) {
			wait_until(work, at_us);
			return false;
		}
		work->sent_us = now_us;
		error = send_to(work, (uint16_t)(work->first + work->next));
		if (error == EAGAIN || error == ENOBUFS) {
			wait_until(work, now_us + REST_US);
			return false;
		}
		if (error) {
			fail(work, reason_of_errno(error));
			return false;
		}
	}
	return true;
}

static void go_on(void *arg)
{
	struct udp_work *work = arg;
	int64_t now_us = clock_monotonic_us();

	/* After a late turn the answer may be there, though nobody has said so yet. */
	if (listen_to_all(work))
		return;
	if (now_us >= port_give_up_us(work->run)) {
		finish_silent(work);
		return;
	}
	if (work->next == work->count) {
		if (now_us < work->sent_us + patience_us(work)) {
			wait_until(work, work->sent_us + patience_us(work));
			return;
		}
		if (work->round + 1 == ROUNDS) {
			finish_silent(work);
			return;
		}
		work->round++;
		work->next = 0;
	}
	if (send_round(work))
		wait_until(work, work->sent_us + patience_us(work));
}

/* To ask ourselves would look like an answer. */
static bool asks_ourselves(const struct udp_work *work)
{
	return address_same_host(&work->source, &work->run->route.peer) &&
	       is_ours(work, work->source.port);
}

void port_udp_start(struct run *run)
{
	struct udp_work *work = memory_new(1, sizeof *work);
	enum reason reason;

	run->work = work;
	work->run = run;
	work->fd = -1;
	work->path = path_to(run_paths(run), &run->route.peer);
	work->first = run->request->subject.first;
	work->count = (size_t)run->request->subject.last - work->first + 1;
	work->states = memory_new(work->count, sizeof *work->states);
	memset(work->states, UINT8_MAX, work->count);
	if (getrandom(&work->token, sizeof work->token, 0) < 0)
		work->token = (uint64_t)clock_monotonic_us();
	for (int i = 0; i < SOURCES_TRIED; i++) {
		halt(work);
		work->fd = datagram_open_to_all(&run->route.peer, &run->route.source,
						&work->source, &reason);
		if (work->fd < 0) {
			fail(work, reason);
			return;
		}
		if (!asks_ourselves(work))
			break;
	}
	/* The system gave us the port, so nobody else listens there. */
	if (asks_ourselves(work))
		settle(work, work->source.port, PORT_CLOSED);
	work->begun_us = clock_monotonic_us();
	watch_start(&work->watch, run_loop(run), work->fd, LOOP_READ, something_came, work);
	go_on(work);
}

void port_udp_stop(struct run *run)
{
	struct udp_work *work = run->work;

	halt(work);
	free(work->states);
	free(work);
	run->work = NULL;
}
