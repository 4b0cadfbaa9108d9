/* SPDX-License-Identifier: Apache-2.0
 *
 * Talking to an SNMP agent without ever waiting for it: a conversation has a socket of its
 * own, asks one thing at a time, asks it again once, and ends each question with one call of
 * `done`. All it does is read: GET, GETNEXT and GETBULK.
 */
#ifndef NET_SNMP_H
#define NET_SNMP_H

#include "net/loop.h"
#include "net/outcome.h"
#include "net/route.h"

#include <stddef.h>

/* With what an administrator lets us read a system. */
struct snmp_access {
	uint8_t version;		/* 1, 2 (c) or 3 */
	const char *community;		/* of 1 and 2 */
	const char *user;		/* of 3, and all below; each NULL when not given */
	const char *auth;		/* "MD5", "SHA", "SHA-224" … "SHA-512" */
	const char *auth_password;
	const char *privacy;		/* "DES", "AES", "AES-192", "AES-256" */
	const char *privacy_password;
	const char *context;
};

enum { SNMP_NAME_MOST = 128, SNMP_ENGINE_LEAST = 5, SNMP_ENGINE_MOST = 32 };
enum { SNMP_ENGINE_ROOM = 2 * SNMP_ENGINE_MOST + 1, SNMP_NAME_ROOM = 11 * SNMP_NAME_MOST };
enum { SNMP_ASK_MOST = 4 };

/* An object identifier. */
struct snmp_name {
	size_t count;
	uint32_t ids[SNMP_NAME_MOST];
};

/* Which agent of version 3 it is, and its clock. */
struct snmp_engine {
	uint8_t id[SNMP_ENGINE_MOST];
	size_t length;			/* 0: not known */
	uint32_t boots, seconds;
};

enum snmp_kind {
	SNMP_BYTES,			/* OCTET STRING */
	SNMP_NUMBER,			/* whatever is a whole number, TimeTicks too */
	SNMP_OBJECT,			/* an object identifier, in `object` */
	SNMP_ABSENT,			/* there is no such object */
	SNMP_OTHER
};

/* Valid only while it is being told. */
struct snmp_value {
	struct snmp_name name;
	enum snmp_kind kind;
	const uint8_t *bytes;
	size_t length;
	uint64_t number;
	struct snmp_name object;
	bool end;			/* nothing comes behind that name */
};

/* Why an agent that is there does not answer the question. */
enum snmp_refusal {
	SNMP_NOT_REFUSED,
	SNMP_UNKNOWN_USER,
	SNMP_WRONG_CREDENTIALS,
	SNMP_WRONG_LEVEL,		/* the user must speak with, or without, keys */
	SNMP_DENIED,			/* known, but not allowed to read this */
	SNMP_REFUSED_OTHERWISE
};

struct snmp_end {
	enum reason reason;		/* NONE: answered, or walked to the end; CANCELLED: the
					   packet budget did not even let us ask */
	enum snmp_refusal refusal;	/* then reason is NONE as well */
};

/* Where, and in which words; all but the route is copied. */
struct snmp_plan {
	const struct route *route;	/* peer with port; a proxy cannot carry it. It must live
					   as long as the conversation */
	int64_t deadline_us;
	uint8_t version;
	const char *community;		/* of 1 and 2 */
};

struct snmp_walk {
	const struct snmp_name *root;
	size_t rows_most, bytes_most;	/* of the values; more is REASON_TOO_MUCH */
};

/* What the one who asks gives. */
struct snmp_hearer {
	/* Each value as it comes; must not close the conversation. */
	void (*value)(void *arg, const struct snmp_value *value);
	/* Once, from the loop; may ask the next question, or close. */
	void (*done)(void *arg, const struct snmp_end *end);
	void *arg;
};

struct snmp_talk;

/* Once a process, before its fence is closed: reads no file that matters and writes none. */
void snmp_prepare(void);
/* NULL: see reason. */
struct snmp_talk *snmp_talk_new(struct loop *loop, const struct snmp_plan *plan,
				enum reason *reason);
/* What is being asked ends without a word. NULL is fine. */
void snmp_talk_free(struct snmp_talk *talk);

/* Which engine is there? Needs no user. */
void snmp_talk_discover(struct snmp_talk *talk, const struct snmp_hearer *hearer);
const struct snmp_engine *snmp_talk_engine(const struct snmp_talk *talk);
/* After that, speak as this user; false when its keys cannot be made. */
bool snmp_talk_become(struct snmp_talk *talk, const struct snmp_access *access);
/* At most SNMP_ASK_MOST names. */
void snmp_talk_get(struct snmp_talk *talk, const struct snmp_name *names, size_t count,
		   const struct snmp_hearer *hearer);
/* All below a name, in ascending order: an agent that does not keep to it is malformed. */
void snmp_talk_walk(struct snmp_talk *talk, const struct snmp_walk *walk,
		    const struct snmp_hearer *hearer);

/* "1.3.6.1.2.1.1.1.0" */
bool snmp_name_parse(const char *string, struct snmp_name *name);
void snmp_name_format(const struct snmp_name *name, char room[static SNMP_NAME_ROOM]);
/* As strcmp(). */
int snmp_name_compare(const struct snmp_name *a, const struct snmp_name *b);
bool snmp_name_is_below(const struct snmp_name *name, const struct snmp_name *root);
/* In hexadecimal: "80001f88…". */
void snmp_engine_format(const struct snmp_engine *engine, char room[static SNMP_ENGINE_ROOM]);

#endif
