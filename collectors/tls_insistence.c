/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls_insistence.h"

#include <assert.h>
#include <stdlib.h>

#include "collectors/starttls/starttls.h"
#include "collectors/tls/tls_flight.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/dialogue.h"
#include "net/tls.h"

/* Ours: hello, perhaps a second one, the certificate that is none with the rest, Finished. */
enum { FLIGHTS_MOST = 4, STEPS_MOST = 16, TRIES_MOST = 3 };
enum { INSIDE_MOST = 64 << 10, HEARD_MOST = 512 << 10 };

/* In TLS 1.3 we are done before the server has seen that we have no certificate. */
#define VERDICT_US CLOCK_SECOND
#define PATIENCE_US (10 * CLOCK_SECOND)
#define PAUSE_US (300 * CLOCK_MILLISECOND)

struct tls_insisting {
	struct starttls starttls;	/* first: the steps of a protocol see only this */
	const struct starttls_protocol *protocol;
	struct run *run;
	struct route route;
	struct step steps[STEPS_MOST];
	size_t step_count;
	struct dialogue *dialogue;
	struct timer pause;
	struct tls *tls;
	struct writer inside;		/* TLS bytes out of their wrapping */
	struct writer ours, theirs;
	const char *name;
	unsigned tries;
	unsigned flights;		/* that we have sent */
	bool finished;			/* for us */
	bool welcome;			/* for the server, too */
	void (*done)(void *arg, enum tls_insistence found);
	void *arg;
};

static void write_flight(struct writer *out, void *arg)
{
	struct tls_insisting *insisting = arg;
	int64_t now_us = loop_now_us(run_loop(insisting->run));

	if (!insisting->flights)
		tls_handshake(insisting->tls);
	tls_drain(insisting->tls, &insisting->ours);
	if (insisting->protocol && insisting->protocol->wrap)
		insisting->protocol->wrap(out, insisting->ours.bytes, insisting->ours.length);
	else
		writer_put(out, insisting->ours.bytes, insisting->ours.length);
	writer_clear(&insisting->ours);
	insisting->flights++;
	dialogue_wait_until(insisting->dialogue,
			    now_us + (insisting->finished ? VERDICT_US : PATIENCE_US));
}

static enum turn feed(struct tls_insisting *insisting, struct reader *in)
{
	const struct starttls_protocol *protocol = insisting->protocol;
	size_t length = reader_left(in);
	enum turn turn;

	if (!protocol || !protocol->unwrap) {
		tls_feed(insisting->tls, reader_take(in, length), length);
		return TURN_GO_ON;
	}
	turn = protocol->unwrap(in, &insisting->inside);
	if (turn == TURN_GO_ON)
		tls_feed(insisting->tls, insisting->inside.bytes, insisting->inside.length);
	writer_clear(&insisting->inside);
	return turn;
}

/* Anything but an alert that the server says behind our Finished it says to who is welcome. */
static void hear_verdict(struct tls_insisting *insisting)
{
	enum tls_result result;

	do {
		result = tls_read(insisting->tls, &insisting->theirs);
		writer_clear(&insisting->theirs);
	} while (result == TLS_DONE);
	insisting->welcome = result == TLS_WANTS_BYTES;
}

static enum turn go_on_shaking(struct tls_insisting *insisting)
{
	enum tls_result result = tls_handshake(insisting->tls);

	if (result != TLS_DONE && result != TLS_WANTS_BYTES)
		return TURN_CONCLUDED;
	insisting->finished = result == TLS_DONE;
	tls_drain(insisting->tls, &insisting->ours);
	if (insisting->ours.length)
		return TURN_NEXT_STEP;
	/* Below 1.3 the server has the last word. */
	insisting->welcome = insisting->finished;
	return insisting->finished ? TURN_CONCLUDED : TURN_GO_ON;
}

static enum turn read_flight(struct reader *in, void *arg)
{
	struct tls_insisting *insisting = arg;
	enum turn turn = feed(insisting, in);

	if (turn != TURN_GO_ON)
		return turn;
	if (!insisting->finished)
		return go_on_shaking(insisting);
	hear_verdict(insisting);
	return TURN_CONCLUDED;
}

