/* SPDX-License-Identifier: Apache-2.0
 *
 * The operators of expectations, each a small pure function over a fact and what it is
 * compared with. The judge and its wording call them, and who looks whether expectations can
 * be met at all. A single value is treated as a list of one, so that most operators are
 * written once.
 */
#ifndef AGENT_PLAN_OPERATORS_H
#define AGENT_PLAN_OPERATORS_H

#include "agent/plan/expectation.h"

/* Whether it makes sense to ask this of a fact of that type; profiles that do are refused. */
bool operator_fits(enum operator operator, enum fact_type type);

/* Whether it says something of each element: of an empty list that is neither true nor false. */
bool operator_speaks_of_each(enum operator operator);

/* For every operator that fits but `remaining` and `unchanged`; the fact is there. */
bool operator_holds(const struct fact *fact, const struct expectation *expectation);

/* For a list that may be only a part: whether no further element could change the answer. */
bool operator_is_settled(const struct fact *fact, const struct expectation *expectation);

/* Whether one element by itself breaks the expectation, for `only` and `none_of`. */
bool operator_offends(const struct fact *fact, size_t element,
		      const struct expectation *expectation);
/* Whether one element has the expectation's pattern. */
bool operator_matches(const struct fact *fact, size_t element,
		      const struct expectation *expectation);
bool operator_sees_list(const struct fact *fact);
/* 1 for a single value. */
size_t operator_elements(const struct fact *fact);

enum remaining_level {
	REMAINING_ENOUGH,
	REMAINING_LITTLE,	/* below the warning threshold */
	REMAINING_CRITICAL,	/* below the critical threshold */
	REMAINING_ENDED,	/* over, and the profile gives no critical threshold */
	REMAINING_UNDECIDED	/* a share of a life whose begin nobody saw */
};

/* Negative when it has ended; never beyond what can be negated and added to. */
int64_t operator_time_left(const struct fact *end, int64_t wall_us);
/* begin: the fact in which the life began, or NULL. Where a threshold is both a time and a
 * share, the shorter of the two counts, or what share_below_us says: 30 days is all the life
 * some certificates have. Where nobody saw the life begin the time counts alone. */
enum remaining_level operator_remaining(const struct fact *end, const struct fact *begin,
					const struct expectation *expectation,
					int64_t wall_us);

#endif
