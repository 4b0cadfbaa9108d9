/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fetch_transfer.h"

#include <assert.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ground/memory.h"
#include "ground/text.h"

enum { BUFFER_BYTES = 2048, IDLE_MOST = 8 };

/* libcurl wants an address before it asks for a socket, and connects even one of which it is
 * told that it is connected. So it gets a UDP socket to play with, which sends nothing by
 * being connected, and finds the connection in its place when it begins to speak. The
 * address is always the same, so its table of addresses stays small. */
static const char nowhere[] = "::127.0.0.1:9";
static const char proxy_nowhere[] = "http://127.0.0.1:9";

struct fetcher {
	struct loop *loop;
	CURLM *multi;
	struct timer timer;
	CURL *idle[IDLE_MOST];		/* a handle is dear to make */
	size_t idle_count;
	struct curl_slist *nowhere;
	size_t busy;
};

struct transfer {
	struct fetcher *fetcher;
	const struct transfer_events *events;
	void *arg;
	CURL *easy;
	struct curl_slist *headers, *proxy_headers;
	struct watch watch;
	int fd;
	int place;			/* where libcurl shall find it; -1: it does already */
};

void fetch_prepare(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
}

struct loop *fetcher_loop(const struct fetcher *fetcher)
{
	return fetcher->loop;
}

int transfer_socket(const struct transfer *transfer)
{
	return transfer->fd;
}

/* --- libcurl on our loop --------------------------------------------------- */

static struct transfer *transfer_of(CURL *easy)
{
	char *transfer = NULL;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
	return (struct transfer *)(void *)transfer;
}

static enum reason reason_of_code(CURLcode code)
{
	switch (code) {
	case CURLE_OK:
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_WRITE_ERROR:
		return REASON_NONE;
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
		return REASON_MALFORMED;
	/* Memory never is out, but a line of more than 100 KB is said so. */
	case CURLE_OUT_OF_MEMORY:
		return REASON_TOO_MUCH;
	case CURLE_URL_MALFORMAT:
		return REASON_UNSUPPORTED;
	default:
		return REASON_INTERNAL;
	}
}

/* Whoever is told that he is done may start another, or stop one. */
static void fetcher_act(struct fetcher *fetcher, curl_socket_t fd, int what)
{
	struct CURLMsg *message;
	int left;

	curl_multi_socket_action(fetcher->multi, fd, what, &left);
	while ((message = curl_multi_info_read(fetcher->multi, &left))) {
		struct transfer *transfer = transfer_of(message->easy_handle);

		transfer->events->ended(transfer->arg, reason_of_code(message->data.result),
					message->data.result == CURLE_OK);
	}
}

static void timer_has_fired(void *arg)
{
	fetcher_act(arg, CURL_SOCKET_TIMEOUT, 0);
}

static int set_timer(CURLM *multi, long after_ms, void *arg)
{
	struct fetcher *fetcher = arg;

	(void)multi;
	if (after_ms < 0)
		timer_stop(&fetcher->timer);
	else
		timer_start(&fetcher->timer, fetcher->loop,
			    loop_now_us(fetcher->loop) + after_ms * 1000, timer_has_fired,
			    fetcher);
	return 0;
}

static void socket_is_ready(void *arg, unsigned what)
{
	struct transfer *transfer = arg;

	fetcher_act(transfer->fetcher, transfer->fd,
		    (what & LOOP_READ ? CURL_CSELECT_IN : 0) |
			    (what & LOOP_WRITE ? CURL_CSELECT_OUT : 0));
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *of_socket)
{
	struct transfer *transfer = transfer_of(easy);

	(void)arg;
	(void)of_socket;
	if (what == CURL_POLL_REMOVE)
		watch_stop(&transfer->watch);
	else
		watch_start(&transfer->watch, transfer->fetcher->loop, fd,
			    (what & CURL_POLL_IN ? LOOP_READ : 0u) |
				    (what & CURL_POLL_OUT ? LOOP_WRITE : 0u),
			    socket_is_ready, transfer);
	return 0;
}

struct fetcher *fetcher_new(struct loop *loop)
{
	struct fetcher *fetcher = memory_new(1, sizeof *fetcher);

	fetcher->loop = loop;
	fetcher->multi = curl_multi_init();
	fetcher->nowhere = curl_slist_append(NULL, nowhere);
	if (!fetcher->multi || !fetcher->nowhere)
		abort();
	curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERDATA, fetcher);
	curl_multi_setopt(fetcher->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
	curl_multi_setopt(fetcher->multi, CURLMOPT_MAXCONNECTS, 1L);
	return fetcher;
}

void fetcher_free(struct fetcher *fetcher)
{
	if (!fetcher)
		return;
	assert(!fetcher->busy);
	while (fetcher->idle_count)
		curl_easy_cleanup(fetcher->idle[--fetcher->idle_count]);
	curl_multi_cleanup(fetcher->multi);
	timer_stop(&fetcher->timer);
	curl_slist_free_all(fetcher->nowhere);
	free(fetcher);
}

/* --- what libcurl asks and says -------------------------------------------- */

