/* SPDX-License-Identifier: Apache-2.0 */
#include "net/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "net/connect.h"
#include "net/proxy_wire.h"
#include "net/tls.h"

enum {
	/* For what is not the peer's own words: a proxy's answer, certificates, TLS framing. */
	OVERHEAD_MOST = 128 << 10,
	CHUNK_BYTES = 16384,
	CHUNKS_A_TURN = 4, /* one flood shall not hold up the others */
	SEND_MOST = 1 << 20,
	UNREAD_MOST = 1 << 20,
	SELF_TRIES = 3
};

/* Named after what is awaited. */
enum state { CONNECTION, PROXY_ANSWER, HANDSHAKE, BYTES, NOTHING };

struct stream {
	struct loop *loop;
	const struct route *route;
	struct stream_events events;
	void *arg;
	enum state state;
	struct address first_hop; /* the proxy, or the peer itself */
	int fd;
	unsigned self_tries;
	struct connect_report report;
	struct watch watch;
	struct tls *tls;
	struct writer out, in;
	size_t came; /* over the wire */
	size_t received, most_bytes; /* of the peer's words */
	int64_t connected_us;
	unsigned proxy_status;
	enum reason unsent; /* why sending failed */
	bool closed; /* by the owner */
};

static bool has_proxy(const struct stream *stream)
{
	return stream->route->proxy.address.family != 0;
}

static void stream_stop(struct stream *stream)
{
	watch_stop(&stream->watch);
	if (stream->fd >= 0) {
		/* Bytes that nobody has read turn a close into a reset. */
		recv(stream->fd, NULL, UNREAD_MOST, MSG_DONTWAIT | MSG_TRUNC);
		close(stream->fd);
	}
	stream->fd = -1;
	stream->state = NOTHING;
}

enum stage stream_stage(const struct stream *stream)
{
	switch (stream->state) {
	case CONNECTION:
		return has_proxy(stream) ? STAGE_PROXY : STAGE_CONNECT;
	case PROXY_ANSWER:
		return STAGE_PROXY;
	case HANDSHAKE:
		return STAGE_HANDSHAKE;
	default:
		return STAGE_REPLY;
	}
}

static void stream_end(struct stream *stream, enum reason reason)
{
	struct outcome outcome = { .stage = stream_stage(stream), .reason = reason };

	if (stream->state == NOTHING)
		return;
	stream_stop(stream);
	if (!stream->closed)
		stream->events.ended(stream->arg, outcome);
}

static void on_ready(void *arg, unsigned what);

static void stream_watch(struct stream *stream)
{
	unsigned what = LOOP_READ | (stream->out.length ? LOOP_WRITE : 0u);

	if (stream->state == CONNECTION)
		what = LOOP_WRITE;
	watch_start(&stream->watch, stream->loop, stream->fd, what, on_ready, stream);
}

static void enter_state(struct stream *stream, enum state state)
{
	stream->state = state;
	stream_watch(stream);
}

/* What the peer said before it went away may still be read. The kernel names the cause only
 * once, though. */
static void stream_flush(struct stream *stream)
{
	while (stream->out.length) {
		ssize_t n =
			send(stream->fd, stream->out.bytes, stream->out.length, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0)
			stream->unsent = reason_of_errno(errno);
		writer_drop_front(&stream->out, n < 0 ? stream->out.length : (size_t)n);
	}
	stream_watch(stream);
}

static void stream_is_open(struct stream *stream)
{
	enter_state(stream, BYTES);
	stream->events.opened(stream->arg);
}

static void stream_advance_tls(struct stream *stream)
{
	enum tls_result result = tls_handshake(stream->tls);

	tls_drain(stream->tls, &stream->out);
	stream_flush(stream);
	if (result == TLS_DONE)
		stream_is_open(stream);
	else if (result == TLS_NOT_SPOKEN)
		stream_end(stream, REASON_NOT_THIS_PROTOCOL);
	else if (result != TLS_WANTS_BYTES)
		stream_end(stream, REASON_TLS_FAILED);
}

