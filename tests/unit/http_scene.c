/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/http_scene.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collectors/collector.h"
#include "collectors/http.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/json.h"

enum { SERVER_SECONDS = 60, LOOK_MS = 5000, REPLY_MOST = 128 << 10 };

/* --- the server ------------------------------------------------------------ */

struct visit {
	int fd;
	SSL *ssl;
};

static ssize_t take(struct visit *visit, char *bytes, size_t room)
{
	return visit->ssl ? SSL_read(visit->ssl, bytes, (int)room)
			  : recv(visit->fd, bytes, room, 0);
}

/* The other side may be gone already; that is its good right. */
static void say(struct visit *visit, const char *bytes, size_t length)
{
	if (visit->ssl)
		SSL_write(visit->ssl, bytes, (int)length);
	else
		(void)!send(visit->fd, bytes, length, MSG_NOSIGNAL);
}

static bool hear(struct visit *visit, char head[static ASKED_MOST])
{
	size_t length = 0;

	while (!strstr(head, "\r\n\r\n")) {
		ssize_t got = take(visit, head + length, ASKED_MOST - 1 - length);

		if (got <= 0)
			return false;
		length += (size_t)got;
		head[length] = '\0';
	}
	return true;
}

static void put_port(char *out, size_t room, const char *format, uint16_t port)
{
	const char *mark = strstr(format, "%u");

	if (mark)
		snprintf(out, room, "%.*s%u%s", (int)(mark - format), format, port, mark + 2);
	else
		snprintf(out, room, "%s", format);
}

static void answer(const struct http_scene *scene, struct visit *visit, unsigned number)
{
	static const struct linger at_once = { .l_onoff = 1 };
	static const struct reply nothing = { .then = THEN_RESET };
	static char says[REPLY_MOST];
	const struct reply *reply =
		number < VISITS_MOST ? &scene->script->replies[number] : &nothing;
	char byte;

	if (reply->says) {
		put_port(says, sizeof says, reply->says, scene->port);
		say(visit, says, strlen(says));
	}
	if (reply->then == THEN_RESET)
		setsockopt(visit->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	while (reply->then == THEN_HOLD && take(visit, &byte, 1) > 0)
		;
}

static void serve(const struct http_scene *scene, int fd)
{
	struct visit visit = { .fd = fd };
	struct asked *asked = scene->asked;
	unsigned number = asked->count++;
	static char beyond[ASKED_MOST];

	if (scene->script->tls) {
		visit.ssl = SSL_new(scene->script->tls);
		SSL_set_fd(visit.ssl, fd);
	}
	if ((!visit.ssl || SSL_accept(visit.ssl) == 1) &&
	    hear(&visit, number < VISITS_MOST ? asked->heads[number] : beyond))
		answer(scene, &visit, number);
	SSL_free(visit.ssl);
	close(fd);
}

static void serve_all(const struct http_scene *scene)
{
	signal(SIGPIPE, SIG_IGN);
	alarm(SERVER_SECONDS);
	for (;;) {
		int fd = accept(scene->listener, NULL, NULL);

		if (fd < 0)
			_exit(1);
		serve(scene, fd);
	}
}

/* --- the scene ------------------------------------------------------------- */

static void listen_somewhere(struct http_scene *scene)
{
	struct sockaddr_storage name;
	struct address address;
	socklen_t length;

	assert_true(address_parse("127.0.0.1", &address));
	length = address_to_socket(&address, &name);
	scene->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(scene->listener, (struct sockaddr *)&name, length), 0);
	if (!scene->script->closed)
		assert_int_equal(listen(scene->listener, 8), 0);
	length = sizeof name;
	assert_int_equal(getsockname(scene->listener, (struct sockaddr *)&name, &length), 0);
	assert_true(address_from_socket(&name, &address));
	scene->port = address.port;
}

