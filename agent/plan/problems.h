/* SPDX-License-Identifier: Apache-2.0
 *
 * What is wrong with somebody's files: collected, all of it, and shown in one go, each
 * with file, line, column and what was probably meant.
 */
#ifndef AGENT_PLAN_PROBLEMS_H
#define AGENT_PLAN_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

enum problem_kind { PROBLEM_ERROR, PROBLEM_WARNING };

struct place {
	const char *file;	/* lives as long as the problems and the plan made of it */
	unsigned line, column;	/* from 1; 0: the file as a whole */
};

struct problem {
	enum problem_kind kind;
	struct place place;
	char *message;
};

struct problems {
	struct problem *items;
	size_t count, room;
	size_t errors;
};

void problems_add(struct problems *problems, enum problem_kind kind, struct place place,
		  const char *format, ...) __attribute__((format(printf, 4, 5)));
/* "unknown key 'intervall' (did you mean 'interval'?)": what is "key", "fact", "profile" … */
void problems_add_unknown(struct problems *problems, struct place place, const char *what,
			  const char *word, const char *const *candidates);
/* By file, line and column. */
void problems_sort(struct problems *problems);
void problems_free(struct problems *problems);

#endif
