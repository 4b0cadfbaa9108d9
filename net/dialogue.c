/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dialogue.h"

#include <stdlib.h>
#include <unistd.h>

#include "ground/memory.h"
#include "net/datagram.h"
#include "net/pace.h"
#include "net/stream.h"

enum { MOST_BYTES = 65536, SAY_MOST = 65536, DATAGRAMS_A_TURN = 16 };

struct dialogue {
	struct loop *loop;
	struct dialogue_plan plan;
	void *talk;
	void (*done)(void *arg, const struct dialogue_end *end);
	void *arg;
	size_t step;
	struct writer said;		/* in this step; UDP says it again */
	struct timer deadline, again;
	struct pace pace;
	struct stream *stream;		/* TCP */
	int fd;				/* UDP */
	struct address sender;		/* of the last datagram */
	int64_t silence_us;		/* until it is said again */
	struct watch watch;
	enum reason unopened;		/* why there is no fd */
	int64_t started_us, said_us;	/* -1: not yet */
	struct dialogue_end end;
	bool finished;
};

static const struct step *step_now(const struct dialogue *dialogue)
{
	return &dialogue->plan.steps[dialogue->step];
}

/* Everything that could still call us stops; may be called twice. */
static void dialogue_stop(struct dialogue *dialogue)
{
	timer_stop(&dialogue->deadline);
	timer_stop(&dialogue->again);
	pace_stop(&dialogue->pace);
	watch_stop(&dialogue->watch);
	if (dialogue->stream)
		stream_close(dialogue->stream);
	dialogue->stream = NULL;
	if (dialogue->fd >= 0)
		close(dialogue->fd);
	dialogue->fd = -1;
	dialogue->finished = true;
}

static void dialogue_free(void *arg)
{
	struct dialogue *dialogue = arg;

	writer_free(&dialogue->said);
	free(dialogue);
}

void dialogue_cancel(struct dialogue *dialogue)
{
	dialogue_stop(dialogue);
	loop_later(dialogue->loop, dialogue_free, dialogue);
}

static void dialogue_finish(struct dialogue *dialogue, enum stage stage, enum reason reason)
{
	struct dialogue_end *end = &dialogue->end;

	if (dialogue->finished)
		return;
	if (reason != REASON_NONE)
		end->outcome = (struct outcome){ .stage = stage, .reason = reason };
	if (stage == STAGE_REPLY && dialogue->step < dialogue->plan.count) {
		end->outcome.step = step_now(dialogue)->name;
		if (step_now(dialogue)->stage != STAGE_NONE)
			end->outcome.stage = step_now(dialogue)->stage;
	}
	if (dialogue->stream)
		end->bytes_received = stream_received_bytes(dialogue->stream);
	dialogue_cancel(dialogue);
	dialogue->done(dialogue->arg, end);
}

static void dialogue_conclude(struct dialogue *dialogue)
{
	dialogue_finish(dialogue, STAGE_NONE, REASON_NONE);
}

/* TCP is past connecting once its stream is; UDP only knows when something has come. */
static enum stage dialogue_stage(const struct dialogue *dialogue)
{
	return dialogue->stream ? stream_stage(dialogue->stream) : STAGE_REPLY;
}

static void on_deadline(void *arg)
{
	struct dialogue *dialogue = arg;

	/* Who was not asked was not silent. */
	if (dialogue->started_us < 0)
		dialogue_finish(dialogue, STAGE_CONNECT, REASON_CANCELLED);
	else
		dialogue_finish(dialogue, dialogue_stage(dialogue), REASON_TIMED_OUT);
}

void dialogue_wait_until(struct dialogue *dialogue, int64_t at_us)
{
	if (at_us > dialogue->plan.deadline_us)
		at_us = dialogue->plan.deadline_us;
	if (!dialogue->finished)
		timer_start(&dialogue->deadline, dialogue->loop, at_us, on_deadline, dialogue);
}

int64_t dialogue_began_us(const struct dialogue *dialogue)
{
	return dialogue->started_us;
}

struct address dialogue_source(const struct dialogue *dialogue)
{
	struct address source = { 0 };

	if (dialogue->stream)
		stream_source(dialogue->stream, &source);
	else
		address_of_socket(dialogue->fd, &source);
	return source;
}

struct address dialogue_sender(const struct dialogue *dialogue)
{
	return dialogue->stream ? dialogue->plan.route->peer : dialogue->sender;
}

