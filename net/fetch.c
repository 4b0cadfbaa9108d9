/* SPDX-License-Identifier: Apache-2.0
 *
 * net/stream.h makes the connection, through the proxy if it must be CONNECT, so that who
 * refused it and how is told as everywhere else; then libcurl does TLS and HTTP on it. See
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
#include "net/fetch_head.h"
#include "net/fetch_tls.h"
#include "net/fetch_transfer.h"
#include "net/stream.h"

enum { HEAD_MOST = 64 << 10, URL_MOST = 16 << 10 };

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
	struct stream *stream;		/* until it is open */
	struct transfer *transfer;	/* from then on */
	enum reason refused;		/* why we have ended the transfer; NONE: we have not */
	struct fetch_head head;
	struct fetch_tls tls;
	struct writer body;
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
	fetch_tls_free(&fetch->tls);
	writer_free(&fetch->body);
	free(fetch);
}

void fetch_cancel(struct fetch *fetch)
{
	timer_stop(&fetch->deadline);
	if (fetch->stream)
		stream_close(fetch->stream);
	if (fetch->transfer)
		transfer_stop(fetch->transfer);
	fetch->stream = NULL;
	fetch->transfer = NULL;
	loop_later(fetcher_loop(fetch->fetcher), fetch_free, fetch);
}

static enum stage stage_now(const struct fetch *fetch)
{
	enum stage stage = fetch->stream ? stream_stage(fetch->stream) : STAGE_REPLY;

	if (stage == STAGE_CONNECT && fetch->relayed)
		return STAGE_PROXY;
	if (stage == STAGE_REPLY && fetch->encrypted && !fetch->tls.finished_us)
		return STAGE_HANDSHAKE;
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
	if (fetch->relayed)
		end->outcome.reason = fetch_head_proxy_reason(end->status, headers,
							      end->header_count);
	if (end->outcome.reason != REASON_NONE)
		end->outcome.stage = STAGE_PROXY;
}

static void tell_handshake(struct fetch *fetch)
{
	struct fetch_end *end = &fetch->end;
	const struct fetch_tls *tls = &fetch->tls;

	reader_init(&end->chain, tls->chain.bytes, tls->chain.length);
	reader_init(&end->staple, tls->staple.bytes, tls->staple.length);
	end->chain_cut = tls->cut;
	end->tls_version = tls->version;
	if (tls->finished_us)
		end->tls_us = tls->finished_us - fetch->started_us;
}

/* Once the head has come, nothing that happens then is a failure. */
static void fetch_finish(struct fetch *fetch, enum stage stage, enum reason reason)
{
	struct fetch_header headers[FETCH_HEADERS_MOST];

	if (fetch->head.complete)
		tell_reply(fetch, headers);
	else
		fetch->end.outcome = (struct outcome){ .stage = stage, .reason = reason };
	tell_handshake(fetch);
	fetch_cancel(fetch);
	fetch->done(fetch->arg, &fetch->end);
}

static void deadline_has_passed(void *arg)
{
	struct fetch *fetch = arg;

	fetch_finish(fetch, stage_now(fetch), REASON_TIMED_OUT);
}

/* libcurl does not say why nothing comes any more; the socket, which is still open, does. */
static enum reason reason_of_end(const struct fetch *fetch)
{
	/* STATE_CLOSE is the kernel's, who counts the FIN as a byte. */
	enum { STATE_CLOSE = 7, FIN_BYTES = 1 };
	struct tcp_info info = { 0 };
	socklen_t length = sizeof info;

	if (fetch->tls.alien)
		return REASON_NOT_THIS_PROTOCOL;
	if (fetch->tls.alerted)
		return REASON_TLS_FAILED;
	getsockopt(transfer_socket(fetch->transfer), IPPROTO_TCP, TCP_INFO, &info, &length);
	if (info.tcpi_state == STATE_CLOSE)
		return REASON_RESET;
	/* Who goes away in the middle of his answer has cut it short. */
	if (fetch->encrypted ? fetch->tls.heard : info.tcpi_bytes_received > FIN_BYTES)
		return REASON_MALFORMED;
	return REASON_CLOSED_EARLY;
}

static void transfer_has_ended(void *arg, enum reason reason)
{
	struct fetch *fetch = arg;
	enum stage stage = stage_now(fetch);

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

static void prepare_tls(void *arg, void *context)
{
	struct fetch *fetch = arg;

	fetch_tls_prepare(&fetch->tls, context);
}

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
	return length < room;
}