static curl_socket_t give_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = arg;

	(void)purpose;
	(void)address;
	transfer->place = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return transfer->place;
}

static void put_connection_in_place(struct transfer *transfer)
{
	if (transfer->place < 0)
		return;
	dup3(transfer->fd, transfer->place, O_CLOEXEC);
	close(transfer->fd);
	transfer->fd = transfer->place;
	transfer->place = -1;
}

/* It is ours: it shall still tell how it ended. */
static int keep_socket(void *arg, curl_socket_t fd)
{
	(void)arg;
	(void)fd;
	return 0;
}

/* Before the first byte of HTTP. */
static int begin_http(void *arg, char *peer, char *us, int peer_port, int our_port)
{
	(void)peer;
	(void)us;
	(void)peer_port;
	(void)our_port;
	put_connection_in_place(arg);
	return CURL_PREREQFUNC_OK;
}

/* Another count than was offered ends the transfer. */
static size_t take_line(char *line, size_t size, size_t count, void *arg)
{
	struct transfer *transfer = arg;

	return transfer->events->line(transfer->arg, line, size * count) ? size * count : 0;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct transfer *transfer = arg;

	return transfer->events->body(transfer->arg, bytes, size * count) ? size * count : 0;
}

/* --- one transfer ---------------------------------------------------------- */

/* What is the same for all: set once in a handle's life. */
static CURL *easy_new(void)
{
	CURL *easy = curl_easy_init();

	if (!easy)
		abort();
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	/* So that we see what is none: libcurl would not say what it was. */
	curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 1L);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)BUFFER_BYTES);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	curl_easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, give_socket);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, keep_socket);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, begin_http);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_line);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	return easy;
}

static void add_header(struct curl_slist **headers, const char *name, const char *value)
{
	struct text line = { 0 };

	text_add_format(&line, "%s: %s", name, value);
	*headers = curl_slist_append(*headers, text_string(&line));
	text_free(&line);
	if (!*headers)
		abort();
}

static void add_headers(struct transfer *transfer, const struct transfer_plan *plan)
{
	add_header(&transfer->headers, "Host", plan->host);
	for (size_t i = 0; i < plan->asking_count; i++)
		add_header(&transfer->headers, plan->asking[i].name, plan->asking[i].value);
	if (!plan->proxy)
		return;
	/* libcurl's own Proxy-Connection is of no use to anybody: without a value it is left
	 * out. */
	transfer->proxy_headers = curl_slist_append(NULL, "Proxy-Connection:");
	if (plan->proxy->authorization)
		add_header(&transfer->proxy_headers, "Proxy-Authorization",
			   plan->proxy->authorization);
}

/* What is different: set at each use. */
static void easy_begin(struct transfer *transfer, const struct transfer_plan *plan)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_URL, plan->url);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, plan->agent);
	/* An empty one is also deaf to the environment. */
	curl_easy_setopt(easy, CURLOPT_PROXY, plan->proxy ? proxy_nowhere : "");
	/* With both, the proxy would be asked for a tunnel to nowhere. */
	curl_easy_setopt(easy, CURLOPT_CONNECT_TO,
			 plan->proxy ? NULL : transfer->fetcher->nowhere);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
	curl_easy_setopt(easy, CURLOPT_PROXYHEADER, transfer->proxy_headers);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	if (curl_multi_add_handle(transfer->fetcher->multi, easy) != CURLM_OK)
		abort();
}

struct transfer *transfer_start(struct fetcher *fetcher, const struct transfer_plan *plan,
				const struct transfer_events *events, void *arg)
{
	struct transfer *transfer = memory_new(1, sizeof *transfer);

	transfer->fetcher = fetcher;
	transfer->events = events;
	transfer->arg = arg;
	transfer->fd = plan->fd;
	transfer->place = -1;
	add_headers(transfer, plan);
	transfer->easy = fetcher->idle_count ? fetcher->idle[--fetcher->idle_count]
					     : easy_new();
	fetcher->busy++;
	easy_begin(transfer, plan);
	return transfer;
}

/* Whatever has come and was not wanted: a close with unread bytes is a reset, which some
 * servers take for trouble. */
static void hang_up(struct transfer *transfer)
{
	recv(transfer->fd, NULL, INT16_MAX, MSG_DONTWAIT | MSG_TRUNC);
	close(transfer->fd);
	if (transfer->place >= 0)
		close(transfer->place);
}

void transfer_stop(struct transfer *transfer)
{
	struct fetcher *fetcher = transfer->fetcher;

	curl_multi_remove_handle(fetcher->multi, transfer->easy);
	watch_stop(&transfer->watch);
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, NULL);
	curl_easy_setopt(transfer->easy, CURLOPT_PROXYHEADER, NULL);
	curl_slist_free_all(transfer->headers);
	curl_slist_free_all(transfer->proxy_headers);
	if (fetcher->idle_count < IDLE_MOST)
		fetcher->idle[fetcher->idle_count++] = transfer->easy;
	else
		curl_easy_cleanup(transfer->easy);
	fetcher->busy--;
	hang_up(transfer);
	/* We may be inside what its own watch has called. */
	loop_later(fetcher->loop, free, transfer);
}