static bool is_about_certificates(int alert)
{
	static const int alerts[] = {
		TLS_ALERT_HANDSHAKE_FAILURE,
		41,	/* no_certificate, of SSLv3 */
		42,	/* bad_certificate: NSS */
		43,	/* unsupported_certificate */
		46,	/* certificate_unknown */
		48,	/* unknown_ca */
		49,	/* access_denied */
		TLS_ALERT_CERTIFICATE_REQUIRED
	};

	for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++)
		if (alerts[i] == alert)
			return true;
	return false;
}

static enum tls_insistence judge(const struct tls_insisting *insisting,
				 const struct dialogue_end *end)
{
	/* The first flight has no certificate in it that could be missed. */
	if (insisting->flights > 1 && is_about_certificates(tls_alert(insisting->tls)))
		return TLS_INSISTS;
	if (insisting->welcome ||
	    (insisting->finished && end->outcome.reason == REASON_TIMED_OUT))
		return TLS_INSISTS_NOT;
	return TLS_INSISTS_UNKNOWN;
}

static void insisting_free(struct tls_insisting *insisting)
{
	tls_free(insisting->tls);
	writer_free(&insisting->inside);
	writer_free(&insisting->ours);
	writer_free(&insisting->theirs);
	free(insisting);
}

static void converse(void *arg);

/* Who serves one client at a time may still be busy with the one before. */
static bool may_be_busy(const struct tls_insisting *insisting, const struct dialogue_end *end)
{
	return insisting->tries < TRIES_MOST && insisting->flights < 2 &&
	       !end->bytes_received && end->outcome.reason != REASON_TIMED_OUT &&
	       end->outcome.reason != REASON_CANCELLED;
}

static void dialogue_has_ended(void *arg, const struct dialogue_end *end)
{
	struct tls_insisting *insisting = arg;
	enum tls_insistence found = judge(insisting, end);

	insisting->dialogue = NULL;
	if (found == TLS_INSISTS_UNKNOWN && may_be_busy(insisting, end)) {
		timer_start(&insisting->pause, run_loop(insisting->run),
			    clock_monotonic_us() + PAUSE_US, converse, insisting);
		return;
	}
	insisting->done(insisting->arg, found);
	insisting_free(insisting);
}

static void converse(void *arg)
{
	struct tls_insisting *insisting = arg;
	const struct request *request = insisting->run->request;
	const struct dialogue_plan plan = {
		.steps = insisting->steps,
		.count = insisting->step_count,
		.route = &insisting->route,
		.deadline_us = insisting->run->deadline_us,
		.most_bytes = HEARD_MOST
	};

	insisting->tries++;
	insisting->flights = 0;
	insisting->starttls = (struct starttls){
		.name = request->name ? request->name : request->host
	};
	tls_free(insisting->tls);
	insisting->tls = tls_new(run_loop(insisting->run), insisting->name);
	insisting->dialogue = dialogue_start(run_loop(insisting->run), &plan, insisting,
					     dialogue_has_ended, insisting);
}

static void make_steps(struct tls_insisting *insisting)
{
	static const struct step flight = { "handshake", write_flight, read_flight,
					    STAGE_HANDSHAKE };
	const struct starttls_protocol *protocol = insisting->protocol;

	for (size_t i = 0; protocol && i < protocol->count; i++)
		insisting->steps[insisting->step_count++] = protocol->steps[i];
	for (size_t i = 0; i < FLIGHTS_MOST; i++)
		insisting->steps[insisting->step_count++] = flight;
	assert(insisting->step_count <= STEPS_MOST);
}

struct tls_insisting *tls_insisting_start(struct run *run, const char *name,
					  void (*done)(void *arg, enum tls_insistence found),
					  void *arg)
{
	struct tls_insisting *insisting = memory_new(1, sizeof *insisting);
	const char *starttls = run->request->starttls;

	insisting->run = run;
	insisting->name = name;
	insisting->done = done;
	insisting->arg = arg;
	insisting->protocol = starttls ? starttls_named(starttls) : NULL;
	insisting->route = run->route;
	insisting->route.peer.port = run->request->subject.first;
	insisting->route.tls = false;
	writer_grow_up_to(&insisting->inside, INSIDE_MOST);
	writer_grow_up_to(&insisting->ours, INSIDE_MOST);
	writer_grow_up_to(&insisting->theirs, INSIDE_MOST);
	make_steps(insisting);
	converse(insisting);
	return insisting;
}

void tls_insisting_cancel(struct tls_insisting *insisting)
{
	timer_stop(&insisting->pause);
	if (insisting->dialogue)
		dialogue_cancel(insisting->dialogue);
	insisting_free(insisting);
}