static void send_said(struct dialogue *dialogue);

static void on_silence(void *arg)
{
	send_said(arg);
}

static void send_said(struct dialogue *dialogue)
{
	enum reason reason;

	if (dialogue->stream) {
		stream_send(dialogue->stream, dialogue->said.bytes, dialogue->said.length);
		return;
	}
	reason = datagram_send(dialogue->fd, &dialogue->plan.route->peer, dialogue->said.bytes,
			       dialogue->said.length);
	if (reason != REASON_NONE) {
		dialogue_finish(dialogue, STAGE_CONNECT, reason);
	} else if (dialogue->silence_us) {
		timer_start(&dialogue->again, dialogue->loop,
			    loop_now_us(dialogue->loop) + dialogue->silence_us, on_silence,
			    dialogue);
		dialogue->silence_us *= 2;
	}
}

static void say_step(struct dialogue *dialogue)
{
	const struct step *step = step_now(dialogue);

	writer_clear(&dialogue->said);
	dialogue->silence_us = dialogue->plan.resend_after_us;
	if (!step->write)
		return;
	step->write(&dialogue->said, dialogue->talk);
	if (!writer_ok(&dialogue->said)) {
		dialogue_finish(dialogue, STAGE_REQUEST, REASON_INTERNAL);
		return;
	}
	if (dialogue->said_us < 0)
		dialogue->said_us = loop_now_us(dialogue->loop);
	send_said(dialogue);
}

/* From the step we are at on, as far as nothing need be awaited. */
static void dialogue_go_on(struct dialogue *dialogue)
{
	while (!dialogue->finished && dialogue->step < dialogue->plan.count) {
		say_step(dialogue);
		if (dialogue->finished || step_now(dialogue)->read)
			return;
		dialogue->step++;
	}
	if (!dialogue->finished)
		dialogue_conclude(dialogue);
}

static void on_time_to_go_on(void *arg)
{
	struct dialogue *dialogue = arg;

	dialogue->step++;
	dialogue_go_on(dialogue);
}

void dialogue_go_on_at(struct dialogue *dialogue, int64_t at_us)
{
	if (!dialogue->finished && dialogue->stream)
		timer_start(&dialogue->again, dialogue->loop, at_us, on_time_to_go_on, dialogue);
}

/* True when what was taken from `in` is done with and the dialogue goes on, with the same
 * step or with the next one. */
static bool hear_step(struct dialogue *dialogue, struct reader *in)
{
	size_t before = in->at;

	switch (step_now(dialogue)->read(in, dialogue->talk)) {
	case TURN_NEED_MORE:
		return false;
	case TURN_GO_ON:
		return in->at > before;
	case TURN_NEXT_STEP:
		timer_stop(&dialogue->again);
		dialogue->step++;
		return true;
	case TURN_CONCLUDED:
		dialogue_conclude(dialogue);
		return false;
	case TURN_NOT_THIS_PROTOCOL:
		dialogue_finish(dialogue, STAGE_REPLY, REASON_NOT_THIS_PROTOCOL);
		return false;
	case TURN_MALFORMED:
	default:
		dialogue_finish(dialogue, STAGE_REPLY, REASON_MALFORMED);
		return false;
	}
}

static void note_reply(struct dialogue *dialogue)
{
	if (dialogue->end.first_reply_us < 0 && dialogue->said_us >= 0)
		dialogue->end.first_reply_us = loop_now_us(dialogue->loop) - dialogue->said_us;
}

static void on_opened(void *arg)
{
	struct dialogue *dialogue = arg;

	dialogue->end.connect_us = loop_now_us(dialogue->loop) - dialogue->started_us;
	dialogue_go_on(dialogue);
}

static void on_received(void *arg)
{
	struct dialogue *dialogue = arg;
	struct reader in;

	note_reply(dialogue);
	while (!dialogue->finished) {
		size_t step = dialogue->step;

		in = stream_bytes(dialogue->stream);
		if (!reader_left(&in) || !hear_step(dialogue, &in))
			return;
		stream_take(dialogue->stream, in.at);
		if (dialogue->step != step)
			dialogue_go_on(dialogue);
	}
}

/* A peer that goes away in the middle of its answer has cut it short; one that had not
 * begun has closed early. */