/* --- how it begins --------------------------------------------------------- */

/* False when the name could not stand in a URL. */
static bool put_url(const struct fetch *fetch, struct text *out)
{
	const struct route *route = fetch->plan.route;
	const char *path = fetch->plan.url->path;
	struct address literal = route->peer;
	char string[ADDRESS_ROOM];

	text_add(out, fetch->encrypted ? "https://" : "http://");
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
	text_add_format(out, ":%u%s%s", route->peer.port, *path == '/' ? "" : "/", path);
	return !out->cut;
}

static void ask(struct fetch *fetch, int fd)
{
	static const struct transfer_events events = { prepare_tls, line_has_come, body_has_come,
						       transfer_has_ended };
	struct text url = { .limit = URL_MOST };
	struct transfer_plan plan = {
		.agent = fetch->plan.agent,
		.proxy = fetch->relayed ? &fetch->plan.route->proxy : NULL,
		.fd = fd
	};

	if (put_url(fetch, &url)) {
		plan.url = text_string(&url);
		fetch->transfer = transfer_start(fetch->fetcher, &plan, &events, fetch);
	} else {
		close(fd);
		fetch_finish(fetch, STAGE_REQUEST, REASON_UNSUPPORTED);
	}
	text_free(&url);
}

static void connection_is_open(void *arg)
{
	struct fetch *fetch = arg;
	struct reader early = stream_bytes(fetch->stream);
	int fd = stream_release(fetch->stream);

	fetch->end.address = fetch->route.proxy.address.family ? fetch->route.proxy.address
							       : fetch->route.peer;
	fetch->end.connect_us = since_start_us(fetch);
	fetch->end.proxy_status = stream_proxy_status(fetch->stream);
	stream_close(fetch->stream);
	fetch->stream = NULL;
	if (!reader_left(&early)) {
		ask(fetch, fd);
	} else {
		/* Right behind the proxy's answer. Neither TLS nor HTTP begins so. */
		close(fd);
		fetch_finish(fetch, stage_now(fetch), REASON_NOT_THIS_PROTOCOL);
	}
}

/* The connection is handed over before it is read from. */
static void nothing_is_expected(void *arg)
{
	(void)arg;
}

static void connection_has_failed(void *arg, struct outcome outcome)
{
	struct fetch *fetch = arg;

	fetch->end.proxy_status = stream_proxy_status(fetch->stream);
	fetch_finish(fetch, fetch->relayed ? STAGE_PROXY : outcome.stage, outcome.reason);
}

/* What is to be connected before a request makes sense. */
static void find_way(struct fetch *fetch)
{
	struct route *route = &fetch->route;

	*route = *fetch->plan.route;
	route->tls = false;
	fetch->encrypted = fetch->plan.url->scheme == URL_HTTPS;
	fetch->relayed = !fetch->encrypted && route->proxy.address.family;
	if (fetch->relayed) {
		route->peer = route->proxy.address;
		route->proxy = (struct proxy){ 0 };
	}
}

struct fetch *fetch_start(struct fetcher *fetcher, const struct fetch_plan *plan,
			  void (*done)(void *arg, const struct fetch_end *end), void *arg)
{
	static const struct stream_events events = { connection_is_open, nothing_is_expected,
						     connection_has_failed };
	struct loop *loop = fetcher_loop(fetcher);
	struct fetch *fetch = memory_new(1, sizeof *fetch);

	fetch->fetcher = fetcher;
	fetch->plan = *plan;
	fetch->done = done;
	fetch->arg = arg;
	fetch->started_us = clock_monotonic_us();
	fetch->end.connect_us = fetch->end.tls_us = fetch->end.reply_us = -1;
	find_way(fetch);
	fetch_head_init(&fetch->head, plan->most_head_bytes ? plan->most_head_bytes : HEAD_MOST);
	fetch_tls_init(&fetch->tls);
	if (plan->most_body_bytes)
		writer_grow_up_to(&fetch->body, plan->most_body_bytes);
	timer_start(&fetch->deadline, loop, plan->deadline_us, deadline_has_passed, fetch);
	fetch->stream = stream_open(loop, &fetch->route, 1, &events, fetch);
	return fetch;
}
