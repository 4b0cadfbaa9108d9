/* SPDX-License-Identifier: Apache-2.0
 *
 * How things stand, as the agent says it: what status, targets, alarms and events show alike.
 */
#ifndef AGENT_CLI_STANDING_H
#define AGENT_CLI_STANDING_H

#include "agent/cli/answer.h"
#include "agent/cli/report.h"

/* The member as a verdict; unknown when it is none. */
enum verdict standing_verdict(const struct value *map, const char *key);
/* Of the object's member "counts", as report_add_counts() tells them. */
void standing_score(const struct value *map, struct score *counts);
/* "82 %", or "none". */
void standing_add_percent(struct text *out, const struct value *map);
/* "2026-11-21 08:15:30 (3 h)"; nothing when the stamp is not there. */
void standing_add_since(struct text *out, const struct value *map, const char *key);
/* Worst first, then where more is at stake, then what has lasted longer. */
int standing_compare_alarms(const struct value *a, const struct value *b);
/* "flapping", "held back", … in brackets before what is observed; nothing when it is neither. */
void standing_add_marks(struct text *out, const struct value *alarm);
/* The elements of a list in an order; the caller frees. NULL at the end. */
const struct value **standing_sort(const struct value *first,
				   int (*compare)(const struct value *a, const struct value *b));
/* How wide the column must be for the texts, at most `most`. */
unsigned standing_width(const struct value *const *items, const char *key, unsigned least,
			unsigned most);

#endif
