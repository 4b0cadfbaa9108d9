/* SPDX-License-Identifier: Apache-2.0
 *
 * net/stream.h makes the connection, through the proxy if it must be CONNECT, and encrypts, so
 * that who refused it and how is told as everywhere else; then libcurl does HTTP on it. See
 * docs/decisions/0010.
 */
#include "net/fetch.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/text.h"
#include "net/fetch_bridge.h"
#include "net/fetch_head.h"
#include "net/fetch_transfer.h"
#include "net/stream.h"
#include "net/tls.h"

enum {
	HEAD_MOST = 64 << 10,
	URL_MOST = 16 << 10,
	CHAIN_MOST = 64 << 10,
	STAPLE_MOST = 16 << 10,
	PORT_OF_HTTP = 80,
	PORT_OF_HTTPS = 443,
	/* What may come inside TLS beside the head and as much of the body as is kept. */
	BESIDES_MOST = 64 << 10
};

struct fetch {
	struct fetcher *fetcher;
	struct fetch_plan plan;
	struct route route;		/* the stream's */
	bool encrypted;
	bool relayed;			/* the proxy is asked for the whole URL */
	void (*done)(void *arg, const struct fetch_end *end);
	void *arg;
	struct timer deadline;
	int64_t started_us;
	struct stream *stream;		/* until it is open; where it encrypts to the end */
	struct bridge *bridge;		/* where it encrypts, from the stream to libcurl */
	struct transfer *transfer;	/* once it is open */
	enum reason lost;		/* how the stream ended behind the transfer's back */
	enum reason refused;		/* why we have ended the transfer; NONE: we have not */
	enum reason cut;		/* the body, by us or by its end; NONE: it came whole */
	bool told;			/* the way, in `end` */
	struct fetch_head head;
	struct writer body, chain, staple;
	struct fetch_end end;
};

/* By the clock: a turn may have begun long before we did. */
static int64_t since_start_us(const struct fetch *fetch)
{
	return clock_monotonic_us() - fetch->started_us;
}

/* --- how it ends ----------------------------------------------------------- */

static void fetch_free(void *arg)
{
	struct fetch *fetch = arg;

	fetch_head_free(&fetch->head);
	writer_free(&fetch->body);
	writer_free(&fetch->chain);
	writer_free(&fetch->staple);
	free(fetch);
}

void fetch_cancel(struct fetch *fetch)
{
	timer_stop(&fetch->deadline);
	if (fetch->transfer)
		transfer_stop(fetch->transfer);
	bridge_free(fetch->bridge);
	if (fetch->stream)
		stream_close(fetch->stream);
	fetch->transfer = NULL;
	fetch->bridge = NULL;
	fetch->stream = NULL;
	loop_later(fetcher_loop(fetch->fetcher), fetch_free, fetch);
}

static enum stage stage_now(const struct fetch *fetch)
{
	enum stage stage = fetch->stream ? stream_stage(fetch->stream) : STAGE_REPLY;

	if (stage == STAGE_CONNECT && fetch->relayed)
		return STAGE_PROXY;
	return stage;
}

static void tell_reply(struct fetch *fetch, struct fetch_header *headers)
{
	struct fetch_end *end = &fetch->end;

	end->status = fetch->head.status;
	end->version = fetch->head.version;
	end->header_count = fetch_head_list(&fetch->head, headers);
	end->headers = headers;
	reader_init(&end->body, fetch->body.bytes, fetch->body.length);
	end->cut = fetch->cut;
	if (fetch->relayed)
		end->outcome.reason = fetch_head_proxy_reason(end->status, headers,
							      end->header_count);
	if (end->outcome.reason != REASON_NONE)
		end->outcome.stage = STAGE_PROXY;
}

/* Once: what was shown is told before it is asked for, and else when it has ended. */
static void tell_way(struct fetch *fetch)
{
	struct fetch_end *end = &fetch->end;
	const struct tls *tls = stream_tls(fetch->stream);

	fetch->told = true;
	end->proxy_status = stream_proxy_status(fetch->stream);
	if (stream_connected_us(fetch->stream)) {
		end->connect_us = stream_connected_us(fetch->stream) - fetch->started_us;
		end->address = fetch->route.proxy.address.family ? fetch->route.proxy.address
								 : fetch->route.peer;
	}
	if (!tls)
		return;
	end->tls_version = tls_version(tls);
	end->chain_cut = !tls_shown(tls, &fetch->chain);
	tls_stapled(tls, &fetch->staple);
	reader_init(&end->chain, fetch->chain.bytes, fetch->chain.length);
	reader_init(&end->staple, fetch->staple.bytes, fetch->staple.length);
}

