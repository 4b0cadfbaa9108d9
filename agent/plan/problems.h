/* SPDX-License-Identifier: Apache-2.0
 *
 * What is wrong with somebody's files: collected, all of it, and shown in one go, each
 * with file, line, column and what was probably meant.
 */
#ifndef AGENT_PLAN_PROBLEMS_H
#define AGENT_PLAN_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct text;

enum problem_kind { PROBLEM_ERROR, PROBLEM_WARNING };

struct place {
	const char *file;	/* the problems keep copies; NULL: of no file */
	unsigned line, column;	/* from 1; 0: the file as a whole */
};

struct problem {
	enum problem_kind kind;
	struct place place;
	char *message;
};

/* More of a kind help nobody; they are only counted. */
enum { PROBLEMS_MOST = 1000 };

struct problems {
	struct problem *items;
	size_t count, room;
	size_t errors;		/* with those left out */
	size_t kept[2], left_out[2];	/* of each kind */
	struct arena *arena;	/* of names of files */
	const char *file;	/* the latest of them */
};

void problems_add(struct problems *problems, enum problem_kind kind, struct place place,
		  const char *format, ...) __attribute__((format(printf, 4, 5)));
/* "unknown key 'intervall' (did you mean 'interval'?)": what is "key", "fact", "profile" … */
void problems_add_unknown(struct problems *problems, struct place place, const char *what,
			  const char *word, const char *const *candidates);
/* By file, line and column; what was said twice of one place is said once. */
void problems_sort(struct problems *problems);
/* "ucposture.yaml:14:7: error: unknown key 'intervall' (did you mean 'interval'?)" */
void problem_describe(const struct problem *problem, struct text *out);
void problems_free(struct problems *problems);

#endif