static void on_ended(void *arg, struct outcome outcome)
{
	struct dialogue *dialogue = arg;
	struct reader in = stream_bytes(dialogue->stream);

	if (outcome.reason == REASON_CLOSED_EARLY && reader_left(&in))
		outcome.reason = REASON_MALFORMED;
	dialogue_finish(dialogue, outcome.stage, outcome.reason);
}

/* One datagram; false when there is nothing more to do. */
static bool hear_datagram(struct dialogue *dialogue)
{
	static const size_t most = DATAGRAM_MOST;
	uint8_t room[DATAGRAM_MOST];
	struct reader in;
	enum reason reason;
	size_t length, step = dialogue->step;

	if (!datagram_receive(dialogue->fd, room, most, &length, &dialogue->sender, &reason)) {
		if (reason != REASON_NONE)
			dialogue_finish(dialogue, STAGE_CONNECT, reason);
		return false;
	}
	note_reply(dialogue);
	dialogue->end.bytes_received += length;
	if (dialogue->end.bytes_received > dialogue->plan.most_bytes) {
		dialogue_finish(dialogue, STAGE_REPLY, REASON_TOO_MUCH);
		return false;
	}
	reader_init(&in, room, length);
	if (hear_step(dialogue, &in) && dialogue->step != step)
		dialogue_go_on(dialogue);
	return !dialogue->finished;
}

static void on_datagrams(void *arg, unsigned what)
{
	struct dialogue *dialogue = arg;

	(void)what;
	for (int i = 0; i < DATAGRAMS_A_TURN; i++)
		if (!hear_datagram(dialogue))
			return;
}

static void begin_datagrams(struct dialogue *dialogue)
{
	if (dialogue->fd < 0) {
		dialogue_finish(dialogue, STAGE_CONNECT, dialogue->unopened);
		return;
	}
	watch_start(&dialogue->watch, dialogue->loop, dialogue->fd, LOOP_READ, on_datagrams,
		    dialogue);
	dialogue_go_on(dialogue);
}

static int datagram_for(struct dialogue *dialogue)
{
	const struct route *route = dialogue->plan.route;
	struct address bound;

	if (dialogue->plan.from_anywhere)
		return datagram_open_to_all(&route->peer, &route->source, &bound,
					    &dialogue->unopened);
	return datagram_open(&route->peer, &route->source, &dialogue->unopened);
}

static void dialogue_open(struct dialogue *dialogue)
{
	static const struct stream_events events = { on_opened, on_received, on_ended };
	const struct route *route = dialogue->plan.route;

	dialogue->started_us = loop_now_us(dialogue->loop);
	dialogue->unopened = REASON_UNSUPPORTED;
	if (!dialogue->plan.over_udp) {
		dialogue->stream = stream_open(dialogue->loop, route, dialogue->plan.most_bytes,
					       &events, dialogue);
		return;
	}
	/* Neither an HTTP proxy nor our TLS carries datagrams; past them is not where the
	 * route leads. */
	if (!route->proxy.address.family && !route->tls)
		dialogue->fd = datagram_for(dialogue);
	begin_datagrams(dialogue);
}

static void on_allowed(void *arg, struct outcome outcome)
{
	struct dialogue *dialogue = arg;

	if (outcome.reason == REASON_NONE)
		dialogue_open(dialogue);
	else
		dialogue_finish(dialogue, outcome.stage, outcome.reason);
}

struct dialogue *dialogue_start(struct loop *loop, const struct dialogue_plan *plan,
				void *talk,
				void (*done)(void *arg, const struct dialogue_end *end),
				void *arg)
{
	struct dialogue *dialogue = memory_new(1, sizeof *dialogue);

	dialogue->loop = loop;
	dialogue->plan = *plan;
	if (!dialogue->plan.most_bytes)
		dialogue->plan.most_bytes = MOST_BYTES;
	dialogue->talk = talk;
	dialogue->done = done;
	dialogue->arg = arg;
	dialogue->fd = -1;
	dialogue->started_us = dialogue->said_us = -1;
	dialogue->end.connect_us = dialogue->end.first_reply_us = -1;
	writer_grow_up_to(&dialogue->said, SAY_MOST);
	timer_start(&dialogue->deadline, loop, plan->deadline_us, on_deadline, dialogue);
	/* Who is connected already costs no packet more. */
	if (plan->route->socket)
		dialogue_open(dialogue);
	else
		pace_start(&dialogue->pace, loop, dialogue->plan.route, plan->deadline_us,
			   on_allowed, dialogue);
	return dialogue;
}