/* Once the head has come, nothing that happens then is a failure. */
static void fetch_finish(struct fetch *fetch, enum stage stage, enum reason reason)
{
	struct fetch_header headers[FETCH_HEADERS_MOST];

	if (fetch->cut == REASON_NONE)
		fetch->cut = reason;
	if (fetch->head.complete)
		tell_reply(fetch, headers);
	else
		fetch->end.outcome = (struct outcome){ .stage = stage, .reason = reason };
	if (!fetch->told)
		tell_way(fetch);
	fetch_cancel(fetch);
	fetch->done(fetch->arg, &fetch->end);
}

static void deadline_has_passed(void *arg)
{
	struct fetch *fetch = arg;

	fetch_finish(fetch, stage_now(fetch), REASON_TIMED_OUT);
}

/* libcurl does not say why nothing comes any more; the socket, which is still open, does. */
static enum reason reason_of_socket(int fd, bool *heard)
{
	/* STATE_CLOSE is the kernel's, who counts the FIN as a byte. */
	enum { STATE_CLOSE = 7, FIN_BYTES = 1 };
	struct tcp_info info = { 0 };
	socklen_t length = sizeof info;

	getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length);
	*heard = info.tcpi_bytes_received > FIN_BYTES;
	return info.tcpi_state == STATE_CLOSE ? REASON_RESET : REASON_CLOSED_EARLY;
}

/* Who goes away in the middle of his answer has cut it short. */
static enum reason reason_of_end(const struct fetch *fetch)
{
	bool heard = fetch->encrypted && stream_received_bytes(fetch->stream);
	enum reason reason = fetch->encrypted
				     ? fetch->lost
				     : reason_of_socket(transfer_socket(fetch->transfer), &heard);

	if (reason != REASON_CLOSED_EARLY && reason != REASON_NONE)
		return reason;
	return heard ? REASON_MALFORMED : REASON_CLOSED_EARLY;
}

static void transfer_has_ended(void *arg, enum reason reason, bool whole)
{
	struct fetch *fetch = arg;
	enum stage stage = stage_now(fetch);

	if (whole && fetch->head.complete) {
		fetch_finish(fetch, STAGE_NONE, REASON_NONE);
		return;
	}
	if (fetch->refused != REASON_NONE)
		reason = fetch->refused;
	else if (reason == REASON_NONE)
		reason = reason_of_end(fetch);
	if (reason == REASON_UNSUPPORTED)
		stage = STAGE_REQUEST;
	/* The origin's words would have come through a proxy that speaks HTTP. */
	if (reason == REASON_NOT_THIS_PROTOCOL && fetch->relayed)
		stage = STAGE_PROXY;
	fetch_finish(fetch, stage, reason);
}

/* --- what comes ------------------------------------------------------------ */

static bool line_has_come(void *arg, const char *line, size_t length)
{
	struct fetch *fetch = arg;
	bool was_complete = fetch->head.complete;

	if (!fetch_head_take(&fetch->head, line, length)) {
		fetch->refused = fetch->head.reason;
		return false;
	}
	if (was_complete || !fetch->head.complete)
		return true;
	fetch->end.reply_us = since_start_us(fetch);
	return fetch->plan.most_body_bytes;
}

/* A body without a head is what HTTP 0.9 would have. */
static enum reason reason_of_no_head(const char *bytes, size_t length)
{
	static const char begin[] = "HTTP/";

	return length >= sizeof begin - 1 && !memcmp(bytes, begin, sizeof begin - 1)
		       ? REASON_MALFORMED
		       : REASON_NOT_THIS_PROTOCOL;
}

static bool body_has_come(void *arg, const char *bytes, size_t length)
{
	struct fetch *fetch = arg;
	size_t room = fetch->plan.most_body_bytes - fetch->body.length;

	if (!fetch->head.complete) {
		fetch->refused = reason_of_no_head(bytes, length);
		return false;
	}
	writer_put(&fetch->body, bytes, length < room ? length : room);
	if (length >= room)
		fetch->cut = REASON_TOO_MUCH;
	return length < room;
}

/* --- how it begins --------------------------------------------------------- */

/* Host as in https, which libcurl knows nothing of. False when it could not stand in a URL. */
static bool put_host(const struct fetch *fetch, struct text *out)
{
	const struct route *route = fetch->plan.route;
	struct address literal = route->peer;
	char string[ADDRESS_ROOM];

	if (!route->name || address_parse(route->name, &literal)) {
		/* The zone is nobody else's business. */
		literal.scope = 0;
		address_format(&literal, string);
		text_add_format(out, literal.family == 6 ? "[%s]" : "%s", string);
	} else if (url_is_host(route->name)) {
		text_add(out, route->name);
	} else {
		return false;
	}
	if (route->peer.port != (fetch->encrypted ? PORT_OF_HTTPS : PORT_OF_HTTP))
		text_add_format(out, ":%u", route->peer.port);
	return true;
}

