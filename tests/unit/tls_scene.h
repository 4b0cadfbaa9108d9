/* SPDX-License-Identifier: Apache-2.0
 *
 * A TLS server on loopback inside the test, which follows a script, and a collector that
 * asks it one question after another. scene_begin() and scene_end() come in pairs.
 */
#ifndef TESTS_UNIT_TLS_SCENE_H
#define TESTS_UNIT_TLS_SCENE_H

#include "tests/unit/tls_server.h"

#include "collectors/collector.h"
#include "collectors/tls/tls_secrets.h"
#include "collectors/tls_talk.h"

enum { CALLS_MOST = 40, FLIGHT_MOST = 8192, TIMEOUT_MS = 3000 };

/* What the server does with a connection; with the hello unless it says otherwise. */
enum act {
	HONEST,		/* answers it as OpenSSL does */
	DRIP,		/* so too, byte by byte */
	STOP,		/* so too, but only `count` bytes of it, and then nothing */
	CUT,		/* so too, but hangs up after `count` bytes */
	SAY,		/* these words, whatever was asked */
	ENDLESS,	/* these words, over and over */
	SILENCE,
	CLOSE,
	RESET,
	CLOSE_AT_ONCE,	/* before it has heard anything */
	VANISH		/* honest, but nobody listens for `count` milliseconds afterwards */
};

struct part {
	enum act act;
	size_t count;
	const char *say;
	size_t length;
};

struct script {
	const char *suite, *groups;	/* of TLS 1.3; NULL: the usual ones */
	bool only_1_3;
	bool asks_certificate, insists;	/* of the client */
	const char *greeting;		/* in plain text; NULL: none */
	const char *replies[4];		/* each to what comes in plain text; then comes TLS */
	bool tds;			/* as SQL Server does: a prelogin, and TLS in packets */
	struct part parts[6];		/* a connection each */
	size_t count;			/* the last is played on and on */
};

/* What became of a question. */
struct heard {
	struct dialogue_end end;
	enum tls_said said;
	enum starttls_answer starttls;
	uint16_t version, suite, group;
	uint8_t alert;
	bool complete;
	size_t chain_elements, chain_bytes;
};

struct scene;

struct call {
	struct scene *scene;
	const struct part *part;
	int fd;
	struct watch watch;
	struct timer timer;
	struct tls_server server;
	size_t replied;
	uint8_t answer[FLIGHT_MOST];
	size_t length, sent;
};

struct scene {
	struct collector collector;	/* first: so it finds its scene */
	struct loop *loop;
	struct resolver *resolver;
	struct runner *runner;
	const struct script *script;
	int listener;
	struct address address;
	struct watch watch;
	struct timer timer;
	struct call calls[CALLS_MOST];
	size_t call_count;

	struct tls_question question;	/* asked `questions` times */
	size_t questions;
	struct tls_peer peer;
	struct tls_talk *talk;
	struct heard heard[CALLS_MOST];
	size_t heard_count;
	struct observation *seen;
};

void scene_begin(struct scene *scene, const struct script *script);
void scene_end(struct scene *scene);
/* Once, and with the outcome of tls_talk_failure() unless all was heard. */
struct request request_to(const struct scene *scene);
void begin(struct scene *scene, const struct request *request);
void observe(struct scene *scene, const struct request *request);
/* scene_begin(), the usual question as often as wanted, with STARTTLS if that is not NULL. */
void play(struct scene *scene, const struct script *script, size_t questions,
	  const char *starttls);
void assert_outcome(const struct scene *scene, enum stage stage, enum reason reason);
void assert_note(const struct scene *scene, const char *note);

#endif
