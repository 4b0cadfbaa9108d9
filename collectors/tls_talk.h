/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection of a TLS observation: STARTTLS where asked for, one hello, and listening
 * as far as wanted. One at a time to a peer: some ports serve one client only.
 */
#ifndef COLLECTORS_TLS_TALK_H
#define COLLECTORS_TLS_TALK_H

#include "collectors/run.h"
#include "collectors/starttls/starttls.h"
#include "collectors/tls/tls_flight.h"

struct tls_question {
	struct tls_offer offer;		/* random and session are filled in by the talk */
	enum tls_until until;
	bool keys;			/* 1.3: bring a share, and read what is encrypted */
};

struct tls_answer {
	struct dialogue_end end;	/* how the connection went */
	const struct starttls *starttls;	/* NULL when none was asked for */
	const struct tls_flight *flight;
};

/* What the talks of one observation learn of their peer, one from another; the collector
 * keeps it, zeroed before the first. */
struct tls_peer {
	bool accepted;			/* a connection, once */
	bool spoke;			/* at least one byte */
	bool secured;			/* STARTTLS, once */
	bool hangs_up;			/* its way of saying no, as often as it is asked */
	bool asked_plainly;		/* whether it speaks the protocol without TLS */
	unsigned silences;		/* hellos without any answer */
	unsigned connections;		/* that were tried */
	int64_t slowest_us;		/* answer so far */
};

struct tls_talk;

/* Waits for the host's packet budget. With `keys` a retry for another group is followed on
 * the same connection. A peer that turns us away although it has accepted us before, as
 * those do that serve one client at a time, is asked again a little later. Nobody is
 * waited for to the last: a hello that stays without answer for long ends timed_out at
 * STAGE_HANDSHAKE while there is time left for another. Where SIP was asked for and no
 * hello is answered, SIP in plain text is tried once: TLS_SAID_PLAIN_TEXT.
 *
 * `done` is called once, never from inside; what it is given lives until it returns, and
 * the talk is gone then. The question's pointers must live as long as the talk. */
struct tls_talk *tls_talk_start(struct run *run, struct tls_peer *peer,
				const struct tls_question *question,
				void (*done)(void *arg, const struct tls_answer *answer),
				void *arg);
void tls_talk_cancel(struct tls_talk *talk);

/* The fact tls.starttls, once the peer has answered that. */
void tls_talk_tell_starttls(struct run *run, const struct tls_answer *answer);

/* How an observation ends that never heard TLS: stage and reason for the answer, and the
 * facts and notes (tls.starttls, tls.plain_text) that say why. */
struct outcome tls_talk_failure(struct run *run, const struct tls_peer *peer,
				const struct tls_answer *answer);

#endif