/* The way to the peer is free; what it has said already lies in `in`. */
static void stream_secure(struct stream *stream)
{
	stream->connected_us = clock_monotonic_us();
	if (!stream->route->tls) {
		stream->received = stream->in.length;
		stream_is_open(stream);
		return;
	}
	stream->tls = tls_new(stream->loop, stream->route->name);
	tls_feed(stream->tls, stream->in.bytes, stream->in.length);
	writer_clear(&stream->in);
	enter_state(stream, HANDSHAKE);
	stream_advance_tls(stream);
}

static void stream_ask_proxy(struct stream *stream)
{
	if (!proxy_wire_ask(&stream->out, stream->route)) {
		stream_end(stream, REASON_UNSUPPORTED);
		return;
	}
	enter_state(stream, PROXY_ANSWER);
	stream_flush(stream);
}

static void stream_hear_proxy(struct stream *stream)
{
	struct reader in = stream_bytes(stream);
	enum reason reason;

	if (!proxy_wire_read(&in, &reason, &stream->proxy_status))
		return;
	if (reason != REASON_NONE) {
		stream_end(stream, reason);
		return;
	}
	stream_take(stream, in.at);
	stream_secure(stream);
}

static void stream_connected(struct stream *stream)
{
	const struct connect_report *report = &stream->report;

	if (report->end == CONNECT_PENDING) {
		stream_watch(stream);
		return;
	}
	if (report->end != CONNECT_ESTABLISHED) {
		stream_end(stream, report->reason);
		return;
	}
	icmp_ignore(stream->fd, stream->first_hop.family);
	if (has_proxy(stream))
		stream_ask_proxy(stream);
	else
		stream_secure(stream);
}

/* That we met ourselves says that nobody listens, but only another port can prove it. */
static void stream_connect(struct stream *stream)
{
	if (stream->route->socket) {
		stream->fd = stream->route->socket;
		stream->report.end = CONNECT_ESTABLISHED;
		return;
	}
	do {
		if (stream->fd >= 0)
			close(stream->fd);
		stream->fd = connect_begin(&stream->first_hop, &stream->route->source,
					   &stream->report);
	} while (stream->report.end == CONNECT_SELF && ++stream->self_tries < SELF_TRIES);
}

static void stream_finish_connect(struct stream *stream)
{
	connect_finish(stream->fd, &stream->first_hop, &stream->report);
	if (stream->report.end == CONNECT_SELF && ++stream->self_tries < SELF_TRIES) {
		watch_stop(&stream->watch);
		stream_connect(stream);
	}
	stream_connected(stream);
}

/* Counts the peer's words and passes them on. */
static void stream_hear(struct stream *stream, size_t length)
{
	stream->received += length;
	if (stream->received > stream->most_bytes)
		stream_end(stream, REASON_TOO_MUCH);
	else if (stream->in.length)
		stream->events.received(stream->arg);
}

static void stream_decrypt(struct stream *stream)
{
	size_t before = stream->in.length;
	enum tls_result result;

	do
		result = tls_read(stream->tls, &stream->in);
	while (result == TLS_DONE);
	tls_drain(stream->tls, &stream->out);
	stream_flush(stream);
	if (stream->in.length > before)
		stream_hear(stream, stream->in.length - before);
	if (result == TLS_CLOSED)
		stream_end(stream, REASON_CLOSED_EARLY);
	else if (result == TLS_BROKEN)
		stream_end(stream, REASON_TLS_FAILED);
}

static void stream_take_in(struct stream *stream, const uint8_t *bytes, size_t length)
{
	enum state state = stream->state;

	stream->came += length;
	if (stream->came > stream->most_bytes + OVERHEAD_MOST) {
		stream_end(stream, REASON_TOO_MUCH);
		return;
	}
	if (stream->tls)
		tls_feed(stream->tls, bytes, length);
	else
		writer_put(&stream->in, bytes, length);
	if (state == PROXY_ANSWER)
		stream_hear_proxy(stream);
	else if (state == HANDSHAKE)
		stream_advance_tls(stream);
	if (stream->state != BYTES)
		return;
	/* The handshake's last flight may bring the first bytes along, as a proxy's answer may. */
	if (stream->tls)
		stream_decrypt(stream);
	else
		stream_hear(stream, state == BYTES ? length : 0);
}

