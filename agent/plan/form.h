/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads a map of a tree into a struct, as a table of fields says: which keys there are,
 * of what kind, and where in the struct they go. Everything wrong becomes a problem with
 * place and remedy. Configuration and profiles are such tables.
 */
#ifndef AGENT_PLAN_FORM_H
#define AGENT_PLAN_FORM_H

#include <stdint.h>

#include "agent/plan/tree.h"

enum field_kind {
	FIELD_TEXT,	/* const char * */
	FIELD_TEXTS,	/* const char **, and a count: one text or a list of them */
	FIELD_WORD,	/* one of `words`, as an enum, a byte or a bool */
	FIELD_WORDS,	/* one or several of `words`, their values or-ed */
	FIELD_BOOLEAN,
	FIELD_NUMBER,	/* unsigned, from `least` to `most` */
	FIELD_DURATION,	/* in units of `unit` microseconds, from `least` to `most` microseconds */
	FIELD_DATE,	/* int64_t, wall clock */
	FIELD_FORM,	/* a struct inside this one: a map */
	FIELD_FORMS,	/* an array of structs, and a count: a list of maps */
	FIELD_NAMED,	/* the same, but a map: each member's key is the struct's name */
	FIELD_OWN,	/* read() does it */
	FIELD_LATER	/* known, but this version has no such part */
};

/* One reading of a file. */
struct reading {
	struct arena *arena;	/* of everything made */
	struct problems *problems;
	void *owner;		/* of the caller's */
};

struct field {
	const char *name;
	enum field_kind kind;
	bool required;
	size_t at, width;	/* AT(struct x, member) */
	size_t count_at;	/* COUNT(struct x, member) */
	size_t places_at;	/* where each of TEXTS stood: const struct place *; 0: nowhere */
	size_t given_at;	/* a bool that says that the key was there; 0: none */
	int64_t least, most, unit;
	const char *const *words;	/* ended by NULL */
	const int *values;		/* of the words; NULL: 0, 1, 2 … */
	/* What is wrong with a text, or NULL. */
	const char *(*complain)(const char *text);
	const struct form *form;
	bool (*read)(struct reading *reading, const struct field *field,
		     const struct node *node, void *base);
};

#define AT(type, member) .at = offsetof(type, member), .width = sizeof(((type *)0)->member)
#define COUNT(type, member) .count_at = offsetof(type, member)

struct form {
	const char *what;		/* "a rule" */
	const struct field *fields;	/* ended by one without a name */
	size_t size;			/* of the struct */
	size_t place_at;		/* of its struct place; 0: it has none */
	size_t name_at;			/* of its name, when it stands in NAMED */
	const char *(*complain)(const char *name);	/* about that name */
	const struct field *value;	/* of NAMED: the members are no maps, but this */
	/* Before: defaults. After: what concerns several keys; false drops the struct. */
	void (*prepare)(struct reading *reading, void *base);
	bool (*check)(struct reading *reading, const struct node *node, void *base);
};

/* True when all required keys were there and good. What was given but bad keeps its
 * default; elements of lists that are not good are left out. */
bool form_read(struct reading *reading, const struct form *form, const struct node *node,
	       void *base);
bool form_read_field(struct reading *reading, const struct field *field,
		     const struct node *node, void *base);
/* "'interval' must be a duration …, not a list"; always false. */
bool form_refuse(struct reading *reading, const char *name, const struct node *node,
		 const char *wanted);
void form_error(struct reading *reading, struct place place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Complaints. complain_id: names we give (a-z, 0-9, -); complain_name: names of systems;
 * complain_path: paths from the root. */
const char *complain_id(const char *text);
const char *complain_name(const char *text);
const char *complain_host(const char *text);
const char *complain_path(const char *text);
const char *complain_proxy(const char *text);

#endif
