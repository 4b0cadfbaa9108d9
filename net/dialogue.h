/* SPDX-License-Identifier: Apache-2.0
 *
 * The one state machine. A collector that talks a protocol gives a table of named steps,
 * each made of two pure functions; connecting, proxy, TLS, sending, receiving, deadline
 * and byte budget are done here and nowhere else. It begins as soon as the packet budget of
 * the route allows, see net/pace.h.
 */
#ifndef NET_DIALOGUE_H
#define NET_DIALOGUE_H

#include "net/bytes.h"
#include "net/loop.h"
#include "net/outcome.h"
#include "net/route.h"

enum turn {
	TURN_NEED_MORE,		/* nothing wrong so far, but the reply is not complete */
	TURN_GO_ON,		/* nor now, but the bytes taken are done with: long replies need
				   not be read again from their beginning */
	TURN_NEXT_STEP,		/* the bytes taken from the reader are done with */
	TURN_CONCLUDED,		/* all is known: end well */
	TURN_MALFORMED,
	TURN_NOT_THIS_PROTOCOL
};

struct step {
	const char *name;	/* "negotiate": what is awaited; appears in outcomes */
	void (*write)(struct writer *out, void *talk);	/* NULL: the peer speaks first */
	enum turn (*read)(struct reader *in, void *talk);	/* NULL: nothing is expected */
	enum stage stage;	/* where waiting for it fails; NONE: STAGE_REPLY */
};

struct dialogue_plan {
	const struct step *steps;
	size_t count;
	const struct route *route;	/* must live as long as the dialogue */
	int64_t deadline_us;		/* absolute, monotonic, for the whole dialogue */
	size_t most_bytes;		/* received; more is REASON_TOO_MUCH. 0: 64 KiB */
	bool over_udp;			/* one write, one datagram; one read, one datagram */
	bool from_anywhere;		/* UDP only: hear whoever answers; see dialogue_sender() */
	int64_t resend_after_us;	/* UDP only: say the step again after so long, then after
					   twice as long, and so on; 0: never */
};

struct dialogue_end {
	struct outcome outcome;		/* reason NONE: the steps came to their end */
	int64_t connect_us;		/* how long connecting took; -1: not connected */
	int64_t first_reply_us;		/* from the first byte sent to the first received; -1 */
	size_t bytes_received;
};

struct dialogue;

/* `done` is called exactly once, never from inside dialogue_start(); the dialogue is gone
 * when it returns. */
struct dialogue *dialogue_start(struct loop *loop, const struct dialogue_plan *plan,
				void *talk,
				void (*done)(void *arg, const struct dialogue_end *end),
				void *arg);
/* For a step's write or read: when it began to connect. */
int64_t dialogue_began_us(const struct dialogue *dialogue);
/* For a step's write or read: our own end, with port, as the peer should see it; and who sent
 * what is being read. Family 0: not known. */
struct address dialogue_source(const struct dialogue *dialogue);
struct address dialogue_sender(const struct dialogue *dialogue);
/* For a step's write or read: who is not done then has timed out. Never beyond the plan's
 * deadline; calling it again moves it. */
void dialogue_wait_until(struct dialogue *dialogue, int64_t at_us);
/* For a step's write or read: the next step begins then, whether this one was answered or not;
 * behind the last the dialogue ends well. Calling it again moves it. TCP only. */
void dialogue_go_on_at(struct dialogue *dialogue, int64_t at_us);
/* Ends it without calling done. */
void dialogue_cancel(struct dialogue *dialogue);

#endif
