/* SPDX-License-Identifier: Apache-2.0
 *
 * What the agent answered, as a tree. A reader of JSON that is quick enough for ten thousand
 * targets; what is no JSON, or deeper than the agent's, is refused as a whole.
 */
#ifndef AGENT_CLI_ANSWER_H
#define AGENT_CLI_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ground/memory.h"

enum value_kind { VALUE_NULL, VALUE_TRUTH, VALUE_NUMBER, VALUE_TEXT, VALUE_LIST, VALUE_MAP };

struct value {
	enum value_kind kind;
	const char *key;	/* of a member of a map */
	union {
		bool truth;
		double number;
		const char *text;
		struct {
			struct value *first;
			size_t count;
		};
	};
	struct value *next;	/* of the same list or map */
};

/* NULL: it is no JSON. All of it lives in the arena. */
const struct value *answer_read(struct arena *arena, const char *bytes, size_t length);

/* Of a map's member; what is not there, or of another kind, is what the second line says. */
const struct value *answer_member(const struct value *map, const char *key);	/* NULL */
const char *answer_text(const struct value *map, const char *key);	/* "" */
double answer_number(const struct value *map, const char *key);		/* 0 */
bool answer_truth(const struct value *map, const char *key);		/* false */
/* The first of a list, or NULL. */
const struct value *answer_list(const struct value *map, const char *key);
/* A stamp as wall time; 0: there is none. */
int64_t answer_time(const struct value *map, const char *key);

#endif