void http_begin(struct http_scene *scene, const struct http_script *script)
{
	const struct resolver_settings settings = { .hosts_file = "/dev/null" };

	*scene = (struct http_scene){ .script = script };
	listen_somewhere(scene);
	scene->asked = mmap(NULL, sizeof *scene->asked, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(scene->asked != MAP_FAILED);
	scene->child = fork();
	assert_true(scene->child >= 0);
	if (!scene->child)
		serve_all(scene);
	scene->loop = loop_new();
	scene->resolver = resolver_new(scene->loop, &settings);
	scene->runner = runner_new(scene->loop, scene->resolver);
}

void http_end(struct http_scene *scene)
{
	runner_free(scene->runner);
	resolver_free(scene->resolver);
	loop_free(scene->loop);
	observation_free(scene->seen);
	kill(scene->child, SIGKILL);
	waitpid(scene->child, NULL, 0);
	munmap(scene->asked, sizeof *scene->asked);
	close(scene->listener);
}

void http_put_port(const struct http_scene *scene, char url[static HTTP_URL_ROOM],
		   const char *format)
{
	put_port(url, HTTP_URL_ROOM, format, scene->port);
}

static void see(void *arg, struct observation *observation)
{
	struct http_scene *scene = arg;

	scene->seen = observation;
}

void http_look(struct http_scene *scene, const char *url, struct request request)
{
	int64_t until_us = clock_monotonic_us() + 20 * CLOCK_SECOND;
	char text[HTTP_URL_ROOM], proxy[HTTP_URL_ROOM];

	http_put_port(scene, text, url);
	if (!request.collector)
		request.collector = &http_collector;
	if (!request.subject.kind)
		request.subject.kind = SUBJECT_URL;
	request.subject.text = text;
	request.host = "127.0.0.1";
	request.family = 4;
	if (request.proxy) {
		http_put_port(scene, proxy, request.proxy);
		request.proxy = proxy;
	}
	if (!request.timeout_ms)
		request.timeout_ms = LOOK_MS;
	runner_start(scene->runner, arena_new(), &request, see, scene);
	while (!scene->seen && clock_monotonic_us() < until_us)
		loop_turn(scene->loop, 10 * CLOCK_MILLISECOND);
	assert_non_null(scene->seen);
}

void http_look_at(struct http_scene *scene, const struct http_script *script, const char *url)
{
	http_begin(scene, script);
	http_look(scene, url, (struct request){ .name = NULL });
}

/* --- what was seen --------------------------------------------------------- */

const struct fact *http_fact_of(const struct http_scene *scene, const char *name)
{
	const struct fact_descriptor *about = fact_named(name);

	assert_non_null(about);
	return facts_get(scene->seen->facts, about);
}

void http_assert_fact(const struct http_scene *scene, const char *name, const char *described)
{
	const struct fact *fact = http_fact_of(scene, name);
	char expected[HTTP_URL_ROOM];
	struct text text = { 0 };

	if (!described) {
		assert_null(fact);
		return;
	}
	assert_non_null(fact);
	http_put_port(scene, expected, described);
	fact_describe(fact, &text);
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

void http_say_all(const struct http_scene *scene, struct text *out)
{
	struct json json;

	json_begin(&json, out, false);
	json_open_object(&json, NULL);
	facts_to_json(scene->seen->facts, &json, "facts");
	json_close_object(&json);
}

void http_assert_outcome(const struct http_scene *scene, enum stage stage, enum reason reason)
{
	assert_string_equal(reason_word(scene->seen->outcome.reason), reason_word(reason));
	assert_string_equal(stage_word(scene->seen->outcome.stage), stage_word(stage));
}

void http_assert_asked(const struct http_scene *scene, unsigned times, const char *line)
{
	const char *head = scene->asked->heads[times - 1];

	assert_int_equal(scene->asked->count, times);
	assert_memory_equal(head, line, strlen(line));
	assert_int_equal(head[strlen(line)], '\r');
}
