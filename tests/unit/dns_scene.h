/* SPDX-License-Identifier: Apache-2.0
 *
 * Name servers inside the test, s1, s2 and so on, each of which plays a part, and the collector
 * that asks them. scene_begin() and scene_end() come in pairs.
 */
#ifndef TESTS_UNIT_DNS_SCENE_H
#define TESTS_UNIT_DNS_SCENE_H

#include "tests/unit/dns_messages.h"

#include "collectors/run.h"

#define NAME "pbx.example"

enum { SERVERS_MOST = 6, ASKED_MOST = 64, TIMEOUT_MS = 300 };

/* What a server does when it is asked over UDP; over TCP it answers. */
enum act {
	ANSWER,
	SILENCE,
	SILENCE_ABOUT_AAAA,
	SILENCE_AT_FIRST,	/* each question's first time */
	REFUSE_EDNS,
	WRONG_ID,
	WRONG_QUESTION,
	OTHER_PORT,
	STRANGERS_FIRST,	/* all of the three above, then the answer */
	TRUNCATE,
	TRUNCATE_ALWAYS,	/* over TCP too */
	CUT,			/* by the last byte */
	ABSENT			/* nobody listens */
};

struct part {
	enum act act;
	unsigned flags;		/* beside FLAGS_REPLY */
	unsigned flags_of_aaaa;	/* beside those */
	bool is_listed_twice;
	const char *records;	/* as in dns_messages.h */
	size_t many;		/* instead of records */
	bool cuts_tcp;		/* after so many bytes */
	size_t cut;
};

struct scene;

struct server {
	struct scene *scene;
	const struct part *part;
	int udp, tcp, other, connection;
	struct watch udp_watch, tcp_watch, connection_watch;
	char place[ADDRESS_ROOM];
	unsigned over_udp, over_tcp;
};

struct scene {
	struct loop *loop;
	struct resolver *resolver;
	struct runner *runner;
	struct server servers[SERVERS_MOST];
	size_t count;
	struct {
		uint16_t id, port;
		size_t server;
		enum dns_type type;
	} asked[ASKED_MOST];	/* over UDP */
	size_t asked_count;
	struct observation *seen;
};

void scene_begin(struct scene *scene, const struct part *parts, size_t count);
void scene_end(struct scene *scene);
struct request request_for(const char *name);
/* Delivers to scene->seen. */
void begin(struct scene *scene, const struct request *request);
void observe(struct scene *scene, const struct request *request);
/* "a=10.0.0.1; rcode=noerror …" without what took how long, and what each server said. */
void assert_facts(const struct scene *scene, const char *expected);
/* "server=s1 rcode=noerror a=10.0.0.1; server=s2 …" */
void assert_answers(const struct scene *scene, const char *expected);
void assert_outcome(const struct scene *scene, enum stage stage, enum reason reason);
/* One scene whole. */
void play(const struct part *parts, size_t count, const char *facts, enum stage stage,
	  enum reason reason);

#endif
