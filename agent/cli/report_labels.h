/* SPDX-License-Identifier: Apache-2.0
 *
 * Labels of metrics, and the observations that have series of their own. The caller owns
 * what series_by() returns.
 */
#ifndef AGENT_CLI_REPORT_LABELS_H
#define AGENT_CLI_REPORT_LABELS_H

#include "agent/plan/plan.h"

/* "4", "6", or "" of none in particular: as a label, an empty one is none. */
const char *family_word(uint8_t family);
/* Escaped for a label's value or, without quotes, for a line of HELP. */
void labels_add_escaped(struct text *out, const char *string, bool quotes);
/* name="value", with a comma before it unless it is the first. */
void labels_add(struct text *labels, const char *name, const char *value);
/* The labels that the user gave to the target; ours keep their names. */
void labels_add_own(struct text *labels, const struct target *target);

/* An observation as one target sees it. */
struct series_item {
	uint32_t observation, target;
	const char *peer;	/* NULL: the target itself, or what is elsewhere */
};

/* What tells the facts of one collector's table, each item with labels that no other has. */
struct series {
	const struct plan *plan;
	struct series_item *items;
	size_t count;
};

struct series *series_by(const struct plan *plan, const struct collector *owner);
void series_free(struct series *series);
void series_add_labels(const struct series *series, size_t index, struct text *labels);

#endif
