/* SPDX-License-Identifier: Apache-2.0
 *
 * An expectation is a fact, an operator and what it is compared with: data, read from a
 * profile, judged in engine/judge.c.
 */
#ifndef AGENT_PLAN_EXPECTATION_H
#define AGENT_PLAN_EXPECTATION_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectors/facts.h"
#include "net/address.h"

/* X(constant, word in profiles) */
#define OPERATORS(X)                                                                          \
	X(IS, "is")                                                                           \
	X(IS_NOT, "is_not")                                                                   \
	X(ONE_OF, "one_of")		/* the value is one of these */                       \
	X(NONE_OF, "none_of")		/* neither the value nor any element is one of these */ \
	X(ONLY, "only")			/* every element is one of these */                   \
	X(ALL_OF, "all_of")		/* each of these is among the elements */             \
	X(WITHIN, "within")		/* addresses: inside one of these networks */         \
	X(MATCHES, "matches")		/* POSIX extended regular expression */               \
	X(AT_LEAST, "at_least")		/* numbers; texts compare as versions */              \
	X(AT_MOST, "at_most")                                                                 \
	X(PRESENT, "present")                                                                 \
	X(ABSENT, "absent")                                                                   \
	X(REMAINING, "remaining")	/* time left, with two thresholds */                  \
	X(UNCHANGED, "unchanged")	/* since it was first seen */

enum operator {
#define OPERATOR_CONSTANT(constant, word) OPERATOR_##constant,
	OPERATORS(OPERATOR_CONSTANT)
#undef OPERATOR_CONSTANT
	OPERATOR_COUNT
};

/* One value of an expectation, in the fact's own type. */
struct operand {
	const char *text;	/* as written; what "expected" shows */
	union {
		bool truth;
		int64_t integer;	/* numbers, times, and the first of a range */
		double real;
		struct address network;
	};
	int64_t last;		/* of a range of numbers: 5060-5062 */
	unsigned bits;		/* of a network */
};

/* A threshold of `remaining`: a time, or a share of the lifetime, or both unset. */
struct remaining {
	int64_t us;		/* 0: not given as time */
	double share;		/* 0.25 for 25%; 0: not given as share */
	int64_t share_below_us;	/* the share counts for shorter lives than this, the time for
				   others; 0: the shorter of the two always counts */
};

struct expectation {
	const struct fact_descriptor *fact;
	enum operator operator;
	struct operand *operands;
	size_t count;
	const char *entry;	/* of a list: only what matches this pattern; NULL: all */
	regex_t *pattern;	/* MATCHES */
	struct remaining warning, critical;	/* REMAINING */
	bool allowed_ports;	/* the word allowed-ports stood there: the plan fills it in */
};

const char *operator_word(enum operator operator);
/* Whether profiles may ask this of facts of that type, and of the entries of a list. */
bool expectation_fits(enum operator operator, enum fact_type type);
bool expectation_fits_entries(enum operator operator);

struct collector;
struct node;
struct reading;

/* Compiled expressions, which no arena can free; those of `matches` stay in use as long. */
struct patterns {
	regex_t **items;
	size_t count, room;
};
void patterns_free(struct patterns *patterns);

struct expectations {
	const struct collector *collector;	/* whose facts may be named; NULL: any */
	struct patterns *patterns;
	struct expectation *items;		/* of the reading's arena */
	size_t count;
};

/* { smb.signing: { is: required }, … }; false when none of it can be used. */
bool expectations_read(struct reading *reading, const struct node *node,
		       struct expectations *expectations);

#endif
