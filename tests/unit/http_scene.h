/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector http against a web server that follows a script: a child process with one
 * listening socket on loopback, which serves one connection after another and lets the test
 * read what it was asked. http_begin() and http_end() come in pairs.
 */
#ifndef TESTS_UNIT_HTTP_SCENE_H
#define TESTS_UNIT_HTTP_SCENE_H

#include "tests/unit/unit.h"

#include <openssl/ssl.h>
#include <sys/types.h>

#include "collectors/run.h"
#include "ground/text.h"

enum { VISITS_MOST = 4, ASKED_MOST = 2048, HTTP_URL_ROOM = 128 };

struct reply {
	const char *says;	/* "%u" in it becomes the server's port; NULL: nothing */
	enum { THEN_CLOSE, THEN_RESET, THEN_HOLD } then;
};

struct http_script {
	struct reply replies[VISITS_MOST];	/* a connection each; behind them: resets */
	SSL_CTX *tls;				/* NULL: in plain text */
	bool closed;				/* nobody serves */
};

/* The usual ones. */
#define URL "http://127.0.0.1:%u/admin"
#define SECURE_URL "https://127.0.0.1:%u/admin"
#define TO(location) "HTTP/1.1 302 Found\r\nLocation: " location "\r\nContent-Length: 0\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

/* Shared with the child. */
struct asked {
	unsigned count;
	char heads[VISITS_MOST][ASKED_MOST];
};

struct http_scene {
	const struct http_script *script;
	struct loop *loop;
	struct resolver *resolver;
	struct runner *runner;
	struct asked *asked;
	pid_t child;
	int listener;
	uint16_t port;
	struct observation *seen;
};

void http_begin(struct http_scene *scene, const struct http_script *script);
void http_end(struct http_scene *scene);
/* "http://127.0.0.1:%u/" with the server's port in place of %u. */
void http_put_port(const struct http_scene *scene, char url[static HTTP_URL_ROOM],
		   const char *format);
/* What is not set of the request is filled in; a proxy is the server. */
void http_look(struct http_scene *scene, const char *url, struct request request);
/* Begins, and asks for no more than that. */
void http_look_at(struct http_scene *scene, const struct http_script *script, const char *url);

const struct fact *http_fact_of(const struct http_scene *scene, const char *name);
/* NULL: it is not there. "%u" in it is the server's port. */
void http_assert_fact(const struct http_scene *scene, const char *name, const char *described);
/* All facts, as JSON. */
void http_say_all(const struct http_scene *scene, struct text *out);
void http_assert_outcome(const struct http_scene *scene, enum stage stage, enum reason reason);
/* How often, and the first line of the last request. */
void http_assert_asked(const struct http_scene *scene, unsigned times, const char *line);

#endif
