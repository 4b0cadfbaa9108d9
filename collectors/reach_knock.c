/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/reach_knock.h"

#include <stdlib.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "net/stream.h"
#include "net/tls.h"

/* Of a handshake; who is only connected to may say what he wants. */
enum { MOST_BYTES = 128 << 10 };

struct knock {
	struct loop *loop;
	struct route route;		/* the stream's: it shall tell when it is connected */
	bool wants_tls;
	struct stream *stream;
	struct tls *tls;
	struct timer deadline;
	int64_t started_us;
	struct writer chain, out;
	struct knock_end end;
	void (*done)(void *arg, const struct knock_end *end);
	void *arg;
};

static void knock_free(void *arg)
{
	struct knock *knock = arg;

	tls_free(knock->tls);
	writer_free(&knock->chain);
	writer_free(&knock->out);
	free(knock);
}

void knock_cancel(struct knock *knock)
{
	timer_stop(&knock->deadline);
	stream_close(knock->stream);
	loop_later(knock->loop, knock_free, knock);
}

static void knock_finish(struct knock *knock, struct outcome outcome)
{
	struct knock_end *end = &knock->end;

	end->outcome = outcome;
	end->proxy_status = stream_proxy_status(knock->stream);
	if (knock->tls) {
		tls_shown(knock->tls, &knock->chain);
		end->alert = tls_alert(knock->tls);
	}
	reader_init(&end->chain, knock->chain.bytes, knock->chain.length);
	knock_cancel(knock);
	knock->done(knock->arg, end);
}

static void fail(struct knock *knock, enum stage stage, enum reason reason)
{
	knock_finish(knock, (struct outcome){ .stage = stage, .reason = reason });
}

static enum stage stage_now(const struct knock *knock)
{
	return knock->tls ? STAGE_HANDSHAKE : stream_stage(knock->stream);
}

static int64_t since_start(const struct knock *knock)
{
	return clock_monotonic_us() - knock->started_us;
}

static void advance_tls(struct knock *knock)
{
	enum tls_result result = tls_handshake(knock->tls);

	tls_drain(knock->tls, &knock->out);
	stream_send(knock->stream, knock->out.bytes, knock->out.length);
	writer_clear(&knock->out);
	if (result == TLS_DONE) {
		knock->end.tls_us = since_start(knock);
		fail(knock, STAGE_NONE, REASON_NONE);
	} else if (result == TLS_NOT_SPOKEN) {
		fail(knock, STAGE_HANDSHAKE, REASON_NOT_THIS_PROTOCOL);
	} else if (result != TLS_WANTS_BYTES) {
		fail(knock, STAGE_HANDSHAKE, REASON_TLS_FAILED);
	}
}

static void connection_is_open(void *arg)
{
	struct knock *knock = arg;

	knock->end.connect_us = since_start(knock);
	if (!knock->wants_tls) {
		fail(knock, STAGE_NONE, REASON_NONE);
		return;
	}
	knock->tls = tls_new(knock->loop, knock->route.name);
	advance_tls(knock);
}

static void bytes_have_come(void *arg)
{
	struct knock *knock = arg;
	struct reader in = stream_bytes(knock->stream);

	tls_feed(knock->tls, in.bytes, reader_left(&in));
	stream_take(knock->stream, reader_left(&in));
	advance_tls(knock);
}

static void connection_has_ended(void *arg, struct outcome outcome)
{
	struct knock *knock = arg;

	fail(knock, knock->tls ? STAGE_HANDSHAKE : outcome.stage, outcome.reason);
}

static void deadline_has_passed(void *arg)
{
	struct knock *knock = arg;

	fail(knock, stage_now(knock), REASON_TIMED_OUT);
}

struct knock *knock_start(struct loop *loop, const struct route *route, int64_t deadline_us,
			  void (*done)(void *arg, const struct knock_end *end), void *arg)
{
	static const struct stream_events events = { connection_is_open, bytes_have_come,
						     connection_has_ended };
	struct knock *knock = memory_new(1, sizeof *knock);

	knock->loop = loop;
	knock->route = *route;
	knock->wants_tls = route->tls;
	knock->route.tls = false;
	knock->done = done;
	knock->arg = arg;
	knock->started_us = clock_monotonic_us();
	knock->end.connect_us = knock->end.tls_us = knock->end.alert = -1;
	writer_grow_up_to(&knock->chain, MOST_BYTES);
	writer_grow_up_to(&knock->out, MOST_BYTES);
	timer_start(&knock->deadline, loop, deadline_us, deadline_has_passed, knock);
	knock->stream = stream_open(loop, &knock->route, MOST_BYTES, &events, knock);
	return knock;
}
