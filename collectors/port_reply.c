/* SPDX-License-Identifier: Apache-2.0
 *
 * Who answers at an open TCP port: it is listened to for a while, and who stays silent is
 * greeted once, in the protocol that is usual there. The connection is that of the look, and
 * ends in a farewell and a FIN, since a server has heard of us by then.
 *
 * Nothing here can fail: the port is open whatever is said.
 */
#include "collectors/port.h"

#include <stdlib.h>
#include <string.h>

#include <sys/random.h>

#include "collectors/port_greeting.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/dialogue.h"

enum { HEARD_MOST = 1024, BANNER_MOST = 255, BYTES_MOST = 64 << 10 };

/* Patience with the first byte; servers that speak first look up our name before, or wait to
 * see whether we are too hasty for a client. */
#define SILENCE_US CLOCK_SECOND
#define SLOW_SILENCE_US (3 * CLOCK_SECOND)
/* Behind the last byte that came; and how long that may go on. */
#define PAUSE_US (100 * CLOCK_MILLISECOND)
#define SPEECH_US CLOCK_SECOND

struct port_reply {
	struct port_caller caller;	/* first: greetings are written for it */
	struct run *run;
	int64_t rtt_us;
	struct route route;
	struct path *path;
	struct dialogue *dialogue;
	struct port_custom custom;
	char heard[HEARD_MOST];
	size_t length;
	bool greeted, leaving;
	int64_t enough_us;		/* when it has been listened to for long enough */
};

/* A step is over when nothing comes for so long. */
static void listen_for(struct port_reply *reply, int64_t us)
{
	int64_t at_us = clock_monotonic_us() + us;

	dialogue_go_on_at(reply->dialogue, at_us < reply->enough_us ? at_us : reply->enough_us);
}

static void begin_to_listen(struct port_reply *reply, int64_t silence_us)
{
	reply->enough_us = clock_monotonic_us() + silence_us + SPEECH_US;
	listen_for(reply, silence_us);
}

static enum turn hear(struct reader *in, void *talk)
{
	struct port_reply *reply = talk;
	size_t came = reader_left(in), room = sizeof reply->heard - reply->length;
	size_t kept = came < room ? came : room;

	memcpy(reply->heard + reply->length, reader_take(in, kept), kept);
	reader_skip(in, came - kept);
	reply->length += kept;
	listen_for(reply, PAUSE_US);
	return TURN_GO_ON;
}

static void wait_to_be_greeted(struct writer *out, void *talk)
{
	struct port_reply *reply = talk;

	(void)out;
	if (reply->custom.manner == PORT_SPEAKS)
		begin_to_listen(reply, SLOW_SILENCE_US);
	else if (reply->custom.manner == PORT_WAITS)
		begin_to_listen(reply, path_patience_us(reply->path, SILENCE_US));
	else
		begin_to_listen(reply, SILENCE_US);
}

static void greet_or_take_leave(struct writer *out, void *talk)
{
	struct port_reply *reply = talk;

	reply->leaving = reply->length > 0;
	reply->greeted = !reply->leaving && reply->custom.word;
	if (reply->leaving)
		port_take_leave(out, port_recognise(NULL, reply->heard, reply->length),
				reply->heard, reply->length);
	else if (reply->greeted)
		port_greet(out, reply->custom.word, &reply->caller);
	if (out->length)
		begin_to_listen(reply, reply->leaving ? PAUSE_US : SLOW_SILENCE_US);
	else
		dialogue_go_on_at(reply->dialogue, 0);
}

/* What is heard behind a farewell is none of the answer. */
static enum turn hear_answer(struct reader *in, void *talk)
{
	struct port_reply *reply = talk;
	size_t before = reply->length;
	enum turn turn = hear(in, talk);

	if (reply->leaving)
		reply->length = before;
	return turn;
}

static const struct step steps[] = {
	{ "greeting", wait_to_be_greeted, hear, STAGE_REPLY },
	{ "answer", greet_or_take_leave, hear_answer, STAGE_REPLY }
};

/* How it ended says nothing about the port. */
static void reply_has_ended(void *arg, const struct dialogue_end *end)
{
	struct port_reply *reply = arg;
	const char *newline = memchr(reply->heard, '\n', reply->length);
	size_t line = newline ? (size_t)(newline - reply->heard) : reply->length;

	(void)end;
	reply->dialogue = NULL;
	if (!reply->length) {
		port_finish(reply->run, PORT_OPEN, PORT_CAUSE_ESTABLISHED, reply->rtt_us);
		return;
	}
	if (line && reply->heard[line - 1] == '\r')
		line--;
	if (!reply->greeted)
		port_tell_banner(reply->run, reply->heard,
				 line < BANNER_MOST ? line : BANNER_MOST);
	port_tell_reply(reply->run, port_recognise(reply->greeted ? reply->custom.word : NULL,
						   reply->heard, reply->length));
	port_finish(reply->run, PORT_OPEN, PORT_CAUSE_ESTABLISHED, reply->rtt_us);
}

struct port_reply *port_reply_start(struct run *run, int fd, uint16_t port, int64_t rtt_us)
{
	struct port_reply *reply = memory_new(1, sizeof *reply);
	struct dialogue_plan plan = {
		.steps = steps,
		.count = sizeof steps / sizeof *steps,
		.route = &reply->route,
		.deadline_us = port_give_up_us(run),
		.most_bytes = BYTES_MOST
	};

	reply->run = run;
	reply->rtt_us = rtt_us;
	reply->path = path_to(run_paths(run), &run->route.peer);
	reply->custom = port_custom_of(port);
	reply->caller.starttls.name = run->request->host;
	/* A hello whose randomness is none is a hello all the same. */
	(void)!getrandom(reply->caller.random, sizeof reply->caller.random, 0);
	reply->route = run->route;
	reply->route.peer.port = port;
	reply->route.socket = fd;
	reply->dialogue = dialogue_start(run_loop(run), &plan, reply, reply_has_ended, reply);
	return reply;
}

void port_reply_free(struct port_reply *reply)
{
	if (reply && reply->dialogue)
		dialogue_cancel(reply->dialogue);
	free(reply);
}
