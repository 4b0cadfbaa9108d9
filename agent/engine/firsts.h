/* SPDX-License-Identifier: Apache-2.0
 *
 * What was first seen: the value of a fact for a check of a target, and when. The judge
 * compares with it and changes nothing; remember.c adds to it after a round. It lives in
 * the file first-seen of the state folder, which firsts_file.c reads and replaces.
 */
#ifndef AGENT_ENGINE_FIRSTS_H
#define AGENT_ENGINE_FIRSTS_H

#include "collectors/facts.h"
#include "ground/text.h"

struct first {
	const char *target, *check, *fact;	/* the key */
	const char *value;			/* as firsts_value() makes it */
	int64_t seen_us;			/* wall */
	bool replaces;				/* somebody accepted it in place of another */
};

struct firsts {
	struct first *items;
	size_t count, room;
	size_t sorted;			/* so many of them can be found */
	struct arena *arena;
	char *folder;			/* NULL: there is none */
	bool keeps;			/* what is new can be saved, as far as is known */
};

/* Whose first values are asked for. */
struct recollection {
	const struct firsts *firsts;	/* NULL: nothing is remembered */
	const char *target, *check;
};

struct firsts *firsts_new(void);
void firsts_free(struct firsts *firsts);
/* NULL when it was never seen before. */
const struct first *firsts_recall(const struct recollection *recollection, const char *fact);
/* Whether something seen now for the first time will be known the next time. */
bool firsts_keep(const struct recollection *recollection);
/* The value in a form that is the same whenever nothing changed: lists sorted, an element a
 * line. */
void firsts_value(const struct fact *fact, struct text *value);
/* Copies it. It is found once firsts_settle() was called; false: a key stands twice. */
void firsts_add(struct firsts *firsts, const struct first *first);
bool firsts_settle(struct firsts *firsts);

enum firsts_kind { FIRSTS_GOOD, FIRSTS_DAMAGED, FIRSTS_NEWER };

/* Bytes of a file, which nobody vouches for. What is not good leaves nothing behind. */
enum firsts_kind firsts_parse(struct firsts *firsts, const char *bytes, size_t length);
void firsts_format(const struct firsts *firsts, struct text *out);

/* firsts_file.c. Never NULL; `said` gets a line for each thing people should know. */
struct firsts *firsts_open(const char *folder, struct text *said);
/* Adds what is fresh, and what others have added meanwhile; false: it could not be written,
 * nothing changed, and nothing is kept from now on. */
bool firsts_save(struct firsts *firsts, const struct firsts *fresh, struct text *said);

#endif