static void ask(struct fetch *fetch, int fd)
{
	static const struct transfer_events events = { line_has_come, body_has_come,
						       transfer_has_ended };
	struct text host = { .limit = URL_MOST }, url = { .limit = URL_MOST };
	const char *path = fetch->plan.url->path;
	struct transfer_plan plan = {
		.agent = fetch->plan.agent,
		.asking = fetch->plan.asking,
		.asking_count = fetch->plan.asking_count,
		.proxy = fetch->relayed ? &fetch->plan.route->proxy : NULL,
		.fd = fd
	};

	if (put_host(fetch, &host)) {
		plan.host = text_string(&host);
		text_add_format(&url, "http://%s%s%s", plan.host, *path == '/' ? "" : "/", path);
		plan.url = text_string(&url);
	}
	if (plan.url && !url.cut && fd >= 0) {
		fetch->transfer = transfer_start(fetch->fetcher, &plan, &events, fetch);
	} else {
		close(fd);
		fetch_finish(fetch, fd < 0 ? STAGE_CONNECT : STAGE_REQUEST,
			     fd < 0 ? REASON_NO_RESOURCES : REASON_UNSUPPORTED);
	}
	text_free(&host);
	text_free(&url);
}

/* libcurl takes the connection over. */
static void hand_over(struct fetch *fetch)
{
	struct reader early = stream_bytes(fetch->stream);
	int fd = stream_release(fetch->stream);

	tell_way(fetch);
	stream_close(fetch->stream);
	fetch->stream = NULL;
	if (!reader_left(&early)) {
		ask(fetch, fd);
	} else {
		/* HTTP does not begin with what the server says. */
		close(fd);
		fetch_finish(fetch, stage_now(fetch), REASON_NOT_THIS_PROTOCOL);
	}
}

static void connection_is_open(void *arg)
{
	struct fetch *fetch = arg;
	int fd;

	if (!fetch->encrypted) {
		hand_over(fetch);
		return;
	}
	fetch->end.tls_us = since_start_us(fetch);
	tell_way(fetch);
	if (fetch->plan.accept && !fetch->plan.accept(fetch->arg, &fetch->end)) {
		fetch_finish(fetch, STAGE_HANDSHAKE, REASON_TLS_FAILED);
		return;
	}
	fetch->bridge = bridge_new(fetcher_loop(fetch->fetcher), fetch->stream, &fd);
	ask(fetch, fd);
}

/* Where it does not encrypt, the connection is handed over before it is read from. */
static void bytes_have_come(void *arg)
{
	struct fetch *fetch = arg;

	if (fetch->bridge)
		bridge_carry(fetch->bridge);
}

/* Behind the handshake libcurl shall first take what is still on its way to it. */
static void connection_has_ended(void *arg, struct outcome outcome)
{
	struct fetch *fetch = arg;

	if (fetch->bridge) {
		fetch->lost = outcome.reason;
		bridge_end(fetch->bridge);
	} else {
		fetch_finish(fetch, fetch->relayed ? STAGE_PROXY : outcome.stage, outcome.reason);
	}
}

/* What is to be connected before a request makes sense. */
static void find_way(struct fetch *fetch)
{
	struct route *route = &fetch->route;

	*route = *fetch->plan.route;
	route->tls = fetch->encrypted = fetch->plan.url->scheme == URL_HTTPS;
	fetch->relayed = !fetch->encrypted && route->proxy.address.family;
	if (fetch->relayed) {
		route->peer = route->proxy.address;
		route->proxy = (struct proxy){ 0 };
	}
}

struct fetch *fetch_start(struct fetcher *fetcher, const struct fetch_plan *plan,
			  void (*done)(void *arg, const struct fetch_end *end), void *arg)
{
	static const struct stream_events events = { connection_is_open, bytes_have_come,
						     connection_has_ended };
	struct loop *loop = fetcher_loop(fetcher);
	struct fetch *fetch = memory_new(1, sizeof *fetch);
	size_t head_most = plan->most_head_bytes ? plan->most_head_bytes : HEAD_MOST;

	fetch->fetcher = fetcher;
	fetch->plan = *plan;
	fetch->done = done;
	fetch->arg = arg;
	fetch->started_us = clock_monotonic_us();
	fetch->end.connect_us = fetch->end.tls_us = fetch->end.reply_us = -1;
	find_way(fetch);
	fetch_head_init(&fetch->head, head_most);
	if (plan->most_body_bytes)
		writer_grow_up_to(&fetch->body, plan->most_body_bytes);
	writer_grow_up_to(&fetch->chain, CHAIN_MOST);
	writer_grow_up_to(&fetch->staple, STAPLE_MOST);
	timer_start(&fetch->deadline, loop, plan->deadline_us, deadline_has_passed, fetch);
	fetch->stream = stream_open(loop, &fetch->route,
				    head_most + plan->most_body_bytes + BESIDES_MOST, &events,
				    fetch);
	return fetch;
}
