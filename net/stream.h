/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection to a peer along a route: connecting, asking a proxy, encrypting, and then
 * bytes both ways. It has no deadline of its own: who opens it sets one.
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include "net/bytes.h"
#include "net/loop.h"
#include "net/outcome.h"
#include "net/route.h"

struct stream;
struct tls;

/* None is called from inside stream_open(); each may call stream_close(). */
struct stream_events {
	void (*opened)(void *arg); /* connected as the route says: now it can be sent */
	void (*received)(void *arg); /* more bytes are there */
	/* nothing comes any more; at most once */
	void (*ended)(void *arg, struct outcome outcome);
};

/* The route must live as long as the stream. most_bytes: of what the peer says in all; a
 * proxy's answer and what TLS adds are bounded apart. */
struct stream *stream_open(struct loop *loop, const struct route *route, size_t most_bytes,
			   const struct stream_events *events, void *arg);
/* Silences and releases it; to be called once, whether it has ended or not. */
void stream_close(struct stream *stream);
void stream_send(struct stream *stream, const void *bytes, size_t length);
/* For whoever talks by himself from now on: the open connection, from inside `opened` of a
 * route without TLS. It is the caller's now; the stream only remains to be closed. */
int stream_release(struct stream *stream);
/* What has been received and not been taken. */
struct reader stream_bytes(const struct stream *stream);
void stream_take(struct stream *stream, size_t length);
/* Our own end, with port; false while there is none. */
bool stream_source(const struct stream *stream, struct address *source);
/* How far it has come: where it would have failed if it ended now. */
enum stage stream_stage(const struct stream *stream);
/* When the way to the peer was free, monotonic; 0: it is not. */
int64_t stream_connected_us(const struct stream *stream);
/* NULL until the handshake begins; lives as long as the stream. */
const struct tls *stream_tls(const struct stream *stream);
/* What the proxy answered to CONNECT; 0: it has not, or none was asked. */
unsigned stream_proxy_status(const struct stream *stream);
/* Of the peer's words: without a proxy's answer and without what TLS adds. */
size_t stream_received_bytes(const struct stream *stream);

#endif