static enum reason reason_for_end(const struct stream *stream, int error)
{
	if (stream->unsent != REASON_NONE)
		return stream->unsent;
	return error ? reason_of_errno(error) : REASON_CLOSED_EARLY;
}

static void stream_read(struct stream *stream)
{
	uint8_t chunk[CHUNK_BYTES];

	for (int i = 0; i < CHUNKS_A_TURN && stream->state != NOTHING; i++) {
		ssize_t n = recv(stream->fd, chunk, sizeof chunk, 0);

		if (n > 0)
			stream_take_in(stream, chunk, (size_t)n);
		else if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		else
			stream_end(stream, reason_for_end(stream, n < 0 ? errno : 0));
		/* What has come meanwhile wakes us again. */
		if (n < (ssize_t)sizeof chunk)
			break;
	}
}

static void on_ready(void *arg, unsigned what)
{
	struct stream *stream = arg;

	if (stream->state == CONNECTION) {
		stream_finish_connect(stream);
		return;
	}
	if (what & LOOP_WRITE)
		stream_flush(stream);
	if (what & LOOP_READ)
		stream_read(stream);
}

static void on_begun(void *arg)
{
	struct stream *stream = arg;

	if (!stream->closed)
		stream_connected(stream);
}

struct stream *stream_open(struct loop *loop, const struct route *route, size_t most_bytes,
			   const struct stream_events *events, void *arg)
{
	struct stream *stream = memory_new(1, sizeof *stream);

	stream->loop = loop;
	stream->route = route;
	stream->events = *events;
	stream->arg = arg;
	stream->most_bytes = most_bytes;
	stream->fd = -1;
	stream->state = CONNECTION;
	stream->first_hop = has_proxy(stream) ? route->proxy.address : route->peer;
	writer_grow_up_to(&stream->out, SEND_MOST);
	writer_grow_up_to(&stream->in, most_bytes + OVERHEAD_MOST);
	stream_connect(stream);
	loop_later(loop, on_begun, stream);
	return stream;
}

static void stream_free(void *arg)
{
	struct stream *stream = arg;

	tls_free(stream->tls);
	writer_free(&stream->out);
	writer_free(&stream->in);
	free(stream);
}

/* Functions of this stream may be under way above us: it is freed when they are not. */
void stream_close(struct stream *stream)
{
	stream_stop(stream);
	stream->closed = true;
	loop_later(stream->loop, stream_free, stream);
}

int stream_release(struct stream *stream)
{
	int fd = stream->fd;

	watch_stop(&stream->watch);
	stream->fd = -1;
	stream->state = NOTHING;
	return fd;
}

void stream_send(struct stream *stream, const void *bytes, size_t length)
{
	if (stream->state != BYTES)
		return;
	if (stream->tls) {
		tls_write(stream->tls, bytes, length);
		tls_drain(stream->tls, &stream->out);
	} else {
		writer_put(&stream->out, bytes, length);
	}
	stream_flush(stream);
}

struct reader stream_bytes(const struct stream *stream)
{
	struct reader in;

	reader_init(&in, stream->in.bytes, stream->in.length);
	return in;
}

void stream_take(struct stream *stream, size_t length)
{
	writer_drop_front(&stream->in, length);
}

bool stream_source(const struct stream *stream, struct address *source)
{
	return stream->fd >= 0 && address_of_socket(stream->fd, source);
}

int64_t stream_connected_us(const struct stream *stream)
{
	return stream->connected_us;
}

const struct tls *stream_tls(const struct stream *stream)
{
	return stream->tls;
}

unsigned stream_proxy_status(const struct stream *stream)
{
	return stream->proxy_status;
}

size_t stream_received_bytes(const struct stream *stream)
{
	return stream->received;
}
