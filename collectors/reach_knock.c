/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/reach_knock.h"

#include <stdlib.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "net/stream.h"
#include "net/tls.h"

/* Of a handshake; who is only connected to may say what he wants. */
enum { MOST_BYTES = 128 << 10, CHAIN_MOST = 64 << 10, STAPLE_MOST = 16 << 10 };

struct knock {
	struct loop *loop;
	struct stream *stream;
	struct timer deadline;
	int64_t started_us;
	struct writer chain, staple;
	struct knock_end end;
	void (*done)(void *arg, const struct knock_end *end);
	void *arg;
};

static void knock_free(void *arg)
{
	struct knock *knock = arg;

	writer_free(&knock->chain);
	writer_free(&knock->staple);
	free(knock);
}

void knock_cancel(struct knock *knock)
{
	timer_stop(&knock->deadline);
	stream_close(knock->stream);
	loop_later(knock->loop, knock_free, knock);
}

static void tell_way(struct knock *knock)
{
	struct knock_end *end = &knock->end;
	const struct tls *tls = stream_tls(knock->stream);

	end->proxy_status = stream_proxy_status(knock->stream);
	if (stream_connected_us(knock->stream))
		end->connect_us = stream_connected_us(knock->stream) - knock->started_us;
	if (!tls)
		return;
	end->alert = tls_alert(tls);
	end->chain_cut = !tls_shown(tls, &knock->chain);
	tls_stapled(tls, &knock->staple);
	reader_init(&end->chain, knock->chain.bytes, knock->chain.length);
	reader_init(&end->staple, knock->staple.bytes, knock->staple.length);
}

static void knock_finish(struct knock *knock, struct outcome outcome)
{
	knock->end.outcome = outcome;
	tell_way(knock);
	knock_cancel(knock);
	knock->done(knock->arg, &knock->end);
}

static void somebody_is_there(void *arg)
{
	struct knock *knock = arg;

	if (stream_tls(knock->stream))
		knock->end.tls_us = clock_monotonic_us() - knock->started_us;
	knock_finish(knock, (struct outcome){ .reason = REASON_NONE });
}

/* We are gone before anybody says more. */
static void bytes_have_come(void *arg)
{
	(void)arg;
}

static void connection_has_ended(void *arg, struct outcome outcome)
{
	knock_finish(arg, outcome);
}

static void deadline_has_passed(void *arg)
{
	struct knock *knock = arg;

	knock_finish(knock, (struct outcome){ .stage = stream_stage(knock->stream),
					      .reason = REASON_TIMED_OUT });
}

struct knock *knock_start(struct loop *loop, const struct route *route, int64_t deadline_us,
			  void (*done)(void *arg, const struct knock_end *end), void *arg)
{
	static const struct stream_events events = { somebody_is_there, bytes_have_come,
						     connection_has_ended };
	struct knock *knock = memory_new(1, sizeof *knock);

	knock->loop = loop;
	knock->done = done;
	knock->arg = arg;
	knock->started_us = clock_monotonic_us();
	knock->end.connect_us = knock->end.tls_us = knock->end.alert = -1;
	writer_grow_up_to(&knock->chain, CHAIN_MOST);
	writer_grow_up_to(&knock->staple, STAPLE_MOST);
	timer_start(&knock->deadline, loop, deadline_us, deadline_has_passed, knock);
	knock->stream = stream_open(loop, route, MOST_BYTES, &events, knock);
	return knock;
}
