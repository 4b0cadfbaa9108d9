/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector sip and a server on loopback that follows a script.
 */
#ifndef TESTS_UNIT_SIP_SCENE_H
#define TESTS_UNIT_SIP_SCENE_H

#include "tests/unit/unit.h"

#include "collectors/collector.h"
#include "ground/clock.h"
#include "ground/memory.h"

enum { PARTS_MOST = 4, TIMEOUT_MS = 900 };

/* In an answer's words $V is the Via of the request, $F From, $T To, $I Call-ID, $C CSeq,
 * $B the branch, $P the port it came from. */
#define ECHOED "Via: $V\r\nFrom: $F\r\nTo: $T;tag=theirs\r\nCall-ID: $I\r\nCSeq: $C\r\n"
#define ANSWER(status, more) "SIP/2.0 " status "\r\n" ECHOED more "Content-Length: 0\r\n\r\n"
#define OK ANSWER("200 OK", "")
#define OF_ANOTHER                                                                            \
	"SIP/2.0 401 No\r\nVia: SIP/2.0/UDP 127.0.0.1:$P;branch=z9hG4bKanother\r\n"          \
	"From: <sip:ucposture@127.0.0.1>;tag=another\r\nTo: $T;tag=theirs\r\n"               \
	"Call-ID: another@127.0.0.1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"

enum act {
	SAY = 1,
	ELSEWHERE,	/* from another port */
	DRIP,		/* a byte at a time */
	POUR,		/* again and again, without end */
	HANG_UP
};

struct part {
	enum act act;
	const char *words;	/* HANG_UP: NULL */
	size_t length;		/* 0: to its NUL */
};

struct script {
	struct part parts[PARTS_MOST];	/* one after another, each its own datagram */
	unsigned lost;			/* requests that are not answered */
	enum subject_kind kind;		/* 0: UDP */
};

struct scene {
	const struct script *script;
	struct loop *loop;
	struct resolver *resolver;
	struct runner *runner;
	struct watch watch, pouring;
	struct timer dripping;
	int listener, fd, elsewhere;
	struct sockaddr_storage asker;
	socklen_t asker_length;
	uint16_t port;
	unsigned requests;
	struct text heard;		/* the last request */
	struct text said;		/* the last answer */
	size_t dripped;
	struct observation *seen;
};

void scene_begin(struct scene *scene, const struct script *script);
struct request request_to(const struct scene *scene);
void begin(struct scene *scene, const struct request *request);
void observe(struct scene *scene, const struct request *request);
/* All of that. */
void look(struct scene *scene, const struct script *script);
void scene_end(struct scene *scene);
void assert_outcome(const struct scene *scene, enum stage stage, enum reason reason);
/* expected NULL: there is none. */
void assert_fact(const struct scene *scene, const char *name, const char *expected);
/* One that ends so, and of whose facts nothing but the status is asked; NULL: has none. */
void play(const struct script *script, enum stage stage, enum reason reason,
	  const char *status);

#endif
